def map([h | t], f), do: [f.(h) | map(t, f)]
def map([], _), do: []
----
def digits(<<c, r::binary>>, n) when c >= 48 and c <= 57, do: digits(r, n * 10 + c - 48)
def digits(r, n), do: {n, r}
