defmodule Path do
  @moduledoc """
  File paths, with `/` between their parts. Except for `wildcard/2` and what expands `~` or the working directory, functions
  here do not look at the file system.

      iex> Path.join("a", "b")
      "a/b"
  """

  @type t :: IO.chardata()

  defp text(path), do: IO.chardata_to_string(path)

  @doc """
  Makes a path absolute, relative to the working directory; does not resolve `..`.

      iex> Path.absname("/a")
      "/a"
  """
  @spec absname(t) :: binary
  def absname(path), do: absname(path, fn -> File.cwd!() end)

  @doc """
  Makes a path absolute, relative to another.

      iex> Path.absname("foo", "/bar")
      "/bar/foo"
  """
  @spec absname(t, t) :: binary
  def absname(path, relative_to) do
    path = text(path)

    case path do
      "/" <> _ -> clean(path)
      _ when is_function(relative_to, 0) -> relative_to.() |> join(path) |> clean()
      _ -> relative_to |> join(path) |> clean()
    end
  end

  # Without doubled slashes and the one at the end.
  defp clean(path) do
    case split(path) do
      [] -> ""
      parts -> join(parts)
    end
  end

  @doc """
  Makes a path absolute and resolves `.`, `..` and a leading `~`.

      iex> Path.expand("/a/../b")
      "/b"
  """
  @spec expand(t) :: binary
  def expand(path), do: path |> text() |> home() |> absname(fn -> File.cwd!() end) |> resolve()

  @doc """
  Expands a path relative to another.

      iex> Path.expand("../c", "/a/b")
      "/a/c"
  """
  @spec expand(t, t) :: binary
  def expand(path, relative_to) do
    path
    |> text()
    |> home()
    |> absname(fn -> relative_to |> text() |> home() |> absname(fn -> File.cwd!() end) end)
    |> resolve()
  end

  defp home("~"), do: System.user_home!()
  defp home("~/" <> rest), do: Path.join(System.user_home!(), rest)
  defp home(path), do: path

  defp resolve(path), do: path |> split() |> resolve([]) |> join()

  defp resolve(["/" | rest], acc), do: resolve(rest, ["/" | acc])
  defp resolve([".." | rest], ["/"] = acc), do: resolve(rest, acc)
  defp resolve([".." | rest], [part | acc]) when part != "..", do: resolve(rest, acc)
  defp resolve(["." | rest], acc), do: resolve(rest, acc)
  defp resolve([part | rest], acc), do: resolve(rest, [part | acc])
  defp resolve([], acc), do: :lists.reverse(acc)

  @doc """
  Returns `:absolute` or `:relative`.

      iex> Path.type("/")
      :absolute
  """
  @spec type(t) :: :absolute | :relative | :volumerelative
  def type(name) do
    case text(name) do
      "/" <> _ -> :absolute
      _ -> :relative
    end
  end

  @doc """
  Makes an absolute path relative to the root.

      iex> Path.relative("/usr/bin")
      "usr/bin"
  """
  @spec relative(t) :: binary
  def relative(name) do
    case text(name) do
      "/" -> "."
      text -> relative_text(text)
    end
  end

  @doc """
  Returns the path from `cwd` to `path`. An absolute path outside of `cwd` stays absolute unless `force: true`.

      iex> Path.relative_to("/usr/local/foo", "/usr/local")
      "foo"
  """
  @spec relative_to(t, t, keyword) :: binary
  def relative_to(path, cwd, opts \\ []) when is_list(opts) do
    force? = Keyword.get(opts, :force, false)
    path = split(path)
    cwd = split(cwd)

    case {path, cwd} do
      {["/" | _], ["/" | _]} ->
        path = resolve(path, [])
        between(path, resolve(cwd, []), path, force?)

      {["/" | _], _} ->
        join(resolve(path, []))

      {_, ["/" | _]} ->
        path |> resolve([]) |> joined()

      _ ->
        path = resolve(path, [])
        between(path, resolve(cwd, []), path, true)
    end
  end

  defp between([part | path], [part | cwd], whole, force?), do: between(path, cwd, whole, force?)
  defp between(path, [], _whole, _force?), do: joined(path)
  defp between(path, cwd, _whole, true), do: join(List.duplicate("..", length(cwd)) ++ path)
  defp between(_path, _cwd, whole, false), do: join(whole)

  defp joined([]), do: "."
  defp joined(parts), do: join(parts)

  @doc """
  Returns the path from the working directory.

      iex> Path.relative_to_cwd("foo")
      "foo"
  """
  @spec relative_to_cwd(t, keyword) :: binary
  def relative_to_cwd(path, opts \\ []) when is_list(opts) do
    case File.cwd() do
      {:ok, cwd} -> relative_to(path, cwd, opts)
      _ -> text(path)
    end
  end

  @doc """
  Returns the last part of a path.

      iex> Path.basename("/foo/bar.ex")
      "bar.ex"
  """
  @spec basename(t) :: binary
  def basename(path) do
    case split(path) do
      [] -> ""
      ["/"] -> ""
      parts -> List.last(parts)
    end
  end

  @doc """
  Returns the last part of a path without `extension`.

      iex> Path.basename("/foo/bar.ex", ".ex")
      "bar"
  """
  @spec basename(t, t) :: binary
  def basename(path, extension), do: path |> basename() |> drop_suffix(text(extension))

  # A name is not only its extension.
  defp drop_suffix(name, suffix) do
    kept = byte_size(name) - byte_size(suffix)

    if suffix != "" and kept > 0 and binary_part(name, kept, byte_size(suffix)) == suffix do
      binary_part(name, 0, kept)
    else
      name
    end
  end

  @doc """
  Returns all but the last part of a path.

      iex> Path.dirname("/foo/bar.ex")
      "/foo"
  """
  @spec dirname(t) :: binary
  def dirname(path) do
    path = text(path)

    case :binary.matches(path, "/") do
      [] ->
        "."

      matches ->
        {at, 1} = :lists.last(matches)
        if at == 0, do: "/", else: path |> binary_part(0, at) |> without_slashes()
    end
  end

  defp without_slashes("/"), do: "/"

  defp without_slashes(path) do
    if :binary.last(path) == ?/ do
      path |> binary_part(0, byte_size(path) - 1) |> without_slashes()
    else
      path
    end
  end

  @doc """
  Returns the extension of the last part, with its dot.

      iex> Path.extname("a.tar.gz")
      ".gz"
  """
  @spec extname(t) :: binary
  def extname(path) do
    path = text(path)
    size = stem_size(path, false)
    binary_part(path, size, byte_size(path) - size)
  end

  # The size up to the last dot of the last part; a dot in front counts when asked.
  defp stem_size(path, leading?) do
    from =
      case :binary.matches(path, "/") do
        [] -> 0
        matches -> elem(:lists.last(matches), 0) + 1
      end

    case :binary.matches(path, ".", scope: {from, byte_size(path) - from}) do
      [] ->
        byte_size(path)

      matches ->
        case elem(:lists.last(matches), 0) do
          ^from when not leading? -> byte_size(path)
          at -> at
        end
    end
  end

  @doc """
  Returns the path without its extension.

      iex> Path.rootname("/foo/bar.ex")
      "/foo/bar"
  """
  @spec rootname(t) :: binary
  def rootname(path) do
    path = text(path)
    binary_part(path, 0, stem_size(path, true))
  end

  @doc """
  Returns the path without `extension`, if it ends so.

      iex> Path.rootname("/foo/bar.ex", ".erl")
      "/foo/bar.ex"
  """
  @spec rootname(t, t) :: binary
  def rootname(path, extension), do: path |> text() |> drop_suffix(text(extension))

  @doc """
  Joins the parts of a path.

      iex> Path.join(["a", "b", "c"])
      "a/b/c"
  """
  @spec join(nonempty_list(t)) :: binary
  def join([name1, name2 | rest]), do: join([join(name1, name2) | rest])
  def join([name]), do: text(name)

  @doc """
  Joins two paths; a slash in front of the right one does not make it absolute.

      iex> Path.join("a", "/b")
      "a/b"
  """
  @spec join(t, t) :: binary
  def join(left, right) do
    joined =
      case {text(left), text(right)} do
        {left, "/"} -> without_slash(left)
        {"", right} -> relative_text(right)
        {"/", right} -> "/" <> relative_text(right)
        {left, right} -> without_slash(left) <> "/" <> relative_text(right)
      end

    without_slash(joined)
  end

  defp relative_text("/" <> rest), do: rest
  defp relative_text(text), do: text

  defp without_slash(path) do
    if byte_size(path) > 1 and :binary.last(path) == ?/ do
      binary_part(path, 0, byte_size(path) - 1)
    else
      path
    end
  end

  @doc """
  Splits a path into its parts.

      iex> Path.split("/foo/bar")
      ["/", "foo", "bar"]
  """
  @spec split(t) :: [binary]
  def split(path) do
    path = text(path)
    parts = for part <- :binary.split(path, "/", [:global]), part != "", do: part

    case path do
      "/" <> _ -> ["/" | parts]
      _ -> parts
    end
  end

  @doc """
  Returns the paths that match a glob: `?`, `*`, `**` (any depth), `[chars]`, `[a-z]`, `{one,two}`. Names that begin with a dot
  need `match_dot: true`.

      iex> Path.wildcard("no/such/*")
      []
  """
  @spec wildcard(t, match_dot: boolean) :: [binary]
  def wildcard(glob, opts \\ []) do
    match_dot? = Keyword.get(opts, :match_dot, false)
    glob = text(glob)

    found =
      Enum.flat_map(alternatives(glob), fn glob ->
        case split(glob) do
          ["/" | parts] -> walk(parts, "/", match_dot?)
          parts -> walk(parts, "", match_dot?)
        end
      end)

    found |> Enum.uniq() |> Enum.sort()
  end

  # Expands {a,b}, one pair of braces at a time.
  defp alternatives(glob) do
    with {open, 1} <- :binary.match(glob, "{"),
         size = byte_size(glob) - open - 1,
         {close, 1} <- :binary.match(glob, "}", scope: {open + 1, size}) do
      before = binary_part(glob, 0, open)
      rest = binary_part(glob, close + 1, byte_size(glob) - close - 1)

      glob
      |> binary_part(open + 1, close - open - 1)
      |> :binary.split(",", [:global])
      |> Enum.flat_map(fn choice -> alternatives(before <> choice <> rest) end)
    else
      :nomatch -> [glob]
    end
  end

  defp walk([], "", _match_dot?), do: []
  defp walk([], path, _match_dot?), do: if(exists?(path), do: [path], else: [])

  defp walk(["**"], path, match_dot?) do
    for name <- names(path, match_dot?),
        full = below(path, name),
        found <- [full | walk(["**"], full, match_dot?)],
        do: found
  end

  defp walk(["**" | parts] = all, path, match_dot?) do
    deeper =
      for name <- names(path, match_dot?),
          full = below(path, name),
          directory?(full),
          found <- walk(all, full, match_dot?),
          do: found

    walk(parts, path, match_dot?) ++ deeper
  end

  defp walk([part | parts], path, match_dot?) do
    if plain?(part) do
      walk(parts, below(path, part), match_dot?)
    else
      pattern = compile(part)
      dots? = match_dot? or match?([?. | _], pattern)

      for name <- names(path, dots?),
          fits?(pattern, String.to_charlist(name)),
          full = below(path, name),
          parts == [] or directory?(full),
          found <- walk(parts, full, match_dot?),
          do: found
    end
  end

  defp plain?(part), do: :binary.match(part, ["*", "?", "["]) == :nomatch

  defp below("", name), do: name
  defp below("/", name), do: "/" <> name
  defp below(path, name), do: path <> "/" <> name

  defp names(path, dots?) do
    case File.ls(if(path == "", do: ".", else: path)) do
      {:ok, names} -> names |> Enum.reject(&(not dots? and match?("." <> _, &1))) |> Enum.sort()
      {:error, _} -> []
    end
  end

  defp exists?(path), do: match?({:ok, _}, File.lstat(path))
  defp directory?(path), do: File.dir?(path)

  # A pattern is a list of characters, :any, :some and {:set, ranges}.
  defp compile(part), do: part |> String.to_charlist() |> compile([])

  defp compile([?\\, c | rest], acc), do: compile(rest, [c | acc])
  defp compile([?* | rest], acc), do: compile(rest, [:some | acc])
  defp compile([?? | rest], acc), do: compile(rest, [:any | acc])

  defp compile([?[ | rest] = all, acc) do
    case Enum.split_while(rest, &(&1 != ?])) do
      {[_ | _] = set, [?] | rest]} -> compile(rest, [{:set, ranges(set)} | acc])
      _ -> compile(tl(all), [?[ | acc])
    end
  end

  defp compile([c | rest], acc), do: compile(rest, [c | acc])
  defp compile([], acc), do: :lists.reverse(acc)

  defp ranges([a, ?-, b | rest]), do: [{a, b} | ranges(rest)]
  defp ranges([a | rest]), do: [{a, a} | ranges(rest)]
  defp ranges([]), do: []

  defp fits?([:some | pattern], name) do
    fits?(pattern, name) or (name != [] and fits?([:some | pattern], tl(name)))
  end

  defp fits?([:any | pattern], [_ | name]), do: fits?(pattern, name)

  defp fits?([{:set, ranges} | pattern], [c | name]) do
    Enum.any?(ranges, fn {a, b} -> c >= a and c <= b end) and fits?(pattern, name)
  end

  defp fits?([c | pattern], [c | name]), do: fits?(pattern, name)
  defp fits?([], []), do: true
  defp fits?(_, _), do: false

  @doc """
  Returns `{:ok, path}` without `.` and `..` if a relative path stays below `cwd`, also through symbolic links.

      iex> Path.safe_relative("a/../b")
      {:ok, "b"}
  """
  @spec safe_relative(t, t) :: {:ok, binary} | :error
  def safe_relative(path, cwd \\ ".") do
    case split(path) do
      ["/" | _] -> :error
      parts -> safe(parts, [], text(cwd), 0)
    end
  end

  # [links] bounds how many links are followed.
  defp safe(_parts, _done, _cwd, links) when links > 40, do: :error
  defp safe(["." | rest], done, cwd, links), do: safe(rest, done, cwd, links)
  defp safe([".." | _], [], _cwd, _links), do: :error
  defp safe([".." | rest], [_ | done], cwd, links), do: safe(rest, done, cwd, links)

  defp safe([part | rest], done, cwd, links) do
    here = :lists.reverse([part | done])

    case File.read_link(join([cwd | here])) do
      {:ok, target} ->
        case split(target) do
          ["/" | _] -> :error
          parts -> safe(parts ++ rest, done, cwd, links + 1)
        end

      {:error, _} ->
        safe(rest, [part | done], cwd, links)
    end
  end

  defp safe([], [], _cwd, _links), do: {:ok, ""}
  defp safe([], done, _cwd, _links), do: {:ok, done |> :lists.reverse() |> join()}

  @doc false
  @deprecated "Use safe_relative/2 instead"
  def safe_relative_to(path, cwd), do: safe_relative(path, cwd)
end
