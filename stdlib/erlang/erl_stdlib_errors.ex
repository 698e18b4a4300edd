defmodule :erl_stdlib_errors do
  @moduledoc false
  # What is wrong with the arguments of a library function that failed with badarg: like :erl_erts_errors, for the functions
  # of :binary, :math, :maps, :lists and :unicode.

  def format_error(reason, [{module, function, args, _} | _]) when is_list(args) do
    case reason do
      :badarg -> :maps.from_list(problems(module, function, args))
      _ -> %{}
    end
  end

  def format_error(_reason, _stacktrace), do: %{}

  defp problems(:binary, function, args), do: binary(function, args)
  defp problems(:math, _function, args), do: math(args, 1)
  defp problems(:lists, function, args), do: lists(function, args)
  defp problems(:maps, function, args), do: maps(function, args)
  defp problems(:unicode, function, args), do: unicode(function, args)
  defp problems(_module, _function, _args), do: []

  # A bad subject is reported alone.
  defp binary(:at, _args), do: []

  defp binary(name, [_]) when name in [:longest_common_prefix, :longest_common_suffix] do
    [{1, "not a flat list of binaries"}]
  end

  defp binary(:list_to_bin, [_]), do: [{1, "not an iodata term"}]
  defp binary(:encode_unsigned, [n | _]) when is_integer(n), do: [{1, "out of range"}]
  defp binary(:encode_unsigned, _args), do: [{1, "not an integer"}]
  defp binary(_name, [subject | _]) when not is_binary(subject), do: [{1, "not a binary"}]

  defp binary(name, [""]) when name in [:first, :last] do
    [{1, "a zero-sized binary is not allowed"}]
  end

  defp binary(:copy, [_, n]) when is_integer(n), do: [{2, "out of range"}]
  defp binary(:copy, [_, _]), do: [{2, "not an integer"}]

  defp binary(:decode_hex, [text]) when rem(byte_size(text), 2) == 1 do
    [{1, "must contain an even number of bytes"}]
  end

  defp binary(:decode_hex, [text]) do
    bad = for <<pair::binary-size(2) <- text>>, Base.decode16(pair, case: :mixed) == :error, do: pair
    [{1, hd(bad) <> " is not a valid hex"}]
  end

  defp binary(name, [subject, start, length]) when name in [:part, :bin_to_list] do
    cond do
      not is_integer(start) -> [{2, "not an integer"}]
      not is_integer(length) -> [{3, "not an integer"}]
      start < 0 or start > byte_size(subject) -> [{2, "out of range"}]
      true -> [{3, "out of range"}]
    end
  end

  defp binary(name, [_, _]) when name in [:part, :bin_to_list], do: [{2, "out of range"}]

  defp binary(name, [_, pattern | rest]) when name in [:match, :matches, :split, :replace] do
    cond do
      not pattern?(pattern) -> [{2, "not a valid pattern"}]
      name == :replace and not is_binary(hd(rest)) -> [{3, "not a valid replacement"}]
      rest == [] -> []
      true -> [{length(rest) + 2, "invalid options"}]
    end
  end

  defp binary(:compile_pattern, [_]), do: [{1, "not a valid pattern"}]
  defp binary(_name, _args), do: []

  defp pattern?(pattern) when is_binary(pattern), do: pattern != ""
  defp pattern?([]), do: false
  defp pattern?(pattern) when is_list(pattern), do: :lists.all(&pattern?/1, pattern)
  defp pattern?(pattern), do: is_tuple(pattern)

  defp math([arg | rest], n) when is_number(arg), do: math(rest, n + 1)
  defp math([_ | rest], n), do: [{n, "not a number"} | math(rest, n + 1)]
  defp math([], _n), do: []

  defp lists(name, [_, n, list]) when name in [:keyfind, :keymember, :keysearch] do
    position =
      cond do
        not is_integer(n) -> [{2, "not an integer"}]
        n < 1 -> [{2, "out of range"}]
        true -> []
      end

    if proper?(list), do: position, else: position ++ [{3, "not a list"}]
  end

  defp lists(:member, [_, _]), do: [{2, "not a list"}]
  defp lists(:reverse, [_, _]), do: [{1, "not a list"}]
  defp lists(_name, _args), do: []

  defp maps(:from_list, [list]), do: if(proper?(list), do: [], else: [{1, "not a list"}])
  defp maps(:from_keys, [_, _]), do: [{1, "not a list"}]
  defp maps(_name, _args), do: []

  defp unicode(_name, [_]), do: [{1, "not valid character data (an iodata term)"}]
  defp unicode(_name, _args), do: []

  defp proper?(list), do: is_list(list) and not List.improper?(list)
end
