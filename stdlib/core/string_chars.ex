defprotocol String.Chars do
  @moduledoc """
  Conversion to text: what `to_string/1` and interpolation call.

      iex> to_string(:hello)
      "hello"
  """

  @doc """
  The text of `term`.
  """
  @spec to_string(t) :: String.t()
  def to_string(term)
end

defimpl String.Chars, for: Atom do
  def to_string(nil), do: ""
  def to_string(atom), do: Atom.to_string(atom)
end

defimpl String.Chars, for: BitString do
  def to_string(text) when is_binary(text), do: text

  def to_string(bits) do
    raise Protocol.UndefinedError,
      protocol: @protocol,
      value: bits,
      description: "cannot convert a bitstring to a string"
  end
end

defimpl String.Chars, for: List do
  def to_string(charlist), do: List.to_string(charlist)
end

defimpl String.Chars, for: Integer do
  def to_string(number), do: Integer.to_string(number)
end

defimpl String.Chars, for: Float do
  def to_string(number), do: Float.to_string(number)
end
