defmodule :file do
  @moduledoc """
  Files, directories and open files, on the natives of `:phial_file`.

  A file opened with `:raw` is a handle used by whoever holds it. Otherwise a process (`:phial_file_device`) stands
  between, which speaks the I/O protocol and closes the file when its owner ends.
  """

  @type name :: binary | charlist | atom
  @type posix :: atom
  @type io_device :: pid | {:file_descriptor, :phial_file, map}

  # Whole files.

  @spec read_file(name) :: {:ok, binary} | {:error, posix}
  def read_file(path), do: :phial_file.read_file(path)
  def read_file(path, _options), do: :phial_file.read_file(path)

  @spec write_file(name, iodata, [atom]) :: :ok | {:error, posix}
  def write_file(path, data, modes \\ []) do
    case encoding(modes) do
      :latin1 -> :phial_file.write_file(path, data, write_flags(modes, 0))
      encoding -> write_encoded(path, data, modes, encoding)
    end
  end

  defp write_encoded(path, data, modes, encoding) do
    case :phial_file_text.encode(data, :latin1, encoding) do
      {:ok, bytes} -> :phial_file.write_file(path, bytes, write_flags(modes, 0))
      :error -> {:error, :badarg}
    end
  end

  defp write_flags([], flags), do: flags
  defp write_flags([:append | rest], flags), do: write_flags(rest, :erlang.bor(flags, 1))
  defp write_flags([:exclusive | rest], flags), do: write_flags(rest, :erlang.bor(flags, 2))
  defp write_flags([:sync | rest], flags), do: write_flags(rest, :erlang.bor(flags, 4))
  defp write_flags([_ | rest], flags), do: write_flags(rest, flags)

  @spec copy(name, name, non_neg_integer | :infinity) :: {:ok, non_neg_integer} | {:error, posix}
  def copy(source, destination, limit \\ :infinity)

  def copy(source, destination, limit) do
    if opened?(source) or opened?(destination) do
      copy_opened(source, destination, limit)
    else
      :phial_file.copy(source, destination, if(limit == :infinity, do: -1, else: limit))
    end
  end

  @spec copy_opened(name | io_device, name | io_device, non_neg_integer | :infinity) ::
          {:ok, non_neg_integer} | {:error, posix}
  def copy_opened(source, destination, limit) do
    with {:ok, from, close_from} <- opened(source, [:read, :binary, :raw]),
         {:ok, to, close_to} <- opened(destination, [:write, :binary, :raw]) do
      result = copy_bytes(from, to, limit, 0)
      close_from.()
      close_to.()
      result
    end
  end

  defp opened({path, modes}, default) when is_list(modes), do: opened_path(path, modes ++ default)
  defp opened(device, default), do: if(opened?(device), do: {:ok, device, fn -> :ok end}, else: opened_path(device, default))

  defp opened_path(path, modes) do
    with {:ok, device} <- open(path, modes), do: {:ok, device, fn -> close(device) end}
  end

  defp opened?(device), do: is_pid(device) or is_tuple(device)

  defp copy_bytes(_from, _to, 0, done), do: {:ok, done}

  defp copy_bytes(from, to, limit, done) do
    want = if is_integer(limit), do: min(limit, 65536), else: 65536

    case read(from, want) do
      {:ok, data} ->
        size = :erlang.iolist_size(data)

        with :ok <- write(to, data) do
          copy_bytes(from, to, if(is_integer(limit), do: limit - size, else: limit), done + size)
        end

      :eof ->
        {:ok, done}

      error ->
        error
    end
  end

  # Names and directories.

  @spec delete(name) :: :ok | {:error, posix}
  def delete(path), do: :phial_file.delete(path)
  def delete(path, _options), do: :phial_file.delete(path)

  @spec rename(name, name) :: :ok | {:error, posix}
  def rename(from, to), do: :phial_file.rename(from, to)

  @spec make_dir(name) :: :ok | {:error, posix}
  def make_dir(path), do: :phial_file.make_dir(path)

  @spec del_dir(name) :: :ok | {:error, posix}
  def del_dir(path), do: :phial_file.del_dir(path)

  @doc "Deletes a file, or a directory and what is in it."
  @spec del_dir_r(name) :: :ok | {:error, posix}
  def del_dir_r(path) do
    case :phial_file.stat(path, false) do
      {:ok, stat} when :erlang.element(2, stat) == :directory ->
        with {:ok, names} <- :phial_file.list_dir(path) do
          path = :phial_file_text.path(path)
          :lists.foreach(fn name -> del_dir_r(path <> "/" <> name) end, names)
          :phial_file.del_dir(path)
        end

      {:ok, _} ->
        :phial_file.delete(path)

      error ->
        error
    end
  end

  @spec list_dir(name) :: {:ok, [charlist]} | {:error, posix}
  def list_dir(path) do
    with {:ok, names} <- :phial_file.list_dir(path), do: {:ok, :lists.map(&characters/1, names)}
  end

  @spec list_dir_all(name) :: {:ok, [charlist | binary]} | {:error, posix}
  def list_dir_all(path), do: list_dir(path)

  @spec get_cwd() :: {:ok, charlist} | {:error, posix}
  def get_cwd do
    with {:ok, path} <- :phial_file.get_cwd(), do: {:ok, characters(path)}
  end

  @spec set_cwd(name) :: :ok | {:error, posix}
  def set_cwd(path), do: :phial_file.set_cwd(path)

  @spec make_symlink(name, name) :: :ok | {:error, posix}
  def make_symlink(existing, new), do: :phial_file.make_symlink(existing, new)

  @spec make_link(name, name) :: :ok | {:error, posix}
  def make_link(existing, new), do: :phial_file.make_link(existing, new)

  @spec read_link(name) :: {:ok, charlist} | {:error, posix}
  def read_link(path) do
    with {:ok, target} <- :phial_file.read_link(path), do: {:ok, characters(target)}
  end

  @spec read_link_all(name) :: {:ok, charlist} | {:error, posix}
  def read_link_all(path), do: read_link(path)

  @spec native_name_encoding() :: :utf8
  def native_name_encoding, do: :utf8

  # A name that is no text stays what it is.
  defp characters(name) do
    case :unicode.characters_to_list(name) do
      list when is_list(list) -> list
      _ -> name
    end
  end

  # File information: the record {:file_info, size, type, access, atime, mtime, ctime, mode, links, major_device,
  # minor_device, inode, uid, gid}.

  @spec read_file_info(name, keyword) :: {:ok, tuple} | {:error, posix}
  def read_file_info(path, options \\ []), do: file_info(path, true, options)

  @spec read_link_info(name, keyword) :: {:ok, tuple} | {:error, posix}
  def read_link_info(path, options \\ []), do: file_info(path, false, options)

  def raw_read_file_info(path), do: read_file_info(path)

  defp file_info({:file_descriptor, :phial_file, _}, _follow?, _options), do: {:error, :enotsup}

  defp file_info(path, follow?, options) do
    kind = time_option(options)

    with {:ok, {size, type, access, atime, mtime, ctime, mode, links, device, rdev, inode, uid, gid}} <-
           :phial_file.stat(path, follow?) do
      {:ok,
       {:file_info, size, type, access, from_posix(atime, kind), from_posix(mtime, kind), from_posix(ctime, kind), mode,
        links, device, rdev, inode, uid, gid}}
    end
  end

  defp time_option(options) do
    case :lists.keyfind(:time, 1, options) do
      {:time, kind} -> kind
      false -> :local
    end
  end

  defp from_posix(seconds, :posix), do: seconds

  defp from_posix(seconds, kind) do
    universal = :calendar.gregorian_seconds_to_datetime(seconds + 62_167_219_200)
    if kind == :local, do: :erlang.universaltime_to_localtime(universal), else: universal
  end

  defp to_posix(seconds, _kind) when is_integer(seconds), do: seconds

  defp to_posix(datetime, kind) do
    universal = if kind == :local, do: :erlang.localtime_to_universaltime(datetime), else: datetime
    :calendar.datetime_to_gregorian_seconds(universal) - 62_167_219_200
  end

  @spec write_file_info(name, tuple, keyword) :: :ok | {:error, posix}
  def write_file_info(path, info, options \\ []) do
    {:file_info, _, _, _, atime, mtime, ctime, mode, _, _, _, _, uid, gid} = info
    kind = time_option(options)
    mtime = if mtime == :undefined, do: atime, else: mtime
    mtime = if mtime == :undefined, do: ctime, else: mtime

    with :ok <- if(is_integer(mode), do: :phial_file.chmod(path, mode), else: :ok),
         :ok <- change_owner_of(path, uid, gid) do
      if mtime == :undefined do
        :ok
      else
        atime = if atime == :undefined, do: mtime, else: atime
        :phial_file.utime(path, to_posix(atime, kind), to_posix(mtime, kind))
      end
    end
  end

  def raw_write_file_info(path, info), do: write_file_info(path, info)

  defp change_owner_of(_path, :undefined, :undefined), do: :ok

  defp change_owner_of(path, uid, gid) do
    :phial_file.chown(path, if(is_integer(uid), do: uid, else: -1), if(is_integer(gid), do: gid, else: -1))
  end

  @spec change_mode(name, integer) :: :ok | {:error, posix}
  def change_mode(path, mode), do: :phial_file.chmod(path, mode)

  @spec change_owner(name, integer) :: :ok | {:error, posix}
  def change_owner(path, uid), do: :phial_file.chown(path, uid, -1)
  def change_owner(path, uid, gid), do: :phial_file.chown(path, uid, gid)

  @spec change_group(name, integer) :: :ok | {:error, posix}
  def change_group(path, gid), do: :phial_file.chown(path, -1, gid)

  @spec change_time(name, tuple) :: :ok | {:error, posix}
  def change_time(path, mtime), do: change_time(path, mtime, mtime)
  def change_time(path, atime, mtime), do: :phial_file.utime(path, to_posix(atime, :local), to_posix(mtime, :local))

  # Open files.

  @doc """
  Opens a file. Modes: `:read`, `:write`, `:append`, `:exclusive`, `:raw`, `:binary`, `:sync`, `{:encoding, e}`; those
  about buffers are accepted.
  """
  @spec open(name, [term] | atom) :: {:ok, io_device} | {:error, posix}
  def open(path, modes) when is_list(modes) do
    case mode_error(modes) do
      nil -> if :lists.member(:raw, modes), do: open_raw(path, modes), else: :phial_file_device.open(path, modes)
      error -> {:error, error}
    end
  end

  def open(path, mode) when is_atom(mode), do: open(path, [mode])

  @doc false
  def open_raw(path, modes) do
    with {:ok, handle} <- :phial_file.open(path, open_flags(modes, 0)) do
      {:ok, {:file_descriptor, :phial_file, %{handle: handle, binary: :lists.member(:binary, modes)}}}
    end
  end

  defp mode_error([]), do: nil
  defp mode_error([mode | rest]), do: if(mode?(mode), do: mode_error(rest), else: :badarg)

  defp mode?(mode)
       when mode in [:read, :write, :append, :exclusive, :raw, :binary, :sync, :read_ahead, :delayed_write, :directory],
       do: true

  defp mode?(:compressed), do: false
  defp mode?({:encoding, encoding}), do: encoding in [:latin1, :unicode, :utf8] or is_tuple(encoding)
  defp mode?({:read_ahead, n}), do: is_integer(n)
  defp mode?({:delayed_write, _, _}), do: true
  defp mode?(_), do: false

  defp open_flags([], flags) do
    # Neither reading nor writing was asked for: reading.
    if :erlang.band(flags, 7) == 0, do: :erlang.bor(flags, 1), else: flags
  end

  defp open_flags([mode | rest], flags) do
    flag =
      case mode do
        :read -> 1
        :write -> 2
        :append -> 4
        :exclusive -> 10
        :sync -> 16
        :directory -> 32
        _ -> 0
      end

    open_flags(rest, :erlang.bor(flags, flag))
  end

  defp encoding(modes) do
    case :lists.keyfind(:encoding, 1, modes) do
      {:encoding, encoding} -> encoding
      false -> :latin1
    end
  end

  @spec close(io_device) :: :ok | {:error, posix}
  def close({:file_descriptor, :phial_file, %{handle: handle}}), do: :phial_file.close(handle)

  def close(device) when is_pid(device) do
    case request(device, :close) do
      {:error, :terminated} -> :ok
      result -> result
    end
  end

  def close(_), do: {:error, :badarg}

  @spec read(io_device, non_neg_integer) :: {:ok, binary | charlist} | :eof | {:error, posix}
  def read({:file_descriptor, :phial_file, file}, n) when is_integer(n) and n >= 0 do
    shaped(:phial_file.read(file.handle, n), file)
  end

  def read(device, n) when (is_pid(device) or is_atom(device)) and is_integer(n) and n >= 0 do
    io_result(:io.request(device, {:get_chars, :latin1, "", n}))
  end

  def read(_, _), do: {:error, :badarg}

  @spec read_line(io_device) :: {:ok, binary | charlist} | :eof | {:error, posix}
  def read_line({:file_descriptor, :phial_file, file}), do: shaped(:phial_file.read_line(file.handle), file)

  def read_line(device) when is_pid(device) or is_atom(device) do
    io_result(:io.request(device, {:get_line, :latin1, ""}))
  end

  def read_line(_), do: {:error, :badarg}

  defp io_result(:eof), do: :eof
  defp io_result({:error, _} = error), do: error
  defp io_result(data), do: {:ok, data}

  defp shaped({:ok, bytes}, %{binary: false}), do: {:ok, :erlang.binary_to_list(bytes)}
  defp shaped(result, _file), do: result

  @spec write(io_device, iodata) :: :ok | {:error, posix}
  def write({:file_descriptor, :phial_file, file}, data) do
    :phial_file.write(file.handle, data)
  catch
    :error, :badarg -> {:error, :badarg}
  end

  def write(device, data) when is_pid(device) or is_atom(device) do
    :io.request(device, {:put_chars, :latin1, :erlang.iolist_to_binary(data)})
  catch
    :error, :badarg -> {:error, :badarg}
  end

  def write(_, _), do: {:error, :badarg}

  @spec pread(io_device, integer, non_neg_integer) :: {:ok, binary | charlist} | :eof | {:error, posix}
  def pread({:file_descriptor, :phial_file, file}, at, n) do
    with {:ok, offset} <- offset(at), do: shaped(:phial_file.pread(file.handle, offset, n), file)
  end

  def pread(device, at, n) when is_pid(device), do: request(device, {:pread, at, n})

  @spec pread(io_device, [{integer, non_neg_integer}]) :: {:ok, [binary | charlist | :eof]} | {:error, posix}
  def pread(device, places), do: pread_all(places, device, [])

  defp pread_all([], _device, read), do: {:ok, :lists.reverse(read)}

  defp pread_all([{at, n} | rest], device, read) do
    case pread(device, at, n) do
      {:ok, data} -> pread_all(rest, device, [data | read])
      :eof -> pread_all(rest, device, [:eof | read])
      error -> error
    end
  end

  @spec pwrite(io_device, integer, iodata) :: :ok | {:error, posix}
  def pwrite({:file_descriptor, :phial_file, file}, at, data) do
    with {:ok, offset} <- offset(at), do: :phial_file.pwrite(file.handle, offset, data)
  end

  def pwrite(device, at, data) when is_pid(device), do: request(device, {:pwrite, at, :erlang.iolist_to_binary(data)})

  def pwrite(device, places) do
    :lists.foldl(fn {at, data}, result -> if result == :ok, do: pwrite(device, at, data), else: result end, :ok, places)
  end

  defp offset(at) when is_integer(at) and at >= 0, do: {:ok, at}
  defp offset({:bof, at}) when is_integer(at) and at >= 0, do: {:ok, at}
  defp offset(_), do: {:error, :einval}

  @doc "Moves where reading and writing go on: a number, `{:bof | :cur | :eof, offset}` or one of these alone."
  @spec position(io_device, term) :: {:ok, integer} | {:error, posix}
  def position({:file_descriptor, :phial_file, file}, at) do
    case at do
      n when is_integer(n) -> :phial_file.position(file.handle, 0, n)
      :bof -> :phial_file.position(file.handle, 0, 0)
      :cur -> :phial_file.position(file.handle, 1, 0)
      :eof -> :phial_file.position(file.handle, 2, 0)
      {:bof, n} when is_integer(n) -> :phial_file.position(file.handle, 0, n)
      {:cur, n} when is_integer(n) -> :phial_file.position(file.handle, 1, n)
      {:eof, n} when is_integer(n) -> :phial_file.position(file.handle, 2, n)
      _ -> {:error, :badarg}
    end
  end

  def position(device, at) when is_pid(device), do: request(device, {:position, at})
  def position(_, _), do: {:error, :badarg}

  @spec truncate(io_device) :: :ok | {:error, posix}
  def truncate({:file_descriptor, :phial_file, file}), do: :phial_file.truncate(file.handle)
  def truncate(device) when is_pid(device), do: request(device, :truncate)

  @spec sync(io_device) :: :ok | {:error, posix}
  def sync({:file_descriptor, :phial_file, file}), do: :phial_file.sync(file.handle)
  def sync(device) when is_pid(device), do: request(device, :sync)

  @spec datasync(io_device) :: :ok | {:error, posix}
  def datasync(device), do: sync(device)

  def advise(_device, _offset, _length, _advice), do: :ok
  def allocate(_device, _offset, _length), do: {:error, :enotsup}

  # A request to the process of an open file.
  defp request(device, request) do
    ref = :erlang.monitor(:process, device)
    :erlang.send(device, {:file_request, self(), ref, request})

    receive do
      {:file_reply, ^ref, reply} ->
        :erlang.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, _} ->
        {:error, :terminated}
    end
  end

  @doc """
  What an error means, in words.

      iex> :file.format_error(:enoent)
      ~c"no such file or directory"
  """
  @spec format_error(term) :: charlist
  def format_error(:badarg), do: ~c"bad argument"
  def format_error(:system_limit), do: ~c"a system limit was hit, probably not enough ports"
  def format_error(:terminated), do: ~c"the file server process is terminated"

  def format_error(reason) do
    case :phial_file.format_error(reason) do
      nil -> ~c"unknown POSIX error"
      text -> :erlang.binary_to_list(text)
    end
  end

  @doc "Erlang terms are not read here."
  def consult(_path), do: {:error, :enotsup}
end

defmodule :phial_file_text do
  @moduledoc false
  # Text on its way into and out of files.

  def path(path) when is_binary(path), do: path
  def path(path) when is_atom(path), do: :erlang.atom_to_binary(path)
  def path(path), do: :unicode.characters_to_binary(path)

  # Characters given as bytes (:latin1) or Unicode, in the encoding of a file.
  def encode(data, from, :latin1) do
    case from do
      :latin1 -> latin1_bytes(data)
      _ -> result(:unicode.characters_to_binary(data, :unicode, :latin1))
    end
  end

  def encode(data, from, to) do
    from = if from == :latin1, do: :latin1, else: :unicode
    result(:unicode.characters_to_binary(data, from, if(to == :unicode, do: :utf8, else: to)))
  end

  defp latin1_bytes(data) do
    {:ok, :erlang.iolist_to_binary(data)}
  catch
    :error, _ -> :error
  end

  defp result(binary) when is_binary(binary), do: {:ok, binary}
  defp result(_), do: :error
end
