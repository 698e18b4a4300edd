defmodule :binary do
  @moduledoc """
  The functions on binaries that are not natives.

      iex> :binary.replace("a-b", "-", "+")
      "a+b"
  """

  @doc "The bytes of a part, given as `{start, length}`."
  @spec bin_to_list(binary, {non_neg_integer, integer}) :: [byte]
  def bin_to_list(subject, {start, length}), do: bin_to_list(subject, start, length)

  @doc "The bytes of a part."
  @spec bin_to_list(binary, non_neg_integer, integer) :: [byte]
  def bin_to_list(subject, start, length) do
    :erlang.binary_to_list(:erlang.binary_part(subject, start, length))
  end

  @doc "Replaces the first occurrence of `pattern`."
  @spec replace(binary, term, binary) :: binary
  def replace(subject, pattern, replacement), do: replace(subject, pattern, replacement, [])

  @doc """
  Replaces occurrences of `pattern`: the first or, with `:global`, all. Options: `scope: {start, length}` and
  `insert_replaced: offsets`. The replacement may be a function of what was found.
  """
  @spec replace(binary, term, binary | (binary -> binary), list) :: binary
  def replace(subject, pattern, replacement, options)
      when is_binary(subject) and is_list(options) and
             (is_binary(replacement) or is_function(replacement, 1)) do
    scope = :lists.keyfind(:scope, 1, options)
    scope = if scope, do: [scope], else: []

    found =
      if :lists.member(:global, options) do
        :binary.matches(subject, pattern, scope)
      else
        case :binary.match(subject, pattern, scope) do
          :nomatch -> []
          match -> [match]
        end
      end

    make = maker(replacement, :lists.keyfind(:insert_replaced, 1, options), options)
    if found == [], do: subject, else: :erlang.iolist_to_binary(pieces(subject, 0, found, make))
  end

  def replace(subject, pattern, replacement, options) do
    :erlang.error(:badarg, [subject, pattern, replacement, options], error_info: %{module: :erl_stdlib_errors})
  end

  defp maker(fun, _insert, _options) when is_function(fun), do: fun
  defp maker(text, false, _options), do: fn _found -> text end

  defp maker(text, {:insert_replaced, offsets}, _options) do
    offsets = :lists.sort(if is_list(offsets), do: offsets, else: [offsets])
    fn found -> insert(text, 0, offsets, found) end
  end

  defp insert(text, from, [at | offsets], found) do
    [:erlang.binary_part(text, from, at - from), found | insert(text, at, offsets, found)]
  end

  defp insert(text, from, [], _found) do
    [:erlang.binary_part(text, from, byte_size(text) - from)]
  end

  defp pieces(subject, from, [{at, length} | found], make) do
    [
      :erlang.binary_part(subject, from, at - from),
      make.(:erlang.binary_part(subject, at, length))
      | pieces(subject, at + length, found, make)
    ]
  end

  defp pieces(subject, from, [], _make) do
    [:erlang.binary_part(subject, from, byte_size(subject) - from)]
  end

  @doc "The bytes as upper case hex digits."
  @spec encode_hex(binary) :: binary
  def encode_hex(binary) when is_binary(binary), do: Base.encode16(binary)
  def encode_hex(other), do: :erlang.error(:badarg, [other], error_info: %{module: :erl_stdlib_errors})

  @doc "The bytes as hex digits in the given case."
  @spec encode_hex(binary, :uppercase | :lowercase) :: binary
  def encode_hex(binary, :uppercase), do: Base.encode16(binary)
  def encode_hex(binary, :lowercase), do: Base.encode16(binary, case: :lower)

  @doc "The bytes of hex digits in any case."
  @spec decode_hex(binary) :: binary
  def decode_hex(binary) when is_binary(binary) do
    case Base.decode16(binary, case: :mixed) do
      {:ok, bytes} -> bytes
      :error -> :erlang.error(:badarg, [binary], error_info: %{module: :erl_stdlib_errors})
    end
  end

  def decode_hex(other), do: :erlang.error(:badarg, [other], error_info: %{module: :erl_stdlib_errors})

end
