defmodule Calendar.TimeZoneDatabase do
  @moduledoc """
  What a time zone database answers: the period of a zone that holds at a UTC moment or at a wall clock reading.
  """

  @typedoc "A period: its offset from UTC, the daylight saving on top, and its abbreviation."
  @type time_zone_period :: %{
          optional(any) => any,
          utc_offset: Calendar.utc_offset(),
          std_offset: Calendar.std_offset(),
          zone_abbr: Calendar.zone_abbr()
        }

  @typedoc "The last moment of one period and the first of the next."
  @type time_zone_period_limit :: Calendar.naive_datetime()

  @doc "The period that holds at a UTC moment."
  @callback time_zone_period_from_utc_iso_days(Calendar.iso_days(), Calendar.time_zone()) ::
              {:ok, time_zone_period}
              | {:error, :time_zone_not_found | :utc_only_time_zone_database}

  @doc "The periods that hold at a wall clock reading: one, two, or none."
  @callback time_zone_periods_from_wall_datetime(
              Calendar.naive_datetime(),
              Calendar.time_zone()
            ) ::
              {:ok, time_zone_period}
              | {:ambiguous, time_zone_period, time_zone_period}
              | {:gap, {time_zone_period, time_zone_period_limit},
                 {time_zone_period, time_zone_period_limit}}
              | {:error, :time_zone_not_found | :utc_only_time_zone_database}
end

defmodule Calendar.UTCOnlyTimeZoneDatabase do
  @moduledoc """
  The built-in database, which knows only `"Etc/UTC"`.
  """

  @behaviour Calendar.TimeZoneDatabase

  @impl true
  def time_zone_period_from_utc_iso_days(_iso_days, "Etc/UTC"), do: {:ok, utc()}
  def time_zone_period_from_utc_iso_days(_iso_days, _zone), do: {:error, :utc_only_time_zone_database}

  @impl true
  def time_zone_periods_from_wall_datetime(_naive_datetime, "Etc/UTC"), do: {:ok, utc()}

  def time_zone_periods_from_wall_datetime(_naive_datetime, _zone) do
    {:error, :utc_only_time_zone_database}
  end

  defp utc, do: %{std_offset: 0, utc_offset: 0, zone_abbr: "UTC"}
end
