defmodule Map do
  @moduledoc """
  Functions on maps, the key-value store with keys of any kind, compared by `===`.

  A map iterates in the term order of its keys while it has at most 32 of them; larger ones in no particular order.
  """

  @type key :: any
  @type value :: any

  @doc """
  Builds a map with the same value for all keys.

      iex> Map.from_keys([:a, :b], 0)
      %{a: 0, b: 0}
  """
  @spec from_keys([key], value) :: map
  def from_keys(keys, value), do: :maps.from_keys(keys, value)

  @doc """
  Returns the keys.

      iex> Map.keys(%{a: 1, b: 2})
      [:a, :b]
  """
  @spec keys(map) :: [key]
  def keys(map), do: :maps.keys(map)

  @doc """
  Returns the values.

      iex> Map.values(%{a: 1, b: 2})
      [1, 2]
  """
  @spec values(map) :: [value]
  def values(map), do: :maps.values(map)

  @doc """
  Returns the pairs.

      iex> Map.to_list(%{a: 1})
      [a: 1]
  """
  @spec to_list(map) :: [{term, term}]
  def to_list(map), do: :maps.to_list(map)

  @doc """
  Returns an empty map.

      iex> Map.new()
      %{}
  """
  @spec new :: map
  def new, do: %{}

  @doc """
  Builds a map of pairs; of duplicate keys the last one stays.

      iex> Map.new([{:b, 1}, {:a, 2}, {:b, 3}])
      %{a: 2, b: 3}
  """
  @spec new(Enumerable.t()) :: map
  def new(enumerable)
  def new(list) when is_list(list), do: :maps.from_list(list)
  def new(%_{} = enumerable), do: :maps.from_list(Enum.to_list(enumerable))
  def new(%{} = map), do: map
  def new(enumerable), do: :maps.from_list(Enum.to_list(enumerable))

  @doc """
  Builds a map of the pairs that `transform` returns.

      iex> Map.new([1, 2], fn x -> {x, x * x} end)
      %{1 => 1, 2 => 4}
  """
  @spec new(Enumerable.t(), (term -> {key, value})) :: map
  def new(enumerable, transform) when is_function(transform, 1) do
    :maps.from_list(Enum.map(enumerable, transform))
  end

  @doc """
  Tells whether `key` is there.

      iex> Map.has_key?(%{a: 1}, :a)
      true
  """
  @spec has_key?(map, key) :: boolean
  def has_key?(map, key), do: :maps.is_key(key, map)

  @doc """
  Returns `{:ok, value}` or `:error`.

      iex> Map.fetch(%{a: 1}, :a)
      {:ok, 1}
  """
  @spec fetch(map, key) :: {:ok, value} | :error
  def fetch(map, key)

  def fetch(map, key) do
    case map do
      %{^key => value} -> {:ok, value}
      %{} -> :error
      _ -> bad_map(map)
    end
  end

  @doc """
  Returns the value of `key` or raises `KeyError`.

      iex> Map.fetch!(%{a: 1}, :a)
      1
  """
  @spec fetch!(map, key) :: value
  def fetch!(map, key) do
    case map do
      %{^key => value} -> value
      %{} -> missing(map, key)
      _ -> bad_map(map)
    end
  end

  @doc """
  Puts `value` under `key` unless it is there.

      iex> Map.put_new(%{a: 1}, :a, 2)
      %{a: 1}
  """
  @spec put_new(map, key, value) :: map
  def put_new(map, key, value) do
    case map do
      %{^key => _} -> map
      %{} -> :maps.put(key, value, map)
      _ -> bad_map(map)
    end
  end

  @doc """
  Replaces the value of `key` if it is there.

      iex> Map.replace(%{a: 1}, :b, 2)
      %{a: 1}
  """
  @spec replace(map, key, value) :: map
  def replace(map, key, value) do
    case map do
      %{^key => _} -> %{map | key => value}
      %{} -> map
      _ -> bad_map(map)
    end
  end

  @doc """
  Replaces the value of `key` or raises `KeyError`.

      iex> Map.replace!(%{a: 1}, :a, 2)
      %{a: 2}
  """
  @spec replace!(map, key, value) :: map
  def replace!(map, key, value) do
    case map do
      %{^key => _} -> %{map | key => value}
      %{} -> missing(map, key)
      _ -> bad_map(map)
    end
  end

  @doc """
  Replaces the value of `key` by what `fun` makes of it, if it is there.

      iex> Map.replace_lazy(%{a: 1}, :a, fn v -> v + 1 end)
      %{a: 2}
  """
  @spec replace_lazy(map, key, (existing_value :: value -> new_value :: value)) :: map
  def replace_lazy(map, key, fun) when is_map(map) and is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      _ -> map
    end
  end

  @doc """
  Puts what `fun` returns under `key` unless it is there.

      iex> Map.put_new_lazy(%{a: 1}, :b, fn -> 2 end)
      %{a: 1, b: 2}
  """
  @spec put_new_lazy(map, key, (-> value)) :: map
  def put_new_lazy(map, key, fun) when is_function(fun, 0) do
    case map do
      %{^key => _} -> map
      %{} -> :maps.put(key, fun.(), map)
      _ -> bad_map(map)
    end
  end

  @doc """
  Keeps only the given keys.

      iex> Map.take(%{a: 1, b: 2}, [:a, :c])
      %{a: 1}
  """
  @spec take(map, [key]) :: map
  def take(map, keys) when is_map(map) and is_list(keys), do: :maps.with(keys, map)
  def take(map, keys) when is_map(map), do: :maps.with(Enum.to_list(keys), map)
  def take(non_map, _keys), do: bad_map(non_map)

  @doc """
  Returns the value of `key`, or `default`.

      iex> Map.get(%{a: 1}, :b, 0)
      0
  """
  @spec get(map, key, value) :: value
  def get(map, key, default \\ nil) do
    case map do
      %{^key => value} -> value
      %{} -> default
      _ -> bad_map(map)
    end
  end

  @doc """
  Returns the value of `key`, or what `fun` returns.

      iex> Map.get_lazy(%{a: 1}, :b, fn -> 2 end)
      2
  """
  @spec get_lazy(map, key, (-> value)) :: value
  def get_lazy(map, key, fun) when is_function(fun, 0) do
    case map do
      %{^key => value} -> value
      %{} -> fun.()
      _ -> bad_map(map)
    end
  end

  @doc """
  Puts `value` under `key`.

      iex> Map.put(%{a: 1}, :a, 2)
      %{a: 2}
  """
  @spec put(map, key, value) :: map
  def put(map, key, value), do: :maps.put(key, value, map)

  @doc """
  Deletes `key`.

      iex> Map.delete(%{a: 1, b: 2}, :a)
      %{b: 2}
  """
  @spec delete(map, key) :: map
  def delete(map, key), do: :maps.remove(key, map)

  @doc """
  Merges; the right side wins.

      iex> Map.merge(%{a: 1, b: 2}, %{a: 3})
      %{a: 3, b: 2}
  """
  @spec merge(map, map) :: map
  def merge(map1, map2), do: :maps.merge(map1, map2)

  @doc """
  Merges; `fun` joins the values of keys that are in both.

      iex> Map.merge(%{a: 1}, %{a: 3}, fn _key, v1, v2 -> v1 + v2 end)
      %{a: 4}
  """
  @spec merge(map, map, (key, value, value -> value)) :: map
  def merge(map1, map2, fun) when is_function(fun, 3) do
    if is_map(map1), do: :maps.merge_with(fun, map1, map2), else: bad_map(map1)
  end

  @doc """
  Returns the value of `key` after `fun`, or puts `default` as it is.

      iex> Map.update(%{a: 1}, :a, 0, fn v -> v * 2 end)
      %{a: 2}
  """
  @spec update(map, key, default :: value, (existing_value :: value -> new_value :: value)) :: map
  def update(map, key, default, fun) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> :maps.put(key, default, map)
      _ -> bad_map(map)
    end
  end

  @doc """
  Returns the value of `key` (or `default`) and the map without it.

      iex> Map.pop(%{a: 1}, :a)
      {1, %{}}
  """
  @spec pop(map, key, default) :: {value, updated_map :: map} | {default, map} when default: value
  def pop(map, key, default \\ nil) do
    case :maps.take(key, map) do
      {_value, _map} = result -> result
      :error -> {default, map}
    end
  end

  @doc """
  Like `pop/3`, but raises `KeyError` when `key` is missing.

      iex> Map.pop!(%{a: 1}, :a)
      {1, %{}}
  """
  @spec pop!(map, key) :: {value, updated_map :: map}
  def pop!(map, key) do
    case :maps.take(key, map) do
      {_value, _map} = result -> result
      :error -> missing(map, key)
    end
  end

  @doc """
  Like `pop/3`, with the default made by `fun`.

      iex> Map.pop_lazy(%{}, :a, fn -> 1 end)
      {1, %{}}
  """
  @spec pop_lazy(map, key, (-> value)) :: {value, map}
  def pop_lazy(map, key, fun) when is_function(fun, 0) do
    case :maps.take(key, map) do
      {_value, _map} = result -> result
      :error -> {fun.(), map}
    end
  end

  @doc """
  Drops the given keys.

      iex> Map.drop(%{a: 1, b: 2}, [:a])
      %{b: 2}
  """
  @spec drop(map, [key]) :: map
  def drop(map, keys) when is_map(map) and is_list(keys), do: :maps.without(keys, map)
  def drop(map, keys) when is_map(map), do: :maps.without(Enum.to_list(keys), map)
  def drop(non_map, _keys), do: bad_map(non_map)

  @doc """
  Splits into the given keys and the others.

      iex> Map.split(%{a: 1, b: 2}, [:a])
      {%{a: 1}, %{b: 2}}
  """
  @spec split(map, [key]) :: {map, map}
  def split(map, keys) when is_map(map) and is_list(keys), do: split_keys(keys, [], map)
  def split(map, keys) when is_map(map), do: split_keys(Enum.to_list(keys), [], map)
  def split(non_map, _keys), do: bad_map(non_map)

  defp split_keys([], taken, rest), do: {:maps.from_list(taken), rest}

  defp split_keys([key | keys], taken, rest) do
    case :maps.take(key, rest) do
      {value, rest} -> split_keys(keys, [{key, value} | taken], rest)
      :error -> split_keys(keys, taken, rest)
    end
  end

  @doc """
  Splits into the pairs for which `fun` is truthy and the others.

      iex> Map.split_with(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      {%{b: 2}, %{a: 1}}
  """
  @spec split_with(map, ({key, value} -> as_boolean(term))) :: {map, map}
  def split_with(map, fun) when is_map(map) and is_function(fun, 1) do
    {yes, no} = Enum.split_with(:maps.to_list(map), fun)
    {:maps.from_list(yes), :maps.from_list(no)}
  end

  @doc """
  Replaces the value of `key` by what `fun` makes of it, or raises `KeyError`.

      iex> Map.update!(%{a: 1}, :a, fn v -> v * 2 end)
      %{a: 2}
  """
  @spec update!(map, key, (existing_value :: value -> new_value :: value)) :: map
  def update!(map, key, fun) when is_function(fun, 1) do
    case map do
      %{^key => value} -> %{map | key => fun.(value)}
      %{} -> missing(map, key)
      _ -> bad_map(map)
    end
  end

  @doc """
  Gets the value of `key` and sets it to something new, in one go. `fun` returns `{get, new}` or `:pop`.

      iex> Map.get_and_update(%{a: 1}, :a, fn v -> {v, v + 1} end)
      {1, %{a: 2}}
  """
  @spec get_and_update(map, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
          {current_value, new_map :: map}
        when current_value: value
  def get_and_update(map, key, fun) when is_function(fun, 1) do
    current = get(map, key)

    case fun.(current) do
      {get, value} -> {get, :maps.put(key, value, map)}
      :pop -> {current, :maps.remove(key, map)}
      other -> bad_update(other)
    end
  end

  @doc """
  Like `get_and_update/3`, but raises `KeyError` when `key` is missing.

      iex> Map.get_and_update!(%{a: 1}, :a, fn v -> {v, v + 1} end)
      {1, %{a: 2}}
  """
  @spec get_and_update!(map, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
          {current_value, map}
        when current_value: value
  def get_and_update!(map, key, fun) when is_function(fun, 1) do
    value = fetch!(map, key)

    case fun.(value) do
      {get, new} -> {get, %{map | key => new}}
      :pop -> {value, :maps.remove(key, map)}
      other -> bad_update(other)
    end
  end

  @spec bad_update(term) :: no_return
  defp bad_update(other) do
    raise "the given function must return a two-element tuple or :pop, got: #{inspect(other)}"
  end

  @doc """
  Converts a struct to a map without `:__struct__`; an atom gives the default struct's fields.

      iex> Map.from_struct(1..2)
      %{first: 1, last: 2, step: 1}
  """
  @spec from_struct(atom | struct) :: map
  def from_struct(struct) when is_atom(struct) do
    :maps.remove(:__struct__, struct.__struct__())
  end

  def from_struct(%_{} = struct), do: :maps.remove(:__struct__, struct)

  @doc """
  Tells whether two maps are equal (`===`).

      iex> Map.equal?(%{a: 1}, %{a: 1.0})
      false
  """
  @spec equal?(map, map) :: boolean
  def equal?(%{} = map1, %{} = map2), do: map1 === map2
  def equal?(%{}, non_map), do: bad_map(non_map)
  def equal?(non_map, _), do: bad_map(non_map)

  @doc """
  Keeps the keys both maps have, with the values of the second.

      iex> Map.intersect(%{a: 1, b: 2}, %{b: 3})
      %{b: 3}
  """
  @spec intersect(map, map) :: map
  def intersect(map1, map2), do: :maps.intersect(map1, map2)

  @doc """
  Keeps the keys both maps have; `fun` joins the values.

      iex> Map.intersect(%{a: 1, b: 2}, %{b: 3}, fn _key, v1, v2 -> v1 + v2 end)
      %{b: 5}
  """
  @spec intersect(map, map, (key, value, value -> value)) :: map
  def intersect(map1, map2, fun) when is_function(fun, 3) do
    :maps.intersect_with(fun, map1, map2)
  end

  @doc """
  Keeps the pairs for which `fun` is truthy.

      iex> Map.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      %{b: 2}
  """
  @spec filter(map, ({key, value} -> as_boolean(term))) :: map
  def filter(map, fun) when is_map(map) and is_function(fun, 1) do
    :maps.from_list(Enum.filter(:maps.to_list(map), fun))
  end

  @doc """
  Drops the pairs for which `fun` is truthy.

      iex> Map.reject(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)
      %{a: 1}
  """
  @spec reject(map, ({key, value} -> as_boolean(term))) :: map
  def reject(map, fun) when is_map(map) and is_function(fun, 1) do
    :maps.from_list(Enum.reject(:maps.to_list(map), fun))
  end

  @doc false
  @deprecated "Use Kernel.map_size/1 instead"
  def size(map), do: map_size(map)

  @spec missing(map, key) :: no_return
  defp missing(map, key), do: raise(KeyError, key: key, term: map)

  @spec bad_map(term) :: no_return
  defp bad_map(term), do: :erlang.error({:badmap, term})
end
