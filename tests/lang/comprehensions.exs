IO.inspect(for x <- 1..3, y <- [:a, :b], do: {x, y})
IO.inspect(for x <- 1..10, rem(x, 3) == 0, do: x * x)
IO.inspect(for {:ok, v} <- [ok: 1, error: 2, ok: 3], do: v)
IO.inspect(for x <- [1, 2, 3], into: %{}, do: {x, x * x})
IO.inspect(for x <- [1, 1, 2, 1], uniq: true, do: x)
IO.inspect(for <<c <- "hello">>, c != ?l, into: "", do: <<c>>)
IO.inspect(for <<r::4, g::4 <- <<0xAB, 0xCD>> >>, do: {r, g})
IO.inspect(for <<b::1 <- <<5>> >>, do: b)

counts =
  for w <- ~w(a b a c a), reduce: %{} do
    acc -> Map.update(acc, w, 1, &(&1 + 1))
  end

IO.inspect(counts |> Enum.sort())

pythagorean =
  for a <- 1..20,
      b <- a..20//1,
      c = a * a + b * b,
      r = trunc(:math.sqrt(c)),
      r <= 20,
      r * r == c,
      do: {a, b, r}

IO.inspect(pythagorean)

result =
  for x <- 1..5, reduce: {0, 1} do
    {sum, product} when rem(x, 2) == 0 -> {sum, product * x}
    {sum, product} -> {sum + x, product}
  end

IO.inspect(result)
IO.inspect(for {k, v} <- %{a: 1}, do: {v, k})
IO.inspect(for x <- [], do: x)
IO.inspect(for x <- 1..3, into: MapSet.new(), do: rem(x, 2))
IO.inspect(for {x, y} when x > 1 <- [{1, 2}, {3, 4}], do: y)
