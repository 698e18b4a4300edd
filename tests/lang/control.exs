# throw, exit, after ordering and values of blocks
f = fn x ->
  try do
    case x do
      :throw -> throw(:ball)
      :exit -> exit({:shutdown, 1})
      :error -> :erlang.error({:badthing, 1})
      other -> other
    end
  catch
    v when is_atom(v) -> {:caught, v}
    :exit, {:shutdown, n} -> {:exit, n}
    kind, r -> {kind, r}
  end
end

IO.inspect(Enum.map([:throw, :exit, :error, :none], f))

g = fn ->
  try do
    :value
  after
    IO.puts("after runs, its value is dropped")
    :ignored
  end
end

IO.inspect(g.())

r =
  try do
    try do
      throw(1)
    catch
      n -> throw(n + 1)
    after
      IO.puts("inner after")
    end
  catch
    n -> n * 100
  end

IO.inspect(r)
IO.inspect((fn -> 1; 2; 3 end).())
IO.inspect(if false, do: 1)
x = if true, do: (y = 2; y * 2)
IO.inspect(x)
IO.inspect(Enum.reduce_while(1..100, 0, fn i, acc -> if acc > 20, do: {:halt, {i, acc}}, else: {:cont, acc + i} end))
IO.inspect(1 in [1, 2] and 3 not in [1, 2])
IO.inspect(not true or !nil)
IO.inspect(5 |> Kernel.-(2) |> Kernel.*(3))
IO.inspect(try(do: (String.length("") and true), rescue: (e in BadBooleanError -> Exception.message(e))))
{a, b} = {1, 2}
{a, b} = {b, a}
IO.inspect([a, b] ++ [3] -- [2])
IO.inspect("a" <> "b" <> "c")
IO.inspect(get_in(%{a: %{b: [1, 2]}}, [:a, :b, Access.at(1)]))
IO.inspect(update_in(%{a: %{b: 1}}, [:a, :b], &(&1 + 1)))
IO.inspect(put_in(%{a: [x: 1]}[:a][:x], 5))
IO.inspect(pop_in(%{a: %{b: 1}}, [:a, :b]))
