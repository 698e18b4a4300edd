# Answers of supervisors: wrong flags and specifications, children that fail to start, every request
Logger.configure(level: :none)
Process.flag(:trap_exit, true)
defmodule U do
  def strip(x) do case x do
 l when is_list(l) and l != [] and is_tuple(hd(l)) and tuple_size(hd(l)) == 4 and is_list(elem(hd(l), 3)) -> :stack
 [h | t] when not is_list(t) -> [strip(h) | strip(t)]
 l when is_list(l) -> Enum.map(l, &strip/1)
 t when is_tuple(t) -> t |> Tuple.to_list |> Enum.map(&strip/1) |> List.to_tuple
 p when is_pid(p) -> :pid
 r when is_reference(r) -> :ref
 m when is_map(m) and not is_struct(m) -> Map.new(m, fn {k, v} -> {k, strip(v)} end)
 o -> o end end
 def t(f), do: (try do f.() catch k, r -> {k, r} end)
 def show(x), do: IO.inspect(strip(x), limit: :infinity)
end
show = &U.show/1; t = &U.t/1
defmodule Sp do
  def init(x), do: x
  def start(:ok), do: {:ok, spawn_link(fn -> Process.sleep(:infinity) end)}
  def start(:info), do: {:ok, spawn_link(fn -> Process.sleep(:infinity) end), :inf}
  def start({:ret, x}), do: x
  def start(:raise), do: raise "x"
  def start(:exit), do: exit(:x)
  def start(:throw), do: throw(:x)
end
for x <- [:bad, :ignore, {:ok, 1}, {:ok, {%{}, []}}, {:ok, {{:one_for_one, 1, 1}, []}}, {:ok, {%{strategy: :foo}, []}}, {:ok, {%{intensity: -1}, []}}, {:ok, {%{period: 0}, []}},
  {:ok, {{:one_for_one, 1}, []}}, {:ok, {%{auto_shutdown: :x}, []}}, {:ok, {%{strategy: :simple_one_for_one, auto_shutdown: :any_significant}, []}}, {:ok, {%{strategy: :simple_one_for_one}, []}}, {:ok, {%{}, [1]}}, {:ok, {%{}, [%{}]}}, {:ok, {%{}, [%{id: 1}]}}, {:ok, {%{}, [%{id: 1, start: 1}]}},
  {:ok, {%{}, [%{id: 1, start: {Sp, :start, 1}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, restart: :x}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, shutdown: :x}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, shutdown: -1}]}},
  {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, type: :x}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, modules: :x}]}},{:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, modules: [1]}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, significant: true}]}}, {:ok, {%{auto_shutdown: :any_significant}, [%{id: 1, start: {Sp, :start, [:ok]}, significant: true}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}, significant: 1}]}},
  {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:ok]}}, %{id: 1, start: {Sp, :start, [:ok]}}]}}, {:ok, {%{}, [{1, {Sp, :start, [:ok]}, :permanent, 5000, :worker, []}]}}, {:ok, {%{}, :foo}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:raise]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:exit]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [:throw]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [{:ret, :ignore}]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [{:ret, {:error, :e}}]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [{:ret, :foo}]}}]}}, {:ok, {%{}, [%{id: 1, start: {Sp, :start, [{:ret, {:ok, 1}}]}}]}}, {:ok, {%{}, [%{id: 1, start: {Nope, :start, [{:ret, {:ok, 1}}]}}]}}, {:ok, {%{hibernate: 1}, []}}, {:ok, {%{strategy: :simple_one_for_one}, [%{id: 1, start: {Sp, :start, [:ok]}}, %{id: 2, start: {Sp, :start, [:ok]}}]}}] do
  show.({x, t.(fn -> :supervisor.start_link(Sp, x) end)})
  receive do {:EXIT, _, r} -> show.({:exit, r}) after 5 -> :ok end
end
IO.puts "----- api"
{:ok, s} = :supervisor.start_link(Sp, {:ok, {%{}, []}})
spec = %{id: 1, start: {Sp, :start, [:ok]}}
show.(:supervisor.start_child(s, spec))
show.(:supervisor.start_child(s, spec))
show.(:supervisor.start_child(s, %{spec | id: :info, start: {Sp, :start, [:info]}}))
show.(:supervisor.start_child(s, %{spec | id: :ign, start: {Sp, :start, [{:ret, :ignore}]}}))
show.(:supervisor.start_child(s, Map.put(%{spec | id: :ign2, start: {Sp, :start, [{:ret, :ignore}]}}, :restart, :temporary)))
show.(:supervisor.start_child(s, %{spec | id: :err, start: {Sp, :start, [{:ret, {:error, :foo}}]}}))
show.(:supervisor.start_child(s, %{spec | id: :err, start: {Sp, :start, [:raise]}}))
show.(:supervisor.start_child(s, %{spec | id: :err, start: {Sp, :start, [{:ret, :bad}]}}))
show.(:supervisor.start_child(s, %{}))
show.(:supervisor.start_child(s, []))
show.(:supervisor.start_child(s, [1]))
show.(:supervisor.start_child(s, Map.put(spec, :significant, true)))
show.(:supervisor.which_children(s))
show.(:supervisor.count_children(s))
show.(:supervisor.get_childspec(s, 1))
show.(:supervisor.get_childspec(s, :nope))
show.(:supervisor.delete_child(s, 1))
show.(:supervisor.delete_child(s, :nope))
show.(:supervisor.terminate_child(s, 1))
show.(:supervisor.terminate_child(s, 1))
show.(:supervisor.terminate_child(s, :nope))
show.(:supervisor.terminate_child(s, self()))
show.(:supervisor.start_child(s, spec))
show.(:supervisor.restart_child(s, 1))
show.(:supervisor.restart_child(s, 1))
show.(:supervisor.restart_child(s, :nope))
show.(:supervisor.restart_child(s, :ign))
show.(:supervisor.delete_child(s, :ign))
show.(:supervisor.which_children(s))
show.(:supervisor.check_childspecs([spec]))
show.(:supervisor.check_childspecs([spec, spec]))
show.(:supervisor.check_childspecs([1]))
show.(:supervisor.check_childspecs(1))
show.(t.(fn -> GenServer.call(s, :foo, 100) end))
receive do {:EXIT, _, r} -> show.({:exit, r}) after 5 -> :ok end
{:ok, s} = :supervisor.start_link(Sp, {:ok, {%{}, [spec]}})
send(s, :foo); 
show.(Process.alive?(s))
GenServer.cast(s, :foo)
receive do {:EXIT, _, r} -> show.({:exit, r}) after 50 -> :ok end
IO.puts "--- sofo"
{:ok, s} = :supervisor.start_link(Sp, {:ok, {%{strategy: :simple_one_for_one}, [%{id: 1, start: {Sp, :start, []}}]}})
show.(:supervisor.start_child(s, [:ok]))
show.(:supervisor.start_child(s, [:info]))
show.(:supervisor.start_child(s, [:raise]))
show.(:supervisor.start_child(s, [{:ret, :ignore}]))
show.(t.(fn -> :supervisor.start_child(s, spec) end))
show.(:supervisor.which_children(s))
show.(:supervisor.count_children(s))
show.(:supervisor.terminate_child(s, 1))
show.(:supervisor.terminate_child(s, self()))
show.(:supervisor.restart_child(s, 1))
show.(:supervisor.delete_child(s, 1))
show.(:supervisor.get_childspec(s, 1))
[{_, c, _, _}|_] = :supervisor.which_children(s)
show.(:supervisor.get_childspec(s, c))
show.(:supervisor.terminate_child(s, c))
show.(:supervisor.which_children(s) |> length)
IO.puts "--- dyn"
{:ok, s} = DynamicSupervisor.start_link(strategy: :one_for_one, max_children: 3)
show.(DynamicSupervisor.start_child(s, spec))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [:info]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [{:ret, :ignore}]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [:raise]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [:throw]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [:exit]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Sp, :start, [{:ret, :foo}]}}))
show.(DynamicSupervisor.start_child(s, %{spec | start: {Nope, :start, [{:ret, :foo}]}}))
show.(DynamicSupervisor.start_child(s, spec))
show.(DynamicSupervisor.start_child(s, spec))
show.(DynamicSupervisor.which_children(s))
show.(DynamicSupervisor.count_children(s))
show.(DynamicSupervisor.terminate_child(s, self()))
for x <- [%{}, 1, %{id: 1, start: 1}, Map.put(spec, :restart, 1), Map.put(spec, :shutdown, 1.0), Map.put(spec, :type, 1), Map.put(spec, :modules, 1), Map.put(spec, :significant, true), Nope, {Nope, 1}], do: show.({x, t.(fn -> DynamicSupervisor.start_child(s, x) end)})
for o <- [[strategy: :x], [strategy: :one_for_one, max_restarts: -1], [strategy: :one_for_one, max_seconds: 0], [strategy: :one_for_one, max_children: -1], [strategy: :one_for_one, extra_arguments: 1], []], do: show.({o, t.(fn -> DynamicSupervisor.start_link(o) end)})
IO.puts "--- Supervisor"
for {c, o} <- [{[Nope], [strategy: :one_for_one]}, {[{Nope, 1}], [strategy: :one_for_one]}, {[1], [strategy: :one_for_one]}, {[spec], []}, {[spec], [strategy: :foo]}, {[spec, spec], [strategy: :one_for_one]}, {[spec], [strategy: :one_for_one, max_restarts: -1]}, {[spec], [strategy: :one_for_one, auto_shutdown: :foo]}, {[{1, {Sp, :start, [:ok]}, :permanent, 5000, :worker, []}], [strategy: :one_for_one]}], do: show.({c, o, t.(fn -> Supervisor.start_link(c, o) end)})
show.(t.(fn -> Supervisor.child_spec(Nope, []) end))
show.(t.(fn -> Supervisor.child_spec(spec, [foo: 1]) end))
show.(t.(fn -> Supervisor.child_spec(spec, [id: 2, restart: :temporary]) end))
show.(t.(fn -> Supervisor.child_spec({Task, fn -> 1 end}, [id: 2]) |> Map.delete(:start) end))
show.(t.(fn -> Supervisor.child_spec("a", [id: 2]) |> Map.delete(:start) end))
show.(t.(fn -> Supervisor.init([spec], strategy: :one_for_one, max_seconds: 3) end))
show.(t.(fn -> Supervisor.init([spec], max_seconds: 3) end))
show.(t.(fn -> Supervisor.count_children(s) end))
show.(t.(fn -> Supervisor.stop(:nope) end))
show.(t.(fn -> Supervisor.which_children(:nope) end))
