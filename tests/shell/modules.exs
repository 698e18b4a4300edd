# A session of the shell: a module defined over several lines, then called.
