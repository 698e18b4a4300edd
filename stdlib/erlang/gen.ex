defmodule :gen do
  @moduledoc false
  # What gen_server, gen_statem and gen_event share: starting with a name, calls, replies.

  def start(generic, link, module, args, options) do
    do_spawn(generic, link, [module, args, options], options)
  end

  def start(generic, link, name, module, args, options) do
    case where(name) do
      :undefined -> do_spawn(generic, link, [name, module, args, options], options)
      pid -> {:error, {:already_started, pid}}
    end
  end

  defp do_spawn(generic, link, rest, options) do
    timeout = option(:timeout, options, :infinity)
    spawn_options = option(:spawn_opt, options, [])

    case link do
      :link ->
        :proc_lib.start_link(
          :gen,
          :init_it,
          [generic, self(), self() | rest],
          timeout,
          spawn_options
        )

      :nolink ->
        :proc_lib.start(:gen, :init_it, [generic, self(), :self | rest], timeout, spawn_options)

      :monitor ->
        case :proc_lib.start_monitor(
               :gen,
               :init_it,
               [generic, self(), :self | rest],
               timeout,
               spawn_options
             ) do
          {{:ok, pid}, ref} ->
            {:ok, {pid, ref}}

          {error, ref} ->
            :erlang.demonitor(ref, [:flush])
            error
        end
    end
  end

  def init_it(generic, starter, parent, module, args, options),
    do: generic.init_it(starter, parent, self(), module, args, options)

  def init_it(generic, starter, parent, name, module, args, options) do
    case register_name(name) do
      true -> generic.init_it(starter, parent, name, module, args, options)
      {false, pid} -> :proc_lib.init_ack(starter, {:error, {:already_started, pid}})
    end
  end

  def option(key, options, default) do
    case :lists.keyfind(key, 1, options) do
      {_, value} -> value
      false -> default
    end
  end

  def debug_options(name, options) do
    case option(:debug, options, []) do
      [] ->
        []

      list ->
        _ = name
        :sys.debug_options(list)
    end
  end

  def hibernate_after(options), do: option(:hibernate_after, options, :infinity)

  # --------------------------------------------------------------------------------------------
  # Names
  # --------------------------------------------------------------------------------------------

  def where({:local, name}), do: :erlang.whereis(name)
  def where({:global, name}), do: :global.whereis_name(name)
  def where({:via, module, name}), do: module.whereis_name(name)

  def register_name({:local, name} = full) do
    try do
      :erlang.register(name, self())
    catch
      :error, _ -> {false, where(full)}
    end
  end

  def register_name({:global, name} = full) do
    case :global.register_name(name, self()) do
      :yes -> true
      :no -> {false, where(full)}
    end
  end

  def register_name({:via, module, name} = full) do
    case module.register_name(name, self()) do
      :yes -> true
      :no -> {false, where(full)}
    end
  end

  def unregister_name({:local, name}) do
    try do
      :erlang.unregister(name)
    catch
      _, _ -> :ok
    end
  end

  def unregister_name({:global, name}), do: :global.unregister_name(name)
  def unregister_name({:via, module, name}), do: module.unregister_name(name)
  def unregister_name(pid) when is_pid(pid), do: pid

  # The name as users of the process write it.
  def get_proc_name({:local, name}), do: name
  def get_proc_name({:global, name}), do: name
  def get_proc_name({:via, _module, name}), do: name
  def get_proc_name(pid) when is_pid(pid), do: pid
  def get_proc_name(name) when is_atom(name), do: name

  def get_parent do
    case :erlang.get(:"$ancestors") do
      [parent | _] when is_pid(parent) -> parent
      [name | _] when is_atom(name) -> :erlang.whereis(name)
      _ -> exit(:process_was_not_started_by_proc_lib)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Calls
  # --------------------------------------------------------------------------------------------

  def call(process, label, request), do: call(process, label, request, 5000)

  def call(process, label, request, timeout) when is_pid(process),
    do: do_call(process, label, request, timeout)

  def call(process, label, request, timeout) do
    case resolve(process) do
      :undefined -> exit(:noproc)
      target -> do_call(target, label, request, timeout)
    end
  end

  defp resolve(name) when is_atom(name), do: :erlang.whereis(name)
  defp resolve({:global, name}), do: :global.whereis_name(name)
  defp resolve({:via, module, name}), do: module.whereis_name(name)

  defp resolve({name, node}) when is_atom(name) and is_atom(node) do
    if node == node(), do: :erlang.whereis(name), else: exit({:nodedown, node})
  end

  defp resolve(pid) when is_pid(pid), do: pid
  defp resolve(port) when is_port(port), do: port

  # The monitor is an alias as well: a reply after the timeout goes nowhere.
  defp do_call(process, label, request, timeout) do
    ref = :erlang.monitor(:process, process, alias: :demonitor)
    :erlang.send(process, {label, {self(), [:alias | ref]}, request})

    receive do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:ok, reply}

      {:DOWN, ^ref, _, _, reason} ->
        exit(reason)
    after
      timeout ->
        :erlang.demonitor(ref, [:flush])

        receive do
          {[:alias | ^ref], reply} -> {:ok, reply}
        after
          0 -> exit(:timeout)
        end
    end
  end

  def reply({_to, [:alias | ref] = tag}, reply) when is_reference(ref) do
    send(ref, {tag, reply})
    :ok
  end

  def reply({_to, [[:alias | ref] | _] = tag}, reply) when is_reference(ref) do
    send(ref, {tag, reply})
    :ok
  end

  def reply({to, tag}, reply) do
    try do
      send(to, {tag, reply})
      :ok
    catch
      _, _ -> :ok
    end
  end

  # Requests whose reply is awaited later. The request is known by its monitor, which is an alias
  # as well.
  def send_request(process, label, request) do
    try do
      if is_pid(process), do: process, else: resolve(process)
    catch
      :exit, reason -> failed_request(process, reason)
    else
      :undefined -> failed_request(process, :noproc)
      target -> do_send_request(target, label, request)
    end
  end

  defp do_send_request(target, label, request) do
    ref = :erlang.monitor(:process, target, alias: :demonitor)
    :erlang.send(target, {label, {self(), [:alias | ref]}, request})
    ref
  end

  defp failed_request(process, reason) do
    ref = make_ref()
    send(self(), {:DOWN, ref, :process, process, reason})
    ref
  end

  def send_request(process, label, request, request_label, collection),
    do: reqids_add(send_request(process, label, request), request_label, collection)

  def receive_response(ref, timeout) when is_reference(ref) do
    receive do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:reply, reply}

      {:DOWN, ^ref, _, object, reason} ->
        {:error, {reason, object}}
    after
      timeout(timeout) ->
        :erlang.demonitor(ref, [:flush])

        receive do
          {[:alias | ^ref], reply} -> {:reply, reply}
        after
          0 -> :timeout
        end
    end
  end

  def wait_response(ref, timeout) when is_reference(ref) do
    receive do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:reply, reply}

      {:DOWN, ^ref, _, object, reason} ->
        {:error, {reason, object}}
    after
      timeout(timeout) -> :timeout
    end
  end

  def check_response(message, ref) when is_reference(ref) do
    case message do
      {[:alias | ^ref], reply} ->
        :erlang.demonitor(ref, [:flush])
        {:reply, reply}

      {:DOWN, ^ref, _, object, reason} ->
        {:error, {reason, object}}

      _ ->
        :no_reply
    end
  end

  # Collections of requests, each with a label: the first answer counts.
  def receive_response(requests, _timeout, _delete?) when map_size(requests) == 0, do: :no_request

  def receive_response(requests, timeout, delete?) do
    case first_response(requests, timeout, delete?) do
      :timeout ->
        :lists.foreach(&:erlang.demonitor(&1, [:flush]), :maps.keys(requests))
        first_response(requests, 0, delete?)

      response ->
        response
    end
  end

  def wait_response(requests, _timeout, _delete?) when map_size(requests) == 0, do: :no_request
  def wait_response(requests, timeout, delete?), do: first_response(requests, timeout, delete?)

  defp first_response(requests, timeout, delete?) do
    receive do
      {[:alias | ref], reply} when is_map_key(requests, ref) ->
        :erlang.demonitor(ref, [:flush])
        answered({:reply, reply}, ref, requests, delete?)

      {:DOWN, ref, _, object, reason} when is_map_key(requests, ref) ->
        answered({:error, {reason, object}}, ref, requests, delete?)
    after
      timeout(timeout) -> :timeout
    end
  end

  def check_response(_message, requests, _delete?) when map_size(requests) == 0, do: :no_request

  def check_response(message, requests, delete?) do
    case message do
      {[:alias | ref], reply} when is_map_key(requests, ref) ->
        :erlang.demonitor(ref, [:flush])
        answered({:reply, reply}, ref, requests, delete?)

      {:DOWN, ref, _, object, reason} when is_map_key(requests, ref) ->
        answered({:error, {reason, object}}, ref, requests, delete?)

      _ ->
        :no_reply
    end
  end

  defp answered(response, ref, requests, delete?) do
    label = :maps.get(ref, requests)
    {response, label, if(delete?, do: :maps.remove(ref, requests), else: requests)}
  end

  defp timeout({:abs, time}), do: max(0, time - :erlang.monotonic_time(:millisecond))
  defp timeout(time), do: time

  def reqids_new, do: %{}
  def reqids_size(requests) when is_map(requests), do: map_size(requests)
  def reqids_add(ref, label, requests) when is_reference(ref), do: :maps.put(ref, label, requests)
  def reqids_to_list(requests) when is_map(requests), do: :maps.to_list(requests)

  def stop(process), do: stop(process, :normal, :infinity)

  def stop(process, reason, timeout) do
    case resolve(process) do
      :undefined -> exit(:noproc)
      target -> :proc_lib.stop(target, reason, timeout)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Status
  # --------------------------------------------------------------------------------------------

  # Applies the callback module's format_status/1 to a map of what would be shown.
  def format_status(module, _option, status, fallback) do
    cond do
      :erlang.function_exported(module, :format_status, 1) ->
        try do
          new = module.format_status(status)
          if is_map(new), do: new, else: status
        catch
          _, _ ->
            Map.put(status, :EXIT, :erlang.atom_to_list(module) ++ ~c":format_status/1 crashed")
        end

      :erlang.function_exported(module, :format_status, 2) ->
        fallback.()

      true ->
        status
    end
  end

  # Sends a report to the logger, if there is one.
  def report(level, report, meta) do
    if :erlang.function_exported(:logger, :log, 3) or
         :phial_code.ensure_loaded(:logger) == {:module, :logger} do
      :logger.log(level, report, meta)
    end

    :ok
  end
end
