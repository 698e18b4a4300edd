defmodule Registry do
  @moduledoc """
  A key-value store for processes: names of any kind, and groups for publishing.

      {:ok, _} = Registry.start_link(keys: :unique, name: MyRegistry)
      Registry.register(MyRegistry, "name", :value)
      Registry.lookup(MyRegistry, "name")

  With `keys: :unique`, `{:via, Registry, {MyRegistry, key}}` names a process.

  Entries live in ETS tables that every process may write; the registry's own process is linked
  to all registered processes and removes the entries of those that die.
  """

  @type registry :: atom
  @type keys :: :unique | :duplicate
  @type key :: term
  @type value :: term
  @type body :: [term]
  @type guard :: tuple
  @type guards :: [guard]
  @type match_pattern :: atom | term
  @type meta_key :: atom | tuple
  @type meta_value :: term
  @type spec :: [{match_pattern, guards, body}]
  @type start_option ::
          {:keys, keys}
          | {:name, registry}
          | {:partitions, pos_integer}
          | {:listeners, [atom]}
          | {:meta, [{meta_key, meta_value}]}
  @type listener_message ::
          {:register, registry, key, registry_partition :: pid, value}
          | {:unregister, registry, key, registry_partition :: pid}

  @info :"$registry"

  # --------------------------------------------------------------------------------------------
  # Starting
  # --------------------------------------------------------------------------------------------

  @doc """
  Starts a registry. Options: `:keys` and `:name` are needed, `:partitions`, `:listeners` and
  `:meta` are not.

      {:ok, _} = Registry.start_link(keys: :duplicate, name: PubSub)
  """
  @spec start_link([start_option]) :: {:ok, pid} | {:error, term}
  def start_link(options) do
    keys = Keyword.get(options, :keys)

    if keys not in [:unique, :duplicate] do
      raise ArgumentError,
            "expected :keys to be given and be one of :unique or :duplicate, got: #{inspect(keys)}"
    end

    name =
      case Keyword.fetch(options, :name) do
        {:ok, name} when is_atom(name) ->
          name

        {:ok, other} ->
          raise ArgumentError, "expected :name to be an atom, got: #{inspect(other)}"

        :error ->
          raise ArgumentError, "expected :name option to be present"
      end

    meta = Keyword.get(options, :meta, [])

    if not Keyword.keyword?(meta) and not (is_list(meta) and Enum.all?(meta, &match?({_, _}, &1))) do
      raise ArgumentError, "expected :meta to be a keyword list, got: #{inspect(meta)}"
    end

    partitions = Keyword.get(options, :partitions, 1)

    if not (is_integer(partitions) and partitions >= 1) do
      raise ArgumentError,
            "expected :partitions to be a positive integer, got: #{inspect(partitions)}"
    end

    listeners = Keyword.get(options, :listeners, [])

    if not (is_list(listeners) and Enum.all?(listeners, &is_atom/1)) do
      raise ArgumentError,
            "expected :listeners to be a list of named processes, got: #{inspect(listeners)}"
    end

    compressed = Keyword.get(options, :compressed, false)

    if not is_boolean(compressed) do
      raise ArgumentError,
            "expected :compressed to be a boolean, got: #{inspect(compressed)}"
    end

    Supervisor.start_link(Registry.Supervisor, {keys, name, listeners, meta, partitions},
      name: name
    )
  end

  @doc """
  The specification to start a registry under a supervisor.

      iex> Registry.child_spec(keys: :unique, name: MyRegistry).id
      MyRegistry
  """
  @spec child_spec([start_option]) :: Supervisor.child_spec()
  def child_spec(options) do
    %{
      id: Keyword.get(options, :name, Registry),
      start: {Registry, :start_link, [options]},
      type: :supervisor
    }
  end

  # {kind, key table, pid table, partition process, listeners}
  defp info!(registry) do
    try do
      :ets.lookup_element(registry, @info, 2)
    catch
      :error, :badarg -> raise ArgumentError, "unknown registry: #{inspect(registry)}"
    end
  end

  # --------------------------------------------------------------------------------------------
  # Registering
  # --------------------------------------------------------------------------------------------

  @doc """
  Registers the calling process under `key`.

      Registry.register(MyRegistry, "key", :value)
  """
  @spec register(registry, key, value) :: {:ok, pid} | {:error, {:already_registered, pid}}
  def register(registry, key, value) when is_atom(registry) do
    pid = self()
    {kind, keys, pids, server, listeners} = info!(registry)
    partition = partition_pid(server)
    Process.link(partition)
    :ets.insert(pids, {pid, key})

    case insert(kind, keys, key, pid, value) do
      :ok ->
        for listener <- listeners, do: notify(listener, {:register, registry, key, pid, value})
        {:ok, partition}

      {:error, {:already_registered, ^pid}} = error ->
        # The entry of the first registration goes on.
        error

      {:error, _} = error ->
        :ets.delete_object(pids, {pid, key})
        unlink_if_unregistered(partition, pids, pid)
        error
    end
  end

  defp partition_pid(server) when is_pid(server), do: server

  defp partition_pid(server),
    do: Process.whereis(server) || raise(ArgumentError, "registry is not running")

  defp notify(listener, message) do
    if pid = Process.whereis(listener), do: Kernel.send(pid, message)
  end

  defp insert(:duplicate, keys, key, pid, value) do
    :ets.insert(keys, {key, {pid, value}})
    :ok
  end

  defp insert(:unique, keys, key, pid, value) do
    if :ets.insert_new(keys, {key, {pid, value}}) do
      :ok
    else
      case :ets.lookup(keys, key) do
        [{^key, {other, _}} = current] ->
          if Process.alive?(other) do
            {:error, {:already_registered, other}}
          else
            # Its entry is about to be removed.
            :ets.delete_object(keys, current)
            insert(:unique, keys, key, pid, value)
          end

        [] ->
          insert(:unique, keys, key, pid, value)
      end
    end
  end

  defp unlink_if_unregistered(partition, pids, pid) do
    if not :ets.member(pids, pid), do: Process.unlink(partition)
  end

  @doc """
  Removes all entries of the calling process under `key`.

      Registry.unregister(MyRegistry, "key")
  """
  @spec unregister(registry, key) :: :ok
  def unregister(registry, key) when is_atom(registry) do
    pid = self()
    {_kind, keys, pids, server, listeners} = info!(registry)

    if :ets.match_delete(keys, {key, {pid, :_}}) do
      before = :ets.lookup(pids, pid)
      :ets.delete_object(pids, {pid, key})
      unlink_if_unregistered(partition_pid(server), pids, pid)

      if List.keymember?(Enum.map(before, fn {_, k} -> {k} end), key, 0) do
        for listener <- listeners, do: notify(listener, {:unregister, registry, key, pid})
      end
    end

    :ok
  end

  @doc """
  Removes the entries of the calling process under `key` whose value matches.

      Registry.unregister_match(MyRegistry, "key", {:a, :_})
  """
  @spec unregister_match(registry, key, match_pattern, guards) :: :ok
  def unregister_match(registry, key, pattern, guards \\ []) when is_list(guards) do
    pid = self()
    {_kind, keys, pids, server, listeners} = info!(registry)

    spec = [
      {{:_, {pid, pattern}}, [{:"=:=", {:element, 1, :"$_"}, {:const, key}} | guards], [true]}
    ]

    matching = :ets.select_count(keys, spec)

    if matching > 0 do
      :ets.select_delete(keys, spec)

      left =
        :ets.select_count(keys, [
          {{:_, {pid, :_}}, [{:"=:=", {:element, 1, :"$_"}, {:const, key}}], [true]}
        ])

      :ets.delete_object(pids, {pid, key})
      if left > 0, do: for(_ <- 1..left, do: :ets.insert(pids, {pid, key}))
      unlink_if_unregistered(partition_pid(server), pids, pid)

      for listener <- listeners, _ <- 1..matching//1 do
        notify(listener, {:unregister, registry, key, pid})
      end
    end

    :ok
  end

  # --------------------------------------------------------------------------------------------
  # Names, for {:via, Registry, {registry, key}}
  # --------------------------------------------------------------------------------------------

  @doc false
  def whereis_name({registry, key}), do: whereis_name(registry, key)
  def whereis_name({registry, key, _value}), do: whereis_name(registry, key)

  defp whereis_name(registry, key) do
    {kind, keys, _, _, _} = info!(registry)

    if kind != :unique do
      raise ArgumentError, ":via is not supported for duplicate registries"
    end

    case :ets.lookup(keys, key) do
      [{^key, {pid, _}}] -> if Process.alive?(pid), do: pid, else: :undefined
      [] -> :undefined
    end
  end

  @doc false
  def register_name({registry, key}, pid), do: register_name(registry, key, nil, pid)
  def register_name({registry, key, value}, pid), do: register_name(registry, key, value, pid)

  defp register_name(registry, key, value, pid) when pid == self() do
    case register(registry, key, value) do
      {:ok, _} -> :yes
      {:error, {:already_registered, _}} -> :no
    end
  end

  @doc false
  def send({registry, key}, msg), do: send_to(registry, key, msg)
  def send({registry, key, _value}, msg), do: send_to(registry, key, msg)

  defp send_to(registry, key, msg) do
    case whereis_name(registry, key) do
      :undefined -> :erlang.error(:badarg, [{registry, key}, msg])
      pid -> Kernel.send(pid, msg)
    end
  end

  @doc false
  def unregister_name({registry, key}), do: unregister(registry, key)
  def unregister_name({registry, key, _value}), do: unregister(registry, key)

  # --------------------------------------------------------------------------------------------
  # Reading
  # --------------------------------------------------------------------------------------------

  @doc """
  The `{pid, value}` pairs under `key`.

      Registry.lookup(MyRegistry, "key")
  """
  @spec lookup(registry, key) :: [{pid, value}]
  def lookup(registry, key) when is_atom(registry) do
    case info!(registry) do
      {:unique, keys, _, _, _} ->
        case :ets.lookup(keys, key) do
          [{^key, {pid, _} = pair}] -> if Process.alive?(pid), do: [pair], else: []
          [] -> []
        end

      {:duplicate, keys, _, _, _} ->
        for {_, pair} <- :ets.lookup(keys, key), do: pair
    end
  end

  @doc """
  Changes the value of the calling process under a unique key: `{new, old}` or `:error`.

      Registry.update_value(MyRegistry, "key", &(&1 + 1))
  """
  @spec update_value(registry, key, (value -> value)) ::
          {new_value :: term, old_value :: term} | :error
  def update_value(registry, key, callback) when is_atom(registry) and is_function(callback, 1) do
    case info!(registry) do
      {:unique, keys, _, _, _} ->
        case :ets.lookup(keys, key) do
          [{^key, {pid, value}}] when pid == self() ->
            new = callback.(value)
            :ets.insert(keys, {key, {pid, new}})
            {new, value}

          _ ->
            :error
        end

      {kind, _, _, _, _} ->
        raise ArgumentError, "Registry.update_value/3 is not supported for #{kind} registries"
    end
  end

  @doc """
  Calls `fun` with the entries under `key`, if there are any.

      Registry.dispatch(PubSub, "topic", fn entries ->
        for {pid, _} <- entries, do: send(pid, :hello)
      end)
  """
  @spec dispatch(registry, key, ([{pid, value}] -> term) | {module, atom, [any]}, keyword) :: :ok
  def dispatch(registry, key, mfa_or_fun, opts \\ [])
      when is_atom(registry) and is_list(opts) do
    case lookup(registry, key) do
      [] ->
        :ok

      entries ->
        case mfa_or_fun do
          {module, fun, args} -> apply(module, fun, [entries | args])
          fun -> fun.(entries)
        end

        :ok
    end
  end

  @doc """
  The keys of a process.

      Registry.keys(MyRegistry, self())
  """
  @spec keys(registry, pid) :: [key]
  def keys(registry, pid) when is_atom(registry) and is_pid(pid) do
    {kind, keys, pids, _, _} = info!(registry)
    found = for {_, key} <- :ets.lookup(pids, pid), do: key

    case kind do
      :unique ->
        for key <- Enum.uniq(found), match?([{_, {^pid, _}}], :ets.lookup(keys, key)), do: key

      :duplicate ->
        found
    end
  end

  @doc """
  The values of a process under a key.

      Registry.values(MyRegistry, "key", self())
  """
  @spec values(registry, key, pid) :: [value]
  def values(registry, key, pid) when is_atom(registry) do
    {_, keys, _, _, _} = info!(registry)
    for {_, {^pid, value}} <- :ets.lookup(keys, key), do: value
  end

  defp by_key(key, pattern, guards, body) do
    [{{:_, {:_, pattern}}, [{:"=:=", {:element, 1, :"$_"}, {:const, key}} | guards], body}]
  end

  @doc """
  The entries under `key` whose value matches an ETS pattern.

      Registry.match(MyRegistry, "key", {:a, :_})
  """
  @spec match(registry, key, match_pattern, guards) :: [{pid, term}]
  def match(registry, key, pattern, guards \\ []) when is_atom(registry) and is_list(guards) do
    {_, keys, _, _, _} = info!(registry)
    :ets.select(keys, by_key(key, pattern, guards, [{:element, 2, :"$_"}]))
  end

  @doc """
  The number of entries under `key` whose value matches an ETS pattern.

      Registry.count_match(MyRegistry, "key", :_)
  """
  @spec count_match(registry, key, match_pattern, guards) :: non_neg_integer
  def count_match(registry, key, pattern, guards \\ [])
      when is_atom(registry) and is_list(guards) do
    {_, keys, _, _, _} = info!(registry)
    :ets.select_count(keys, by_key(key, pattern, guards, [true]))
  end

  @doc """
  The number of entries.

      Registry.count(MyRegistry)
  """
  @spec count(registry) :: non_neg_integer
  def count(registry) when is_atom(registry) do
    {_, keys, _, _, _} = info!(registry)
    :ets.info(keys, :size)
  end

  @doc """
  Selects with ETS match specifications over `{key, pid, value}`.

      Registry.select(MyRegistry, [{{:"$1", :_, :_}, [], [:"$1"]}])
  """
  @spec select(registry, spec) :: [term]
  def select(registry, spec) when is_atom(registry) and is_list(spec) do
    {_, keys, _, _, _} = info!(registry)
    :ets.select(keys, entry_spec(spec))
  end

  @doc """
  Counts with ETS match specifications over `{key, pid, value}`.

      Registry.count_select(MyRegistry, [{{:_, :_, :_}, [], [true]}])
  """
  @spec count_select(registry, spec) :: non_neg_integer
  def count_select(registry, spec) when is_atom(registry) and is_list(spec) do
    {_, keys, _, _, _} = info!(registry)
    :ets.select_count(keys, entry_spec(spec))
  end

  defp entry_spec(spec) do
    for part <- spec do
      case part do
        {{key, pid, value}, guards, body} ->
          {{key, {pid, value}}, guards, body}

        _ ->
          raise ArgumentError,
                "invalid match specification in Registry.select/2: #{inspect(spec)}"
      end
    end
  end

  # --------------------------------------------------------------------------------------------
  # Metadata and locks
  # --------------------------------------------------------------------------------------------

  @doc """
  Metadata of the registry.

      Registry.meta(MyRegistry, :key)
  """
  @spec meta(registry, meta_key) :: {:ok, meta_value} | :error
  def meta(registry, key) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    try do
      :ets.lookup(registry, key)
    catch
      :error, :badarg -> raise ArgumentError, "unknown registry: #{inspect(registry)}"
    else
      [{^key, value}] -> {:ok, value}
      _ -> :error
    end
  end

  @doc """
  Stores metadata of the registry.

      Registry.put_meta(MyRegistry, :key, 1)
  """
  @spec put_meta(registry, meta_key, meta_value) :: :ok
  def put_meta(registry, key, value) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    try do
      :ets.insert(registry, {key, value})
      :ok
    catch
      :error, :badarg -> raise ArgumentError, "unknown registry: #{inspect(registry)}"
    end
  end

  @doc """
  Removes metadata of the registry.

      Registry.delete_meta(MyRegistry, :key)
  """
  @spec delete_meta(registry, meta_key) :: :ok
  def delete_meta(registry, key) when is_atom(registry) and (is_atom(key) or is_tuple(key)) do
    try do
      :ets.delete(registry, key)
      :ok
    catch
      :error, :badarg -> raise ArgumentError, "unknown registry: #{inspect(registry)}"
    end
  end

  @doc """
  Calls `function` while no other process holds the lock of `lock_key`.

      Registry.lock(MyRegistry, :key, fn -> :done end)
  """
  @spec lock(registry, term, (-> result)) :: result when result: term
  def lock(registry, lock_key, function) when is_atom(registry) and is_function(function, 0) do
    _ = info!(registry)
    entry = {{:"$lock", lock_key}, self()}
    acquire(registry, entry)

    try do
      function.()
    after
      :ets.delete_object(registry, entry)
    end
  end

  defp acquire(registry, {key, _} = entry) do
    if not :ets.insert_new(registry, entry) do
      case :ets.lookup(registry, key) do
        [{_, owner} = current] ->
          if not Process.alive?(owner), do: :ets.delete_object(registry, current)

        [] ->
          :ok
      end

      receive after: (1 -> :ok)
      acquire(registry, entry)
    end
  end
end

defmodule Registry.Supervisor do
  @moduledoc false
  use Supervisor

  @impl true
  def init({kind, name, listeners, meta, _partitions}) do
    :ets.new(name, [:set, :public, :named_table, read_concurrency: true])
    type = if kind == :unique, do: :set, else: :duplicate_bag

    keys =
      :ets.new(Module.concat(name, Keys), [
        type,
        :public,
        read_concurrency: true,
        write_concurrency: true
      ])

    pids =
      :ets.new(Module.concat(name, Pids), [
        :duplicate_bag,
        :public,
        read_concurrency: true,
        write_concurrency: true
      ])

    server = Module.concat(name, "PIDPartition0")
    :ets.insert(name, [{:"$registry", {kind, keys, pids, server, listeners}} | meta])

    Supervisor.init(
      [
        %{
          id: server,
          start: {Registry.Partition, :start_link, [server, {name, keys, pids, listeners}]}
        }
      ],
      strategy: :one_for_all
    )
  end
end

defmodule Registry.Partition do
  @moduledoc false
  # Linked to every registered process; removes the entries of those that exit.
  use GenServer

  def start_link(server, arg), do: GenServer.start_link(__MODULE__, arg, name: server)

  @impl true
  def init(state) do
    Process.flag(:trap_exit, true)
    {:ok, state}
  end

  @impl true
  def handle_call(:sync, _from, state), do: {:reply, :ok, state}

  @impl true
  def handle_info({:EXIT, pid, _reason}, {name, keys, pids, listeners} = state) do
    entries = :ets.take(pids, pid)

    for {_, key} <- Enum.uniq(entries), do: :ets.match_delete(keys, {key, {pid, :_}})

    for {_, key} <- entries, listener <- listeners do
      if target = Process.whereis(listener),
        do: Kernel.send(target, {:unregister, name, key, pid})
    end

    {:noreply, state}
  end

  def handle_info(_message, state), do: {:noreply, state}
end
