IO.puts("before")
throw({:some, "value"})
