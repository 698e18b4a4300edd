defmodule MapSet do
  @moduledoc """
  Sets of terms, kept as the keys of a map.

      iex> MapSet.new([1, 2, 1]) |> MapSet.size()
      2
  """

  @type value :: term
  @type internal(value) :: %{optional(value) => []}
  @type t(value) :: %__MODULE__{map: internal(value)}
  @type t :: t(term)

  defstruct map: %{}

  @doc """
  Returns an empty set.

      iex> MapSet.new()
      MapSet.new([])
  """
  @spec new :: t
  def new, do: %{__struct__: MapSet, map: %{}}

  @doc """
  Builds a set of the elements of `enumerable`.

      iex> MapSet.new([:b, :a])
      MapSet.new([:a, :b])
  """
  @spec new(Enumerable.t()) :: t
  def new(%{__struct__: MapSet} = set), do: set
  def new(enumerable), do: wrap(:maps.from_keys(Enum.to_list(enumerable), []))

  @doc """
  Builds a set of what `transform` returns.

      iex> MapSet.new([1, 2], fn x -> x * 2 end)
      MapSet.new([2, 4])
  """
  @spec new(Enumerable.t(), (term -> val)) :: t(val) when val: value
  def new(enumerable, transform) when is_function(transform, 1) do
    wrap(:maps.from_keys(Enum.map(enumerable, transform), []))
  end

  defp wrap(map), do: %{__struct__: MapSet, map: map}

  @doc """
  Deletes `value`.

      iex> MapSet.delete(MapSet.new([1, 2]), 1)
      MapSet.new([2])
  """
  @spec delete(t(val1), val2) :: t(val1) when val1: value, val2: value
  def delete(%MapSet{map: map} = set, value), do: %{set | map: :maps.remove(value, map)}

  @doc """
  Returns the elements of `set1` that are not in `set2`.

      iex> MapSet.difference(MapSet.new([1, 2]), MapSet.new([2]))
      MapSet.new([1])
  """
  @spec difference(t(val1), t(val2)) :: t(val1) when val1: value, val2: value
  def difference(%MapSet{map: map1} = set1, %MapSet{map: map2}) do
    if map_size(map1) < map_size(map2) * 2 do
      kept = Enum.reject(:maps.keys(map1), fn x -> is_map_key(map2, x) end)
      %{set1 | map: :maps.from_keys(kept, [])}
    else
      %{set1 | map: :maps.without(:maps.keys(map2), map1)}
    end
  end

  @doc """
  Returns the elements that are in exactly one of the sets.

      iex> MapSet.symmetric_difference(MapSet.new([1, 2]), MapSet.new([2, 3]))
      MapSet.new([1, 3])
  """
  @spec symmetric_difference(t(val1), t(val2)) :: t(val1 | val2) when val1: value, val2: value
  def symmetric_difference(%MapSet{} = set1, %MapSet{} = set2) do
    union(difference(set1, set2), difference(set2, set1))
  end

  @doc """
  Tells whether the sets have no element in common.

      iex> MapSet.disjoint?(MapSet.new([1]), MapSet.new([2]))
      true
  """
  @spec disjoint?(t, t) :: boolean
  def disjoint?(%MapSet{map: map1}, %MapSet{map: map2}) do
    {small, large} = if map_size(map1) > map_size(map2), do: {map2, map1}, else: {map1, map2}
    not Enum.any?(:maps.keys(small), fn x -> is_map_key(large, x) end)
  end

  @doc """
  Tells whether the sets have the same elements.

      iex> MapSet.equal?(MapSet.new([1]), MapSet.new([1]))
      true
  """
  @spec equal?(t, t) :: boolean
  def equal?(%MapSet{map: map1}, %MapSet{map: map2}), do: map1 === map2

  @doc """
  Returns the elements that are in both sets.

      iex> MapSet.intersection(MapSet.new([1, 2]), MapSet.new([2, 3]))
      MapSet.new([2])
  """
  @spec intersection(t(val), t(val)) :: t(val) when val: value
  def intersection(%MapSet{map: map1} = set1, %MapSet{map: map2}) do
    {small, large} = if map_size(map1) > map_size(map2), do: {map2, map1}, else: {map1, map2}
    kept = Enum.filter(:maps.keys(small), fn x -> is_map_key(large, x) end)
    %{set1 | map: :maps.from_keys(kept, [])}
  end

  @doc """
  Tells whether `value` is in the set.

      iex> MapSet.member?(MapSet.new([1]), 1)
      true
  """
  @spec member?(t, value) :: boolean
  def member?(%MapSet{map: map}, value), do: is_map_key(map, value)

  @doc """
  Adds `value`.

      iex> MapSet.put(MapSet.new([1]), 2)
      MapSet.new([1, 2])
  """
  @spec put(t(val), new_val) :: t(val | new_val) when val: value, new_val: value
  def put(%MapSet{map: map} = set, value), do: %{set | map: :maps.put(value, [], map)}

  @doc """
  Returns the number of elements.

      iex> MapSet.size(MapSet.new([1, 2]))
      2
  """
  @spec size(t) :: non_neg_integer
  def size(%MapSet{map: map}), do: map_size(map)

  @doc """
  Tells whether all elements of `set1` are in `set2`.

      iex> MapSet.subset?(MapSet.new([1]), MapSet.new([1, 2]))
      true
  """
  @spec subset?(t, t) :: boolean
  def subset?(%MapSet{map: map1}, %MapSet{map: map2}) do
    map_size(map1) <= map_size(map2) and
      Enum.all?(:maps.keys(map1), fn x -> is_map_key(map2, x) end)
  end

  @doc """
  Returns the elements as a list.

      iex> MapSet.to_list(MapSet.new([1, 2]))
      [1, 2]
  """
  @spec to_list(t(val)) :: [val] when val: value
  def to_list(%MapSet{map: map}), do: :maps.keys(map)

  @doc """
  Returns the elements that are in either set.

      iex> MapSet.union(MapSet.new([1]), MapSet.new([2]))
      MapSet.new([1, 2])
  """
  @spec union(t(val1), t(val2)) :: t(val1 | val2) when val1: value, val2: value
  def union(%MapSet{map: map1} = set1, %MapSet{map: map2}) do
    %{set1 | map: :maps.merge(map1, map2)}
  end

  @doc """
  Keeps the elements for which `fun` is truthy.

      iex> MapSet.filter(MapSet.new([1, 2]), fn x -> x > 1 end)
      MapSet.new([2])
  """
  @spec filter(t(a), (a -> as_boolean(term))) :: t(a) when a: value
  def filter(%MapSet{map: map} = set, fun) when is_function(fun) do
    %{set | map: :maps.from_keys(Enum.filter(:maps.keys(map), fun), [])}
  end

  @doc """
  Drops the elements for which `fun` is truthy.

      iex> MapSet.reject(MapSet.new([1, 2]), fn x -> x > 1 end)
      MapSet.new([1])
  """
  @spec reject(t(a), (a -> as_boolean(term))) :: t(a) when a: value
  def reject(%MapSet{map: map} = set, fun) when is_function(fun) do
    %{set | map: :maps.from_keys(Enum.reject(:maps.keys(map), fun), [])}
  end

  @doc """
  Splits into the elements for which `fun` is truthy and the others.

      iex> MapSet.split_with(MapSet.new([1, 2]), fn x -> x > 1 end)
      {MapSet.new([2]), MapSet.new([1])}
  """
  @spec split_with(t, (term -> as_boolean(term))) :: {t, t}
  def split_with(%MapSet{map: map}, fun) when is_function(fun, 1) do
    {yes, no} = Enum.split_with(:maps.keys(map), fun)
    {wrap(:maps.from_keys(yes, [])), wrap(:maps.from_keys(no, []))}
  end
end

defimpl Enumerable, for: MapSet do
  def count(set), do: {:ok, MapSet.size(set)}
  def member?(set, value), do: {:ok, MapSet.member?(set, value)}
  def reduce(set, acc, fun), do: Enumerable.List.reduce(MapSet.to_list(set), acc, fun)
  def slice(set), do: {:ok, MapSet.size(set), &MapSet.to_list/1}
end

defimpl Collectable, for: MapSet do
  def into(%{__struct__: MapSet, map: map} = set) do
    {map,
     fn
       acc, {:cont, value} -> :maps.put(value, [], acc)
       acc, :done -> %{set | map: acc}
       _acc, :halt -> :ok
     end}
  end
end
