
----
a
----
a
b
----
a; b;
----
(a)
----
(a; b)
----
()
----
(;)
----
fn -> a end
----
fn a -> a end
----
fn a, b -> a end
----
fn (a, b) -> a end
----
fn a when b -> c; d -> e end
----
fn a, b when c -> d end
----
fn (a, b) when c -> d end
----
fn () when a -> b end
----
fn (unquote_splicing(a)) -> b end
----
(a -> b)
----
(a, b -> c; d)
----
case a do
  b -> c
  d when e ->
    f
    g
end
----
try do
  a
rescue
  b -> c
catch
  d, e -> f
else
  g -> h
after
  i
end
----
if a do
else
end
----
f do a -> end
----
fn a end
----
(a; b -> c)
