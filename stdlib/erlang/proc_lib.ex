defmodule :proc_lib do
  @moduledoc false
  # Processes that know their ancestors and can tell their starter when they are ready.

  def spawn(fun) when is_function(fun, 0),
    do: :erlang.spawn(:proc_lib, :init_p, [parent(), ancestors(), fun])

  def spawn(module, function, args),
    do: :erlang.spawn(:proc_lib, :init_p, [parent(), ancestors(), module, function, args])

  def spawn_link(fun) when is_function(fun, 0),
    do: :erlang.spawn_link(:proc_lib, :init_p, [parent(), ancestors(), fun])

  def spawn_link(module, function, args),
    do: :erlang.spawn_link(:proc_lib, :init_p, [parent(), ancestors(), module, function, args])

  def spawn_opt(fun, opts) when is_function(fun, 0),
    do: :erlang.spawn_opt(:proc_lib, :init_p, [parent(), ancestors(), fun], opts)

  def spawn_opt(module, function, args, opts) do
    :erlang.spawn_opt(:proc_lib, :init_p, [parent(), ancestors(), module, function, args], opts)
  end

  def init_p(parent, ancestors, fun) do
    :erlang.put(:"$ancestors", [parent | ancestors])
    {:module, module} = :erlang.fun_info(fun, :module)
    {:name, name} = :erlang.fun_info(fun, :name)
    {:arity, arity} = :erlang.fun_info(fun, :arity)
    :erlang.put(:"$initial_call", {module, name, arity})

    try do
      fun.()
    catch
      kind, reason -> exit_p(kind, reason, __STACKTRACE__)
    end
  end

  def init_p(parent, ancestors, module, function, args) do
    :erlang.put(:"$ancestors", [parent | ancestors])
    :erlang.put(:"$initial_call", initial_call(module, function, args))
    run(module, function, args)
  end

  # The call that matters of a server is that of its callback module.
  defp initial_call(:gen, :init_it, [generic, _, _, module, args, _]),
    do: behaviour_call(generic, module, args)

  defp initial_call(:gen, :init_it, [generic, _, _, _, module, args, _]),
    do: behaviour_call(generic, module, args)

  defp initial_call(module, function, args), do: {module, function, length(args)}

  defp behaviour_call(generic, :"no callback module", _args), do: {generic, :init_it, 6}
  defp behaviour_call(_generic, module, _args) when is_atom(module), do: {module, :init, 1}
  defp behaviour_call(generic, _module, _args), do: {generic, :init_it, 6}

  defp run(module, function, args) do
    try do
      :erlang.apply(module, function, args)
    catch
      kind, reason -> exit_p(kind, reason, __STACKTRACE__)
    end
  end

  def wake_up(module, function, args), do: run(module, function, args)

  defp exit_p(:exit, reason, _stacktrace), do: exit(reason)
  defp exit_p(:error, reason, stacktrace), do: exit({reason, stacktrace})
  defp exit_p(:throw, value, stacktrace), do: exit({{:nocatch, value}, stacktrace})

  def hibernate(module, function, args),
    do: :erlang.hibernate(:proc_lib, :wake_up, [module, function, args])

  defp parent do
    case :erlang.process_info(self(), :registered_name) do
      {:registered_name, name} when is_atom(name) -> name
      _ -> self()
    end
  end

  defp ancestors do
    case :erlang.get(:"$ancestors") do
      list when is_list(list) -> list
      _ -> []
    end
  end

  # --------------------------------------------------------------------------------------------
  # Starting and waiting for the acknowledgement
  # --------------------------------------------------------------------------------------------

  def start(module, function, args), do: start(module, function, args, :infinity, [])
  def start(module, function, args, timeout), do: start(module, function, args, timeout, [])

  def start(module, function, args, timeout, opts) do
    {pid, ref} = __MODULE__.spawn_opt(module, function, args, [:monitor | opts])

    receive do
      {:ack, ^pid, return} ->
        :erlang.demonitor(ref, [:flush])
        return

      {:DOWN, ^ref, :process, ^pid, reason} ->
        {:error, reason}
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])
        kill(pid)
        {:error, :timeout}
    end
  end

  def start_link(module, function, args), do: start_link(module, function, args, :infinity, [])

  def start_link(module, function, args, timeout),
    do: start_link(module, function, args, timeout, [])

  def start_link(module, function, args, timeout, opts) do
    {pid, ref} = __MODULE__.spawn_opt(module, function, args, [:link, :monitor | opts])

    receive do
      {:ack, ^pid, return} ->
        :erlang.demonitor(ref, [:flush])
        return

      {:EXIT, ^pid, reason} ->
        :erlang.demonitor(ref, [:flush])
        {:error, reason}

      {:DOWN, ^ref, :process, ^pid, reason} ->
        died_before_ack(pid, reason)
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])
        :erlang.unlink(pid)
        kill(pid)

        receive do
          {:EXIT, ^pid, _} -> :ok
        after
          0 -> :ok
        end

        {:error, :timeout}
    end
  end

  # The link has its effect before the start returns.
  defp died_before_ack(pid, reason) do
    case :erlang.process_info(self(), :trap_exit) do
      {:trap_exit, true} ->
        receive do
          {:EXIT, ^pid, _} -> {:error, reason}
        after
          100 -> {:error, reason}
        end

      _ when reason == :normal ->
        {:error, reason}

      _ ->
        :erlang.exit(self(), reason)
        {:error, reason}
    end
  end

  def start_monitor(module, function, args),
    do: start_monitor(module, function, args, :infinity, [])

  def start_monitor(module, function, args, timeout),
    do: start_monitor(module, function, args, timeout, [])

  def start_monitor(module, function, args, timeout, opts) do
    {pid, ref} = __MODULE__.spawn_opt(module, function, args, [:monitor | opts])

    receive do
      {:ack, ^pid, return} ->
        {return, ref}

      {:DOWN, ^ref, :process, ^pid, reason} = down ->
        send(self(), down)
        {{:error, reason}, ref}
    after
      timeout ->
        kill(pid)
        {{:error, :timeout}, ref}
    end
  end

  defp kill(pid), do: :erlang.exit(pid, :kill)

  def init_ack(parent, return) do
    send(parent, {:ack, self(), return})
    :ok
  end

  def init_ack(return) do
    [parent | _] = :erlang.get(:"$ancestors")
    init_ack(parent, return)
  end

  # --------------------------------------------------------------------------------------------
  # Stopping
  # --------------------------------------------------------------------------------------------

  def stop(process), do: stop(process, :normal, :infinity)

  def stop(process, reason, timeout) do
    ref = :erlang.monitor(:process, process)

    {stopper, stopper_ref} =
      :erlang.spawn_monitor(fn -> :sys.terminate(process, reason, timeout) end)

    result =
      receive do
        {:DOWN, ^stopper_ref, _, _, exit_reason} ->
          await_stop(process, ref, exit_reason, reason, timeout)
      after
        timeout ->
          :erlang.exit(stopper, :kill)
          :erlang.demonitor(ref, [:flush])
          :erlang.demonitor(stopper_ref, [:flush])
          {:exit, :timeout}
      end

    case result do
      :ok -> :ok
      {:exit, reason} -> exit(reason)
    end
  end

  defp await_stop(_process, ref, stopper_reason, reason, timeout) do
    receive do
      {:DOWN, ^ref, _, _, ^reason} -> :ok
      {:DOWN, ^ref, _, _, other} -> {:exit, other}
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])
        _ = stopper_reason
        {:exit, :timeout}
    end
  end

  def initial_call(dictionary) when is_list(dictionary) do
    case :lists.keyfind(:"$initial_call", 1, dictionary) do
      {_, {module, function, arity}} when is_integer(arity) -> {module, function, arity}
      _ -> false
    end
  end

  def translate_initial_call(pid) when is_pid(pid) do
    with {:dictionary, dictionary} <- :erlang.process_info(pid, :dictionary),
         {_, _, _} = call <- initial_call(dictionary) do
      call
    else
      _ -> {:proc_lib, :init_p, 5}
    end
  end

  def set_label(label) do
    :erlang.put(:"$process_label", label)
    :ok
  end

  def get_label(pid) do
    case :erlang.process_info(pid, :dictionary) do
      {:dictionary, dictionary} ->
        case :lists.keyfind(:"$process_label", 1, dictionary) do
          {_, label} -> label
          false -> :undefined
        end

      _ ->
        :undefined
    end
  end
end
