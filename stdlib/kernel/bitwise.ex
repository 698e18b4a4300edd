defmodule Bitwise do
  @moduledoc """
  Bitwise operations on integers, as functions and as operators. All are allowed in guards.

      iex> import Bitwise
      iex> 1 <<< 4 ||| 1
      17
  """

  @doc false
  defmacro __using__(_options) do
    quote do
      import Bitwise
    end
  end

  @doc """
  Bits that are not set.

      iex> Bitwise.bnot(2)
      -3
  """
  @spec bnot(integer) :: integer
  def bnot(expr), do: :erlang.bnot(expr)

  @doc """
  Operator for `bnot/1`.

      iex> import Bitwise
      iex> ~~~2
      -3
  """
  @spec ~~~integer :: integer
  def ~~~expr, do: :erlang.bnot(expr)

  @doc """
  Bits that are set in both.

      iex> Bitwise.band(9, 3)
      1
  """
  @spec band(integer, integer) :: integer
  def band(left, right), do: :erlang.band(left, right)

  @doc """
  Operator for `band/2`.

      iex> import Bitwise
      iex> 9 &&& 3
      1
  """
  @spec integer &&& integer :: integer
  def left &&& right, do: :erlang.band(left, right)

  @doc """
  Bits that are set in at least one.

      iex> Bitwise.bor(9, 3)
      11
  """
  @spec bor(integer, integer) :: integer
  def bor(left, right), do: :erlang.bor(left, right)

  @doc """
  Operator for `bor/2`.

      iex> import Bitwise
      iex> 9 ||| 3
      11
  """
  @spec integer ||| integer :: integer
  def left ||| right, do: :erlang.bor(left, right)

  @doc """
  Bits that are set in exactly one.

      iex> Bitwise.bxor(9, 3)
      10
  """
  @spec bxor(integer, integer) :: integer
  def bxor(left, right), do: :erlang.bxor(left, right)

  @doc """
  Shifts bits to the left; to the right for a negative count.

      iex> Bitwise.bsl(1, 2)
      4
  """
  @spec bsl(integer, integer) :: integer
  def bsl(left, right), do: :erlang.bsl(left, right)

  @doc """
  Operator for `bsl/2`.

      iex> import Bitwise
      iex> 1 <<< 2
      4
  """
  @spec integer <<< integer :: integer
  def left <<< right, do: :erlang.bsl(left, right)

  @doc """
  Shifts bits to the right, keeping the sign; to the left for a negative count.

      iex> Bitwise.bsr(-5, 1)
      -3
  """
  @spec bsr(integer, integer) :: integer
  def bsr(left, right), do: :erlang.bsr(left, right)

  @doc """
  Operator for `bsr/2`.

      iex> import Bitwise
      iex> 8 >>> 2
      2
  """
  @spec integer >>> integer :: integer
  def left >>> right, do: :erlang.bsr(left, right)
end
