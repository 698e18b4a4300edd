defmodule :lists do
  @moduledoc """
  Erlang's list functions.

  Walkers that build a list in order are body-recursive, which runs in constant stack. All sorts are stable merge sorts.

      iex> :lists.seq(1, 10, 3)
      [1, 4, 7, 10]
  """

  ## Searching and selecting

  @doc "True if `pred` holds for all elements."
  @spec all((term -> boolean), list) :: boolean
  def all(pred, list) when is_function(pred, 1), do: all_1(pred, list)

  defp all_1(pred, [h | t]) do
    case pred.(h) do
      true -> all_1(pred, t)
      false -> false
    end
  end

  defp all_1(_pred, []), do: true

  @doc "True if `pred` holds for an element."
  @spec any((term -> boolean), list) :: boolean
  def any(pred, list) when is_function(pred, 1), do: any_1(pred, list)

  defp any_1(pred, [h | t]) do
    case pred.(h) do
      true -> true
      false -> any_1(pred, t)
    end
  end

  defp any_1(_pred, []), do: false

  @doc "True if `element` is in the list, compared with `===`."
  @spec member(term, list) :: boolean
  def member(element, [element | _]), do: true
  def member(element, [_ | t]), do: member(element, t)
  def member(_element, []), do: false

  @doc "`{:value, element}` for the first element for which `pred` holds, or `false`."
  @spec search((term -> boolean), list) :: {:value, term} | false
  def search(pred, list) when is_function(pred, 1), do: search_1(pred, list)

  defp search_1(pred, [h | t]) do
    case pred.(h) do
      true -> {:value, h}
      false -> search_1(pred, t)
    end
  end

  defp search_1(_pred, []), do: false

  @doc "The elements for which `pred` holds."
  @spec filter((term -> boolean), list) :: list
  def filter(pred, list) when is_function(pred, 1), do: filter_1(pred, list)

  defp filter_1(pred, [h | t]) do
    case pred.(h) do
      true -> [h | filter_1(pred, t)]
      false -> filter_1(pred, t)
    end
  end

  defp filter_1(_pred, []), do: []

  @doc "Filters and maps: `fun` returns a boolean or `{true, value}`."
  @spec filtermap((term -> boolean | {true, term}), list) :: list
  def filtermap(fun, list) when is_function(fun, 1), do: filtermap_1(fun, list)

  defp filtermap_1(fun, [h | t]) do
    case fun.(h) do
      true -> [h | filtermap_1(fun, t)]
      {true, value} -> [value | filtermap_1(fun, t)]
      false -> filtermap_1(fun, t)
    end
  end

  defp filtermap_1(_fun, []), do: []

  @doc "The old name of `filtermap/2`."
  @spec zf((term -> boolean | {true, term}), list) :: list
  def zf(fun, list), do: filtermap(fun, list)

  @doc "The elements for which `pred` holds, and the others."
  @spec partition((term -> boolean), list) :: {list, list}
  def partition(pred, list) when is_function(pred, 1), do: partition_1(pred, list, [], [])

  defp partition_1(pred, [h | t], yes, no) do
    case pred.(h) do
      true -> partition_1(pred, t, [h | yes], no)
      false -> partition_1(pred, t, yes, [h | no])
    end
  end

  defp partition_1(_pred, [], yes, no), do: {reverse(yes), reverse(no)}

  @doc "The elements before the first for which `pred` does not hold."
  @spec takewhile((term -> boolean), list) :: list
  def takewhile(pred, list) when is_function(pred, 1), do: takewhile_1(pred, list)

  defp takewhile_1(pred, [h | t]) do
    case pred.(h) do
      true -> [h | takewhile_1(pred, t)]
      false -> []
    end
  end

  defp takewhile_1(_pred, []), do: []

  @doc "The list from the first element on for which `pred` does not hold."
  @spec dropwhile((term -> boolean), list) :: list
  def dropwhile(pred, list) when is_function(pred, 1), do: dropwhile_1(pred, list)

  defp dropwhile_1(pred, [h | t] = list) do
    case pred.(h) do
      true -> dropwhile_1(pred, t)
      false -> list
    end
  end

  defp dropwhile_1(_pred, []), do: []

  @doc "`{takewhile, dropwhile}` in one walk."
  @spec splitwith((term -> boolean), list) :: {list, list}
  def splitwith(pred, list) when is_function(pred, 1), do: splitwith_1(pred, list, [])

  defp splitwith_1(pred, [h | t] = list, taken) do
    case pred.(h) do
      true -> splitwith_1(pred, t, [h | taken])
      false -> {reverse(taken), list}
    end
  end

  defp splitwith_1(_pred, [], taken), do: {reverse(taken), []}

  ## Positions

  @doc "The n-th element, counted from 1."
  @spec nth(pos_integer, list) :: term
  def nth(1, [h | _]), do: h
  def nth(n, [_ | t]) when is_integer(n) and n > 1, do: nth(n - 1, t)

  @doc "The list without its first `n` elements."
  @spec nthtail(non_neg_integer, list) :: list
  def nthtail(0, list) when is_list(list), do: list
  def nthtail(n, [_ | t]) when is_integer(n) and n > 0, do: nthtail(n - 1, t)

  @doc "The last element."
  @spec last(nonempty_list) :: term
  def last([x]), do: x
  def last([_ | t]), do: last(t)

  @doc "The list without its last element."
  @spec droplast(nonempty_list) :: list
  def droplast([_]), do: []
  def droplast([h | t]), do: [h | droplast(t)]

  @doc "The first `len` elements, or all."
  @spec sublist(list, non_neg_integer) :: list
  def sublist(list, len) when is_integer(len) and len >= 0 and is_list(list), do: prefix_of(list, len)

  defp prefix_of([h | t], n) when n > 0, do: [h | prefix_of(t, n - 1)]
  defp prefix_of(list, _n) when is_list(list), do: []

  @doc "At most `len` elements from position `start` (from 1)."
  @spec sublist(list, pos_integer, non_neg_integer) :: list
  def sublist(list, 1, len) when is_list(list) and is_integer(len) and len >= 0 do
    prefix_of(list, len)
  end

  def sublist([], start, _len) when is_integer(start) and start >= 2, do: []

  def sublist([_ | t], start, len)
      when is_integer(start) and start >= 2 and is_integer(len) and len >= 0 do
    sublist(t, start - 1, len)
  end

  @doc "Splits after `n` elements, which must be there."
  @spec split(non_neg_integer, list) :: {list, list}
  def split(n, list) when is_integer(n) and n >= 0 and is_list(list) do
    case split_1(n, list, []) do
      {_, _} = result -> result
      _ -> :erlang.error(:badarg, [n, list])
    end
  end

  def split(n, list), do: :erlang.error(:badarg, [n, list])

  defp split_1(0, list, taken), do: {reverse(taken), list}
  defp split_1(n, [h | t], taken), do: split_1(n - 1, t, [h | taken])
  defp split_1(_n, _list, _taken), do: :badarg

  @doc "Deletes the first occurrence of `element`."
  @spec delete(term, list) :: list
  def delete(element, [element | rest]), do: rest
  def delete(element, [h | rest]), do: [h | delete(element, rest)]
  def delete(_element, []), do: []

  @doc "`list1` without the first occurrence of each element of `list2`."
  @spec subtract(list, list) :: list
  def subtract(list1, list2), do: list1 -- list2

  @doc "True if `list1` begins `list2`."
  @spec prefix(list, list) :: boolean
  def prefix([x | prefix], [x | list]), do: prefix(prefix, list)
  def prefix([], list) when is_list(list), do: true
  def prefix([_ | _], list) when is_list(list), do: false

  @doc "True if `suffix` ends `list`."
  @spec suffix(list, list) :: boolean
  def suffix(suffix, list) do
    surplus = length(list) - length(suffix)
    surplus >= 0 and nthtail(surplus, list) === suffix
  end

  ## Building

  @doc "Reverses a list."
  @spec reverse(list) :: list
  def reverse(list), do: reverse(list, [])

  @doc "Reverses a list in front of `tail`."
  @spec reverse(list, term) :: term
  def reverse([h | t], tail), do: reverse(t, [h | tail])
  def reverse([], tail), do: tail

  @doc "Joins two lists."
  @spec append(list, term) :: term
  def append(list1, list2), do: list1 ++ list2

  @doc "Joins the lists of a list."
  @spec append([list]) :: list
  def append([list]), do: list
  def append([h | t]), do: h ++ append(t)
  def append([]), do: []

  @doc "`n` times `element`."
  @spec duplicate(non_neg_integer, term) :: list
  def duplicate(n, element) when is_integer(n) and n >= 0, do: copies(n, element)

  defp copies(0, _element), do: []
  defp copies(n, element), do: [element | copies(n - 1, element)]

  @doc "The integers from `from` to `to`."
  @spec seq(integer, integer) :: [integer]
  def seq(from, to) when is_integer(from) and is_integer(to) and from - 1 <= to do
    seq_up(from, 1, to)
  end

  @doc "The integers from `from` to at most `to`, by `step`."
  @spec seq(integer, integer, integer) :: [integer]
  def seq(from, to, step)
      when is_integer(from) and is_integer(to) and is_integer(step) and
             ((step > 0 and from - step <= to) or (step < 0 and from - step >= to)) do
    if step > 0, do: seq_up(from, step, to), else: seq_down(from, step, to)
  end

  def seq(same, same, 0) when is_integer(same), do: [same]
  def seq(from, to, step), do: :erlang.error(:badarg, [from, to, step])

  defp seq_up(n, step, to) when n <= to, do: [n | seq_up(n + step, step, to)]
  defp seq_up(_n, _step, _to), do: []

  defp seq_down(n, step, to) when n >= to, do: [n | seq_down(n + step, step, to)]
  defp seq_down(_n, _step, _to), do: []

  @doc "Pairs each element with its index from 1."
  @spec enumerate(list) :: [{integer, term}]
  def enumerate(list), do: enumerate(1, list)

  @doc "Pairs each element with its index from `index`."
  @spec enumerate(integer, list) :: [{integer, term}]
  def enumerate(index, list) when is_integer(index) and is_list(list), do: enumerate_1(index, list)

  defp enumerate_1(i, [h | t]), do: [{i, h} | enumerate_1(i + 1, t)]
  defp enumerate_1(_i, []), do: []

  @doc "The text of atoms, numbers and strings, joined."
  @spec concat([atom | number | charlist]) :: charlist
  def concat(list), do: flatmap(&text/1, list)

  defp text(x) when is_integer(x), do: :erlang.integer_to_list(x)
  defp text(x) when is_float(x), do: :erlang.float_to_list(x)
  defp text(x) when is_atom(x), do: :erlang.atom_to_list(x)
  defp text(x) when is_list(x), do: x

  @doc "Flattens nested lists."
  @spec flatten(list) :: list
  def flatten(list) when is_list(list), do: flat(list, [], [])

  @doc "Flattens nested lists in front of `tail`."
  @spec flatten(list, list) :: list
  def flatten(list, tail) when is_list(list) and is_list(tail), do: flat(list, [], tail)

  # [rest] holds the lists that enclose the one being walked.
  defp flat([h | t], rest, tail) when is_list(h) do
    case {h, t} do
      {[], _} -> flat(t, rest, tail)
      {_, []} -> flat(h, rest, tail)
      _ -> flat(h, [t | rest], tail)
    end
  end

  defp flat([h | t], rest, tail), do: [h | flat(t, rest, tail)]
  defp flat([], [next | rest], tail), do: flat(next, rest, tail)
  defp flat([], [], tail), do: tail

  @doc "The length of the flattened list."
  @spec flatlength(list) :: non_neg_integer
  def flatlength(list), do: flatlength(list, 0)

  defp flatlength([h | t], n) when is_list(h), do: flatlength(t, flatlength(h, n))
  defp flatlength([_ | t], n), do: flatlength(t, n + 1)
  defp flatlength([], n), do: n

  @doc "Puts `separator` between the elements."
  @spec join(term, list) :: list
  def join(_separator, []), do: []
  def join(separator, [h | t]), do: [h | join_1(separator, t)]

  defp join_1(separator, [h | t]), do: [separator, h | join_1(separator, t)]
  defp join_1(_separator, []), do: []

  ## Folding and mapping

  @doc "Maps each element."
  @spec map((term -> term), list) :: list
  def map(fun, list) when is_function(fun, 1), do: map_1(fun, list)

  defp map_1(fun, [h | t]), do: [fun.(h) | map_1(fun, t)]
  defp map_1(_fun, []), do: []

  @doc "Maps each element to a list and joins them."
  @spec flatmap((term -> list), list) :: list
  def flatmap(fun, list) when is_function(fun, 1), do: flatmap_1(fun, list)

  defp flatmap_1(fun, [h | t]), do: flatmap_2(fun.(h), fun, t)
  defp flatmap_1(_fun, []), do: []

  defp flatmap_2([x | xs], fun, rest), do: [x | flatmap_2(xs, fun, rest)]
  defp flatmap_2([], fun, rest), do: flatmap_1(fun, rest)

  @doc "Calls `fun` for each element."
  @spec foreach((term -> term), list) :: :ok
  def foreach(fun, list) when is_function(fun, 1), do: foreach_1(fun, list)

  defp foreach_1(fun, [h | t]) do
    fun.(h)
    foreach_1(fun, t)
  end

  defp foreach_1(_fun, []), do: :ok

  @doc "Folds from the left."
  @spec foldl((term, term -> term), term, list) :: term
  def foldl(fun, acc, list) when is_function(fun, 2), do: foldl_1(fun, acc, list)

  defp foldl_1(fun, acc, [h | t]), do: foldl_1(fun, fun.(h, acc), t)
  defp foldl_1(_fun, acc, []), do: acc

  @doc "Folds from the right."
  @spec foldr((term, term -> term), term, list) :: term
  def foldr(fun, acc, list) when is_function(fun, 2), do: foldl_1(fun, acc, reverse(list))

  @doc "Maps and folds from the left."
  @spec mapfoldl((term, term -> {term, term}), term, list) :: {list, term}
  def mapfoldl(fun, acc, list) when is_function(fun, 2), do: mapfoldl_1(fun, acc, list, [])

  defp mapfoldl_1(fun, acc, [h | t], out) do
    {y, acc} = fun.(h, acc)
    mapfoldl_1(fun, acc, t, [y | out])
  end

  defp mapfoldl_1(_fun, acc, [], out), do: {reverse(out), acc}

  @doc "Maps and folds from the right."
  @spec mapfoldr((term, term -> {term, term}), term, list) :: {list, term}
  def mapfoldr(fun, acc, list) when is_function(fun, 2), do: mapfoldr_1(fun, acc, reverse(list), [])

  defp mapfoldr_1(fun, acc, [h | t], out) do
    {y, acc} = fun.(h, acc)
    mapfoldr_1(fun, acc, t, [y | out])
  end

  defp mapfoldr_1(_fun, acc, [], out), do: {out, acc}

  @doc "The largest element."
  @spec max(nonempty_list) :: term
  def max([h | t]), do: max_1(t, h)

  defp max_1([h | t], max) when h > max, do: max_1(t, h)
  defp max_1([_ | t], max), do: max_1(t, max)
  defp max_1([], max), do: max

  @doc "The smallest element."
  @spec min(nonempty_list) :: term
  def min([h | t]), do: min_1(t, h)

  defp min_1([h | t], min) when h < min, do: min_1(t, h)
  defp min_1([_ | t], min), do: min_1(t, min)
  defp min_1([], min), do: min

  @doc "The sum of all elements."
  @spec sum([number]) :: number
  def sum(list), do: sum_1(list, 0)

  defp sum_1([h | t], acc), do: sum_1(t, acc + h)
  defp sum_1([], acc), do: acc

  ## Zips

  @doc "Pairs up two lists of the same length."
  @spec zip(list, list) :: [{term, term}]
  def zip([a | as], [b | bs]), do: [{a, b} | zip(as, bs)]
  def zip([], []), do: []

  @doc "Groups three lists of the same length."
  @spec zip3(list, list, list) :: [{term, term, term}]
  def zip3([a | as], [b | bs], [c | cs]), do: [{a, b, c} | zip3(as, bs, cs)]
  def zip3([], [], []), do: []

  @doc "Maps the pairs of two lists of the same length."
  @spec zipwith((term, term -> term), list, list) :: list
  def zipwith(fun, [a | as], [b | bs]), do: [fun.(a, b) | zipwith(fun, as, bs)]
  def zipwith(fun, [], []) when is_function(fun, 2), do: []

  @doc "Maps the triples of three lists of the same length."
  @spec zipwith3((term, term, term -> term), list, list, list) :: list
  def zipwith3(fun, [a | as], [b | bs], [c | cs]) do
    [fun.(a, b, c) | zipwith3(fun, as, bs, cs)]
  end

  def zipwith3(fun, [], [], []) when is_function(fun, 3), do: []

  @doc "Splits pairs into two lists."
  @spec unzip([{term, term}]) :: {list, list}
  def unzip(list), do: unzip_1(list, [], [])

  defp unzip_1([{a, b} | t], as, bs), do: unzip_1(t, [a | as], [b | bs])
  defp unzip_1([], as, bs), do: {reverse(as), reverse(bs)}

  @doc "Splits triples into three lists."
  @spec unzip3([{term, term, term}]) :: {list, list, list}
  def unzip3(list), do: unzip3_1(list, [], [], [])

  defp unzip3_1([{a, b, c} | t], as, bs, cs), do: unzip3_1(t, [a | as], [b | bs], [c | cs])
  defp unzip3_1([], as, bs, cs), do: {reverse(as), reverse(bs), reverse(cs)}

  ## Tuples with keys

  @doc "The first tuple with `key` at position `n`, or `false`. Keys compare with `==`."
  @spec keyfind(term, pos_integer, [tuple]) :: tuple | false
  def keyfind(key, n, [tuple | t]) when is_integer(n) and n > 0 do
    if is_tuple(tuple) and tuple_size(tuple) >= n and :erlang.element(n, tuple) == key do
      tuple
    else
      keyfind(key, n, t)
    end
  end

  def keyfind(_key, n, []) when is_integer(n) and n > 0, do: false

  @doc "True if a tuple has `key` at position `n`."
  @spec keymember(term, pos_integer, [tuple]) :: boolean
  def keymember(key, n, list), do: keyfind(key, n, list) != false

  @doc "`{:value, tuple}` for the first tuple with `key` at position `n`, or `false`."
  @spec keysearch(term, pos_integer, [tuple]) :: {:value, tuple} | false
  def keysearch(key, n, list) do
    case keyfind(key, n, list) do
      false -> false
      tuple -> {:value, tuple}
    end
  end

  @doc "Deletes the first tuple with `key` at position `n`."
  @spec keydelete(term, pos_integer, [tuple]) :: [tuple]
  def keydelete(key, n, list) when is_integer(n) and n > 0, do: keydelete_1(key, n, list)

  defp keydelete_1(key, n, [h | t]) when :erlang.element(n, h) == key, do: t
  defp keydelete_1(key, n, [h | t]), do: [h | keydelete_1(key, n, t)]
  defp keydelete_1(_key, _n, []), do: []

  @doc "Replaces the first tuple with `key` at position `n`."
  @spec keyreplace(term, pos_integer, [tuple], tuple) :: [tuple]
  def keyreplace(key, n, list, new) when is_integer(n) and n > 0 and is_tuple(new) do
    keyreplace_1(key, n, list, new)
  end

  defp keyreplace_1(key, n, [h | t], new) when :erlang.element(n, h) == key, do: [new | t]
  defp keyreplace_1(key, n, [h | t], new), do: [h | keyreplace_1(key, n, t, new)]
  defp keyreplace_1(_key, _n, [], _new), do: []

  @doc "Replaces the first tuple with `key` at position `n`, or appends `new`."
  @spec keystore(term, pos_integer, [tuple], tuple) :: [tuple]
  def keystore(key, n, list, new) when is_integer(n) and n > 0 and is_tuple(new) do
    keystore_1(key, n, list, new)
  end

  defp keystore_1(key, n, [h | t], new) when :erlang.element(n, h) == key, do: [new | t]
  defp keystore_1(key, n, [h | t], new), do: [h | keystore_1(key, n, t, new)]
  defp keystore_1(_key, _n, [], new), do: [new]

  @doc "`{:value, tuple, rest}` for the first tuple with `key` at position `n`, or `false`."
  @spec keytake(term, pos_integer, [tuple]) :: {:value, tuple, [tuple]} | false
  def keytake(key, n, list) when is_integer(n) and n > 0, do: keytake_1(key, n, list, [])

  defp keytake_1(key, n, [h | t], before) when :erlang.element(n, h) == key do
    {:value, h, reverse(before, t)}
  end

  defp keytake_1(key, n, [h | t], before), do: keytake_1(key, n, t, [h | before])
  defp keytake_1(_key, _n, [], _before), do: false

  @doc "Maps the element at position `n` of each tuple."
  @spec keymap((term -> term), pos_integer, [tuple]) :: [tuple]
  def keymap(fun, n, [h | t]) do
    [:erlang.setelement(n, h, fun.(:erlang.element(n, h))) | keymap(fun, n, t)]
  end

  def keymap(fun, n, []) when is_integer(n) and n >= 1 and is_function(fun, 1), do: []

  ## Sorting

  @doc """
  Sorts by term order. Elements that are equal but not the same (1 and 1.0) keep their order when the list begins upwards,
  and come in reverse order when it begins downwards.
  """
  @spec sort(list) :: list
  def sort([first | rest] = list) do
    case direction(first, rest) do
      :sorted -> list
      :up -> elem(sort_n(length(list), list), 0)
      :down -> sort_down(length(list), list)
    end
  end

  def sort([]), do: []

  # Three elements are too short for the rule.
  defp sort_down(3, list), do: elem(sort_n(3, list), 0)
  defp sort_down(n, list), do: elem(sort_n(n, reverse(list)), 0)

  # Whether the first two different elements go up or down; a list that only goes up is done.
  defp direction(a, [b | rest]) do
    cond do
      a == b -> direction(b, rest)
      a < b -> if ascending?(b, rest), do: :sorted, else: :up
      true -> :down
    end
  end

  defp direction(_a, []), do: :sorted

  defp ascending?(a, [b | rest]), do: a <= b and ascending?(b, rest)
  defp ascending?(_a, []), do: true

  # Sorts the first n elements; returns them and the rest of the list.
  defp sort_n(1, [a | rest]), do: {[a], rest}

  defp sort_n(2, [a, b | rest]) do
    if a <= b, do: {[a, b], rest}, else: {[b, a], rest}
  end

  defp sort_n(n, list) do
    half = :erlang.bsr(n, 1)
    {left, list} = sort_n(half, list)
    {right, list} = sort_n(n - half, list)
    {merge_2(left, right), list}
  end

  defp merge_2([a | as] = left, [b | bs] = right) do
    if a <= b, do: [a | merge_2(as, right)], else: [b | merge_2(left, bs)]
  end

  defp merge_2([], right), do: right
  defp merge_2(left, []), do: left

  @doc "Sorts by `fun`, which tells whether its first argument may come before the second."
  @spec sort((term, term -> boolean), list) :: list
  def sort(fun, []) when is_function(fun, 2), do: []

  def sort(fun, list) when is_function(fun, 2) and is_list(list) do
    elem(fsort_n(length(list), list, fun), 0)
  end

  defp fsort_n(1, [a | rest], _fun), do: {[a], rest}

  defp fsort_n(2, [a, b | rest], fun) do
    if fun.(a, b), do: {[a, b], rest}, else: {[b, a], rest}
  end

  defp fsort_n(n, list, fun) do
    half = :erlang.bsr(n, 1)
    {left, list} = fsort_n(half, list, fun)
    {right, list} = fsort_n(n - half, list, fun)
    {fmerge(left, right, fun), list}
  end

  defp fmerge([a | as] = left, [b | bs] = right, fun) do
    if fun.(a, b), do: [a | fmerge(as, right, fun)], else: [b | fmerge(left, bs, fun)]
  end

  defp fmerge([], right, _fun), do: right
  defp fmerge(left, [], _fun), do: left

  @doc "Sorts by term order and drops elements equal (`==`) to one before."
  @spec usort(list) :: list
  def usort([]), do: []
  def usort(list), do: udrop(elem(sort_n(length(list), list), 0))

  defp udrop([a | [b | t]]) when a == b, do: udrop([a | t])
  defp udrop([a | t]), do: [a | udrop(t)]
  defp udrop([]), do: []

  @doc "Sorts by `fun` and drops elements that `fun` holds for equal to one before."
  @spec usort((term, term -> boolean), list) :: list
  def usort(fun, list) when is_function(fun, 2), do: fudrop(sort(fun, list), fun)

  defp fudrop([a, b | t], fun) do
    if fun.(b, a), do: fudrop([a | t], fun), else: [a | fudrop([b | t], fun)]
  end

  defp fudrop(list, _fun), do: list

  @doc "Sorts tuples by the element at position `n`."
  @spec keysort(pos_integer, [tuple]) :: [tuple]
  def keysort(n, []) when is_integer(n) and n > 0, do: []

  def keysort(n, list) when is_integer(n) and n > 0 do
    elem(keysort_n(length(list), list, n), 0)
  end

  defp keysort_n(1, [a | rest], n) do
    _checked = :erlang.element(n, a)
    {[a], rest}
  end

  defp keysort_n(2, [a, b | rest], n) do
    if :erlang.element(n, a) <= :erlang.element(n, b), do: {[a, b], rest}, else: {[b, a], rest}
  end

  defp keysort_n(size, list, n) do
    half = :erlang.bsr(size, 1)
    {left, list} = keysort_n(half, list, n)
    {right, list} = keysort_n(size - half, list, n)
    {keymerge_1(n, left, right), list}
  end

  @doc "Sorts tuples by the element at position `n`; of equal keys the first tuple stays."
  @spec ukeysort(pos_integer, [tuple]) :: [tuple]
  def ukeysort(n, list), do: ukeydrop(n, keysort(n, list))

  defp ukeydrop(n, [a, b | t]) do
    if :erlang.element(n, a) == :erlang.element(n, b) do
      ukeydrop(n, [a | t])
    else
      [a | ukeydrop(n, [b | t])]
    end
  end

  defp ukeydrop(_n, list), do: list

  ## Merging sorted lists

  @doc "Merges two sorted lists."
  @spec merge(list, list) :: list
  def merge(list1, list2) when is_list(list1) and is_list(list2), do: merge_2(list1, list2)

  @doc "Merges two lists sorted by `fun`."
  @spec merge((term, term -> boolean), list, list) :: list
  def merge(fun, list1, list2) when is_function(fun, 2), do: fmerge(list1, list2, fun)

  @doc "Merges many sorted lists."
  @spec merge([list]) :: list
  def merge(lists), do: merge_all(lists, &merge_2/2)

  @doc "Merges three sorted lists."
  @spec merge3(list, list, list) :: list
  def merge3(list1, list2, list3), do: merge_2(merge_2(list1, list2), list3)

  @doc "Merges two sorted lists without duplicates."
  @spec umerge(list, list) :: list
  def umerge(list1, list2), do: umerge_2(list1, list2)

  @doc "Merges two lists without duplicates, sorted by `fun`."
  @spec umerge((term, term -> boolean), list, list) :: list
  def umerge(fun, list1, list2) when is_function(fun, 2), do: fumerge(list1, list2, fun)

  @doc "Merges many sorted lists without duplicates."
  @spec umerge([list]) :: list
  def umerge(lists), do: merge_all(lists, &umerge_2/2)

  @doc "Merges three sorted lists without duplicates."
  @spec umerge3(list, list, list) :: list
  def umerge3(list1, list2, list3), do: umerge_2(umerge_2(list1, list2), list3)

  @doc "Merges two lists of tuples sorted by the element at position `n`."
  @spec keymerge(pos_integer, [tuple], [tuple]) :: [tuple]
  def keymerge(n, list1, list2) when is_integer(n) and n > 0, do: keymerge_1(n, list1, list2)

  defp keymerge_1(n, [a | as] = left, [b | bs] = right) do
    if :erlang.element(n, a) <= :erlang.element(n, b) do
      [a | keymerge_1(n, as, right)]
    else
      [b | keymerge_1(n, left, bs)]
    end
  end

  defp keymerge_1(_n, [], right), do: right
  defp keymerge_1(_n, left, []), do: left

  @doc "Merges two lists of tuples without duplicate keys; the first list wins."
  @spec ukeymerge(pos_integer, [tuple], [tuple]) :: [tuple]
  def ukeymerge(n, [a | as] = left, [b | bs] = right) when is_integer(n) and n > 0 do
    x = :erlang.element(n, a)
    y = :erlang.element(n, b)

    cond do
      x == y -> ukeymerge(n, left, bs)
      x < y -> [a | ukeymerge(n, as, right)]
      true -> [b | ukeymerge(n, left, bs)]
    end
  end

  def ukeymerge(_n, [], right), do: right
  def ukeymerge(_n, left, []), do: left

  defp umerge_2([a | as] = left, [b | bs] = right) do
    cond do
      a == b -> umerge_2(left, bs)
      a < b -> [a | umerge_2(as, right)]
      true -> [b | umerge_2(left, bs)]
    end
  end

  defp umerge_2([], right), do: right
  defp umerge_2(left, []), do: left

  defp fumerge([a | as] = left, [b | bs] = right, fun) do
    cond do
      !fun.(a, b) -> [b | fumerge(left, bs, fun)]
      fun.(b, a) -> fumerge(left, bs, fun)
      true -> [a | fumerge(as, right, fun)]
    end
  end

  defp fumerge([], right, _fun), do: right
  defp fumerge(left, [], _fun), do: left

  # Pairwise, so that each element moves log n times.
  defp merge_all([], _merge), do: []
  defp merge_all([list], _merge), do: list
  defp merge_all(lists, merge), do: merge_all(merge_pairs(lists, merge), merge)

  defp merge_pairs([a, b | rest], merge), do: [merge.(a, b) | merge_pairs(rest, merge)]
  defp merge_pairs(rest, _merge), do: rest

  # The r-variants take and give lists in descending order.

  @doc false
  def rmerge(list1, list2), do: reverse(merge_2(reverse(list1), reverse(list2)))

  @doc false
  def rmerge(fun, list1, list2), do: reverse(fmerge(reverse(list1), reverse(list2), fun))

  @doc false
  def rmerge3(list1, list2, list3), do: rmerge(rmerge(list1, list2), list3)

  @doc false
  def rumerge(list1, list2), do: reverse(umerge_2(reverse(list1), reverse(list2)))

  @doc false
  def rumerge(fun, list1, list2), do: reverse(fumerge(reverse(list1), reverse(list2), fun))

  @doc false
  def rumerge3(list1, list2, list3), do: rumerge(rumerge(list1, list2), list3)

  @doc false
  def rkeymerge(n, list1, list2), do: reverse(keymerge_1(n, reverse(list1), reverse(list2)))

  @doc false
  def rukeymerge(n, list1, list2), do: reverse(ukeymerge(n, reverse(list1), reverse(list2)))

  @doc "Drops elements seen before (`===`)."
  @spec uniq(list) :: list
  def uniq(list), do: uniq_1(list, %{})

  defp uniq_1([h | t], seen) do
    case seen do
      %{^h => _} -> uniq_1(t, seen)
      _ -> [h | uniq_1(t, :maps.put(h, true, seen))]
    end
  end

  defp uniq_1([], _seen), do: []

  @doc "Drops elements for which `fun` returns something seen before."
  @spec uniq((term -> term), list) :: list
  def uniq(fun, list) when is_function(fun, 1), do: uniq_2(fun, list, %{})

  defp uniq_2(fun, [h | t], seen) do
    key = fun.(h)

    case seen do
      %{^key => _} -> uniq_2(fun, t, seen)
      _ -> [h | uniq_2(fun, t, :maps.put(key, true, seen))]
    end
  end

  defp uniq_2(_fun, [], _seen), do: []
end
