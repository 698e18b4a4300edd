defmodule NaiveDateTime do
  @moduledoc """
  Dates with a time of the day, in no particular time zone.

      iex> NaiveDateTime.add(~N[2024-02-28 23:00:00], 2, :hour)
      ~N[2024-02-29 01:00:00]
  """

  @enforce_keys [:year, :month, :day, :hour, :minute, :second]
  defstruct [
    :year,
    :month,
    :day,
    :hour,
    :minute,
    :second,
    microsecond: {0, 0},
    calendar: Calendar.ISO
  ]

  @type t :: %NaiveDateTime{
          year: Calendar.year(),
          month: Calendar.month(),
          day: Calendar.day(),
          calendar: Calendar.calendar(),
          hour: Calendar.hour(),
          minute: Calendar.minute(),
          second: Calendar.second(),
          microsecond: Calendar.microsecond()
        }

  @units [:native, :microsecond, :millisecond, :second]

  @doc """
  Returns the datetime now in UTC.

      iex> NaiveDateTime.utc_now().calendar
      Calendar.ISO
  """
  @spec utc_now(Calendar.calendar() | :native | :microsecond | :millisecond | :second) :: t
  def utc_now(calendar_or_time_unit \\ Calendar.ISO)
  def utc_now(unit) when unit in @units, do: utc_now(unit, Calendar.ISO)
  def utc_now(calendar), do: utc_now(:native, calendar)

  @doc """
  Returns the datetime now in UTC, in a unit and a calendar.

      iex> NaiveDateTime.utc_now(:second, Calendar.ISO).microsecond
      {0, 0}
  """
  @spec utc_now(:native | :microsecond | :millisecond | :second, Calendar.calendar()) :: t
  def utc_now(time_unit, calendar) when time_unit in @units do
    time_unit |> DateTime.utc_now(calendar) |> DateTime.to_naive()
  end

  @doc """
  Returns the local wall clock time of the machine.

      iex> NaiveDateTime.local_now().calendar
      Calendar.ISO
  """
  @spec local_now(Calendar.calendar()) :: t
  def local_now(calendar \\ Calendar.ISO) do
    %{microsecond: microsecond} = utc_now()

    case from_erl(:calendar.local_time(), microsecond, calendar) do
      {:ok, naive} -> naive
      {:error, _} -> raise ArgumentError, "cannot get \"local now\" in target calendar #{inspect(calendar)}, reason: cannot convert from Calendar.ISO to #{inspect(calendar)}."
    end
  end

  @doc """
  Builds a naive datetime from its parts.

      iex> NaiveDateTime.new(2024, 1, 1, 25, 0, 0)
      {:error, :invalid_time}
  """
  @spec new(
          Calendar.year(),
          Calendar.month(),
          Calendar.day(),
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) :: {:ok, t} | {:error, atom}
  def new(year, month, day, hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def new(year, month, day, hour, minute, second, microsecond, calendar)
      when is_integer(microsecond) do
    new(year, month, day, hour, minute, second, {microsecond, 6}, calendar)
  end

  def new(year, month, day, hour, minute, second, microsecond, calendar) do
    cond do
      not calendar.valid_date?(year, month, day) ->
        {:error, :invalid_date}

      not calendar.valid_time?(hour, minute, second, microsecond) ->
        {:error, :invalid_time}

      true ->
        {:ok, build({year, month, day, hour, minute, second, microsecond}, calendar)}
    end
  end

  defp build({year, month, day, hour, minute, second, microsecond}, calendar) do
    %NaiveDateTime{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond,
      calendar: calendar
    }
  end

  @doc """
  Builds a naive datetime from its parts or raises `ArgumentError`.

      iex> NaiveDateTime.new!(2024, 1, 1, 0, 0, 0)
      ~N[2024-01-01 00:00:00]
  """
  @spec new!(
          Calendar.year(),
          Calendar.month(),
          Calendar.day(),
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) :: t
  def new!(year, month, day, hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def new!(year, month, day, hour, minute, second, microsecond, calendar) do
    case new(year, month, day, hour, minute, second, microsecond, calendar) do
      {:ok, naive} -> naive
      {:error, reason} -> raise ArgumentError, "cannot build naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Builds a naive datetime from a date and a time.

      iex> NaiveDateTime.new(~D[2024-01-01], ~T[10:00:00])
      {:ok, ~N[2024-01-01 10:00:00]}
  """
  @spec new(Date.t(), Time.t()) :: {:ok, t}
  def new(date, time)

  def new(%Date{calendar: calendar} = d, %Time{calendar: calendar} = t) do
    {:ok, build({d.year, d.month, d.day, t.hour, t.minute, t.second, t.microsecond}, calendar)}
  end

  @doc """
  Builds a naive datetime from a date and a time.

      iex> NaiveDateTime.new!(~D[2024-01-01], ~T[10:00:00])
      ~N[2024-01-01 10:00:00]
  """
  @spec new!(Date.t(), Time.t()) :: t
  def new!(date, time)

  def new!(%Date{calendar: calendar} = date, %Time{calendar: calendar} = time) do
    {:ok, naive} = new(date, time)
    naive
  end

  @doc """
  Adds an amount of a unit.

      iex> NaiveDateTime.add(~N[2024-01-01 00:00:00], 1, :day)
      ~N[2024-01-02 00:00:00]
  """
  @spec add(Calendar.naive_datetime(), integer, :day | :hour | :minute | System.time_unit()) :: t
  def add(naive_datetime, amount_to_add, unit \\ :second)

  def add(naive, amount, :day) when is_integer(amount), do: add(naive, amount * 86_400, :second)
  def add(naive, amount, :hour) when is_integer(amount), do: add(naive, amount * 3600, :second)
  def add(naive, amount, :minute) when is_integer(amount), do: add(naive, amount * 60, :second)

  def add(%{microsecond: {_, precision}, calendar: calendar} = naive, amount, unit)
      when is_integer(amount) do
    per_second = Calendar.ISO.per_second(unit) || Calendar.ISO.bad_unit(unit)
    precision = max(Calendar.ISO.time_unit_to_precision(unit), precision)

    naive
    |> to_iso_days()
    |> Calendar.ISO.add_parts(amount, per_second * 86_400)
    |> from_iso_days(calendar, precision)
  end

  @doc """
  Moves a naive datetime by a duration.

      iex> NaiveDateTime.shift(~N[2016-01-31 00:00:00], month: 1)
      ~N[2016-02-29 00:00:00]
  """
  @spec shift(Calendar.naive_datetime(), Duration.duration()) :: t
  def shift(%{calendar: calendar} = n, duration) do
    calendar.shift_naive_datetime(
      n.year,
      n.month,
      n.day,
      n.hour,
      n.minute,
      n.second,
      n.microsecond,
      duration!(duration)
    )
    |> build(calendar)
  end

  defp duration!(%Duration{} = duration), do: duration
  defp duration!(unit_pairs), do: Duration.new!(unit_pairs)

  @doc """
  Returns the difference.

      iex> NaiveDateTime.diff(~N[2024-01-02 00:00:00], ~N[2024-01-01 00:00:00], :hour)
      24
  """
  @spec diff(
          Calendar.naive_datetime(),
          Calendar.naive_datetime(),
          :day | :hour | :minute | System.time_unit()
        ) :: integer
  def diff(naive_datetime1, naive_datetime2, unit \\ :second)

  def diff(naive1, naive2, :day), do: div(diff(naive1, naive2, :second), 86_400)
  def diff(naive1, naive2, :hour), do: div(diff(naive1, naive2, :second), 3600)
  def diff(naive1, naive2, :minute), do: div(diff(naive1, naive2, :second), 60)

  def diff(%{calendar: calendar1} = naive1, %{calendar: calendar2} = naive2, unit) do
    per_second = Calendar.ISO.per_second(unit) || Calendar.ISO.bad_unit(unit)

    unless Calendar.compatible_calendars?(calendar1, calendar2) do
      raise ArgumentError,
            "cannot calculate the difference between #{inspect(naive1)} and " <>
              "#{inspect(naive2)} because their calendars are not compatible " <>
              "and thus the result would be ambiguous"
    end

    units1 = Calendar.ISO.iso_days_to_unit(to_iso_days(naive1), :microsecond)
    units2 = Calendar.ISO.iso_days_to_unit(to_iso_days(naive2), :microsecond)
    Integer.floor_div(units1 * per_second, 1_000_000) - Integer.floor_div(units2 * per_second, 1_000_000)
  end

  @doc """
  Cuts the microseconds to a precision.

      iex> NaiveDateTime.truncate(~N[2017-11-06 00:23:51.123456], :second)
      ~N[2017-11-06 00:23:51]
  """
  @spec truncate(t, :microsecond | :millisecond | :second) :: t
  def truncate(%NaiveDateTime{microsecond: microsecond} = naive_datetime, precision) do
    %{naive_datetime | microsecond: Calendar.truncate(microsecond, precision)}
  end

  def truncate(%{calendar: calendar, microsecond: microsecond} = n, precision) do
    {n.year, n.month, n.day, n.hour, n.minute, n.second, Calendar.truncate(microsecond, precision)}
    |> build(calendar)
  end

  @doc """
  Returns the date.

      iex> NaiveDateTime.to_date(~N[2024-01-01 10:00:00])
      ~D[2024-01-01]
  """
  @spec to_date(Calendar.naive_datetime()) :: Date.t()
  def to_date(%{year: year, month: month, day: day, calendar: calendar}) do
    %Date{year: year, month: month, day: day, calendar: calendar}
  end

  @doc """
  Returns the time.

      iex> NaiveDateTime.to_time(~N[2024-01-01 10:00:00])
      ~T[10:00:00]
  """
  @spec to_time(Calendar.naive_datetime()) :: Time.t()
  def to_time(%{hour: h, minute: m, second: s, microsecond: microsecond, calendar: calendar}) do
    %Time{hour: h, minute: m, second: s, microsecond: microsecond, calendar: calendar}
  end

  @doc """
  Returns the text of a naive datetime.

      iex> NaiveDateTime.to_string(~N[2024-01-01 10:00:00])
      "2024-01-01 10:00:00"
  """
  @spec to_string(Calendar.naive_datetime()) :: String.t()
  def to_string(%{calendar: calendar} = n) do
    calendar.naive_datetime_to_string(
      n.year,
      n.month,
      n.day,
      n.hour,
      n.minute,
      n.second,
      n.microsecond
    )
  end

  @doc """
  Parses an ISO 8601 datetime; an offset is checked and dropped.

      iex> NaiveDateTime.from_iso8601("2015-01-23T23:50:07Z")
      {:ok, ~N[2015-01-23 23:50:07]}
  """
  @spec from_iso8601(String.t(), Calendar.calendar() | :extended | :basic) ::
          {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar_or_format \\ Calendar.ISO)

  def from_iso8601(string, format) when format in [:basic, :extended] do
    from_iso8601(string, Calendar.ISO, format)
  end

  def from_iso8601(string, calendar) when is_atom(calendar) do
    from_iso8601(string, calendar, :extended)
  end

  @doc """
  Parses an ISO 8601 datetime in the given format, for the given calendar.

      iex> NaiveDateTime.from_iso8601("20150123T235007Z", Calendar.ISO, :basic)
      {:ok, ~N[2015-01-23 23:50:07]}
  """
  @spec from_iso8601(String.t(), Calendar.calendar(), :extended | :basic) ::
          {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar, format) do
    with {:ok, parts} <- Calendar.ISO.parse_naive_datetime(string, format) do
      convert(build(parts, Calendar.ISO), calendar)
    end
  end

  @doc """
  Parses an ISO 8601 datetime or raises `ArgumentError`.

      iex> NaiveDateTime.from_iso8601!("2015-01-23T23:50:07")
      ~N[2015-01-23 23:50:07]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar() | :extended | :basic) :: t
  def from_iso8601!(string, calendar_or_format \\ Calendar.ISO) do
    case from_iso8601(string, calendar_or_format) do
      {:ok, naive} ->
        naive

      {:error, reason} ->
        raise ArgumentError,
              "cannot parse #{inspect(string)} as naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the ISO 8601 text.

      iex> NaiveDateTime.to_iso8601(~N[2000-02-28 23:00:13])
      "2000-02-28T23:00:13"
  """
  @spec to_iso8601(Calendar.naive_datetime(), :basic | :extended) :: String.t()
  def to_iso8601(naive_datetime, format \\ :extended) when format in [:basic, :extended] do
    n = iso(naive_datetime)

    Calendar.ISO.date_to_string(n.year, n.month, n.day, format) <>
      "T" <> Calendar.ISO.time_to_string(n.hour, n.minute, n.second, n.microsecond, format)
  end

  defp iso(%{calendar: Calendar.ISO} = naive), do: naive
  defp iso(%{calendar: _} = naive), do: convert!(naive, Calendar.ISO)

  @doc """
  Returns `{{year, month, day}, {hour, minute, second}}`.

      iex> NaiveDateTime.to_erl(~N[2000-01-01 13:30:15])
      {{2000, 1, 1}, {13, 30, 15}}
  """
  @spec to_erl(Calendar.naive_datetime()) :: :calendar.datetime()
  def to_erl(naive_datetime) do
    n = iso(naive_datetime)
    {{n.year, n.month, n.day}, {n.hour, n.minute, n.second}}
  end

  @doc """
  Builds a naive datetime from Erlang's form.

      iex> NaiveDateTime.from_erl({{2000, 1, 1}, {13, 30, 15}}, {5000, 3})
      {:ok, ~N[2000-01-01 13:30:15.005]}
  """
  @spec from_erl(:calendar.datetime(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def from_erl(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def from_erl({{year, month, day}, {hour, minute, second}}, microsecond, calendar) do
    with {:ok, naive} <- new(year, month, day, hour, minute, second, microsecond) do
      convert(naive, calendar)
    end
  end

  @doc """
  Builds a naive datetime from Erlang's form or raises `ArgumentError`.

      iex> NaiveDateTime.from_erl!({{2000, 1, 1}, {13, 30, 15}})
      ~N[2000-01-01 13:30:15]
  """
  @spec from_erl!(:calendar.datetime(), Calendar.microsecond(), Calendar.calendar()) :: t
  def from_erl!(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case from_erl(tuple, microsecond, calendar) do
      {:ok, naive} ->
        naive

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(tuple)} to naive datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Builds a naive datetime from the seconds since year 0.

      iex> NaiveDateTime.from_gregorian_seconds(1)
      ~N[0000-01-01 00:00:01]
  """
  @spec from_gregorian_seconds(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_gregorian_seconds(seconds, {microsecond, precision} \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    seconds
    |> Calendar.ISO.gregorian_seconds_to_iso_days(microsecond)
    |> from_iso_days(calendar, precision)
  end

  @doc """
  Returns `{seconds, microseconds}` since year 0.

      iex> NaiveDateTime.to_gregorian_seconds(~N[0000-01-01 00:00:01.005])
      {1, 5000}
  """
  @spec to_gregorian_seconds(Calendar.naive_datetime()) :: {integer, non_neg_integer}
  def to_gregorian_seconds(%{microsecond: {microsecond, _}} = naive_datetime) do
    {Calendar.ISO.iso_days_to_unit(to_iso_days(naive_datetime), :second), microsecond}
  end

  @doc """
  Returns `:lt`, `:eq` or `:gt`.

      iex> NaiveDateTime.compare(~N[2024-01-01 00:00:00], ~N[2024-01-02 00:00:00])
      :lt
  """
  @spec compare(Calendar.naive_datetime(), Calendar.naive_datetime()) :: :lt | :eq | :gt
  def compare(%{calendar: calendar1} = naive1, %{calendar: calendar2} = naive2) do
    unless Calendar.compatible_calendars?(calendar1, calendar2) do
      raise ArgumentError, """
      cannot compare #{inspect(naive1)} with #{inspect(naive2)}.

      This comparison would be ambiguous as their calendars have incompatible day rollover moments.
      Specify an exact time of day (using DateTime) to resolve this ambiguity
      """
    end

    units1 = Calendar.ISO.iso_days_to_unit(to_iso_days(naive1), :microsecond)
    units2 = Calendar.ISO.iso_days_to_unit(to_iso_days(naive2), :microsecond)

    cond do
      units1 < units2 -> :lt
      units1 > units2 -> :gt
      true -> :eq
    end
  end

  @doc """
  Tells whether the first is before the second.

      iex> NaiveDateTime.before?(~N[2024-01-01 00:00:00], ~N[2024-01-02 00:00:00])
      true
  """
  @spec before?(Calendar.naive_datetime(), Calendar.naive_datetime()) :: boolean
  def before?(naive_datetime1, naive_datetime2) do
    compare(naive_datetime1, naive_datetime2) == :lt
  end

  @doc """
  Tells whether the first is after the second.

      iex> NaiveDateTime.after?(~N[2024-01-01 00:00:00], ~N[2024-01-02 00:00:00])
      false
  """
  @spec after?(Calendar.naive_datetime(), Calendar.naive_datetime()) :: boolean
  def after?(naive_datetime1, naive_datetime2) do
    compare(naive_datetime1, naive_datetime2) == :gt
  end

  @doc """
  Converts to another calendar.

      iex> NaiveDateTime.convert(~N[2024-01-01 00:00:00], Calendar.ISO)
      {:ok, ~N[2024-01-01 00:00:00]}
  """
  @spec convert(Calendar.naive_datetime(), Calendar.calendar()) ::
          {:ok, t} | {:error, :incompatible_calendars}
  def convert(%{calendar: calendar} = n, calendar) do
    {:ok, build({n.year, n.month, n.day, n.hour, n.minute, n.second, n.microsecond}, calendar)}
  end

  def convert(%{calendar: source, microsecond: {_, precision}} = naive, calendar) do
    if Calendar.compatible_calendars?(source, calendar) do
      {:ok, naive |> to_iso_days() |> from_iso_days(calendar, precision)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts to another calendar or raises `ArgumentError`.

      iex> NaiveDateTime.convert!(~N[2024-01-01 00:00:00], Calendar.ISO)
      ~N[2024-01-01 00:00:00]
  """
  @spec convert!(Calendar.naive_datetime(), Calendar.calendar()) :: t
  def convert!(naive_datetime, calendar) do
    case convert(naive_datetime, calendar) do
      {:ok, value} ->
        value

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to target calendar " <>
                "#{inspect(calendar)}, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the first moment of the day.

      iex> NaiveDateTime.beginning_of_day(~N[2000-01-01 23:00:07.123456])
      ~N[2000-01-01 00:00:00.000000]
  """
  @spec beginning_of_day(Calendar.naive_datetime()) :: t
  def beginning_of_day(%{calendar: calendar, microsecond: {_, precision}} = naive_datetime) do
    naive_datetime
    |> to_iso_days()
    |> calendar.iso_days_to_beginning_of_day()
    |> from_iso_days(calendar, precision)
  end

  @doc """
  Returns the last moment of the day.

      iex> NaiveDateTime.end_of_day(~N[2000-01-01 23:00:07.123456])
      ~N[2000-01-01 23:59:59.999999]
  """
  @spec end_of_day(Calendar.naive_datetime()) :: t
  def end_of_day(%{calendar: calendar, microsecond: {_, precision}} = naive_datetime) do
    end_of_day =
      naive_datetime
      |> to_iso_days()
      |> calendar.iso_days_to_end_of_day()
      |> from_iso_days(calendar, 6)

    %{microsecond: {value, _}} = end_of_day
    cut = Integer.pow(10, 6 - precision)
    %{end_of_day | microsecond: {div(value, cut) * cut, precision}}
  end

  @doc false
  def to_iso_days(%{calendar: calendar} = n) do
    calendar.naive_datetime_to_iso_days(
      n.year,
      n.month,
      n.day,
      n.hour,
      n.minute,
      n.second,
      n.microsecond
    )
  end

  @doc false
  def from_iso_days(iso_days, calendar, precision) do
    {year, month, day, hour, minute, second, {microsecond, _}} =
      calendar.naive_datetime_from_iso_days(iso_days)

    build({year, month, day, hour, minute, second, {microsecond, precision}}, calendar)
  end
end

defimpl String.Chars, for: NaiveDateTime do
  def to_string(naive), do: NaiveDateTime.to_string(naive)
end

defimpl Inspect, for: NaiveDateTime do
  def inspect(%{calendar: calendar, year: year} = n, _)
      when calendar != Calendar.ISO or year in -9999..9999 do
    suffix = if calendar == Calendar.ISO, do: "", else: " " <> Kernel.inspect(calendar)
    "~N[" <> NaiveDateTime.to_string(n) <> suffix <> "]"
  end

  def inspect(n, _) do
    "NaiveDateTime.new!(#{n.year}, #{n.month}, #{n.day}, #{n.hour}, #{n.minute}, #{n.second}, " <>
      "#{Kernel.inspect(n.microsecond)})"
  end
end
