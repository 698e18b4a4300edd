# Results of init, callback_mode and state functions: wrong ones end the machine with a telling reason
Logger.configure(level: :none)
Process.flag(:trap_exit, true)
defmodule St do
 @behaviour :gen_statem
 def callback_mode, do: [:handle_event_function, :state_enter]
 def init({:fun, f}), do: f.()
 def init(s), do: {:ok, :a, s}
 def handle_event(:enter, _, _, {:ent, x}), do: x
 def handle_event(:enter, _, _, _), do: :keep_state_and_data
 def handle_event({:call, _}, {:ret, x}, _, _), do: x
 def handle_event(_, {:ret, x}, _, _), do: x
 def handle_event({:call, f}, {:fun, x}, s, d), do: x.(f, s, d)
 def handle_event(:info, _, _, _), do: {:keep_state_and_data, :postpone}
end
strip = fn f, x -> case x do
 l when is_list(l) and l != [] and is_tuple(hd(l)) and tuple_size(hd(l)) == 4 -> :stack
 l when is_list(l) -> Enum.map(l, &f.(f, &1))
 t when is_tuple(t) -> t |> Tuple.to_list |> Enum.map(&f.(f,&1)) |> List.to_tuple
 p when is_pid(p) -> :pid
 r when is_reference(r) -> :ref
 f when is_function(f) -> :fun
 o -> o end end
show = fn x -> IO.inspect(strip.(strip, x)) end
t = fn f -> try do f.() catch k, r -> {k, r} end end
for x <- [:bad, {:ok, :a}, {:stop, :r}, {:error, :r}, :ignore, {:ok, :a, 1, :badact}, {:ok, :a, 1, [:postpone]}, {:ok, :a, 1, {:next_event, :internal, 1}}] do
  show.({x, t.(fn -> :gen_statem.start(St, {:fun, fn -> x end}, []) end)})
end
show.(t.(fn -> :gen_statem.start(St, {:fun, fn -> raise "x" end}, []) end))
show.(t.(fn -> :gen_statem.start(St, {:fun, fn -> exit :foo end}, []) end))
show.(t.(fn -> :gen_statem.start(St, {:fun, fn -> throw {:ok, :a, 2} end}, []) end))
show.(t.(fn -> :gen_statem.start(St, {:fun, fn -> throw :foo end}, []) end))
show.(t.(fn -> :gen_statem.call(:nope, 1) end))
show.(t.(fn -> :gen_statem.call(:nope, 1, 100) end))
show.(t.(fn -> :gen_statem.stop(:nope) end))
show.(t.(fn -> :gen_statem.cast(:nope, 1) end))
IO.puts "rets"
for x <- [:bad, {:next_state, :b}, {:keep_state_and_data, :badact}, {:keep_state, 1, [:postpone, :bad]}, {:keep_state_and_data, {:next_event, :foo, 1}}, {:keep_state_and_data, {:reply, 1}}, {:keep_state_and_data, {:reply, 1, 2}},
  :stop, {:stop, :normal}, {:stop, :foo, 3}, {:stop_and_reply, :foo, []}, {:stop_and_reply, :foo, [:bad]}, {:keep_state_and_data, {:state_timeout, -1, :x}}, {:keep_state_and_data, {:state_timeout, :foo, :x}}, {:keep_state_and_data, {:timeout, 5, :x, [:bad]}}, {:keep_state_and_data, {:hibernate, :foo}}, {:keep_state_and_data, -1}, {:keep_state_and_data, {:change_callback_module, 1}}, {:keep_state_and_data, :pop_callback_module}, {:next_state, :a, {:ent, :bad}}, {:next_state, :b, {:ent, :bad}}, {:next_state, :b, {:ent, {:keep_state_and_data, :postpone}}}, {:next_state, :b, {:ent, {:next_state, :c, 1}}},{:next_state, :b, {:ent, {:keep_state_and_data, {:next_event, :cast, 1}}}}, {:next_state, :b, {:ent, {:keep_state_and_data, :badd}}}, {:next_state, :b, {:ent, {:stop, :x}}}] do
{:ok, p} = :gen_statem.start(St, 1, [])
m = Process.monitor(p)
r = t.(fn -> :gen_statem.call(p, {:ret, x}, 100) end)
show.({x, r, receive do {:DOWN, ^m, _, _, y} -> y after 20 -> :alive end})
end
for f <- [fn _, _, _ -> raise "x" end, fn _,_,_ -> exit(:e) end, fn _,_,_ -> throw(:t) end, fn f,_,_ -> throw({:keep_state_and_data, {:reply, f, 1}}) end, fn f,_,_ -> {:stop_and_reply, :r, {:reply, f, 1}, 3} end,
 fn f,_,_ -> {:stop_and_reply, :shutdown, [{:reply, f, 1}, :bad], 3} end, fn f,_,_ -> {:next_state, "str", 1, {:reply, f, 1}} end] do
{:ok, p} = :gen_statem.start(St, 1, [])
m = Process.monitor(p)
r = t.(fn -> :gen_statem.call(p, {:fun, f}, 100) end)
show.({r, receive do {:DOWN, ^m, _, _, y} -> y after 20 -> :alive end})
end
defmodule S2 do
 def callback_mode, do: :state_functions
 def init({:mode, m}), do: Process.put(:m, m) && {:ok, :a, m}
 def init(x), do: {:ok, :a, x}
 def a({:call, f}, {:ret, x}, _), do: x
end
for x <- [{:next_state, "str", 1}, {:next_state, :b, 1}, {:keep_state_and_data, :postpone}] do
{:ok, p} = :gen_statem.start(S2, 1, [])
m = Process.monitor(p)
r = t.(fn -> :gen_statem.call(p, {:ret, x}, 100) end)
:gen_statem.cast(p, 1)
show.({x, r, receive do {:DOWN, ^m, _, _, y} -> y after 10 -> :alive end})
end
defmodule S3 do
 def callback_mode, do: :bad
 def init(x), do: {:ok, :a, x}
end
show.(t.(fn -> :gen_statem.start(S3, 1, []) end))
defmodule S4 do
 def callback_mode, do: raise "x"
 def init(x), do: {:ok, :a, x}
end
show.(t.(fn -> :gen_statem.start(S4, 1, []) end))
{:ok, p} = :gen_statem.start(St, 1, name: 1) 
{:status, _, {:module, :gen_statem}, [_, :running, _, [] | shown]} = :sys.get_status(p)
show.(tl(hd(shown)))
show.(:sys.get_state(p))
show.(t.(fn -> :gen_statem.start_link({:local, :foo}, St, 1, []) end))
show.(t.(fn -> :gen_statem.start_link({:local, :foo}, St, 1, []) end))
show.(t.(fn -> :gen_statem.start(Nope, 1, []) end))
r = :gen_statem.send_request(:foo, {:fun, fn f, _, _ -> {:keep_state_and_data, {:reply, f, 1}} end})
show.(r)
show.(:gen_statem.receive_response(r))
