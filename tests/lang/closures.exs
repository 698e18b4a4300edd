add = fn a -> fn b -> a + b end end
IO.inspect(add.(2).(3))

counter = fn start -> %{next: fn step -> start + step end, start: start} end
c = counter.(10)
IO.inspect(c.next.(5))

IO.inspect(Enum.map([1, 2, 3], &(&1 * 2)))
IO.inspect(Enum.reduce([1, 2, 3], 0, &+/2))
IO.inspect(Enum.map(["a", "b"], &String.upcase/1))
IO.inspect((&{&2, &1}).(1, 2))
IO.inspect((&"#{&1}!").("hey"))
IO.inspect((&[&1 | &2]).(1, [2]))

x = 1
f = fn -> x end
x = 2
IO.inspect({f.(), x})

if true do
  x = 99
  IO.inspect(x)
end

IO.inspect(x)

fact = fn
  _self, 0 -> 1
  self, n -> n * self.(self, n - 1)
end

IO.inspect(fact.(fact, 20))
compose = fn fs -> Enum.reduce(fs, & &1, fn g, acc -> fn v -> g.(acc.(v)) end end) end
IO.inspect(compose.([&(&1 + 1), &(&1 * 10), &Integer.to_string/1]).(4))

try do
  add.(1, 2)
rescue
  e in BadArityError -> IO.inspect(e.args)
end

try do
  y = :not_a_fun
  y.(1)
rescue
  e in BadFunctionError -> IO.puts(Exception.message(e))
end

try do
  (fn :a -> 1 end).(:b)
rescue
  e in FunctionClauseError -> IO.inspect({e.arity, e.__struct__})
end

IO.inspect(is_function(&Enum.map/2, 2))
IO.inspect(&Enum.map/2)
