defmodule List do
  @moduledoc """
  Functions that need to know that they work on a list.

  Lists are linked: prepending is cheap, everything that needs the end or a position walks. Positions count from 0, negative
  ones from the end.
  """

  @doc """
  Deletes the first occurrence of `element`, compared with `===`.

      iex> List.delete([1, 2, 1], 1)
      [2, 1]
  """
  @spec delete([], any) :: []
  @spec delete([...], any) :: list
  def delete(list, element)
  def delete([element | list], element), do: list
  def delete([other | list], element), do: [other | delete(list, element)]
  def delete([], _element), do: []

  @doc """
  Returns a list of `n` times `elem`.

      iex> List.duplicate(:x, 2)
      [:x, :x]
  """
  @spec duplicate(any, non_neg_integer) :: list
  def duplicate(elem, n) when is_integer(n) and n >= 0, do: copies(elem, n)

  defp copies(_elem, 0), do: []
  defp copies(elem, n), do: [elem | copies(elem, n - 1)]

  @doc """
  Flattens nested lists.

      iex> List.flatten([1, [2, [3]]])
      [1, 2, 3]
  """
  @spec flatten(deep_list) :: list when deep_list: [any | deep_list]
  def flatten(list), do: :lists.flatten(list)

  @doc """
  Flattens nested lists and appends `tail` as it is.

      iex> List.flatten([1, [2]], [[3]])
      [1, 2, [3]]
  """
  @spec flatten(deep_list, [elem]) :: [elem] when deep_list: [elem | deep_list], elem: var
  def flatten(list, tail), do: :lists.flatten(list, tail)

  @doc """
  Folds from the left.

      iex> List.foldl([5, 5], 10, fn x, acc -> x + acc end)
      20
  """
  @spec foldl([elem], acc, (elem, acc -> acc)) :: acc when elem: var, acc: var
  def foldl(list, acc, fun) when is_list(list) and is_function(fun, 2) do
    left(list, acc, fun)
  end

  defp left([h | t], acc, fun), do: left(t, fun.(h, acc), fun)
  defp left([], acc, _fun), do: acc

  @doc """
  Folds from the right.

      iex> List.foldr([1, 2, 3], 0, fn x, acc -> x - acc end)
      2
  """
  @spec foldr([elem], acc, (elem, acc -> acc)) :: acc when elem: var, acc: var
  def foldr(list, acc, fun) when is_list(list) and is_function(fun, 2) do
    left(:lists.reverse(list), acc, fun)
  end

  @doc """
  Returns the first element, or `default` for an empty list.

      iex> List.first([1, 2])
      1
  """
  @spec first([elem], default) :: elem | default when elem: var, default: var
  def first(list, default \\ nil)
  def first([], default), do: default
  def first([head | _], _default), do: head

  @doc """
  Returns the last element, or `default` for an empty list.

      iex> List.last([1, 2])
      2
  """
  @spec last([elem], default) :: elem | default when elem: var, default: var
  def last(list, default \\ nil)
  def last([], default), do: default
  def last([head], _default), do: head
  def last([_ | tail], default), do: last(tail, default)

  @doc """
  Returns the first tuple with `key` at `position`, or `default`.

      iex> List.keyfind([a: 1, b: 2], 2, 1)
      {:b, 2}
  """
  @spec keyfind([tuple], any, non_neg_integer, any) :: any
  def keyfind(list, key, position, default \\ nil) when is_integer(position) do
    case :lists.keyfind(key, position + 1, list) do
      false -> default
      tuple -> tuple
    end
  end

  @doc """
  Returns the first tuple with `key` at `position` or raises `KeyError`.

      iex> List.keyfind!([a: 1], :a, 0)
      {:a, 1}
  """
  @spec keyfind!([tuple], any, non_neg_integer) :: any
  def keyfind!(list, key, position) when is_integer(position) do
    case :lists.keyfind(key, position + 1, list) do
      false ->
        raise KeyError,
          key: key,
          term: list,
          message:
            "key #{inspect(key)} at position #{inspect(position)} not found in: #{inspect(list)}"

      tuple ->
        tuple
    end
  end

  @doc """
  Tells whether a tuple has `key` at `position`.

      iex> List.keymember?([a: 1], :a, 0)
      true
  """
  @spec keymember?([tuple], any, non_neg_integer) :: boolean
  def keymember?(list, key, position) when is_integer(position) do
    :lists.keymember(key, position + 1, list)
  end

  @doc """
  Replaces the first tuple with `key` at `position`.

      iex> List.keyreplace([a: 1, b: 2], :a, 0, {:a, 3})
      [a: 3, b: 2]
  """
  @spec keyreplace([tuple], any, non_neg_integer, tuple) :: [tuple]
  def keyreplace(list, key, position, new_tuple) when is_integer(position) do
    :lists.keyreplace(key, position + 1, list, new_tuple)
  end

  @doc """
  Sorts tuples stably by the element at `position`, with the sorters of `Enum.sort/2`.

      iex> List.keysort([a: 2, b: 1], 1)
      [b: 1, a: 2]
  """
  @spec keysort(
          [tuple],
          non_neg_integer,
          (any, any -> boolean) | :asc | :desc | module | {:asc | :desc, module}
        ) :: [tuple]
  def keysort(list, position, sorter \\ :asc)

  def keysort(list, position, :asc) when is_list(list) and is_integer(position) do
    :lists.keysort(position + 1, list)
  end

  def keysort(list, position, :desc) when is_list(list) and is_integer(position) do
    :lists.reverse(:lists.keysort(position + 1, :lists.reverse(list)))
  end

  def keysort(list, position, sorter) when is_list(list) and is_integer(position) do
    Enum.sort_by(list, fn tuple -> :erlang.element(position + 1, tuple) end, sorter)
  end

  @doc """
  Replaces the first tuple with `key` at `position`, or appends `new_tuple`.

      iex> List.keystore([a: 1], :b, 0, {:b, 2})
      [a: 1, b: 2]
  """
  @spec keystore([tuple], any, non_neg_integer, tuple) :: [tuple, ...]
  def keystore(list, key, position, new_tuple) when is_integer(position) do
    :lists.keystore(key, position + 1, list, new_tuple)
  end

  @doc """
  Deletes the first tuple with `key` at `position`.

      iex> List.keydelete([a: 1, b: 2], :a, 0)
      [b: 2]
  """
  @spec keydelete([tuple], any, non_neg_integer) :: [tuple]
  def keydelete(list, key, position) when is_integer(position) do
    :lists.keydelete(key, position + 1, list)
  end

  @doc """
  Returns `{tuple, rest}` for the first tuple with `key` at `position`, or `nil`.

      iex> List.keytake([a: 1, b: 2], :a, 0)
      {{:a, 1}, [b: 2]}
  """
  @spec keytake([tuple], any, non_neg_integer) :: {tuple, [tuple]} | nil
  def keytake(list, key, position) when is_integer(position) do
    case :lists.keytake(key, position + 1, list) do
      {:value, tuple, rest} -> {tuple, rest}
      false -> nil
    end
  end

  @doc """
  Wraps `term` in a list unless it is one; `nil` gives an empty list.

      iex> List.wrap(1)
      [1]
  """
  @spec wrap(term) :: maybe_improper_list
  def wrap(term)
  def wrap(list) when is_list(list), do: list
  def wrap(nil), do: []
  def wrap(term), do: [term]

  @doc false
  @deprecated "Use Enum.zip/1 instead"
  def zip([]), do: []
  def zip(list_of_lists) when is_list(list_of_lists), do: Enum.zip(list_of_lists)

  @doc """
  Tells whether all elements are printable ASCII characters, looking at no more than `limit`.

      iex> List.ascii_printable?([97, 98])
      true
  """
  @spec ascii_printable?(list, 0) :: true
  @spec ascii_printable?([], limit) :: true when limit: :infinity | pos_integer
  @spec ascii_printable?([...], limit) :: boolean when limit: :infinity | pos_integer
  def ascii_printable?(list, limit \\ :infinity)
      when is_list(list) and (limit == :infinity or (is_integer(limit) and limit >= 0)) do
    printable(list, limit)
  end

  defp printable(_, 0), do: true

  defp printable([char | rest], limit)
       when is_integer(char) and char >= 32 and char <= 126 do
    printable(rest, less(limit))
  end

  # \a \b \t \n \v \f \r \e
  defp printable([char | rest], limit)
       when char === 7 or char === 8 or char === 9 or char === 10 or char === 11 or char === 12 or
              char === 13 or char === 27 do
    printable(rest, less(limit))
  end

  defp printable([], _limit), do: true
  defp printable(_, _limit), do: false

  defp less(:infinity), do: :infinity
  defp less(n), do: n - 1

  @doc """
  Tells whether the list ends in something else than `[]`.

      iex> List.improper?([1 | 2])
      true
  """
  @spec improper?(maybe_improper_list) :: boolean
  def improper?(list) when is_list(list) and length(list) >= 0, do: false
  def improper?(list) when is_list(list), do: true

  @doc """
  Inserts `value` so that it ends up at `index`.

      iex> List.insert_at([1, 2], -1, 3)
      [1, 2, 3]
  """
  @spec insert_at(list, integer, any) :: list
  def insert_at(list, index, value) when is_list(list) and is_integer(index) do
    if index < 0 do
      insert_at_position(list, max(length(list) + index + 1, 0), value)
    else
      insert_at_position(list, index, value)
    end
  end

  defp insert_at_position([h | t], n, value) when n > 0 do
    [h | insert_at_position(t, n - 1, value)]
  end

  defp insert_at_position(list, _n, value), do: [value | list]

  @doc """
  Replaces the element at `index`; an index outside of the list changes nothing.

      iex> List.replace_at([1, 2], 0, :x)
      [:x, 2]
  """
  @spec replace_at(list, integer, any) :: list
  def replace_at(list, index, value) when is_list(list) and is_integer(index) do
    case position(list, index) do
      n when n < 0 -> list
      n -> replace_at_position(list, n, value)
    end
  end

  defp replace_at_position([_ | t], 0, value), do: [value | t]
  defp replace_at_position([h | t], n, value), do: [h | replace_at_position(t, n - 1, value)]
  defp replace_at_position([], _n, _value), do: []

  @doc """
  Replaces the element at `index` by what `fun` makes of it.

      iex> List.update_at([1, 2], 0, fn x -> x * 10 end)
      [10, 2]
  """
  @spec update_at([elem], integer, (elem -> any)) :: list when elem: var
  def update_at(list, index, fun) when is_list(list) and is_integer(index) and is_function(fun) do
    case position(list, index) do
      n when n < 0 -> list
      n -> update_at_position(list, n, fun)
    end
  end

  defp update_at_position([h | t], 0, fun), do: [fun.(h) | t]
  defp update_at_position([h | t], n, fun), do: [h | update_at_position(t, n - 1, fun)]
  defp update_at_position([], _n, _fun), do: []

  # A negative answer means "before the list".
  defp position(_list, index) when index >= 0, do: index
  defp position(list, index), do: length(list) + index

  @doc """
  Deletes the element at `index`.

      iex> List.delete_at([1, 2, 3], 1)
      [1, 3]
  """
  @spec delete_at(list, integer) :: list
  def delete_at(list, index) when is_list(list) and is_integer(index) do
    elem(pop_at(list, index), 1)
  end

  @doc """
  Returns the element at `index` (or `default`) and the list without it.

      iex> List.pop_at([1, 2, 3], 0)
      {1, [2, 3]}
  """
  @spec pop_at(list, integer, any) :: {any, list}
  def pop_at(list, index, default \\ nil) when is_list(list) and is_integer(index) do
    case position(list, index) do
      n when n < 0 -> {default, list}
      n -> pop_at_position(list, n, [], list, default)
    end
  end

  defp pop_at_position([h | t], 0, before, _list, _default), do: {h, :lists.reverse(before, t)}

  defp pop_at_position([h | t], n, before, list, default) do
    pop_at_position(t, n - 1, [h | before], list, default)
  end

  defp pop_at_position([], _n, _before, list, default), do: {default, list}

  @doc """
  Tells whether `list` begins with `prefix`.

      iex> List.starts_with?([1, 2, 3], [1, 2])
      true
  """
  @spec starts_with?(nonempty_list, nonempty_list) :: boolean
  @spec starts_with?(list, []) :: true
  @spec starts_with?([], nonempty_list) :: false
  def starts_with?(list, prefix)
  def starts_with?([h | list], [h | prefix]), do: starts_with?(list, prefix)
  def starts_with?(list, []) when is_list(list), do: true
  def starts_with?(list, [_ | _]) when is_list(list), do: false

  @doc """
  Tells whether `list` ends with `suffix`.

      iex> List.ends_with?([1, 2, 3], [3])
      true
  """
  @spec ends_with?(list, list) :: boolean
  def ends_with?(list, suffix) when is_list(list) and is_list(suffix) do
    surplus = length(list) - length(suffix)
    surplus >= 0 and :lists.nthtail(surplus, list) === suffix
  end

  @doc """
  Converts a charlist to an atom.

      iex> List.to_atom(~c"ok")
      :ok
  """
  @spec to_atom(charlist) :: atom
  def to_atom(charlist), do: :erlang.list_to_atom(charlist)

  @doc """
  Converts a charlist to an atom that exists already.

      iex> List.to_existing_atom(~c"ok")
      :ok
  """
  @spec to_existing_atom(charlist) :: atom
  def to_existing_atom(charlist), do: :erlang.list_to_existing_atom(charlist)

  @doc """
  Converts a charlist to a float.

      iex> List.to_float(~c"1.5")
      1.5
  """
  @spec to_float(charlist) :: float
  def to_float(charlist), do: :erlang.list_to_float(charlist)

  @doc """
  Converts a charlist to an integer.

      iex> List.to_integer(~c"12")
      12
  """
  @spec to_integer(charlist) :: integer
  def to_integer(charlist), do: :erlang.list_to_integer(charlist)

  @doc """
  Converts a charlist in the given base to an integer.

      iex> List.to_integer(~c"ff", 16)
      255
  """
  @spec to_integer(charlist, 2..36) :: integer
  def to_integer(charlist, base), do: :erlang.list_to_integer(charlist, base)

  @doc """
  Converts a list to a tuple.

      iex> List.to_tuple([1, 2])
      {1, 2}
  """
  @spec to_tuple(list) :: tuple
  def to_tuple(list), do: :erlang.list_to_tuple(list)

  @doc """
  Converts nested lists of code points and strings to a string.

      iex> List.to_string([97, ["b", 99]])
      "abc"
  """
  @spec to_string(:unicode.charlist()) :: String.t()
  def to_string(list) when is_list(list) do
    case convert(list, :characters_to_binary) do
      :badarg ->
        raise ArgumentError, """
        cannot convert the given list to a string.

        To be converted to a string, a list must either be empty or only
        contain the following elements:

          * strings
          * integers representing Unicode code points
          * a list containing one of these three elements

        Please check the given list or call inspect/1 to get the list representation, got:

        #{inspect(list)}
        """

      result when is_binary(result) ->
        result

      {kind, encoded, rest} ->
        raise UnicodeConversionError, encoded: encoded, rest: rest, kind: failure(kind)
    end
  end

  @doc """
  Converts nested lists of code points and strings to a charlist.

      iex> List.to_charlist([97, ["b"]])
      ~c"ab"
  """
  @spec to_charlist(:unicode.charlist()) :: charlist
  def to_charlist(list) when is_list(list) do
    case convert(list, :characters_to_list) do
      :badarg ->
        raise ArgumentError, """
        cannot convert the given list to a charlist.

        To be converted to a charlist, a list must contain only:

          * strings
          * integers representing Unicode code points
          * or a list containing one of these three elements

        Please check the given list or call inspect/1 to get the list representation, got:

        #{inspect(list)}
        """

      result when is_list(result) ->
        result

      {kind, encoded, rest} ->
        raise UnicodeConversionError, encoded: encoded, rest: rest, kind: failure(kind)
    end
  end

  defp convert(list, :characters_to_binary) do
    try do
      :unicode.characters_to_binary(list)
    rescue
      ArgumentError -> :badarg
    end
  end

  defp convert(list, :characters_to_list) do
    try do
      :unicode.characters_to_list(list)
    rescue
      ArgumentError -> :badarg
    end
  end

  defp failure(:error), do: :invalid
  defp failure(:incomplete), do: :incomplete

  @doc """
  Returns the shortest edit script from `list1` to `list2`.

      iex> List.myers_difference([1, 4, 2, 3], [1, 2, 3, 4])
      [eq: [1], del: [4], eq: [2, 3], ins: [4]]
  """
  @spec myers_difference(list, list) :: [{:eq | :ins | :del, list}]
  def myers_difference(list1, list2) when is_list(list1) and is_list(list2) do
    search([{0, list1, list2, []}], nil)
  end

  @doc """
  The same, where `diff_script` may give an inner script for a pair of elements (a `:diff` entry), or `nil`.

      iex> List.myers_difference(["a"], ["b"], fn _, _ -> [:inner] end)
      [diff: [:inner]]
  """
  @spec myers_difference(list, list, (term, term -> script | nil)) :: script
        when script: [{:eq | :ins | :del | :diff, list}]
  def myers_difference(list1, list2, diff_script)
      when is_list(list1) and is_list(list2) and is_function(diff_script) do
    search([{0, list1, list2, []}], diff_script)
  end

  # Myers' greedy search. A path is {how far into list1, rest of list1, rest of list2, reversed edits}; round d holds the
  # furthest path of each of its d + 1 diagonals, ordered from most deletions to most insertions.
  defp search(paths, script) do
    case extend(paths, []) do
      {:done, edits} -> compact(edits, [])
      {:cont, [first | _] = paths} -> search([down(first, script) | sideways(paths, script)], script)
    end
  end

  defp extend([path | rest], acc) do
    case snake(path) do
      {_, [], [], edits} -> {:done, edits}
      path -> extend(rest, [path | acc])
    end
  end

  defp extend([], acc), do: {:cont, :lists.reverse(acc)}

  defp snake({y, [e | rest1], [e | rest2], edits}) do
    snake({y + 1, rest1, rest2, [{:eq, e} | edits]})
  end

  defp snake(path), do: path

  defp sideways([path], script), do: [right(path, script)]

  defp sideways([path1, path2 | rest], script) do
    next = if elem(path1, 0) > elem(path2, 0), do: right(path1, script), else: down(path2, script)
    [next | sideways([path2 | rest], script)]
  end

  # A step over two elements that have an inner script takes both.
  defp down({y, [e1 | rest1], [e2 | rest2] = list2, edits}, script) when script != nil do
    case script.(e1, e2) do
      nil -> {y + 1, rest1, list2, [{:del, e1} | edits]}
      diff -> {y + 1, rest1, rest2, [{:diff, diff} | edits]}
    end
  end

  defp down({y, [e | rest], list2, edits}, _script), do: {y + 1, rest, list2, [{:del, e} | edits]}
  defp down({y, [], list2, edits}, _script), do: {y + 1, [], list2, edits}

  defp right({y, [e1 | rest1] = list1, [e2 | rest2], edits}, script) when script != nil do
    case script.(e1, e2) do
      nil -> {y, list1, rest2, [{:ins, e2} | edits]}
      diff -> {y + 1, rest1, rest2, [{:diff, diff} | edits]}
    end
  end

  defp right({y, list1, [e | rest], edits}, _script), do: {y, list1, rest, [{:ins, e} | edits]}
  defp right({y, list1, [], edits}, _script), do: {y, list1, [], edits}

  # Joins runs of the same kind, walking backwards; an insertion between equals moves before an equal run it repeats.
  defp compact([], acc), do: acc
  defp compact([{:diff, diff} | rest], acc), do: compact(rest, [{:diff, diff} | acc])
  defp compact([{kind, e} | rest], [{kind, run} | acc]), do: compact(rest, [{kind, [e | run]} | acc])

  defp compact(rest, [{:eq, run}, {:ins, run}, {:eq, other} | acc]) do
    compact(rest, [{:ins, run}, {:eq, run ++ other} | acc])
  end

  defp compact([{kind, e} | rest], acc), do: compact(rest, [{kind, [e]} | acc])
end
