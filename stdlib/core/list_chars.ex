defprotocol List.Chars do
  @moduledoc """
  Conversion to a charlist: what `to_charlist/1` calls.

      iex> to_charlist(12)
      ~c"12"
  """

  @doc """
  The charlist of `term`.
  """
  @spec to_charlist(t) :: charlist()
  def to_charlist(term)
end

defimpl List.Chars, for: Atom do
  def to_charlist(nil), do: ~c""
  def to_charlist(atom), do: Atom.to_charlist(atom)
end

defimpl List.Chars, for: BitString do
  def to_charlist(text) when is_binary(text), do: String.to_charlist(text)

  def to_charlist(bits) do
    raise Protocol.UndefinedError,
      protocol: @protocol,
      value: bits,
      description: "cannot convert a bitstring to a charlist"
  end
end

defimpl List.Chars, for: List do
  # The same list: shapes are checked where it is used.
  def to_charlist(list), do: list
end

defimpl List.Chars, for: Integer do
  def to_charlist(number), do: Integer.to_charlist(number)
end

defimpl List.Chars, for: Float do
  def to_charlist(number), do: :erlang.float_to_list(number, [:short])
end
