defmodule :dict do
  @moduledoc """
  Dictionaries on top of maps; keys compare with `===`.

      iex> :dict.fetch(:a, :dict.from_list(a: 1))
      1
  """

  @doc "An empty dictionary."
  @spec new :: term
  def new, do: {:dict, %{}}

  @doc "True if `key` is there."
  @spec is_key(term, term) :: boolean
  def is_key(key, {:dict, map}), do: is_map_key(map, key)

  @doc "The pairs, in no particular order."
  @spec to_list(term) :: list
  def to_list({:dict, map}), do: :maps.to_list(map)

  @doc "The dictionary of a list of pairs."
  @spec from_list(list) :: term
  def from_list(pairs), do: {:dict, :maps.from_list(pairs)}

  @doc "The number of pairs."
  @spec size(term) :: non_neg_integer
  def size({:dict, map}), do: map_size(map)

  @doc "True if there are no pairs."
  @spec is_empty(term) :: boolean
  def is_empty({:dict, map}), do: map_size(map) == 0

  @doc "The value of `key`, which must be there."
  @spec fetch(term, term) :: term
  def fetch(key, {:dict, map}) do
    case map do
      %{^key => value} -> value
      _ -> :erlang.error(:badarg)
    end
  end

  @doc "`{:ok, value}` or `:error`."
  @spec find(term, term) :: {:ok, term} | :error
  def find(key, {:dict, map}), do: :maps.find(key, map)

  @doc "The keys."
  @spec fetch_keys(term) :: list
  def fetch_keys({:dict, map}), do: :maps.keys(map)

  @doc "Deletes `key`."
  @spec erase(term, term) :: term
  def erase(key, {:dict, map}), do: {:dict, :maps.remove(key, map)}

  @doc "`{value, dict}` without `key`, or `:error`."
  @spec take(term, term) :: {term, term} | :error
  def take(key, {:dict, map}) do
    case :maps.take(key, map) do
      {value, map} -> {value, {:dict, map}}
      :error -> :error
    end
  end

  @doc "Puts a value."
  @spec store(term, term, term) :: term
  def store(key, value, {:dict, map}), do: {:dict, :maps.put(key, value, map)}

  @doc "Appends a value to the list under `key`."
  @spec append(term, term, term) :: term
  def append(key, value, dict), do: append_list(key, [value], dict)

  @doc "Appends values to the list under `key`."
  @spec append_list(term, list, term) :: term
  def append_list(key, values, dict), do: update(key, fn old -> old ++ values end, values, dict)

  @doc "Replaces the value of `key`, which must be there."
  @spec update(term, (term -> term), term) :: term
  def update(key, fun, {:dict, map} = dict) do
    {:dict, :maps.put(key, fun.(fetch(key, dict)), map)}
  end

  @doc "Replaces the value of `key`, or puts `initial`."
  @spec update(term, (term -> term), term, term) :: term
  def update(key, fun, initial, {:dict, map}) do
    {:dict, :maps.update_with(key, fun, initial, map)}
  end

  @doc "Adds to the number under `key`."
  @spec update_counter(term, number, term) :: term
  def update_counter(key, increment, dict) do
    update(key, fn old -> old + increment end, increment, dict)
  end

  @doc "Folds over the pairs, in no particular order."
  @spec fold((term, term, term -> term), term, term) :: term
  def fold(fun, acc, {:dict, map}), do: :maps.fold(fun, acc, map)

  @doc "Maps the values."
  @spec map((term, term -> term), term) :: term
  def map(fun, {:dict, map}), do: {:dict, :maps.map(fun, map)}

  @doc "Keeps the pairs for which `pred` holds."
  @spec filter((term, term -> boolean), term) :: term
  def filter(pred, {:dict, map}), do: {:dict, :maps.filter(pred, map)}

  @doc "Merges; `fun` joins the values of keys that are in both."
  @spec merge((term, term, term -> term), term, term) :: term
  def merge(fun, {:dict, map1}, {:dict, map2}), do: {:dict, :maps.merge_with(fun, map1, map2)}
end
