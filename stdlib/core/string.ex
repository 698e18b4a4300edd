defmodule String do
  @moduledoc """
  UTF-8 text. A string is a binary; its characters are graphemes, what a reader sees as one.

      iex> String.length("élan")
      4
      iex> String.upcase("straße")
      "STRASSE"
  """

  @type t :: binary
  @type codepoint :: t
  @type grapheme :: t
  @type pattern :: t | [nonempty_binary :: t] | :binary.cp()

  defguardp is_pattern(pattern) when is_binary(pattern) or is_list(pattern) or is_tuple(pattern)

  # Cases and sizes

  @doc """
  Upper case. The mode is `:default`, `:ascii`, `:greek` or `:turkic`.

      iex> String.upcase("abcd")
      "ABCD"
  """
  @spec upcase(t, :default | :ascii | :greek | :turkic) :: t
  def upcase(string, mode \\ :default) when is_binary(string), do: :phial_string.upcase(string, mode)

  @doc """
  Lower case.

      iex> String.downcase("AB 123 XPTO")
      "ab 123 xpto"
  """
  @spec downcase(t, :default | :ascii | :greek | :turkic) :: t
  def downcase(string, mode \\ :default) when is_binary(string), do: :phial_string.downcase(string, mode)

  @doc """
  The first character upper case, the others lower case.

      iex> String.capitalize("ABCD")
      "Abcd"
  """
  @spec capitalize(t, :default | :ascii | :greek | :turkic) :: t
  def capitalize(string, mode \\ :default) when is_binary(string), do: :phial_string.capitalize(string, mode)

  @doc """
  Number of graphemes.

      iex> String.length("եոգլի")
      5
  """
  @spec length(t) :: non_neg_integer
  def length(string) when is_binary(string), do: :phial_string.length(string)

  @doc """
  Is it valid UTF-8? Mode `:fast_ascii` is accepted and gives the same answer.

      iex> String.valid?(<<0xFF>>)
      false
  """
  @spec valid?(t, :default | :fast_ascii) :: boolean
  def valid?(string, mode \\ :default)
  def valid?(string, mode) when is_binary(string) and mode in [:default, :fast_ascii], do: :phial_string.valid?(string)

  @doc """
  Are all characters printable? With a limit only that many are looked at.

      iex> String.printable?("abc\\u0000")
      false
  """
  @spec printable?(t, 0 | pos_integer | :infinity) :: boolean
  def printable?(string, character_limit \\ :infinity)
  def printable?(string, limit) when is_binary(string) and (limit == :infinity or (is_integer(limit) and limit >= 0)), do: printable_chars?(string, limit)

  defp printable_chars?(_rest, 0), do: true
  defp printable_chars?(<<>>, _limit), do: true

  defp printable_chars?(<<char::utf8, rest::binary>>, limit)
       when char in 0x20..0x7E or char in 0xA0..0xD7FF or char in 0xE000..0xFFFD or char in 0x10000..0x10FFFF or
              char in [?\n, ?\r, ?\t, ?\v, ?\b, ?\f, ?\e, ?\d, ?\a] do
    printable_chars?(rest, if(limit == :infinity, do: limit, else: limit - 1))
  end

  defp printable_chars?(_other, _limit), do: false

  # Pieces

  @doc """
  The graphemes.

      iex> String.graphemes("Ńaïve")
      ["Ń", "a", "ï", "v", "e"]
  """
  @spec graphemes(t) :: [grapheme]
  def graphemes(string) when is_binary(string), do: :phial_string.graphemes(string)

  @doc """
  The code points; an invalid byte is one of its own.

      iex> String.codepoints("olá")
      ["o", "l", "á"]
  """
  @spec codepoints(t) :: [codepoint]
  def codepoints(string) when is_binary(string), do: :phial_string.codepoints(string)

  @doc """
  First code point and the rest, or nil.

      iex> String.next_codepoint("olá")
      {"o", "lá"}
  """
  @spec next_codepoint(t) :: {codepoint, t} | nil
  def next_codepoint(<<char::utf8, rest::binary>>), do: {<<char::utf8>>, rest}
  def next_codepoint(<<byte, rest::binary>>), do: {<<byte>>, rest}
  def next_codepoint(<<>>), do: nil

  @doc """
  First grapheme and the rest, or nil.

      iex> String.next_grapheme("olá")
      {"o", "lá"}
  """
  @spec next_grapheme(t) :: {grapheme, t} | nil
  def next_grapheme(string) when is_binary(string), do: :phial_string.next_grapheme(string)

  @doc false
  def next_grapheme_size(string) when is_binary(string) do
    case next_grapheme(string) do
      {grapheme, rest} -> {byte_size(grapheme), rest}
      nil -> nil
    end
  end

  @doc """
  First grapheme, or nil.

      iex> String.first("elixir")
      "e"
  """
  @spec first(t) :: grapheme | nil
  def first(string) when is_binary(string) do
    case next_grapheme(string) do
      {grapheme, _} -> grapheme
      nil -> nil
    end
  end

  @doc """
  Last grapheme, or nil.

      iex> String.last("elixir")
      "r"
  """
  @spec last(t) :: grapheme | nil
  def last(""), do: nil
  def last(string) when is_binary(string), do: last_of(graphemes(string))

  defp last_of([grapheme]), do: grapheme
  defp last_of([_ | rest]), do: last_of(rest)

  @doc """
  The grapheme at a position, from the end when negative, or nil.

      iex> String.at("elixir", -1)
      "r"
  """
  @spec at(t, integer) :: grapheme | nil
  def at(string, position) when is_binary(string) and is_integer(position) and position >= 0 do
    case :phial_string.byte_offset(string, position) do
      nil ->
        nil

      offset ->
        <<_::binary-size(offset), rest::binary>> = string
        first(rest)
    end
  end

  def at(string, position) when is_binary(string) and is_integer(position) do
    case __MODULE__.length(string) + position do
      position when position >= 0 -> at(string, position)
      _ -> nil
    end
  end

  @doc """
  The graphemes of a range.

      iex> String.slice("elixir", 1..3)
      "lix"
  """
  @spec slice(t, Range.t()) :: t
  def slice(string, first..last//step = range) when is_binary(string) do
    step =
      cond do
        step > 0 ->
          step

        step == -1 and first > last ->
          IO.warn("negative steps are not supported in String.slice/2, pass #{first}..#{last}//1 instead")
          1

        true ->
          raise ArgumentError, "negative steps are not supported in String.slice/2, got: #{inspect(range)}"
      end

    {first, last} =
      if first < 0 or last < 0 do
        size = __MODULE__.length(string)
        {if(first < 0, do: max(first + size, 0), else: first), if(last < 0, do: last + size, else: last)}
      else
        {first, last}
      end

    cond do
      first > last -> ""
      step == 1 -> slice_forward(string, first, last - first + 1)
      true -> string |> slice_forward(first, last - first + 1) |> graphemes() |> Enum.take_every(step) |> IO.iodata_to_binary()
    end
  end

  @doc """
  `length` graphemes from position `start`.

      iex> String.slice("elixir", -3, 2)
      "xi"
  """
  @spec slice(t, integer, non_neg_integer) :: grapheme
  def slice(string, start, length) when is_binary(string) and is_integer(start) and is_integer(length) and length >= 0 do
    if start >= 0 do
      slice_forward(string, start, length)
    else
      slice_forward(string, max(__MODULE__.length(string) + start, 0), length)
    end
  end

  defp slice_forward(_string, _start, 0), do: ""

  defp slice_forward(string, start, length) do
    case :phial_string.byte_offset(string, start) do
      nil ->
        ""

      offset ->
        rest = binary_part(string, offset, byte_size(string) - offset)

        case :phial_string.byte_offset(rest, length) do
          nil -> rest
          size -> binary_part(rest, 0, size)
        end
    end
  end

  @doc """
  Bytes `start` to `start + size`, without characters that are cut in two.

      iex> String.byte_slice("héllo", 1, 2)
      "é"
  """
  @spec byte_slice(t, integer, non_neg_integer) :: t
  def byte_slice(string, start, size) when is_binary(string) and is_integer(start) and is_integer(size) and size >= 0 do
    total = byte_size(string)
    start = if start < 0, do: max(total + start, 0), else: start

    if start >= total or size == 0 do
      ""
    else
      rest = string |> binary_part(start, total - start) |> drop_cut_head()
      rest |> binary_part(0, min(size, byte_size(rest))) |> drop_cut_tail()
    end
  end

  defp drop_cut_head(<<2::2, _::6, rest::binary>>), do: drop_cut_head(rest)
  defp drop_cut_head(string), do: string

  defp drop_cut_tail(string) do
    size = byte_size(string)
    drop_cut_tail(string, size, 1)
  end

  defp drop_cut_tail(string, size, back) when back > size or back > 4, do: string

  defp drop_cut_tail(string, size, back) do
    case :binary.at(string, size - back) do
      byte when byte in 0x80..0xBF -> drop_cut_tail(string, size, back + 1)
      byte when byte >= 0xF0 and back < 4 -> binary_part(string, 0, size - back)
      byte when byte in 0xE0..0xEF and back < 3 -> binary_part(string, 0, size - back)
      byte when byte in 0xC0..0xDF and back < 2 -> binary_part(string, 0, size - back)
      _ -> string
    end
  end

  @doc """
  Two strings, cut after `position` graphemes.

      iex> String.split_at("sweetelixir", 5)
      {"sweet", "elixir"}
  """
  @spec split_at(t, integer) :: {t, t}
  def split_at(string, position) when is_binary(string) and is_integer(position) and position >= 0 do
    case :phial_string.byte_offset(string, position) do
      nil -> {string, ""}
      offset -> {binary_part(string, 0, offset), binary_part(string, offset, byte_size(string) - offset)}
    end
  end

  def split_at(string, position) when is_binary(string) and is_integer(position) do
    split_at(string, max(__MODULE__.length(string) + position, 0))
  end

  @doc """
  Cuts at white space, dropping it.

      iex> String.split(" foo  bar ")
      ["foo", "bar"]
  """
  @spec split(t) :: [t]
  def split(string)
  def split(string) when is_binary(string), do: :phial_string.split_whitespace(string)
  # Fails as the Erlang function does.
  def split(other), do: :binary.split(other, " ", [:global])

  @doc """
  Cuts at a pattern: a string, a list of them, or a regex. Options: `:parts`, `:trim`.

      iex> String.split("a,b,c", ",", parts: 2)
      ["a", "b,c"]
  """
  @spec split(t, pattern | Regex.t(), keyword) :: [t]
  def split(string, pattern, options \\ [])

  def split(string, %{__struct__: Regex} = pattern, options) when is_binary(string) and is_list(options) do
    Regex.split(pattern, string, options)
  end

  def split(string, "", options) when is_binary(string) and is_list(options) do
    pieces = ["" | graphemes(string)] ++ [""]

    pieces =
      case Keyword.get(options, :parts, :infinity) do
        :infinity -> pieces
        parts -> bounded(pieces, parts)
      end

    if Keyword.get(options, :trim, false), do: Enum.reject(pieces, &(&1 == "")), else: pieces
  end

  def split(string, [], options) when is_binary(string) and is_list(options) do
    if string == "" and Keyword.get(options, :trim, false), do: [], else: [string]
  end

  def split(string, pattern, options) when is_binary(string) and is_list(options) do
    parts = Keyword.get(options, :parts, :infinity)
    trim? = Keyword.get(options, :trim, false)

    case parts do
      :infinity when trim? == false -> :binary.split(string, pattern, [:global])
      :infinity -> :binary.split(string, pattern, [:global, :trim_all])
      parts when is_integer(parts) and parts > 0 -> split_parts(string, pattern, parts, trim?)
    end
  end

  defp split_parts("", _pattern, _parts, true), do: []
  defp split_parts(string, _pattern, 1, _trim?), do: [string]

  defp split_parts(string, pattern, parts, trim?) do
    case :binary.split(string, pattern) do
      [head, rest] when head == "" and trim? -> split_parts(rest, pattern, parts, trim?)
      [head, rest] -> [head | split_parts(rest, pattern, parts - 1, trim?)]
      [last] -> if last == "" and trim?, do: [], else: [last]
    end
  end

  defp bounded(pieces, 1), do: [IO.iodata_to_binary(pieces)]
  defp bounded([], _parts), do: []
  defp bounded([piece | rest], parts), do: [piece | bounded(rest, parts - 1)]

  @doc """
  A stream of the pieces between matches of `pattern`.

      iex> String.splitter("1,2 3", [",", " "]) |> Enum.take(2)
      ["1", "2"]
  """
  @spec splitter(t, pattern, keyword) :: Enumerable.t()
  def splitter(string, pattern, options \\ [])

  def splitter(string, "", options) do
    trim? = Keyword.get(options, :trim, false)
    first = if trim?, do: [], else: [""]

    Stream.concat(
      first,
      Stream.unfold({:text, string}, fn
        {:text, text} ->
          case next_grapheme(text) do
            {grapheme, rest} -> {grapheme, {:text, rest}}
            nil -> if trim?, do: nil, else: {"", :done}
          end

        :done ->
          nil
      end)
    )
  end

  def splitter(string, [], options) do
    if string == "" and Keyword.get(options, :trim, false), do: [], else: [string]
  end

  def splitter(string, pattern, options) do
    trim? = Keyword.get(options, :trim, false)
    stream = Stream.unfold(string, &next_piece(&1, pattern))
    if trim?, do: Stream.reject(stream, &(&1 == "")), else: stream
  end

  defp next_piece(nil, _pattern), do: nil

  defp next_piece(string, pattern) do
    case :binary.split(string, pattern) do
      [head, rest] -> {head, rest}
      [last] -> {last, nil}
    end
  end

  @doc """
  Runs of characters of one kind: `:valid` or `:printable`.

      iex> String.chunk(<<?a, ?b, 0xFF>>, :valid)
      ["ab", <<0xFF>>]
  """
  @spec chunk(t, :valid | :printable) :: [t]
  def chunk(string, trait)
  def chunk("", _trait), do: []

  def chunk(string, trait) when is_binary(string) and trait in [:valid, :printable] do
    {head, _} = next_codepoint(string)
    chunks(string, chunk_kind(head, trait), trait, string, 0, [])
  end

  defp chunks(rest, kind, trait, start, size, acc) do
    case next_codepoint(rest) do
      nil ->
        :lists.reverse([binary_part(start, 0, size) | acc])

      {char, after_char} ->
        case chunk_kind(char, trait) do
          ^kind -> chunks(after_char, kind, trait, start, size + byte_size(char), acc)
          other -> chunks(after_char, other, trait, rest, byte_size(char), [binary_part(start, 0, size) | acc])
        end
    end
  end

  defp chunk_kind(char, :valid), do: valid?(char)
  defp chunk_kind(char, :printable), do: valid?(char) and printable?(char)

  # Trimming and padding

  @doc """
  Without white space at both ends.

      iex> String.trim("\\n  foo ")
      "foo"
  """
  @spec trim(t) :: t
  def trim(string) when is_binary(string), do: :phial_string.trim_trailing(:phial_string.trim_leading(string))

  @doc """
  Without `to_trim` at both ends, any number of times.

      iex> String.trim("a  abc  a", "a")
      "  abc  "
  """
  @spec trim(t, t) :: t
  def trim(string, to_trim) when is_binary(string) and is_binary(to_trim), do: trim_trailing(trim_leading(string, to_trim), to_trim)

  @doc """
  Without white space at the beginning.

      iex> String.trim_leading("\\n  a ")
      "a "
  """
  @spec trim_leading(t) :: t
  def trim_leading(string) when is_binary(string), do: :phial_string.trim_leading(string)

  @doc """
  Without any number of `to_trim` at the beginning.
  """
  @spec trim_leading(t, t) :: t
  def trim_leading(string, to_trim) when is_binary(string) and is_binary(to_trim), do: replace_leading(string, to_trim, "")

  @doc """
  Without white space at the end.

      iex> String.trim_trailing(" a\\n ")
      " a"
  """
  @spec trim_trailing(t) :: t
  def trim_trailing(string) when is_binary(string), do: :phial_string.trim_trailing(string)

  @doc """
  Without any number of `to_trim` at the end.
  """
  @spec trim_trailing(t, t) :: t
  def trim_trailing(string, to_trim) when is_binary(string) and is_binary(to_trim), do: replace_trailing(string, to_trim, "")

  @doc """
  Filled up at the beginning to `count` graphemes; `padding` is a string or a list of strings used in turn.

      iex> String.pad_leading("abc", 5)
      "  abc"
  """
  @spec pad_leading(t, non_neg_integer, t | [t]) :: t
  def pad_leading(string, count, padding \\ [" "])
  def pad_leading(string, count, padding) when is_binary(padding), do: pad_leading(string, count, graphemes(padding))
  def pad_leading(string, count, [_ | _] = padding) when is_binary(string) and is_integer(count) and count >= 0, do: pad(:leading, string, count, padding)

  @doc """
  Filled up at the end.

      iex> String.pad_trailing("abc", 5, "12")
      "abc12"
  """
  @spec pad_trailing(t, non_neg_integer, t | [t]) :: t
  def pad_trailing(string, count, padding \\ [" "])
  def pad_trailing(string, count, padding) when is_binary(padding), do: pad_trailing(string, count, graphemes(padding))
  def pad_trailing(string, count, [_ | _] = padding) when is_binary(string) and is_integer(count) and count >= 0, do: pad(:trailing, string, count, padding)

  defp pad(side, string, count, padding) do
    case count - __MODULE__.length(string) do
      missing when missing <= 0 ->
        string

      missing ->
        filler = filler(padding, missing, padding)
        if side == :leading, do: IO.iodata_to_binary([filler | string]), else: IO.iodata_to_binary([string | filler])
    end
  end

  defp filler(_left, 0, _all), do: []
  defp filler([], n, all), do: filler(all, n, all)
  defp filler([piece | rest], n, all) when is_binary(piece), do: [piece | filler(rest, n - 1, all)]

  defp filler([other | _], _n, _all) do
    raise ArgumentError, "expected a string padding element, got: #{inspect(other)}"
  end

  @doc """
  `n` copies, one after the other.

      iex> String.duplicate("abc", 2)
      "abcabc"
  """
  @spec duplicate(t, non_neg_integer) :: t
  def duplicate(subject, n) when is_binary(subject) and is_integer(n), do: :binary.copy(subject, n)

  @doc """
  The graphemes in opposite order.

      iex> String.reverse("abcd")
      "dcba"
  """
  @spec reverse(t) :: t
  def reverse(string) when is_binary(string), do: :phial_string.reverse(string)

  # Searching

  @doc """
  Does it contain any of `contents`?

      iex> String.contains?("elixir of life", ["life", "death"])
      true
  """
  @spec contains?(t, [t] | pattern) :: boolean
  def contains?(string, contents) when is_binary(string) and is_list(contents) do
    "" in contents or (contents != [] and :binary.match(string, contents) != :nomatch)
  end

  def contains?(string, contents) when is_binary(string), do: "" == contents or :binary.match(string, contents) != :nomatch

  @doc """
  Does it start with any of `prefix`?

      iex> String.starts_with?("elixir", ["erlang", "eli"])
      true
  """
  @spec starts_with?(t, t | [t]) :: boolean
  def starts_with?(string, prefix) when is_binary(string) and is_binary(prefix), do: prefix?(string, prefix)
  def starts_with?(string, prefixes) when is_binary(string) and is_list(prefixes), do: Enum.any?(prefixes, &prefix?(string, &1))

  defp prefix?(string, prefix) when is_binary(prefix) do
    size = byte_size(prefix)
    size <= byte_size(string) and binary_part(string, 0, size) == prefix
  end

  @doc """
  Does it end with any of `suffix`?

      iex> String.ends_with?("language", "age")
      true
  """
  @spec ends_with?(t, t | [t]) :: boolean
  def ends_with?(string, suffix) when is_binary(string) and is_binary(suffix), do: suffix?(string, suffix)
  def ends_with?(string, suffixes) when is_binary(string) and is_list(suffixes), do: Enum.any?(suffixes, &suffix?(string, &1))

  defp suffix?(string, suffix) when is_binary(suffix) do
    size = byte_size(suffix)
    size <= byte_size(string) and binary_part(string, byte_size(string) - size, size) == suffix
  end

  @doc """
  Does a regex match?

      iex> String.match?("foo", ~r/o/)
      true
  """
  @spec match?(t, Regex.t()) :: boolean
  def match?(string, regex) when is_binary(string), do: Regex.match?(regex, string)

  # Replacing

  @doc """
  Replaces matches of a pattern (or regex) by a string or by what a function makes of the match. `global: false` replaces the first.

      iex> String.replace("a,b,c", ",", "-")
      "a-b-c"
  """
  @spec replace(t, pattern | Regex.t(), t | (t -> t | iodata), keyword) :: t
  def replace(subject, pattern, replacement, options \\ [])

  def replace(subject, %{__struct__: Regex} = regex, replacement, options) when is_binary(subject) and is_list(options) do
    Regex.replace(regex, subject, replacement, options)
  end

  def replace(subject, "", replacement, options) when is_binary(subject) and is_list(options) do
    insert = if is_function(replacement), do: replacement.(""), else: replacement

    if Keyword.get(options, :global, true) do
      IO.iodata_to_binary([insert | Enum.map(graphemes(subject), &[&1 | insert])])
    else
      IO.iodata_to_binary([insert | subject])
    end
  end

  def replace(subject, [], _replacement, options) when is_binary(subject) and is_list(options), do: subject

  def replace(subject, pattern, replacement, options)
      when is_binary(subject) and is_pattern(pattern) and (is_binary(replacement) or is_function(replacement, 1)) and is_list(options) do
    matches =
      if Keyword.get(options, :global, true) do
        :binary.matches(subject, pattern)
      else
        case :binary.match(subject, pattern) do
          :nomatch -> []
          match -> [match]
        end
      end

    case matches do
      [] -> subject
      _ -> IO.iodata_to_binary(put_replacements(subject, matches, 0, replacement))
    end
  end

  defp put_replacements(subject, [], from, _replacement), do: binary_part(subject, from, byte_size(subject) - from)

  defp put_replacements(subject, [{at, size} | rest], from, replacement) do
    piece = if is_binary(replacement), do: replacement, else: replacement.(binary_part(subject, at, size))
    [binary_part(subject, from, at - from), piece | put_replacements(subject, rest, at + size, replacement)]
  end

  @doc """
  Replaces invalid bytes.

      iex> String.replace_invalid("asd" <> <<0xFF>>)
      "asd�"
  """
  @spec replace_invalid(t, t) :: t
  def replace_invalid(string, replacement \\ "\uFFFD") when is_binary(string) and is_binary(replacement) do
    if valid?(string), do: string, else: IO.iodata_to_binary(mend(string, replacement))
  end

  defp mend("", _replacement), do: []
  defp mend(<<char::utf8, rest::binary>>, replacement), do: [<<char::utf8>> | mend(rest, replacement)]
  # A sequence cut short counts as one invalid place.
  defp mend(<<15::4, 0::1, a::3, 2::2, b::6, 2::2, _::6, rest::binary>>, r) when (a == 0 and b >= 16) or a in 1..3 or (a == 4 and b < 16), do: [r | mend(rest, r)]
  defp mend(<<15::4, 0::1, a::3, 2::2, b::6, rest::binary>>, r) when (a == 0 and b >= 16) or a in 1..3 or (a == 4 and b < 16), do: [r | mend(rest, r)]
  defp mend(<<14::4, a::4, 2::2, b::6, rest::binary>>, r) when (a == 0 and b >= 32) or a in 1..12 or (a == 13 and b < 32) or a in 14..15, do: [r | mend(rest, r)]
  defp mend(<<_, rest::binary>>, replacement), do: [replacement | mend(rest, replacement)]

  @doc """
  Replaces every `match` at the beginning.

      iex> String.replace_leading("hello hello x", "hello ", "")
      "x"
  """
  @spec replace_leading(t, t, t) :: t
  def replace_leading(string, match, replacement) when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if match == "", do: raise(ArgumentError, "cannot use an empty string as the match to replace")
    count = count_leading(string, match, 0)
    skip = count * byte_size(match)
    if count == 0, do: string, else: :binary.copy(replacement, count) <> binary_part(string, skip, byte_size(string) - skip)
  end

  defp count_leading(string, match, count) do
    size = byte_size(match)
    at = count * size

    if at + size <= byte_size(string) and binary_part(string, at, size) == match,
      do: count_leading(string, match, count + 1),
      else: count
  end

  @doc """
  Replaces every `match` at the end.

      iex> String.replace_trailing("hello world world", " world", "!")
      "hello!!"
  """
  @spec replace_trailing(t, t, t) :: t
  def replace_trailing(string, match, replacement) when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if match == "", do: raise(ArgumentError, "cannot use an empty string as the match to replace")
    count = count_trailing(string, match, 0)

    if count == 0,
      do: string,
      else: binary_part(string, 0, byte_size(string) - count * byte_size(match)) <> :binary.copy(replacement, count)
  end

  defp count_trailing(string, match, count) do
    size = byte_size(match)
    at = byte_size(string) - (count + 1) * size
    if at >= 0 and binary_part(string, at, size) == match, do: count_trailing(string, match, count + 1), else: count
  end

  @doc """
  Replaces `match` if the string begins with it.

      iex> String.replace_prefix("world", "wor", "ror")
      "rorld"
  """
  @spec replace_prefix(t, t, t) :: t
  def replace_prefix(string, match, replacement) when is_binary(string) and is_binary(match) and is_binary(replacement) do
    size = byte_size(match)
    if prefix?(string, match), do: replacement <> binary_part(string, size, byte_size(string) - size), else: string
  end

  @doc """
  Replaces `match` if the string ends with it.

      iex> String.replace_suffix("world", "ld", "")
      "wor"
  """
  @spec replace_suffix(t, t, t) :: t
  def replace_suffix(string, match, replacement) when is_binary(string) and is_binary(match) and is_binary(replacement) do
    if suffix?(string, match), do: binary_part(string, 0, byte_size(string) - byte_size(match)) <> replacement, else: string
  end

  # Conversions

  @doc """
  The charlist.

      iex> String.to_charlist("æß")
      [230, 223]
  """
  @spec to_charlist(t) :: charlist
  def to_charlist(string) when is_binary(string) do
    case :unicode.characters_to_list(string) do
      result when is_list(result) -> result
      {:error, encoded, rest} -> raise UnicodeConversionError, encoded: encoded, rest: rest, kind: :invalid
      {:incomplete, encoded, rest} -> raise UnicodeConversionError, encoded: encoded, rest: rest, kind: :incomplete
    end
  end

  @doc """
  The atom. Atoms are never freed: make none from what strangers send.

      iex> String.to_atom("my_atom")
      :my_atom
  """
  @spec to_atom(t) :: atom
  def to_atom(string) when is_binary(string), do: :erlang.binary_to_atom(string, :utf8)

  @doc """
  The atom, if it exists already; raises `ArgumentError` otherwise.

      iex> String.to_existing_atom("ok")
      :ok
  """
  @spec to_existing_atom(t) :: atom
  def to_existing_atom(string) when is_binary(string), do: :erlang.binary_to_existing_atom(string, :utf8)

  @doc """
  The integer that the text writes.

      iex> String.to_integer("123")
      123
  """
  @spec to_integer(t) :: integer
  def to_integer(string) when is_binary(string), do: :erlang.binary_to_integer(string)

  @doc """
  The integer that the text writes in a base.

      iex> String.to_integer("3FF", 16)
      1023
  """
  @spec to_integer(t, 2..36) :: integer
  def to_integer(string, base) when is_binary(string), do: :erlang.binary_to_integer(string, base)

  @doc """
  The float that the text writes.

      iex> String.to_float("2.2017764e+1")
      22.017764
  """
  @spec to_float(t) :: float
  def to_float(string) when is_binary(string), do: :erlang.binary_to_float(string)

  @doc """
  A Unicode normal form: `:nfc`, `:nfd`, `:nfkc` or `:nfkd`.

      iex> String.normalize("yêṩ", :nfd)
      "yêṩ"
  """
  @spec normalize(t, :nfd | :nfc | :nfkd | :nfkc) :: t
  def normalize(string, form) when is_binary(string) and form in [:nfc, :nfd, :nfkc, :nfkd], do: :phial_string.normalize(string, form)

  @doc """
  Do both have the same canonical form?

      iex> String.equivalent?("noël", "noe\\u0308l")
      true
  """
  @spec equivalent?(t, t) :: boolean
  def equivalent?(left, right) when is_binary(left) and is_binary(right), do: normalize(left, :nfd) == normalize(right, :nfd)

  # Comparing

  @doc """
  Likeness of two strings between 0.0 and 1.0 after Jaro: matches within half of the longer length, and transpositions.

      iex> String.jaro_distance("Dwayne", "Duane")
      0.8222222222222223
  """
  @spec jaro_distance(t, t) :: float
  def jaro_distance(string, string) when is_binary(string), do: 1.0
  def jaro_distance(_string, ""), do: 0.0
  def jaro_distance("", _string), do: 0.0

  def jaro_distance(string1, string2) when is_binary(string1) and is_binary(string2) do
    left = graphemes(string1)
    right = graphemes(string2)
    size1 = Kernel.length(left)
    size2 = Kernel.length(right)
    reach = max(div(max(size1, size2), 2) - 1, 0)

    {matched, used} = jaro_match(left, 0, List.to_tuple(right), size2, reach, [], %{})

    case Kernel.length(matched) do
      0 ->
        0.0

      common ->
        right_matched = for {char, index} <- Enum.with_index(right), is_map_key(used, index), do: char
        half = Enum.count(Enum.zip(:lists.reverse(matched), right_matched), fn {a, b} -> a != b end)
        (common / size1 + common / size2 + (common - div(half, 2)) / common) / 3
    end
  end

  defp jaro_match([], _index, _right, _size, _reach, matched, used), do: {matched, used}

  defp jaro_match([char | rest], index, right, size, reach, matched, used) do
    case jaro_find(char, max(index - reach, 0), min(index + reach, size - 1), right, used) do
      nil -> jaro_match(rest, index + 1, right, size, reach, matched, used)
      at -> jaro_match(rest, index + 1, right, size, reach, [char | matched], Map.put(used, at, true))
    end
  end

  defp jaro_find(_char, at, last, _right, _used) when at > last, do: nil

  defp jaro_find(char, at, last, right, used) do
    if elem(right, at) == char and not is_map_key(used, at), do: at, else: jaro_find(char, at + 1, last, right, used)
  end

  @doc """
  Share of graphemes that two strings have in common, whatever their order.

      iex> String.bag_distance("abc", "")
      0.0
  """
  @spec bag_distance(t, t) :: float
  def bag_distance(_string, ""), do: 0.0
  def bag_distance("", _string), do: 0.0

  def bag_distance(string1, string2) when is_binary(string1) and is_binary(string2) do
    {bag1, size1} = bag(graphemes(string1), %{}, 0)
    {bag2, size2} = bag(graphemes(string2), %{}, 0)
    1 - max(surplus(bag1, bag2), surplus(bag2, bag1)) / max(size1, size2)
  end

  defp bag([], bag, size), do: {bag, size}
  defp bag([char | rest], bag, size), do: bag(rest, Map.update(bag, char, 1, &(&1 + 1)), size + 1)

  defp surplus(bag1, bag2) do
    Enum.reduce(bag1, 0, fn {char, count}, sum -> sum + max(count - Map.get(bag2, char, 0), 0) end)
  end

  @doc """
  The edits that turn one string into the other, as a keyword list of `:eq`, `:del` and `:ins`.

      iex> String.myers_difference("fox hops", "fox jumps")
      [eq: "fox ", del: "ho", ins: "jum", eq: "ps"]
  """
  @spec myers_difference(t, t) :: [{:eq | :ins | :del, t}]
  def myers_difference(string1, string2) when is_binary(string1) and is_binary(string2) do
    for {kind, chars} <- List.myers_difference(graphemes(string1), graphemes(string2)) do
      {kind, IO.iodata_to_binary(chars)}
    end
  end
end
