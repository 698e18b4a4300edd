defmodule Exception do
  @moduledoc """
  Functions for exceptions, errors, exits, throws and stack traces.

  Formatting follows the conventions of the command line: a banner `** (Module) message`, then
  one indented line per stack entry.
  """

  @typedoc "The exception type."
  @type t :: %{
          required(:__struct__) => module,
          required(:__exception__) => true,
          optional(atom) => any
        }
  @type kind :: :error | non_error_kind
  @type non_error_kind :: :exit | :throw | {:EXIT, pid}
  @type stacktrace :: [stacktrace_entry]
  @type stacktrace_entry ::
          {module, atom, arity_or_args, location} | {(... -> any), arity_or_args, location}
  @type arity_or_args :: non_neg_integer | list
  @type location :: keyword

  @doc "Builds the exception that `raise/2` raises."
  @callback exception(term) :: t

  @doc "The message of an exception."
  @callback message(t) :: String.t()

  @doc "Adds information to an exception before it is shown to a person."
  @callback blame(t, stacktrace) :: {t, stacktrace}
  @optional_callbacks blame: 2

  @doc false
  def exception?(%{__struct__: module, __exception__: true}) when is_atom(module), do: true
  def exception?(_), do: false

  @doc """
  The message of an exception, whatever its module does.

      iex> Exception.message(%RuntimeError{message: "oops"})
      "oops"
  """
  @spec message(t) :: String.t()
  def message(%{__struct__: module, __exception__: true} = exception) when is_atom(module) do
    try do
      module.message(exception)
    rescue
      caught ->
        "got #{inspect(caught.__struct__)} with message #{inspect(message(caught))} " <>
          "while retrieving Exception.message/1 for #{inspect(exception)}. " <>
          "Stacktrace:\n#{format_stacktrace(__STACKTRACE__)}"
    else
      result when is_binary(result) ->
        result

      result ->
        "got #{inspect(result)} while retrieving Exception.message/1 for " <>
          "#{inspect(exception)} (expected a string)"
    end
  end

  @doc """
  Turns an error reason into an exception; other kinds keep their payload.

      iex> Exception.normalize(:error, :badarith)
      %ArithmeticError{message: "bad argument in arithmetic expression"}
      iex> Exception.normalize(:throw, 1)
      1
  """
  @spec normalize(kind, payload :: any, stacktrace) :: t | any
  def normalize(kind, payload, stacktrace \\ [])

  def normalize(:error, %{__struct__: module, __exception__: true} = exception, _stacktrace)
      when is_atom(module),
      do: exception

  def normalize(:error, payload, stacktrace), do: ErlangError.normalize(payload, stacktrace)
  def normalize(_kind, payload, _stacktrace), do: payload

  @doc """
  The first line that describes an error, throw or exit.

      iex> Exception.format_banner(:throw, :ball)
      "** (throw) :ball"
  """
  @spec format_banner(kind, any, stacktrace) :: String.t()
  def format_banner(kind, payload, stacktrace \\ [])

  def format_banner(:error, exception, stacktrace) do
    exception = normalize(:error, exception, stacktrace)
    "** (" <> inspect(exception.__struct__) <> ") " <> message(exception)
  end

  def format_banner(:throw, reason, _stacktrace), do: "** (throw) " <> inspect(reason)
  def format_banner(:exit, reason, _stacktrace), do: "** (exit) " <> format_exit(reason)

  def format_banner({:EXIT, pid}, reason, _stacktrace),
    do: "** (EXIT from #{inspect(pid)}) " <> format_exit(reason)

  @doc """
  Banner and stack trace.

      iex> Exception.format(:throw, :ball, [])
      "** (throw) :ball"
  """
  @spec format(kind, any, stacktrace) :: String.t()
  def format(kind, payload, stacktrace \\ [])
  def format({:EXIT, _} = kind, any, _), do: format_banner(kind, any)

  def format(kind, payload, stacktrace) do
    banner = format_banner(kind, payload, stacktrace)

    case stacktrace do
      [] -> banner
      _ -> banner <> "\n" <> format_stacktrace(stacktrace)
    end
  end

  # The text of an error that nobody rescued, as the command line prints it.
  @doc false
  def __format_uncaught__(kind, payload, stacktrace) do
    {payload, stacktrace} =
      try do
        blame(kind, payload, stacktrace)
      catch
        _, _ -> {normalize(kind, payload, stacktrace), stacktrace}
      end

    format(kind, payload, stacktrace)
  end

  # --------------------------------------------------------------------------------------------
  # Stack traces
  # --------------------------------------------------------------------------------------------

  @doc """
  One indented line for each entry.

      iex> Exception.format_stacktrace([{Mod, :fun, 0, [file: ~c"a.ex", line: 1]}])
      "    a.ex:1: Mod.fun/0\\n"
  """
  @spec format_stacktrace(stacktrace | nil) :: String.t()
  def format_stacktrace(trace \\ nil) do
    trace =
      case trace do
        nil ->
          case :erlang.process_info(self(), :current_stacktrace) do
            {:current_stacktrace, entries} -> drop_own(entries)
          end

        _ ->
          trace
      end

    case trace do
      [] -> "\n"
      _ -> "    " <> join(:lists.map(&format_stacktrace_entry/1, trace), "\n    ") <> "\n"
    end
  end

  defp drop_own([{Exception, _, _, _} | rest]), do: drop_own(rest)
  defp drop_own([{:erlang, :process_info, _, _} | rest]), do: drop_own(rest)
  defp drop_own(rest), do: rest

  defp join(strings, separator), do: :erlang.iolist_to_binary(:lists.join(separator, strings))

  @doc """
  One entry of a stack trace.

      iex> Exception.format_stacktrace_entry({Foo, :bar, 2, [file: ~c"foo.ex", line: 3]})
      "foo.ex:3: Foo.bar/2"
  """
  @spec format_stacktrace_entry(stacktrace_entry) :: String.t()
  def format_stacktrace_entry(entry)

  def format_stacktrace_entry({module, :__MODULE__, 0, location}),
    do: format_location(location) <> inspect(module) <> " (module)"

  def format_stacktrace_entry({_module, :__MODULE__, 1, location}),
    do: format_location(location) <> "(module)"

  def format_stacktrace_entry({_module, :__FILE__, 1, location}),
    do: format_location(location) <> "(file)"

  # Code outside of modules is compiled to a function of its own.
  def format_stacktrace_entry({:elixir_compiler_eval, :__run__, 0, location}),
    do: format_location(location) <> "(file)"

  def format_stacktrace_entry({module, fun, arity, location}) do
    format_application(module) <> format_location(location) <> format_mfa(module, fun, arity)
  end

  def format_stacktrace_entry({fun, arity, location}),
    do: format_location(location) <> format_fa(fun, arity)

  defp format_application(module) do
    with true <- function_exported?(:application, :get_application, 1),
         {:ok, app} <- :application.get_application(module) do
      case :application.get_key(app, :vsn) do
        {:ok, vsn} when is_list(vsn) ->
          "(" <> Atom.to_string(app) <> " " <> List.to_string(vsn) <> ") "

        _ ->
          "(" <> Atom.to_string(app) <> ") "
      end
    else
      _ -> ""
    end
  end

  defp format_location(location) when is_list(location) do
    file =
      case :lists.keyfind(:file, 1, location) do
        {:file, file} -> file
        false -> nil
      end

    line =
      case :lists.keyfind(:line, 1, location) do
        {:line, line} -> line
        false -> nil
      end

    format_file_line(file, line, " ")
  end

  defp format_location(_), do: ""

  @doc """
  `file:line:` followed by `suffix`; nothing without a file.

      iex> Exception.format_file_line("foo", 1)
      "foo:1:"
  """
  @spec format_file_line(String.t() | charlist | nil, non_neg_integer | nil, String.t()) ::
          String.t()
  def format_file_line(file, line, suffix \\ "") do
    cond do
      is_nil(file) -> ""
      is_nil(line) or line == 0 -> "#{file}:#{suffix}"
      true -> "#{file}:#{line}:#{suffix}"
    end
  end

  @doc """
  `file:line:column:` followed by `suffix`.

      iex> Exception.format_file_line_column("foo", 1, 2)
      "foo:1:2:"
  """
  @spec format_file_line_column(
          String.t() | nil,
          non_neg_integer | nil,
          non_neg_integer | nil,
          String.t()
        ) :: String.t()
  def format_file_line_column(file, line, column, suffix \\ "") do
    cond do
      is_nil(file) -> ""
      is_nil(line) or line == 0 -> "#{file}:#{suffix}"
      is_nil(column) or column == 0 -> "#{file}:#{line}:#{suffix}"
      true -> "#{file}:#{line}:#{column}:#{suffix}"
    end
  end

  @doc """
  An anonymous function with its arity or arguments.

      iex> Exception.format_fa(fn -> nil end, 1) =~ "#Function<"
      true
  """
  @spec format_fa(fun, arity) :: String.t()
  def format_fa(fun, arity) when is_function(fun), do: inspect(fun) <> format_arity(arity)

  @doc """
  A function of a module with its arity or arguments.

      iex> Exception.format_mfa(Foo, :bar, 1)
      "Foo.bar/1"
      iex> Exception.format_mfa(Foo, :bar, [:a])
      "Foo.bar(:a)"
  """
  @spec format_mfa(module, atom, arity_or_args) :: String.t()
  def format_mfa(module, fun, arity) when is_atom(module) and is_atom(fun) do
    case anonymous_parent(fun) do
      {name, parent_arity} ->
        "anonymous fn#{format_arity(arity)} in #{inspect(module)}." <>
          "#{Macro.inspect_atom(:remote_call, name)}/#{parent_arity}"

      nil ->
        "#{inspect(module)}.#{Macro.inspect_atom(:remote_call, fun)}#{format_arity(arity)}"
    end
  end

  defp format_arity(args) when is_list(args),
    do: "(" <> join(:lists.map(fn arg -> inspect(arg) end, args), ", ") <> ")"

  defp format_arity(arity) when is_integer(arity), do: "/" <> :erlang.integer_to_binary(arity)

  # Closures are compiled to functions named "-parent/arity-fun-index-".
  defp anonymous_parent(fun) do
    with <<"-", rest::binary>> <- :erlang.atom_to_binary(fun),
         [trailing | [_ | _] = reversed] <- :lists.reverse(:binary.split(rest, "/", [:global])),
         [arity, _inner, _count, ""] <- :binary.split(trailing, "-", [:global]) do
      {:erlang.binary_to_atom(join(:lists.reverse(reversed), "/")), arity}
    else
      _ -> nil
    end
  end

  # --------------------------------------------------------------------------------------------
  # Exits
  # --------------------------------------------------------------------------------------------

  @doc """
  An exit reason in words.

      iex> Exception.format_exit({:shutdown, :idle})
      "shutdown: :idle"
  """
  @spec format_exit(any) :: String.t()
  def format_exit(reason), do: format_exit(reason, "\n    ")

  defp format_exit({:shutdown, {:failed_to_start_child, child, {:EXIT, reason}}}, joiner),
    do: format_start_child(child, reason, joiner)

  defp format_exit({:shutdown, {:failed_to_start_child, child, reason}}, joiner),
    do: format_start_child(child, reason, joiner)

  defp format_exit({error, [_ | _] = stacktrace} = reason, joiner) do
    try do
      :lists.map(&format_stacktrace_entry/1, stacktrace)
    catch
      :error, _ -> format_reason(reason)
    else
      entries ->
        "an exception was raised:" <>
          joiner <>
          format_banner(:error, error, stacktrace) <>
          joiner <> "    " <> join(entries, joiner <> "    ")
    end
  end

  defp format_exit({inner, {module, fun, args}} = reason, joiner) do
    try do
      format_mfa(module, fun, args)
    catch
      :error, _ -> format_reason(reason)
    else
      mfa ->
        "exited in: " <> mfa <> joiner <> "** (EXIT) " <> format_exit(inner, joiner <> "    ")
    end
  end

  defp format_exit(reason, _joiner), do: format_reason(reason)

  defp format_start_child(child, reason, joiner) do
    "shutdown: failed to start child: " <>
      inspect(child) <> joiner <> "** (EXIT) " <> format_exit(reason, joiner <> "    ")
  end

  defp format_reason(:normal), do: "normal"
  defp format_reason(:shutdown), do: "shutdown"
  defp format_reason({:shutdown, reason}), do: "shutdown: " <> inspect(reason)
  defp format_reason(:calling_self), do: "process attempted to call itself"
  defp format_reason(:timeout), do: "time out"
  defp format_reason(:killed), do: "killed"
  defp format_reason(:noconnection), do: "no connection"

  defp format_reason(:noproc) do
    "no process: the process is not alive or there's no process currently associated with " <>
      "the given name, possibly because its application isn't started"
  end

  defp format_reason({:nodedown, node}) when is_atom(node),
    do: "no connection to " <> Atom.to_string(node)

  defp format_reason({:bad_return_value, value}), do: "bad return value: " <> inspect(value)
  defp format_reason({:bad_call, request}), do: "bad call: " <> inspect(request)
  defp format_reason({:bad_cast, request}), do: "bad cast: " <> inspect(request)

  defp format_reason({:start_spec, spec}),
    do: "bad child specification, invalid start: " <> inspect(spec)

  defp format_reason({:invalid_child_spec, spec}),
    do: "bad child specification, " <> inspect(spec)

  defp format_reason({:already_started, pid}), do: "already started: " <> inspect(pid)
  defp format_reason(reason), do: inspect(reason)

  # --------------------------------------------------------------------------------------------
  # Blame
  # --------------------------------------------------------------------------------------------

  @doc """
  Adds to an error what helps a person: arguments, clauses, similar names.

      iex> {error, _} = Exception.blame(:error, :badarg, [])
      iex> error
      %ArgumentError{message: "argument error"}
  """
  @spec blame(:error, any, stacktrace) :: {t, stacktrace}
  @spec blame(non_error_kind, payload, stacktrace) :: {payload, stacktrace} when payload: var
  def blame(kind, error, stacktrace)

  def blame(:error, error, stacktrace) do
    exception = normalize(:error, error, stacktrace)
    module = exception.__struct__

    :phial_code.ensure_loaded(module)

    if function_exported?(module, :blame, 2),
      do: module.blame(exception, stacktrace),
      else: {exception, stacktrace}
  end

  def blame(_kind, reason, stacktrace), do: {reason, stacktrace}

  @doc """
  Checks `args` against the clauses of a function.

  Gives the kind of the function, and for each clause its arguments and guards, each with
  whether it matched. `:error` if the clauses are not known.

      iex> Exception.blame_mfa(NoSuchModule, :f, [1])
      :error
  """
  @spec blame_mfa(module, atom, arity_or_args) ::
          {:ok, :def | :defp | :defmacro | :defmacrop, [{args :: [term], guards :: [term]}]}
          | :error
  def blame_mfa(module, function, args)
      when is_atom(module) and is_atom(function) and is_list(args) do
    case :phial_code.clauses(module, function, length(args)) do
      {kind, clauses} ->
        {:ok, kind, for({patterns, guards} <- clauses, do: blame_clause(patterns, guards, args))}

      nil ->
        :error
    end
  end

  defp blame_clause(patterns, guards, args) do
    {nodes, bindings} = blame_args(patterns, args, [], [])

    guards = for guard <- guards, do: blame_guard(guard, bindings)
    {nodes, guards}
  end

  defp blame_args([pattern | patterns], [arg | args], acc, bindings) do
    {match?, bindings} = try_match(pattern, arg, bindings)
    blame_args(patterns, args, [%{match?: match?, node: pattern} | acc], bindings)
  end

  defp blame_args([], [], acc, bindings), do: {:lists.reverse(acc), bindings}

  defp try_match(pattern, arg, bindings) do
    code = {:=, [], [strip_defaults(pattern), {:blamed_value, [], __MODULE__}]}

    try do
      {_, new, _} =
        :phial_code.eval_quoted(
          code,
          [{{:blamed_value, __MODULE__}, arg}],
          :phial_code.env_for_eval([])
        )

      {true, new ++ bindings}
    catch
      _, _ -> {false, bindings}
    end
  end

  defp strip_defaults({:\\, _, [pattern, _]}), do: pattern
  defp strip_defaults(pattern), do: pattern

  defp blame_guard({op, meta, [left, right]}, bindings) when op in [:and, :or],
    do: {op, meta, [blame_guard(left, bindings), blame_guard(right, bindings)]}

  defp blame_guard(node, bindings) do
    match? =
      try do
        elem(:phial_code.eval_quoted(node, bindings, :phial_code.env_for_eval([])), 0) == true
      catch
        _, _ -> false
      end

    %{match?: match?, node: node}
  end
end
