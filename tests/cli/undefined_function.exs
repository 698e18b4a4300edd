IO.puts("never printed")
no_such_function(1)
