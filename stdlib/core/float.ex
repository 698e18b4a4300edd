defmodule Float do
  @moduledoc """
  Functions on 64-bit floats.

  Rounding to decimals works on the exact value of the float, so `Float.round(2.675, 2)` is 2.67: the nearest float to 2.675
  is a little smaller.
  """

  @power_of_2_to_52 4_503_599_627_370_496

  @typedoc "Numbers of decimals that rounding takes."
  @type precision_range :: 0..15

  @doc """
  Returns the largest finite float.

      iex> Float.max_finite()
      1.7976931348623157e308
  """
  @spec max_finite :: float
  def max_finite, do: 1.7976931348623157e308

  @doc """
  Returns the smallest finite float.

      iex> Float.min_finite()
      -1.7976931348623157e308
  """
  @spec min_finite :: float
  def min_finite, do: -1.7976931348623157e308

  @doc """
  Returns `base` to the power of `exponent`.

      iex> Float.pow(2.0, 3)
      8.0
  """
  @spec pow(float, number) :: float
  def pow(base, exponent) when is_float(base) and is_number(exponent) do
    :math.pow(base, exponent)
  end

  @doc """
  Parses a float at the beginning of `binary`.

      iex> Float.parse("34.5abc")
      {34.5, "abc"}
  """
  @spec parse(binary) :: {float, binary} | :error
  def parse(binary)
  def parse("-" <> rest), do: parse(rest, "-")
  def parse("+" <> rest), do: parse(rest, "")
  def parse(binary) when is_binary(binary), do: parse(binary, "")

  defp parse(binary, sign) do
    case digits(binary) do
      0 ->
        :error

      n ->
        <<whole::binary-size(n), rest::binary>> = binary
        {fraction, rest} = fraction(rest)
        {exponent, rest} = exponent(rest)
        text = :erlang.iolist_to_binary([sign, whole, ?., fraction, exponent])

        try do
          :erlang.binary_to_float(text)
        rescue
          ArgumentError -> :error
        else
          float -> {float, rest}
        end
    end
  end

  defp fraction(<<?., rest::binary>> = binary) do
    case digits(rest) do
      0 -> {"0", binary}
      n -> {:binary.part(rest, 0, n), :binary.part(rest, n, byte_size(rest) - n)}
    end
  end

  defp fraction(binary), do: {"0", binary}

  defp exponent(<<e, sign, rest::binary>> = binary)
       when (e == ?e or e == ?E) and (sign == ?- or sign == ?+) do
    exponent(rest, <<?e, sign>>, binary)
  end

  defp exponent(<<e, rest::binary>> = binary) when e == ?e or e == ?E do
    exponent(rest, "e", binary)
  end

  defp exponent(binary), do: {"", binary}

  defp exponent(rest, prefix, binary) do
    case digits(rest) do
      0 -> {"", binary}
      n -> {[prefix, :binary.part(rest, 0, n)], :binary.part(rest, n, byte_size(rest) - n)}
    end
  end

  defp digits(binary), do: digits(binary, 0)
  defp digits(<<c, rest::binary>>, n) when c >= ?0 and c <= ?9, do: digits(rest, n + 1)
  defp digits(_rest, n), do: n

  @doc """
  Rounds towards minus infinity, keeping `precision` decimals.

      iex> Float.floor(34.999, 2)
      34.99
  """
  @spec floor(float, precision_range) :: float
  def floor(number, precision \\ 0) when is_float(number) and is_integer(precision) do
    round_to(number, precision, :floor)
  end

  @doc """
  Rounds towards plus infinity, keeping `precision` decimals.

      iex> Float.ceil(34.251, 2)
      34.26
  """
  @spec ceil(float, precision_range) :: float
  def ceil(number, precision \\ 0) when is_float(number) and is_integer(precision) do
    round_to(number, precision, :ceil)
  end

  @doc """
  Rounds to the nearest value with `precision` decimals, halves away from zero.

      iex> Float.round(12.5)
      13.0
  """
  @spec round(float, precision_range) :: float
  def round(float, precision \\ 0) when is_float(float) and is_integer(precision) do
    round_to(float, precision, :half_up)
  end

  defp round_to(_number, precision, _mode) when precision < 0 or precision > 15 do
    raise ArgumentError,
          "precision #{precision} is out of valid range of 0..15"
  end

  # Floats of this size are whole numbers.
  defp round_to(number, _precision, _mode)
       when number >= @power_of_2_to_52 or number <= -@power_of_2_to_52,
       do: number

  defp round_to(number, precision, mode) do
    <<sign::1, _::63>> = <<number::float>>
    {numerator, denominator} = ratio(abs(number))
    scale = power_of_10(precision)
    scaled = numerator * scale
    whole = div(scaled, denominator)
    rest = scaled - whole * denominator

    whole =
      case {mode, sign} do
        {:half_up, _} -> if rest * 2 >= denominator, do: whole + 1, else: whole
        {:floor, 0} -> whole
        {:ceil, 1} -> whole
        _ -> if rest > 0, do: whole + 1, else: whole
      end

    decimal(whole, precision, scale, sign)
  end

  # The nearest float to whole / 10^precision; both below 2^53 is the case in which one division is exact enough.
  defp decimal(0, _precision, _scale, 1), do: -0.0
  defp decimal(0, _precision, _scale, 0), do: 0.0

  defp decimal(whole, _precision, scale, sign) when whole < 9_007_199_254_740_992 do
    if sign == 1, do: -(whole / scale), else: whole / scale
  end

  defp decimal(whole, precision, scale, sign) do
    fraction = :erlang.integer_to_binary(rem(whole, scale))
    zeros = :binary.copy("0", precision - byte_size(fraction))
    text = [:erlang.integer_to_binary(div(whole, scale)), ?., zeros, fraction]
    float = :erlang.binary_to_float(:erlang.iolist_to_binary(text))
    if sign == 1, do: -float, else: float
  end

  defp power_of_10(0), do: 1
  defp power_of_10(n), do: 10 * power_of_10(n - 1)

  @doc """
  Returns the float as a pair of integers without common divisor, the second positive.

      iex> Float.ratio(0.75)
      {3, 4}
  """
  @spec ratio(float) :: {integer, pos_integer}
  def ratio(float)
  def ratio(float) when is_float(float) and float == 0.0, do: {0, 1}

  def ratio(float) when is_float(float) do
    <<sign::1, exponent::11, mantissa::52>> = <<float::float>>

    {numerator, power} =
      if exponent == 0 do
        {mantissa, -1074}
      else
        {mantissa + @power_of_2_to_52, exponent - 1075}
      end

    signed = if sign == 1, do: -numerator, else: numerator

    if power >= 0 do
      {:erlang.bsl(signed, power), 1}
    else
      reduce_ratio(signed, -power)
    end
  end

  defp reduce_ratio(numerator, power) do
    shift = min(trailing_zeros(abs(numerator), 0), power)
    {:erlang.bsr(numerator, shift), :erlang.bsl(1, power - shift)}
  end

  defp trailing_zeros(n, count) do
    if :erlang.band(n, 1) == 1, do: count, else: trailing_zeros(:erlang.bsr(n, 1), count + 1)
  end

  @doc """
  Returns the shortest text that reads back as the same float.

      iex> Float.to_charlist(7.0)
      ~c"7.0"
  """
  @spec to_charlist(float) :: charlist
  def to_charlist(float) when is_float(float), do: :erlang.float_to_list(float, [:short])

  @doc """
  Returns the shortest text that reads back as the same float.

      iex> Float.to_string(7.0)
      "7.0"
  """
  @spec to_string(float) :: String.t()
  def to_string(float) when is_float(float), do: :erlang.float_to_binary(float, [:short])

  @doc false
  @deprecated "Use Float.to_charlist/1 instead"
  def to_char_list(float), do: Float.to_charlist(float)
end
