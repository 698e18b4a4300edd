# Errors of matching and of calling: the exceptions that the language itself raises.

defmodule RuntimeError do
  @moduledoc "Raised by `raise/1` with a string."
  defexception message: "runtime error"
end

defmodule ArgumentError do
  @moduledoc "Raised when an argument is not acceptable."
  defexception message: "argument error"
end

defmodule ArithmeticError do
  @moduledoc "Raised by arithmetic on values it is not defined for."
  defexception message: "bad argument in arithmetic expression"

  @binary [:+, :-, :*, :/]
  @named [:div, :rem, :band, :bor, :bxor, :bsl, :bsr]

  @impl true
  def blame(%{message: message} = exception, [{:erlang, fun, args, _} | _] = stacktrace)
      when is_list(args) do
    text =
      case args do
        [x] when fun in [:+, :-] -> "#{fun}(#{inspect(x)})"
        [x, y] when fun in @binary -> "#{inspect(x)} #{fun} #{inspect(y)}"
        [x, y] when fun in [:div, :rem] -> "#{fun}(#{inspect(x)}, #{inspect(y)})"
        [x, y] when fun in @named -> "Bitwise.#{fun}(#{inspect(x)}, #{inspect(y)})"
        [x] when fun == :bnot -> "Bitwise.bnot(#{inspect(x)})"
        _ -> nil
      end

    if text,
      do: {%{exception | message: message <> ": " <> text}, stacktrace},
      else: {exception, stacktrace}
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}
end

defmodule SystemLimitError do
  @moduledoc "Raised when a limit of the virtual machine is reached."
  defexception message: "a system limit has been reached"
end

defmodule BadFunctionError do
  @moduledoc "Raised when something that is not a function is called."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "expected a function, got: #{inspect(term)}"
end

defmodule BadStructError do
  @moduledoc "Raised when a term is not the struct that is expected."
  defexception [:struct, :term]

  @impl true
  def message(%{struct: struct, term: term}),
    do: "expected a struct named #{inspect(struct)}, got: #{inspect(term)}"
end

defmodule BadMapError do
  @moduledoc "Raised when a term is not a map."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "expected a map, got: #{inspect(term)}"
end

defmodule BadBooleanError do
  @moduledoc "Raised when an operator expects a boolean on its left side."
  defexception [:term, :operator]

  @impl true
  def message(%{term: term, operator: operator}),
    do: "expected a boolean on left-side of \"#{operator}\", got: #{inspect(term)}"
end

defmodule MatchError do
  @moduledoc "Raised when a pattern does not match."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "no match of right hand side value: #{inspect(term)}"
end

defmodule CaseClauseError do
  @moduledoc "Raised when no clause of a `case` matches."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "no case clause matching: #{inspect(term)}"
end

defmodule WithClauseError do
  @moduledoc "Raised when no `else` clause of a `with` matches."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "no with clause matching: #{inspect(term)}"
end

defmodule CondClauseError do
  @moduledoc "Raised when no condition of a `cond` is truthy."
  defexception []

  @impl true
  def message(_exception), do: "no cond clause evaluated to a truthy value"
end

defmodule TryClauseError do
  @moduledoc "Raised when no `else` clause of a `try` matches."
  defexception [:term]

  @impl true
  def message(%{term: term}), do: "no try clause matching: #{inspect(term)}"
end

defmodule BadArityError do
  @moduledoc "Raised when a function is called with the wrong number of arguments."
  defexception [:function, :args]

  @impl true
  def message(%{function: function, args: args}) do
    {:arity, arity} = :erlang.fun_info(function, :arity)
    "#{inspect(function)} with arity #{arity} called with #{describe(args)}"
  end

  defp describe([]), do: "no arguments"

  defp describe(args) do
    shown = :erlang.iolist_to_binary(:lists.join(", ", for(arg <- args, do: inspect(arg))))
    count = length(args)
    noun = if count == 1, do: "argument", else: "arguments"
    "#{count} #{noun} (#{shown})"
  end
end

defmodule UndefinedFunctionError do
  @moduledoc "Raised when a function that does not exist is called."
  defexception [:module, :function, :arity, :reason, :message]

  @impl true
  def message(%{message: nil} = exception) do
    {text, _loaded?} = describe(exception)
    text
  end

  def message(%{message: message}), do: message

  defp describe(%{function: function, arity: arity})
       when is_nil(function) or is_nil(arity),
       do: {"undefined function", false}

  defp describe(%{module: nil, function: function, arity: arity, reason: nil}) do
    {"function nil.#{Macro.inspect_atom(:remote_call, function)}/#{arity} is undefined", false}
  end

  defp describe(%{module: module, function: function, arity: arity, reason: reason}) do
    mfa = Exception.format_mfa(module, function, arity)

    cond do
      is_binary(reason) and reason not in ["function not exported", "module could not be loaded"] ->
        {"function #{mfa} is undefined (#{reason})" <> alias_hint(module), false}

      loaded?(module) and reason != "module could not be loaded" ->
        {"function #{mfa} is undefined or private", true}

      true ->
        {"function #{mfa} is undefined (module #{inspect(module)} is not available)" <>
           alias_hint(module), false}
    end
  end

  defp loaded?(module), do: function_exported?(module, :module_info, 0)

  defp alias_hint(module) do
    # A single segment may be an alias that was forgotten.
    with <<"Elixir.", rest::binary>> <- :erlang.atom_to_binary(module),
         :nomatch <- :binary.match(rest, ".") do
      ". Make sure the module name is correct and has been specified in full " <>
        "(or that an alias has been defined)"
    else
      _ -> ""
    end
  end

  @impl true
  def blame(%{message: nil} = exception, stacktrace) do
    {text, loaded?} = describe(exception)
    hint = if loaded?, do: similar(exception), else: ""
    {%{exception | message: text <> hint}, stacktrace}
  end

  def blame(exception, stacktrace), do: {exception, stacktrace}

  defp similar(%{module: module, function: function, arity: arity}) do
    cond do
      macro_exported?(module, function, arity) ->
        ". However, there is a macro with the same name and arity. Be sure to require " <>
          "#{inspect(module)} if you intend to invoke this macro"

      true ->
        module
        |> exports()
        |> candidates(function, arity)
        |> listing()
    end
  end

  defp exports(module) do
    if function_exported?(module, :__info__, 1),
      do: module.__info__(:functions) ++ module.__info__(:macros),
      else: module.module_info(:exports)
  end

  defp candidates(exports, function, arity) do
    wanted = Atom.to_string(function)

    scored =
      for {name, exported_arity} <- exports,
          distance = String.jaro_distance(wanted, Atom.to_string(name)),
          distance > 0.77 or (name == function and exported_arity != arity),
          do: {distance, name, exported_arity}

    scored
    |> Enum.sort(fn {d1, n1, a1}, {d2, n2, a2} -> {-d1, n1, a1} <= {-d2, n2, a2} end)
    |> Enum.take(5)
    |> Enum.sort_by(fn {_, name, arity} -> {name, arity} end)
  end

  defp listing([]), do: ""

  defp listing(found) do
    lines =
      for {_, name, arity} <- found,
          do: "      * #{Macro.inspect_atom(:remote_call, name)}/#{arity}\n"

    ". Did you mean:\n\n" <> :erlang.iolist_to_binary(lines)
  end
end

defmodule FunctionClauseError do
  @moduledoc "Raised when no clause of a function matches its arguments."
  defexception [:module, :function, :arity, :kind, :args, :clauses]

  @clause_limit 10

  @impl true
  def message(%{function: nil}), do: "no function clause matches"

  def message(%{module: module, function: function, arity: arity} = exception) do
    "no function clause matching in " <>
      Exception.format_mfa(module, function, arity) <> blame_text(exception)
  end

  @impl true
  def blame(%{module: module, function: function, arity: arity} = exception, stacktrace) do
    case stacktrace do
      [{^module, ^function, args, meta} | rest] when is_list(args) and length(args) == arity ->
        exception =
          case Exception.blame_mfa(module, function, args) do
            {:ok, kind, clauses} -> %{exception | args: args, kind: kind, clauses: clauses}
            :error -> %{exception | args: args}
          end

        {exception, [{module, function, arity, meta} | rest]}

      _ ->
        {exception, stacktrace}
    end
  end

  # Every line of the explanation, the empty ones too, is indented by four spaces.
  defp blame_text(%{args: nil}), do: ""

  defp blame_text(%{module: module, function: function, arity: arity, args: args} = exception) do
    mfa = Exception.format_mfa(module, function, arity)

    shown =
      args
      |> Enum.with_index(1)
      |> Enum.map(fn {arg, index} -> ["\n    # #{index}\n    ", indent(inspect(arg)), "\n"] end)

    text = [
      "\n\nThe following arguments were given to #{mfa}:\n",
      shown,
      clauses_text(exception)
    ]

    text
    |> IO.iodata_to_binary()
    |> String.split("\n")
    |> Enum.map_join("\n", &("    " <> &1))
  end

  defp clauses_text(%{clauses: nil}), do: []

  defp clauses_text(%{clauses: clauses, kind: kind, function: function}) do
    {top, hidden} = Enum.split(clauses, @clause_limit)

    [
      "\nAttempted function clauses (showing #{length(top)} out of #{length(clauses)}):\n",
      for(clause <- top, do: ["\n    ", clause_text(kind, function, clause)]),
      "\n",
      if(hidden == [], do: [], else: "    ...\n    (#{length(hidden)} clauses not shown)\n")
    ]
  end

  defp clause_text(kind, function, {args, guards}) do
    head = "#{kind} #{function}(#{Enum.map_join(args, ", ", &part/1)})"
    Enum.reduce(guards, head, fn guard, acc -> acc <> " when " <> guard(guard) end)
  end

  defp guard({op, _, [left, right]}) when op in [:and, :or],
    do: "#{guard(left)} #{op} #{guard(right)}"

  defp guard(other), do: part(other)

  defp part(%{match?: true, node: node}), do: Macro.to_string(node)
  defp part(%{match?: false, node: node}), do: "-" <> Macro.to_string(node) <> "-"

  defp indent(text), do: String.replace(text, "\n", "\n    ")
end

defmodule KeyError do
  @moduledoc "Raised when a key is not found."
  defexception [:key, :term, :message]

  @impl true
  def message(%{message: nil} = exception), do: describe(exception)
  def message(%{message: message}), do: message

  defp describe(%{key: key, term: nil}), do: "key #{inspect(key)} not found"
  defp describe(%{key: key, term: term}), do: __describe__(key, term)

  @doc false
  def __describe__(key, term) do
    message =
      "key #{inspect(key)} not found in: #{inspect(term, pretty: true, limit: :infinity)}"

    cond do
      is_map(term) or is_list(term) ->
        message

      true ->
        message <>
          "\n\nIf you are using the dot syntax, such as map.field, make sure the left-hand " <>
          "side of the dot is a map"
    end
  end

  @impl true
  def blame(%{message: message} = exception, stacktrace) when is_binary(message),
    do: {exception, stacktrace}

  def blame(%{key: key, term: term} = exception, stacktrace) do
    keys =
      cond do
        is_map(term) -> :maps.keys(term)
        is_list(term) and Keyword.keyword?(term) -> Keyword.keys(term)
        true -> []
      end

    {%{exception | message: describe(exception) <> did_you_mean(key, keys)}, stacktrace}
  end

  defp did_you_mean(missing, keys) when is_atom(missing) do
    text = Atom.to_string(missing)

    similar =
      for key <- keys,
          is_atom(key),
          key != :__struct__,
          distance = String.jaro_distance(text, Atom.to_string(key)),
          distance > 0.77,
          do: {distance, key}

    case similar |> Enum.sort(fn {a, _}, {b, _} -> a >= b end) |> Enum.take(5) do
      [] ->
        ""

      found ->
        lines = for {_, key} <- Enum.sort_by(found, &elem(&1, 1)), do: "      * #{inspect(key)}\n"
        ". Did you mean:\n\n" <> :erlang.iolist_to_binary(lines)
    end
  end

  defp did_you_mean(_missing, _keys), do: ""
end

defmodule Protocol.UndefinedError do
  @moduledoc "Raised when a protocol is not implemented for a value."
  defexception [:protocol, :value, description: ""]

  @impl true
  def message(%{protocol: protocol, value: value, description: description}) do
    inspected =
      value
      |> inspect(pretty: true)
      |> String.split("\n")
      |> Enum.map_join("\n", fn
        "" -> ""
        line -> "    " <> line
      end)

    "protocol #{inspect(protocol)} not implemented for type #{type(value)}" <>
      if(description == "", do: "", else: ", " <> description) <>
      "\n\nGot value:\n\n#{inspected}\n"
  end

  defp type(%{__struct__: struct}) when is_atom(struct), do: "#{inspect(struct)} (a struct)"
  defp type(value) when is_atom(value), do: "Atom"
  defp type(value) when is_bitstring(value), do: "BitString"
  defp type(value) when is_float(value), do: "Float"
  defp type(value) when is_function(value), do: "Function"
  defp type(value) when is_integer(value), do: "Integer"
  defp type(value) when is_list(value), do: "List"
  defp type(value) when is_map(value), do: "Map"
  defp type(value) when is_pid(value), do: "PID"
  defp type(value) when is_port(value), do: "Port"
  defp type(value) when is_reference(value), do: "Reference"
  defp type(value) when is_tuple(value), do: "Tuple"
end
