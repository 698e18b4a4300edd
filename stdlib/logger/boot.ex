defmodule Logger.Boot do
  @moduledoc false
  # What the logger needs before anything is logged: a process for the runtime's crash messages.
  # The rest comes with the first event.

  @doc false
  def start do
    :logger_server.start()
    :ok
  end

  @doc false
  # Writes what is on its way; the program ends.
  def stop, do: :logger_server.sync()

  @doc false
  # The configuration at first use, from the environment of the application `:logger`.
  def config do
    level = env(:level, :debug)

    %{
      primary: %{
        level: if(level == :warn, do: :warning, else: level),
        filter_default: :log,
        filters: [
          logger_process_level: {&Logger.Utils.process_level/2, []},
          logger_translator: {&Logger.Utils.translator/2, translator_config()}
        ],
        metadata: env(:metadata, [])
      },
      modules: %{},
      handlers: handlers(env(:default_handler, []))
    }
    |> Map.update!(:primary, &Map.update!(&1, :metadata, fn meta -> Map.new(meta) end))
  end

  @doc false
  def translator_config do
    %{
      otp: env(:handle_otp_reports, true),
      sasl: env(:handle_sasl_reports, false),
      translators: env(:translators, [{Logger.Translator, :translate}])
    }
  end

  defp handlers(false), do: []

  defp handlers(options) do
    handler = %{
      id: :default,
      module: :logger_std_h,
      level: :all,
      filters: [remote_gl: {&:logger_filters.remote_gl/2, :stop}],
      filter_default: :log,
      formatter: Logger.default_formatter()
    }

    handler = Map.merge(handler, Map.new(options))

    config =
      handler
      |> Map.get(:config, [])
      |> Map.new()

    case handler.module.adding_handler(Map.put(handler, :config, config)) do
      {:ok, handler} -> [default: handler]
      _ -> []
    end
  end

  @doc false
  def env(key, default) do
    case :application.get_env(:logger, key) do
      {:ok, value} -> value
      _ -> default
    end
  catch
    :error, :undef -> default
  end
end
