defmodule Inspect.Text do
  @moduledoc false

  # How strings, charlists, atoms and sigils show characters: as they are, or escaped.

  @doc """
  Escapes `text` for printing between `delimiter` characters (or -1), at most `limit` characters. Bytes that are no UTF-8 print as \\xHH.
  Gives iodata and what was left over.
  """
  def escape(text, delimiter, limit \\ :infinity), do: escape(text, delimiter, limit, text, 0, [])

  # `start` begins the run of characters that print as they are, `run` is its size so far.
  defp escape(rest, _delimiter, 0, start, run, acc), do: {[acc | binary_part(start, 0, run)], rest}
  defp escape(<<>>, _delimiter, _limit, start, run, acc), do: {[acc | binary_part(start, 0, run)], <<>>}

  defp escape(<<"\#{", rest::binary>>, delimiter, limit, start, run, acc) when delimiter >= 0 do
    escape(rest, delimiter, less(less(limit)), rest, 0, [acc, binary_part(start, 0, run) | "\\\#{"])
  end

  defp escape(<<char::utf8, rest::binary>>, delimiter, limit, start, run, acc) do
    case plain?(char, delimiter) do
      true ->
        escape(rest, delimiter, less(limit), start, run + width(char), acc)

      false ->
        escape(rest, delimiter, less(limit), rest, 0, [acc, binary_part(start, 0, run) | escape_char(char, delimiter)])
    end
  end

  defp escape(<<byte, rest::binary>>, delimiter, limit, start, run, acc) do
    escape(rest, delimiter, less(limit), rest, 0, [acc, binary_part(start, 0, run) | hex_byte(byte)])
  end

  defp less(:infinity), do: :infinity
  defp less(0), do: 0
  defp less(n), do: n - 1

  defp width(char) when char < 0x80, do: 1
  defp width(char) when char < 0x800, do: 2
  defp width(char) when char < 0x10000, do: 3
  defp width(_), do: 4

  defp plain?(?\\, _), do: false
  defp plain?(char, char), do: false
  defp plain?(char, _) when char in 0x20..0x7E, do: true
  # White space that looks like a blank, and marks that have no width or turn the direction of text, are escaped.
  defp plain?(char, _) when char < 0xA1, do: false
  defp plain?(char, _) when char in [0x61C, 0x1680, 0x180E, 0x205F, 0x3000, 0xFEFF], do: false
  defp plain?(char, _) when char in 0x2000..0x200F or char in 0x2028..0x202F or char in 0x2060..0x206F, do: false
  defp plain?(char, _) when char in 0xA1..0xD7FF, do: true
  defp plain?(char, _) when char in 0xE000..0xFFFD, do: true
  defp plain?(char, _) when char in 0x10000..0x10FFFF, do: true
  defp plain?(_, _), do: false

  @doc false
  def escape_char(char, char), do: [?\\, char]
  def escape_char(?\0, _), do: "\\0"
  def escape_char(?\a, _), do: "\\a"
  def escape_char(?\b, _), do: "\\b"
  def escape_char(?\d, _), do: "\\d"
  def escape_char(?\e, _), do: "\\e"
  def escape_char(?\f, _), do: "\\f"
  def escape_char(?\n, _), do: "\\n"
  def escape_char(?\r, _), do: "\\r"
  def escape_char(?\t, _), do: "\\t"
  def escape_char(?\v, _), do: "\\v"
  def escape_char(?\\, _), do: "\\\\"
  def escape_char(char, _) when char < 0x80, do: hex_byte(char)
  def escape_char(char, _) when char < 0x10000, do: ["\\u" | padded(char, 4)]
  def escape_char(char, _), do: ["\\u{", Integer.to_string(char, 16), "}"]

  defp hex_byte(byte), do: ["\\x" | padded(byte, 2)]

  defp padded(number, digits) do
    text = :erlang.integer_to_binary(number, 16)
    [:binary.copy("0", digits - byte_size(text)) | text]
  end

  @doc """
  Whether a list is a charlist that reads as text: printable ASCII and the common control characters, not empty.
  """
  def printable_charlist?([]), do: false
  def printable_charlist?(list), do: List.ascii_printable?(list)
end
