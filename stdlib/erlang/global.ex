defmodule :global do
  @moduledoc false
  # Names and locks that all nodes share; here there is one node. A server, registered as
  # `:global_name_server`, starts with the first name or lock.
  #
  # Its state: names `%{name => pid}`, locks `%{resource => {requester, [{pid, ref}]}}` (a lock is
  # taken once for each entry), and monitors of pids with names `%{pid => {ref, [name]}}`.

  @server :global_name_server

  # --------------------------------------------------------------------------------------------
  # Names
  # --------------------------------------------------------------------------------------------

  def register_name(name, pid), do: register_name(name, pid, &:global.random_exit_name/3)

  def register_name(name, pid, resolve) when is_pid(pid) and (is_function(resolve, 3) or is_tuple(resolve)),
    do: call({:register, name, pid, false})

  def re_register_name(name, pid), do: re_register_name(name, pid, &:global.random_exit_name/3)

  def re_register_name(name, pid, resolve) when is_pid(pid) and (is_function(resolve, 3) or is_tuple(resolve)),
    do: call({:register, name, pid, true})

  def register_name_external(name, pid), do: register_name(name, pid)
  def register_name_external(name, pid, resolve), do: register_name(name, pid, resolve)
  def unregister_name_external(name), do: unregister_name(name)

  def unregister_name(name), do: ask({:unregister, name}, :ok)
  def whereis_name(name), do: ask({:whereis, name}, :undefined)
  def registered_names, do: ask(:names, [])

  def send(name, message) do
    case whereis_name(name) do
      pid when is_pid(pid) ->
        Kernel.send(pid, message)
        pid

      :undefined ->
        exit({:badarg, {name, message}})
    end
  end

  # What to do with a name that two nodes registered; nodes never meet here.
  def random_exit_name(name, pid1, pid2) do
    {keep, drop} = random_pair(pid1, pid2)
    _ = name
    :erlang.exit(drop, :kill)
    keep
  end

  def random_notify_name(name, pid1, pid2) do
    {keep, drop} = random_pair(pid1, pid2)
    Kernel.send(drop, {:global_name_conflict, name})
    keep
  end

  def notify_all_name(name, pid1, pid2) do
    Kernel.send(pid1, {:global_name_conflict, name, pid2})
    Kernel.send(pid2, {:global_name_conflict, name, pid1})
    :none
  end

  defp random_pair(pid1, pid2), do: if(:rand.uniform(2) == 1, do: {pid1, pid2}, else: {pid2, pid1})

  # --------------------------------------------------------------------------------------------
  # Locks
  # --------------------------------------------------------------------------------------------

  def set_lock(id), do: set_lock(id, [node()], :infinity)
  def set_lock(id, nodes), do: set_lock(id, nodes, :infinity)

  def set_lock({_resource, _requester} = id, nodes, retries) when is_list(nodes) and (retries == :infinity or (is_integer(retries) and retries >= 0)),
    do: try_lock(id, retries, 1)

  defp try_lock(id, retries, times) do
    cond do
      call({:lock, id, self()}) ->
        true

      retries == 0 ->
        false

      true ->
        pause(times)
        try_lock(id, if(retries == :infinity, do: :infinity, else: retries - 1), times + 1)
    end
  end

  # Longer and longer, and never in step with others.
  defp pause(times) do
    time = :rand.uniform(min(times, 10) * 5)

    receive do
    after
      time -> :ok
    end
  end

  def del_lock(id), do: del_lock(id, [node()])
  def del_lock({_resource, _requester} = id, nodes) when is_list(nodes), do: ask({:unlock, id, self()}, true)

  def trans(id, fun), do: trans(id, fun, [node()], :infinity)
  def trans(id, fun, nodes), do: trans(id, fun, nodes, :infinity)

  def trans(id, fun, nodes, retries) do
    case set_lock(id, nodes, retries) do
      true ->
        try do
          fun.()
        after
          del_lock(id, nodes)
        end

      false ->
        :aborted
    end
  end

  def sync, do: :ok
  def sync(_nodes), do: :ok
  def disconnect, do: []
  def info, do: ask(:info, {:state, %{}, %{}})

  # --------------------------------------------------------------------------------------------
  # The server
  # --------------------------------------------------------------------------------------------

  # Nothing is known before there is a server.
  defp ask(request, default) do
    case :erlang.whereis(@server) do
      :undefined -> default
      server -> :gen_server.call(server, request, :infinity)
    end
  end

  defp call(request) do
    server =
      case :erlang.whereis(@server) do
        :undefined -> started()
        server -> server
      end

    :gen_server.call(server, request, :infinity)
  end

  # The server belongs to nobody: its starter must not be its parent.
  defp started do
    {_pid, ref} = :erlang.spawn_monitor(fn -> :gen_server.start({:local, @server}, :global, [], []) end)

    receive do
      {:DOWN, ^ref, _, _, _} -> :erlang.whereis(@server)
    end
  end

  def start, do: :gen_server.start({:local, @server}, :global, [], [])
  def start_link, do: :gen_server.start_link({:local, @server}, :global, [], [])
  def stop, do: :gen_server.stop(@server)

  def init([]), do: {:ok, %{names: %{}, locks: %{}, pids: %{}}}

  def handle_call({:whereis, name}, _from, state), do: {:reply, :maps.get(name, state.names, :undefined), state}
  def handle_call(:names, _from, state), do: {:reply, :maps.keys(state.names), state}
  def handle_call(:info, _from, state), do: {:reply, {:state, state.names, state.locks}, state}

  def handle_call({:register, name, pid, again?}, _from, %{names: names} = state) do
    free? = again? or not is_map_key(names, name)

    if free? and not named_otherwise?(pid, name, state),
      do: {:reply, :yes, put_name(name, pid, drop_name(name, state))},
      else: {:reply, :no, state}
  end

  def handle_call({:unregister, name}, _from, state), do: {:reply, :ok, drop_name(name, state)}

  def handle_call({:lock, {resource, requester}, pid}, _from, %{locks: locks} = state) do
    case locks do
      %{^resource => {^requester, holders}} ->
        holder = {pid, :erlang.monitor(:process, pid)}
        {:reply, true, %{state | locks: %{locks | resource => {requester, [holder | holders]}}}}

      %{^resource => _} ->
        {:reply, false, state}

      _ ->
        holder = {pid, :erlang.monitor(:process, pid)}
        {:reply, true, %{state | locks: :maps.put(resource, {requester, [holder]}, locks)}}
    end
  end

  def handle_call({:unlock, {resource, requester}, pid}, _from, %{locks: locks} = state) do
    case locks do
      %{^resource => {^requester, holders}} ->
        case :lists.keytake(pid, 1, holders) do
          {:value, {_, ref}, rest} ->
            :erlang.demonitor(ref, [:flush])
            {:reply, true, put_holders(resource, requester, rest, state)}

          false ->
            {:reply, true, state}
        end

      _ ->
        {:reply, true, state}
    end
  end

  def handle_call(_request, _from, state), do: {:reply, :ok, state}
  def handle_cast(_message, state), do: {:noreply, state}

  def handle_info({:DOWN, ref, :process, pid, _reason}, state) do
    case state.pids do
      %{^pid => {^ref, names}} = pids ->
        {:noreply, %{state | names: :maps.without(names, state.names), pids: :maps.remove(pid, pids)}}

      _ ->
        {:noreply, drop_holder(ref, state)}
    end
  end

  def handle_info(_message, state), do: {:noreply, state}
  def terminate(_reason, _state), do: :ok
  def code_change(_old, state, _extra), do: {:ok, state}

  # A process has one name only.
  defp named_otherwise?(pid, name, %{pids: pids}) do
    case pids do
      %{^pid => {_, names}} -> names != [name]
      _ -> false
    end
  end

  defp put_name(name, pid, %{names: names, pids: pids} = state) do
    ref = :erlang.monitor(:process, pid)
    %{state | names: :maps.put(name, pid, names), pids: :maps.put(pid, {ref, [name]}, pids)}
  end

  defp drop_name(name, %{names: names, pids: pids} = state) do
    case names do
      %{^name => pid} ->
        {ref, _} = :maps.get(pid, pids)
        :erlang.demonitor(ref, [:flush])
        %{state | names: :maps.remove(name, names), pids: :maps.remove(pid, pids)}

      _ ->
        state
    end
  end

  defp put_holders(resource, _requester, [], state), do: %{state | locks: :maps.remove(resource, state.locks)}

  defp put_holders(resource, requester, holders, state),
    do: %{state | locks: :maps.put(resource, {requester, holders}, state.locks)}

  defp drop_holder(ref, state) do
    :lists.foldl(
      fn {resource, {requester, holders}}, state ->
        case :lists.keytake(ref, 2, holders) do
          {:value, _, rest} -> put_holders(resource, requester, rest, state)
          false -> state
        end
      end,
      state,
      :maps.to_list(state.locks)
    )
  end
end
