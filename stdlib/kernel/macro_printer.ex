defmodule Macro.Printer do
  @moduledoc false
  # Source text of quoted code, laid out as the formatter lays out code: 98 columns, parentheses
  # only where precedence asks for them, do-blocks spelled out.

  import Inspect.Algebra

  @width 98

  @block_keys [:do, :else, :rescue, :catch, :after]
  @no_space [:.., :"//"]
  @pipeline [:|>, :~>>, :<<~, :~>, :<~, :<~>, :"<|>"]
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

  def to_algebra(ast, _opts), do: block(ast)

  defp render(doc, width), do: doc |> group() |> format(width) |> IO.iodata_to_binary()

  defp multi_line?(doc), do: String.contains?(render(doc, @width), "\n")

  # --------------------------------------------------------------------------------------------
  # Blocks
  # --------------------------------------------------------------------------------------------

  defp block({:__block__, _, []}), do: empty()
  defp block({:__block__, _, [{:unquote_splicing, _, [_]} = only]}), do: expr(only)
  defp block({:__block__, _, [only]}), do: block(only)

  defp block({:__block__, _, exprs}) do
    docs = for e <- exprs, do: {block_expr(e), match?({:@, _, [_]}, e)}
    force_unfit(stack(docs))
  end

  defp block([{:->, _, _} | _] = clauses), do: paren_clauses(clauses)
  defp block(ast), do: expr(ast)

  defp block_expr({:__block__, _, [_, _ | _]} = nested), do: paren_block(nested)
  defp block_expr(other), do: block(other)

  # One line each; an empty line around those that need more.
  defp stack([{doc, _}]), do: doc

  # An attribute stays with what follows.
  defp stack([{doc, attribute?} | [{next, _} | _] = rest]) do
    apart? = not attribute? and (multi_line?(doc) or multi_line?(next))
    gap = if apart?, do: concat(empty_line(), line()), else: line()
    concat([doc, gap, stack(rest)])
  end

  # An empty line carries no indentation.
  defp empty_line, do: nest(line(), :reset)

  defp paren_block(ast) do
    force_unfit(concat([nest(concat(["(", line(), block(ast)]), 2), line(), ")"]))
  end

  # --------------------------------------------------------------------------------------------
  # Expressions
  # --------------------------------------------------------------------------------------------

  defp expr({:__block__, _, []}), do: "(\n)" |> String.split("\n") |> then(fn [a, b] -> concat([a, line(), b]) end)
  defp expr({:__block__, _, [{:unquote_splicing, _, [_]} = only]}), do: concat(["(", expr(only), ")"])
  defp expr({:__block__, _, [only]}), do: expr(only)
  defp expr({:__block__, _, _} = ast), do: paren_block(ast)

  defp expr({:__aliases__, _, [head | tail]}) do
    first = if is_atom(head), do: Atom.to_string(head), else: target(head)
    concat([first | for(part <- tail, do: concat(".", if(is_atom(part), do: Atom.to_string(part), else: expr(part))))])
  end

  defp expr({:{}, _, args}) when is_list(args), do: container("{", args, "}")

  defp expr({:%{}, _, args}) when is_list(args), do: map("%{", args)

  defp expr({:%, _, [name, {:%{}, _, args}]}) when is_list(args),
    do: map(concat(["%", target(name), "{"]), args)

  defp expr({:<<>>, meta, parts}) when is_list(parts) do
    if interpolated?(parts),
      do: concat(["\"", interpolation(parts, ?", meta), "\""]),
      else: bitstring(parts)
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

  defp expr({:&, _, [{:/, _, [{name, _, context}, arity]}]})
       when is_atom(name) and is_atom(context) and is_integer(arity),
       do: concat(["&", local_name(name), "/", Integer.to_string(arity)])

  defp expr({:&, _, [{:/, _, [{{:., _, [module, name]}, _, []}, arity]}]})
       when is_atom(name) and is_integer(arity) do
    concat(["&", target(module), ".", Macro.inspect_atom(:remote_call, name), "/", Integer.to_string(arity)])
  end

  defp expr({:&, _, [{:&, _, [n]}]}) when is_integer(n), do: "& &" <> Integer.to_string(n)

  defp expr({:&, _, [arg]}) do
    if binary_op?(arg) or unary_op?(arg) or is_integer(arg),
      do: concat(["&(", expr(arg), ")"]),
      else: concat("&", expr(arg))
  end

  defp expr({:@, _, [{name, _, context}]}) when is_atom(name) and is_atom(context),
    do: "@" <> Atom.to_string(name)

  defp expr({:@, _, [{name, _, [_ | _] = args}]}) when is_atom(name) and name not in [:__block__, :__aliases__] do
    case split_block(args) do
      {args, nil} -> concat(["@", Atom.to_string(name), " ", no_parens_args(args)])
      _ -> concat("@", expr({name, [], args}))
    end
  end

  defp expr({:not, _, [{:in, _, [left, right]}]}), do: binary(:in, "not in", left, right)
  defp expr({:"not in", _, [left, right]}), do: binary(:in, "not in", left, right)

  defp expr({:"..//", _, [first, last, step]}) do
    concat([operand(first, :left, :..), "..", operand(last, :right, :..), "//", operand(step, :right, :"//")])
  end

  defp expr({op, _, []}) when op in [:.., :...], do: Atom.to_string(op)
  defp expr({:..., _, [arg]}), do: concat("...", expr(arg))

  defp expr({:when, _, [_, _ | _] = args}) do
    {left, [guard]} = Enum.split(args, -1)
    left = left |> Enum.map(&expr/1) |> Enum.intersperse(", ") |> concat()
    group(nest(glue(concat(left, " when"), " ", operand(guard, :right, :when)), 2))
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
      _ -> binary(op, Atom.to_string(op), left, right)
    end
  end

  defp expr({name, _, context}) when is_atom(name) and is_atom(context), do: Atom.to_string(name)

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
        {init, keywords} = split_trailing(list)
        enclosed("[", arg_docs(init) ++ keyword_docs(keywords), "]")
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
  # Operators
  # --------------------------------------------------------------------------------------------

  defp binary_op?({op, _, [_, _]}) when is_atom(op) and op != :., do: Macro.Syntax.binary_op(op) != nil
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

  defp binary(op, text, left, right) do
    left_doc = operand(left, :left, op)
    right_doc = operand(right, :right, op)

    cond do
      op in @no_space ->
        concat([left_doc, text, right_doc])

      op == := and block_call?(right) ->
        nest(concat([left_doc, " =", line(), right_doc]), 2)

      fits_after?(right) and op not in @pipeline ->
        concat([left_doc, " ", text, " ", right_doc])

      op == :| ->
        group(concat([left_doc, break(" "), text, " ", right_doc]))

      true ->
        {first, rest} = chain(op, text, left, right)
        indent = if op in @pipeline, do: 0, else: 2
        group(concat(first, nest(concat(rest), indent)))
    end
  end

  # Operators of the same kind break together: the first operand and the rest of the chain.
  defp chain(op, text, left, right) do
    info = Macro.Syntax.binary_op(op)

    case {info, left, right} do
      {{:left, _}, {left_op, _, [a, b]}, _} when is_atom(left_op) and left_op != :. ->
        if left_op == op do
          {first, rest} = chain(left_op, Atom.to_string(left_op), a, b)
          {first, rest ++ link(op, text, operand(right, :right, op))}
        else
          {operand(left, :left, op), link(op, text, operand(right, :right, op))}
        end

      {{:right, _}, _, {right_op, _, [a, b]}} when is_atom(right_op) and right_op != :. ->
        if right_op == op and op != := do
          {first, rest} = chain(right_op, Atom.to_string(right_op), a, b)
          {operand(left, :left, op), link(op, text, first) ++ rest}
        else
          {operand(left, :left, op), link(op, text, operand(right, :right, op))}
        end

      _ ->
        {operand(left, :left, op), link(op, text, operand(right, :right, op))}
    end
  end

  defp link(op, text, doc) do
    if op in @pipeline,
      do: [break(" "), text, " ", doc],
      else: [" ", text, break(" "), doc]
  end

  # Containers and functions open on the line of the operator.
  defp fits_after?({:fn, _, _}), do: true
  defp fits_after?({form, _, args}) when form in [:%{}, :{}, :<<>>, :%] and is_list(args), do: true
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

  # The part before a dot or an argument list.
  defp target(ast) when is_atom(ast), do: Macro.inspect_atom(:literal, ast)

  defp target(ast) do
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
            if no_parens?(name, length(args)) and args != [],
              do: concat([Atom.to_string(name), " ", no_parens_args(args)]),
              else: concat(local_name(name), call_args(args))

          {[], blocks} ->
            do_block(local_name(name), blocks)

          {init, blocks} ->
            head =
              if no_parens?(name, length(args)),
                do: concat([local_name(name), " ", no_parens_args(init)]),
                else: concat(local_name(name), call_args(init))

            do_block(head, blocks)
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
    container = if unary_op?(container) and not match?({:@, _, _}, container), do: concat(["(", expr(container), ")"]), else: target(container)
    concat([container, "[", expr(key), "]"])
  end

  defp remote({{:., _, [left, :{}]}, _, args}), do: concat([target(left), ".", container("{", args, "}")])

  defp remote({{:., _, [fun]}, _, args}), do: with_block(concat(target(fun), "."), args, true)

  defp remote({{:., _, [left, name]}, meta, args}) when is_atom(name) do
    head = concat([target(left), ".", Macro.inspect_atom(:remote_call, name)])

    module? = is_atom(left) or match?({:__aliases__, _, _}, left)

    if args == [] and Keyword.get(meta, :no_parens, false) and not module?,
      do: head,
      else: with_block(head, args, false)
  end

  defp remote({{:., _, [left, right]}, _, args}),
    do: with_block(concat([target(left), ".", expr(right)]), args, false)

  defp with_block(head, args, _anonymous?) do
    case split_block(args) do
      {args, nil} -> concat(head, call_args(args))
      {[], blocks} -> do_block(head, blocks)
      {args, blocks} -> do_block(concat(head, call_args(args)), blocks)
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

  defp fits_front?(doc), do: not multi_line?(doc) and String.length(render(doc, :infinity)) < @width - 18

  defp no_parens_args(args) do
    {init, keywords} = split_keywords(args)
    docs = arg_docs(init) ++ keyword_docs(keywords)
    group(nest(join(docs), 2))
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
      concat([Macro.inspect_atom(:key, key), " ", nest(expr(value), 2)])
    end
  end

  defp keyword?([_ | _] = list) do
    Enum.all?(list, fn
      {key, _} when is_atom(key) -> not alias_atom?(key)
      _ -> false
    end)
  end

  defp keyword?(_), do: false

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
    group(concat([open, nest(concat([break(""), expr(base), " | ", join(docs)]), 2), break(""), "}"]))
  end

  defp map(open, fields), do: enclosed(open, fields(fields), "}")

  # Pairs with other keys first, then the keyword part.
  defp fields(fields) do
    {pairs, keywords} = split_trailing(fields)

    pair_docs =
      for field <- pairs do
        case field do
          {key, value} ->
            group(concat([operand(key, :left, :"=>"), " => ", nest(operand(value, :right, :"=>"), 2)]))

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
      |> Enum.split_while(fn
        {key, _} when is_atom(key) -> not alias_atom?(key)
        _ -> false
      end)

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

  defp interpolation?({:"::", _, [{{:., _, [Kernel, :to_string]}, _, [_]}, {:binary, _, context}]})
       when is_atom(context),
       do: true

  defp interpolation?(_), do: false

  defp interpolation(parts, quote, _meta) do
    concat(
      for part <- parts do
        case part do
          text when is_binary(text) -> escape_text(text, quote)
          {:"::", _, [{_, _, [code]}, _]} -> concat(["\#{", block(code), "}"])
        end
      end
    )
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
              text when is_binary(text) -> text |> String.split("\n") |> Enum.intersperse(:nl) |> Enum.map(&sigil_line/1) |> concat()
              {:"::", _, [{_, _, [code]}, _]} -> concat(["\#{", block(code), "}"])
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

  defp fun([{:->, _, [args, body]}]) do
    head = concat(["fn", clause_head(args, " "), " ->"])

    if block?(body),
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

    if Enum.any?(clauses, fn {:->, _, [_, body]} -> block?(body) end) or
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

  defp do_block(head, blocks) do
    parts =
      for {key, body} <- blocks do
        name = Atom.to_string(key)
        opening = if key == :do, do: concat(head, " do"), else: name
        concat(nest(concat(opening, block_body(body)), 2), line())
      end

    force_unfit(concat([concat(parts), "end"]))
  end

  defp block_body({:__block__, _, []}), do: empty()
  defp block_body([{:->, _, _} | _] = clauses), do: concat(line(), clauses(clauses))
  defp block_body(body), do: concat(line(), block(body))
end
