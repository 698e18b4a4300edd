defmodule Sigils do
  def sigil_k(text, mods), do: {:k, text, mods}
  def sigil_n(text, []), do: String.to_integer(text)
  def sigil_n(text, [?h]), do: String.to_integer(text, 16)
  def sigil_RAW(text, _), do: text
end

defmodule Main do
  import Sigils

  def run do
    IO.inspect(~k(a #{1 + 1} b)xy)
    IO.inspect({~n(42), ~n[ff]h})
    IO.inspect(~RAW(no #{interpolation} \n here))
    IO.inspect({~s|a|, ~s/b/, ~s<c>, ~s{d}, ~s"e", ~s'f', ~s[g]})
    IO.inspect(~s(a\)b))
    IO.inspect(~S(a\)b))

    IO.inspect(~S"""
    heredoc #{raw}
      kept \n
    """)

    IO.inspect(~w(#{:a} b#{1} c))
    IO.inspect(~W(#{x} y)s)
    IO.inspect(~C(x\n))
    IO.inspect(Regex.source(~r{a/b\d#{1}}))
    IO.inspect(~w())
    IO.inspect(~D[2000-01-31] |> Date.add(30))
    IO.inspect("a\
b")
  end
end

Main.run()
