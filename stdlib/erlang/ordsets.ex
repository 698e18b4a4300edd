defmodule :ordsets do
  @moduledoc """
  Sets as sorted lists without duplicates (`==`).

      iex> :ordsets.from_list([2, 1, 2])
      [1, 2]
  """

  @doc "An empty set."
  @spec new :: list
  def new, do: []

  @doc "True if the term is a sorted list without duplicates."
  @spec is_set(term) :: boolean
  def is_set([a | [b | _] = t]), do: a < b and is_set(t)
  def is_set([_]), do: true
  def is_set([]), do: true
  def is_set(_), do: false

  @doc "The number of elements."
  @spec size(list) :: non_neg_integer
  def size(set), do: length(set)

  @doc "True for the empty set."
  @spec is_empty(list) :: boolean
  def is_empty(set), do: set == []

  @doc "The elements."
  @spec to_list(list) :: list
  def to_list(set), do: set

  @doc "The set of a list."
  @spec from_list(list) :: list
  def from_list(list), do: :lists.usort(list)

  @doc "True if `element` is in the set."
  @spec is_element(term, list) :: boolean
  def is_element(element, [h | t]) when element > h, do: is_element(element, t)
  def is_element(element, [h | _]), do: element == h
  def is_element(_element, []), do: false

  @doc "Adds an element."
  @spec add_element(term, list) :: list
  def add_element(element, [h | t]) when element > h, do: [h | add_element(element, t)]
  def add_element(element, [h | _] = set) when element < h, do: [element | set]
  def add_element(_element, [_ | _] = set), do: set
  def add_element(element, []), do: [element]

  @doc "Deletes an element."
  @spec del_element(term, list) :: list
  def del_element(element, [h | t]) when element > h, do: [h | del_element(element, t)]
  def del_element(element, [h | _] = set) when element < h, do: set
  def del_element(_element, [_ | t]), do: t
  def del_element(_element, []), do: []

  @doc "The union of two sets."
  @spec union(list, list) :: list
  def union(set1, set2), do: :lists.umerge(set1, set2)

  @doc "The union of many sets."
  @spec union([list]) :: list
  def union(sets), do: :lists.umerge(sets)

  @doc "The elements that both sets have."
  @spec intersection(list, list) :: list
  def intersection([a | as], [b | _] = set2) when a < b, do: intersection(as, set2)
  def intersection([a | _] = set1, [b | bs]) when a > b, do: intersection(set1, bs)
  def intersection([a | as], [_ | bs]), do: [a | intersection(as, bs)]
  def intersection(_, _), do: []

  @doc "The elements that all sets have."
  @spec intersection([list]) :: list
  def intersection([set]), do: set
  def intersection([a, b | rest]), do: intersection([intersection(a, b) | rest])

  @doc "True if the sets have no element in common."
  @spec is_disjoint(list, list) :: boolean
  def is_disjoint([a | as], [b | _] = set2) when a < b, do: is_disjoint(as, set2)
  def is_disjoint([a | _] = set1, [b | bs]) when a > b, do: is_disjoint(set1, bs)
  def is_disjoint([_ | _], [_ | _]), do: false
  def is_disjoint(_, _), do: true

  @doc "The elements of the first set that the second does not have."
  @spec subtract(list, list) :: list
  def subtract([a | as], [b | _] = set2) when a < b, do: [a | subtract(as, set2)]
  def subtract([a | _] = set1, [b | bs]) when a > b, do: subtract(set1, bs)
  def subtract([_ | as], [_ | bs]), do: subtract(as, bs)
  def subtract(set1, _), do: set1

  @doc "True if the second set has all elements of the first."
  @spec is_subset(list, list) :: boolean
  def is_subset([a | _], [b | _]) when a < b, do: false
  def is_subset([a | _] = set1, [b | bs]) when a > b, do: is_subset(set1, bs)
  def is_subset([_ | as], [_ | bs]), do: is_subset(as, bs)
  def is_subset([], _), do: true
  def is_subset([_ | _], []), do: false

  @doc "Folds over the elements."
  @spec fold((term, term -> term), term, list) :: term
  def fold(fun, acc, set), do: :lists.foldl(fun, acc, set)

  @doc "The elements for which `pred` holds."
  @spec filter((term -> boolean), list) :: list
  def filter(pred, set), do: :lists.filter(pred, set)
end
