defmodule Range do
  @moduledoc """
  Integers from `first` to at most `last`, by `step`: `first..last//step`.

  The bounds are inclusive. A range whose step leads away from `last` is empty.
  """

  @enforce_keys [:first, :last, :step]
  defstruct first: nil, last: nil, step: nil

  @type limit :: integer
  @type step :: pos_integer | neg_integer
  @type t :: %Range{first: limit, last: limit, step: step}
  @type t(first, last) :: %Range{first: first, last: last, step: step}

  @doc """
  Builds a range; its step is -1 when `first` is greater than `last`.

      iex> Range.new(1, 3)
      1..3
  """
  @spec new(limit, limit) :: t
  def new(first, last) when is_integer(first) and is_integer(last) do
    %{__struct__: Range, first: first, last: last, step: if(first <= last, do: 1, else: -1)}
  end

  def new(first, last) do
    raise ArgumentError,
          "ranges (first..last) expect both sides to be integers, " <>
            "got: #{inspect(first)}..#{inspect(last)}"
  end

  @doc """
  Builds a range with a step.

      iex> Range.new(1, 10, 3)
      1..10//3
  """
  @spec new(limit, limit, step) :: t
  def new(first, last, step)
      when is_integer(first) and is_integer(last) and is_integer(step) and step != 0 do
    %{__struct__: Range, first: first, last: last, step: step}
  end

  def new(first, last, step) do
    raise ArgumentError,
          "ranges (first..last//step) expect both sides to be integers and the step to be a " <>
            "non-zero integer, got: #{inspect(first)}..#{inspect(last)}//#{inspect(step)}"
  end

  @doc """
  Returns the number of elements.

      iex> Range.size(1..10//3)
      4
  """
  @spec size(t) :: non_neg_integer
  def size(range)
  def size(first..last//step) when step > 0 and first > last, do: 0
  def size(first..last//step) when step < 0 and first < last, do: 0
  def size(first..last//step), do: div(last - first, step) + 1

  # A map built before steps existed.
  def size(%{__struct__: Range, first: first, last: last} = range)
      when not is_map_key(range, :step) do
    abs(last - first) + 1
  end

  @doc """
  Moves both bounds by `steps_to_shift` steps.

      iex> Range.shift(0..10, 2)
      2..12
  """
  @spec shift(t, integer) :: t
  def shift(first..last//step, steps_to_shift) when is_integer(steps_to_shift) do
    offset = steps_to_shift * step
    new(first + offset, last + offset, step)
  end

  @doc """
  Splits after `split` elements, counted from the end when negative.

      iex> Range.split(1..5, 2)
      {1..2, 3..5}
  """
  @spec split(t, integer) :: {t, t}
  def split(first..last//step = range, split) when is_integer(split) do
    size = size(range)
    count = if split >= 0, do: min(split, size), else: max(size + split, 0)
    middle = first + step * count
    {new(first, middle - step, step), new(middle, last, step)}
  end

  @doc """
  Converts a range to a list.

      iex> Range.to_list(1..3)
      [1, 2, 3]
  """
  @spec to_list(t) :: [integer]
  def to_list(_.._//_ = range), do: Enum.to_list(range)

  @doc """
  Tells whether two ranges have no element in common.

      iex> Range.disjoint?(1..5, 6..9)
      true
  """
  @spec disjoint?(t, t) :: boolean
  def disjoint?(first1..last1//step1 = range1, first2..last2//step2 = range2) do
    if size(range1) == 0 or size(range2) == 0 do
      true
    else
      {low1, high1, step1} = ascending(first1, last1, step1)
      {low2, high2, step2} = ascending(first2, last2, step2)

      cond do
        high1 < low2 or high2 < low1 -> true
        step1 == 1 and step2 == 1 -> false
        true -> no_common(low1, high1, step1, low2, high2, step2)
      end
    end
  end

  defp ascending(first, last, step) when step > 0, do: {first, last, step}
  defp ascending(first, last, step), do: {first + div(last - first, step) * step, first, -step}

  # low1 + i*step1 = low2 + j*step2 has solutions only if the gcd of the steps divides low2 - low1; the first common
  # element at or above both lows must then be within both bounds.
  defp no_common(low1, high1, step1, low2, high2, step2) do
    {gcd, x, _} = Integer.extended_gcd(step1, step2)
    gap = low2 - low1

    if rem(gap, gcd) != 0 do
      true
    else
      period = div(step1 * step2, gcd)
      some = low1 + x * div(gap, gcd) * step1
      low = max(low1, low2)
      low + Integer.mod(some - low, period) > min(high1, high2)
    end
  end
end

defimpl Enumerable, for: Range do
  def reduce(first..last//step, acc, fun), do: reduce(first, last, step, acc, fun)

  defp reduce(_first, _last, _step, {:halt, acc}, _fun), do: {:halted, acc}

  defp reduce(first, last, step, {:suspend, acc}, fun) do
    {:suspended, acc, &reduce(first, last, step, &1, fun)}
  end

  defp reduce(first, last, step, {:cont, acc}, fun)
       when (step > 0 and first <= last) or (step < 0 and first >= last) do
    reduce(first + step, last, step, fun.(first, acc), fun)
  end

  defp reduce(_first, _last, _step, {:cont, acc}, _fun), do: {:done, acc}

  def member?(first..last//step, value) when is_integer(value) do
    if step > 0 do
      {:ok, first <= value and value <= last and rem(value - first, step) == 0}
    else
      {:ok, last <= value and value <= first and rem(value - first, step) == 0}
    end
  end

  def member?(_range, _value), do: {:ok, false}

  def count(range), do: {:ok, Range.size(range)}

  def slice(first.._//step = range) do
    {:ok, Range.size(range),
     fn start, length, by -> slice(first + start * step, step * by, length) end}
  end

  defp slice(_current, _step, 0), do: []
  defp slice(current, step, left), do: [current | slice(current + step, step, left - 1)]
end
