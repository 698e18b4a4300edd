# Formats, metadata and handlers of the logger; crash reports through it
require Logger

defmodule Show do
  def log(event, %{formatter: {module, config}}) do
    text = event |> module.format(config) |> IO.chardata_to_string()
    IO.write(:user, String.replace(text, ~r/#PID<[\d.]+>/, "PID"))
  end
end

use_format = fn opts ->
  :logger.remove_handler(:show)
  formatter = Logger.Formatter.new([colors: [enabled: false]] ++ opts)
  :logger.add_handler(:show, Show, %{formatter: formatter})
end

:logger.remove_handler(:default)
use_format.(format: "$level|$levelpad|$metadata|$message\n", metadata: [:user, :mfa, :domain, :n, :list])
Logger.info("plain")
Logger.warning("with", user: "ann", n: 1.5, list: [1])
Logger.error("atom", user: :bob)
Logger.notice("module", user: Some.Module)
Logger.debug("nothing", user: nil)

defmodule Here do
  def run, do: Logger.info("from a function")
end

Here.run()
use_format.(format: "$message\n", truncate: 8)
Logger.info("1234567890")
use_format.(format: "$message\n")
:logger.error("~p ~w ~ts ~20p ~s~n", ["a", :b, "c", [a: 1], "d"])
:logger.error(~c"~p ~tp and ~~ ~*p", [%{a: 1}, "x", 10, :y])
:logger.warning(%{a: 1})
:logger.warning(a: 1)
:logger.warning("text", %{user: 1})
:logger.log(:info, fn x -> {"lazy ~p", [x]} end, 5)


# crashes
wait = fn {pid, ref} ->
  receive(do: ({:DOWN, ^ref, _, ^pid, _} -> Logger.flush()))
end



use_format.(format: {Short, :format})

defmodule Short do
  def format(level, message, _time, _meta) do
    lines = message |> IO.chardata_to_string() |> String.split("\n") |> Enum.reject(&String.starts_with?(&1, "    "))
    "#{level}: #{Enum.join(lines, " / ")}\n"
  end
end

wait.(spawn_monitor(fn -> raise "oops" end))
wait.(spawn_monitor(fn -> throw(:ball) end))
wait.(spawn_monitor(fn -> :erlang.error(:custom) end))
wait.(spawn_monitor(fn -> exit(:quiet) end))

defmodule Server do
  use GenServer
  def init(x), do: {:ok, x}
  def handle_call(:raise, _, _), do: raise("in call")
  def handle_call(:bad, _, _), do: :bad
  def handle_cast({:stop, reason}, s), do: {:stop, reason, s}
end

for reason <- [:normal, :shutdown, {:shutdown, 1}, :other, {:badarg, [{:erlang, :hd, 1, []}]}] do
  {:ok, pid} = GenServer.start(Server, :state, name: Named)
  ref = Process.monitor(pid)
  GenServer.cast(pid, {:stop, reason})
  wait.({pid, ref})
end

for request <- [:raise, :bad] do
  {:ok, pid} = GenServer.start(Server, :state)
  catch_exit = fn -> try(do: GenServer.call(pid, request), catch: (:exit, _ -> :exited)) end
  IO.inspect(catch_exit.())
end

{:ok, pid} = GenServer.start(Server, :state)
send(pid, :hello)
:sys.get_state(pid)

{:ok, pid} = Task.start(fn -> exit({:shutdown, :quiet}) end)
wait.({pid, Process.monitor(pid)})

# filters and levels
IO.inspect(:logger.add_handler_filter(:show, :no_users, {fn event, _ -> if event.meta[:user], do: :stop, else: :ignore end, []}))
IO.inspect(:logger.add_handler_filter(:show, :no_users, {fn _, _ -> :stop end, []}))
Logger.info("hidden", user: 1)
Logger.info("shown")
IO.inspect(:logger.remove_handler_filter(:show, :no_users))
IO.inspect(:logger.remove_handler_filter(:show, :no_users))
IO.inspect(:logger.add_primary_filter(:broken, {fn _, _ -> raise "x" end, []}))
Logger.info("a filter that fails is dropped")
IO.inspect(:logger.remove_primary_filter(:broken))
IO.inspect(:logger.add_handler(:show, Show, %{}))
IO.inspect(:logger.add_handler(:other, Nope, %{}))
IO.inspect(:logger.set_handler_config(:nope, :level, :all))
IO.inspect(:logger.set_handler_config(:show, :level, :loud))
IO.inspect(:logger.set_primary_config(:level, :loud))
IO.inspect(:logger.set_module_level(Here, :none))
Here.run()
IO.inspect(:logger.get_module_level(Here))
IO.inspect(Logger.delete_module_level(Here))

# a handler that fails is taken out
defmodule Broken do
  def log(_, _), do: raise("broken")
end

:logger.add_handler(:broken, Broken, %{})
:logger.set_handler_config(:show, :level, :none)
Logger.info("once")
IO.inspect(:logger.get_handler_ids())
