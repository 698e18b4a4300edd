defmodule Integer do
  @moduledoc """
  Functions on integers of any size.
  """

  @doc """
  Tells whether `integer` is odd; allowed in guards.

      iex> require Integer
      iex> Integer.is_odd(3)
      true
  """
  defguard is_odd(integer) when is_integer(integer) and :erlang.band(integer, 1) == 1

  @doc """
  Tells whether `integer` is even; allowed in guards.

      iex> require Integer
      iex> Integer.is_even(3)
      false
  """
  defguard is_even(integer) when is_integer(integer) and :erlang.band(integer, 1) == 0

  @doc """
  Returns `base` to the power of `exponent`, which must not be negative.

      iex> Integer.pow(2, 10)
      1024
  """
  @spec pow(integer, non_neg_integer) :: integer
  def pow(base, exponent) when is_integer(base) and is_integer(exponent) do
    if exponent < 0, do: :erlang.error(:badarith), else: power(base, exponent)
  end

  defp power(_base, 0), do: 1
  defp power(base, 1), do: base
  defp power(base, n) when :erlang.band(n, 1) == 0, do: power(base * base, :erlang.bsr(n, 1))
  defp power(base, n), do: base * power(base * base, :erlang.bsr(n, 1))

  @doc """
  Returns the remainder with the sign of `divisor`.

      iex> Integer.mod(-5, 3)
      1
  """
  @spec mod(integer, neg_integer | pos_integer) :: integer
  def mod(dividend, divisor) do
    remainder = rem(dividend, divisor)
    if remainder * divisor < 0, do: remainder + divisor, else: remainder
  end

  @doc """
  Divides, rounding towards minus infinity.

      iex> Integer.floor_div(-5, 3)
      -2
  """
  @spec floor_div(integer, neg_integer | pos_integer) :: integer
  def floor_div(dividend, divisor) do
    if dividend * divisor < 0 and rem(dividend, divisor) != 0 do
      div(dividend, divisor) - 1
    else
      div(dividend, divisor)
    end
  end

  @doc """
  Returns the digits in `base`, each with the sign of the number.

      iex> Integer.digits(123)
      [1, 2, 3]
  """
  @spec digits(integer, pos_integer) :: [integer, ...]
  def digits(integer, base \\ 10)
      when is_integer(integer) and is_integer(base) and base >= 2 do
    digits(integer, base, [])
  end

  defp digits(integer, base, acc) when abs(integer) < base, do: [integer | acc]

  defp digits(integer, base, acc) do
    digits(div(integer, base), base, [rem(integer, base) | acc])
  end

  @doc """
  Returns the integer with the given digits.

      iex> Integer.undigits([1, 2, 3])
      123
  """
  @spec undigits([integer], pos_integer) :: integer
  def undigits(digits, base \\ 10) when is_list(digits) and is_integer(base) and base >= 2 do
    undigits(digits, base, 0)
  end

  defp undigits([], _base, acc), do: acc

  defp undigits([digit | _], base, _acc) when is_integer(digit) and digit >= base do
    raise ArgumentError, "invalid digit #{digit} in base #{base}"
  end

  defp undigits([digit | rest], base, acc) when is_integer(digit) do
    undigits(rest, base, acc * base + digit)
  end

  @doc """
  Parses an integer at the beginning of `binary`.

      iex> Integer.parse("34.5")
      {34, ".5"}
  """
  @spec parse(binary, 2..36) :: {integer, remainder_of_binary :: binary} | :error
  def parse(binary, base \\ 10)

  def parse(_binary, base) when not (is_integer(base) and base >= 2 and base <= 36) do
    raise ArgumentError, "invalid base #{inspect(base)}"
  end

  def parse(binary, base) when is_binary(binary) do
    sign =
      case binary do
        <<char, _::binary>> when char == ?- or char == ?+ -> 1
        _ -> 0
      end

    case digits_end(binary, base, sign) do
      ^sign ->
        :error

      stop ->
        <<number::binary-size(stop), rest::binary>> = binary
        {:erlang.binary_to_integer(number, base), rest}
    end
  end

  # The offset of the first byte from [at] on that is no digit.
  defp digits_end(binary, base, at) do
    case binary do
      <<_::binary-size(at), char, _::binary>> ->
        if digit(char) < base, do: digits_end(binary, base, at + 1), else: at

      _ ->
        at
    end
  end

  defp digit(char) when char >= ?0 and char <= ?9, do: char - ?0
  defp digit(char) when char >= ?a and char <= ?z, do: char - ?a + 10
  defp digit(char) when char >= ?A and char <= ?Z, do: char - ?A + 10
  defp digit(_char), do: 99

  @doc """
  Returns the text of `integer` in `base`.

      iex> Integer.to_string(255, 16)
      "FF"
  """
  @spec to_string(integer, 2..36) :: String.t()
  def to_string(integer, base \\ 10)
  def to_string(integer, 10), do: :erlang.integer_to_binary(integer)
  def to_string(integer, base), do: :erlang.integer_to_binary(integer, base)

  @doc """
  Returns the text of `integer` in `base` as a charlist.

      iex> Integer.to_charlist(255, 16)
      ~c"FF"
  """
  @spec to_charlist(integer, 2..36) :: charlist
  def to_charlist(integer, base \\ 10)
  def to_charlist(integer, 10), do: :erlang.integer_to_list(integer)
  def to_charlist(integer, base), do: :erlang.integer_to_list(integer, base)

  @doc """
  Returns the greatest common divisor.

      iex> Integer.gcd(12, 18)
      6
  """
  @spec gcd(integer, integer) :: non_neg_integer
  def gcd(integer1, integer2) when is_integer(integer1) and is_integer(integer2) do
    common(abs(integer1), abs(integer2))
  end

  defp common(a, 0), do: a
  defp common(a, b), do: common(b, rem(a, b))

  @doc """
  Returns `{gcd, m, n}` with `m * a + n * b == gcd`.

      iex> Integer.extended_gcd(240, 46)
      {2, -9, 47}
  """
  @spec extended_gcd(integer, integer) :: {non_neg_integer, integer, integer}
  def extended_gcd(0, 0), do: {0, 0, 0}
  def extended_gcd(0, b) when is_integer(b), do: {b, 0, 1}
  def extended_gcd(a, 0) when is_integer(a), do: {a, 1, 0}

  def extended_gcd(integer1, integer2) when is_integer(integer1) and is_integer(integer2) do
    extended(integer2, integer1, 0, 1, 1, 0)
  end

  defp extended(r1, r0, s1, s0, t1, t0) do
    quotient = div(r0, r1)

    case rem(r0, r1) do
      0 when r1 < 0 -> {-r1, -s1, -t1}
      0 -> {r1, s1, t1}
      r2 -> extended(r2, r1, s0 - quotient * s1, s1, t0 - quotient * t1, t1)
    end
  end

  @doc false
  @deprecated "Use Integer.to_charlist/1 instead"
  def to_char_list(integer), do: Integer.to_charlist(integer)

  @doc false
  @deprecated "Use Integer.to_charlist/2 instead"
  def to_char_list(integer, base), do: Integer.to_charlist(integer, base)
end
