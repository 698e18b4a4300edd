defmodule Outer do
  @moduledoc "Nesting, attributes, defaults and delegation."
  @limit 10
  Module.register_attribute(__MODULE__, :seen, accumulate: true)
  @seen :one
  @seen :two
  @seen_at_end @seen
  def seen, do: @seen_at_end

  def limit, do: @limit
  @limit 20
  def later_limit, do: @limit

  defmodule Inner do
    def who, do: __MODULE__

    defmodule Deeper do
      def who, do: {__MODULE__, Inner}
    end
  end

  alias Inner.Deeper, as: D
  def deep, do: D.who()

  def greet(name, greeting \\ "hello", mark \\ "!"), do: "#{greeting} #{name}#{mark}"

  def multi(x, y \\ 0)
  def multi(0, y), do: {:zero, y}
  def multi(x, y), do: {x, y}

  defdelegate size(list), to: Kernel, as: :length
  defdelegate reverse(list), to: Enum

  defp hidden, do: :hidden
  def show, do: hidden()
  def unquote(:"odd name")(), do: :odd
  def env, do: {__ENV__.function, __ENV__.module}
  import Enum, only: [map: 2]
  def doubled(l), do: map(l, &(&1 * 2))
  def a ~> b, do: {a, b}
  def arrow, do: 1 ~> 2
end

IO.inspect({Outer.limit(), Outer.later_limit(), Outer.seen()})
IO.inspect({Outer.Inner.who(), Outer.deep()})
IO.inspect({Outer.greet("a"), Outer.greet("a", "b"), Outer.greet("a", "b", "?")})
IO.inspect({Outer.multi(0), Outer.multi(1), Outer.multi(1, 2)})
IO.inspect({Outer.size([1, 2]), Outer.reverse([1, 2])})
IO.inspect(Outer.show())
IO.inspect(apply(Outer, :"odd name", []))
IO.inspect(Outer.env())
IO.inspect({Outer.doubled([1, 2]), Outer.arrow()})
IO.inspect(try(do: apply(Outer, :hidden, []), rescue: (e in UndefinedFunctionError -> e.arity)))
IO.inspect(Module.concat(Outer, Inner) == Outer.Inner)
IO.inspect(Module.split(Outer.Inner.Deeper))
IO.inspect(Atom.to_string(Outer))
IO.inspect(Code.ensure_loaded?(Nope))
IO.inspect(Outer.__info__(:module))
