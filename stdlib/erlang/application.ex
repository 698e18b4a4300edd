defmodule :application do
  @moduledoc false
  # Applications: their environment, what is loaded, what runs. The tables are persistent terms:
  # reading the environment, which servers do all the time, costs one lookup.
  #
  #   {:application, :env, app}   -> map of the environment
  #   {:application, :spec, app}  -> keys of the application resource, as a keyword list
  #   {:application, :loaded}     -> names, in order of loading
  #   {:application, :running}    -> [{app, type, master}], newest first

  @builtin [
    {:kernel, ~c"ERTS  CXC 138 10", ~c"8.5.3"},
    {:stdlib, ~c"ERTS  CXC 138 10", ~c"4.2"},
    {:compiler, ~c"ERTS  CXC 138 10", ~c"8.2.3"},
    {:crypto, ~c"CRYPTO", ~c"5.1.2"},
    {:elixir, ~c"elixir", ~c"1.18.4"},
    {:logger, ~c"logger", ~c"1.18.4"}
  ]

  defp table(key, default), do: :persistent_term.get({:application, key}, default)
  defp store(key, value), do: :persistent_term.put({:application, key}, value)
  defp env(app), do: :persistent_term.get({:application, :env, app}, %{})
  defp put_env(app, env), do: :persistent_term.put({:application, :env, app}, env)

  # --------------------------------------------------------------------------------------------
  # Environment
  # --------------------------------------------------------------------------------------------

  def get_env(key) do
    case get_application() do
      {:ok, app} -> get_env(app, key)
      :undefined -> :undefined
    end
  end

  def get_env(app, key) do
    case env(app) do
      %{^key => value} -> {:ok, value}
      _ -> :undefined
    end
  end

  def get_env(app, key, default) do
    case env(app) do
      %{^key => value} -> value
      _ -> default
    end
  end

  def get_all_env(app), do: :maps.to_list(env(app))
  def set_env(app, key, value), do: set_env(app, key, value, [])

  def set_env(app, key, value, _opts) do
    put_env(app, :maps.put(key, value, env(app)))
    :ok
  end

  def set_env(config), do: set_env(config, [])

  def set_env(config, _opts) when is_list(config) do
    for {app, pairs} <- config, do: put_env(app, :maps.merge(env(app), :maps.from_list(pairs)))
    :ok
  end

  def unset_env(app, key), do: unset_env(app, key, [])

  def unset_env(app, key, _opts) do
    put_env(app, :maps.remove(key, env(app)))
    :ok
  end

  # --------------------------------------------------------------------------------------------
  # Loading
  # --------------------------------------------------------------------------------------------

  defp builtin?(app), do: :lists.keymember(app, 1, @builtin)

  defp spec(app) do
    case :lists.keyfind(app, 1, @builtin) do
      {_, description, vsn} ->
        [
          description: description,
          id: [],
          vsn: vsn,
          modules: [],
          maxP: :infinity,
          maxT: :infinity,
          registered: [],
          included_applications: [],
          optional_applications: [],
          applications: [],
          mod: [],
          start_phases: :undefined
        ]

      false ->
        :persistent_term.get({:application, :spec, app}, nil)
    end
  end

  def load({:application, app, keys}), do: load({:application, app, keys}, [])
  def load(app) when is_atom(app), do: load(app, [])

  def load({:application, app, keys}, _distributed) when is_atom(app) and is_list(keys) do
    if spec(app) do
      {:error, {:already_loaded, app}}
    else
      defaults = [
        description: [],
        id: [],
        vsn: [],
        modules: [],
        maxP: :infinity,
        maxT: :infinity,
        registered: [],
        included_applications: [],
        optional_applications: [],
        applications: [],
        mod: [],
        start_phases: :undefined
      ]

      spec = for {key, default} <- defaults, do: {key, value(keys, key, default)}
      :persistent_term.put({:application, :spec, app}, spec)
      configured = env(app)
      put_env(app, :maps.merge(:maps.from_list(value(keys, :env, [])), configured))
      store(:loaded, table(:loaded, []) ++ [app])
      :ok
    end
  end

  def load(app, _distributed) do
    cond do
      spec(app) -> {:error, {:already_loaded, app}}
      true -> load_file(app)
    end
  end

  defp value(keys, key, default) do
    case :lists.keyfind(key, 1, keys) do
      {_, value} -> value
      false -> default
    end
  end

  # NAME.app in one of the directories of the code path.
  defp load_file(app) do
    file = :erlang.atom_to_list(app) ++ ~c".app"

    found =
      for path <- :phial_code.option(:code_paths) || [],
          {:ok, [{:application, ^app, _} = resource]} <- [
            :file.consult(:filename.join(path, file))
          ],
          do: resource

    case found do
      [resource | _] -> load(resource)
      [] -> {:error, {~c"no such file or directory", file}}
    end
  end

  def unload(app) do
    cond do
      running?(app) ->
        {:error, {:running, app}}

      builtin?(app) or spec(app) == nil ->
        {:error, {:not_loaded, app}}

      true ->
        :persistent_term.erase({:application, :spec, app})
        :persistent_term.erase({:application, :env, app})
        store(:loaded, :lists.delete(app, table(:loaded, [])))
        :ok
    end
  end

  def loaded_applications do
    for(app <- table(:loaded, []), do: info(app)) ++
      for({app, description, vsn} <- @builtin, do: {app, description, vsn})
  end

  defp info(app) do
    keys = spec(app)
    {app, value(keys, :description, []), value(keys, :vsn, [])}
  end

  def get_key(app, key) do
    case spec(app) do
      nil ->
        :undefined

      keys ->
        case :lists.keyfind(key, 1, keys) do
          {_, value} -> {:ok, value}
          false -> :undefined
        end
    end
  end

  def get_all_key(app) do
    case spec(app) do
      nil -> :undefined
      keys -> {:ok, keys}
    end
  end

  def get_all_key, do: []

  # --------------------------------------------------------------------------------------------
  # Which application something belongs to
  # --------------------------------------------------------------------------------------------

  def get_application, do: get_application(self())

  def get_application(pid) when is_pid(pid) do
    ancestors =
      case :erlang.process_info(pid, :dictionary) do
        {:dictionary, dictionary} -> value(dictionary, :"$ancestors", [])
        _ -> []
      end

    masters = for {app, _, master} <- table(:running, []), is_pid(master), do: {master, app}

    case for(
           ancestor <- [pid | ancestors],
           {_, app} <- [:lists.keyfind(ancestor, 1, masters)],
           do: app
         ) do
      [app | _] -> {:ok, app}
      [] -> :undefined
    end
  end

  # What the machine itself brings belongs to no application.
  def get_application(module)
      when module in [:erlang, :init, :persistent_term, :atomics, :counters],
      do: :undefined

  def get_application(module) when is_atom(module) do
    owner =
      for app <- table(:loaded, []),
          :lists.member(module, value(spec(app), :modules, [])),
          do: app

    case owner do
      [app | _] -> {:ok, app}
      [] -> library_of(module)
    end
  end

  # Modules of the standard library carry the path of their source below stdlib/.
  defp library_of(:erlang), do: :undefined

  defp library_of(module) do
    try do
      :lists.keyfind(:source, 1, module.module_info(:compile))
    catch
      _, _ -> :undefined
    else
      {:source, ~c"stdlib/" ++ _} ->
        case :erlang.atom_to_binary(module) do
          <<"Elixir.Logger", _::binary>> -> {:ok, :logger}
          <<"Elixir.", _::binary>> -> {:ok, :elixir}
          _ -> {:ok, :stdlib}
        end

      _ ->
        :undefined
    end
  end

  # --------------------------------------------------------------------------------------------
  # Starting and stopping
  # --------------------------------------------------------------------------------------------

  defp running?(app), do: builtin?(app) or :lists.keymember(app, 1, table(:running, []))

  def which_applications, do: which_applications(:infinity)

  def which_applications(_timeout) do
    for({app, _, _} <- table(:running, []), do: info(app)) ++
      for({app, description, vsn} <- :lists.reverse(@builtin), do: {app, description, vsn})
  end

  def start(app), do: start(app, :temporary)

  def start(app, type) do
    cond do
      running?(app) ->
        {:error, {:already_started, app}}

      true ->
        case load(app) do
          :ok -> start_loaded(app, type)
          {:error, {:already_loaded, _}} -> start_loaded(app, type)
          error -> error
        end
    end
  end

  defp start_loaded(app, type) do
    keys = spec(app)
    optional = value(keys, :optional_applications, [])

    missing =
      for dependency <- value(keys, :applications, []),
          not running?(dependency),
          not (:lists.member(dependency, optional) and spec(dependency) == nil),
          do: dependency

    case missing do
      [dependency | _] ->
        {:error, {:not_started, dependency}}

      [] ->
        case value(keys, :mod, []) do
          [] ->
            add_running(app, type, nil)
            :ok

          {module, args} ->
            start_master(app, type, module, args)
        end
    end
  end

  defp add_running(app, type, master),
    do: store(:running, [{app, type, master} | table(:running, [])])

  defp start_master(app, type, module, args) do
    case :proc_lib.start(:application, :master, [self(), app, type, module, args]) do
      {:ok, master} ->
        add_running(app, type, master)
        :ok

      {:error, reason} ->
        {:error, reason}
    end
  end

  # The process between the caller and the application's top process. It outlives a crash of the
  # application long enough to call its stop/1.
  def master(starter, app, type, module, args) do
    :erlang.process_flag(:trap_exit, true)

    result =
      try do
        module.start(:normal, args)
      catch
        :throw, value -> value
        :exit, reason -> {:error, {:EXIT, reason}}
        :error, reason -> {:error, {:EXIT, {reason, __STACKTRACE__}}}
      end

    case result do
      {:ok, pid} when is_pid(pid) ->
        :proc_lib.init_ack(starter, {:ok, self()})
        master_loop(app, type, module, pid, [])

      {:ok, pid, state} when is_pid(pid) ->
        :proc_lib.init_ack(starter, {:ok, self()})
        master_loop(app, type, module, pid, state)

      {:error, {:EXIT, reason}} ->
        :proc_lib.init_ack(
          starter,
          {:error, {:bad_return, {{module, :start, [:normal, args]}, {:EXIT, reason}}}}
        )

      {:error, reason} ->
        :proc_lib.init_ack(starter, {:error, {reason, {module, :start, [:normal, args]}}})

      other ->
        :proc_lib.init_ack(
          starter,
          {:error, {:bad_return, {{module, :start, [:normal, args]}, other}}}
        )
    end
  end

  defp master_loop(app, type, module, pid, state) do
    receive do
      {:stop, from, ref} ->
        state = prep_stop(module, state)
        ref_down = :erlang.monitor(:process, pid)
        :erlang.exit(pid, :shutdown)

        receive do
          {:DOWN, ^ref_down, _, _, _} -> :ok
        end

        module_stop(module, state)
        send(from, {ref, :stopped})

      {:EXIT, ^pid, reason} ->
        store(:running, :lists.keydelete(app, 1, table(:running, [])))
        module_stop(module, state)

        if type == :permanent or (type == :transient and reason != :normal) do
          :phial_cli_stop.request(app, reason)
        end

        report_exit(app, type, reason)

      _ ->
        master_loop(app, type, module, pid, state)
    end
  end

  defp report_exit(_app, _type, :normal), do: :ok

  defp report_exit(app, type, reason) do
    :gen.report(
      :notice,
      %{
        label: {:application_controller, :exit},
        report: [application: app, exited: reason, type: type]
      },
      %{domain: [:otp], report_cb: &:application.format_log/1}
    )
  end

  def format_log(%{report: report}),
    do: {~c"Application ~w exited: ~tp", [report[:application], report[:exited]]}

  defp prep_stop(module, state) do
    if :erlang.function_exported(module, :prep_stop, 1) do
      try do
        module.prep_stop(state)
      catch
        _, _ -> state
      end
    else
      state
    end
  end

  defp module_stop(module, state) do
    if :erlang.function_exported(module, :stop, 1) do
      try do
        module.stop(state)
      catch
        _, _ -> :ok
      end
    end
  end

  def stop(app) do
    running = table(:running, [])

    case :lists.keyfind(app, 1, running) do
      {_, _, master} ->
        store(:running, :lists.keydelete(app, 1, running))

        if is_pid(master) do
          ref = :erlang.monitor(:process, master)
          send(master, {:stop, self(), ref})

          receive do
            {^ref, :stopped} -> :erlang.demonitor(ref, [:flush])
            {:DOWN, ^ref, _, _, _} -> :ok
          end
        end

        :ok

      false ->
        {:error, {:not_started, app}}
    end
  end

  def ensure_started(app), do: ensure_started(app, :temporary)

  def ensure_started(app, type) do
    case start(app, type) do
      {:error, {:already_started, _}} -> :ok
      other -> other
    end
  end

  def ensure_all_started(app), do: ensure_all_started(app, :temporary, :serial)
  def ensure_all_started(app, type), do: ensure_all_started(app, type, :serial)

  def ensure_all_started(app, type, mode) when is_atom(app),
    do: ensure_all_started([app], type, mode)

  def ensure_all_started(apps, type, _mode) when is_list(apps) do
    case start_each(apps, type, []) do
      {:ok, started} ->
        {:ok, :lists.reverse(started)}

      {:error, error, started} ->
        for app <- started, do: stop(app)
        {:error, error}
    end
  end

  defp start_each([app | rest], type, started) do
    case start(app, type) do
      :ok ->
        start_each(rest, type, [app | started])

      {:error, {:already_started, _}} ->
        start_each(rest, type, started)

      {:error, {:not_started, dependency}} ->
        case start_each([dependency], type, started) do
          {:ok, started} -> start_each([app | rest], type, started)
          error -> error
        end

      {:error, reason} ->
        {:error, {app, reason}, started}
    end
  end

  defp start_each([], _type, started), do: {:ok, started}
end

defmodule :phial_cli_stop do
  @moduledoc false
  # A permanent application that ends takes the system with it.
  def request(app, reason) do
    IO.puts(:stderr, "application #{app} terminated: #{inspect(reason)}")
    Phial.CLI.stop(1)
  end
end
