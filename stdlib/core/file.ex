defmodule File do
  @moduledoc """
  Files and directories.

  Functions give `:ok`, `{:ok, result}` or `{:error, posix}`; those that end in `!` raise `File.Error` instead. Paths are
  strings or chardata, relative to the working directory.

  A file opened without `:raw` is a process: any process may read and write it through `IO`, and it closes with the
  process that opened it.
  """

  @type posix :: :file.posix()
  @type io_device :: :file.io_device()
  @type file_descriptor :: tuple()
  @type stat_options :: [time: :local | :universal | :posix]
  @type mode ::
          :append | :binary | :charlist | :compressed | :delayed_write | :exclusive | :raw | :read | :read_ahead | :sync | :write
          | {:read_ahead, pos_integer} | {:delayed_write, non_neg_integer, non_neg_integer} | encoding_mode()
  @type encoding_mode :: :utf8 | {:encoding, :latin1 | :unicode | :utf8 | :utf16 | :utf32 | tuple}
  @type stream_mode :: encoding_mode() | read_offset_mode() | :append | :compressed | :delayed_write | :trim_bom | tuple
  @type read_offset_mode :: {:read_offset, non_neg_integer()}
  @type erlang_time :: {{non_neg_integer, 1..12, 1..31}, {0..23, 0..59, 0..59}}
  @type posix_time :: integer()
  @type on_conflict_callback :: (Path.t(), Path.t() -> boolean)

  # What is there.

  @doc """
  Whether `path` is a regular file; a symbolic link counts as what it points to.

      iex> File.regular?("no such file")
      false
  """
  @spec regular?(Path.t(), [term]) :: boolean
  def regular?(path, _options \\ []), do: type(path) == :regular

  @doc "Whether `path` is a directory."
  @spec dir?(Path.t(), [term]) :: boolean
  def dir?(path, _options \\ []), do: type(path) == :directory

  @doc """
  Whether there is anything at `path`.

      iex> File.exists?("/")
      true
  """
  @spec exists?(Path.t(), [term]) :: boolean
  def exists?(path, _options \\ []), do: match?({:ok, _}, :phial_file.stat(text(path), true))

  defp type(path) do
    case :phial_file.stat(text(path), true) do
      {:ok, stat} -> elem(stat, 1)
      _ -> nil
    end
  end

  @doc "Facts about the file, as a `File.Stat`. `:time` says how its times are given: `:universal`, `:local` or `:posix`."
  @spec stat(Path.t(), stat_options) :: {:ok, File.Stat.t()} | {:error, posix}
  def stat(path, opts \\ []) do
    opts = Keyword.put_new(opts, :time, :universal)

    case :file.read_file_info(text(path), opts) do
      {:ok, info} -> {:ok, File.Stat.from_record(info)}
      error -> error
    end
  end

  @doc "As `stat/2`."
  @spec stat!(Path.t(), stat_options) :: File.Stat.t()
  def stat!(path, opts \\ []), do: ok!(stat(path, opts), "read file stats", path)

  @doc "As `stat/2`, but of a symbolic link itself."
  @spec lstat(Path.t(), stat_options) :: {:ok, File.Stat.t()} | {:error, posix}
  def lstat(path, opts \\ []) do
    opts = Keyword.put_new(opts, :time, :universal)

    case :file.read_link_info(text(path), opts) do
      {:ok, info} -> {:ok, File.Stat.from_record(info)}
      error -> error
    end
  end

  @doc "As `lstat/2`."
  @spec lstat!(Path.t(), stat_options) :: File.Stat.t()
  def lstat!(path, opts \\ []), do: ok!(lstat(path, opts), "read file stats", path)

  @doc "Where the symbolic link at `path` points to."
  @spec read_link(Path.t()) :: {:ok, binary} | {:error, posix}
  def read_link(path), do: :phial_file.read_link(text(path))

  @doc "As `read_link/1`."
  @spec read_link!(Path.t()) :: binary
  def read_link!(path), do: ok!(read_link(path), "read link", path)

  @doc "Writes the times, the mode and the owner of `stat` to the file."
  @spec write_stat(Path.t(), File.Stat.t(), stat_options) :: :ok | {:error, posix}
  def write_stat(path, stat, opts \\ []) do
    opts = Keyword.put_new(opts, :time, :universal)
    :file.write_file_info(text(path), File.Stat.to_record(stat), opts)
  end

  @doc "As `write_stat/3`."
  @spec write_stat!(Path.t(), File.Stat.t(), stat_options) :: :ok
  def write_stat!(path, stat, opts \\ []), do: ok!(write_stat(path, stat, opts), "write file stats", path)

  @doc "Sets the times of a file to `time` (now, when not given); an empty file is made when there is none."
  @spec touch(Path.t(), erlang_time | posix_time) :: :ok | {:error, posix}
  def touch(path, time \\ System.os_time(:second))

  def touch(path, time) when is_tuple(time) do
    touch(path, :calendar.datetime_to_gregorian_seconds(time) - 62_167_219_200)
  end

  def touch(path, time) when is_integer(time) do
    path = text(path)

    case :phial_file.utime(path, time, time) do
      {:error, :enoent} -> with :ok <- write(path, "", [:append]), do: :phial_file.utime(path, time, time)
      result -> result
    end
  end

  @doc "As `touch/2`."
  @spec touch!(Path.t(), erlang_time | posix_time) :: :ok
  def touch!(path, time \\ System.os_time(:second)), do: ok!(touch(path, time), "touch", path)

  # Links, names, modes.

  @doc "A hard link `new` to `existing`."
  @spec ln(Path.t(), Path.t()) :: :ok | {:error, posix}
  def ln(existing, new), do: :phial_file.make_link(text(existing), text(new))

  @doc "As `ln/2`; raises `File.LinkError`."
  @spec ln!(Path.t(), Path.t()) :: :ok
  def ln!(existing, new), do: linked!(ln(existing, new), "create hard link", existing, new)

  @doc "A symbolic link `new` to `existing`."
  @spec ln_s(Path.t(), Path.t()) :: :ok | {:error, posix}
  def ln_s(existing, new), do: :phial_file.make_symlink(text(existing), text(new))

  @doc "As `ln_s/2`; raises `File.LinkError`."
  @spec ln_s!(Path.t(), Path.t()) :: :ok
  def ln_s!(existing, new), do: linked!(ln_s(existing, new), "create symlink", existing, new)

  defp linked!(:ok, _action, _existing, _new), do: :ok

  defp linked!({:error, reason}, action, existing, new) do
    raise File.LinkError, reason: reason, action: action, existing: chars(existing), new: chars(new)
  end

  @doc "Gives a file another name."
  @spec rename(Path.t(), Path.t()) :: :ok | {:error, posix}
  def rename(source, destination), do: :phial_file.rename(text(source), text(destination))

  @doc "As `rename/2`; raises `File.RenameError`."
  @spec rename!(Path.t(), Path.t()) :: :ok
  def rename!(source, destination) do
    case rename(source, destination) do
      :ok ->
        :ok

      {:error, reason} ->
        raise File.RenameError,
          reason: reason,
          action: "rename",
          source: chars(source),
          destination: chars(destination)
    end
  end

  @doc "Sets who may do what with the file, as the bits of `mode`."
  @spec chmod(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chmod(path, mode), do: :phial_file.chmod(text(path), mode)

  @doc "As `chmod/2`."
  @spec chmod!(Path.t(), non_neg_integer) :: :ok
  def chmod!(path, mode), do: ok!(chmod(path, mode), "change mode for", path)

  @doc "Gives the file to a user."
  @spec chown(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chown(path, uid), do: :phial_file.chown(text(path), uid, -1)

  @doc "As `chown/2`."
  @spec chown!(Path.t(), non_neg_integer) :: :ok
  def chown!(path, uid), do: ok!(chown(path, uid), "change owner for", path)

  @doc "Gives the file to a group."
  @spec chgrp(Path.t(), non_neg_integer) :: :ok | {:error, posix}
  def chgrp(path, gid), do: :phial_file.chown(text(path), -1, gid)

  @doc "As `chgrp/2`."
  @spec chgrp!(Path.t(), non_neg_integer) :: :ok
  def chgrp!(path, gid), do: ok!(chgrp(path, gid), "change group for", path)

  # Whole files.

  @doc "All bytes of a file."
  @spec read(Path.t()) :: {:ok, binary} | {:error, posix}
  def read(path), do: :phial_file.read_file(text(path))

  @doc "As `read/1`."
  @spec read!(Path.t()) :: binary
  def read!(path), do: ok!(read(path), "read file", path)

  @doc "Writes a file, which is made if need be and emptied before unless `:append` is among the modes."
  @spec write(Path.t(), iodata, [mode]) :: :ok | {:error, posix}
  def write(path, content, modes \\ []) do
    :file.write_file(text(path), content, modes(modes, false))
  catch
    :error, :badarg -> {:error, :badarg}
  end

  @doc "As `write/3`."
  @spec write!(Path.t(), iodata, [mode]) :: :ok
  def write!(path, content, modes \\ []), do: ok!(write(path, content, modes), "write to file", path)

  @doc "Copies bytes (at most `bytes_count`) from one file or open file to another; gives their number."
  @spec copy(Path.t() | io_device, Path.t() | io_device, pos_integer | :infinity) :: {:ok, non_neg_integer} | {:error, posix}
  def copy(source, destination, bytes_count \\ :infinity) do
    :file.copy(source_or_text(source), source_or_text(destination), bytes_count)
  end

  @doc "As `copy/3`; raises `File.CopyError`."
  @spec copy!(Path.t() | io_device, Path.t() | io_device, pos_integer | :infinity) :: non_neg_integer
  def copy!(source, destination, bytes_count \\ :infinity) do
    case copy(source, destination, bytes_count) do
      {:ok, count} -> count
      {:error, reason} -> copy_error!(reason, "copy", source, destination)
    end
  end

  defp source_or_text(pid) when is_pid(pid), do: pid
  defp source_or_text({path, modes}) when is_list(modes), do: {text(path), modes(modes, true)}
  defp source_or_text(device) when is_tuple(device), do: device
  defp source_or_text(path), do: text(path)

  defp copy_error!(reason, action, source, destination, on \\ "") do
    raise File.CopyError,
      reason: reason,
      action: action,
      on: on,
      source: shown(source),
      destination: shown(destination)
  end

  defp shown(path) when is_binary(path) or is_list(path), do: chars(path)
  defp shown(other), do: inspect(other)

  @doc """
  Copies a file with its mode. `:on_conflict` is a function of both paths that says whether to write over what is there.
  """
  @spec cp(Path.t(), Path.t(), on_conflict: on_conflict_callback) :: :ok | {:error, posix}
  def cp(source, destination, options \\ []) do
    source = text(source)
    destination = text(destination)
    on_conflict = on_conflict(options)

    case copy_file(source, destination, on_conflict, []) do
      {:error, reason, _} -> {:error, reason}
      _ -> :ok
    end
  end

  defp on_conflict(options) when is_function(options), do: options
  defp on_conflict(options), do: Keyword.get(options, :on_conflict, fn _, _ -> true end)

  @doc "As `cp/3`; raises `File.CopyError`."
  @spec cp!(Path.t(), Path.t(), on_conflict: on_conflict_callback) :: :ok
  def cp!(source, destination, options \\ []) do
    case cp(source, destination, options) do
      :ok -> :ok
      {:error, reason} -> copy_error!(reason, "copy", source, destination)
    end
  end

  @doc "Copies a file, or a directory with all that is in it. Gives the paths that were written."
  @spec cp_r(Path.t(), Path.t(), keyword) :: {:ok, [binary]} | {:error, posix, binary}
  def cp_r(source, destination, options \\ []) do
    on_conflict = on_conflict(options)
    links? = is_list(options) and Keyword.get(options, :dereference_symlinks, false)

    case copy_tree(text(source), text(destination), on_conflict, links?, []) do
      {:error, _, _} = error -> error
      paths -> {:ok, paths}
    end
  end

  @doc "As `cp_r/3`; raises `File.CopyError`."
  @spec cp_r!(Path.t(), Path.t(), keyword) :: [binary]
  def cp_r!(source, destination, options \\ []) do
    case cp_r(source, destination, options) do
      {:ok, paths} -> paths
      {:error, reason, path} -> copy_error!(reason, "copy recursively", source, destination, path)
    end
  end

  defp copy_tree(source, destination, on_conflict, follow?, done) do
    case :phial_file.stat(source, follow?) do
      {:ok, stat} ->
        case elem(stat, 1) do
          :regular -> copy_file(source, destination, on_conflict, done)
          :symlink -> copy_link(source, destination, on_conflict, done)
          :directory -> copy_directory(source, destination, on_conflict, follow?, done)
          _ -> {:error, :eio, source}
        end

      {:error, reason} ->
        {:error, reason, source}
    end
  end

  defp copy_directory(source, destination, on_conflict, follow?, done) do
    with {:ok, names} <- :phial_file.list_dir(source),
         :ok <- made(:phial_file.make_dir(destination)) do
      Enum.reduce_while(names, [destination | done], fn name, done ->
        case copy_tree(Path.join(source, name), Path.join(destination, name), on_conflict, follow?, done) do
          {:error, _, _} = error -> {:halt, error}
          done -> {:cont, done}
        end
      end)
    else
      {:error, reason} -> {:error, reason, source}
    end
  end

  defp made({:error, :eexist}), do: :ok
  defp made(result), do: result

  # A file that is there already is asked about; one that is not is made.
  defp copy_file(source, destination, on_conflict, done) do
    result =
      case :phial_file.stat(destination, true) do
        {:ok, _} -> if on_conflict.(source, destination), do: copy_bytes(source, destination), else: :skipped
        _ -> copy_bytes(source, destination)
      end

    case result do
      :ok -> [destination | done]
      :skipped -> done
      {:error, reason} -> {:error, reason, source}
    end
  end

  defp copy_bytes(source, destination) do
    with {:ok, _} <- :phial_file.copy(source, destination, -1),
         {:ok, stat} <- :phial_file.stat(source, true) do
      _ = :phial_file.chmod(destination, elem(stat, 6))
      :ok
    end
  end

  defp copy_link(source, destination, on_conflict, done) do
    with {:ok, target} <- :phial_file.read_link(source) do
      case :phial_file.make_symlink(target, destination) do
        :ok ->
          [destination | done]

        {:error, :eexist} ->
          if on_conflict.(source, destination) do
            _ = rm(destination)
            copy_link(source, destination, on_conflict, done)
          else
            done
          end

        {:error, reason} ->
          {:error, reason, source}
      end
    else
      {:error, reason} -> {:error, reason, source}
    end
  end

  # Removing.

  @doc "Removes a file."
  @spec rm(Path.t()) :: :ok | {:error, posix}
  def rm(path), do: :phial_file.delete(text(path))

  @doc "As `rm/1`."
  @spec rm!(Path.t()) :: :ok
  def rm!(path), do: ok!(rm(path), "remove file", path)

  @doc "Removes an empty directory."
  @spec rmdir(Path.t()) :: :ok | {:error, posix}
  def rmdir(path), do: :phial_file.del_dir(text(path))

  @doc "As `rmdir/1`."
  @spec rmdir!(Path.t()) :: :ok
  def rmdir!(path), do: ok!(rmdir(path), "remove directory", path)

  @doc "Removes a file, or a directory with all that is in it. Gives the removed paths; nothing there is no error."
  @spec rm_rf(Path.t()) :: {:ok, [binary]} | {:error, posix, binary}
  def rm_rf(path) do
    case remove_tree(text(path), []) do
      {:error, _, _} = error -> error
      paths -> {:ok, paths}
    end
  end

  @doc "As `rm_rf/1`."
  @spec rm_rf!(Path.t()) :: [binary]
  def rm_rf!(path) do
    case rm_rf(path) do
      {:ok, paths} ->
        paths

      {:error, reason, _} ->
        raise File.Error, reason: reason, path: chars(path), action: "remove files and directories recursively from"
    end
  end

  defp remove_tree(path, done) do
    case :phial_file.stat(path, false) do
      {:ok, stat} when elem(stat, 1) == :directory -> remove_directory(path, done)
      {:ok, _} -> removed(:phial_file.delete(path), path, done)
      {:error, reason} when reason in [:enoent, :enotdir] -> done
      {:error, reason} -> {:error, reason, path}
    end
  end

  defp remove_directory(path, done) do
    case :phial_file.list_dir(path) do
      {:ok, names} ->
        result =
          Enum.reduce_while(names, done, fn name, done ->
            case remove_tree(Path.join(path, name), done) do
              {:error, _, _} = error -> {:halt, error}
              done -> {:cont, done}
            end
          end)

        if is_list(result), do: removed(:phial_file.del_dir(path), path, result), else: result

      {:error, reason} ->
        {:error, reason, path}
    end
  end

  defp removed(:ok, path, done), do: [path | done]
  defp removed({:error, :enoent}, _path, done), do: done
  defp removed({:error, reason}, path, _done), do: {:error, reason, path}

  # Directories.

  @doc "Makes a directory."
  @spec mkdir(Path.t()) :: :ok | {:error, posix}
  def mkdir(path), do: :phial_file.make_dir(text(path))

  @doc "As `mkdir/1`."
  @spec mkdir!(Path.t()) :: :ok
  def mkdir!(path), do: ok!(mkdir(path), "make directory", path)

  @doc "Makes a directory and those above it; one that is there is fine."
  @spec mkdir_p(Path.t()) :: :ok | {:error, posix}
  def mkdir_p(path), do: make_path(text(path))

  @doc "As `mkdir_p/1`."
  @spec mkdir_p!(Path.t()) :: :ok
  def mkdir_p!(path), do: ok!(mkdir_p(path), "make directory (with -p)", path)

  defp make_path(path) do
    case :phial_file.make_dir(path) do
      {:error, :eexist} ->
        if dir?(path), do: :ok, else: {:error, :eexist}

      {:error, :enoent} ->
        parent = Path.dirname(path)

        if parent == path do
          {:error, :enoent}
        else
          with :ok <- make_path(parent), do: made(:phial_file.make_dir(path))
        end

      result ->
        result
    end
  end

  @doc "The names in a directory, in no certain order."
  @spec ls(Path.t()) :: {:ok, [binary]} | {:error, posix}
  def ls(path \\ "."), do: :phial_file.list_dir(text(path))

  @doc "As `ls/1`."
  @spec ls!(Path.t()) :: [binary]
  def ls!(path \\ "."), do: ok!(ls(path), "list directory", path)

  @doc "The working directory."
  @spec cwd() :: {:ok, binary} | {:error, posix}
  def cwd, do: :phial_file.get_cwd()

  @doc "As `cwd/0`."
  @spec cwd!() :: binary
  def cwd! do
    case cwd() do
      {:ok, path} -> path
      {:error, reason} -> raise File.Error, reason: reason, action: "get current working directory"
    end
  end

  @doc "Makes `path` the working directory, of the whole program."
  @spec cd(Path.t()) :: :ok | {:error, posix}
  def cd(path), do: :phial_file.set_cwd(text(path))

  @doc "As `cd/1`."
  @spec cd!(Path.t()) :: :ok
  def cd!(path), do: ok!(cd(path), "set current working directory to", path)

  @doc "Calls `function` with another working directory, and goes back."
  @spec cd!(Path.t(), (-> result)) :: result when result: var
  def cd!(path, function) do
    old = cwd!()
    cd!(path)

    try do
      function.()
    after
      cd!(old)
    end
  end

  # Open files.

  @doc """
  Opens a file with `modes`, or opens it for `function` and closes it afterwards.

  Modes: `:read` (the default), `:write` (which empties the file unless `:read` is there too), `:append`, `:exclusive`,
  `:utf8` or `{:encoding, e}`, `:charlist`, `:raw`, `:sync`.
  """
  @spec open(Path.t(), [mode | :ram] | (io_device -> result)) :: {:ok, io_device} | {:ok, result} | {:error, posix}
        when result: var
  def open(path, modes_or_function \\ [])
  def open(path, modes) when is_list(modes), do: :file.open(text(path), modes(modes, true))
  def open(path, function) when is_function(function, 1), do: open(path, [], function)

  @doc "As `open/2`."
  @spec open(Path.t(), [mode | :ram], (io_device -> result)) :: {:ok, result} | {:error, posix} when result: var
  def open(path, modes, function) when is_list(modes) and is_function(function, 1) do
    with {:ok, device} <- open(path, modes) do
      try do
        {:ok, function.(device)}
      after
        :ok = close(device)
      end
    end
  end

  @doc "As `open/2`; gives the file or the function's result, or raises."
  @spec open!(Path.t(), [mode | :ram] | (io_device -> result)) :: io_device | result when result: var
  def open!(path, modes_or_function \\ []), do: ok!(open(path, modes_or_function), "open", path)

  @doc "As `open/3`."
  @spec open!(Path.t(), [mode | :ram], (io_device -> result)) :: result when result: var
  def open!(path, modes, function), do: ok!(open(path, modes, function), "open", path)

  @doc "Closes a file."
  @spec close(io_device) :: :ok | {:error, posix | :badarg | :terminated}
  def close(device), do: :file.close(device)

  @doc """
  A stream over the lines of a file, or over pieces of a number of bytes. Collecting into it writes the file.

  Modes are those of `open/2`, with `:trim_bom` and `{:read_offset, bytes}`.
  """
  @spec stream!(Path.t(), :line | pos_integer | [stream_mode], [stream_mode] | :line | pos_integer) :: File.Stream.t()
  def stream!(path, line_or_bytes_modes \\ [])
  def stream!(path, modes) when is_list(modes), do: stream!(path, :line, modes)
  def stream!(path, line_or_bytes), do: stream!(path, line_or_bytes, [])

  def stream!(path, line_or_bytes, modes) when is_list(modes) do
    File.Stream.__build__(text(path), line_or_bytes, modes(modes, true))
  end

  # The order of the arguments until Elixir 1.16.
  def stream!(path, modes, line_or_bytes) when is_list(modes), do: stream!(path, line_or_bytes, modes)

  # Helpers.

  # Modes of Elixir as :file wants them.
  defp modes(modes, binary?) do
    modes = expand(modes)
    if binary? and :charlist not in modes, do: [:binary | modes], else: modes -- [:charlist]
  end

  defp expand([:utf8 | rest]), do: [{:encoding, :utf8} | expand(rest)]
  defp expand([mode | rest]), do: [mode | expand(rest)]
  defp expand([]), do: []

  defp text(path) when is_binary(path) do
    if :binary.match(path, <<0>>) == :nomatch do
      path
    else
      raise ArgumentError, "cannot execute File operation because path contains null byte: #{inspect(path)}"
    end
  end

  defp text(path), do: path |> IO.chardata_to_string() |> text()

  defp chars(path), do: IO.chardata_to_string(path)

  defp ok!(:ok, _action, _path), do: :ok
  defp ok!({:ok, result}, _action, _path), do: result
  defp ok!({:error, reason}, action, path), do: raise(File.Error, reason: reason, action: action, path: chars(path))
end
