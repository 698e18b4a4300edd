defmodule Macro do
  @moduledoc """
  Functions over quoted code.

  Quoted code is made of atoms, numbers, strings, lists, pairs and three-element tuples
  `{name, metadata, arguments}`. This module builds, takes apart, walks, expands and prints it.
  """

  import Kernel, except: [to_string: 1]

  @type t :: input
  @type input :: {input | atom, metadata, atom | [input]} | {input, input} | [input] | literal
  @type output ::
          {output | atom, metadata, atom | [output]} | {output, output} | [output] | literal
  @type metadata :: keyword
  @type captured_remote_function :: fun
  @typep literal :: atom | number | binary | captured_remote_function | pid

  # --------------------------------------------------------------------------------------------
  # Building and taking apart. `|>` expands through unpipe/1 and pipe/3.
  # --------------------------------------------------------------------------------------------

  @doc """
  Flattens a pipeline into its calls, each with the position of the piped argument.

      iex> Macro.unpipe(quote(do: a |> f() |> g(1))) |> length()
      3
  """
  @spec unpipe(t) :: [t]
  def unpipe(expr), do: :lists.reverse(unpipe(expr, []))

  defp unpipe({:|>, _, [left, right]}, acc), do: unpipe(right, unpipe(left, acc))
  defp unpipe(other, acc), do: [{other, 0} | acc]

  @doc """
  Puts `expr` into `call` as the argument at the zero-based `position`.

      iex> Macro.pipe(1, quote(do: f(2)), 0)
      {:f, [], [1, 2]}
  """
  @spec pipe(t, t, integer) :: t
  def pipe(expr, call_args, position)

  def pipe(expr, {:fn, _, _}, _position) do
    raise ArgumentError,
          "cannot pipe #{to_string(expr)} into an anonymous function without calling the " <>
            "function; use Kernel.then/2 instead or define the anonymous function as a " <>
            "regular private function"
  end

  def pipe(expr, {form, _, _} = call, _position)
      when form in [:&, :{}, :%{}, :%, :<<>>, :__aliases__],
      do: not_pipeable(expr, call)

  def pipe(expr, {:unquote, _, []}, _position) do
    raise ArgumentError,
          "cannot pipe #{to_string(expr)} into the special form unquote/1 since unquote/1 " <>
            "is used to build the Elixir AST itself"
  end

  def pipe(expr, {{:., _, [Access, :get]}, _, [_, _]} = call, _position) do
    raise ArgumentError,
          "cannot pipe #{to_string(expr)} into #{to_string(call)}, bracket access does not " <>
            "take a piped value; use Access.get/2 or then/2"
  end

  def pipe(expr, {operator, _, [_, _]} = call, _position)
      when operator in [:<>, :+, :-, :*, :/, :++, :--, :.., :"..//", :and, :or, :in, :=] or
             operator in [:==, :!=, :===, :!==, :<, :>, :<=, :>=, :&&, :||, :"::", :|, :=~, :when] do
    raise ArgumentError,
          "cannot pipe #{to_string(expr)} into #{to_string(call)}, the #{inspect(operator)} " <>
            "operator can only take two arguments"
  end

  def pipe(expr, {call, meta, context}, position) when is_atom(context),
    do: {call, meta, insert_at([], position, expr)}

  def pipe(expr, {{:., _, [_, _]} = dot, meta, args}, position) when is_list(args) do
    {dot, :lists.keydelete(:no_parens, 1, meta), insert_at(args, position, expr)}
  end

  def pipe(expr, {call, meta, args}, position) when is_list(args),
    do: {call, meta, insert_at(args, position, expr)}

  def pipe(expr, other, _position), do: not_pipeable(expr, other)

  defp not_pipeable(expr, call) do
    raise ArgumentError,
          "cannot pipe #{to_string(expr)} into #{to_string(call)}, can only pipe into local " <>
            "calls foo(), remote calls Foo.bar() or anonymous function calls foo.()"
  end

  defp insert_at(args, 0, expr), do: [expr | args]
  defp insert_at([head | tail], n, expr) when n > 0, do: [head | insert_at(tail, n - 1, expr)]
  defp insert_at([], _n, expr), do: [expr]
  defp insert_at(args, n, expr) when n < 0, do: insert_at(args, length(args) + 1 + n, expr)

  @doc """
  A quoted variable with no metadata.

      iex> Macro.var(:x, nil)
      {:x, [], nil}
  """
  @spec var(var, context) :: {var, [], context} when var: atom, context: atom
  def var(var, context) when is_atom(var) and is_atom(context), do: {var, [], context}

  @doc """
  A quoted variable that no other variable can clash with.

      iex> {:x, [counter: _], Foo} = Macro.unique_var(:x, Foo)
  """
  @spec unique_var(var, context) :: {var, [counter: integer], context}
        when var: atom, context: atom
  def unique_var(var, context) when is_atom(var) and is_atom(context),
    do: {var, [counter: :erlang.unique_integer([:positive])], context}

  @doc """
  `amount` quoted variables `arg1`, `arg2`, ...

      iex> Macro.generate_arguments(2, Foo)
      [{:arg1, [], Foo}, {:arg2, [], Foo}]
  """
  @spec generate_arguments(0, context :: atom) :: []
  @spec generate_arguments(pos_integer, context) :: [{atom, [], context}, ...] when context: atom
  def generate_arguments(amount, context), do: arguments(amount, context, &var/2)

  @doc """
  As `generate_arguments/2`, with unique variables.

      iex> [{:arg1, [counter: _], Foo}] = Macro.generate_unique_arguments(1, Foo)
  """
  @spec generate_unique_arguments(non_neg_integer, context) :: [{atom, keyword, context}]
        when context: atom
  def generate_unique_arguments(amount, context), do: arguments(amount, context, &unique_var/2)

  defp arguments(0, context, _fun) when is_atom(context), do: []

  defp arguments(amount, context, fun)
       when is_integer(amount) and amount > 0 and is_atom(context) do
    for n <- :lists.seq(1, amount) do
      fun.(:erlang.binary_to_atom("arg" <> :erlang.integer_to_binary(n)), context)
    end
  end

  @doc """
  Applies `fun` to the metadata of a node; literals stay as they are.

      iex> Macro.update_meta({:x, [line: 1], nil}, &Keyword.delete(&1, :line))
      {:x, [], nil}
  """
  @spec update_meta(t, (keyword -> keyword)) :: t
  def update_meta(quoted, fun)
  def update_meta({left, meta, right}, fun) when is_list(meta), do: {left, fun.(meta), right}
  def update_meta(other, _fun), do: other

  @doc """
  Splits a call into name and arguments, with the remote target if there is one.

      iex> Macro.decompose_call(quote(do: foo(1)))
      {:foo, [1]}
      iex> Macro.decompose_call(42)
      :error
  """
  @spec decompose_call(t) :: {atom, [t]} | {t, atom, [t]} | :error
  def decompose_call(ast)
  def decompose_call({:{}, _, args}) when is_list(args), do: :error

  def decompose_call({{:., _, [remote, function]}, _, args})
      when is_tuple(remote) or is_atom(remote),
      do: {remote, function, args}

  def decompose_call({name, _, args}) when is_atom(name) and is_atom(args), do: {name, []}
  def decompose_call({name, _, args}) when is_atom(name) and is_list(args), do: {name, args}
  def decompose_call(_), do: :error

  # --------------------------------------------------------------------------------------------
  # Walking
  # --------------------------------------------------------------------------------------------

  @doc """
  Walks quoted code depth first; `pre` sees a node before its children, `post` after.

      iex> {_, n} = Macro.traverse(quote(do: a + b), 0, fn x, n -> {x, n + 1} end, &{&1, &2})
      iex> n
      3
  """
  @spec traverse(t, any, (t, any -> {t, any}), (t, any -> {t, any})) :: {t, any}
  def traverse(ast, acc, pre, post) when is_function(pre, 2) and is_function(post, 2) do
    {ast, acc} = pre.(ast, acc)
    walk(ast, acc, pre, post)
  end

  defp walk({form, meta, args}, acc, pre, post) when is_atom(form) do
    {args, acc} = walk_args(args, acc, pre, post)
    post.({form, meta, args}, acc)
  end

  defp walk({form, meta, args}, acc, pre, post) do
    {form, acc} = pre.(form, acc)
    {form, acc} = walk(form, acc, pre, post)
    {args, acc} = walk_args(args, acc, pre, post)
    post.({form, meta, args}, acc)
  end

  defp walk({left, right}, acc, pre, post) do
    {left, acc} = pre.(left, acc)
    {left, acc} = walk(left, acc, pre, post)
    {right, acc} = pre.(right, acc)
    {right, acc} = walk(right, acc, pre, post)
    post.({left, right}, acc)
  end

  defp walk(list, acc, pre, post) when is_list(list) do
    {list, acc} = walk_args(list, acc, pre, post)
    post.(list, acc)
  end

  defp walk(other, acc, _pre, post), do: post.(other, acc)

  defp walk_args(args, acc, _pre, _post) when is_atom(args), do: {args, acc}

  defp walk_args(args, acc, pre, post) when is_list(args) do
    :lists.mapfoldl(
      fn arg, acc ->
        {arg, acc} = pre.(arg, acc)
        walk(arg, acc, pre, post)
      end,
      acc,
      args
    )
  end

  @doc """
  Replaces each node by `fun` of it, parents first.

      iex> Macro.prewalk(quote(do: 1 + 2), fn n when is_integer(n) -> n * 10; x -> x end) |> Macro.to_string()
      "10 + 20"
  """
  @spec prewalk(t, (t -> t)) :: t
  def prewalk(ast, fun) when is_function(fun, 1) do
    elem(prewalk(ast, nil, fn x, nil -> {fun.(x), nil} end), 0)
  end

  @doc """
  As `prewalk/2` with an accumulator.

      iex> Macro.prewalk([1, 2], 0, fn x, n -> {x, n + 1} end)
      {[1, 2], 3}
  """
  @spec prewalk(t, any, (t, any -> {t, any})) :: {t, any}
  def prewalk(ast, acc, fun) when is_function(fun, 2),
    do: traverse(ast, acc, fun, fn x, a -> {x, a} end)

  @doc """
  Replaces each node by `fun` of it, children first.

      iex> Macro.postwalk([1, 2], fn n when is_integer(n) -> -n; x -> x end)
      [-1, -2]
  """
  @spec postwalk(t, (t -> t)) :: t
  def postwalk(ast, fun) when is_function(fun, 1) do
    elem(postwalk(ast, nil, fn x, nil -> {fun.(x), nil} end), 0)
  end

  @doc """
  As `postwalk/2` with an accumulator.

      iex> Macro.postwalk([1, 2], [], fn x, acc -> {x, [x | acc]} end) |> elem(1)
      [[1, 2], 2, 1]
  """
  @spec postwalk(t, any, (t, any -> {t, any})) :: {t, any}
  def postwalk(ast, acc, fun) when is_function(fun, 2),
    do: traverse(ast, acc, fn x, a -> {x, a} end, fun)

  @doc """
  A lazy enumerable of the nodes, parents first.

      iex> Enum.filter(Macro.prewalker(quote(do: f(1, [2]))), &is_integer/1)
      [1, 2]
  """
  @spec prewalker(t) :: Enumerable.t()
  def prewalker(ast), do: fn acc, fun -> pre_stream([ast], acc, fun) end

  defp pre_stream(_stack, {:halt, acc}, _fun), do: {:halted, acc}

  defp pre_stream(stack, {:suspend, acc}, fun),
    do: {:suspended, acc, fn acc -> pre_stream(stack, acc, fun) end}

  defp pre_stream([], {:cont, acc}, _fun), do: {:done, acc}

  defp pre_stream([node | stack], {:cont, acc}, fun),
    do: pre_stream(children(node) ++ stack, fun.(node, acc), fun)

  @doc """
  A lazy enumerable of the nodes, children first.

      iex> Enum.filter(Macro.postwalker(quote(do: f(1, [2]))), &is_integer/1)
      [1, 2]
  """
  @spec postwalker(t) :: Enumerable.t()
  def postwalker(ast), do: fn acc, fun -> post_stream([{:open, ast}], acc, fun) end

  defp post_stream(_stack, {:halt, acc}, _fun), do: {:halted, acc}

  defp post_stream(stack, {:suspend, acc}, fun),
    do: {:suspended, acc, fn acc -> post_stream(stack, acc, fun) end}

  defp post_stream([], {:cont, acc}, _fun), do: {:done, acc}

  defp post_stream([{:close, node} | stack], {:cont, acc}, fun),
    do: post_stream(stack, fun.(node, acc), fun)

  defp post_stream([{:open, node} | stack], acc, fun) do
    opened = for child <- children(node), do: {:open, child}
    post_stream(opened ++ [{:close, node} | stack], acc, fun)
  end

  defp children({form, _, args}) when is_atom(form) and is_list(args), do: args
  defp children({form, _, args}) when is_atom(form) and is_atom(args), do: []
  defp children({form, _, args}) when is_list(args), do: [form | args]
  defp children({form, _, args}) when is_atom(args), do: [form]
  defp children({left, right}), do: [left, right]
  defp children(list) when is_list(list), do: list
  defp children(_), do: []

  @doc """
  The path from the first node for which `fun` is truthy up to the root, or `nil`.

      iex> Macro.path(quote(do: [1, [2]]), &(&1 == 2))
      [2, [2], [1, [2]]]
  """
  @spec path(t, (t -> as_boolean(term))) :: [t] | nil
  def path(ast, fun) when is_function(fun, 1), do: find_path(ast, [], fun)

  defp find_path(node, above, fun) do
    here = [node | above]
    if fun.(node), do: here, else: find_in(children(node), here, fun)
  end

  defp find_in([], _above, _fun), do: nil

  defp find_in([child | rest], above, fun),
    do: find_path(child, above, fun) || find_in(rest, above, fun)

  # --------------------------------------------------------------------------------------------
  # Escaping and checking
  # --------------------------------------------------------------------------------------------

  @doc """
  Quoted code that evaluates to `term`.

  With `unquote: true`, `unquote` and `unquote_splicing` nodes insert code. With
  `prune_metadata: true`, metadata of quoted code in `term` is reduced.

      iex> Macro.escape({1, 2, %{a: [3]}})
      {:{}, [], [1, 2, {:%{}, [], [a: [3]]}]}
  """
  @spec escape(term, keyword) :: t
  def escape(term, opts \\ []) do
    case opts do
      [] ->
        escape(term, false, false)

      _ ->
        escape(
          term,
          :lists.keyfind(:unquote, 1, opts) == {:unquote, true},
          :lists.keyfind(:prune_metadata, 1, opts) == {:prune_metadata, true}
        )
    end
  end

  defp escape({:unquote, _, [expr]}, true, _prune), do: expr

  defp escape({{:., meta, [left, :unquote]}, _, [name]}, true, prune) do
    dotted = {:{}, [], [:., escape(meta, false, prune), [escape(left, true, prune), name]]}
    {:{}, [], [dotted, [], []]}
  end

  defp escape({{{:., meta, [left, :unquote]}, _, [name]}, call_meta, args}, true, prune) do
    dotted = {:{}, [], [:., escape(meta, false, prune), [escape(left, true, prune), name]]}
    {:{}, [], [dotted, escape(call_meta, false, prune), escape(args, true, prune)]}
  end

  defp escape({left, right}, unquote?, prune),
    do: {escape(left, unquote?, prune), escape(right, unquote?, prune)}

  defp escape({form, meta, args}, unquote?, true) when is_list(meta) do
    kept = for {key, value} <- meta, key in [:no_parens, :line, :delimiter], do: {key, value}

    {:{}, [],
     [escape(form, unquote?, true), escape(kept, false, true), escape(args, unquote?, true)]}
  end

  defp escape(tuple, unquote?, prune) when is_tuple(tuple),
    do: {:{}, [], escape_each(:erlang.tuple_to_list(tuple), unquote?, prune)}

  defp escape(map, unquote?, prune) when is_map(map) do
    {:%{}, [], escape_each(:lists.sort(:maps.to_list(map)), unquote?, prune)}
  end

  defp escape([], _unquote?, _prune), do: []
  defp escape(list, unquote?, prune) when is_list(list), do: escape_list(list, unquote?, prune)

  defp escape(binary, _unquote?, _prune) when is_binary(binary), do: binary

  defp escape(bits, _unquote?, _prune) when is_bitstring(bits) do
    size = bit_size(bits)
    whole = div(size, 8) * 8
    <<head::bitstring-size(whole), rest::bitstring>> = bits
    rest_size = size - whole
    <<value::size(rest_size)>> = rest
    last = {:"::", [], [value, {:size, [], [rest_size]}]}
    {:<<>>, [], :erlang.binary_to_list(head) ++ [last]}
  end

  defp escape(other, _unquote?, _prune)
       when is_atom(other) or is_number(other) or is_pid(other),
       do: other

  defp escape(fun, _unquote?, _prune) when is_function(fun) do
    case {:erlang.fun_info(fun, :env), :erlang.fun_info(fun, :type)} do
      {_, {:type, :external}} -> fun
      _ -> bad_escape(fun)
    end
  end

  defp escape(other, _unquote?, _prune), do: bad_escape(other)

  defp escape_each(list, unquote?, prune),
    do: :lists.map(fn item -> escape(item, unquote?, prune) end, list)

  defp escape_list([{:unquote_splicing, _, [expr]}], true, _prune), do: expr

  defp escape_list([{:unquote_splicing, _, [expr]} | tail], true, prune) do
    rest = escape(tail, true, prune)
    quote(do: unquote(expr) ++ unquote(rest))
  end

  defp escape_list([head | tail], unquote?, prune) do
    head = escape(head, unquote?, prune)

    case tail do
      [] ->
        [head]

      _ when is_list(tail) ->
        case escape_list(tail, unquote?, prune) do
          rest when is_list(rest) -> [head | rest]
          code -> [{:|, [], [head, code]}]
        end

      _ ->
        [{:|, [], [head, escape(tail, unquote?, prune)]}]
    end
  end

  defp bad_escape(term) do
    raise ArgumentError,
          "cannot escape #{inspect(term)}. The supported values are: lists, tuples, maps, " <>
            "atoms, numbers, bitstrings, PIDs and remote functions in the format &Mod.fun/arity"
  end

  @doc """
  Checks that a term is valid quoted code; gives the first part that is not.

      iex> Macro.validate({:a, [], nil})
      :ok
      iex> Macro.validate({1, 2, 3})
      {:error, {1, 2, 3}}
  """
  @spec validate(term) :: :ok | {:error, term}
  def validate(expr) do
    case invalid_part(expr) do
      nil -> :ok
      found -> found
    end
  end

  defp invalid_part({left, right}), do: invalid_part(left) || invalid_part(right)

  defp invalid_part({left, meta, right})
       when is_list(meta) and (is_atom(right) or is_list(right)),
       do: invalid_part(left) || invalid_part(right)

  defp invalid_part([head | tail]) when is_list(tail),
    do: invalid_part(head) || invalid_part(tail)

  defp invalid_part([head | tail]), do: invalid_part(head) || {:error, tail}
  defp invalid_part([]), do: nil
  defp invalid_part(pid) when is_pid(pid), do: nil
  defp invalid_part(leaf) when is_atom(leaf) or is_number(leaf) or is_binary(leaf), do: nil

  defp invalid_part(fun) when is_function(fun) do
    if :erlang.fun_info(fun, :type) == {:type, :external}, do: nil, else: {:error, fun}
  end

  defp invalid_part(other), do: {:error, other}

  @doc """
  `true` if quoted code is a literal at every level: no variables and no calls.

      iex> Macro.quoted_literal?(quote(do: {1, [a: "x"]}))
      true
      iex> Macro.quoted_literal?(quote(do: [x]))
      false
  """
  @spec quoted_literal?(t) :: boolean
  def quoted_literal?(term)
  def quoted_literal?({:__aliases__, _, args}), do: quoted_literal?(args)

  def quoted_literal?({:%, _, [left, right]}),
    do: quoted_literal?(left) and quoted_literal?(right)

  def quoted_literal?({:%{}, _, args}), do: quoted_literal?(args)
  def quoted_literal?({:{}, _, args}), do: quoted_literal?(args)
  def quoted_literal?({:<<>>, _, segments}), do: :lists.all(&literal_segment?/1, segments)
  def quoted_literal?({left, right}), do: quoted_literal?(left) and quoted_literal?(right)
  def quoted_literal?({op, _, [number]}) when op in [:+, :-], do: is_number(number)
  def quoted_literal?(list) when is_list(list), do: :lists.all(&quoted_literal?/1, list)

  def quoted_literal?(term),
    do: is_atom(term) or is_number(term) or is_binary(term) or is_function(term)

  defp literal_segment?({:"::", _, [value, _spec]}), do: quoted_literal?(value)
  defp literal_segment?(other), do: quoted_literal?(other)

  @doc """
  `true` for names and arities that are special forms.

      iex> Macro.special_form?(:case, 2)
      true
  """
  @spec special_form?(name :: atom, arity) :: boolean
  def special_form?(name, arity) when is_atom(name) and is_integer(arity),
    do: Macro.Syntax.special_form?(name, arity)

  @doc """
  `true` for names that are operators of the given arity.

      iex> Macro.operator?(:+, 2)
      true
      iex> Macro.operator?(:foo, 2)
      false
  """
  @spec operator?(name :: atom, arity) :: boolean
  def operator?(name, arity)
  def operator?(:"..//", 3), do: true
  def operator?(:"//", 2), do: false
  def operator?(name, 2) when is_atom(name), do: Macro.Syntax.binary_op(name) != nil
  def operator?(name, 1) when is_atom(name), do: Macro.Syntax.unary_op(name) != nil
  def operator?(name, arity) when is_atom(name) and is_integer(arity), do: false

  @doc """
  How an atom is written: `:identifier`, `:alias`, `:unquoted` or `:quoted`.

      iex> Enum.map([:foo, Foo, :+, :"a b"], &Macro.classify_atom/1)
      [:identifier, :alias, :unquoted, :quoted]
  """
  @spec classify_atom(atom) :: :alias | :identifier | :quoted | :unquoted
  def classify_atom(atom) when is_atom(atom), do: Macro.Syntax.classify(atom)

  @doc """
  Writes an atom as a literal, a keyword key or the name of a remote call.

      iex> Macro.inspect_atom(:literal, :"a b")
      ":\\"a b\\""
      iex> Macro.inspect_atom(:key, :foo)
      "foo:"
  """
  @spec inspect_atom(:literal | :key | :remote_call, atom, keyword) :: binary
  def inspect_atom(source_format, atom, opts \\ [])
      when source_format in [:literal, :key, :remote_call] and is_atom(atom) do
    Macro.Syntax.inspect_atom(source_format, atom, opts)
  end

  # --------------------------------------------------------------------------------------------
  # Expansion
  # --------------------------------------------------------------------------------------------

  @doc """
  Expands the node once: a macro, an alias, `__MODULE__`, `__DIR__` or an attribute.

      iex> Macro.expand_once(quote(do: unless(a, do: b)), __ENV__) |> elem(0)
      :case
  """
  @spec expand_once(input, Macro.Env.t()) :: output
  def expand_once(ast, env) do
    {expanded, _} = :phial_macro.expand_once(ast, env)
    expanded
  end

  @doc """
  Expands the node until it is no macro any more. Children are left alone.

      iex> Macro.expand(quote(do: String), __ENV__)
      String
  """
  @spec expand(input, Macro.Env.t()) :: output
  def expand(ast, env)

  def expand(ast, _env) when not is_tuple(ast), do: ast

  def expand(ast, env) do
    case :phial_macro.expand_once(ast, env) do
      {expanded, true} -> expand(expanded, env)
      {expanded, false} -> expanded
    end
  end

  @doc """
  Expands the aliases and attributes in literal code.

      iex> Macro.expand_literals(quote(do: [String]), __ENV__)
      [String]
  """
  @spec expand_literals(input, Macro.Env.t()) :: output
  def expand_literals(ast, env) do
    {ast, :ok} = expand_literals(ast, :ok, fn node, :ok -> {expand(node, env), :ok} end)
    ast
  end

  @doc """
  As `expand_literals/2` with your own expansion function.

      iex> Macro.expand_literals([1], 0, fn x, n -> {x, n} end)
      {[1], 0}
  """
  @spec expand_literals(t, acc, (t, acc -> {t, acc})) :: {t, acc} when acc: term
  def expand_literals(ast, acc, fun)

  def expand_literals({:__aliases__, meta, args}, acc, fun) do
    {args, acc} = expand_literals(args, acc, fun)

    if :lists.all(&is_atom/1, args),
      do: fun.({:__aliases__, meta, args}, acc),
      else: {{:__aliases__, meta, args}, acc}
  end

  def expand_literals({:__MODULE__, _, context} = node, acc, fun) when is_atom(context),
    do: fun.(node, acc)

  def expand_literals({:%, meta, [left, right]}, acc, fun) do
    {left, acc} = expand_literals(left, acc, fun)
    {right, acc} = expand_literals(right, acc, fun)
    {{:%, meta, [left, right]}, acc}
  end

  def expand_literals({form, meta, args}, acc, fun) when form in [:%{}, :{}] do
    {args, acc} = expand_literals(args, acc, fun)
    {{form, meta, args}, acc}
  end

  def expand_literals({left, right}, acc, fun) do
    {left, acc} = expand_literals(left, acc, fun)
    {right, acc} = expand_literals(right, acc, fun)
    {{left, right}, acc}
  end

  def expand_literals(list, acc, fun) when is_list(list),
    do: :lists.mapfoldl(fn item, acc -> expand_literals(item, acc, fun) end, acc, list)

  def expand_literals(other, acc, _fun), do: {other, acc}

  @doc """
  Calls `module.function` with `args` at compile time.

      iex> Macro.compile_apply(String, :upcase, ["a"], __ENV__)
      "A"
  """
  @spec compile_apply(module, atom, [term], Macro.Env.t()) :: term
  def compile_apply(module, function, args, _env), do: :erlang.apply(module, function, args)

  @doc """
  Fields and defaults of a struct, also of one in a module that is being compiled.

      iex> [first | _] = Macro.struct_info!(Range, __ENV__)
      iex> first.field
      :first
  """
  @spec struct_info!(module, Macro.Env.t()) :: [%{field: atom, default: term}]
  def struct_info!(module, _env) when is_atom(module) do
    open = if :phial_module.open?(module), do: :phial_module.struct_info(module)

    loaded =
      if open == nil do
        case :phial_code.ensure_loaded(module) do
          {:module, _} ->
            if function_exported?(module, :__info__, 1), do: module.__info__(:struct)

          _ ->
            nil
        end
      end

    case open || loaded do
      nil -> raise ArgumentError, "could not load struct #{inspect(module)}"
      info -> info
    end
  end

  @doc false
  def struct!(module, _env) when is_atom(module), do: module.__struct__()

  # --------------------------------------------------------------------------------------------
  # Strings
  # --------------------------------------------------------------------------------------------

  @doc """
  The source text of quoted code.

      iex> Macro.to_string(quote(do: a + b(1)))
      "a + b(1)"
  """
  @spec to_string(t) :: String.t()
  def to_string(tree), do: Macro.Printer.to_string(tree)

  @doc false
  def to_string(tree, fun) when is_function(fun, 2), do: fun.(tree, Macro.Printer.to_string(tree))

  @doc """
  Interprets the escapes in a string as a string literal does.

      iex> Macro.unescape_string("a\\\\tb")
      "a\\tb"
  """
  @spec unescape_string(String.t()) :: String.t()
  def unescape_string(string), do: :phial_macro.unescape_string(string, :string)

  @doc """
  As `unescape_string/1` with your own table: `map` takes the character after the backslash
  (or `:newline`, `:unicode`, `:hex`) and returns a character, or `false` to keep it.

      iex> Macro.unescape_string("a\\\\zb", fn ?z -> ?Z; _ -> true end)
      "aZb"
  """
  @spec unescape_string(String.t(), (non_neg_integer -> non_neg_integer | false)) :: String.t()
  def unescape_string(string, map) when is_binary(string) and is_function(map, 1),
    do: Macro.Syntax.unescape(string, map)

  @doc """
  Converts camel case to underscores; dots become slashes. For ASCII identifiers.

      iex> Macro.underscore("FooBar.BazHTTP")
      "foo_bar/baz_http"
  """
  @spec underscore(module | atom | String.t()) :: String.t()
  def underscore(atom_or_string)

  def underscore(atom) when is_atom(atom) do
    case :erlang.atom_to_binary(atom) do
      <<"Elixir.", rest::binary>> -> underscore(rest)
      text -> underscore(text)
    end
  end

  def underscore(<<first, rest::binary>>),
    do: <<lower(first)>> <> underscore_rest(rest, first)

  def underscore(""), do: ""

  defp underscore_rest(<<h, t, rest::binary>>, _previous)
       when h in ?A..?Z and t not in ?A..?Z and t not in ?0..?9 and t != ?. and t != ?_ do
    <<?_, lower(h), t>> <> underscore_rest(rest, t)
  end

  defp underscore_rest(<<h, rest::binary>>, previous)
       when h in ?A..?Z and previous not in ?A..?Z and previous != ?_ do
    <<?_, lower(h)>> <> underscore_rest(rest, h)
  end

  defp underscore_rest(<<?., rest::binary>>, _previous), do: <<?/>> <> underscore(rest)

  defp underscore_rest(<<h, rest::binary>>, _previous),
    do: <<lower(h)>> <> underscore_rest(rest, h)

  defp underscore_rest("", _previous), do: ""

  @doc """
  Converts underscores to camel case; slashes become dots. For ASCII identifiers.

      iex> Macro.camelize("foo_bar/baz")
      "FooBar.Baz"
  """
  @spec camelize(String.t()) :: String.t()
  def camelize(string)
  def camelize(""), do: ""
  def camelize(<<?_, rest::binary>>), do: camelize(rest)
  def camelize(<<first, rest::binary>>), do: <<upper(first)>> <> camelize_rest(rest)

  defp camelize_rest(<<?_, ?_, rest::binary>>), do: camelize_rest(<<?_, rest::binary>>)

  defp camelize_rest(<<?_, h, rest::binary>>) when h in ?a..?z or h in ?0..?9,
    do: <<upper(h)>> <> camelize_rest(rest)

  defp camelize_rest(<<?_>>), do: ""
  defp camelize_rest(<<?/, rest::binary>>), do: <<?.>> <> camelize(rest)
  defp camelize_rest(<<h, rest::binary>>), do: <<h>> <> camelize_rest(rest)
  defp camelize_rest(""), do: ""

  defp upper(char) when char in ?a..?z, do: char - 32
  defp upper(char), do: char
  defp lower(char) when char in ?A..?Z, do: char + 32
  defp lower(char), do: char

  @doc """
  The default behaviour of `Kernel.dbg/2`: code that prints `code` and its value.

      iex> Macro.dbg(quote(do: 1 + 1), [], __ENV__) |> is_tuple()
      true
  """
  @spec dbg(t, t, Macro.Env.t()) :: t
  def dbg(code, options, %{} = env), do: Macro.Debug.dbg(code, options, env)
end
