defmodule Logger do
  @moduledoc """
  Logging.

      require Logger
      Logger.info("started")
      Logger.error("cannot connect", host: "localhost")

  Levels, the most urgent first: `:emergency`, `:alert`, `:critical`, `:error`, `:warning`, `:notice`, `:info`,
  `:debug`. What is below the level set with `configure/1`, or with `put_module_level/2` for one module, is dropped
  before its message is computed.

  The default handler writes to standard output. Other handlers are modules with a function `log/2`, added with
  `:logger.add_handler/3`. Processes that fail are logged by themselves.

  The environment of the application `:logger` may hold `:level`, `:default_handler` (false for none),
  `:default_formatter`, `:handle_otp_reports`, `:handle_sasl_reports`, `:metadata`, `:utc_log`,
  `:translator_inspect_opts`, `:always_evaluate_messages` and `:compile_time_purge_matching`.
  """

  @type level :: :emergency | :alert | :critical | :error | :warning | :warn | :notice | :info | :debug
  @type report :: map | keyword
  @type message :: :unicode.chardata() | String.Chars.t() | report
  @type metadata :: keyword

  @levels [:emergency, :alert, :critical, :error, :warning, :notice, :info, :debug]

  # --------------------------------------------------------------------------------------------
  # Metadata
  # --------------------------------------------------------------------------------------------

  @doc """
  The metadata of this process.

      iex> Logger.reset_metadata(user: 1)
      iex> Logger.metadata()
      [user: 1]
  """
  @spec metadata() :: metadata
  def metadata do
    case :logger.get_process_metadata() do
      %{} = meta -> Map.to_list(meta)
      _ -> []
    end
  end

  @doc """
  Merges into the metadata of this process; a `nil` takes a key out.

      iex> Logger.reset_metadata(user: 1, trace: 2)
      iex> Logger.metadata(trace: nil)
      :ok
      iex> Logger.metadata()
      [user: 1]
  """
  @spec metadata(metadata) :: :ok
  def metadata(keyword) do
    old =
      case :logger.get_process_metadata() do
        %{} = meta -> meta
        _ -> %{}
      end

    :logger.set_process_metadata(merge(old, keyword))
  end

  defp merge(meta, keyword) do
    Enum.reduce(keyword, meta, fn
      {key, nil}, meta -> Map.delete(meta, key)
      {key, value}, meta -> Map.put(meta, key, value)
    end)
  end

  @doc """
  Replaces the metadata of this process.

      iex> Logger.reset_metadata(a: 1)
      :ok
  """
  @spec reset_metadata(metadata) :: :ok
  def reset_metadata(keyword \\ []), do: :logger.set_process_metadata(merge(%{}, keyword))

  # --------------------------------------------------------------------------------------------
  # Levels
  # --------------------------------------------------------------------------------------------

  @doc """
  All levels, the most urgent first.

      iex> hd(Logger.levels())
      :emergency
  """
  @spec levels() :: [level]
  def levels, do: @levels

  @doc """
  The level below which nothing is logged.
  """
  @spec level() :: level | :all | :none
  def level, do: :logger.get_primary_config().level

  @doc """
  Compares two levels: the more urgent is the greater one.

      iex> Logger.compare_levels(:debug, :warning)
      :lt
      iex> Logger.compare_levels(:error, :info)
      :gt
  """
  @spec compare_levels(level, level) :: :lt | :eq | :gt
  def compare_levels(left, right), do: :logger.compare_levels(full_level(left), full_level(right))

  defp full_level(:warn), do: :warning
  defp full_level(level), do: level

  @doc """
  Sets the level of a process, which can only be the calling one.
  """
  @spec put_process_level(pid, level | :all | :none) :: :ok
  def put_process_level(pid, level) when pid == self() do
    Process.put({Logger, :level}, full_level(level))
    :ok
  end

  @doc """
  The level of this process, if it has one.

      iex> Logger.get_process_level(self())
      nil
  """
  @spec get_process_level(pid) :: level | :all | :none | nil
  def get_process_level(pid) when pid == self(), do: Process.get({Logger, :level})

  @doc """
  Drops the level of this process.
  """
  @spec delete_process_level(pid) :: :ok
  def delete_process_level(pid) when pid == self() do
    Process.delete({Logger, :level})
    :ok
  end

  @doc """
  Sets the level for calls in the given modules.

      iex> Logger.put_module_level(Some.Module, :error)
      :ok
      iex> Logger.get_module_level(Some.Module)
      [{Some.Module, :error}]
      iex> Logger.delete_module_level(Some.Module)
      :ok
  """
  @spec put_module_level(module | [module], level | :all | :none) :: :ok | {:error, term}
  def put_module_level(mod, level), do: :logger.set_module_level(mod, full_level(level))

  @doc """
  Levels of the given modules, for those that have one.
  """
  @spec get_module_level(module | [module]) :: [{module, level | :all | :none}]
  def get_module_level(mod), do: :logger.get_module_level(mod)

  @doc """
  Drops the level of the given modules.
  """
  @spec delete_module_level(module | [module]) :: :ok
  def delete_module_level(module), do: :logger.unset_module_level(module)

  @doc """
  Drops the levels of all modules.
  """
  @spec delete_all_module_levels() :: :ok
  def delete_all_module_levels, do: :logger.unset_module_level()

  @doc """
  Sets the level for calls in the modules of an application.
  """
  @spec put_application_level(atom, level | :all | :none) :: :ok | {:error, {:not_loaded, atom}}
  def put_application_level(appname, level) when is_atom(appname),
    do: :logger.set_application_level(appname, full_level(level))

  @doc """
  Drops the level of the modules of an application.
  """
  @spec delete_application_level(atom) :: :ok | {:error, {:not_loaded, atom}}
  def delete_application_level(appname) when is_atom(appname), do: :logger.unset_application_level(appname)

  @doc false
  @deprecated "Use Logger.get_process_level/1 instead"
  def enabled?(pid) when pid == self(), do: Process.get({Logger, :level}) != :none

  @doc false
  @deprecated "Use Logger.delete_process_level(pid) instead"
  def enable(pid) when pid == self(), do: delete_process_level(pid)

  @doc false
  @deprecated "Use Logger.put_process_level(pid, :none) instead"
  def disable(pid) when pid == self(), do: put_process_level(pid, :none)

  # --------------------------------------------------------------------------------------------
  # Configuration
  # --------------------------------------------------------------------------------------------

  @doc """
  Changes settings while the program runs: `:level`, `:translator_inspect_opts` and others of the application's
  environment.
  """
  @spec configure(keyword) :: :ok
  def configure(options) do
    for {key, value} <- options do
      if key == :level, do: set_level(full_level(value)), else: Application.put_env(:logger, key, value)
    end

    if Keyword.has_key?(options, :handle_sasl_reports) or Keyword.has_key?(options, :handle_otp_reports),
      do: put_translator_config(Logger.Boot.translator_config())

    :ok
  end

  defp set_level(level) do
    case :logger.set_primary_config(:level, level) do
      :ok -> :ok
      {:error, reason} -> raise ArgumentError, "could not set level: #{inspect(reason)}"
    end
  end

  defp put_translator_config(config) do
    filters = :logger.get_primary_config().filters
    filter = {:logger_translator, {&Logger.Utils.translator/2, config}}
    :logger.set_primary_config(:filters, List.keystore(filters, :logger_translator, 0, filter))
  end

  @doc """
  Adds a translator; see `Logger.Translator`.
  """
  @spec add_translator({module, function :: atom}) :: :ok
  def add_translator({mod, fun} = translator) when is_atom(mod) and is_atom(fun),
    do: change_translators(&[translator | List.delete(&1, translator)])

  @doc """
  Removes a translator.
  """
  @spec remove_translator({module, function :: atom}) :: :ok
  def remove_translator({mod, fun} = translator) when is_atom(mod) and is_atom(fun),
    do: change_translators(&List.delete(&1, translator))

  defp change_translators(fun) do
    config =
      case List.keyfind(:logger.get_primary_config().filters, :logger_translator, 0) do
        {_, {_, config}} -> config
        nil -> Logger.Boot.translator_config()
      end

    put_translator_config(Map.update!(config, :translators, fun))
  end

  @doc """
  Adds the handlers that the application's environment lists under `:logger`.
  """
  @spec add_handlers(atom) :: :ok
  def add_handlers(app) when is_atom(app) do
    for entry <- Application.get_env(app, :logger, []) do
      case entry do
        {:handler, id, module, config} ->
          config = Map.new(config)
          config = if is_list(config[:config]), do: Map.update!(config, :config, &Map.new/1), else: config
          config = Map.put_new_lazy(config, :formatter, &default_formatter/0)

          case :logger.add_handler(id, module, config) do
            :ok -> :ok
            {:error, reason} -> raise ArgumentError, "could not add handler #{inspect(id)}: #{inspect(reason)}"
          end

        other ->
          :logger.add_handlers([other])
      end
    end

    :ok
  end

  @doc """
  The formatter of the default handler, with options replaced.
  """
  @spec default_formatter(keyword) :: {module, term}
  def default_formatter(overrides \\ []) when is_list(overrides) do
    :default_formatter
    |> Logger.Boot.env([])
    |> Keyword.merge(overrides)
    |> Logger.Formatter.new()
  end

  @doc """
  Waits until all that was logged is written.
  """
  @spec flush() :: :ok
  def flush do
    :logger_server.sync()
    _ = if Process.whereis(Logger), do: :gen_event.sync_notify(Logger, :flush)
    :ok
  end

  @doc false
  @deprecated "Use LoggerBackends.add/2 from the :logger_backends dependency"
  def add_backend(backend, opts \\ []), do: Logger.Backends.add(backend, opts)

  @doc false
  @deprecated "Use LoggerBackends.remove/2 from the :logger_backends dependency"
  def remove_backend(backend, opts \\ []), do: Logger.Backends.remove(backend, opts)

  @doc false
  @deprecated "Use LoggerBackends.configure/2 from the :logger_backends dependency"
  def configure_backend(backend, options) when is_list(options), do: Logger.Backends.configure(backend, options)

  # --------------------------------------------------------------------------------------------
  # Logging
  # --------------------------------------------------------------------------------------------

  @doc """
  Logs without the place of the call: for levels known only at run time and for code that cannot use macros.

      iex> Logger.bare_log(:debug, fn -> "lazy" end)
      :ok
  """
  @spec bare_log(level, message | (-> message | {message, keyword}), keyword) :: :ok
  def bare_log(level, message_or_fun, metadata \\ []) do
    case __should_log__(level, nil) do
      nil -> :ok
      level -> __do_log__(level, message_or_fun, %{}, Map.new(metadata))
    end
  end

  for level <- @levels do
    @doc """
    Logs with level `:#{level}`. The message is text, a report (a map or a keyword list), or a function that gives one.

        Logger.#{level}("something happened", user: 1)
    """
    defmacro unquote(level)(message_or_fun, metadata \\ []),
      do: expand(unquote(level), message_or_fun, metadata, __CALLER__)
  end

  @doc false
  @deprecated "Use Logger.warning/2 instead"
  defmacro warn(message_or_fun, metadata \\ []), do: expand(:warning, message_or_fun, metadata, __CALLER__)

  @doc """
  Logs with a level that may be known only at run time.

      Logger.log(:info, "message")
  """
  defmacro log(level, message_or_fun, metadata \\ []), do: expand(level, message_or_fun, metadata, __CALLER__)

  defp expand(level, data, metadata, caller) do
    location =
      case caller.function do
        {name, arity} -> %{mfa: {caller.module, name, arity}}
        nil -> %{}
      end
      |> Map.merge(%{line: caller.line, file: to_charlist(relative(caller.file))})

    metadata_map =
      if Keyword.keyword?(metadata),
        do: {:%{}, [], unique(metadata)},
        else: quote(do: Map.new(unquote(metadata)))

    if purge?(level, location, metadata, caller) do
      quote do
        _ = fn -> {unquote(data), unquote(metadata)} end
        :ok
      end
    else
      quote generated: true do
        case Logger.__should_log__(unquote(level), __MODULE__) do
          nil -> :ok
          level -> Logger.__do_log__(level, unquote(data), unquote(Macro.escape(location)), unquote(metadata_map))
        end
      end
    end
  end

  # Of keys given twice the last one counts.
  defp unique(keyword), do: keyword |> Enum.reverse() |> Enum.uniq_by(&elem(&1, 0)) |> Enum.reverse()

  defp relative(file) do
    Path.relative_to_cwd(file)
  rescue
    UndefinedFunctionError -> file
  end

  defp purge?(level, location, metadata, caller) do
    matching = Logger.Boot.env(:compile_time_purge_matching, [])

    matching != [] and
      Enum.any?(matching, fn filters ->
        Enum.all?(filters, fn
          {:level_lower_than, minimum} ->
            is_atom(level) and compare_levels(level, minimum) == :lt

          {:module, module} ->
            caller.module == module

          {:function, function} ->
            case location do
              %{mfa: {_, name, arity}} -> "#{name}/#{arity}" == function
              _ -> false
            end

          {:application, app} ->
            Logger.Boot.env(:compile_time_application, nil) == app

          {key, value} ->
            case Keyword.keyword?(metadata) && Keyword.fetch(metadata, key) do
              {:ok, ^value} -> true
              _ -> Map.fetch(location, key) == {:ok, value}
            end
        end)
      end)
  end

  @doc false
  # The level to log with, or nil.
  def __should_log__(:warn, module), do: __should_log__(:warning, module)

  def __should_log__(level, module) when level in @levels do
    if :logger.allow(level, module) and above_process_level?(level), do: level
  end

  defp above_process_level?(level) do
    case Process.get({Logger, :level}) do
      nil -> true
      limit -> :logger.compare_levels(level, limit) != :lt
    end
  end

  @doc false
  def __do_log__(level, fun, location, metadata)
      when level in @levels and is_function(fun, 0) and is_map(location) and is_map(metadata) do
    case fun.() do
      :skip -> :ok
      {message, more} -> __do_log__(level, message, location, Enum.into(more, metadata))
      message -> __do_log__(level, message, location, metadata)
    end
  end

  def __do_log__(level, message, location, metadata)
      when level in @levels and is_map(location) and is_map(metadata) do
    :logger.log_event(location, level, message(message), domain(metadata))
  end

  defp message(message) when is_binary(message), do: {:string, message}
  defp message([]), do: {:string, []}
  defp message(message) when is_list(message), do: if(Keyword.keyword?(message), do: {:report, message}, else: {:string, message})
  defp message(%{} = message), do: {:report, message}
  defp message(message), do: {:string, to_string(message)}

  defp domain(%{domain: domain} = metadata) when is_list(domain), do: %{metadata | domain: [:elixir | domain]}
  defp domain(metadata), do: Map.put(metadata, :domain, [:elixir])
end
