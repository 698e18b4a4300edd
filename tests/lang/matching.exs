# Patterns: tuples, lists, maps, pins, binaries; the errors of those that do not match.
{a, [b | rest], %{c: c}} = {1, [2, 3, 4], %{c: 5, d: 6}}
IO.inspect({a, b, rest, c})

pinned = 2
IO.inspect(match?({^pinned, _}, {2, :x}))
IO.inspect(match?({^pinned, _}, {3, :x}))

<<size, text::binary-size(size), tail::binary>> = <<3, "abcdef">>
IO.inspect({size, text, tail})

classify = fn
  %{kind: k} when k in [:a, :b] -> {:known, k}
  %{} = map when map_size(map) == 0 -> :empty
  [_, _ | _] -> :long_list
  n when is_integer(n) and rem(n, 2) == 0 -> :even
  _ -> :other
end

IO.inspect(Enum.map([%{kind: :a}, %{}, [1, 2, 3], 4, 5], classify))

for {label, fun} <- [
      match: fn -> {:ok, _} = Process.get(:none, :error) end,
      case: fn -> case(Process.get(:none, 3), do: (1 -> 2)) end,
      cond: fn -> cond(do: (Process.get(:none) -> 1)) end,
      with: fn -> with(1 <- Process.get(:none, 2), do: 1, else: (3 -> 4)) end
    ] do
  try do
    fun.()
  rescue
    e -> IO.puts("#{label}: #{Exception.message(e)}")
  end
end
