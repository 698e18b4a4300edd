defmodule :filename do
  @moduledoc """
  Names of files as Erlang has them: charlists in, charlists out, and binaries when any part is one.
  """

  @type name :: binary | charlist | atom

  defp like(result, parts) do
    if Enum.any?(parts, &is_binary/1), do: result, else: String.to_charlist(result)
  end

  defp text(name), do: :phial_file_text.path(name)

  @doc """
  The name without extensions of the path.

      iex> :filename.basename(~c"/usr/lib/x.so")
      ~c"x.so"
  """
  @spec basename(name) :: binary | charlist
  def basename(name) do
    base = name |> text() |> strip() |> :binary.split("/", [:global]) |> List.last()
    like(base, [name])
  end

  @spec basename(name, name) :: binary | charlist
  def basename(name, extension) do
    base = basename(text(name))
    extension_text = text(extension)
    size = byte_size(base) - byte_size(extension_text)

    result =
      if size > 0 and String.ends_with?(base, extension_text), do: :binary.part(base, 0, size), else: base

    like(result, [name, extension])
  end

  # Without slashes at the end.
  defp strip("/"), do: "/"
  defp strip(path), do: if(String.ends_with?(path, "/"), do: strip(:binary.part(path, 0, byte_size(path) - 1)), else: path)

  @doc """
  The path without its last part.

      iex> :filename.dirname("/usr/lib/x.so")
      "/usr/lib"
  """
  @spec dirname(name) :: binary | charlist
  def dirname(name) do
    parts = name |> text() |> strip_to_dir() |> :binary.split("/", [:global])

    dir =
      case Enum.drop(parts, -1) do
        [] -> "."
        [""] -> "/"
        parts -> Enum.join(parts, "/")
      end

    like(dir, [name])
  end

  defp strip_to_dir(path), do: path

  @spec extension(name) :: binary | charlist
  def extension(name) do
    base = basename(text(name))

    extension =
      case :binary.matches(base, ".") do
        [] ->
          ""

        matches ->
          {at, _} = List.last(matches)
          if at == 0, do: "", else: :binary.part(base, at, byte_size(base) - at)
      end

    like(extension, [name])
  end

  @spec rootname(name) :: binary | charlist
  def rootname(name) do
    path = text(name)
    like(:binary.part(path, 0, byte_size(path) - byte_size(extension(path))), [name])
  end

  @spec rootname(name, name) :: binary | charlist
  def rootname(name, extension) do
    path = text(name)
    ending = text(extension)
    size = byte_size(path) - byte_size(ending)
    root = if size >= 0 and String.ends_with?(path, ending), do: :binary.part(path, 0, size), else: path
    like(root, [name, extension])
  end

  @doc """
  Puts the parts of a path together; a part that is absolute starts anew.

      iex> :filename.join([~c"/usr", ~c"local", ~c"bin"])
      ~c"/usr/local/bin"
  """
  @spec join([name]) :: binary | charlist
  def join([name]), do: like(name |> text() |> slashes() |> strip(), [name])

  def join([_ | _] = names) do
    [first | rest] = Enum.map(names, &text/1)
    joined = Enum.reduce(rest, first, &join_text/2)
    like(joined |> slashes() |> strip(), names)
  end

  @spec join(name, name) :: binary | charlist
  def join(left, right), do: join([left, right])

  defp join_text("/" <> _ = absolute, _path), do: absolute
  defp join_text(part, ""), do: part
  defp join_text(part, path), do: path <> "/" <> part

  # One slash where there are several.
  defp slashes(path) do
    if :binary.match(path, "//") == :nomatch, do: path, else: slashes(:binary.replace(path, "//", "/", [:global]))
  end

  @spec append(name, name) :: binary | charlist
  def append(directory, name), do: join(directory, like(String.trim_leading(text(name), "/"), [name]))

  @spec split(name) :: [binary | charlist]
  def split(name) do
    path = text(name)
    parts = path |> :binary.split("/", [:global]) |> Enum.reject(&(&1 == ""))
    parts = if String.starts_with?(path, "/"), do: ["/" | parts], else: parts
    Enum.map(parts, &like(&1, [name]))
  end

  @spec pathtype(name) :: :absolute | :relative
  def pathtype(name), do: if(String.starts_with?(text(name), "/"), do: :absolute, else: :relative)

  @spec absname(name) :: binary | charlist
  def absname(name) do
    {:ok, cwd} = :phial_file.get_cwd()
    absname(name, like(cwd, [name]))
  end

  @spec absname(name, name) :: binary | charlist
  def absname(name, directory), do: join(directory, name)

  def absname_join(directory, name), do: join(directory, name)

  @spec nativename(name) :: binary | charlist
  def nativename(name), do: join([name])

  @spec flatten(name) :: binary | charlist
  def flatten(name), do: like(text(name), [name])

  def validate(name), do: is_binary(name) or is_list(name) or is_atom(name)

  @doc "Where programs of this system keep their files, after the XDG convention."
  @spec basedir(atom, name, map) :: binary | charlist | [binary | charlist]
  def basedir(type, application, options \\ %{}) do
    home = System.get_env("HOME") || "/"
    _ = options

    path = fn variable, default ->
      like(Path.join(System.get_env(variable) || Path.join(home, default), text(application)), [application])
    end

    case type do
      :user_cache -> path.("XDG_CACHE_HOME", ".cache")
      :user_config -> path.("XDG_CONFIG_HOME", ".config")
      :user_data -> path.("XDG_DATA_HOME", ".local/share")
      :user_log -> like(text(path.("XDG_CACHE_HOME", ".cache")) <> "/log", [application])
      :site_config -> [like(Path.join("/etc/xdg", text(application)), [application])]
      :site_data -> Enum.map(["/usr/local/share", "/usr/share"], &like(Path.join(&1, text(application)), [application]))
    end
  end
end

defmodule :filelib do
  @moduledoc "Questions about files, and walks over directories."

  @spec is_dir(:file.name()) :: boolean
  def is_dir(path), do: type(path) == :directory
  def is_dir(path, _module), do: is_dir(path)

  @spec is_file(:file.name()) :: boolean
  def is_file(path), do: type(path) in [:regular, :directory]
  def is_file(path, _module), do: is_file(path)

  @spec is_regular(:file.name()) :: boolean
  def is_regular(path), do: type(path) == :regular
  def is_regular(path, _module), do: is_regular(path)

  defp type(path) do
    case :phial_file.stat(path, true) do
      {:ok, stat} -> elem(stat, 1)
      _ -> nil
    end
  end

  @spec file_size(:file.name()) :: non_neg_integer
  def file_size(path) do
    case :phial_file.stat(path, true) do
      {:ok, stat} when elem(stat, 1) == :regular -> elem(stat, 0)
      _ -> 0
    end
  end

  def file_size(path, _module), do: file_size(path)

  @spec last_modified(:file.name()) :: tuple | 0
  def last_modified(path) do
    case :file.read_file_info(path) do
      {:ok, info} -> elem(info, 5)
      _ -> 0
    end
  end

  def last_modified(path, _module), do: last_modified(path)

  @doc "Makes the directories above a file."
  @spec ensure_dir(:file.name()) :: :ok | {:error, atom}
  def ensure_dir(path), do: path |> :phial_file_text.path() |> Path.dirname() |> File.mkdir_p()

  @doc "Makes a directory and those above it."
  @spec ensure_path(:file.name()) :: :ok | {:error, atom}
  def ensure_path(path), do: path |> :phial_file_text.path() |> File.mkdir_p()

  @spec wildcard(:file.name()) :: [charlist]
  def wildcard(pattern), do: wildcard(pattern, ~c".")

  @spec wildcard(:file.name(), :file.name()) :: [charlist]
  def wildcard(pattern, directory) do
    directory = :phial_file_text.path(directory)
    pattern = :phial_file_text.path(pattern)

    if directory == "." or Path.type(pattern) == :absolute do
      pattern |> Path.wildcard() |> Enum.map(&String.to_charlist/1)
    else
      for path <- Path.wildcard(Path.join(directory, pattern)) do
        path |> Path.relative_to(directory) |> String.to_charlist()
      end
    end
  end

  def wildcard(pattern, directory, _module), do: wildcard(pattern, directory)

  @doc "Folds over the files under a directory whose names match a regular expression."
  @spec fold_files(:file.name(), iodata, boolean, (charlist, acc -> acc), acc) :: acc when acc: var
  def fold_files(directory, expression, recursive?, fun, acc) do
    {:ok, regex} = :re.compile(expression, [:unicode])
    fold(:phial_file_text.path(directory), regex, recursive?, fun, acc)
  end

  defp fold(directory, regex, recursive?, fun, acc) do
    case :phial_file.list_dir(directory) do
      {:ok, names} ->
        Enum.reduce(Enum.sort(names), acc, fn name, acc ->
          path = directory <> "/" <> name

          case type(path) do
            :regular ->
              if :re.run(name, regex, capture: :none) == :match, do: fun.(String.to_charlist(path), acc), else: acc

            :directory when recursive? ->
              fold(path, regex, recursive?, fun, acc)

            _ ->
              acc
          end
        end)

      _ ->
        acc
    end
  end

  @doc "A relative path that does not lead out of the directory, or `:unsafe`."
  @spec safe_relative_path(:file.name(), :file.name()) :: charlist | binary | :unsafe
  def safe_relative_path(path, directory) do
    case Path.safe_relative(:phial_file_text.path(path), :phial_file_text.path(directory)) do
      {:ok, safe} -> if is_binary(path), do: safe, else: String.to_charlist(safe)
      :error -> :unsafe
    end
  end
end
