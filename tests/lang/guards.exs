defmodule Guards do
  defguard is_small(n) when is_integer(n) and n >= 0 and n < 10
  defguardp is_pair(t) when is_tuple(t) and tuple_size(t) == 2

  def kind(n) when is_small(n), do: :small
  def kind(n) when is_integer(n) or is_float(n), do: :number
  def kind(t) when is_pair(t) and elem(t, 0) == :ok, do: :ok_pair
  def kind(t) when is_pair(t), do: :pair
  def kind(<<_::binary>> = b) when byte_size(b) > 3, do: :long
  def kind(b) when is_binary(b), do: :short
  def kind(l) when hd(l) == 1 when is_map_key(l, :one), do: :one
  def kind(l) when l in [:a, :b], do: :letter
  def kind(f) when is_function(f, 2), do: :fun2
  def kind(_), do: :other
end

defmodule UsesGuards do
  require Guards

  def run do
    for v <- [3, -3, 12, 1.5, {:ok, 1}, {:no, 1}, {1, 2, 3}, "abcd", "ab", [1, 2], [], %{one: 1}, %{}, :a, :c] do
      IO.puts("#{inspect(v)}: #{Guards.kind(v)}")
    end

    IO.inspect(Guards.kind(fn _, _ -> nil end))
    IO.inspect(Guards.kind(fn _ -> nil end))

    IO.inspect(Guards.is_small(4))
    IO.inspect(Enum.map([1, 10], fn x when Guards.is_small(x) -> :yes; _ -> :no end))

    f = fn
      x when rem(x, 2) == 0 -> :even
      x when not is_integer(x) -> :unreachable
      _ -> :odd
    end

    IO.inspect(Enum.map([1, 2, 3], f))
    IO.inspect(is_struct(%{}), label: "struct")
    IO.inspect(is_exception(%RuntimeError{}), label: "exception")
    IO.inspect(is_nil(nil), label: "nil")
  end
end

UsesGuards.run()
