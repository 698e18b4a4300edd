defmodule Date.Range do
  @moduledoc """
  A range of dates, made by `Date.range/2,3`; enumerable like a `Range` of days.

      iex> Enum.at(Date.range(~D[2024-01-01], ~D[2024-12-31]), -1)
      ~D[2024-12-31]
  """

  @type iso_days :: integer

  @type t :: %__MODULE__{
          first: Date.t(),
          last: Date.t(),
          first_in_iso_days: iso_days,
          last_in_iso_days: iso_days,
          step: pos_integer | neg_integer
        }

  defstruct [:first, :last, :first_in_iso_days, :last_in_iso_days, :step]

  # The same range over ISO days.
  @doc false
  def days(%{first_in_iso_days: first, last_in_iso_days: last, step: step}) do
    %{__struct__: Range, first: first, last: last, step: step}
  end
end

defimpl Enumerable, for: Date.Range do
  def member?(%{first: %{calendar: calendar}} = range, %Date{calendar: calendar} = date) do
    Enumerable.Range.member?(Date.Range.days(range), Date.iso_days(date))
  end

  def member?(_range, _other), do: {:ok, false}

  def count(range), do: {:ok, Range.size(Date.Range.days(range))}

  def slice(%{first: %{calendar: calendar}} = range) do
    {:ok, size, fun} = Enumerable.Range.slice(Date.Range.days(range))

    {:ok, size,
     fn start, length, step -> Enum.map(fun.(start, length, step), &date(&1, calendar)) end}
  end

  def reduce(%{first: %{calendar: calendar}} = range, acc, fun) do
    Enumerable.Range.reduce(Date.Range.days(range), acc, fn day, acc ->
      fun.(date(day, calendar), acc)
    end)
  end

  defp date(day, calendar), do: Date.from_iso_days({day, {0, 1}}, calendar)
end

defimpl Inspect, for: Date.Range do
  def inspect(%{first: first, last: last, step: 1}, _) do
    "Date.range(" <> Kernel.inspect(first) <> ", " <> Kernel.inspect(last) <> ")"
  end

  def inspect(%{first: first, last: last, step: step}, _) do
    "Date.range(" <>
      Kernel.inspect(first) <> ", " <> Kernel.inspect(last) <> ", #{step})"
  end
end
