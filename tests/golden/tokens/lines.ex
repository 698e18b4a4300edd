a


b
----
a # one
# two
b
----
a,
b
----
a
  when b
----
a
  .b
  # c
  .d
----
a \
  b
----
a;
b
----
if x do
  y
else
  z
end
