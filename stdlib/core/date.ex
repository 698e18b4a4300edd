defmodule Date do
  @moduledoc """
  Dates: year, month and day of a calendar.

  Dates compare with `compare/2`, not with `<` and `==`; the module can be given to `Enum.sort/2` and the like.

      iex> Date.add(~D[2024-02-28], 2)
      ~D[2024-03-01]
  """

  @enforce_keys [:year, :month, :day]
  defstruct [:year, :month, :day, calendar: Calendar.ISO]

  @type t :: %Date{
          year: Calendar.year(),
          month: Calendar.month(),
          day: Calendar.day(),
          calendar: Calendar.calendar()
        }

  @doc """
  Returns the range of dates from `first` to `last`.

      iex> Date.range(~D[2024-01-01], ~D[2024-01-03]) |> Enum.count()
      3
  """
  @spec range(Calendar.date(), Calendar.date()) :: Date.Range.t()
  def range(%{calendar: calendar} = first, %{calendar: calendar} = last) do
    first_days = iso_days(first)
    last_days = iso_days(last)
    build_range(first, first_days, last, last_days, calendar, if(first_days <= last_days, do: 1, else: -1))
  end

  def range(%{calendar: _, year: _, month: _, day: _}, %{calendar: _, year: _, month: _, day: _}) do
    raise ArgumentError, "both dates must have matching calendars"
  end

  @doc """
  Returns the range of dates from `first` to `last` by `step` days.

      iex> Date.range(~D[2024-01-01], ~D[2024-01-05], 2) |> Enum.count()
      3
  """
  @spec range(Calendar.date(), Calendar.date(), step :: pos_integer | neg_integer) ::
          Date.Range.t()
  def range(%{calendar: calendar} = first, %{calendar: calendar} = last, step)
      when is_integer(step) and step != 0 do
    build_range(first, iso_days(first), last, iso_days(last), calendar, step)
  end

  def range(
        %{calendar: _, year: _, month: _, day: _},
        %{calendar: _, year: _, month: _, day: _},
        step
      )
      when is_integer(step) and step != 0 do
    raise ArgumentError, "both dates must have matching calendars"
  end

  def range(first, last, step) do
    raise ArgumentError,
          "the step must be a non-zero integer, got: #{inspect(first)}, #{inspect(last)}, #{inspect(step)}"
  end

  defp build_range(first, first_days, last, last_days, calendar, step) do
    %{
      __struct__: Date.Range,
      first: %Date{calendar: calendar, year: first.year, month: first.month, day: first.day},
      last: %Date{calendar: calendar, year: last.year, month: last.month, day: last.day},
      first_in_iso_days: first_days,
      last_in_iso_days: last_days,
      step: step
    }
  end

  @doc """
  Returns today's date in UTC.

      iex> Date.utc_today().calendar
      Calendar.ISO
  """
  @spec utc_today(Calendar.calendar()) :: t
  def utc_today(calendar \\ Calendar.ISO), do: calendar |> DateTime.utc_now() |> DateTime.to_date()

  @doc """
  Tells whether the date is in a leap year.

      iex> Date.leap_year?(~D[2000-01-01])
      true
  """
  @spec leap_year?(Calendar.date()) :: boolean
  def leap_year?(date)
  def leap_year?(%{calendar: calendar, year: year}), do: calendar.leap_year?(year)

  @doc """
  Returns the number of days in the month.

      iex> Date.days_in_month(~D[2024-02-01])
      29
  """
  @spec days_in_month(Calendar.date()) :: Calendar.day()
  def days_in_month(date)
  def days_in_month(%{calendar: calendar, year: year, month: month}), do: calendar.days_in_month(year, month)

  @doc """
  Returns the number of months in the year.

      iex> Date.months_in_year(~D[2024-02-01])
      12
  """
  @spec months_in_year(Calendar.date()) :: Calendar.month()
  def months_in_year(date)
  def months_in_year(%{calendar: calendar, year: year}), do: calendar.months_in_year(year)

  @doc """
  Builds a date.

      iex> Date.new(2024, 2, 30)
      {:error, :invalid_date}
  """
  @spec new(Calendar.year(), Calendar.month(), Calendar.day(), Calendar.calendar()) ::
          {:ok, t} | {:error, atom}
  def new(year, month, day, calendar \\ Calendar.ISO) do
    if calendar.valid_date?(year, month, day) do
      {:ok, %Date{year: year, month: month, day: day, calendar: calendar}}
    else
      {:error, :invalid_date}
    end
  end

  @doc """
  Builds a date or raises `ArgumentError`.

      iex> Date.new!(2024, 2, 29)
      ~D[2024-02-29]
  """
  @spec new!(Calendar.year(), Calendar.month(), Calendar.day(), Calendar.calendar()) :: t
  def new!(year, month, day, calendar \\ Calendar.ISO) do
    case new(year, month, day, calendar) do
      {:ok, date} -> date
      {:error, reason} -> raise ArgumentError, "cannot build date, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Returns the text of a date.

      iex> Date.to_string(~D[2024-02-29])
      "2024-02-29"
  """
  @spec to_string(Calendar.date()) :: String.t()
  def to_string(date)

  def to_string(%{calendar: calendar, year: year, month: month, day: day}) do
    calendar.date_to_string(year, month, day)
  end

  @doc """
  Parses an ISO 8601 date.

      iex> Date.from_iso8601("2024-02-29")
      {:ok, ~D[2024-02-29]}
  """
  @spec from_iso8601(String.t(), Calendar.calendar() | :basic | :extended) ::
          {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar_or_format \\ Calendar.ISO)

  def from_iso8601(string, format) when format in [:basic, :extended] do
    from_iso8601(string, Calendar.ISO, format)
  end

  def from_iso8601(string, calendar) when is_atom(calendar) do
    from_iso8601(string, calendar, :extended)
  end

  @doc """
  Parses an ISO 8601 date in the given format, for the given calendar.

      iex> Date.from_iso8601("20240229", Calendar.ISO, :basic)
      {:ok, ~D[2024-02-29]}
  """
  @spec from_iso8601(String.t(), Calendar.calendar(), :basic | :extended) ::
          {:ok, t} | {:error, atom}
  def from_iso8601(string, calendar, format) do
    with {:ok, {year, month, day}} <- Calendar.ISO.parse_date(string, format) do
      convert(%Date{year: year, month: month, day: day}, calendar)
    end
  end

  @doc """
  Parses an ISO 8601 date or raises `ArgumentError`.

      iex> Date.from_iso8601!("2024-02-29")
      ~D[2024-02-29]
  """
  @spec from_iso8601!(String.t(), Calendar.calendar() | :basic | :extended) :: t
  def from_iso8601!(string, calendar_or_format \\ Calendar.ISO) do
    case from_iso8601(string, calendar_or_format) do
      {:ok, date} -> date
      {:error, reason} -> parse_error(string, reason)
    end
  end

  @doc false
  def from_iso8601!(string, calendar, format) do
    case from_iso8601(string, calendar, format) do
      {:ok, date} -> date
      {:error, reason} -> parse_error(string, reason)
    end
  end

  @spec parse_error(term, term) :: no_return
  defp parse_error(string, reason) do
    raise ArgumentError, "cannot parse #{inspect(string)} as date, reason: #{inspect(reason)}"
  end

  @doc """
  Returns the ISO 8601 text.

      iex> Date.to_iso8601(~D[2024-02-29], :basic)
      "20240229"
  """
  @spec to_iso8601(Calendar.date(), :extended | :basic) :: String.t()
  def to_iso8601(date, format \\ :extended) when format in [:basic, :extended] do
    %{year: year, month: month, day: day} = iso(date)
    Calendar.ISO.date_to_string(year, month, day, format)
  end

  defp iso(%{calendar: Calendar.ISO} = date), do: date
  defp iso(%{calendar: _} = date), do: convert!(date, Calendar.ISO)

  @doc """
  Returns `{year, month, day}`.

      iex> Date.to_erl(~D[2024-02-29])
      {2024, 2, 29}
  """
  @spec to_erl(Calendar.date()) :: :calendar.date()
  def to_erl(date) do
    %{year: year, month: month, day: day} = iso(date)
    {year, month, day}
  end

  @doc """
  Builds a date from `{year, month, day}`.

      iex> Date.from_erl({2024, 2, 29})
      {:ok, ~D[2024-02-29]}
  """
  @spec from_erl(:calendar.date(), Calendar.calendar()) :: {:ok, t} | {:error, atom}
  def from_erl(tuple, calendar \\ Calendar.ISO)

  def from_erl({year, month, day}, calendar) do
    with {:ok, date} <- new(year, month, day, Calendar.ISO), do: convert(date, calendar)
  end

  @doc """
  Builds a date from `{year, month, day}` or raises `ArgumentError`.

      iex> Date.from_erl!({2024, 2, 29})
      ~D[2024-02-29]
  """
  @spec from_erl!(:calendar.date(), Calendar.calendar()) :: t
  def from_erl!(tuple, calendar \\ Calendar.ISO) do
    case from_erl(tuple, calendar) do
      {:ok, date} ->
        date

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(tuple)} to date, reason: #{inspect(reason)}"
    end
  end

  @doc """
  Builds a date from the number of days since year 0.

      iex> Date.from_gregorian_days(738_000)
      ~D[2020-07-29]
  """
  @spec from_gregorian_days(integer, Calendar.calendar()) :: t
  def from_gregorian_days(days, calendar \\ Calendar.ISO) when is_integer(days) do
    from_iso_days({days, {0, 1}}, calendar)
  end

  @doc """
  Returns the number of days since year 0.

      iex> Date.to_gregorian_days(~D[0000-01-02])
      1
  """
  @spec to_gregorian_days(Calendar.date()) :: integer
  def to_gregorian_days(date), do: iso_days(date)

  @doc """
  Returns `:lt`, `:eq` or `:gt`.

      iex> Date.compare(~D[2024-01-01], ~D[2024-01-02])
      :lt
  """
  @spec compare(Calendar.date(), Calendar.date()) :: :lt | :eq | :gt
  def compare(%{calendar: calendar, year: y1, month: m1, day: d1}, %{
        calendar: calendar,
        year: y2,
        month: m2,
        day: d2
      }) do
    order({y1, m1, d1}, {y2, m2, d2})
  end

  def compare(%{calendar: calendar1} = date1, %{calendar: calendar2} = date2) do
    if Calendar.compatible_calendars?(calendar1, calendar2) do
      order(iso_days(date1), iso_days(date2))
    else
      raise ArgumentError, """
      cannot compare #{inspect(date1)} with #{inspect(date2)}.

      This comparison would be ambiguous as their calendars have incompatible day rollover moments.
      Specify an exact time of day (using DateTime) to resolve this ambiguity
      """
    end
  end

  defp order(a, b) when a < b, do: :lt
  defp order(a, b) when a > b, do: :gt
  defp order(_, _), do: :eq

  @doc """
  Tells whether `date1` is before `date2`.

      iex> Date.before?(~D[2024-01-01], ~D[2024-01-02])
      true
  """
  @spec before?(Calendar.date(), Calendar.date()) :: boolean
  def before?(date1, date2), do: compare(date1, date2) == :lt

  @doc """
  Tells whether `date1` is after `date2`.

      iex> Date.after?(~D[2024-01-01], ~D[2024-01-02])
      false
  """
  @spec after?(Calendar.date(), Calendar.date()) :: boolean
  def after?(date1, date2), do: compare(date1, date2) == :gt

  @doc """
  Converts to another calendar.

      iex> Date.convert(~D[2024-01-01], Calendar.ISO)
      {:ok, ~D[2024-01-01]}
  """
  @spec convert(Calendar.date(), Calendar.calendar()) :: {:ok, t} | {:error, :incompatible_calendars}
  def convert(%{calendar: calendar, year: year, month: month, day: day}, calendar) do
    {:ok, %Date{calendar: calendar, year: year, month: month, day: day}}
  end

  def convert(%{calendar: calendar} = date, target) do
    if Calendar.compatible_calendars?(calendar, target) do
      {:ok, from_iso_days({iso_days(date), {0, 1}}, target)}
    else
      {:error, :incompatible_calendars}
    end
  end

  @doc """
  Converts to another calendar or raises `ArgumentError`.

      iex> Date.convert!(~D[2024-01-01], Calendar.ISO)
      ~D[2024-01-01]
  """
  @spec convert!(Calendar.date(), Calendar.calendar()) :: t
  def convert!(date, calendar) do
    case convert(date, calendar) do
      {:ok, value} ->
        value

      {:error, reason} ->
        raise ArgumentError,
              "cannot convert #{inspect(date)} to target calendar #{inspect(calendar)}, " <>
                "reason: #{inspect(reason)}"
    end
  end

  @doc """
  Adds days.

      iex> Date.add(~D[2024-01-01], -1)
      ~D[2023-12-31]
  """
  @spec add(Calendar.date(), integer) :: t
  def add(%{calendar: calendar} = date, days) when is_integer(days) do
    from_iso_days({iso_days(date) + days, {0, 1}}, calendar)
  end

  @doc """
  Returns the difference in days.

      iex> Date.diff(~D[2024-01-03], ~D[2024-01-01])
      2
  """
  @spec diff(Calendar.date(), Calendar.date()) :: integer
  def diff(%{calendar: calendar1} = date1, %{calendar: calendar2} = date2) do
    if Calendar.compatible_calendars?(calendar1, calendar2) do
      iso_days(date1) - iso_days(date2)
    else
      raise ArgumentError,
            "cannot calculate the difference between #{inspect(date1)} and #{inspect(date2)} " <>
              "because their calendars are not compatible and thus the result would be ambiguous"
    end
  end

  @doc """
  Moves a date by a duration of years, months, weeks and days.

      iex> Date.shift(~D[2024-01-31], month: 1)
      ~D[2024-02-29]
  """
  @spec shift(Calendar.date(), Duration.t() | [unit_pair]) :: t
        when unit_pair: {:year | :month | :week | :day, integer}
  def shift(%{calendar: calendar, year: year, month: month, day: day}, duration) do
    {year, month, day} = calendar.shift_date(year, month, day, duration!(duration))
    %Date{calendar: calendar, year: year, month: month, day: day}
  end

  defp duration!(%Duration{} = duration), do: duration

  defp duration!(unit_pairs) do
    Enum.each(unit_pairs, fn
      {unit, _} when unit in [:year, :month, :week, :day] ->
        :ok

      {unit, _} when unit in [:hour, :minute, :second, :microsecond] ->
        raise ArgumentError,
              "unsupported unit #{inspect(unit)}. Expected :year, :month, :week, :day"

      {unit, _} ->
        raise ArgumentError, "unknown unit #{inspect(unit)}. Expected :year, :month, :week, :day"
    end)

    Duration.new!(unit_pairs)
  end

  @doc """
  Returns the day of the week, 1 for the day it starts on.

      iex> Date.day_of_week(~D[2024-01-01])
      1
  """
  @spec day_of_week(Calendar.date(), starting_on :: :default | atom) :: Calendar.day_of_week()
  def day_of_week(date, starting_on \\ :default)

  def day_of_week(%{calendar: calendar, year: year, month: month, day: day}, starting_on) do
    {day_of_week, _first, _last} = calendar.day_of_week(year, month, day, starting_on)
    day_of_week
  end

  @doc """
  Returns the first day of the date's week.

      iex> Date.beginning_of_week(~D[2024-01-03])
      ~D[2024-01-01]
  """
  @spec beginning_of_week(Calendar.date(), starting_on :: :default | atom) :: t
  def beginning_of_week(date, starting_on \\ :default)

  def beginning_of_week(%{calendar: calendar, year: year, month: month, day: day} = date, starting_on) do
    {day_of_week, first, _last} = calendar.day_of_week(year, month, day, starting_on)
    from_iso_days({iso_days(date) - (day_of_week - first), {0, 1}}, calendar)
  end

  @doc """
  Returns the last day of the date's week.

      iex> Date.end_of_week(~D[2024-01-03])
      ~D[2024-01-07]
  """
  @spec end_of_week(Calendar.date(), starting_on :: :default | atom) :: t
  def end_of_week(date, starting_on \\ :default)

  def end_of_week(%{calendar: calendar, year: year, month: month, day: day} = date, starting_on) do
    {day_of_week, _first, last} = calendar.day_of_week(year, month, day, starting_on)
    from_iso_days({iso_days(date) + (last - day_of_week), {0, 1}}, calendar)
  end

  @doc """
  Returns the day of the year.

      iex> Date.day_of_year(~D[2024-02-01])
      32
  """
  @spec day_of_year(Calendar.date()) :: Calendar.day()
  def day_of_year(date)

  def day_of_year(%{calendar: calendar, year: year, month: month, day: day}) do
    calendar.day_of_year(year, month, day)
  end

  @doc """
  Returns the quarter of the year.

      iex> Date.quarter_of_year(~D[2024-04-01])
      2
  """
  @spec quarter_of_year(Calendar.date()) :: non_neg_integer
  def quarter_of_year(date)

  def quarter_of_year(%{calendar: calendar, year: year, month: month, day: day}) do
    calendar.quarter_of_year(year, month, day)
  end

  @doc """
  Returns the year and the era.

      iex> Date.year_of_era(~D[0000-01-01])
      {1, 0}
  """
  @spec year_of_era(Calendar.date()) :: {Calendar.year(), non_neg_integer}
  def year_of_era(date)

  def year_of_era(%{calendar: calendar, year: year, month: month, day: day}) do
    calendar.year_of_era(year, month, day)
  end

  @doc """
  Returns the day of the era.

      iex> Date.day_of_era(~D[0001-01-01])
      {1, 1}
  """
  @spec day_of_era(Calendar.date()) :: {Calendar.day(), non_neg_integer}
  def day_of_era(date)

  def day_of_era(%{calendar: calendar, year: year, month: month, day: day}) do
    calendar.day_of_era(year, month, day)
  end

  @doc """
  Returns the first day of the month.

      iex> Date.beginning_of_month(~D[2024-02-10])
      ~D[2024-02-01]
  """
  @spec beginning_of_month(Calendar.date()) :: t
  def beginning_of_month(date)

  def beginning_of_month(%{year: year, month: month, calendar: calendar}) do
    %Date{year: year, month: month, day: 1, calendar: calendar}
  end

  @doc """
  Returns the last day of the month.

      iex> Date.end_of_month(~D[2024-02-10])
      ~D[2024-02-29]
  """
  @spec end_of_month(Calendar.date()) :: t
  def end_of_month(date)

  def end_of_month(%{year: year, month: month, calendar: calendar}) do
    %Date{year: year, month: month, day: calendar.days_in_month(year, month), calendar: calendar}
  end

  @doc false
  def iso_days(%{calendar: Calendar.ISO, year: year, month: month, day: day}) do
    Calendar.ISO.date_to_iso_days(year, month, day)
  end

  def iso_days(%{calendar: calendar, year: year, month: month, day: day}) do
    {days, _} = calendar.naive_datetime_to_iso_days(year, month, day, 0, 0, 0, {0, 0})
    days
  end

  @doc false
  def from_iso_days({days, _}, Calendar.ISO) do
    {year, month, day} = Calendar.ISO.date_from_iso_days(days)
    %Date{year: year, month: month, day: day}
  end

  def from_iso_days(iso_days, calendar) do
    {year, month, day, _, _, _, _} = calendar.naive_datetime_from_iso_days(iso_days)
    %Date{year: year, month: month, day: day, calendar: calendar}
  end
end

defimpl String.Chars, for: Date do
  def to_string(date), do: Date.to_string(date)
end

defimpl Inspect, for: Date do
  def inspect(%{calendar: calendar, year: year, month: month, day: day}, _)
      when calendar != Calendar.ISO or year in -9999..9999 do
    suffix = if calendar == Calendar.ISO, do: "", else: " " <> Kernel.inspect(calendar)
    "~D[" <> calendar.date_to_string(year, month, day) <> suffix <> "]"
  end

  def inspect(%{year: year, month: month, day: day}, _) do
    "Date.new!(#{year}, #{month}, #{day})"
  end
end
