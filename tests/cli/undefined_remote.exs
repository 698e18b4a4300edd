IO.puts("before")
NoSuchModule.go()
