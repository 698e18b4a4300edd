defmodule :phial_io_pretty do
  @moduledoc """
  Terms in Erlang syntax, on one line or broken at a width.

  A term is first turned into a node with the length of its one-line text. Printing writes a node on the rest of the line if it
  fits. A list that does not fit is filled line by line with its simple elements; others get a line each, like the elements of
  tuples and maps.

      iex> :phial_io_pretty.write([1, {:a, "b"}], -1, false)
      ~c"[1,{a,<<98>>}]"
  """

  ## Characters

  @doc "True if a character is shown as it is in a string."
  @spec printable?(char, boolean) :: boolean
  def printable?(c, _unicode?) when c >= 32 and c <= 126, do: true
  def printable?(c, _unicode?) when c >= 160 and c <= 255, do: true
  def printable?(c, _unicode?) when c in [?\n, ?\r, ?\t, ?\v, ?\b, ?\f, ?\e], do: true

  def printable?(c, true) do
    (c >= 0xA0 and c < 0xD800) or (c > 0xDFFF and c < 0xFFFE) or (c > 0xFFFF and c <= 0x10FFFF)
  end

  def printable?(_c, false), do: false

  @doc "The text of a character inside quotes."
  @spec char(char, term, boolean) :: charlist
  def char(c, c, _unicode?), do: [?\\, c]
  def char(?\\, _quote, _unicode?), do: ~c"\\\\"
  def char(c, _quote, _unicode?) when c >= 32 and c <= 126, do: [c]
  def char(c, _quote, _unicode?) when c >= 160 and c <= 255, do: [c]
  def char(?\n, _quote, _unicode?), do: ~c"\\n"
  def char(?\r, _quote, _unicode?), do: ~c"\\r"
  def char(?\t, _quote, _unicode?), do: ~c"\\t"
  def char(?\v, _quote, _unicode?), do: ~c"\\v"
  def char(?\b, _quote, _unicode?), do: ~c"\\b"
  def char(?\f, _quote, _unicode?), do: ~c"\\f"
  def char(?\e, _quote, _unicode?), do: ~c"\\e"
  def char(127, _quote, _unicode?), do: ~c"\\d"

  def char(c, _quote, _unicode?) when c < 160 do
    [?\\, ?0 + Bitwise.bsr(c, 6), ?0 + Bitwise.band(Bitwise.bsr(c, 3), 7), ?0 + Bitwise.band(c, 7)]
  end

  def char(c, _quote, true), do: [c]

  def char(c, _quote, false), do: ~c"\\x{" ++ :erlang.integer_to_list(c, 16) ++ ~c"}"

  @doc "The text of an atom."
  @spec atom(atom, boolean) :: charlist
  def atom(atom, unicode?) do
    chars = :erlang.atom_to_list(atom)

    if quoted_atom?(atom) do
      [?' | :lists.flatmap(fn c -> char(c, ?', unicode?) end, chars)] ++ [?']
    else
      chars
    end
  end

  @reserved [
    :after,
    :and,
    :andalso,
    :band,
    :begin,
    :bnot,
    :bor,
    :bsl,
    :bsr,
    :bxor,
    :case,
    :catch,
    :cond,
    :div,
    :end,
    :fun,
    :if,
    :let,
    :not,
    :of,
    :or,
    :orelse,
    :receive,
    :rem,
    :try,
    :when,
    :xor
  ]

  @doc "True if an atom needs quotes."
  @spec quoted_atom?(atom) :: boolean
  def quoted_atom?(atom) do
    case :erlang.atom_to_list(atom) do
      [c | rest] when (c >= ?a and c <= ?z) or (c >= 0xDF and c <= 0xFF and c != 0xF7) ->
        :lists.member(atom, @reserved) or not :lists.all(&name_char?/1, rest)

      _ ->
        true
    end
  end

  defp name_char?(c) do
    (c >= ?a and c <= ?z) or (c >= ?A and c <= ?Z) or (c >= ?0 and c <= ?9) or c == ?_ or c == ?@ or
      (c >= 0xC0 and c <= 0xFF and c != 0xD7 and c != 0xF7)
  end

  ## Entry points

  @doc "The one-line text of a term, lists and binaries always as numbers."
  @spec write(term, integer, boolean) :: charlist
  def write(term, depth, unicode?), do: :lists.flatten(text(node(term, depth, mode(unicode?, false, false))))

  @doc "The one-line text of a term, with strings."
  @spec line(term, integer, boolean, boolean) :: charlist
  def line(term, depth, unicode?, strings?) do
    :lists.flatten(text(node(term, depth, mode(unicode?, strings?, strings?))))
  end

  @doc "The text of a term, broken at `width`, from `column` on."
  @spec print(term, non_neg_integer, pos_integer, integer, boolean, boolean) :: charlist
  def print(term, column, width, depth, unicode?, strings?) do
    node = node(term, depth, mode(unicode?, strings?, strings?))
    :lists.flatten(broken(node, column, width, 0))
  end

  # strings: whether lists may be shown as strings; binaries: whether binaries may.
  defp mode(unicode?, strings?, binaries?) do
    %{unicode: unicode?, strings: strings?, binaries: binaries?}
  end

  ## Nodes: {kind, content, length of the text on one line}

  defp node(_term, 0, _mode), do: leaf(~c"...")
  defp node(term, _depth, mode) when is_atom(term), do: leaf(atom(term, mode.unicode))
  defp node(term, _depth, _mode) when is_integer(term), do: leaf(:erlang.integer_to_list(term))
  defp node(term, _depth, _mode) when is_float(term), do: leaf(:erlang.float_to_list(term, [:short]))
  defp node([], _depth, _mode), do: leaf(~c"[]")
  defp node({}, _depth, _mode), do: leaf(~c"{}")

  defp node(term, 1, _mode) when is_list(term), do: leaf(~c"[...]")

  defp node(term, depth, mode) when is_list(term) do
    if mode.strings and string?(term, mode.unicode) do
      string = [?" | :lists.flatmap(fn c -> char(c, ?", mode.unicode) end, term)] ++ [?"]
      {:string, string, length(string)}
    else
      items(:list, elements(term, depth, mode), 2)
    end
  end

  defp node(term, depth, mode) when is_tuple(term) do
    kind = if is_atom(elem(term, 0)) and tuple_size(term) > 1, do: :tagged, else: :tuple
    items(kind, tuple_elements(:erlang.tuple_to_list(term), depth, mode), 2)
  end

  defp node(term, _depth, _mode) when term == %{}, do: leaf(~c"\#{}")

  defp node(term, depth, mode) when is_map(term) do
    items(:map, pairs(:maps.to_list(term), depth, depth - 1, mode), 3)
  end

  defp node("", _depth, _mode), do: leaf(~c"<<>>")
  defp node(term, 1, _mode) when is_bitstring(term), do: leaf(~c"<<...>>")
  defp node(term, depth, mode) when is_bitstring(term), do: bits(term, depth, mode)

  defp node(term, _depth, _mode) when is_pid(term), do: leaf(:erlang.pid_to_list(term))
  defp node(term, _depth, _mode) when is_reference(term), do: leaf(:erlang.ref_to_list(term))
  defp node(term, _depth, _mode) when is_port(term), do: leaf(:erlang.port_to_list(term))
  defp node(term, _depth, _mode) when is_function(term), do: leaf(:erlang.fun_to_list(term))

  defp leaf(text), do: {:leaf, text, length(text)}

  # [extra] is what the brackets take; between elements there is a comma.
  defp items(kind, nodes, extra) do
    inner = :lists.foldl(fn {_, _, length}, sum -> sum + length + 1 end, -1, nodes)
    {kind, nodes, inner + extra}
  end

  defp string?([_ | _] = list, unicode?), do: chars?(list, unicode?)

  defp chars?([c | rest], unicode?) when is_integer(c) and c >= 0 do
    printable?(c, false) and chars?(rest, unicode?)
  end

  defp chars?(rest, _unicode?), do: rest == []

  # The rest of a list beyond the depth is |..., which takes the place of an element without a comma before it.
  defp elements(_list, 1, _mode), do: [leaf(~c"...")]

  defp elements([h | t], depth, mode), do: [node(h, depth - 1, mode) | rest(t, depth - 1, mode)]

  defp rest([], _depth, _mode), do: []
  defp rest(_list, 1, _mode), do: [tail(leaf(~c"..."))]
  defp rest([h | t], depth, mode), do: [node(h, depth - 1, mode) | rest(t, depth - 1, mode)]
  defp rest(last, depth, mode), do: [tail(node(last, depth - 1, mode))]

  defp tail({_, _, length} = node), do: {:tail, node, length}

  defp tuple_elements(_list, 1, _mode), do: [leaf(~c"...")]
  defp tuple_elements([h | t], depth, mode), do: [node(h, depth - 1, mode) | tuple_rest(t, depth - 1, mode)]

  defp tuple_rest([], _depth, _mode), do: []
  defp tuple_rest(_list, 1, _mode), do: [leaf(~c"...")]
  defp tuple_rest([h | t], depth, mode), do: [node(h, depth - 1, mode) | tuple_rest(t, depth - 1, mode)]

  # The number of pairs is limited by the depth, too; all of them have the same depth below.
  defp pairs([], _left, _depth, _mode), do: []
  defp pairs(_pairs, 1, _depth, _mode), do: [leaf(~c"...")]

  defp pairs([{key, value} | rest], left, depth, mode) do
    key = node(key, depth, mode)
    value = node(value, depth, mode)
    length = elem(key, 2) + 4 + elem(value, 2)
    [{:pair, {key, value}, length} | pairs(rest, left - 1, depth, mode)]
  end

  defp bits(term, depth, %{binaries: true} = mode) when is_binary(term) and term != "" do
    # A printable binary shows four characters a level of depth.
    shown = if depth < 0, do: byte_size(term), else: Kernel.min(byte_size(term), 4 * (depth - 1))
    more = if shown < byte_size(term), do: ~c"...", else: []

    case printable_binary(:erlang.binary_part(term, 0, shown), mode) do
      {:ok, {start, stop}} ->
        text = start ++ more ++ stop
        {:binary, text, length(text)}

      :error ->
        byte_list(term, depth)
    end
  end

  defp bits(term, depth, _mode), do: byte_list(term, depth)

  defp printable_binary(term, mode) do
    bytes = :erlang.binary_to_list(term)

    cond do
      :lists.all(fn c -> printable?(c, false) end, bytes) and (not mode.unicode or ascii?(bytes)) ->
        {:ok, {~c"<<\"" ++ :lists.flatmap(fn c -> char(c, ?", false) end, bytes) ++ ~c"\"", ~c">>"}}

      mode.unicode ->
        case :unicode.characters_to_list(term) do
          chars when is_list(chars) ->
            if :lists.all(fn c -> printable?(c, true) end, chars) do
              {:ok, {~c"<<\"" ++ :lists.flatmap(fn c -> char(c, ?", true) end, chars) ++ ~c"\"", ~c"/utf8>>"}}
            else
              :error
            end

          _ ->
            :error
        end

      true ->
        :error
    end
  end

  defp ascii?(bytes), do: :lists.all(fn c -> c < 128 end, bytes)

  # <<1,2,3:5>>: every byte is a simple element.
  defp byte_list(term, depth) do
    whole = div(bit_size(term), 8)
    <<bytes::binary-size(whole), last::bitstring>> = term
    nodes = byte_nodes(:erlang.binary_to_list(bytes), depth, last)
    inner = :lists.foldl(fn {_, _, length}, sum -> sum + length + 1 end, -1, nodes)
    {:bytes, nodes, Kernel.max(inner, 0) + 4}
  end

  defp byte_nodes([], _depth, ""), do: []

  defp byte_nodes([], _depth, last) do
    size = bit_size(last)
    <<value::size(size)>> = last
    [leaf(:erlang.integer_to_list(value) ++ [?: | :erlang.integer_to_list(size)])]
  end

  defp byte_nodes(_bytes, 1, _last), do: [leaf(~c"...")]
  defp byte_nodes([b | bytes], depth, last), do: [leaf(:erlang.integer_to_list(b)) | byte_nodes(bytes, depth - 1, last)]

  ## One line

  defp text({:leaf, text, _}), do: text
  defp text({:string, text, _}), do: text
  defp text({:binary, text, _}), do: text
  defp text({:tail, node, _}), do: text(node)
  defp text({:list, nodes, _}), do: [?[, joined(nodes), ?]]
  defp text({:bytes, nodes, _}), do: [~c"<<", joined(nodes), ~c">>"]
  defp text({kind, nodes, _}) when kind in [:tuple, :tagged], do: [?{, joined(nodes), ?}]
  defp text({:map, nodes, _}), do: [~c"\#{", joined(nodes), ?}]
  defp text({:pair, {key, value}, _}), do: [text(key), ~c" => ", text(value)]

  defp joined([]), do: []
  defp joined([node | nodes]), do: [text(node) | joined_rest(nodes)]

  defp joined_rest([{:tail, node, _}]), do: [?|, text(node)]
  defp joined_rest([node | nodes]), do: [?,, text(node) | joined_rest(nodes)]
  defp joined_rest([]), do: []

  ## Broken lines

  # Writes a node from [column] on; [closing] is how many characters have to follow it on its line.
  defp broken({_, _, length} = node, column, width, closing) do
    if column + length + closing < width do
      text(node)
    else
      split(node, column, width, closing)
    end
  end

  defp split({:list, nodes, _}, column, width, closing) do
    [?[, fill(nodes, column + 1, column + 1, width, closing + 1), ?]]
  end

  defp split({:bytes, nodes, _}, column, width, closing) do
    [~c"<<", fill(nodes, column + 2, column + 2, width, closing + 2), ~c">>"]
  end

  defp split({:tuple, nodes, _}, column, width, closing) do
    [?{, fill(nodes, column + 1, column + 1, width, closing + 1), ?}]
  end

  defp split({:tagged, [tag | nodes], _}, column, width, closing) do
    {_, _, length} = tag
    indent = column + length + 2
    [?{, text(tag), ?,, fill(nodes, indent, indent, width, closing + 1), ?}]
  end

  defp split({:map, nodes, _}, column, width, closing) do
    [~c"\#{", fill(nodes, column + 2, column + 2, width, closing + 1), ?}]
  end

  defp split({:pair, {key, value}, _}, column, width, closing) do
    {_, _, key_length} = key
    {_, _, value_length} = value

    if column + key_length + 4 + value_length + closing < width do
      [text(key), ~c" => ", text(value)]
    else
      [
        broken(key, column, width, 3),
        ~c" =>\n",
        spaces(column + 4),
        broken(value, column + 4, width, closing)
      ]
    end
  end

  defp split(node, _column, _width, _closing), do: text(node)

  defp fill([node | nodes], indent, column, width, closing) do
    closing_here = if nodes == [], do: closing, else: 1
    [broken(node, column, width, closing_here) | fill_rest(nodes, node, indent, column, width, closing)]
  end

  defp fill([], _indent, _column, _width, _closing), do: []

  defp fill_rest([], _previous, _indent, _column, _width, _closing), do: []

  defp fill_rest([node | nodes], previous, indent, column, width, closing) do
    {_, _, previous_length} = previous
    {separator, inner} = separated(node)
    {_, _, length} = inner
    next = column + previous_length + 1
    closing_here = if nodes == [], do: closing, else: 1
    room = if nodes == [], do: Kernel.max(closing, 2), else: 2

    if simple?(previous) and simple?(inner) and next + length + room < width do
      [separator, text(inner) | fill_rest(nodes, inner, indent, next, width, closing)]
    else
      [
        [separator, ?\n | spaces(indent)],
        broken(inner, indent, width, closing_here)
        | fill_rest(nodes, inner, indent, indent, width, closing)
      ]
    end
  end

  defp separated({:tail, node, _}), do: {?|, node}
  defp separated(node), do: {?,, node}

  defp simple?({kind, _, _}) when kind in [:leaf, :string, :binary], do: true
  defp simple?({:pair, {key, value}, _}), do: simple?(key) and simple?(value)
  defp simple?(_node), do: false

  defp spaces(n), do: :lists.duplicate(n, ?\s)
end
