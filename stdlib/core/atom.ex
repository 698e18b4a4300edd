defmodule Atom do
  @moduledoc """
  Conversions of atoms: constants whose value is their own name.
  """

  @doc """
  The name of an atom as a string.

      iex> Atom.to_string(:foo)
      "foo"
  """
  @spec to_string(atom) :: String.t()
  def to_string(atom), do: :erlang.atom_to_binary(atom)

  @doc """
  The name of an atom as a charlist.

      iex> Atom.to_charlist(:foo)
      ~c"foo"
  """
  @spec to_charlist(atom) :: charlist
  def to_charlist(atom), do: :erlang.atom_to_list(atom)
end
