defmodule :gen_statem do
  @moduledoc false
  # The generic state machine: events are handled one after the other by functions of a callback
  # module that depend on the state; what they return moves the machine and asks for actions.
  #
  # While an event is handled, the machine is a map:
  #   parent, name, modules  - the present callback module comes first
  #   mode, enter?           - what callback_mode/0 gave
  #   state, data
  #   postponed              - events to see again after a change of state, newest first
  #   timers                 - running time-outs: type => {timer | :zero, content}
  #   zero                   - types of time-outs of no time that are due, newest first
  #   debug, hibernate_after

  @callback init(term) :: term
  @callback callback_mode() :: atom | [atom]
  @callback handle_event(term, term, term, term) :: term
  @callback terminate(term, term, term) :: term
  @callback code_change(term, term, term, term) :: term
  @callback format_status(map) :: map
  @callback format_status(:normal | :terminate, list) :: term
  @optional_callbacks format_status: 1,
                      format_status: 2,
                      terminate: 3,
                      code_change: 4,
                      handle_event: 4

  # --------------------------------------------------------------------------------------------
  # Interface
  # --------------------------------------------------------------------------------------------

  def start(module, args, options), do: :gen.start(:gen_statem, :nolink, module, args, options)
  def start(name, module, args, options), do: :gen.start(:gen_statem, :nolink, name, module, args, options)
  def start_link(module, args, options), do: :gen.start(:gen_statem, :link, module, args, options)
  def start_link(name, module, args, options), do: :gen.start(:gen_statem, :link, name, module, args, options)
  def start_monitor(module, args, options), do: :gen.start(:gen_statem, :monitor, module, args, options)
  def start_monitor(name, module, args, options), do: :gen.start(:gen_statem, :monitor, name, module, args, options)

  def stop(server), do: :gen.stop(server)
  def stop(server, reason, timeout), do: :gen.stop(server, reason, timeout)

  def cast({:global, name}, message), do: cast_to(:global.whereis_name(name), message)
  def cast({:via, module, name}, message), do: cast_to(module.whereis_name(name), message)
  def cast(server, message), do: cast_to(server, message)

  defp cast_to(:undefined, _message), do: :ok

  defp cast_to(server, message) do
    try do
      :erlang.send(server, {:"$gen_cast", message})
    catch
      _, _ -> :ok
    end

    :ok
  end

  def call(server, request), do: call(server, request, :infinity)
  def call(server, request, {:clean_timeout, time} = timeout), do: call(server, request, timeout, time)
  def call(server, request, {:dirty_timeout, time} = timeout), do: call(server, request, timeout, time)
  def call(server, request, timeout), do: call(server, request, timeout, timeout)

  defp call(server, request, timeout, time) do
    try do
      :gen.call(server, :"$gen_call", request, time)
    catch
      :exit, reason ->
        :erlang.raise(:exit, {reason, {:gen_statem, :call, [server, request, timeout]}}, __STACKTRACE__)
    else
      {:ok, reply} -> reply
    end
  end

  def reply({:reply, from, reply}), do: reply(from, reply)
  def reply(replies) when is_list(replies), do: :lists.foreach(&reply/1, replies)
  def reply(from, reply), do: :gen.reply(from, reply)

  def send_request(server, request), do: :gen.send_request(server, :"$gen_call", request)

  def send_request(server, request, label, collection),
    do: :gen.send_request(server, :"$gen_call", request, label, collection)

  def wait_response(id), do: :gen.wait_response(id, :infinity)
  def wait_response(id, timeout), do: :gen.wait_response(id, timeout)
  def wait_response(requests, timeout, delete?), do: :gen.wait_response(requests, timeout, delete?)
  def receive_response(id), do: :gen.receive_response(id, :infinity)
  def receive_response(id, timeout), do: :gen.receive_response(id, timeout)
  def receive_response(requests, timeout, delete?), do: :gen.receive_response(requests, timeout, delete?)
  def check_response(message, id), do: :gen.check_response(message, id)
  def check_response(message, requests, delete?), do: :gen.check_response(message, requests, delete?)

  def reqids_new, do: :gen.reqids_new()
  def reqids_size(requests), do: :gen.reqids_size(requests)
  def reqids_add(id, label, requests), do: :gen.reqids_add(id, label, requests)
  def reqids_to_list(requests), do: :gen.reqids_to_list(requests)

  def enter_loop(module, options, state, data), do: enter_loop(module, options, state, data, self(), [])

  def enter_loop(module, options, state, data, server) when is_pid(server) or is_tuple(server),
    do: enter_loop(module, options, state, data, server, [])

  def enter_loop(module, options, state, data, actions), do: enter_loop(module, options, state, data, self(), actions)

  def enter_loop(module, options, state, data, server, actions) do
    name = :gen.get_proc_name(server)
    enter(:gen.get_parent(), name, module, options, state, data, actions)
  end

  # --------------------------------------------------------------------------------------------
  # Starting
  # --------------------------------------------------------------------------------------------

  def init_it(starter, :self, server, module, args, options),
    do: init_it(starter, self(), server, module, args, options)

  def init_it(starter, parent, server, module, args, options) do
    name = :gen.get_proc_name(server)

    try do
      module.init(args)
    catch
      :throw, result ->
        init_result(result, starter, parent, server, name, module, options, __STACKTRACE__)

      kind, reason ->
        stacktrace = __STACKTRACE__
        :gen.unregister_name(server)
        :proc_lib.init_ack(starter, {:error, reason})
        init_failed(kind, reason, stacktrace, name, module, options)
        :erlang.raise(kind, reason, stacktrace)
    else
      result -> init_result(result, starter, parent, server, name, module, options, [])
    end
  end

  defp init_result({:ok, state, data}, starter, parent, _server, name, module, options, _) do
    :proc_lib.init_ack(starter, {:ok, self()})
    enter(parent, name, module, options, state, data, [])
  end

  defp init_result({:ok, state, data, actions}, starter, parent, _server, name, module, options, _) do
    :proc_lib.init_ack(starter, {:ok, self()})
    enter(parent, name, module, options, state, data, actions)
  end

  defp init_result({:stop, reason}, starter, _parent, server, _name, _module, _options, _) do
    :gen.unregister_name(server)
    :proc_lib.init_ack(starter, {:error, reason})
    exit(reason)
  end

  defp init_result(:ignore, starter, _parent, server, _name, _module, _options, _) do
    :gen.unregister_name(server)
    :proc_lib.init_ack(starter, :ignore)
    exit(:normal)
  end

  defp init_result(other, starter, _parent, server, name, module, options, stacktrace) do
    error = {:bad_return_from_init, other}
    :gen.unregister_name(server)
    :proc_lib.init_ack(starter, {:error, error})
    init_failed(:error, error, stacktrace, name, module, options)
    exit(error)
  end

  defp init_failed(kind, reason, stacktrace, name, module, options) do
    machine = machine(nil, name, module, options, :undefined, :undefined)
    error_info(kind, reason, stacktrace, [], machine)
  end

  defp machine(parent, name, module, options, state, data) do
    %{
      parent: parent,
      name: name,
      modules: [module],
      mode: :undefined,
      enter?: false,
      state: state,
      data: data,
      postponed: [],
      timers: %{},
      zero: [],
      debug: :gen.debug_options(name, options),
      hibernate_after: :gen.hibernate_after(options)
    }
  end

  defp enter(parent, name, module, options, state, data, actions) do
    machine = machine(parent, name, module, options, state, data)
    event = {:internal, :init_state}

    case callback_mode(machine) do
      {:ok, machine} ->
        # The first state is entered as if it came after itself.
        transition(:init, actions, event, [], machine, machine.enter?)

      {kind, reason, stacktrace} ->
        terminate(kind, reason, stacktrace, [event], machine)
    end
  end

  # Asks the present callback module how it wants to be called.
  defp callback_mode(%{modules: [module | _]} = machine) do
    try do
      module.callback_mode()
    catch
      :throw, result -> mode(result, machine)
      kind, reason -> {kind, reason, __STACKTRACE__}
    else
      result -> mode(result, machine)
    end
  end

  defp mode(result, machine) do
    case read_mode(List.wrap(result), :undefined, false) do
      {:undefined, _} -> bad_mode(result)
      :error -> bad_mode(result)
      {mode, enter?} -> {:ok, %{machine | mode: mode, enter?: enter?}}
    end
  end

  defp bad_mode(result), do: {:error, {:bad_return_from_callback_mode, result}, []}

  defp read_mode([], mode, enter?), do: {mode, enter?}
  defp read_mode([mode | rest], _, enter?) when mode in [:state_functions, :handle_event_function], do: read_mode(rest, mode, enter?)
  defp read_mode([:state_enter | rest], mode, _), do: read_mode(rest, mode, true)
  defp read_mode(_, _, _), do: :error

  # --------------------------------------------------------------------------------------------
  # Waiting
  # --------------------------------------------------------------------------------------------

  defp wait(machine, true), do: hibernate(machine)

  defp wait(%{parent: parent, hibernate_after: hibernate_after} = machine, false) do
    receive do
      {:"$gen_call", from, request} -> event({:call, from}, request, machine)
      {:"$gen_cast", message} -> event(:cast, message, machine)
      {:timeout, timer, type} = message when is_reference(timer) -> timer_message(message, machine, timer, type)
      {:system, from, request} -> system(request, from, machine, false)
      {:EXIT, ^parent, reason} -> terminate(:exit, reason, [], [], machine)
      message -> event(:info, message, machine)
    after
      hibernate_after -> hibernate(machine)
    end
  end

  defp hibernate(machine), do: :proc_lib.hibernate(:gen_statem, :wake_up, [machine])

  # A process can end its sleep with a system message, and sleeps again after it.
  def wake_up(%{parent: parent} = machine) do
    receive do
      {:system, from, request} -> system(request, from, machine, true)
      {:"$gen_call", from, request} -> event({:call, from}, request, machine)
      {:"$gen_cast", message} -> event(:cast, message, machine)
      {:timeout, timer, type} = message when is_reference(timer) -> timer_message(message, machine, timer, type)
      {:EXIT, ^parent, reason} -> terminate(:exit, reason, [], [], machine)
      message -> event(:info, message, machine)
    end
  end

  defp timer_message(message, machine, timer, type) do
    case machine.timers do
      %{^type => {^timer, content}} = timers ->
        event(type, content, %{machine | timers: :maps.remove(type, timers)})

      _ ->
        event(:info, message, machine)
    end
  end

  defp event(type, content, %{debug: []} = machine), do: handle({type, content}, [], machine)

  defp event(type, content, machine),
    do: handle({type, content}, [], debug(machine, {:in, {type, content}, machine.state}))

  # What to do after an event: others that wait inside, time-outs that are due, the mailbox.
  defp next([event | queue], _hibernate?, machine), do: handle(event, queue, machine)

  defp next([], hibernate?, %{zero: []} = machine), do: wait(machine, hibernate?)

  defp next([], _hibernate?, %{zero: zero, timers: timers} = machine) do
    type = :lists.last(zero)
    {:zero, content} = :maps.get(type, timers)
    machine = %{machine | zero: :lists.droplast(zero), timers: :maps.remove(type, timers)}
    event(type, content, machine)
  end

  # --------------------------------------------------------------------------------------------
  # One event
  # --------------------------------------------------------------------------------------------

  # Any event ends the wait for events.
  defp handle({type, content} = event, queue, %{timers: %{timeout: _}} = machine),
    do: handle(type, content, event, queue, cancel(:timeout, machine))

  defp handle({type, content} = event, queue, machine), do: handle(type, content, event, queue, machine)

  defp handle(type, content, event, queue, machine) do
    case call_state(type, content, machine) do
      {:returned, result} -> returned(result, event, queue, machine)
      {:failed, kind, reason, stacktrace} -> terminate(kind, reason, stacktrace, [event | queue], machine)
    end
  end

  # A thrown value counts as returned.
  defp call_state(type, content, %{mode: :state_functions, modules: [module | _], state: state, data: data}) do
    try do
      {:returned, :erlang.apply(module, state, [type, content, data])}
    catch
      :throw, result -> {:returned, result}
      kind, reason -> {:failed, kind, reason, __STACKTRACE__}
    end
  end

  defp call_state(type, content, %{modules: [module | _], state: state, data: data}) do
    try do
      {:returned, module.handle_event(type, content, state, data)}
    catch
      :throw, result -> {:returned, result}
      kind, reason -> {:failed, kind, reason, __STACKTRACE__}
    end
  end

  defp returned(result, event, queue, %{state: state, enter?: enter?} = machine) do
    case result do
      :keep_state_and_data ->
        transition(:event, [], event, queue, machine, false)

      {:keep_state_and_data, actions} ->
        transition(:event, actions, event, queue, machine, false)

      {:keep_state, data} ->
        transition(:event, [], event, queue, %{machine | data: data}, false)

      {:keep_state, data, actions} ->
        transition(:event, actions, event, queue, %{machine | data: data}, false)

      {:next_state, ^state, data} ->
        transition(:event, [], event, queue, %{machine | data: data}, false)

      {:next_state, ^state, data, actions} ->
        transition(:event, actions, event, queue, %{machine | data: data}, false)

      {:next_state, new_state, data} ->
        changed([], event, queue, new_state, %{machine | data: data})

      {:next_state, new_state, data, actions} ->
        changed(actions, event, queue, new_state, %{machine | data: data})

      :repeat_state_and_data ->
        transition(:event, [], event, queue, machine, enter?)

      {:repeat_state_and_data, actions} ->
        transition(:event, actions, event, queue, machine, enter?)

      {:repeat_state, data} ->
        transition(:event, [], event, queue, %{machine | data: data}, enter?)

      {:repeat_state, data, actions} ->
        transition(:event, actions, event, queue, %{machine | data: data}, enter?)

      _ ->
        stopped(result, [event | queue], machine, :bad_return_from_state_function)
    end
  end

  # The results that end the machine, and the wrong ones.
  defp stopped(result, queue, machine, otherwise) do
    case result do
      :stop ->
        terminate(:exit, :normal, [], queue, machine)

      {:stop, reason} ->
        terminate(:exit, reason, [], queue, machine)

      {:stop, reason, data} ->
        terminate(:exit, reason, [], queue, %{machine | data: data})

      {:stop_and_reply, reason, replies} ->
        reply_and_stop(List.wrap(replies), reason, queue, machine)

      {:stop_and_reply, reason, replies, data} ->
        reply_and_stop(List.wrap(replies), reason, queue, %{machine | data: data})

      _ ->
        terminate(:error, {otherwise, result}, stack(:loop_state_callback_result, 11), queue, machine)
    end
  end

  defp reply_and_stop([{:reply, {_to, _tag} = from, reply} | rest], reason, queue, machine) do
    :gen.reply(from, reply)
    reply_and_stop(rest, reason, queue, debug(machine, {:out, reply, from}))
  end

  defp reply_and_stop([], reason, queue, machine), do: terminate(:exit, reason, [], queue, machine)

  defp reply_and_stop([other | _], _reason, queue, machine) do
    stack = stack(:reply_then_terminate, 8)
    terminate(:error, {:bad_reply_action_from_state_function, other}, stack, queue, machine)
  end

  defp stack(function, arity), do: [{:gen_statem, function, arity, []}, {:proc_lib, :init_p_do_apply, 3, []}]

  # --------------------------------------------------------------------------------------------
  # Transitions
  # --------------------------------------------------------------------------------------------

  # What actions ask for, collected: events to insert (newest first), time-outs (newest first).
  @nothing %{postpone?: false, hibernate?: false, events: [], timeouts: [], mode?: false}

  # The state stays as it is.
  defp transition(kind, [], event, queue, machine, false) do
    _ = kind
    next(queue, false, debug(machine, {:consume, event, machine.state}))
  end

  defp transition(kind, actions, event, queue, machine, enter?) do
    case actions(actions, @nothing, machine, kind) do
      {:ok, wish, machine} ->
        machine = if wish.postpone?, do: %{machine | postponed: [event | machine.postponed]}, else: machine

        if enter?,
          do: enter_state(machine.state, wish, event, queue, machine),
          else: finish(wish, event, queue, machine)

      {kind, reason, stacktrace} ->
        terminate(kind, reason, stacktrace, [event | queue], machine)
    end
  end

  # The state changes: postponed events come back, in front; the time-out of the state is over.
  defp changed(actions, event, queue, new_state, machine) do
    case actions(actions, @nothing, machine, :event) do
      {:ok, wish, %{state: old_state, postponed: postponed} = machine} ->
        postponed = if wish.postpone?, do: [event | postponed], else: postponed
        queue = :lists.reverse(postponed, queue)
        machine = cancel(:state_timeout, %{machine | state: new_state, postponed: []})

        if machine.enter?,
          do: enter_state(old_state, wish, event, queue, machine),
          else: finish(wish, event, queue, machine)

      {kind, reason, stacktrace} ->
        terminate(kind, reason, stacktrace, [event | queue], machine)
    end
  end

  defp enter_state(old_state, wish, event, queue, %{state: state} = machine) do
    case call_state(:enter, old_state, machine) do
      {:failed, kind, reason, stacktrace} ->
        terminate(kind, reason, stacktrace, [event | queue], machine)

      {:returned, result} ->
        case result do
          :keep_state_and_data -> entered([], wish, event, queue, machine)
          {:keep_state_and_data, actions} -> entered(actions, wish, event, queue, machine)
          {:keep_state, data} -> entered([], wish, event, queue, %{machine | data: data})
          {:keep_state, data, actions} -> entered(actions, wish, event, queue, %{machine | data: data})
          {:next_state, ^state, data} -> entered([], wish, event, queue, %{machine | data: data})
          {:next_state, ^state, data, actions} -> entered(actions, wish, event, queue, %{machine | data: data})
          {:next_state, _, _} -> bad_enter(result, event, queue, machine)
          {:next_state, _, _, _} -> bad_enter(result, event, queue, machine)
          :repeat_state_and_data -> enter_again([], wish, event, queue, machine)
          {:repeat_state_and_data, actions} -> enter_again(actions, wish, event, queue, machine)
          {:repeat_state, data} -> enter_again([], wish, event, queue, %{machine | data: data})
          {:repeat_state, data, actions} -> enter_again(actions, wish, event, queue, %{machine | data: data})
          _ -> stopped(result, [event | queue], machine, :bad_return_from_state_function)
        end
    end
  end

  defp bad_enter(result, event, queue, machine) do
    error = {:bad_state_enter_return_from_state_function, result}
    terminate(:error, error, stack(:loop_state_callback_result, 11), [event | queue], machine)
  end

  defp entered(actions, wish, event, queue, machine) do
    case actions(actions, wish, machine, :enter) do
      {:ok, wish, machine} -> finish(wish, event, queue, machine)
      {kind, reason, stacktrace} -> terminate(kind, reason, stacktrace, [event | queue], machine)
    end
  end

  defp enter_again(actions, wish, event, queue, machine) do
    case actions(actions, wish, machine, :enter) do
      {:ok, wish, machine} -> enter_state(machine.state, wish, event, queue, machine)
      {kind, reason, stacktrace} -> terminate(kind, reason, stacktrace, [event | queue], machine)
    end
  end

  defp finish(wish, event, queue, machine) do
    machine =
      if wish.postpone?,
        do: debug(machine, {:postpone, event, machine.state}),
        else: debug(machine, {:consume, event, machine.state})

    machine = set_timeouts(:lists.reverse(wish.timeouts), machine)
    next(:lists.reverse(wish.events, queue), wish.hibernate?, machine)
  end

  # --------------------------------------------------------------------------------------------
  # Actions
  # --------------------------------------------------------------------------------------------

  # [kind] is what returned them: :event, :enter or :init.
  defp actions([], wish, machine, _kind), do: {:ok, wish, machine}

  defp actions([action | rest], wish, machine, kind) do
    case action(action, wish, machine, kind) do
      {:ok, wish, machine} -> actions(rest, wish, machine, kind)
      error -> error
    end
  end

  defp actions(action, wish, machine, kind), do: actions([action], wish, machine, kind)

  defp action({:reply, {_to, _tag} = from, reply}, wish, machine, _kind) do
    :gen.reply(from, reply)
    {:ok, wish, debug(machine, {:out, reply, from})}
  end

  defp action({:next_event, type, content} = action, wish, machine, kind) do
    cond do
      not event_type?(type) -> bad_action(action)
      kind == :enter -> bad_enter_action(action)
      true -> {:ok, %{wish | events: [{type, content} | wish.events]}, debug(machine, {:in, {type, content}, machine.state})}
    end
  end

  defp action(:postpone, wish, machine, kind), do: postpone(true, :postpone, wish, machine, kind)

  defp action({:postpone, value} = action, wish, machine, kind) when is_boolean(value),
    do: postpone(value, action, wish, machine, kind)

  defp action(:hibernate, wish, machine, _kind), do: {:ok, %{wish | hibernate?: true}, machine}

  defp action({:hibernate, value}, wish, machine, _kind) when is_boolean(value),
    do: {:ok, %{wish | hibernate?: value}, machine}

  defp action({:change_callback_module, module} = action, wish, machine, kind) when is_atom(module),
    do: change_module([module | tl(machine.modules)], action, wish, machine, kind)

  defp action({:push_callback_module, module} = action, wish, machine, kind) when is_atom(module),
    do: change_module([module | machine.modules], action, wish, machine, kind)

  defp action(:pop_callback_module = action, wish, machine, kind) do
    case machine.modules do
      [_, _ | _] = modules -> change_module(tl(modules), action, wish, machine, kind)
      _ -> bad_action(action)
    end
  end

  defp action(time, wish, machine, _kind) when is_integer(time) or time == :infinity,
    do: timeout(:timeout, time, time, [], time, wish, machine)

  defp action({:timeout, :update, content}, wish, machine, _kind),
    do: {:ok, add_timeout({:timeout, :update, content}, wish), machine}

  defp action({:timeout, time, content} = action, wish, machine, _kind),
    do: timeout(:timeout, time, content, [], action, wish, machine)

  defp action({:state_timeout, :update, content}, wish, machine, _kind),
    do: {:ok, add_timeout({:state_timeout, :update, content}, wish), machine}

  defp action({:state_timeout, time, content} = action, wish, machine, _kind),
    do: timeout(:state_timeout, time, content, [], action, wish, machine)

  defp action({{:timeout, _} = type, :update, content}, wish, machine, _kind),
    do: {:ok, add_timeout({type, :update, content}, wish), machine}

  defp action({{:timeout, _} = type, time, content} = action, wish, machine, _kind),
    do: timeout(type, time, content, [], action, wish, machine)

  defp action({type, time, content, options} = action, wish, machine, _kind) do
    if timeout_type?(type), do: timeout(type, time, content, options, action, wish, machine), else: bad_action(action)
  end

  defp action({type, :cancel} = action, wish, machine, _kind) do
    if timeout_type?(type), do: {:ok, add_timeout({type, :cancel}, wish), machine}, else: bad_action(action)
  end

  defp action(action, _wish, _machine, _kind), do: bad_action(action)

  defp postpone(_value, action, _wish, _machine, :enter), do: bad_enter_action(action)
  # There is no event that could be postponed.
  defp postpone(_value, _action, wish, machine, :init), do: {:ok, wish, machine}
  defp postpone(value, _action, wish, machine, _kind), do: {:ok, %{wish | postpone?: value}, machine}

  defp change_module(_modules, action, _wish, _machine, :enter), do: bad_enter_action(action)

  defp change_module(modules, _action, wish, machine, _kind) do
    case callback_mode(%{machine | modules: modules}) do
      {:ok, machine} -> {:ok, wish, machine}
      error -> error
    end
  end

  defp event_type?({:call, {_to, _tag}}), do: true
  defp event_type?({:timeout, _}), do: true
  defp event_type?(type), do: type in [:cast, :info, :timeout, :state_timeout, :internal]

  defp timeout_type?({:timeout, _}), do: true
  defp timeout_type?(type), do: type in [:timeout, :state_timeout]

  defp timeout(type, time, content, options, action, wish, machine) do
    case timeout_options(List.wrap(options), false) do
      {:ok, absolute?} when time == :infinity or (is_integer(time) and (time >= 0 or absolute?)) ->
        {:ok, add_timeout({type, time, content, absolute?}, wish), machine}

      _ ->
        bad_action(action)
    end
  end

  defp timeout_options([], absolute?), do: {:ok, absolute?}
  defp timeout_options([{:abs, absolute?} | rest], _) when is_boolean(absolute?), do: timeout_options(rest, absolute?)
  defp timeout_options(_, _), do: :error

  defp add_timeout(timeout, wish), do: %{wish | timeouts: [timeout | wish.timeouts]}

  defp bad_action(action), do: {:error, {:bad_action_from_state_function, action}, stack(:parse_actions, 8)}

  defp bad_enter_action(action),
    do: {:error, {:bad_state_enter_action_from_state_function, action}, stack(:parse_actions, 8)}

  # --------------------------------------------------------------------------------------------
  # Time-outs
  # --------------------------------------------------------------------------------------------

  defp set_timeouts([], machine), do: machine
  defp set_timeouts([timeout | rest], machine), do: set_timeouts(rest, set_timeout(timeout, machine))

  defp set_timeout({type, :cancel}, machine), do: cancel(type, machine)

  defp set_timeout({type, :update, content}, %{timers: timers} = machine) do
    case timers do
      %{^type => {timer, _}} -> %{machine | timers: %{timers | type => {timer, content}}}
      _ -> due(type, content, machine)
    end
  end

  defp set_timeout({type, :infinity, _content, _absolute?}, machine), do: cancel(type, machine)
  defp set_timeout({type, 0, content, false}, machine), do: due(type, content, cancel(type, machine))

  defp set_timeout({type, time, content, absolute?}, machine) do
    machine = cancel(type, machine)
    timer = :erlang.start_timer(time, self(), type, abs: absolute?)
    %{machine | timers: :maps.put(type, {timer, content}, machine.timers)}
  end

  defp due(type, content, machine),
    do: %{machine | zero: [type | machine.zero], timers: :maps.put(type, {:zero, content}, machine.timers)}

  # Nothing is left of the time-out, not even in the mailbox.
  defp cancel(type, %{timers: timers} = machine) do
    case timers do
      %{^type => {:zero, _}} ->
        %{machine | zero: :lists.delete(type, machine.zero), timers: :maps.remove(type, timers)}

      %{^type => {timer, _}} ->
        if :erlang.cancel_timer(timer) == false do
          receive do
            {:timeout, ^timer, ^type} -> :ok
          after
            0 -> :ok
          end
        end

        %{machine | timers: :maps.remove(type, timers)}

      _ ->
        machine
    end
  end

  # --------------------------------------------------------------------------------------------
  # Ending
  # --------------------------------------------------------------------------------------------

  defp terminate(kind, reason, stacktrace, queue, %{modules: [module | _], state: state, data: data} = machine) do
    shown = if kind == :error, do: {reason, stacktrace}, else: reason

    case call_terminate(module, shown, state, data) do
      :ok ->
        case shown do
          :normal -> debug(machine, {:terminate, reason, state})
          :shutdown -> debug(machine, {:terminate, reason, state})
          {:shutdown, _} -> debug(machine, {:terminate, reason, state})
          _ -> error_info(kind, reason, stacktrace, queue, machine)
        end

        :erlang.raise(kind, reason, stacktrace)

      {:failed, kind, reason, stacktrace} ->
        error_info(kind, reason, stacktrace, queue, machine)
        :erlang.raise(kind, reason, stacktrace)
    end
  end

  defp call_terminate(module, reason, state, data) do
    if :erlang.function_exported(module, :terminate, 3) do
      try do
        module.terminate(reason, state, data)
        :ok
      catch
        :throw, _ -> :ok
        kind, reason -> {:failed, kind, reason, __STACKTRACE__}
      end
    else
      :ok
    end
  end

  defp error_info(kind, reason, stacktrace, queue, %{modules: [module | _]} = machine) do
    log = :sys.get_log(machine.debug)

    status =
      status(module, :terminate, machine, %{
        reason: reason,
        state: machine.state,
        data: machine.data,
        queue: queue,
        postponed: machine.postponed,
        log: log
      })

    shown_state =
      case status do
        %{specific: specific} -> specific
        %{state: state, data: data} -> {state, data}
      end

    :gen.report(
      :error,
      %{
        label: {:gen_statem, :terminate},
        name: machine.name,
        queue: :maps.get(:queue, status, queue),
        postponed: :maps.get(:postponed, status, machine.postponed),
        modules: machine.modules,
        callback_mode: machine.mode,
        state_enter: machine.enter?,
        state: shown_state,
        timeouts: shown_timers(machine.timers),
        log: :maps.get(:log, status, log),
        reason: {kind, :maps.get(:reason, status, reason), stacktrace},
        client_info: client_info(queue)
      },
      %{
        domain: [:otp],
        report_cb: &:gen_statem.format_log/2,
        error_logger: %{tag: :error, report_cb: &:gen_statem.format_log/1}
      }
    )
  end

  defp shown_timers(timers) do
    running = for {type, {timer, content}} <- :maps.to_list(timers), timer != :zero, do: {type, content}
    {length(running), running}
  end

  defp client_info([{{:call, {pid, _tag}}, _} | _]) when is_pid(pid) do
    if node(pid) != node() do
      {pid, :remote}
    else
      case :erlang.process_info(pid, [:current_stacktrace, :registered_name]) do
        :undefined -> {pid, :dead}
        [current_stacktrace: stacktrace, registered_name: []] -> {pid, {pid, stacktrace}}
        [current_stacktrace: stacktrace, registered_name: name] -> {pid, {name, stacktrace}}
      end
    end
  end

  defp client_info(_queue), do: :undefined

  # What the callback module wants to be shown; `:specific` is the answer of format_status/2.
  defp status(module, option, machine, status) do
    :gen.format_status(module, option, status, fn ->
      fallback = if option == :terminate, do: {machine.state, machine.data}, else: [{:data, [{~c"State", {machine.state, machine.data}}]}]

      specific =
        try do
          module.format_status(option, [:erlang.get(), machine.state, machine.data])
        catch
          :throw, result -> result
          _, _ -> fallback
        end

      :maps.put(:specific, specific, status)
    end)
  end

  def format_log(report), do: format_log(report, %{})

  def format_log(%{label: {:gen_statem, :terminate}} = report, _options) do
    {kind, reason, stacktrace} = report.reason

    {~c"** State machine ~tp terminating~n** When server state  = ~tp~n** Reason for termination = ~w:~tp~n** Callback modules = ~tp~n** Callback mode = ~tp~n** Queued = ~tp~n** Postponed = ~tp~n** Stacktrace =~n**  ~tp~n",
     [report.name, report.state, kind, reason, report.modules, report.callback_mode, report.queue, report.postponed, stacktrace]}
  end

  # --------------------------------------------------------------------------------------------
  # System messages and debugging
  # --------------------------------------------------------------------------------------------

  defp system(request, from, machine, hibernate?) do
    misc = {machine, hibernate?}
    :sys.handle_system_msg(request, from, machine.parent, :gen_statem, machine.debug, misc, hibernate?)
  end

  def system_continue(_parent, debug, {machine, hibernate?}), do: wait(%{machine | debug: debug}, hibernate?)

  def system_terminate(reason, _parent, debug, {machine, _hibernate?}),
    do: terminate(:exit, reason, [], [], %{machine | debug: debug})

  def system_get_state({machine, _hibernate?}), do: {:ok, {machine.state, machine.data}}

  def system_replace_state(fun, {machine, hibernate?}) do
    {state, data} = result = fun.({machine.state, machine.data})
    {:ok, result, {%{machine | state: state, data: data}, hibernate?}}
  end

  def system_code_change({%{modules: [module | _]} = machine, hibernate?}, _module, old, extra) do
    result =
      if :erlang.function_exported(module, :code_change, 4) do
        try do
          module.code_change(old, machine.state, machine.data, extra)
        catch
          :throw, value -> value
        end
      else
        {:ok, machine.state, machine.data}
      end

    case result do
      {:ok, state, data} ->
        case callback_mode(%{machine | state: state, data: data}) do
          {:ok, machine} -> {:ok, {machine, hibernate?}}
          {kind, reason, stacktrace} -> :erlang.raise(kind, reason, stacktrace)
        end

      error ->
        error
    end
  end

  def format_status(option, [_dictionary, sys_state, parent, debug, {machine, _hibernate?}]) do
    %{modules: [module | _] = modules, state: state, data: data, postponed: postponed} = machine
    log = :sys.get_log(debug)
    status = status(module, option, machine, %{state: state, data: data, postponed: postponed, log: log})

    specific =
      case status do
        %{EXIT: text} -> [{:data, [{~c"State", {text, data}}]}]
        %{specific: list} when is_list(list) -> list
        %{specific: other} -> [other]
        %{state: state, data: data} -> [{:data, [{~c"State", {state, data}}]}]
      end

    [
      {:header, :erlang.binary_to_list("Status for state machine " <> shown_name(machine.name))},
      {:data,
       [
         {~c"Status", sys_state},
         {~c"Parent", parent},
         {~c"Modules", modules},
         {~c"Time-outs", shown_timers(machine.timers)},
         {~c"Logged Events", :maps.get(:log, status, log)},
         {~c"Postponed", :maps.get(:postponed, status, postponed)}
       ]}
      | specific
    ]
  end

  defp shown_name(name) when is_pid(name), do: List.to_string(:erlang.pid_to_list(name))
  defp shown_name(name), do: inspect(name)

  defp debug(%{debug: []} = machine, _event), do: machine
  defp debug(%{debug: debug, name: name} = machine, event), do: %{machine | debug: :sys.handle_debug(debug, &print_event/3, name, event)}

  defp print_event(device, event, name) do
    text =
      case event do
        {:in, event, state} -> "receive #{event_text(event)} in state #{inspect(state)}"
        {:out, reply, {to, _tag}} -> "send #{inspect(reply)} to #{inspect(to)}"
        {:terminate, reason, state} -> "terminate #{inspect(reason)} in state #{inspect(state)}"
        {what, event, state} -> "#{what} #{event_text(event)} in state #{inspect(state)}"
      end

    IO.puts(device, "*DBG* #{inspect(name)} #{text}")
  end

  defp event_text({{:call, {pid, _tag}}, content}), do: "call #{inspect(content)} from #{inspect(pid)}"
  defp event_text({type, content}), do: "#{inspect(type)} #{inspect(content)}"
end
