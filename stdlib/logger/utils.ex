defmodule Logger.Utils do
  @moduledoc false
  # Filters of the logger, and the text of events.

  @doc false
  # The level of a process hides what is below it from that process.
  def process_level(%{level: level, meta: %{pid: pid}}, _config) when pid == self() do
    limit = Process.get({Logger, :level})

    if limit != nil and :logger.compare_levels(level, limit) == :lt, do: :stop, else: :ignore
  end

  def process_level(_event, _config), do: :ignore

  @doc false
  # Gives the reports of OTP the text that Elixir has for them.
  def translator(%{meta: %{domain: [:otp, :sasl | _]}}, %{sasl: false}), do: :stop
  def translator(%{meta: %{domain: [:otp | _]}}, %{otp: false}), do: :stop
  def translator(%{msg: {:string, _}}, _config), do: :ignore
  def translator(%{meta: %{domain: [:elixir | _]}}, _config), do: :ignore

  def translator(%{msg: message, level: level, meta: meta} = event, %{translators: translators}) do
    {kind, data} = to_translate(message)
    %{level: min_level} = :logger.get_primary_config()

    try do
      translate(translators, min_level, level, kind, data)
    catch
      kind, reason ->
        text = [
          "Failure while translating Erlang's logger event\n",
          Exception.format(kind, reason, __STACKTRACE__)
        ]

        %{event | msg: {:string, text}}
    else
      :skip -> if level == :info and match?([:otp, :sasl | _], meta[:domain]), do: :stop, else: :ignore
      :none -> :stop
      {:ok, text} -> %{event | msg: {:string, text}}
      {:ok, text, extra} -> %{event | msg: {:string, text}, meta: Enum.into(extra, meta)}
    end
  end

  defp to_translate({:report, %{label: {:error_logger, _}, format: format, args: args}}),
    do: {:format, {format, args}}

  defp to_translate({:report, %{label: label, report: report} = complete})
       when map_size(complete) == 2,
       do: {:report, {label, report}}

  defp to_translate({:report, report}), do: {:report, {:logger, report}}
  defp to_translate({format, args}), do: {:format, {format, args}}

  defp translate([], _min_level, _level, _kind, _data), do: :skip

  defp translate([{module, function} | rest], min_level, level, kind, data) do
    case apply(module, function, [min_level, level, kind, data]) do
      :skip -> translate(rest, min_level, level, kind, data)
      result -> result
    end
  end

  @doc false
  # The text of an event's message, as chardata.
  def text({:string, text}, _meta), do: text

  def text({:report, report}, %{report_cb: callback}) when is_function(callback, 1) do
    if callback == (&:logger.format_otp_report/1),
      do: report_text(report),
      else: format_text(callback.(report))
  end

  def text({:report, report}, %{report_cb: callback}) when is_function(callback, 2),
    do: callback.(report, %{depth: :unlimited, chars_limit: :unlimited, single_line: false})

  def text({:report, report}, _meta), do: report_text(report)
  def text({format, args}, _meta), do: format_text({format, args})

  defp report_text(report) when is_map(report) and not is_struct(report),
    do: report |> Map.to_list() |> inspect_term()

  defp report_text(report), do: inspect_term(report)

  defp inspect_term(term), do: inspect(term, inspect_options())

  @doc false
  def inspect_options, do: Logger.Boot.env(:translator_inspect_opts, [])

  defp format_text({format, args}) do
    {format, args} = inspect_format(format, args)
    :io_lib.format(format, args)
  end

  @doc false
  # Erlang's format, with `~p`, `~P`, `~w` and `~W` replaced by terms in Elixir's syntax.
  #
  #     iex> Logger.Utils.inspect_format("~p and ~s", [{:a, 1}, "x"])
  #     {~c"~ts and ~s", ["{:a, 1}", "x"]}
  def inspect_format(format, args) do
    {format, args} = scan(to_chars(format), args, [], [])
    {:lists.reverse(format), :lists.reverse(args)}
  end

  defp to_chars(format) when is_atom(format), do: Atom.to_charlist(format)
  defp to_chars(format), do: :unicode.characters_to_list(format)

  defp scan([?~ | rest], args, format, done) do
    {field, letter, rest, args, used} = control(rest, args, [?~], [])

    case {letter, args} do
      {p, [term | args]} when p in [?p, ?w] ->
        scan(rest, args, [?s, ?t, ?~ | format], [shown(p, field, term, []) | done])

      {p, [term, depth | args]} when p in [?P, ?W] ->
        scan(rest, args, [?s, ?t, ?~ | format], [shown(p, field, term, limit: depth) | done])

      {letter, args} when letter in [?n, ?~] ->
        scan(rest, args, [letter | field] ++ format, done)

      {_, [arg | args]} ->
        scan(rest, args, [letter | field] ++ format, [arg | used] ++ done)

      {_, []} ->
        scan(rest, [], [letter | field] ++ format, used ++ done)
    end
  end

  defp scan([char | rest], args, format, done), do: scan(rest, args, [char | format], done)
  defp scan([], args, format, done), do: {format, :lists.reverse(args) ++ done}

  # The fields before the letter: widths may be arguments themselves.
  defp control([?* | rest], [arg | args], field, used), do: control(rest, args, [?* | field], [arg | used])

  defp control([char | rest], args, field, used)
       when char in ?0..?9 or char in [?-, ?., ?t, ?l, ?k, ?K],
       do: control(rest, args, [char | field], used)

  defp control([letter | rest], args, field, used), do: {field, letter, rest, args, used}
  defp control([], args, field, used), do: {field, ?n, [], args, used}

  defp shown(letter, field, term, options) do
    width = if letter in [?p, ?P], do: width(field), else: :infinity
    options = Keyword.merge([pretty: letter in [?p, ?P], width: width] ++ inspect_options(), options)
    inspect(term, options)
  end

  defp width(field) do
    digits = field |> :lists.reverse() |> Enum.drop(1) |> Enum.take_while(&(&1 in ?0..?9))
    if digits == [], do: 80, else: :erlang.list_to_integer(digits)
  end
end
