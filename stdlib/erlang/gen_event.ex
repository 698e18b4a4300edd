defmodule :gen_event do
  @moduledoc false
  # The event manager: a process with a list of handlers, each a module with a state of its own.
  # Every event goes to all of them, the newest first; a handler that fails is taken out.
  #
  # A handler is `{module, id, state, owner}`; id is false for one added without an id, owner the
  # pid that is told when the handler goes, or false.

  @callback init(term) :: term
  @callback handle_event(term, term) :: term
  @callback handle_call(term, term) :: term
  @callback handle_info(term, term) :: term
  @callback terminate(term, term) :: term
  @callback code_change(term, term, term) :: term
  @callback format_status(map) :: map
  @callback format_status(:normal | :terminate, list) :: term
  @optional_callbacks handle_info: 2,
                      terminate: 2,
                      code_change: 3,
                      format_status: 1,
                      format_status: 2

  @no_module :"no callback module"

  # --------------------------------------------------------------------------------------------
  # Interface
  # --------------------------------------------------------------------------------------------

  def start, do: start(:nolink, [])
  def start({_, _} = name), do: start(:nolink, name, [])
  def start({:via, _, _} = name), do: start(:nolink, name, [])
  def start(options) when is_list(options), do: start(:nolink, options)
  def start({_, _} = name, options), do: start(:nolink, name, options)
  def start({:via, _, _} = name, options), do: start(:nolink, name, options)
  def start(link, options) when is_atom(link), do: :gen.start(:gen_event, link, @no_module, [], options)
  defp start(link, name, options), do: :gen.start(:gen_event, link, name, @no_module, [], options)

  def start_link, do: start(:link, [])
  def start_link(options) when is_list(options), do: start(:link, options)
  def start_link(name), do: start(:link, name, [])
  def start_link(name, options), do: start(:link, name, options)

  def start_monitor, do: start(:monitor, [])
  def start_monitor(options) when is_list(options), do: start(:monitor, options)
  def start_monitor(name), do: start(:monitor, name, [])
  def start_monitor(name, options), do: start(:monitor, name, options)

  def stop(manager), do: :gen.stop(manager)
  def stop(manager, reason, timeout), do: :gen.stop(manager, reason, timeout)

  def notify(manager, event), do: to_manager(manager, {:notify, event})
  def sync_notify(manager, event), do: request(manager, {:sync_notify, event})

  defp to_manager({:global, name}, message), do: deliver(:global.whereis_name(name), message)
  defp to_manager({:via, module, name}, message), do: deliver(module.whereis_name(name), message)

  defp to_manager(manager, message) do
    :erlang.send(manager, message)
    :ok
  end

  defp deliver(:undefined, _message), do: :ok

  defp deliver(pid, message) do
    send(pid, message)
    :ok
  end

  def add_handler(manager, handler, args), do: request(manager, {:add_handler, handler, args})
  def add_sup_handler(manager, handler, args), do: request(manager, {:add_sup_handler, handler, args, self()})
  def delete_handler(manager, handler, args), do: request(manager, {:delete_handler, handler, args})
  def swap_handler(manager, {h1, a1}, {h2, a2}), do: request(manager, {:swap_handler, h1, a1, h2, a2})

  def swap_sup_handler(manager, {h1, a1}, {h2, a2}),
    do: request(manager, {:swap_sup_handler, h1, a1, h2, a2, self()})

  def which_handlers(manager), do: request(manager, :which_handlers)

  defp request(manager, request) do
    {:ok, reply} = :gen.call(manager, self(), request, :infinity)
    reply
  end

  def call(manager, handler, query) do
    try do
      :gen.call(manager, self(), {:call, handler, query})
    catch
      :exit, reason -> exit({reason, {:gen_event, :call, [manager, handler, query]}})
    else
      {:ok, reply} -> reply
    end
  end

  def call(manager, handler, query, timeout) do
    try do
      :gen.call(manager, self(), {:call, handler, query}, timeout)
    catch
      :exit, reason -> exit({reason, {:gen_event, :call, [manager, handler, query, timeout]}})
    else
      {:ok, reply} -> reply
    end
  end

  def send_request(manager, handler, query), do: :gen.send_request(manager, self(), {:call, handler, query})
  def send_request(manager, handler, query, label, collection),
    do: :gen.send_request(manager, self(), {:call, handler, query}, label, collection)

  def wait_response(id, timeout), do: :gen.wait_response(id, timeout)
  def wait_response(requests, timeout, delete?), do: :gen.wait_response(requests, timeout, delete?)
  def receive_response(id, timeout), do: :gen.receive_response(id, timeout)
  def receive_response(requests, timeout, delete?), do: :gen.receive_response(requests, timeout, delete?)
  def check_response(message, id), do: :gen.check_response(message, id)
  def check_response(message, requests, delete?), do: :gen.check_response(message, requests, delete?)

  def reqids_new, do: :gen.reqids_new()
  def reqids_size(requests), do: :gen.reqids_size(requests)
  def reqids_add(id, label, requests), do: :gen.reqids_add(id, label, requests)
  def reqids_to_list(requests), do: :gen.reqids_to_list(requests)

  # --------------------------------------------------------------------------------------------
  # The loop
  # --------------------------------------------------------------------------------------------

  def init_it(starter, :self, name, module, args, options),
    do: init_it(starter, self(), name, module, args, options)

  def init_it(starter, parent, name, _module, _args, options) do
    :erlang.process_flag(:trap_exit, true)
    name = :gen.get_proc_name(name)
    manager = %{parent: parent, name: name, hibernate_after: :gen.hibernate_after(options)}
    debug = :gen.debug_options(name, options)
    :proc_lib.init_ack(starter, {:ok, self()})
    loop(manager, [], debug, false)
  end

  defp loop(manager, handlers, debug, true),
    do: :proc_lib.hibernate(:gen_event, :wake_up, [manager, handlers, debug])

  defp loop(%{hibernate_after: hibernate_after} = manager, handlers, debug, false) do
    receive do
      message -> handle(message, manager, handlers, debug, false)
    after
      hibernate_after -> loop(manager, handlers, debug, true)
    end
  end

  def wake_up(manager, handlers, debug) do
    receive do
      message -> handle(message, manager, handlers, debug, true)
    end
  end

  defp handle(message, %{parent: parent} = manager, handlers, debug, hibernate?) do
    case message do
      {:system, from, request} ->
        :sys.handle_system_msg(request, from, parent, :gen_event, debug, {manager, handlers, hibernate?}, hibernate?)

      {:EXIT, ^parent, reason} ->
        stop_all(reason, manager, handlers)

      _ ->
        debug = if debug == [], do: [], else: :sys.handle_debug(debug, &print_event/3, manager.name, {:in, message})
        {handlers, hibernate?} = message(message, manager, handlers)
        loop(manager, handlers, debug, hibernate?)
    end
  end

  defp message({:notify, event}, manager, handlers), do: notify_all(event, :handle_event, manager, handlers)

  defp message({:EXIT, from, reason} = message, manager, handlers) do
    case :lists.partition(fn {_, _, _, owner} -> owner == from end, handlers) do
      {[], _} ->
        notify_all(message, :handle_info, manager, handlers)

      {owned, others} ->
        :lists.foreach(&terminate(&1, {:stop, reason}, message, manager, :shutdown), owned)
        {others, false}
    end
  end

  defp message({label, {pid, _tag} = from, request} = message, manager, handlers)
       when is_pid(label) and is_pid(pid) do
    case request(request, manager, handlers) do
      {:reply, reply, handlers, hibernate?} ->
        :gen.reply(from, reply)
        {handlers, hibernate?}

      :unknown ->
        notify_all(message, :handle_info, manager, handlers)
    end
  end

  defp message(message, manager, handlers), do: notify_all(message, :handle_info, manager, handlers)

  defp request({:sync_notify, event}, manager, handlers) do
    {handlers, hibernate?} = notify_all(event, :handle_event, manager, handlers)
    {:reply, :ok, handlers, hibernate?}
  end

  defp request({:add_handler, handler, args}, _manager, handlers), do: add(handler, args, false, handlers)

  defp request({:add_sup_handler, handler, args, owner}, _manager, handlers) do
    :erlang.link(owner)
    add(handler, args, owner, handlers)
  end

  defp request({:delete_handler, handler, args}, manager, handlers) do
    case take(handler, handlers) do
      {before, found, rest} ->
        reply = terminate(found, args, {:delete, handler}, manager, :normal)
        {:reply, reply, before ++ rest, false}

      nil ->
        {:reply, {:error, :module_not_found}, handlers, false}
    end
  end

  defp request({:swap_handler, h1, a1, h2, a2}, manager, handlers),
    do: swap_request(h1, a1, h2, a2, :same, manager, handlers)

  defp request({:swap_sup_handler, h1, a1, h2, a2, owner}, manager, handlers) do
    :erlang.link(owner)
    swap_request(h1, a1, h2, a2, owner, manager, handlers)
  end

  defp request(:which_handlers, _manager, handlers),
    do: {:reply, :lists.map(&full_id/1, handlers), handlers, false}

  defp request({:call, handler, query}, manager, handlers) do
    case take(handler, handlers) do
      {before, found, rest} ->
        {reply, now, hibernate?} = call_handler(found, query, manager)
        {:reply, reply, before ++ now ++ rest, hibernate?}

      nil ->
        {:reply, {:error, :bad_module}, handlers, false}
    end
  end

  defp request(_other, _manager, _handlers), do: :unknown

  # --------------------------------------------------------------------------------------------
  # Handlers
  # --------------------------------------------------------------------------------------------

  defp split_id({module, id}), do: {module, id}
  defp split_id(module), do: {module, false}

  defp full_id({module, false, _, _}), do: module
  defp full_id({module, id, _, _}), do: {module, id}

  # The first handler of that name, with those before and after it.
  defp take(handler, handlers) do
    {module, id} = split_id(handler)

    case :lists.splitwith(fn {m, i, _, _} -> not (m == module and i === id) end, handlers) do
      {before, [found | rest]} -> {before, found, rest}
      {_, []} -> nil
    end
  end

  # Calls a function of a handler; what it throws counts as returned.
  defp run(module, function, args) do
    try do
      :erlang.apply(module, function, args)
    catch
      :throw, value -> value
      :exit, reason -> {:EXIT, reason}
      :error, reason -> {:EXIT, {reason, __STACKTRACE__}}
    end
  end

  defp add(handler, args, owner, handlers) do
    case init(handler, args, owner) do
      {:ok, new, hibernate?} ->
        {:reply, :ok, [new | handlers], hibernate?}

      {:error, other} ->
        if owner, do: unlink(owner, handlers)
        {:reply, other, handlers, false}
    end
  end

  defp init(handler, args, owner) do
    {module, id} = split_id(handler)

    case run(module, :init, [args]) do
      {:ok, state} -> {:ok, {module, id, state, owner}, false}
      {:ok, state, :hibernate} -> {:ok, {module, id, state, owner}, true}
      other -> {:error, other}
    end
  end

  # The link stays while another handler has the same owner.
  defp unlink(owner, handlers) do
    if not :lists.any(fn {_, _, _, other} -> other == owner end, handlers), do: :erlang.unlink(owner)
  end

  defp swap_request(h1, a1, h2, a2, owner, manager, handlers) do
    case take(h1, handlers) do
      {before, {_, _, _, old_owner} = found, rest} ->
        owner = if owner == :same, do: old_owner, else: owner

        case swap(found, a1, h2, a2, owner, {:swap, h1}, manager) do
          {:ok, new, hibernate?} -> {:reply, :ok, before ++ [new | rest], hibernate?}
          {:error, other} -> {:reply, {:error, other}, before ++ rest, false}
        end

      nil ->
        owner = if owner == :same, do: false, else: owner

        case init(h2, {a2, :error}, owner) do
          {:ok, new, hibernate?} -> {:reply, :ok, [new | handlers], hibernate?}
          {:error, other} -> {:reply, {:error, other}, handlers, false}
        end
    end
  end

  # The result of the old one's terminate/2 is part of what the new one starts with.
  defp swap(old, a1, h2, a2, owner, last, manager) do
    result = terminate(old, a1, last, manager, {:swapped, h2, owner})
    init(h2, {a2, result}, owner)
  end

  defp notify_all(_event, _function, _manager, []), do: {[], false}

  defp notify_all(event, function, manager, [handler | rest]) do
    {now, hibernate?} = update(handler, event, function, manager)
    {others, more?} = notify_all(event, function, manager, rest)
    {now ++ others, hibernate? or more?}
  end

  defp update({module, id, state, owner} = handler, event, function, manager) do
    case update_result(module, function, event, state) do
      {:ok, state} -> {[{module, id, state, owner}], false}
      {:ok, state, :hibernate} -> {[{module, id, state, owner}], true}
      result -> leave(result, handler, event, manager)
    end
  end

  defp update_result(module, :handle_info, message, state) do
    if :erlang.function_exported(module, :handle_info, 2) do
      run(module, :handle_info, [message, state])
    else
      :gen.report(
        :warning,
        %{label: {:gen_event, :no_handle_info}, module: module, message: message},
        %{domain: [:otp], report_cb: &:gen_event.format_log/1}
      )

      {:ok, state}
    end
  end

  defp update_result(module, function, event, state), do: run(module, function, [event, state])

  defp leave(result, {module, id, _state, owner} = handler, event, manager) do
    case result do
      {:swap_handler, a1, state, h2, a2} ->
        case swap({module, id, state, owner}, a1, h2, a2, owner, event, manager) do
          {:ok, new, hibernate?} -> {[new], hibernate?}
          {:error, _} -> {[], false}
        end

      :remove_handler ->
        terminate(handler, :remove_handler, event, manager, :normal)
        {[], false}

      other ->
        terminate(handler, {:error, other}, event, manager, {:failed, other})
        {[], false}
    end
  end

  defp call_handler({module, id, state, owner} = handler, query, manager) do
    case run(module, :handle_call, [query, state]) do
      {:ok, reply, state} ->
        {reply, [{module, id, state, owner}], false}

      {:ok, reply, state, :hibernate} ->
        {reply, [{module, id, state, owner}], true}

      {:swap_handler, reply, a1, state, h2, a2} ->
        {now, hibernate?} = leave({:swap_handler, a1, state, h2, a2}, handler, query, manager)
        {reply, now, hibernate?}

      {:remove_handler, reply} ->
        terminate(handler, :remove_handler, query, manager, :normal)
        {reply, [], false}

      other ->
        terminate(handler, {:error, other}, query, manager, {:failed, other})
        {{:error, other}, [], false}
    end
  end

  # --------------------------------------------------------------------------------------------
  # Ending
  # --------------------------------------------------------------------------------------------

  # Ends one handler: its terminate/2, the log, its owner.
  defp terminate({module, _id, state, owner} = handler, args, last, manager, how) do
    result =
      if :erlang.function_exported(module, :terminate, 2), do: run(module, :terminate, [args, state]), else: :ok

    failure =
      case {how, result} do
        {{:failed, reason}, _} -> {:failed, reason}
        {_, {:EXIT, _} = reason} -> {:failed, reason}
        _ -> nil
      end

    if failure, do: report(handler, elem(failure, 1), last, manager)

    if owner do
      reason = if match?({:failed, _}, how), do: elem(how, 1), else: how
      send(owner, {:gen_event_EXIT, full_id(handler), reason})
      if not match?({:swapped, _, ^owner}, how), do: :erlang.unlink(owner)
    end

    result
  end

  defp report({module, _id, state, _owner} = handler, reason, last, manager) do
    status =
      :gen.format_status(module, :terminate, %{state: state, message: last, reason: reason, log: []}, fn ->
        shown = module.format_status(:terminate, [:erlang.get(), state])
        %{state: shown, message: last, reason: reason, log: []}
      end)

    :gen.report(
      :error,
      %{
        label: {:gen_event, :terminate},
        handler: full_id(handler),
        name: manager.name,
        last_message: :maps.get(:message, status, last),
        state: :maps.get(:state, status, state),
        log: :maps.get(:log, status, []),
        reason: :maps.get(:reason, status, reason)
      },
      %{
        domain: [:otp],
        report_cb: &:gen_event.format_log/2,
        error_logger: %{tag: :error, report_cb: &:gen_event.format_log/1}
      }
    )
  end

  defp stop_all(reason, manager, handlers) do
    :lists.foreach(&terminate(&1, :stop, :stop, manager, :shutdown), handlers)
    exit(reason)
  end

  def format_log(report), do: format_log(report, %{})

  def format_log(%{label: {:gen_event, :terminate}} = report, _options) do
    {~c"** gen_event handler ~tp crashed.~n** Was installed in ~tp~n** Last event was: ~tp~n** When handler state == ~tp~n** Reason == ~tp~n",
     [report.handler, report.name, report.last_message, report.state, report.reason]}
  end

  def format_log(%{label: {:gen_event, :no_handle_info}} = report, _options) do
    {~c"** Undefined handle_info in ~tp~n** Unhandled message: ~tp~n", [report.module, report.message]}
  end

  # --------------------------------------------------------------------------------------------
  # System messages
  # --------------------------------------------------------------------------------------------

  def system_continue(_parent, debug, {manager, handlers, hibernate?}), do: loop(manager, handlers, debug, hibernate?)
  def system_terminate(reason, _parent, _debug, {manager, handlers, _}), do: stop_all(reason, manager, handlers)

  def system_get_state({_manager, handlers, _}), do: {:ok, for({module, id, state, _} <- handlers, do: {module, id, state})}

  def system_replace_state(fun, {manager, handlers, hibernate?}) do
    {states, handlers} =
      :lists.unzip(
        for {module, id, state, owner} = handler <- handlers do
          try do
            {^module, ^id, new} = fun.({module, id, state})
            {{module, id, new}, {module, id, new, owner}}
          catch
            _, _ -> {{module, id, state}, handler}
          end
        end
      )

    {:ok, states, {manager, handlers, hibernate?}}
  end

  def system_code_change({manager, handlers, hibernate?}, module, old, extra) do
    handlers =
      for {m, id, state, owner} = handler <- handlers do
        if m == module and :erlang.function_exported(m, :code_change, 3) do
          {:ok, new} = m.code_change(old, state, extra)
          {m, id, new, owner}
        else
          handler
        end
      end

    {:ok, {manager, handlers, hibernate?}}
  end

  def format_status(option, [_dictionary, sys_state, parent, debug, {manager, handlers, _}]) do
    shown =
      for {module, id, state, owner} <- handlers do
        status =
          :gen.format_status(module, option, %{state: state}, fn ->
            %{state: module.format_status(option, [:erlang.get(), state])}
          end)

        {:handler, module, id, :maps.get(:state, status, state), owner}
      end

    name = if is_pid(manager.name), do: :erlang.pid_to_list(manager.name), else: inspect(manager.name)

    [
      {:header, :unicode.characters_to_list(["Status for event handler ", name])},
      {:data, [{~c"Status", sys_state}, {~c"Logged Events", :sys.get_log(debug)}, {~c"Parent", parent}]},
      {:items, {~c"Installed handlers", shown}}
    ]
  end

  defp print_event(device, {:in, message}, name),
    do: IO.puts(device, "*DBG* #{inspect(name)} got event #{inspect(message)}")

  defp print_event(device, event, name), do: IO.puts(device, "*DBG* #{inspect(name)} : #{inspect(event)}")
end
