defmodule :erl_stdlib_errors do
  @moduledoc false
  # As :erl_erts_errors, for natives of the library modules: what is wrong with the arguments of a call that failed with badarg.

  def format_error(:badarg, [{module, function, args, _} | _]) when is_list(args) do
    :maps.from_list(problems(module, function, args))
  end

  def format_error(_reason, _stacktrace), do: %{}

  defp problems(:binary, function, [subject, pattern | options]) when function in [:split, :match, :matches] do
    first(subject) ++ second_pattern(pattern) ++ for(_ <- options, is_binary(subject), do: {3, "invalid options"})
  end

  defp problems(:binary, :replace, [subject, pattern, replacement | _]) do
    first(subject) ++
      second_pattern(pattern) ++ if(is_binary(replacement) or is_function(replacement), do: [], else: [{3, "not a valid replacement"}])
  end

  defp problems(:binary, :at, [subject, at]), do: first(subject) ++ position(2, at)
  defp problems(:binary, function, [subject]) when function in [:first, :last] and subject == "", do: [{1, "a zero-sized binary is not allowed"}]

  defp problems(:binary, :part, [subject, at, length]) do
    case first(subject) do
      [] -> part(subject, at, length)
      wrong -> wrong
    end
  end

  defp problems(:binary, :copy, [subject, n]), do: first(subject) ++ if(is_integer(n) and n >= 0, do: [], else: [{2, not_integer(n)}])
  defp problems(:binary, _function, [subject | _]), do: first(subject)

  defp problems(:math, _function, args) do
    for {arg, i} <- :lists.zip(args, :lists.seq(1, length(args))), not is_number(arg), do: {i, "not a number"}
  end

  defp problems(:maps, function, args) do
    map = :lists.last(args)
    if is_map(map) or function == :from_list, do: [], else: [{length(args), "not a map"}]
  end

  defp problems(:lists, function, [_, position, list]) when function in [:keyfind, :keymember, :keysearch] do
    index = if is_integer(position) and position >= 1, do: [], else: [{2, not_integer(position)}]
    index ++ if(proper?(list), do: [], else: [{3, "not a list"}])
  end

  defp problems(:lists, :member, [_, list]), do: if(proper?(list), do: [], else: [{2, "not a list"}])
  defp problems(:lists, :reverse, [list | _]), do: if(proper?(list), do: [], else: [{1, "not a list"}])

  defp problems(:ets, _function, [table | _]) do
    case :ets.whereis(table) do
      :undefined -> [{1, "the table identifier does not refer to an existing ETS table"}]
      _ -> []
    end
  rescue
    _ -> [{1, "not a valid table identifier"}]
  end

  defp problems(:re, _function, [subject, pattern | _]) do
    subject = if is_binary(subject) or is_list(subject), do: [], else: [{1, "not an iodata term"}]
    subject ++ if(is_tuple(pattern) or is_binary(pattern) or is_list(pattern), do: [], else: [{2, "neither an iodata term nor a compiled regular expression"}])
  end

  defp problems(:unicode, _function, [data | _]) do
    if is_binary(data) or is_list(data), do: [], else: [{1, "not valid character data (an iodata term)"}]
  end

  defp problems(_module, _function, _args), do: []

  defp first(subject) when is_binary(subject), do: []
  defp first(subject) when is_bitstring(subject), do: [{1, "is a bitstring (expected a binary)"}]
  defp first(_subject), do: [{1, "not a binary"}]

  defp second_pattern(pattern) when is_binary(pattern) and pattern != "", do: []
  defp second_pattern({:bm, _}), do: []
  defp second_pattern([_ | _] = patterns), do: if(Enum.all?(patterns, &(is_binary(&1) and &1 != "")), do: [], else: [{2, "not a valid pattern"}])
  defp second_pattern(_pattern), do: [{2, "not a valid pattern"}]

  defp position(index, at) when is_integer(at) and at >= 0, do: [{index, "out of range"}]
  defp position(index, at), do: [{index, not_integer(at)}]

  defp part(subject, at, length) do
    cond do
      not is_integer(at) -> [{2, not_integer(at)}]
      not is_integer(length) -> [{3, not_integer(length)}]
      at < 0 or at > byte_size(subject) -> [{2, "out of range"}]
      true -> [{3, "out of range"}]
    end
  end

  defp not_integer(value) when is_integer(value), do: "out of range"
  defp not_integer(_value), do: "not an integer"

  defp proper?(list), do: is_list(list) and proper_tail?(list)
  defp proper_tail?([_ | rest]), do: proper_tail?(rest)
  defp proper_tail?(rest), do: rest == []
end
