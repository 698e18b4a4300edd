defmodule Calendar do
  @moduledoc """
  What a calendar is: the callbacks that `Calendar.ISO` implements and others may.

  Days are counted as ISO days: whole days since 0000-01-01 with a fraction `{parts, parts_per_day}`, so that calendars with
  the same day rollover can be converted into each other.
  """

  @type year :: integer
  @type month :: pos_integer
  @type day :: pos_integer
  @type week :: pos_integer
  @type day_of_week :: non_neg_integer
  @type era :: non_neg_integer
  @type day_of_era :: {day :: non_neg_integer, era}
  @type iso_days :: {days :: integer, day_fraction}
  @type day_fraction :: {parts_in_day :: non_neg_integer, parts_per_day :: pos_integer}
  @type hour :: non_neg_integer
  @type minute :: non_neg_integer
  @type second :: non_neg_integer
  @type microsecond :: {value :: non_neg_integer, precision :: non_neg_integer}
  @type calendar :: module
  @type zone_abbr :: String.t()
  @type time_zone :: String.t()
  @type utc_offset :: integer
  @type std_offset :: integer
  @type time_zone_database :: module
  @type date :: %{
          optional(any) => any,
          calendar: calendar,
          year: year,
          month: month,
          day: day
        }
  @type time :: %{
          optional(any) => any,
          hour: hour,
          minute: minute,
          second: second,
          microsecond: microsecond
        }
  @type naive_datetime :: %{
          optional(any) => any,
          calendar: calendar,
          year: year,
          month: month,
          day: day,
          hour: hour,
          minute: minute,
          second: second,
          microsecond: microsecond
        }
  @type datetime :: %{
          optional(any) => any,
          calendar: calendar,
          year: year,
          month: month,
          day: day,
          hour: hour,
          minute: minute,
          second: second,
          microsecond: microsecond,
          time_zone: time_zone,
          zone_abbr: zone_abbr,
          utc_offset: utc_offset,
          std_offset: std_offset
        }

  @doc "How many days there are in a month."
  @callback days_in_month(year, month) :: day
  @doc "How many months there are in a year."
  @callback months_in_year(year) :: month
  @doc "Whether a year is a leap year."
  @callback leap_year?(year) :: boolean
  @doc "The day of the week, and the first and last day of one."
  @callback day_of_week(year, month, day, starting_on :: :default | atom) ::
              {day_of_week, first_day_of_week :: non_neg_integer,
               last_day_of_week :: non_neg_integer}
  @doc "The day of the year."
  @callback day_of_year(year, month, day) :: non_neg_integer
  @doc "The quarter of the year."
  @callback quarter_of_year(year, month, day) :: non_neg_integer
  @doc "The year and the era."
  @callback year_of_era(year, month, day) :: {year, era}
  @doc "The day of the era."
  @callback day_of_era(year, month, day) :: day_of_era
  @doc "The text of a date."
  @callback date_to_string(year, month, day) :: String.t()
  @doc "The text of a naive datetime."
  @callback naive_datetime_to_string(year, month, day, hour, minute, second, microsecond) ::
              String.t()
  @doc "The text of a datetime."
  @callback datetime_to_string(
              year,
              month,
              day,
              hour,
              minute,
              second,
              microsecond,
              time_zone,
              zone_abbr,
              utc_offset,
              std_offset
            ) :: String.t()
  @doc "The text of a time."
  @callback time_to_string(hour, minute, second, microsecond) :: String.t()
  @doc "The ISO days of a naive datetime."
  @callback naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond) ::
              iso_days
  @doc "The naive datetime of ISO days."
  @callback naive_datetime_from_iso_days(iso_days) ::
              {year, month, day, hour, minute, second, microsecond}
  @doc "The day fraction of a time."
  @callback time_to_day_fraction(hour, minute, second, microsecond) :: day_fraction
  @doc "The time of a day fraction."
  @callback time_from_day_fraction(day_fraction) :: {hour, minute, second, microsecond}
  @doc "When the day begins, relative to midnight UTC."
  @callback day_rollover_relative_to_midnight_utc() :: day_fraction
  @doc "Whether a date exists."
  @callback valid_date?(year, month, day) :: boolean
  @doc "Whether a time exists."
  @callback valid_time?(hour, minute, second, microsecond) :: boolean
  @doc "Parses a time."
  @callback parse_time(String.t()) ::
              {:ok, {hour, minute, second, microsecond}} | {:error, atom}
  @doc "Parses a date."
  @callback parse_date(String.t()) :: {:ok, {year, month, day}} | {:error, atom}
  @doc "Parses a naive datetime."
  @callback parse_naive_datetime(String.t()) ::
              {:ok, {year, month, day, hour, minute, second, microsecond}} | {:error, atom}
  @doc "Parses a datetime with an offset, as UTC."
  @callback parse_utc_datetime(String.t()) ::
              {:ok, {year, month, day, hour, minute, second, microsecond}, utc_offset}
              | {:error, atom}
  @doc "The first moment of a day."
  @callback iso_days_to_beginning_of_day(iso_days) :: iso_days
  @doc "The last moment of a day."
  @callback iso_days_to_end_of_day(iso_days) :: iso_days
  @doc "Moves a date by a duration."
  @callback shift_date(year, month, day, Duration.t()) :: {year, month, day}
  @doc "Moves a naive datetime by a duration."
  @callback shift_naive_datetime(
              year,
              month,
              day,
              hour,
              minute,
              second,
              microsecond,
              Duration.t()
            ) :: {year, month, day, hour, minute, second, microsecond}
  @doc "Moves a time by a duration."
  @callback shift_time(hour, minute, second, microsecond, Duration.t()) ::
              {hour, minute, second, microsecond}

  @doc """
  Tells whether days begin at the same moment in both calendars.

      iex> Calendar.compatible_calendars?(Calendar.ISO, Calendar.ISO)
      true
  """
  @spec compatible_calendars?(calendar, calendar) :: boolean
  def compatible_calendars?(calendar, calendar), do: true

  def compatible_calendars?(calendar1, calendar2) do
    calendar1.day_rollover_relative_to_midnight_utc() ==
      calendar2.day_rollover_relative_to_midnight_utc()
  end

  @doc """
  Cuts microseconds to a precision.

      iex> Calendar.truncate({123_456, 6}, :millisecond)
      {123000, 3}
  """
  @spec truncate(microsecond, :microsecond | :millisecond | :second) :: microsecond
  def truncate(microsecond_tuple, precision)
  def truncate({_, precision} = microsecond, :microsecond) when precision <= 6, do: microsecond
  def truncate({_, precision} = microsecond, :millisecond) when precision <= 3, do: microsecond
  def truncate({value, _}, :millisecond), do: {div(value, 1000) * 1000, 3}
  def truncate(_, :second), do: {0, 0}

  @doc """
  Sets the default time zone database.

      iex> Calendar.put_time_zone_database(Calendar.UTCOnlyTimeZoneDatabase)
      :ok
  """
  @spec put_time_zone_database(time_zone_database) :: :ok
  def put_time_zone_database(database) do
    :persistent_term.put({Calendar, :time_zone_database}, database)
  end

  @doc """
  Returns the default time zone database.

      iex> Calendar.get_time_zone_database()
      Calendar.UTCOnlyTimeZoneDatabase
  """
  @spec get_time_zone_database() :: time_zone_database
  def get_time_zone_database do
    :persistent_term.get({Calendar, :time_zone_database}, Calendar.UTCOnlyTimeZoneDatabase)
  end

  @doc """
  Formats a date, time or datetime by a pattern of `%` directives: `%[-_0][width]letter`, where `-` is no padding, `_` pads
  with spaces and `0` with zeros.

  Letters: a A (day name), b B (month name), c (datetime), d, f (microseconds), H, I, j (day of year), m, M, p P (AM and am),
  q (quarter), S, u (day of week), x (date), X (time), y, Y, z (offset), Z (zone), %.

      iex> Calendar.strftime(~D[2024-03-05], "%d/%m/%Y")
      "05/03/2024"
  """
  @spec strftime(map, String.t(), keyword) :: String.t()
  def strftime(date_or_time_or_datetime, string_format, user_options \\ [])
      when is_map(date_or_time_or_datetime) and is_binary(string_format) do
    options = Map.merge(default_options(), Map.new(user_options))

    string_format
    |> format(date_or_time_or_datetime, options)
    |> IO.iodata_to_binary()
  end

  defp default_options do
    %{
      preferred_date: "%Y-%m-%d",
      preferred_time: "%H:%M:%S",
      preferred_datetime: "%Y-%m-%d %H:%M:%S",
      am_pm_names: fn
        :am -> "am"
        :pm -> "pm"
      end,
      month_names: fn month ->
        elem(
          {"January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"},
          month - 1
        )
      end,
      day_of_week_names: fn day ->
        elem(
          {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
          day - 1
        )
      end,
      abbreviated_month_names: nil,
      abbreviated_day_of_week_names: nil,
      open: []
    }
  end

  defp format("", _value, _options), do: []

  defp format("%" <> rest, value, options) do
    {padding, rest} = padding(rest)
    {width, rest} = width(rest, nil)
    {text, rest} = directive(rest, value, options, padding, width)
    [text | format(rest, value, options)]
  end

  defp format(<<char::utf8, rest::binary>>, value, options) do
    [<<char::utf8>> | format(rest, value, options)]
  end

  defp padding("-" <> rest), do: {:none, rest}
  defp padding("_" <> rest), do: {?\s, rest}
  defp padding("0" <> rest), do: {?0, rest}
  defp padding(rest), do: {:default, rest}

  defp width(<<digit, rest::binary>>, width) when digit in ?0..?9 do
    width(rest, (width || 0) * 10 + digit - ?0)
  end

  defp width(rest, width), do: {width, rest}

  defp number(value, padding, width, default_width) do
    pad(Integer.to_string(value), padding, ?0, width || default_width)
  end

  defp name(value, padding, width), do: pad(value, padding, ?\s, width || 0)

  defp pad(text, :none, _default, _width), do: text
  defp pad(text, :default, default, width), do: String.pad_leading(text, width, <<default>>)
  defp pad(text, char, _default, width), do: String.pad_leading(text, width, <<char>>)

  defp directive("d" <> rest, value, _, padding, width) do
    {number(value.day, padding, width, 2), rest}
  end

  defp directive("m" <> rest, value, _, padding, width) do
    {number(value.month, padding, width, 2), rest}
  end

  defp directive("H" <> rest, value, _, padding, width) do
    {number(value.hour, padding, width, 2), rest}
  end

  defp directive("I" <> rest, value, _, padding, width) do
    {number(rem(value.hour + 23, 12) + 1, padding, width, 2), rest}
  end

  defp directive("M" <> rest, value, _, padding, width) do
    {number(value.minute, padding, width, 2), rest}
  end

  defp directive("S" <> rest, value, _, padding, width) do
    {number(value.second, padding, width, 2), rest}
  end

  defp directive("f" <> rest, value, _, padding, width) do
    {microsecond, precision} = value.microsecond

    text =
      microsecond
      |> Integer.to_string()
      |> String.pad_leading(6, "0")
      |> binary_part(0, max(precision, 1))

    {pad(text, padding, ?0, width || 0), rest}
  end

  defp directive("Y" <> rest, value, _, padding, width) do
    case value.year do
      year when year < 0 -> {["-" | number(-year, padding, width, 4)], rest}
      year -> {number(year, padding, width, 4), rest}
    end
  end

  defp directive("y" <> rest, value, _, padding, width) do
    {number(rem(value.year, 100), padding, width, 2), rest}
  end

  defp directive("j" <> rest, value, _, padding, width) do
    {number(Date.day_of_year(value), padding, width, 3), rest}
  end

  defp directive("q" <> rest, value, _, padding, width) do
    {number(Date.quarter_of_year(value), padding, width, 1), rest}
  end

  defp directive("u" <> rest, value, _, padding, width) do
    {number(Date.day_of_week(value), padding, width, 1), rest}
  end

  defp directive("A" <> rest, value, options, padding, width) do
    {name(options.day_of_week_names.(Date.day_of_week(value)), padding, width), rest}
  end

  defp directive("a" <> rest, value, options, padding, width) do
    day = Date.day_of_week(value)

    text =
      case options.abbreviated_day_of_week_names do
        nil -> String.slice(options.day_of_week_names.(day), 0, 3)
        names -> names.(day)
      end

    {name(text, padding, width), rest}
  end

  defp directive("B" <> rest, value, options, padding, width) do
    {name(options.month_names.(value.month), padding, width), rest}
  end

  defp directive("b" <> rest, value, options, padding, width) do
    text =
      case options.abbreviated_month_names do
        nil -> String.slice(options.month_names.(value.month), 0, 3)
        names -> names.(value.month)
      end

    {name(text, padding, width), rest}
  end

  defp directive("p" <> rest, value, options, padding, width) do
    {name(String.upcase(am_pm(value, options)), padding, width), rest}
  end

  defp directive("P" <> rest, value, options, padding, width) do
    {name(String.downcase(am_pm(value, options)), padding, width), rest}
  end

  defp directive("c" <> rest, value, options, padding, width) do
    {name(preferred(value, options, :preferred_datetime), padding, width), rest}
  end

  defp directive("x" <> rest, value, options, padding, width) do
    {name(preferred(value, options, :preferred_date), padding, width), rest}
  end

  defp directive("X" <> rest, value, options, padding, width) do
    {name(preferred(value, options, :preferred_time), padding, width), rest}
  end

  defp directive("Z" <> rest, value, _, padding, width) do
    {name(Map.get(value, :zone_abbr, ""), padding, width), rest}
  end

  defp directive("z" <> rest, value, _, padding, width) do
    {offset(value, padding, width), rest}
  end

  defp directive("%" <> rest, _value, _, padding, width), do: {name("%", padding, width), rest}

  defp directive(rest, _value, _options, _padding, _width) do
    raise ArgumentError, "invalid strftime format: %#{String.first(rest)}"
  end

  defp offset(%{utc_offset: utc_offset, std_offset: std_offset}, padding, width) do
    total = utc_offset + std_offset
    minutes = div(abs(total), 60)
    hhmm = div(minutes, 60) * 100 + rem(minutes, 60)
    sign = if total >= 0, do: "+", else: "-"
    [sign | number(hhmm, padding, width && width - 1, 4)]
  end

  defp offset(_value, _padding, _width), do: ""

  defp am_pm(%{hour: hour}, options) when hour > 11, do: options.am_pm_names.(:pm)
  defp am_pm(%{hour: hour}, options) when hour <= 11, do: options.am_pm_names.(:am)

  # A preferred format may use the others, but not itself again.
  defp preferred(value, options, option) do
    if :lists.member(option, options.open) do
      raise ArgumentError, "tried to format #{option} within another #{option} format"
    end

    Map.fetch!(options, option)
    |> format(value, %{options | open: [option | options.open]})
    |> IO.iodata_to_binary()
  end
end
