defmodule :base64 do
  @moduledoc """
  Base 64 of binaries and charlists.

      iex> :base64.encode("foob")
      "Zm9vYg=="
  """

  @doc "Encodes to a binary."
  @spec encode(iodata) :: binary
  def encode(data), do: Base.encode64(:erlang.iolist_to_binary(data))

  @doc "Encodes to a charlist."
  @spec encode_to_string(iodata) :: charlist
  def encode_to_string(data), do: :erlang.binary_to_list(encode(data))

  @doc "Decodes to a binary; white space is skipped."
  @spec decode(iodata) :: binary
  def decode(data) do
    text = :erlang.iolist_to_binary(data)
    plain = for <<c <- text>>, c not in ~c"\s\t\r\n", into: "", do: <<c>>

    case Base.decode64(plain) do
      {:ok, bytes} -> bytes
      :error -> fail(plain, data)
    end
  end

  @spec fail(binary, term) :: no_return
  defp fail(plain, data) do
    cond do
      not alphabet?(plain) -> :erlang.error({:badarg, data}, [data])
      true -> :erlang.error(:missing_padding, [data])
    end
  end

  defp alphabet?(text) do
    :lists.all(fn c -> char?(c) or c == ?= end, :erlang.binary_to_list(text))
  end

  defp char?(c), do: c in ?A..?Z or c in ?a..?z or c in ?0..?9 or c == ?+ or c == ?/

  @doc "Decodes to a charlist."
  @spec decode_to_string(iodata) :: charlist
  def decode_to_string(data), do: :erlang.binary_to_list(decode(data))

  @doc "Decodes, skipping all characters that are no base 64."
  @spec mime_decode(iodata) :: binary
  def mime_decode(data) do
    text = :erlang.iolist_to_binary(data)
    plain = for <<c <- text>>, char?(c), into: "", do: <<c>>
    missing = rem(4 - rem(byte_size(plain), 4), 4)

    case missing do
      3 -> :erlang.error(:missing_padding, [data])
      n -> Base.decode64!(plain <> :binary.copy("=", n))
    end
  end

  @doc "Decodes to a charlist, skipping all characters that are no base 64."
  @spec mime_decode_to_string(iodata) :: charlist
  def mime_decode_to_string(data), do: :erlang.binary_to_list(mime_decode(data))
end
