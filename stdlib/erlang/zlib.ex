defmodule :zlib do
  @moduledoc """
  Compression: zlib's, gzip's and raw deflate.

      iex> :zlib.uncompress(:zlib.compress("some text"))
      "some text"
  """

  @opaque zstream :: reference

  # At once.

  @doc "Compresses into the zlib format."
  @spec compress(iodata) :: binary
  def compress(data), do: whole(data, 15)

  @doc "Decompresses the zlib format."
  @spec uncompress(iodata) :: binary
  def uncompress(data), do: unpack(data, 15)

  @doc "Compresses without header and checksum."
  @spec zip(iodata) :: binary
  def zip(data), do: whole(data, -15)

  @doc "Decompresses what has neither header nor checksum."
  @spec unzip(iodata) :: binary
  def unzip(data), do: unpack(data, -15)

  @doc "Compresses into the gzip format."
  @spec gzip(iodata) :: binary
  def gzip(data), do: whole(data, 31)

  @doc "Decompresses the gzip format."
  @spec gunzip(iodata) :: binary
  def gunzip(data), do: unpack(data, 31)

  defp whole(data, bits) do
    data = :erlang.iolist_to_binary(data)
    z = :phial_zlib.open()
    :ok = :phial_zlib.init(z, true, -1, bits)
    {bytes, true} = :phial_zlib.step(z, data, 4)
    :phial_zlib.end_stream(z)
    bytes
  end

  defp unpack(data, bits) do
    data = :erlang.iolist_to_binary(data)
    z = :phial_zlib.open()
    :ok = :phial_zlib.init(z, false, 0, bits)

    case :phial_zlib.step(z, data, 0) do
      {bytes, true} ->
        :phial_zlib.end_stream(z)
        bytes

      _ ->
        :erlang.error(:data_error)
    end
  end

  # In pieces.

  @doc "A stream, to be told next what for: `deflateInit/1` or `inflateInit/1`."
  @spec open() :: zstream
  def open, do: :phial_zlib.open()

  @doc "Gives a stream up."
  @spec close(zstream) :: :ok
  def close(z) do
    :phial_zlib.end_stream(z)
    :ok
  catch
    :error, :badarg -> :ok
  end

  @spec deflateInit(zstream, atom | integer) :: :ok
  def deflateInit(z, level \\ :default), do: :phial_zlib.init(z, true, level(level), 15)

  @spec deflateInit(zstream, atom | integer, :deflated, integer, integer, atom) :: :ok
  def deflateInit(z, level, :deflated, bits, _memory, _strategy), do: :phial_zlib.init(z, true, level(level), bits)

  defp level(:default), do: -1
  defp level(:none), do: 0
  defp level(:best_speed), do: 1
  defp level(:best_compression), do: 9
  defp level(n) when is_integer(n) and n >= 0 and n <= 9, do: n

  @doc "Takes data in; gives what comes out. `flush` is `:none`, `:sync`, `:full` or `:finish`."
  @spec deflate(zstream, iodata, atom) :: iolist
  def deflate(z, data, flush \\ :none) do
    case :phial_zlib.step(z, data, flush(flush)) do
      {"", _} -> []
      {bytes, _} -> [bytes]
      :error -> :erlang.error(:stream_error)
    end
  end

  defp flush(:none), do: 0
  defp flush(:sync), do: 2
  defp flush(:full), do: 3
  defp flush(:finish), do: 4

  @spec deflateReset(zstream) :: :ok
  def deflateReset(z), do: :phial_zlib.reset(z)

  @spec deflateEnd(zstream) :: :ok
  def deflateEnd(z) do
    if :phial_zlib.end_stream(z), do: :ok, else: :erlang.error(:data_error)
  end

  @spec inflateInit(zstream, integer) :: :ok
  def inflateInit(z, bits \\ 15), do: :phial_zlib.init(z, false, 0, bits)

  @doc "Takes compressed data in; gives what comes out."
  @spec inflate(zstream, iodata) :: iolist
  def inflate(z, data), do: inflate(z, data, [])

  def inflate(z, data, _options) do
    case :phial_zlib.step(z, data, 0) do
      {"", _} -> []
      {bytes, _} -> [bytes]
      :error -> :erlang.error(:data_error)
    end
  end

  @spec inflateReset(zstream) :: :ok
  def inflateReset(z), do: :phial_zlib.reset(z)

  @spec inflateEnd(zstream) :: :ok
  def inflateEnd(z) do
    if :phial_zlib.end_stream(z), do: :ok, else: :erlang.error(:data_error)
  end

  @doc "As `inflate/2`; `:finished` when the stream is at its end."
  @spec safeInflate(zstream, iodata) :: {:continue | :finished, iolist}
  def safeInflate(z, data) do
    case :phial_zlib.step(z, data, 0) do
      {bytes, true} -> {:finished, [bytes]}
      {bytes, false} -> {:continue, [bytes]}
      :error -> :erlang.error(:data_error)
    end
  end

  def crc32(_z, data), do: :erlang.crc32(data)
  def crc32(_z, sum, data), do: :erlang.crc32(sum, data)
  def adler32(_z, data), do: :erlang.adler32(data)
  def adler32(_z, sum, data), do: :erlang.adler32(sum, data)
end
