IO.puts(:stderr, "to standard error")
IO.puts("to standard output")
IO.warn("careful", [])
