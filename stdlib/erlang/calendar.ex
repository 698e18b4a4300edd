defmodule :calendar do
  @moduledoc """
  Erlang's calendar: dates as `{year, month, day}`, times as `{hour, minute, second}`, counted from year 0.

      iex> :calendar.day_of_the_week({2024, 1, 1})
      1
  """

  @seconds_per_day 86_400
  @unix_epoch 62_167_219_200

  @doc "Days since 0000-01-01."
  @spec date_to_gregorian_days({integer, integer, integer}) :: non_neg_integer
  def date_to_gregorian_days({year, month, day}), do: date_to_gregorian_days(year, month, day)

  @doc "Days since 0000-01-01."
  @spec date_to_gregorian_days(integer, integer, integer) :: non_neg_integer
  def date_to_gregorian_days(year, month, day)
      when is_integer(day) and day > 0 and is_integer(year) and year >= 0 do
    last = last_day_of_the_month(year, month)
    if day > last, do: :erlang.error(:if_clause)
    Calendar.ISO.date_to_iso_days(year, month, day)
  end

  @doc "Seconds since year 0."
  @spec datetime_to_gregorian_seconds({tuple, tuple}) :: non_neg_integer
  def datetime_to_gregorian_seconds({date, time}) do
    @seconds_per_day * date_to_gregorian_days(date) + time_to_seconds(time)
  end

  @doc "The weekday, 1 for Monday."
  @spec day_of_the_week({integer, integer, integer}) :: 1..7
  def day_of_the_week({year, month, day}), do: day_of_the_week(year, month, day)

  @doc "The weekday, 1 for Monday."
  @spec day_of_the_week(integer, integer, integer) :: 1..7
  def day_of_the_week(year, month, day) do
    rem(date_to_gregorian_days(year, month, day) + 5, 7) + 1
  end

  @doc "The date of a number of days since 0000-01-01."
  @spec gregorian_days_to_date(non_neg_integer) :: {integer, integer, integer}
  def gregorian_days_to_date(days) when is_integer(days) and days >= 0 do
    Calendar.ISO.date_from_iso_days(days)
  end

  @doc "The date and time of a number of seconds since year 0."
  @spec gregorian_seconds_to_datetime(non_neg_integer) :: {tuple, tuple}
  def gregorian_seconds_to_datetime(seconds) when is_integer(seconds) and seconds >= 0 do
    days = div(seconds, @seconds_per_day)
    {gregorian_days_to_date(days), seconds_to_time(rem(seconds, @seconds_per_day))}
  end

  @doc "True for leap years."
  @spec is_leap_year(non_neg_integer) :: boolean
  def is_leap_year(year) when is_integer(year) and year >= 0, do: Calendar.ISO.leap_year?(year)

  @doc "The ISO week of today."
  @spec iso_week_number() :: {integer, 1..53}
  def iso_week_number do
    {date, _time} = local_time()
    iso_week_number(date)
  end

  @doc "The year and week that a date is in by ISO 8601."
  @spec iso_week_number({integer, integer, integer}) :: {integer, 1..53}
  def iso_week_number({year, _month, _day} = date) do
    days = date_to_gregorian_days(date)
    this = first_week(year)
    next = first_week(year + 1)

    cond do
      days < this -> {year - 1, div(days - first_week(year - 1), 7) + 1}
      days >= next -> {year + 1, 1}
      true -> {year, div(days - this, 7) + 1}
    end
  end

  # The Monday of the week with the fourth of January.
  defp first_week(year) do
    fourth = date_to_gregorian_days(year, 1, 4)
    fourth - rem(fourth + 5, 7)
  end

  @doc "The number of days in a month."
  @spec last_day_of_the_month(non_neg_integer, 1..12) :: 28..31
  def last_day_of_the_month(year, month)
      when is_integer(year) and year >= 0 and is_integer(month) and month >= 1 and month <= 12 do
    Calendar.ISO.days_in_month(year, month)
  end

  @doc "The local date and time."
  @spec local_time() :: {tuple, tuple}
  def local_time, do: :erlang.localtime()

  @doc "The date and time in UTC."
  @spec universal_time() :: {tuple, tuple}
  def universal_time, do: :erlang.universaltime()

  @doc "UTC of a local date and time."
  @spec local_time_to_universal_time({tuple, tuple}) :: {tuple, tuple}
  def local_time_to_universal_time(datetime), do: :erlang.localtime_to_universaltime(datetime)

  @doc "UTC of a local date and time, with or without daylight saving."
  @spec local_time_to_universal_time({tuple, tuple}, boolean | :undefined) :: {tuple, tuple}
  def local_time_to_universal_time(datetime, dst?) do
    :erlang.localtime_to_universaltime(datetime, dst?)
  end

  @doc "The moments in UTC that a local date and time may be."
  @spec local_time_to_universal_time_dst({tuple, tuple}) :: [{tuple, tuple}]
  def local_time_to_universal_time_dst(datetime) do
    with_dst = :erlang.localtime_to_universaltime(datetime, true)
    without = :erlang.localtime_to_universaltime(datetime, false)

    :lists.usort(
      for utc <- [with_dst, without], :erlang.universaltime_to_localtime(utc) == datetime, do: utc
    )
  end

  @doc "The local date and time of one in UTC."
  @spec universal_time_to_local_time({tuple, tuple}) :: {tuple, tuple}
  def universal_time_to_local_time(datetime), do: :erlang.universaltime_to_localtime(datetime)

  @doc "UTC of an `:erlang.timestamp/0`."
  @spec now_to_datetime({integer, integer, integer}) :: {tuple, tuple}
  def now_to_datetime({mega, seconds, _micro}) do
    system_time_to_universal_time(mega * 1_000_000 + seconds, :second)
  end

  @doc "UTC of an `:erlang.timestamp/0`."
  @spec now_to_universal_time({integer, integer, integer}) :: {tuple, tuple}
  def now_to_universal_time(now), do: now_to_datetime(now)

  @doc "Local time of an `:erlang.timestamp/0`."
  @spec now_to_local_time({integer, integer, integer}) :: {tuple, tuple}
  def now_to_local_time(now), do: universal_time_to_local_time(now_to_datetime(now))

  @doc "UTC of a system time."
  @spec system_time_to_universal_time(integer, term) :: {tuple, tuple}
  def system_time_to_universal_time(time, unit) do
    seconds = Integer.floor_div(time, Calendar.ISO.per_second(unit))
    gregorian_seconds_to_datetime(seconds + @unix_epoch)
  end

  @doc "Local time of a system time."
  @spec system_time_to_local_time(integer, term) :: {tuple, tuple}
  def system_time_to_local_time(time, unit) do
    universal_time_to_local_time(system_time_to_universal_time(time, unit))
  end

  @doc "`{days, time}` of seconds."
  @spec seconds_to_daystime(integer) :: {integer, tuple}
  def seconds_to_daystime(seconds) do
    {Integer.floor_div(seconds, @seconds_per_day),
     seconds_to_time(Integer.mod(seconds, @seconds_per_day))}
  end

  @doc "The time of a number of seconds in a day."
  @spec seconds_to_time(0..86_399) :: {integer, integer, integer}
  def seconds_to_time(seconds)
      when is_integer(seconds) and seconds >= 0 and seconds < @seconds_per_day do
    {div(seconds, 3600), rem(div(seconds, 60), 60), rem(seconds, 60)}
  end

  @doc "The seconds of a time."
  @spec time_to_seconds({integer, integer, integer}) :: non_neg_integer
  def time_to_seconds({hour, minute, second})
      when is_integer(hour) and is_integer(minute) and is_integer(second) do
    hour * 3600 + minute * 60 + second
  end

  @doc "`{days, time}` from one datetime to another."
  @spec time_difference({tuple, tuple}, {tuple, tuple}) :: {integer, tuple}
  def time_difference(datetime1, datetime2) do
    seconds_to_daystime(
      datetime_to_gregorian_seconds(datetime2) - datetime_to_gregorian_seconds(datetime1)
    )
  end

  @doc "True for dates that exist."
  @spec valid_date({integer, integer, integer}) :: boolean
  def valid_date({year, month, day}), do: valid_date(year, month, day)

  @doc "True for dates that exist."
  @spec valid_date(integer, integer, integer) :: boolean
  def valid_date(year, month, day) when is_integer(year) and year >= 0 do
    Calendar.ISO.valid_date?(year, month, day)
  end

  def valid_date(year, month, day) when is_integer(year) and is_integer(month) and is_integer(day) do
    false
  end

  ## RFC 3339

  @doc "Parses an RFC 3339 text to a system time in seconds."
  @spec rfc3339_to_system_time(charlist) :: integer
  def rfc3339_to_system_time(text), do: rfc3339_to_system_time(text, [])

  @doc "Parses an RFC 3339 text; the option `unit` tells the unit of the result."
  @spec rfc3339_to_system_time(charlist, list) :: integer
  def rfc3339_to_system_time(text, options) do
    unit = :proplists.get_value(:unit, options, :second)
    per_second = Calendar.ISO.per_second(unit)

    with <<year::binary-size(4), ?-, month::binary-size(2), ?-, day::binary-size(2), _,
           hour::binary-size(2), ?:, minute::binary-size(2), ?:, second::binary-size(2),
           rest::binary>> <- :erlang.list_to_binary(text),
         {fraction, rest} <- fraction(rest),
         {:ok, offset} <- offset(rest) do
      date = {integer(year), integer(month), integer(day)}
      time = {integer(hour), integer(minute), integer(second)}
      seconds = datetime_to_gregorian_seconds({date, time}) - @unix_epoch - offset
      {digits, size} = fraction
      seconds * per_second + div(digits * per_second, Integer.pow(10, size))
    else
      _ -> :erlang.error({:badmatch, text})
    end
  end

  defp integer(text), do: :erlang.binary_to_integer(text)

  defp fraction(<<?., rest::binary>>) do
    {digits, rest} = digits(rest, "")
    {{integer(digits), byte_size(digits)}, rest}
  end

  defp fraction(rest), do: {{0, 0}, rest}

  defp digits(<<c, rest::binary>>, acc) when c in ?0..?9, do: digits(rest, <<acc::binary, c>>)
  defp digits(rest, acc), do: {acc, rest}

  defp offset(zulu) when zulu == "Z" or zulu == "z", do: {:ok, 0}

  defp offset(<<sign, hour::binary-size(2), ?:, minute::binary-size(2)>>) do
    seconds = integer(hour) * 3600 + integer(minute) * 60
    {:ok, if(sign == ?-, do: -seconds, else: seconds)}
  end

  defp offset(_rest), do: :error

  @doc "The RFC 3339 text of a system time in seconds, in local time."
  @spec system_time_to_rfc3339(integer) :: charlist
  def system_time_to_rfc3339(time), do: system_time_to_rfc3339(time, [])

  @doc "The RFC 3339 text of a system time; options `unit`, `offset` and `time_designator`."
  @spec system_time_to_rfc3339(integer, list) :: charlist
  def system_time_to_rfc3339(time, options) do
    unit = :proplists.get_value(:unit, options, :second)
    designator = :proplists.get_value(:time_designator, options, ?T)
    per_second = Calendar.ISO.per_second(unit)
    offset = :proplists.get_value(:offset, options, :local)
    seconds = Integer.floor_div(time, per_second)
    fraction = Integer.mod(time, per_second)

    {shift, suffix} =
      case offset do
        :local ->
          utc = gregorian_seconds_to_datetime(seconds + @unix_epoch)
          local = universal_time_to_local_time(utc)
          shift = datetime_to_gregorian_seconds(local) - datetime_to_gregorian_seconds(utc)
          {shift, offset_text(shift)}

        zulu when zulu in [~c"Z", ~c"z", ~c""] ->
          {0, if(zulu == ~c"", do: ~c"Z", else: zulu)}

        [sign | _] = text when sign in [?+, ?-] ->
          {:ok, shift} = offset(:erlang.list_to_binary(text))
          {shift, text}

        number when is_integer(number) ->
          shift = div(number, per_second)
          {shift, offset_text(shift)}
      end

    {{year, month, day}, {hour, minute, second}} =
      gregorian_seconds_to_datetime(seconds + shift + @unix_epoch)

    :lists.flatten([
      [pad(year, 4), ?-, pad(month, 2), ?-, pad(day, 2), designator],
      [pad(hour, 2), ?:, pad(minute, 2), ?:, pad(second, 2)],
      fraction_text(fraction, per_second),
      suffix
    ])
  end

  defp fraction_text(_fraction, 1), do: []
  defp fraction_text(fraction, per_second), do: [?., pad(fraction, length(Integer.digits(per_second)) - 1)]

  defp offset_text(shift) do
    minutes = div(abs(shift), 60)
    [if(shift < 0, do: ?-, else: ?+), pad(div(minutes, 60), 2), ?:, pad(rem(minutes, 60), 2)]
  end

  defp pad(number, width) do
    text = :erlang.integer_to_list(number)
    :lists.duplicate(Kernel.max(width - length(text), 0), ?0) ++ text
  end
end
