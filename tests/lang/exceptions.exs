defmodule Bad do
  defexception [:code, message: "bad thing"]
end

defmodule Custom do
  defexception [:what]
  @impl true
  def message(e), do: "custom #{e.what}"
  @impl true
  def exception(what), do: %__MODULE__{what: what}
end

attempt = fn f ->
  try do
    f.()
  rescue
    e in [ArithmeticError, ArgumentError] -> {:arith_or_arg, Exception.message(e)}
    e in Custom -> {:custom, e.what}
    e -> {e.__struct__, Exception.message(e)}
  catch
    :throw, v -> {:thrown, v}
    :exit, r -> {:exited, r}
  else
    v -> {:fine, v}
  after
    IO.puts("after")
  end
end

zero = String.length("")
IO.inspect(attempt.(fn -> 1 end))
IO.inspect(attempt.(fn -> 1 / zero end))
IO.inspect(attempt.(fn -> String.to_integer("x1") end))
IO.inspect(attempt.(fn -> raise "plain" end))
IO.inspect(attempt.(fn -> raise Bad end))
IO.inspect(attempt.(fn -> raise Bad, message: "mine", code: 3 end))
IO.inspect(attempt.(fn -> raise Custom, :w end))
IO.inspect(attempt.(fn -> throw({:a, 1}) end))
IO.inspect(attempt.(fn -> exit(:bye) end))
IO.inspect(attempt.(fn -> Map.fetch!(%{"a" => 1}, "b") end))
IO.inspect(attempt.(fn -> Enum.fetch!([1], 5) end))
IO.inspect(attempt.(fn -> :erlang.error(:whatever) end))
IO.inspect(attempt.(fn -> hd(Enum.drop([1], 1)) end))

nested =
  try do
    try do
      raise "inner"
    after
      IO.puts("cleanup")
    end
  rescue
    e -> "outer got " <> e.message
  end

IO.puts(nested)

try do
  try do
    raise "one"
  rescue
    e -> reraise e, __STACKTRACE__
  end
rescue
  e in RuntimeError -> IO.puts("again " <> e.message)
end

try do
  apply(NoSuchModule, :go, [1])
rescue
  e in UndefinedFunctionError -> IO.puts(Exception.message(e))
end

IO.puts(Exception.format_banner(:error, %RuntimeError{message: "m"}))
IO.inspect(catch_it = try(do: throw(:x), catch: (v -> v)))
_ = catch_it
