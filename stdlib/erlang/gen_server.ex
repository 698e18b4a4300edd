defmodule :gen_server do
  @moduledoc false
  # The generic server: a process that keeps a state and handles calls, casts and other messages
  # one after the other through the functions of a callback module.

  @callback init(term) :: term
  @callback handle_call(term, {pid, term}, term) :: term
  @callback handle_cast(term, term) :: term
  @callback handle_info(term, term) :: term
  @callback handle_continue(term, term) :: term
  @callback terminate(term, term) :: term
  @callback code_change(term, term, term) :: term
  @callback format_status(map) :: map
  @optional_callbacks handle_info: 2,
                      handle_continue: 2,
                      terminate: 2,
                      code_change: 3,
                      format_status: 1

  # --------------------------------------------------------------------------------------------
  # Interface
  # --------------------------------------------------------------------------------------------

  def start(module, args, options), do: :gen.start(:gen_server, :nolink, module, args, options)

  def start(name, module, args, options),
    do: :gen.start(:gen_server, :nolink, name, module, args, options)

  def start_link(module, args, options), do: :gen.start(:gen_server, :link, module, args, options)

  def start_link(name, module, args, options),
    do: :gen.start(:gen_server, :link, name, module, args, options)

  def start_monitor(module, args, options),
    do: :gen.start(:gen_server, :monitor, module, args, options)

  def start_monitor(name, module, args, options),
    do: :gen.start(:gen_server, :monitor, name, module, args, options)

  def stop(server), do: :gen.stop(server)
  def stop(server, reason, timeout), do: :gen.stop(server, reason, timeout)

  def call(server, request) do
    try do
      :gen.call(server, :"$gen_call", request)
    catch
      :exit, reason -> exit({reason, {:gen_server, :call, [server, request]}})
    else
      {:ok, reply} -> reply
    end
  end

  def call(server, request, timeout) do
    try do
      :gen.call(server, :"$gen_call", request, timeout)
    catch
      :exit, reason -> exit({reason, {:gen_server, :call, [server, request, timeout]}})
    else
      {:ok, reply} -> reply
    end
  end

  def send_request(server, request), do: :gen.send_request(server, :"$gen_call", request)

  def send_request(server, request, label, collection),
    do: :gen.send_request(server, :"$gen_call", request, label, collection)

  def wait_response(id), do: :gen.wait_response(id, :infinity)
  def wait_response(id, timeout), do: :gen.wait_response(id, timeout)

  def wait_response(requests, timeout, delete?),
    do: :gen.wait_response(requests, timeout, delete?)

  def receive_response(id), do: :gen.receive_response(id, :infinity)
  def receive_response(id, timeout), do: :gen.receive_response(id, timeout)

  def receive_response(requests, timeout, delete?),
    do: :gen.receive_response(requests, timeout, delete?)

  def check_response(message, id), do: :gen.check_response(message, id)

  def check_response(message, requests, delete?),
    do: :gen.check_response(message, requests, delete?)

  def reqids_new, do: :gen.reqids_new()
  def reqids_size(requests), do: :gen.reqids_size(requests)
  def reqids_add(id, label, requests), do: :gen.reqids_add(id, label, requests)
  def reqids_to_list(requests), do: :gen.reqids_to_list(requests)

  def cast({:global, name}, request), do: cast_to(:global.whereis_name(name), request)
  def cast({:via, module, name}, request), do: cast_to(module.whereis_name(name), request)
  def cast(dest, request), do: cast_to(dest, request)

  defp cast_to(:undefined, _request), do: :ok

  defp cast_to(dest, request) do
    try do
      :erlang.send(dest, {:"$gen_cast", request})
    catch
      _, _ -> :ok
    end

    :ok
  end

  def reply(from, reply), do: :gen.reply(from, reply)

  def abcast(name, request), do: abcast([node()], name, request)

  def abcast(nodes, name, request) do
    if :lists.member(node(), nodes), do: cast(name, request)
    :abcast
  end

  def multi_call(name, request), do: multi_call([node()], name, request, :infinity)
  def multi_call(nodes, name, request), do: multi_call(nodes, name, request, :infinity)

  def multi_call(nodes, name, request, timeout) do
    :lists.foldr(
      fn node, {replies, bad} ->
        try do
          {:ok, reply} = :gen.call({name, node}, :"$gen_call", request, timeout)
          {[{node, reply} | replies], bad}
        catch
          _, _ -> {replies, [node | bad]}
        end
      end,
      {[], []},
      nodes
    )
  end

  def enter_loop(module, options, state),
    do: enter_loop(module, options, state, self(), :infinity)

  def enter_loop(module, options, state, {scope, _} = name) when scope in [:local, :global],
    do: enter_loop(module, options, state, name, :infinity)

  def enter_loop(module, options, state, {:via, _, _} = name),
    do: enter_loop(module, options, state, name, :infinity)

  def enter_loop(module, options, state, timeout),
    do: enter_loop(module, options, state, self(), timeout)

  def enter_loop(module, options, state, name, timeout) do
    name = :gen.get_proc_name(name)
    parent = :gen.get_parent()
    debug = :gen.debug_options(name, options)
    loop(parent, name, state, module, timeout, :gen.hibernate_after(options), debug)
  end

  # --------------------------------------------------------------------------------------------
  # Starting
  # --------------------------------------------------------------------------------------------

  def init_it(starter, :self, name, module, args, options),
    do: init_it(starter, self(), name, module, args, options)

  def init_it(starter, parent, full_name, module, args, options) do
    name = :gen.get_proc_name(full_name)
    debug = :gen.debug_options(name, options)
    hibernate_after = :gen.hibernate_after(options)

    case run(fn -> module.init(args) end) do
      {:ok, {:ok, state}} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        loop(parent, name, state, module, :infinity, hibernate_after, debug)

      {:ok, {:ok, state, action}}
      when action == :infinity or action == :hibernate or (is_integer(action) and action >= 0) ->
        :proc_lib.init_ack(starter, {:ok, self()})
        loop(parent, name, state, module, action, hibernate_after, debug)

      {:ok, {:ok, state, {:continue, _} = continue}} ->
        :proc_lib.init_ack(starter, {:ok, self()})
        # The starter may set up a monitor before a failing continue ends this process.
        :erlang.yield()
        loop(parent, name, state, module, continue, hibernate_after, debug)

      {:ok, {:stop, reason}} ->
        # The name is free before the starter knows.
        :gen.unregister_name(full_name)
        :proc_lib.init_ack(starter, {:error, reason})
        exit(reason)

      {:ok, :ignore} ->
        :gen.unregister_name(full_name)
        :proc_lib.init_ack(starter, :ignore)
        exit(:normal)

      {:ok, other} ->
        error = {:bad_return_value, other}
        :gen.unregister_name(full_name)
        :proc_lib.init_ack(starter, {:error, error})
        exit(error)

      {:caught, kind, reason, stacktrace} ->
        :gen.unregister_name(full_name)
        :proc_lib.init_ack(starter, {:error, exit_reason(kind, reason, stacktrace)})
        :erlang.raise(kind, reason, stacktrace)
    end
  end

  # A thrown value counts as returned.
  defp run(fun) do
    try do
      {:ok, fun.()}
    catch
      :throw, value -> {:ok, value}
      kind, reason -> {:caught, kind, reason, __STACKTRACE__}
    end
  end

  # The same for each callback of the loop, without a closure.
  defp try_call(module, request, from, state) do
    try do
      {:ok, module.handle_call(request, from, state)}
    catch
      :throw, value -> {:ok, value}
      kind, reason -> {:caught, kind, reason, __STACKTRACE__}
    end
  end

  defp try_cast(module, request, state) do
    try do
      {:ok, module.handle_cast(request, state)}
    catch
      :throw, value -> {:ok, value}
      kind, reason -> {:caught, kind, reason, __STACKTRACE__}
    end
  end

  defp try_info(module, message, state) do
    try do
      {:ok, module.handle_info(message, state)}
    catch
      :throw, value -> {:ok, value}
      kind, reason -> {:caught, kind, reason, __STACKTRACE__}
    end
  end

  defp exit_reason(:error, reason, stacktrace), do: {reason, stacktrace}
  defp exit_reason(:exit, reason, _stacktrace), do: reason

  # --------------------------------------------------------------------------------------------
  # The loop
  # --------------------------------------------------------------------------------------------

  defp loop(parent, name, state, module, {:continue, continue} = message, hibernate_after, debug) do
    result = run(fn -> module.handle_continue(continue, state) end)

    handled(result, message, parent, name, state, module, hibernate_after, debug)
  end

  defp loop(parent, name, state, module, :hibernate, hibernate_after, debug) do
    :proc_lib.hibernate(:gen_server, :wake_hib, [
      parent,
      name,
      state,
      module,
      hibernate_after,
      debug
    ])
  end

  defp loop(parent, name, state, module, :infinity, hibernate_after, debug) do
    receive do
      message -> decode(message, parent, name, state, module, :infinity, hibernate_after, debug)
    after
      hibernate_after -> loop(parent, name, state, module, :hibernate, hibernate_after, debug)
    end
  end

  defp loop(parent, name, state, module, time, hibernate_after, debug) do
    message =
      receive do
        message -> message
      after
        time -> :timeout
      end

    decode(message, parent, name, state, module, time, hibernate_after, debug)
  end

  def wake_hib(parent, name, state, module, hibernate_after, debug) do
    receive do
      message -> decode(message, parent, name, state, module, :hibernate, hibernate_after, debug)
    end
  end

  defp decode({:"$gen_call", from, request}, parent, name, state, module, _, hibernate_after, []) do
    result = try_call(module, request, from, state)

    case result do
      {:ok, {:reply, reply, new_state}} ->
        :gen.reply(from, reply)
        loop(parent, name, new_state, module, :infinity, hibernate_after, [])

      _ ->
        called(result, from, request, parent, name, state, module, hibernate_after, [])
    end
  end

  defp decode(
         {:"$gen_cast", request} = message,
         parent,
         name,
         state,
         module,
         _,
         hibernate_after,
         []
       ) do
    case try_cast(module, request, state) do
      {:ok, {:noreply, new_state}} ->
        loop(parent, name, new_state, module, :infinity, hibernate_after, [])

      result ->
        handled(result, message, parent, name, state, module, hibernate_after, [])
    end
  end

  defp decode({:system, from, request}, parent, name, state, module, time, hibernate_after, debug) do
    :sys.handle_system_msg(
      request,
      from,
      parent,
      :gen_server,
      debug,
      [name, state, module, time, hibernate_after],
      time == :hibernate
    )
  end

  defp decode({:EXIT, parent, reason} = message, parent, name, state, module, _, _, debug) do
    terminate(:exit, reason, [], name, nil, message, module, state, debug)
  end

  defp decode(message, parent, name, state, module, _time, hibernate_after, debug) do
    debug = debug_event(debug, name, {:in, message})

    case message do
      {:"$gen_call", from, request} ->
        result = try_call(module, request, from, state)
        called(result, from, request, parent, name, state, module, hibernate_after, debug)

      {:"$gen_cast", request} ->
        result = try_cast(module, request, state)
        handled(result, message, parent, name, state, module, hibernate_after, debug)

      _ ->
        result = info(module, message, state)
        handled(result, message, parent, name, state, module, hibernate_after, debug)
    end
  end

  defp info(module, message, state) do
    if :erlang.function_exported(module, :handle_info, 2) do
      try_info(module, message, state)
    else
      :gen.report(
        :warning,
        %{label: {:gen_server, :no_handle_info}, module: module, message: message},
        %{domain: [:otp], report_cb: &:gen_server.format_log/1}
      )

      {:ok, {:noreply, state}}
    end
  end

  defp called(result, from, message, parent, name, state, module, hibernate_after, debug) do
    case result do
      {:ok, {:reply, reply, new_state}} ->
        debug = send_reply(debug, name, from, reply, new_state)
        loop(parent, name, new_state, module, :infinity, hibernate_after, debug)

      {:ok, {:reply, reply, new_state, action}} ->
        debug = send_reply(debug, name, from, reply, new_state)

        if action?(action),
          do: loop(parent, name, new_state, module, action, hibernate_after, debug),
          else: handled(result, message, parent, name, new_state, module, hibernate_after, debug)

      {:ok, {:stop, reason, reply, new_state}} ->
        try do
          terminate(:exit, reason, [], name, from, message, module, new_state, debug)
        after
          send_reply(debug, name, from, reply, new_state)
        end

      other ->
        handled(other, from, message, parent, name, state, module, hibernate_after, debug)
    end
  end

  defp send_reply([], _name, from, reply, _state) do
    :gen.reply(from, reply)
    []
  end

  defp send_reply(debug, name, {to, _} = from, reply, state) do
    :gen.reply(from, reply)
    debug_event(debug, name, {:out, reply, to, state})
  end

  defp action?(:infinity), do: true
  defp action?(:hibernate), do: true
  defp action?({:continue, _}), do: true
  defp action?(time), do: is_integer(time) and time >= 0

  defp handled(result, message, parent, name, state, module, hibernate_after, debug),
    do: handled(result, nil, message, parent, name, state, module, hibernate_after, debug)

  defp handled(result, from, message, parent, name, state, module, hibernate_after, debug) do
    case result do
      {:ok, {:noreply, new_state}} ->
        debug = debug_event(debug, name, {:noreply, new_state})
        loop(parent, name, new_state, module, :infinity, hibernate_after, debug)

      {:ok, {:noreply, new_state, action} = returned} ->
        if action?(action) do
          debug = debug_event(debug, name, {:noreply, new_state})
          loop(parent, name, new_state, module, action, hibernate_after, debug)
        else
          bad_return(returned, name, from, message, module, state, debug)
        end

      {:ok, {:stop, reason, new_state}} ->
        terminate(:exit, reason, [], name, from, message, module, new_state, debug)

      {:caught, kind, reason, stacktrace} ->
        terminate(kind, reason, stacktrace, name, from, message, module, state, debug)

      {:ok, other} ->
        bad_return(other, name, from, message, module, state, debug)
    end
  end

  defp bad_return(value, name, from, message, module, state, debug) do
    terminate(:exit, {:bad_return_value, value}, [], name, from, message, module, state, debug)
  end

  defp debug_event([], _name, _event), do: []
  defp debug_event(debug, name, event), do: :sys.handle_debug(debug, &print_event/3, name, event)

  defp print_event(device, event, name) do
    text =
      case event do
        {:in, {:"$gen_call", {from, _}, request}} ->
          "*DBG* #{inspect(name)} got call #{inspect(request)} from #{inspect(from)}"

        {:in, {:"$gen_cast", request}} ->
          "*DBG* #{inspect(name)} got cast #{inspect(request)}"

        {:in, message} ->
          "*DBG* #{inspect(name)} got #{inspect(message)}"

        {:out, reply, to, state} ->
          "*DBG* #{inspect(name)} sent #{inspect(reply)} to #{inspect(to)}, new state #{inspect(state)}"

        {:noreply, state} ->
          "*DBG* #{inspect(name)} new state #{inspect(state)}"

        other ->
          "*DBG* #{inspect(name)} dbg  #{inspect(other)}"
      end

    IO.puts(device, text)
  end

  # --------------------------------------------------------------------------------------------
  # Terminating
  # --------------------------------------------------------------------------------------------

  defp terminate(kind, reason, stacktrace, name, from, message, module, state, debug) do
    shown = if kind == :error, do: {reason, stacktrace}, else: reason

    case try_terminate(module, shown, state) do
      {:caught, new_kind, new_reason, new_stacktrace} ->
        error_info(
          {new_reason, new_stacktrace},
          new_stacktrace,
          name,
          from,
          message,
          module,
          state,
          debug
        )

        :erlang.raise(new_kind, new_reason, new_stacktrace)

      _ ->
        case shown do
          :normal ->
            :ok

          :shutdown ->
            :ok

          {:shutdown, _} ->
            :ok

          _ when stacktrace != [] ->
            error_info(
              {reason, stacktrace},
              stacktrace,
              name,
              from,
              message,
              module,
              state,
              debug
            )

          _ ->
            error_info(shown, stacktrace, name, from, message, module, state, debug)
        end

        :erlang.raise(kind, reason, stacktrace)
    end
  end

  defp try_terminate(module, reason, state) do
    if :erlang.function_exported(module, :terminate, 2),
      do: run(fn -> module.terminate(reason, state) end),
      else: {:ok, :ok}
  end

  defp error_info(reason, _stacktrace, name, from, message, module, state, debug) do
    log = :sys.get_log(debug)

    # Of a call the request alone is shown: the client stands beside it.
    message =
      case message do
        {:"$gen_call", ^from, request} -> request
        _ -> message
      end

    status =
      :gen.format_status(
        module,
        :terminate,
        %{state: state, message: message, reason: reason, log: log},
        fn ->
          formatted = module.format_status(:terminate, [:erlang.get(), state])
          %{state: formatted, message: message, reason: reason, log: log}
        end
      )

    # A crash before `module` was set by :init has no metadata to add.
    :gen.report(
      :error,
      %{
        label: {:gen_server, :terminate},
        name: name,
        last_message: Map.get(status, :message, message),
        state: Map.get(status, :state, state),
        log: Map.get(status, :log, log),
        reason: Map.get(status, :reason, reason),
        client_info: client_info(from)
      },
      %{
        domain: [:otp],
        report_cb: &:gen_server.format_log/1,
        error_logger: %{tag: :error, report_cb: &:gen_server.format_log/1}
      }
    )
  end

  defp client_info(nil), do: :undefined
  defp client_info({pid, _tag}) when is_pid(pid) and node(pid) != node(), do: {pid, :remote}

  defp client_info({pid, _tag}) when is_pid(pid) do
    case :erlang.process_info(pid, [:current_stacktrace, :registered_name]) do
      :undefined -> {pid, :dead}
      [current_stacktrace: stacktrace, registered_name: []] -> {pid, {pid, stacktrace}}
      [current_stacktrace: stacktrace, registered_name: name] -> {pid, {name, stacktrace}}
    end
  end

  defp client_info({pid, _}), do: {pid, :undefined}
  defp client_info(_), do: :undefined

  def format_log(%{label: {:gen_server, :terminate}} = report) do
    {~c"** Generic server ~tp terminating~n** Last message in was ~tp~n** When Server state == ~tp~n** Reason for termination ==~n** ~tp~n",
     [report.name, report.last_message, report.state, report.reason]}
  end

  def format_log(%{label: {:gen_server, :no_handle_info}} = report) do
    {~c"** Undefined handle_info in ~p~n** Unhandled message: ~tp~n",
     [report.module, report.message]}
  end

  # --------------------------------------------------------------------------------------------
  # System messages
  # --------------------------------------------------------------------------------------------

  def system_continue(parent, debug, [name, state, module, time, hibernate_after]),
    do: loop(parent, name, state, module, time, hibernate_after, debug)

  def system_terminate(reason, _parent, debug, [name, state, module, _time, _hibernate_after]),
    do: terminate(:exit, reason, [], name, nil, [], module, state, debug)

  def system_code_change([name, state, module, time, hibernate_after], _module, old, extra) do
    result =
      if :erlang.function_exported(module, :code_change, 3),
        do: run(fn -> module.code_change(old, state, extra) end),
        else: {:ok, {:ok, state}}

    case result do
      {:ok, {:ok, new_state}} -> {:ok, [name, new_state, module, time, hibernate_after]}
      {:ok, other} -> other
      {:caught, _, reason, _} -> {:EXIT, reason}
    end
  end

  def system_get_state([_name, state, _module, _time, _hibernate_after]), do: {:ok, state}

  def system_replace_state(fun, [name, state, module, time, hibernate_after]) do
    new_state = fun.(state)
    {:ok, new_state, [name, new_state, module, time, hibernate_after]}
  end

  def format_status(option, [dictionary, sys_state, parent, debug, misc]) do
    [name, state, module, _time, _hibernate_after] = misc
    log = :sys.get_log(debug)
    header = :erlang.binary_to_list("Status for generic server " <> inspect(name))

    status =
      :gen.format_status(module, option, %{state: state, log: log}, fn ->
        case module.format_status(option, [dictionary, state]) do
          list when is_list(list) -> %{specific: list, log: log}
          other -> %{specific: [other], log: log}
        end
      end)

    specific =
      case status do
        %{EXIT: reason} -> [{:data, [{~c"State", reason}]}]
        %{specific: specific} -> specific
        %{state: state} -> [{:data, [{~c"State", state}]}]
      end

    [
      {:header, header},
      {:data,
       [
         {~c"Status", sys_state},
         {~c"Parent", parent},
         {~c"Logged events", Map.get(status, :log, log)}
       ]}
      | specific
    ]
  end
end
