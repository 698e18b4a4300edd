System.at_exit(fn status -> IO.puts("first registered, status #{status}") end)
System.at_exit(fn status -> IO.puts("second registered, status #{status}") end)
IO.puts("body done")
