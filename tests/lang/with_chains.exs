fetch = fn m, k ->
  case m do
    %{^k => v} -> {:ok, v}
    _ -> {:error, k}
  end
end

run = fn m ->
  with {:ok, a} <- fetch.(m, :a),
       {:ok, b} when is_integer(b) <- fetch.(m, :b),
       sum = a + b,
       true <- sum > 3 || {:small, sum} do
    {:sum, sum}
  else
    {:error, k} -> {:missing, k}
    {:small, s} -> {:too_small, s}
    {:ok, other} -> {:not_integer, other}
  end
end

IO.inspect(run.(%{a: 1, b: 5}))
IO.inspect(run.(%{a: 1}))
IO.inspect(run.(%{a: 1, b: 1}))
IO.inspect(run.(%{a: 1, b: "2"}))
IO.inspect(with {:ok, x} <- :error, do: x)
IO.inspect(with(x = 2, y = x * x, do: {x, y}))

try do
  with {:ok, v} <- :odd do
    v
  else
    :even -> 1
  end
rescue
  e in WithClauseError -> IO.puts(Exception.message(e))
end

try do
  cond do
    map_size(%{}) > 0 -> 1
  end
rescue
  e in CondClauseError -> IO.puts(Exception.message(e))
end

n = 15
IO.puts(cond do
  rem(n, 15) == 0 -> "fizzbuzz"
  rem(n, 5) == 0 -> "buzz"
  true -> n
end)

IO.inspect(if(nil, do: 1))
IO.inspect(unless(false, do: :u, else: :e))
IO.inspect(nil || :default)
IO.inspect(1 && 2)
IO.inspect([1, 2] |> Enum.map(&(&1 + 1)) |> then(&{:done, &1}))
