defmodule Shape do
  @callback name() :: String.t()
  @callback scale(number) :: number
  @optional_callbacks scale: 1

  defmacro __using__(opts) do
    quote do
      @behaviour Shape
      @factor unquote(opts[:factor] || 1)
      def scale(n), do: n * @factor
      def describe, do: "#{name()} at #{scale(10)}"
      defoverridable scale: 1, describe: 0
    end
  end
end

defmodule Plain do
  use Shape
  @impl true
  def name, do: "plain"
end

defmodule Doubled do
  use Shape, factor: 2
  @impl Shape
  def name, do: "doubled"
  def describe, do: "<" <> super() <> ">"
end

defmodule Own do
  use Shape, factor: 3
  def name, do: "own"
  def scale(n), do: super(n) + 1
end

for m <- [Plain, Doubled, Own], do: IO.puts(m.describe())
IO.inspect(Shape.behaviour_info(:callbacks) |> Enum.sort())
IO.inspect(Shape.behaviour_info(:optional_callbacks))
IO.inspect(Plain.__info__(:functions))
IO.inspect(Keyword.get_values(Doubled.__info__(:attributes), :behaviour))
IO.inspect(function_exported?(Own, :scale, 1))
IO.inspect(apply(Own, :scale, [4]))
