def f(x) do
  try do
    x.()
  rescue
    e in [ArgumentError] -> e
  catch
    :exit, r -> r
  else
    1 -> 2
  after
    :done
  end
end
----
def f(t) do
  receive do
    {:a, x} when x > 1 -> x
  after
    t -> :late
  end
end
----
def f(l), do: for x <- l, y <- [1, 2], x > y, do: {x, y}
