defmodule :io do
  @moduledoc """
  The I/O protocol from the client's side: requests to a device, which is a pid or a registered name.
  """

  @type device :: pid | atom

  @doc "Writes characters to the group leader."
  @spec put_chars(iodata) :: :ok
  def put_chars(chars), do: put_chars(:standard_io, chars)

  @doc "Writes characters to `device`."
  @spec put_chars(device, iodata) :: :ok
  def put_chars(device, chars) do
    case write_direct(device, chars) do
      :ok -> :ok
      :request -> ok(request(device, {:put_chars, :unicode, chars}), [device, chars])
    end
  end

  @doc "Writes characters in an encoding to `device`."
  @spec put_chars(device, :unicode | :latin1, iodata) :: :ok
  def put_chars(device, encoding, chars) do
    ok(request(device, {:put_chars, encoding, chars}), [device, encoding, chars])
  end

  @doc "Writes a new line."
  @spec nl(device) :: :ok
  def nl(device \\ :standard_io), do: put_chars(device, "\n")

  @doc "Writes a term in Erlang's syntax."
  @spec write(device, term) :: :ok
  def write(device \\ :standard_io, term), do: put_chars(device, :io_lib.write(term))

  @doc "Writes formatted text; see `:io_lib.format/2`."
  @spec format(iodata | atom) :: :ok
  def format(format), do: format(:standard_io, format, [])

  @spec format(iodata | atom, list) :: :ok
  def format(format, args), do: format(:standard_io, format, args)

  @spec format(device, iodata | atom, list) :: :ok
  def format(device, format, args), do: put_chars(device, :io_lib.format(format, args))

  @doc "The same as `format`."
  @spec fwrite(iodata | atom) :: :ok
  def fwrite(format), do: format(:standard_io, format, [])

  @spec fwrite(iodata | atom, list) :: :ok
  def fwrite(format, args), do: format(:standard_io, format, args)

  @spec fwrite(device, iodata | atom, list) :: :ok
  def fwrite(device, format, args), do: format(device, format, args)

  @doc "Reads a line, with its new line, after a prompt."
  @spec get_line(device, term) :: iodata | :eof | {:error, term}
  def get_line(device \\ :standard_io, prompt), do: request(device, {:get_line, :unicode, prompt})

  @doc "Reads `count` characters."
  @spec get_chars(device, term, non_neg_integer) :: iodata | :eof | {:error, term}
  def get_chars(device \\ :standard_io, prompt, count) do
    request(device, {:get_chars, :unicode, prompt, count})
  end

  @doc "Reads a line without a prompt; the terminal decides whether it is shown."
  @spec get_password(device) :: iodata | :eof | {:error, term}
  def get_password(device \\ :standard_io), do: request(device, {:get_password, :unicode})

  @doc "Width of the device."
  @spec columns(device) :: {:ok, pos_integer} | {:error, :enotsup}
  def columns(device \\ :standard_io), do: geometry(device, :columns)

  @doc "Height of the device."
  @spec rows(device) :: {:ok, pos_integer} | {:error, :enotsup}
  def rows(device \\ :standard_io), do: geometry(device, :rows)

  defp geometry(device, what) do
    case request(device, {:get_geometry, what}) do
      n when is_integer(n) and n > 0 -> {:ok, n}
      _ -> {:error, :enotsup}
    end
  end

  @doc "Options of the device."
  @spec getopts(device) :: keyword | {:error, term}
  def getopts(device \\ :standard_io), do: request(device, :getopts)

  @doc "Changes options of the device."
  @spec setopts(device, list) :: :ok | {:error, term}
  def setopts(device \\ :standard_io, opts), do: request(device, {:setopts, opts})

  @doc "Which characters print as themselves."
  @spec printable_range() :: :unicode
  def printable_range, do: :unicode

  @doc "One round of the protocol."
  @spec request(device, term) :: term
  def request(request), do: request(:standard_io, request)

  def request(:standard_io, request), do: request(:erlang.group_leader(), request)

  def request(name, request) when is_atom(name) do
    case :erlang.whereis(name) do
      pid when is_pid(pid) -> request(pid, request)
      _ -> {:error, :terminated}
    end
  end

  def request(pid, request) when is_pid(pid) do
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

  def request(_, _), do: {:error, :arguments}

  @doc "Several requests at once."
  @spec requests(device, list) :: term
  def requests(device \\ :standard_io, requests), do: request(device, {:requests, requests})

  defp write_direct(:standard_io, chars), do: :phial_io.write(:erlang.group_leader(), chars)
  defp write_direct(device, chars), do: :phial_io.write(device, chars)

  defp ok(:ok, _), do: :ok
  defp ok({:error, :terminated}, args), do: :erlang.error(:terminated, args)
  defp ok({:error, _}, args), do: :erlang.error(:badarg, args)
end
