defmodule :supervisor do
  @moduledoc false
  # Starts, watches and restarts child processes. Children are kept newest first: the order in
  # which they are stopped and listed.

  @behaviour :gen_server

  @callback init(term) :: {:ok, {term, [term]}} | :ignore

  # --------------------------------------------------------------------------------------------
  # Interface
  # --------------------------------------------------------------------------------------------

  def start_link(module, args),
    do: :gen_server.start_link(:supervisor, {:self, module, args}, [])

  def start_link(name, module, args),
    do: :gen_server.start_link(name, :supervisor, {name, module, args}, [])

  def start_child(supervisor, spec), do: call(supervisor, {:start_child, spec})
  def restart_child(supervisor, id), do: call(supervisor, {:restart_child, id})
  def delete_child(supervisor, id), do: call(supervisor, {:delete_child, id})
  def terminate_child(supervisor, id), do: call(supervisor, {:terminate_child, id})
  def which_children(supervisor), do: call(supervisor, :which_children)
  def count_children(supervisor), do: call(supervisor, :count_children)
  def get_childspec(supervisor, id), do: call(supervisor, {:get_childspec, id})

  defp call(supervisor, request), do: :gen_server.call(supervisor, request, :infinity)

  def check_childspecs(specs), do: check_childspecs(specs, :never)

  def check_childspecs(specs, _auto_shutdown) when not is_list(specs),
    do: {:error, {:badarg, specs}}

  def check_childspecs(specs, auto_shutdown) do
    case check_specs(specs, auto_shutdown) do
      {:ok, _} -> :ok
      {:error, reason} -> {:error, reason}
    end
  end

  # --------------------------------------------------------------------------------------------
  # Starting
  # --------------------------------------------------------------------------------------------

  def init({name, module, args}) do
    :erlang.process_flag(:trap_exit, true)

    case module.init(args) do
      {:ok, {flags, specs}} ->
        with {:ok, state} <- flags(flags),
             state = %{state | name: sup_name(name, module), module: module, args: args},
             {:ok, state} <- start_specs(state, specs) do
          {:ok, state}
        else
          {:error, reason} -> {:stop, {:supervisor_data, reason}}
          {:stop, reason} -> {:stop, reason}
        end

      :ignore ->
        :ignore

      other ->
        {:stop, {:bad_return, {module, :init, other}}}
    end
  end

  defp sup_name(:self, module), do: {self(), module}
  defp sup_name(name, _module), do: name

  defp start_specs(%{strategy: :simple_one_for_one} = state, [spec]) do
    case check_specs([spec], state.auto_shutdown) do
      {:ok, [child]} -> {:ok, %{state | template: child}}
      {:error, reason} -> {:stop, {:start_spec, reason}}
    end
  end

  defp start_specs(%{strategy: :simple_one_for_one}, specs),
    do: {:stop, {:bad_start_spec, specs}}

  defp start_specs(state, specs) do
    case check_specs(specs, state.auto_shutdown) do
      {:ok, children} ->
        case start_all(children, []) do
          {:ok, started} ->
            {:ok, %{state | children: started}}

          {:error, started, reason} ->
            terminate_all(started, state)
            {:stop, {:shutdown, reason}}
        end

      {:error, reason} ->
        {:stop, {:start_spec, reason}}
    end
  end

  # Children in order of start; the result is newest first.
  defp start_all([child | rest], started) do
    case do_start(child.mfa) do
      {:ok, :undefined} when child.restart == :temporary -> start_all(rest, started)
      {:ok, pid} -> start_all(rest, [%{child | pid: pid} | started])
      {:ok, pid, _info} -> start_all(rest, [%{child | pid: pid} | started])
      {:error, reason} -> {:error, started, {:failed_to_start_child, child.id, reason}}
    end
  end

  defp start_all([], started), do: {:ok, started}

  defp do_start({module, function, args}) do
    try do
      :erlang.apply(module, function, args)
    catch
      :throw, value -> value
      :exit, reason -> {:EXIT, reason}
      :error, reason -> {:EXIT, {reason, __STACKTRACE__}}
    end
    |> case do
      {:ok, pid} when is_pid(pid) -> {:ok, pid}
      {:ok, pid, info} when is_pid(pid) -> {:ok, pid, info}
      :ignore -> {:ok, :undefined}
      {:error, reason} -> {:error, reason}
      other -> {:error, other}
    end
  end

  defp flags(flags) when is_map(flags) or tuple_size(flags) == 3 do
    defaults = %{strategy: :one_for_one, intensity: 1, period: 5, auto_shutdown: :never}

    flags =
      case flags do
        {strategy, intensity, period} ->
          Map.merge(defaults, %{strategy: strategy, intensity: intensity, period: period})

        map when is_map(map) ->
          Map.merge(defaults, map)
      end

    cond do
      flags.strategy not in [:one_for_one, :one_for_all, :rest_for_one, :simple_one_for_one] ->
        {:error, {:invalid_strategy, flags.strategy}}

      not (is_integer(flags.intensity) and flags.intensity >= 0) ->
        {:error, {:invalid_intensity, flags.intensity}}

      not (is_integer(flags.period) and flags.period > 0) ->
        {:error, {:invalid_period, flags.period}}

      flags.auto_shutdown not in [:never, :any_significant, :all_significant] ->
        {:error, {:invalid_auto_shutdown, flags.auto_shutdown}}

      true ->
        {:ok,
         %{
           name: nil,
           module: nil,
           args: nil,
           strategy: flags.strategy,
           intensity: flags.intensity,
           period: flags.period,
           auto_shutdown: flags.auto_shutdown,
           children: [],
           template: nil,
           dynamic: %{},
           restarts: []
         }}
    end
  end

  defp flags(other), do: {:error, {:invalid_type, other}}

  defp check_specs(specs, auto_shutdown), do: check_specs(specs, auto_shutdown, [])

  defp check_specs([spec | rest], auto_shutdown, acc) do
    case check_spec(spec, auto_shutdown) do
      {:ok, child} ->
        if :lists.any(fn other -> other.id == child.id end, acc),
          do: {:error, {:duplicate_child_name, child.id}},
          else: check_specs(rest, auto_shutdown, [child | acc])

      {:error, reason} ->
        {:error, reason}
    end
  end

  defp check_specs([], _auto_shutdown, acc), do: {:ok, :lists.reverse(acc)}

  defp check_spec(%{} = spec, auto_shutdown) do
    type = Map.get(spec, :type, :worker)
    restart = Map.get(spec, :restart, :permanent)
    default_shutdown = if type == :supervisor, do: :infinity, else: 5000
    shutdown = Map.get(spec, :shutdown, default_shutdown)
    significant = Map.get(spec, :significant, false)
    mfa = Map.get(spec, :start)

    modules =
      case {Map.get(spec, :modules), mfa} do
        {nil, {module, _, _}} -> [module]
        {modules, _} -> modules
      end

    cond do
      not Map.has_key?(spec, :id) ->
        {:error, :missing_id}

      mfa == nil ->
        {:error, :missing_start}

      not valid_mfa?(mfa) ->
        {:error, {:invalid_mfa, mfa}}

      restart not in [:permanent, :transient, :temporary] ->
        {:error, {:invalid_restart_type, restart}}

      not is_boolean(significant) ->
        {:error, {:invalid_significant, significant}}

      significant and auto_shutdown == :never ->
        {:error, {:bad_combination, [auto_shutdown: :never, significant: true]}}

      significant and restart == :permanent ->
        {:error, {:bad_combination, [restart: :permanent, significant: true]}}

      type not in [:worker, :supervisor] ->
        {:error, {:invalid_child_type, type}}

      not valid_shutdown?(shutdown) ->
        {:error, {:invalid_shutdown, shutdown}}

      modules != :dynamic and not is_list(modules) ->
        {:error, {:invalid_modules, modules}}

      bad = bad_module(modules) ->
        {:error, {:invalid_module, elem(bad, 1)}}

      true ->
        {:ok,
         %{
           pid: :undefined,
           id: spec.id,
           mfa: mfa,
           restart: restart,
           significant: significant,
           shutdown: shutdown,
           type: type,
           modules: modules
         }}
    end
  end

  defp check_spec({id, start, restart, shutdown, type, modules}, auto_shutdown) do
    check_spec(
      %{id: id, start: start, restart: restart, shutdown: shutdown, type: type, modules: modules},
      auto_shutdown
    )
  end

  defp check_spec(other, _auto_shutdown), do: {:error, {:invalid_child_spec, other}}

  defp valid_mfa?({module, function, args}),
    do: is_atom(module) and is_atom(function) and is_list(args)

  defp valid_mfa?(_), do: false

  defp valid_shutdown?(:brutal_kill), do: true
  defp valid_shutdown?(:infinity), do: true
  defp valid_shutdown?(time), do: is_integer(time) and time >= 0

  # `{:value, module}` of one that is no atom, or false.
  defp bad_module(:dynamic), do: false
  defp bad_module(modules), do: :lists.search(&(not is_atom(&1)), modules)

  # --------------------------------------------------------------------------------------------
  # Requests
  # --------------------------------------------------------------------------------------------

  def handle_call({:start_child, args}, _from, %{strategy: :simple_one_for_one} = state) do
    child = state.template
    {module, function, first} = child.mfa
    args = first ++ args

    case do_start({module, function, args}) do
      {:ok, :undefined} -> {:reply, {:ok, :undefined}, state}
      {:ok, pid} -> {:reply, {:ok, pid}, put_in(state, [:dynamic, pid], args)}
      {:ok, pid, info} -> {:reply, {:ok, pid, info}, put_in(state, [:dynamic, pid], args)}
      {:error, reason} -> {:reply, {:error, reason}, state}
    end
  end

  def handle_call({:terminate_child, pid}, _from, %{strategy: :simple_one_for_one} = state)
      when is_pid(pid) do
    case state.dynamic do
      %{^pid => _} ->
        stop_child(%{state.template | pid: pid}, state)
        {:reply, :ok, %{state | dynamic: Map.delete(state.dynamic, pid)}}

      _ ->
        {:reply, {:error, :not_found}, state}
    end
  end

  # There are no ids, only pids.
  def handle_call({request, _id}, _from, %{strategy: :simple_one_for_one} = state)
      when request in [:terminate_child, :restart_child, :delete_child],
      do: {:reply, {:error, :simple_one_for_one}, state}

  def handle_call({:get_childspec, _id}, _from, %{strategy: :simple_one_for_one} = state),
    do: {:reply, {:ok, to_spec(state.template)}, state}

  def handle_call(:which_children, _from, %{strategy: :simple_one_for_one} = state) do
    %{type: type, modules: modules} = state.template
    list = for {pid, _} <- state.dynamic, do: {:undefined, pid, type, modules}
    {:reply, list, state}
  end

  def handle_call(:count_children, _from, %{strategy: :simple_one_for_one} = state) do
    count = map_size(state.dynamic)
    supervisors = if state.template.type == :supervisor, do: count, else: 0

    {:reply, [specs: 1, active: count, supervisors: supervisors, workers: count - supervisors],
     state}
  end

  def handle_call({:start_child, spec}, _from, state) do
    case check_spec(spec, state.auto_shutdown) do
      {:ok, child} ->
        {reply, state} = add_child(child, state)
        {:reply, reply, state}

      {:error, reason} ->
        {:reply, {:error, reason}, state}
    end
  end

  def handle_call({:terminate_child, id}, _from, state) do
    case find(state, id) do
      nil ->
        {:reply, {:error, :not_found}, state}

      child ->
        stop_child(child, state)
        {:reply, :ok, forget(%{child | pid: :undefined}, state)}
    end
  end

  def handle_call({:restart_child, id}, _from, state) do
    case find(state, id) do
      nil ->
        {:reply, {:error, :not_found}, state}

      %{pid: :undefined} = child ->
        case do_start(child.mfa) do
          {:ok, pid} ->
            {:reply, {:ok, pid}, replace(%{child | pid: pid}, state)}

          {:ok, pid, info} ->
            {:reply, {:ok, pid, info}, replace(%{child | pid: pid}, state)}

          {:error, _} = error ->
            {:reply, error, state}
        end

      %{pid: {:restarting, _}} ->
        {:reply, {:error, :restarting}, state}

      _ ->
        {:reply, {:error, :running}, state}
    end
  end

  def handle_call({:delete_child, id}, _from, state) do
    case find(state, id) do
      nil -> {:reply, {:error, :not_found}, state}
      %{pid: :undefined} = child -> {:reply, :ok, remove(child, state)}
      %{pid: {:restarting, _}} -> {:reply, {:error, :restarting}, state}
      _ -> {:reply, {:error, :running}, state}
    end
  end

  def handle_call({:get_childspec, id}, _from, state) do
    found =
      if is_pid(id),
        do: :lists.search(fn child -> child.pid == id end, state.children),
        else: :lists.search(fn child -> child.id == id end, state.children)

    case found do
      {:value, child} -> {:reply, {:ok, to_spec(child)}, state}
      false -> {:reply, {:error, :not_found}, state}
    end
  end

  def handle_call(:which_children, _from, state) do
    list =
      for child <- state.children do
        pid =
          case child.pid do
            {:restarting, _} -> :restarting
            pid -> pid
          end

        {child.id, pid, child.type, child.modules}
      end

    {:reply, list, state}
  end

  def handle_call(:count_children, _from, state) do
    children = state.children

    active =
      length(for %{pid: pid} <- children, is_pid(pid), :erlang.is_process_alive(pid), do: pid)

    supervisors = length(for %{type: :supervisor} = child <- children, do: child)

    {:reply,
     [
       specs: length(children),
       active: active,
       supervisors: supervisors,
       workers: length(children) - supervisors
     ], state}
  end

  def handle_cast({:try_again_restart, id}, state) do
    case find(state, id) do
      %{pid: {:restarting, _}} = child ->
        case restart(child, state) do
          {:ok, state} -> {:noreply, state}
          {:shutdown, state} -> {:stop, :shutdown, state}
        end

      _ ->
        {:noreply, state}
    end
  end

  def handle_info({:EXIT, pid, reason}, %{strategy: :simple_one_for_one} = state) do
    case state.dynamic do
      %{^pid => args} ->
        child = %{state.template | pid: pid}
        state = %{state | dynamic: Map.delete(state.dynamic, pid)}

        if restart?(child.restart, reason) do
          case add_restart(state) do
            {:ok, state} ->
              {module, function, _} = child.mfa

              case do_start({module, function, args}) do
                {:ok, new} when is_pid(new) -> {:noreply, put_in(state, [:dynamic, new], args)}
                {:ok, new, _} -> {:noreply, put_in(state, [:dynamic, new], args)}
                _ -> {:noreply, state}
              end

            {:terminate, state} ->
              {:stop, :shutdown, state}
          end
        else
          {:noreply, state}
        end

      _ ->
        {:noreply, state}
    end
  end

  def handle_info({:EXIT, pid, reason}, state) do
    case :lists.search(fn child -> child.pid == pid end, state.children) do
      {:value, child} ->
        case exited(child, reason, state) do
          {:ok, state} -> {:noreply, state}
          {:shutdown, state} -> {:stop, :shutdown, state}
        end

      false ->
        {:noreply, state}
    end
  end

  def handle_info(message, state) do
    :gen.report(
      :error,
      %{
        label: {:supervisor, :unexpected_msg},
        report: [supervisor: state.name, message: message]
      },
      %{domain: [:otp], report_cb: &:supervisor.format_log/1}
    )

    {:noreply, state}
  end

  def terminate(_reason, %{strategy: :simple_one_for_one} = state) do
    for {pid, _} <- state.dynamic, do: stop_child(%{state.template | pid: pid}, state)
    :ok
  end

  def terminate(_reason, state) do
    terminate_all(state.children, state)
    :ok
  end

  def code_change(_old, state, _extra), do: {:ok, state}

  # --------------------------------------------------------------------------------------------
  # Children
  # --------------------------------------------------------------------------------------------

  defp find(state, id) do
    case :lists.search(fn child -> child.id == id end, state.children) do
      {:value, child} -> child
      false -> nil
    end
  end

  defp replace(child, state) do
    children = for other <- state.children, do: if(other.id == child.id, do: child, else: other)
    %{state | children: children}
  end

  defp remove(child, state),
    do: %{state | children: for(other <- state.children, other.id != child.id, do: other)}

  # A child that is gone: temporary ones leave the list.
  defp forget(%{restart: :temporary} = child, state), do: remove(child, state)
  defp forget(child, state), do: replace(%{child | pid: :undefined}, state)

  defp add_child(child, state) do
    case find(state, child.id) do
      nil ->
        case do_start(child.mfa) do
          {:ok, :undefined} when child.restart == :temporary ->
            {{:ok, :undefined}, state}

          {:ok, pid} ->
            {{:ok, pid}, %{state | children: [%{child | pid: pid} | state.children]}}

          {:ok, pid, info} ->
            {{:ok, pid, info}, %{state | children: [%{child | pid: pid} | state.children]}}

          {:error, reason} ->
            {{:error, {reason, to_tuple(child)}}, state}
        end

      %{pid: pid} when is_pid(pid) ->
        {{:error, {:already_started, pid}}, state}

      _ ->
        {{:error, :already_present}, state}
    end
  end

  defp to_tuple(child) do
    {:child, child.pid, child.id, child.mfa, child.restart, child.significant, child.shutdown,
     child.type, child.modules}
  end

  defp to_spec(child) do
    %{
      id: child.id,
      start: child.mfa,
      restart: child.restart,
      significant: child.significant,
      shutdown: child.shutdown,
      type: child.type,
      modules: child.modules
    }
  end

  defp exited(child, reason, state) do
    cond do
      restart?(child.restart, reason) ->
        child_report(:child_terminated, child, reason, state)
        restart(child, state)

      true ->
        if not quiet?(reason), do: child_report(:child_terminated, child, reason, state)
        auto_shutdown(child, forget(child, state))
    end
  end

  defp quiet?(:normal), do: true
  defp quiet?(:shutdown), do: true
  defp quiet?({:shutdown, _}), do: true
  defp quiet?(_), do: false

  defp restart?(:permanent, _reason), do: true
  defp restart?(:transient, reason), do: not quiet?(reason)
  defp restart?(:temporary, _reason), do: false

  defp auto_shutdown(%{significant: true}, %{auto_shutdown: :any_significant} = state),
    do: {:shutdown, state}

  defp auto_shutdown(%{significant: true}, %{auto_shutdown: :all_significant} = state) do
    if :lists.any(fn other -> other.significant and is_pid(other.pid) end, state.children),
      do: {:ok, state},
      else: {:shutdown, state}
  end

  defp auto_shutdown(_child, state), do: {:ok, state}

  defp restart(child, state) do
    case add_restart(state) do
      {:ok, state} ->
        case restart_by(state.strategy, child, state) do
          {:ok, state} ->
            {:ok, state}

          {:try_again, id, state} ->
            :gen_server.cast(self(), {:try_again_restart, id})
            {:ok, state}
        end

      {:terminate, state} ->
        child_report(:shutdown, child, :reached_max_restart_intensity, state)
        {:shutdown, forget(%{child | pid: :undefined}, state)}
    end
  end

  defp restart_by(:one_for_one, child, state) do
    case do_start(child.mfa) do
      {:ok, pid} ->
        {:ok, replace(%{child | pid: pid}, state)}

      {:ok, pid, _info} ->
        {:ok, replace(%{child | pid: pid}, state)}

      {:error, reason} ->
        child_report(:start_error, child, reason, state)
        {:try_again, child.id, replace(restarting(child), state)}
    end
  end

  defp restart_by(:rest_for_one, child, state) do
    # Newest first: those started after [child] stand before it.
    {later, [_ | earlier]} =
      :lists.splitwith(fn other -> other.id != child.id end, state.children)

    later = stop_for_restart(later, state)
    start_again(:lists.reverse(later ++ [child]), earlier, child, state)
  end

  defp restart_by(:one_for_all, child, state) do
    others =
      for other <- state.children,
          do: if(other.id == child.id, do: %{other | pid: :undefined}, else: other)

    stopped = stop_for_restart(others, state)
    start_again(:lists.reverse(stopped), [], child, state)
  end

  # Temporary children are not started again.
  defp stop_for_restart(children, state) do
    terminate_all(children, state)
    for child <- children, child.restart != :temporary, do: %{child | pid: :undefined}
  end

  defp start_again(in_order, running, child, state) do
    case start_all(in_order, running) do
      {:ok, children} ->
        {:ok, %{state | children: children}}

      {:error, started, {:failed_to_start_child, id, reason}} ->
        failed = :lists.dropwhile(fn other -> other.id != id end, in_order)
        [first | rest] = failed
        child_report(:start_error, first, reason, state)

        waiting = for other <- rest, do: %{other | pid: :undefined}

        children =
          :lists.reverse(waiting) ++ [restarting(%{first | pid: old_pid(child)}) | started]

        {:try_again, id, %{state | children: children}}
    end
  end

  defp old_pid(%{pid: {:restarting, pid}}), do: pid
  defp old_pid(%{pid: pid}), do: pid

  defp restarting(%{pid: {:restarting, _}} = child), do: child
  defp restarting(child), do: %{child | pid: {:restarting, child.pid}}

  # Counts a restart; too many of them within the period end the supervisor.
  defp add_restart(%{intensity: intensity, period: period} = state) do
    now = :erlang.monotonic_time(:millisecond)
    recent = for time <- state.restarts, now - time <= period * 1000, do: time
    restarts = [now | recent]
    state = %{state | restarts: restarts}
    if length(restarts) <= intensity, do: {:ok, state}, else: {:terminate, state}
  end

  defp terminate_all(children, state), do: for(child <- children, do: stop_child(child, state))

  defp stop_child(%{pid: pid} = child, state) when is_pid(pid) do
    case shutdown(pid, child.shutdown) do
      :ok -> :ok
      {:error, :normal} when child.restart != :permanent -> :ok
      {:error, {:shutdown, _}} -> :ok
      {:error, reason} -> child_report(:shutdown_error, child, reason, state)
    end
  end

  defp stop_child(_child, _state), do: :ok

  defp shutdown(pid, :brutal_kill) do
    case monitor_child(pid) do
      {:ok, ref} ->
        :erlang.exit(pid, :kill)

        receive do
          {:DOWN, ^ref, :process, ^pid, :killed} -> :ok
          {:DOWN, ^ref, :process, ^pid, reason} -> {:error, reason}
        end

      error ->
        error
    end
  end

  defp shutdown(pid, time) do
    case monitor_child(pid) do
      {:ok, ref} ->
        :erlang.exit(pid, :shutdown)

        receive do
          {:DOWN, ^ref, :process, ^pid, :shutdown} -> :ok
          {:DOWN, ^ref, :process, ^pid, reason} -> {:error, reason}
        after
          time ->
            :erlang.exit(pid, :kill)

            receive do
              {:DOWN, ^ref, :process, ^pid, reason} -> {:error, reason}
            end
        end

      error ->
        error
    end
  end

  # From here on the child is watched by the monitor alone.
  defp monitor_child(pid) do
    ref = :erlang.monitor(:process, pid)
    :erlang.unlink(pid)

    receive do
      {:EXIT, ^pid, reason} ->
        receive do
          {:DOWN, ^ref, :process, ^pid, _} -> {:error, reason}
        end
    after
      0 -> {:ok, ref}
    end
  end

  defp child_report(what, child, reason, state) do
    :gen.report(
      :error,
      %{
        label: {:supervisor, what},
        report: [
          supervisor: state.name,
          errorContext: what,
          reason: reason,
          offender: [
            pid: child.pid,
            id: child.id,
            mfargs: child.mfa,
            restart_type: child.restart,
            significant: child.significant,
            shutdown: child.shutdown,
            child_type: child.type
          ]
        ]
      },
      %{
        domain: [:otp, :sasl],
        report_cb: &:supervisor.format_log/1,
        logger_formatter: %{title: ~c"SUPERVISOR REPORT"}
      }
    )
  end

  def format_log(%{label: {:supervisor, what}, report: report}),
    do: {~c"Supervisor ~p: ~tp~n", [what, report]}
end
