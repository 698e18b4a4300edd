defmodule Version do
  @moduledoc """
  Semantic versions (`MAJOR.MINOR.PATCH-PRE+BUILD`) and requirements on them.

  A requirement is made of comparisons (`==`, `!=`, `>`, `>=`, `<`, `<=`, `~>`) joined by `and` and `or`. `~> 2.1.2` means
  `>= 2.1.2 and < 2.2.0`, `~> 2.1` means `>= 2.1.0 and < 3.0.0`.

      iex> Version.match?("2.1.5", "~> 2.1.2")
      true
  """

  @derive {Inspect, optional: [:pre, :build]}
  @enforce_keys [:major, :minor, :patch]
  defstruct [:major, :minor, :patch, pre: [], build: nil]

  @type version :: String.t() | t
  @type requirement :: String.t() | Version.Requirement.t()
  @type major :: non_neg_integer
  @type minor :: non_neg_integer
  @type patch :: non_neg_integer
  @type pre :: [String.t() | non_neg_integer]
  @type build :: String.t() | nil
  @type t :: %__MODULE__{major: major, minor: minor, patch: patch, pre: pre, build: build}

  defmodule Requirement do
    @moduledoc """
    A parsed requirement: its text, and alternatives (`or`) of lists of comparisons (`and`).
    """

    defstruct [:source, :lexed]

    @opaque t :: %__MODULE__{source: String.t(), lexed: [[{atom, tuple}]]}
  end

  defmodule InvalidRequirementError do
    @moduledoc "A requirement could not be parsed."
    defexception [:requirement]

    @impl true
    def exception(requirement) when is_binary(requirement) do
      %__MODULE__{requirement: requirement}
    end

    @impl true
    def message(%{requirement: requirement}), do: "invalid requirement: #{inspect(requirement)}"
  end

  defmodule InvalidVersionError do
    @moduledoc "A version could not be parsed."
    defexception [:version]

    @impl true
    def exception(version) when is_binary(version), do: %__MODULE__{version: version}

    @impl true
    def message(%{version: version}), do: "invalid version: #{inspect(version)}"
  end

  @doc """
  Tells whether a version meets a requirement. With `allow_pre: false`, pre-releases only meet comparisons with one.

      iex> Version.match?("2.0.0", "> 1.0.0")
      true
  """
  @spec match?(version, requirement, keyword) :: boolean
  def match?(version, requirement, opts \\ [])

  def match?(version, requirement, opts) when is_binary(requirement) do
    match?(version, parse_requirement!(requirement), opts)
  end

  def match?(version, %Requirement{lexed: alternatives}, opts) do
    allow_pre = Keyword.get(opts, :allow_pre, true)
    version = comparable(version)

    Enum.any?(alternatives, fn comparisons ->
      Enum.all?(comparisons, fn {op, required} -> meets?(op, version, required, allow_pre) end)
    end)
  end

  # Versions are compared as {major, minor, patch, pre}.
  defp meets?(op, {_, _, _, [_ | _]}, {_, _, _, []}, false) when op in [:>, :>=, :"~>"], do: false
  defp meets?(:==, version, required, _), do: order(version, required) == :eq
  defp meets?(:!=, version, required, _), do: order(version, required) != :eq
  defp meets?(:>, version, required, _), do: order(version, required) == :gt
  defp meets?(:>=, version, required, _), do: order(version, required) != :lt
  defp meets?(:<, version, required, _), do: order(version, required) == :lt
  defp meets?(:<=, version, required, _), do: order(version, required) != :gt

  defp meets?(:"~>", {major, _, _, _} = version, {major, minor, nil, pre}, _) do
    order(version, {major, minor, 0, pre}) != :lt
  end

  defp meets?(:"~>", {major, minor, _, _} = version, {major, minor, patch, _} = required, _)
       when patch != nil do
    order(version, required) != :lt
  end

  defp meets?(:"~>", _version, _required, _), do: false

  @doc """
  Returns `:lt`, `:eq` or `:gt`; build information does not count.

      iex> Version.compare("1.10.0", "1.9.0")
      :gt
  """
  @spec compare(version, version) :: :gt | :eq | :lt
  def compare(version1, version2), do: order(comparable(version1), comparable(version2))

  # A release is above its pre-releases; numbers in a pre-release are below words, as in the term order.
  defp order({major1, minor1, patch1, pre1}, {major2, minor2, patch2, pre2}) do
    cond do
      {major1, minor1, patch1} > {major2, minor2, patch2} -> :gt
      {major1, minor1, patch1} < {major2, minor2, patch2} -> :lt
      pre1 == [] and pre2 != [] -> :gt
      pre1 != [] and pre2 == [] -> :lt
      pre1 > pre2 -> :gt
      pre1 < pre2 -> :lt
      true -> :eq
    end
  end

  defp comparable(%Version{major: major, minor: minor, patch: patch, pre: pre}) do
    {major, minor, patch, pre}
  end

  defp comparable(string) when is_binary(string) do
    case scan(string, false) do
      {:ok, {major, minor, patch, pre, _build}} -> {major, minor, patch, pre}
      :error -> raise InvalidVersionError, string
    end
  end

  @doc """
  Parses a version.

      iex> Version.parse("1.2")
      :error
  """
  @spec parse(String.t()) :: {:ok, t} | :error
  def parse(string) when is_binary(string) do
    case scan(string, false) do
      {:ok, {major, minor, patch, pre, build}} ->
        {:ok, %Version{major: major, minor: minor, patch: patch, pre: pre, build: build}}

      :error ->
        :error
    end
  end

  @doc """
  Parses a version or raises `Version.InvalidVersionError`.

      iex> Version.parse!("1.2.3").minor
      2
  """
  @spec parse!(String.t()) :: t
  def parse!(string) when is_binary(string) do
    case parse(string) do
      {:ok, version} -> version
      :error -> raise InvalidVersionError, string
    end
  end

  # The patch number may be missing when [approximate] is set.
  defp scan(string, approximate) do
    {string, build} = cut(string, "+")
    {numbers, pre} = cut(string, "-")

    with {:ok, major, minor, patch} <- numbers(:binary.split(numbers, ".", [:global]), approximate),
         {:ok, pre} <- pre_parts(pre),
         true <- build == nil or (build != "" and parts_valid?(build)) do
      {:ok, {major, minor, patch, pre, build}}
    else
      _ -> :error
    end
  end

  defp cut(string, separator) do
    case :binary.split(string, separator) do
      [before, rest] -> {before, rest}
      [_] -> {string, nil}
    end
  end

  defp numbers([major, minor, patch], _approximate) do
    with {:ok, major} <- number(major), {:ok, minor} <- number(minor), {:ok, patch} <- number(patch) do
      {:ok, major, minor, patch}
    end
  end

  defp numbers([major, minor], true) do
    with {:ok, major} <- number(major), {:ok, minor} <- number(minor), do: {:ok, major, minor, nil}
  end

  defp numbers(_parts, _approximate), do: :error

  defp number(text) do
    if digits?(text) and (text == "0" or not Kernel.match?("0" <> _, text)) do
      {:ok, :erlang.binary_to_integer(text)}
    else
      :error
    end
  end

  defp digits?(""), do: false
  defp digits?(text), do: all_in?(text, fn c -> c in ?0..?9 end)

  defp all_in?(<<c, rest::binary>>, fun), do: fun.(c) and all_in?(rest, fun)
  defp all_in?(<<>>, _fun), do: true

  defp parts_valid?(text) do
    Enum.all?(:binary.split(text, ".", [:global]), fn part -> part != "" and identifier?(part) end)
  end

  defp identifier?(part) do
    all_in?(part, fn c -> c in ?0..?9 or c in ?a..?z or c in ?A..?Z or c == ?- end)
  end

  defp pre_parts(nil), do: {:ok, []}

  defp pre_parts(text) do
    if parts_valid?(text), do: pre_parts(:binary.split(text, ".", [:global]), []), else: :error
  end

  defp pre_parts([], acc), do: {:ok, :lists.reverse(acc)}

  defp pre_parts([part | rest], acc) do
    if digits?(part) do
      with {:ok, number} <- number(part), do: pre_parts(rest, [number | acc])
    else
      pre_parts(rest, [part | acc])
    end
  end

  @doc """
  Parses a requirement.

      iex> Version.parse_requirement("~> 2")
      :error
  """
  @spec parse_requirement(String.t()) :: {:ok, Requirement.t()} | :error
  def parse_requirement(string) when is_binary(string) do
    case string |> tokens("", []) |> alternatives([], []) do
      {:ok, lexed} -> {:ok, %Requirement{source: string, lexed: lexed}}
      :error -> :error
    end
  end

  @doc """
  Parses a requirement or raises `Version.InvalidRequirementError`.

      iex> Version.parse_requirement!("~> 2.0.1")
      Version.parse_requirement!("~> 2.0.1")
  """
  @spec parse_requirement!(String.t()) :: Requirement.t()
  def parse_requirement!(string) when is_binary(string) do
    case parse_requirement(string) do
      {:ok, requirement} -> requirement
      :error -> raise InvalidRequirementError, string
    end
  end

  @doc """
  Prepares a requirement for repeated matching; requirements are always in that form.

      iex> Version.compile_requirement(Version.parse_requirement!("~> 2.0"))
      Version.parse_requirement!("~> 2.0")
  """
  @spec compile_requirement(Requirement.t()) :: Requirement.t()
  def compile_requirement(%Requirement{} = requirement), do: requirement

  # Operators, :and, :or, and versions as binaries. A word collects the bytes of a version.
  defp tokens(<<op::binary-size(2), rest::binary>>, word, acc)
       when op in [">=", "<=", "~>", "==", "!="] do
    tokens(rest, "", [:erlang.binary_to_atom(op) | flush(word, acc)])
  end

  defp tokens(">" <> rest, word, acc), do: tokens(rest, "", [:> | flush(word, acc)])
  defp tokens("<" <> rest, word, acc), do: tokens(rest, "", [:< | flush(word, acc)])
  defp tokens("!" <> rest, word, acc), do: tokens(rest, "", [:!= | flush(word, acc)])
  defp tokens(" and " <> rest, word, acc), do: tokens(rest, "", [:and | flush(word, acc)])
  defp tokens(" or " <> rest, word, acc), do: tokens(rest, "", [:or | flush(word, acc)])
  defp tokens(" " <> rest, word, acc), do: tokens(rest, "", flush(word, acc))
  defp tokens(<<c, rest::binary>>, word, acc), do: tokens(rest, <<word::binary, c>>, acc)
  defp tokens("", word, acc), do: :lists.reverse(flush(word, acc))

  defp flush("", acc), do: acc
  defp flush(word, acc), do: [word | acc]

  # A comparison is `op version` or a version alone.
  defp alternatives([op, text | rest], comparisons, done)
       when is_atom(op) and op not in [:and, :or] and is_binary(text) do
    case required(op, text) do
      {:ok, comparison} -> joined(rest, [comparison | comparisons], done)
      :error -> :error
    end
  end

  defp alternatives([text | rest], comparisons, done) when is_binary(text) do
    alternatives([:==, text | rest], comparisons, done)
  end

  defp alternatives(_tokens, _comparisons, _done), do: :error

  defp joined([], comparisons, done) do
    {:ok, :lists.reverse([:lists.reverse(comparisons) | done])}
  end

  defp joined([:and | rest], comparisons, done), do: alternatives(rest, comparisons, done)

  defp joined([:or | rest], comparisons, done) do
    alternatives(rest, [], [:lists.reverse(comparisons) | done])
  end

  defp joined(_tokens, _comparisons, _done), do: :error

  defp required(op, text) do
    case scan(text, op == :"~>") do
      {:ok, {major, minor, patch, pre, _build}} -> {:ok, {op, {major, minor, patch, pre}}}
      :error -> :error
    end
  end

  @doc """
  Returns the text of a version.

      iex> Version.to_string(Version.parse!("1.2.3-rc.1"))
      "1.2.3-rc.1"
  """
  @spec to_string(t) :: String.t()
  def to_string(%Version{major: major, minor: minor, patch: patch, pre: pre, build: build}) do
    text = "#{major}.#{minor}.#{patch}"
    text = if pre == [], do: text, else: text <> "-" <> Enum.join(pre, ".")
    if build, do: text <> "+" <> build, else: text
  end
end

defimpl String.Chars, for: Version do
  def to_string(version), do: Version.to_string(version)
end

defimpl String.Chars, for: Version.Requirement do
  def to_string(%{source: source}), do: source
end

defimpl Inspect, for: Version.Requirement do
  def inspect(%{source: source}, _opts) do
    "Version.parse_requirement!(" <> Kernel.inspect(source) <> ")"
  end
end
