defmodule Keyword do
  @moduledoc """
  Lists of `{atom, value}` pairs: ordered, and a key may occur more than once.

  Functions that return one value use the first entry of a key; those that set one leave a single entry, unless their
  documentation says otherwise.
  """

  @type key :: atom
  @type value :: any
  @type t :: [{key, value}]
  @type t(value) :: [{key, value}]
  @type default :: any

  @doc """
  Tells whether `term` is a keyword list.

      iex> Keyword.keyword?(a: 1)
      true
  """
  @spec keyword?(term) :: boolean
  def keyword?(term)
  def keyword?([{key, _value} | rest]) when is_atom(key), do: keyword?(rest)
  def keyword?([]), do: true
  def keyword?(_other), do: false

  @doc """
  Returns an empty keyword list.

      iex> Keyword.new()
      []
  """
  @spec new :: []
  def new, do: []

  @doc """
  Builds a keyword list; of duplicate keys the last one stays.

      iex> Keyword.new([{:b, 1}, {:a, 2}])
      [b: 1, a: 2]
  """
  @spec new(Enumerable.t()) :: t
  def new(pairs), do: new(pairs, fn pair -> pair end)

  @doc """
  Builds a keyword list from what `transform` returns.

      iex> Keyword.new([:a], fn x -> {x, x} end)
      [a: :a]
  """
  @spec new(Enumerable.t(), (term -> {key, value})) :: t
  def new(pairs, transform) when is_function(transform, 1) do
    pairs
    |> Enum.reduce([], fn x, acc ->
      {key, value} = transform.(x)
      put(acc, key, value)
    end)
    |> :lists.reverse()
  end

  @doc """
  Builds a keyword list with the same value for all keys.

      iex> Keyword.from_keys([:a, :b], 0)
      [a: 0, b: 0]
  """
  @spec from_keys([key], value) :: t(value)
  def from_keys(keys, value) when is_list(keys), do: keyed(keys, value)

  defp keyed([key | rest], value) when is_atom(key), do: [{key, value} | keyed(rest, value)]
  defp keyed([], _value), do: []

  @doc """
  Returns the value of `key`, or `default`.

      iex> Keyword.get([a: 1], :a)
      1
  """
  @spec get(t, key, default) :: value | default
  def get(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> default
    end
  end

  @doc """
  Returns the value of `key`, or what `fun` returns.

      iex> Keyword.get_lazy([a: 1], :b, fn -> 2 end)
      2
  """
  @spec get_lazy(t, key, (-> value)) :: value
  def get_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> fun.()
    end
  end

  @doc """
  Gets the value of `key` and sets it to something new, in one go. `fun` returns `{get, new}` or `:pop`.

      iex> Keyword.get_and_update([a: 1], :a, fn v -> {v, v + 1} end)
      {1, [a: 2]}
  """
  @spec get_and_update(t, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
          {current_value, new_keywords :: t}
        when current_value: value
  def get_and_update(keywords, key, fun) when is_list(keywords) and is_atom(key) do
    get_and_update(keywords, [], key, fun)
  end

  defp get_and_update([{key, current} | rest], before, key, fun) do
    case fun.(current) do
      {get, value} -> {get, :lists.reverse(before, [{key, value} | rest])}
      :pop -> {current, :lists.reverse(before, rest)}
      other -> bad_update(other)
    end
  end

  defp get_and_update([{_, _} = pair | rest], before, key, fun) do
    get_and_update(rest, [pair | before], key, fun)
  end

  defp get_and_update([], before, key, fun) do
    case fun.(nil) do
      {get, value} -> {get, [{key, value} | :lists.reverse(before)]}
      :pop -> {nil, :lists.reverse(before)}
      other -> bad_update(other)
    end
  end

  @spec bad_update(term) :: no_return
  defp bad_update(other) do
    raise "the given function must return a two-element tuple or :pop, got: #{inspect(other)}"
  end

  @doc """
  Like `get_and_update/3`, but raises `KeyError` when `key` is missing.

      iex> Keyword.get_and_update!([a: 1], :a, fn v -> {v, 5} end)
      {1, [a: 5]}
  """
  @spec get_and_update!(t, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
          {current_value, new_keywords :: t}
        when current_value: value
  def get_and_update!(keywords, key, fun) do
    if :lists.keymember(key, 1, keywords) do
      get_and_update(keywords, [], key, fun)
    else
      raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Returns `{:ok, value}` or `:error`.

      iex> Keyword.fetch([a: 1], :a)
      {:ok, 1}
  """
  @spec fetch(t, key) :: {:ok, value} | :error
  def fetch(keywords, key) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> {:ok, value}
      false -> :error
    end
  end

  @doc """
  Returns the value of `key` or raises `KeyError`.

      iex> Keyword.fetch!([a: 1], :a)
      1
  """
  @spec fetch!(t, key) :: value
  def fetch!(keywords, key) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> value
      false -> raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Returns all values of `key`.

      iex> Keyword.get_values([a: 1, a: 2], :a)
      [1, 2]
  """
  @spec get_values(t, key) :: [value]
  def get_values(keywords, key) when is_list(keywords) and is_atom(key) do
    values_of(keywords, key)
  end

  defp values_of([{key, value} | rest], key), do: [value | values_of(rest, key)]
  defp values_of([{_, _} | rest], key), do: values_of(rest, key)
  defp values_of([], _key), do: []

  @doc """
  Returns all keys, with their duplicates.

      iex> Keyword.keys(a: 1, b: 2)
      [:a, :b]
  """
  @spec keys(t) :: [key]
  def keys(keywords) when is_list(keywords) do
    Enum.map(keywords, fn {key, _value} -> key end)
  end

  @doc """
  Returns all values.

      iex> Keyword.values(a: 1, b: 2)
      [1, 2]
  """
  @spec values(t) :: [value]
  def values(keywords) when is_list(keywords) do
    Enum.map(keywords, fn {_key, value} -> value end)
  end

  @doc """
  Deletes all entries of `key`.

      iex> Keyword.delete([a: 1, b: 2, a: 3], :a)
      [b: 2]
  """
  @spec delete(t, key) :: t
  def delete(keywords, key) when is_list(keywords) and is_atom(key) do
    if :lists.keymember(key, 1, keywords), do: delete_all(keywords, key), else: keywords
  end

  defp delete_all([{key, _} | rest], key), do: delete_all(rest, key)
  defp delete_all([pair | rest], key), do: [pair | delete_all(rest, key)]
  defp delete_all([], _key), do: []

  @doc """
  Deletes the first entry of `key`.

      iex> Keyword.delete_first([a: 1, a: 3], :a)
      [a: 3]
  """
  @spec delete_first(t, key) :: t
  def delete_first(keywords, key) when is_list(keywords) and is_atom(key) do
    :lists.keydelete(key, 1, keywords)
  end

  @doc """
  Puts `value` under `key` at the front and drops the older entries.

      iex> Keyword.put([a: 1, b: 2], :a, 3)
      [a: 3, b: 2]
  """
  @spec put(t, key, value) :: t
  def put(keywords, key, value) when is_list(keywords) and is_atom(key) do
    [{key, value} | delete(keywords, key)]
  end

  @doc """
  Puts what `fun` returns under `key` unless it is there.

      iex> Keyword.put_new_lazy([a: 1], :b, fn -> 2 end)
      [b: 2, a: 1]
  """
  @spec put_new_lazy(t, key, (-> value)) :: t
  def put_new_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    if :lists.keymember(key, 1, keywords), do: keywords, else: [{key, fun.()} | keywords]
  end

  @doc """
  Puts `value` under `key` unless it is there.

      iex> Keyword.put_new([a: 1], :a, 2)
      [a: 1]
  """
  @spec put_new(t, key, value) :: t
  def put_new(keywords, key, value) when is_list(keywords) and is_atom(key) do
    if :lists.keymember(key, 1, keywords), do: keywords, else: [{key, value} | keywords]
  end

  @doc """
  Replaces the value of `key` if it is there, and drops later duplicates.

      iex> Keyword.replace([a: 1, b: 2], :a, 3)
      [a: 3, b: 2]
  """
  @spec replace(t, key, value) :: t
  def replace(keywords, key, value) when is_list(keywords) and is_atom(key) do
    replace_first(keywords, key, value)
  end

  defp replace_first([{key, _} | rest], key, value), do: [{key, value} | delete(rest, key)]
  defp replace_first([pair | rest], key, value), do: [pair | replace_first(rest, key, value)]
  defp replace_first([], _key, _value), do: []

  @doc """
  Replaces the value of `key`, or raises `KeyError`.

      iex> Keyword.replace!([a: 1], :a, 2)
      [a: 2]
  """
  @spec replace!(t, key, value) :: t
  def replace!(keywords, key, value) when is_list(keywords) and is_atom(key) do
    if :lists.keymember(key, 1, keywords) do
      replace_first(keywords, key, value)
    else
      raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Replaces the value of `key` by what `fun` makes of it, if it is there.

      iex> Keyword.replace_lazy([a: 1], :a, fn v -> v * 4 end)
      [a: 4]
  """
  @spec replace_lazy(t, key, (existing_value :: value -> new_value :: value)) :: t
  def replace_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1) do
    update_present(keywords, key, fun)
  end

  defp update_present([{key, value} | rest], key, fun), do: [{key, fun.(value)} | delete(rest, key)]
  defp update_present([pair | rest], key, fun), do: [pair | update_present(rest, key, fun)]
  defp update_present([], _key, _fun), do: []

  @doc """
  Tells whether two keyword lists hold the same pairs, in any order of keys.

      iex> Keyword.equal?([a: 1, b: 2], [b: 2, a: 1])
      true
  """
  @spec equal?(t, t) :: boolean
  def equal?(left, right) when is_list(left) and is_list(right) do
    :lists.sort(left) == :lists.sort(right)
  end

  @doc """
  Keeps the keys both lists have; `fun` joins the values, by default the right one wins.

      iex> Keyword.intersect([a: 1, b: 2], [b: 3, c: 4])
      [b: 3]
  """
  @spec intersect(t, t, (key, value, value -> value)) :: t
  def intersect(keyword1, keyword2, fun \\ fn _key, _v1, v2 -> v2 end)

  def intersect([{key, left} | rest], keyword2, fun) do
    case :lists.keyfind(key, 1, keyword2) do
      {^key, right} -> [{key, fun.(key, left, right)} | intersect(rest, keyword2, fun)]
      false -> intersect(rest, keyword2, fun)
    end
  end

  def intersect([], _keyword2, _fun), do: []

  @doc """
  Adds the pairs of `keywords2`, dropping all entries of their keys in `keywords1`.

      iex> Keyword.merge([a: 1, b: 2], [a: 3])
      [b: 2, a: 3]
  """
  @spec merge(t, t) :: t
  def merge(keywords1, keywords2)
  def merge(keywords1, []) when is_list(keywords1), do: keywords1
  def merge([], keywords2) when is_list(keywords2), do: keywords2

  def merge(keywords1, keywords2) when is_list(keywords1) and is_list(keywords2) do
    if keyword?(keywords2) do
      without(keywords1, keywords2, keywords1)
    else
      not_keyword("second", keywords2)
    end
  end

  defp without([{key, _} = pair | rest], other, all) when is_atom(key) do
    if :lists.keymember(key, 1, other) do
      without(rest, other, all)
    else
      [pair | without(rest, other, all)]
    end
  end

  defp without([], other, _all), do: other
  defp without(_improper, _other, all), do: not_keyword("first", all)

  @spec not_keyword(String.t(), term) :: no_return
  defp not_keyword(which, term) do
    raise ArgumentError,
          "expected a keyword list as the #{which} argument, got: #{inspect(term)}"
  end

  @doc """
  Merges; `fun` joins the values of keys that are in both.

      iex> Keyword.merge([a: 1, b: 2], [a: 3], fn _key, v1, v2 -> v1 + v2 end)
      [b: 2, a: 4]
  """
  @spec merge(t, t, (key, value, value -> value)) :: t
  def merge(keywords1, keywords2, fun)
      when is_list(keywords1) and is_list(keywords2) and is_function(fun, 3) do
    if keyword?(keywords1) do
      merge_with(keywords2, [], keywords1, keywords1, fun, keywords2)
    else
      not_keyword("first", keywords1)
    end
  end

  # [left] loses the entries that were joined, [rest] the keys that the right side has.
  defp merge_with([{key, right} | tail], acc, rest, left, fun, all) when is_atom(key) do
    case :lists.keytake(key, 1, left) do
      {:value, {_, value}, left} ->
        pair = {key, fun.(key, value, right)}
        merge_with(tail, [pair | acc], delete(rest, key), left, fun, all)

      false ->
        merge_with(tail, [{key, right} | acc], rest, left, fun, all)
    end
  end

  defp merge_with([], acc, rest, _left, _fun, _all), do: rest ++ :lists.reverse(acc)
  defp merge_with(_, _acc, _rest, _left, _fun, all), do: not_keyword("second", all)

  @doc """
  Tells whether `key` is there.

      iex> Keyword.has_key?([a: 1], :a)
      true
  """
  @spec has_key?(t, key) :: boolean
  def has_key?(keywords, key) when is_list(keywords) and is_atom(key) do
    :lists.keymember(key, 1, keywords)
  end

  @doc """
  Replaces the value of `key` by what `fun` makes of it, or raises `KeyError`. Later duplicates go.

      iex> Keyword.update!([a: 1], :a, fn v -> v * 2 end)
      [a: 2]
  """
  @spec update!(t, key, (current_value :: value -> new_value :: value)) :: t
  def update!(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1) do
    if :lists.keymember(key, 1, keywords) do
      update_present(keywords, key, fun)
    else
      raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Replaces the value of `key` by what `fun` makes of it, or appends `default`.

      iex> Keyword.update([a: 1], :b, 0, fn v -> v * 2 end)
      [a: 1, b: 0]
  """
  @spec update(t, key, default :: value, (existing_value :: value -> new_value :: value)) :: t
  def update(keywords, key, default, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 1) do
    if :lists.keymember(key, 1, keywords) do
      update_present(keywords, key, fun)
    else
      keywords ++ [{key, default}]
    end
  end

  @doc """
  Splits into the entries of `keys` and the others.

      iex> Keyword.split([a: 1, b: 2], [:b])
      {[b: 2], [a: 1]}
  """
  @spec split(t, [key]) :: {t, t}
  def split(keywords, keys) when is_list(keywords) and is_list(keys) do
    Enum.split_with(keywords, fn {key, _value} -> :lists.member(key, keys) end)
  end

  @doc """
  Splits into the entries for which `fun` is truthy and the others.

      iex> Keyword.split_with([a: 1, b: 2], fn {_, v} -> v > 1 end)
      {[b: 2], [a: 1]}
  """
  @spec split_with(t, ({key, value} -> as_boolean(term))) :: {t, t}
  def split_with(keywords, fun) when is_list(keywords) and is_function(fun, 1) do
    Enum.split_with(keywords, fun)
  end

  @doc """
  Keeps the entries of `keys`.

      iex> Keyword.take([a: 1, b: 2], [:a])
      [a: 1]
  """
  @spec take(t, [key]) :: t
  def take(keywords, keys) when is_list(keywords) and is_list(keys) do
    Enum.filter(keywords, fn {key, _value} -> :lists.member(key, keys) end)
  end

  @doc """
  Drops the entries of `keys`.

      iex> Keyword.drop([a: 1, b: 2], [:a])
      [b: 2]
  """
  @spec drop(t, [key]) :: t
  def drop(keywords, keys) when is_list(keywords) and is_list(keys) do
    Enum.reject(keywords, fn {key, _value} -> :lists.member(key, keys) end)
  end

  @doc """
  Returns the first value of `key` (or `default`) and the list without any entry of it.

      iex> Keyword.pop([a: 1, b: 2], :a)
      {1, [b: 2]}
  """
  @spec pop(t, key, default) :: {value | default, t}
  def pop(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> {value, delete_all(keywords, key)}
      false -> {default, keywords}
    end
  end

  @doc """
  Like `pop/3`, but raises `KeyError` when `key` is missing.

      iex> Keyword.pop!([a: 1], :a)
      {1, []}
  """
  @spec pop!(t, key) :: {value, t}
  def pop!(keywords, key) when is_list(keywords) and is_atom(key) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> {value, delete_all(keywords, key)}
      false -> raise KeyError, key: key, term: keywords
    end
  end

  @doc """
  Returns all values of `key` and the list without them.

      iex> Keyword.pop_values([a: 1, b: 2, a: 3], :a)
      {[1, 3], [b: 2]}
  """
  @spec pop_values(t, key) :: {[value], t}
  def pop_values(keywords, key) when is_list(keywords) and is_atom(key) do
    case values_of(keywords, key) do
      [] -> {[], keywords}
      values -> {values, delete_all(keywords, key)}
    end
  end

  @doc """
  Like `pop/3`, with the default made by `fun`.

      iex> Keyword.pop_lazy([a: 1], :b, fn -> 2 end)
      {2, [a: 1]}
  """
  @spec pop_lazy(t, key, (-> value)) :: {value, t}
  def pop_lazy(keywords, key, fun)
      when is_list(keywords) and is_atom(key) and is_function(fun, 0) do
    case :lists.keyfind(key, 1, keywords) do
      {^key, value} -> {value, delete_all(keywords, key)}
      false -> {fun.(), keywords}
    end
  end

  @doc """
  Returns the first value of `key` (or `default`) and the list without that entry.

      iex> Keyword.pop_first([a: 1, a: 2], :a)
      {1, [a: 2]}
  """
  @spec pop_first(t, key, default) :: {value | default, t}
  def pop_first(keywords, key, default \\ nil) when is_list(keywords) and is_atom(key) do
    case :lists.keytake(key, 1, keywords) do
      {:value, {^key, value}, rest} -> {value, rest}
      false -> {default, keywords}
    end
  end

  @doc """
  Returns the list itself.

      iex> Keyword.to_list(a: 1)
      [a: 1]
  """
  @spec to_list(t) :: t
  def to_list(keywords) when is_list(keywords), do: keywords

  @doc """
  Fills in defaults and checks that there are only the keys of `values` (atoms or `{key, default}`).

      iex> Keyword.validate([a: 1], [:a, b: 2])
      {:ok, [b: 2, a: 1]}
  """
  @spec validate(keyword, values :: [atom | {atom, term}]) :: {:ok, keyword} | {:error, [atom]}
  def validate(keyword, values) when is_list(keyword) and is_list(values) do
    check(keyword, values, [], [], [])
  end

  # Each pair takes its key out of the allowed ones, which are kept in two lists: those before the last hit (reversed) and
  # those after it. The defaults that remain are put in front.
  defp check([{key, _} = pair | rest], after_hit, before_hit, kept, bad) when is_atom(key) do
    case take_allowed(after_hit, key, before_hit) || take_allowed(before_hit, key, after_hit) do
      {after_hit, before_hit} -> check(rest, after_hit, before_hit, [pair | kept], bad)
      nil -> check(rest, after_hit, before_hit, kept, [key | bad])
    end
  end

  defp check([], after_hit, before_hit, kept, []) do
    {:ok, with_defaults(after_hit, with_defaults(before_hit, kept))}
  end

  defp check([], _after_hit, _before_hit, _kept, bad), do: {:error, bad}

  defp check([pair | _], _after_hit, _before_hit, _kept, _bad) do
    raise ArgumentError,
          "expected a keyword list as first argument, got invalid entry: #{inspect(pair)}"
  end

  defp take_allowed([key | rest], key, before), do: {rest, before}
  defp take_allowed([{key, _} | rest], key, before), do: {rest, before}
  defp take_allowed([other | rest], key, before), do: take_allowed(rest, key, [other | before])
  defp take_allowed([], _key, _before), do: nil

  defp with_defaults([{key, _} = pair | rest], acc) when is_atom(key) do
    with_defaults(rest, [pair | acc])
  end

  defp with_defaults([key | rest], acc) when is_atom(key), do: with_defaults(rest, acc)
  defp with_defaults([], acc), do: acc

  defp with_defaults([other | _], _acc) do
    raise ArgumentError,
          "expected the second argument to be a list of atoms or tuples, got: #{inspect(other)}"
  end

  @doc """
  Like `validate/2`, but raises `ArgumentError`.

      iex> Keyword.validate!([a: 1], [:a])
      [a: 1]
  """
  @spec validate!(keyword, values :: [atom | {atom, term}]) :: keyword
  def validate!(keyword, values) do
    case validate(keyword, values) do
      {:ok, result} ->
        result

      {:error, keys} ->
        allowed =
          Enum.map(values, fn
            {key, _} -> key
            key -> key
          end)

        message =
          case Enum.reject(keys, fn key -> :lists.member(key, allowed) end) do
            [] ->
              "duplicate keys #{inspect(keys)} in #{inspect(keyword)}"

            unknown ->
              "unknown keys #{inspect(unknown)} in #{inspect(keyword)}, " <>
                "the allowed keys are: #{inspect(allowed)}"
          end

        raise ArgumentError, message
    end
  end

  @doc """
  Keeps the entries for which `fun` is truthy.

      iex> Keyword.filter([a: 1, b: 2], fn {_, v} -> v > 1 end)
      [b: 2]
  """
  @spec filter(t, ({key, value} -> as_boolean(term))) :: t
  def filter(keywords, fun) when is_list(keywords) and is_function(fun, 1) do
    Enum.filter(keywords, fun)
  end

  @doc """
  Drops the entries for which `fun` is truthy.

      iex> Keyword.reject([a: 1, b: 2], fn {_, v} -> v > 1 end)
      [a: 1]
  """
  @spec reject(t, ({key, value} -> as_boolean(term))) :: t
  def reject(keywords, fun) when is_list(keywords) and is_function(fun, 1) do
    Enum.reject(keywords, fun)
  end
end
