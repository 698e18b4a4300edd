# The program is standard input.
