# The arguments hold the program.
