# What handlers of an event manager may return, how they leave, who is told
Logger.configure(level: :none)
Process.flag(:trap_exit, true)
defmodule Ev do
  def init({:fun, f}), do: f.()
  def init({args, term}), do: IO.inspect({args, term}) && {:ok, 1}
  def init(s), do: {:ok, s}
  def handle_event({:fun, f}, s), do: f.(s)
  def handle_event(_, s), do: {:ok, s}
  def handle_call({:fun, f}, s), do: f.(s)
  def handle_info({:fun, f}, s), do: f.(s)
  def handle_info(x, s), do: IO.inspect({:info, x}) && {:ok, s}
  def terminate(r, s), do: IO.inspect({:term, strip(r), s})
  def strip(x) do case x do
 l when is_list(l) and l != [] and is_tuple(hd(l)) and tuple_size(hd(l)) == 4 -> :stack
 l when is_list(l) -> Enum.map(l, &strip/1)
 t when is_tuple(t) -> t |> Tuple.to_list |> Enum.map(&strip/1) |> List.to_tuple
 p when is_pid(p) -> :pid
 r when is_reference(r) -> :ref
 f when is_function(f) -> :fun
 o -> o end end
end
show = fn x -> IO.inspect(Ev.strip(x)) end
t = fn f -> try do f.() catch k, r -> {k, r} end end
{:ok, p} = :gen_event.start()
for x <- [:bad, {:ok, 1}, {:ok, 1, :hibernate}, {:error, :foo}, {:stop, 1}, :ignore], do: (show.({x, :gen_event.add_handler(p, {Ev, x}, {:fun, fn -> x end})}); :gen_event.delete_handler(p, {Ev, x}, :del))
show.(:gen_event.add_handler(p, Ev, {:fun, fn -> raise "x" end}))
show.(:gen_event.add_handler(p, Ev, {:fun, fn -> throw {:ok, 3} end}))
show.(:gen_event.add_handler(p, Ev, {:fun, fn -> throw :foo end}))
show.(:gen_event.add_handler(p, Nope, 1))
show.(:gen_event.which_handlers(p))
for x <- [:bad, :remove_handler, {:ok, 7}, {:ok, 1, :hibernate}, {:swap_handler, :a1, 5, {Ev, 9}, :a2}, {:swap_handler, :a1, 5, Nope, :a2}] do
 IO.inspect(x)
 :gen_event.add_handler(p, Ev, 1)
 :gen_event.sync_notify(p, {:fun, fn _ -> x end})
 show.(:gen_event.which_handlers(p))
end
IO.puts "call"
for x <- [:bad, {:remove_handler, :rep}, {:ok, :rep, 7}, {:ok, :rep, 1, :hibernate}, {:swap_handler, :rep, :a1, 5, {Ev, 9}, :a2}, {:ok, 1}] do
 IO.inspect(x)
 :gen_event.add_handler(p, Ev, 1)
 show.(t.(fn -> :gen_event.call(p, Ev, {:fun, fn _ -> x end}) end))
 show.(:gen_event.which_handlers(p))
end
IO.puts "raise"
:gen_event.add_handler(p, Ev, 1)
show.(t.(fn -> :gen_event.call(p, Ev, {:fun, fn _ -> raise "c" end}) end))
:gen_event.add_handler(p, Ev, 1)
show.(t.(fn -> :gen_event.call(p, Ev, {:fun, fn _ -> exit :foo end}) end))
:gen_event.add_handler(p, Ev, 1)
show.(t.(fn -> :gen_event.call(p, Ev, {:fun, fn _ -> throw {:ok, :th, 5} end}) end))
show.(t.(fn -> :gen_event.call(p, {Ev, :no}, :x) end))
show.(:gen_event.which_handlers(p))
show.(:gen_event.sync_notify(p, {:fun, fn _ -> raise "y" end}))
show.(:gen_event.add_sup_handler(p, {Ev, 11}, 1))
show.(:gen_event.add_sup_handler(p, {Ev, 11}, 1))
show.(:gen_event.delete_handler(p, {Ev, 11}, :why))
show.(receive do x -> x after 10 -> :none end)
show.(:gen_event.add_sup_handler(p, {Ev, 11}, 1))
show.(:gen_event.notify(p, {:fun, fn _ -> raise "sup" end}))
show.(receive do x -> x after 10 -> :none end)
show.(:gen_event.add_sup_handler(p, {Ev, 11}, 1))
show.(:gen_event.notify(p, {:fun, fn _ -> :remove_handler end}))
show.(receive do x -> x after 10 -> :none end)
show.(:gen_event.add_sup_handler(p, {Ev, 11}, 1))
show.(:gen_event.swap_handler(p, {{Ev, 11}, :sw}, {{Ev, 12}, :sw2}))
show.(receive do x -> x after 10 -> :none end)
show.(:gen_event.swap_handler(p, {{Ev, 11}, :sw}, {{Ev, 13}, :sw2}))
show.(:gen_event.which_handlers(p))
show.(:gen_event.swap_sup_handler(p, {{Ev, 13}, :sw}, {{Ev, 14}, :sw2}))
show.(:sys.get_state(p))
show.(:sys.replace_state(p, fn {m, i, s} -> {m, i, s} end))
:gen_event.add_handler(p, Ev, 1)
show.(:gen_event.notify(p, {:fun, fn _ -> {:swap_handler, :a, 5, {Ev, 77}, :b} end}))
show.(receive do x -> x after 10 -> :none end)
show.(:gen_event.which_handlers(p))
send(p, :inf)
show.(:gen_event.stop(p))
show.(receive do x -> x after 10 -> :none end)
flush = fn flush -> receive(do: (_ -> flush.(flush)), after: (20 -> :ok)) end
flush.(flush)
{:ok, p} = :gen_event.start_link()
:gen_event.add_handler(p, Ev, 1)
Process.exit(p, :foo)
show.(receive do x -> x after 1000 -> :none end)
show.(t.(fn -> :gen_event.call(:nope, Ev, 1) end))
show.(t.(fn -> :gen_event.sync_notify(:nope, 1) end))
show.(t.(fn -> :gen_event.notify(:nope, 1) end))
show.(t.(fn -> :gen_event.add_handler(:nope, Ev, 1) end))
show.(t.(fn -> :gen_event.stop(:nope) end))
{:ok, p} = :gen_event.start({:local, :x})
show.(:gen_event.start({:local, :x}))
show.(:gen_event.delete_handler(p, Ev, 1))
:gen_event.add_handler(p, Ev, 1)
show.(:gen_event.add_handler(p, Ev, 1))
show.(t.(fn -> :gen_event.call(p, Ev, {:fun, fn _ -> Process.sleep(100) end}, 10) end))
