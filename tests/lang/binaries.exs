<<a::8, b::16, rest::binary>> = <<1, 2, 3, 4, 5>>
IO.inspect({a, b, rest})
IO.inspect(<<1::size(3), 2::size(5)>>)
IO.inspect(<<1::3>>)
IO.inspect(<<3.5::float>>)
IO.inspect(<<3.5::float-32>>)
IO.inspect(<<258::little-16>>)
IO.inspect(<<-1::8>>)
<<s::signed-8, u::unsigned-8>> = <<255, 255>>
IO.inspect({s, u})
<<len, body::binary-size(len), tail::bits>> = <<3, "abcdef">>
IO.inspect({len, body, tail})
IO.inspect(<<"é"::utf8>>)
IO.inspect(<<233::utf8>> == "é")
IO.inspect(<<"a"::utf16, "b"::utf32>>)
<<cp::utf8, more::binary>> = "écu"
IO.inspect({cp, more})
IO.inspect(bit_size(<<1::3, 0::7>>))
IO.inspect(byte_size(<<1::3, 0::7>>))
n = 4
IO.inspect(<<15::size(n), 0::size(n)>>)
IO.inspect(<<0xFF, 0x00, 128>>)
IO.inspect("a\0b")
IO.inspect(<<"abc", 0>>)
IO.inspect(binary_part("hello", 1, 3))

case <<1, 2, 3>> do
  <<_, _>> -> IO.puts("two")
  <<x::24>> -> IO.puts("24 bits: #{x}")
end

parse = fn
  <<0::1, v::7, _::binary>> -> {:short, v}
  <<1::1, v::15, _::binary>> -> {:long, v}
  <<>> -> :empty
end

IO.inspect(Enum.map([<<5>>, <<0x81, 0x02, 9>>, ""], parse))
IO.inspect(<<12345678901234567890::128>>)
IO.inspect(<<(-2)::little-signed-32>>)

try do
  n = "text"
  <<n::8>>
rescue
  e in ArgumentError -> IO.inspect(e.__struct__)
end
