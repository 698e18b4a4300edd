defmodule :gb_trees do
  @moduledoc """
  General balanced trees: `{size, node}`, where a node is `{key, value, smaller, bigger}` or `nil` (`:nil`).

  A tree is rebuilt below a node only when an insertion makes a path there longer than the size allows (Andersson's general
  balanced trees); deletions never rebalance. Keys compare with `==`.

      iex> :gb_trees.to_list(:gb_trees.enter(:a, 1, :gb_trees.empty()))
      [a: 1]
  """

  @doc "An empty tree."
  @spec empty :: term
  def empty, do: {0, nil}

  @doc "True if the tree has no nodes."
  @spec is_empty(term) :: boolean
  def is_empty({0, nil}), do: true
  def is_empty(_tree), do: false

  @doc "The number of nodes."
  @spec size(term) :: non_neg_integer
  def size({size, _}) when is_integer(size) and size >= 0, do: size

  @doc "`{:value, value}` or `:none`."
  @spec lookup(term, term) :: {:value, term} | :none
  def lookup(key, {_, node}), do: lookup_1(key, node)

  defp lookup_1(key, {k, _, smaller, _}) when key < k, do: lookup_1(key, smaller)
  defp lookup_1(key, {k, _, _, bigger}) when key > k, do: lookup_1(key, bigger)
  defp lookup_1(_key, {_, value, _, _}), do: {:value, value}
  defp lookup_1(_key, nil), do: :none

  @doc "True if `key` is there."
  @spec is_defined(term, term) :: boolean
  def is_defined(key, tree), do: lookup(key, tree) != :none

  @doc "The value of `key`, which must be there."
  @spec get(term, term) :: term
  def get(key, {_, node}), do: get_1(key, node)

  defp get_1(key, {k, _, smaller, _}) when key < k, do: get_1(key, smaller)
  defp get_1(key, {k, _, _, bigger}) when key > k, do: get_1(key, bigger)
  defp get_1(_key, {_, value, _, _}), do: value

  @doc "Replaces the value of `key`, which must be there."
  @spec update(term, term, term) :: term
  def update(key, value, {size, node}), do: {size, update_1(key, value, node)}

  defp update_1(key, value, {k, v, smaller, bigger}) when key < k do
    {k, v, update_1(key, value, smaller), bigger}
  end

  defp update_1(key, value, {k, v, smaller, bigger}) when key > k do
    {k, v, smaller, update_1(key, value, bigger)}
  end

  defp update_1(key, value, {_, _, smaller, bigger}), do: {key, value, smaller, bigger}

  @doc "Adds a key, which must not be there."
  @spec insert(term, term, term) :: term
  def insert(key, value, {size, node}) when is_integer(size) do
    size = size + 1
    {size, insert_1(key, value, node, size * size)}
  end

  # The budget is halved on the way down; a leaf placed with budget 0 starts a {node, 2^height, size} answer, which travels
  # up until a node is found whose height is too much for its size.
  defp insert_1(key, value, {k, v, smaller, bigger}, budget) when key < k do
    case insert_1(key, value, smaller, :erlang.bsr(budget, 1)) do
      {node, height, size} -> weigh({k, v, node, bigger}, height, size, bigger)
      node -> {k, v, node, bigger}
    end
  end

  defp insert_1(key, value, {k, v, smaller, bigger}, budget) when key > k do
    case insert_1(key, value, bigger, :erlang.bsr(budget, 1)) do
      {node, height, size} -> weigh({k, v, smaller, node}, height, size, smaller)
      node -> {k, v, smaller, node}
    end
  end

  defp insert_1(key, value, nil, 0), do: {{key, value, nil, nil}, 1, 1}
  defp insert_1(key, value, nil, _budget), do: {key, value, nil, nil}
  defp insert_1(key, _value, _node, _budget), do: :erlang.error({:key_exists, key})

  defp weigh(node, height, size, sibling) do
    {other_height, other_size} = count(sibling)
    height = 2 * Kernel.max(height, other_height)
    size = size + other_size + 1
    if height > size * size, do: balance_node(node, size), else: {node, height, size}
  end

  defp count({_, _, nil, nil}), do: {1, 1}

  defp count({_, _, smaller, bigger}) do
    {h1, s1} = count(smaller)
    {h2, s2} = count(bigger)
    {2 * Kernel.max(h1, h2), s1 + s2 + 1}
  end

  defp count(nil), do: {1, 0}

  @doc "Puts a value under `key`, new or not."
  @spec enter(term, term, term) :: term
  def enter(key, value, tree) do
    if is_defined(key, tree), do: update(key, value, tree), else: insert(key, value, tree)
  end

  @doc "Rebuilds the tree with the least height."
  @spec balance(term) :: term
  def balance({size, node}), do: {size, balance_node(node, size)}

  defp balance_node(node, size), do: build(to_list_1(node, []), size) |> elem(0)

  @doc "The tree of a sorted list of pairs without duplicate keys."
  @spec from_orddict(list) :: term
  def from_orddict(pairs) do
    size = length(pairs)
    {size, elem(build(pairs, size), 0)}
  end

  # A node of the first [size] pairs, and the rest of them.
  defp build(pairs, 0), do: {nil, pairs}
  defp build([{key, value} | pairs], 1), do: {{key, value, nil, nil}, pairs}

  defp build(pairs, size) do
    size = size - 1
    bigger = :erlang.bsr(size, 1)
    {left, [{key, value} | pairs]} = build(pairs, size - bigger)
    {right, pairs} = build(pairs, bigger)
    {{key, value, left, right}, pairs}
  end

  @doc "Deletes `key` if it is there."
  @spec delete_any(term, term) :: term
  def delete_any(key, tree), do: if(is_defined(key, tree), do: delete(key, tree), else: tree)

  @doc "Deletes `key`, which must be there."
  @spec delete(term, term) :: term
  def delete(key, {size, node}) when is_integer(size) and size >= 0 do
    {size - 1, delete_1(key, node)}
  end

  defp delete_1(key, {k, v, smaller, bigger}) when key < k, do: {k, v, delete_1(key, smaller), bigger}
  defp delete_1(key, {k, v, smaller, bigger}) when key > k, do: {k, v, smaller, delete_1(key, bigger)}
  defp delete_1(_key, {_, _, smaller, bigger}), do: join(smaller, bigger)

  defp join(smaller, nil), do: smaller
  defp join(nil, bigger), do: bigger

  defp join(smaller, bigger) do
    {key, value, bigger} = take_smallest_1(bigger)
    {key, value, smaller, bigger}
  end

  @doc "`{value, tree}` without `key`, or `:error`."
  @spec take_any(term, term) :: {term, term} | :error
  def take_any(key, tree), do: if(is_defined(key, tree), do: take(key, tree), else: :error)

  @doc "`{value, tree}` without `key`, which must be there."
  @spec take(term, term) :: {term, term}
  def take(key, tree), do: {get(key, tree), delete(key, tree)}

  @doc "`{key, value, tree}` without the smallest key."
  @spec take_smallest(term) :: {term, term, term}
  def take_smallest({size, node}) when is_integer(size) and size >= 0 do
    {key, value, node} = take_smallest_1(node)
    {key, value, {size - 1, node}}
  end

  defp take_smallest_1({key, value, nil, bigger}), do: {key, value, bigger}

  defp take_smallest_1({k, v, smaller, bigger}) do
    {key, value, smaller} = take_smallest_1(smaller)
    {key, value, {k, v, smaller, bigger}}
  end

  @doc "`{key, value}` of the smallest key."
  @spec smallest(term) :: {term, term}
  def smallest({_, node}), do: smallest_1(node)

  defp smallest_1({key, value, nil, _}), do: {key, value}
  defp smallest_1({_, _, smaller, _}), do: smallest_1(smaller)

  @doc "`{key, value, tree}` without the largest key."
  @spec take_largest(term) :: {term, term, term}
  def take_largest({size, node}) when is_integer(size) and size >= 0 do
    {key, value, node} = take_largest_1(node)
    {key, value, {size - 1, node}}
  end

  defp take_largest_1({key, value, smaller, nil}), do: {key, value, smaller}

  defp take_largest_1({k, v, smaller, bigger}) do
    {key, value, bigger} = take_largest_1(bigger)
    {key, value, {k, v, smaller, bigger}}
  end

  @doc "`{key, value}` of the largest key."
  @spec largest(term) :: {term, term}
  def largest({_, node}), do: largest_1(node)

  defp largest_1({key, value, _, nil}), do: {key, value}
  defp largest_1({_, _, _, bigger}), do: largest_1(bigger)

  @doc "The pairs in order."
  @spec to_list(term) :: list
  def to_list({_, node}), do: to_list_1(node, [])

  defp to_list_1({key, value, smaller, bigger}, acc) do
    to_list_1(smaller, [{key, value} | to_list_1(bigger, acc)])
  end

  defp to_list_1(nil, acc), do: acc

  @doc "The keys in order."
  @spec keys(term) :: list
  def keys(tree), do: :lists.map(fn {key, _} -> key end, to_list(tree))

  @doc "The values in the order of their keys."
  @spec values(term) :: list
  def values(tree), do: :lists.map(fn {_, value} -> value end, to_list(tree))

  @doc "An iterator for `next/1`."
  @spec iterator(term) :: list
  def iterator({_, node}), do: left_path(node, [])

  defp left_path({_, _, nil, _} = node, path), do: [node | path]
  defp left_path({_, _, smaller, _} = node, path), do: left_path(smaller, [node | path])
  defp left_path(nil, path), do: path

  @doc "An iterator that starts with the first key not smaller than `key`."
  @spec iterator_from(term, term) :: list
  def iterator_from(key, {_, node}), do: from_path(key, node, [])

  defp from_path(key, {k, _, _, bigger}, path) when k < key, do: from_path(key, bigger, path)
  defp from_path(_key, {_, _, nil, _} = node, path), do: [node | path]
  defp from_path(key, {k, _, smaller, _} = node, path) when key < k, do: from_path(key, smaller, [node | path])
  defp from_path(_key, {_, _, _, _} = node, path), do: [node | path]
  defp from_path(_key, nil, path), do: path

  @doc "`{key, value, iterator}`, or `:none` at the end."
  @spec next(list) :: {term, term, list} | :none
  def next([{key, value, _, bigger} | path]), do: {key, value, left_path(bigger, path)}
  def next([]), do: :none

  @doc "Maps the values."
  @spec map((term, term -> term), term) :: term
  def map(fun, {size, node}) when is_function(fun, 2), do: {size, map_1(fun, node)}

  defp map_1(fun, {key, value, smaller, bigger}) do
    {key, fun.(key, value), map_1(fun, smaller), map_1(fun, bigger)}
  end

  defp map_1(_fun, nil), do: nil
end
