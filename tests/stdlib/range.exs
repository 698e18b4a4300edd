IO.inspect({1..5, 5..1//-1, 1..10//3, Range.new(1, 3), Range.new(1, 9, 4)})
IO.inspect({Enum.to_list(1..10//3), Enum.to_list(5..1//-2), Enum.to_list(1..0//1), Range.size(1..10//3)})
IO.inspect({3 in 1..5, 4 in 1..10//3, 5 in 1..10//3, 0 in 5..1//-1})
IO.inspect({Range.disjoint?(1..3, 5..9), Range.disjoint?(1..5, 5..9), Range.shift(1..5, 2), Range.split(1..5, 2), Range.to_list(1..3)})
first..last//step = 2..8//2
IO.inspect({first, last, step})
IO.inspect({Enum.count(1..1_000_000_000), Enum.sum(1..1000), Enum.member?(1..1_000_000_000, 77), Enum.at(1..100, 50)})
IO.inspect({Enum.slice(1..10, 2..-2//1), Enum.reverse(1..3), Enum.random(4..4), Enum.min_max(3..9)})
IO.inspect({(1..3).first, (1..3).last, (1..3).step, Enum.empty?(2..1//1)})
IO.inspect(for i <- 10..0//-5, do: i)
IO.inspect(1..3 == 1..3//1)
IO.inspect(Enum.chunk_every(1..5, 2))
IO.inspect(try(do: Range.new(1, 2, 0), rescue: (e in ArgumentError -> Exception.message(e))))
f = fn x when x in 1..9//2 -> :odd_digit; _ -> :other end
IO.inspect(Enum.map([1, 2, 9, 10], f))
whole = 0..-1//1
IO.inspect(whole)
IO.inspect({inspect(..), String.slice("hello", ..)})
