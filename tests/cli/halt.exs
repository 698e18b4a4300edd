IO.inspect(System.argv())
System.halt(4)
