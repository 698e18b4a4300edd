defmodule Kernel.SpecialForms do
  @moduledoc """
  The forms that the compiler implements itself. They cannot be overridden and need no import.

  The macros here exist for documentation: the compiler never calls them.
  """

  @forms [
    {:%{}, 1, "Makes or matches a map: `%{a: 1, \"b\" => 2}`, `%{map | a: 3}`."},
    {:%, 2, "Makes or matches a struct: `%Range{first: 1, last: 2, step: 1}`."},
    {:{}, 1, "Makes or matches a tuple: `{1, 2, 3}`."},
    {:<<>>, 1, "Makes or matches a bitstring: `<<size::8, rest::binary>>`."},
    {:., 2, "Remote call, field access or alias segment: `String.upcase(\"a\")`."},
    {:=, 2, "Matches the right side against the pattern on the left: `{:ok, x} = {:ok, 1}`."},
    {:"::", 2, "Type of a bitstring segment or in a specification: `<<x::16>>`."},
    {:^, 1, "Uses the value of a variable in a pattern: `^x = 1`."},
    {:&, 1, "Captures a function: `&String.length/1`, `&(&1 + 1)`."},
    {:__aliases__, 1, "The quoted form of an alias: `quote(do: Foo.Bar)`."},
    {:__block__, 1, "The quoted form of a sequence of expressions."},
    {:__cursor__, 1, "Marks the cursor in incomplete code."},
    {:__MODULE__, 0, "Name of the module being compiled."},
    {:__DIR__, 0, "Directory of the file being compiled."},
    {:__ENV__, 0, "The compile-time environment as a `Macro.Env` struct."},
    {:__CALLER__, 0, "In a macro, the environment of the place that calls it."},
    {:__STACKTRACE__, 0, "In `rescue` and `catch`, the stack trace of the error."},
    {:alias, 2, "Makes a short name for a module: `alias Foo.Bar, as: B`."},
    {:case, 2, "Tries patterns in order: `case x do {:ok, v} -> v; _ -> nil end`."},
    {:cond, 1, "Tries conditions in order: `cond do x > 1 -> :big; true -> :small end`."},
    {:fn, 1, "An anonymous function: `fn x when x > 1 -> x end`."},
    {:for, 1, "A comprehension: `for x <- [1, 2], x > 1, do: x * 2`."},
    {:import, 2, "Imports functions and macros: `import List, only: [flatten: 1]`."},
    {:quote, 2, "The quoted form of code: `quote do: 1 + x`."},
    {:receive, 1, "Waits for a message: `receive do {:hi, from} -> from after 10 -> nil end`."},
    {:require, 2, "Makes the macros of a module usable: `require Logger`."},
    {:super, 1, "Calls the definition that was overridden, see `defoverridable/1`."},
    {:try, 1, "Handles errors, throws and exits: `try do f() rescue e -> e end`."},
    {:unquote, 1, "Inserts code into quoted code: `quote do: 1 + unquote(x)`."},
    {:unquote_splicing, 1, "Inserts a list of code: `quote do: f(unquote_splicing(args))`."},
    {:with, 1, "Chains matches: `with {:ok, a} <- f(), {:ok, b} <- g(a), do: b`."}
  ]

  for {name, arity, text} <- @forms do
    @doc text
    defmacro unquote(name)(unquote_splicing(Macro.generate_arguments(arity, __MODULE__))) do
      _ = unquote(Macro.generate_arguments(arity, __MODULE__))
      raise "special form #{unquote(name)} cannot be called"
    end
  end
end
