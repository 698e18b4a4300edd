defmodule :phial_ets_errors do
  @moduledoc false
  # What is wrong with the arguments of a function of :ets that failed with badarg. The cause that the machine knows stands in
  # the stack trace; the rest is found by looking at the arguments again.

  # [{number of the argument, text}]
  def problems(function, args, location) do
    cause =
      case :lists.keyfind(:error_info, 1, location) do
        {:error_info, %{cause: cause}} -> cause
        _ -> :none
      end

    numbered(rule(function, args, cause), 1)
  end

  # A rule gives a text, or something else when nothing is wrong, for each argument.
  defp numbered([text | rest], n) when is_binary(text), do: [{n, text} | numbered(rest, n + 1)]
  defp numbered([_ | rest], n), do: numbered(rest, n + 1)
  defp numbered([], _n), do: []

  defp rule(:new, [name, options], cause) do
    cond do
      cause == :already_exists -> ["table name already exists"]
      not is_atom(name) -> [atom(name), list_problem(options)]
      true -> [nil, list_problem(options) || "invalid options"]
    end
  end

  defp rule(:give_away, [_, pid, _], cause) do
    cond do
      cause == :owner -> [nil, "the process is already the owner of the table"]
      not is_pid(pid) -> [table(cause), "not a pid"]
      cause == :none -> [nil, "the process is not alive"]
      true -> [table(cause)]
    end
  end

  defp rule(:info, [_], cause), do: [table(cause)]
  defp rule(:info, [_, _], :none), do: [nil, "not a valid info item"]

  defp rule(name, [_, objects], cause) when name in [:insert, :insert_new], do: [table(cause), objects_problem(objects)]
  defp rule(:delete_object, [_, object], cause), do: [table(cause), tuple(object)]

  defp rule(:lookup_element, [_, _, position | _], cause) do
    case cause do
      :badkey -> [nil, "not a key that exists in the table"]
      :none when not is_integer(position) -> [nil, nil, "not an integer"]
      :none when position < 1 -> [nil, nil, "out of range"]
      :none -> [nil, nil, "position is greater than the size of the object"]
      _ -> [table(cause)]
    end
  end

  defp rule(:update_counter, [table, key, operation | default], cause) do
    default =
      case default do
        [{}] -> "is an empty tuple"
        [default] -> tuple(default)
        [] -> nil
      end

    case cause do
      :badkey -> [nil, "not a key that exists in the table"]
      :keypos -> [nil, nil, "the position is the same as the key position"]
      :position -> [nil, nil, "the position in the update operation is out of range"]
      :none -> [nil, nil, operation_problem(operation) || (default == nil && counter_problem(table, key)), default]
      _ -> [table(cause), nil, operation_problem(operation), default]
    end
  end

  defp rule(:update_element, [_, _, specification | _], cause) do
    cond do
      cause == :keypos -> [nil, nil, "the position is the same as the key position"]
      cause != :none -> [table(cause)]
      element_specification?(specification) -> [nil, nil, "out of range"]
      true -> [nil, nil, "is not a valid element specification"]
    end
  end

  defp rule(name, [_, _], :none) when name in [:next, :prev], do: [nil, "not a key that exists in the table"]
  defp rule(:rename, [_, name], cause) when not is_atom(name), do: [table(cause), "invalid table name (must be an atom)"]
  defp rule(:rename, [_, _], :none), do: [nil, "table name already exists"]
  defp rule(:safe_fixtable, [_, _], :none), do: [nil, "not a boolean value"]
  defp rule(:setopts, [_, _], :none), do: [nil, "invalid options"]
  defp rule(:slot, [_, _], :none), do: [nil, "out of range"]
  defp rule(:whereis, [_], _), do: ["invalid table name (must be an atom)"]
  defp rule(:match_spec_compile, [_], _), do: ["not a valid match specification"]
  defp rule(:match_spec_run_r, _, _), do: []

  defp rule(name, [_], :none) when name in [:select, :select_reverse, :match, :match_object], do: ["invalid continuation"]

  defp rule(name, [_, _, limit], cause) when name in [:select, :select_reverse, :match, :match_object] do
    limit_text =
      cond do
        not is_integer(limit) -> "not an integer"
        limit < 1 -> "out of range"
        true -> nil
      end

    spec_text = name in [:select, :select_reverse] && cause == :none && limit_text == nil && "not a valid match specification"
    [table(cause), spec_text, limit_text]
  end

  defp rule(name, [_, _], :none) when name in [:select, :select_reverse, :select_count, :select_delete, :select_replace],
    do: [nil, "not a valid match specification"]

  defp rule(_, _, cause), do: [table(cause)]

  defp table(:id), do: "the table identifier does not refer to an existing ETS table"
  defp table(:access), do: "the table identifier refers to an ETS table with insufficient access rights"
  defp table(:type), do: "not an atom or a table identifier"
  defp table(:table_type), do: "the table identifier refers to an ETS table of a type not supported by this operation"
  defp table(_), do: nil

  defp objects_problem({}), do: "is an empty tuple"
  defp objects_problem(object) when is_tuple(object), do: nil

  defp objects_problem(objects) when is_list(objects) do
    if all_objects?(objects), do: nil, else: "not a non-empty tuple or a list of non-empty tuples"
  end

  defp objects_problem(_), do: "not a tuple"

  defp all_objects?([object | rest]) when is_tuple(object) and object != {}, do: all_objects?(rest)
  defp all_objects?(rest), do: rest == []

  defp operation_problem(operations) when is_list(operations) do
    if :lists.all(&operation?/1, operations), do: nil, else: "not a valid update operation"
  end

  defp operation_problem(operation), do: if(operation?(operation), do: nil, else: "not a valid update operation")

  defp operation?(increment) when is_integer(increment), do: true
  defp operation?({position, increment}), do: is_integer(position) and is_integer(increment)

  defp operation?({position, increment, threshold, value}),
    do: is_integer(position) and is_integer(increment) and is_integer(threshold) and is_integer(value)

  defp operation?(_), do: false

  defp counter_problem(table, key) do
    case :ets.lookup(table, key) do
      [_] -> "the value in the given position, in the object, is not an integer"
      _ -> nil
    end
  end

  defp element_specification?(list) when is_list(list), do: :lists.all(&element_specification?/1, list)
  defp element_specification?({position, _}), do: is_integer(position) and position > 0
  defp element_specification?(_), do: false

  defp list_problem(list) when is_list(list), do: if(proper?(list), do: nil, else: "not a proper list")
  defp list_problem(_), do: "not a list"

  defp proper?([_ | rest]), do: proper?(rest)
  defp proper?(rest), do: rest == []

  defp atom(a), do: if(is_atom(a), do: nil, else: "not an atom")
  defp tuple(t), do: if(is_tuple(t), do: nil, else: "not a tuple")
end
