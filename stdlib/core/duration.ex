defmodule Duration do
  @moduledoc """
  Amounts of calendar time: years, months, weeks, days, hours, minutes, seconds and microseconds, each kept as given.

      iex> Duration.new!(hour: 1, minute: 90) |> Duration.to_iso8601()
      "PT1H90M"
  """

  @derive {Inspect, optional: [:year, :month, :week, :day, :hour, :minute, :second, :microsecond]}
  defstruct year: 0, month: 0, week: 0, day: 0, hour: 0, minute: 0, second: 0, microsecond: {0, 0}

  @typedoc "A duration."
  @type t :: %Duration{
          year: integer,
          month: integer,
          week: integer,
          day: integer,
          hour: integer,
          minute: integer,
          second: integer,
          microsecond: {integer, 0..6}
        }

  @typedoc "A unit with its amount."
  @type unit_pair ::
          {:year, integer}
          | {:month, integer}
          | {:week, integer}
          | {:day, integer}
          | {:hour, integer}
          | {:minute, integer}
          | {:second, integer}
          | {:microsecond, {integer, 0..6}}

  @typedoc "What functions that take a duration accept."
  @type duration :: t | [unit_pair]

  @doc """
  Builds a duration.

      iex> Duration.new!(day: 3)
      %Duration{day: 3}
  """
  @spec new!(duration) :: t
  def new!(%Duration{} = duration), do: duration

  def new!(unit_pairs) do
    Enum.each(unit_pairs, &validate_unit!/1)
    struct!(Duration, unit_pairs)
  end

  defp validate_unit!({:microsecond, {value, precision}})
       when is_integer(value) and precision in 0..6,
       do: :ok

  defp validate_unit!({:microsecond, value}) do
    raise ArgumentError,
          "unsupported value #{inspect(value)} for :microsecond. Expected a tuple {ms, precision} " <>
            "where precision is an integer from 0 to 6"
  end

  defp validate_unit!({unit, value})
       when unit in [:year, :month, :week, :day, :hour, :minute, :second] do
    unless is_integer(value) do
      raise ArgumentError,
            "unsupported value #{inspect(value)} for #{inspect(unit)}. Expected an integer"
    end
  end

  defp validate_unit!({unit, _value}) do
    raise ArgumentError,
          "unknown unit #{inspect(unit)}. Expected :year, :month, :week, :day, :hour, :minute, " <>
            ":second, :microsecond"
  end

  @doc """
  Adds the units of two durations.

      iex> Duration.add(Duration.new!(day: 1), Duration.new!(day: 2))
      %Duration{day: 3}
  """
  @spec add(t, t) :: t
  def add(%Duration{} = d1, %Duration{} = d2) do
    {m1, p1} = d1.microsecond
    {m2, p2} = d2.microsecond

    %Duration{
      year: d1.year + d2.year,
      month: d1.month + d2.month,
      week: d1.week + d2.week,
      day: d1.day + d2.day,
      hour: d1.hour + d2.hour,
      minute: d1.minute + d2.minute,
      second: d1.second + d2.second,
      microsecond: {m1 + m2, max(p1, p2)}
    }
  end

  @doc """
  Subtracts the units of a duration.

      iex> Duration.subtract(Duration.new!(day: 1), Duration.new!(day: 2))
      %Duration{day: -1}
  """
  @spec subtract(t, t) :: t
  def subtract(%Duration{} = d1, %Duration{} = d2), do: add(d1, negate(d2))

  @doc """
  Multiplies all units.

      iex> Duration.multiply(Duration.new!(day: 1, minute: 15), 2)
      %Duration{day: 2, minute: 30}
  """
  @spec multiply(t, integer) :: t
  def multiply(%Duration{microsecond: {value, precision}} = d, integer) when is_integer(integer) do
    %Duration{
      year: d.year * integer,
      month: d.month * integer,
      week: d.week * integer,
      day: d.day * integer,
      hour: d.hour * integer,
      minute: d.minute * integer,
      second: d.second * integer,
      microsecond: {value * integer, precision}
    }
  end

  @doc """
  Negates all units.

      iex> Duration.negate(Duration.new!(day: 1))
      %Duration{day: -1}
  """
  @spec negate(t) :: t
  def negate(%Duration{} = duration), do: multiply(duration, -1)

  @doc """
  Parses an ISO 8601 duration.

      iex> Duration.from_iso8601("P3D")
      {:ok, %Duration{day: 3}}
  """
  @spec from_iso8601(String.t()) :: {:ok, t} | {:error, atom}
  def from_iso8601(string) when is_binary(string) do
    case Calendar.ISO.parse_duration(string) do
      {:ok, units} -> {:ok, new!(units)}
      error -> error
    end
  end

  @doc """
  Parses an ISO 8601 duration or raises `ArgumentError`.

      iex> Duration.from_iso8601!("PT1H")
      %Duration{hour: 1}
  """
  @spec from_iso8601!(String.t()) :: t
  def from_iso8601!(string) when is_binary(string) do
    case from_iso8601(string) do
      {:ok, duration} ->
        duration

      {:error, reason} ->
        raise ArgumentError,
              "failed to parse duration #{inspect(string)}. reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the ISO 8601 text.

      iex> Duration.to_iso8601(Duration.new!(year: 3, hour: 1))
      "P3YT1H"
  """
  @spec to_iso8601(t) :: String.t()
  def to_iso8601(%Duration{} = d) do
    date = [part(d.year, "Y"), part(d.month, "M"), part(d.week, "W"), part(d.day, "D")]
    time = [part(d.hour, "H"), part(d.minute, "M"), seconds(d.second, d.microsecond, "S")]

    case {IO.iodata_to_binary(date), IO.iodata_to_binary(time)} do
      {"", ""} -> "PT0S"
      {date, ""} -> "P" <> date
      {date, time} -> "P" <> date <> "T" <> time
    end
  end

  defp part(0, _letter), do: []
  defp part(value, letter), do: [Integer.to_string(value), letter]

  # Seconds and microseconds may have different signs, so both are added up first.
  defp seconds(0, {0, _}, _suffix), do: []
  defp seconds(second, {0, 0}, suffix), do: [Integer.to_string(second), suffix]

  defp seconds(second, {microsecond, precision}, suffix) do
    total = second * 1_000_000 + microsecond
    sign = if total < 0, do: "-", else: ""
    whole = Integer.to_string(div(abs(total), 1_000_000))

    if precision == 0 do
      [sign, whole, suffix]
    else
      fraction =
        rem(abs(total), 1_000_000)
        |> Integer.to_string()
        |> String.pad_leading(6, "0")
        |> binary_part(0, precision)

      [sign, whole, ".", fraction, suffix]
    end
  end

  @default_units [
    year: "a",
    month: "mo",
    week: "wk",
    day: "d",
    hour: "h",
    minute: "min",
    second: "s"
  ]

  @doc """
  Returns a short text for people. Options: `:units`, names for the units, and `:separator`.

      iex> Duration.to_string(Duration.new!(hour: 2, second: 5))
      "2h 5s"
  """
  @spec to_string(t, units: [{atom, String.t()}], separator: String.t()) :: String.t()
  def to_string(%Duration{} = d, opts \\ []) do
    units = Keyword.merge(@default_units, Keyword.get(opts, :units, []))
    separator = Keyword.get(opts, :separator, " ")

    parts =
      for unit <- [:year, :month, :week, :day, :hour, :minute],
          value = :maps.get(unit, d),
          value != 0 do
        [Integer.to_string(value), units[unit]]
      end

    seconds =
      case seconds(d.second, d.microsecond, units[:second]) do
        [] -> []
        text -> [text]
      end

    case parts ++ seconds do
      [] -> "0" <> units[:second]
      parts -> parts |> Enum.intersperse(separator) |> IO.iodata_to_binary()
    end
  end
end
