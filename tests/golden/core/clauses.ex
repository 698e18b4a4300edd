def f(0, _), do: :zero
def f(n, [h | t]) when n > 0 and h != nil, do: {n, h, t}
def f(n, x = %{k: ^n}), do: x
----
def f(x) do
  {:ok, y} = g(x)
  h = fn z -> z + y end
  h.(1)
end
defp g(x), do: {:ok, x}
----
def f(x) do
  case x do
    y when y === false or y === nil -> 1
    _ -> 2
  end
end
