defmodule :orddict do
  @moduledoc """
  Dictionaries as sorted lists of pairs; keys compare with `==`.

      iex> :orddict.store(:a, 1, [])
      [a: 1]
  """

  @doc "An empty dictionary."
  @spec new :: list
  def new, do: []

  @doc "True if `key` is there."
  @spec is_key(term, list) :: boolean
  def is_key(key, dict), do: find(key, dict) != :error

  @doc "The pairs."
  @spec to_list(list) :: list
  def to_list(dict), do: dict

  @doc "The dictionary of a list of pairs; of duplicate keys the last one stays."
  @spec from_list(list) :: list
  def from_list(pairs), do: :lists.ukeysort(1, :lists.reverse(pairs))

  @doc "The number of pairs."
  @spec size(list) :: non_neg_integer
  def size(dict), do: length(dict)

  @doc "True if there are no pairs."
  @spec is_empty(list) :: boolean
  def is_empty(dict), do: dict == []

  @doc "The value of `key`, which must be there."
  @spec fetch(term, list) :: term
  def fetch(key, [{k, _} | dict]) when key > k, do: fetch(key, dict)
  def fetch(key, [{k, value} | _]) when key == k, do: value

  @doc "`{:ok, value}` or `:error`."
  @spec find(term, list) :: {:ok, term} | :error
  def find(key, [{k, _} | _]) when key < k, do: :error
  def find(key, [{k, _} | dict]) when key > k, do: find(key, dict)
  def find(_key, [{_, value} | _]), do: {:ok, value}
  def find(_key, []), do: :error

  @doc "The keys."
  @spec fetch_keys(list) :: list
  def fetch_keys([{key, _} | dict]), do: [key | fetch_keys(dict)]
  def fetch_keys([]), do: []

  @doc "Deletes `key`."
  @spec erase(term, list) :: list
  def erase(key, [{k, _} | _] = dict) when key < k, do: dict
  def erase(key, [{k, _} = pair | dict]) when key > k, do: [pair | erase(key, dict)]
  def erase(_key, [_ | dict]), do: dict
  def erase(_key, []), do: []

  @doc "`{value, dict}` without `key`, or `:error`."
  @spec take(term, list) :: {term, list} | :error
  def take(key, dict) do
    case find(key, dict) do
      {:ok, value} -> {value, erase(key, dict)}
      :error -> :error
    end
  end

  @doc "Puts a value."
  @spec store(term, term, list) :: list
  def store(key, value, [{k, _} | _] = dict) when key < k, do: [{key, value} | dict]
  def store(key, value, [{k, _} = pair | dict]) when key > k, do: [pair | store(key, value, dict)]
  def store(key, value, [_ | dict]), do: [{key, value} | dict]
  def store(key, value, []), do: [{key, value}]

  @doc "Appends a value to the list under `key`."
  @spec append(term, term, list) :: list
  def append(key, value, dict), do: append_list(key, [value], dict)

  @doc "Appends values to the list under `key`."
  @spec append_list(term, list, list) :: list
  def append_list(key, values, dict), do: update(key, fn old -> old ++ values end, values, dict)

  @doc "Replaces the value of `key`, which must be there."
  @spec update(term, (term -> term), list) :: list
  def update(key, fun, [{k, _} = pair | dict]) when key > k, do: [pair | update(key, fun, dict)]
  def update(key, fun, [{k, value} | dict]) when key == k, do: [{key, fun.(value)} | dict]

  @doc "Replaces the value of `key`, or puts `initial`."
  @spec update(term, (term -> term), term, list) :: list
  def update(key, _fun, initial, [{k, _} | _] = dict) when key < k, do: [{key, initial} | dict]

  def update(key, fun, initial, [{k, _} = pair | dict]) when key > k do
    [pair | update(key, fun, initial, dict)]
  end

  def update(key, fun, _initial, [{_, value} | dict]), do: [{key, fun.(value)} | dict]
  def update(key, _fun, initial, []), do: [{key, initial}]

  @doc "Adds to the number under `key`."
  @spec update_counter(term, number, list) :: list
  def update_counter(key, increment, dict) do
    update(key, fn old -> old + increment end, increment, dict)
  end

  @doc "Folds over the pairs."
  @spec fold((term, term, term -> term), term, list) :: term
  def fold(fun, acc, [{key, value} | dict]), do: fold(fun, fun.(key, value, acc), dict)
  def fold(fun, acc, []) when is_function(fun, 3), do: acc

  @doc "Maps the values."
  @spec map((term, term -> term), list) :: list
  def map(fun, [{key, value} | dict]), do: [{key, fun.(key, value)} | map(fun, dict)]
  def map(fun, []) when is_function(fun, 2), do: []

  @doc "Keeps the pairs for which `pred` holds."
  @spec filter((term, term -> boolean), list) :: list
  def filter(pred, [{key, value} = pair | dict]) do
    case pred.(key, value) do
      true -> [pair | filter(pred, dict)]
      false -> filter(pred, dict)
    end
  end

  def filter(pred, []) when is_function(pred, 2), do: []

  @doc "Merges; `fun` joins the values of keys that are in both."
  @spec merge((term, term, term -> term), list, list) :: list
  def merge(fun, [{k1, _} = p1 | d1], [{k2, _} | _] = d2) when k1 < k2, do: [p1 | merge(fun, d1, d2)]
  def merge(fun, [{k1, _} | _] = d1, [{k2, _} = p2 | d2]) when k1 > k2, do: [p2 | merge(fun, d1, d2)]

  def merge(fun, [{key, v1} | d1], [{_, v2} | d2]) do
    [{key, fun.(key, v1, v2)} | merge(fun, d1, d2)]
  end

  def merge(fun, [], d2) when is_function(fun, 3), do: d2
  def merge(fun, d1, []) when is_function(fun, 3), do: d1
end
