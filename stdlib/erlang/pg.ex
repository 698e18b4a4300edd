defmodule :pg do
  @moduledoc false
  # Named groups of processes. A scope is a server with a table of its name; the table holds
  # `{group, pids}`, the pids that joined last in front, and is read without asking the server.
  #
  # The server's state: monitors of members `%{pid => {ref, [group]}}`, and of those who watch
  # `%{ref => {pid, :all | {:group, group}}}`.

  @scope :pg

  # --------------------------------------------------------------------------------------------
  # Interface
  # --------------------------------------------------------------------------------------------

  def start(scope) when is_atom(scope), do: :gen_server.start({:local, scope}, :pg, [scope], [])
  def start_link, do: start_link(@scope)
  def start_link(scope) when is_atom(scope), do: :gen_server.start_link({:local, scope}, :pg, [scope], [])

  def join(group, pid), do: join(@scope, group, pid)

  def join(scope, group, pids) when is_pid(pids) or is_list(pids) do
    check(pids)
    :gen_server.call(scope, {:join, group, pids}, :infinity)
  end

  def leave(group, pid), do: leave(@scope, group, pid)

  def leave(scope, group, pids) when is_pid(pids) or is_list(pids) do
    check(pids)
    :gen_server.call(scope, {:leave, group, pids}, :infinity)
  end

  defp check(pid) when is_pid(pid), do: if(node(pid) != node(), do: :erlang.error({:nolocal, pid}))
  defp check(pids), do: :lists.foreach(&check/1, pids)

  def monitor_scope, do: monitor_scope(@scope)
  def monitor_scope(scope), do: :gen_server.call(scope, :monitor, :infinity)
  def monitor(group), do: monitor(@scope, group)
  def monitor(scope, group), do: :gen_server.call(scope, {:monitor, group}, :infinity)
  def demonitor(ref), do: demonitor(@scope, ref)

  def demonitor(scope, ref) when is_reference(ref) do
    case :gen_server.call(scope, {:demonitor, ref}, :infinity) do
      :ok ->
        drop(ref)
        :ok

      other ->
        other
    end
  end

  defp drop(ref) do
    receive do
      {^ref, event, _group, _pids} when event in [:join, :leave] -> drop(ref)
    after
      0 -> :ok
    end
  end

  def get_members(group), do: get_members(@scope, group)

  def get_members(scope, group) do
    case :ets.lookup(scope, group) do
      [{_, pids}] -> pids
      [] -> []
    end
  end

  def get_local_members(group), do: get_members(@scope, group)
  def get_local_members(scope, group), do: get_members(scope, group)
  def which_groups, do: which_groups(@scope)
  def which_groups(scope) when is_atom(scope), do: for({group, _} <- :ets.tab2list(scope), do: group)
  def which_local_groups, do: which_groups(@scope)
  def which_local_groups(scope), do: which_groups(scope)

  # --------------------------------------------------------------------------------------------
  # The server
  # --------------------------------------------------------------------------------------------

  def init([scope]) do
    :ets.new(scope, [:set, :protected, :named_table, {:read_concurrency, true}])
    {:ok, %{scope: scope, members: %{}, watchers: %{}}}
  end

  def handle_call({:join, group, pids}, _from, state) do
    list = List.wrap(pids)
    :ets.insert(state.scope, {group, list ++ get_members(state.scope, group)})
    tell(:join, group, list, state)
    {:reply, :ok, :lists.foldl(&add_member(&1, group, &2), state, list)}
  end

  def handle_call({:leave, group, pids}, _from, state) do
    {gone, state} =
      :lists.foldl(
        fn pid, {gone, state} ->
          case remove_member(pid, group, state) do
            {:ok, state} -> {[pid | gone], state}
            :not_joined -> {gone, state}
          end
        end,
        {[], state},
        List.wrap(pids)
      )

    if gone == [] do
      {:reply, :not_joined, state}
    else
      gone = :lists.reverse(gone)
      leave_table(group, gone, state.scope)
      tell(:leave, group, gone, state)
      {:reply, :ok, state}
    end
  end

  def handle_call(:monitor, {pid, _tag}, state) do
    groups = :maps.from_list(:ets.tab2list(state.scope))
    {ref, state} = watch(pid, :all, state)
    {:reply, {ref, groups}, state}
  end

  def handle_call({:monitor, group}, {pid, _tag}, state) do
    {ref, state} = watch(pid, {:group, group}, state)
    {:reply, {ref, get_members(state.scope, group)}, state}
  end

  def handle_call({:demonitor, ref}, _from, state) do
    case state.watchers do
      %{^ref => _} = watchers ->
        :erlang.demonitor(ref, [:flush])
        {:reply, :ok, %{state | watchers: :maps.remove(ref, watchers)}}

      _ ->
        {:reply, false, state}
    end
  end

  def handle_call(_request, _from, state), do: {:noreply, state}
  def handle_cast(_message, state), do: {:noreply, state}

  def handle_info({:DOWN, ref, :process, pid, _reason}, state) do
    case state do
      %{watchers: %{^ref => _} = watchers} ->
        {:noreply, %{state | watchers: :maps.remove(ref, watchers)}}

      %{members: %{^pid => {^ref, groups}} = members} ->
        state = %{state | members: :maps.remove(pid, members)}

        :lists.foreach(
          fn group ->
            leave_table(group, [pid], state.scope)
            tell(:leave, group, [pid], state)
          end,
          groups
        )

        {:noreply, state}

      _ ->
        {:noreply, state}
    end
  end

  def handle_info(_message, state), do: {:noreply, state}
  def terminate(_reason, _state), do: :ok

  # The monitor of a watcher is what it knows its subscription by.
  defp watch(pid, what, state) do
    ref = :erlang.monitor(:process, pid)
    {ref, %{state | watchers: :maps.put(ref, {pid, what}, state.watchers)}}
  end

  # A process is in the list once for each time that it joined.
  defp add_member(pid, group, %{members: members} = state) do
    member =
      case members do
        %{^pid => {ref, groups}} -> {ref, [group | groups]}
        _ -> {:erlang.monitor(:process, pid), [group]}
      end

    %{state | members: :maps.put(pid, member, members)}
  end

  defp remove_member(pid, group, %{members: members} = state) do
    case members do
      %{^pid => {ref, [^group]}} ->
        :erlang.demonitor(ref, [:flush])
        {:ok, %{state | members: :maps.remove(pid, members)}}

      %{^pid => {ref, groups}} ->
        if :lists.member(group, groups),
          do: {:ok, %{state | members: %{members | pid => {ref, :lists.delete(group, groups)}}}},
          else: :not_joined

      _ ->
        :not_joined
    end
  end

  defp leave_table(group, pids, scope) do
    case :lists.foldl(&:lists.delete/2, get_members(scope, group), pids) do
      [] -> :ets.delete(scope, group)
      rest -> :ets.insert(scope, {group, rest})
    end
  end

  defp tell(event, group, pids, state) do
    for {ref, {pid, what}} <- :maps.to_list(state.watchers), what == :all or what == {:group, group} do
      send(pid, {ref, event, group, pids})
    end

    :ok
  end
end
