defmodule Calendar.ISO do
  @moduledoc """
  The calendar of ISO 8601: proleptic Gregorian, years -9999 to 9999 in texts, no leap seconds.

  Texts are `:extended` (with separators) or `:basic`.
  """

  @behaviour Calendar

  @type era :: bce | ce
  @type bce :: 0
  @type ce :: 1
  @type year :: -9999..9999
  @type month :: 1..12
  @type day :: 1..31
  @type hour :: 0..23
  @type minute :: 0..59
  @type second :: 0..59
  @type weekday :: :monday | :tuesday | :wednesday | :thursday | :friday | :saturday | :sunday
  @type day_of_week :: 1..7
  @type day_of_year :: 1..366
  @type quarter_of_year :: 1..4
  @type year_of_era :: {1..10000, era}
  @type utc_offset :: -43200..50400
  @type format :: :basic | :extended
  @type microsecond :: {0..999_999, 0..6}

  @parts_per_day 86_400_000_000
  @seconds_per_day 86_400
  # ISO days of 1970-01-01.
  @unix_epoch 719_528

  defguardp is_format(format) when format == :basic or format == :extended

  ## Days

  @doc """
  Returns the ISO days of a naive datetime.

      iex> Calendar.ISO.naive_datetime_to_iso_days(0, 1, 1, 0, 0, 0, {0, 6})
      {0, {0, 86400000000}}
  """
  @impl true
  @spec naive_datetime_to_iso_days(
          Calendar.year(),
          Calendar.month(),
          Calendar.day(),
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond()
        ) :: Calendar.iso_days()
  def naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond) do
    {date_to_iso_days(year, month, day), time_to_day_fraction(hour, minute, second, microsecond)}
  end

  @doc """
  Returns the naive datetime of ISO days.

      iex> Calendar.ISO.naive_datetime_from_iso_days({0, {0, 86400}})
      {0, 1, 1, 0, 0, 0, {0, 6}}
  """
  @impl true
  @spec naive_datetime_from_iso_days(Calendar.iso_days()) ::
          {Calendar.year(), Calendar.month(), Calendar.day(), Calendar.hour(), Calendar.minute(),
           Calendar.second(), Calendar.microsecond()}
  def naive_datetime_from_iso_days({days, day_fraction}) do
    {year, month, day} = date_from_iso_days(days)
    {hour, minute, second, microsecond} = time_from_day_fraction(day_fraction)
    {year, month, day, hour, minute, second, microsecond}
  end

  @doc """
  Returns the first moment of the day.

      iex> Calendar.ISO.iso_days_to_beginning_of_day({5, {7, 10}})
      {5, {0, 86400000000}}
  """
  @impl true
  @spec iso_days_to_beginning_of_day(Calendar.iso_days()) :: Calendar.iso_days()
  def iso_days_to_beginning_of_day({days, _day_fraction}), do: {days, {0, @parts_per_day}}

  @doc """
  Returns the last moment of the day.

      iex> Calendar.ISO.iso_days_to_end_of_day({5, {7, 10}})
      {5, {86399999999, 86400000000}}
  """
  @impl true
  @spec iso_days_to_end_of_day(Calendar.iso_days()) :: Calendar.iso_days()
  def iso_days_to_end_of_day({days, _day_fraction}) do
    {days, {@parts_per_day - 1, @parts_per_day}}
  end

  @doc """
  Returns the day fraction of a time.

      iex> Calendar.ISO.time_to_day_fraction(12, 0, 0, {0, 0})
      {43200000000, 86400000000}
  """
  @impl true
  @spec time_to_day_fraction(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond()
        ) :: Calendar.day_fraction()
  def time_to_day_fraction(hour, minute, second, {microsecond, _precision})
      when hour in 0..23 and minute in 0..59 and second in 0..59 and microsecond in 0..999_999 do
    {((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond, @parts_per_day}
  end

  @doc """
  Returns the time of a day fraction.

      iex> Calendar.ISO.time_from_day_fraction({1, 2})
      {12, 0, 0, {0, 6}}
  """
  @impl true
  @spec time_from_day_fraction(Calendar.day_fraction()) ::
          {Calendar.hour(), Calendar.minute(), Calendar.second(), Calendar.microsecond()}
  def time_from_day_fraction({parts, parts_per_day}) do
    total = div(parts * @parts_per_day, parts_per_day)
    seconds = div(total, 1_000_000)

    {div(seconds, 3600), rem(div(seconds, 60), 60), rem(seconds, 60), {rem(total, 1_000_000), 6}}
  end

  # Years count from March, so that the leap day is the last one.
  @doc false
  def date_to_iso_days(year, month, day) do
    true = day <= days_in_month(year, month) and day >= 1
    {year, month} = if month <= 2, do: {year - 1, month + 9}, else: {year, month - 3}
    era = Integer.floor_div(year, 400)
    year_of_era = year - era * 400
    day_of_year = div(153 * month + 2, 5) + day - 1
    day_of_era = year_of_era * 365 + div(year_of_era, 4) - div(year_of_era, 100) + day_of_year
    era * 146_097 + day_of_era + 60
  end

  @doc false
  def date_from_iso_days(days) do
    days = days - 60
    era = Integer.floor_div(days, 146_097)
    doe = days - era * 146_097
    yoe = div(doe - div(doe, 1460) + div(doe, 36_524) - div(doe, 146_096), 365)
    doy = doe - (365 * yoe + div(yoe, 4) - div(yoe, 100))
    mp = div(5 * doy + 2, 153)
    day = doy - div(153 * mp + 2, 5) + 1
    month = if mp < 10, do: mp + 3, else: mp - 9
    year = yoe + era * 400
    {if(month <= 2, do: year + 1, else: year), month, day}
  end

  @doc """
  Returns the number of days in a month.

      iex> Calendar.ISO.days_in_month(2024, 2)
      29
  """
  @impl true
  @spec days_in_month(year, month) :: 28..31
  def days_in_month(year, month)
  def days_in_month(year, 2), do: if(leap_year?(year), do: 29, else: 28)
  def days_in_month(year, month) when is_integer(year) and month in [4, 6, 9, 11], do: 30
  def days_in_month(year, month) when is_integer(year) and month in 1..12, do: 31

  @doc """
  Returns 12.

      iex> Calendar.ISO.months_in_year(2024)
      12
  """
  @impl true
  @spec months_in_year(year) :: 12
  def months_in_year(year) when is_integer(year), do: 12

  @doc """
  Tells whether a year has 366 days.

      iex> Calendar.ISO.leap_year?(1900)
      false
  """
  @impl true
  @spec leap_year?(year) :: boolean
  def leap_year?(year) when is_integer(year) do
    rem(year, 4) == 0 and (rem(year, 100) != 0 or rem(year, 400) == 0)
  end

  @doc """
  Returns `{day_of_week, 1, 7}`, counted from `starting_on`.

      iex> Calendar.ISO.day_of_week(2024, 1, 7, :default)
      {7, 1, 7}
  """
  @impl true
  @spec day_of_week(year, month, day, :default | weekday) :: {day_of_week, 1, 7}
  def day_of_week(year, month, day, starting_on) do
    days = date_to_iso_days(year, month, day) + weekday_offset(starting_on)
    {Integer.mod(days, 7) + 1, 1, 7}
  end

  # ISO day 0 is a Saturday.
  defp weekday_offset(:default), do: 5
  defp weekday_offset(:monday), do: 5
  defp weekday_offset(:tuesday), do: 4
  defp weekday_offset(:wednesday), do: 3
  defp weekday_offset(:thursday), do: 2
  defp weekday_offset(:friday), do: 1
  defp weekday_offset(:saturday), do: 0
  defp weekday_offset(:sunday), do: 6

  @doc """
  Returns the day of the year.

      iex> Calendar.ISO.day_of_year(2024, 3, 1)
      61
  """
  @impl true
  @spec day_of_year(year, month, day) :: day_of_year
  def day_of_year(year, month, day) do
    date_to_iso_days(year, month, day) - date_to_iso_days(year, 1, 1) + 1
  end

  @doc """
  Returns the quarter of the year.

      iex> Calendar.ISO.quarter_of_year(2024, 12, 1)
      4
  """
  @impl true
  @spec quarter_of_year(year, month, day) :: quarter_of_year
  def quarter_of_year(year, month, day)
      when is_integer(year) and month in 1..12 and is_integer(day) do
    div(month - 1, 3) + 1
  end

  @doc """
  Returns the year and the era (1 for CE, 0 before).

      iex> Calendar.ISO.year_of_era(0)
      {1, 0}
  """
  @spec year_of_era(year) :: {1..10000, era}
  def year_of_era(year) when is_integer(year) and year > 0, do: {year, 1}
  def year_of_era(year) when is_integer(year), do: {1 - year, 0}

  @doc """
  Returns the year and the era of a date.

      iex> Calendar.ISO.year_of_era(2024, 1, 1)
      {2024, 1}
  """
  @impl true
  @spec year_of_era(year, month, day) :: {1..10000, era}
  def year_of_era(year, _month, _day), do: year_of_era(year)

  @doc """
  Returns the day of the era.

      iex> Calendar.ISO.day_of_era(1, 1, 1)
      {1, 1}
  """
  @impl true
  @spec day_of_era(year, month, day) :: Calendar.day_of_era()
  def day_of_era(year, month, day) when year > 0 do
    {date_to_iso_days(year, month, day) - 365, 1}
  end

  def day_of_era(year, month, day), do: {366 - date_to_iso_days(year, month, day), 0}

  @doc """
  Returns when the day begins: at midnight UTC.

      iex> Calendar.ISO.day_rollover_relative_to_midnight_utc()
      {0, 1}
  """
  @impl true
  @spec day_rollover_relative_to_midnight_utc() :: {0, 1}
  def day_rollover_relative_to_midnight_utc, do: {0, 1}

  @doc """
  Tells whether a date exists.

      iex> Calendar.ISO.valid_date?(2023, 2, 29)
      false
  """
  @impl true
  @spec valid_date?(year, month, day) :: boolean
  def valid_date?(year, month, day)
      when is_integer(year) and is_integer(month) and is_integer(day) do
    month in 1..12 and day >= 1 and day <= days_in_month(year, month)
  end

  def valid_date?(_year, _month, _day), do: false

  @doc """
  Tells whether a time exists.

      iex> Calendar.ISO.valid_time?(24, 0, 0, {0, 0})
      false
  """
  @impl true
  @spec valid_time?(Calendar.hour(), Calendar.minute(), Calendar.second(), Calendar.microsecond()) ::
          boolean
  def valid_time?(hour, minute, second, microsecond)

  def valid_time?(hour, minute, second, {value, precision})
      when is_integer(hour) and is_integer(minute) and is_integer(second) and is_integer(value) and
             is_integer(precision) do
    hour in 0..23 and minute in 0..59 and second in 0..59 and value in 0..999_999 and
      precision in 0..6
  end

  def valid_time?(_hour, _minute, _second, _microsecond), do: false

  ## Texts

  @doc """
  Returns the text of a time.

      iex> Calendar.ISO.time_to_string(2, 2, 2, {2, 6})
      "02:02:02.000002"
  """
  @impl true
  @spec time_to_string(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond(),
          format
        ) :: String.t()
  def time_to_string(hour, minute, second, {value, precision}, format \\ :extended)
      when is_format(format) do
    separator = if format == :extended, do: ":", else: ""

    whole =
      pad(hour, 2) <> separator <> pad(minute, 2) <> separator <> pad(second, 2)

    if precision == 0, do: whole, else: whole <> "." <> fraction(value, precision)
  end

  defp fraction(value, precision), do: value |> pad(6) |> binary_part(0, precision)

  defp pad(value, width) do
    text = Integer.to_string(value)
    missing = width - byte_size(text)
    if missing > 0, do: :binary.copy("0", missing) <> text, else: text
  end

  @doc """
  Returns the text of a date.

      iex> Calendar.ISO.date_to_string(2024, 2, 5)
      "2024-02-05"
  """
  @impl true
  @spec date_to_string(year, month, day, format) :: String.t()
  def date_to_string(year, month, day, format \\ :extended) when is_format(format) do
    separator = if format == :extended, do: "-", else: ""
    year = if year < 0, do: "-" <> pad(-year, 4), else: pad(year, 4)
    year <> separator <> pad(month, 2) <> separator <> pad(day, 2)
  end

  @doc """
  Returns the text of a naive datetime.

      iex> Calendar.ISO.naive_datetime_to_string(2015, 2, 28, 1, 2, 3, {4, 6})
      "2015-02-28 01:02:03.000004"
  """
  @impl true
  @spec naive_datetime_to_string(
          year,
          month,
          day,
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond(),
          format
        ) :: String.t()
  def naive_datetime_to_string(
        year,
        month,
        day,
        hour,
        minute,
        second,
        microsecond,
        format \\ :extended
      ) do
    date_to_string(year, month, day, format) <>
      " " <> time_to_string(hour, minute, second, microsecond, format)
  end

  @doc """
  Returns the text of a datetime.

      iex> Calendar.ISO.datetime_to_string(2017, 8, 1, 1, 2, 3, {4, 5}, "Europe/Berlin", "CET", 3600, 0)
      "2017-08-01 01:02:03.00000+01:00 CET Europe/Berlin"
  """
  @impl true
  @spec datetime_to_string(
          year,
          month,
          day,
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond(),
          Calendar.time_zone(),
          Calendar.zone_abbr(),
          Calendar.utc_offset(),
          Calendar.std_offset(),
          format
        ) :: String.t()
  def datetime_to_string(
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
        std_offset,
        format \\ :extended
      )
      when is_format(format) do
    naive_datetime_to_string(year, month, day, hour, minute, second, microsecond, format) <>
      offset_to_string(utc_offset, std_offset, time_zone, format) <>
      zone_to_string(zone_abbr, time_zone)
  end

  @doc false
  def offset_to_string(0, 0, "Etc/UTC", _format), do: "Z"

  def offset_to_string(utc_offset, std_offset, _zone, format) do
    total = utc_offset + std_offset
    minutes = div(abs(total), 60)
    sign = if total < 0, do: "-", else: "+"
    separator = if format == :extended, do: ":", else: ""
    sign <> pad(div(minutes, 60), 2) <> separator <> pad(rem(minutes, 60), 2)
  end

  defp zone_to_string(_abbr, "Etc/UTC"), do: ""
  defp zone_to_string(abbr, zone), do: " " <> abbr <> " " <> zone

  ## Parsing

  @doc """
  Parses a time in extended format.

      iex> Calendar.ISO.parse_time("23:50:07")
      {:ok, {23, 50, 7, {0, 0}}}
  """
  @impl true
  @spec parse_time(String.t()) ::
          {:ok, {Calendar.hour(), Calendar.minute(), Calendar.second(), Calendar.microsecond()}}
          | {:error, atom}
  def parse_time(string) when is_binary(string), do: parse_time(string, :extended)

  @doc """
  Parses a time.

      iex> Calendar.ISO.parse_time("235007", :basic)
      {:ok, {23, 50, 7, {0, 0}}}
  """
  @spec parse_time(String.t(), format) ::
          {:ok, {Calendar.hour(), Calendar.minute(), Calendar.second(), Calendar.microsecond()}}
          | {:error, atom}
  def parse_time("T" <> string, format) when is_format(format), do: whole_time(string, format)

  def parse_time(string, format) when is_binary(string) and is_format(format) do
    whole_time(string, format)
  end

  defp whole_time(string, format) do
    with {hour, minute, second, microsecond, rest} <- scan_time(string, format),
         {_offset, ""} <- scan_offset(rest, format) do
      if valid_time?(hour, minute, second, microsecond) do
        {:ok, {hour, minute, second, microsecond}}
      else
        {:error, :invalid_time}
      end
    else
      _ -> {:error, :invalid_format}
    end
  end

  @doc """
  Parses a date in extended format.

      iex> Calendar.ISO.parse_date("2015-01-23")
      {:ok, {2015, 1, 23}}
  """
  @impl true
  @spec parse_date(String.t()) ::
          {:ok, {Calendar.year(), Calendar.month(), Calendar.day()}} | {:error, atom}
  def parse_date(string) when is_binary(string), do: parse_date(string, :extended)

  @doc """
  Parses a date.

      iex> Calendar.ISO.parse_date("20150123", :basic)
      {:ok, {2015, 1, 23}}
  """
  @spec parse_date(String.t(), format) ::
          {:ok, {Calendar.year(), Calendar.month(), Calendar.day()}} | {:error, atom}
  def parse_date(string, format) when is_binary(string) and is_format(format) do
    case scan_date(string, format) do
      {year, month, day, ""} ->
        if valid_date?(year, month, day), do: {:ok, {year, month, day}}, else: {:error, :invalid_date}

      _ ->
        {:error, :invalid_format}
    end
  end

  @doc """
  Parses a naive datetime in extended format; an offset is checked and dropped.

      iex> Calendar.ISO.parse_naive_datetime("2015-01-23 23:50:07")
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}}
  """
  @impl true
  @spec parse_naive_datetime(String.t()) ::
          {:ok,
           {Calendar.year(), Calendar.month(), Calendar.day(), Calendar.hour(), Calendar.minute(),
            Calendar.second(), Calendar.microsecond()}}
          | {:error, atom}
  def parse_naive_datetime(string) when is_binary(string) do
    parse_naive_datetime(string, :extended)
  end

  @doc """
  Parses a naive datetime.

      iex> Calendar.ISO.parse_naive_datetime("20150123 235007", :basic)
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}}
  """
  @spec parse_naive_datetime(String.t(), format) ::
          {:ok,
           {Calendar.year(), Calendar.month(), Calendar.day(), Calendar.hour(), Calendar.minute(),
            Calendar.second(), Calendar.microsecond()}}
          | {:error, atom}
  def parse_naive_datetime(string, format) when is_binary(string) and is_format(format) do
    case scan_datetime(string, format) do
      {:ok, datetime, _offset} -> {:ok, datetime}
      error -> error
    end
  end

  @doc """
  Parses a datetime with an offset in extended format; returns it in UTC, with the offset.

      iex> Calendar.ISO.parse_utc_datetime("2015-01-23 23:50:07+02:30")
      {:ok, {2015, 1, 23, 21, 20, 7, {0, 0}}, 9000}
  """
  @impl true
  @spec parse_utc_datetime(String.t()) ::
          {:ok,
           {Calendar.year(), Calendar.month(), Calendar.day(), Calendar.hour(), Calendar.minute(),
            Calendar.second(), Calendar.microsecond()}, Calendar.utc_offset()}
          | {:error, atom}
  def parse_utc_datetime(string) when is_binary(string), do: parse_utc_datetime(string, :extended)

  @doc """
  Parses a datetime with an offset; returns it in UTC, with the offset.

      iex> Calendar.ISO.parse_utc_datetime("20150123 235007Z", :basic)
      {:ok, {2015, 1, 23, 23, 50, 7, {0, 0}}, 0}
  """
  @spec parse_utc_datetime(String.t(), format) ::
          {:ok,
           {Calendar.year(), Calendar.month(), Calendar.day(), Calendar.hour(), Calendar.minute(),
            Calendar.second(), Calendar.microsecond()}, Calendar.utc_offset()}
          | {:error, atom}
  def parse_utc_datetime(string, format) when is_binary(string) and is_format(format) do
    case scan_datetime(string, format) do
      {:ok, _datetime, nil} ->
        {:error, :missing_offset}

      {:ok, datetime, 0} ->
        {:ok, datetime, 0}

      {:ok, {year, month, day, hour, minute, second, {_, precision} = microsecond}, offset} ->
        iso_days =
          naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)

        {year, month, day, hour, minute, second, {value, _}} =
          iso_days |> add_seconds(-offset) |> naive_datetime_from_iso_days()

        {:ok, {year, month, day, hour, minute, second, {value, precision}}, offset}

      error ->
        error
    end
  end

  @doc false
  def add_seconds({days, {parts, parts_per_day}}, seconds) do
    add_parts({days, {parts, parts_per_day}}, seconds, @seconds_per_day)
  end

  # Adds n / n_per_day of a day.
  @doc false
  def add_parts({days, {parts, parts_per_day}}, n, n_per_day) do
    {parts, n, per_day} =
      if parts_per_day == n_per_day do
        {parts, n, parts_per_day}
      else
        gcd = Integer.gcd(parts_per_day, n_per_day)
        {parts * div(n_per_day, gcd), n * div(parts_per_day, gcd), div(parts_per_day * n_per_day, gcd)}
      end

    total = days * per_day + parts + n
    {Integer.floor_div(total, per_day), {Integer.mod(total, per_day), per_day}}
  end

  defp scan_datetime(string, format) do
    with {year, month, day, <<separator, rest::binary>>} <- scan_date(string, format),
         true <- separator == ?\s or separator == ?T,
         {hour, minute, second, microsecond, rest} <- scan_time(rest, format),
         {offset, ""} <- scan_offset(rest, format) do
      cond do
        not valid_date?(year, month, day) -> {:error, :invalid_date}
        not valid_time?(hour, minute, second, microsecond) -> {:error, :invalid_time}
        true -> {:ok, {year, month, day, hour, minute, second, microsecond}, offset}
      end
    else
      _ -> {:error, :invalid_format}
    end
  end

  # The scanners return a tuple that ends in the rest of the text, or :error.
  defp scan_date("-" <> rest, format), do: rest |> scan_ymd(format) |> negate_year()
  defp scan_date("+" <> rest, format), do: scan_ymd(rest, format)
  defp scan_date(string, format), do: scan_ymd(string, format)

  defp negate_year({year, month, day, rest}), do: {-year, month, day, rest}
  defp negate_year(:error), do: :error

  defp scan_ymd(<<year::binary-size(4), ?-, month::binary-size(2), ?-, day::binary-size(2), rest::binary>>, :extended) do
    scan_numbers(year, month, day, rest)
  end

  defp scan_ymd(<<year::binary-size(4), month::binary-size(2), day::binary-size(2), rest::binary>>, :basic) do
    scan_numbers(year, month, day, rest)
  end

  defp scan_ymd(_string, _format), do: :error

  defp scan_numbers(a, b, c, rest) do
    if all_digits?(a) and all_digits?(b) and all_digits?(c) do
      {String.to_integer(a), String.to_integer(b), String.to_integer(c), rest}
    else
      :error
    end
  end

  defp all_digits?(<<c, rest::binary>>) when c in ?0..?9, do: all_digits?(rest)
  defp all_digits?(rest), do: rest == ""

  defp scan_time(<<h::binary-size(2), ?:, m::binary-size(2), ?:, s::binary-size(2), rest::binary>>, :extended) do
    scan_hms(h, m, s, rest)
  end

  defp scan_time(<<h::binary-size(2), m::binary-size(2), s::binary-size(2), rest::binary>>, :basic) do
    scan_hms(h, m, s, rest)
  end

  defp scan_time(_string, _format), do: :error

  defp scan_hms(hour, minute, second, rest) do
    with {hour, minute, second, rest} <- scan_numbers(hour, minute, second, rest),
         {microsecond, rest} <- scan_fraction(rest) do
      {hour, minute, second, microsecond, rest}
    end
  end

  defp scan_fraction(<<point, rest::binary>>) when point == ?. or point == ?, do
    case digits(rest, 0) do
      0 ->
        :error

      n ->
        precision = min(n, 6)
        <<digits::binary-size(precision), _::binary>> = rest
        value = String.to_integer(digits) * Integer.pow(10, 6 - precision)
        {{value, precision}, binary_part(rest, n, byte_size(rest) - n)}
    end
  end

  defp scan_fraction(rest), do: {{0, 0}, rest}

  defp digits(<<c, rest::binary>>, n) when c in ?0..?9, do: digits(rest, n + 1)
  defp digits(_rest, n), do: n

  defp scan_offset("", _format), do: {nil, ""}
  defp scan_offset("Z", _format), do: {0, ""}
  defp scan_offset("-00:00", _format), do: :error

  defp scan_offset(<<sign, h::binary-size(2), rest::binary>>, _format)
       when sign == ?+ or sign == ?- do
    minutes =
      case rest do
        "" -> "00"
        <<?:, m::binary-size(2)>> -> m
        <<m::binary-size(2)>> -> m
        _ -> "x"
      end

    if all_digits?(h) and all_digits?(minutes) do
      offset = String.to_integer(h) * 3600 + String.to_integer(minutes) * 60

      cond do
        String.to_integer(h) > 23 or String.to_integer(minutes) > 59 -> :error
        sign == ?- -> {-offset, ""}
        true -> {offset, ""}
      end
    else
      :error
    end
  end

  defp scan_offset(_rest, _format), do: :error

  @doc """
  Parses an ISO 8601 duration to the options of `Duration.new!/1`.

      iex> Calendar.ISO.parse_duration("P1DT2H")
      {:ok, [day: 1, hour: 2]}
  """
  @spec parse_duration(String.t()) :: {:ok, [Duration.unit_pair()]} | {:error, atom}
  def parse_duration("P" <> rest) when byte_size(rest) > 0, do: duration_date(rest, [], 1)
  def parse_duration("-P" <> rest) when byte_size(rest) > 0, do: duration_date(rest, [], -1)
  def parse_duration("+P" <> rest) when byte_size(rest) > 0, do: duration_date(rest, [], 1)
  def parse_duration(_string), do: {:error, :invalid_duration}

  # Units have to come in their order; the letters still allowed are the tail of the list.
  @date_units [{?Y, :year}, {?M, :month}, {?W, :week}, {?D, :day}]
  @time_units [{?H, :hour}, {?M, :minute}, {?S, :second}]

  defp duration_date(rest, acc, sign), do: duration_date(rest, acc, sign, @date_units)

  defp duration_date("", acc, _sign, _units), do: {:ok, :lists.reverse(acc)}

  defp duration_date("T" <> rest, acc, sign, _units) when byte_size(rest) > 0 do
    duration_time(rest, acc, sign, @time_units)
  end

  defp duration_date(string, acc, sign, units) do
    with {value, <<letter, rest::binary>>} <- Integer.parse(string),
         {unit, units} <- next_unit(letter, units) do
      duration_date(rest, [{unit, sign * value} | acc], sign, units)
    else
      _ -> {:error, :invalid_date_component}
    end
  end

  defp next_unit(letter, [{letter, unit} | units]), do: {unit, units}
  defp next_unit(letter, [_ | units]), do: next_unit(letter, units)
  defp next_unit(_letter, []), do: :error

  defp duration_time("", acc, _sign, _units), do: {:ok, :lists.reverse(acc)}

  defp duration_time(string, acc, sign, units) do
    with {value, <<letter, _::binary>> = rest} <- Integer.parse(string) do
      duration_time(string, value, letter, rest, acc, sign, units)
    else
      _ -> {:error, :invalid_time_component}
    end
  end

  defp duration_time(string, value, point, rest, acc, sign, units)
       when point == ?. or point == ?, do
    with {_, _} <- next_unit(?S, units),
         {{microsecond, precision}, "S"} <- scan_fraction(rest) do
      negative? = match?("-" <> _, string)
      microsecond = if negative?, do: -microsecond, else: microsecond
      seconds = if value == 0, do: [], else: [second: sign * value]
      {:ok, :lists.reverse(acc, seconds ++ [microsecond: {sign * microsecond, precision}])}
    else
      _ -> {:error, :invalid_time_component}
    end
  end

  defp duration_time(_string, value, letter, <<_, rest::binary>>, acc, sign, units) do
    case next_unit(letter, units) do
      {unit, units} -> duration_time(rest, [{unit, sign * value} | acc], sign, units)
      :error -> {:error, :invalid_time_component}
    end
  end

  ## Shifting

  @doc """
  Moves a date by a duration; the day is cut to the length of the month first.

      iex> Calendar.ISO.shift_date(2016, 1, 31, Duration.new!(month: 1))
      {2016, 2, 29}
  """
  @impl true
  @spec shift_date(year, month, day, Duration.t()) :: {year, month, day}
  def shift_date(year, month, day, duration) do
    {year, month, day} = shift_months(year, month, day, duration.year * 12 + duration.month)

    case duration.week * 7 + duration.day do
      0 -> {year, month, day}
      days -> date_from_iso_days(date_to_iso_days(year, month, day) + days)
    end
  end

  defp shift_months(year, month, day, 0), do: {year, month, day}

  defp shift_months(year, month, day, months) do
    total = year * 12 + month - 1 + months
    year = Integer.floor_div(total, 12)
    month = Integer.mod(total, 12) + 1
    {year, month, min(day, days_in_month(year, month))}
  end

  @doc """
  Moves a naive datetime by a duration.

      iex> Calendar.ISO.shift_naive_datetime(2016, 1, 3, 0, 0, 0, {0, 0}, Duration.new!(hour: 1))
      {2016, 1, 3, 1, 0, 0, {0, 0}}
  """
  @impl true
  @spec shift_naive_datetime(
          year,
          month,
          day,
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond(),
          Duration.t()
        ) ::
          {year, month, day, Calendar.hour(), Calendar.minute(), Calendar.second(),
           Calendar.microsecond()}
  def shift_naive_datetime(year, month, day, hour, minute, second, {_, precision} = microsecond, duration) do
    {year, month, day} = shift_date(year, month, day, duration)
    {_, duration_precision} = duration.microsecond

    {year, month, day, hour, minute, second, {value, _}} =
      naive_datetime_to_iso_days(year, month, day, hour, minute, second, microsecond)
      |> add_parts(duration_microseconds(duration), @parts_per_day)
      |> naive_datetime_from_iso_days()

    {year, month, day, hour, minute, second, {value, max(precision, duration_precision)}}
  end

  defp duration_microseconds(%{hour: h, minute: m, second: s, microsecond: {value, _}}) do
    ((h * 60 + m) * 60 + s) * 1_000_000 + value
  end

  @doc """
  Moves a time by a duration, around the clock.

      iex> Calendar.ISO.shift_time(23, 0, 0, {0, 0}, Duration.new!(hour: 2))
      {1, 0, 0, {0, 0}}
  """
  @impl true
  @spec shift_time(
          Calendar.hour(),
          Calendar.minute(),
          Calendar.second(),
          Calendar.microsecond(),
          Duration.t()
        ) :: {Calendar.hour(), Calendar.minute(), Calendar.second(), Calendar.microsecond()}
  def shift_time(hour, minute, second, {_, precision} = microsecond, duration) do
    {_, duration_precision} = duration.microsecond
    {parts, _} = time_to_day_fraction(hour, minute, second, microsecond)
    parts = Integer.mod(parts + duration_microseconds(duration), @parts_per_day)
    {hour, minute, second, {value, _}} = time_from_day_fraction({parts, @parts_per_day})
    {hour, minute, second, {value, max(precision, duration_precision)}}
  end

  ## Units

  @doc """
  Returns how many decimals a second of the given unit needs.

      iex> Calendar.ISO.time_unit_to_precision(:millisecond)
      3
  """
  @spec time_unit_to_precision(System.time_unit()) :: 0..6
  def time_unit_to_precision(:nanosecond), do: 6
  def time_unit_to_precision(:microsecond), do: 6
  def time_unit_to_precision(:millisecond), do: 3
  def time_unit_to_precision(:second), do: 0
  def time_unit_to_precision(1), do: 0
  def time_unit_to_precision(10), do: 1
  def time_unit_to_precision(100), do: 2
  def time_unit_to_precision(1000), do: 3
  def time_unit_to_precision(10_000), do: 4
  def time_unit_to_precision(100_000), do: 5
  def time_unit_to_precision(_unit), do: 6

  # Units a second, or nil for what is no unit.
  @doc false
  def per_second(:second), do: 1
  def per_second(:millisecond), do: 1000
  def per_second(:microsecond), do: 1_000_000
  def per_second(:nanosecond), do: 1_000_000_000
  def per_second(:native), do: 1_000_000_000
  def per_second(unit) when is_integer(unit) and unit > 0, do: unit
  def per_second(_unit), do: nil

  @doc false
  def iso_days_to_unit({days, {parts, parts_per_day}}, unit) do
    per_day = per_second(unit) * @seconds_per_day
    Integer.floor_div((days * parts_per_day + parts) * per_day, parts_per_day)
  end

  @doc false
  def gregorian_seconds_to_iso_days(seconds, microsecond) do
    {Integer.floor_div(seconds, @seconds_per_day),
     {Integer.mod(seconds, @seconds_per_day) * 1_000_000 + microsecond, @parts_per_day}}
  end

  @unix_range_in_seconds -377_705_116_800..253_402_300_799

  @doc false
  def from_unix(integer, unit) when is_integer(integer) do
    per_second = per_second(unit) || bad_unit(unit)
    seconds = Integer.floor_div(integer, per_second)

    if seconds in @unix_range_in_seconds do
      microsecond = div(Integer.mod(integer, per_second) * 1_000_000, per_second)

      {days, fraction} =
        gregorian_seconds_to_iso_days(seconds + @unix_epoch * @seconds_per_day, microsecond)

      {year, month, day} = date_from_iso_days(days)
      {hour, minute, second, {value, _}} = time_from_day_fraction(fraction)
      {:ok, {year, month, day}, {hour, minute, second}, {value, time_unit_to_precision(unit)}}
    else
      {:error, :invalid_unix_time}
    end
  end

  @doc false
  def unix_epoch_seconds, do: @unix_epoch * @seconds_per_day

  @doc false
  def bad_unit(unit) do
    raise ArgumentError,
          "unsupported time unit. Expected :day, :hour, :minute, :second, :millisecond, " <>
            ":microsecond, :nanosecond, or a positive integer, got #{inspect(unit)}"
  end
end
