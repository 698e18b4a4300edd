defmodule Code do
  @moduledoc """
  Parsing, evaluating, compiling and loading code.

  The compiler is reached through natives; this module checks arguments, reads files and turns
  parse errors into exceptions.
  """

  @type binding :: [{atom | tuple, any}]
  @type line :: non_neg_integer
  @type position :: line | {line, pos_integer}
  @type diagnostic(severity) :: %{
          required(:source) => Path.t() | nil,
          required(:file) => Path.t() | nil,
          required(:severity) => severity,
          required(:message) => String.t(),
          required(:position) => position,
          required(:stacktrace) => Exception.stacktrace(),
          required(:span) => {line, pos_integer} | nil,
          optional(:details) => term,
          optional(any) => any
        }

  # --------------------------------------------------------------------------------------------
  # Parsing
  # --------------------------------------------------------------------------------------------

  @doc """
  Parses source text into quoted code.

      iex> Code.string_to_quoted("1 + x")
      {:ok, {:+, [line: 1], [1, {:x, [line: 1], nil}]}}
  """
  @spec string_to_quoted(List.Chars.t(), keyword) ::
          {:ok, Macro.t()} | {:error, {location :: keyword, binary | {binary, binary}, binary}}
  def string_to_quoted(string, opts \\ []),
    do: :phial_code.string_to_quoted(to_text(string), opts)

  @doc """
  As `string_to_quoted/2`, raising on errors.

      iex> Code.string_to_quoted!("f(1)")
      {:f, [line: 1], [1]}
  """
  @spec string_to_quoted!(List.Chars.t(), keyword) :: Macro.t()
  def string_to_quoted!(string, opts \\ []) do
    text = to_text(string)

    case :phial_code.string_to_quoted(text, opts) do
      {:ok, quoted} -> quoted
      {:error, {meta, message, token}} -> raise_parse_error(meta, message, token, text, opts)
    end
  end

  @doc """
  Parses source text and gives its comments as well.

      iex> {:ok, {:a, _, nil}, [%{text: "# b"}]} = Code.string_to_quoted_with_comments("a # b")
  """
  @spec string_to_quoted_with_comments(List.Chars.t(), keyword) ::
          {:ok, Macro.t(), [map]} | {:error, {keyword, term, term}}
  def string_to_quoted_with_comments(string, opts \\ []),
    do: :phial_code.string_to_quoted_with_comments(to_text(string), opts)

  @doc """
  As `string_to_quoted_with_comments/2`, raising on errors.

      iex> {1, []} = Code.string_to_quoted_with_comments!("1")
  """
  @spec string_to_quoted_with_comments!(List.Chars.t(), keyword) :: {Macro.t(), [map]}
  def string_to_quoted_with_comments!(string, opts \\ []) do
    text = to_text(string)

    case :phial_code.string_to_quoted_with_comments(text, opts) do
      {:ok, quoted, comments} ->
        {quoted, comments}

      {:error, {meta, message, token}} ->
        raise_parse_error(meta, message, token, text, opts)
    end
  end

  defp to_text(string) when is_binary(string), do: string
  defp to_text(list) when is_list(list), do: :unicode.characters_to_binary(list)
  defp to_text(other), do: to_string(other)

  # The exception for a parse error depends on whether more input could have completed it.
  defp raise_parse_error(meta, message, token, text, opts) do
    file = Keyword.get(opts, :file, "nofile")
    first_line = Keyword.get(opts, :line, 1)
    incomplete? = message == "syntax error before: " and token == ""

    description =
      case message do
        _ when incomplete? -> "expression is incomplete"
        {prefix, suffix} -> prefix <> token <> suffix
        text -> text <> token
      end

    fields =
      [file: file, description: description] ++
        Keyword.take(meta, [
          :line,
          :column,
          :end_line,
          :end_column,
          :opening_delimiter,
          :closing_delimiter,
          :expected_delimiter
        ])

    line = Keyword.get(meta, :end_line, Keyword.get(meta, :line, 1))
    fields = fields ++ [snippet: source_line(text, line - first_line)]

    cond do
      Keyword.has_key?(meta, :closing_delimiter) ->
        raise MismatchedDelimiterError, [line_offset: first_line - 1] ++ fields

      incomplete? or Keyword.has_key?(meta, :expected_delimiter) or
          missing_terminator?(description) ->
        raise TokenMissingError, [line_offset: first_line - 1] ++ fields

      true ->
        raise SyntaxError, Keyword.take(fields, [:file, :line, :column, :description, :snippet])
    end
  end

  defp missing_terminator?(<<"missing terminator", _::binary>>), do: true
  defp missing_terminator?(_), do: false

  defp source_line(text, index) do
    case Enum.at(String.split(text, ["\r\n", "\n"]), index) do
      nil -> nil
      line -> line
    end
  end

  # --------------------------------------------------------------------------------------------
  # Evaluating
  # --------------------------------------------------------------------------------------------

  @doc """
  Evaluates source text; gives the value and the new binding.

      iex> Code.eval_string("a + b", a: 1, b: 2) |> elem(0)
      3
  """
  @spec eval_string(List.Chars.t(), binding, Macro.Env.t() | keyword) :: {term, binding}
  def eval_string(string, binding \\ [], opts \\ []) do
    {value, binding, _env} = eval_text(string, binding, opts)
    {value, newest_first(binding)}
  end

  defp eval_text(string, binding, opts) do
    env = env_for_eval(opts)

    parser =
      case opts do
        list when is_list(list) -> Keyword.take(list, [:line, :file, :column])
        _ -> []
      end

    quoted = string_to_quoted!(string, [file: env.file, line: env.line] ++ parser)
    :phial_code.eval_quoted(quoted, binding, env)
  end

  @doc """
  Evaluates quoted code; gives the value and the new binding.

      iex> Code.eval_quoted(quote(do: 1 + 2))
      {3, []}
  """
  @spec eval_quoted(Macro.t(), binding, Macro.Env.t() | keyword) :: {term, binding}
  def eval_quoted(quoted, binding \\ [], env_or_opts \\ []) do
    {value, binding, _env} = :phial_code.eval_quoted(quoted, binding, env_for_eval(env_or_opts))
    {value, newest_first(binding)}
  end

  defp newest_first(binding), do: :lists.reverse(:lists.sort(binding))

  @doc """
  As `eval_quoted/3` with an environment, which is returned as well.

      iex> {3, [], _env} = Code.eval_quoted_with_env(3, [], Code.env_for_eval([]))
  """
  @spec eval_quoted_with_env(Macro.t(), binding, Macro.Env.t(), keyword) ::
          {term, binding, Macro.Env.t()}
  def eval_quoted_with_env(quoted, binding, %{__struct__: Macro.Env} = env, opts \\ [])
      when is_list(binding) do
    {value, new, env} = :phial_code.eval_quoted(quoted, binding, env)

    if Keyword.get(opts, :prune_binding, false) do
      old = Map.new(binding)
      {value, for({k, v} <- new, not match?(%{^k => ^v}, old), do: {k, v}), env}
    else
      {value, new, env}
    end
  end

  @doc """
  Evaluates a file.

      Code.eval_file("config.exs")
  """
  @spec eval_file(binary, nil | binary) :: {term, binding}
  def eval_file(file, relative_to \\ nil) when is_binary(file) do
    file = find_file!(file, relative_to)
    eval_string(File.read!(file), [], file: file, line: 1)
  end

  @doc """
  An environment for evaluation, with Kernel imported.

      iex> Code.env_for_eval(file: "a.exs").file
      "a.exs"
  """
  @spec env_for_eval(Macro.Env.t() | keyword) :: Macro.Env.t()
  def env_for_eval(env_or_opts)
  def env_for_eval(%{__struct__: Macro.Env} = env), do: %{env | lexical_tracker: nil}

  def env_for_eval(opts) when is_list(opts) do
    case Keyword.fetch(opts, :file) do
      {:ok, file} when not is_binary(file) ->
        raise ArgumentError,
              "expected :file option to be a binary, got: #{inspect(file)}"

      _ ->
        :phial_code.env_for_eval(opts)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Compiling
  # --------------------------------------------------------------------------------------------

  @doc """
  Compiles source text; gives the modules that it defines with their binaries.

      iex> [{CompiledM, binary}] = Code.compile_string("defmodule CompiledM, do: def(f, do: 1)")
      iex> is_binary(binary)
      true
  """
  @spec compile_string(List.Chars.t(), binary) :: [{module, binary}]
  def compile_string(string, file \\ "nofile") when is_binary(file) do
    :phial_code.compile_quoted(string_to_quoted!(string, file: file), file)
  end

  @doc """
  Compiles quoted code; gives the modules that it defines with their binaries.

      iex> Code.compile_quoted(quote(do: 1 + 1))
      []
  """
  @spec compile_quoted(Macro.t(), binary) :: [{module, binary}]
  def compile_quoted(quoted, file \\ "nofile") when is_binary(file),
    do: :phial_code.compile_quoted(quoted, file)

  @doc """
  Compiles a file.

      Code.compile_file("lib/app.ex")
  """
  @spec compile_file(binary, nil | binary) :: [{module, binary}]
  def compile_file(file, relative_to \\ nil) when is_binary(file) do
    file = find_file!(file, relative_to)
    compile_string(File.read!(file), file)
  end

  @doc """
  Compiles a file unless that was done before; then `nil`.

      Code.require_file("test_helper.exs", __DIR__)
  """
  @spec require_file(binary, nil | binary) :: [{module, binary}] | nil
  def require_file(file, relative_to \\ nil) when is_binary(file) do
    file = find_file!(file, relative_to)

    if file in required_files() do
      nil
    else
      :phial_code.put_option(:required_files, [file | required_files()])
      compile_string(File.read!(file), file)
    end
  end

  @doc """
  Files that were required, see `require_file/2`.

      iex> is_list(Code.required_files())
      true
  """
  @spec required_files() :: [binary]
  def required_files, do: :phial_code.option(:required_files) || []

  @doc """
  Forgets required files.

      iex> Code.unrequire_files(["no_such_file.exs"])
      :ok
  """
  @spec unrequire_files([binary]) :: :ok
  def unrequire_files(files) when is_list(files) do
    :phial_code.put_option(:required_files, required_files() -- files)
    :ok
  end

  defp find_file!(file, relative_to) do
    file = if relative_to, do: Path.expand(file, relative_to), else: Path.expand(file)

    if File.regular?(file),
      do: file,
      else: raise(Code.LoadError, file: file, reason: :enoent)
  end

  # --------------------------------------------------------------------------------------------
  # Loading
  # --------------------------------------------------------------------------------------------

  @doc """
  Tells whether a module is loaded.

      iex> Code.loaded?(Kernel)
      true
  """
  @spec loaded?(module) :: boolean
  def loaded?(module) when is_atom(module), do: :phial_code.loaded?(module)

  @doc """
  Loads a module if it is not loaded yet.

      iex> Code.ensure_loaded(Atom)
      {:module, Atom}
      iex> Code.ensure_loaded(NoSuchModule)
      {:error, :nofile}
  """
  @spec ensure_loaded(module) ::
          {:module, module} | {:error, :embedded | :badfile | :nofile | :on_load_failure}
  def ensure_loaded(module) when is_atom(module), do: :phial_code.ensure_loaded(module)

  @doc """
  Loads a module if needed; tells whether that worked.

      iex> Code.ensure_loaded?(Atom)
      true
  """
  @spec ensure_loaded?(module) :: boolean
  def ensure_loaded?(module) when is_atom(module),
    do: match?({:module, ^module}, ensure_loaded(module))

  @doc """
  Loads a module if needed; raises if that fails.

      iex> Code.ensure_loaded!(Atom)
      Atom
  """
  @spec ensure_loaded!(module) :: module
  def ensure_loaded!(module) do
    case ensure_loaded(module) do
      {:module, module} ->
        module

      {:error, reason} ->
        raise ArgumentError,
              "could not load module #{inspect(module)} due to reason #{inspect(reason)}"
    end
  end

  @doc """
  Loads all modules of a list.

      iex> Code.ensure_all_loaded([Atom, String])
      :ok
  """
  @spec ensure_all_loaded([module]) :: :ok | {:error, [{module, term}]}
  def ensure_all_loaded(modules) when is_list(modules) do
    failed =
      for module <- modules, {:error, reason} <- [ensure_loaded(module)], do: {module, reason}

    if failed == [], do: :ok, else: {:error, failed}
  end

  @doc """
  Loads all modules of a list; raises if that fails.

      iex> Code.ensure_all_loaded!([Atom, String])
      :ok
  """
  @spec ensure_all_loaded!([module]) :: :ok
  def ensure_all_loaded!(modules) do
    case ensure_all_loaded(modules) do
      :ok ->
        :ok

      {:error, failed} ->
        lines =
          Enum.map_join(failed, "\n", fn {module, reason} ->
            "  * #{inspect(module)} due to reason #{inspect(reason)}"
          end)

        raise ArgumentError, "could not load the following modules:\n\n" <> lines
    end
  end

  @doc """
  As `ensure_loaded/1`, for use at compile time.

      iex> Code.ensure_compiled(Atom)
      {:module, Atom}
  """
  @spec ensure_compiled(module) ::
          {:module, module}
          | {:error, :embedded | :badfile | :nofile | :on_load_failure | :unavailable}
  def ensure_compiled(module) when is_atom(module) do
    case ensure_loaded(module) do
      {:error, :nofile} = error ->
        if :phial_module.open?(module), do: {:error, :unavailable}, else: error

      other ->
        other
    end
  end

  @doc """
  As `ensure_compiled/1`, raising on errors.

      iex> Code.ensure_compiled!(Atom)
      Atom
  """
  @spec ensure_compiled!(module) :: module
  def ensure_compiled!(module) do
    case ensure_compiled(module) do
      {:module, module} ->
        module

      {:error, :unavailable} ->
        raise ArgumentError,
              "could not load module #{inspect(module)} due to reason :unavailable because the " <>
                "module is currently being defined"

      {:error, reason} ->
        raise ArgumentError,
              "could not load module #{inspect(module)} due to reason #{inspect(reason)}"
    end
  end

  @doc """
  Whether compilation can wait for other modules; never here.

      iex> Code.can_await_module_compilation?()
      false
  """
  @spec can_await_module_compilation?() :: boolean
  def can_await_module_compilation?, do: false

  @doc """
  The documentation of a module in the `:docs_v1` format.

      iex> Code.fetch_docs(NoSuchModule)
      {:error, :module_not_found}
  """
  @spec fetch_docs(module | String.t()) ::
          {:docs_v1, term, term, term, term, term, term} | {:error, term}
  def fetch_docs(module) when is_atom(module) do
    case ensure_loaded(module) do
      {:module, _} -> :phial_code.docs(module) || {:error, :chunk_not_found}
      _ -> {:error, :module_not_found}
    end
  end

  def fetch_docs(path) when is_binary(path), do: {:error, :module_not_found}

  # --------------------------------------------------------------------------------------------
  # Diagnostics and options
  # --------------------------------------------------------------------------------------------

  @doc """
  Calls `fun` and collects the warnings and errors of the compiler meanwhile.

  With `log: true` they are printed as well.

      iex> Code.with_diagnostics(fn -> 1 end)
      {1, []}
  """
  @spec with_diagnostics(keyword, (-> result)) :: {result, [diagnostic(:warning | :error)]}
        when result: term
  def with_diagnostics(opts \\ [], fun) when is_list(opts) and is_function(fun, 0) do
    previous = :phial_code.diagnostics_start(Keyword.get(opts, :log, false))

    try do
      fun.()
    catch
      kind, reason ->
        :phial_code.diagnostics_stop(previous)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      result -> {result, :phial_code.diagnostics_stop(previous)}
    end
  end

  @doc """
  Prints a diagnostic to standard error.

      Code.print_diagnostic(diagnostic)
  """
  @spec print_diagnostic(diagnostic(:warning | :error), keyword) :: :ok
  def print_diagnostic(diagnostic, _opts \\ []) do
    position =
      case diagnostic.position do
        {line, column} -> ":#{line}:#{column}"
        0 -> ""
        line -> ":#{line}"
      end

    location =
      if diagnostic.file, do: "\n  #{Path.relative_to_cwd(diagnostic.file)}#{position}", else: ""

    IO.puts(:stderr, "#{diagnostic.severity}: #{diagnostic.message}#{location}\n")
  end

  @defaults %{
    docs: true,
    debug_info: true,
    ignore_module_conflict: false,
    relative_paths: true,
    no_warn_undefined: [],
    tracers: [],
    parser_options: [],
    on_undefined_variable: :raise,
    infer_signatures: true
  }

  @doc """
  Names of the compiler options.

      iex> :docs in Code.available_compiler_options()
      true
  """
  @spec available_compiler_options() :: [atom]
  def available_compiler_options, do: Map.keys(@defaults)

  @doc """
  The value of a compiler option.

      iex> Code.get_compiler_option(:docs)
      true
  """
  @spec get_compiler_option(atom) :: term
  def get_compiler_option(key) when is_atom(key) do
    case @defaults do
      %{^key => default} ->
        case :phial_code.option(key) do
          nil -> default
          {:set, value} -> value
        end

      _ ->
        raise "unknown compiler option: #{inspect(key)}"
    end
  end

  @doc """
  Sets a compiler option.

      iex> Code.put_compiler_option(:docs, true)
      :ok
  """
  @spec put_compiler_option(atom, term) :: :ok
  def put_compiler_option(key, value) when is_atom(key) do
    if is_map_key(@defaults, key) do
      :phial_code.put_option(key, {:set, value})
      :ok
    else
      raise "unknown compiler option: #{inspect(key)}"
    end
  end

  @doc """
  All compiler options.

      iex> Code.compiler_options().docs
      true
  """
  @spec compiler_options() :: map
  def compiler_options do
    for key <- available_compiler_options(), into: %{}, do: {key, get_compiler_option(key)}
  end

  @doc """
  Sets several compiler options and gives their old values.

      iex> Code.compiler_options(docs: true)
      %{docs: true}
  """
  @spec compiler_options(Enumerable.t()) :: map
  def compiler_options(opts) do
    for {key, value} <- opts, into: %{} do
      old = get_compiler_option(key)
      put_compiler_option(key, value)
      {key, old}
    end
  end

  @doc """
  Removes the temporary modules of evaluation; there are none.

      iex> Code.purge_compiler_modules()
      {:ok, 0}
  """
  @spec purge_compiler_modules() :: {:ok, non_neg_integer}
  def purge_compiler_modules, do: {:ok, 0}

  @doc """
  Adds a directory to the front of the code path.

      iex> Code.prepend_path(".")
      true
  """
  @spec prepend_path(Path.t(), keyword) :: boolean
  def prepend_path(path, _opts \\ []) do
    put_paths([Path.expand(path) | List.delete(paths(), Path.expand(path))])
    true
  end

  @doc """
  Adds directories to the front of the code path.

      iex> Code.prepend_paths(["."])
      :ok
  """
  @spec prepend_paths([Path.t()], keyword) :: :ok
  def prepend_paths(paths, opts \\ []), do: Enum.each(paths, &prepend_path(&1, opts))

  @doc """
  Adds a directory to the end of the code path.

      iex> Code.append_path(".")
      true
  """
  @spec append_path(Path.t(), keyword) :: boolean
  def append_path(path, _opts \\ []) do
    put_paths(List.delete(paths(), Path.expand(path)) ++ [Path.expand(path)])
    true
  end

  @doc """
  Adds directories to the end of the code path.

      iex> Code.append_paths(["."])
      :ok
  """
  @spec append_paths([Path.t()], keyword) :: :ok
  def append_paths(paths, opts \\ []), do: Enum.each(paths, &append_path(&1, opts))

  @doc """
  Removes a directory from the code path.

      iex> Code.delete_path("no_such_path")
      false
  """
  @spec delete_path(Path.t()) :: boolean
  def delete_path(path) do
    path = Path.expand(path)
    found? = path in paths()
    put_paths(List.delete(paths(), path))
    found?
  end

  @doc """
  Removes directories from the code path.

      iex> Code.delete_paths(["no_such_path"])
      :ok
  """
  @spec delete_paths([Path.t()]) :: :ok
  def delete_paths(paths), do: Enum.each(paths, &delete_path/1)

  defp paths, do: :phial_code.option(:code_paths) || []
  defp put_paths(paths), do: :phial_code.put_option(:code_paths, paths)

  # --------------------------------------------------------------------------------------------
  # Formatting
  # --------------------------------------------------------------------------------------------

  @doc """
  Formats source text.

      iex> Code.format_string!("1+2") |> IO.iodata_to_binary()
      "1 + 2"
  """
  @spec format_string!(binary, keyword) :: iodata
  def format_string!(string, opts \\ []) when is_binary(string) and is_list(opts),
    do: Code.Formatter.format_string!(string, opts)

  @doc """
  Formats a file.

      Code.format_file!("lib/app.ex")
  """
  @spec format_file!(binary, keyword) :: iodata
  def format_file!(file, opts \\ []) when is_binary(file) and is_list(opts) do
    [format_string!(File.read!(file), [file: file, line: 1] ++ opts), ?\n]
  end

  @doc """
  Quoted code as an algebra document, see `Inspect.Algebra`.

      iex> Code.quoted_to_algebra(quote(do: 1 + 2)) |> Inspect.Algebra.format(80) |> IO.iodata_to_binary()
      "1 + 2"
  """
  @spec quoted_to_algebra(Macro.t(), keyword) :: Inspect.Algebra.t()
  def quoted_to_algebra(quoted, opts \\ []), do: Macro.Printer.to_algebra(quoted, opts)
end
