# Structs, protocols with derive and fallback, behaviours, exceptions.
defprotocol Size do
  @fallback_to_any true
  def size(value)
end

defimpl Size, for: [List, BitString] do
  def size(value) when is_list(value), do: length(value)
  def size(value), do: byte_size(value)
end

defimpl Size, for: Any do
  def size(_), do: :unknown
end

defmodule Box do
  @enforce_keys [:w]
  defstruct [:w, h: 1]

  defimpl Size do
    def size(box), do: box.w * box.h
  end
end

defmodule Oops do
  defexception [:code]

  @impl true
  def message(e), do: "oops #{e.code}"
end

defmodule Main do
  def run do
    IO.inspect(Enum.map([[1, 2], "abc", %Box{w: 3, h: 4}, :x], &Size.size/1))
    box = %Box{w: 2}
    IO.inspect(%{box | h: 9})
    IO.inspect(is_struct(box, Box))

    try do
      raise Oops, code: 7
    rescue
      e in [ArgumentError, Oops] -> IO.puts(Exception.message(e))
    after
      IO.puts("after")
    end

    IO.inspect(try(do: throw(:ball), catch: (kind, value -> {kind, value})))
    IO.inspect(catch_exit(fn -> exit(:bye) end))

    try do
      struct!(Box, h: 1)
    rescue
      e -> IO.puts(Exception.message(e))
    end
  end

  defp catch_exit(fun) do
    fun.()
  catch
    :exit, reason -> {:exit, reason}
  end
end

Main.run()
