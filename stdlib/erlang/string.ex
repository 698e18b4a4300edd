defmodule :string do
  @moduledoc """
  Erlang's string functions. Most take chardata, binaries or lists of characters and binaries, and work on graphemes; results
  have the kind of the argument. The functions of the old interface, which take charlists, are at the end.

      iex> :string.trim("  x ")
      "x"
  """

  import Kernel, except: [length: 1]

  # Work is done on binaries; a list comes back as a list.
  defp text(data) when is_binary(data), do: data

  defp text(data) do
    case :unicode.characters_to_binary(data) do
      text when is_binary(text) -> text
      _ -> :erlang.error(:badarg, [data])
    end
  end

  defp like(text, data) when is_binary(data), do: text
  defp like(text, _data), do: :unicode.characters_to_list(text)

  @doc "True without characters."
  @spec is_empty(term) :: boolean
  def is_empty([]), do: true
  def is_empty(""), do: true
  def is_empty([h | t]) when is_list(h) or is_binary(h), do: is_empty(h) and is_empty(t)
  def is_empty(_), do: false

  @doc "The number of graphemes."
  @spec length(term) :: non_neg_integer
  def length(data), do: data |> text() |> String.length()

  @doc "The graphemes: code points, or lists of code points."
  @spec to_graphemes(term) :: list
  def to_graphemes(data), do: for(g <- graphemes(data), do: cluster(g))

  defp cluster(grapheme) do
    case :unicode.characters_to_list(grapheme) do
      [char] -> char
      chars -> chars
    end
  end

  defp graphemes(data), do: data |> text() |> String.graphemes()

  @doc "True if both are equal."
  @spec equal(term, term) :: boolean
  def equal(a, b), do: text(a) == text(b)

  @doc "True if both are equal, regardless of case when asked."
  @spec equal(term, term, boolean) :: boolean
  def equal(a, b, ignore_case), do: equal(a, b, ignore_case, :none)

  @doc "True if both are equal, regardless of case or after normalization when asked."
  @spec equal(term, term, boolean, :none | :nfc | :nfd | :nfkc | :nfkd) :: boolean
  def equal(a, b, ignore_case, form), do: folded(a, ignore_case, form) == folded(b, ignore_case, form)

  defp folded(data, ignore_case, form) do
    text = text(data)
    text = if ignore_case, do: text(casefold(text)), else: text
    if form == :none, do: text, else: :phial_string.normalize(text, form)
  end

  @doc "Reversed by graphemes, as a list."
  @spec reverse(term) :: list
  def reverse(data), do: data |> text() |> String.reverse() |> :unicode.characters_to_list()

  @doc "From a position on."
  @spec slice(term, non_neg_integer) :: term
  def slice(data, start) when is_integer(start) and start >= 0 do
    {_before, rest} = text(data) |> String.split_at(start)
    like(rest, data)
  end

  @doc "A number of graphemes from a position on."
  @spec slice(term, non_neg_integer, non_neg_integer | :infinity) :: term
  def slice(data, start, :infinity), do: slice(data, start)

  def slice(data, start, length)
      when is_integer(start) and start >= 0 and is_integer(length) and length >= 0 do
    data |> text() |> String.slice(start, length) |> like(data)
  end

  @doc "Padded at the end with spaces."
  @spec pad(term, integer) :: iolist
  def pad(data, length), do: pad(data, length, :trailing, ?\s)

  @doc "Padded with spaces."
  @spec pad(term, integer, :leading | :trailing | :both) :: iolist
  def pad(data, length, direction), do: pad(data, length, direction, ?\s)

  @doc "Padded with a character."
  @spec pad(term, integer, :leading | :trailing | :both, char | charlist) :: iolist
  def pad(data, length, direction, char) when is_integer(length) do
    missing = Kernel.max(length - length(data), 0)

    case direction do
      :leading -> [:lists.duplicate(missing, char), data]
      :trailing -> [data | :lists.duplicate(missing, char)]
      :both ->
        left = div(missing, 2)
        [:lists.duplicate(left, char), data | :lists.duplicate(missing - left, char)]
    end
  end

  @doc "Without white space at both ends."
  @spec trim(term) :: term
  def trim(data), do: trim(data, :both)

  @doc "Without white space at an end."
  @spec trim(term, :leading | :trailing | :both) :: term
  def trim(data, direction) do
    trim(data, direction, [~c"\r\n", 0x85, ?\s, ?\t, ?\n, ?\v, ?\f, ?\r, 0x200E, 0x200F, 0x2028, 0x2029])
  end

  @doc "Without certain graphemes at an end."
  @spec trim(term, :leading | :trailing | :both, list) :: term
  def trim(data, _direction, []), do: data

  def trim(data, direction, characters) do
    set = set(characters)
    list = graphemes(data)
    list = if direction in [:leading, :both], do: drop(list, set), else: list

    list =
      if direction in [:trailing, :both] do
        list |> :lists.reverse() |> drop(set) |> :lists.reverse()
      else
        list
      end

    list |> :erlang.iolist_to_binary() |> like(data)
  end

  defp set(characters) do
    :maps.from_keys(:lists.map(fn c -> text(List.wrap(c)) end, characters), true)
  end

  defp drop([g | rest] = list, set), do: if(is_map_key(set, g), do: drop(rest, set), else: list)
  defp drop([], _set), do: []

  @doc "Without the line ends at the end."
  @spec chomp(term) :: term
  def chomp(data), do: trim(data, :trailing, [~c"\r\n", ?\n])

  @doc "The longest part at the beginning made of certain graphemes, and the rest."
  @spec take(term, list) :: {term, term}
  def take(data, characters), do: take(data, characters, false, :leading)

  @doc "The same, or made of others than those."
  @spec take(term, list, boolean) :: {term, term}
  def take(data, characters, complement), do: take(data, characters, complement, :leading)

  @doc "The same, from an end."
  @spec take(term, list, boolean, :leading | :trailing) :: {term, term}
  def take(data, characters, complement, direction) do
    set = set(characters)
    in? = fn g -> is_map_key(set, g) != complement end
    list = graphemes(data)

    case direction do
      :leading ->
        {taken, rest} = :lists.splitwith(in?, list)
        {joined(taken, data), joined(rest, data)}

      :trailing ->
        {taken, rest} = list |> :lists.reverse() |> then(&:lists.splitwith(in?, &1))
        {joined(:lists.reverse(rest), data), joined(:lists.reverse(taken), data)}
    end
  end

  defp joined(graphemes, data), do: graphemes |> :erlang.iolist_to_binary() |> like(data)

  @doc "In upper case."
  @spec uppercase(term) :: term
  def uppercase(data), do: data |> text() |> String.upcase() |> like(data)

  @doc "In lower case."
  @spec lowercase(term) :: term
  def lowercase(data), do: data |> text() |> String.downcase() |> like(data)

  @doc "With the first character in title case."
  @spec titlecase(term) :: term
  def titlecase(data) do
    case data |> text() |> String.next_codepoint() do
      {first, rest} -> like(:phial_string.capitalize(first, :default) <> rest, data)
      nil -> data
    end
  end

  @doc "Folded, so that strings that differ in case only become equal."
  @spec casefold(term) :: term
  def casefold(data), do: data |> text() |> String.upcase() |> String.downcase() |> like(data)

  @doc "What follows a prefix, or `:nomatch`."
  @spec prefix(term, term) :: term | :nomatch
  def prefix(data, prefix) do
    text = text(data)
    prefix = text(prefix)
    size = byte_size(prefix)

    case text do
      <<^prefix::binary-size(size), rest::binary>> -> like(rest, data)
      _ -> :nomatch
    end
  end

  @doc "Splits at the first separator."
  @spec split(term, term) :: [term]
  def split(data, separator), do: split(data, separator, :leading)

  @doc "Splits at the first, the last or all separators."
  @spec split(term, term, :leading | :trailing | :all) :: [term]
  def split(data, separator, where) do
    text = text(data)

    case text(separator) do
      "" -> [data]
      pattern -> for(part <- cut(text, pattern, where), do: like(part, data))
    end
  end

  defp cut(text, pattern, :all), do: :binary.split(text, pattern, [:global])
  defp cut(text, pattern, :leading), do: :binary.split(text, pattern)

  defp cut(text, pattern, :trailing) do
    case :binary.matches(text, pattern) do
      [] ->
        [text]

      matches ->
        {at, size} = :lists.last(matches)
        [binary_part(text, 0, at), binary_part(text, at + size, byte_size(text) - at - size)]
    end
  end

  @doc "Replaces the first occurrence; the result is a list of parts."
  @spec replace(term, term, term) :: list
  def replace(data, pattern, replacement), do: replace(data, pattern, replacement, :leading)

  @doc "Replaces the first, the last or all occurrences; the result is a list of parts."
  @spec replace(term, term, term, :leading | :trailing | :all) :: list
  def replace(data, pattern, replacement, where) do
    :lists.join(replacement, split(data, pattern, where))
  end

  @doc "The words between separators."
  @spec lexemes(term, list) :: [term]
  def lexemes(data, separators) do
    set = set(separators)
    for word <- words_of(graphemes(data), set, []), do: joined(word, data)
  end

  defp words_of([g | rest], set, word) do
    cond do
      not is_map_key(set, g) -> words_of(rest, set, [g | word])
      word == [] -> words_of(rest, set, [])
      true -> [:lists.reverse(word) | words_of(rest, set, [])]
    end
  end

  defp words_of([], _set, []), do: []
  defp words_of([], _set, word), do: [:lists.reverse(word)]

  @doc "The n-th word, or an empty string."
  @spec nth_lexeme(term, pos_integer, list) :: term
  def nth_lexeme(data, n, separators) when is_integer(n) and n > 0 do
    case :lists.sublist(lexemes(data, separators), n, 1) do
      [word] -> word
      [] -> like("", data)
    end
  end

  @doc "From the first occurrence of a pattern on, or `:nomatch`."
  @spec find(term, term) :: term | :nomatch
  def find(data, pattern), do: find(data, pattern, :leading)

  @doc "From the first or last occurrence of a pattern on, or `:nomatch`."
  @spec find(term, term, :leading | :trailing) :: term | :nomatch
  def find(data, pattern, direction) do
    text = text(data)

    case text(pattern) do
      "" ->
        data

      pattern ->
        case {:binary.matches(text, pattern), direction} do
          {[], _} -> :nomatch
          {[{at, _} | _], :leading} -> like(binary_part(text, at, byte_size(text) - at), data)
          {matches, :trailing} ->
            {at, _} = :lists.last(matches)
            like(binary_part(text, at, byte_size(text) - at), data)
        end
    end
  end

  @doc "`[codepoint | rest]`, or `[]`."
  @spec next_codepoint(term) :: maybe_improper_list
  def next_codepoint(data) when is_binary(data) do
    case data do
      <<char::utf8, rest::binary>> -> [char | rest]
      "" -> []
      _ -> {:error, data}
    end
  end

  def next_codepoint([char | rest]) when is_integer(char), do: [char | rest]
  def next_codepoint([]), do: []

  def next_codepoint([first | rest]) do
    case next_codepoint(first) do
      [] -> next_codepoint(rest)
      [char | more] -> if is_empty(more), do: [char | rest], else: [char, more | rest]
      error -> error
    end
  end

  @doc "`[grapheme | rest]`, or `[]`."
  @spec next_grapheme(term) :: maybe_improper_list
  def next_grapheme(data) do
    case data |> text() |> String.next_grapheme() do
      {grapheme, rest} -> [cluster(grapheme) | like(rest, data)]
      nil -> []
    end
  end

  @doc "`{integer, rest}` of a text that begins with an integer."
  @spec to_integer(term) :: {integer, term} | {:error, atom}
  def to_integer(data) do
    case data |> text_or_nil() do
      nil ->
        {:error, :badarg}

      text ->
        case Integer.parse(text) do
          {number, rest} -> {number, like(rest, data)}
          :error -> {:error, :no_integer}
        end
    end
  end

  @doc "`{float, rest}` of a text that begins with a float."
  @spec to_float(term) :: {float, term} | {:error, atom}
  def to_float(data) do
    with text when text != nil <- text_or_nil(data),
         {size, true} <- float_size(text),
         {number, ""} <- Float.parse(:binary.replace(binary_part(text, 0, size), ",", ".")) do
      {number, like(binary_part(text, size, byte_size(text) - size), data)}
    else
      nil -> {:error, :badarg}
      _ -> {:error, :no_float}
    end
  end

  defp text_or_nil(data) when is_binary(data), do: data

  defp text_or_nil(data) when is_list(data) do
    case :unicode.characters_to_binary(data) do
      text when is_binary(text) -> text
      _ -> nil
    end
  end

  defp text_or_nil(_data), do: nil

  # The size of sign, digits, point, digits and exponent; false if there is no fraction.
  defp float_size(text) do
    sign =
      case text do
        <<c, _::binary>> when c == ?- or c == ?+ -> 1
        _ -> 0
      end

    whole = digits(text, sign)

    case text do
      <<_::binary-size(whole), point, _::binary>> when whole > sign and (point == ?. or point == ?,) ->
        fraction = digits(text, whole + 1)
        if fraction > whole + 1, do: {exponent(text, fraction), true}, else: {whole, false}

      _ ->
        {whole, false}
    end
  end

  defp digits(text, at) do
    case text do
      <<_::binary-size(at), c, _::binary>> when c in ?0..?9 -> digits(text, at + 1)
      _ -> at
    end
  end

  defp exponent(text, at) do
    start =
      case text do
        <<_::binary-size(at), e, s, _::binary>> when e in [?e, ?E] and s in [?+, ?-] -> at + 2
        <<_::binary-size(at), e, _::binary>> when e in [?e, ?E] -> at + 1
        _ -> nil
      end

    if start != nil and digits(text, start) > start, do: digits(text, start), else: at
  end

  ## The old interface, on charlists

  @doc "The number of elements."
  @spec len(charlist) :: non_neg_integer
  def len(string), do: Kernel.length(string)

  @doc "Joins two strings."
  @spec concat(charlist, charlist) :: charlist
  def concat(a, b), do: a ++ b

  @doc "The position of the first occurrence of a character, or 0."
  @spec chr(charlist, char) :: non_neg_integer
  def chr(string, char) when is_integer(char), do: chr(string, char, 1)

  defp chr([char | _], char, at), do: at
  defp chr([_ | rest], char, at), do: chr(rest, char, at + 1)
  defp chr([], _char, _at), do: 0

  @doc "The position of the last occurrence of a character, or 0."
  @spec rchr(charlist, char) :: non_neg_integer
  def rchr(string, char) when is_integer(char), do: rchr(string, char, 1, 0)

  defp rchr([char | rest], char, at, _last), do: rchr(rest, char, at + 1, at)
  defp rchr([_ | rest], char, at, last), do: rchr(rest, char, at + 1, last)
  defp rchr([], _char, _at, last), do: last

  @doc "The position of the first occurrence of a string, or 0."
  @spec str(charlist, charlist) :: non_neg_integer
  def str(string, sub), do: str(string, sub, 1)

  defp str(string, sub, at) do
    cond do
      :lists.prefix(sub, string) and sub != [] -> at
      string == [] -> 0
      true -> str(tl(string), sub, at + 1)
    end
  end

  @doc "The position of the last occurrence of a string, or 0."
  @spec rstr(charlist, charlist) :: non_neg_integer
  def rstr(string, sub), do: rstr(string, sub, 1, 0)

  defp rstr([], _sub, _at, last), do: last

  defp rstr(string, sub, at, last) do
    rstr(tl(string), sub, at + 1, if(:lists.prefix(sub, string), do: at, else: last))
  end

  @doc "The length of the beginning made of certain characters."
  @spec span(charlist, charlist) :: non_neg_integer
  def span(string, chars), do: Kernel.length(:lists.takewhile(&:lists.member(&1, chars), string))

  @doc "The length of the beginning made of other characters."
  @spec cspan(charlist, charlist) :: non_neg_integer
  def cspan(string, chars) do
    Kernel.length(:lists.takewhile(fn c -> not :lists.member(c, chars) end, string))
  end

  @doc "From a position (from 1) on."
  @spec substr(charlist, pos_integer) :: charlist
  def substr(string, start) when is_integer(start) and start >= 1 do
    :lists.nthtail(Kernel.min(start - 1, Kernel.length(string)), string)
  end

  @doc "A number of characters from a position (from 1) on."
  @spec substr(charlist, pos_integer, non_neg_integer) :: charlist
  def substr(string, start, length), do: :lists.sublist(string, start, length)

  @doc "The words between characters."
  @spec tokens(charlist, charlist) :: [charlist]
  def tokens(string, separators) do
    case :lists.splitwith(fn c -> not :lists.member(c, separators) end, string) do
      {[], []} -> []
      {[], [_ | rest]} -> tokens(rest, separators)
      {word, rest} -> [word | tokens(rest, separators)]
    end
  end

  @doc "A character a number of times."
  @spec chars(char, non_neg_integer) :: charlist
  def chars(char, n), do: :lists.duplicate(n, char)

  @doc "A character a number of times, and a tail."
  @spec chars(char, non_neg_integer, charlist) :: charlist
  def chars(char, n, tail), do: :lists.duplicate(n, char) ++ tail

  @doc "A string a number of times."
  @spec copies(charlist, non_neg_integer) :: charlist
  def copies(string, n), do: :lists.append(:lists.duplicate(n, string))

  @doc "The number of words."
  @spec words(charlist) :: non_neg_integer
  def words(string), do: words(string, ?\s)

  @doc "The number of words between a character."
  @spec words(charlist, char) :: pos_integer
  def words(string, char), do: Kernel.max(Kernel.length(tokens(string, [char])), 1)

  @doc "The n-th word."
  @spec sub_word(charlist, pos_integer) :: charlist
  def sub_word(string, n), do: sub_word(string, n, ?\s)

  @doc "The n-th word between a character."
  @spec sub_word(charlist, pos_integer, char) :: charlist
  def sub_word(string, n, char) do
    case :lists.sublist(tokens(string, [char]), n, 1) do
      [word] -> word
      [] -> []
    end
  end

  @doc "Without spaces at both ends."
  @spec strip(charlist) :: charlist
  def strip(string), do: strip(string, :both, ?\s)

  @doc "Without spaces at an end."
  @spec strip(charlist, :left | :right | :both) :: charlist
  def strip(string, direction), do: strip(string, direction, ?\s)

  @doc "Without a character at an end."
  @spec strip(charlist, :left | :right | :both, char) :: charlist
  def strip(string, :left, char), do: :lists.dropwhile(fn c -> c == char end, string)

  def strip(string, :right, char) do
    string |> :lists.reverse() |> strip(:left, char) |> :lists.reverse()
  end

  def strip(string, :both, char), do: string |> strip(:left, char) |> strip(:right, char)

  @doc "Cut or padded with spaces to a length, at the right."
  @spec left(charlist, non_neg_integer) :: charlist
  def left(string, length), do: left(string, length, ?\s)

  @doc "Cut or padded to a length, at the right."
  @spec left(charlist, non_neg_integer, char) :: charlist
  def left(string, length, char) do
    :lists.sublist(string ++ :lists.duplicate(Kernel.max(length - len(string), 0), char), length)
  end

  @doc "Cut or padded with spaces to a length, at the left."
  @spec right(charlist, non_neg_integer) :: charlist
  def right(string, length), do: right(string, length, ?\s)

  @doc "Cut or padded to a length, at the left."
  @spec right(charlist, non_neg_integer, char) :: charlist
  def right(string, length, char) do
    string |> :lists.reverse() |> left(length, char) |> :lists.reverse()
  end

  @doc "Cut or padded with spaces to a length, at both sides."
  @spec centre(charlist, non_neg_integer) :: charlist
  def centre(string, length), do: centre(string, length, ?\s)

  @doc "Cut or padded to a length, at both sides."
  @spec centre(charlist, non_neg_integer, char) :: charlist
  def centre(string, length, char) do
    size = len(string)

    if size >= length do
      :lists.sublist(string, div(size - length, 2) + 1, length)
    else
      missing = length - size
      left = div(missing, 2)
      :lists.duplicate(left, char) ++ string ++ :lists.duplicate(missing - left, char)
    end
  end

  @doc "From a position on."
  @spec sub_string(charlist, pos_integer) :: charlist
  def sub_string(string, start), do: substr(string, start)

  @doc "From a position to another."
  @spec sub_string(charlist, pos_integer, pos_integer) :: charlist
  def sub_string(string, start, stop), do: substr(string, start, stop - start + 1)

  @doc "Joins strings with a separator."
  @spec join([charlist], charlist) :: charlist
  def join([], separator) when is_list(separator), do: []
  def join([h | t], separator), do: h ++ :lists.append(for(x <- t, do: separator ++ x))

  @doc "A character or Latin-1 string in upper case."
  @spec to_upper(charlist | char) :: charlist | char
  def to_upper(string) when is_list(string), do: for(c <- string, do: upper(c))
  def to_upper(char) when is_integer(char), do: upper(char)

  @doc "A character or Latin-1 string in lower case."
  @spec to_lower(charlist | char) :: charlist | char
  def to_lower(string) when is_list(string), do: for(c <- string, do: lower(c))
  def to_lower(char) when is_integer(char), do: lower(char)

  defp upper(c) when c in ?a..?z or c in 0xE0..0xF6 or c in 0xF8..0xFE, do: c - 32
  defp upper(c), do: c

  defp lower(c) when c in ?A..?Z or c in 0xC0..0xD6 or c in 0xD8..0xDE, do: c + 32
  defp lower(c), do: c

  @doc "`{integer, rest}` of a string."
  @spec list_to_integer(charlist) :: {integer, charlist} | {:error, atom}
  def list_to_integer(string), do: to_integer(string)

  @doc "`{float, rest}` of a string."
  @spec list_to_float(charlist) :: {float, charlist} | {:error, atom}
  def list_to_float(string), do: to_float(string)
end
