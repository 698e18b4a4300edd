# Big integers, floats, big maps, deep recursion, comprehensions, binaries.
defmodule Deep do
  def map([], _fun), do: []
  def map([h | t], fun), do: [fun.(h) | map(t, fun)]
  def sum(0), do: 0
  def sum(n), do: n + sum(n - 1)
end

IO.inspect(Deep.map(Enum.to_list(1..1_000_000), &(&1 * 2)) |> Enum.sum())
IO.inspect(Deep.sum(1_000_000))
IO.inspect(Enum.reduce(1..25, 1, &*/2))
IO.inspect({1.0e10, 0.1 + 0.2, 1.0e100, -0.0 == 0.0, 1.5e-7})
map = Map.new(1..100, &{&1, &1 * &1})
IO.inspect({map_size(map), map[77], Map.has_key?(map, 101)})
IO.inspect(for x <- 1..4, y <- x..4, x + y == 5, do: {x, y})
IO.inspect(for <<c <- "hello">>, c != ?l, into: "", do: <<c - 32>>)
IO.inspect(for(x <- ~w(a b a), reduce: %{}, do: (acc -> Map.update(acc, x, 1, &(&1 + 1)))))
IO.inspect(<<1::4, 2::4, 3.5::float, "é"::utf16, -1::little-signed-16>>)
IO.inspect(String.upcase("straße") <> String.reverse("noël"))
IO.inspect(1..3 |> Stream.cycle() |> Stream.map(&(&1 + 1)) |> Enum.take(5))
