defmodule :sets do
  @moduledoc """
  Sets of terms. Version 2 is a map with `[]` as values; version 1 wraps the same map in a tuple, so that both kinds can be
  told apart.

      iex> :sets.size(:sets.from_list([1, 2, 1]))
      2
  """

  @doc "An empty set."
  @spec new :: term
  def new, do: {:set, %{}}

  @doc "An empty set of the version given as `version: 1 | 2`."
  @spec new(version: 1 | 2) :: term
  def new(version: 2), do: %{}
  def new(opts), do: if(:proplists.get_value(:version, opts, 1) == 2, do: %{}, else: new())

  @doc "The set of a list."
  @spec from_list(list) :: term
  def from_list(list), do: {:set, :maps.from_keys(list, [])}

  @doc "The set of a list, in the version given."
  @spec from_list(list, version: 1 | 2) :: term
  def from_list(list, version: 2), do: :maps.from_keys(list, [])

  def from_list(list, opts) do
    if :proplists.get_value(:version, opts, 1) == 2, do: :maps.from_keys(list, []), else: from_list(list)
  end

  # The result has the version of the set it comes from.
  defp map({:set, map}), do: map
  defp map(map) when is_map(map), do: map

  defp like({:set, _}, map), do: {:set, map}
  defp like(_, map), do: map

  @doc "True for a set."
  @spec is_set(term) :: boolean
  def is_set({:set, map}), do: is_map(map)
  def is_set(map) when is_map(map), do: :lists.all(fn value -> value === [] end, :maps.values(map))
  def is_set(_), do: false

  @doc "The number of elements."
  @spec size(term) :: non_neg_integer
  def size(set), do: map_size(map(set))

  @doc "True for the empty set."
  @spec is_empty(term) :: boolean
  def is_empty(set), do: map_size(map(set)) == 0

  @doc "The elements, in no particular order."
  @spec to_list(term) :: list
  def to_list(set), do: :maps.keys(map(set))

  @doc "True if `element` is in the set."
  @spec is_element(term, term) :: boolean
  def is_element(element, set), do: is_map_key(map(set), element)

  @doc "Adds an element."
  @spec add_element(term, term) :: term
  def add_element(element, set), do: like(set, :maps.put(element, [], map(set)))

  @doc "Deletes an element."
  @spec del_element(term, term) :: term
  def del_element(element, set), do: like(set, :maps.remove(element, map(set)))

  @doc "The union of two sets."
  @spec union(term, term) :: term
  def union(set1, set2), do: like(set1, :maps.merge(map(set1), map(set2)))

  @doc "The union of many sets."
  @spec union([term]) :: term
  def union([]), do: new()
  def union([set]), do: set
  def union([a, b | rest]), do: union([union(a, b) | rest])

  @doc "The elements that both sets have."
  @spec intersection(term, term) :: term
  def intersection(set1, set2), do: like(set1, :maps.intersect(map(set1), map(set2)))

  @doc "The elements that all sets have."
  @spec intersection([term]) :: term
  def intersection([set]), do: set
  def intersection([a, b | rest]), do: intersection([intersection(a, b) | rest])

  @doc "True if the sets have no element in common."
  @spec is_disjoint(term, term) :: boolean
  def is_disjoint(set1, set2) do
    {small, large} = by_size(map(set1), map(set2))
    not :lists.any(fn x -> is_map_key(large, x) end, :maps.keys(small))
  end

  defp by_size(a, b), do: if(map_size(a) <= map_size(b), do: {a, b}, else: {b, a})

  @doc "The elements of the first set that the second does not have."
  @spec subtract(term, term) :: term
  def subtract(set1, set2), do: like(set1, :maps.without(:maps.keys(map(set2)), map(set1)))

  @doc "True if the second set has all elements of the first."
  @spec is_subset(term, term) :: boolean
  def is_subset(set1, set2) do
    large = map(set2)
    :lists.all(fn x -> is_map_key(large, x) end, to_list(set1))
  end

  @doc "Folds over the elements, in no particular order."
  @spec fold((term, term -> term), term, term) :: term
  def fold(fun, acc, set), do: :lists.foldl(fun, acc, to_list(set))

  @doc "The elements for which `pred` holds."
  @spec filter((term -> boolean), term) :: term
  def filter(pred, set), do: like(set, :maps.from_keys(:lists.filter(pred, to_list(set)), []))
end
