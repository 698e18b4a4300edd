defmodule Deep do
  def count(0, acc), do: acc
  def count(n, acc), do: count(n - 1, acc + 1)

  # Not a tail call: one frame for each level.
  def build(0), do: []
  def build(n), do: [n | build(n - 1)]

  def sum([]), do: 0
  def sum([h | t]), do: h + sum(t)

  def even?(0), do: true
  def even?(n), do: odd?(n - 1)
  def odd?(0), do: false
  def odd?(n), do: even?(n - 1)

  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)

  def ack(0, n), do: n + 1
  def ack(m, 0), do: ack(m - 1, 1)
  def ack(m, n), do: ack(m - 1, ack(m, n - 1))
end

IO.inspect(Deep.count(1_000_000, 0))
IO.inspect(length(Deep.build(1_000_000)))
IO.inspect(Deep.sum(Deep.build(1_000_000)))
IO.inspect(Deep.even?(1_000_001))
IO.inspect(Deep.fib(20))
IO.inspect(Deep.ack(2, 50))
nest = Enum.reduce(1..100_000, [], fn _, acc -> [acc] end)
IO.inspect(length(nest))
IO.inspect(nest == Enum.reduce(1..100_000, [], fn _, acc -> [acc] end))
