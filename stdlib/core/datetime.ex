defmodule DateTime do
  @moduledoc """
  Moments: a date and a time in a time zone.

  Only `"Etc/UTC"` is known unless a time zone database is given or set by `Calendar.put_time_zone_database/1`.

      iex> DateTime.from_unix!(0)
      ~U[1970-01-01 00:00:00Z]
  """

  @enforce_keys [
    :year,
    :month,
    :day,
    :hour,
    :minute,
    :second,
    :time_zone,
    :zone_abbr,
    :utc_offset,
    :std_offset
  ]
  defstruct [
    :year,
    :month,
    :day,
    :hour,
    :minute,
    :second,
    :time_zone,
    :zone_abbr,
    :utc_offset,
    :std_offset,
    microsecond: {0, 0},
    calendar: Calendar.ISO
  ]

  @type t :: %__MODULE__{
          year: Calendar.year(),
          month: Calendar.month(),
          day: Calendar.day(),
          calendar: Calendar.calendar(),
          hour: Calendar.hour(),
          minute: Calendar.minute(),
          second: Calendar.second(),
          microsecond: Calendar.microsecond(),
          time_zone: Calendar.time_zone(),
          zone_abbr: Calendar.zone_abbr(),
          utc_offset: Calendar.utc_offset(),
          std_offset: Calendar.std_offset()
        }

  @units [:native, :microsecond, :millisecond, :second]
  @utc %{time_zone: "Etc/UTC", zone_abbr: "UTC", utc_offset: 0, std_offset: 0}

  @doc """
  Returns the moment now in UTC.

      iex> DateTime.utc_now().time_zone
      "Etc/UTC"
  """
  @spec utc_now(Calendar.calendar() | :native | :microsecond | :millisecond | :second) :: t
  def utc_now(calendar_or_time_unit \\ Calendar.ISO)
  def utc_now(unit) when unit in @units, do: utc_now(unit, Calendar.ISO)
  def utc_now(calendar), do: utc_now(:native, calendar)

  @doc """
  Returns the moment now in UTC, in a unit and a calendar.

      iex> DateTime.utc_now(:second, Calendar.ISO).microsecond
      {0, 0}
  """
  @spec utc_now(:native | :microsecond | :millisecond | :second, Calendar.calendar()) :: t
  def utc_now(time_unit, calendar) when time_unit in @units do
    time_unit |> :erlang.system_time() |> from_unix!(time_unit, calendar)
  end

  @doc """
  Builds a datetime from a date and a time in a zone. A reading that occurs twice gives `{:ambiguous, first, second}`, one
  that is skipped `{:gap, just_before, just_after}`.

      iex> DateTime.new(~D[2016-05-24], ~T[13:26:08.003])
      {:ok, ~U[2016-05-24 13:26:08.003Z]}
  """
  @spec new(Date.t(), Time.t(), Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t}
          | {:ambiguous, first :: t, second :: t}
          | {:gap, t, t}
          | {:error,
             :incompatible_calendars | :time_zone_not_found | :utc_only_time_zone_database}
  def new(date, time, time_zone \\ "Etc/UTC", time_zone_database \\ Calendar.get_time_zone_database())

  def new(%Date{calendar: calendar} = date, %Time{calendar: calendar} = time, zone, database) do
    {:ok, naive} = NaiveDateTime.new(date, time)
    from_naive(naive, zone, database)
  end

  @doc """
  Like `new/4`, but raises `ArgumentError`.

      iex> DateTime.new!(~D[2016-05-24], ~T[13:26:08.003])
      ~U[2016-05-24 13:26:08.003Z]
  """
  @spec new!(Date.t(), Time.t(), Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def new!(date, time, time_zone \\ "Etc/UTC", time_zone_database \\ Calendar.get_time_zone_database())

  def new!(date, time, time_zone, time_zone_database) do
    case new(date, time, time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:ambiguous, dt1, dt2} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)} because such " <>
                "instant is ambiguous in time zone #{time_zone} as there is an overlap between " <>
                "#{inspect(dt1)} and #{inspect(dt2)}"

      {:gap, dt1, dt2} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)} because such " <>
                "instant does not exist in time zone #{time_zone} as there is a gap between " <>
                "#{inspect(dt1)} and #{inspect(dt2)}"

      {:error, reason} ->
        raise ArgumentError,
              "cannot build datetime with #{inspect(date)} and #{inspect(time)}, " <>
                "reason: #{inspect(reason)}"
    end
  end

  @doc """
  Builds a UTC datetime from Unix time.

      iex> DateTime.from_unix(1_464_096_368)
      {:ok, ~U[2016-05-24 13:26:08Z]}
  """
  @spec from_unix(integer, :native | System.time_unit(), Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def from_unix(integer, unit \\ :second, calendar \\ Calendar.ISO) when is_integer(integer) do
    case Calendar.ISO.from_unix(integer, unit) do
      {:ok, {year, month, day}, {hour, minute, second}, microsecond} ->
        convert(build({year, month, day, hour, minute, second, microsecond}, Calendar.ISO, @utc), calendar)

      {:error, _} = error ->
        error
    end
  end

  @doc """
  Builds a UTC datetime from Unix time or raises `ArgumentError`.

      iex> DateTime.from_unix!(1_464_096_368)
      ~U[2016-05-24 13:26:08Z]
  """
  @spec from_unix!(integer, :native | System.time_unit(), Calendar.calendar()) :: t
  def from_unix!(integer, unit \\ :second, calendar \\ Calendar.ISO) do
    case from_unix(integer, unit, calendar) do
      {:ok, datetime} -> datetime
      {:error, :invalid_unix_time} -> raise ArgumentError, "invalid Unix time #{integer}"
    end
  end

  defp build({year, month, day, hour, minute, second, microsecond}, calendar, zone) do
    %DateTime{
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond,
      calendar: calendar,
      time_zone: zone.time_zone,
      zone_abbr: zone.zone_abbr,
      utc_offset: zone.utc_offset,
      std_offset: zone.std_offset
    }
  end

  defp in_zone(naive, period, zone) do
    {naive.year, naive.month, naive.day, naive.hour, naive.minute, naive.second, naive.microsecond}
    |> build(naive.calendar, %{
      time_zone: zone,
      zone_abbr: period.zone_abbr,
      utc_offset: period.utc_offset,
      std_offset: period.std_offset
    })
  end

  @doc """
  Builds a datetime from a naive one in a zone; answers like `new/4`.

      iex> DateTime.from_naive(~N[2016-05-24 13:26:08], "Etc/UTC")
      {:ok, ~U[2016-05-24 13:26:08Z]}
  """
  @spec from_naive(NaiveDateTime.t(), Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t}
          | {:ambiguous, first :: t, second :: t}
          | {:gap, t, t}
          | {:error,
             :incompatible_calendars | :time_zone_not_found | :utc_only_time_zone_database}
  def from_naive(naive_datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database())

  def from_naive(%{calendar: _, microsecond: _} = naive, "Etc/UTC", _database) do
    {:ok, in_zone(naive, %{zone_abbr: "UTC", utc_offset: 0, std_offset: 0}, "Etc/UTC")}
  end

  def from_naive(%{calendar: calendar} = naive, zone, database) do
    if Calendar.compatible_calendars?(Calendar.ISO, calendar) do
      {:ok, iso} = NaiveDateTime.convert(naive, Calendar.ISO)

      case database.time_zone_periods_from_wall_datetime(iso, zone) do
        {:ok, period} ->
          {:ok, in_zone(naive, period, zone)}

        {:ambiguous, first, second} ->
          {:ambiguous, in_zone(naive, first, zone), in_zone(naive, second, zone)}

        {:gap, {first, first_limit}, {second, second_limit}} ->
          # The last microsecond before the gap and the first one after it.
          just_before = %{first_limit | microsecond: {0, 6}} |> NaiveDateTime.add(-1, :microsecond)
          just_after = %{second_limit | microsecond: {0, 0}}
          before = in_zone(NaiveDateTime.convert!(just_before, calendar), first, zone)
          {:gap, before, in_zone(NaiveDateTime.convert!(just_after, calendar), second, zone)}

        {:error, reason} ->
          {:error, reason}
      end
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Like `from_naive/3`, but raises `ArgumentError`.

      iex> DateTime.from_naive!(~N[2016-05-24 13:26:08], "Etc/UTC")
      ~U[2016-05-24 13:26:08Z]
  """
  @spec from_naive!(NaiveDateTime.t(), Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def from_naive!(naive_datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case from_naive(naive_datetime, time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:ambiguous, dt1, dt2} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime because such " <>
                "instant is ambiguous in time zone #{time_zone} as there is an overlap between " <>
                "#{inspect(dt1)} and #{inspect(dt2)}"

      {:gap, dt1, dt2} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime because such " <>
                "instant does not exist in time zone #{time_zone} as there is a gap between " <>
                "#{inspect(dt1)} and #{inspect(dt2)}"

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(naive_datetime)} to datetime, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the same moment in another zone.

      iex> DateTime.shift_zone(~U[2018-07-16 10:00:00Z], "Etc/UTC")
      {:ok, ~U[2018-07-16 10:00:00Z]}
  """
  @spec shift_zone(t, Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t} | {:error, :time_zone_not_found | :utc_only_time_zone_database}
  def shift_zone(datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database())
  def shift_zone(%{time_zone: zone} = datetime, zone, _database), do: {:ok, datetime}

  def shift_zone(%{calendar: calendar, microsecond: {_, precision}} = datetime, zone, database) do
    datetime |> to_utc_iso_days() |> from_utc_iso_days(calendar, precision, zone, database)
  end

  defp from_utc_iso_days(iso_days, calendar, precision, "Etc/UTC", _database) do
    {:ok, iso_days |> NaiveDateTime.from_iso_days(calendar, precision) |> in_zone(@utc, "Etc/UTC")}
  end

  defp from_utc_iso_days(iso_days, calendar, precision, zone, database) do
    with {:ok, period} <- database.time_zone_period_from_utc_iso_days(iso_days, zone) do
      wall = Calendar.ISO.add_seconds(iso_days, period.utc_offset + period.std_offset)
      {:ok, wall |> NaiveDateTime.from_iso_days(calendar, precision) |> in_zone(period, zone)}
    end
  end

  @doc """
  Like `shift_zone/3`, but raises `ArgumentError`.

      iex> DateTime.shift_zone!(~U[2018-07-16 10:00:00Z], "Etc/UTC")
      ~U[2018-07-16 10:00:00Z]
  """
  @spec shift_zone!(t, Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def shift_zone!(datetime, time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case shift_zone(datetime, time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot shift #{inspect(datetime)} to #{inspect(time_zone)} time zone" <>
                ", reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the moment now in a zone.

      iex> {:ok, now} = DateTime.now("Etc/UTC")
      iex> now.time_zone
      "Etc/UTC"
  """
  @spec now(Calendar.time_zone(), Calendar.time_zone_database()) ::
          {:ok, t} | {:error, :time_zone_not_found | :utc_only_time_zone_database}
  def now(time_zone, time_zone_database \\ Calendar.get_time_zone_database())
  def now("Etc/UTC", _database), do: {:ok, utc_now()}
  def now(time_zone, database), do: shift_zone(utc_now(), time_zone, database)

  @doc """
  Like `now/2`, but raises `ArgumentError`.

      iex> DateTime.now!("Etc/UTC").time_zone
      "Etc/UTC"
  """
  @spec now!(Calendar.time_zone(), Calendar.time_zone_database()) :: t
  def now!(time_zone, time_zone_database \\ Calendar.get_time_zone_database()) do
    case now(time_zone, time_zone_database) do
      {:ok, datetime} ->
        datetime

      {:error, reason} ->
        raise ArgumentError,
              "cannot get current datetime in #{inspect(time_zone)} time zone, reason: " <>
                inspect(reason)
    end
  end

  @doc """
  Returns the Unix time.

      iex> DateTime.to_unix(~U[1970-01-01 00:01:00Z])
      60
  """
  @spec to_unix(Calendar.datetime(), :native | System.time_unit()) :: integer
  def to_unix(datetime, unit \\ :second)

  def to_unix(%{utc_offset: _, std_offset: _} = datetime, unit) do
    per_second = Calendar.ISO.per_second(unit) || Calendar.ISO.bad_unit(unit)
    microseconds = Calendar.ISO.iso_days_to_unit(to_utc_iso_days(datetime), :microsecond)
    since_epoch = microseconds - Calendar.ISO.unix_epoch_seconds() * 1_000_000
    Integer.floor_div(since_epoch * per_second, 1_000_000)
  end

  @doc """
  Drops the zone.

      iex> DateTime.to_naive(~U[2024-01-01 00:00:00Z])
      ~N[2024-01-01 00:00:00]
  """
  @spec to_naive(Calendar.datetime()) :: NaiveDateTime.t()
  def to_naive(%{calendar: calendar, time_zone: _} = dt) do
    %NaiveDateTime{
      year: dt.year,
      month: dt.month,
      day: dt.day,
      calendar: calendar,
      hour: dt.hour,
      minute: dt.minute,
      second: dt.second,
      microsecond: dt.microsecond
    }
  end

  @doc """
  Returns the date.

      iex> DateTime.to_date(~U[2024-01-01 00:00:00Z])
      ~D[2024-01-01]
  """
  @spec to_date(Calendar.datetime()) :: Date.t()
  def to_date(%{year: year, month: month, day: day, calendar: calendar}) do
    %Date{year: year, month: month, day: day, calendar: calendar}
  end

  @doc """
  Returns the time.

      iex> DateTime.to_time(~U[2024-01-01 10:00:00Z])
      ~T[10:00:00]
  """
  @spec to_time(Calendar.datetime()) :: Time.t()
  def to_time(%{hour: h, minute: m, second: s, microsecond: microsecond, calendar: calendar}) do
    %Time{hour: h, minute: m, second: s, microsecond: microsecond, calendar: calendar}
  end

  @doc """
  Returns the ISO 8601 text, with an offset of its own or the one given in seconds.

      iex> DateTime.to_iso8601(~U[2024-01-01 00:00:00Z])
      "2024-01-01T00:00:00Z"
  """
  @spec to_iso8601(Calendar.datetime(), :basic | :extended, nil | integer) :: String.t()
  def to_iso8601(datetime, format \\ :extended, offset \\ nil)

  def to_iso8601(%{calendar: Calendar.ISO} = datetime, format, nil)
      when format in [:extended, :basic] do
    text(datetime, format) <>
      Calendar.ISO.offset_to_string(
        datetime.utc_offset,
        datetime.std_offset,
        datetime.time_zone,
        format
      )
  end

  def to_iso8601(%{calendar: Calendar.ISO, microsecond: {_, precision}} = datetime, format, offset)
      when format in [:extended, :basic] and is_integer(offset) do
    wall =
      datetime
      |> to_utc_iso_days()
      |> Calendar.ISO.add_seconds(offset)
      |> NaiveDateTime.from_iso_days(Calendar.ISO, precision)

    zone = if offset == 0, do: "Etc/UTC", else: ""
    text(wall, format) <> Calendar.ISO.offset_to_string(offset, 0, zone, format)
  end

  def to_iso8601(%{calendar: _} = datetime, format, offset)
      when format in [:extended, :basic] do
    datetime |> convert!(Calendar.ISO) |> to_iso8601(format, offset)
  end

  defp text(dt, format) do
    Calendar.ISO.date_to_string(dt.year, dt.month, dt.day, format) <>
      "T" <> Calendar.ISO.time_to_string(dt.hour, dt.minute, dt.second, dt.microsecond, format)
  end

  @doc """
  Parses an ISO 8601 datetime with an offset; returns it in UTC, with the offset in seconds.

      iex> DateTime.from_iso8601("2015-01-23T23:50:07+02:30")
      {:ok, ~U[2015-01-23 21:20:07Z], 9000}
  """
  @spec from_iso8601(String.t(), Calendar.calendar() | :extended | :basic) ::
          {:ok, t, Calendar.utc_offset()} | {:error, atom}
  def from_iso8601(string, calendar_or_format \\ Calendar.ISO)

  def from_iso8601(string, format) when format in [:basic, :extended] do
    from_iso8601(string, Calendar.ISO, format)
  end

  def from_iso8601(string, calendar) when is_atom(calendar) do
    from_iso8601(string, calendar, :extended)
  end

  @doc """
  Parses an ISO 8601 datetime in the given format, for the given calendar.

      iex> DateTime.from_iso8601("20150123T235007Z", Calendar.ISO, :basic)
      {:ok, ~U[2015-01-23 23:50:07Z], 0}
  """
  @spec from_iso8601(String.t(), Calendar.calendar(), :extended | :basic) ::
          {:ok, t, Calendar.utc_offset()} | {:error, atom}
  def from_iso8601(string, calendar, format) do
    with {:ok, parts, offset} <- Calendar.ISO.parse_utc_datetime(string, format),
         {:ok, datetime} <- convert(build(parts, Calendar.ISO, @utc), calendar) do
      {:ok, datetime, offset}
    end
  end

  @doc """
  Builds a UTC datetime from the seconds since year 0.

      iex> DateTime.from_gregorian_seconds(1)
      ~U[0000-01-01 00:00:01Z]
  """
  @spec from_gregorian_seconds(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_gregorian_seconds(seconds, {microsecond, precision} \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    seconds
    |> Calendar.ISO.gregorian_seconds_to_iso_days(microsecond)
    |> NaiveDateTime.from_iso_days(calendar, precision)
    |> in_zone(@utc, "Etc/UTC")
  end

  @doc """
  Returns `{seconds, microseconds}` since year 0.

      iex> DateTime.to_gregorian_seconds(~U[0000-01-01 00:00:01.500Z])
      {1, 500000}
  """
  @spec to_gregorian_seconds(Calendar.datetime()) :: {integer, non_neg_integer}
  def to_gregorian_seconds(%{microsecond: {microsecond, _}} = datetime) do
    {Calendar.ISO.iso_days_to_unit(to_utc_iso_days(datetime), :second), microsecond}
  end

  @doc """
  Returns the text of a datetime.

      iex> DateTime.to_string(~U[2024-01-01 00:00:00Z])
      "2024-01-01 00:00:00Z"
  """
  @spec to_string(Calendar.datetime()) :: String.t()
  def to_string(%{calendar: calendar} = dt) do
    calendar.datetime_to_string(
      dt.year,
      dt.month,
      dt.day,
      dt.hour,
      dt.minute,
      dt.second,
      dt.microsecond,
      dt.time_zone,
      dt.zone_abbr,
      dt.utc_offset,
      dt.std_offset
    )
  end

  @doc """
  Returns `:lt`, `:eq` or `:gt`.

      iex> DateTime.compare(~U[2024-01-01 00:00:00Z], ~U[2024-01-02 00:00:00Z])
      :lt
  """
  @spec compare(Calendar.datetime(), Calendar.datetime()) :: :lt | :eq | :gt
  def compare(%{utc_offset: _, std_offset: _} = dt1, %{utc_offset: _, std_offset: _} = dt2) do
    units1 = Calendar.ISO.iso_days_to_unit(to_utc_iso_days(dt1), :microsecond)
    units2 = Calendar.ISO.iso_days_to_unit(to_utc_iso_days(dt2), :microsecond)

    cond do
      units1 < units2 -> :lt
      units1 > units2 -> :gt
      true -> :eq
    end
  end

  @doc """
  Tells whether the first is before the second.

      iex> DateTime.before?(~U[2024-01-01 00:00:00Z], ~U[2024-01-02 00:00:00Z])
      true
  """
  @spec before?(Calendar.datetime(), Calendar.datetime()) :: boolean
  def before?(datetime1, datetime2), do: compare(datetime1, datetime2) == :lt

  @doc """
  Tells whether the first is after the second.

      iex> DateTime.after?(~U[2024-01-01 00:00:00Z], ~U[2024-01-02 00:00:00Z])
      false
  """
  @spec after?(Calendar.datetime(), Calendar.datetime()) :: boolean
  def after?(datetime1, datetime2), do: compare(datetime1, datetime2) == :gt

  @doc """
  Returns the difference.

      iex> DateTime.diff(~U[2024-01-02 00:00:00Z], ~U[2024-01-01 00:00:00Z], :hour)
      24
  """
  @spec diff(
          Calendar.datetime(),
          Calendar.datetime(),
          :day | :hour | :minute | System.time_unit()
        ) :: integer
  def diff(datetime1, datetime2, unit \\ :second)

  def diff(datetime1, datetime2, :day), do: div(diff(datetime1, datetime2, :second), 86_400)
  def diff(datetime1, datetime2, :hour), do: div(diff(datetime1, datetime2, :second), 3600)
  def diff(datetime1, datetime2, :minute), do: div(diff(datetime1, datetime2, :second), 60)

  def diff(%{utc_offset: _} = datetime1, %{utc_offset: _} = datetime2, unit) do
    per_second = Calendar.ISO.per_second(unit) || Calendar.ISO.bad_unit(unit)
    units1 = Calendar.ISO.iso_days_to_unit(to_utc_iso_days(datetime1), :microsecond)
    units2 = Calendar.ISO.iso_days_to_unit(to_utc_iso_days(datetime2), :microsecond)
    Integer.floor_div(units1 * per_second, 1_000_000) - Integer.floor_div(units2 * per_second, 1_000_000)
  end

  @doc """
  Adds an amount of a unit of elapsed time.

      iex> DateTime.add(~U[2024-01-01 00:00:00Z], 1, :day)
      ~U[2024-01-02 00:00:00Z]
  """
  @spec add(
          Calendar.datetime(),
          integer,
          :day | :hour | :minute | System.time_unit(),
          Calendar.time_zone_database()
        ) :: t
  def add(
        datetime,
        amount_to_add,
        unit \\ :second,
        time_zone_database \\ Calendar.get_time_zone_database()
      )

  def add(datetime, amount, :day, database) when is_integer(amount) do
    add(datetime, amount * 86_400, :second, database)
  end

  def add(datetime, amount, :hour, database) when is_integer(amount) do
    add(datetime, amount * 3600, :second, database)
  end

  def add(datetime, amount, :minute, database) when is_integer(amount) do
    add(datetime, amount * 60, :second, database)
  end

  def add(%{calendar: calendar, microsecond: {_, precision}} = datetime, amount, unit, database)
      when is_integer(amount) do
    per_second = Calendar.ISO.per_second(unit) || Calendar.ISO.bad_unit(unit)
    precision = max(Calendar.ISO.time_unit_to_precision(unit), precision)

    result =
      datetime
      |> to_utc_iso_days()
      |> Calendar.ISO.add_parts(amount, per_second * 86_400)
      |> from_utc_iso_days(calendar, precision, datetime.time_zone, database)

    case result do
      {:ok, datetime} ->
        datetime

      {:error, error} ->
        raise ArgumentError,
              "cannot add #{amount} #{unit} to #{inspect(datetime)} (with time zone " <>
                "database #{inspect(database)}), reason: #{inspect(error)}"
    end
  end

  @doc """
  Moves a datetime by a duration, on the wall clock.

      iex> DateTime.shift(~U[2024-01-31 00:00:00Z], month: 1)
      ~U[2024-02-29 00:00:00Z]
  """
  @spec shift(Calendar.datetime(), Duration.duration(), Calendar.time_zone_database()) :: t
  def shift(datetime, duration, time_zone_database \\ Calendar.get_time_zone_database())

  def shift(%{calendar: calendar, time_zone: zone} = datetime, duration, database) do
    shifted = datetime |> to_naive() |> NaiveDateTime.shift(duration)
    %{microsecond: {_, precision}} = shifted
    offset = datetime.utc_offset + datetime.std_offset

    result =
      shifted
      |> NaiveDateTime.to_iso_days()
      |> Calendar.ISO.add_seconds(-offset)
      |> from_utc_iso_days(calendar, precision, zone, database)

    case result do
      {:ok, datetime} ->
        datetime

      {:error, error} ->
        raise ArgumentError,
              "cannot shift #{inspect(datetime)} to #{inspect(duration)} (with time zone " <>
                "database #{inspect(database)}), reason: #{inspect(error)}"
    end
  end

  @doc """
  Cuts the microseconds to a precision.

      iex> DateTime.truncate(~U[2024-01-01 00:00:00.123456Z], :millisecond)
      ~U[2024-01-01 00:00:00.123Z]
  """
  @spec truncate(Calendar.datetime(), :microsecond | :millisecond | :second) :: t
  def truncate(%{calendar: calendar, microsecond: microsecond} = dt, precision) do
    {dt.year, dt.month, dt.day, dt.hour, dt.minute, dt.second, Calendar.truncate(microsecond, precision)}
    |> build(calendar, dt)
  end

  @doc """
  Converts to another calendar.

      iex> DateTime.convert(~U[2024-01-01 00:00:00Z], Calendar.ISO)
      {:ok, ~U[2024-01-01 00:00:00Z]}
  """
  @spec convert(Calendar.datetime(), Calendar.calendar()) ::
          {:ok, t} | {:error, :incompatible_calendars}
  def convert(%DateTime{calendar: calendar} = datetime, calendar), do: {:ok, datetime}

  def convert(%{calendar: source, microsecond: {_, precision}} = datetime, calendar) do
    if Calendar.compatible_calendars?(source, calendar) do
      {:ok,
       datetime
       |> to_naive()
       |> NaiveDateTime.to_iso_days()
       |> NaiveDateTime.from_iso_days(calendar, precision)
       |> in_zone(datetime, datetime.time_zone)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts to another calendar or raises `ArgumentError`.

      iex> DateTime.convert!(~U[2024-01-01 00:00:00Z], Calendar.ISO)
      ~U[2024-01-01 00:00:00Z]
  """
  @spec convert!(Calendar.datetime(), Calendar.calendar()) :: t
  def convert!(datetime, calendar) do
    case convert(datetime, calendar) do
      {:ok, value} ->
        value

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(datetime)} to target calendar #{inspect(calendar)}, " <>
                "reason: #{inspect(reason)}"
    end
  end

  defp to_utc_iso_days(%{utc_offset: utc_offset, std_offset: std_offset} = datetime) do
    iso_days = NaiveDateTime.to_iso_days(datetime)

    case utc_offset + std_offset do
      0 -> iso_days
      offset -> Calendar.ISO.add_seconds(iso_days, -offset)
    end
  end
end

defimpl String.Chars, for: DateTime do
  def to_string(datetime), do: DateTime.to_string(datetime)
end

defimpl Inspect, for: DateTime do
  def inspect(%{calendar: calendar, time_zone: zone} = datetime, _) do
    suffix = if calendar == Calendar.ISO, do: "", else: " " <> Kernel.inspect(calendar)
    text = DateTime.to_string(datetime) <> suffix

    case datetime do
      %{utc_offset: 0, std_offset: 0} when zone == "Etc/UTC" -> "~U[" <> text <> "]"
      _ -> "#DateTime<" <> text <> ">"
    end
  end
end
