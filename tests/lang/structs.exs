defmodule Point do
  @enforce_keys [:x]
  defstruct [:x, y: 0, tags: []]

  def new(x, y \\ 1), do: %__MODULE__{x: x, y: y}
  def move(%Point{x: x} = p, dx), do: %{p | x: x + dx}
end

defmodule Secret do
  @derive {Inspect, only: [:name]}
  defstruct [:name, :password]
end

defmodule Use do
  def run do
    p = Point.new(3)
    IO.inspect(p)
    IO.inspect(Point.move(p, 4).x)
    %Point{y: y} = p
    IO.inspect(y)
    %name{} = p
    IO.inspect(name)
    IO.inspect(Map.from_struct(p) |> Enum.sort())
    IO.inspect(is_struct(p, Point))
    IO.inspect(p == %Point{x: 3, y: 1})
    IO.inspect(struct(Point, x: 9, unknown: 1))
    IO.inspect(put_in(p.tags, [:a]))
    IO.inspect(%Secret{name: "n", password: "p"})
    IO.inspect(p.__struct__)

    try do
      struct!(Point, y: 1)
    rescue
      e in ArgumentError -> IO.puts(Exception.message(e))
    end

    try do
      struct!(Point, x: 1, zed: 2)
    rescue
      e in KeyError -> IO.inspect(e.key)
    end

    try do
      Enum.to_list(p)
    rescue
      e in Protocol.UndefinedError -> IO.inspect({e.protocol, e.value})
    end

    try do
      Map.fetch!(p, :nope)
    rescue
      e in KeyError -> IO.inspect(e.key)
    end
  end
end

Use.run()
