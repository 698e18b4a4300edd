defmodule Process do
  @moduledoc """
  Functions for processes: dictionary, links, monitors, names, timers, information.
  """

  @type dest ::
          pid | port | (registered_name :: atom) | {registered_name :: atom, node}
  @type alias :: reference
  @type alias_opt :: :explicit_unalias | :demonitor | :reply
  @type spawn_opt ::
          :link
          | :monitor
          | {:monitor, [{:alias, alias_opt}]}
          | {:priority, :low | :normal | :high | :max}
          | {:fullsweep_after, non_neg_integer}
          | {:min_heap_size, non_neg_integer}
          | {:min_bin_vheap_size, non_neg_integer}
          | {:max_heap_size, term}
          | {:message_queue_data, :off_heap | :on_heap}
  @type spawn_opts :: [spawn_opt]
  @type process_info_item :: atom | {:dictionary, term}
  @type process_info_result_item :: {process_info_item, term}

  @doc """
  Tells whether a local process is alive.

      iex> Process.alive?(self())
      true
  """
  @spec alive?(pid) :: boolean
  def alive?(pid), do: :erlang.is_process_alive(pid)

  @doc """
  The process dictionary as a keyword list of pairs.

      iex> Process.put(:doc_key, 1)
      iex> {:doc_key, 1} in Process.get()
      true
  """
  @spec get() :: [{term, term}]
  def get, do: :erlang.get()

  @doc """
  The value of `key` in the process dictionary, or `default`.

      iex> Process.get(:no_such_key, :none)
      :none
  """
  @spec get(term, default :: value) :: term | value when value: var
  def get(key, default \\ nil) do
    case :erlang.get(key) do
      :undefined -> default
      value -> value
    end
  end

  @doc """
  All keys of the process dictionary.

      iex> Process.put(:doc_key, 1)
      iex> :doc_key in Process.get_keys()
      true
  """
  @spec get_keys() :: [term]
  def get_keys, do: :erlang.get_keys()

  @doc """
  The keys of the process dictionary that have `value`.

      iex> Process.put(:unique_key, :unique_value)
      iex> Process.get_keys(:unique_value)
      [:unique_key]
  """
  @spec get_keys(term) :: [term]
  def get_keys(value), do: :erlang.get_keys(value)

  @doc """
  Stores a value in the process dictionary; returns the old one or `nil`.

      iex> Process.put(:put_key, 1)
      nil
  """
  @spec put(term, term) :: term | nil
  def put(key, value), do: nillify(:erlang.put(key, value))

  @doc """
  Removes a key from the process dictionary; returns its value or `nil`.

      iex> Process.delete(:no_such_key)
      nil
  """
  @spec delete(term) :: term | nil
  def delete(key), do: nillify(:erlang.erase(key))

  defp nillify(:undefined), do: nil
  defp nillify(other), do: other

  @doc """
  Sends an exit signal with `reason` to a process.

      iex> Process.exit(spawn(fn -> Process.sleep(:infinity) end), :kill)
      true
  """
  @spec exit(pid, term) :: true
  def exit(pid, reason), do: :erlang.exit(pid, reason)

  @doc """
  Waits; `:infinity` waits for ever.

      iex> Process.sleep(1)
      :ok
  """
  @spec sleep(timeout) :: :ok
  def sleep(timeout)
      when is_integer(timeout) and timeout >= 0
      when timeout == :infinity do
    receive after: (timeout -> :ok)
  end

  @doc """
  Sends a message with options `:noconnect` and `:nosuspend`.

      iex> Process.send(self(), :hello, [])
      :ok
  """
  @spec send(dest, msg, [option]) :: :ok | :noconnect | :nosuspend
        when dest: dest, msg: any, option: :noconnect | :nosuspend
  def send(dest, msg, options), do: :erlang.send(dest, msg, options)

  @doc """
  Sends `msg` to `dest` after `time` milliseconds; returns the timer.

      iex> ref = Process.send_after(self(), :later, 1000)
      iex> is_integer(Process.cancel_timer(ref))
      true
  """
  @spec send_after(pid | atom, term, non_neg_integer | integer, [option]) :: reference
        when option: {:abs, boolean}
  def send_after(dest, msg, time, opts \\ []), do: :erlang.send_after(time, dest, msg, opts)

  @doc """
  Cancels a timer: the milliseconds that were left, or `false` if it is gone.

      iex> Process.cancel_timer(make_ref())
      false
  """
  @spec cancel_timer(reference, options) :: non_neg_integer | false | :ok
        when options: [async: boolean, info: boolean]
  def cancel_timer(timer_ref, options \\ []) when is_reference(timer_ref),
    do: :erlang.cancel_timer(timer_ref, options)

  @doc """
  The milliseconds that are left of a timer, or `false`.

      iex> Process.read_timer(make_ref())
      false
  """
  @spec read_timer(reference) :: non_neg_integer | false
  def read_timer(timer_ref) when is_reference(timer_ref), do: :erlang.read_timer(timer_ref)

  @doc """
  Starts a process with options; see `t:spawn_opt/0`.

      iex> {pid, ref} = Process.spawn(fn -> :ok end, [:monitor])
      iex> receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason end
      :normal
  """
  @spec spawn((-> any), spawn_opts) :: pid | {pid, reference}
  def spawn(fun, opts), do: :erlang.spawn_opt(fun, opts)

  @doc """
  Starts a process that runs `mod.fun` with `args`, with options.

      iex> is_pid(Process.spawn(Kernel, :self, [], []))
      true
  """
  @spec spawn(module, atom, list, spawn_opts) :: pid | {pid, reference}
  def spawn(mod, fun, args, opts), do: :erlang.spawn_opt(mod, fun, args, opts)

  @doc """
  Monitors a process: when it dies, `{:DOWN, ref, :process, object, reason}` is sent.

      iex> ref = Process.monitor(self())
      iex> Process.demonitor(ref)
      true
  """
  @spec monitor(pid | {name, node} | name) :: reference when name: atom
  def monitor(item), do: :erlang.monitor(:process, item)

  @doc """
  Monitors a process with options `:alias` and `:tag`.

      iex> is_reference(Process.monitor(self(), alias: :explicit_unalias))
      true
  """
  @spec monitor(pid | {name, node} | name, [option]) :: reference
        when name: atom, option: {:alias, alias_opt} | {:tag, term}
  def monitor(item, options), do: :erlang.monitor(:process, item, options)

  @doc """
  Stops monitoring. Options: `:flush` removes a `:DOWN` message, `:info` tells whether the
  monitor existed.

      iex> Process.demonitor(make_ref(), [:info])
      false
  """
  @spec demonitor(reference, options :: [:flush | :info]) :: boolean
  def demonitor(monitor_ref, options \\ []), do: :erlang.demonitor(monitor_ref, options)

  @doc """
  Pids of all processes of this node.

      iex> self() in Process.list()
      true
  """
  @spec list() :: [pid]
  def list, do: :erlang.processes()

  @doc """
  Links the calling process to another.

      iex> Process.link(self())
      true
  """
  @spec link(pid | port) :: true
  def link(pid_or_port), do: :erlang.link(pid_or_port)

  @doc """
  Removes a link.

      iex> Process.unlink(self())
      true
  """
  @spec unlink(pid | port) :: true
  def unlink(pid_or_port), do: :erlang.unlink(pid_or_port)

  @doc """
  Registers a name for a process.

      iex> Process.register(self(), :doc_name)
      iex> Process.whereis(:doc_name) == self()
      true
  """
  @spec register(pid | port, atom) :: true
  def register(pid_or_port, name)
      when is_atom(name) and name not in [nil, false, true, :undefined] do
    :erlang.register(name, pid_or_port)
  catch
    :error, :badarg when node(pid_or_port) != node() ->
      message = "could not register #{inspect(pid_or_port)} because it belongs to another node"
      :erlang.error(ArgumentError.exception(message), [pid_or_port, name])

    :error, :badarg ->
      message =
        "could not register #{inspect(pid_or_port)} with " <>
          "name #{inspect(name)} because it is not alive, the name is already " <>
          "taken, or it has already been given another name"

      :erlang.error(ArgumentError.exception(message), [pid_or_port, name])
  end

  @doc """
  Removes a registered name.

      iex> Process.register(self(), :doc_name_2)
      iex> Process.unregister(:doc_name_2)
      true
  """
  @spec unregister(atom) :: true
  def unregister(name), do: :erlang.unregister(name)

  @doc """
  The process or port with a registered name, or `nil`.

      iex> Process.whereis(:no_such_name)
      nil
  """
  @spec whereis(atom) :: pid | port | nil
  def whereis(name), do: nillify(:erlang.whereis(name))

  @doc """
  The group leader of the calling process.

      iex> is_pid(Process.group_leader())
      true
  """
  @spec group_leader() :: pid
  def group_leader, do: :erlang.group_leader()

  @doc """
  Makes `leader` the group leader of `pid`.

      iex> Process.group_leader(self(), Process.group_leader())
      true
  """
  @spec group_leader(pid, leader :: pid) :: true
  def group_leader(pid, leader), do: :erlang.group_leader(leader, pid)

  @doc """
  All registered names.

      iex> is_list(Process.registered())
      true
  """
  @spec registered() :: [atom]
  def registered, do: :erlang.registered()

  @doc """
  Sets a flag of the calling process; returns the old value.

      iex> Process.flag(:trap_exit, false)
      false
  """
  @spec flag(atom, term) :: term
  def flag(flag, value), do: :erlang.process_flag(flag, value)

  @doc """
  Sets a flag of another process; only `:save_calls`.

      Process.flag(pid, :save_calls, 10)
  """
  @spec flag(pid, :save_calls, 0..10_000) :: 0..10_000
  def flag(pid, flag, value), do: :erlang.process_flag(pid, flag, value)

  @doc """
  Information about a process, or `nil` if it is not alive.

      iex> is_list(Process.info(self()))
      true
  """
  @spec info(pid) :: keyword | nil
  def info(pid), do: nillify(:erlang.process_info(pid))

  @doc """
  One item (or a list of items) of information about a process.

      iex> Process.info(self(), :trap_exit)
      {:trap_exit, false}
  """
  @spec info(pid, process_info_item | [process_info_item]) ::
          process_info_result_item | [process_info_result_item] | nil
  def info(pid, spec)

  def info(pid, :registered_name) do
    case :erlang.process_info(pid, :registered_name) do
      :undefined -> nil
      [] -> {:registered_name, []}
      other -> other
    end
  end

  def info(pid, spec) when is_atom(spec) or is_tuple(spec) or is_list(spec),
    do: nillify(:erlang.process_info(pid, spec))

  @doc """
  Makes the process wait for a message with minimal memory, then calls `mod.fun`.

      Process.hibernate(MyServer, :loop, [state])
  """
  @spec hibernate(module, atom, list) :: no_return
  def hibernate(mod, fun_name, args), do: :erlang.hibernate(mod, fun_name, args)

  @doc """
  Makes an alias of the calling process: a reference to which messages can be sent.

      iex> ref = Process.alias()
      iex> send(ref, :through_alias)
      iex> receive do message -> message end
      :through_alias
  """
  @spec alias() :: alias
  def alias, do: :erlang.alias()

  @doc """
  Makes an alias; with `[:reply]` it takes one message only.

      iex> is_reference(Process.alias([:reply]))
      true
  """
  @spec alias([:explicit_unalias | :reply]) :: alias
  def alias(options), do: :erlang.alias(options)

  @doc """
  Removes an alias.

      iex> Process.unalias(Process.alias())
      true
  """
  @spec unalias(alias) :: boolean
  def unalias(alias), do: :erlang.unalias(alias)

  @doc """
  Gives the calling process a label for people to read.

      iex> Process.set_label(:worker_1)
      :ok
  """
  @spec set_label(term) :: :ok
  def set_label(label) do
    :erlang.put(:"$process_label", label)
    :ok
  end
end
