defmodule :maps do
  @moduledoc """
  Erlang's map functions; the basic ones are natives.

      iex> :maps.map(fn _key, value -> value + 1 end, %{a: 1})
      %{a: 2}
  """

  @doc "Keeps the pairs for which `pred` holds."
  @spec filter((term, term -> boolean), map) :: map
  def filter(pred, map) when is_function(pred, 2) do
    :maps.from_list(filter_1(pred, pairs(map)))
  end

  defp filter_1(pred, [{key, value} = pair | rest]) do
    case pred.(key, value) do
      true -> [pair | filter_1(pred, rest)]
      false -> filter_1(pred, rest)
    end
  end

  defp filter_1(_pred, []), do: []

  @doc "Filters and maps: `fun` returns a boolean or `{true, value}`."
  @spec filtermap((term, term -> boolean | {true, term}), map) :: map
  def filtermap(fun, map) when is_function(fun, 2) do
    :maps.from_list(filtermap_1(fun, pairs(map)))
  end

  defp filtermap_1(fun, [{key, value} = pair | rest]) do
    case fun.(key, value) do
      true -> [pair | filtermap_1(fun, rest)]
      {true, value} -> [{key, value} | filtermap_1(fun, rest)]
      false -> filtermap_1(fun, rest)
    end
  end

  defp filtermap_1(_fun, []), do: []

  @doc "Maps the values."
  @spec map((term, term -> term), map) :: map
  def map(fun, map) when is_function(fun, 2), do: :maps.from_list(map_1(fun, pairs(map)))

  defp map_1(fun, [{key, value} | rest]), do: [{key, fun.(key, value)} | map_1(fun, rest)]
  defp map_1(_fun, []), do: []

  @doc "Folds over the pairs."
  @spec fold((term, term, term -> term), term, map) :: term
  def fold(fun, acc, map) when is_function(fun, 3), do: fold_1(fun, acc, pairs(map))

  defp fold_1(fun, acc, [{key, value} | rest]), do: fold_1(fun, fun.(key, value, acc), rest)
  defp fold_1(_fun, acc, []), do: acc

  @doc "Calls `fun` for each pair."
  @spec foreach((term, term -> term), map) :: :ok
  def foreach(fun, map) when is_function(fun, 2), do: foreach_1(fun, pairs(map))

  defp foreach_1(fun, [{key, value} | rest]) do
    fun.(key, value)
    foreach_1(fun, rest)
  end

  defp foreach_1(_fun, []), do: :ok

  # A map or an iterator, as a list of pairs.
  defp pairs(map) when is_map(map), do: :maps.to_list(map)
  defp pairs([:phial_iterator | pairs]), do: pairs
  defp pairs({key, value, iterator}), do: [{key, value} | pairs(iterator)]
  defp pairs(:none), do: []
  defp pairs(other), do: :erlang.error({:badmap, other})

  @doc "An empty map."
  @spec new :: map
  def new, do: %{}

  @doc "The value of `key`, or `default`."
  @spec get(term, map, term) :: term
  def get(key, map, default) do
    case map do
      %{^key => value} -> value
      %{} -> default
      _ -> :erlang.error({:badmap, map})
    end
  end

  @doc "Replaces the value of a key that is there."
  @spec update(term, term, map) :: map
  def update(key, value, map) do
    case map do
      %{^key => _} -> :maps.put(key, value, map)
      %{} -> :erlang.error({:badkey, key})
      _ -> :erlang.error({:badmap, map})
    end
  end

  @doc "A map with the same value for all keys."
  @spec from_keys([term], term) :: map
  def from_keys(keys, value) when is_list(keys) do
    :maps.from_list(:lists.map(fn key -> {key, value} end, keys))
  end

  @doc "Replaces the value of `key` by what `fun` makes of it."
  @spec update_with(term, (term -> term), map) :: map
  def update_with(key, fun, map) when is_function(fun, 1) do
    case map do
      %{^key => value} -> :maps.put(key, fun.(value), map)
      %{} -> :erlang.error({:badkey, key}, [key, fun, map])
      _ -> :erlang.error({:badmap, map}, [key, fun, map])
    end
  end

  @doc "Replaces the value of `key` by what `fun` makes of it, or puts `init`."
  @spec update_with(term, (term -> term), term, map) :: map
  def update_with(key, fun, init, map) when is_function(fun, 1) do
    case map do
      %{^key => value} -> :maps.put(key, fun.(value), map)
      %{} -> :maps.put(key, init, map)
      _ -> :erlang.error({:badmap, map}, [key, fun, init, map])
    end
  end

  @doc "Keeps the given keys."
  @spec with([term], map) :: map
  def with(keys, map) when is_list(keys) and is_map(map), do: :maps.from_list(with_1(keys, map))
  def with(keys, map) when is_list(keys), do: :erlang.error({:badmap, map}, [keys, map])
  def with(keys, map), do: :erlang.error(:badarg, [keys, map])

  defp with_1([key | keys], map) do
    case map do
      %{^key => value} -> [{key, value} | with_1(keys, map)]
      _ -> with_1(keys, map)
    end
  end

  defp with_1([], _map), do: []

  @doc "Drops the given keys."
  @spec without([term], map) :: map
  def without(keys, map) when is_list(keys) and is_map(map), do: without_1(keys, map)
  def without(keys, map) when is_list(keys), do: :erlang.error({:badmap, map}, [keys, map])
  def without(keys, map), do: :erlang.error(:badarg, [keys, map])

  defp without_1([key | keys], map), do: without_1(keys, :maps.remove(key, map))
  defp without_1([], map), do: map

  @doc "Merges; `fun` joins the values of keys that are in both."
  @spec merge_with((term, term, term -> term), map, map) :: map
  def merge_with(fun, map1, map2)
      when is_function(fun, 3) and is_map(map1) and is_map(map2) do
    # Walks the smaller map.
    if map_size(map1) > map_size(map2) do
      merge_1(fun, :maps.to_list(map2), map1, false)
    else
      merge_1(fun, :maps.to_list(map1), map2, true)
    end
  end

  def merge_with(_fun, map1, map2), do: bad_map(map1, map2)

  defp merge_1(fun, [{key, value} | rest], map, small_first?) do
    case map do
      %{^key => other} when small_first? ->
        merge_1(fun, rest, :maps.put(key, fun.(key, value, other), map), small_first?)

      %{^key => other} ->
        merge_1(fun, rest, :maps.put(key, fun.(key, other, value), map), small_first?)

      _ ->
        merge_1(fun, rest, :maps.put(key, value, map), small_first?)
    end
  end

  defp merge_1(_fun, [], map, _small_first?), do: map

  defp bad_map(map1, map2) do
    cond do
      !is_map(map1) -> :erlang.error({:badmap, map1})
      !is_map(map2) -> :erlang.error({:badmap, map2})
      true -> :erlang.error(:badarg)
    end
  end

  @doc "Keeps the keys both maps have, with the values of the second."
  @spec intersect(map, map) :: map
  def intersect(map1, map2) when is_map(map1) and is_map(map2) do
    if map_size(map1) <= map_size(map2) do
      :maps.with(:maps.keys(map1), map2)
    else
      kept = :lists.filter(fn {key, _} -> is_map_key(map1, key) end, :maps.to_list(map2))
      :maps.from_list(kept)
    end
  end

  def intersect(map1, map2), do: bad_map(map1, map2)

  @doc "Keeps the keys both maps have; `fun` joins the values."
  @spec intersect_with((term, term, term -> term), map, map) :: map
  def intersect_with(fun, map1, map2)
      when is_function(fun, 3) and is_map(map1) and is_map(map2) do
    if map_size(map1) <= map_size(map2) do
      :maps.from_list(join_1(fun, :maps.to_list(map1), map2, true))
    else
      :maps.from_list(join_1(fun, :maps.to_list(map2), map1, false))
    end
  end

  def intersect_with(_fun, map1, map2), do: bad_map(map1, map2)

  defp join_1(fun, [{key, value} | rest], map, first?) do
    case map do
      %{^key => other} when first? -> [{key, fun.(key, value, other)} | join_1(fun, rest, map, first?)]
      %{^key => other} -> [{key, fun.(key, other, value)} | join_1(fun, rest, map, first?)]
      _ -> join_1(fun, rest, map, first?)
    end
  end

  defp join_1(_fun, [], _map, _first?), do: []

  @doc "Groups the elements of a list by what `fun` returns."
  @spec groups_from_list((term -> term), list) :: map
  def groups_from_list(fun, list), do: groups_from_list(fun, fn x -> x end, list)

  @doc "Groups the mapped elements of a list by what `fun` returns."
  @spec groups_from_list((term -> term), (term -> term), list) :: map
  def groups_from_list(fun, value_fun, list)
      when is_function(fun, 1) and is_function(value_fun, 1) and is_list(list) do
    groups_1(fun, value_fun, :lists.reverse(list), %{})
  end

  defp groups_1(fun, value_fun, [h | t], groups) do
    key = fun.(h)
    value = value_fun.(h)

    case groups do
      %{^key => group} -> groups_1(fun, value_fun, t, %{groups | key => [value | group]})
      _ -> groups_1(fun, value_fun, t, :maps.put(key, [value], groups))
    end
  end

  defp groups_1(_fun, _value_fun, [], groups), do: groups

  @doc "An iterator for `next/1`."
  @spec iterator(map) :: term
  def iterator(map) when is_map(map), do: [:phial_iterator | :maps.to_list(map)]
  def iterator(other), do: :erlang.error({:badmap, other})

  @doc "`{key, value, iterator}`, or `:none` at the end."
  @spec next(term) :: {term, term, term} | :none
  def next([:phial_iterator, {key, value} | rest]), do: {key, value, [:phial_iterator | rest]}
  def next([:phial_iterator]), do: :none
  def next({_, _, _} = result), do: result
  def next(:none), do: :none
end
