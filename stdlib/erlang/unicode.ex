defmodule :unicode do
  @moduledoc """
  Normal forms and byte order marks; the conversions are natives.

      iex> :unicode.characters_to_nfc_binary("e\\u0301") == "é"
      true
  """

  @doc "Composed."
  @spec characters_to_nfc_binary(term) :: binary | {:error, binary, term}
  def characters_to_nfc_binary(chardata), do: normalize(chardata, :nfc)

  @doc "Composed, as code points."
  @spec characters_to_nfc_list(term) :: charlist | {:error, charlist, term}
  def characters_to_nfc_list(chardata), do: listed(normalize(chardata, :nfc))

  @doc "Decomposed."
  @spec characters_to_nfd_binary(term) :: binary | {:error, binary, term}
  def characters_to_nfd_binary(chardata), do: normalize(chardata, :nfd)

  @doc "Decomposed, as code points."
  @spec characters_to_nfd_list(term) :: charlist | {:error, charlist, term}
  def characters_to_nfd_list(chardata), do: listed(normalize(chardata, :nfd))

  @doc "Composed, without compatibility characters."
  @spec characters_to_nfkc_binary(term) :: binary | {:error, binary, term}
  def characters_to_nfkc_binary(chardata), do: normalize(chardata, :nfkc)

  @doc "Composed, without compatibility characters, as code points."
  @spec characters_to_nfkc_list(term) :: charlist | {:error, charlist, term}
  def characters_to_nfkc_list(chardata), do: listed(normalize(chardata, :nfkc))

  @doc "Decomposed, without compatibility characters."
  @spec characters_to_nfkd_binary(term) :: binary | {:error, binary, term}
  def characters_to_nfkd_binary(chardata), do: normalize(chardata, :nfkd)

  @doc "Decomposed, without compatibility characters, as code points."
  @spec characters_to_nfkd_list(term) :: charlist | {:error, charlist, term}
  def characters_to_nfkd_list(chardata), do: listed(normalize(chardata, :nfkd))

  defp normalize(chardata, form) do
    case :unicode.characters_to_binary(chardata) do
      text when is_binary(text) -> :phial_string.normalize(text, form)
      {_kind, done, rest} -> {:error, :phial_string.normalize(done, form), rest}
    end
  end

  defp listed(text) when is_binary(text), do: :unicode.characters_to_list(text)
  defp listed({:error, text, rest}), do: {:error, :unicode.characters_to_list(text), rest}

  @doc "The encoding that a byte order mark tells, and the mark's size."
  @spec bom_to_encoding(binary) :: {term, non_neg_integer}
  def bom_to_encoding(<<0xEF, 0xBB, 0xBF, _::binary>>), do: {:utf8, 3}
  def bom_to_encoding(<<0, 0, 0xFE, 0xFF, _::binary>>), do: {{:utf32, :big}, 4}
  def bom_to_encoding(<<0xFF, 0xFE, 0, 0, _::binary>>), do: {{:utf32, :little}, 4}
  def bom_to_encoding(<<0xFE, 0xFF, _::binary>>), do: {{:utf16, :big}, 2}
  def bom_to_encoding(<<0xFF, 0xFE, _::binary>>), do: {{:utf16, :little}, 2}
  def bom_to_encoding(binary) when is_binary(binary), do: {:latin1, 0}

  @doc "The byte order mark of an encoding."
  @spec encoding_to_bom(term) :: binary
  def encoding_to_bom(encoding) when encoding in [:utf8, :unicode], do: <<0xEF, 0xBB, 0xBF>>
  def encoding_to_bom(encoding) when encoding in [:utf16, {:utf16, :big}], do: <<0xFE, 0xFF>>
  def encoding_to_bom({:utf16, :little}), do: <<0xFF, 0xFE>>
  def encoding_to_bom(encoding) when encoding in [:utf32, {:utf32, :big}], do: <<0, 0, 0xFE, 0xFF>>
  def encoding_to_bom({:utf32, :little}), do: <<0xFF, 0xFE, 0, 0>>
  def encoding_to_bom(:latin1), do: ""

  @doc false
  def bin_is_7bit(binary) when is_binary(binary), do: seven?(binary)

  defp seven?(<<c, rest::binary>>) when c < 128, do: seven?(rest)
  defp seven?(rest), do: rest == ""
end
