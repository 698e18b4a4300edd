defmodule Tuple do
  @moduledoc """
  Functions for tuples. Each makes a new tuple.
  """

  @doc """
  A tuple with `data` `size` times.

      iex> Tuple.duplicate(:x, 2)
      {:x, :x}
  """
  @spec duplicate(term, non_neg_integer) :: tuple
  def duplicate(data, size) when is_integer(size) and size >= 0,
    do: :erlang.make_tuple(size, data)

  @doc """
  Inserts `value` at the zero-based `index`.

      iex> Tuple.insert_at({:a, :c}, 1, :b)
      {:a, :b, :c}
  """
  @spec insert_at(tuple, non_neg_integer, term) :: tuple
  def insert_at(tuple, index, value) when is_integer(index) and index >= 0,
    do: :erlang.insert_element(index + 1, tuple, value)

  @doc """
  Adds `value` at the end.

      iex> Tuple.append({:a}, :b)
      {:a, :b}
  """
  @spec append(tuple, term) :: tuple
  def append(tuple, value), do: :erlang.append_element(tuple, value)

  @doc """
  Removes the element at the zero-based `index`.

      iex> Tuple.delete_at({:a, :b}, 0)
      {:b}
  """
  @spec delete_at(tuple, non_neg_integer) :: tuple
  def delete_at(tuple, index) when is_integer(index) and index >= 0,
    do: :erlang.delete_element(index + 1, tuple)

  @doc """
  Sum of the elements.

      iex> Tuple.sum({1, 2})
      3
  """
  @spec sum(tuple) :: number
  def sum(tuple), do: sum(tuple, tuple_size(tuple), 0)

  defp sum(_tuple, 0, acc), do: acc
  defp sum(tuple, index, acc), do: sum(tuple, index - 1, acc + :erlang.element(index, tuple))

  @doc """
  Product of the elements.

      iex> Tuple.product({2, 3})
      6
  """
  @spec product(tuple) :: number
  def product(tuple), do: product(tuple, tuple_size(tuple), 1)

  defp product(_tuple, 0, acc), do: acc

  defp product(tuple, index, acc),
    do: product(tuple, index - 1, acc * :erlang.element(index, tuple))

  @doc """
  The elements as a list.

      iex> Tuple.to_list({:a, 1})
      [:a, 1]
  """
  @spec to_list(tuple) :: list
  def to_list(tuple), do: :erlang.tuple_to_list(tuple)
end
