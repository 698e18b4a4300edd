defmodule :logger_std_h do
  @moduledoc false
  # Writes events to standard output, standard error, a device or a file, in the process that
  # logs: what was logged is written when the call returns.

  def adding_handler(%{} = handler) do
    config = :maps.get(:config, handler, %{})

    cond do
      not is_map(config) ->
        {:error, {:invalid_config, :logger_std_h, config}}

      true ->
        with {:ok, config} <- check(:maps.merge(%{type: :standard_io}, config)),
             do: {:ok, :maps.put(:config, config, handler)}
    end
  end

  def changing_config(_how, old, new) do
    type = old.config.type
    config = :maps.merge(%{type: type}, :maps.get(:config, new, %{}))

    if config.type == type,
      do: {:ok, :maps.put(:config, :maps.merge(old.config, config), new)},
      else: {:error, {:illegal_config_change, :logger_std_h, %{type: type}, %{type: config.type}}}
  end

  def removing_handler(%{config: %{device: device}}) do
    :file.close(device)
    :ok
  end

  def removing_handler(_handler), do: :ok

  def filter_config(%{config: config} = handler),
    do: %{handler | config: :maps.without([:device], config)}

  defp check(%{file: path} = config) do
    type = if modes = config[:modes], do: {:file, path, modes}, else: {:file, path}
    [:file, :modes] |> :maps.without(config) |> Map.put(:type, type) |> check()
  end

  defp check(%{type: type} = config) when type in [:standard_io, :standard_error], do: {:ok, config}
  defp check(%{type: {:device, _}} = config), do: {:ok, config}
  defp check(%{type: :file}), do: {:error, {:invalid_config, :logger_std_h, %{type: :file}}}

  defp check(%{type: {:file, path}} = config), do: open(path, [:raw, :append], config)
  defp check(%{type: {:file, path, modes}} = config), do: open(path, modes, config)
  defp check(%{type: type}), do: {:error, {:invalid_config, :logger_std_h, %{type: type}}}

  # The device must not die with the process that opens it: a raw file belongs to nobody.
  defp open(path, modes, config) do
    modes = if :append in modes or :write in modes, do: modes, else: [:append | modes]

    case :file.open(path, Enum.uniq([:raw | modes])) do
      {:ok, device} -> {:ok, :maps.put(:device, device, config)}
      {:error, reason} -> {:error, {:open_failed, path, reason}}
    end
  end

  def log(event, %{formatter: {module, formatter_config}} = handler) do
    text = module.format(event, formatter_config)
    write(:maps.get(:config, handler, %{type: :standard_io}), text)
  end

  defp write(%{device: device}, text), do: :file.write(device, to_binary(text))
  defp write(%{type: :standard_io}, text), do: put(:user, text)
  defp write(%{type: :standard_error}, text), do: put(:standard_error, text)
  defp write(%{type: {:device, device}}, text), do: put(device, text)

  defp put(device, text), do: IO.write(device, to_binary(text))

  # Text that is no Unicode is shown with replacement characters.
  defp to_binary(text) do
    case :unicode.characters_to_binary(text) do
      binary when is_binary(binary) -> binary
      _ -> text |> Logger.Formatter.prune() |> IO.chardata_to_string()
    end
  end

  def filesync(id) do
    case :logger.get_handler_config(id) do
      {:ok, %{module: :logger_std_h}} -> :logger_server.sync()
      _ -> {:error, {:badarg, {:filesync, [id]}}}
    end
  end

  def info(id) do
    {:ok, handler} = :logger.get_handler_config(id)
    handler.config
  end

  def reset(_id), do: :ok
end

defmodule :logger_filters do
  @moduledoc false
  # Ready-made filters.

  def domain(%{meta: meta} = event, {action, compare, domain})
      when action in [:log, :stop] and compare in [:super, :sub, :equal, :not_equal, :undefined] and
             is_list(domain) do
    hit? =
      case meta do
        %{domain: of_event} when is_list(of_event) -> related?(compare, domain, of_event)
        _ -> compare == :undefined or compare == :not_equal
      end

    on_match(hit?, event, action)
  end

  def domain(_event, argument), do: :erlang.error({:badarg, argument})

  defp related?(:sub, domain, of_event), do: :lists.prefix(domain, of_event)
  defp related?(:super, domain, of_event), do: :lists.prefix(of_event, domain)
  defp related?(:equal, domain, of_event), do: domain == of_event
  defp related?(:not_equal, domain, of_event), do: domain != of_event
  defp related?(:undefined, _domain, _of_event), do: false

  def level(%{level: of_event} = event, {action, compare, level}) when action in [:log, :stop] do
    order = :logger.compare_levels(of_event, level)

    hit? =
      case compare do
        :eq -> order == :eq
        :neq -> order != :eq
        :lt -> order == :lt
        :gt -> order == :gt
        :lteq -> order != :gt
        :gteq -> order != :lt
      end

    on_match(hit?, event, action)
  end

  def level(_event, argument), do: :erlang.error({:badarg, argument})

  def progress(event, action) when action in [:log, :stop] do
    hit? =
      case event do
        %{msg: {:report, %{label: {_, :progress}}}} -> true
        _ -> false
      end

    on_match(hit?, event, action)
  end

  def progress(_event, argument), do: :erlang.error({:badarg, argument})

  def remote_gl(%{meta: meta} = event, action) when action in [:log, :stop] do
    hit? =
      case meta do
        %{gl: gl} when is_pid(gl) -> node(gl) != node()
        _ -> false
      end

    on_match(hit?, event, action)
  end

  def remote_gl(_event, argument), do: :erlang.error({:badarg, argument})

  defp on_match(true, event, :log), do: event
  defp on_match(true, _event, :stop), do: :stop
  defp on_match(false, _event, _action), do: :ignore
end

defmodule :logger_formatter do
  @moduledoc false
  # The formatter of handlers that name none: one line, or a template.

  def check_config(config) when is_map(config), do: :ok
  def check_config(config), do: {:error, {:invalid_formatter_config, :logger_formatter, config}}

  def format(%{level: level, msg: message, meta: meta}, config) when is_map(config) do
    single_line? = :maps.get(:single_line, config, true)
    template = :maps.get(:template, config, default_template(config))
    text = message |> text(meta, config) |> chars(config)
    text = if single_line?, do: join_lines(text), else: text
    part(template, level, text, meta, config)
  end

  defp default_template(%{legacy_header: true}), do: [[:logger_formatter, :header], ?\n, :msg, ?\n]
  defp default_template(%{single_line: false}), do: [:time, ~c" ", :level, ~c":\n", :msg, ~c"\n"]
  defp default_template(_config), do: [:time, ~c" ", :level, ~c": ", :msg, ~c"\n"]

  defp part([], _level, _text, _meta, _config), do: []

  defp part([item | rest], level, text, meta, config),
    do: [one(item, level, text, meta, config) | part(rest, level, text, meta, config)]

  defp one(:level, level, _text, _meta, _config), do: :erlang.atom_to_list(level)
  defp one(:msg, _level, text, _meta, _config), do: text
  defp one(:time, _level, _text, %{time: time}, config), do: time(time, config)
  defp one([:logger_formatter, :header], _level, _text, %{time: time}, config), do: time(time, config)

  defp one(key, _level, _text, meta, _config) when is_atom(key), do: value(:maps.find(key, meta))

  defp one({key, present, absent}, level, text, meta, config) do
    case find(key, meta) do
      {:ok, _} -> part(present, level, text, meta, config)
      :error -> part(absent, level, text, meta, config)
    end
  end

  defp one([key | _] = path, _level, _text, meta, _config) when is_atom(key), do: value(find(path, meta))
  defp one(text, _level, _text, _meta, _config), do: text

  defp find(path, meta) when is_list(path) do
    :lists.foldl(
      fn
        key, {:ok, map} when is_map(map) -> :maps.find(key, map)
        _key, _ -> :error
      end,
      {:ok, meta},
      path
    )
  end

  defp find(key, meta), do: :maps.find(key, meta)

  defp value(:error), do: []
  defp value({:ok, {module, function, arity}}), do: :io_lib.format(~c"~tw:~tw/~w", [module, function, arity])
  defp value({:ok, value}) when is_binary(value), do: value
  defp value({:ok, value}), do: :io_lib.format(~c"~tp", [value])

  defp time(time, config) do
    options = [
      {:unit, :microsecond},
      {:offset, :maps.get(:time_offset, config, ~c"")},
      {:time_designator, :maps.get(:time_designator, config, ?T)}
    ]

    :calendar.system_time_to_rfc3339(time, options)
  end

  defp text({:string, text}, _meta, _config), do: text

  defp text({:report, report}, meta, config) do
    default = :maps.get(:report_cb, meta, &:logger.format_report/1)

    case :maps.get(:report_cb, config, default) do
      fun when is_function(fun, 1) -> fun.(report)
      fun when is_function(fun, 2) -> fun.(report, %{depth: :unlimited, chars_limit: :unlimited, single_line: true})
    end
    |> formatted()
  end

  defp text({format, args}, _meta, _config), do: formatted({format, args})

  defp formatted({format, args}) when is_list(args), do: :io_lib.format(format, args)
  defp formatted(text), do: text

  defp chars(text, config) do
    text = :unicode.characters_to_list(text)

    case :maps.get(:max_size, config, :unlimited) do
      max when is_integer(max) and length(text) > max -> :lists.sublist(text, max - 3) ++ ~c"..."
      _ -> text
    end
  end

  # Line ends, with the blanks around them, become ", ".
  defp join_lines(text) do
    text
    |> :string.trim()
    |> :unicode.characters_to_binary()
    |> String.split("\n", trim: true)
    |> Enum.map_join(", ", &String.trim/1)
    |> String.replace(",, ", ", ")
  end
end

defmodule :error_logger do
  @moduledoc false
  # The older way to log, kept for code that uses it.

  def error_msg(format), do: error_msg(format, [])
  def error_msg(format, args), do: log(:error, :error_msg, {format, args})
  def format(format, args), do: error_msg(format, args)
  def warning_msg(format), do: warning_msg(format, [])
  def warning_msg(format, args), do: log(:warning, :warning_msg, {format, args})
  def info_msg(format), do: info_msg(format, [])
  def info_msg(format, args), do: log(:notice, :info_msg, {format, args})
  def error_report(report), do: error_report(:std_error, report)
  def error_report(type, report), do: log(:error, :error_report, {:report, type, report})
  def warning_report(report), do: warning_report(:std_warning, report)
  def warning_report(type, report), do: log(:warning, :warning_report, {:report, type, report})
  def info_report(report), do: info_report(:std_info, report)
  def info_report(type, report), do: log(:notice, :info_report, {:report, type, report})

  defp log(level, tag, {:report, type, report}) do
    :logger.log(level, %{label: {:error_logger, tag}, report: report}, %{
      error_logger: %{tag: tag, type: type},
      report_cb: &:error_logger.report_to_format/1
    })
  end

  defp log(level, tag, {format, args}) do
    :logger.log(level, %{label: {:error_logger, tag}, format: format, args: args}, %{
      error_logger: %{tag: tag},
      report_cb: &:error_logger.report_to_format/1
    })
  end

  def report_to_format(%{label: {:error_logger, _}, format: format, args: args}), do: {format, args}
  def report_to_format(%{label: {:error_logger, _}, report: report}), do: :logger.format_report(report)

  def logfile(_), do: {:error, :no_log_file}
  def tty(_flag), do: :ok
  def get_format_depth, do: :unlimited
  def limit_term(term), do: term
  def warning_map, do: :warning
end
