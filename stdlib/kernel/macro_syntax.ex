defmodule Macro.Syntax do
  @moduledoc false
  # Facts about the surface syntax: operators and their binding power, special forms, how atoms
  # are written, string escapes. Macro, its printer and Inspect ask here.

  @doc "`{associativity, precedence}` of a binary operator, or nil."
  def binary_op(operator) do
    case operator do
      :<- -> {:left, 40}
      :\\ -> {:left, 40}
      :when -> {:right, 50}
      :"::" -> {:right, 60}
      :| -> {:right, 70}
      :"=>" -> {:right, 80}
      := -> {:right, 100}
      :|| -> {:left, 120}
      :||| -> {:left, 120}
      :or -> {:left, 120}
      :&& -> {:left, 130}
      :&&& -> {:left, 130}
      :and -> {:left, 130}
      :== -> {:left, 140}
      :!= -> {:left, 140}
      :=~ -> {:left, 140}
      :=== -> {:left, 140}
      :!== -> {:left, 140}
      :< -> {:left, 150}
      :<= -> {:left, 150}
      :>= -> {:left, 150}
      :> -> {:left, 150}
      :|> -> {:left, 160}
      :<<< -> {:left, 160}
      :>>> -> {:left, 160}
      :<~ -> {:left, 160}
      :~> -> {:left, 160}
      :<<~ -> {:left, 160}
      :~>> -> {:left, 160}
      :<~> -> {:left, 160}
      :"<|>" -> {:left, 160}
      :in -> {:left, 170}
      :"^^^" -> {:left, 180}
      :"//" -> {:right, 190}
      :++ -> {:right, 200}
      :-- -> {:right, 200}
      :+++ -> {:right, 200}
      :--- -> {:right, 200}
      :.. -> {:right, 200}
      :<> -> {:right, 200}
      :+ -> {:left, 210}
      :- -> {:left, 210}
      :* -> {:left, 220}
      :/ -> {:left, 220}
      :** -> {:left, 230}
      :. -> {:left, 310}
      _ -> nil
    end
  end

  @doc "`{associativity, precedence}` of a unary operator, or nil."
  def unary_op(operator) do
    case operator do
      :& -> {:non_associative, 90}
      :... -> {:non_associative, 90}
      :! -> {:non_associative, 300}
      :^ -> {:non_associative, 300}
      :not -> {:non_associative, 300}
      :+ -> {:non_associative, 300}
      :- -> {:non_associative, 300}
      :"~~~" -> {:non_associative, 300}
      :@ -> {:non_associative, 320}
      _ -> nil
    end
  end

  @doc "`true` for the names and arities that the expander handles itself."
  def special_form?(name, arity) do
    case {name, arity} do
      {form, _}
      when form in [:%{}, :{}, :<<>>, :__block__, :__aliases__, :for, :with, :unquote_splicing] ->
        true

      {:&, 1} ->
        true

      {:^, 1} ->
        true

      {:=, 2} ->
        true

      {:%, 2} ->
        true

      {:., 2} ->
        true

      {:"::", 2} ->
        true

      {:|, 2} ->
        true

      {:->, 2} ->
        true

      {:__ENV__, 0} ->
        true

      {:__CALLER__, 0} ->
        true

      {:__MODULE__, 0} ->
        true

      {:__DIR__, 0} ->
        true

      {:__STACKTRACE__, 0} ->
        true

      {:__cursor__, 1} ->
        true

      {form, arity} when form in [:alias, :import, :require, :quote] ->
        arity == 2

      {:case, 2} ->
        true

      {:cond, 1} ->
        true

      {:fn, _} ->
        true

      {form, 1} when form in [:try, :receive, :unquote] ->
        true

      {:super, _} ->
        true

      _ ->
        false
    end
  end

  @symbols [:%, :%{}, :{}, :<<>>, :..., :.., :., :"..//", :->]

  @doc "See `Macro.classify_atom/1`."
  def classify(atom) do
    text = :erlang.atom_to_binary(atom)

    cond do
      atom in [:"~~~", :"^^^", :"<|>", :"::", :"=>", :"//"] -> :quoted
      atom in @symbols -> :unquoted
      binary_op(atom) != nil and not letters?(text) -> :unquoted
      unary_op(atom) != nil and not letters?(text) -> :unquoted
      true -> classify_text(text)
    end
  end

  defp letters?(<<c, _::binary>>), do: c in ?a..?z

  defp classify_text("Elixir"), do: :alias

  defp classify_text(<<"Elixir.", rest::binary>>) do
    if alias_segments?(rest), do: :alias, else: :quoted
  end

  defp classify_text(text) do
    if ascii?(text) do
      case text do
        <<c, rest::binary>> when c in ?a..?z or c == ?_ -> classify_rest(rest, :identifier)
        <<c, rest::binary>> when c in ?A..?Z -> classify_rest(rest, :unquoted)
        _ -> :quoted
      end
    else
      case :phial_macro.identifier_kind(text) do
        :identifier -> :identifier
        :alias -> :unquoted
        :atom -> :unquoted
        _ -> :quoted
      end
    end
  end

  defp classify_rest("", kind), do: kind
  defp classify_rest(<<c>>, kind) when c == ?? or c == ?!, do: kind

  defp classify_rest(<<c, rest::binary>>, kind)
       when c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c == ?_,
       do: classify_rest(rest, kind)

  defp classify_rest(<<?@, rest::binary>>, _kind), do: classify_rest(rest, :unquoted)
  defp classify_rest(_, _kind), do: :quoted

  defp ascii?(<<c, rest::binary>>) when c < 128, do: ascii?(rest)
  defp ascii?(""), do: true
  defp ascii?(_), do: false

  defp alias_segments?(<<c, rest::binary>>) when c in ?A..?Z, do: alias_rest?(rest)
  defp alias_segments?(_), do: false

  defp alias_rest?(""), do: true
  defp alias_rest?(<<?., rest::binary>>), do: alias_segments?(rest)

  defp alias_rest?(<<c, rest::binary>>)
       when c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c == ?_,
       do: alias_rest?(rest)

  defp alias_rest?(_), do: false

  @doc "See `Macro.inspect_atom/3`."
  def inspect_atom(format, atom, opts) do
    text = :erlang.atom_to_binary(atom)

    case format do
      :literal when atom in [nil, true, false] ->
        text

      :literal ->
        case classify(atom) do
          :alias when atom == Elixir -> "Elixir"
          :alias -> binary_part(text, 7, byte_size(text) - 7)
          :quoted -> ":" <> quoted(text, opts)
          _ -> ":" <> text
        end

      :key ->
        case classify(atom) do
          :alias -> quoted(text, opts) <> ":"
          :quoted -> quoted(text, opts) <> ":"
          _ -> text <> ":"
        end

      :remote_call ->
        cond do
          classify(atom) == :identifier -> text
          atom in @symbols -> quoted(text, opts)
          binary_op(atom) != nil or unary_op(atom) != nil -> text
          true -> quoted(text, opts)
        end
    end
  end

  defp quoted(text, opts) do
    case :lists.keyfind(:escape, 1, opts) do
      {:escape, fun} ->
        {escaped, _} = fun.(text, ?")
        :erlang.iolist_to_binary([?", escaped, ?"])

      false ->
        inspect(text, binaries: :as_strings)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Escapes
  # --------------------------------------------------------------------------------------------

  @doc "See `Macro.unescape_string/2`."
  def unescape(string, map), do: unescape(string, map, [])

  defp unescape(<<?\\, ?\n, rest::binary>>, map, acc) do
    case map.(:newline) do
      true -> unescape(rest, map, acc)
      false -> unescape(rest, map, [acc | "\\\n"])
    end
  end

  defp unescape(<<?\\, ?\r, ?\n, rest::binary>>, map, acc) do
    case map.(:newline) do
      true -> unescape(rest, map, acc)
      false -> unescape(rest, map, [acc | "\\\r\n"])
    end
  end

  defp unescape(<<?\\, ?x, rest::binary>>, map, acc) do
    case map.(:hex) do
      true -> hex(rest, map, acc)
      false -> unescape(rest, map, [acc | [map_char(map, ?x)]])
    end
  end

  defp unescape(<<?\\, ?u, rest::binary>>, map, acc) do
    case map.(:unicode) do
      true -> unicode(rest, map, acc)
      false -> unescape(rest, map, [acc | [map_char(map, ?u)]])
    end
  end

  defp unescape(<<?\\, char::utf8, rest::binary>>, map, acc) do
    case map.(char) do
      false -> unescape(rest, map, [acc | <<?\\, char::utf8>>])
      true -> unescape(rest, map, [acc | <<char::utf8>>])
      other -> unescape(rest, map, [acc | <<other::utf8>>])
    end
  end

  defp unescape(<<char, rest::binary>>, map, acc), do: unescape(rest, map, [acc | <<char>>])
  defp unescape("", _map, acc), do: :erlang.iolist_to_binary(acc)

  defp map_char(map, char) do
    case map.(char) do
      true -> char
      false -> <<?\\, char>>
      other -> other
    end
  end

  defp hex(<<a, b, rest::binary>>, map, acc) do
    case {digit(a), digit(b)} do
      {high, low} when is_integer(high) and is_integer(low) ->
        unescape(rest, map, [acc | <<high * 16 + low>>])

      _ ->
        bad_hex()
    end
  end

  defp hex(_, _map, _acc), do: bad_hex()

  defp bad_hex do
    raise ArgumentError,
          "invalid hex escape character, expected \\xHH where H is a hexadecimal digit"
  end

  defp unicode(<<?{, rest::binary>>, map, acc) do
    case :binary.split(rest, "}") do
      [digits, rest] when byte_size(digits) in 1..6 -> code_point(digits, rest, map, acc)
      _ -> bad_unicode()
    end
  end

  defp unicode(<<digits::binary-size(4), rest::binary>>, map, acc),
    do: code_point(digits, rest, map, acc)

  defp unicode(_, _map, _acc), do: bad_unicode()

  defp code_point(digits, rest, map, acc) do
    code =
      :lists.foldl(
        fn char, sum ->
          case digit(char) do
            nil -> bad_unicode()
            value -> sum * 16 + value
          end
        end,
        0,
        :erlang.binary_to_list(digits)
      )

    if code > 0x10FFFF or code in 0xD800..0xDFFF do
      raise ArgumentError, "invalid or reserved Unicode code point \\u{#{digits}}"
    end

    unescape(rest, map, [acc | <<code::utf8>>])
  end

  defp bad_unicode do
    raise ArgumentError,
          "invalid Unicode escape character, expected \\uHHHH or \\u{H*} where H is a " <>
            "hexadecimal digit"
  end

  defp digit(char) when char in ?0..?9, do: char - ?0
  defp digit(char) when char in ?a..?f, do: char - ?a + 10
  defp digit(char) when char in ?A..?F, do: char - ?A + 10
  defp digit(_), do: nil
end
