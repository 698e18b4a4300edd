defmodule A do
  def f(x), do: "a#{x}" <> ~s(b)
end
