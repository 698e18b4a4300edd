defmodule Macro.Printer do
  @moduledoc false
  # Source text of quoted code, laid out as the formatter lays out code: 98 columns, parentheses
  # only where precedence asks for them, do-blocks spelled out.

  import Inspect.Algebra

  @width 98

  @block_keys [:do, :else, :rescue, :catch, :after]
  @no_space [:.., :"//"]
  @pipeline [:|>, :~>>, :<<~, :~>, :<~, :<~>, :"<|>"]
  # Operators whose right side moves back up when there is room.
  @stay [:=, :<-, :\\, :|, :"::", :when]
  @logical [:||, :|||, :or, :&&, :&&&, :and]
  @parens_on_operands [
    :|>,
    :<<<,
    :>>>,
    :<~,
    :~>,
    :<<~,
    :~>>,
    :<~>,
    :"<|>",
    :"^^^",
    :+++,
    :---,
    :in,
    :++,
    :--,
    :..,
    :<>
  ]

  # Local calls that are written without parentheses; `:*` for any number of arguments.
  @without_parens [
    alias: [1, 2],
    case: [2],
    cond: [1],
    for: :*,
    import: [1, 2],
    quote: [1, 2],
    receive: [1],
    require: [1, 2],
    try: [1],
    with: :*,
    def: [1, 2],
    defp: [1, 2],
    defguard: [1],
    defguardp: [1],
    defmacro: [1, 2],
    defmacrop: [1, 2],
    defmodule: [2],
    defdelegate: [2],
    defexception: [1],
    defimpl: [2, 3],
    defprotocol: [2],
    defoverridable: [1],
    defstruct: [1],
    destructure: [2],
    raise: [1, 2],
    reraise: [2, 3],
    if: [2],
    unless: [2],
    use: [1, 2],
    defrecord: [2, 3],
    defrecordp: [2, 3],
    assert: [1, 2],
    assert_raise: [2, 3],
    assert_receive: [1, 2, 3],
    assert_received: [1, 2],
    refute: [1, 2],
    refute_receive: [1, 2, 3],
    setup: [1, 2],
    setup_all: [1, 2],
    test: [1, 2],
    describe: [2],
    config: [2, 3],
    import_config: [1]
  ]

  def to_string(ast) do
    ast |> to_algebra([]) |> render(@width)
  end

  # With `source: true`, literals are wrapped and comments wait in Code.Formatter.
  def to_algebra(ast, _opts), do: block(ast)

  defp render(doc, width), do: doc |> group() |> format(width) |> IO.iodata_to_binary()

  defp multi_line?(doc), do: String.contains?(render(doc, @width), "\n")

  # --------------------------------------------------------------------------------------------
  # Blocks
  # --------------------------------------------------------------------------------------------

  defp block({:__block__, _, []}), do: empty()
  defp block({:__block__, _, [{:unquote_splicing, _, [_]} = only]}), do: expr(only)

  defp block({:__block__, meta, [only]} = ast) do
    cond do
      literal?(only) -> commented(ast)
      meta[:end_of_expression] && is_tuple(only) -> commented(only)
      true -> block(only)
    end
  end

  defp block({:__block__, _, exprs}), do: force_unfit(stack(Enum.flat_map(exprs, &items/1)))

  defp block([{:->, _, _} | _] = clauses), do: paren_clauses(clauses)
  defp block(ast), do: commented(ast)

  defp block_expr({:__block__, _, [_, _ | _]} = nested), do: paren_block(nested)

  defp block_expr({:__block__, meta, [only]} = ast) do
    if literal?(only) or Keyword.has_key?(meta, :token), do: expr(ast), else: block_expr(only)
  end

  defp block_expr([{:->, _, _} | _] = clauses), do: paren_clauses(clauses)
  defp block_expr(other), do: expr(other)

  # An expression of a block, with the comments that stand before it. Each item tells whether an
  # empty line stands before and after it, and whether it keeps apart from its neighbours.
  defp items(ast) do
    comments = Code.Formatter.take_comments(first_line(ast) || 0)
    doc = block_expr(ast)
    attribute? = match?({:@, _, [_]}, ast)
    apart? = multi_line?(doc)
    own = %{doc: doc, before: nil, after: blank_after?(ast), apart: apart?, stays: attribute?}

    comment_items =
      for {comment, index} <- Enum.with_index(comments) do
        %{
          doc: comment.text,
          before: comment.previous_eol_count > 1,
          after: comment.next_eol_count > 1,
          apart: apart? and index == 0,
          stays: true
        }
      end

    comment_items ++ [own]
  end

  # The comments that stand before an expression.
  defp commented(ast) do
    case items(ast) do
      [%{doc: doc}] -> doc
      several -> force_unfit(stack(several))
    end
  end

  # Comments after the last expression of a body that ends at [line].
  defp trailing(nil), do: []

  defp trailing(line),
    do: for(comment <- Code.Formatter.take_comments(line), do: concat(line(), comment.text))

  defp first_line(ast) do
    {_, line} =
      Macro.prewalk(ast, nil, fn
        {_, meta, _} = node, best when is_list(meta) ->
          case Keyword.get(meta, :line) do
            nil -> {node, best}
            line -> {node, if(best == nil or line < best, do: line, else: best)}
          end

        node, best ->
          {node, best}
      end)

    line
  end

  # Source code keeps its empty lines, at most one at a time.
  defp blank_after?({_, meta, _}) when is_list(meta) do
    case Keyword.get(meta, :end_of_expression) do
      nil -> false
      end_of_expression -> Keyword.get(end_of_expression, :newlines, 1) > 1
    end
  end

  defp blank_after?(_), do: false

  # One line each; an empty line around those that need more.
  defp stack([%{doc: doc}]), do: doc

  defp stack([item | [next | _] = rest]) do
    blank? =
      cond do
        next.before != nil -> next.before or item.apart
        item.after -> true
        item.stays -> false
        true -> item.apart or next.apart
      end

    gap = if blank?, do: concat(empty_line(), line()), else: line()
    concat([item.doc, gap, stack(rest)])
  end

  # An empty line carries no indentation.
  defp empty_line, do: nest(line(), :reset)

  defp paren_block(ast) do
    force_unfit(concat([nest(concat(["(", line(), block(ast)]), 2), line(), ")"]))
  end

  # --------------------------------------------------------------------------------------------
  # Expressions
  # --------------------------------------------------------------------------------------------

  defp expr({:__block__, _, []}),
    do: "(\n)" |> String.split("\n") |> then(fn [a, b] -> concat([a, line(), b]) end)

  defp expr({:__block__, _, [{:unquote_splicing, _, [_]} = only]}),
    do: concat(["(", expr(only), ")"])

  defp expr({:__block__, meta, [only]}) do
    if literal?(only), do: literal(meta, only), else: expr(only)
  end

  defp expr({:__block__, _, _} = ast), do: paren_block(ast)

  defp expr({:__aliases__, _, [head | tail]}) do
    first = if is_atom(head), do: Atom.to_string(head), else: target(head)

    concat([
      first
      | for(
          part <- tail,
          do: concat(".", if(is_atom(part), do: Atom.to_string(part), else: expr(part)))
        )
    ])
  end

  defp expr({:{}, _, args}) when is_list(args), do: container("{", args, "}")

  defp expr({:%{}, _, args}) when is_list(args), do: map("%{", args)

  defp expr({:%, _, [name, {:%{}, _, args}]}) when is_list(args),
    do: map(concat(["%", target(name), "{"]), args)

  defp expr({:<<>>, meta, parts}) when is_list(parts) do
    cond do
      meta[:delimiter] == "\"\"\"" ->
        heredoc(
          "\"\"\"",
          for(
            part <- parts,
            do: if(is_binary(part), do: part, else: interpolation([part], nil, meta))
          )
        )

      interpolated?(parts) or meta[:delimiter] != nil ->
        concat(["\"", interpolation(parts, if(meta[:delimiter], do: nil, else: ?"), meta), "\""])

      true ->
        broken(meta, bitstring(parts))
    end
  end

  defp expr({{:., _, [List, :to_charlist]}, _, [parts]} = ast) when is_list(parts) do
    if Enum.any?(parts, &match?({{:., _, [Kernel, :to_string]}, _, [_]}, &1)) do
      inner =
        for part <- parts do
          case part do
            {{:., _, [Kernel, :to_string]}, _, [code]} -> concat(["\#{", block(code), "}"])
            text -> escape_text(text, ?")
          end
        end

      concat(["~c\"", concat(inner), "\""])
    else
      remote(ast)
    end
  end

  defp expr({:fn, _, [_ | _] = clauses}), do: fun(clauses)

  defp expr({:&, _, [n]}) when is_integer(n), do: "&" <> Integer.to_string(n)
  defp expr({:&, _, [{:__block__, _, [n]}]}) when is_integer(n), do: "&" <> Integer.to_string(n)

  defp expr({:&, meta, [{:/, m, [call, {:__block__, _, [n]}]}]}) when is_integer(n),
    do: expr({:&, meta, [{:/, m, [call, n]}]})

  defp expr({:&, _, [{:/, _, [{name, _, context}, arity]}]})
       when is_atom(name) and is_atom(context) and is_integer(arity),
       do: concat(["&", local_name(name), "/", Integer.to_string(arity)])

  defp expr({:&, _, [{:/, _, [{{:., _, [module, name]}, _, []}, arity]}]})
       when is_atom(name) and is_integer(arity) do
    concat([
      "&",
      target(module),
      ".",
      Macro.inspect_atom(:remote_call, name),
      "/",
      Integer.to_string(arity)
    ])
  end

  defp expr({:&, _, [{:&, _, [n]}]}) when is_integer(n), do: "& &" <> Integer.to_string(n)

  defp expr({:&, _, [arg]}) do
    if binary_op?(arg) or unary_op?(arg) or is_integer(arg),
      do: concat(["&(", expr(arg), ")"]),
      else: concat("&", expr(arg))
  end

  defp expr({:@, _, [{name, _, context}]}) when is_atom(name) and is_atom(context),
    do: "@" <> Atom.to_string(name)

  defp expr({:@, _, [{name, _, [_ | _] = args}]})
       when is_atom(name) and name not in [:__block__, :__aliases__] do
    case split_block(args) do
      {args, nil} -> concat(["@", Atom.to_string(name), " ", no_parens_args(args)])
      _ -> concat("@", expr({name, [], args}))
    end
  end

  defp expr({:not, _, [{:in, _, [left, right]}]}), do: binary(:in, "not in", left, right)
  defp expr({:"not in", _, [left, right]}), do: binary(:in, "not in", left, right)

  defp expr({:"..//", _, [first, last, step]}) do
    concat([
      operand(first, :left, :..),
      "..",
      operand(last, :right, :..),
      "//",
      operand(step, :right, :"//")
    ])
  end

  defp expr({op, _, []}) when op in [:.., :...], do: Atom.to_string(op)
  defp expr({:..., _, [arg]}), do: concat("...", expr(arg))

  defp expr({:when, _, [_, _ | _] = args}) do
    {left, [guard]} = Enum.split(args, -1)
    left = left |> Enum.map(&expr/1) |> Enum.intersperse(", ") |> concat()
    group(concat([left, break(" "), "when ", nest(guard(guard), :cursor)]))
  end

  defp expr({:->, _, [_, _]} = clause), do: paren_clauses([clause])

  defp expr({op, meta, [arg]} = ast) when is_atom(op) do
    case Macro.Syntax.unary_op(op) do
      nil -> local(op, meta, [arg])
      _ -> unary(op, arg, ast)
    end
  end

  defp expr({op, meta, [left, right]}) when is_atom(op) and op != :. do
    case Macro.Syntax.binary_op(op) do
      nil -> local(op, meta, [left, right])
      _ -> binary(op, Atom.to_string(op), left, right, meta)
    end
  end

  defp expr({name, _, context}) when is_atom(name) and is_atom(context), do: Atom.to_string(name)

  defp expr({name, meta, [{:<<>>, _, parts}, {:__block__, _, [modifiers]}]})
       when is_list(modifiers) and is_list(parts),
       do: local(name, meta, [{:<<>>, [], parts}, modifiers])

  defp expr({name, meta, [{:<<>>, _, parts}, modifiers]} = _ast)
       when is_atom(name) and is_list(modifiers) and is_list(parts),
       do: local(name, meta, [{:<<>>, [], parts}, modifiers])

  defp expr({name, meta, args}) when is_atom(name) and is_list(args), do: local(name, meta, args)

  defp expr({{:., _, _}, _, args} = ast) when is_list(args), do: remote(ast)

  defp expr({head, _, args}) when is_tuple(head) and is_list(args),
    do: concat(target(head), call_args(args))

  defp expr({left, right}), do: container("{", [left, right], "}")

  defp expr([{:->, _, _} | _] = clauses), do: paren_clauses(clauses)
  defp expr([]), do: "[]"

  defp expr(list) when is_list(list) do
    cond do
      List.ascii_printable?(list) ->
        "~c" <> inspect(List.to_string(list), printable_limit: :infinity)

      true ->
        bracketed(list)
    end
  end

  defp expr(integer) when is_integer(integer), do: underscored(Integer.to_string(integer))

  defp expr(float) when is_float(float) do
    case String.split(inspect(float), ".") do
      [whole, fraction] -> underscored(whole) <> "." <> fraction
      [text] -> text
    end
  end

  defp expr(atom) when is_atom(atom), do: Macro.inspect_atom(:literal, atom)

  defp expr(binary) when is_binary(binary),
    do: inspect(binary, limit: :infinity, printable_limit: :infinity)

  defp expr(map) when is_map(map) and not is_struct(map), do: map("%{", Map.to_list(map))
  defp expr(other), do: inspect(other, limit: :infinity, printable_limit: :infinity)

  defp underscored("-" <> digits), do: "-" <> underscored(digits)

  defp underscored(digits) when byte_size(digits) >= 6 do
    digits
    |> String.to_charlist()
    |> Enum.reverse()
    |> Enum.chunk_every(3)
    |> Enum.intersperse([?_])
    |> Enum.concat()
    |> Enum.reverse()
    |> List.to_string()
  end

  defp underscored(digits), do: digits

  # --------------------------------------------------------------------------------------------
  # Literals as they were written
  # --------------------------------------------------------------------------------------------

  defp literal?(term) when is_list(term), do: not match?([{:->, _, _} | _], term)
  defp literal?({_, _}), do: true
  defp literal?(term), do: is_atom(term) or is_number(term) or is_binary(term)

  defp literal(meta, number) when is_number(number) do
    case Keyword.get(meta, :token) do
      nil -> expr(number)
      token -> number_token(token)
    end
  end

  defp literal(meta, text) when is_binary(text) do
    case Keyword.get(meta, :delimiter) do
      nil -> expr(text)
      "\"\"\"" -> heredoc("\"\"\"", [text])
      delimiter -> concat([delimiter, raw(text), delimiter])
    end
  end

  defp literal(meta, atom) when is_atom(atom) do
    case Keyword.get(meta, :delimiter) do
      nil ->
        expr(atom)

      _ ->
        if Macro.classify_atom(atom) in [:identifier, :unquoted],
          do: expr(atom),
          else: concat([":\"", Atom.to_string(atom), "\""])
    end
  end

  defp literal(meta, list) when is_list(list) do
    case Keyword.get(meta, :delimiter) do
      nil -> broken(meta, bracketed(list))
      "'''" -> heredoc("'''", [List.to_string(list)])
      delimiter -> concat([delimiter, raw(List.to_string(list)), delimiter])
    end
  end

  defp literal(meta, other), do: broken(meta, expr(other))

  # A container whose first element stood on a line of its own stays broken.
  defp broken(meta, doc) do
    if Keyword.get(meta, :newlines, 0) > 0, do: force_unfit(doc), else: doc
  end

  defp bracketed(list) do
    {init, keywords} = split_trailing(list)
    enclosed("[", arg_docs(init) ++ keyword_docs(keywords), "]")
  end

  defp number_token("?" <> _ = char), do: char
  defp number_token("0x" <> digits), do: "0x" <> String.upcase(digits)
  defp number_token("0" <> <<kind, _::binary>> = token) when kind in [?b, ?o], do: token

  defp number_token(token) do
    case String.split(String.downcase(token), ".") do
      [whole, fraction] -> underscored(whole) <> "." <> fraction
      [whole] -> if String.contains?(whole, "_"), do: whole, else: underscored(whole)
    end
  end

  # Text whose escapes have not been interpreted; its lines stand as they are.
  defp raw(text) do
    text |> String.split("\n") |> Enum.intersperse(nest(line(), :reset)) |> concat()
  end

  defp heredoc(delimiter, parts) do
    pieces =
      for part <- parts do
        case part do
          text when is_binary(text) -> heredoc_lines(String.split(text, "\n"))
          doc -> doc
        end
      end

    first = if starts_empty?(parts), do: empty(), else: line()
    force_unfit(concat([delimiter, first, concat(pieces), delimiter]))
  end

  defp starts_empty?([<<"\n", _::binary>> | _]), do: false
  defp starts_empty?(_), do: false

  # A line break before each line but the first; empty lines carry no indentation.
  defp heredoc_lines([first | rest]) do
    last = length(rest)

    breaks =
      for {text, index} <- Enum.with_index(rest, 1) do
        if text == "" and index < last, do: empty_line(), else: concat(line(), text)
      end

    concat([first | breaks])
  end

  defp heredoc?({:__block__, meta, [text]}) when is_binary(text) or is_list(text),
    do: meta[:delimiter] in ["\"\"\"", "'''"]

  defp heredoc?({:<<>>, meta, _}), do: meta[:delimiter] == "\"\"\""

  defp heredoc?({_, meta, [{:<<>>, _, _}, _]}) when is_list(meta),
    do: meta[:delimiter] in ["\"\"\"", "'''"]

  defp heredoc?(_), do: false

  # --------------------------------------------------------------------------------------------
  # Operators
  # --------------------------------------------------------------------------------------------

  defp binary_op?({op, _, [_, _]}) when is_atom(op) and op != :.,
    do: Macro.Syntax.binary_op(op) != nil

  defp binary_op?({:not, _, [{:in, _, [_, _]}]}), do: true
  defp binary_op?({:"..//", _, [_, _, _]}), do: true
  defp binary_op?({:when, _, [_, _ | _]}), do: true
  defp binary_op?(_), do: false

  defp unary_op?({op, _, [_]}) when is_atom(op), do: Macro.Syntax.unary_op(op) != nil
  defp unary_op?(_), do: false

  defp binary_name({:not, _, [{:in, _, _}]}), do: :in
  defp binary_name({:"..//", _, _}), do: :..
  defp binary_name({op, _, _}), do: op

  defp unary(op, arg, _ast) do
    text = if op == :not, do: "not ", else: Atom.to_string(op)

    doc =
      cond do
        binary_op?(arg) -> concat(["(", expr(arg), ")"])
        op in [:+, :-] and signed?(arg) -> concat(["(", expr(arg), ")"])
        match?({:__block__, _, [_, _ | _]}, arg) -> expr(arg)
        true -> expr(arg)
      end

    concat(text, doc)
  end

  defp signed?({op, _, [_]}) when op in [:+, :-], do: true
  defp signed?(number) when is_number(number), do: number < 0
  defp signed?(_), do: false

  defp newlines?(meta, left, op) do
    Keyword.get(meta, :newlines, 0) > 0 or
      case left do
        {^op, meta, [next, _]} -> newlines?(meta, next, op)
        _ -> false
      end
  end

  defp binary(op, text, left, right, meta \\ []) do
    left_doc = operand(left, :left, op)
    right_doc = operand(right, :right, op)

    cond do
      op in @no_space ->
        concat([left_doc, text, right_doc])

      op == := and block_call?(right) ->
        nest(concat([left_doc, " =", line(), right_doc]), 2)

      fits_after?(right) and op not in @pipeline and op != :| ->
        concat([left_doc, " ", text, " ", right_doc])

      op == :| ->
        group(concat(left_doc, concat(union(text, right))))

      true ->
        if op in @pipeline do
          {first, rest} = pipeline(op, text, left, right)
          doc = group(concat([first | rest]))
          if newlines?(meta, left, op), do: force_unfit(doc), else: doc
        else
          {first, rest} = chain(op, text, left, right, meta)
          doc = group(concat(first, nest(concat(rest), 2)))

          if op not in @stay and Keyword.get(meta, :newlines, 0) > 0,
            do: force_unfit(doc),
            else: doc
        end
    end
  end

  # The alternatives of a type break together, before the bar.
  defp union(text, {:|, _, [a, b]}),
    do: [break(" "), text, " ", operand(a, :left, :|) | union(text, b)]

  defp union(text, last), do: [break(" "), text, " ", operand(last, :right, :|)]

  # The steps of a pipeline break together.
  defp pipeline(op, text, {left_op, _, [a, b]}, right) when left_op in @pipeline do
    {first, rest} = pipeline(left_op, Atom.to_string(left_op), a, b)
    {first, rest ++ [break(" "), text, " ", operand(right, :right, op)]}
  end

  defp pipeline(op, text, left, right),
    do: {operand(left, :left, op), [break(" "), text, " ", operand(right, :right, op)]}

  # The first operand and what follows; operands of the same operator share one indentation.
  defp chain(op, text, left, right, meta) do
    gap =
      if Keyword.get(meta, :newlines, 0) > 0 and op not in @stay,
        do: line(),
        else: break(" ")

    case {Macro.Syntax.binary_op(op), left, right} do
      {{:left, _}, {^op, left_meta, [a, b]}, _} ->
        {first, rest} = chain(op, text, a, b, left_meta)
        {first, [group(concat(rest)), " ", text, gap, operand(right, :right, op)]}

      {{:right, _}, _, {^op, right_meta, [a, b]}} when op != := ->
        {first, rest} = chain(op, text, a, b, right_meta)
        {operand(left, :left, op), [" ", text, gap, group(concat([first | rest]))]}

      _ ->
        {operand(left, :left, op), [" ", text, gap, operand(right, :right, op)]}
    end
  end

  # Containers and functions open on the line of the operator.
  defp fits_after?({:fn, _, _}), do: true
  defp fits_after?({:__block__, _, [only]}), do: fits_after?(only)
  defp fits_after?({:<<>>, meta, parts}), do: meta[:delimiter] == nil and not interpolated?(parts)
  defp fits_after?({form, _, args}) when form in [:%{}, :{}, :%] and is_list(args), do: true
  defp fits_after?(list) when is_list(list), do: true
  defp fits_after?({_, _}), do: true
  defp fits_after?(_), do: false

  defp block_call?({name, _, args}) when is_list(args) and name != :__block__,
    do: match?({_, [_ | _]}, split_block(args))

  defp block_call?(_), do: false

  defp operand({:__block__, _, [only]}, side, parent), do: operand(only, side, parent)

  defp operand(ast, side, parent) do
    if needs_parens?(ast, side, parent),
      do: concat(["(", nest(expr(ast), 1), ")"]),
      else: expr(ast)
  end

  defp needs_parens?(ast, side, parent) do
    cond do
      binary_op?(ast) ->
        op = binary_name(ast)
        {parent_side, parent_prec} = Macro.Syntax.binary_op(parent)
        {_, prec} = Macro.Syntax.binary_op(op)

        cond do
          op == parent and side == parent_side -> false
          parent in @parens_on_operands and op not in @no_space -> true
          op in @logical and parent in @logical and op != parent -> true
          parent_prec > prec -> true
          parent_prec == prec and side != parent_side -> true
          true -> false
        end

      match?({:&, _, [_]}, ast) and not match?({:&, _, [n]} when is_integer(n), ast) ->
        side == :left

      match?({:not, _, [_]}, ast) or match?({:!, _, [_]}, ast) ->
        side == :left and parent == :in

      true ->
        false
    end
  end

  # --------------------------------------------------------------------------------------------
  # Calls
  # --------------------------------------------------------------------------------------------

  # In specifications the right side of `when` may be `name: type` pairs.
  defp guard([_ | _] = list) do
    if keyword?(list), do: join(keywords(list)), else: operand(list, :right, :when)
  end

  defp guard(other), do: operand(other, :right, :when)

  # The part before a dot or an argument list.
  defp target(ast) when is_atom(ast), do: Macro.inspect_atom(:literal, ast)

  defp target(ast) do
    ast =
      case ast do
        {:__block__, _, [only]} when not is_list(only) and not is_binary(only) ->
          if literal?(only) and not is_number(only), do: ast, else: only

        _ ->
          ast
      end

    wrap? =
      binary_op?(ast) or match?({:fn, _, _}, ast) or match?({:&, _, [_]}, ast) or
        (unary_op?(ast) and not match?({:@, _, [{_, _, context}]} when is_atom(context), ast)) or
        is_float(ast) or is_integer(ast) or block_call?(ast)

    if wrap?, do: concat(["(", expr(ast), ")"]), else: expr(ast)
  end

  defp local_name(name) do
    case Macro.classify_atom(name) do
      :identifier -> Atom.to_string(name)
      _ when name in [:%, :%{}, :{}, :<<>>] -> Atom.to_string(name)
      _ -> "unquote(" <> Macro.inspect_atom(:literal, name) <> ")"
    end
  end

  defp local(name, meta, args) do
    case sigil(name, meta, args) do
      nil ->
        case split_block(args) do
          {args, nil} ->
            if no_parens?(name, length(args)) and args != [] and
                 not Keyword.has_key?(meta, :closing),
               do: concat([Atom.to_string(name), " ", no_parens_args(args)]),
               else: broken(meta, concat(local_name(name), call_args(args)))

          {[], blocks} ->
            do_block(local_name(name), blocks, meta)

          {init, blocks} ->
            head =
              if no_parens?(name, length(args)),
                do: concat([local_name(name), " ", no_parens_args(init)]),
                else: concat(local_name(name), call_args(init))

            do_block(head, blocks, meta)
        end

      doc ->
        doc
    end
  end

  defp no_parens?(name, arity) do
    case List.keyfind(@without_parens, name, 0) do
      {_, :*} -> true
      {_, arities} -> arity in arities
      nil -> false
    end
  end

  defp remote({{:., _, [Access, :get]}, _, [container, key]}) do
    container =
      if unary_op?(container) and not match?({:@, _, _}, container),
        do: concat(["(", expr(container), ")"]),
        else: target(container)

    concat([container, "[", expr(key), "]"])
  end

  defp remote({{:., _, [left, :{}]}, _, args}),
    do: concat([target(left), ".", container("{", args, "}")])

  defp remote({{:., _, [fun]}, meta, args}), do: with_block(concat(target(fun), "."), args, meta)

  defp remote({{:., _, [left, name]}, meta, args}) when is_atom(name) do
    head = concat([target(left), ".", Macro.inspect_atom(:remote_call, name)])

    module? = is_atom(left) or match?({:__aliases__, _, _}, left)

    if args == [] and Keyword.get(meta, :no_parens, false) and not module?,
      do: head,
      else: with_block(head, args, meta)
  end

  defp remote({{:., _, [left, right]}, meta, args}),
    do: with_block(concat([target(left), ".", expr(right)]), args, meta)

  defp with_block(head, args, meta) do
    case split_block(args) do
      {args, nil} ->
        broken(meta, concat(head, call_args(args)))

      {[], blocks} ->
        do_block(head, blocks, meta)

      {args, blocks} ->
        head =
          if Keyword.has_key?(meta, :do) and not Keyword.has_key?(meta, :closing),
            do: concat([head, " ", no_parens_args(args)]),
            else: concat(head, call_args(args))

        do_block(head, blocks, meta)
    end
  end

  # Splits off a final `[do: ..., else: ...]`.
  defp split_block(args) do
    case List.last(args) do
      [{:do, _} | _] = blocks ->
        if Enum.all?(blocks, fn
             {key, _} -> key in @block_keys
             _ -> false
           end),
           do: {Enum.drop(args, -1), blocks},
           else: {args, nil}

      [{{:__block__, meta, [:do]}, _} | _] = blocks ->
        if meta[:format] == :keyword,
          do: {args, nil},
          else: {Enum.drop(args, -1), for({{_, _, [key]}, body} <- blocks, do: {key, body})}

      _ ->
        {args, nil}
    end
  end

  defp call_args([]), do: "()"

  defp call_args(args) do
    {init, keywords} = split_keywords(args)
    docs = arg_docs(init) ++ keyword_docs(keywords)
    last = List.last(args)

    if keywords == [] and fits_after?(last) and not simple_list?(last) do
      {front, [final]} = Enum.split(docs, -1)
      front = concat(for doc <- front, do: concat(doc, ", "))
      plain = concat(["(", front, final, ")"])
      broken = enclosed("(", docs, ")")
      if fits_front?(front), do: plain, else: broken
    else
      enclosed("(", docs, ")")
    end
  end

  defp simple_list?(last), do: not match?({:fn, _, _}, last)

  defp fits_front?(doc),
    do: not multi_line?(doc) and String.length(render(doc, :infinity)) < @width - 18

  defp no_parens_args(args) do
    {init, keywords} = split_keywords(args)
    docs = arg_docs(init) ++ keyword_docs(keywords)

    if keywords == [] and
         (heredoc?(List.last(args)) or (length(args) == 1 and fits_after?(hd(args)))),
       do: concat(Enum.intersperse(docs, ", ")),
       else: with_keywords(arg_docs(init), keyword_docs(keywords))
  end

  # Arguments line up with the first one; keywords are indented as a continuation.
  defp with_keywords(docs, []), do: group(nest(join(docs), :cursor, :break))
  defp with_keywords([], keywords), do: group(nest(join(keywords), :cursor, :break))

  defp with_keywords(docs, keywords) do
    group(
      concat([nest(join(docs), :cursor, :break), ",", nest(concat(break(" "), join(keywords)), 2)])
    )
  end

  defp arg_docs(args), do: for(arg <- args, do: arg(arg))

  defp arg({:__block__, _, [_, _ | _]} = block), do: paren_block(block)
  defp arg(ast), do: expr(ast)

  defp split_keywords([]), do: {[], []}

  defp split_keywords(args) do
    case List.last(args) do
      [_ | _] = last -> if keyword?(last), do: {Enum.drop(args, -1), last}, else: {args, []}
      _ -> {args, []}
    end
  end

  defp keyword_docs([]), do: []
  defp keyword_docs(keywords), do: keywords(keywords)

  defp keywords(list) do
    for {key, value} <- list do
      concat([key_text(key), " ", nest(expr(value), 2)])
    end
  end

  defp keyword?([_ | _] = list), do: Enum.all?(list, &pair?/1)

  defp keyword?(_), do: false

  # A pair that is written `key: value`.
  defp pair?({{:__block__, meta, [key]}, _}) when is_atom(key), do: meta[:format] == :keyword
  defp pair?({{{:., _, [:erlang, _]}, meta, _}, _}), do: meta[:format] == :keyword
  defp pair?({key, _}) when is_atom(key), do: not alias_atom?(key)
  defp pair?(_), do: false

  defp key_text({:__block__, _, [key]}), do: Macro.inspect_atom(:key, key)

  defp key_text({{:., _, _}, _, [{:<<>>, _, parts} | _]}),
    do: concat(["\"", interpolation(parts, nil, []), "\":"])

  defp key_text(key), do: Macro.inspect_atom(:key, key)

  defp alias_atom?(atom), do: match?("Elixir." <> _, Atom.to_string(atom))

  defp join([]), do: empty()
  defp join([doc]), do: doc
  defp join([doc | rest]), do: concat([doc, ",", break(" "), join(rest)])

  defp enclosed(open, [], close), do: concat(open, close)

  defp enclosed(open, docs, close) do
    group(concat([open, nest(concat(break(""), join(docs)), 2), break(""), close]))
  end

  # --------------------------------------------------------------------------------------------
  # Containers
  # --------------------------------------------------------------------------------------------

  defp container(open, [], close), do: concat(open, close)

  defp container(open, args, close) do
    {init, keywords} = split_keywords(args)

    # A keyword list that is the only element stays bracketed.
    if init == [],
      do: enclosed(open, [expr(keywords)], close),
      else: enclosed(open, arg_docs(init) ++ keyword_docs(keywords), close)
  end

  defp map(open, [{:|, _, [base, fields]}]) do
    docs = fields(fields)

    group(
      concat([open, nest(concat([break(""), expr(base), " | ", join(docs)]), 2), break(""), "}"])
    )
  end

  defp map(open, fields), do: enclosed(open, fields(fields), "}")

  # Pairs with other keys first, then the keyword part.
  defp fields(fields) do
    {pairs, keywords} = split_trailing(fields)

    pair_docs =
      for field <- pairs do
        case field do
          {key, value} ->
            group(
              concat([operand(key, :left, :"=>"), " => ", nest(operand(value, :right, :"=>"), 2)])
            )

          other ->
            expr(other)
        end
      end

    pair_docs ++ keyword_docs(keywords)
  end

  defp split_trailing(fields) do
    {keywords, pairs} =
      fields
      |> Enum.reverse()
      |> Enum.split_while(&pair?/1)

    {Enum.reverse(pairs), Enum.reverse(keywords)}
  end

  defp bitstring([]), do: "<<>>"
  defp bitstring(parts), do: enclosed("<<", for(part <- parts, do: segment(part)), ">>")

  defp segment({:"::", _, [value, spec]}) do
    value =
      if binary_op?(value) or match?({:<<>>, _, _}, value),
        do: concat(["(", expr(value), ")"]),
        else: expr(value)

    concat([value, "::", segment_spec(spec)])
  end

  defp segment(value), do: if(match?({:<-, _, _}, value), do: expr(value), else: expr(value))

  defp segment_spec({op, _, [left, right]}) when op in [:-, :*],
    do: concat([segment_spec(left), Atom.to_string(op), segment_spec(right)])

  defp segment_spec(other), do: target_spec(other)
  defp target_spec(n) when is_integer(n), do: Integer.to_string(n)
  defp target_spec(other), do: expr(other)

  # --------------------------------------------------------------------------------------------
  # Strings and sigils
  # --------------------------------------------------------------------------------------------

  defp interpolated?(parts) do
    Enum.any?(parts, &interpolation?/1) and
      Enum.all?(parts, fn part -> is_binary(part) or interpolation?(part) end)
  end

  defp interpolation?(
         {:"::", _, [{{:., _, [Kernel, :to_string]}, _, [_]}, {:binary, _, context}]}
       )
       when is_atom(context),
       do: true

  defp interpolation?(_), do: false

  defp interpolation(parts, quote, _meta) do
    concat(
      for part <- parts do
        case part do
          text when is_binary(text) and quote == nil -> raw(text)
          text when is_binary(text) -> escape_text(text, quote)
          {:"::", _, [{_, _, [code]}, _]} -> concat(["\#{", unbroken(block(code)), "}"])
        end
      end
    )
  end

  # Code inside of a string stays on its line.
  defp unbroken(doc) do
    text = render(doc, :infinity)
    if String.contains?(text, "\n"), do: doc, else: text
  end

  # The text as it stands between quotes.
  defp escape_text(text, ?") do
    quoted = inspect(text, printable_limit: :infinity, binaries: :as_strings)
    binary_part(quoted, 1, byte_size(quoted) - 2)
  end

  defp sigil(name, meta, [{:<<>>, _, parts}, modifiers]) when is_list(modifiers) do
    case Atom.to_string(name) do
      "sigil_" <> letters when letters != "" ->
        open = Keyword.get(meta, :delimiter) || "\""
        close = closing(open)

        body =
          for part <- parts do
            case part do
              text when is_binary(text) ->
                text
                |> String.split("\n")
                |> Enum.intersperse(:nl)
                |> Enum.map(&sigil_line/1)
                |> concat()

              {:"::", _, [{_, _, [code]}, _]} ->
                concat(["\#{", block(code), "}"])
            end
          end

        concat(["~", letters, open, concat(body), close, List.to_string(modifiers)])

      _ ->
        nil
    end
  end

  defp sigil(_, _, _), do: nil

  defp sigil_line(:nl), do: line()
  defp sigil_line(text), do: text

  defp closing("("), do: ")"
  defp closing("["), do: "]"
  defp closing("{"), do: "}"
  defp closing("<"), do: ">"
  defp closing(other), do: other

  # --------------------------------------------------------------------------------------------
  # Functions, clauses, do-blocks
  # --------------------------------------------------------------------------------------------

  defp fun([{:->, meta, [args, body]}]) do
    head = concat(["fn", clause_head(args, " "), " ->"])

    if block?(body) or Keyword.get(meta, :newlines, 0) > 0,
      do: force_unfit(concat([nest(concat([head, line(), block(body)]), 2), line(), "end"])),
      else: group(concat([nest(concat([head, break(" "), block(body)]), 2), break(" "), "end"]))
  end

  defp fun(clauses) do
    force_unfit(concat([nest(concat(["fn", line(), clauses(clauses)]), 2), line(), "end"]))
  end

  defp block?({:__block__, _, [_, _ | _]}), do: true
  defp block?(_), do: false

  defp clause_head([], _space), do: empty()
  defp clause_head(args, space), do: concat(space, clause_args(args))

  defp clause_args([{:when, _, args}]) do
    {args, [guard]} = Enum.split(args, -1)
    left = if args == [], do: "()", else: no_parens_args_in_clause(args)
    group(concat(left, nest(concat([" when", break(" "), operand(guard, :right, :when)]), 2)))
  end

  defp clause_args(args), do: no_parens_args_in_clause(args)

  defp no_parens_args_in_clause(args), do: group(nest(join(arg_docs_with_keywords(args)), 2))

  defp arg_docs_with_keywords(args) do
    {init, keywords} = split_keywords(args)
    arg_docs(init) ++ keyword_docs(keywords)
  end

  # If one clause needs several lines, all put their body on its own line.
  defp clauses(clauses) do
    short = for clause <- clauses, do: clause(clause, :short)

    if Enum.any?(clauses, fn {:->, meta, [_, body]} ->
         block?(body) or Keyword.get(meta, :newlines, 0) > 0
       end) or
         Enum.any?(short, &multi_line?/1) do
      long = for clause <- clauses, do: clause(clause, :long)
      long |> Enum.intersperse(concat(empty_line(), line())) |> concat()
    else
      short |> Enum.intersperse(line()) |> concat()
    end
  end

  defp clause({:->, _, [args, body]}, layout) do
    head = if args == [], do: "() ->", else: concat(clause_args(args), " ->")

    case layout do
      :short -> group(nest(concat([head, break(" "), block(body)]), 2))
      :long -> nest(concat([head, line(), block(body)]), 2)
    end
  end

  defp paren_clauses([{:->, _, [args, body]}]) do
    head = if args == [], do: "(->", else: concat(["(", clause_args(args), " ->"])

    if block?(body),
      do: force_unfit(concat([nest(concat([head, line(), block(body)]), 2), line(), ")"])),
      else: group(concat([nest(concat([head, break(" "), block(body)]), 2), ")"]))
  end

  defp paren_clauses(clauses) do
    force_unfit(concat([nest(concat(["(", line(), clauses(clauses)]), 2), line(), ")"]))
  end

  defp do_block(head, blocks, meta) do
    last = length(blocks)
    closing = get_in(meta, [:end, :line])

    parts =
      for {{key, body}, index} <- Enum.with_index(blocks, 1) do
        name = Atom.to_string(key)
        opening = if key == :do, do: concat(head, " do"), else: name
        body = block_body(body)
        rest = if index == last, do: trailing(closing), else: []
        concat(nest(concat([opening, body | rest]), 2), line())
      end

    force_unfit(concat([concat(parts), "end"]))
  end

  defp block_body({:__block__, _, []}), do: empty()
  defp block_body([{:->, _, _} | _] = clauses), do: concat(line(), clauses(clauses))
  defp block_body(body), do: concat(line(), block(body))
end
