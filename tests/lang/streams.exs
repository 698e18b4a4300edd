traced = Stream.map(1..1_000_000_000, fn x -> IO.puts("saw #{x}"); x * 2 end)
IO.inspect(Enum.take(traced, 2))
IO.inspect(traced |> Stream.filter(&(rem(&1, 4) == 0)) |> Enum.at(0))
IO.inspect(Stream.iterate(1, &(&1 * 2)) |> Enum.take(8))
IO.inspect(Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.take(12))
IO.inspect(Stream.cycle([:a, :b]) |> Stream.with_index() |> Enum.take(3))

res =
  Stream.resource(
    fn -> IO.puts("open"); 3 end,
    fn 0 -> {:halt, 0}; n -> {[n, n], n - 1} end,
    fn _ -> IO.puts("close") end
  )

IO.inspect(Enum.to_list(res))
IO.inspect(Enum.take(res, 1))
IO.inspect(Stream.chunk_every(1..7, 3) |> Enum.to_list())
IO.inspect(Stream.zip([1..3, ~w(a b c)]) |> Enum.to_list())
IO.inspect(Stream.transform(1..5, 0, fn x, acc -> if x > 4, do: {:halt, acc}, else: {[acc + x], acc + x} end) |> Enum.to_list())
IO.inspect(Stream.take_while(1..10, &(&1 < 4)) |> Enum.sum())
IO.inspect(Stream.dedup([1, 1, 2, 2, 1]) |> Enum.to_list())
IO.inspect(Stream.scan(1..4, &+/2) |> Enum.to_list())
IO.inspect(Stream.flat_map(1..3, &List.duplicate(&1, &1)) |> Enum.to_list())
IO.inspect(Stream.concat([1], [2, 3]) |> Enum.to_list())
IO.inspect(Enum.zip(Stream.repeatedly(fn -> 0 end), [1, 2]))
{:suspended, first, k} = Enumerable.reduce([1, 2], {:suspend, nil}, fn x, _ -> {:suspend, x} end)
IO.inspect(first)
IO.inspect(k.({:cont, nil}) |> elem(1))
