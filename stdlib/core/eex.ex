defmodule EEx.SyntaxError do
  @moduledoc "A template could not be compiled."
  defexception [:message, :file, :line, :column]

  @impl true
  def message(%{file: file, line: line, column: column, message: message}) do
    "#{file}:#{line}:#{column}: #{message}"
  end
end

defmodule EEx.Engine do
  @moduledoc """
  What turns the tokens of a template into code. The functions here are the default: a body becomes one binary of its texts and
  the values of its `<%= %>` expressions.
  """

  @type state :: term

  @doc "The state at the beginning of a template."
  @callback init(opts :: keyword) :: state
  @doc "The code of the whole template."
  @callback handle_body(state) :: Macro.t()
  @doc "Called at the beginning of each nested body."
  @callback handle_begin(state) :: state
  @doc "The code of a nested body."
  @callback handle_end(state) :: Macro.t()
  @doc "Adds a text."
  @callback handle_text(state, [line: pos_integer, column: pos_integer], text :: String.t()) ::
              state
  @doc "Adds an expression with its marker."
  @callback handle_expr(state, marker :: String.t(), expr :: Macro.t()) :: state

  @doc """
  Expands `@name` to a lookup in the variable `assigns`.

      iex> EEx.Engine.handle_assign(1)
      1
  """
  @spec handle_assign(Macro.t()) :: Macro.t()
  def handle_assign({:@, meta, [{name, _, atom}]}) when is_atom(name) and is_atom(atom) do
    line = meta[:line] || 0

    quote line: line do
      EEx.Engine.fetch_assign!(var!(assigns), unquote(name))
    end
  end

  def handle_assign(arg), do: arg

  @doc false
  def fetch_assign!(assigns, key) do
    case Access.fetch(assigns, key) do
      {:ok, value} ->
        value

      :error ->
        keys = Enum.map(assigns, &elem(&1, 0))

        IO.warn(
          "assign @#{key} not available in EEx template. " <>
            "Please ensure all assigns are given as options. " <>
            "Available assigns: #{inspect(keys)}"
        )

        nil
    end
  end

  @doc "The empty state."
  @spec init(keyword) :: state
  def init(_opts), do: %{parts: [], code: [], count: 0}

  @doc "The empty state again, for a nested body."
  @spec handle_begin(state) :: state
  def handle_begin(state), do: %{state | parts: [], code: []}

  @doc "The code of a nested body."
  @spec handle_end(state) :: Macro.t()
  def handle_end(state), do: handle_body(state)

  @doc "The code of the template."
  @spec handle_body(state) :: Macro.t()
  def handle_body(%{parts: parts, code: code}) do
    {:__block__, [], :lists.reverse([{:<<>>, [], :lists.reverse(parts)} | code])}
  end

  @doc "Adds a text."
  @spec handle_text(state, keyword, String.t()) :: state
  def handle_text(state, _meta, text), do: %{state | parts: [text | state.parts]}

  @doc "Adds an expression: its value with the marker `=`, else only its effects."
  @spec handle_expr(state, String.t(), Macro.t()) :: state
  def handle_expr(%{count: count} = state, "=", ast) do
    var = Macro.var(:"arg#{count}", __MODULE__)

    assign =
      quote do
        unquote(var) = String.Chars.to_string(unquote(ast))
      end

    segment = quote do: unquote(var) :: binary
    %{state | code: [assign | state.code], parts: [segment | state.parts], count: count + 1}
  end

  def handle_expr(state, "", ast), do: %{state | code: [ast | state.code]}

  def handle_expr(_state, marker, _ast) when marker in ["/", "|"] do
    raise EEx.SyntaxError,
      message: "unsupported EEx syntax <%#{marker} %> (the syntax is valid but not supported by the current EEx engine)",
      file: "nofile",
      line: 1,
      column: 1
  end
end

defmodule EEx.SmartEngine do
  @moduledoc """
  The default engine: `@name` in a template is the assign `name`.
  """

  @behaviour EEx.Engine

  @impl true
  defdelegate init(opts), to: EEx.Engine

  @impl true
  defdelegate handle_body(state), to: EEx.Engine

  @impl true
  defdelegate handle_begin(state), to: EEx.Engine

  @impl true
  defdelegate handle_end(state), to: EEx.Engine

  @impl true
  defdelegate handle_text(state, meta, text), to: EEx.Engine

  @impl true
  def handle_expr(state, marker, expr) do
    EEx.Engine.handle_expr(state, marker, Macro.prewalk(expr, &EEx.Engine.handle_assign/1))
  end
end

defmodule EEx.Compiler do
  @moduledoc false

  ## Tokens

  # {:text, text, meta}, {:comment, text, meta}, {kind, marker, text, meta} with kind :expr, :start_expr, :middle_expr or
  # :end_expr, and {:eof, meta} at the end.
  def tokenize(source, opts) do
    line = Keyword.get(opts, :line, 1)
    column = 1 + Keyword.get(opts, :indentation, 0)

    try do
      tokens = scan(source, line, column, "", {line, column}, [])
      {:ok, if(opts[:trim], do: trim(tokens), else: tokens)}
    catch
      {:eex, message, line, column} -> {:error, message, %{line: line, column: column}}
    end
  end

  defp scan("<%%" <> rest, line, column, text, start, acc) do
    scan(rest, line, column + 3, text <> "<%", start, acc)
  end

  defp scan("<%!--" <> rest, line, column, text, start, acc) do
    case :binary.split(rest, "--%>") do
      [comment, rest] ->
        acc = [{:comment, comment, meta({line, column})} | flush(text, start, acc)]
        {line, column} = advance(comment, line, column + 5)
        scan(rest, line, column + 4, "", {line, column + 4}, acc)

      [_] ->
        throw({:eex, "expected closing '--%>' for EEx expression", line, column})
    end
  end

  defp scan("<%#" <> rest, line, column, text, start, acc) do
    {comment, rest} = close!(rest, line, column)
    acc = [{:comment, comment, meta({line, column})} | flush(text, start, acc)]
    {line, column} = advance(comment, line, column + 3)
    scan(rest, line, column + 2, "", {line, column + 2}, acc)
  end

  defp scan("<%" <> rest, line, column, text, start, acc) do
    {marker, rest} = marker(rest)
    {expr, rest} = close!(rest, line, column)
    token = {kind(expr), marker, expr, meta({line, column})}
    {next_line, next_column} = advance(expr, line, column + 2 + byte_size(marker))
    scan(rest, next_line, next_column + 2, "", {next_line, next_column + 2}, [token | flush(text, start, acc)])
  end

  defp scan("\n" <> rest, line, _column, text, start, acc) do
    scan(rest, line + 1, 1, text <> "\n", start, acc)
  end

  defp scan(<<char::utf8, rest::binary>>, line, column, text, start, acc) do
    scan(rest, line, column + 1, <<text::binary, char::utf8>>, start, acc)
  end

  defp scan("", line, column, text, start, acc) do
    :lists.reverse([{:eof, meta({line, column})} | flush(text, start, acc)])
  end

  defp flush("", _start, acc), do: acc
  defp flush(text, start, acc), do: [{:text, text, meta(start)} | acc]

  defp meta({line, column}), do: %{line: line, column: column}

  defp marker("=" <> rest), do: {"=", rest}
  defp marker("/" <> rest), do: {"/", rest}
  defp marker("|" <> rest), do: {"|", rest}
  defp marker(rest), do: {"", rest}

  defp close!(text, line, column) do
    case :binary.split(text, "%>") do
      [expr, rest] -> {expr, rest}
      [_] -> throw({:eex, "expected closing '%>' for EEx expression", line, column})
    end
  end

  defp advance(text, line, column) do
    case String.split(text, "\n") do
      [single] -> {line, column + String.length(single)}
      lines -> {line + length(lines) - 1, String.length(List.last(lines)) + 1}
    end
  end

  defp kind(expr) do
    expr = String.trim(expr)

    cond do
      expr == "end" or (match?("end" <> _, expr) and not word_char?(:binary.at(expr, 3))) ->
        if opens?(expr), do: :middle_expr, else: :end_expr

      expr in ["else", "after", "catch", "rescue"] ->
        :middle_expr

      String.ends_with?(expr, "->") ->
        if open_fn?(expr), do: :start_expr, else: :middle_expr

      opens?(expr) ->
        :start_expr

      true ->
        :expr
    end
  end

  defp opens?(expr) do
    expr == "do" or
      (String.ends_with?(expr, "do") and byte_size(expr) > 2 and
         not word_char?(:binary.at(expr, byte_size(expr) - 3)) and
         :binary.at(expr, byte_size(expr) - 3) != ?:)
  end

  # An arrow belongs to a fn if there is one that no end closes.
  defp open_fn?(expr) do
    words = words(expr, "", [])
    Enum.count(words, &(&1 == "fn")) > Enum.count(words, &(&1 == "end"))
  end

  defp words(<<c, rest::binary>>, word, acc) do
    if word_char?(c), do: words(rest, <<word::binary, c>>, acc), else: words(rest, "", [word | acc])
  end

  defp words("", word, acc), do: [word | acc]

  defp word_char?(c), do: c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c == ?_ or c == ?? or c == ?!

  # A tag that is alone on its line loses the white space around it; one new line stays.
  defp trim(tokens), do: trim(tokens, true)

  defp trim([{:text, text, meta}, token | rest], line_start?) when elem(token, 0) != :eof do
    if blank_tail?(text, line_start?) and blank_head?(rest) do
      tail = [token | trim(drop_head(rest), false)]
      if drop_tail(text) == "", do: tail, else: [{:text, drop_tail(text), meta} | tail]
    else
      [{:text, text, meta}, token | trim(rest, false)]
    end
  end

  defp trim([{:text, _, _} = text | rest], _line_start?), do: [text | trim(rest, false)]

  defp trim([token | rest], line_start?) do
    if line_start? and blank_head?(rest) do
      [token | trim(drop_head(rest), false)]
    else
      [token | trim(rest, false)]
    end
  end

  defp trim([], _line_start?), do: []

  defp blank_tail?(text, line_start?) do
    case String.split(text, "\n") do
      [single] -> line_start? and blank?(single)
      lines -> blank?(List.last(lines))
    end
  end

  defp drop_tail(text) do
    case String.split(text, "\n") do
      [_] -> ""
      lines -> lines |> List.replace_at(-1, "") |> Enum.join("\n")
    end
  end

  defp blank_head?([{:text, text, _} | _]) do
    case :binary.split(text, "\n") do
      [head, _] -> blank?(head)
      [_] -> false
    end
  end

  defp blank_head?([{:eof, _} | _]), do: true
  defp blank_head?(_tokens), do: false

  # All lines without text become one new line.
  defp drop_head([{:text, text, meta} | rest]) do
    [_ | lines] = String.split(text, "\n")
    [{:text, "\n" <> (lines |> drop_blank() |> Enum.join("\n")), meta} | rest]
  end

  defp drop_head(rest), do: rest

  defp drop_blank([line, next | lines]) do
    if blank?(line), do: drop_blank([next | lines]), else: [line, next | lines]
  end

  defp drop_blank(lines), do: lines

  defp blank?(text), do: String.trim(text) == ""

  ## Code

  def compile(source, opts) do
    file = Keyword.get(opts, :file, "nofile")

    case tokenize(source, opts) do
      {:ok, tokens} ->
        engine = Keyword.get(opts, :engine, EEx.SmartEngine)

        context = %{
          engine: engine,
          file: file,
          parser: Keyword.get(opts, :parser_options, [])
        }

        body(tokens, engine.init(opts), context)

      {:error, message, meta} ->
        raise EEx.SyntaxError, message: message, file: file, line: meta.line, column: meta.column
    end
  end

  defp body(tokens, state, context) do
    case fill(tokens, state, context) do
      {state, [{:eof, _}]} ->
        context.engine.handle_body(state)

      {_state, [{_kind, _marker, text, meta} | _]} ->
        raise EEx.SyntaxError,
          message: "unexpected #{label(text)}",
          file: context.file,
          line: meta.line,
          column: meta.column
    end
  end

  defp label(text), do: "expression <% #{String.trim(text)} %>"

  # Adds tokens to the engine's state up to one that ends a nested body.
  defp fill([{:text, text, meta} | rest], state, context) do
    fill(rest, context.engine.handle_text(state, [line: meta.line, column: meta.column], text), context)
  end

  defp fill([{:comment, _, _} | rest], state, context), do: fill(rest, state, context)

  defp fill([{:expr, marker, text, meta} | rest], state, context) do
    fill(rest, context.engine.handle_expr(state, marker, quoted(text, meta, context)), context)
  end

  defp fill([{:start_expr, marker, text, meta} | rest], state, context) do
    {source, bodies, rest} = block(rest, text, meta, [], state, context)

    ast =
      source
      |> quoted(meta, context)
      |> Macro.prewalk(fn
        {:__EEX__, _, [n]} -> :lists.nth(n + 1, :lists.reverse(bodies))
        other -> other
      end)

    fill(rest, context.engine.handle_expr(state, marker, ast), context)
  end

  defp fill(rest, state, _context), do: {state, rest}

  # The source of a block, with __EEX__(n) in place of its nested bodies.
  defp block(tokens, source, meta, bodies, state, context) do
    {inner, rest} = fill(tokens, context.engine.handle_begin(state), context)
    placeholder = "\n__EEX__(#{length(bodies)})\n"

    {source, bodies} =
      if blank_body?(tokens, rest) and clause_head?(source, rest) do
        {source, bodies}
      else
        {source <> placeholder, [context.engine.handle_end(inner) | bodies]}
      end

    case rest do
      [{:middle_expr, _, text, _} | rest] ->
        block(rest, source <> " " <> text, meta, bodies, state, context)

      [{:end_expr, _, text, _} | rest] ->
        {source <> " " <> text, bodies, rest}

      [{:eof, _}] ->
        raise EEx.SyntaxError,
          message: "expected a closing '<% end %>' for block expression in EEx",
          file: context.file,
          line: meta.line,
          column: meta.column
    end
  end

  # White space between `case x do` and its first clause is no body.
  defp blank_body?(tokens, rest) do
    tokens
    |> Enum.take(length(tokens) - length(rest))
    |> Enum.all?(fn
      {:text, text, _} -> String.trim(text) == ""
      {:comment, _, _} -> true
      _ -> false
    end)
  end

  defp clause_head?(source, [{:middle_expr, _, text, _} | _]) do
    String.ends_with?(String.trim(text), "->") and not String.ends_with?(String.trim(source), "->")
  end

  defp clause_head?(_source, _rest), do: false

  defp quoted(text, meta, context) do
    options = [file: context.file, line: meta.line, column: meta.column] ++ context.parser
    Code.string_to_quoted!(text, options)
  end
end

defmodule EEx do
  @moduledoc """
  Embedded Elixir: texts with `<% code %>`, `<%= value %>`, `<%% quoted %>` and `<%!-- comments --%>`.

      iex> EEx.eval_string("foo <%= bar %>", bar: "baz")
      "foo baz"
  """

  @type line :: non_neg_integer
  @type column :: non_neg_integer
  @type marker :: [?=] | [?/] | [?|] | []
  @type metadata :: %{column: column, line: line}
  @type token ::
          {:comment, charlist, metadata}
          | {:text, charlist, metadata}
          | {:expr | :start_expr | :middle_expr | :end_expr, marker, charlist, metadata}
          | {:eof, metadata}

  @doc """
  Defines a function from a template in a string.

      EEx.function_from_string(:def, :sample, "<%= a + b %>", [:a, :b])
  """
  defmacro function_from_string(kind, name, template, args \\ [], options \\ []) do
    quote bind_quoted: [
            kind: kind,
            name: name,
            template: template,
            args: args,
            options: options
          ] do
      info = Keyword.merge([file: __ENV__.file, line: __ENV__.line], options)
      args = Enum.map(args, fn arg -> {arg, [line: info[:line]], nil} end)
      compiled = EEx.compile_string(template, info)

      case kind do
        :def -> def(unquote(name)(unquote_splicing(args)), do: unquote(compiled))
        :defp -> defp(unquote(name)(unquote_splicing(args)), do: unquote(compiled))
      end
    end
  end

  @doc """
  Defines a function from a template in a file.

      EEx.function_from_file(:def, :page, "page.eex", [:title])
  """
  defmacro function_from_file(kind, name, file, args \\ [], options \\ []) do
    quote bind_quoted: [kind: kind, name: name, file: file, args: args, options: options] do
      info = Keyword.merge([file: IO.chardata_to_string(file), line: 1], options)
      args = Enum.map(args, fn arg -> {arg, [line: 1], nil} end)
      compiled = EEx.compile_file(file, info)
      @external_resource IO.chardata_to_string(file)
      @file IO.chardata_to_string(file)

      case kind do
        :def -> def(unquote(name)(unquote_splicing(args)), do: unquote(compiled))
        :defp -> defp(unquote(name)(unquote_splicing(args)), do: unquote(compiled))
      end
    end
  end

  @doc """
  Compiles a template to code. Options: `:file`, `:line`, `:indentation`, `:engine`, `:trim`, `:parser_options`.

      iex> EEx.compile_string("a") |> Code.eval_quoted() |> elem(0)
      "a"
  """
  @spec compile_string(String.t(), keyword) :: Macro.t()
  def compile_string(source, options \\ []) when is_binary(source) and is_list(options) do
    EEx.Compiler.compile(source, options)
  end

  @doc """
  Compiles a template in a file to code.

      EEx.compile_file("page.eex")
  """
  @spec compile_file(Path.t(), keyword) :: Macro.t()
  def compile_file(filename, options \\ []) when is_list(options) do
    filename = IO.chardata_to_string(filename)
    options = Keyword.merge([file: filename, line: 1], options)
    filename |> File.read!() |> compile_string(options)
  end

  @doc """
  Evaluates a template with variables.

      iex> EEx.eval_string("<%= @x %>", assigns: [x: 1])
      "1"
  """
  @spec eval_string(String.t(), keyword, keyword) :: String.t()
  def eval_string(source, bindings \\ [], options \\ []) when is_binary(source) do
    source |> compile_string(options) |> eval(bindings, options)
  end

  @doc """
  Evaluates a template in a file with variables.

      EEx.eval_file("page.eex", title: "Home")
  """
  @spec eval_file(Path.t(), keyword, keyword) :: String.t()
  def eval_file(filename, bindings \\ [], options \\ []) do
    filename = IO.chardata_to_string(filename)
    options = Keyword.put_new(options, :file, filename)
    filename |> compile_file(options) |> eval(bindings, options)
  end

  defp eval(compiled, bindings, options) do
    {result, _} = Code.eval_quoted(compiled, bindings, Keyword.take(options, [:file]))
    result
  end

  @doc """
  Returns the tokens of a template.

      iex> {:ok, tokens} = EEx.tokenize("foo")
      iex> length(tokens)
      2
  """
  @spec tokenize(IO.chardata(), keyword) ::
          {:ok, [token]} | {:error, String.t(), metadata}
  def tokenize(contents, opts \\ []) do
    case contents |> IO.chardata_to_string() |> EEx.Compiler.tokenize(opts) do
      {:ok, tokens} -> {:ok, Enum.map(tokens, &public/1)}
      error -> error
    end
  end

  defp public({kind, marker, text, meta}) do
    {kind, String.to_charlist(marker), String.to_charlist(text), meta}
  end

  defp public({kind, text, meta}), do: {kind, String.to_charlist(text), meta}
  defp public({:eof, meta}), do: {:eof, meta}
end
