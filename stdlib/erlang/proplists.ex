defmodule :proplists do
  @moduledoc """
  Lists of properties: `{key, value}` pairs and atoms, where the atom `a` stands for `{a, true}`.

      iex> :proplists.get_value(:a, [:b, a: 1])
      1
  """

  @doc "The short form of a property."
  @spec property({term, term}) :: term
  def property({key, true}) when is_atom(key), do: key
  def property(property), do: property

  @doc "The short form of `{key, value}`."
  @spec property(term, term) :: term
  def property(key, true) when is_atom(key), do: key
  def property(key, value), do: {key, value}

  @doc "Replaces all atoms by pairs."
  @spec unfold(list) :: list
  def unfold([h | t]) when is_atom(h), do: [{h, true} | unfold(t)]
  def unfold([h | t]), do: [h | unfold(t)]
  def unfold([]), do: []

  @doc "Replaces `{atom, true}` by the atom."
  @spec compact(list) :: list
  def compact(list), do: :lists.map(&property/1, list)

  @doc "The first entry of `key`, or `:none`."
  @spec lookup(term, list) :: :none | tuple
  def lookup(key, [h | t]) do
    cond do
      is_atom(h) and h === key -> {key, true}
      is_tuple(h) and tuple_size(h) >= 1 and elem(h, 0) === key -> h
      true -> lookup(key, t)
    end
  end

  def lookup(_key, []), do: :none

  @doc "All entries of `key`."
  @spec lookup_all(term, list) :: [tuple]
  def lookup_all(key, [h | t]) do
    cond do
      is_atom(h) and h === key -> [{key, true} | lookup_all(key, t)]
      is_tuple(h) and tuple_size(h) >= 1 and elem(h, 0) === key -> [h | lookup_all(key, t)]
      true -> lookup_all(key, t)
    end
  end

  def lookup_all(_key, []), do: []

  @doc "True if there is an entry of `key`."
  @spec is_defined(term, list) :: boolean
  def is_defined(key, list), do: lookup(key, list) != :none

  @doc "The value of `key`, or `:undefined`."
  @spec get_value(term, list) :: term
  def get_value(key, list), do: get_value(key, list, :undefined)

  @doc "The value of `key`, or `default`."
  @spec get_value(term, list, term) :: term
  def get_value(key, list, default) do
    case lookup(key, list) do
      {_key, value} -> value
      _ -> default
    end
  end

  @doc "All values of `key`."
  @spec get_all_values(term, list) :: list
  def get_all_values(key, list) do
    for {_key, value} <- lookup_all(key, list), do: value
  end

  @doc "All values of `key`, where lists are joined."
  @spec append_values(term, list) :: list
  def append_values(key, list) do
    :lists.flatmap(
      fn
        value when is_list(value) -> value
        value -> [value]
      end,
      get_all_values(key, list)
    )
  end

  @doc "True if the first entry of `key` has the value `true`."
  @spec get_bool(term, list) :: boolean
  def get_bool(key, list), do: lookup(key, list) == {key, true}

  @doc "All keys, without duplicates."
  @spec get_keys(list) :: list
  def get_keys(list), do: :maps.keys(keys(list, %{}))

  defp keys([h | t], seen) do
    cond do
      is_atom(h) -> keys(t, :maps.put(h, true, seen))
      is_tuple(h) and tuple_size(h) >= 1 -> keys(t, :maps.put(elem(h, 0), true, seen))
      true -> keys(t, seen)
    end
  end

  defp keys([], seen), do: seen

  @doc "Deletes all entries of `key`."
  @spec delete(term, list) :: list
  def delete(key, [h | t]) do
    cond do
      is_atom(h) and h === key -> delete(key, t)
      is_tuple(h) and tuple_size(h) >= 1 and elem(h, 0) === key -> delete(key, t)
      true -> [h | delete(key, t)]
    end
  end

  def delete(_key, []), do: []

  @doc "Replaces keys by others."
  @spec substitute_aliases([{term, term}], list) :: list
  def substitute_aliases(aliases, list) do
    :lists.map(
      fn entry ->
        key = key_of(entry)

        case key != :none && :lists.keyfind(elem(key, 0), 1, aliases) do
          {_, other} when is_atom(entry) -> property(other, true)
          {_, other} -> property(:erlang.setelement(1, entry, other))
          _ -> entry
        end
      end,
      list
    )
  end

  @doc "Replaces keys by others that mean the opposite."
  @spec substitute_negations([{term, term}], list) :: list
  def substitute_negations(negations, list) do
    :lists.map(
      fn entry ->
        key = key_of(entry)

        case key != :none && :lists.keyfind(elem(key, 0), 1, negations) do
          {_, other} ->
            case entry do
              atom when is_atom(atom) -> {other, false}
              {_, true} -> {other, false}
              {_, false} -> property(other, true)
              _ -> property(:erlang.setelement(1, entry, other))
            end

          _ ->
            entry
        end
      end,
      list
    )
  end

  defp key_of(entry) when is_atom(entry), do: {entry}
  defp key_of(entry) when is_tuple(entry) and tuple_size(entry) >= 1, do: {elem(entry, 0)}
  defp key_of(_entry), do: :none

  @doc "Replaces properties by lists of others."
  @spec expand([{term, list}], list) :: list
  def expand(expansions, list) do
    Enum.reduce(expansions, list, fn {property, expansion}, list ->
      property = property(property)
      key = key_of(property)

      if key_defined_first?(key, property, list) do
        :lists.flatmap(
          fn entry ->
            cond do
              property(entry) === property -> expansion
              key_of(entry) == key -> []
              true -> [entry]
            end
          end,
          list
        )
      else
        list
      end
    end)
  end

  defp key_defined_first?(key, property, [h | t]) do
    if key_of(h) == key, do: property(h) === property, else: key_defined_first?(key, property, t)
  end

  defp key_defined_first?(_key, _property, []), do: false

  @doc "Applies aliases, negations and expansions."
  @spec normalize(list, list) :: list
  def normalize(list, [{:aliases, aliases} | stages]) do
    normalize(substitute_aliases(aliases, list), stages)
  end

  def normalize(list, [{:negations, negations} | stages]) do
    normalize(substitute_negations(negations, list), stages)
  end

  def normalize(list, [{:expand, expansions} | stages]) do
    normalize(expand(expansions, list), stages)
  end

  def normalize(list, []), do: compact(list)

  @doc "Splits into the entries of each of `keys`, and the others."
  @spec split(list, list) :: {[list], list}
  def split(list, keys) do
    lists =
      :lists.map(
        fn key -> :lists.filter(fn entry -> key_of(entry) == {key} end, list) end,
        keys
      )

    rest =
      :lists.filter(
        fn entry ->
          case key_of(entry) do
            {key} -> not :lists.member(key, keys)
            :none -> true
          end
        end,
        list
      )

    {lists, rest}
  end

  @doc "A map of the first value of each key."
  @spec to_map(list) :: map
  def to_map(list) do
    Enum.reduce(:lists.reverse(list), %{}, fn
      {key, value}, map -> :maps.put(key, value, map)
      key, map when is_atom(key) -> :maps.put(key, true, map)
      _, map -> map
    end)
  end

  @doc "Normalizes and converts to a map."
  @spec to_map(list, list) :: map
  def to_map(list, stages), do: to_map(normalize(list, stages))

  @doc "The list of a map."
  @spec from_map(map) :: list
  def from_map(map), do: compact(:maps.to_list(map))
end
