defmodule :timer do
  @moduledoc """
  Timers that send messages or call functions, once or again and again, and a few helpers around time.

  A one-shot message is a plain `:erlang.send_after/3`. Everything else is a small process of its own that sleeps until its
  time; cancelling ends that process.
  """

  @type tref :: {:once, reference} | {:process, pid, reference}
  @type time :: non_neg_integer

  @doc "Sends `message` to the caller after `time` milliseconds."
  @spec send_after(time, term) :: {:ok, tref} | {:error, :badarg}
  def send_after(time, message), do: send_after(time, self(), message)

  @doc "Sends `message` to a pid or name after `time` milliseconds."
  @spec send_after(time, pid | atom | {atom, node}, term) :: {:ok, tref} | {:error, :badarg}
  def send_after(time, destination, message)
      when is_integer(time) and time >= 0 and (is_pid(destination) or is_atom(destination)) do
    {:ok, {:once, :erlang.send_after(time, destination, message)}}
  end

  def send_after(time, {name, node}, message) when is_integer(time) and time >= 0 and is_atom(name) and is_atom(node) do
    start({:once, time, {:erlang, :send, [{name, node}, message]}})
  end

  def send_after(_, _, _), do: {:error, :badarg}

  @doc "Sends `message` to the caller every `time` milliseconds."
  @spec send_interval(time, term) :: {:ok, tref} | {:error, :badarg}
  def send_interval(time, message), do: send_interval(time, self(), message)

  @doc "Sends `message` to a pid or name every `time` milliseconds, for as long as the receiver lives."
  @spec send_interval(time, pid | atom | {atom, node}, term) :: {:ok, tref} | {:error, :badarg}
  def send_interval(time, destination, message) when is_integer(time) and time >= 0 do
    watched =
      case destination do
        pid when is_pid(pid) -> pid
        name when is_atom(name) -> :erlang.whereis(name)
        {name, node} when is_atom(name) and is_atom(node) -> :erlang.whereis(name)
        _ -> :bad
      end

    case watched do
      :bad -> {:error, :badarg}
      :undefined -> {:error, :badarg}
      pid -> start({:every, time, {__MODULE__, :__send__, [destination, message]}, pid})
    end
  end

  def send_interval(_, _, _), do: {:error, :badarg}

  @doc "Calls a fun after `time` milliseconds, in a process of its own."
  @spec apply_after(time, (-> term)) :: {:ok, tref} | {:error, :badarg}
  def apply_after(time, fun) when is_function(fun, 0), do: apply_after(time, :erlang, :apply, [fun, []])
  def apply_after(_, _), do: {:error, :badarg}

  @doc "Calls a fun with arguments after `time` milliseconds."
  @spec apply_after(time, fun, list) :: {:ok, tref} | {:error, :badarg}
  def apply_after(time, fun, args) when is_function(fun) and is_list(args) do
    apply_after(time, :erlang, :apply, [fun, args])
  end

  def apply_after(_, _, _), do: {:error, :badarg}

  @doc "Calls `module.function(args...)` after `time` milliseconds, in a process of its own."
  @spec apply_after(time, module, atom, list) :: {:ok, tref} | {:error, :badarg}
  def apply_after(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and is_list(args) do
    start({:once, time, {module, function, args}})
  end

  def apply_after(_, _, _, _), do: {:error, :badarg}

  @doc "Calls a fun every `time` milliseconds, each time in a new process, for as long as the caller lives."
  @spec apply_interval(time, (-> term)) :: {:ok, tref} | {:error, :badarg}
  def apply_interval(time, fun) when is_function(fun, 0), do: apply_interval(time, :erlang, :apply, [fun, []])
  def apply_interval(_, _), do: {:error, :badarg}

  @doc "Calls a fun with arguments every `time` milliseconds."
  @spec apply_interval(time, fun, list) :: {:ok, tref} | {:error, :badarg}
  def apply_interval(time, fun, args) when is_function(fun) and is_list(args) do
    apply_interval(time, :erlang, :apply, [fun, args])
  end

  def apply_interval(_, _, _), do: {:error, :badarg}

  @doc "Calls `module.function(args...)` every `time` milliseconds."
  @spec apply_interval(time, module, atom, list) :: {:ok, tref} | {:error, :badarg}
  def apply_interval(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and is_list(args) do
    start({:every, time, {:erlang, :spawn, [module, function, args]}, :none})
  end

  def apply_interval(_, _, _, _), do: {:error, :badarg}

  @doc "Calls `module.function(args...)` again and again, `time` milliseconds after the last call has returned."
  @spec apply_repeatedly(time, module, atom, list) :: {:ok, tref} | {:error, :badarg}
  def apply_repeatedly(time, module, function, args)
      when is_integer(time) and time >= 0 and is_atom(module) and is_atom(function) and is_list(args) do
    start({:every, time, {module, function, args}, :none})
  end

  def apply_repeatedly(_, _, _, _), do: {:error, :badarg}

  @doc "Sends the caller an exit signal after `time` milliseconds."
  @spec exit_after(time, term) :: {:ok, tref} | {:error, :badarg}
  def exit_after(time, reason), do: exit_after(time, self(), reason)

  @doc "Sends a process an exit signal after `time` milliseconds."
  @spec exit_after(time, pid | atom, term) :: {:ok, tref} | {:error, :badarg}
  def exit_after(time, name, reason) when is_atom(name) do
    case :erlang.whereis(name) do
      pid when is_pid(pid) -> exit_after(time, pid, reason)
      _ -> {:error, :badarg}
    end
  end

  def exit_after(time, pid, reason) when is_pid(pid), do: apply_after(time, :erlang, :exit, [pid, reason])
  def exit_after(_, _, _), do: {:error, :badarg}

  @doc "Kills the caller after `time` milliseconds."
  @spec kill_after(time) :: {:ok, tref} | {:error, :badarg}
  def kill_after(time), do: exit_after(time, self(), :kill)

  @doc "Kills a process after `time` milliseconds."
  @spec kill_after(time, pid | atom) :: {:ok, tref} | {:error, :badarg}
  def kill_after(time, target), do: exit_after(time, target, :kill)

  @doc "Cancels a timer; not an error when it is over already."
  @spec cancel(tref) :: {:ok, :cancel} | {:error, :badarg}
  def cancel({:once, ref}) when is_reference(ref) do
    :erlang.cancel_timer(ref)
    {:ok, :cancel}
  end

  def cancel({:process, pid, ref}) when is_pid(pid) and is_reference(ref) do
    # The timer's process must be gone before the answer: nothing is sent after that.
    monitor = :erlang.monitor(:process, pid)
    :erlang.exit(pid, :kill)

    receive do
      {:DOWN, ^monitor, _, _, _} -> {:ok, :cancel}
    end
  end

  def cancel(_), do: {:error, :badarg}

  @doc "Waits `time` milliseconds, or for ever."
  @spec sleep(timeout) :: :ok
  def sleep(time) do
    receive do
    after
      time -> :ok
    end
  end

  @doc "Microseconds that a call of `fun` took, and its result."
  @spec tc((-> term)) :: {integer, term}
  def tc(fun) when is_function(fun, 0) do
    t0 = :erlang.monotonic_time()
    value = fun.()
    t1 = :erlang.monotonic_time()
    {:erlang.convert_time_unit(t1 - t0, :native, :microsecond), value}
  end

  @doc "The same with arguments, or with a time unit."
  @spec tc(fun, list | atom) :: {integer, term}
  def tc(fun, args) when is_function(fun) and is_list(args), do: tc(fn -> :erlang.apply(fun, args) end)

  def tc(fun, unit) when is_function(fun, 0) and is_atom(unit) do
    t0 = :erlang.monotonic_time()
    value = fun.()
    {:erlang.convert_time_unit(:erlang.monotonic_time() - t0, :native, unit), value}
  end

  @doc "The same for `module.function(args...)`."
  @spec tc(module, atom, list) :: {integer, term}
  def tc(module, function, args) when is_atom(module), do: tc(fn -> :erlang.apply(module, function, args) end)

  @doc """
  The difference of two `:erlang.timestamp/0` results in microseconds.

      iex> :timer.now_diff({1, 2, 3}, {1, 1, 0})
      1000003
  """
  @spec now_diff({integer, integer, integer}, {integer, integer, integer}) :: integer
  def now_diff({a2, b2, c2}, {a1, b1, c1}), do: ((a2 - a1) * 1_000_000 + b2 - b1) * 1_000_000 + c2 - c1

  @doc "Milliseconds in `n` seconds."
  @spec seconds(non_neg_integer) :: non_neg_integer
  def seconds(n), do: n * 1000

  @doc "Milliseconds in `n` minutes."
  @spec minutes(non_neg_integer) :: non_neg_integer
  def minutes(n), do: n * 60_000

  @doc "Milliseconds in `n` hours."
  @spec hours(non_neg_integer) :: non_neg_integer
  def hours(n), do: n * 3_600_000

  @doc "Milliseconds in hours, minutes and seconds."
  @spec hms(non_neg_integer, non_neg_integer, non_neg_integer) :: non_neg_integer
  def hms(h, m, s), do: hours(h) + minutes(m) + seconds(s)

  @doc "Does nothing: there is no server to start."
  @spec start() :: :ok
  def start, do: :ok

  defp start(job) do
    pid =
      case job do
        {:every, time, call, :none} ->
          owner = self()
          spawn(fn -> watch(owner, time, call) end)

        {:every, time, call, pid} ->
          spawn(fn -> watch(pid, time, call) end)

        {:once, time, {module, function, args}} ->
          due = now() + time

          spawn(fn ->
            sleep_until(due)
            :erlang.apply(module, function, args)
          end)
      end

    {:ok, {:process, pid, make_ref()}}
  end

  defp watch(owner, time, call) do
    ref = :erlang.monitor(:process, owner)
    every(ref, now() + time, time, call)
  end

  # Due times follow from the first, so that lateness does not add up.
  defp every(ref, due, time, {module, function, args} = call) do
    wait = due - now()

    receive do
      {:DOWN, ^ref, _, _, _} -> :ok
    after
      if(wait > 0, do: wait, else: 0) ->
        :erlang.apply(module, function, args)
        every(ref, due + time, time, call)
    end
  end

  @doc false
  def __send__(name, message) when is_atom(name) do
    case :erlang.whereis(name) do
      pid when is_pid(pid) -> send(pid, message)
      _ -> :erlang.exit(:normal)
    end
  end

  def __send__(destination, message), do: send(destination, message)

  defp sleep_until(due) do
    wait = due - now()
    if wait > 0, do: sleep(wait)
  end

  defp now, do: :erlang.monotonic_time(:millisecond)
end
