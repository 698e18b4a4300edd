defmodule :erl_stdlib_errors do
  @moduledoc false
  # What is wrong with the arguments of a failed function of :binary, :ets, :math, :counters and
  # others: the part of :erl_erts_errors outside of :erlang.

  def format_error(reason, [{module, function, args, _} | _]) when is_list(args) do
    case reason do
      :badarg -> :maps.from_list(problems(module, function, args))
      _ -> %{}
    end
  end

  def format_error(_reason, _stacktrace), do: %{}

  def problems(:math, _function, args), do: math(args, 1)
  def problems(:binary, function, args), do: binary(function, args)
  def problems(:ets, function, args), do: ets(function, args)
  def problems(:unicode, _function, [data | _]), do: unicode(data)

  def problems(module, function, args) when module in [:counters, :atomics],
    do: counters(module, function, args)

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
       when function in [
              :part,
              :at,
              :first,
              :last,
              :bin_to_list,
              :split,
              :match,
              :matches,
              :replace,
              :copy,
              :encode_hex,
              :decode_hex,
              :referenced_byte_size
            ] do
    if is_binary(data) do
      binary_rest(function, data, rest)
    else
      [
        {1, @binary}
        | for({n, text} <- binary_rest(function, "", rest), pattern_problem?(text), do: {n, text})
      ]
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

  defp binary_rest(name, _data, [pattern | options])
       when name in [:split, :match, :matches, :replace] do
    if valid_pattern?(pattern) do
      case {name, options} do
        {:replace, [replacement | _]}
        when not is_binary(replacement) and not is_function(replacement) ->
          [{3, "not a valid replacement"}]

        {:replace, [_, _]} ->
          [{4, "invalid options"}]

        {_, [_]} ->
          [{3, "invalid options"}]

        _ ->
          []
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
  # :ets
  # --------------------------------------------------------------------------------------------

  defp ets(:new, [name, options]) do
    cond do
      not is_atom(name) ->
        [{1, "not an atom"}]

      not is_list(options) ->
        [{2, "not a list"}]

      :lists.member(:named_table, options) and :ets.whereis(name) != :undefined ->
        [{1, "table name already exists"}]

      true ->
        [{2, "invalid options"}]
    end
  end

  defp ets(function, [table | rest]) do
    case table_problem(table) do
      nil -> ets_rest(function, table, rest)
      text -> [{1, text}]
    end
  end

  defp table_problem(table) when is_atom(table) or is_reference(table) do
    case :ets.info(table, :protection) do
      :undefined -> "the table identifier does not refer to an existing ETS table"
      _ -> nil
    end
  end

  defp table_problem(_), do: "not a valid table identifier"

  defp ets_rest(function, table, rest) do
    cond do
      denied?(function, table) ->
        [{1, "the table identifier refers to an ETS table with insufficient access rights"}]

      true ->
        ets_args(function, table, rest)
    end
  end

  @readers [
    :lookup,
    :lookup_element,
    :member,
    :first,
    :last,
    :next,
    :prev,
    :match,
    :match_object,
    :select,
    :select_count,
    :tab2list,
    :foldl,
    :foldr,
    :slot
  ]

  defp denied?(function, table) do
    owner? = :ets.info(table, :owner) == self()

    case :ets.info(table, :protection) do
      :public -> false
      :protected -> not owner? and function not in @readers
      :private -> not owner?
    end
  end

  defp ets_args(name, _table, [objects]) when name in [:insert, :insert_new],
    do: objects_problem(objects)

  defp ets_args(:lookup_element, table, [key, position | _]) do
    cond do
      not is_integer(position) -> [{3, "not an integer"}]
      position < 1 -> [{3, @range}]
      not :ets.member(table, key) -> [{2, "not a key that exists in the table"}]
      true -> [{3, "position is greater than the size of the object"}]
    end
  end

  defp ets_args(:update_counter, table, [key, operation | _]) do
    position =
      case operation do
        {position, _} -> position
        {position, _, _, _} -> position
        _ -> :ets.info(table, :keypos) + 1
      end

    case :ets.lookup(table, key) do
      [] ->
        [{2, "not a key that exists in the table"}]

      [object | _] ->
        cond do
          not is_integer(position) ->
            [{3, "invalid update operation"}]

          position > tuple_size(object) ->
            [{3, "position is greater than the size of the object"}]

          not is_integer(elem(object, position - 1)) ->
            [{3, "the value in the given position, in the object, is not an integer"}]

          true ->
            [{3, "not an integer"}]
        end
    end
  end

  defp ets_args(:update_element, table, [key | _]) do
    if :ets.member(table, key),
      do: [{3, "invalid element specification"}],
      else: [{2, "not a key that exists in the table"}]
  end

  defp ets_args(name, table, [key]) when name in [:next, :prev] do
    if :ets.member(table, key), do: [], else: [{2, "not a key that exists in the table"}]
  end

  defp ets_args(name, _table, [_spec | _])
       when name in [
              :select,
              :select_count,
              :select_delete,
              :match,
              :match_object,
              :select_replace
            ],
       do: [{2, "not a valid match specification"}]

  defp ets_args(:rename, _table, [name]),
    do: [{2, if(is_atom(name), do: "table name already exists", else: "not an atom")}]

  defp ets_args(:give_away, _table, [pid | _]),
    do: [{2, if(is_pid(pid), do: "not a live process", else: "not a pid")}]

  defp ets_args(_function, _table, _rest), do: []

  defp objects_problem(objects) do
    problem = fn object -> if not is_tuple(object), do: "not a tuple" end

    case objects do
      list when is_list(list) ->
        case for(object <- list, text = problem.(object), do: text) do
          [text | _] -> [{2, text}]
          [] -> []
        end

      object ->
        case problem.(object) do
          nil -> []
          text -> [{2, text}]
        end
    end
  end

  # --------------------------------------------------------------------------------------------
  # Others
  # --------------------------------------------------------------------------------------------

  defp counters(module, function, [first | rest]) do
    cond do
      function == :new and not is_integer(first) -> [{1, "not an integer"}]
      function == :new and first < 1 -> [{1, @range}]
      function == :new -> [{2, "invalid options"}]
      not valid_counter?(module, first) -> [{1, "invalid atomics reference"}]
      rest == [] -> []
      not is_integer(hd(rest)) -> [{2, "not an integer"}]
      bad_index?(module, first, hd(rest)) -> [{2, @range}]
      true -> values(tl(rest), 3)
    end
  end

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
    if is_binary(data) or is_list(data),
      do: [],
      else: [{1, "not valid character data (an iodata term)"}]
  end

  defp os(:getenv, [name | _]) when not is_list(name), do: [{1, "not a list"}]

  defp os(:putenv, [name, value]),
    do: for({arg, n} <- [{name, 1}, {value, 2}], not is_list(arg), do: {n, "not a list"})

  defp os(:unsetenv, [_]), do: [{1, "not a list"}]
  defp os(_, _), do: []

  defp re([subject | _]) do
    if is_binary(subject) or is_list(subject),
      do: [{2, "neither an iodata term nor a compiled regular expression"}],
      else: [{1, "not an iodata term"}]
  end

  defp lists(:reverse, [list | rest]) do
    cond do
      not is_list(list) -> [{1, "not a list"}]
      rest != [] -> [{1, "not a proper list"}]
      true -> [{1, "not a proper list"}]
    end
  end

  defp lists(:member, [_, list]),
    do: [{2, if(is_list(list), do: "not a proper list", else: "not a list")}]

  defp lists(_, _), do: []

  defp maps(:from_list, [list]) do
    if is_list(list), do: [], else: [{1, "not a list"}]
  end

  defp maps(_, _), do: []
end
