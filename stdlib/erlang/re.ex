defmodule :re do
  @moduledoc """
  Replacing and splitting with regular expressions; compiling and running them are natives.

  Subjects may be chardata. Results are binaries, lists or iodata, as the option `return` asks for.

      iex> :re.replace("a-b", "-", "+", return: :binary)
      "a+b"
  """

  @doc "Replaces the first match; see `replace/4`."
  @spec replace(iodata, term, term) :: iodata
  def replace(subject, re, replacement), do: replace(subject, re, replacement, [])

  @doc """
  Replaces the first match or, with `:global`, all. In the replacement `&` stands for the match, `\\\\1` or `\\\\g{1}` for
  a group; it may also be a function of the match and the list of groups.
  """
  @spec replace(iodata, term, term, list) :: iodata
  def replace(subject, re, replacement, options) do
    {options, return, _} = own_options(options)
    unicode? = unicode?(re, options)
    text = binary(subject, unicode?)

    template =
      if is_function(replacement), do: replacement, else: template(binary(replacement, unicode?), "", [])

    text
    |> matches(re, options)
    |> pieces(text, 0, template)
    |> returned(return, unicode?)
  end

  @doc "Splits at all matches; see `split/3`."
  @spec split(iodata, term) :: [iodata]
  def split(subject, re), do: split(subject, re, [])

  @doc """
  Splits at all matches; what groups matched is among the parts. Options: `return`, `parts: n`, `:trim`, and `:group`, which
  makes a list of each part with its groups.
  """
  @spec split(iodata, term, list) :: [iodata]
  def split(subject, re, options) do
    {options, return, split} = own_options(options)
    unicode? = unicode?(re, options)
    text = binary(subject, unicode?)
    limit = if split.parts == :infinity or split.parts == 0, do: -1, else: split.parts - 1
    matches = matches(text, re, [:global | :lists.delete(:global, options)])
    groups = parts(matches, text, 0, limit, group_count(re, options))
    trim? = split.parts == 0 and matches != []

    if split.group do
      groups = if trim?, do: trimmed(groups, &Enum.all?(&1, fn part -> part == "" end)), else: groups
      for group <- groups, do: for(part <- group, do: returned(part, return, unicode?))
    else
      parts = :lists.append(groups)
      parts = if trim?, do: trimmed(parts, &(&1 == "")), else: parts
      for part <- parts, do: returned(part, return, unicode?)
    end
  end

  # Takes the options that are not for run/3 out.
  defp own_options(options) do
    # Of the options for the number of parts the last one counts; trimming is zero parts.
    default = %{parts: nil, group: false}

    {rest, return, split} = :lists.foldr(
      fn
        {:return, return}, {rest, _, split} when return in [:iodata, :list, :binary] -> {rest, return, split}
        {:parts, n}, {rest, return, split} -> {rest, return, %{split | parts: split.parts || n}}
        :trim, {rest, return, split} -> {rest, return, %{split | parts: split.parts || 0}}
        :group, {rest, return, split} -> {rest, return, %{split | group: true}}
        option, {rest, return, split} -> {[option | rest], return, split}
      end,
      {[], :iodata, default},
      options
    )

    {rest, return, %{split | parts: split.parts || :infinity}}
  end

  # How many groups the expression has; a match leaves out those at its end that did not take part.
  defp group_count({:re_pattern, count, _, _, _}, _options), do: count

  defp group_count(re, options) do
    compile = [
      :unicode,
      :anchored,
      :caseless,
      :dollar_endonly,
      :dotall,
      :extended,
      :firstline,
      :multiline,
      :no_auto_capture,
      :dupnames,
      :ungreedy,
      :bsr_anycrlf,
      :bsr_unicode,
      :no_start_optimize,
      :ucp
    ]

    case :re.compile(re, :lists.filter(&:lists.member(&1, compile), options)) do
      {:ok, pattern} -> :erlang.element(2, pattern)
      _ -> :erlang.error(:badarg)
    end
  end

  defp unicode?({:re_pattern, _, unicode, _, _}, _options), do: unicode != 0
  defp unicode?(_re, options), do: :lists.member(:unicode, options)

  defp binary(text, _unicode?) when is_binary(text), do: text

  defp binary(text, true) do
    case :unicode.characters_to_binary(text) do
      text when is_binary(text) -> text
      _ -> :erlang.error(:badarg)
    end
  end

  defp binary(text, false), do: :erlang.iolist_to_binary(text)

  # Matches as lists of {start, length}.
  defp matches(text, re, options) do
    global? = :lists.member(:global, options)

    case :re.run(text, re, [{:capture, :all, :index} | options]) do
      {:match, matches} when global? -> matches
      {:match, match} -> [match]
      :nomatch -> []
      {:error, _} -> :erlang.error(:badarg)
    end
  end

  defp returned(data, :iodata, _unicode?), do: data
  defp returned(data, :binary, _unicode?), do: :erlang.iolist_to_binary(data)
  defp returned(data, :list, true), do: :unicode.characters_to_list(data)
  defp returned(data, :list, false), do: :erlang.binary_to_list(:erlang.iolist_to_binary(data))

  defp part(text, start, stop), do: :erlang.binary_part(text, start, stop - start)

  defp group(_text, {-1, _}), do: ""
  defp group(text, {start, length}), do: :erlang.binary_part(text, start, length)

  defp pieces([[{start, length} | _] = match | matches], text, from, template) do
    [
      part(text, from, start),
      replaced(template, text, match) | pieces(matches, text, start + length, template)
    ]
  end

  defp pieces([], text, from, _template), do: [part(text, from, byte_size(text))]

  defp replaced(fun, text, [whole | groups]) when is_function(fun) do
    fun.(group(text, whole), :lists.map(&group(text, &1), groups))
  end

  defp replaced(template, text, match) do
    :lists.map(
      fn
        n when is_integer(n) and n < length(match) -> group(text, :lists.nth(n + 1, match))
        n when is_integer(n) -> ""
        text -> text
      end,
      template
    )
  end

  # Texts and group numbers.
  defp template("&" <> rest, text, acc), do: template(rest, "", [0, text | acc])

  defp template("\\g{" <> rest = all, text, acc) do
    case Integer.parse(rest) do
      {n, "}" <> rest} -> template(rest, "", [n, text | acc])
      _ -> plain(all, text, acc)
    end
  end

  defp template("\\g" <> rest = all, text, acc) do
    case Integer.parse(rest) do
      {n, rest} when n >= 0 -> template(rest, "", [n, text | acc])
      _ -> plain(all, text, acc)
    end
  end

  defp template(<<?\\, c, rest::binary>>, text, acc) when c in ?1..?9 do
    {n, rest} = Integer.parse(<<c, rest::binary>>)
    template(rest, "", [n, text | acc])
  end

  # Other escaped characters stand for themselves.
  defp template(<<?\\, c, rest::binary>>, text, acc) when c != ?g do
    template(rest, <<text::binary, c>>, acc)
  end

  defp template("", text, acc), do: :lists.reverse([text | acc])
  defp template(all, text, acc), do: plain(all, text, acc)

  defp plain(<<c, rest::binary>>, text, acc), do: template(rest, <<text::binary, c>>, acc)

  # Each part with the groups of the match that ends it. An empty match where the last one ended splits nothing.
  defp parts([[{from, 0} | _] | matches], text, from, limit, count) do
    parts(matches, text, from, limit, count)
  end

  defp parts([[{start, length} | groups] | matches], text, from, limit, count) when limit != 0 do
    missing = :lists.duplicate(count - length(groups), "")

    [
      [part(text, from, start) | :lists.map(&group(text, &1), groups) ++ missing]
      | parts(matches, text, start + length, limit - 1, count)
    ]
  end

  defp parts(_matches, text, from, _limit, _count), do: [[part(text, from, byte_size(text))]]

  defp trimmed(list, empty?) do
    :lists.reverse(:lists.dropwhile(empty?, :lists.reverse(list)))
  end
end
