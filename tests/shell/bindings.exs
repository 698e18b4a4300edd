# A session of the shell: bindings stay, and an error leaves them as they were.
