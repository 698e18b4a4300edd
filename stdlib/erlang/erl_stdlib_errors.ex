defmodule :erl_stdlib_errors do
  @moduledoc false
  # What is wrong with the arguments of a failed function of :binary, :ets, :math, :counters and
  # others: the part of :erl_erts_errors outside of :erlang.

  def format_error(reason, [{module, function, args, location} | _]) when is_list(args) do
    case reason do
      :badarg when module == :ets -> :maps.from_list(:phial_ets_errors.problems(function, args, location))
      :badarg -> :maps.from_list(problems(module, function, args))
      _ -> %{}
    end
  end

  def format_error(_reason, _stacktrace), do: %{}

  def problems(:math, _function, args), do: math(args, 1)
  def problems(:binary, function, args), do: binary(function, args)
  def problems(:unicode, _function, [data | _]), do: unicode(data)
  def problems(module, function, args) when module in [:counters, :atomics], do: counters(module, function, args)
  def problems(:persistent_term, :get, [_]), do: [{1, "no persistent term stored with this key"}]
  def problems(:os, function, args), do: os(function, args)
  def problems(:re, _function, args), do: re(args)
  def problems(:io, _function, _args), do: []
  def problems(:lists, function, args), do: lists(function, args)
  def problems(:maps, function, args), do: maps(function, args)
  def problems(_module, _function, _args), do: []

  # Numbers out of the domain fail as arithmetic errors.
  defp math([arg | rest], n) when is_number(arg), do: math(rest, n + 1)
  defp math([_ | rest], n), do: [{n, "not a number"} | math(rest, n + 1)]
  defp math([], _n), do: []

  @range "out of range"
  @binary "not a binary"

  # --------------------------------------------------------------------------------------------
  # :binary
  # --------------------------------------------------------------------------------------------

  defp binary(function, [data | rest])
       when function in [:part, :at, :first, :last, :bin_to_list, :split, :match, :matches, :replace, :copy, :encode_hex, :decode_hex, :referenced_byte_size] do
    if is_binary(data) do
      binary_rest(function, data, rest)
    else
      [{1, @binary} | for({n, text} <- binary_rest(function, "", rest), pattern_problem?(text), do: {n, text})]
    end
  end

  defp binary(:encode_unsigned, [number | _]),
    do: [{1, if(is_integer(number), do: @range, else: "not an integer")}]

  defp binary(:decode_unsigned, [data | _]) when not is_binary(data), do: [{1, @binary}]

  defp binary(name, [list]) when name in [:longest_common_prefix, :longest_common_suffix] do
    if is_list(list) and list != [] and :lists.all(&is_binary/1, list),
      do: [],
      else: [{1, "not a flat list of binaries"}]
  end

  defp binary(:list_to_bin, [_]), do: [{1, "not an iodata term"}]
  defp binary(:compile_pattern, [_]), do: [{1, "not a valid pattern"}]
  defp binary(_function, _args), do: []

  defp pattern_problem?("not a valid pattern"), do: true
  defp pattern_problem?(_), do: false

  defp binary_rest(function, "", []) when function in [:first, :last],
    do: [{1, "a zero-sized binary is not allowed"}]

  defp binary_rest(:decode_hex, data, _),
    do: [{1, [data, " is not a valid hex"]}]

  defp binary_rest(:copy, _data, [times]),
    do: [{2, if(is_integer(times), do: @range, else: "not an integer")}]

  defp binary_rest(name, data, [start, length]) when name in [:part, :bin_to_list] do
    cond do
      not is_integer(start) -> [{2, "not an integer"}]
      not is_integer(length) -> [{3, "not an integer"}]
      start < 0 or start > byte_size(data) -> [{2, @range}]
      true -> [{3, @range}]
    end
  end

  defp binary_rest(:part, _data, [_position]), do: [{2, @range}]

  defp binary_rest(name, _data, [pattern | options]) when name in [:split, :match, :matches, :replace] do
    if valid_pattern?(pattern) do
      case {name, options} do
        {:replace, [replacement | _]} when not is_binary(replacement) and not is_function(replacement) -> [{3, "not a valid replacement"}]
        {:replace, [_, _]} -> [{4, "invalid options"}]
        {_, [_]} -> [{3, "invalid options"}]
        _ -> []
      end
    else
      [{2, "not a valid pattern"}]
    end
  end

  defp binary_rest(_name, _data, _rest), do: []

  defp valid_pattern?(pattern) when is_binary(pattern), do: pattern != ""

  defp valid_pattern?([_ | _] = list),
    do: :lists.all(fn pattern -> is_binary(pattern) and pattern != "" end, list)

  defp valid_pattern?(pattern), do: is_tuple(pattern) and tuple_size(pattern) > 0

  # --------------------------------------------------------------------------------------------
  # Others
  # --------------------------------------------------------------------------------------------

  defp counters(module, function, [first | rest]) do
    cond do
      function == :new and not is_integer(first) -> [{1, "not an integer"}]
      function == :new and first < 1 -> [{1, @range}]
      function == :new -> [{2, "invalid options"}]
      not valid_counter?(module, first) -> [{1, "invalid #{noun(module)} reference"}]
      rest == [] -> []
      not is_integer(hd(rest)) -> [{2, "not an integer"}]
      bad_index?(module, first, hd(rest)) -> [{2, @range}]
      true -> values(tl(rest), 3)
    end
  end

  defp noun(:atomics), do: "atomics"
  defp noun(:counters), do: "atomics"

  defp valid_counter?(module, reference) do
    try do
      is_map(module.info(reference))
    catch
      _, _ -> false
    end
  end

  defp bad_index?(module, reference, index) do
    %{size: size} = module.info(reference)
    index < 1 or index > size
  end

  defp values([value | rest], n) do
    cond do
      not is_integer(value) -> [{n, "not an integer"} | values(rest, n + 1)]
      true -> [{n, @range} | values(rest, n + 1)]
    end
  end

  defp values([], _n), do: []

  defp unicode(data) do
    if is_binary(data) or is_list(data), do: [], else: [{1, "not valid character data (an iodata term)"}]
  end

  defp os(:getenv, [name | _]) when not is_list(name), do: [{1, "not a list"}]
  defp os(:putenv, [name, value]), do: for({arg, n} <- [{name, 1}, {value, 2}], not is_list(arg), do: {n, "not a list"})
  defp os(:unsetenv, [_]), do: [{1, "not a list"}]
  defp os(_, _), do: []

  defp re([subject | _]) do
    if is_binary(subject) or is_list(subject), do: [{2, "neither an iodata term nor a compiled regular expression"}], else: [{1, "not an iodata term"}]
  end

  defp lists(:reverse, [list | rest]) do
    cond do
      not is_list(list) -> [{1, "not a list"}]
      rest != [] -> [{1, "not a proper list"}]
      true -> [{1, "not a proper list"}]
    end
  end

  defp lists(:member, [_, list]), do: [{2, if(is_list(list), do: "not a proper list", else: "not a list")}]
  defp lists(_, _), do: []

  defp maps(:from_list, [list]) do
    if is_list(list), do: [], else: [{1, "not a list"}]
  end

  defp maps(_, _), do: []
end
