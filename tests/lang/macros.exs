defmodule Macros do
  defmacro unless_zero(value, do: body) do
    quote do
      v = unquote(value)
      if v != 0, do: unquote(body), else: :zero
    end
  end

  defmacro set_it(value) do
    quote do
      var!(it) = unquote(value)
    end
  end

  defmacro hidden do
    quote do
      v = :inner
      v
    end
  end

  defmacro sum(list) when is_list(list), do: Enum.reduce(list, 0, fn x, acc -> quote(do: unquote(acc) + unquote(x)) end)

  defmacro define(names) do
    for n <- names do
      quote do
        def unquote(n)(), do: unquote(Atom.to_string(n))
      end
    end
  end

  defmacro show(expr) do
    text = Macro.to_string(expr)
    quote do: IO.puts(unquote(text) <> " = " <> inspect(unquote(expr)))
  end
end

defmodule UsesMacros do
  require Macros
  Macros.define([:red, :green])
  for {k, i} <- Enum.with_index([:x, :y]), do: def(unquote(k)(), do: unquote(i))
end

defmodule Main do
  import Macros

  def run do
    v = :outer
    IO.inspect(unless_zero(3, do: v))
    IO.inspect(unless_zero(0, do: v))
    IO.inspect(hidden())
    IO.inspect(v)
    set_it(41)
    IO.inspect(it + 1)
    IO.inspect(sum([1, 2, 3 * 4]))
    IO.inspect({UsesMacros.red(), UsesMacros.green(), UsesMacros.x(), UsesMacros.y()})
    show(1 + 2 * 3)
    show(Enum.map([1, 2], &(&1 + 1)))
    show(if v == :outer, do: :a, else: :b)
  end
end

Main.run()
