m = for i <- 1..100, into: %{}, do: {i, i * i}
IO.inspect(map_size(m))
IO.inspect(m |> Enum.sort() |> Enum.take(3))
IO.inspect(m[50])
IO.inspect(Enum.reduce(1..90, m, &Map.delete(&2, &1)) |> Enum.sort())
small = Map.drop(m, Enum.to_list(6..100))
IO.inspect(small)
IO.inspect(small == %{1 => 1, 2 => 4, 3 => 9, 4 => 16, 5 => 25})
IO.inspect(m == Map.new(Enum.reverse(1..100), &{&1, &1 * &1}))
IO.inspect(%{m | 7 => :seven}[7])
IO.inspect(Map.merge(m, %{1 => :one}, fn _, a, b -> {a, b} end)[1])
IO.inspect(Map.update!(m, 2, &(&1 + 1))[2])
IO.inspect(Enum.sum(Map.values(m)))
IO.inspect(Enum.sort(Map.keys(m)) == Enum.to_list(1..100))
IO.inspect(%{1 => :int, 1.0 => :float} |> map_size())

try do
  %{m | :none => 1}
rescue
  e in KeyError -> IO.inspect(e.key)
end

%{10 => ten, 20 => twenty} = m
IO.inspect({ten, twenty})
IO.inspect(%{b: 1, a: 2, c: 3})
IO.inspect(%{"z" => 1, :a => 2, 3 => 4} |> Enum.sort())
strings = Map.new(1..500, &{"key#{&1}", &1})
IO.inspect(Enum.all?(1..500, &(strings["key#{&1}"] == &1)))
{v, rest} = Map.pop(strings, "key7")
IO.inspect({v, map_size(rest), Map.has_key?(rest, "key7")})
IO.inspect(m < Map.put(m, 101, 0))
IO.inspect(Map.filter(m, fn {k, _} -> k < 3 end))
