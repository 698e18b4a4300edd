IO.inspect(quote do: 1 + x)
IO.inspect(quote(do: foo(1, :a, "s")))
IO.inspect(quote(do: {1, 2}))
IO.inspect(quote(do: {1, 2, 3}))
IO.inspect(quote(do: unquote(1 + 2) * 4) |> Macro.to_string())
args = [1, 2, 3]
IO.puts(Macro.to_string(quote(do: f(0, unquote_splicing(args)))))
IO.inspect(Code.string_to_quoted!("a.b(c)") |> Macro.to_string())
IO.inspect(Code.string_to_quoted("1 +") |> elem(0))
{r, binding} = Code.eval_string("y = x * 2; y + 1", x: 20)
IO.inspect({r, Enum.sort(binding)})
IO.inspect(Code.eval_quoted(quote(do: 6 * 7)) |> elem(0))

doubled =
  Macro.prewalk(quote(do: 1 + 2 * 3), fn
    n when is_integer(n) -> n * 2
    other -> other
  end)

IO.puts(Macro.to_string(doubled))
{_, vars} = Macro.postwalk(quote(do: a + b * c), [], fn
  {n, _, ctx} = v, acc when is_atom(ctx) -> {v, [n | acc]}
  other, acc -> {other, acc}
end)

IO.inspect(Enum.reverse(vars))
IO.inspect(Macro.escape(%{a: {1, 2, 3}}))
IO.inspect(Macro.camelize("some_name"))
IO.inspect(Macro.underscore("SomeName"))

Code.eval_string("""
defmodule FromText do
  def hi(n), do: "hi " <> n
end
""")

IO.puts(apply(FromText, :hi, ["you"]))
