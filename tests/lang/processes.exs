# Links, monitors, exits, timeouts, selective receive.
parent = self()
pid = spawn(fn -> receive(do: ({:ping, from} -> send(from, {:pong, 1}))) end)
send(pid, {:ping, parent})
IO.inspect(receive(do: ({:pong, n} -> n)))

{pid, ref} = spawn_monitor(fn -> exit(:done) end)
IO.inspect(receive(do: ({:DOWN, ^ref, :process, ^pid, reason} -> reason)))

Process.flag(:trap_exit, true)
linked = spawn_link(fn -> exit({:shutdown, :tired}) end)
IO.inspect(receive(do: ({:EXIT, ^linked, reason} -> reason)))

victim = spawn_link(fn -> Process.sleep(:infinity) end)
Process.exit(victim, :kill)
IO.inspect(receive(do: ({:EXIT, ^victim, reason} -> reason)))

IO.inspect(receive(do: (:never -> 1), after: (10 -> :timeout)))
for n <- 1..3, do: send(self(), {:n, n})
IO.inspect(for want <- [3, 1, 2], do: receive(do: ({:n, ^want} -> want)))

count = 2_000
for i <- 1..count, do: spawn(fn -> send(parent, {:hello, i}) end)
IO.inspect(Enum.sum(for _ <- 1..count, do: receive(do: ({:hello, i} -> i))))
