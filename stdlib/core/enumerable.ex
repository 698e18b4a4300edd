defprotocol Enumerable do
  @moduledoc """
  The protocol behind `Enum` and `Stream`.

  `reduce/3` is the only function that has to do real work: it walks the collection with a tagged accumulator, so that the
  consumer can stop (`:halt`) or pause (`:suspend`) it. The others are shortcuts; a collection without a faster way than
  walking answers `{:error, __MODULE__}`.
  """

  @typedoc "The tagged accumulator a step starts from."
  @type acc :: {:cont, term} | {:halt, term} | {:suspend, term}

  @typedoc "The function given to `reduce/3`."
  @type reducer :: (element :: term, element_acc :: term -> acc)

  @typedoc "What `reduce/3` ends in."
  @type result :: {:done, term} | {:halted, term} | {:suspended, term, continuation}

  @typedoc "Resumes a suspended walk."
  @type continuation :: (acc -> result)

  @typedoc "Returns `length` elements from `start`, every `step`-th of them."
  @type slicing_fun ::
          (start :: non_neg_integer, length :: pos_integer, step :: pos_integer -> [term])

  @typedoc "Turns the whole collection into a list."
  @type to_list_fun :: (t -> [term])

  @typedoc "An enumerable of elements of the given type."
  @type t(_element) :: t()

  @doc """
  Walks `enumerable`, calling `fun` with each element and the accumulator.

      iex> Enumerable.reduce([1, 2, 3], {:cont, 0}, fn x, acc -> {:cont, acc + x} end)
      {:done, 6}
  """
  @spec reduce(t, acc, reducer) :: result
  def reduce(enumerable, acc, fun)

  @doc """
  Returns `{:ok, count}` when the number of elements is known without walking.

      iex> Enumerable.count(%{a: 1})
      {:ok, 1}
  """
  @spec count(t) :: {:ok, non_neg_integer} | {:error, module}
  def count(enumerable)

  @doc """
  Returns `{:ok, boolean}` when membership can be told without walking.

      iex> Enumerable.member?(1..3, 2)
      {:ok, true}
  """
  @spec member?(t, term) :: {:ok, boolean} | {:error, module}
  def member?(enumerable, element)

  @doc """
  Returns `{:ok, size, fun}` when parts can be taken without walking.

      iex> Enumerable.slice([1])
      {:error, Enumerable.List}
  """
  @spec slice(t) ::
          {:ok, size :: non_neg_integer, slicing_fun | to_list_fun} | {:error, module}
  def slice(enumerable)
end

defimpl Enumerable, for: List do
  def count([]), do: {:ok, 0}
  def count(_list), do: {:error, __MODULE__}

  def member?([], _element), do: {:ok, false}
  def member?(_list, _element), do: {:error, __MODULE__}

  def slice([]), do: {:ok, 0, fn _start, _length, _step -> [] end}
  def slice(_list), do: {:error, __MODULE__}

  def reduce(_list, {:halt, acc}, _fun), do: {:halted, acc}
  def reduce(list, {:suspend, acc}, fun), do: {:suspended, acc, &reduce(list, &1, fun)}
  def reduce([], {:cont, acc}, _fun), do: {:done, acc}
  def reduce([head | tail], {:cont, acc}, fun), do: reduce(tail, fun.(head, acc), fun)
end

defimpl Enumerable, for: Map do
  def count(map), do: {:ok, map_size(map)}

  def member?(map, {key, value}) do
    case map do
      %{^key => ^value} -> {:ok, true}
      _ -> {:ok, false}
    end
  end

  def member?(_map, _other), do: {:ok, false}

  def slice(map), do: {:ok, map_size(map), &:maps.to_list/1}

  def reduce(map, acc, fun), do: Enumerable.List.reduce(:maps.to_list(map), acc, fun)
end

defimpl Enumerable, for: Function do
  def count(_function), do: {:error, __MODULE__}
  def member?(_function, _element), do: {:error, __MODULE__}
  def slice(_function), do: {:error, __MODULE__}

  def reduce(function, acc, fun) when is_function(function, 2), do: function.(acc, fun)

  def reduce(function, _acc, _fun) do
    raise Protocol.UndefinedError,
      protocol: Enumerable,
      value: function,
      description: "only anonymous functions of arity 2 are enumerable"
  end
end
