defmodule M do
  def f(a, b \\ g(), opts \\ [])
  def f(a, b, _) when is_atom(a) when is_atom(b), do: {a, b}
  def f(_, _, opts), do: opts
  defp g, do: 1
end
----
defmodule M do
  defmacro m(x) do
    quote do
      y = unquote(x)
      {y, __MODULE__, unquote(__CALLER__.line)}
    end
  end
end
----
defmodule M do
  @a 1
  @doc "adds"
  def f(x) do
    x + @a
  rescue
    e in ArgumentError -> e
  end
end
----
defmodule M do
  defmodule N do
    def x, do: __MODULE__
  end
  def f, do: N.x()
end
----
defmodule M do
  def f(%Point{x: x} = p), do: %Point{p | y: x}
end
----
defmodule M do
  def f(x), do: undefined_one(x) + other
end
