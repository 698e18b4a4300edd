defmodule Macro.Debug do
  @moduledoc false
  # The code that dbg/2 expands to: evaluates the expression piece by piece and prints each piece
  # with its value.

  def dbg(code, options, env) do
    case code do
      {:|>, _, [_, _]} = pipe -> pipeline(Macro.unpipe(pipe), options, env)
      {:case, meta, [expr, [do: clauses]]} -> case_form(meta, expr, clauses, code, options, env)
      {:if, meta, [condition, clauses]} -> if_form(meta, condition, clauses, code, options, env)
      _ -> plain(code, options, env)
    end
  end

  defp plain(code, options, env) do
    text = to_text(code)

    quote do
      options = unquote(options)
      value = unquote(code)
      Macro.Debug.print(unquote(header(env)), [{:value, unquote(text), value}], options)
      value
    end
  end

  # Each step of a pipeline with its value.
  defp pipeline([{first, _} | steps], options, env) do
    variable = fn index -> {:"step#{index}", [], __MODULE__} end
    indexed = Enum.with_index(steps, 1)

    assignments = [
      quote(do: unquote(variable.(0)) = unquote(first))
      | for {{call, position}, index} <- indexed do
          quote(
            do:
              unquote(variable.(index)) =
                unquote(Macro.pipe(variable.(index - 1), call, position))
          )
        end
    ]

    lines = [
      {:{}, [], [:value, to_text(first), variable.(0)]}
      | for {{call, _}, index} <- indexed do
          {:{}, [], [:pipe, to_text(call), variable.(index)]}
        end
    ]

    quote do
      options = unquote(options)
      unquote_splicing(assignments)
      Macro.Debug.print(unquote(header(env)), unquote(lines), options)
      unquote(variable.(length(steps)))
    end
  end

  defp case_form(meta, expr, clauses, code, options, env) do
    numbered =
      for {{:->, clause_meta, [head, body]}, index} <- Enum.with_index(clauses, 1) do
        {:->, clause_meta, [head, {unquote_index(index), body}]}
      end

    inner = {:case, meta, [quote(do: argument), [do: numbered]]}

    quote do
      options = unquote(options)
      argument = unquote(expr)
      {clause, value} = unquote(inner)

      Macro.Debug.print(
        unquote(header(env)),
        [
          {:text, "Case argument:"},
          {:value, unquote(to_text(expr)), argument},
          {:text, "\nCase expression (clause ##{clause} matched):"},
          {:value, unquote(to_text(code)), value}
        ],
        options
      )

      value
    end
  end

  defp unquote_index(index), do: index

  defp if_form(_meta, condition, clauses, code, options, env) do
    yes = Keyword.get(clauses, :do)
    no = Keyword.get(clauses, :else)

    quote do
      options = unquote(options)
      condition = unquote(condition)
      value = if condition, do: unquote(yes), else: unquote(no)

      Macro.Debug.print(
        unquote(header(env)),
        [
          {:text, "If condition:"},
          {:value, unquote(to_text(condition)), condition},
          {:text, "\nIf expression:"},
          {:value, unquote(to_text(code)), value}
        ],
        options
      )

      value
    end
  end

  defp to_text(code), do: Macro.to_string(code)

  defp header(%{function: function, module: module} = env) do
    where =
      case function do
        {name, arity} -> Exception.format_mfa(module, name, arity)
        nil when module == nil -> "(file)"
        nil -> inspect(module)
      end

    "[#{Path.relative_to_cwd(env.file)}:#{env.line}: #{where}]"
  end

  def print(header, lines, options) do
    {_print_location, options} = Keyword.pop(options, :print_location, true)
    options = Keyword.merge([width: 80, pretty: true], options)

    text =
      for line <- lines do
        case line do
          {:text, text} -> [text, "\n"]
          {:value, code, value} -> [code, " #=> ", inspect(value, options), "\n"]
          {:pipe, code, value} -> ["|> ", code, " #=> ", inspect(value, options), "\n"]
        end
      end

    IO.write([header, "\n", text, "\n"])
  end
end
