defmodule :gb_sets do
  @moduledoc """
  Ordered sets as general balanced trees: `{size, node}`, where a node is `{element, smaller, bigger}` or `nil`. See
  `:gb_trees` for the balancing. Elements compare with `==`.

      iex> :gb_sets.to_list(:gb_sets.from_list([2, 1]))
      [1, 2]
  """

  @doc "An empty set."
  @spec empty :: term
  def empty, do: {0, nil}

  @doc "An empty set."
  @spec new :: term
  def new, do: {0, nil}

  @doc "True for the empty set."
  @spec is_empty(term) :: boolean
  def is_empty({0, nil}), do: true
  def is_empty(_set), do: false

  @doc "The number of elements."
  @spec size(term) :: non_neg_integer
  def size({size, _}), do: size

  @doc "A set of one element."
  @spec singleton(term) :: term
  def singleton(element), do: {1, {element, nil, nil}}

  @doc "True for something of a set's shape."
  @spec is_set(term) :: boolean
  def is_set({0, nil}), do: true
  def is_set({n, {_, _, _}}) when is_integer(n) and n >= 0, do: true
  def is_set(_), do: false

  @doc "True if `element` is in the set."
  @spec is_member(term, term) :: boolean
  def is_member(element, {_, node}), do: member_1(element, node)

  @doc "True if `element` is in the set."
  @spec is_element(term, term) :: boolean
  def is_element(element, set), do: is_member(element, set)

  defp member_1(x, {y, smaller, _}) when x < y, do: member_1(x, smaller)
  defp member_1(x, {y, _, bigger}) when x > y, do: member_1(x, bigger)
  defp member_1(_x, {_, _, _}), do: true
  defp member_1(_x, nil), do: false

  @doc "Adds an element, which must not be there."
  @spec insert(term, term) :: term
  def insert(element, {size, node}) do
    size = size + 1
    {size, insert_1(element, node, size * size)}
  end

  # As in :gb_trees. An answer with a height is {:deep, node, 2^height, size}, because nodes are three-tuples here.
  defp insert_1(x, {y, smaller, bigger}, budget) when x < y do
    case insert_1(x, smaller, :erlang.bsr(budget, 1)) do
      {:deep, node, height, size} -> weigh({y, node, bigger}, height, size, bigger)
      node -> {y, node, bigger}
    end
  end

  defp insert_1(x, {y, smaller, bigger}, budget) when x > y do
    case insert_1(x, bigger, :erlang.bsr(budget, 1)) do
      {:deep, node, height, size} -> weigh({y, smaller, node}, height, size, smaller)
      node -> {y, smaller, node}
    end
  end

  defp insert_1(x, nil, 0), do: {:deep, {x, nil, nil}, 1, 1}
  defp insert_1(x, nil, _budget), do: {x, nil, nil}
  defp insert_1(x, _node, _budget), do: :erlang.error({:key_exists, x})

  defp weigh(node, height, size, sibling) do
    {other_height, other_size} = count(sibling)
    height = 2 * Kernel.max(height, other_height)
    size = size + other_size + 1
    if height > size * size, do: balance_node(node, size), else: {:deep, node, height, size}
  end

  defp count({_, nil, nil}), do: {1, 1}

  defp count({_, smaller, bigger}) do
    {h1, s1} = count(smaller)
    {h2, s2} = count(bigger)
    {2 * Kernel.max(h1, h2), s1 + s2 + 1}
  end

  defp count(nil), do: {1, 0}

  @doc "Adds an element."
  @spec add(term, term) :: term
  def add(element, set), do: if(is_member(element, set), do: set, else: insert(element, set))

  @doc "Adds an element."
  @spec add_element(term, term) :: term
  def add_element(element, set), do: add(element, set)

  @doc "Rebuilds the set with the least height."
  @spec balance(term) :: term
  def balance({size, node}), do: {size, balance_node(node, size)}

  defp balance_node(node, size), do: elem(build(to_list_1(node, []), size), 0)

  defp build(list, 0), do: {nil, list}
  defp build([x | list], 1), do: {{x, nil, nil}, list}

  defp build(list, size) do
    size = size - 1
    bigger = :erlang.bsr(size, 1)
    {left, [x | list]} = build(list, size - bigger)
    {right, list} = build(list, bigger)
    {{x, left, right}, list}
  end

  @doc "The set of a list."
  @spec from_list(list) :: term
  def from_list(list), do: from_ordset(:ordsets.from_list(list))

  @doc "The set of a sorted list without duplicates."
  @spec from_ordset(list) :: term
  def from_ordset(list) do
    size = length(list)
    {size, elem(build(list, size), 0)}
  end

  @doc "Deletes an element if it is there."
  @spec delete_any(term, term) :: term
  def delete_any(element, set), do: if(is_member(element, set), do: delete(element, set), else: set)

  @doc "Deletes an element if it is there."
  @spec del_element(term, term) :: term
  def del_element(element, set), do: delete_any(element, set)

  @doc "Deletes an element, which must be there."
  @spec delete(term, term) :: term
  def delete(element, {size, node}), do: {size - 1, delete_1(element, node)}

  defp delete_1(x, {y, smaller, bigger}) when x < y, do: {y, delete_1(x, smaller), bigger}
  defp delete_1(x, {y, smaller, bigger}) when x > y, do: {y, smaller, delete_1(x, bigger)}
  defp delete_1(_x, {_, smaller, nil}), do: smaller
  defp delete_1(_x, {_, nil, bigger}), do: bigger

  defp delete_1(_x, {_, smaller, bigger}) do
    {y, bigger} = take_smallest_1(bigger)
    {y, smaller, bigger}
  end

  @doc "`{element, set}` without the smallest element."
  @spec take_smallest(term) :: {term, term}
  def take_smallest({size, node}) do
    {x, node} = take_smallest_1(node)
    {x, {size - 1, node}}
  end

  defp take_smallest_1({x, nil, bigger}), do: {x, bigger}

  defp take_smallest_1({y, smaller, bigger}) do
    {x, smaller} = take_smallest_1(smaller)
    {x, {y, smaller, bigger}}
  end

  @doc "The smallest element."
  @spec smallest(term) :: term
  def smallest({_, node}), do: smallest_1(node)

  defp smallest_1({x, nil, _}), do: x
  defp smallest_1({_, smaller, _}), do: smallest_1(smaller)

  @doc "`{element, set}` without the largest element."
  @spec take_largest(term) :: {term, term}
  def take_largest({size, node}) do
    {x, node} = take_largest_1(node)
    {x, {size - 1, node}}
  end

  defp take_largest_1({x, smaller, nil}), do: {x, smaller}

  defp take_largest_1({y, smaller, bigger}) do
    {x, bigger} = take_largest_1(bigger)
    {x, {y, smaller, bigger}}
  end

  @doc "The largest element."
  @spec largest(term) :: term
  def largest({_, node}), do: largest_1(node)

  defp largest_1({x, _, nil}), do: x
  defp largest_1({_, _, bigger}), do: largest_1(bigger)

  @doc "The elements in order."
  @spec to_list(term) :: list
  def to_list({_, node}), do: to_list_1(node, [])

  defp to_list_1({x, smaller, bigger}, acc), do: to_list_1(smaller, [x | to_list_1(bigger, acc)])
  defp to_list_1(nil, acc), do: acc

  @doc "An iterator for `next/1`."
  @spec iterator(term) :: list
  def iterator({_, node}), do: left_path(node, [])

  defp left_path({_, nil, _} = node, path), do: [node | path]
  defp left_path({_, smaller, _} = node, path), do: left_path(smaller, [node | path])
  defp left_path(nil, path), do: path

  @doc "An iterator that starts with the first element not smaller than `element`."
  @spec iterator_from(term, term) :: list
  def iterator_from(element, {_, node}), do: from_path(element, node, [])

  defp from_path(x, {y, _, bigger}, path) when y < x, do: from_path(x, bigger, path)
  defp from_path(_x, {_, nil, _} = node, path), do: [node | path]
  defp from_path(x, {y, smaller, _} = node, path) when x < y, do: from_path(x, smaller, [node | path])
  defp from_path(_x, {_, _, _} = node, path), do: [node | path]
  defp from_path(_x, nil, path), do: path

  @doc "`{element, iterator}`, or `:none` at the end."
  @spec next(list) :: {term, list} | :none
  def next([{x, _, bigger} | path]), do: {x, left_path(bigger, path)}
  def next([]), do: :none

  @doc "The union of two sets."
  @spec union(term, term) :: term
  def union(set1, set2), do: from_ordset(:ordsets.union(to_list(set1), to_list(set2)))

  @doc "The union of many sets."
  @spec union([term]) :: term
  def union(sets), do: from_ordset(:ordsets.union(:lists.map(&to_list/1, sets)))

  @doc "The elements that both sets have."
  @spec intersection(term, term) :: term
  def intersection(set1, set2) do
    from_ordset(:ordsets.intersection(to_list(set1), to_list(set2)))
  end

  @doc "The elements that all sets have."
  @spec intersection([term]) :: term
  def intersection([set]), do: set
  def intersection([a, b | rest]), do: intersection([intersection(a, b) | rest])

  @doc "True if the sets have no element in common."
  @spec is_disjoint(term, term) :: boolean
  def is_disjoint(set1, set2), do: :ordsets.is_disjoint(to_list(set1), to_list(set2))

  @doc "The elements of the first set that the second does not have."
  @spec subtract(term, term) :: term
  def subtract(set1, set2), do: from_ordset(:ordsets.subtract(to_list(set1), to_list(set2)))

  @doc "The elements of the first set that the second does not have."
  @spec difference(term, term) :: term
  def difference(set1, set2), do: subtract(set1, set2)

  @doc "True if the second set has all elements of the first."
  @spec is_subset(term, term) :: boolean
  def is_subset(set1, set2), do: :ordsets.is_subset(to_list(set1), to_list(set2))

  @doc "Folds over the elements in order."
  @spec fold((term, term -> term), term, term) :: term
  def fold(fun, acc, set) when is_function(fun, 2), do: :lists.foldl(fun, acc, to_list(set))

  @doc "The elements for which `pred` holds."
  @spec filter((term -> boolean), term) :: term
  def filter(pred, set) when is_function(pred, 1) do
    from_ordset(:lists.filter(pred, to_list(set)))
  end
end
