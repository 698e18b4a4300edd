System.at_exit(fn s -> IO.puts("first #{s}") end)
System.at_exit(fn s -> IO.puts("second #{s}") end)
exit({:shutdown, 3})
