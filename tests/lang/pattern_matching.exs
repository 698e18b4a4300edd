# Patterns bind, compare and destructure.
{a, [b | rest], %{k: c}} = {1, [2, 3, 4], %{k: :v, other: 0}}
IO.inspect({a, b, rest, c})

x = 5

case {5, 6} do
  {^x, y} -> IO.puts("pinned #{y}")
  _ -> IO.puts("no")
end

case {1, 1} do
  {same, same} -> IO.puts("same #{same}")
  _ -> IO.puts("different")
end

[first, second | _] = ~c"abc"
IO.inspect({first, second})

key = "name"
%{^key => value} = %{"name" => "Ada", "age" => 36}
IO.puts(value)

"pre-" <> tail = "pre-fix"
IO.puts(tail)

case %{a: 1} do
  %{} = whole -> IO.inspect(whole)
end

IO.inspect(match?({:ok, n} when n > 3, {:ok, 4}))
IO.inspect(match?({:ok, n} when n > 3, {:ok, 3}))

try do
  {:ok, _} = {:error, :nope}
rescue
  e in MatchError -> IO.puts(Exception.message(e))
end

try do
  case 7 do
    8 -> :ok
  end
rescue
  e in CaseClauseError -> IO.puts(Exception.message(e))
end

destructure([p, q, r], [1, 2])
IO.inspect({p, q, r})

case {1, 1.0, 0.0} do
  {1.0, _, _} -> IO.puts("float matched an integer")
  {1, 1.0, z} -> IO.inspect(z)
end
