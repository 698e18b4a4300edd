x = 1
{x, y} = {x, 2}
fn x -> x + y end
----
case {1, [2]} do
  {a, [h | t]} when a > 1 -> t
  _ -> :none
end
----
with {:ok, a} when a > 1 <- Lib.one(1), b = a do
  b
else
  _ -> :error
end
----
with [a] <- [1], b = a do
  b
else
  _ -> :error
end
----
receive do
  {:msg, m} -> m
after
  10 -> :timeout
end
----
try do
  Lib.one(:x)
catch
  :exit, r -> {r, __STACKTRACE__}
  v -> v
after
  :done
end
----
for <<a, b::16 <- "abc">>, a > 1, into: "", do: <<b::16>>
----
for x <- [1, 2], reduce: 0 do
  acc -> acc + x
end
----
quote do
  alias Foo.Bar, as: B
  x = unquote(1 + 2)
  B.f(x, y, &g/2)
end
----
quote bind_quoted: [a: 1], do: f(a, unquote(b))
----
name = :f
quote do: Foo.unquote(name)(1, unquote_splicing([2]))
----
&Lib.two(&2, &1)
----
%{a: 1, b: %{a: x}} = m = %{}
%{m | a: x}
----
<<len, body::binary-size(len), rest::bits>> = <<1, 2, 3>>
{body, rest}
----
alias Foo.Bar
alias Bar.Baz
{Bar, Baz.X, Elixir.Bar}
----
__ENV__.file
----
import Lib
&one/1
----
-1
----
foo = 1
&(&1 ~> Lib.two(foo))
