me = self()
pid = spawn(fn -> receive do {:ping, from} -> send(from, {:pong, self()}) end end)
send(pid, {:ping, me})
receive do {:pong, ^pid} -> IO.puts("pong") end

IO.puts(receive do :never -> "no" after 10 -> "timed out" end)

for i <- 1..3, do: send(me, {:n, i})
send(me, :first)
receive do :first -> IO.puts("selective") end
IO.inspect(for _ <- 1..3, do: (receive do {:n, i} -> i end))

{p, ref} = spawn_monitor(fn -> exit(:reason) end)
receive do {:DOWN, ^ref, :process, ^p, r} -> IO.inspect(r) end

Process.flag(:trap_exit, true)
linked = spawn_link(fn -> exit(:linked_bye) end)
receive do {:EXIT, ^linked, r} -> IO.inspect(r) end

killed = spawn_link(fn -> Process.sleep(:infinity) end)
Process.exit(killed, :kill)
receive do {:EXIT, ^killed, r} -> IO.inspect(r) end
IO.inspect(Process.alive?(killed))

dead = spawn(fn -> :ok end)
dref = Process.monitor(dead)
receive do {:DOWN, ^dref, _, _, r} -> IO.inspect(r in [:normal, :noproc]) end

Process.register(self(), :main_one)
send(:main_one, :by_name)
receive do m -> IO.inspect(m) end
IO.inspect(Process.whereis(:main_one) == self())
Process.put(:k, 1)
IO.inspect({Process.get(:k), Process.get(:none, :dflt)})

tasks = for i <- 1..5, do: Task.async(fn -> i * i end)
IO.inspect(Enum.map(tasks, &Task.await/1))
{:ok, agent} = Agent.start_link(fn -> 0 end)
for _ <- 1..10, do: Agent.update(agent, &(&1 + 1))
IO.inspect(Agent.get(agent, & &1))
Process.send_after(self(), :later, 5)
receive do :later -> IO.puts("later") end

ring = Enum.reduce(1..1000, self(), fn _, next -> spawn(fn -> receive do n -> send(next, n + 1) end end) end)
send(ring, 0)
receive do n when is_integer(n) -> IO.inspect(n) end
