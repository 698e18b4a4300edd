defmodule PartitionSupervisor do
  @moduledoc """
  A supervisor that runs the same child several times and spreads work over them by a key.

      children = [{PartitionSupervisor, child_spec: DynamicSupervisor, name: MyApp.Sups}]
      {:ok, _} = Supervisor.start_link(children, strategy: :one_for_one)
      DynamicSupervisor.start_child({:via, PartitionSupervisor, {MyApp.Sups, self()}}, Worker)

  A `{:via, PartitionSupervisor, {name, key}}` stands for one of the children: an integer key counts modulo the
  number of partitions, any other term goes by its hash.
  """

  @type name :: atom | {:via, module, term}

  @doc false
  def child_spec(opts) when is_list(opts) do
    id =
      case Keyword.get(opts, :name, PartitionSupervisor) do
        name when is_atom(name) -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {PartitionSupervisor, :start_link, [opts]}, type: :supervisor}
  end

  @doc """
  Starts a partition supervisor.

  Options: `:child_spec` and `:name` (both needed), `:partitions` (the number of schedulers unless given),
  `:with_arguments` (a function that gets the child's arguments and the partition, and returns new arguments),
  `:strategy`, `:max_restarts`, `:max_seconds`.

      PartitionSupervisor.start_link(child_spec: DynamicSupervisor, name: MyApp.Sups, partitions: 4)
  """
  @spec start_link(keyword) :: Supervisor.on_start()
  def start_link(opts) when is_list(opts) do
    name = opts[:name] || raise ArgumentError, "the :name option must be given to PartitionSupervisor"
    child_spec = opts[:child_spec] || raise ArgumentError, "the :child_spec option must be given to PartitionSupervisor"

    {child_spec, opts} = {Supervisor.child_spec(child_spec, []), Keyword.drop(opts, [:child_spec])}
    {partitions, opts} = Keyword.pop_lazy(opts, :partitions, &System.schedulers_online/0)

    if not (is_integer(partitions) and partitions >= 1) do
      raise ArgumentError, "the :partitions option must be a positive integer, got: #{inspect(partitions)}"
    end

    {with_arguments, opts} = Keyword.pop(opts, :with_arguments, fn args, _partition -> args end)

    if not is_function(with_arguments, 2) do
      raise ArgumentError,
            "the :with_arguments option must be a function that receives two arguments, " <>
              "the current call arguments and the partition, got: #{inspect(with_arguments)}"
    end

    %{start: {module, function, args}} = child_spec
    modules = Map.get(child_spec, :modules, [module])

    children =
      for partition <- 0..(partitions - 1) do
        args = with_arguments.(args, partition)

        if not is_list(args) do
          raise "the call to the function in :with_arguments must return a list, got: #{inspect(args)}"
        end

        start = {PartitionSupervisor, :start_child, [module, function, args, name, partition]}
        Map.merge(child_spec, %{id: partition, start: start, modules: modules})
      end

    {init_opts, start_opts} = Keyword.split(opts, [:strategy, :max_seconds, :max_restarts])
    Supervisor.start_link(PartitionSupervisor, {name, partitions, children, init_opts}, start_opts)
  end

  @doc false
  # Runs in the supervisor, which owns the table of partitions.
  def start_child(module, function, args, name, partition) do
    case apply(module, function, args) do
      {:ok, pid} ->
        register(name, partition, pid)
        {:ok, pid}

      {:ok, pid, info} ->
        register(name, partition, pid)
        {:ok, pid, info}

      other ->
        other
    end
  end

  defp register(name, partition, pid) when is_atom(name), do: :ets.insert(name, {partition, pid})
  defp register(_name, _partition, _pid), do: :ok

  @doc false
  def init({name, partitions, children, init_opts}) do
    init_opts = Keyword.put_new(init_opts, :strategy, :one_for_one)

    if is_atom(name) do
      :ets.new(name, [:set, :named_table, :protected, read_concurrency: true])
      :ets.insert(name, {:partitions, partitions, partitions})
    end

    Supervisor.init(children, init_opts)
  end

  @doc """
  How many partitions there are.

      PartitionSupervisor.partitions(MyApp.Sups)
  """
  @spec partitions(name) :: pos_integer
  def partitions(name) when is_atom(name) do
    {:partitions, partitions, _all} = table_entry(name, :partitions, :partitions)
    partitions
  end

  def partitions(name) do
    case GenServer.whereis(name) do
      pid when is_pid(pid) -> pid |> Supervisor.which_children() |> Enum.count(fn {_, child, _, _} -> child != :undefined end)
      _ -> noproc(:partitions, name)
    end
  end

  defp table_entry(name, key, function) do
    [entry] = :ets.lookup(name, key)
    entry
  rescue
    ArgumentError -> noproc(function, name)
  end

  defp noproc(function, name), do: exit({:noproc, {PartitionSupervisor, function, [name]}})

  @doc """
  Changes how many of the partitions are in use: at least one, at most the number it was started with. Children of
  partitions that are no longer in use are stopped.

      PartitionSupervisor.resize!(MyApp.Sups, 2)
  """
  @spec resize!(name, non_neg_integer) :: non_neg_integer
  def resize!(name, partitions) when is_atom(name) and is_integer(partitions) do
    supervisor = Process.whereis(name) || noproc(:resize!, name)
    {:partitions, now, all} = table_entry(name, :partitions, :resize!)

    cond do
      partitions < 0 ->
        raise ArgumentError, "the number of partitions must be a positive integer, got: #{inspect(partitions)}"

      partitions > all ->
        raise ArgumentError,
              "the number of partitions to resize to must be a number between 0 and #{all}, got: #{partitions}"

      partitions > now ->
        for partition <- now..(partitions - 1), do: Supervisor.restart_child(supervisor, partition)

      partitions < now ->
        for partition <- partitions..(now - 1), do: Supervisor.terminate_child(supervisor, partition)

      true ->
        :ok
    end

    :ok = in_supervisor(supervisor, fn -> :ets.insert(name, {:partitions, partitions, all}) end)
    now
  end

  # The table is protected: its owner writes.
  defp in_supervisor(supervisor, fun) do
    :sys.replace_state(supervisor, fn state ->
      fun.()
      state
    end)

    :ok
  end

  @doc """
  The children as `{partition, pid, type, modules}`.

      PartitionSupervisor.which_children(MyApp.Sups)
  """
  @spec which_children(name) :: [
          {integer, pid | :restarting, :worker | :supervisor, [module] | :dynamic}
        ]
  def which_children(name) when is_atom(name) or elem(name, 0) == :via, do: Supervisor.which_children(name)

  @doc """
  How many children there are, by kind.

      PartitionSupervisor.count_children(MyApp.Sups)
  """
  @spec count_children(name) :: %{
          specs: non_neg_integer,
          active: non_neg_integer,
          supervisors: non_neg_integer,
          workers: non_neg_integer
        }
  def count_children(supervisor) when is_atom(supervisor), do: Supervisor.count_children(supervisor)
  def count_children(supervisor), do: Supervisor.count_children(supervisor)

  @doc """
  Stops the supervisor and its children.

      PartitionSupervisor.stop(MyApp.Sups)
  """
  @spec stop(name, reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity),
    do: Supervisor.stop(supervisor, reason, timeout)

  # --------------------------------------------------------------------------------------------
  # Names
  # --------------------------------------------------------------------------------------------

  @doc false
  def whereis_name({name, key}) when is_atom(name) do
    partition = partition(key, partitions(name))

    case :ets.lookup(name, partition) do
      [{_, pid}] -> pid
      [] -> :undefined
    end
  end

  def whereis_name({name, key}) do
    partition = partition(key, partitions(name))

    case List.keyfind(Supervisor.which_children(name), partition, 0) do
      {_, pid, _, _} when is_pid(pid) -> pid
      _ -> :undefined
    end
  end

  defp partition(key, partitions) when is_integer(key), do: rem(abs(key), partitions)
  defp partition(key, partitions), do: :erlang.phash2(key, partitions)

  @doc false
  def send(name_key, message), do: Kernel.send(whereis_name(name_key), message)

  @doc false
  def register_name(_, _), do: raise("{:via, PartitionSupervisor, _} cannot be given on registration")

  @doc false
  def unregister_name(_), do: raise("{:via, PartitionSupervisor, _} cannot be given on unregistration")
end
