defmodule DynamicSupervisor do
  @moduledoc """
  A supervisor whose children are started one by one while it runs.

      {:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one)
      {:ok, child} = DynamicSupervisor.start_child(sup, {Counter, 0})
  """

  use GenServer

  @type strategy :: :one_for_one
  @type on_start_child ::
          {:ok, pid}
          | {:ok, pid, info :: term}
          | :ignore
          | {:error, {:already_started, pid} | :max_children | term}
  @type init_option ::
          {:strategy, strategy}
          | {:max_restarts, non_neg_integer}
          | {:max_seconds, pos_integer}
          | {:max_children, non_neg_integer | :infinity}
          | {:extra_arguments, [term]}
  @type sup_flags :: %{
          strategy: strategy,
          intensity: non_neg_integer,
          period: pos_integer,
          max_children: non_neg_integer | :infinity,
          extra_arguments: [term]
        }

  @doc "Gives the options of a module-based supervisor."
  @callback init(init_arg :: term) :: {:ok, sup_flags} | :ignore

  defstruct [
    :args,
    :mod,
    :name,
    :strategy,
    :max_children,
    :max_restarts,
    :max_seconds,
    extra_arguments: [],
    children: %{},
    restarts: []
  ]

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour DynamicSupervisor

      @doc """
      Returns a specification to start this module under a supervisor.

      See `Supervisor`.
      """
      def child_spec(arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [arg]},
          type: :supervisor
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  The specification to start a dynamic supervisor under a supervisor.

      iex> DynamicSupervisor.child_spec(name: MySup).id
      MySup
  """
  def child_spec(options) when is_list(options) do
    id =
      case Keyword.get(options, :name, DynamicSupervisor) do
        name when is_atom(name) -> name
        {:global, name} -> name
        {:via, _module, name} -> name
      end

    %{id: id, start: {DynamicSupervisor, :start_link, [options]}, type: :supervisor}
  end

  @doc """
  Starts a supervisor with options.

      DynamicSupervisor.start_link(strategy: :one_for_one, name: MySup)
  """
  @spec start_link(keyword) :: Supervisor.on_start()
  def start_link(options) when is_list(options) do
    keys = [:extra_arguments, :max_children, :max_seconds, :max_restarts, :strategy]
    {sup_opts, start_opts} = Keyword.split(options, keys)
    start_link(Supervisor.Default, init(sup_opts), start_opts)
  end

  @doc """
  Starts a supervisor with a callback module.

      DynamicSupervisor.start_link(MySup, arg, name: MySup)
  """
  @spec start_link(module, term, GenServer.options()) :: Supervisor.on_start()
  def start_link(module, init_arg, opts \\ []),
    do: GenServer.start_link(DynamicSupervisor, {module, init_arg, opts[:name]}, opts)

  @doc """
  Starts a child.

      DynamicSupervisor.start_child(sup, {Counter, 0})
  """
  @spec start_child(
          Supervisor.supervisor(),
          Supervisor.child_spec() | {module, term} | module | tuple
        ) ::
          on_start_child
  def start_child(supervisor, {_, _, _, _, _, _} = child_spec),
    do: validate_and_start(supervisor, child_spec)

  def start_child(supervisor, child_spec),
    do: validate_and_start(supervisor, Supervisor.child_spec(child_spec, []))

  defp validate_and_start(supervisor, child_spec) do
    case validate_child(child_spec) do
      {:ok, child} -> call(supervisor, {:start_child, child})
      error -> {:error, error}
    end
  end

  defp validate_child(%{id: _, start: {mod, _, _} = start} = child) do
    restart = Map.get(child, :restart, :permanent)
    type = Map.get(child, :type, :worker)
    modules = Map.get(child, :modules, [mod])
    significant = Map.get(child, :significant, false)
    shutdown = Map.get(child, :shutdown, if(type == :worker, do: 5000, else: :infinity))
    validate_child(start, restart, shutdown, type, modules, significant)
  end

  defp validate_child({_, start, restart, shutdown, type, modules}),
    do: validate_child(start, restart, shutdown, type, modules, false)

  defp validate_child(other), do: {:invalid_child_spec, other}

  defp validate_child(start, restart, shutdown, type, modules, significant) do
    cond do
      not valid_start?(start) -> {:invalid_mfa, start}
      restart not in [:permanent, :transient, :temporary] -> {:invalid_restart_type, restart}
      type not in [:worker, :supervisor] -> {:invalid_child_type, type}
      significant -> {:invalid_significant, significant}
      not valid_shutdown?(shutdown) -> {:invalid_shutdown, shutdown}
      not valid_modules?(modules) -> {:invalid_modules, modules}
      true -> {:ok, {start, restart, shutdown, type, modules}}
    end
  end

  defp valid_start?({mod, fun, args}), do: is_atom(mod) and is_atom(fun) and is_list(args)
  defp valid_start?(_), do: false

  defp valid_shutdown?(shutdown) when shutdown in [:infinity, :brutal_kill], do: true
  defp valid_shutdown?(shutdown), do: is_integer(shutdown) and shutdown >= 0

  defp valid_modules?(:dynamic), do: true
  defp valid_modules?(mods), do: is_list(mods) and Enum.all?(mods, &is_atom/1)

  @doc """
  Stops a child.

      DynamicSupervisor.terminate_child(sup, pid)
  """
  @spec terminate_child(Supervisor.supervisor(), pid) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, pid) when is_pid(pid),
    do: call(supervisor, {:terminate_child, pid})

  @doc """
  The children as `{:undefined, pid, type, modules}`.

      DynamicSupervisor.which_children(sup)
  """
  @spec which_children(Supervisor.supervisor()) :: [
          {:undefined, pid | :restarting, :worker | :supervisor, [module] | :dynamic}
        ]
  def which_children(supervisor), do: call(supervisor, :which_children)

  @doc """
  How many children there are.

      DynamicSupervisor.count_children(sup)
  """
  @spec count_children(Supervisor.supervisor()) :: map
  def count_children(supervisor), do: :maps.from_list(call(supervisor, :count_children))

  @doc """
  Stops a supervisor and its children.

      DynamicSupervisor.stop(sup)
  """
  @spec stop(Supervisor.supervisor(), reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity),
    do: GenServer.stop(supervisor, reason, timeout)

  @doc """
  What a module-based supervisor returns from its `init/1`; also the GenServer callback.

      iex> {:ok, flags} = DynamicSupervisor.init(strategy: :one_for_one)
      iex> flags.max_children
      :infinity
  """
  @spec init([init_option]) :: {:ok, sup_flags}
  def init(options) when is_list(options) do
    {:ok,
     %{
       strategy: Keyword.get(options, :strategy, :one_for_one),
       intensity: Keyword.get(options, :max_restarts, 3),
       period: Keyword.get(options, :max_seconds, 5),
       max_children: Keyword.get(options, :max_children, :infinity),
       extra_arguments: Keyword.get(options, :extra_arguments, [])
     }}
  end

  @impl true
  def init({mod, init_arg, name}) do
    Process.flag(:trap_exit, true)
    Process.put(:"$initial_call", {:supervisor, mod, 1})

    case mod.init(init_arg) do
      {:ok, flags} when is_map(flags) ->
        name = name || {self(), mod}

        case flags(%DynamicSupervisor{mod: mod, args: init_arg, name: name}, flags) do
          {:ok, state} -> {:ok, state}
          {:error, reason} -> {:stop, {:supervisor_data, reason}}
        end

      :ignore ->
        :ignore

      other ->
        {:stop, {:bad_return, {mod, :init, other}}}
    end
  end

  defp flags(state, flags) do
    extra = Map.get(flags, :extra_arguments, [])
    max_children = Map.get(flags, :max_children, :infinity)
    intensity = Map.get(flags, :intensity, 1)
    period = Map.get(flags, :period, 5)
    strategy = Map.get(flags, :strategy, :one_for_one)

    cond do
      strategy != :one_for_one ->
        {:error, {:invalid_strategy, strategy}}

      not (is_integer(intensity) and intensity >= 0) ->
        {:error, {:invalid_intensity, intensity}}

      not (is_integer(period) and period > 0) ->
        {:error, {:invalid_period, period}}

      not (max_children == :infinity or (is_integer(max_children) and max_children >= 0)) ->
        {:error, {:invalid_max_children, max_children}}

      not is_list(extra) ->
        {:error, {:invalid_extra_arguments, extra}}

      true ->
        {:ok,
         %{
           state
           | extra_arguments: extra,
             max_children: max_children,
             max_restarts: intensity,
             max_seconds: period,
             strategy: strategy
         }}
    end
  end

  # --------------------------------------------------------------------------------------------
  # Requests
  # --------------------------------------------------------------------------------------------

  @impl true
  def handle_call(:which_children, _from, state) do
    reply =
      for {pid, {_, _, _, type, modules}} <- state.children do
        case pid do
          {:restarting, _} -> {:undefined, :restarting, type, modules}
          pid -> {:undefined, pid, type, modules}
        end
      end

    {:reply, reply, state}
  end

  def handle_call(:count_children, _from, state) do
    specs = map_size(state.children)
    active = Enum.count(state.children, fn {pid, _} -> is_pid(pid) end)
    supervisors = Enum.count(state.children, fn {_, child} -> elem(child, 3) == :supervisor end)
    reply = [specs: specs, active: active, supervisors: supervisors, workers: specs - supervisors]
    {:reply, reply, state}
  end

  def handle_call({:terminate_child, pid}, _from, state) do
    case state.children do
      %{^pid => child} ->
        stop_children(%{pid => child}, state)
        {:reply, :ok, %{state | children: Map.delete(state.children, pid)}}

      _ ->
        {:reply, {:error, :not_found}, state}
    end
  end

  def handle_call(
        {:start_child, {{mod, fun, args} = mfa, restart, shutdown, type, modules}},
        _from,
        state
      ) do
    if state.max_children != :infinity and map_size(state.children) >= state.max_children do
      {:reply, {:error, :max_children}, state}
    else
      reply = start(mod, fun, state.extra_arguments ++ args)

      case reply do
        {:ok, pid, _} ->
          {:reply, reply, save(pid, {mfa, restart, shutdown, type, modules}, state)}

        {:ok, pid} ->
          {:reply, reply, save(pid, {mfa, restart, shutdown, type, modules}, state)}

        _ ->
          {:reply, reply, state}
      end
    end
  end

  defp start(mod, fun, args) do
    try do
      apply(mod, fun, args)
    catch
      :throw, value -> {:error, {{:nocatch, value}, __STACKTRACE__}}
      :exit, reason -> {:error, reason}
      :error, reason -> {:error, {reason, __STACKTRACE__}}
    else
      {:ok, pid, info} when is_pid(pid) -> {:ok, pid, info}
      {:ok, pid} when is_pid(pid) -> {:ok, pid}
      :ignore -> :ignore
      {:error, _} = error -> error
      other -> {:error, other}
    end
  end

  # The arguments of a temporary child are never needed again.
  defp save(pid, {{mod, fun, _}, :temporary, shutdown, type, modules}, state),
    do: put_child(pid, {{mod, fun, :undefined}, :temporary, shutdown, type, modules}, state)

  defp save(pid, child, state), do: put_child(pid, child, state)
  defp put_child(pid, child, state), do: %{state | children: Map.put(state.children, pid, child)}

  @impl true
  def handle_cast(_message, state), do: {:noreply, state}

  @impl true
  def handle_info({:EXIT, pid, reason}, state) do
    case state.children do
      %{^pid => child} ->
        state = %{state | children: Map.delete(state.children, pid)}

        if restart?(elem(child, 1), reason) do
          report(:child_terminated, reason, pid, child, state)
          restart(pid, child, state)
        else
          if elem(child, 1) == :temporary and not quiet?(reason),
            do: report(:child_terminated, reason, pid, child, state)

          {:noreply, state}
        end

      _ ->
        {:noreply, state}
    end
  end

  def handle_info({:"$gen_restart", pid}, state) do
    case state.children do
      %{^pid => child} ->
        restart(pid, child, %{state | children: Map.delete(state.children, pid)})

      _ ->
        {:noreply, state}
    end
  end

  def handle_info(msg, state) do
    :gen.report(
      :error,
      %{
        label: {DynamicSupervisor, :unexpected_msg},
        report: %{msg: msg}
      },
      %{domain: [:otp, :elixir], report_cb: &__MODULE__.format_report/1}
    )

    {:noreply, state}
  end

  @doc false
  def format_report(%{report: %{msg: msg}}),
    do: {~c"DynamicSupervisor received unexpected message: ~p~n", [msg]}

  def format_report(%{report: report}), do: {~c"~tp~n", [report]}

  defp restart?(:permanent, _), do: true
  defp restart?(:transient, reason), do: not quiet?(reason)
  defp restart?(:temporary, _), do: false

  defp quiet?(:normal), do: true
  defp quiet?(:shutdown), do: true
  defp quiet?({:shutdown, _}), do: true
  defp quiet?(_), do: false

  defp restart(pid, child, state) do
    now = :erlang.monotonic_time(:millisecond)
    recent = for time <- state.restarts, now - time <= state.max_seconds * 1000, do: time
    state = %{state | restarts: [now | recent]}

    if length(state.restarts) <= state.max_restarts do
      {{mod, fun, args}, _, _, _, _} = child

      case start(mod, fun, state.extra_arguments ++ args) do
        {:ok, new_pid, _} ->
          {:noreply, put_child(new_pid, child, state)}

        {:ok, new_pid} ->
          {:noreply, put_child(new_pid, child, state)}

        :ignore ->
          {:noreply, state}

        {:error, reason} ->
          report(:start_error, reason, {:restarting, pid}, child, state)
          key = {:restarting, old_pid(pid)}
          send(self(), {:"$gen_restart", key})
          {:noreply, put_child(key, child, state)}
      end
    else
      report(:shutdown, :reached_max_restart_intensity, pid, child, state)
      {:stop, :shutdown, state}
    end
  end

  defp old_pid({:restarting, pid}), do: pid
  defp old_pid(pid), do: pid

  # --------------------------------------------------------------------------------------------
  # Stopping. All children are told first and waited for afterwards.
  # --------------------------------------------------------------------------------------------

  @impl true
  def terminate(_reason, state), do: stop_children(state.children, state)

  defp stop_children(children, state) do
    watched =
      for {pid, child} <- children, is_pid(pid), reduce: %{} do
        acc ->
          case monitor(pid) do
            {:ok, ref} ->
              reason = if elem(child, 2) == :brutal_kill, do: :kill, else: :shutdown
              Process.exit(pid, reason)
              Map.put(acc, ref, {pid, child})

            {:error, reason} ->
              if not quiet?(reason), do: report(:shutdown_error, reason, pid, child, state)
              acc
          end
      end

    timer =
      case for({_, {_, {_, _, time, _, _}}} <- watched, is_integer(time), do: time) do
        [] -> nil
        times -> :erlang.start_timer(Enum.max(times), self(), :kill)
      end

    wait(watched, timer, state)
    if timer, do: :erlang.cancel_timer(timer)

    receive do
      {:timeout, ^timer, :kill} -> :ok
    after
      0 -> :ok
    end
  end

  defp wait(watched, _timer, _state) when watched == %{}, do: :ok

  defp wait(watched, timer, state) do
    receive do
      {:DOWN, ref, :process, pid, reason} when is_map_key(watched, ref) ->
        {{_, child}, watched} = Map.pop!(watched, ref)
        expected = if elem(child, 2) == :brutal_kill, do: :killed, else: :shutdown

        if reason != expected and not quiet?(reason),
          do: report(:shutdown_error, reason, pid, child, state)

        wait(watched, timer, state)

      {:timeout, ^timer, :kill} ->
        for {_, {pid, {_, _, time, _, _}}} <- watched,
            is_integer(time),
            do: Process.exit(pid, :kill)

        wait(watched, timer, state)
    end
  end

  defp monitor(pid) do
    ref = Process.monitor(pid)
    Process.unlink(pid)

    receive do
      {:EXIT, ^pid, reason} ->
        receive do
          {:DOWN, ^ref, :process, ^pid, _} -> {:error, reason}
        end
    after
      0 -> {:ok, ref}
    end
  end

  defp report(what, reason, pid, {{mod, fun, args}, restart, shutdown, type, _modules}, state) do
    :gen.report(
      :error,
      %{
        label: {:supervisor, what},
        report: [
          supervisor: state.name,
          errorContext: what,
          reason: reason,
          offender: [
            pid: pid,
            id: :undefined,
            mfargs: {mod, fun, args},
            restart_type: restart,
            shutdown: shutdown,
            child_type: type
          ]
        ]
      },
      %{domain: [:otp, :sasl], report_cb: &__MODULE__.format_report/1}
    )
  end

  defp call(supervisor, req), do: GenServer.call(supervisor, req, :infinity)
end
