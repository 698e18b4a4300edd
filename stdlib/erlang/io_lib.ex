defmodule :io_lib do
  @moduledoc """
  Text of terms in Erlang's syntax, and formatted text.

  `format/2` understands `~p ~P ~w ~W ~s ~c ~f ~e ~g ~b ~B ~x ~X ~# ~+ ~i ~n ~~`, each with field width, precision, padding
  character and the modifier `t` for Unicode, as Erlang's.

      iex> :io_lib.format("~p and ~s", [{:a, 1}, "b"]) |> :erlang.iolist_to_binary()
      "{a,1} and b"
  """

  @line 80

  @doc "Formats `args` by `format`; raises `ArgumentError` when they do not fit together."
  @spec format(iodata | atom, list) :: list
  def format(format, args) when is_list(args) do
    chars =
      cond do
        is_binary(format) -> :unicode.characters_to_list(format)
        is_atom(format) -> :erlang.atom_to_list(format)
        is_list(format) -> :unicode.characters_to_list(format)
        true -> :erlang.error(:badarg, [format, args])
      end

    run(chars, args, 0, [], {format, args})
  end

  def format(format, args), do: :erlang.error(:badarg, [format, args])

  @doc "The same as `format/2`."
  @spec fwrite(iodata | atom, list) :: list
  def fwrite(format, args), do: format(format, args)

  @doc "A new line."
  @spec nl() :: charlist
  def nl, do: ~c"\n"

  # column counts characters since the last new line, for ~p.
  defp run([], [], _, acc, _), do: :lists.reverse(acc)
  defp run([], _, _, _, call), do: bad(call)
  defp run([?~ | rest], args, column, acc, call), do: directive(rest, args, column, acc, call)
  defp run([?\n | rest], args, _, acc, call), do: run(rest, args, 0, [?\n | acc], call)
  defp run([c | rest], args, column, acc, call), do: run(rest, args, column + 1, [c | acc], call)

  defp bad({format, args}), do: :erlang.error(:badarg, [format, args])

  defp directive(chars, args, column, acc, call) do
    {width, chars, args} = field(chars, args, call)
    {precision, chars, args} = precision(chars, args, call)
    {pad, chars, args} = padding(chars, args, call)
    {unicode, chars} = modifiers(chars, false)

    case chars do
      [] ->
        bad(call)

      [c | rest] ->
        {text, args} = control(c, args, {width, precision, pad, unicode, column}, call)
        run(rest, args, column_after(text, column), [text | acc], call)
    end
  end

  defp field([?* | rest], [n | args], _) when is_integer(n), do: {n, rest, args}
  defp field([?-, ?* | rest], [n | args], _) when is_integer(n), do: {-n, rest, args}

  defp field([?- | rest], args, _) do
    {n, rest} = digits(rest, nil)
    {if(n, do: -n), rest, args}
  end

  defp field(chars, args, _) do
    {n, rest} = digits(chars, nil)
    {n, rest, args}
  end

  defp precision([?., ?* | rest], [n | args], _) when is_integer(n), do: {n, rest, args}

  defp precision([?. | rest], args, _) do
    {n, rest} = digits(rest, nil)
    {n, rest, args}
  end

  defp precision(chars, args, _), do: {nil, chars, args}

  defp padding([?., ?* | rest], [c | args], _) when is_integer(c), do: {c, rest, args}
  defp padding([?., c | rest], args, _), do: {c, rest, args}
  defp padding(chars, args, _), do: {?\s, chars, args}

  defp digits([c | rest], n) when c in ?0..?9, do: digits(rest, (n || 0) * 10 + c - ?0)
  defp digits(rest, n), do: {n, rest}

  defp modifiers([?t | rest], _), do: modifiers(rest, true)
  defp modifiers([c | rest], unicode) when c in [?l, ?k, ?K], do: modifiers(rest, unicode)
  defp modifiers(rest, unicode), do: {unicode, rest}

  defp column_after(text, column) do
    :lists.foldl(
      fn
        ?\n, _ -> 0
        _, n -> n + 1
      end,
      column,
      text
    )
  end

  # Directives. Each gives its text as a charlist and the arguments left.

  defp control(?~, args, o, _), do: {fit(~c"~", o), args}
  defp control(?n, args, {width, _, _, _, _}, _), do: {:lists.duplicate(abs(width || 1), ?\n), args}
  defp control(?i, [_ | args], _, _), do: {[], args}
  defp control(?c, [c | args], o, call) when is_integer(c), do: {characters(c, o, call), args}
  defp control(?s, [s | args], {_, precision, _, _, _} = o, call), do: {string(text_of(s, call), precision, o), args}
  defp control(?w, [t | args], {_, _, _, unicode, _} = o, _), do: {fit(chars(write_term(t, -1, unicode)), o), args}
  defp control(?p, [t | args], o, _), do: {pretty(t, -1, o), args}

  defp control(?W, [t, depth | args], {_, _, _, unicode, _} = o, _) when is_integer(depth) do
    {fit(chars(write_term(t, depth, unicode)), o), args}
  end

  defp control(?P, [t, depth | args], o, _) when is_integer(depth), do: {pretty(t, depth, o), args}

  defp control(c, [f | args], {_, precision, _, _, _} = o, call) when c in [?f, ?e, ?g] do
    if is_float(f), do: {fit(float_text(c, f, precision || 6, precision == nil), o), args}, else: bad(call)
  end

  defp control(c, [n | args], {_, base, _, _, _} = o, call) when c in [?b, ?B, ?#, ?+] do
    base = base || 10

    if is_integer(n) and base in 2..36 do
      {fit(integer_text(c, n, base), o), args}
    else
      bad(call)
    end
  end

  defp control(c, [n, prefix | args], {_, base, _, _, _} = o, call) when c in [?x, ?X] do
    base = base || 10

    if is_integer(n) and base in 2..36 do
      sign = if n < 0, do: ~c"-", else: []
      letters = if c == ?x, do: ?b, else: ?B
      {fit(sign ++ text_of(prefix, call) ++ integer_text(letters, abs(n), base), o), args}
    else
      bad(call)
    end
  end

  defp control(_, _, _, call), do: bad(call)

  # Pads to the field width; text that is too long becomes stars.
  defp fit(text, {nil, _, _, _, _}), do: text

  defp fit(text, {width, _, pad, _, _}) do
    size = length(text)

    cond do
      size > abs(width) -> :lists.duplicate(abs(width), ?*)
      width < 0 -> text ++ :lists.duplicate(-width - size, pad)
      true -> :lists.duplicate(width - size, pad) ++ text
    end
  end

  defp characters(c, {width, nil, _, _, _}, _), do: :lists.duplicate(abs(width || 1), c)
  defp characters(c, {width, n, _, _, _} = o, _), do: if(width, do: fit(:lists.duplicate(n, c), o), else: :lists.duplicate(n, c))

  # Strings are cut to precision (or, without one, to the width) and then padded to the width.
  defp string(text, nil, {nil, _, _, _, _}), do: text
  defp string(text, nil, {width, _, pad, _, _}), do: pad_to(cut(text, abs(width)), width, pad)
  defp string(text, precision, {nil, _, pad, _, _}), do: pad_to(cut(text, precision), precision, pad)
  defp string(text, precision, {width, _, pad, _, _}), do: pad_to(pad_to(cut(text, precision), precision * sign(width), pad), width, pad)

  defp sign(n) when n < 0, do: -1
  defp sign(_), do: 1

  defp cut(text, n), do: :lists.sublist(text, n)

  defp pad_to(text, width, pad) do
    missing = :lists.duplicate(max(abs(width) - length(text), 0), pad)
    if width < 0, do: text ++ missing, else: missing ++ text
  end

  defp text_of(s, _) when is_binary(s) or is_list(s) do
    case :unicode.characters_to_list(s) do
      text when is_list(text) -> text
      _ -> :erlang.binary_to_list(:erlang.iolist_to_binary(s))
    end
  end

  defp text_of(s, _) when is_atom(s), do: :erlang.atom_to_list(s)
  defp text_of(_, call), do: bad(call)

  # Numbers.

  defp integer_text(?B, n, base), do: :erlang.integer_to_list(n, base)
  defp integer_text(?b, n, base), do: lower(:erlang.integer_to_list(n, base))
  defp integer_text(c, n, base) when n < 0, do: [?- | integer_text(c, -n, base)]
  defp integer_text(?#, n, base), do: :erlang.integer_to_list(base) ++ ~c"#" ++ :erlang.integer_to_list(n, base)
  defp integer_text(?+, n, base), do: :erlang.integer_to_list(base) ++ ~c"#" ++ lower(:erlang.integer_to_list(n, base))

  defp lower(text), do: for(c <- text, do: if(c in ?A..?Z, do: c + 32, else: c))

  defp float_text(?f, f, precision, _), do: :erlang.float_to_list(f, [{:decimals, precision}])

  # precision counts significant digits
  defp float_text(?e, f, precision, _) do
    text = :erlang.float_to_list(f, [{:scientific, max(precision - 1, 0)}])
    {mantissa, [?e, sign | exponent]} = :lists.splitwith(fn c -> c != ?e end, text)
    exponent = drop_zeros(exponent)
    mantissa ++ [?e, sign | exponent]
  end

  defp float_text(?g, f, precision, _) do
    a = abs(f)

    cond do
      a == 0.0 -> float_text(?f, f, max(precision - 1, 1), false)
      a < 0.1 or a >= 10_000.0 -> float_text(?e, f, precision, false)
      a < 1.0 -> float_text(?f, f, precision, false)
      a < 10.0 -> float_text(?f, f, max(precision - 1, 1), false)
      a < 100.0 -> float_text(?f, f, max(precision - 2, 1), false)
      a < 1000.0 and precision > 3 -> float_text(?f, f, precision - 3, false)
      a < 10_000.0 and precision > 4 -> float_text(?f, f, precision - 4, false)
      true -> float_text(?e, f, precision, false)
    end
  end

  defp drop_zeros([?0, c | rest]), do: drop_zeros([c | rest])
  defp drop_zeros(exponent), do: exponent

  # Terms on one line, as iodata of charlists.

  @doc "Text of a term in Erlang's syntax."
  @spec write(term) :: charlist
  def write(term), do: chars(write_term(term, -1, false))

  @doc "The same, not deeper than `depth`."
  @spec write(term, integer) :: charlist
  def write(term, depth), do: chars(write_term(term, depth, false))

  @doc "Text of a term as `~p` would give it."
  @spec print(term) :: charlist
  def print(term), do: pretty(term, -1, {nil, nil, ?\s, false, 0})

  @doc "The same from a column, in lines of a length, not deeper than `depth`."
  @spec print(term, pos_integer, pos_integer, integer) :: charlist
  def print(term, column, line, depth), do: pretty(term, depth, {line, nil, ?\s, false, column - 1})

  defp chars(data), do: :lists.flatten(data)

  defp write_term(_, 0, _), do: ~c"..."
  defp write_term(t, _, _) when is_integer(t), do: :erlang.integer_to_list(t)
  defp write_term(t, _, _) when is_float(t), do: float_short(t)
  defp write_term(t, _, _) when is_atom(t), do: write_atom(t)
  defp write_term([], _, _), do: ~c"[]"
  defp write_term(t, _, _) when is_pid(t), do: :erlang.pid_to_list(t)
  defp write_term(t, _, _) when is_reference(t), do: :erlang.ref_to_list(t)
  defp write_term(t, _, _) when is_function(t), do: fun_text(t)
  defp write_term(t, d, _) when is_bitstring(t), do: [?<, ?<, bytes_text(t, d), ?>, ?>]
  defp write_term([h | t], d, u), do: [?[, write_term(h, d - 1, u), write_tail(t, d - 1, u, ?|), ?]]
  defp write_term({}, _, _), do: ~c"{}"

  defp write_term(t, d, u) when is_tuple(t) do
    [h | rest] = :erlang.tuple_to_list(t)
    [?{, write_term(h, d - 1, u), write_tail(rest, d - 1, u, ?,), ?}]
  end

  defp write_term(t, d, u) when is_map(t) do
    pairs = for {k, v} <- :maps.to_list(t), do: [write_term(k, d - 1, u), ~c" => ", write_term(v, d - 1, u)]
    [?#, ?{, join(pairs, ?,), ?}]
  end

  defp write_term(_, _, _), do: ~c"#Port<0.0>"

  # more elements after the first; cut tells of those left out
  defp write_tail([], _, _, _), do: []
  defp write_tail(_, 1, _, cut), do: [cut, ~c"..."]
  defp write_tail([h | t], d, u, cut), do: [?,, write_term(h, d - 1, u), write_tail(t, d - 1, u, cut)]
  defp write_tail(t, d, u, _), do: [?|, write_term(t, d - 1, u)]

  defp join([], _), do: []
  defp join([one], _), do: one
  defp join([h | t], separator), do: [h, separator | join(t, separator)]

  defp bytes_text(<<>>, _), do: []
  defp bytes_text(t, 1) when t != <<>>, do: ~c"..."
  defp bytes_text(<<b>>, _), do: :erlang.integer_to_list(b)
  defp bytes_text(<<b, rest::bitstring>>, d), do: [:erlang.integer_to_list(b), ?,, bytes_text(rest, d - 1)]

  defp bytes_text(bits, _) do
    size = bit_size(bits)
    <<n::size(size)>> = bits
    [:erlang.integer_to_list(n), ?:, :erlang.integer_to_list(size)]
  end

  defp float_short(f), do: :erlang.float_to_list(f, [:short])

  defp fun_text(f) do
    case :erlang.fun_info(f, :type) do
      {:type, :external} ->
        {:module, m} = :erlang.fun_info(f, :module)
        {:name, n} = :erlang.fun_info(f, :name)
        {:arity, a} = :erlang.fun_info(f, :arity)
        [~c"fun ", write_atom(m), ?:, write_atom(n), ?/, :erlang.integer_to_list(a)]

      _ ->
        {:module, m} = :erlang.fun_info(f, :module)
        [~c"#Fun<", :erlang.atom_to_list(m), ?>]
    end
  end

  @doc "Text of an atom, quoted if needed."
  @spec write_atom(atom) :: charlist
  def write_atom(atom) do
    text = :erlang.atom_to_list(atom)
    if plain_atom?(text), do: text, else: [?' | quoted(text, ?')]
  end

  @reserved ~w(after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if let maybe not of or orelse
               receive rem try when xor)c

  defp plain_atom?([c | rest] = text) when c in ?a..?z or c in 0xDF..0xFF and c != 0xF7 do
    :lists.all(&name_char?/1, rest) and not :lists.member(text, @reserved)
  end

  defp plain_atom?(_), do: false

  defp name_char?(c), do: c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c in [?_, ?@] or (c >= 0xC0 and c <= 0xFF and c not in [0xD7, 0xF7])

  defp quoted([], quote), do: [quote]
  defp quoted([quote | rest], quote), do: [?\\, quote | quoted(rest, quote)]
  defp quoted([?\\ | rest], quote), do: [?\\, ?\\ | quoted(rest, quote)]

  defp quoted([c | rest], quote) do
    case escape(c) do
      nil when c < 32 or c in 0x7F..0x9F -> [?\\, ?x, ?{ | lower_hex(c) ++ [?} | quoted(rest, quote)]]
      nil -> [c | quoted(rest, quote)]
      letter -> [?\\, letter | quoted(rest, quote)]
    end
  end

  defp lower_hex(c), do: :erlang.integer_to_list(c, 16)

  defp escape(?\n), do: ?n
  defp escape(?\t), do: ?t
  defp escape(?\r), do: ?r
  defp escape(?\v), do: ?v
  defp escape(?\b), do: ?b
  defp escape(?\f), do: ?f
  defp escape(?\e), do: ?e
  defp escape(0x7F), do: ?d
  defp escape(_), do: nil

  @doc "Text of a string in double quotes."
  @spec write_string(charlist) :: charlist
  def write_string(text), do: [?" | quoted(text, ?")]

  @doc "Text of a character literal."
  @spec write_char(char) :: charlist
  def write_char(c) do
    case escape(c) do
      nil -> [?$, c]
      letter -> [?$, ?\\, letter]
    end
  end

  # ~p: on one line if it fits, else over several.

  defp pretty(term, depth, {width, precision, _, unicode, column}) do
    column = precision || column
    chars(layout(term, depth, unicode, column, width || @line))
  end

  # Width 0 means one line for all.
  defp layout(term, depth, unicode, column, width) do
    flat = chars(flat(term, depth, unicode))

    if width == 0 or column + length(flat) < width or simple?(term) do
      flat
    else
      broken(term, depth, unicode, column, width)
    end
  end

  defp simple?(term), do: not (is_tuple(term) or is_map(term) or is_list(term)) or term == [] or term == {} or string?(term, false)

  defp string?([_ | _] = list, unicode), do: if(unicode, do: printable_unicode_list(list), else: printable_latin1_list(list))
  defp string?(_, _), do: false

  # One line, with strings as strings.
  defp flat(_, 0, _), do: ~c"..."

  defp flat([h | t] = list, d, u) do
    if string?(list, u), do: write_string(list), else: [?[, flat(h, d - 1, u), flat_tail(t, d - 1, u, ?|), ?]]
  end

  defp flat(t, d, u) when is_tuple(t) and t != {} do
    [h | rest] = :erlang.tuple_to_list(t)
    [?{, flat(h, d - 1, u), flat_tail(rest, d - 1, u, ?,), ?}]
  end

  defp flat(t, d, u) when is_map(t) do
    pairs = for {k, v} <- :maps.to_list(t), do: [flat(k, d - 1, u), ~c" => ", flat(v, d - 1, u)]
    [?#, ?{, join(pairs, ?,), ?}]
  end

  defp flat(t, d, u) when is_binary(t) and t != "" do
    latin1 = :erlang.binary_to_list(t)

    cond do
      u and plain_ascii?(latin1) -> [?<, ?<, write_string(latin1), ?>, ?>]
      u -> unicode_binary(t, d)
      printable_latin1_list(latin1) -> [?<, ?<, write_string(latin1), ?>, ?>]
      true -> write_term(t, d, u)
    end
  end

  defp flat(t, d, u), do: write_term(t, d, u)

  defp plain_ascii?(text), do: :lists.all(fn c -> c in 32..126 or c in [?\n, ?\t, ?\r] end, text)

  defp unicode_binary(t, d) do
    case :unicode.characters_to_list(t) do
      text when is_list(text) ->
        if printable_unicode_list(text), do: [?<, ?<, write_string(text), ~c"/utf8>>"], else: write_term(t, d, true)

      _ ->
        write_term(t, d, true)
    end
  end

  defp flat_tail([], _, _, _), do: []
  defp flat_tail(_, 1, _, cut), do: [cut, ~c"..."]
  defp flat_tail([h | t], d, u, cut), do: [?,, flat(h, d - 1, u), flat_tail(t, d - 1, u, cut)]
  defp flat_tail(t, d, u, _), do: [?|, flat(t, d - 1, u)]

  defp broken(t, d, u, column, width) when is_list(t) do
    [?[, elements(t, d - 1, u, column + 1, column + 1, width, true), ?]]
  end

  defp broken(t, d, u, column, width) when is_tuple(t) do
    case :erlang.tuple_to_list(t) do
      [tag | [_ | _] = rest] when is_atom(tag) ->
        head = write_atom(tag)
        indent = column + 2 + length(head)
        [?{, head, ?,, elements(rest, d - 2, u, indent, indent, width, true), ?}]

      all ->
        [?{, elements(all, d - 1, u, column + 1, column + 1, width, true), ?}]
    end
  end

  defp broken(t, d, u, column, width) do
    indent = column + 2
    [?#, ?{, join(pairs(:maps.to_list(t), d - 1, u, indent, width), [?,, ?\n, spaces(indent)]), ?}]
  end

  defp pairs(list, d, u, column, width) do
    for {k, v} <- list do
      key = chars(flat(k, d, u))
      start = column + length(key) + 4
      value = chars(flat(v, d, u))

      if start + length(value) < width or simple?(v) do
        [key, ~c" => ", value]
      else
        [key, ~c" =>\n", spaces(column + 4), layout(v, d, u, column + 4, width)]
      end
    end
  end

  # Simple elements fill lines; others each get a line of their own.
  defp elements([], _, _, _, _, _, _), do: []
  defp elements(_, 0, _, _, _, _, _), do: ~c"..."

  defp elements([h | t], d, u, column, indent, width, first) do
    text = chars(flat(h, d - 1, u))
    fits = column + length(text) + 3 < width

    {separator, column} =
      cond do
        first -> {[], column}
        simple?(h) and fits -> {[?,], column + 1}
        true -> {[?,, ?\n, spaces(indent)], indent}
      end

    text = if column + length(text) < width or simple?(h), do: text, else: chars(layout(h, d - 1, u, column, width))
    next = if simple?(h), do: column + length(text), else: width
    [separator, text, elements(t, d - 1, u, next, indent, width, false)]
  end

  defp elements(t, d, u, column, _, width, _), do: [?|, layout(t, d - 1, u, column + 1, width)]

  defp spaces(n), do: :lists.duplicate(n, ?\s)

  # Kinds of text.

  @doc "True for a list of characters that print."
  @spec printable_list(term) :: boolean
  def printable_list(list), do: printable_unicode_list(list)

  @doc "True for a list of Latin-1 characters that print."
  @spec printable_latin1_list(term) :: boolean
  def printable_latin1_list([c | rest]) when c in 32..126 or c in 160..255 or c in 8..13 or c == 27, do: printable_latin1_list(rest)
  def printable_latin1_list([]), do: true
  def printable_latin1_list(_), do: false

  @doc "True for a list of Unicode characters that print."
  @spec printable_unicode_list(term) :: boolean
  def printable_unicode_list([c | rest])
      when c in 32..126 or c in 8..13 or c == 27 or c in 160..0xD7FF or c in 0xE000..0xFFFD or c in 0x10000..0x10FFFF do
    printable_unicode_list(rest)
  end

  def printable_unicode_list([]), do: true
  def printable_unicode_list(_), do: false

  @doc "True for a flat list of characters."
  @spec char_list(term) :: boolean
  def char_list([c | rest]) when c in 0..0xD7FF or c in 0xE000..0xFFFD or c in 0x10000..0x10FFFF, do: char_list(rest)
  def char_list([]), do: true
  def char_list(_), do: false

  @doc "True for a nested list of characters."
  @spec deep_char_list(term) :: boolean
  def deep_char_list(list) when is_list(list) do
    char_list(:lists.flatten(list))
  catch
    _, _ -> false
  end

  def deep_char_list(_), do: false

  @doc "Number of characters in nested character data."
  @spec chars_length(iodata) :: non_neg_integer
  def chars_length(data), do: length(:unicode.characters_to_list(data))

  @doc "Replaces printing directives with their Erlang text; kept for callers that take formats apart."
  @spec format_prompt(term) :: charlist
  def format_prompt({:format, format, args}), do: chars(format(format, args))
  def format_prompt(prompt) when is_list(prompt), do: prompt
  def format_prompt(prompt) when is_binary(prompt), do: :unicode.characters_to_list(prompt)
  def format_prompt(prompt), do: write(prompt)

  # Reading by format.

  @doc """
  Reads terms from text by a format of `~d ~u ~f ~s ~a ~c ~~` and white space.

      iex> :io_lib.fread(~c"~d ~s", ~c"42 word rest")
      {:ok, [42, ~c"word"], ~c" rest"}
  """
  @spec fread(charlist, charlist) :: {:ok, list, charlist} | {:error, term} | {:more, charlist, non_neg_integer, list}
  def fread(format, text), do: fread(text_of(format, {format, []}), text_of(text, {text, []}), [])

  defp fread([], text, acc), do: {:ok, :lists.reverse(acc), text}
  defp fread([c | format], text, acc) when c in [?\s, ?\t, ?\n, ?\r], do: fread(format, skip_space(text), acc)
  defp fread([?~, ?~ | format], [?~ | text], acc), do: fread(format, text, acc)
  defp fread([?~, ?c | format], [c | text], acc), do: fread(format, text, [[c] | acc])

  defp fread([?~, kind | format], text, acc) do
    case read_one(kind, skip_space(text)) do
      {:ok, value, rest} -> fread(format, rest, [value | acc])
      :error -> {:error, {:fread, read_name(kind)}}
    end
  end

  defp fread([c | format], [c | text], acc), do: fread(format, text, acc)
  defp fread(_, _, _), do: {:error, {:fread, :input}}

  defp skip_space([c | rest]) when c in [?\s, ?\t, ?\n, ?\r], do: skip_space(rest)
  defp skip_space(text), do: text

  defp read_name(kind) when kind in [?d, ?u], do: :integer
  defp read_name(?f), do: :float
  defp read_name(?a), do: :atom
  defp read_name(_), do: :string

  defp read_one(kind, text) do
    {word, rest} = :lists.splitwith(fn c -> c not in [?\s, ?\t, ?\n, ?\r] end, text)

    case kind do
      _ when word == [] -> :error
      ?s -> {:ok, word, rest}
      ?a -> {:ok, :erlang.list_to_atom(word), rest}
      ?f -> {:ok, :erlang.list_to_float(word), rest}
      d when d in [?d, ?u] -> read_integer(text)
      _ -> :error
    end
  catch
    _, _ -> :error
  end

  defp read_integer([sign | text]) when sign in [?-, ?+] do
    case read_integer(text) do
      {:ok, n, rest} when sign == ?- -> {:ok, -n, rest}
      other -> other
    end
  end

  defp read_integer(text) do
    case :lists.splitwith(fn c -> c in ?0..?9 end, text) do
      {[], _} -> :error
      {digits, rest} -> {:ok, :erlang.list_to_integer(digits), rest}
    end
  end
end
