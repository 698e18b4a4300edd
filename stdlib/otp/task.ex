defmodule Task do
  @moduledoc """
  Processes that do one thing, usually to compute a value in the background.

      task = Task.async(fn -> expensive() end)
      result = Task.await(task)
  """

  @enforce_keys [:mfa, :owner, :pid, :ref]
  defstruct [:mfa, :owner, :pid, :ref]

  @type ref :: reference
  @type t :: %__MODULE__{mfa: mfa, owner: pid, pid: pid | nil, ref: ref}
  @type async_stream_option ::
          {:max_concurrency, pos_integer}
          | {:ordered, boolean}
          | {:timeout, timeout}
          | {:on_timeout, :exit | :kill_task}
          | {:zip_input_on_exit, boolean}

  @doc """
  The specification to start a task under a supervisor.

      iex> Task.child_spec(fn -> :ok end).restart
      :temporary
  """
  @spec child_spec(term) :: Supervisor.child_spec()
  def child_spec(arg), do: %{id: Task, start: {Task, :start_link, [arg]}, restart: :temporary}

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @doc """
      Returns a specification to start this module under a supervisor.

      See `Supervisor`.
      """
      def child_spec(arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [arg]},
          restart: :temporary
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  Starts a task that is linked to the caller and whose result is awaited.

      iex> Task.await(Task.async(fn -> 1 + 1 end))
      2
  """
  @spec async((-> any)) :: t
  def async(fun) when is_function(fun, 0), do: async(:erlang, :apply, [fun, []])

  @doc """
  Starts a task that runs `module.function_name` with `args`.

      iex> Task.await(Task.async(String, :upcase, ["a"]))
      "A"
  """
  @spec async(module, atom, [term]) :: t
  def async(module, function_name, args)
      when is_atom(module) and is_atom(function_name) and is_list(args) do
    {:ok, pid} = Task.Supervised.start_link(owner_info(self()), {module, function_name, args})
    watch(pid, {module, function_name, args})
  end

  # The monitor is also the address for the result.
  @doc false
  def watch(pid, {module, function_name, args}) do
    owner = self()
    ref = Process.monitor(pid, alias: :demonitor)
    send(pid, {owner, ref, callers(owner)})
    %Task{pid: pid, ref: ref, owner: owner, mfa: {module, function_name, length(args)}}
  end

  @doc false
  def owner_info(pid) do
    name =
      case Process.info(pid, :registered_name) do
        {:registered_name, name} when is_atom(name) -> name
        _ -> pid
      end

    {node(), name, pid}
  end

  @doc false
  def callers(owner) do
    case Process.get(:"$callers") do
      list when is_list(list) -> [owner | list]
      _ -> [owner]
    end
  end

  @doc """
  Starts a task without a link, for its effects.

      iex> {:ok, pid} = Task.start(fn -> :ok end)
      iex> is_pid(pid)
      true
  """
  @spec start((-> any)) :: {:ok, pid}
  def start(fun) when is_function(fun, 0), do: start(:erlang, :apply, [fun, []])

  @doc """
  Starts a task without a link that runs `module.function_name`.

      iex> {:ok, pid} = Task.start(Kernel, :self, [])
      iex> is_pid(pid)
      true
  """
  @spec start(module, atom, [term]) :: {:ok, pid}
  def start(module, function_name, args)
      when is_atom(module) and is_atom(function_name) and is_list(args) do
    Task.Supervised.start(owner_info(self()), callers(self()), {module, function_name, args})
  end

  @doc """
  Starts a linked task, as a supervisor does.

      iex> {:ok, pid} = Task.start_link(fn -> :ok end)
      iex> is_pid(pid)
      true
  """
  @spec start_link((-> any)) :: {:ok, pid}
  def start_link(fun) when is_function(fun, 0), do: start_link(:erlang, :apply, [fun, []])

  @doc """
  Starts a linked task that runs `module.function`.

      iex> {:ok, pid} = Task.start_link(Kernel, :self, [])
      iex> is_pid(pid)
      true
  """
  @spec start_link(module, atom, [term]) :: {:ok, pid}
  def start_link(module, function, args)
      when is_atom(module) and is_atom(function) and is_list(args) do
    Task.Supervised.start_link(owner_info(self()), callers(self()), {module, function, args})
  end

  @doc """
  A task that is done already.

      iex> Task.await(Task.completed(1))
      1
  """
  @spec completed(any) :: t
  def completed(result) do
    ref = make_ref()
    send(self(), {ref, result})
    %Task{pid: nil, ref: ref, owner: self(), mfa: {Task, :completed, 1}}
  end

  # --------------------------------------------------------------------------------------------
  # Waiting
  # --------------------------------------------------------------------------------------------

  @doc """
  Waits for the result of a task; exits if the task died or the time is over.

      iex> Task.await(Task.async(fn -> :done end))
      :done
  """
  @spec await(t, timeout) :: term
  def await(%Task{ref: ref, owner: owner} = task, timeout \\ 5000)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    if owner != self(), do: raise(ArgumentError, invalid_owner(task))

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, reason} ->
        exit({reason, {__MODULE__, :await, [task, timeout]}})
    after
      timeout ->
        Process.demonitor(ref, [:flush])
        exit({:timeout, {__MODULE__, :await, [task, timeout]}})
    end
  end

  defp invalid_owner(task) do
    "task #{inspect(task)} must be queried from the owner but was queried from #{inspect(self())}"
  end

  @doc """
  Waits for the results of several tasks, with one timeout for all.

      iex> Task.await_many([Task.async(fn -> 1 end), Task.async(fn -> 2 end)])
      [1, 2]
  """
  @spec await_many([t], timeout) :: [term]
  def await_many(tasks, timeout \\ 5000)
      when timeout == :infinity or (is_integer(timeout) and timeout >= 0) do
    for task <- tasks, task.owner != self(), do: raise(ArgumentError, invalid_owner(task))
    deadline = deadline(timeout)

    replies =
      for %Task{ref: ref} <- tasks do
        receive do
          {^ref, reply} ->
            Process.demonitor(ref, [:flush])
            reply

          {:DOWN, ^ref, _, _, reason} ->
            demonitor_all(tasks)
            exit({reason, {__MODULE__, :await_many, [tasks, timeout]}})
        after
          remaining(deadline) ->
            demonitor_all(tasks)
            exit({:timeout, {__MODULE__, :await_many, [tasks, timeout]}})
        end
      end

    replies
  end

  defp demonitor_all(tasks) do
    for %Task{ref: ref} <- tasks do
      Process.demonitor(ref, [:flush])

      receive do
        {^ref, _} -> :ok
      after
        0 -> :ok
      end
    end
  end

  defp deadline(:infinity), do: :infinity
  defp deadline(timeout), do: System.monotonic_time(:millisecond) + timeout
  defp remaining(:infinity), do: :infinity
  defp remaining(deadline), do: max(deadline - System.monotonic_time(:millisecond), 0)

  @doc """
  Waits for a task: `{:ok, result}`, `{:exit, reason}`, or `nil` if the time is over.

      iex> Task.yield(Task.async(fn -> 1 end))
      {:ok, 1}
  """
  @spec yield(t, timeout) :: {:ok, term} | {:exit, term} | nil
  def yield(%Task{ref: ref, owner: owner} = task, timeout \\ 5000) do
    if owner != self(), do: raise(ArgumentError, invalid_owner(task))

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        {:ok, reply}

      {:DOWN, ^ref, _, _, reason} ->
        {:exit, reason}
    after
      timeout -> nil
    end
  end

  @doc """
  As `yield/2` for several tasks. Options: `:limit`, `:timeout`, `:on_timeout`.

      iex> [{%Task{}, {:ok, 1}}] = Task.yield_many([Task.async(fn -> 1 end)])
  """
  @spec yield_many([t], timeout | keyword) :: [{t, {:ok, term} | {:exit, term} | nil}]
  def yield_many(tasks, opts \\ [])

  def yield_many(tasks, timeout) when is_integer(timeout) or timeout == :infinity,
    do: yield_many(tasks, timeout: timeout)

  def yield_many(tasks, opts) when is_list(opts) do
    for task <- tasks, task.owner != self(), do: raise(ArgumentError, invalid_owner(task))
    on_timeout = Keyword.get(opts, :on_timeout, :nothing)
    deadline = deadline(Keyword.get(opts, :timeout, 5000))
    limit = Keyword.get(opts, :limit, length(tasks))
    waiting = for task <- tasks, into: %{}, do: {task.ref, true}
    found = collect(waiting, limit, deadline, %{})

    for %Task{ref: ref} = task <- tasks do
      case found do
        %{^ref => result} ->
          {task, result}

        _ ->
          case on_timeout do
            :nothing -> {task, nil}
            :ignore -> {task, ignore(task)}
            :kill_task -> {task, shutdown(task, :brutal_kill)}
          end
      end
    end
  end

  defp collect(waiting, limit, _deadline, found) when limit <= 0 or map_size(waiting) == 0,
    do: found

  defp collect(waiting, limit, deadline, found) do
    receive do
      {ref, reply} when is_map_key(waiting, ref) ->
        Process.demonitor(ref, [:flush])
        collect(Map.delete(waiting, ref), limit - 1, deadline, Map.put(found, ref, {:ok, reply}))

      {:DOWN, ref, _, _, reason} when is_map_key(waiting, ref) ->
        collect(Map.delete(waiting, ref), limit - 1, deadline, Map.put(found, ref, {:exit, reason}))
    after
      remaining(deadline) -> found
    end
  end

  @doc """
  Stops a task: its result if it was done, `{:exit, reason}` if it died, otherwise `nil`.

      iex> Task.shutdown(Task.async(fn -> Process.sleep(:infinity) end))
      nil
  """
  @spec shutdown(t, timeout | :brutal_kill) :: {:ok, term} | {:exit, term} | nil
  def shutdown(task, shutdown \\ 5000)

  def shutdown(%Task{owner: owner} = task, _shutdown) when owner != self(),
    do: raise(ArgumentError, invalid_owner(task))

  def shutdown(%Task{pid: nil} = task, _shutdown) do
    raise ArgumentError, "task #{inspect(task)} does not have an associated task process"
  end

  def shutdown(%Task{pid: pid, ref: ref}, how) do
    monitor = Process.monitor(pid)
    {signal, timeout} = if how == :brutal_kill, do: {:kill, :infinity}, else: {:shutdown, how}
    Process.unlink(pid)
    Process.exit(pid, signal)
    reason = await_down(pid, monitor, timeout)

    # The first monitor knows why the task died if it was dead before.
    first =
      receive do
        {:DOWN, ^ref, _, _, first} -> first
      after
        0 -> reason
      end

    Process.demonitor(ref, [:flush])

    receive do
      {:EXIT, ^pid, _} -> :ok
    after
      0 -> :ok
    end

    receive do
      {^ref, reply} -> {:ok, reply}
    after
      0 ->
        case first do
          :killed when how == :brutal_kill -> nil
          :shutdown when how != :brutal_kill -> nil
          :noproc -> nil
          other -> {:exit, other}
        end
    end
  end

  defp await_down(pid, monitor, timeout) do
    receive do
      {:DOWN, ^monitor, _, _, reason} -> reason
    after
      timeout ->
        Process.exit(pid, :kill)

        receive do
          {:DOWN, ^monitor, _, _, reason} -> reason
        end
    end
  end

  @doc """
  Lets a task go on without its owner.

      iex> Task.ignore(Task.async(fn -> Process.sleep(10) end))
      nil
  """
  @spec ignore(t) :: {:ok, term} | {:exit, term} | nil
  def ignore(task)

  def ignore(%Task{owner: owner} = task) when owner != self(),
    do: raise(ArgumentError, invalid_owner(task))

  def ignore(%Task{pid: nil} = task) do
    raise ArgumentError, "task #{inspect(task)} does not have an associated task process"
  end

  def ignore(%Task{pid: pid, ref: ref}) do
    receive do
      {^ref, reply} ->
        Process.unlink(pid)
        Process.demonitor(ref, [:flush])
        {:ok, reply}

      {:DOWN, ^ref, _, _, reason} ->
        {:exit, reason}
    after
      0 ->
        Process.unlink(pid)
        Process.demonitor(ref, [:flush])
        nil
    end
  end

  # --------------------------------------------------------------------------------------------
  # Streams
  # --------------------------------------------------------------------------------------------

  @doc """
  A stream that runs `fun` on each element in a task of its own.

  Options: `:max_concurrency`, `:ordered`, `:timeout`, `:on_timeout`, `:zip_input_on_exit`.

      iex> 1..2 |> Task.async_stream(&(&1 * 2)) |> Enum.to_list()
      [ok: 2, ok: 4]
  """
  @spec async_stream(Enumerable.t(), (term -> term), [async_stream_option]) :: Enumerable.t()
  def async_stream(enumerable, fun, options \\ [])
      when is_function(fun, 1) and is_list(options) do
    stream(enumerable, fn x -> {:erlang, :apply, [fun, [x]]} end, options)
  end

  @doc """
  A stream that runs `module.function_name` on each element in a task of its own.

      iex> ["a"] |> Task.async_stream(String, :duplicate, [2]) |> Enum.to_list()
      [ok: "aa"]
  """
  @spec async_stream(Enumerable.t(), module, atom, [term], [async_stream_option]) :: Enumerable.t()
  def async_stream(enumerable, module, function_name, args, options \\ [])
      when is_atom(module) and is_atom(function_name) and is_list(args) do
    stream(enumerable, fn x -> {module, function_name, [x | args]} end, options)
  end

  defp stream(enumerable, mfa, options) do
    start = fn mfa -> Task.Supervised.start_link(owner_info(self()), mfa) end
    Task.Stream.new(enumerable, mfa, options, start)
  end
end
