defmodule :io_lib do
  @moduledoc """
  Formatting in Erlang's syntax: `format/2` with its control sequences, and the writing of terms.

  A control sequence is `~F.P.PadModC`: field width, precision, padding character, modifiers and the control character. See
  `:phial_io_pretty` for how `~p` breaks lines.

      iex> :io_lib.format("~5.2f|", [3.14159]) |> IO.iodata_to_binary()
      " 3.14|"
  """

  ## Format strings

  @doc "Formats `args` by `format`; fails with `badarg` when they do not fit."
  @spec format(term, list) :: iolist
  def format(format, args), do: fwrite(format, args)

  @doc "Formats with options; `chars_limit: n` shortens terms."
  @spec format(term, list, list) :: iolist
  def format(format, args, options), do: fwrite(format, args, options)

  @doc "Formats `args` by `format`; fails with `badarg` when they do not fit."
  @spec fwrite(term, list) :: iolist
  def fwrite(format, args) do
    case controls(format, args) do
      {:ok, parts} -> build(parts, 0)
      :error -> :erlang.error(:badarg, [format, args])
    end
  end

  @doc "Formats with options; `chars_limit: n` shortens terms."
  @spec fwrite(term, list, list) :: iolist
  def fwrite(format, args, _options), do: fwrite(format, args)

  @doc "The parts of a format with its arguments: characters and maps."
  @spec scan_format(term, list) :: list
  def scan_format(format, args) do
    case controls(format, args) do
      {:ok, parts} -> :lists.map(&public/1, parts)
      :error -> :erlang.error(:badarg, [format, args])
    end
  end

  defp public(char) when is_integer(char), do: char

  defp public(part) do
    %{
      control_char: part.control,
      args: part.args,
      width: part.width || :none,
      adjust: part.adjust,
      precision: part.precision || :none,
      pad_char: part.pad,
      encoding: if(part.unicode, do: :unicode, else: :latin1),
      strings: part.strings
    }
  end

  @doc "The format and arguments of parts from `scan_format/2`."
  @spec unscan_format(list) :: {charlist, list}
  def unscan_format(parts) do
    {format, args} =
      :lists.foldl(
        fn
          char, {format, args} when is_integer(char) ->
            {[char | format], args}

          %{control_char: char, args: own} = part, {format, args} ->
            {[[?~, spec_text(part), char] | format], :lists.reverse(own, args)}
        end,
        {[], []},
        parts
      )

    {:lists.flatten(:lists.reverse(format)), :lists.reverse(args)}
  end

  defp spec_text(part) do
    width = if part.width == :none, do: [], else: :erlang.integer_to_list(part.width)
    sign = if part.adjust == :left and part.width != :none, do: [?-], else: []

    precision =
      if part.precision == :none, do: [], else: [?., :erlang.integer_to_list(part.precision)]

    padding =
      cond do
        part.pad_char == ?\s -> []
        precision == [] -> [?., ?., part.pad_char]
        true -> [?., part.pad_char]
      end

    [sign, width, precision, padding, if(part.encoding == :unicode, do: ?t, else: [])]
  end

  @doc "Builds the text of parts from `scan_format/2`."
  @spec build_text(list) :: iolist
  def build_text(parts) do
    build(
      :lists.map(
        fn
          char when is_integer(char) ->
            char

          part ->
            %{
              control: part.control_char,
              args: part.args,
              width: if(part.width == :none, do: nil, else: part.width),
              adjust: part.adjust,
              precision: if(part.precision == :none, do: nil, else: part.precision),
              pad: part.pad_char,
              unicode: part.encoding == :unicode,
              strings: part.strings
            }
        end,
        parts
      ),
      0
    )
  end

  @doc "Builds the text of parts with options."
  @spec build_text(list, list) :: iolist
  def build_text(parts, _options), do: build_text(parts)

  defp controls(format, args) when is_list(args) do
    try do
      controls_1(characters(format), args, [])
    catch
      :phial_bad_format -> :error
    end
  end

  defp controls(_format, _args), do: :error

  defp characters(format) when is_atom(format), do: :erlang.atom_to_list(format)

  defp characters(format) do
    case :unicode.characters_to_list(format) do
      chars when is_list(chars) -> chars
      _ -> :erlang.binary_to_list(:erlang.iolist_to_binary(format))
    end
  end

  defp controls_1([?~ | format], args, acc) do
    {width, adjust, format, args} = width(format, args)
    {precision, format, args} = precision(format, args)
    {pad, format, args} = padding(format, args)
    {unicode, strings, format} = modifiers(format, false, true)

    {control, format} =
      case format do
        [control | format] -> {control, format}
        [] -> throw(:phial_bad_format)
      end

    {own, args} = arguments(control, args)

    part = %{
      control: control,
      args: own,
      width: width,
      adjust: adjust,
      precision: precision,
      pad: pad,
      unicode: unicode,
      strings: strings
    }

    controls_1(format, args, [part | acc])
  end

  defp controls_1([char | format], args, acc), do: controls_1(format, args, [char | acc])
  defp controls_1([], [], acc), do: {:ok, :lists.reverse(acc)}
  defp controls_1([], _left, _acc), do: :error

  defp width([?- | format], args) do
    {width, format, args} = number(format, args)
    {width, :left, format, args}
  end

  defp width(format, args) do
    {width, format, args} = number(format, args)

    if is_integer(width) and width < 0 do
      {-width, :left, format, args}
    else
      {width, :right, format, args}
    end
  end

  defp precision([?. | format], args), do: number(format, args)
  defp precision(format, args), do: {nil, format, args}

  defp padding([?., ?* | format], [pad | args]) when is_integer(pad), do: {pad, format, args}
  defp padding([?., ?*| _], _args), do: throw(:phial_bad_format)
  defp padding([?., pad | format], args), do: {pad, format, args}
  defp padding(format, args), do: {?\s, format, args}

  defp number([?* | format], [n | args]) when is_integer(n), do: {n, format, args}
  defp number([?* | _], _args), do: throw(:phial_bad_format)
  defp number([c | _] = format, args) when c in ?0..?9, do: digits(format, 0, args)
  defp number(format, args), do: {nil, format, args}

  defp digits([c | format], n, args) when c in ?0..?9, do: digits(format, n * 10 + c - ?0, args)
  defp digits(format, n, args), do: {n, format, args}

  defp modifiers([?t | format], _unicode, strings), do: modifiers(format, true, strings)
  defp modifiers([?l | format], unicode, _strings), do: modifiers(format, unicode, false)
  defp modifiers([?k | format], unicode, strings), do: modifiers(format, unicode, strings)
  defp modifiers(format, unicode, strings), do: {unicode, strings, format}

  defp arguments(control, args) when control in [?~, ?n], do: {[], args}

  defp arguments(control, [a | args])
       when control in [?w, ?p, ?s, ?c, ?f, ?e, ?g, ?B, ?b, ?#, ?+, ?i] do
    {[a], args}
  end

  defp arguments(control, [a, b | args]) when control in [?W, ?P, ?X, ?x], do: {[a, b], args}
  defp arguments(_control, _args), do: throw(:phial_bad_format)

  # [column] is where the text so far ends, for the indentation of ~p.
  defp build([char | parts], column) when is_integer(char) do
    [char | build(parts, after_char(char, column))]
  end

  defp build([%{control: ?i} | parts], column), do: build(parts, column)

  defp build([part | parts], column) do
    text = control(part, column)
    [text | build(parts, after_text(text, column))]
  end

  defp build([], _column), do: []

  defp after_char(?\n, _column), do: 0
  defp after_char(?\t, column), do: div(column + 8, 8) * 8
  defp after_char(_char, column), do: column + 1

  defp after_text(text, column) when is_binary(text), do: column + :string.length(text)

  defp after_text(text, column) do
    :lists.foldl(
      fn
        char, column when is_integer(char) -> after_char(char, column)
        binary, column -> after_text(binary, column)
      end,
      column,
      :lists.flatten([text])
    )
  end

  @doc "The column after a text that starts at a column."
  @spec indentation(iolist, non_neg_integer) :: non_neg_integer
  def indentation(text, column), do: after_text(text, column)

  ## Control sequences

  defp control(%{control: ?~} = p, _), do: repeat(p, ?~)
  defp control(%{control: ?n} = p, _), do: :lists.duplicate(p.width || 1, ?\n)

  defp control(%{control: ?c, args: [char]} = p, _) when is_integer(char) do
    char = if p.unicode, do: char, else: Bitwise.band(char, 255)
    count = p.precision || p.width || 1
    field(:lists.duplicate(count, char), p)
  end

  defp control(%{control: ?s, args: [term]} = p, _) do
    text = string(term, p)
    limit = p.precision || p.width

    text =
      if limit != nil and :string.length(text) > limit, do: :string.slice(text, 0, limit), else: text

    field(text, p)
  end

  defp control(%{control: ?w, args: [term]} = p, _), do: field(write_term(term, -1, p), %{p | precision: p.precision || p.width})
  defp control(%{control: ?W, args: [term, depth]} = p, _) when is_integer(depth), do: field(write_term(term, depth, p), p)

  defp control(%{control: ?p, args: [term]} = p, column), do: pretty(term, -1, p, column)

  defp control(%{control: ?P, args: [term, depth]} = p, column) when is_integer(depth) do
    pretty(term, depth, p, column)
  end

  defp control(%{control: control, args: [number]} = p, _)
       when control in [?f, ?e, ?g] and is_float(number) do
    text =
      case control do
        ?f -> fixed(number, p.precision || 6)
        ?e -> exponential(number, p.precision || 6)
        ?g -> general(number, p.precision || 6)
      end

    number_field(text, p)
  end

  defp control(%{control: control, args: [number]} = p, _)
       when control in [?B, ?b] and is_integer(number) do
    number_field(based(number, base(p), control == ?b), p)
  end

  defp control(%{control: control, args: [number]} = p, _)
       when control in [?#, ?+] and is_integer(number) do
    base = base(p)
    digits = based(abs(number), base, control == ?+)
    sign = if number < 0, do: [?-], else: []
    number_field(sign ++ :erlang.integer_to_list(base) ++ [?#] ++ digits, p)
  end

  defp control(%{control: control, args: [number, prefix]} = p, _)
       when control in [?X, ?x] and is_integer(number) do
    prefix = if is_atom(prefix), do: :erlang.atom_to_list(prefix), else: characters(prefix)
    digits = based(abs(number), base(p), control == ?x)
    sign = if number < 0, do: [?-], else: []
    number_field(sign ++ prefix ++ digits, p)
  end

  defp control(p, _column), do: :erlang.error(:badarg, [[?~, p.control], p.args])

  defp repeat(p, char), do: :lists.duplicate(p.width || 1, char)

  defp base(%{precision: nil}), do: 10
  defp base(%{precision: base}) when base in 2..36, do: base
  defp base(_p), do: :erlang.error(:badarg)

  defp based(number, base, lower?) do
    text = :erlang.integer_to_list(number, base)
    if lower?, do: :string.to_lower(text), else: text
  end

  defp string(term, p) when is_atom(term), do: string(:erlang.atom_to_list(term), %{p | unicode: true})

  defp string(term, %{unicode: true}) do
    case :unicode.characters_to_list(term) do
      chars when is_list(chars) -> chars
      _ -> :erlang.error(:badarg)
    end
  end

  defp string(term, _p), do: :erlang.binary_to_list(:erlang.iolist_to_binary(term))

  # Pads to the field width; what is too wide becomes stars.
  defp field(text, %{width: nil}), do: text

  defp field(text, %{width: width} = p) do
    case width - :string.length(text) do
      0 -> text
      missing when missing > 0 and p.adjust == :left -> text ++ :lists.duplicate(missing, p.pad)
      missing when missing > 0 -> :lists.duplicate(missing, p.pad) ++ text
      _ when p.control in [?s, ?c] -> text
      _ -> :lists.duplicate(width, ?*)
    end
  end

  defp number_field(text, p), do: field(text, p)

  defp fixed(number, decimals) when decimals >= 1, do: :erlang.float_to_list(number, [{:decimals, decimals}])
  defp fixed(_number, _decimals), do: :erlang.error(:badarg)

  defp exponential(number, precision) when precision >= 2 do
    text = :erlang.float_to_list(number, [{:scientific, precision - 1}])
    {mantissa, [?e, sign | exponent]} = :lists.splitwith(fn c -> c != ?e end, text)
    mantissa ++ [?e, sign | :erlang.integer_to_list(:erlang.list_to_integer(exponent))]
  end

  defp exponential(_number, _precision), do: :erlang.error(:badarg)

  # Fixed point for 0.1 to 10000 as long as there is a decimal.
  defp general(number, precision) when precision >= 2 do
    size = abs(number)

    decimals =
      cond do
        size < 0.1 -> 0
        size < 1.0 -> precision
        size < 10.0 -> precision - 1
        size < 100.0 -> precision - 2
        size < 1000.0 -> precision - 3
        size < 10_000.0 -> precision - 4
        true -> 0
      end

    cond do
      number == 0.0 -> fixed(number, precision - 1)
      decimals <= 0 -> exponential(number, precision)
      true -> fixed(number, decimals)
    end
  end

  defp general(_number, _precision), do: :erlang.error(:badarg)

  defp write_term(term, depth, p), do: :phial_io_pretty.write(term, depth, p.unicode)

  defp pretty(term, depth, p, column) do
    column = p.precision || column
    width = if p.width == nil, do: 80, else: p.width

    if width == 0 do
      :phial_io_pretty.line(term, depth, p.unicode, p.strings)
    else
      :phial_io_pretty.print(term, column, width, depth, p.unicode, p.strings)
    end
  end

  ## Writing terms

  @doc "The text of a term in Erlang syntax."
  @spec write(term) :: charlist
  def write(term), do: :phial_io_pretty.write(term, -1, false)

  @doc "The text of a term, cut at a depth or with options `depth` and `encoding`."
  @spec write(term, integer | list) :: charlist
  def write(term, depth) when is_integer(depth), do: :phial_io_pretty.write(term, depth, false)

  def write(term, options) when is_list(options) do
    unicode = :proplists.get_value(:encoding, options, :utf8) != :latin1
    :phial_io_pretty.write(term, :proplists.get_value(:depth, options, -1), unicode)
  end

  @doc false
  def write(term, depth, _latin1?), do: write(term, depth)

  @doc "The text of a term as `~p` gives it."
  @spec print(term) :: charlist
  def print(term), do: :phial_io_pretty.print(term, 0, 80, -1, false, true)

  @doc "The text of a term as `~p` gives it, from a column to a line length, cut at a depth."
  @spec print(term, non_neg_integer, non_neg_integer, integer) :: charlist
  def print(term, column, line_length, depth) do
    :phial_io_pretty.print(term, column, line_length, depth, false, true)
  end

  @doc "A term whose parts beyond a depth are `...`."
  @spec limit_term(term, integer) :: term
  def limit_term(term, -1), do: term
  def limit_term(_term, 0), do: :...
  def limit_term([_ | _] = list, 1) when is_list(list), do: [:...]

  def limit_term(list, depth) when is_list(list), do: limit_list(list, depth)

  def limit_term(tuple, depth) when is_tuple(tuple) and tuple_size(tuple) > 0 do
    tuple |> :erlang.tuple_to_list() |> limit_list(depth) |> :erlang.list_to_tuple()
  end

  def limit_term(%{} = map, depth) do
    :maps.map(fn _key, value -> limit_term(value, depth - 1) end, map)
  end

  def limit_term(term, _depth), do: term

  defp limit_list([], _depth), do: []
  defp limit_list(_list, 1), do: [:...]
  defp limit_list([h | t], depth), do: [limit_term(h, depth - 1) | limit_list(t, depth - 1)]
  defp limit_list(tail, _depth), do: tail

  @doc "The text of an atom, quoted if needed."
  @spec write_atom(atom) :: charlist
  def write_atom(atom), do: :phial_io_pretty.atom(atom, true)

  @doc "The text of an atom with only Latin-1 characters."
  @spec write_atom_as_latin1(atom) :: charlist
  def write_atom_as_latin1(atom), do: :phial_io_pretty.atom(atom, false)

  @doc "True if an atom of these characters needs quotes."
  @spec quote_atom(atom, charlist) :: boolean
  def quote_atom(atom, _chars), do: :phial_io_pretty.quoted_atom?(atom)

  @doc "The text of a string in double quotes."
  @spec write_string(charlist) :: charlist
  def write_string(string), do: write_string(string, ?")

  @doc "The text of a string in the given quotes; `[]` for none."
  @spec write_string(charlist, term) :: charlist
  def write_string(string, quote), do: quoted(string, quote, true)

  @doc "The text of a string with only Latin-1 characters."
  @spec write_string_as_latin1(charlist) :: charlist
  def write_string_as_latin1(string), do: quoted(string, ?", false)

  @doc "The text of a string with only Latin-1 characters, in the given quotes."
  @spec write_string_as_latin1(charlist, term) :: charlist
  def write_string_as_latin1(string, quote), do: quoted(string, quote, false)

  @doc false
  def write_latin1_string(string), do: quoted(string, ?", false)

  @doc false
  def write_latin1_string(string, quote), do: quoted(string, quote, false)

  @doc false
  def write_unicode_string(string), do: quoted(string, ?", true)

  defp quoted(string, quote, unicode?) do
    inner = :lists.flatmap(fn char -> :phial_io_pretty.char(char, quote, unicode?) end, string)
    if quote == [], do: inner, else: [quote | inner] ++ [quote]
  end

  @doc "The text of a character, `$c`."
  @spec write_char(char) :: charlist
  def write_char(?\s), do: ~c"$\\s"
  def write_char(char), do: [?$ | :phial_io_pretty.char(char, ?', true) |> unquote_mark(char)]

  # Quotation marks need no escape here.
  defp unquote_mark(_text, char) when char == ?' or char == ?", do: [char]
  defp unquote_mark(text, _char), do: text

  @doc false
  def write_char_as_latin1(char), do: write_char(char)

  @doc false
  def write_latin1_char(char), do: write_char(char)

  @doc false
  def write_unicode_char(char), do: write_char(char)

  @doc false
  def write_binary(binary, depth, _length), do: {:phial_io_pretty.write(binary, depth, false), ""}

  @doc "A new line."
  @spec nl :: charlist
  def nl, do: ~c"\n"

  ## Kinds of lists

  @doc "True for a list of characters."
  @spec char_list(term) :: boolean
  def char_list(list), do: every?(list, fn c -> c in 0..0xD7FF or c in 0xE000..0x10FFFF end)

  @doc "True for a list of Latin-1 characters."
  @spec latin1_char_list(term) :: boolean
  def latin1_char_list(list), do: every?(list, fn c -> c in 0..255 end)

  @doc "True for nested lists of characters."
  @spec deep_char_list(term) :: boolean
  def deep_char_list(list), do: deep?(list, fn c -> c in 0..0xD7FF or c in 0xE000..0x10FFFF end)

  @doc "True for nested lists of characters."
  @spec deep_unicode_char_list(term) :: boolean
  def deep_unicode_char_list(list), do: deep_char_list(list)

  @doc "True for nested lists of Latin-1 characters."
  @spec deep_latin1_char_list(term) :: boolean
  def deep_latin1_char_list(list), do: deep?(list, fn c -> c in 0..255 end)

  @doc "True for a list of printable characters."
  @spec printable_list(term) :: boolean
  def printable_list(list), do: every?(list, &:phial_io_pretty.printable?(&1, false))

  @doc "True for a list of printable Latin-1 characters."
  @spec printable_latin1_list(term) :: boolean
  def printable_latin1_list(list), do: every?(list, &:phial_io_pretty.printable?(&1, false))

  @doc "True for a list of printable characters."
  @spec printable_unicode_list(term) :: boolean
  def printable_unicode_list(list), do: every?(list, &:phial_io_pretty.printable?(&1, true))

  defp every?([c | rest], fun) when is_integer(c), do: fun.(c) and every?(rest, fun)
  defp every?([], _fun), do: true
  defp every?(_other, _fun), do: false

  defp deep?([c | rest], fun) when is_integer(c), do: fun.(c) and deep?(rest, fun)
  defp deep?([list | rest], fun) when is_list(list), do: deep?(list, fun) and deep?(rest, fun)
  defp deep?([], _fun), do: true
  defp deep?(_other, _fun), do: false

  @doc "The number of characters of nested lists and binaries."
  @spec chars_length(iolist) :: non_neg_integer
  def chars_length(chars), do: :string.length(:unicode.characters_to_list(chars))

  ## Reading

  @doc "Reads values from a text by a format: `~d ~u ~- ~f ~s ~a ~c ~l ~~ ~*d`."
  @spec fread(charlist, charlist) ::
          {:ok, list, charlist} | {:more, charlist, non_neg_integer, list} | {:error, term}
  def fread(format, text), do: fread_1(characters(format), characters(text), 0, [])

  @doc false
  def fread(_continuation, text, format), do: fread(format, text)

  defp fread_1([?~ | format], text, count, acc) do
    {skip?, format} =
      case format do
        [?* | format] -> {true, format}
        _ -> {false, format}
      end

    {width, format, _} = number(format, [])
    {_unicode, _strings, format} = modifiers(format, false, true)

    case format do
      [control | format] -> fread_control(control, width, skip?, format, text, count, acc)
      [] -> {:error, {:fread, :format}}
    end
  end

  defp fread_1([c | format], text, count, acc) when c in [?\s, ?\t, ?\n, ?\r] do
    {text, count} = spaces(text, count)
    fread_1(format, text, count, acc)
  end

  defp fread_1([c | format], [c | text], count, acc), do: fread_1(format, text, count + 1, acc)
  defp fread_1([_ | _] = format, [], count, acc), do: {:more, format, count, acc}
  defp fread_1([_ | _], _text, _count, _acc), do: {:error, {:fread, :input}}
  defp fread_1([], text, _count, acc), do: {:ok, :lists.reverse(acc), text}

  defp spaces([c | text], count) when c in [?\s, ?\t, ?\n, ?\r], do: spaces(text, count + 1)
  defp spaces(text, count), do: {text, count}

  defp fread_control(?~, _width, _skip?, format, text, count, acc) do
    {text, count} = spaces(text, count)
    fread_1([?~ | format] |> literal_tilde(), text, count, acc)
  end

  defp fread_control(?l, _width, _skip?, format, text, count, acc) do
    fread_1(format, text, count, [count | acc])
  end

  defp fread_control(?c, width, skip?, format, text, count, acc) do
    width = width || 1

    if length(text) < width do
      {:more, [?~, ?c | format], count, acc}
    else
      {taken, text} = :lists.split(width, text)
      fread_1(format, text, count + width, keep(taken, skip?, acc))
    end
  end

  defp fread_control(control, width, skip?, format, text, count, acc) do
    {text, count} = spaces(text, count)
    {word, rest} = word(text, width)

    case fread_value(control, word) do
      {:ok, value} ->
        fread_1(format, rest, count + length(word), keep(value, skip?, acc))

      {:part, value, left} ->
        fread_1(format, left ++ rest, count + length(word) - length(left), keep(value, skip?, acc))

      {:error, _} when word == [] and rest == [] ->
        {:more, [?~, control | format], count, acc}

      {:error, kind} ->
        {:error, {:fread, kind}}
    end
  end

  defp literal_tilde([?~ | format]), do: [126 | format] |> tl() |> then(fn rest -> [?~, ?~ | rest] end)

  defp keep(_value, true, acc), do: acc
  defp keep(value, false, acc), do: [value | acc]

  defp word(text, nil), do: :lists.splitwith(fn c -> c not in [?\s, ?\t, ?\n, ?\r] end, text)

  defp word(text, width) do
    {word, rest} = word(text, nil)

    if length(word) > width do
      {word, more} = :lists.split(width, word)
      {word, more ++ rest}
    else
      {word, rest}
    end
  end

  defp fread_value(?s, [_ | _] = word), do: {:ok, word}
  defp fread_value(?s, []), do: {:error, :string}
  defp fread_value(?a, [_ | _] = word), do: {:ok, :erlang.list_to_atom(word)}
  defp fread_value(?a, []), do: {:error, :atom}

  defp fread_value(control, word) when control in [?d, ?u, ?-] do
    {sign, digits} =
      case word do
        [s | rest] when s in [?-, ?+] and control == ?d -> {[s], rest}
        _ -> {[], word}
      end

    case :lists.splitwith(fn c -> c in ?0..?9 end, digits) do
      {[], _} -> {:error, if(control == ?u, do: :unsigned, else: :integer)}
      {number, left} -> {:part, :erlang.list_to_integer(sign ++ number), left}
    end
  end

  defp fread_value(?f, word) do
    case :string.to_float(word) do
      {:error, _} -> {:error, :float}
      {number, left} -> {:part, number, left}
    end
  end

  defp fread_value(_control, _word), do: {:error, :format}

  ## Prompts and collecting, as devices use them

  @doc "The text of a prompt."
  @spec format_prompt(term) :: charlist
  def format_prompt({:format, format, args}), do: :lists.flatten(fwrite(format, args))
  def format_prompt(prompt) when is_list(prompt) or is_binary(prompt), do: characters(prompt)
  def format_prompt(prompt) when is_atom(prompt), do: :erlang.atom_to_list(prompt)
  def format_prompt(prompt), do: write(prompt)

  @doc false
  def format_prompt(prompt, _encoding), do: format_prompt(prompt)

  @doc false
  def collect_line(state, data, args), do: collect_line(state, data, :latin1, args)

  @doc false
  def collect_line(:start, :eof, _encoding, _args), do: {:stop, :eof, :eof}
  def collect_line(acc, :eof, _encoding, _args), do: {:stop, :lists.reverse(acc), :eof}
  def collect_line(:start, data, encoding, args), do: collect_line([], data, encoding, args)

  def collect_line(acc, data, _encoding, _args) do
    case :lists.splitwith(fn c -> c != ?\n end, characters(data)) do
      {line, [?\n | rest]} -> {:stop, :lists.reverse(acc, line ++ [?\n]), rest}
      {part, []} -> :lists.reverse(part, acc)
    end
  end

  @doc false
  def collect_chars(state, data, count), do: collect_chars(state, data, :latin1, count)

  @doc false
  def collect_chars(:start, :eof, _encoding, _count), do: {:stop, :eof, :eof}
  def collect_chars({acc, _left}, :eof, _encoding, _count), do: {:stop, :lists.reverse(acc), :eof}

  def collect_chars(:start, data, encoding, count) do
    collect_chars({[], count}, data, encoding, count)
  end

  def collect_chars({acc, left}, data, _encoding, _count) do
    chars = characters(data)

    if length(chars) >= left do
      {taken, rest} = :lists.split(left, chars)
      {:stop, :lists.reverse(acc, taken), rest}
    else
      {:lists.reverse(chars, acc), left - length(chars)}
    end
  end

  @doc false
  def get_until(state, data, call), do: get_until(state, data, :latin1, call)

  @doc false
  def get_until(:start, data, encoding, call), do: get_until([], data, encoding, call)

  def get_until(continuation, data, _encoding, {module, function, args}) do
    data = if data == :eof, do: :eof, else: characters(data)

    case :erlang.apply(module, function, [continuation, data | args]) do
      {:done, result, rest} -> {:stop, result, rest}
      {:more, continuation} -> continuation
    end
  end
end
