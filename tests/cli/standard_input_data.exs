IO.inspect(IO.gets("name? "))
IO.inspect(IO.read(:line))
IO.inspect(IO.stream(:stdio, :line) |> Enum.map(&String.trim/1))
IO.inspect(IO.gets(""))
