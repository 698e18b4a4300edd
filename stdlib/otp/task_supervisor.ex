defmodule Task.Supervisor do
  @moduledoc """
  A supervisor for tasks that are started while it runs.

      {:ok, sup} = Task.Supervisor.start_link()
      task = Task.Supervisor.async(sup, fn -> work() end)
      Task.await(task)
  """

  @type option :: DynamicSupervisor.init_option() | GenServer.option()
  @type async_stream_option ::
          Task.async_stream_option() | {:shutdown, Supervisor.shutdown()}

  @doc false
  def child_spec(opts) when is_list(opts) do
    id =
      case Keyword.get(opts, :name, Task.Supervisor) do
        name when is_atom(name) -> name
        {:global, name} -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {Task.Supervisor, :start_link, [opts]}, type: :supervisor}
  end

  @doc """
  Starts a task supervisor.

      {:ok, sup} = Task.Supervisor.start_link(name: MyTasks)
  """
  @spec start_link([option]) :: Supervisor.on_start()
  def start_link(options \\ []) do
    keys = [:max_children, :max_seconds, :max_restarts]
    {sup_opts, start_opts} = Keyword.split(options, keys)
    DynamicSupervisor.start_link(Supervisor.Default, DynamicSupervisor.init(sup_opts), start_opts)
  end

  @doc """
  Starts a task that is linked to the caller and whose result is awaited.

      Task.Supervisor.async(sup, fn -> 1 end)
  """
  @spec async(Supervisor.supervisor(), (-> any), keyword) :: Task.t()
  def async(supervisor, fun, options \\ []),
    do: async(supervisor, :erlang, :apply, [fun, []], options)

  @doc """
  As `async/3` for `module.fun`.

      Task.Supervisor.async(sup, Enum, :sum, [[1, 2]])
  """
  @spec async(Supervisor.supervisor(), module, atom, [term], keyword) :: Task.t()
  def async(supervisor, module, fun, args, options \\ []) do
    pid = start_task(supervisor, {module, fun, args}, options)
    Process.link(pid)
    Task.watch(pid, {module, fun, args})
  end

  @doc """
  As `async/3`, without a link to the caller.

      Task.Supervisor.async_nolink(sup, fn -> 1 end)
  """
  @spec async_nolink(Supervisor.supervisor(), (-> any), keyword) :: Task.t()
  def async_nolink(supervisor, fun, options \\ []),
    do: async_nolink(supervisor, :erlang, :apply, [fun, []], options)

  @doc """
  As `async_nolink/3` for `module.fun`.

      Task.Supervisor.async_nolink(sup, Enum, :sum, [[1, 2]])
  """
  @spec async_nolink(Supervisor.supervisor(), module, atom, [term], keyword) :: Task.t()
  def async_nolink(supervisor, module, fun, args, options \\ []) do
    pid = start_task(supervisor, {module, fun, args}, options)
    Task.watch(pid, {module, fun, args})
  end

  defp start_task(supervisor, mfa, options) do
    case start_waiting(supervisor, mfa, options) do
      {:ok, pid} ->
        pid

      {:error, :max_children} ->
        raise """
        reached the maximum number of tasks for this task supervisor. The maximum number \
        of tasks that are allowed to run at the same time under this supervisor can be \
        configured with the :max_children option passed to Task.Supervisor.start_link/1\
        """
    end
  end

  defp start_waiting(supervisor, mfa, options) do
    spec = %{
      id: Task.Supervised,
      start: {Task.Supervised, :start_link, [Task.owner_info(self()), mfa]},
      restart: :temporary,
      shutdown: Keyword.get(options, :shutdown, 5000)
    }

    DynamicSupervisor.start_child(supervisor, spec)
  end

  @doc """
  Starts a task for its effects. Options: `:restart`, `:shutdown`.

      Task.Supervisor.start_child(sup, fn -> IO.puts("hi") end)
  """
  @spec start_child(Supervisor.supervisor(), (-> any), keyword) ::
          DynamicSupervisor.on_start_child()
  def start_child(supervisor, fun, options \\ []),
    do: start_child(supervisor, :erlang, :apply, [fun, []], options)

  @doc """
  As `start_child/3` for `module.fun`.

      Task.Supervisor.start_child(sup, IO, :puts, ["hi"])
  """
  @spec start_child(Supervisor.supervisor(), module, atom, [term], keyword) ::
          DynamicSupervisor.on_start_child()
  def start_child(supervisor, module, fun, args, options \\ [])
      when is_atom(fun) and is_list(args) do
    arguments = [Task.owner_info(self()), Task.callers(self()), {module, fun, args}]

    spec = %{
      id: Task.Supervised,
      start: {Task.Supervised, :start_link, arguments},
      restart: Keyword.get(options, :restart, :temporary),
      shutdown: Keyword.get(options, :shutdown, 5000)
    }

    DynamicSupervisor.start_child(supervisor, spec)
  end

  @doc """
  Stops a task.

      Task.Supervisor.terminate_child(sup, pid)
  """
  @spec terminate_child(Supervisor.supervisor(), pid) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, pid) when is_pid(pid),
    do: DynamicSupervisor.terminate_child(supervisor, pid)

  @doc """
  Pids of the running tasks.

      Task.Supervisor.children(sup)
  """
  @spec children(Supervisor.supervisor()) :: [pid]
  def children(supervisor) do
    for {_, pid, _, _} <- DynamicSupervisor.which_children(supervisor), is_pid(pid), do: pid
  end

  @doc """
  As `Task.async_stream/3`, with tasks under the supervisor.

      Task.Supervisor.async_stream(sup, 1..3, &(&1 * 2))
  """
  @spec async_stream(Supervisor.supervisor(), Enumerable.t(), (term -> term), [
          async_stream_option
        ]) ::
          Enumerable.t()
  def async_stream(supervisor, enumerable, fun, options \\ []) when is_function(fun, 1),
    do: stream(supervisor, enumerable, fn x -> {:erlang, :apply, [fun, [x]]} end, options, true)

  @doc """
  As `Task.async_stream/5`, with tasks under the supervisor.

      Task.Supervisor.async_stream(sup, ["a"], String, :upcase, [])
  """
  def async_stream(supervisor, enumerable, module, function, args, options \\ [])
      when is_atom(module) and is_atom(function) and is_list(args),
      do:
        stream(supervisor, enumerable, fn x -> {module, function, [x | args]} end, options, true)

  @doc """
  As `async_stream/4`, without links to the caller.

      Task.Supervisor.async_stream_nolink(sup, 1..3, &(&1 * 2))
  """
  @spec async_stream_nolink(Supervisor.supervisor(), Enumerable.t(), (term -> term), [
          async_stream_option
        ]) :: Enumerable.t()
  def async_stream_nolink(supervisor, enumerable, fun, options \\ []) when is_function(fun, 1),
    do: stream(supervisor, enumerable, fn x -> {:erlang, :apply, [fun, [x]]} end, options, false)

  @doc """
  As `async_stream/6`, without links to the caller.

      Task.Supervisor.async_stream_nolink(sup, ["a"], String, :upcase, [])
  """
  def async_stream_nolink(supervisor, enumerable, module, function, args, options \\ [])
      when is_atom(module) and is_atom(function) and is_list(args),
      do:
        stream(supervisor, enumerable, fn x -> {module, function, [x | args]} end, options, false)

  defp stream(supervisor, enumerable, mfa, options, link?) do
    {shutdown, options} = Keyword.pop(options, :shutdown, 5000)

    start = fn mfa ->
      case start_waiting(supervisor, mfa, shutdown: shutdown) do
        {:ok, pid} ->
          if link?, do: Process.link(pid)
          {:ok, pid}

        error ->
          error
      end
    end

    Task.Stream.new(enumerable, mfa, options, start)
  end
end
