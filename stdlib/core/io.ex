defmodule IO do
  @moduledoc """
  Input and output through devices: `:stdio`, `:stderr`, pids and registered names that speak the I/O protocol.

  Writing to the standard devices of the runtime goes to their buffers directly; other devices get messages.
  """

  @type device :: atom() | pid()
  @type nodata :: {:error, term()} | :eof
  @type chardata :: String.t() | maybe_improper_list(char() | chardata(), String.t() | [])

  defguardp is_iodata(data) when is_list(data) or is_binary(data)

  @doc """
  Writes `chardata` to `device`.

      iex> IO.write("")
      :ok
  """
  @spec write(device, chardata | String.Chars.t()) :: :ok
  def write(device \\ :stdio, chardata) do
    put(device, to_chardata(chardata))
  end

  @doc """
  Writes `item` and a new line to `device`.
  """
  @spec puts(device, chardata | String.Chars.t()) :: :ok
  def puts(device \\ :stdio, item) do
    put(device, [to_chardata(item), ?\n])
  end

  @doc """
  Writes bytes to `device` as they are, each one a Latin-1 character.
  """
  @spec binwrite(device, iodata) :: :ok
  def binwrite(device \\ :stdio, iodata) when is_iodata(iodata) do
    request!(device, {:put_chars, :latin1, iodata})
  end

  defp put(device, chardata) do
    case :phial_io.write(device(device), chardata) do
      :ok -> :ok
      :request -> request!(device, {:put_chars, :unicode, chardata})
      {:error, reason} -> failed!(device, reason, chardata)
    end
  end

  defp failed!(_device, reason, _data) when reason in [:badarg, :no_translation, :put_chars], do: raise(ArgumentError)
  defp failed!(_device, :terminated, _data), do: :erlang.error(:terminated)
  defp failed!(_device, reason, _data), do: :erlang.error(reason)

  defp request!(device, request) do
    case request(device, request) do
      :ok -> :ok
      {:error, reason} -> failed!(device, reason, nil)
    end
  end

  # One round of the I/O protocol.
  defp request(device, request) do
    name = device(device)

    case name do
      pid when is_pid(pid) -> ask(pid, request)
      atom when is_atom(atom) ->
        case :erlang.whereis(atom) do
          pid when is_pid(pid) -> ask(pid, request)
          _ -> {:error, :terminated}
        end
    end
  end

  defp ask(pid, request) do
    ref = :erlang.monitor(:process, pid)
    send(pid, {:io_request, self(), ref, request})

    receive do
      {:io_reply, ^ref, reply} ->
        :erlang.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, _} ->
        {:error, :terminated}
    end
  end

  defp device(:stdio), do: :erlang.group_leader()
  defp device(:standard_io), do: :erlang.group_leader()
  defp device(:stderr), do: :standard_error
  defp device(other), do: other

  defp to_chardata(data) when is_iodata(data), do: data
  defp to_chardata(other), do: String.Chars.to_string(other)

  @doc """
  Reads a line, or everything with `:eof`, from `device`.
  """
  @spec read(device, :eof | :line | non_neg_integer) :: chardata | nodata
  def read(device \\ :stdio, what)
  def read(device, :eof), do: read_all(device, :unicode, [])
  def read(device, :line), do: text(request(device, {:get_line, :unicode, ""}))
  def read(device, count) when is_integer(count) and count >= 0, do: text(request(device, {:get_chars, :unicode, "", count}))

  @doc """
  Reads bytes: a line, a number of them, or everything with `:eof`.
  """
  @spec binread(device, :eof | :line | non_neg_integer) :: iodata | nodata
  def binread(device \\ :stdio, what)
  def binread(device, :eof), do: read_all(device, :latin1, [])
  def binread(device, :line), do: bytes(request(device, {:get_line, :latin1, ""}))
  def binread(device, count) when is_integer(count) and count >= 0, do: bytes(request(device, {:get_chars, :latin1, "", count}))

  defp read_all(device, encoding, acc) do
    case request(device, {:get_chars, encoding, "", 65_536}) do
      :eof when acc == [] -> :eof
      :eof -> acc |> :lists.reverse() |> :erlang.iolist_to_binary()
      {:error, _} = error -> error
      data when encoding == :unicode -> read_all(device, encoding, [text(data) | acc])
      data -> read_all(device, encoding, [bytes(data) | acc])
    end
  end

  defp text(data) when is_list(data), do: List.to_string(data)
  defp text(other), do: other

  defp bytes(data) when is_list(data), do: :erlang.list_to_binary(data)
  defp bytes(other), do: other

  @doc """
  Writes `prompt` and reads a line; `:eof` or `{:error, reason}` when there is none.
  """
  @spec gets(device, chardata | String.Chars.t()) :: chardata | nodata
  def gets(device \\ :stdio, prompt) do
    text(request(device, {:get_line, :unicode, to_chardata(prompt)}))
  end

  @doc """
  Writes `prompt` and reads one character, or `count` of them.
  """
  def getn(prompt, count \\ 1)
  def getn(prompt, count) when is_integer(count) and count > 0, do: getn(:stdio, prompt, count)
  def getn(device, prompt) when not is_integer(prompt), do: getn(device, prompt, 1)

  @doc """
  Writes `prompt` to `device` and reads `count` characters.
  """
  @spec getn(device, chardata | String.Chars.t(), pos_integer) :: chardata | nodata
  def getn(device, prompt, count) when is_integer(count) and count > 0 do
    text(request(device, {:get_chars, :unicode, to_chardata(prompt), count}))
  end

  @doc """
  Inspects `item`, writes it and gives it back. Options are those of `inspect/2`, and `:label`.
  """
  @spec inspect(item, keyword) :: item when item: var
  def inspect(item, opts \\ []), do: inspect(:stdio, item, opts)

  @doc """
  Inspects `item` to `device`.
  """
  @spec inspect(device, item, keyword) :: item when item: var
  def inspect(device, item, opts) when is_list(opts) do
    label =
      case Keyword.fetch(opts, :label) do
        {:ok, label} -> [to_chardata(label), ": "]
        :error -> []
      end

    opts = Inspect.Opts.new(opts)
    doc = Inspect.Algebra.group(Inspect.Algebra.to_doc(item, opts))
    puts(device, [label | Inspect.Algebra.format(doc, opts.width)])
    item
  end

  @doc """
  Writes a warning to standard error, with the caller's stack trace.
  """
  def warn(message) do
    {:current_stacktrace, trace} = Process.info(self(), :current_stacktrace)
    warn(message, Enum.drop(trace, 2))
  end

  @doc """
  Writes a warning to standard error, with a stack trace, an environment's place, or options `:file`, `:line`, `:module`, `:function`.
  """
  def warn(message, place) do
    :phial_code.warn(IO.chardata_to_string(to_chardata(message)), place, place_trace(place))
    :ok
  end

  defp place_trace(trace) when is_list(trace), do: if(Keyword.keyword?(trace), do: [], else: trace)
  defp place_trace(_env), do: []

  @doc """
  A stream of lines or of pieces of `size` characters of standard input.
  """
  def stream, do: stream(:stdio, :line)

  @doc """
  A stream of lines or of pieces of `line_or_size` characters of `device`.
  """
  @spec stream(device, :line | pos_integer) :: Enumerable.t()
  def stream(device \\ :stdio, line_or_size) when line_or_size == :line or (is_integer(line_or_size) and line_or_size > 0) do
    IO.Stream.__build__(device, false, line_or_size)
  end

  @doc """
  As `stream/0`, of bytes.
  """
  def binstream, do: binstream(:stdio, :line)

  @doc """
  As `stream/2`, of bytes.
  """
  @spec binstream(device, :line | pos_integer) :: Enumerable.t()
  def binstream(device \\ :stdio, line_or_bytes) when line_or_bytes == :line or (is_integer(line_or_bytes) and line_or_bytes > 0) do
    IO.Stream.__build__(device, true, line_or_bytes)
  end

  @doc """
  One binary of chardata.

      iex> IO.chardata_to_string([?h, "el", [?l | "o"]])
      "hello"
  """
  @spec chardata_to_string(chardata) :: String.t()
  def chardata_to_string(chardata)
  def chardata_to_string(string) when is_binary(string), do: string
  def chardata_to_string(list) when is_list(list), do: List.to_string(list)

  @doc """
  One binary of iodata.

      iex> IO.iodata_to_binary([1, <<2, 3>>, [4]])
      <<1, 2, 3, 4>>
  """
  @spec iodata_to_binary(iodata) :: binary
  def iodata_to_binary(iodata), do: :erlang.iolist_to_binary(iodata)

  @doc """
  Bytes of iodata.

      iex> IO.iodata_length([1, "ab"])
      3
  """
  @spec iodata_length(iodata) :: non_neg_integer
  def iodata_length(iodata), do: :erlang.iolist_size(iodata)

  @doc false
  def each_stream(device, line_or_size) do
    case read(device, line_or_size) do
      :eof -> {:halt, device}
      {:error, reason} -> raise IO.StreamError, reason: reason
      data -> {[data], device}
    end
  end

  @doc false
  def each_binstream(device, line_or_size) do
    case binread(device, line_or_size) do
      :eof -> {:halt, device}
      {:error, reason} -> raise IO.StreamError, reason: reason
      data -> {[data], device}
    end
  end
end

defmodule IO.Stream do
  @moduledoc """
  A stream of what a device reads; collecting into it writes to the device.
  """
  defstruct device: nil, raw: true, line_or_bytes: :line
  @type t :: %__MODULE__{}

  @doc false
  def __build__(device, raw, line_or_bytes) do
    %IO.Stream{device: device, raw: raw, line_or_bytes: line_or_bytes}
  end

  defimpl Collectable do
    def into(%{device: device, raw: raw} = stream) do
      {:ok,
       fn
         :ok, {:cont, item} -> if raw, do: IO.binwrite(device, item), else: IO.write(device, item)
         :ok, _done -> stream
       end}
    end
  end

  defimpl Enumerable do
    def reduce(%{device: device, raw: raw, line_or_bytes: what}, acc, fun) do
      next =
        if raw,
          do: &IO.each_binstream(&1, what),
          else: &IO.each_stream(&1, what)

      Stream.resource(fn -> device end, next, & &1).(acc, fun)
    end

    def count(_), do: {:error, __MODULE__}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}
  end
end
