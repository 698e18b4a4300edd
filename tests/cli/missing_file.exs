# The arguments name a file that is not there.
