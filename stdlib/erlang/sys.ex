defmodule :sys do
  @moduledoc false
  # System messages: looking into a process that follows the OTP rules, suspending it, replacing
  # its state, changing its code, and following its events.
  #
  # A debug list holds `{id, fun, fun_state}` of installed functions, `{:log, {max, events}}`,
  # `{:statistics, data}` and `{:trace, true}`.

  # --------------------------------------------------------------------------------------------
  # Requests
  # --------------------------------------------------------------------------------------------

  def suspend(name), do: request(name, :suspend)
  def suspend(name, timeout), do: request(name, :suspend, timeout)
  def resume(name), do: request(name, :resume)
  def resume(name, timeout), do: request(name, :resume, timeout)
  def get_status(name), do: request(name, :get_status)
  def get_status(name, timeout), do: request(name, :get_status, timeout)
  def get_state(name), do: name |> request(:get_state) |> state_or_error()
  def get_state(name, timeout), do: name |> request(:get_state, timeout) |> state_or_error()
  def replace_state(name, fun), do: name |> request({:replace_state, fun}) |> state_or_error()

  def replace_state(name, fun, timeout),
    do: name |> request({:replace_state, fun}, timeout) |> state_or_error()

  defp state_or_error({:error, reason}), do: :erlang.error(reason)
  defp state_or_error({:ok, state}), do: state

  def terminate(name, reason), do: request(name, {:terminate, reason})
  def terminate(name, reason, timeout), do: request(name, {:terminate, reason}, timeout)

  def change_code(name, module, vsn, extra),
    do: request(name, {:change_code, module, vsn, extra})

  def change_code(name, module, vsn, extra, timeout),
    do: request(name, {:change_code, module, vsn, extra}, timeout)

  def statistics(name, flag), do: request(name, {:debug, {:statistics, flag}})
  def statistics(name, flag, timeout), do: request(name, {:debug, {:statistics, flag}}, timeout)
  def log(name, flag), do: request(name, {:debug, {:log, flag}})
  def log(name, flag, timeout), do: request(name, {:debug, {:log, flag}}, timeout)
  def log_to_file(name, file), do: request(name, {:debug, {:log_to_file, file}})
  def trace(name, flag), do: request(name, {:debug, {:trace, flag}})
  def trace(name, flag, timeout), do: request(name, {:debug, {:trace, flag}}, timeout)
  def no_debug(name), do: request(name, {:debug, :no_debug})
  def no_debug(name, timeout), do: request(name, {:debug, :no_debug}, timeout)
  def install(name, function), do: request(name, {:debug, {:install, function}})
  def install(name, function, timeout), do: request(name, {:debug, {:install, function}}, timeout)
  def remove(name, function), do: request(name, {:debug, {:remove, function}})
  def remove(name, function, timeout), do: request(name, {:debug, {:remove, function}}, timeout)

  defp request(name, request) do
    try do
      :gen.call(name, :system, request)
    catch
      :exit, reason -> exit({reason, {:sys, call_name(request), [name | call_args(request)]}})
    else
      {:ok, result} -> result
    end
  end

  defp request(name, request, timeout) do
    try do
      :gen.call(name, :system, request, timeout)
    catch
      :exit, reason ->
        exit({reason, {:sys, call_name(request), [name | call_args(request)] ++ [timeout]}})
    else
      {:ok, result} -> result
    end
  end

  defp call_name({:debug, {function, _}}), do: function
  defp call_name({:debug, function}), do: function
  defp call_name({:change_code, _, _, _}), do: :change_code
  defp call_name(other), do: other

  defp call_args({:debug, {_, argument}}), do: [argument]
  defp call_args({:change_code, module, vsn, extra}), do: [module, vsn, extra]
  defp call_args(_), do: []

  # --------------------------------------------------------------------------------------------
  # In the process
  # --------------------------------------------------------------------------------------------

  def handle_system_msg(request, from, parent, module, debug, misc),
    do: handle_system_msg(:running, request, from, parent, module, debug, misc, false)

  def handle_system_msg(request, from, parent, module, debug, misc, hibernate),
    do: handle_system_msg(:running, request, from, parent, module, debug, misc, hibernate)

  defp handle_system_msg(sys_state, request, from, parent, module, debug, misc, hibernate) do
    case command(sys_state, request, parent, module, debug, misc) do
      {:suspended, reply, debug, misc} ->
        :gen.reply(from, reply)
        suspend_loop(parent, module, debug, misc, hibernate)

      {:running, reply, debug, misc} ->
        :gen.reply(from, reply)
        module.system_continue(parent, debug, misc)

      {{:terminating, reason}, reply, debug, misc} ->
        :gen.reply(from, reply)
        module.system_terminate(reason, parent, debug, misc)
    end
  end

  defp suspend_loop(parent, module, debug, misc, hibernate) do
    receive do
      {:system, from, request} ->
        handle_system_msg(:suspended, request, from, parent, module, debug, misc, hibernate)

      {:EXIT, ^parent, reason} ->
        module.system_terminate(reason, parent, debug, misc)
    end
  end

  defp command(_state, :suspend, _parent, _module, debug, misc),
    do: {:suspended, :ok, debug, misc}

  defp command(_state, :resume, _parent, _module, debug, misc), do: {:running, :ok, debug, misc}

  defp command(state, :get_state, _parent, module, debug, misc) do
    reply =
      if function_exported?(module, :system_get_state, 1) do
        guarded(module, :system_get_state, fn -> module.system_get_state(misc) end)
      else
        {:ok, misc}
      end

    {state, reply, debug, misc}
  end

  defp command(state, {:replace_state, fun}, _parent, module, debug, misc) do
    result =
      if function_exported?(module, :system_replace_state, 2) do
        guarded(module, :system_replace_state, fn -> module.system_replace_state(fun, misc) end)
      else
        guarded(module, :system_replace_state, fn ->
          new = fun.(misc)
          {:ok, new, new}
        end)
      end

    case result do
      {:ok, new_state, new_misc} -> {state, {:ok, new_state}, debug, new_misc}
      {:error, _} = error -> {state, error, debug, misc}
    end
  end

  defp command(state, :get_status, parent, module, debug, misc) do
    shown =
      if function_exported?(module, :format_status, 2) do
        [:erlang.get(), state, parent, debug, misc]
        |> then(&module.format_status(:normal, &1))
      else
        misc
      end

    {state, {:status, self(), {:module, module}, [:erlang.get(), state, parent, debug, shown]},
     debug, misc}
  end

  defp command(state, {:debug, what}, _parent, _module, debug, misc) do
    {reply, debug} = debug_command(what, debug)
    {state, reply, debug, misc}
  end

  defp command(:suspended, {:change_code, code, vsn, extra}, _parent, module, debug, misc) do
    result =
      try do
        module.system_code_change(misc, code, vsn, extra)
      catch
        _, reason -> {:EXIT, reason}
      end

    case result do
      {:ok, new_misc} -> {:suspended, :ok, debug, new_misc}
      other -> {:suspended, {:error, other}, debug, misc}
    end
  end

  defp command(_state, {:terminate, reason}, _parent, _module, debug, misc),
    do: {{:terminating, reason}, :ok, debug, misc}

  defp command(state, other, _parent, _module, debug, misc),
    do: {state, {:error, {:unknown_system_msg, other}}, debug, misc}

  defp guarded(module, function, fun) do
    try do
      fun.()
    catch
      kind, reason -> {:error, {:callback_failed, {module, function}, {kind, reason}}}
    end
  end

  # --------------------------------------------------------------------------------------------
  # Debug lists
  # --------------------------------------------------------------------------------------------

  def debug_options(options) do
    :lists.foldl(
      fn
        :trace, debug -> [{:trace, true} | debug]
        :log, debug -> [{:log, {10, []}} | debug]
        {:log, n}, debug -> [{:log, {n, []}} | debug]
        :statistics, debug -> [{:statistics, {:erlang.localtime(), 0, 0}} | debug]
        {:install, {fun, state}}, debug -> [{fun, fun, state} | debug]
        {:install, {id, fun, state}}, debug -> [{id, fun, state} | debug]
        _, debug -> debug
      end,
      [],
      options
    )
  end

  def handle_debug([], _format, _state, _event), do: []

  def handle_debug(debug, format, state, event) do
    for entry <- debug, new = handle_entry(entry, format, state, event), do: new
  end

  defp handle_entry({:trace, true} = entry, format, state, event) do
    format.(:standard_io, event, state)
    entry
  end

  defp handle_entry({:log, {max, events}}, format, state, event),
    do: {:log, {max, Enum.take([{event, state, format} | events], max)}}

  defp handle_entry({:statistics, {time, received, sent}}, _format, _state, event) do
    case event do
      {:in, _} -> {:statistics, {time, received + 1, sent}}
      {:in, _, _} -> {:statistics, {time, received + 1, sent}}
      {:out, _, _} -> {:statistics, {time, received, sent + 1}}
      {:out, _, _, _} -> {:statistics, {time, received, sent + 1}}
      _ -> {:statistics, {time, received, sent}}
    end
  end

  defp handle_entry({id, fun, fun_state}, _format, state, event) do
    try do
      fun.(fun_state, event, state)
    catch
      _, _ -> nil
    else
      :done -> nil
      new_state -> {id, fun, new_state}
    end
  end

  defp handle_entry(entry, _format, _state, _event), do: entry

  defp debug_command(:no_debug, _debug), do: {:ok, []}

  defp debug_command({:trace, true}, debug),
    do: {:ok, [{:trace, true} | :lists.keydelete(:trace, 1, debug)]}

  defp debug_command({:trace, false}, debug), do: {:ok, :lists.keydelete(:trace, 1, debug)}

  defp debug_command({:log, true}, debug), do: debug_command({:log, {true, 10}}, debug)

  defp debug_command({:log, {true, n}}, debug) do
    {:ok, [{:log, {n, logged(debug)}} | :lists.keydelete(:log, 1, debug)]}
  end

  defp debug_command({:log, false}, debug), do: {:ok, :lists.keydelete(:log, 1, debug)}

  defp debug_command({:log, :get}, debug),
    do: {{:ok, Enum.reverse(for({event, _, _} <- logged(debug), do: event))}, debug}

  defp debug_command({:log, :print}, debug) do
    print_log(debug)
    {:ok, debug}
  end

  defp debug_command({:statistics, true}, debug) do
    {:ok, [{:statistics, {:erlang.localtime(), 0, 0}} | :lists.keydelete(:statistics, 1, debug)]}
  end

  defp debug_command({:statistics, false}, debug),
    do: {:ok, :lists.keydelete(:statistics, 1, debug)}

  defp debug_command({:statistics, :get}, debug) do
    case :lists.keyfind(:statistics, 1, debug) do
      {:statistics, {time, received, sent}} ->
        {:reductions, reductions} = :erlang.process_info(self(), :reductions)

        {{:ok,
          [
            start_time: time,
            current_time: :erlang.localtime(),
            reductions: reductions,
            messages_in: received,
            messages_out: sent
          ]}, debug}

      false ->
        {{:ok, :no_statistics}, debug}
    end
  end

  defp debug_command({:install, {fun, state}}, debug) when is_function(fun),
    do: {:ok, [{fun, fun, state} | :lists.keydelete(fun, 1, debug)]}

  defp debug_command({:install, {id, fun, state}}, debug),
    do: {:ok, [{id, fun, state} | :lists.keydelete(id, 1, debug)]}

  defp debug_command({:remove, id}, debug), do: {:ok, :lists.keydelete(id, 1, debug)}
  defp debug_command({:log_to_file, _}, debug), do: {{:error, :open_file}, debug}
  defp debug_command(_, debug), do: {:unknown_debug, debug}

  defp logged(debug) do
    case :lists.keyfind(:log, 1, debug) do
      {:log, {_, events}} -> events
      false -> []
    end
  end

  # Newest last, as {event, state, format} tuples' events.
  def get_log(debug) do
    :lists.reverse(for {event, _, _} <- logged(debug), do: event)
  end

  def print_log(debug) do
    :lists.foreach(
      fn {event, state, format} -> format.(:standard_io, event, state) end,
      :lists.reverse(logged(debug))
    )
  end
end
