defmodule Oops do
  defexception [:n]
  @impl true
  def message(e), do: "oops #{e.n}"
end

defmodule Main do
  def run(n), do: raise(Oops, n: n)
end

Main.run(3)
