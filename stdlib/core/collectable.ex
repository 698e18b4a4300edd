defprotocol Collectable do
  @moduledoc """
  The protocol behind `Enum.into/2` and the `:into` option of `for`.

  `into/1` returns a start value and a function that takes `{:cont, element}`, `:done` or `:halt` with the value so far.
  """

  @typedoc "The commands given to the collector function."
  @type command :: {:cont, term} | :done | :halt

  @doc """
  Returns the initial accumulator and the collector function.

      iex> {acc, fun} = Collectable.into(%{})
      iex> fun.(fun.(acc, {:cont, {:a, 1}}), :done)
      %{a: 1}
  """
  @spec into(t) :: {initial_acc :: term, collector :: (term, command -> t | term)}
  def into(collectable)
end

defimpl Collectable, for: List do
  def into(list) do
    if list != [] do
      IO.warn(
        "the Collectable protocol is deprecated for non-empty lists. The behaviour of " <>
          "Enum.into/2 and \"for\" comprehensions with an :into option is incorrect " <>
          "when collecting into non-empty lists. If you're collecting into a non-empty keyword " <>
          "list, consider using Keyword.merge/2 instead. If you're collecting into a non-empty " <>
          "list, consider concatenating the two lists with the ++ operator."
      )
    end

    {[], &collect(list, &1, &2)}
  end

  defp collect(_list, acc, {:cont, element}), do: [element | acc]
  defp collect(list, acc, :done), do: list ++ :lists.reverse(acc)
  defp collect(_list, _acc, :halt), do: :ok
end

defimpl Collectable, for: BitString do
  def into(binary) when is_binary(binary) do
    {[binary],
     fn
       acc, {:cont, part} when is_binary(part) -> [acc | part]
       acc, {:cont, part} when is_bitstring(part) -> append(acc, part)
       _acc, {:cont, other} -> refuse("binary", other)
       acc, :done when is_bitstring(acc) -> acc
       acc, :done -> :erlang.iolist_to_binary(acc)
       _acc, :halt -> :ok
     end}
  end

  def into(bitstring) do
    {bitstring,
     fn
       acc, {:cont, part} when is_bitstring(part) -> append(acc, part)
       _acc, {:cont, other} -> refuse("bitstring", other)
       acc, :done -> acc
       _acc, :halt -> :ok
     end}
  end

  defp append(acc, part), do: :erlang.list_to_bitstring([acc, part])

  @spec refuse(String.t(), term) :: no_return
  defp refuse(kind, other) do
    raise ArgumentError,
          "collecting into a #{kind} requires a bitstring, got: #{inspect(other)}"
  end
end

defimpl Collectable, for: Map do
  def into(map) do
    {map,
     fn
       acc, {:cont, {key, value}} ->
         :maps.put(key, value, acc)

       acc, :done ->
         acc

       _acc, :halt ->
         :ok

       _acc, {:cont, other} ->
         raise ArgumentError,
               "collecting into a map requires {key, value} tuples, got: #{inspect(other)}"
     end}
  end
end
