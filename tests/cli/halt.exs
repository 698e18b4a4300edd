IO.puts("halting")
System.halt(2)
IO.puts("never")
