defmodule Task.Supervised do
  @moduledoc false
  # The processes of tasks. A task that replies gets its owner's reference in a first message.

  def start(owner, callers, mfa),
    do: {:ok, :proc_lib.spawn(__MODULE__, :noreply, [owner, callers, mfa])}

  def start_link(owner, callers, mfa),
    do: {:ok, :proc_lib.spawn_link(__MODULE__, :noreply, [owner, callers, mfa])}

  # A task that waits for {owner, ref, callers}.
  def start_link(owner, mfa),
    do: {:ok, :proc_lib.spawn_link(__MODULE__, :reply, [owner, mfa])}

  def noreply(owner, callers, mfa) do
    initial_call(mfa)
    put_callers(callers)
    invoke(owner, mfa)
  end

  def reply({_, _, pid} = owner, mfa) do
    initial_call(mfa)
    monitor = Process.monitor(pid)

    receive do
      {^pid, ref, callers} ->
        Process.demonitor(monitor, [:flush])
        put_callers(callers)
        send(ref, {ref, invoke(owner, mfa)})

      {:DOWN, ^monitor, _, _, reason} ->
        exit({:shutdown, reason})
    end
  end

  defp put_callers(callers), do: Process.put(:"$callers", callers)

  defp initial_call(mfa) do
    {module, function, args} = target(mfa)
    Process.put(:"$initial_call", {module, function, length(args)})
  end

  defp target({:erlang, :apply, [fun, args]}) when is_function(fun) do
    {:module, module} = Function.info(fun, :module)
    {:name, name} = Function.info(fun, :name)
    {module, name, args}
  end

  defp target(mfa), do: mfa

  defp invoke(owner, {module, function, args} = mfa) do
    try do
      apply(module, function, args)
    catch
      :exit, reason when reason == :normal or reason == :shutdown ->
        exit(reason)

      :exit, {:shutdown, _} = reason ->
        exit(reason)

      :exit, reason ->
        report(owner, mfa, reason, {reason, __STACKTRACE__})
        exit(reason)

      :error, reason ->
        report(owner, mfa, {reason, __STACKTRACE__}, {reason, __STACKTRACE__})
        exit({reason, __STACKTRACE__})

      :throw, value ->
        reason = {{:nocatch, value}, __STACKTRACE__}
        report(owner, mfa, reason, reason)
        exit(reason)
    end
  end

  defp report({node, name, pid}, {module, function, args}, _exit_reason, reason) do
    starter = if node == node(), do: name, else: {name, node}

    {fun, args} =
      case {module, function, args} do
        {:erlang, :apply, [fun, fun_args]} -> {fun, fun_args}
        _ -> {Function.capture(module, function, length(args)), args}
      end

    _ = pid

    :gen.report(
      :error,
      %{
        label: {Task.Supervisor, :terminating},
        report: %{name: self(), starter: starter, function: fun, args: args, reason: reason}
      },
      %{
        domain: [:otp, :elixir],
        error_logger: %{tag: :error_msg},
        report_cb: &__MODULE__.format_report/1,
        callers: Process.get(:"$callers")
      }
    )
  end

  def format_report(%{label: {Task.Supervisor, :terminating}, report: report}) do
    {~c"** Task ~p terminating~n** Started from ~p~n** When function  == ~p~n**      arguments == ~p~n** Reason for termination == ~n** ~p~n",
     [report.name, report.starter, report.function, report.args, report.reason]}
  end
end

defmodule Task.Stream do
  @moduledoc false
  # Runs a bounded number of tasks over an enumerable. The consumer itself starts the tasks and
  # waits for them, so nothing runs while it does not ask for results.

  def new(enumerable, mfa, options, start) do
    max = Keyword.get_lazy(options, :max_concurrency, &System.schedulers_online/0)
    timeout = Keyword.get(options, :timeout, 5000)
    on_timeout = Keyword.get(options, :on_timeout, :exit)

    if not (is_integer(max) and max > 0) do
      raise ArgumentError, ":max_concurrency must be an integer greater than zero"
    end

    if not (timeout == :infinity or (is_integer(timeout) and timeout >= 0)) do
      raise ArgumentError, ":timeout must be either a positive integer or :infinity"
    end

    if on_timeout not in [:exit, :kill_task] do
      raise ArgumentError, ":on_timeout must be either :exit or :kill_task"
    end

    config = %{
      mfa: mfa,
      start: start,
      max: max,
      timeout: timeout,
      on_timeout: on_timeout,
      ordered?: Keyword.get(options, :ordered, true),
      zip?: Keyword.get(options, :zip_input_on_exit, false)
    }

    fn acc, fun ->
      next = &Enumerable.reduce(enumerable, &1, fn x, _ -> {:suspend, {:value, x}} end)

      state = %{
        next: next,
        running: %{},
        results: %{},
        finished: [],
        spawned: 0,
        delivered: 0
      }

      run(acc, fun, state, config)
    end
  end

  defp run({:halt, acc}, _fun, state, config) do
    stop(state, config)
    {:halted, acc}
  end

  defp run({:suspend, acc}, fun, state, config),
    do: {:suspended, acc, &run(&1, fun, state, config)}

  defp run({:cont, acc}, fun, state, config) do
    case step(state, config) do
      {:result, result, state} ->
        try do
          fun.(result, acc)
        catch
          kind, reason ->
            stop(state, config)
            :erlang.raise(kind, reason, __STACKTRACE__)
        else
          command -> run(command, fun, state, config)
        end

      {:done, state} ->
        stop(state, config)
        {:done, acc}
    end
  end

  # The next result to hand out: starts tasks while there is room, otherwise waits for one.
  defp step(state, config) do
    cond do
      ready?(state, config) ->
        take(state, config)

      state.next != nil and state.spawned - state.delivered < config.max ->
        step(spawn_next(state, config), config)

      map_size(state.running) > 0 ->
        step(wait(state, config), config)

      true ->
        {:done, state}
    end
  end

  defp ready?(state, %{ordered?: true}), do: is_map_key(state.results, state.delivered)
  defp ready?(state, _config), do: state.finished != []

  defp take(state, %{ordered?: true}) do
    {result, results} = Map.pop!(state.results, state.delivered)
    {:result, result, %{state | results: results, delivered: state.delivered + 1}}
  end

  defp take(%{finished: finished} = state, _config) do
    {result, finished} = List.pop_at(finished, -1)
    {:result, result, %{state | finished: finished, delivered: state.delivered + 1}}
  end

  defp spawn_next(state, config) do
    try do
      state.next.({:cont, nil})
    catch
      kind, reason ->
        stop(%{state | next: nil}, config)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      {:suspended, {:value, input}, next} ->
        start(input, %{state | next: next}, config)

      {_done, {:value, input}} ->
        start(input, %{state | next: nil}, config)

      _ ->
        %{state | next: nil}
    end
  end

  defp start(input, state, config) do
    index = state.spawned
    state = %{state | spawned: index + 1}

    case config.start.(config.mfa.(input)) do
      {:ok, pid} ->
        ref = Process.monitor(pid, alias: :demonitor)
        send(pid, {self(), ref, Task.callers(self())})

        timer =
          if config.timeout != :infinity,
            do: :erlang.start_timer(config.timeout, self(), {Task.Stream, ref})

        %{state | running: Map.put(state.running, ref, {index, pid, timer, input})}

      {:error, :max_children} ->
        stop(state, config)

        raise """
        reached the maximum number of tasks for this task supervisor. The maximum number \
        of tasks that are allowed to run at the same time under this supervisor can be \
        configured with the :max_children option passed to Task.Supervisor.start_link/1. When \
        using async_stream or async_stream_nolink, make sure to configure :max_concurrency to \
        be lower or equal to :max_children and pay attention to whether other tasks are also \
        spawned under the same task supervisor.\
        """

      {:error, reason} ->
        put_result(index, {:exit, reason}, state, config)
    end
  end

  defp wait(%{running: running} = state, config) do
    receive do
      {ref, value} when is_map_key(running, ref) ->
        {{index, pid, timer, _input}, running} = Map.pop!(running, ref)
        Process.demonitor(ref, [:flush])
        forget(pid, timer)
        put_result(index, {:ok, value}, %{state | running: running}, config)

      {:DOWN, ref, _, _, reason} when is_map_key(running, ref) ->
        {{index, pid, timer, input}, running} = Map.pop!(running, ref)
        forget(pid, timer)
        put_result(index, failure(reason, input, config), %{state | running: running}, config)

      {:timeout, _timer, {Task.Stream, ref}} when is_map_key(running, ref) ->
        timed_out(ref, state, config)
    end
  end

  defp timed_out(_ref, state, %{on_timeout: :exit} = config) do
    stop(state, config)
    exit({:timeout, {Task.Supervised, :stream, [config.timeout]}})
  end

  defp timed_out(ref, state, config) do
    {{index, pid, _timer, input}, running} = Map.pop!(state.running, ref)
    kill(pid, ref)
    put_result(index, failure(:timeout, input, config), %{state | running: running}, config)
  end

  defp failure(reason, input, %{zip?: true}), do: {:exit, {input, reason}}
  defp failure(reason, _input, _config), do: {:exit, reason}

  defp put_result(index, result, state, %{ordered?: true}),
    do: %{state | results: Map.put(state.results, index, result)}

  defp put_result(_index, result, state, _config),
    do: %{state | finished: [result | state.finished]}

  # Leaves no message of the task behind.
  defp forget(pid, timer) do
    cancel(timer)
    Process.unlink(pid)

    receive do
      {:EXIT, ^pid, _} -> :ok
    after
      0 -> :ok
    end
  end

  defp cancel(nil), do: :ok

  defp cancel(timer) do
    if :erlang.cancel_timer(timer) == false do
      receive do
        {:timeout, ^timer, _} -> :ok
      after
        0 -> :ok
      end
    end
  end

  defp kill(pid, ref) do
    monitor = Process.monitor(pid)
    Process.unlink(pid)
    Process.exit(pid, :kill)

    receive do
      {:DOWN, ^monitor, _, _, _} -> :ok
    end

    Process.demonitor(ref, [:flush])

    receive do
      {^ref, _} -> :ok
    after
      0 -> :ok
    end

    receive do
      {:EXIT, ^pid, _} -> :ok
    after
      0 -> :ok
    end
  end

  defp stop(state, _config) do
    for {ref, {_, pid, timer, _}} <- state.running do
      cancel(timer)
      kill(pid, ref)
    end

    if state.next, do: state.next.({:halt, nil})
    :ok
  end
end
