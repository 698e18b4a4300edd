defprotocol Area do
  @fallback_to_any true
  def area(shape)
end

defmodule Square do
  defstruct [:side]

  defimpl Area do
    def area(%{side: s}), do: s * s
  end

  defimpl String.Chars do
    def to_string(s), do: "square of #{s.side}"
  end

  defimpl Inspect do
    import Inspect.Algebra
    def inspect(s, opts), do: concat(["#Square<", to_doc(s.side, opts), ">"])
  end
end

defmodule Bag do
  defstruct items: []

  defimpl Enumerable do
    def count(_), do: {:error, __MODULE__}
    def member?(_, _), do: {:error, __MODULE__}
    def slice(_), do: {:error, __MODULE__}
    def reduce(%{items: i}, acc, f), do: Enumerable.List.reduce(i, acc, f)
  end

  defimpl Collectable do
    def into(bag) do
      {bag,
       fn
         b, {:cont, x} -> %{b | items: [x | b.items]}
         b, :done -> b
         _, :halt -> :ok
       end}
    end
  end
end

defimpl Area, for: [Integer, Float] do
  def area(n), do: n
end

defimpl Area, for: Any do
  def area(_), do: :unknown
end

defprotocol Strict do
  def go(x)
end

defmodule Main do
  def run do
    s = struct(Square, side: 3)
    IO.inspect(Enum.map([s, 4, 2.5, "text", %{}], &Area.area/1))
    IO.puts("#{s}")
    IO.inspect([s, s])
    bag = Enum.into(1..4, struct(Bag))
    IO.inspect(bag.items)
    IO.inspect(Enum.map(bag, &(&1 * 2)))
    IO.inspect({Enum.count(bag), Enum.member?(bag, 3), Enum.at(bag, 1)})
    IO.inspect(Area.impl_for(s))
    IO.inspect(Strict.impl_for(1))

    try do
      Strict.go(:x)
    rescue
      e in Protocol.UndefinedError -> IO.inspect({e.protocol, e.value})
    end
  end
end

Main.run()
