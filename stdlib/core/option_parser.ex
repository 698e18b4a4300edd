defmodule OptionParser do
  @moduledoc """
  Parses command line arguments.

  Switches are `--long-name`, `--long-name=value`, `--no-flag` and short aliases `-a`. Their types (`:boolean`, `:count`,
  `:integer`, `:float`, `:string`, also with `:keep`) are given in `:strict`, which allows nothing else, or in `:switches`,
  which takes other switches too.

      iex> OptionParser.parse(["--limit", "3", "file"], strict: [limit: :integer])
      {[limit: 3], ["file"], []}
  """

  @type argv :: [String.t()]
  @type parsed :: keyword
  @type errors :: [{String.t(), String.t() | nil}]
  @type options :: [
          switches: keyword,
          strict: keyword,
          aliases: keyword,
          allow_nonexistent_atoms: boolean,
          return_separator: boolean
        ]

  defmodule ParseError do
    @moduledoc "The arguments are not what the switches allow."
    defexception [:message]
  end

  @doc """
  Parses `argv` into `{parsed, other_arguments, invalid}`.

      iex> OptionParser.parse(["-v"], strict: [verbose: :boolean], aliases: [v: :verbose])
      {[verbose: true], [], []}
  """
  @spec parse(argv, options) :: {parsed, argv, errors}
  def parse(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    collect(argv, config(opts), [], [], [], true)
  end

  @doc """
  Like `parse/2`, but raises `OptionParser.ParseError` when something is invalid.

      iex> OptionParser.parse!(["--limit", "3", "x"], strict: [limit: :integer])
      {[limit: 3], ["x"]}
  """
  @spec parse!(argv, options) :: {parsed, argv}
  def parse!(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    case parse(argv, opts) do
      {parsed, args, []} -> {parsed, args}
      {_, _, errors} -> raise ParseError, format_errors(errors, opts)
    end
  end

  @doc """
  Like `parse/2`, but stops at the first argument that is no switch.

      iex> OptionParser.parse_head(["--v", "sub", "--x"], strict: [v: :boolean, x: :boolean])
      {[v: true], ["sub", "--x"], []}
  """
  @spec parse_head(argv, options) :: {parsed, argv, errors}
  def parse_head(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    collect(argv, config(opts), [], [], [], false)
  end

  @doc """
  Like `parse_head/2`, but raises `OptionParser.ParseError` when something is invalid.

      iex> OptionParser.parse_head!(["--v", "sub"], strict: [v: :boolean])
      {[v: true], ["sub"]}
  """
  @spec parse_head!(argv, options) :: {parsed, argv}
  def parse_head!(argv, opts \\ []) when is_list(argv) and is_list(opts) do
    case parse_head(argv, opts) do
      {parsed, args, []} -> {parsed, args}
      {_, _, errors} -> raise ParseError, format_errors(errors, opts)
    end
  end

  defp collect(argv, config, opts, args, invalid, all?) do
    case step(argv, config) do
      {:ok, option, value, rest} ->
        opts = store(opts, option, value, Map.get(config.switches, option, []))
        collect(rest, config, opts, args, invalid, all?)

      {:invalid, option, value, rest} ->
        collect(rest, config, opts, args, [{option, value} | invalid], all?)

      {:undefined, option, _value, rest} ->
        invalid = if config.strict?, do: [{option, nil} | invalid], else: invalid
        collect(rest, config, opts, args, invalid, all?)

      {:error, ["--" | rest]} ->
        rest = if config.return_separator?, do: ["--" | rest], else: rest
        {:lists.reverse(opts), :lists.reverse(args, rest), :lists.reverse(invalid)}

      {:error, [arg | rest]} when all? ->
        collect(rest, config, opts, [arg | args], invalid, all?)

      # In the head mode the first argument ends the parse; also at the end of the list.
      {:error, rest} ->
        {:lists.reverse(opts), :lists.reverse(args, rest), :lists.reverse(invalid)}
    end
  end

  defp store(opts, option, value, kinds) do
    cond do
      :count in kinds -> Keyword.update(opts, option, value, fn count -> count + value end)
      :keep in kinds -> [{option, value} | opts]
      true -> [{option, value} | Keyword.delete(opts, option)]
    end
  end

  @doc """
  Parses one switch at the head of `argv`.

      iex> OptionParser.next(["--n", "4", "x"], strict: [n: :integer])
      {:ok, :n, 4, ["x"]}
  """
  @spec next(argv, options) ::
          {:ok, key :: atom, value :: term, argv}
          | {:invalid, String.t(), String.t() | nil, argv}
          | {:undefined, String.t(), String.t() | nil, argv}
          | {:error, argv}
  def next(argv, opts \\ []) when is_list(argv) and is_list(opts), do: step(argv, config(opts))

  defp config(opts) do
    {switches, strict?} =
      cond do
        opts[:switches] && opts[:strict] ->
          raise ArgumentError, ":switches and :strict cannot be given together"

        switches = opts[:switches] ->
          {switches, false}

        strict = opts[:strict] ->
          {strict, true}

        true ->
          IO.warn("not passing the :switches or :strict option to OptionParser is deprecated")
          {[], false}
      end

    %{
      switches: Map.new(switches, fn {name, kinds} -> {name, kinds!(List.wrap(kinds))} end),
      strict?: strict?,
      aliases: Keyword.get(opts, :aliases, []),
      new_atoms?: opts[:allow_nonexistent_atoms] || false,
      return_separator?: opts[:return_separator] || false
    }
  end

  defp kinds!(kinds) do
    case kinds -- [:boolean, :count, :integer, :float, :string, :keep] do
      [] ->
        kinds

      bad ->
        raise ArgumentError, "invalid switch types/modifiers: #{Enum.map_join(bad, ", ", &inspect/1)}"
    end
  end

  defp step([], _config), do: {:error, []}
  defp step(["--" | _] = argv, _config), do: {:error, argv}
  defp step(["-" | _] = argv, _config), do: {:error, argv}
  defp step(["- " <> _ | _] = argv, _config), do: {:error, argv}

  defp step(["--" <> option | rest], config) do
    {name, value} = split_value(option)
    switch(long(name, config), value, "--" <> name, rest, config)
  end

  defp step(["-" <> option = argument | rest] = argv, config) do
    {name, value} = split_value(option)
    original = "-" <> name

    cond do
      value == nil and number?(argument) ->
        {:error, argv}

      String.contains?(name, ["-", "_"]) ->
        {:undefined, original, value, rest}

      String.length(name) == 1 ->
        switch(short(name, config), value, original, rest, config)

      true ->
        step(spread(name, value) ++ rest, config)
    end
  end

  defp step(argv, _config), do: {:error, argv}

  defp split_value(option) do
    case :binary.split(option, "=") do
      [name, value] -> {name, value}
      [name] -> {name, nil}
    end
  end

  # -abc is -a -b -c, and -n12 is -n=12.
  defp spread(letters, value) do
    {letters, number} =
      letters |> String.graphemes() |> Enum.split_while(fn letter -> not (letter in digits()) end)

    value = if number == [], do: value, else: Enum.join(number) <> if(value, do: "=" <> value, else: "")
    dashed = Enum.map(letters, fn letter -> "-" <> letter end)
    if value, do: List.update_at(dashed, -1, fn last -> last <> "=" <> value end), else: dashed
  end

  defp digits, do: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]

  # A switch is {:plain | :negated, name}, or :unknown.
  defp long("no-" <> rest = name, config) do
    negated = key(rest, config)

    if negated && :boolean in Map.get(config.switches, negated, []) do
      {:negated, negated}
    else
      plain(key(name, config))
    end
  end

  defp long(name, config), do: plain(key(name, config))

  defp plain(nil), do: :unknown
  defp plain(key), do: {:plain, key}

  defp short(letter, config) do
    case key(letter, config) do
      nil ->
        :unknown

      key ->
        case Keyword.fetch(config.aliases, key) do
          {:ok, name} -> {:plain, name}
          :error -> :unknown
        end
    end
  end

  defp key(text, config) do
    cond do
      String.contains?(text, "_") -> nil
      config.new_atoms? -> text |> underscored() |> String.to_atom()
      true -> text |> underscored() |> existing_atom()
    end
  end

  defp underscored(text), do: :binary.replace(text, "-", "_", [:global])

  defp existing_atom(text) do
    try do
      String.to_existing_atom(text)
    rescue
      ArgumentError -> nil
    end
  end

  # An unknown short switch takes a value with it, a long one does not.
  defp switch(:unknown, nil, <<?-, c, _::binary>> = original, rest, _config) when c != ?- do
    if value?(rest) do
      {:undefined, original, hd(rest), tl(rest)}
    else
      {:undefined, original, true, rest}
    end
  end

  defp switch(:unknown, value, original, rest, _config), do: {:undefined, original, value, rest}

  defp switch({tag, option}, value, original, rest, config) do
    if config.strict? and not is_map_key(config.switches, option) do
      {:undefined, original, value, rest}
    else
      kinds = Map.get(config.switches, option, [])

      {value, kinds} =
        case tag do
          :negated when value == nil -> {false, [:boolean]}
          :negated -> {value, [:invalid]}
          :plain -> {value, kinds}
        end

      {value, kinds, rest} = with_value(value, kinds, rest, config)

      case typed(value, kinds) do
        {:ok, typed} -> {:ok, option, typed, rest}
        :invalid -> {:invalid, original, value, rest}
      end
    end
  end

  defp with_value(nil, kinds, rest, config) do
    cond do
      :boolean in kinds -> {true, kinds, rest}
      :count in kinds -> {1, kinds, rest}
      value?(rest) -> {hd(rest), kinds, tl(rest)}
      kinds == [] and config.strict? -> {nil, kinds, rest}
      kinds == [] -> {true, kinds, rest}
      true -> {nil, [:invalid], rest}
    end
  end

  defp with_value(value, kinds, rest, _config), do: {value, kinds, rest}

  # Whether the next argument can be a value.
  defp value?(["-" | _]), do: true
  defp value?(["- " <> _ | _]), do: true
  defp value?(["-" <> _ = argument | _]), do: number?(argument)
  defp value?([]), do: false
  defp value?(_), do: true

  defp number?(text), do: match?({_, ""}, Float.parse(text))

  defp typed(value, kinds) do
    cond do
      :invalid in kinds -> :invalid
      :boolean in kinds -> boolean(value)
      :count in kinds -> if value == 1, do: {:ok, 1}, else: :invalid
      :integer in kinds -> parsed(Integer.parse(value))
      :float in kinds -> parsed(Float.parse(value))
      true -> {:ok, value}
    end
  end

  defp boolean(value) when value in [true, "true"], do: {:ok, true}
  defp boolean(value) when value in [false, "false"], do: {:ok, false}
  defp boolean(_value), do: :invalid

  defp parsed({number, ""}), do: {:ok, number}
  defp parsed(_other), do: :invalid

  @doc """
  Turns options back into arguments.

      iex> OptionParser.to_argv(debug: true, name: "x", quiet: false)
      ["--debug", "--name", "x", "--no-quiet"]
  """
  @spec to_argv(Enumerable.t(), options) :: argv
  def to_argv(enum, options \\ []) do
    switches = Keyword.get(options, :switches, [])

    Enum.flat_map(enum, fn
      {_key, nil} ->
        []

      {key, true} ->
        [dashed(key)]

      {key, false} ->
        ["--no-" <> binary_part(dashed(key), 2, byte_size(dashed(key)) - 2)]

      {key, value} ->
        if is_integer(value) and :count in List.wrap(switches[key]) do
          List.duplicate(dashed(key), value)
        else
          [dashed(key), to_string(value)]
        end
    end)
  end

  defp dashed(key), do: "--" <> :binary.replace(Atom.to_string(key), "_", "-", [:global])

  @doc """
  Splits a line into arguments the way a shell does.

      iex> OptionParser.split("foo 'bar baz'")
      ["foo", "bar baz"]
  """
  @spec split(String.t()) :: argv
  def split(string) when is_binary(string) do
    words(String.trim_leading(string, " "), "", [], nil)
  end

  # [quote] is the quotation mark that is open.
  defp words(<<?\\, c, rest::binary>>, word, acc, nil) when c in [?\s, ?', ?"] do
    words(rest, <<word::binary, c>>, acc, nil)
  end

  defp words(<<?\\, q, rest::binary>>, word, acc, q), do: words(rest, <<word::binary, q>>, acc, q)

  defp words(<<q, rest::binary>>, word, acc, nil) when q == ?" or q == ?' do
    words(rest, word, acc, q)
  end

  defp words(<<q, rest::binary>>, word, acc, q), do: words(rest, word, acc, nil)

  defp words(<<?\s, rest::binary>>, word, acc, nil) do
    words(String.trim_leading(rest, " "), "", [word | acc], nil)
  end

  defp words(<<c, rest::binary>>, word, acc, quote), do: words(rest, <<word::binary, c>>, acc, quote)
  defp words(<<>>, "", acc, nil), do: :lists.reverse(acc)
  defp words(<<>>, word, acc, nil), do: :lists.reverse([word | acc])

  defp words(<<>>, _word, _acc, quote) do
    raise "argv string did not terminate properly, a #{<<quote>>} was opened but never closed"
  end

  ## Errors

  defp format_errors(errors, opts) do
    types = opts[:switches] || opts[:strict] || []
    count = length(errors)
    noun = if count == 1, do: "error", else: "errors"

    "#{count} #{noun} found!\n" <>
      Enum.map_join(errors, "\n", fn error -> format_error(error, opts, types) end)
  end

  defp format_error({option, nil}, opts, types) do
    case type(option, opts, types) do
      nil -> "#{option} : Unknown option#{suggestion(option, types)}"
      type -> "#{option} : Missing argument of type #{type}"
    end
  end

  defp format_error({option, value}, opts, types) do
    "#{option} : Expected type #{type(option, opts, types)}, got #{inspect(value)}"
  end

  defp type("--" <> option, _opts, types) do
    option |> underscored() |> existing_atom() |> type_of(types)
  end

  defp type("-" <> letter, opts, types) do
    letter = existing_atom(letter)
    type_of(letter && Keyword.get(opts[:aliases] || [], letter), types)
  end

  defp type_of(nil, _types), do: nil

  defp type_of(key, types) do
    kinds = types |> Keyword.get(key) |> List.wrap()
    List.first(kinds -- [:keep]) || List.first(kinds)
  end

  defp suggestion("--" <> name, types) do
    candidates =
      for {key, _} <- types,
          text = :binary.replace(Atom.to_string(key), "_", "-", [:global]),
          score = String.jaro_distance(name, text),
          score >= 0.8,
          do: {score, text}

    case Enum.sort(candidates, :desc) do
      [] -> ""
      [{_, best} | _] -> ". Did you mean --#{best}?"
    end
  end

  defp suggestion(_option, _types), do: ""
end
