defmodule Base do
  @moduledoc """
  Text encodings of binary data: base 16, 32, 32 with the extended hex alphabet, 64, and 64 for URLs.

  Encoders take `:case` (16 and 32) and `:padding`; decoders also `ignore: :whitespace`.

      iex> Base.encode64("foob")
      "Zm9vYg=="
  """

  import Bitwise

  @type encode_case :: :upper | :lower
  @type decode_case :: :upper | :lower | :mixed

  ## Base 16

  @doc """
  Encodes to base 16.

      iex> Base.encode16("foob", case: :lower)
      "666f6f62"
  """
  @spec encode16(binary, case: encode_case) :: binary
  def encode16(data, opts \\ []) when is_binary(data) do
    case Keyword.get(opts, :case, :upper) do
      :upper -> hex(data, ?A - 10, "")
      :lower -> hex(data, ?a - 10, "")
    end
  end

  defp hex(<<high::4, low::4, rest::binary>>, letter, acc) do
    hex(rest, letter, <<acc::binary, hex_digit(high, letter), hex_digit(low, letter)>>)
  end

  defp hex(<<>>, _letter, acc), do: acc

  defp hex_digit(n, _letter) when n < 10, do: ?0 + n
  defp hex_digit(n, letter), do: letter + n

  @doc """
  Decodes base 16.

      iex> Base.decode16("666F6F62")
      {:ok, "foob"}
  """
  @spec decode16(binary, case: decode_case) :: {:ok, binary} | :error
  def decode16(string, opts \\ []), do: safely(fn -> decode16!(string, opts) end)

  @doc """
  Decodes base 16 or raises `ArgumentError`.

      iex> Base.decode16!("666F6F62")
      "foob"
  """
  @spec decode16!(binary, case: decode_case) :: binary
  def decode16!(string, opts \\ [])

  def decode16!(string, opts) when is_binary(string) and rem(byte_size(string), 2) == 0 do
    unhex(string, value_fun16(Keyword.get(opts, :case, :upper)), "")
  end

  def decode16!(string, _opts) when is_binary(string) do
    raise ArgumentError,
          "string given to decode has wrong length. An even number of bytes was expected, got: " <>
            "#{byte_size(string)}. Double check your string for unwanted characters or pad it accordingly"
  end

  defp unhex(<<high, low, rest::binary>>, value, acc) do
    unhex(rest, value, <<acc::binary, value.(high)::4, value.(low)::4>>)
  end

  defp unhex(<<>>, _value, acc), do: acc

  defp value_fun16(:upper), do: &upper16/1
  defp value_fun16(:lower), do: &lower16/1
  defp value_fun16(:mixed), do: &mixed16/1

  defp upper16(c) when c in ?0..?9, do: c - ?0
  defp upper16(c) when c in ?A..?F, do: c - ?A + 10
  defp upper16(c), do: bad_character!(c)

  defp lower16(c) when c in ?0..?9, do: c - ?0
  defp lower16(c) when c in ?a..?f, do: c - ?a + 10
  defp lower16(c), do: bad_character!(c)

  defp mixed16(c) when c in ?a..?f, do: c - ?a + 10
  defp mixed16(c), do: upper16(c)

  ## Base 64

  @doc """
  Encodes to base 64.

      iex> Base.encode64("foob", padding: false)
      "Zm9vYg"
  """
  @spec encode64(binary, padding: boolean) :: binary
  def encode64(data, opts \\ []) when is_binary(data) do
    to64(data, &digit64/1, Keyword.get(opts, :padding, true), "")
  end

  @doc """
  Encodes to base 64 with the alphabet for URLs and file names.

      iex> Base.url_encode64(<<255, 127, 254, 252>>)
      "_3_-_A=="
  """
  @spec url_encode64(binary, padding: boolean) :: binary
  def url_encode64(data, opts \\ []) when is_binary(data) do
    to64(data, &digit_url64/1, Keyword.get(opts, :padding, true), "")
  end

  defp to64(<<a::6, b::6, c::6, d::6, rest::binary>>, digit, padding, acc) do
    to64(rest, digit, padding, <<acc::binary, digit.(a), digit.(b), digit.(c), digit.(d)>>)
  end

  defp to64(<<a::6, b::6, c::4>>, digit, padding, acc) do
    padded(<<acc::binary, digit.(a), digit.(b), digit.(c <<< 2)>>, "=", padding)
  end

  defp to64(<<a::6, b::2>>, digit, padding, acc) do
    padded(<<acc::binary, digit.(a), digit.(b <<< 4)>>, "==", padding)
  end

  defp to64(<<>>, _digit, _padding, acc), do: acc

  defp padded(acc, pad, true), do: acc <> pad
  defp padded(acc, _pad, false), do: acc

  defp digit64(62), do: ?+
  defp digit64(63), do: ?/
  defp digit64(n), do: digit_url64(n)

  defp digit_url64(n) when n < 26, do: ?A + n
  defp digit_url64(n) when n < 52, do: ?a + n - 26
  defp digit_url64(n) when n < 62, do: ?0 + n - 52
  defp digit_url64(62), do: ?-
  defp digit_url64(63), do: ?_

  @doc """
  Decodes base 64.

      iex> Base.decode64("Zm9vYg==")
      {:ok, "foob"}
  """
  @spec decode64(binary, ignore: :whitespace, padding: boolean) :: {:ok, binary} | :error
  def decode64(string, opts \\ []) when is_binary(string) do
    safely(fn -> decode64!(string, opts) end)
  end

  @doc """
  Decodes base 64 or raises `ArgumentError`.

      iex> Base.decode64!("Zm9vYg", padding: false)
      "foob"
  """
  @spec decode64!(binary, ignore: :whitespace, padding: boolean) :: binary
  def decode64!(string, opts \\ []) when is_binary(string) do
    string |> ignoring(opts) |> from64(&value64/1, Keyword.get(opts, :padding, true), "")
  end

  @doc """
  Decodes base 64 with the alphabet for URLs and file names.

      iex> Base.url_decode64("_3_-_A==")
      {:ok, <<255, 127, 254, 252>>}
  """
  @spec url_decode64(binary, ignore: :whitespace, padding: boolean) :: {:ok, binary} | :error
  def url_decode64(string, opts \\ []) when is_binary(string) do
    safely(fn -> url_decode64!(string, opts) end)
  end

  @doc """
  Decodes base 64 for URLs or raises `ArgumentError`.

      iex> Base.url_decode64!("_3_-_A==")
      <<255, 127, 254, 252>>
  """
  @spec url_decode64!(binary, ignore: :whitespace, padding: boolean) :: binary
  def url_decode64!(string, opts \\ []) when is_binary(string) do
    string |> ignoring(opts) |> from64(&value_url64/1, Keyword.get(opts, :padding, true), "")
  end

  defp from64(<<a, b, ?=, ?=>>, value, _padding, acc) do
    <<acc::binary, value.(a)::6, value.(b) >>> 4::2>>
  end

  defp from64(<<a, b, c, ?=>>, value, _padding, acc) do
    <<acc::binary, value.(a)::6, value.(b)::6, value.(c) >>> 2::4>>
  end

  defp from64(<<a, b, c, d, rest::binary>>, value, padding, acc) do
    from64(rest, value, padding, <<acc::binary, value.(a)::6, value.(b)::6, value.(c)::6, value.(d)::6>>)
  end

  defp from64(<<>>, _value, _padding, acc), do: acc

  defp from64(<<a, b>>, value, false, acc), do: <<acc::binary, value.(a)::6, value.(b) >>> 4::2>>

  defp from64(<<a, b, c>>, value, false, acc) do
    <<acc::binary, value.(a)::6, value.(b)::6, value.(c) >>> 2::4>>
  end

  defp from64(_rest, _value, _padding, _acc), do: bad_padding!()

  defp value64(?+), do: 62
  defp value64(?/), do: 63
  defp value64(c) when c in ?A..?Z, do: c - ?A
  defp value64(c) when c in ?a..?z, do: c - ?a + 26
  defp value64(c) when c in ?0..?9, do: c - ?0 + 52
  defp value64(c), do: bad_character!(c)

  defp value_url64(?-), do: 62
  defp value_url64(?_), do: 63
  defp value_url64(c) when c == ?+ or c == ?/, do: bad_character!(c)
  defp value_url64(c), do: value64(c)

  ## Base 32

  @doc """
  Encodes to base 32.

      iex> Base.encode32("foob")
      "MZXW6YQ="
  """
  @spec encode32(binary, case: encode_case, padding: boolean) :: binary
  def encode32(data, opts \\ []) when is_binary(data) do
    digit =
      case Keyword.get(opts, :case, :upper) do
        :upper -> &if(&1 < 26, do: ?A + &1, else: ?2 + &1 - 26)
        :lower -> &if(&1 < 26, do: ?a + &1, else: ?2 + &1 - 26)
      end

    to32(data, digit, Keyword.get(opts, :padding, true), "")
  end

  @doc """
  Encodes to base 32 with the extended hex alphabet.

      iex> Base.hex_encode32("foob")
      "CPNMUOG="
  """
  @spec hex_encode32(binary, case: encode_case, padding: boolean) :: binary
  def hex_encode32(data, opts \\ []) when is_binary(data) do
    digit =
      case Keyword.get(opts, :case, :upper) do
        :upper -> &if(&1 < 10, do: ?0 + &1, else: ?A + &1 - 10)
        :lower -> &if(&1 < 10, do: ?0 + &1, else: ?a + &1 - 10)
      end

    to32(data, digit, Keyword.get(opts, :padding, true), "")
  end

  defp to32(<<a::5, b::5, c::5, d::5, e::5, f::5, g::5, h::5, rest::binary>>, digit, padding, acc) do
    to32(
      rest,
      digit,
      padding,
      <<acc::binary, digit.(a), digit.(b), digit.(c), digit.(d), digit.(e), digit.(f), digit.(g),
        digit.(h)>>
    )
  end

  defp to32(<<>>, _digit, _padding, acc), do: acc

  defp to32(rest, digit, padding, acc) do
    {digits, pad} = tail32(byte_size(rest))
    bits = digits * 5 - byte_size(rest) * 8
    padded(<<acc::binary, digits32(<<rest::binary, 0::size(bits)>>, digit)::binary>>, pad, padding)
  end

  # How many digits, and what padding, the last bytes take.
  defp tail32(1), do: {2, "======"}
  defp tail32(2), do: {4, "===="}
  defp tail32(3), do: {5, "==="}
  defp tail32(4), do: {7, "="}

  defp digits32(bits, digit), do: for(<<n::5 <- bits>>, into: "", do: <<digit.(n)>>)

  @doc """
  Decodes base 32.

      iex> Base.decode32("MZXW6YQ=")
      {:ok, "foob"}
  """
  @spec decode32(binary, case: decode_case, padding: boolean) :: {:ok, binary} | :error
  def decode32(string, opts \\ []) when is_binary(string) do
    safely(fn -> decode32!(string, opts) end)
  end

  @doc """
  Decodes base 32 or raises `ArgumentError`.

      iex> Base.decode32!("MZXW6YQ=")
      "foob"
  """
  @spec decode32!(binary, case: decode_case, padding: boolean) :: binary
  def decode32!(string, opts \\ []) when is_binary(string) do
    value =
      case Keyword.get(opts, :case, :upper) do
        :upper -> &upper32/1
        :lower -> &lower32/1
        :mixed -> &mixed32/1
      end

    from32(string, value, Keyword.get(opts, :padding, true), "")
  end

  @doc """
  Decodes base 32 with the extended hex alphabet.

      iex> Base.hex_decode32("CPNMUOG=")
      {:ok, "foob"}
  """
  @spec hex_decode32(binary, case: decode_case, padding: boolean) :: {:ok, binary} | :error
  def hex_decode32(string, opts \\ []) when is_binary(string) do
    safely(fn -> hex_decode32!(string, opts) end)
  end

  @doc """
  Decodes base 32 with the extended hex alphabet or raises `ArgumentError`.

      iex> Base.hex_decode32!("CPNMUOG=")
      "foob"
  """
  @spec hex_decode32!(binary, case: decode_case, padding: boolean) :: binary
  def hex_decode32!(string, opts \\ []) when is_binary(string) do
    value =
      case Keyword.get(opts, :case, :upper) do
        :upper -> &upper_hex32/1
        :lower -> &lower_hex32/1
        :mixed -> &mixed_hex32/1
      end

    from32(string, value, Keyword.get(opts, :padding, true), "")
  end

  defp upper32(c) when c in ?A..?Z, do: c - ?A
  defp upper32(c) when c in ?2..?7, do: c - ?2 + 26
  defp upper32(c), do: bad_character!(c)

  defp lower32(c) when c in ?a..?z, do: c - ?a
  defp lower32(c) when c in ?2..?7, do: c - ?2 + 26
  defp lower32(c), do: bad_character!(c)

  defp mixed32(c) when c in ?a..?z, do: c - ?a
  defp mixed32(c), do: upper32(c)

  defp upper_hex32(c) when c in ?0..?9, do: c - ?0
  defp upper_hex32(c) when c in ?A..?V, do: c - ?A + 10
  defp upper_hex32(c), do: bad_character!(c)

  defp lower_hex32(c) when c in ?0..?9, do: c - ?0
  defp lower_hex32(c) when c in ?a..?v, do: c - ?a + 10
  defp lower_hex32(c), do: bad_character!(c)

  defp mixed_hex32(c) when c in ?a..?v, do: c - ?a + 10
  defp mixed_hex32(c), do: upper_hex32(c)

  defp from32(<<a, b, c, d, e, f, g, h, rest::binary>>, value, padding, acc)
       when h != ?= do
    from32(
      rest,
      value,
      padding,
      <<acc::binary, value.(a)::5, value.(b)::5, value.(c)::5, value.(d)::5, value.(e)::5,
        value.(f)::5, value.(g)::5, value.(h)::5>>
    )
  end

  defp from32(<<>>, _value, _padding, acc), do: acc

  defp from32(<<last::binary-size(8)>>, value, _padding, acc) do
    last32(unpad(last, 8), value, acc)
  end

  defp from32(last, value, false, acc), do: last32(last, value, acc)
  defp from32(_rest, _value, _padding, _acc), do: bad_padding!()

  # Without the padding characters at the end.
  defp unpad(text, n) do
    if n > 0 and :binary.at(text, n - 1) == ?=, do: unpad(text, n - 1), else: binary_part(text, 0, n)
  end

  defp last32(text, value, acc) do
    bits =
      case byte_size(text) do
        2 -> 8
        4 -> 16
        5 -> 24
        7 -> 32
        8 -> 40
        _ -> bad_padding!()
      end

    all = for <<c <- text>>, into: <<>>, do: <<value.(c)::5>>
    <<bytes::bitstring-size(bits), _::bitstring>> = all
    <<acc::binary, bytes::bitstring>>
  end

  ## Shared

  defp ignoring(string, opts) do
    case Keyword.get(opts, :ignore) do
      nil -> string
      :whitespace -> for <<c <- string>>, c not in ~c"\s\t\r\n", into: "", do: <<c>>
    end
  end

  @spec bad_character!(byte) :: no_return
  defp bad_character!(byte) do
    raise ArgumentError,
          "non-alphabet character found: #{inspect(<<byte>>, binaries: :as_strings)} (byte #{byte})"
  end

  @spec bad_padding! :: no_return
  defp bad_padding!, do: raise(ArgumentError, "incorrect padding")

  defp safely(decode) do
    try do
      {:ok, decode.()}
    rescue
      ArgumentError -> :error
    end
  end
end
