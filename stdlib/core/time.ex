defmodule Time do
  @moduledoc """
  Times of the day, with microseconds.

      iex> Time.add(~T[23:00:00], 2, :hour)
      ~T[01:00:00]
  """

  @enforce_keys [:hour, :minute, :second]
  defstruct [:hour, :minute, :second, microsecond: {0, 0}, calendar: Calendar.ISO]

  @type t :: %Time{
          hour: Calendar.hour(),
          minute: Calendar.minute(),
          second: Calendar.second(),
          microsecond: Calendar.microsecond(),
          calendar: Calendar.calendar()
        }

  @parts_per_day 86_400_000_000

  @doc """
  Returns the time now in UTC.

      iex> Time.utc_now().calendar
      Calendar.ISO
  """
  @spec utc_now(Calendar.calendar() | :native | :microsecond | :millisecond | :second) :: t
  def utc_now(calendar_or_time_unit \\ Calendar.ISO) do
    case calendar_or_time_unit do
      unit when unit in [:native, :microsecond, :millisecond, :second] -> utc_now(unit, Calendar.ISO)
      calendar -> utc_now(:native, calendar)
    end
  end

  @doc false
  def utc_now(time_unit, calendar), do: time_unit |> DateTime.utc_now(calendar) |> DateTime.to_time()

  @doc """
  Builds a time.

      iex> Time.new(24, 0, 0)
      {:error, :invalid_time}
  """
  @spec new(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) :: {:ok, t} | {:error, atom}
  def new(hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def new(hour, minute, second, microsecond, calendar) when is_integer(microsecond) do
    new(hour, minute, second, {microsecond, 6}, calendar)
  end

  def new(hour, minute, second, {value, precision} = microsecond, calendar)
      when is_integer(hour) and is_integer(minute) and is_integer(second) and
             is_integer(value) and is_integer(precision) and is_atom(calendar) do
    if calendar.valid_time?(hour, minute, second, microsecond) do
      {:ok,
       %Time{
         hour: hour,
         minute: minute,
         second: second,
         microsecond: microsecond,
         calendar: calendar
       }}
    else
      {:error, :invalid_time}
    end
  end

  @doc """
  Builds a time or raises `ArgumentError`.

      iex> Time.new!(12, 30, 0)
      ~T[12:30:00]
  """
  @spec new!(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond() | non_neg_integer,
          Calendar.calendar()
        ) :: t
  def new!(hour, minute, second, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case new(hour, minute, second, microsecond, calendar) do
      {:ok, time} -> time
      {:error, reason} -> raise ArgumentError, "cannot build time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the text of a time.

      iex> Time.to_string(~T[01:02:03.5])
      "01:02:03.5"
  """
  @spec to_string(Calendar.time()) :: String.t()
  def to_string(time)

  def to_string(%{calendar: calendar, hour: hour, minute: minute, second: second, microsecond: microsecond}) do
    calendar.time_to_string(hour, minute, second, microsecond)
  end

  @doc """
  Parses an ISO 8601 time.

      iex> Time.from_iso8601("23:50:07")
      {:ok, ~T[23:50:07]}
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
  Parses an ISO 8601 time in the given format, for the given calendar.

      iex> Time.from_iso8601("235007", Calendar.ISO, :basic)
      {:ok, ~T[23:50:07]}
  """
  @spec from_iso8601(String.t(), Calendar.calendar(), :extended | :basic) ::
          {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar, format) do
    with {:ok, {hour, minute, second, microsecond}} <- Calendar.ISO.parse_time(string, format) do
      convert(
        %Time{hour: hour, minute: minute, second: second, microsecond: microsecond},
        calendar
      )
    end
  end

  @doc """
  Parses an ISO 8601 time or raises `ArgumentError`.

      iex> Time.from_iso8601!("23:50:07")
      ~T[23:50:07]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar() | :extended | :basic) :: t
  def from_iso8601!(string, calendar_or_format \\ Calendar.ISO) do
    case from_iso8601(string, calendar_or_format) do
      {:ok, time} ->
        time

      {:error, reason} ->
        raise ArgumentError, "cannot parse #{inspect(string)} as time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the ISO 8601 text.

      iex> Time.to_iso8601(~T[23:00:13], :basic)
      "230013"
  """
  @spec to_iso8601(Calendar.time(), :extended | :basic) :: String.t()
  def to_iso8601(time, format \\ :extended) when format in [:extended, :basic] do
    %{hour: hour, minute: minute, second: second, microsecond: microsecond} = iso(time)
    Calendar.ISO.time_to_string(hour, minute, second, microsecond, format)
  end

  defp iso(%{calendar: Calendar.ISO} = time), do: time
  defp iso(%{calendar: _} = time), do: convert!(time, Calendar.ISO)

  @doc """
  Returns `{hour, minute, second}`.

      iex> Time.to_erl(~T[23:30:15.999])
      {23, 30, 15}
  """
  @spec to_erl(Calendar.time()) :: :calendar.time()
  def to_erl(time) do
    %{hour: hour, minute: minute, second: second} = iso(time)
    {hour, minute, second}
  end

  @doc """
  Builds a time from `{hour, minute, second}`.

      iex> Time.from_erl({23, 30, 15}, {5000, 3})
      {:ok, ~T[23:30:15.005]}
  """
  @spec from_erl(:calendar.time(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def from_erl(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)

  def from_erl({hour, minute, second}, microsecond, calendar) do
    with {:ok, time} <- new(hour, minute, second, microsecond, Calendar.ISO) do
      convert(time, calendar)
    end
  end

  @doc """
  Builds a time from `{hour, minute, second}` or raises `ArgumentError`.

      iex> Time.from_erl!({23, 30, 15})
      ~T[23:30:15]
  """
  @spec from_erl!(:calendar.time(), Calendar.microsecond() | non_neg_integer, Calendar.calendar()) ::
          t
  def from_erl!(tuple, microsecond \\ {0, 0}, calendar \\ Calendar.ISO) do
    case from_erl(tuple, microsecond, calendar) do
      {:ok, time} ->
        time

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(tuple)} to time, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Builds a time from the seconds after midnight.

      iex> Time.from_seconds_after_midnight(4000)
      ~T[01:06:40]
  """
  @spec from_seconds_after_midnight(integer, Calendar.microsecond(), Calendar.calendar()) :: t
  def from_seconds_after_midnight(seconds, microsecond \\ {0, 0}, calendar \\ Calendar.ISO)
      when is_integer(seconds) do
    seconds = Integer.mod(seconds, 86_400)
    {hour, minute, second, {_, _}} = calendar.time_from_day_fraction({seconds, 86_400})

    %Time{
      calendar: calendar,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    }
  end

  @doc """
  Returns `{seconds, microseconds}` after midnight.

      iex> Time.to_seconds_after_midnight(~T[01:00:00.5])
      {3600, 500000}
  """
  @spec to_seconds_after_midnight(Calendar.time()) :: {integer, non_neg_integer}
  def to_seconds_after_midnight(%{microsecond: {microsecond, _}} = time) do
    {div(parts(time), 1_000_000), microsecond}
  end

  @doc """
  Adds an amount of a unit, around the clock.

      iex> Time.add(~T[10:00:00], 90, :minute)
      ~T[11:30:00]
  """
  @spec add(Calendar.time(), integer, :hour | :minute | System.time_unit()) :: t
  def add(time, amount_to_add, unit \\ :second)

  def add(time, amount, :hour) when is_integer(amount), do: add(time, amount * 3600, :second)
  def add(time, amount, :minute) when is_integer(amount), do: add(time, amount * 60, :second)

  def add(%{calendar: calendar, microsecond: {_, precision}} = time, amount, unit)
      when is_integer(amount) do
    per_second = unit_of(unit)
    precision = max(Calendar.ISO.time_unit_to_precision(unit), precision)

    total = parts(time) * per_second + amount * 1_000_000
    parts = Integer.mod(Integer.floor_div(total, per_second), @parts_per_day)

    {hour, minute, second, {microsecond, _}} =
      calendar.time_from_day_fraction({parts, @parts_per_day})

    %Time{
      hour: hour,
      minute: minute,
      second: second,
      microsecond: {microsecond, precision},
      calendar: calendar
    }
  end

  defp unit_of(unit) do
    Calendar.ISO.per_second(unit) ||
      raise ArgumentError,
            "unsupported time unit. Expected :hour, :minute, :second, :millisecond, :microsecond, " <>
              ":nanosecond, or a positive integer, got #{inspect(unit)}"
  end

  # Microseconds since midnight.
  defp parts(%{calendar: Calendar.ISO, hour: h, minute: m, second: s, microsecond: {value, _}}) do
    ((h * 60 + m) * 60 + s) * 1_000_000 + value
  end

  defp parts(%{calendar: calendar, hour: h, minute: m, second: s, microsecond: microsecond}) do
    {parts, per_day} = calendar.time_to_day_fraction(h, m, s, microsecond)
    div(parts * @parts_per_day, per_day)
  end

  @doc """
  Moves a time by a duration of hours, minutes, seconds and microseconds.

      iex> Time.shift(~T[01:00:00], hour: 12)
      ~T[13:00:00]
  """
  @spec shift(Calendar.time(), Duration.t() | [unit_pair]) :: t
        when unit_pair:
               {:hour, integer}
               | {:minute, integer}
               | {:second, integer}
               | {:microsecond, {integer, 0..6}}
  def shift(%{calendar: calendar, hour: h, minute: m, second: s, microsecond: us}, duration) do
    {hour, minute, second, microsecond} =
      calendar.shift_time(h, m, s, us, duration!(duration))

    %Time{
      calendar: calendar,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    }
  end

  defp duration!(%Duration{} = duration), do: duration

  defp duration!(unit_pairs) do
    Enum.each(unit_pairs, fn
      {unit, _} when unit in [:hour, :minute, :second, :microsecond] ->
        :ok

      {unit, _} when unit in [:year, :month, :week, :day] ->
        raise ArgumentError,
              "unsupported unit #{inspect(unit)}. Expected :hour, :minute, :second, :microsecond"

      {unit, _} ->
        raise ArgumentError,
              "unknown unit #{inspect(unit)}. Expected :hour, :minute, :second, :microsecond"
    end)

    Duration.new!(unit_pairs)
  end

  @doc """
  Returns `:lt`, `:eq` or `:gt`.

      iex> Time.compare(~T[10:00:00], ~T[10:00:00.000])
      :eq
  """
  @spec compare(Calendar.time(), Calendar.time()) :: :lt | :eq | :gt
  def compare(time1, time2) do
    {a, b} = {parts(time1), parts(time2)}

    cond do
      a < b -> :lt
      a > b -> :gt
      true -> :eq
    end
  end

  @doc """
  Tells whether `time1` is before `time2`.

      iex> Time.before?(~T[10:00:00], ~T[11:00:00])
      true
  """
  @spec before?(Calendar.time(), Calendar.time()) :: boolean
  def before?(time1, time2), do: compare(time1, time2) == :lt

  @doc """
  Tells whether `time1` is after `time2`.

      iex> Time.after?(~T[10:00:00], ~T[11:00:00])
      false
  """
  @spec after?(Calendar.time(), Calendar.time()) :: boolean
  def after?(time1, time2), do: compare(time1, time2) == :gt

  @doc """
  Converts to another calendar.

      iex> Time.convert(~T[10:00:00], Calendar.ISO)
      {:ok, ~T[10:00:00]}
  """
  @spec convert(Calendar.time(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def convert(
        %{calendar: calendar, hour: h, minute: m, second: s, microsecond: microsecond},
        calendar
      ) do
    {:ok, %Time{calendar: calendar, hour: h, minute: m, second: s, microsecond: microsecond}}
  end

  def convert(%{microsecond: {_, precision}} = time, calendar) do
    {hour, minute, second, {microsecond, _}} =
      calendar.time_from_day_fraction({parts(time), @parts_per_day})

    {:ok,
     %Time{
       calendar: calendar,
       hour: hour,
       minute: minute,
       second: second,
       microsecond: {microsecond, precision}
     }}
  end

  @doc """
  Converts to another calendar or raises `ArgumentError`.

      iex> Time.convert!(~T[10:00:00], Calendar.ISO)
      ~T[10:00:00]
  """
  @spec convert!(Calendar.time(), Calendar.calendar()) :: t
  def convert!(time, calendar) do
    case convert(time, calendar) do
      {:ok, value} ->
        value

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(time)} to target calendar #{inspect(calendar)}, " <>
                "reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the difference.

      iex> Time.diff(~T[01:00:00], ~T[00:30:00], :minute)
      30
  """
  @spec diff(Calendar.time(), Calendar.time(), :hour | :minute | System.time_unit()) :: integer
  def diff(time1, time2, unit \\ :second)

  def diff(time1, time2, :hour), do: div(diff(time1, time2, :second), 3600)
  def diff(time1, time2, :minute), do: div(diff(time1, time2, :second), 60)

  def diff(time1, time2, unit) do
    div((parts(time1) - parts(time2)) * unit_of(unit), 1_000_000)
  end

  @doc """
  Cuts the microseconds to a precision.

      iex> Time.truncate(~T[01:01:01.123456], :millisecond)
      ~T[01:01:01.123]
  """
  @spec truncate(t, :microsecond | :millisecond | :second) :: t
  def truncate(%Time{microsecond: microsecond} = time, precision) do
    %{time | microsecond: Calendar.truncate(microsecond, precision)}
  end
end

defimpl String.Chars, for: Time do
  def to_string(time), do: Time.to_string(time)
end

defimpl Inspect, for: Time do
  def inspect(%{calendar: calendar, hour: h, minute: m, second: s, microsecond: microsecond}, _) do
    suffix = if calendar == Calendar.ISO, do: "", else: " " <> Kernel.inspect(calendar)
    "~T[" <> calendar.time_to_string(h, m, s, microsecond) <> suffix <> "]"
  end
end
