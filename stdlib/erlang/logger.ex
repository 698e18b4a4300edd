defmodule :logger do
  @moduledoc false
  # Log events go through here: a check of the level, filters of the whole runtime, then each
  # handler in the process that logs. Crashes that the runtime itself reports arrive as messages
  # to the process registered as `:logger` (see `:logger_server`).
  #
  # The configuration is one persistent term, so that a call that logs nothing costs one look-up.
  # It comes to life with the first use; the `:logger` process makes all changes.

  @key :phial_logger

  @levels [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug]

  # --------------------------------------------------------------------------------------------
  # Logging
  # --------------------------------------------------------------------------------------------

  for level <- @levels do
    def unquote(level)(message), do: log_allowed?(unquote(level), message)
    def unquote(level)(first, second), do: log_allowed?(unquote(level), first, second)
    def unquote(level)(first, second, meta), do: log_allowed?(unquote(level), first, second, meta)
  end

  def log(level, message), do: log_allowed?(level, message)
  def log(level, first, second), do: log_allowed?(level, first, second)
  def log(level, first, second, meta), do: log_allowed?(level, first, second, meta)

  defp log_allowed?(level, message) do
    if allow(level), do: log_allowed(level, message(message), %{}), else: :ok
  end

  defp log_allowed?(level, first, second) do
    if allow(level), do: log_parts(level, first, second), else: :ok
  end

  defp log_allowed?(level, first, second, meta) do
    if allow(level), do: log_allowed(level, message(first, second), meta), else: :ok
  end

  defp log_parts(level, message, meta) when is_map(meta) and not is_function(message),
    do: log_allowed(level, message(message), meta)

  defp log_parts(level, first, second), do: log_allowed(level, message(first, second), %{})

  @doc false
  # What the macros of loggers expand to, once the level is known to pass.
  def macro_log(location, level, message), do: log_located(location, level, message(message), %{})

  def macro_log(location, level, message, meta) when is_map(meta) and not is_function(message),
    do: log_located(location, level, message(message), meta)

  def macro_log(location, level, first, second),
    do: log_located(location, level, message(first, second), %{})

  def macro_log(location, level, first, second, meta),
    do: log_located(location, level, message(first, second), meta)

  defp log_located(location, level, message, meta),
    do: log_allowed(level, message, :maps.merge(location, meta))

  @doc false
  # [message] is in the form that events have.
  def log_event(location, level, message, meta), do: log_located(location, level, message, meta)

  defp message({:string, _} = message), do: message
  defp message({:report, _} = message), do: message
  defp message(report) when is_map(report), do: {:report, report}
  defp message(text) when is_binary(text), do: {:string, text}
  defp message([{_, _} | _] = report), do: {:report, report}
  defp message([]), do: {:string, []}

  defp message(list) when is_list(list) do
    if report?(list), do: {:report, list}, else: {:string, list}
  end

  defp message(other), do: {"~p", [other]}

  defp message(fun, argument) when is_function(fun, 1) do
    try do
      fun.(argument)
    catch
      kind, reason ->
        {~c"LAZY_FUN CRASH; ~tp; Reason: ~tp", [{fun, argument}, {kind, reason}]}
    else
      {:ok, result} -> message(result)
      {format, args} when is_list(args) and not is_atom(format) -> {format, args}
      result -> message(result)
    end
  end

  defp message(format, args) when is_list(args), do: {format, args}
  defp message(format, args), do: {format, [args]}

  defp report?([{_, _} | rest]), do: report?(rest)
  defp report?([]), do: true
  defp report?(_), do: false

  # --------------------------------------------------------------------------------------------
  # Events
  # --------------------------------------------------------------------------------------------

  defp log_allowed(level, message, meta) do
    config = config()

    meta =
      %{pid: self(), gl: :erlang.group_leader(), time: timestamp()}
      |> :maps.merge(config.primary.metadata)
      |> :maps.merge(process_metadata())
      |> :maps.merge(meta)

    dispatch(%{level: level, msg: message, meta: meta}, config)
  end

  @doc false
  # Sends an event through the filters to the handlers.
  def dispatch(event), do: dispatch(event, config())

  defp dispatch(event, config) do
    case filter(:primary, event, config.primary.filters, config.primary.filter_default) do
      :stop -> :ok
      event -> to_handlers(config.handlers, event)
    end
  end

  defp to_handlers([], _event), do: :ok

  defp to_handlers([{id, handler} | rest], event) do
    if rank(event.level) <= rank(handler.level) do
      case filter(id, event, handler.filters, handler.filter_default) do
        :stop -> :ok
        event -> to_handler(id, handler, event)
      end
    end

    to_handlers(rest, event)
  end

  defp to_handler(id, handler, event) do
    try do
      handler.module.log(event, handler)
    catch
      kind, reason ->
        stacktrace = __STACKTRACE__

        case remove_handler(id) do
          :ok ->
            internal_log(:error,
              logger: :removed_failing_handler,
              handler: {id, handler.module},
              log_event: event,
              config: handler,
              reason: {kind, reason, stacktrace}
            )

          {:error, _} ->
            :ok
        end
    end
  end

  # An event of the logger about itself.
  defp internal_log(level, report) do
    if allow(level) do
      meta = %{pid: self(), gl: :erlang.group_leader(), time: timestamp(), internal_log_event: true}
      dispatch(%{level: level, msg: {:report, report}, meta: meta})
    end

    :ok
  end

  defp filter(owner, event, filters, default), do: filter(owner, event, filters, default, false)

  defp filter(_owner, event, [], default, decided?) do
    if decided? or default == :log, do: event, else: :stop
  end

  defp filter(owner, event, [{id, {fun, argument}} | rest], default, decided?) do
    result =
      try do
        fun.(event, argument)
      catch
        _, _ ->
          if owner == :primary, do: remove_primary_filter(id), else: remove_handler_filter(owner, id)
          :ignore
      end

    case result do
      :stop -> :stop
      :ignore -> filter(owner, event, rest, default, decided?)
      %{level: _, msg: _, meta: _} = event -> filter(owner, event, rest, default, true)
      _ -> filter(owner, event, rest, default, decided?)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Levels
  # --------------------------------------------------------------------------------------------

  defp rank(:none), do: -1
  defp rank(:emergency), do: 0
  defp rank(:alert), do: 1
  defp rank(:critical), do: 2
  defp rank(:error), do: 3
  defp rank(:warning), do: 4
  defp rank(:notice), do: 5
  defp rank(:info), do: 6
  defp rank(:debug), do: 7
  defp rank(:all), do: 10

  defp level?(level), do: level in @levels or level == :all or level == :none

  def allow(level) do
    case config() do
      %{primary: %{level: limit}} -> rank(level) <= rank(limit)
    end
  end

  def allow(level, module) do
    case config() do
      %{modules: %{^module => limit}} -> rank(level) <= rank(limit)
      %{primary: %{level: limit}} -> rank(level) <= rank(limit)
    end
  end

  def compare_levels(same, same), do: if(level?(same), do: :eq, else: :erlang.error(:badarg))

  def compare_levels(left, right) do
    if not (level?(left) and level?(right)), do: :erlang.error(:badarg)
    if rank(left) < rank(right), do: :gt, else: :lt
  end

  def timestamp, do: :os.system_time(:microsecond)

  # --------------------------------------------------------------------------------------------
  # Metadata of processes
  # --------------------------------------------------------------------------------------------

  @metadata :"$logger_metadata$"

  defp process_metadata do
    case :erlang.get(@metadata) do
      :undefined -> %{}
      map -> map
    end
  end

  def set_process_metadata(meta) when is_map(meta) do
    :erlang.put(@metadata, meta)
    :ok
  end

  def set_process_metadata(_meta), do: :erlang.error(:badarg)

  def update_process_metadata(meta) when is_map(meta),
    do: set_process_metadata(:maps.merge(process_metadata(), meta))

  def update_process_metadata(_meta), do: :erlang.error(:badarg)

  def get_process_metadata, do: :erlang.get(@metadata)

  def unset_process_metadata do
    :erlang.erase(@metadata)
    :ok
  end

  # --------------------------------------------------------------------------------------------
  # Configuration
  # --------------------------------------------------------------------------------------------

  defp config do
    case :persistent_term.get(@key, :undefined) do
      :undefined -> initial_config()
      config -> config
    end
  end

  # Two processes that come here at once store the same.
  defp initial_config do
    config = Logger.Boot.config()
    :persistent_term.put(@key, config)
    config
  end

  # Runs [fun] with the present configuration in the process that makes all changes. It returns
  # `{reply, new_config}`, or `{reply, :same}`.
  defp change(fun) do
    server = :erlang.whereis(:logger)

    if is_pid(server) and server != self(),
      do: :logger_server.run(server, fn -> apply_change(fun) end),
      else: apply_change(fun)
  end

  @doc false
  def apply_change(fun) do
    case fun.(config()) do
      {reply, :same} ->
        reply

      {reply, new_config} ->
        :persistent_term.put(@key, new_config)
        reply
    end
  end

  def get_config do
    config = config()

    %{
      primary: config.primary,
      handlers: handler_configs(config),
      proxy: get_proxy_config(),
      module_levels: get_module_level()
    }
  end

  def get_proxy_config do
    %{
      burst_limit_enable: true,
      burst_limit_max_count: 500,
      burst_limit_window_time: 1000,
      drop_mode_qlen: 1000,
      flush_qlen: 5000,
      overload_kill_enable: false,
      overload_kill_mem_size: 3_000_000,
      overload_kill_qlen: 20_000,
      overload_kill_restart_after: 5000,
      sync_mode_qlen: 500
    }
  end

  def set_proxy_config(config) when is_map(config), do: :ok
  def update_proxy_config(config) when is_map(config), do: :ok

  def get_primary_config, do: config().primary

  def set_primary_config(new) when is_map(new) do
    default = %{level: :notice, filter_default: :log, filters: [], metadata: %{}}
    put_primary(fn _old -> :maps.merge(default, new) end)
  end

  def set_primary_config(other), do: {:error, {:invalid_config, :primary, other}}
  def set_primary_config(key, value), do: put_primary(&:maps.put(key, value, &1))

  def update_primary_config(new) when is_map(new), do: put_primary(&:maps.merge(&1, new))
  def update_primary_config(other), do: {:error, {:invalid_config, :primary, other}}

  defp put_primary(fun) do
    change(fn config ->
      primary = fun.(config.primary)

      case check_fields(:maps.to_list(primary), [:level, :filter_default, :filters, :metadata], :primary) do
        :ok -> {:ok, %{config | primary: primary}}
        error -> {error, :same}
      end
    end)
  end

  # The first field that is wrong, as an error.
  defp check_fields([], _known, _what), do: :ok

  defp check_fields([{key, value} | rest], known, what) do
    case check_field(key, value, known, what) do
      :ok -> check_fields(rest, known, what)
      error -> error
    end
  end

  defp check_field(key, value, known, what) do
    cond do
      key not in known ->
        kind = if what == :primary, do: :invalid_primary_config, else: :invalid_handler_config
        {:error, {kind, %{key => value}}}

      key == :level and not level?(value) ->
        {:error, {:invalid_level, value}}

      key == :filter_default and value not in [:log, :stop] ->
        {:error, {:invalid_filter_default, value}}

      key == :filters ->
        check_filters(value)

      key == :metadata and not is_map(value) ->
        {:error, {:invalid_metadata, value}}

      key == :formatter ->
        check_formatter(value)

      true ->
        :ok
    end
  end

  defp check_filters([]), do: :ok

  defp check_filters([{id, {fun, _argument}} | rest]) when is_atom(id) and is_function(fun, 2),
    do: check_filters(rest)

  defp check_filters([other | _]), do: {:error, {:invalid_filter, other}}
  defp check_filters(other), do: {:error, {:invalid_filters, other}}

  defp check_formatter({module, _config}) when is_atom(module), do: :ok
  defp check_formatter(other), do: {:error, {:invalid_formatter, other}}

  # Levels of modules --------------------------------------------------------------------------

  def set_module_level(module, level) when is_atom(module), do: set_module_level([module], level)

  def set_module_level(modules, level) when is_list(modules) do
    cond do
      not :lists.all(&is_atom/1, modules) ->
        {:error, {:not_a_list_of_modules, modules}}

      not level?(level) ->
        {:error, {:invalid_level, level}}

      true ->
        change(fn config ->
          levels = :lists.foldl(&:maps.put(&1, level, &2), config.modules, modules)
          {:ok, %{config | modules: levels}}
        end)
    end
  end

  def set_module_level(other, _level), do: {:error, {:not_a_list_of_modules, other}}

  def unset_module_level do
    change(fn config -> {:ok, %{config | modules: %{}}} end)
  end

  def unset_module_level(module) when is_atom(module), do: unset_module_level([module])

  def unset_module_level(modules) when is_list(modules) do
    change(fn config -> {:ok, %{config | modules: :maps.without(modules, config.modules)}} end)
  end

  def unset_module_level(other), do: {:error, {:not_a_list_of_modules, other}}

  def get_module_level, do: :lists.sort(:maps.to_list(config().modules))
  def get_module_level(module) when is_atom(module), do: get_module_level([module])

  def get_module_level(modules) when is_list(modules),
    do: :lists.sort(:maps.to_list(:maps.with(modules, config().modules)))

  def set_application_level(app, level) do
    with_modules(app, &set_module_level(&1, level))
  end

  def unset_application_level(app), do: with_modules(app, &unset_module_level/1)

  defp with_modules(app, fun) do
    case :application.get_key(app, :modules) do
      {:ok, modules} -> fun.(modules)
      _ -> {:error, {:not_loaded, app}}
    end
  end

  # Filters ------------------------------------------------------------------------------------

  def add_primary_filter(id, filter) do
    change(fn config ->
      case add_filter(id, filter, config.primary.filters) do
        {:ok, filters} -> {:ok, put_in_primary(config, :filters, filters)}
        error -> {error, :same}
      end
    end)
  end

  def remove_primary_filter(id) do
    change(fn config ->
      case drop_filter(id, config.primary.filters) do
        {:ok, filters} -> {:ok, put_in_primary(config, :filters, filters)}
        error -> {error, :same}
      end
    end)
  end

  defp put_in_primary(config, key, value), do: %{config | primary: :maps.put(key, value, config.primary)}

  def add_handler_filter(handler_id, id, filter) do
    change_handler(handler_id, fn handler ->
      case add_filter(id, filter, handler.filters) do
        {:ok, filters} -> {:ok, %{handler | filters: filters}}
        error -> error
      end
    end)
  end

  def remove_handler_filter(handler_id, id) do
    change_handler(handler_id, fn handler ->
      case drop_filter(id, handler.filters) do
        {:ok, filters} -> {:ok, %{handler | filters: filters}}
        error -> error
      end
    end)
  end

  defp add_filter(id, filter, filters) do
    cond do
      :lists.keymember(id, 1, filters) ->
        {:error, {:already_exist, id}}

      true ->
        case check_filters([{id, filter}]) do
          :ok -> {:ok, filters ++ [{id, filter}]}
          error -> error
        end
    end
  end

  defp drop_filter(id, filters) do
    if :lists.keymember(id, 1, filters),
      do: {:ok, :lists.keydelete(id, 1, filters)},
      else: {:error, {:not_found, id}}
  end

  # Handlers -----------------------------------------------------------------------------------

  @handler_fields [:id, :module, :level, :filters, :filter_default, :formatter, :config]

  def add_handler(id, module, handler) when is_atom(id) and is_atom(module) and is_map(handler) do
    change(fn config ->
      default = %{
        level: :all,
        filters: [],
        filter_default: :log,
        formatter: {:logger_formatter, %{}}
      }

      handler = :maps.merge(default, :maps.merge(handler, %{id: id, module: module}))

      with :ok <- absent(id, config),
           :ok <- exports_log(module),
           :ok <- check_fields(:maps.to_list(handler), @handler_fields, :handler),
           {:ok, handler} <- callback(module, :adding_handler, [handler], {:ok, handler}) do
        {:ok, %{config | handlers: config.handlers ++ [{id, handler}]}}
      else
        {:error, {:callback, reason}} -> {{:error, {:handler_not_added, reason}}, :same}
        error -> {error, :same}
      end
    end)
  end

  def add_handler(id, module, handler) when is_atom(id) and is_atom(module),
    do: {:error, {:invalid_config, id, handler}}

  def add_handler(id, _module, _handler) when not is_atom(id), do: {:error, {:invalid_id, id}}
  def add_handler(_id, module, _handler), do: {:error, {:invalid_module, module}}

  defp absent(id, config) do
    if :lists.keymember(id, 1, config.handlers), do: {:error, {:already_exist, id}}, else: :ok
  end

  defp exports_log(module) do
    :code.ensure_loaded(module)

    if :erlang.function_exported(module, :log, 2),
      do: :ok,
      else: {:error, {:invalid_handler, {:function_not_exported, {module, :log, 2}}}}
  end

  # Calls an optional function of a handler's module.
  defp callback(module, function, args, default) do
    if :erlang.function_exported(module, function, length(args)) do
      try do
        :erlang.apply(module, function, args)
      catch
        kind, reason -> {:error, {:callback, {:callback_crashed, {kind, reason, __STACKTRACE__}}}}
      else
        {:ok, config} when is_map(config) -> {:ok, config}
        {:error, reason} -> {:error, {:callback, reason}}
        :ok -> default
        other -> {:error, {:callback, {:bad_return_value, other}}}
      end
    else
      default
    end
  end

  def remove_handler(id) do
    change(fn config ->
      case :lists.keyfind(id, 1, config.handlers) do
        {_, handler} ->
          _ = callback(handler.module, :removing_handler, [handler], :ok)
          {:ok, %{config | handlers: :lists.keydelete(id, 1, config.handlers)}}

        false ->
          {{:error, {:not_found, id}}, :same}
      end
    end)
  end

  def get_handler_ids, do: for({id, _} <- config().handlers, do: id)

  def get_handler_config, do: handler_configs(config())

  defp handler_configs(config), do: for({_, handler} <- config.handlers, do: shown(handler))

  def get_handler_config(id) do
    case :lists.keyfind(id, 1, config().handlers) do
      {_, handler} -> {:ok, shown(handler)}
      false -> {:error, {:not_found, id}}
    end
  end

  defp shown(%{module: module} = handler) do
    if :erlang.function_exported(module, :filter_config, 1) do
      try do
        module.filter_config(handler)
      catch
        _, _ -> handler
      else
        new when is_map(new) -> new
        _ -> handler
      end
    else
      handler
    end
  end

  def set_handler_config(id, new) when is_map(new) do
    replace_handler(id, :set, fn old ->
      :maps.merge(
        %{level: :all, filters: [], filter_default: :log, formatter: {:logger_formatter, %{}}},
        :maps.merge(new, %{id: id, module: old.module})
      )
    end)
  end

  def set_handler_config(id, other), do: {:error, {:invalid_config, id, other}}

  def set_handler_config(id, key, value),
    do: replace_handler(id, :set, &:maps.put(key, value, &1))

  def update_handler_config(id, new) when is_map(new),
    do: replace_handler(id, :update, &:maps.merge(&1, new))

  def update_handler_config(id, other), do: {:error, {:invalid_config, id, other}}

  def update_handler_config(id, :config, value) when is_map(value) do
    replace_handler(id, :update, fn old ->
      :maps.put(:config, :maps.merge(:maps.get(:config, old, %{}), value), old)
    end)
  end

  def update_handler_config(id, key, value),
    do: replace_handler(id, :update, &:maps.put(key, value, &1))

  def update_formatter_config(id, new) when is_map(new) do
    change_handler(id, fn %{formatter: {module, config}} = handler ->
      config = if is_map(config), do: :maps.merge(config, new), else: new
      {:ok, %{handler | formatter: {module, config}}}
    end)
  end

  def update_formatter_config(id, key, value), do: update_formatter_config(id, %{key => value})

  # A change that the handler's module is asked about.
  defp replace_handler(id, how, fun) do
    change_handler(id, fn old ->
      new = fun.(old)

      with :ok <- same_identity(old, new),
           :ok <- check_fields(:maps.to_list(new), @handler_fields, :handler) do
        case callback(old.module, :changing_config, [how, old, new], {:ok, new}) do
          {:error, {:callback, reason}} -> {:error, reason}
          result -> result
        end
      end
    end)
  end

  defp same_identity(%{id: id, module: module}, %{id: id, module: module}), do: :ok

  defp same_identity(%{id: id, module: module}, new) do
    case new do
      %{id: ^id, module: other} -> {:error, {:illegal_config_change, %{module: module}, %{module: other}}}
      %{id: other} -> {:error, {:illegal_config_change, %{id: id}, %{id: other}}}
    end
  end

  defp change_handler(id, fun) do
    change(fn config ->
      case :lists.keyfind(id, 1, config.handlers) do
        {_, handler} ->
          case fun.(handler) do
            {:ok, new} -> {:ok, %{config | handlers: :lists.keyreplace(id, 1, config.handlers, {id, new})}}
            error -> {error, :same}
          end

        false ->
          {{:error, {:not_found, id}}, :same}
      end
    end)
  end

  # Handlers and filters as an application's configuration lists them.
  def add_handlers(app) when is_atom(app) do
    case :application.get_env(app, :logger) do
      {:ok, list} -> add_handlers(list)
      _ -> :ok
    end
  end

  def add_handlers(list) when is_list(list) do
    :lists.foreach(
      fn
        {:handler, id, module, config} -> add_handler(id, module, config)
        {:handler, :default, :undefined} -> remove_handler(:default)
        {:filters, default, filters} -> update_primary_config(%{filter_default: default, filters: filters})
        {:module_level, level, modules} -> set_module_level(modules, level)
        _ -> :ok
      end,
      list
    )
  end

  def reconfigure do
    change(fn _config -> {:ok, Logger.Boot.config()} end)
  end

  # --------------------------------------------------------------------------------------------
  # Text of reports
  # --------------------------------------------------------------------------------------------

  def format_otp_report(%{label: _, report: report}), do: format_report(report)
  def format_otp_report(report), do: format_report(report)

  def format_report(report) when is_map(report), do: format_report(:maps.to_list(report))

  def format_report(report) when is_list(report) do
    case :lists.flatten(report) do
      [] -> {~c"~tp", [[]]}
      flat -> format_fields(report, flat)
    end
  end

  def format_report(report), do: {~c"~tp", [report]}

  defp format_fields(report, flat) do
    if :lists.all(&is_integer/1, flat) do
      {~c"~ts", [report]}
    else
      {formats, args} =
        :lists.foldr(
          fn
            {tag, data}, {formats, args} -> {[~c"    ~tp: ~tp" | formats], [tag, data | args]}
            data, {formats, args} -> {[~c"    ~tp" | formats], [data | args]}
          end,
          {[], []},
          flat
        )

      {:lists.flatten(:lists.join(~c"~n", formats)), args}
    end
  end

  # --------------------------------------------------------------------------------------------
  # Showing the configuration
  # --------------------------------------------------------------------------------------------

  def i, do: i_text(get_config())
  def i(:primary), do: i_text(get_primary_config())
  def i(:handlers), do: i_text(get_handler_config())
  def i(:proxy), do: i_text(get_proxy_config())
  def i(:modules), do: i_text(get_module_level())
  def i(handler_id), do: i_text(get_handler_config(handler_id))

  defp i_text(term), do: IO.puts(inspect(term, pretty: true, limit: :infinity))
end

defmodule :logger_server do
  @moduledoc false
  # The process registered as `:logger`: it turns the runtime's crash messages into events and
  # makes the changes of the configuration, one after the other.

  def start do
    pid = :erlang.spawn(:logger_server, :loop, [])
    :erlang.register(:logger, pid)
    pid
  end

  # Runs [fun] in the server and gives its result.
  def run(server, fun) do
    ref = :erlang.monitor(:process, server)
    send(server, {:run, self(), ref, fun})

    receive do
      {^ref, {:returned, result}} ->
        :erlang.demonitor(ref, [:flush])
        result

      {^ref, {:raised, kind, reason, stacktrace}} ->
        :erlang.demonitor(ref, [:flush])
        :erlang.raise(kind, reason, stacktrace)

      {:DOWN, ^ref, _, _, _} ->
        fun.()
    end
  end

  # Returns when all that the server got before is written.
  def sync do
    case :erlang.whereis(:logger) do
      server when is_pid(server) and server != self() -> run(server, fn -> :ok end)
      _ -> :ok
    end
  end

  def loop do
    receive do
      message -> handle(message)
    end

    __MODULE__.loop()
  end

  defp handle({:phial_log, level, {pid, reason, stacktrace}, {gl, time, _initial_call}}) do
    meta = %{pid: pid, gl: gl, time: time, error_logger: %{emulator: true, tag: :error}}
    format = ~c"Error in process ~p with exit value:~n~p~n"
    report(level, {format, [pid, {reason, stacktrace}]}, meta)
  end

  defp handle({:log, level, format, args, meta}), do: report(level, {format, args}, meta)

  defp handle({:run, from, ref, fun}) do
    result =
      try do
        {:returned, fun.()}
      catch
        kind, reason -> {:raised, kind, reason, __STACKTRACE__}
      end

    send(from, {ref, result})
  end

  defp handle(_message), do: :ok

  defp report(level, message, meta) do
    try do
      if :logger.allow(level), do: :logger.dispatch(%{level: level, msg: message, meta: meta})
    catch
      _, _ -> :ok
    end
  end
end
