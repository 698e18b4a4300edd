f
----
f()
----
f a
----
f a, b
----
f(a, b)
----
f a: 1, b: 2
----
f(a, b: 1)
----
f a, b: 1
----
f.()
----
f.(a).(b)
----
f(1)(2)
----
f [a]
----
f[a]
----
f (a)
----
f -a
----
f - a
----
a.b
----
a.b()
----
a.b c, d
----
A.b
----
A.B.c(1)
----
:m.f(1)
----
a.{b, c}
----
A.{B, C}
----
a."b c"
----
f do
  1
end
----
f a do
  1
else
  2
end
----
f a, b: 1 do c -> d end
----
f(a) do 1 end
----
a.b c do 1 end
----
f g do 1 end
----
f fn x -> x end, y
----
f & &1 + 1
----
f !a
----
f not a
----
f @a
----
unquote_splicing(a)
----
@a
----
@a 1
----
@a b, c
----
@spec f(a) :: b when a: c
----
a |> b() |> c.d(1)
