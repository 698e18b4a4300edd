spawn_link(fn -> exit(:linked_reason) end)
Process.sleep(1000)
IO.puts("never")
