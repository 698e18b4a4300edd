defmodule Logger.Backends do
  @moduledoc false
  # Backends are handlers of a `:gen_event` manager registered as `Logger`; one handler of the
  # logger passes each event on to them.

  @handler Logger.Backends

  # The console is the default handler.
  def add(:console, _opts) do
    with {:error, {:not_found, _}} <- :logger.get_handler_config(:default),
         [{:default, handler}] <- Logger.Boot.config().handlers,
         :ok <- :logger.add_handler(:default, handler.module, handler) do
      {:ok, Process.whereis(:logger)}
    else
      {:ok, _} -> {:error, :already_present}
      other -> {:error, other}
    end
  end

  def add(backend, _opts) do
    with {:ok, manager} <- manager(),
         :ok <- :gen_event.add_handler(manager, id(backend), init_arg(backend)) do
      {:ok, manager}
    else
      {:EXIT, reason} -> {:error, reason}
      {:error, :already_present} -> {:error, :already_present}
      {:error, _} = error -> error
      other -> {:error, other}
    end
  end

  def remove(:console, _opts) do
    case :logger.remove_handler(:default) do
      :ok -> :ok
      {:error, _} -> {:error, :not_found}
    end
  end

  def remove(backend, _opts) do
    case Process.whereis(Logger) do
      nil ->
        {:error, :not_found}

      manager ->
        case :gen_event.delete_handler(manager, id(backend), :normal) do
          {:error, :module_not_found} -> {:error, :not_found}
          _ -> :ok
        end
    end
  end

  def configure(:console, options) do
    if level = options[:level], do: :logger.update_handler_config(:default, :level, level)
    formatter = options |> Keyword.take([:format, :metadata, :colors, :truncate, :utc_log]) |> Logger.default_formatter()
    :logger.update_handler_config(:default, :formatter, formatter)
  end

  def configure(backend, options) do
    case Process.whereis(Logger) do
      nil -> {:error, :not_found}
      manager -> :gen_event.call(manager, id(backend), {:configure, options})
    end
  end

  defp id({module, _} = backend) when is_atom(module), do: backend
  defp id(module), do: module
  defp init_arg({_, _} = backend), do: backend
  defp init_arg(module), do: module

  defp manager do
    case :gen_event.start({:local, Logger}) do
      {:ok, manager} ->
        :logger.add_handler(@handler, Logger.Backends, %{formatter: Logger.default_formatter()})
        {:ok, manager}

      {:error, {:already_started, manager}} ->
        {:ok, manager}

      error ->
        error
    end
  end

  @doc false
  def log(%{level: level, meta: meta} = event, %{formatter: {_, formatter}}) do
    text = Logger.Formatter.format_event(event, formatter.truncate)
    time = Logger.Formatter.system_time_to_date_time_ms(meta.time, formatter.utc_log?)
    metadata = [{:erl_level, level} | Map.to_list(Map.delete(meta, :report_cb))]
    level = if level == :warning, do: :warn, else: level
    :gen_event.notify(Logger, {level, meta.gl, {Logger, text, time, metadata}})
  end
end
