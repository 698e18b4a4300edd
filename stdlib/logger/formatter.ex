defmodule Logger.Formatter do
  @moduledoc ~S"""
  Turns log events into text, by a pattern.

  A pattern is a string with `$time`, `$date`, `$message`, `$level`, `$node`, `$metadata` and `$levelpad` in it, or a
  `{module, function}` that is called with the level, the message, the time and the metadata.

      Logger.Formatter.new(format: "$time [$level] $message\n", metadata: [:request_id])
  """

  @type time_ms :: {0..23, 0..59, 0..59, 0..999}
  @type date :: {1970..10000, 1..12, 1..31}
  @type date_time_ms :: {date, time_ms}
  @type pattern :: :date | :level | :levelpad | :message | :metadata | :node | :time

  @default_pattern "\n$time $metadata[$level] $message\n"
  @replacement "\uFFFD"

  defstruct template: nil, truncate: 8096, metadata: [], colors: nil, utc_log?: false

  @doc """
  Makes a formatter for a handler's configuration.

  Options: `:format`, `:metadata` (keys, or `:all`), `:colors`, `:truncate` (bytes, or `:infinity`), `:utc_log`.

      iex> {module, _config} = Logger.Formatter.new(format: "$message")
      iex> module
      Logger.Formatter
  """
  @spec new(keyword) :: {module, term}
  def new(options \\ []) do
    {Logger.Formatter,
     %Logger.Formatter{
       template: compile(options[:format]),
       truncate: Keyword.get(options, :truncate, 8096),
       metadata: Keyword.get(options, :metadata, []),
       colors: colors(options[:colors] || []),
       utc_log?: Keyword.get_lazy(options, :utc_log, fn -> Logger.Boot.env(:utc_log, false) end)
     }}
  end

  defp colors(options) do
    warning = Keyword.get(options, :warning, Keyword.get(options, :warn, :yellow))
    error = Keyword.get(options, :error, :red)

    %{
      emergency: error,
      alert: error,
      critical: error,
      error: error,
      warning: warning,
      notice: Keyword.get(options, :info, :normal),
      info: Keyword.get(options, :info, :normal),
      debug: Keyword.get(options, :debug, :cyan),
      enabled: Keyword.get_lazy(options, :enabled, &ansi?/0)
    }
  end

  defp ansi? do
    IO.ANSI.enabled?()
  rescue
    UndefinedFunctionError -> false
  end

  @doc """
  Splits a pattern into texts and fields.

      iex> Logger.Formatter.compile("$time $message")
      [:time, " ", :message]
      iex> Logger.Formatter.compile({Mod, :fun})
      {Mod, :fun}
  """
  @spec compile(binary | nil | {module, atom}) :: [pattern | binary] | {module, atom}
  def compile(nil), do: compile(@default_pattern)

  def compile({module, function}) when is_atom(module) and is_atom(function), do: {module, function}

  def compile(pattern) when is_binary(pattern), do: parts(pattern, "")

  defp parts(<<?$, letter, _::binary>> = pattern, text) when letter in ?a..?z do
    <<?$, rest::binary>> = pattern
    {name, rest} = name(rest, "")
    with_text(text, [field(name) | parts(rest, "")])
  end

  defp parts(<<char::utf8, rest::binary>>, text), do: parts(rest, <<text::binary, char::utf8>>)
  defp parts("", text), do: with_text(text, [])

  defp with_text("", rest), do: rest
  defp with_text(text, rest), do: [text | rest]

  defp name(<<letter, rest::binary>>, name) when letter in ?a..?z, do: name(rest, <<name::binary, letter>>)
  defp name(rest, name), do: {name, rest}

  @fields [:time, :date, :message, :level, :node, :metadata, :levelpad]

  for field <- @fields do
    defp field(unquote(Atom.to_string(field))), do: unquote(field)
  end

  defp field(name), do: raise(ArgumentError, "$#{name} is an invalid format pattern")

  @doc false
  # What handlers call.
  def format(%{level: level, meta: meta} = event, %Logger.Formatter{} = config) do
    message = format_event(event, config.truncate)
    time = system_time_to_date_time_ms(time(meta), config.utc_log?)
    metadata = take_metadata(meta, config.metadata)

    text =
      try do
        format(config.template, level, message, time, metadata)
      catch
        kind, reason ->
          failed = ["could not format message: ", inspect({level, message, time, metadata}), "\n"]
          [failed, Exception.format(kind, reason, __STACKTRACE__), "\n"]
      end

    colored(config.colors, level, meta, text)
  end

  defp time(%{time: time}) when is_integer(time), do: time
  defp time(_meta), do: :os.system_time(:microsecond)

  defp take_metadata(meta, :all), do: meta |> Map.to_list() |> Keyword.delete(:report_cb)
  defp take_metadata(meta, {:from_application, _}), do: take_metadata(meta, :all)
  defp take_metadata(meta, keys), do: for(key <- keys, is_map_key(meta, key), do: {key, Map.fetch!(meta, key)})

  defp colored(%{enabled: true} = colors, level, meta, text) do
    color = Map.get(meta, :ansi_color) || Map.fetch!(colors, level)
    [IO.ANSI.format_fragment(color, true), text | IO.ANSI.reset()]
  end

  defp colored(_colors, _level, _meta, text), do: text

  @doc """
  The text of an event's message, at most `truncate` bytes of it.

      iex> event = %{level: :info, msg: {:string, "hello"}, meta: %{}}
      iex> Logger.Formatter.format_event(event, :infinity)
      "hello"
  """
  @spec format_event(map, non_neg_integer | :infinity) :: IO.chardata()
  def format_event(%{msg: message, meta: meta}, truncate) do
    text =
      try do
        Logger.Utils.text(message, meta)
      catch
        kind, reason ->
          ["FORMATTER ERROR: bad return value or failure in ", inspect(message), "\n", Exception.format(kind, reason, __STACKTRACE__)]
      end

    truncate(text, truncate)
  end

  @doc """
  Fills a compiled pattern.

      iex> pattern = Logger.Formatter.compile("[$level] $message")
      iex> pattern
      ...> |> Logger.Formatter.format(:error, "hello", {{1977, 1, 28}, {13, 29, 0, 0}}, [])
      ...> |> IO.chardata_to_string()
      "[error] hello"
  """
  @spec format({atom, atom} | [pattern | binary], Logger.level(), Logger.message(), date_time_ms, keyword) ::
          IO.chardata()
  def format({module, function}, level, message, time, metadata),
    do: apply(module, function, [level, message, time, metadata])

  def format(pattern, level, message, time, metadata),
    do: for(part <- pattern, do: output(part, level, message, time, metadata))

  defp output(:message, _level, message, _time, _metadata), do: message
  defp output(:date, _level, _message, {date, _}, _metadata), do: format_date(date)
  defp output(:time, _level, _message, {_, time}, _metadata), do: format_time(time)
  defp output(:level, level, _message, _time, _metadata), do: Atom.to_string(level)
  defp output(:node, _level, _message, _time, _metadata), do: Atom.to_string(node())
  defp output(:levelpad, level, _message, _time, _metadata), do: levelpad(level)
  defp output(:metadata, _level, _message, _time, metadata), do: pairs(metadata)
  defp output(text, _level, _message, _time, _metadata), do: text

  defp levelpad(level) when level in [:info, :warn], do: " "
  defp levelpad(_level), do: ""

  defp pairs(metadata) do
    for {key, value} <- metadata, shown = metadata(key, value), do: [Atom.to_string(key), ?=, shown, ?\s]
  end

  # A value as text; nil: it is not shown.
  defp metadata(key, _value) when key in [:time, :gl, :report_cb], do: nil
  defp metadata(_key, nil), do: nil
  defp metadata(_key, value) when is_binary(value), do: value
  defp metadata(_key, value) when is_integer(value), do: Integer.to_string(value)
  defp metadata(_key, value) when is_float(value), do: Float.to_string(value)
  defp metadata(_key, value) when is_pid(value), do: :erlang.pid_to_list(value)

  defp metadata(_key, value) when is_atom(value) do
    case Atom.to_string(value) do
      "Elixir." <> rest -> rest
      text -> text
    end
  end

  defp metadata(_key, value) when is_reference(value) do
    [?#, ?R, ?e, ?f | rest] = :erlang.ref_to_list(value)
    rest
  end

  defp metadata(:file, value) when is_list(value), do: value

  defp metadata(:domain, [head | _] = value) when is_atom(head),
    do: Enum.map_intersperse(value, ?., &Atom.to_string/1)

  defp metadata(key, {module, function, arity})
       when key in [:mfa, :initial_call] and is_atom(module) and is_atom(function) and is_integer(arity),
       do: Exception.format_mfa(module, function, arity)

  defp metadata(_key, value) when is_list(value), do: nil

  defp metadata(_key, value) do
    case String.Chars.impl_for(value) do
      nil -> nil
      impl -> impl.to_string(value)
    end
  end

  @doc """
  Makes chardata valid: each bad byte or code point becomes the replacement character.

      iex> Logger.Formatter.prune([?a, 0xD800, "b"]) |> IO.chardata_to_string()
      "a\uFFFDb"
  """
  @spec prune(IO.chardata()) :: IO.chardata()
  def prune(binary) when is_binary(binary), do: prune_binary(binary, "")

  def prune([head | tail]) when head in 0..0xD7FF//1 or head in 0xE000..0x10FFFF//1, do: [head | prune(tail)]
  def prune([head | tail]) when is_integer(head), do: [@replacement | prune(tail)]
  def prune([head | tail]), do: [prune(head) | prune(tail)]
  def prune([]), do: []
  def prune(_), do: @replacement

  defp prune_binary(<<char::utf8, rest::binary>>, done), do: prune_binary(rest, <<done::binary, char::utf8>>)
  defp prune_binary(<<_, rest::binary>>, done), do: prune_binary(rest, <<done::binary, @replacement::binary>>)
  defp prune_binary(<<>>, done), do: done

  @doc """
  The first `limit` bytes of chardata, with a note if that is not all of it.

      iex> Logger.Formatter.truncate("hello", 10)
      "hello"
      iex> Logger.Formatter.truncate("hello", 2) |> IO.chardata_to_string()
      "he (truncated)"
  """
  @spec truncate(IO.chardata(), non_neg_integer | :infinity) :: IO.chardata()
  def truncate(chardata, :infinity), do: chardata

  def truncate(chardata, limit) when limit >= 0 do
    {chardata, left} = take(chardata, limit)
    if left >= 0, do: chardata, else: [chardata, " (truncated)"]
  end

  # The data that fits, and how much room is left; negative: something was cut.
  defp take(_data, left) when left < 0, do: {[], left}

  defp take(binary, left) when is_binary(binary) do
    size = byte_size(binary)
    if size <= left, do: {binary, left - size}, else: {cut(binary, left), -1}
  end

  defp take(char, left) when is_integer(char), do: {char, left - byte_size(<<char::utf8>>)}
  defp take([], left), do: {[], left}

  defp take([head | tail], left) do
    case take(head, left) do
      {_char, left} when left < 0 and is_integer(head) ->
        {[], left}

      {head, left} ->
        {tail, left} = take(tail, left)
        {[head | tail], left}
    end
  end

  # Never inside a character.
  defp cut(binary, size) do
    case binary do
      <<_::binary-size(size), 2::2, _::bitstring>> when size > 0 -> cut(binary, size - 1)
      <<head::binary-size(size), _::binary>> -> head
    end
  end

  @doc """
  The date and time of microseconds since 1970, in UTC or as clocks here show it.

      iex> Logger.Formatter.system_time_to_date_time_ms(0, true)
      {{1970, 1, 1}, {0, 0, 0, 0}}
  """
  @spec system_time_to_date_time_ms(integer, boolean) :: date_time_ms
  def system_time_to_date_time_ms(system_time, utc_log? \\ false) do
    micro = Integer.mod(system_time, 1_000_000)
    seconds = div(system_time - micro, 1_000_000)
    utc = :erlang.posixtime_to_universaltime(seconds)
    {date, {hour, minute, second}} = if utc_log?, do: utc, else: :erlang.universaltime_to_localtime(utc)
    {date, {hour, minute, second, div(micro, 1000)}}
  end

  @doc """
  A time of day as text.

      iex> Logger.Formatter.format_time({12, 30, 10, 1}) |> IO.chardata_to_string()
      "12:30:10.001"
  """
  @spec format_time({0..23, 0..59, 0..59, 0..999}) :: IO.chardata()
  def format_time({hour, minute, second, milli}),
    do: [pad2(hour), ?:, pad2(minute), ?:, pad2(second), ?., pad3(milli)]

  @doc """
  A date as text.

      iex> Logger.Formatter.format_date({2024, 5, 1}) |> IO.chardata_to_string()
      "2024-05-01"
  """
  @spec format_date({1970..10000, 1..12, 1..31}) :: IO.chardata()
  def format_date({year, month, day}), do: [Integer.to_string(year), ?-, pad2(month), ?-, pad2(day)]

  defp pad2(int) when int < 10, do: [?0, Integer.to_string(int)]
  defp pad2(int), do: Integer.to_string(int)

  defp pad3(int) when int < 10, do: [?0, ?0, Integer.to_string(int)]
  defp pad3(int) when int < 100, do: [?0, Integer.to_string(int)]
  defp pad3(int), do: Integer.to_string(int)
end
