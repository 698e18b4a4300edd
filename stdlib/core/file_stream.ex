defmodule File.Stream do
  @moduledoc """
  A file as a stream: what `File.stream!/3` gives. It is enumerable and collectable; the file is open only meanwhile.
  """

  defstruct path: nil, modes: [], line_or_bytes: :line, raw: true, node: nil

  @type t :: %__MODULE__{}

  @doc false
  def __build__(path, line_or_bytes, modes) when line_or_bytes == :line or (is_integer(line_or_bytes) and line_or_bytes > 0) do
    raw? = :lists.keyfind(:encoding, 1, modes) == false

    modes =
      cond do
        not raw? -> modes
        Keyword.has_key?(clean(modes), :read_ahead) or :raw in modes -> [:raw | modes -- [:raw]]
        true -> [:raw, :read_ahead | modes]
      end

    %File.Stream{path: path, modes: modes, raw: raw?, line_or_bytes: line_or_bytes, node: node()}
  end

  defp clean(modes), do: Enum.filter(modes, &is_tuple/1) |> Enum.filter(&(tuple_size(&1) == 2))

  @doc false
  def __open__(%File.Stream{path: path} = stream, modes) do
    {offset, modes} = take_offset(modes, 0, [])

    case :file.open(path, modes) do
      {:ok, device} ->
        if offset > 0, do: {:ok, _} = :file.position(device, offset)
        if :trim_bom in stream.modes, do: trim_bom(device, offset)
        device

      {:error, reason} ->
        raise File.Error, reason: reason, action: "stream", path: path
    end
  end

  defp take_offset([{:read_offset, n} | rest], _, kept), do: take_offset(rest, n, kept)
  defp take_offset([:trim_bom | rest], n, kept), do: take_offset(rest, n, kept)
  defp take_offset([mode | rest], n, kept), do: take_offset(rest, n, [mode | kept])
  defp take_offset([], n, kept), do: {n, :lists.reverse(kept)}

  # Skips the mark of UTF-8 at the beginning.
  defp trim_bom(device, offset) do
    case :file.read(device, 3) do
      {:ok, <<0xEF, 0xBB, 0xBF>>} -> :ok
      _ -> {:ok, _} = :file.position(device, offset)
    end
  end

  @doc false
  def __next__(%File.Stream{raw: true, line_or_bytes: :line}, {:file_descriptor, :phial_file, %{handle: handle}}) do
    case :phial_file.read_lines(handle) do
      {:ok, lines} -> {Enum.map(lines, &newline/1), nil}
      :eof -> :halt
      {:error, reason} -> raise IO.StreamError, reason: reason
    end
  end

  def __next__(%File.Stream{raw: true, line_or_bytes: bytes}, device) do
    case :file.read(device, bytes) do
      {:ok, data} -> {[data], nil}
      :eof -> :halt
      {:error, reason} -> raise IO.StreamError, reason: reason
    end
  end

  def __next__(%File.Stream{line_or_bytes: line_or_bytes}, device) do
    case if(line_or_bytes == :line, do: IO.read(device, :line), else: IO.read(device, line_or_bytes)) do
      :eof -> :halt
      {:error, reason} -> raise IO.StreamError, reason: reason
      data -> {[data], nil}
    end
  end

  # Lines end in "\n" however the file has them.
  defp newline(line) do
    size = byte_size(line) - 2

    case line do
      <<text::binary-size(size), "\r\n">> -> text <> "\n"
      _ -> line
    end
  end

  defimpl Enumerable do
    def reduce(stream, acc, fun) do
      start = fn -> File.Stream.__open__(stream, [:read | stream.modes]) end

      next = fn device ->
        case File.Stream.__next__(stream, device) do
          :halt -> {:halt, device}
          {items, _} -> {items, device}
        end
      end

      Stream.resource(start, next, &:file.close/1).(acc, fun)
    end

    def count(%{line_or_bytes: :line, raw: true} = stream) do
      device = File.Stream.__open__(stream, [:read | stream.modes])

      try do
        {:ok, count_lines(stream, device, 0)}
      after
        :file.close(device)
      end
    end

    def count(%{path: path, line_or_bytes: bytes, raw: true, modes: modes} = stream) when is_integer(bytes) do
      if :trim_bom in modes or List.keymember?(Enum.filter(modes, &is_tuple/1), :read_offset, 0) do
        {:error, __MODULE__}
      else
        case File.stat(path) do
          {:ok, %{size: size}} -> {:ok, div(size + bytes - 1, bytes)}
          {:error, reason} -> raise File.Error, reason: reason, action: "stream", path: stream.path
        end
      end
    end

    def count(_stream), do: {:error, __MODULE__}

    defp count_lines(stream, device, n) do
      case File.Stream.__next__(stream, device) do
        :halt -> n
        {lines, _} -> count_lines(stream, device, n + length(lines))
      end
    end

    def member?(_stream, _item), do: {:error, __MODULE__}
    def slice(_stream), do: {:error, __MODULE__}
  end

  defimpl Collectable do
    def into(%{modes: modes, raw: raw?} = stream) do
      modes = for mode <- modes, mode not in [:read, :read_ahead], do: mode
      device = File.Stream.__open__(stream, [:write | modes])

      collector = fn
        :ok, {:cont, item} when raw? ->
          case :file.write(device, item) do
            :ok -> :ok
            {:error, reason} -> :erlang.error(reason)
          end

        :ok, {:cont, item} ->
          IO.write(device, item)

        :ok, :done ->
          :ok = :file.close(device)
          stream

        :ok, :halt ->
          :file.close(device)
      end

      {:ok, collector}
    end
  end
end
