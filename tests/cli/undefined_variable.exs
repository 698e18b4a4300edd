IO.puts(not_bound)
