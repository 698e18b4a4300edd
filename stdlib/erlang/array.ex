defmodule :array do
  @moduledoc """
  Functional arrays: `{:array, size, max, default, tree}`. `max` is how many entries the tree has room for, 0 in an array of
  fixed size. The tree has ten branches a node; a number in place of a node is an empty part with room for that many.

      iex> :array.get(1, :array.from_list([:a, :b]))
      :b
  """

  @leaf 10

  defguardp is_arr(a) when is_tuple(a) and tuple_size(a) == 5 and elem(a, 0) == :array

  @doc "An empty array that grows."
  @spec new :: term
  def new, do: make(0, :undefined, false)

  @doc "An array with options `size: n`, `fixed: boolean`, `default: term`; a number alone is a fixed size."
  @spec new(term) :: term
  def new(options), do: options(options, 0, false, :undefined)

  @doc "An array of the given size, fixed unless the options say otherwise."
  @spec new(non_neg_integer, term) :: term
  def new(size, options) when is_integer(size) and size >= 0, do: options(options, size, true, :undefined)
  def new(size, options), do: :erlang.error(:badarg, [size, options])

  defp options(list, size, fixed, default) when is_list(list) do
    {size, fixed, default} =
      Enum.reduce(list, {size, fixed, default}, fn
        {:size, n}, {_, _, default} when is_integer(n) and n >= 0 -> {n, true, default}
        n, {_, _, default} when is_integer(n) and n >= 0 -> {n, true, default}
        {:fixed, fixed}, {size, _, default} when is_boolean(fixed) -> {size, fixed, default}
        :fixed, {size, _, default} -> {size, true, default}
        {:default, default}, {size, fixed, _} -> {size, fixed, default}
        _, _ -> :erlang.error(:badarg, [list])
      end)

    make(size, default, fixed)
  end

  defp options(option, size, fixed, default), do: options([option], size, fixed, default)

  defp make(size, default, fixed) do
    room = room(@leaf, size)
    {:array, size, if(fixed, do: 0, else: room), default, room}
  end

  defp room(n, size) when n >= size, do: n
  defp room(n, size), do: room(n * 10, size)

  # What the tree has room for, also when the size is fixed.
  defp capacity({:array, size, 0, _, _}), do: room(@leaf, size)
  defp capacity({:array, _, max, _, _}), do: max

  @doc "True for an array."
  @spec is_array(term) :: boolean
  def is_array({:array, size, max, _, _}) when is_integer(size) and is_integer(max), do: true
  def is_array(_), do: false

  @doc "The number of entries."
  @spec size(term) :: non_neg_integer
  def size(array) when is_arr(array), do: elem(array, 1)
  def size(array), do: :erlang.error(:badarg, [array])

  @doc "The value of entries that were not set."
  @spec default(term) :: term
  def default(array) when is_arr(array), do: elem(array, 3)
  def default(array), do: :erlang.error(:badarg, [array])

  @doc "Fixes the size."
  @spec fix(term) :: term
  def fix(array) when is_arr(array), do: :erlang.setelement(3, array, 0)

  @doc "True if the size is fixed."
  @spec is_fix(term) :: boolean
  def is_fix({:array, _, 0, _, _}), do: true
  def is_fix(array) when is_arr(array), do: false

  @doc "Lets the array grow."
  @spec relax(term) :: term
  def relax({:array, size, 0, _, _} = array), do: :erlang.setelement(3, array, room(@leaf, size))
  def relax(array) when is_arr(array), do: array

  @doc "Resizes to the last entry that was set."
  @spec resize(term) :: term
  def resize(array), do: resize(sparse_size(array), array)

  @doc "Changes the size."
  @spec resize(non_neg_integer, term) :: term
  def resize(size, {:array, old, max, default, tree} = array) when is_integer(size) and size >= 0 do
    cond do
      size > old ->
        {tree, room} = grow(size, tree, capacity(array))
        {:array, size, if(max == 0, do: 0, else: room), default, tree}

      size < old and max == 0 ->
        # A fixed array's room follows from its size.
        kept = :lists.filter(fn {i, _} -> i < size end, sparse_to_orddict(array))
        Enum.reduce(kept, make(size, default, true), fn {i, v}, acc -> set(i, v, acc) end)

      true ->
        # What lies beyond the end must not come back when the array grows again.
        beyond = :lists.filter(fn {i, _} -> i >= size end, sparse_to_orddict(array))
        array = :lists.foldl(fn {i, _}, acc -> reset(i, acc) end, array, beyond)
        :erlang.setelement(2, array, size)
    end
  end

  def resize(size, array), do: :erlang.error(:badarg, [size, array])

  defp grow(size, tree, room) when size <= room, do: {tree, room}
  defp grow(size, tree, room) when is_integer(tree), do: grow(size, room * 10, room * 10)

  defp grow(size, tree, room) do
    grow(size, {tree, room, room, room, room, room, room, room, room, room, room}, room * 10)
  end

  @doc "Sets entry `index`."
  @spec set(non_neg_integer, term, term) :: term
  def set(index, value, {:array, size, max, default, tree} = array)
      when is_integer(index) and index >= 0 do
    cond do
      index < size ->
        {:array, size, max, default, set_1(index, value, tree, capacity(array), default)}

      max == 0 ->
        :erlang.error(:badarg, [index, value, array])

      true ->
        {tree, max} = grow(index + 1, tree, max)
        {:array, index + 1, max, default, set_1(index, value, tree, max, default)}
    end
  end

  def set(index, value, array), do: :erlang.error(:badarg, [index, value, array])

  defp set_1(index, value, tree, @leaf, default) do
    leaf = if is_integer(tree), do: :erlang.make_tuple(@leaf, default), else: tree
    :erlang.setelement(index + 1, leaf, value)
  end

  defp set_1(index, value, tree, room, default) do
    below = div(room, 10)
    node = if is_integer(tree), do: :erlang.make_tuple(11, below), else: tree
    at = div(index, below) + 1
    child = set_1(rem(index, below), value, :erlang.element(at, node), below, default)
    :erlang.setelement(at, node, child)
  end

  @doc "Entry `index`."
  @spec get(non_neg_integer, term) :: term
  def get(index, {:array, size, max, default, tree} = array) when is_integer(index) and index >= 0 do
    cond do
      index < size -> get_1(index, tree, capacity(array), default)
      max > 0 -> default
      true -> :erlang.error(:badarg, [index, array])
    end
  end

  def get(index, array), do: :erlang.error(:badarg, [index, array])

  defp get_1(_index, tree, _room, default) when is_integer(tree), do: default
  defp get_1(index, leaf, @leaf, _default), do: :erlang.element(index + 1, leaf)

  defp get_1(index, node, room, default) do
    below = div(room, 10)
    get_1(rem(index, below), :erlang.element(div(index, below) + 1, node), below, default)
  end

  @doc "Sets entry `index` back to the default."
  @spec reset(non_neg_integer, term) :: term
  def reset(index, {:array, size, max, default, _} = array) when is_integer(index) and index >= 0 do
    cond do
      index < size and get(index, array) === default -> array
      index < size -> set(index, default, array)
      max > 0 -> array
      true -> :erlang.error(:badarg, [index, array])
    end
  end

  def reset(index, array), do: :erlang.error(:badarg, [index, array])

  @doc "All entries."
  @spec to_list(term) :: list
  def to_list({:array, size, _, default, tree} = array) do
    list_1(tree, capacity(array), 0, size, default, [])
  end

  def to_list(array), do: :erlang.error(:badarg, [array])

  # The entries below [size] of a part that starts at [from], in front of [acc].
  defp list_1(_tree, _room, from, size, _default, acc) when from >= size, do: acc

  defp list_1(tree, room, from, size, default, acc) when is_integer(tree) do
    :lists.duplicate(min(room, size - from), default) ++ acc
  end

  defp list_1(leaf, @leaf, from, size, _default, acc) do
    :lists.sublist(:erlang.tuple_to_list(leaf), size - from) ++ acc
  end

  defp list_1(node, room, from, size, default, acc) do
    below = div(room, 10)
    branches(9, node, below, from, size, default, acc)
  end

  defp branches(-1, _node, _below, _from, _size, _default, acc), do: acc

  defp branches(i, node, below, from, size, default, acc) do
    acc = list_1(elem(node, i), below, from + i * below, size, default, acc)
    branches(i - 1, node, below, from, size, default, acc)
  end

  @doc "All entries that are not the default."
  @spec sparse_to_list(term) :: list
  def sparse_to_list(array) do
    default = default(array)
    :lists.filter(fn x -> x !== default end, to_list(array))
  end

  @doc "The array of a list."
  @spec from_list(list) :: term
  def from_list(list), do: from_list(list, :undefined)

  @doc "The array of a list, with a default."
  @spec from_list(list, term) :: term
  def from_list(list, default) when is_list(list) do
    size = length(list)
    room = room(@leaf, size)
    {tree, []} = if size == 0, do: {@leaf, []}, else: from_list_1(list, room, default)
    {:array, size, room, default, tree}
  end

  def from_list(list, default), do: :erlang.error(:badarg, [list, default])

  defp from_list_1([], room, _default), do: {room, []}

  defp from_list_1(list, @leaf, default) do
    leaf = :lists.sublist(list, @leaf)
    missing = @leaf - length(leaf)
    rest = if missing > 0, do: [], else: :lists.nthtail(@leaf, list)
    {:erlang.list_to_tuple(leaf ++ :lists.duplicate(missing, default)), rest}
  end

  defp from_list_1(list, room, default) do
    below = div(room, 10)

    {nodes, rest} =
      Enum.map_reduce(1..10, list, fn _, rest -> from_list_1(rest, below, default) end)

    {:erlang.list_to_tuple(nodes ++ [below]), rest}
  end

  @doc "All entries with their indexes."
  @spec to_orddict(term) :: [{non_neg_integer, term}]
  def to_orddict(array), do: :lists.enumerate(0, to_list(array))

  @doc "All entries that are not the default, with their indexes."
  @spec sparse_to_orddict(term) :: [{non_neg_integer, term}]
  def sparse_to_orddict(array) do
    default = default(array)
    :lists.filter(fn {_, x} -> x !== default end, to_orddict(array))
  end

  @doc "The array of a list of pairs sorted by index."
  @spec from_orddict([{non_neg_integer, term}]) :: term
  def from_orddict(pairs), do: from_orddict(pairs, :undefined)

  @doc "The array of a list of pairs sorted by index, with a default."
  @spec from_orddict([{non_neg_integer, term}], term) :: term
  def from_orddict(pairs, default) when is_list(pairs) do
    Enum.reduce(pairs, make(0, default, false), fn {i, value}, array ->
      if i < size(array), do: :erlang.error(:badarg, [pairs, default])
      set(i, value, array)
    end)
  end

  @doc "Maps all entries with their indexes."
  @spec map((non_neg_integer, term -> term), term) :: term
  def map(fun, array) when is_function(fun, 2) do
    rebuild(array, :lists.map(fn {i, x} -> fun.(i, x) end, to_orddict(array)))
  end

  defp rebuild({:array, size, max, default, _}, list) do
    {:array, _, _, _, tree} = from_list(list, default)
    tree = if size == 0, do: @leaf, else: tree
    {tree, room} = grow(if(max == 0, do: size, else: max), tree, room(@leaf, size))
    {:array, size, if(max == 0, do: 0, else: room), default, tree}
  end

  @doc "Maps the entries that are not the default."
  @spec sparse_map((non_neg_integer, term -> term), term) :: term
  def sparse_map(fun, array) when is_function(fun, 2) do
    Enum.reduce(sparse_to_orddict(array), array, fn {i, x}, acc -> set(i, fun.(i, x), acc) end)
  end

  @doc "Folds from the first entry on."
  @spec foldl((non_neg_integer, term, term -> term), term, term) :: term
  def foldl(fun, acc, array) when is_function(fun, 3) do
    :lists.foldl(fn {i, x}, acc -> fun.(i, x, acc) end, acc, to_orddict(array))
  end

  @doc "Folds from the last entry on."
  @spec foldr((non_neg_integer, term, term -> term), term, term) :: term
  def foldr(fun, acc, array) when is_function(fun, 3) do
    :lists.foldr(fn {i, x}, acc -> fun.(i, x, acc) end, acc, to_orddict(array))
  end

  @doc "Folds over the entries that are not the default."
  @spec sparse_foldl((non_neg_integer, term, term -> term), term, term) :: term
  def sparse_foldl(fun, acc, array) when is_function(fun, 3) do
    :lists.foldl(fn {i, x}, acc -> fun.(i, x, acc) end, acc, sparse_to_orddict(array))
  end

  @doc "Folds backwards over the entries that are not the default."
  @spec sparse_foldr((non_neg_integer, term, term -> term), term, term) :: term
  def sparse_foldr(fun, acc, array) when is_function(fun, 3) do
    :lists.foldr(fn {i, x}, acc -> fun.(i, x, acc) end, acc, sparse_to_orddict(array))
  end

  @doc "The index after the last entry that is not the default."
  @spec sparse_size(term) :: non_neg_integer
  def sparse_size(array) when is_arr(array) do
    case sparse_to_orddict(array) do
      [] -> 0
      pairs -> elem(:lists.last(pairs), 0) + 1
    end
  end
end
