# Exits travel along links; a trap turns them into messages.
Process.flag(:trap_exit, true)
parent = self()

chain =
  spawn_link(fn ->
    inner = spawn_link(fn -> receive(do: (:go -> exit(:inner_broke))) end)
    send(parent, {:inner, inner})
    Process.sleep(:infinity)
  end)

inner = receive(do: ({:inner, p} -> p))
send(inner, :go)
receive(do: ({:EXIT, ^chain, reason} -> IO.inspect(reason)))

normal = spawn_link(fn -> :ok end)
receive(do: ({:EXIT, ^normal, reason} -> IO.inspect(reason)))

trapper =
  spawn_link(fn ->
    Process.flag(:trap_exit, true)
    send(parent, :ready)
    receive(do: ({:EXIT, ^parent, r} -> send(parent, {:trapped, r})))
    receive(do: (:stop -> :ok))
  end)

receive(do: (:ready -> :ok))
Process.exit(trapper, :please)
receive(do: ({:trapped, r} -> IO.inspect(r)))
send(trapper, :stop)
receive(do: ({:EXIT, ^trapper, r} -> IO.inspect(r)))

solo = spawn(fn -> Process.sleep(:infinity) end)
Process.link(solo)
Process.unlink(solo)
Process.exit(solo, :normal)
IO.inspect(Process.alive?(solo))
{_, ref} = {Process.exit(solo, :gone), Process.monitor(solo)}
receive(do: ({:DOWN, ^ref, :process, _, r} -> IO.inspect(r in [:gone, :noproc])))
r = Process.monitor(spawn(fn -> :ok end))
Process.demonitor(r, [:flush])
IO.puts(receive(do: (other -> inspect(other)), after: (0 -> "empty")))
IO.inspect(Process.info(self(), :message_queue_len))
t = Process.send_after(self(), :tick, 60_000)
IO.inspect(is_integer(Process.cancel_timer(t)))
