# Exceptions of the compiler and of the standard library, and ErlangError, which turns the error
# reasons of the virtual machine into exceptions.

defmodule ErlangError do
  @moduledoc "Raised for errors that have no exception of their own."
  defexception [:original, :reason]

  @impl true
  def message(%{original: original, reason: nil}), do: "Erlang error: #{inspect(original)}"

  def message(%{original: original, reason: reason}),
    do: IO.iodata_to_binary(["Erlang error: #{inspect(original)}", reason])

  @doc false
  def normalize(reason, stacktrace)

  def normalize(:badarg, stacktrace) do
    case stacktrace do
      [{:erlang, :apply, [module, function, args], _} | _] ->
        %ArgumentError{message: apply_text(module, function, args)}

      _ ->
        case error_info(:badarg, stacktrace, "errors were found at the given arguments") do
          nil -> %ArgumentError{}
          text -> %ArgumentError{message: text}
        end
    end
  end

  def normalize(:badarith, _stacktrace), do: %ArithmeticError{}
  def normalize(:system_limit, _stacktrace), do: %SystemLimitError{}
  def normalize(:cond_clause, _stacktrace), do: %CondClauseError{}
  def normalize({:badarity, {fun, args}}, _), do: %BadArityError{function: fun, args: args}
  def normalize({:badfun, term}, _stacktrace), do: %BadFunctionError{term: term}
  def normalize({:badstruct, struct, term}, _), do: %BadStructError{struct: struct, term: term}
  def normalize({:badmatch, term}, _stacktrace), do: %MatchError{term: term}
  def normalize({:badmap, term}, _stacktrace), do: %BadMapError{term: term}
  def normalize({:badbool, op, term}, _), do: %BadBooleanError{operator: op, term: term}

  def normalize({:badkey, key}, stacktrace),
    do: %KeyError{key: key, term: searched(stacktrace)}

  def normalize({:badkey, key, nil}, _stacktrace),
    do: %KeyError{key: key, term: nil, message: KeyError.__describe__(key, nil)}

  def normalize({:badkey, key, term}, _stacktrace), do: %KeyError{key: key, term: term}
  def normalize({:case_clause, term}, _stacktrace), do: %CaseClauseError{term: term}
  def normalize({:else_clause, term}, _stacktrace), do: %WithClauseError{term: term}
  def normalize({:try_clause, term}, _stacktrace), do: %TryClauseError{term: term}

  def normalize({:badarg, payload}, _stacktrace),
    do: %ArgumentError{message: "argument error: #{inspect(payload)}"}

  def normalize(:undef, stacktrace) do
    case stacktrace do
      [{module, function, args, _} | _] ->
        %UndefinedFunctionError{module: module, function: function, arity: arity(args)}

      _ ->
        %UndefinedFunctionError{}
    end
  end

  def normalize(:function_clause, stacktrace) do
    case stacktrace do
      [{module, function, args, _} | _] ->
        %FunctionClauseError{module: module, function: function, arity: arity(args)}

      _ ->
        %FunctionClauseError{}
    end
  end

  def normalize(other, stacktrace) do
    %ErlangError{original: other, reason: error_info(other, stacktrace, "")}
  end

  defp arity(args) when is_list(args), do: length(args)
  defp arity(arity), do: arity

  # The map in which a key was looked up, for functions that fail without naming it.
  defp searched([{Map, :get_and_update!, [map, _, _], _} | _]), do: map
  defp searched([{Map, :update!, [map, _, _], _} | _]), do: map
  defp searched([{:maps, :update, [_, _, map], _} | _]), do: map
  defp searched([{:maps, :get, [_, map], _} | _]), do: map
  defp searched([{:erlang, :map_get, [_, map], _} | _]), do: map
  defp searched(_), do: nil

  defp apply_text(module, function, args) do
    cond do
      is_atom(module) and is_atom(function) ->
        "errors were found at the given arguments:\n\n  * 3rd argument: not a list\n"

      is_atom(module) ->
        "you attempted to apply #{inspect(function)} as a function. Functions (the second " <>
          "argument of apply) must always be an atom"

      args == [] and is_atom(function) ->
        "you attempted to apply a function named #{inspect(function)} on #{inspect(module)}. " <>
          "If you are using Kernel.apply/3, make sure the module is an atom. " <>
          "If you are using the dot syntax, such as module.function(), make sure " <>
          "the left-hand side of the dot is an atom representing a module"

      true ->
        "you attempted to apply a function on #{inspect(module)}. Modules (the first argument " <>
          "of apply) must always be an atom"
    end
  end

  # The first stack entry of a failed built-in holds its arguments; another module knows what
  # is wrong with them. Gives nil when nothing is known.
  defp error_info(reason, stacktrace, intro) do
    case stacktrace do
      [{_module, _function, args, location} | _] when is_list(location) ->
        case :lists.keyfind(:error_info, 1, location) do
          {:error_info, %{module: formatter} = info} ->
            function = :maps.get(:function, info, :format_error)
            describe(formatter, function, reason, stacktrace, args, intro)

          _ ->
            nil
        end

      _ ->
        nil
    end
  end

  defp describe(formatter, function, reason, stacktrace, args, intro) do
    errors =
      try do
        apply(formatter, function, [reason, stacktrace])
      catch
        _, _ -> %{}
      end

    lines =
      if is_list(args) do
        for n <- 1..length(args)//1, text = errors[n], do: "  * #{ordinal(n)} argument: #{text}\n"
      else
        []
      end

    general = errors[:general]

    cond do
      lines != [] -> IO.iodata_to_binary([intro, ":\n\n", lines])
      general && reason == :badarg -> IO.iodata_to_binary(general)
      general -> IO.iodata_to_binary([": ", general])
      true -> nil
    end
  end

  defp ordinal(1), do: "1st"
  defp ordinal(2), do: "2nd"
  defp ordinal(3), do: "3rd"
  defp ordinal(n), do: "#{n}th"
end

defmodule CompileError do
  @moduledoc "Raised when code does not compile."
  defexception [:file, :line, description: "compile error"]

  @impl true
  def message(%{file: file, line: line, description: description}) do
    case Exception.format_file_line(file && Path.relative_to_cwd(file), line) do
      "" -> description
      location -> location <> " " <> description
    end
  end
end

defmodule Kernel.TypespecError do
  @moduledoc "Raised when a type specification is wrong."
  defexception [:file, :line, :description]

  @impl true
  def message(%{file: file, line: line, description: description}) do
    case Exception.format_file_line(file && Path.relative_to_cwd(file), line) do
      "" -> description
      location -> location <> " " <> description
    end
  end
end

defmodule Exception.Snippet do
  @moduledoc false
  # Draws the source line of a syntax error with a mark under the column.

  def format(exception, opening \\ nil)

  def format(
        %{file: file, line: line, column: column, description: description} = exception,
        opening
      ) do
    exception = Map.put(exception, :opening, opening)
    location = Exception.format_file_line_column(file, line, column)
    location = String.trim_trailing(location, ":")

    case Map.get(exception, :snippet) do
      snippet when is_binary(snippet) and snippet != "" ->
        mark = mark(exception, line, column)
        number = Integer.to_string(line || 0)
        pad = String.duplicate(" ", max(String.length(number), 3) + 1)
        gutter = String.duplicate(" ", max(3 - String.length(number), 0)) <> number

        "#{pad}error: #{String.replace(description, "\n", "\n#{pad}")}\n#{pad}│\n" <>
          "#{gutter} │ #{source_line(snippet)}\n" <>
          Enum.map_join(mark, "\n", fn text -> "#{pad}│ #{text}" end) <>
          "\n#{pad}│\n#{pad}└─ #{location}"

      _ ->
        "    error: #{String.replace(description, "\n", "\n    ")}\n    └─ #{location}"
    end
  end

  # What stands under the source line: the place of the error and of an unclosed delimiter.
  defp mark(%{opening_delimiter: opening} = exception, line, column)
       when opening != nil and column != nil do
    expected = delimiter(exception.expected_delimiter)

    note =
      case exception do
        %{closing_delimiter: closing} when closing != nil ->
          "└ mismatched closing delimiter (expected \"#{expected}\")"

        _ ->
          "└ missing closing delimiter (expected \"#{expected}\")"
      end

    case exception.opening do
      {^line, start} when start < column ->
        [
          spaces(start - 1) <> "│" <> spaces(column - start - 1) <> note,
          spaces(start - 1) <> "└ unclosed delimiter"
        ]

      _ ->
        [spaces(column - 1) <> note]
    end
  end

  defp mark(_exception, _line, column), do: [spaces((column || 1) - 1) <> "^"]

  defp spaces(n), do: String.duplicate(" ", max(n, 0))

  defp delimiter(nil), do: "end"
  defp delimiter(delimiter), do: to_string(delimiter)

  defp source_line(snippet), do: snippet |> String.split("\n") |> hd()
end

defmodule SyntaxError do
  @moduledoc "Raised when source text does not parse."
  defexception [:file, :line, :column, :snippet, description: "syntax error"]

  @impl true
  def message(%{file: file, line: line, column: column} = exception) do
    where = Exception.format_file_line_column(file && Path.relative_to_cwd(file), line, column)
    "invalid syntax found on #{where}\n" <> Exception.Snippet.format(exception)
  end
end

defmodule TokenMissingError do
  @moduledoc "Raised when source text ends too early."
  defexception [
    :file,
    :line,
    :column,
    :end_line,
    :end_column,
    :snippet,
    :opening_delimiter,
    :expected_delimiter,
    :line_offset,
    description: "expression is incomplete"
  ]

  @impl true
  def message(%{file: file} = exception) do
    line = exception.end_line || exception.line
    column = exception.end_column || exception.column
    where = Exception.format_file_line_column(file && Path.relative_to_cwd(file), line, column)

    "token missing on #{where}\n" <>
      Exception.Snippet.format(
        %{exception | line: line, column: column},
        {exception.line, exception.column}
      )
  end
end

defmodule MismatchedDelimiterError do
  @moduledoc "Raised when a closing delimiter does not fit the opening one."
  defexception [
    :file,
    :line,
    :column,
    :end_line,
    :end_column,
    :line_offset,
    :opening_delimiter,
    :closing_delimiter,
    :expected_delimiter,
    :snippet,
    description: "mismatched delimiter"
  ]

  @impl true
  def message(%{file: file} = exception) do
    line = exception.end_line || exception.line
    column = exception.end_column || exception.column
    where = Exception.format_file_line_column(file && Path.relative_to_cwd(file), line, column)

    "mismatched delimiter found on #{where}\n" <>
      Exception.Snippet.format(
        %{exception | line: line, column: column},
        {exception.line, exception.column}
      )
  end
end

defmodule Code.LoadError do
  @moduledoc "Raised when a file cannot be loaded."
  defexception [:file, :message, :reason]

  @impl true
  def exception(opts) do
    file = opts[:file]
    reason = opts[:reason]
    message = "could not load #{file}"
    message = if reason, do: message <> ". Reason: #{reason}", else: message
    %Code.LoadError{message: message, file: file, reason: reason}
  end
end

defmodule MissingApplicationsError do
  @moduledoc "Raised when applications that are needed are not available."
  defexception [:apps, description: "missing applications found"]

  @impl true
  def message(%{apps: apps, description: description}) do
    lines = Enum.map_join(apps, ",\n", fn app -> "  #{inspect(app)}" end)

    description <>
      "\n\nYou may need to install the missing applications:\n\n[\n#{lines}\n]\n"
  end
end

defmodule UnicodeConversionError do
  @moduledoc "Raised when data is not valid Unicode."
  defexception [:encoded, :message]

  @impl true
  def exception(opts) do
    %UnicodeConversionError{
      encoded: Keyword.fetch!(opts, :encoded),
      message: "#{Keyword.fetch!(opts, :kind)} #{detail(Keyword.fetch!(opts, :rest))}"
    }
  end

  defp detail(rest) when is_binary(rest), do: "encoding starting at #{inspect(rest)}"
  defp detail([head | _]) when is_integer(head), do: "code point #{head}"
  defp detail([head | _]), do: detail(head)
end

defmodule Enum.EmptyError do
  @moduledoc "Raised when an enumerable has no elements but needs one."
  defexception message: "empty error"
end

defmodule Enum.OutOfBoundsError do
  @moduledoc "Raised when a position is outside of an enumerable."
  defexception message: "out of bounds error"
end

defmodule IO.StreamError do
  @moduledoc "Raised when reading from or writing to a stream fails."
  defexception [:reason, :message]

  @impl true
  def exception(opts) do
    reason = opts[:reason]
    formatted = IO.iodata_to_binary(:file.format_error(reason))
    %IO.StreamError{message: "error during streaming: #{formatted}", reason: reason}
  end
end

defmodule File.Error do
  @moduledoc "Raised when an operation on a file fails."
  defexception [:reason, :path, action: ""]

  @impl true
  def message(%{action: action, reason: reason, path: path}) do
    formatted =
      case {action, reason} do
        {"remove directory", :eexist} ->
          "directory is not empty"

        _ ->
          IO.iodata_to_binary(:file.format_error(reason))
      end

    "could not #{action} #{inspect(path)}: #{formatted}"
  end
end

defmodule File.CopyError do
  @moduledoc "Raised when copying a file fails."
  defexception [:reason, :source, :destination, on: "", action: ""]

  @impl true
  def message(exception) do
    formatted = IO.iodata_to_binary(:file.format_error(exception.reason))

    location =
      case exception.on do
        "" -> ""
        on -> ". #{on}"
      end

    "could not #{exception.action} from #{inspect(exception.source)} to " <>
      "#{inspect(exception.destination)}#{location}: #{formatted}"
  end
end

defmodule File.RenameError do
  @moduledoc "Raised when renaming a file fails."
  defexception [:reason, :source, :destination, on: "", action: ""]

  @impl true
  def message(exception) do
    formatted = IO.iodata_to_binary(:file.format_error(exception.reason))

    location =
      case exception.on do
        "" -> ""
        on -> ". #{on}"
      end

    "could not #{exception.action} from #{inspect(exception.source)} to " <>
      "#{inspect(exception.destination)}#{location}: #{formatted}"
  end
end

defmodule File.LinkError do
  @moduledoc "Raised when making a link fails."
  defexception [:reason, :existing, :new, action: ""]

  @impl true
  def message(exception) do
    formatted = IO.iodata_to_binary(:file.format_error(exception.reason))

    "could not #{exception.action} from #{inspect(exception.existing)} to " <>
      "#{inspect(exception.new)}: #{formatted}"
  end
end

defmodule Regex.CompileError do
  @moduledoc "Raised when a regular expression does not compile."
  defexception message: "regex could not be compiled"
end
