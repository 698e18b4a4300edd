def fib(n) when n < 2, do: n
def fib(n), do: fib(n - 1) + fib(n - 2)
----
def kind(:a), do: 1
def kind(:b), do: 2
def kind(:c), do: 3
def kind(:d), do: 4
def kind({:ok, x}), do: x
def kind({:error, _, _}), do: :e3
def kind({}), do: :empty
def kind([x]), do: x
def kind(_), do: :other
----
def step({:ok, s}, %{a: a} = m) when :erlang.is_integer(a), do: %{m | a: a + 1, s: s}
def step(x, m), do: %{x: x, m: m, c: 1}
----
def safe(f) do
  try do
    f.(1)
  catch
    :error, r -> {r, __STACKTRACE__}
  after
    f.(2)
  end
end
----
def loop(n) do
  receive do
    {:add, k} -> loop(n + k)
    {:get, to} -> :erlang.send(to, n)
  after
    1000 -> n
  end
end
