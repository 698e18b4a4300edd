# Macros: quote and unquote, hygiene, generated functions, use.
defmodule Unless do
  defmacro my_unless(condition, do: body) do
    quote do
      if unquote(condition), do: nil, else: unquote(body)
    end
  end

  defmacro shadow(value) do
    quote do
      x = unquote(value) * 2
      x
    end
  end
end

defmodule Counters do
  defmacro __using__(opts) do
    names = Keyword.fetch!(opts, :names)

    quote bind_quoted: [names: names] do
      for {name, index} <- Enum.with_index(names) do
        def unquote(name)(), do: unquote(index)
      end

      @before_compile Counters
    end
  end

  defmacro __before_compile__(env) do
    quote do
      def made_in, do: unquote(inspect(env.module))
    end
  end
end

defmodule Colours do
  use Counters, names: [:red, :green, :blue]
end

defmodule Main do
  require Unless
  import Unless

  def run do
    x = 5
    IO.inspect(my_unless(x > 10, do: :small))
    IO.inspect({shadow(x), x})
    IO.inspect({Colours.red(), Colours.blue(), Colours.made_in()})
    IO.puts(Macro.to_string(quote(do: a + b * c |> f(1))))
  end
end

Main.run()
