defmodule Regex do
  @moduledoc """
  Regular expressions, after PCRE.

      iex> Regex.run(~r/c(d)/, "abcd")
      ["cd", "d"]

  Modifiers: `i` caseless, `m` multiline, `s` dot matches new lines, `x` extended, `u` unicode, `f` first line, `U` ungreedy.
  """

  defstruct re_pattern: nil, source: "", opts: [], re_version: ""

  @type t :: %__MODULE__{re_pattern: term, source: binary, opts: [term]}
  @type capture_option :: {:capture, :all | :first | :all_but_first | :none | :all_names | [binary | atom]}

  @doc """
  Compiles a regex: `{:ok, regex}` or `{:error, {message, position}}`. Options are a string of modifiers or a list of
  `:re` options.

      iex> Regex.compile("*foo")
      {:error, {~c"nothing to repeat", 0}}
  """
  @spec compile(binary, binary | [term]) :: {:ok, t} | {:error, term}
  def compile(source, opts \\ "") when is_binary(source), do: compile(source, opts, version())

  defp compile(source, opts, version) when is_binary(opts) do
    case translate(opts, []) do
      {:error, rest} -> {:error, {:invalid_option, rest}}
      translated -> compile(source, translated, version)
    end
  end

  defp compile(source, opts, version) when is_list(opts) do
    case :re.compile(source, opts) do
      {:ok, pattern} -> {:ok, %Regex{re_pattern: pattern, re_version: version, source: source, opts: opts}}
      {:error, _} = error -> error
    end
  end

  @doc """
  As `compile/2`; raises `Regex.CompileError`.
  """
  @spec compile!(binary, binary | [term]) :: t
  def compile!(source, opts \\ "") when is_binary(source) do
    case compile(source, opts) do
      {:ok, regex} -> regex
      {:error, {reason, at}} -> raise Regex.CompileError, "#{reason} at position #{at}"
    end
  end

  @doc """
  Compiles a regex anew for this runtime.
  """
  @spec recompile(t) :: {:ok, t} | {:error, any}
  def recompile(%Regex{} = regex), do: compile(regex.source, regex.opts)

  @doc """
  As `recompile/1`; raises.
  """
  @spec recompile!(t) :: t
  def recompile!(%Regex{} = regex), do: compile!(regex.source, regex.opts)

  @doc """
  Version of the library behind.
  """
  @spec version :: term()
  def version, do: {:re.version(), :erlang.system_info(:endian)}

  @doc """
  Does it match?

      iex> Regex.match?(~r/foo/, "foo")
      true
  """
  @spec match?(t, String.t()) :: boolean
  def match?(%Regex{} = regex, string) when is_binary(string), do: :re.run(string, pattern(regex), [{:capture, :none}]) == :match

  @doc """
  The source text.

      iex> Regex.source(~r/foo/)
      "foo"
  """
  @spec source(t) :: String.t()
  def source(%Regex{source: source}), do: source

  @doc """
  The options as a list.

      iex> Regex.opts(~r/foo/m)
      [:multiline]
  """
  @spec opts(t) :: [term]
  def opts(%Regex{opts: opts}), do: opts

  @doc """
  Names of the named groups.

      iex> Regex.names(~r/(?<foo>bar)/)
      ["foo"]
  """
  @spec names(t) :: [String.t()]
  def names(%Regex{} = regex) do
    {:namelist, names} = :re.inspect(pattern(regex), :namelist)
    names
  end

  @doc """
  The compiled form.
  """
  @spec re_pattern(t) :: term
  def re_pattern(%Regex{re_pattern: compiled}), do: compiled

  defp pattern(%Regex{re_pattern: pattern}), do: pattern

  @doc """
  The first match as a list of captures, or nil. Options: `:return` (`:binary` or `:index`), `:capture`, `:offset`.

      iex> Regex.run(~r/c(d)/, "abcd", return: :index)
      [{2, 2}, {3, 1}]
  """
  @spec run(t, binary, [term]) :: nil | [binary] | [{integer, integer}]
  def run(regex, string, options \\ [])

  def run(%Regex{} = regex, string, options) when is_binary(string) do
    return = Keyword.get(options, :return, :binary)
    captures = Keyword.get(options, :capture, :all)
    offset = Keyword.get(options, :offset, 0)

    case :re.run(string, pattern(regex), [{:capture, captures, return}, {:offset, offset}]) do
      :nomatch -> nil
      :match -> []
      {:match, results} -> results
    end
  end

  @doc """
  The named captures as a map, or nil.

      iex> Regex.named_captures(~r/a(?<foo>b)c(?<bar>d)/, "abcd")
      %{"bar" => "d", "foo" => "b"}
  """
  @spec named_captures(t, String.t(), [term]) :: map | nil
  def named_captures(%Regex{} = regex, string, options \\ []) when is_binary(string) do
    case run(regex, string, Keyword.put(options, :capture, names(regex))) do
      nil -> nil
      captures -> Enum.into(Enum.zip(names(regex), captures), %{})
    end
  end

  @doc """
  All matches, each a list of captures.

      iex> Regex.scan(~r/c(d|e)/, "abcd abce")
      [["cd", "d"], ["ce", "e"]]
  """
  @spec scan(t, String.t(), [term]) :: [[String.t()]] | [[{integer, integer}]]
  def scan(regex, string, options \\ [])

  def scan(%Regex{} = regex, string, options) when is_binary(string) do
    return = Keyword.get(options, :return, :binary)
    captures = Keyword.get(options, :capture, :all)
    offset = Keyword.get(options, :offset, 0)

    case :re.run(string, pattern(regex), [{:capture, captures, return}, :global, {:offset, offset}]) do
      :match -> []
      :nomatch -> []
      {:match, results} -> results
    end
  end

  @doc """
  Cuts at matches. Options: `:parts`, `:trim`, `:on` (which captures cut), `:include_captures`.

      iex> Regex.split(~r/-/, "a-b-c", parts: 2)
      ["a", "b-c"]
  """
  @spec split(t, String.t(), [term]) :: [String.t()]
  def split(regex, string, options \\ [])

  def split(%Regex{}, "", options) do
    if Keyword.get(options, :trim, false), do: [], else: [""]
  end

  def split(%Regex{} = regex, string, options) when is_binary(string) and is_list(options) do
    on = Keyword.get(options, :on, :first)

    case :re.run(string, pattern(regex), [:global, {:capture, on, :index}]) do
      {:match, matches} ->
        cuts = cuts(matches)
        parts = Keyword.get(options, :parts, :infinity)
        cut_up(cuts, string, 0, parts, Keyword.get(options, :trim, false), Keyword.get(options, :include_captures, false))

      :match ->
        [string]

      :nomatch ->
        [string]
    end
  end

  # Places and sizes to cut at, in order, without groups that took no part.
  defp cuts([]), do: []
  defp cuts([captures | rest]), do: Enum.filter(captures, fn {at, _} -> at >= 0 end) ++ cuts(rest)

  defp cut_up(_cuts, string, from, parts, true, _include) when from >= byte_size(string) and parts != 0, do: []
  defp cut_up([], string, from, _parts, _trim, _include), do: [rest_of(string, from)]
  defp cut_up(_cuts, string, from, 1, _trim, _include), do: [rest_of(string, from)]

  # An empty match at the very beginning cuts nothing off when trimming; one before the last cut is skipped.
  defp cut_up([{at, _} | cuts], string, from, parts, trim, include) when at < from do
    cut_up(cuts, string, from, parts, trim, include)
  end

  defp cut_up([{at, size} | cuts], string, from, parts, trim, include) do
    piece = binary_part(string, from, at - from)

    if piece == "" and trim do
      captured = if include and size > 0, do: [binary_part(string, at, size)], else: []
      captured ++ cut_up(cuts, string, at + size, parts, trim, include)
    else
      next = if parts == :infinity, do: :infinity, else: parts - 1
      captured = if include, do: captured(string, at, size, trim), else: []
      [piece | captured ++ cut_up(cuts, string, at + size, next, trim, include)]
    end
  end

  defp captured(_string, _at, 0, true), do: []
  defp captured(string, at, size, _trim), do: [binary_part(string, at, size)]

  defp rest_of(string, from), do: binary_part(string, from, byte_size(string) - from)

  @doc """
  Replaces matches by a string, in which `\\\\0`, `\\\\N`, `\\\\g{N}` stand for captures, or by what a function makes of the match and as
  many captures as it takes. `global: false` replaces the first only.

      iex> Regex.replace(~r/a(b)c/, "abc", "[\\\\1]")
      "[b]"
  """
  @spec replace(t, String.t(), String.t() | (... -> String.t()), [term]) :: String.t()
  def replace(regex, string, replacement, options \\ [])

  def replace(%Regex{} = regex, string, replacement, options)
      when is_binary(string) and is_binary(replacement) and is_list(options) do
    do_replace(regex, string, template(replacement, []), options)
  end

  def replace(%Regex{} = regex, string, replacement, options)
      when is_binary(string) and is_function(replacement) and is_list(options) do
    {:arity, arity} = Function.info(replacement, :arity)
    do_replace(regex, string, {replacement, arity}, options)
  end

  defp do_replace(regex, string, replacement, options) do
    global = if Keyword.get(options, :global, true), do: [:global], else: []
    capture = if Kernel.match?([text] when is_binary(text), replacement) or replacement == [], do: :first, else: :all

    case :re.run(string, pattern(regex), [{:capture, capture, :index} | global]) do
      :nomatch -> string
      {:match, [{_, _} | _] = one} -> IO.iodata_to_binary(put_matches([one], string, 0, replacement))
      {:match, matches} -> IO.iodata_to_binary(put_matches(matches, string, 0, replacement))
    end
  end

  defp put_matches([], string, from, _replacement), do: rest_of(string, from)

  defp put_matches([[{at, size} | _] = captures | rest], string, from, replacement) do
    [binary_part(string, from, at - from), insert(replacement, captures, string) | put_matches(rest, string, at + size, replacement)]
  end

  defp insert({fun, arity}, captures, string) do
    apply(fun, arguments(captures, string, arity))
  end

  defp insert(parts, captures, string) do
    for part <- parts do
      if is_integer(part), do: capture_text(captures, part, string), else: part
    end
  end

  defp arguments(_captures, _string, 0), do: []
  defp arguments([], string, n), do: ["" | arguments([], string, n - 1)]
  defp arguments([place | rest], string, n), do: [place_text(place, string) | arguments(rest, string, n - 1)]

  defp capture_text([], _n, _string), do: ""
  defp capture_text([place | _], 0, string), do: place_text(place, string)
  defp capture_text([_ | rest], n, string), do: capture_text(rest, n - 1, string)

  defp place_text({at, _}, _string) when at < 0, do: ""
  defp place_text({at, size}, string), do: binary_part(string, at, size)

  # A replacement text as a list of texts and group numbers.
  defp template("", acc), do: [:erlang.list_to_binary(:lists.reverse(acc))] |> drop_empty()

  defp template(<<?\\, ?g, ?{, rest::binary>>, acc) do
    {number, "}" <> rest} = digits(rest, 0)
    flush(acc, number, rest)
  end

  defp template(<<?\\, ?\\, rest::binary>>, acc), do: template(rest, [?\\ | acc])

  defp template(<<?\\, digit, rest::binary>>, acc) when digit in ?0..?9 do
    {number, rest} = digits(<<digit, rest::binary>>, 0)
    flush(acc, number, rest)
  end

  defp template(<<byte, rest::binary>>, acc), do: template(rest, [byte | acc])

  defp flush(acc, number, rest), do: drop_empty([:erlang.list_to_binary(:lists.reverse(acc))]) ++ [number | template(rest, [])]

  defp drop_empty([""]), do: []
  defp drop_empty(other), do: other

  defp digits(<<digit, rest::binary>>, number) when digit in ?0..?9, do: digits(rest, number * 10 + digit - ?0)
  defp digits(rest, number), do: {number, rest}

  @doc """
  The text with all characters escaped that mean something in a regex.

      iex> Regex.escape(".")
      "\\\\."
  """
  @spec escape(String.t()) :: String.t()
  def escape(string) when is_binary(string) do
    for <<byte <- string>>, into: "" do
      if byte in ~c"\\^$.[]|()?*+{}-#" or byte in [?\s, ?\t, ?\n, ?\v, ?\f, ?\r], do: <<?\\, byte>>, else: <<byte>>
    end
  end

  @doc false
  def translate(<<>>, acc), do: acc
  def translate(<<?i, rest::binary>>, acc), do: translate(rest, [:caseless | acc])
  def translate(<<?m, rest::binary>>, acc), do: translate(rest, [:multiline | acc])
  def translate(<<?s, rest::binary>>, acc), do: translate(rest, [:dotall, {:newline, :anycrlf} | acc])
  def translate(<<?x, rest::binary>>, acc), do: translate(rest, [:extended | acc])
  def translate(<<?u, rest::binary>>, acc), do: translate(rest, [:unicode, :ucp | acc])
  def translate(<<?f, rest::binary>>, acc), do: translate(rest, [:firstline | acc])
  def translate(<<?U, rest::binary>>, acc), do: translate(rest, [:ungreedy | acc])
  def translate(rest, _acc), do: {:error, rest}

  @doc false
  def modifiers(opts), do: modifiers(opts, [])

  defp modifiers([], acc), do: {:ok, acc}
  defp modifiers([:dotall, {:newline, :anycrlf} | rest], acc), do: modifiers(rest, [?s | acc])
  defp modifiers([:unicode, :ucp | rest], acc), do: modifiers(rest, [?u | acc])

  defp modifiers([opt | rest], acc) do
    case opt do
      :caseless -> modifiers(rest, [?i | acc])
      :multiline -> modifiers(rest, [?m | acc])
      :dotall -> modifiers(rest, [?s | acc])
      :extended -> modifiers(rest, [?x | acc])
      :unicode -> modifiers(rest, [?u | acc])
      :firstline -> modifiers(rest, [?f | acc])
      :ungreedy -> modifiers(rest, [?U | acc])
      _ -> :error
    end
  end
end

defimpl Inspect, for: Regex do
  def inspect(regex, opts) do
    case Regex.modifiers(regex.opts) do
      {:ok, modifiers} ->
        text = regex.source |> escape_slashes([]) |> IO.iodata_to_binary()
        Inspect.Algebra.color_doc(IO.iodata_to_binary(["~r/", text, ?/, modifiers]), :regex, opts)

      :error ->
        source = Inspect.Algebra.to_doc(regex.source, opts)
        options = Inspect.Algebra.to_doc(regex.opts, opts)
        Inspect.Algebra.concat(["Regex.compile!(", source, ", ", options, ")"])
    end
  end

  defp escape_slashes(<<?\\, char, rest::binary>>, acc), do: escape_slashes(rest, [acc, ?\\, char])
  defp escape_slashes(<<?/, rest::binary>>, acc), do: escape_slashes(rest, [acc, "\\/"])
  defp escape_slashes(<<?\n, rest::binary>>, acc), do: escape_slashes(rest, [acc, "\\n"])
  defp escape_slashes(<<byte, rest::binary>>, acc), do: escape_slashes(rest, [acc, byte])
  defp escape_slashes(<<>>, acc), do: acc
end
