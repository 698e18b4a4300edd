defmodule Enum do
  @moduledoc """
  Eager functions over everything that implements `Enumerable`.

  Lists, ranges and maps are walked directly; other collections go through `Enumerable.reduce/3`. List walkers are
  body-recursive where they build a list in order, which runs in constant stack.

      iex> Enum.map([1, 2, 3], fn x -> x * 2 end)
      [2, 4, 6]
  """

  @type t :: Enumerable.t()
  @type acc :: any
  @type element :: any
  @type index :: integer
  @type default :: any

  # The order in which keys of a non-list are produced is that of Enumerable.reduce/3; every generic path below
  # is a fold whose accumulator is a reversed list, so that effects of lazy sources interleave with the callback.

  @doc """
  Tells whether all elements are truthy.

      iex> Enum.all?([1, nil])
      false
  """
  @spec all?(t) :: boolean
  def all?(enumerable) when is_list(enumerable), do: all_list(enumerable)

  def all?(enumerable) do
    walk(enumerable, true, fn x, _ -> if x, do: {:cont, true}, else: {:halt, false} end)
  end

  @doc """
  Tells whether `fun` returns a truthy value for all elements.

      iex> Enum.all?([2, 4], fn x -> rem(x, 2) == 0 end)
      true
  """
  @spec all?(t, (element -> as_boolean(term))) :: boolean
  def all?(enumerable, fun) when is_list(enumerable), do: all_list(enumerable, fun)

  def all?(enumerable, fun) do
    walk(enumerable, true, fn x, _ -> if fun.(x), do: {:cont, true}, else: {:halt, false} end)
  end

  defp all_list([h | t]), do: if(h, do: all_list(t), else: false)
  defp all_list([]), do: true

  defp all_list([h | t], fun), do: if(fun.(h), do: all_list(t, fun), else: false)
  defp all_list([], _fun), do: true

  @doc """
  Tells whether any element is truthy.

      iex> Enum.any?([false, nil])
      false
  """
  @spec any?(t) :: boolean
  def any?(enumerable) when is_list(enumerable), do: any_list(enumerable)

  def any?(enumerable) do
    walk(enumerable, false, fn x, _ -> if x, do: {:halt, true}, else: {:cont, false} end)
  end

  @doc """
  Tells whether `fun` returns a truthy value for any element.

      iex> Enum.any?([2, 4], fn x -> x > 3 end)
      true
  """
  @spec any?(t, (element -> as_boolean(term))) :: boolean
  def any?(enumerable, fun) when is_list(enumerable), do: any_list(enumerable, fun)

  def any?(enumerable, fun) do
    walk(enumerable, false, fn x, _ -> if fun.(x), do: {:halt, true}, else: {:cont, false} end)
  end

  defp any_list([h | t]), do: if(h, do: true, else: any_list(t))
  defp any_list([]), do: false

  defp any_list([h | t], fun), do: if(fun.(h), do: true, else: any_list(t, fun))
  defp any_list([], _fun), do: false

  @doc """
  Returns the element at `index`, counted from the end when negative.

      iex> Enum.at([:a, :b], -1)
      :b
  """
  @spec at(t, index, default) :: element | default
  def at(enumerable, index, default \\ nil) when is_integer(index) do
    case fetch(enumerable, index) do
      {:ok, element} -> element
      :error -> default
    end
  end

  @doc """
  Splits into runs for which `fun` returns the same value.

      iex> Enum.chunk_by([1, 3, 2, 4, 5], fn x -> rem(x, 2) end)
      [[1, 3], [2, 4], [5]]
  """
  @spec chunk_by(t, (element -> any)) :: [list]
  def chunk_by(enumerable, fun) do
    enumerable
    |> reduce(nil, fn x, acc ->
      key = fun.(x)

      case acc do
        {^key, run, runs} -> {key, [x | run], runs}
        {_, run, runs} -> {key, [x], [:lists.reverse(run) | runs]}
        nil -> {key, [x], []}
      end
    end)
    |> case do
      nil -> []
      {_, run, runs} -> :lists.reverse([:lists.reverse(run) | runs])
    end
  end

  @doc """
  Splits into chunks of `count` elements.

      iex> Enum.chunk_every([1, 2, 3], 2)
      [[1, 2], [3]]
  """
  @spec chunk_every(t, pos_integer) :: [list]
  def chunk_every(enumerable, count), do: chunk_every(enumerable, count, count, [])

  @doc """
  Splits into chunks of `count` elements, each starting `step` after the one before. `leftover` fills the last chunk, or is
  `:discard` to drop an incomplete one.

      iex> Enum.chunk_every([1, 2, 3, 4], 3, 2, [:x])
      [[1, 2, 3], [3, 4, :x]]
  """
  @spec chunk_every(t, pos_integer, pos_integer, t | :discard) :: [list]
  def chunk_every(enumerable, count, step, leftover \\ [])
      when is_integer(count) and count > 0 and is_integer(step) and step > 0 do
    chunk_list(to_list(enumerable), count, step, leftover)
  end

  defp chunk_list([], _count, _step, _leftover), do: []

  defp chunk_list(list, count, step, leftover) do
    case take_exact(list, count, []) do
      {chunk, rest} ->
        next = if step == count, do: rest, else: drop_list(list, step)
        [:lists.reverse(chunk) | chunk_list(next, count, step, leftover)]

      {_chunk, _missing, :short} when leftover == :discard ->
        []

      {chunk, missing, :short} ->
        [:lists.reverse(chunk, take(leftover, missing))]
    end
  end

  defp take_exact(rest, 0, acc), do: {acc, rest}
  defp take_exact([h | t], n, acc), do: take_exact(t, n - 1, [h | acc])
  defp take_exact([], n, acc), do: {acc, n, :short}

  @doc """
  Chunks with full control: `chunk_fun` gets each element and the accumulator, `after_fun` the last accumulator.

      iex> Enum.chunk_while([1, 2, 3], [], fn x, acc -> {:cont, x + length(acc), [x]} end, fn _ -> {:cont, []} end)
      [1, 3, 4]
  """
  @spec chunk_while(
          t,
          acc,
          (element, acc -> {:cont, any, acc} | {:cont, acc} | {:halt, acc}),
          (acc -> {:cont, any, acc} | {:cont, acc})
        ) :: [any]
  def chunk_while(enumerable, acc, chunk_fun, after_fun) do
    {chunks, acc} =
      walk(enumerable, {[], acc}, fn x, {chunks, acc} ->
        case chunk_fun.(x, acc) do
          {:cont, chunk, acc} -> {:cont, {[chunk | chunks], acc}}
          {:cont, acc} -> {:cont, {chunks, acc}}
          {:halt, acc} -> {:halt, {chunks, acc}}
        end
      end)

    case after_fun.(acc) do
      {:cont, _acc} -> :lists.reverse(chunks)
      {:cont, chunk, _acc} -> :lists.reverse(chunks, [chunk])
    end
  end

  @doc """
  Joins the enumerables of an enumerable into one list.

      iex> Enum.concat([1..2, [3]])
      [1, 2, 3]
  """
  @spec concat(t) :: t
  def concat(enumerables) when is_list(enumerables), do: concat_list(enumerables)
  def concat(enumerables), do: concat_list(to_list(enumerables))

  defp concat_list([]), do: []
  defp concat_list([last]), do: to_list(last)
  defp concat_list([h | t]), do: prepend(to_list(h), t)

  defp prepend([x | xs], rest), do: [x | prepend(xs, rest)]
  defp prepend([], rest), do: concat_list(rest)

  @doc """
  Returns the elements of `left` followed by those of `right`.

      iex> Enum.concat(1..2, [3])
      [1, 2, 3]
  """
  @spec concat(t, t) :: t
  def concat(left, right) when is_list(left) and is_list(right), do: left ++ right
  def concat(left, right), do: to_list(left) ++ to_list(right)

  @doc """
  Returns the number of elements.

      iex> Enum.count(1..10//3)
      4
  """
  @spec count(t) :: non_neg_integer
  def count(enumerable) when is_list(enumerable), do: length(enumerable)

  def count(enumerable) do
    case Enumerable.count(enumerable) do
      {:ok, count} when is_integer(count) -> count
      {:error, _module} -> fold(enumerable, 0, fn _, n -> n + 1 end)
    end
  end

  @doc """
  Returns the number of elements for which `fun` is truthy.

      iex> Enum.count([1, :a, :b], &is_atom/1)
      2
  """
  @spec count(t, (element -> as_boolean(term))) :: non_neg_integer
  def count(enumerable, fun) do
    reduce(enumerable, 0, fn x, n -> if fun.(x), do: n + 1, else: n end)
  end

  @doc """
  Counts, but stops at `limit`.

      iex> Enum.count_until(1..1_000_000, 5)
      5
  """
  @spec count_until(t, pos_integer) :: non_neg_integer
  def count_until(enumerable, limit) when is_integer(limit) and limit > 0 do
    case Enumerable.count(enumerable) do
      {:ok, count} -> Kernel.min(count, limit)
      {:error, _module} -> count_to(enumerable, fn _ -> true end, limit)
    end
  end

  @doc """
  Counts the elements for which `fun` is truthy, but stops at `limit`.

      iex> Enum.count_until(1..10, fn x -> x > 3 end, 4)
      4
  """
  @spec count_until(t, (element -> as_boolean(term)), pos_integer) :: non_neg_integer
  def count_until(enumerable, fun, limit) when is_integer(limit) and limit > 0 do
    count_to(enumerable, fun, limit)
  end

  defp count_to(enumerable, fun, limit) do
    walk(enumerable, 0, fn x, n ->
      cond do
        !fun.(x) -> {:cont, n}
        n + 1 == limit -> {:halt, limit}
        true -> {:cont, n + 1}
      end
    end)
  end

  @doc """
  Drops elements equal (`===`) to the one before them.

      iex> Enum.dedup([1, 1, 2, 1])
      [1, 2, 1]
  """
  @spec dedup(t) :: list
  def dedup(enumerable) do
    case to_list(enumerable) do
      [h | t] -> [h | dedup_list(t, h)]
      [] -> []
    end
  end

  defp dedup_list([h | t], last) when h === last, do: dedup_list(t, last)
  defp dedup_list([h | t], _last), do: [h | dedup_list(t, h)]
  defp dedup_list([], _last), do: []

  @doc """
  Drops elements for which `fun` returns the same as for the element before.

      iex> Enum.dedup_by([{1, :a}, {1, :b}, {2, :c}], fn {x, _} -> x end)
      [{1, :a}, {2, :c}]
  """
  @spec dedup_by(t, (element -> term)) :: list
  def dedup_by(enumerable, fun) do
    {list, _} =
      reduce(enumerable, {[], []}, fn x, {list, last} ->
        key = [fun.(x)]
        if key === last, do: {list, last}, else: {[x | list], key}
      end)

    :lists.reverse(list)
  end

  @doc """
  Drops the first `amount` elements, or the last ones when negative.

      iex> Enum.drop([1, 2, 3], 2)
      [3]
  """
  @spec drop(t, integer) :: list
  def drop(enumerable, amount)
      when is_list(enumerable) and is_integer(amount) and amount >= 0 do
    drop_list(enumerable, amount)
  end

  def drop(enumerable, 0), do: to_list(enumerable)

  def drop(enumerable, amount) when is_integer(amount) and amount > 0 do
    case Enumerable.slice(enumerable) do
      {:ok, size, fun} ->
        if amount >= size, do: [], else: slice_by(enumerable, fun, amount, size - amount, 1, size)

      {:error, _module} ->
        enumerable
        |> fold({amount, []}, fn
          x, {0, acc} -> {0, [x | acc]}
          _, {n, acc} -> {n - 1, acc}
        end)
        |> elem(1)
        |> :lists.reverse()
    end
  end

  def drop(enumerable, amount) when is_integer(amount) and amount < 0 do
    list = to_list(enumerable)
    take_list(list, Kernel.max(length(list) + amount, 0))
  end

  defp drop_list(list, 0), do: list
  defp drop_list([_ | t], n), do: drop_list(t, n - 1)
  defp drop_list([], _n), do: []

  @doc """
  Drops every `nth` element, the first one included.

      iex> Enum.drop_every(1..5, 2)
      [2, 4]
  """
  @spec drop_every(t, non_neg_integer) :: list
  def drop_every(enumerable, nth)

  def drop_every(_enumerable, 1), do: []
  def drop_every(enumerable, 0), do: to_list(enumerable)
  def drop_every([], nth) when is_integer(nth), do: []

  def drop_every(enumerable, nth) when is_integer(nth) and nth > 1 do
    drop_every_list(to_list(enumerable), 0, nth)
  end

  defp drop_every_list([_ | t], 0, nth), do: drop_every_list(t, nth - 1, nth)
  defp drop_every_list([h | t], n, nth), do: [h | drop_every_list(t, n - 1, nth)]
  defp drop_every_list([], _n, _nth), do: []

  @doc """
  Drops elements while `fun` is truthy.

      iex> Enum.drop_while([1, 2, 3], fn x -> x < 2 end)
      [2, 3]
  """
  @spec drop_while(t, (element -> as_boolean(term))) :: list
  def drop_while(enumerable, fun) when is_list(enumerable), do: drop_while_list(enumerable, fun)

  def drop_while(enumerable, fun) do
    enumerable
    |> reduce({true, []}, fn
      x, {true, _} -> if fun.(x), do: {true, []}, else: {false, [x]}
      x, {false, acc} -> {false, [x | acc]}
    end)
    |> elem(1)
    |> :lists.reverse()
  end

  defp drop_while_list([h | t] = list, fun) do
    if fun.(h), do: drop_while_list(t, fun), else: list
  end

  defp drop_while_list([], _fun), do: []

  @doc """
  Calls `fun` with each element and returns `:ok`.

      iex> Enum.each([], &IO.puts/1)
      :ok
  """
  @spec each(t, (element -> any)) :: :ok
  def each(enumerable, fun) when is_list(enumerable), do: each_list(enumerable, fun)

  def each(enumerable, fun) do
    reduce(enumerable, nil, fn x, _ ->
      fun.(x)
      nil
    end)

    :ok
  end

  defp each_list([h | t], fun) do
    fun.(h)
    each_list(t, fun)
  end

  defp each_list([], _fun), do: :ok

  @doc """
  Tells whether there are no elements.

      iex> Enum.empty?(1..0//1)
      true
  """
  @spec empty?(t) :: boolean
  def empty?(enumerable) when is_list(enumerable), do: enumerable == []

  def empty?(enumerable) do
    case Enumerable.slice(enumerable) do
      {:ok, size, _fun} -> size == 0
      {:error, _module} -> walk(enumerable, true, fn _, _ -> {:halt, false} end)
    end
  end

  @doc """
  Returns `{:ok, element}` at `index`, or `:error` outside of the bounds.

      iex> Enum.fetch([2, 4], 1)
      {:ok, 4}
  """
  @spec fetch(t, index) :: {:ok, element} | :error
  def fetch(enumerable, index) when is_list(enumerable) and is_integer(index) do
    if index < 0 do
      fetch_list(:lists.reverse(enumerable), -index - 1)
    else
      fetch_list(enumerable, index)
    end
  end

  def fetch(enumerable, index) when is_integer(index) do
    case Enumerable.slice(enumerable) do
      {:ok, size, fun} ->
        index = if index < 0, do: index + size, else: index

        if index >= 0 and index < size do
          [element] = slice_by(enumerable, fun, index, 1, 1, size)
          {:ok, element}
        else
          :error
        end

      {:error, _module} when index < 0 ->
        fetch_list(reverse(enumerable), -index - 1)

      {:error, _module} ->
        result =
          walk(enumerable, index, fn
            x, 0 -> {:halt, {:ok, x}}
            _, n -> {:cont, n - 1}
          end)

        if is_integer(result), do: :error, else: result
    end
  end

  defp fetch_list([h | _], 0), do: {:ok, h}
  defp fetch_list([_ | t], n), do: fetch_list(t, n - 1)
  defp fetch_list([], _n), do: :error

  @doc """
  Returns the element at `index` or raises `Enum.OutOfBoundsError`.

      iex> Enum.fetch!([2, 4], 0)
      2
  """
  @spec fetch!(t, index) :: element
  def fetch!(enumerable, index) when is_integer(index) do
    case fetch(enumerable, index) do
      {:ok, element} -> element
      :error -> raise Enum.OutOfBoundsError
    end
  end

  @doc """
  Keeps the elements for which `fun` is truthy.

      iex> Enum.filter([1, 2, 3], fn x -> x != 2 end)
      [1, 3]
  """
  @spec filter(t, (element -> as_boolean(term))) :: list
  def filter(enumerable, fun) when is_list(enumerable), do: filter_list(enumerable, fun)

  def filter(enumerable, fun) do
    enumerable
    |> reduce([], fn x, acc -> if fun.(x), do: [x | acc], else: acc end)
    |> :lists.reverse()
  end

  defp filter_list([h | t], fun) do
    if fun.(h), do: [h | filter_list(t, fun)], else: filter_list(t, fun)
  end

  defp filter_list([], _fun), do: []

  @doc """
  Returns the first element for which `fun` is truthy.

      iex> Enum.find([1, 4, 9], fn x -> x > 3 end)
      4
  """
  @spec find(t, default, (element -> any)) :: element | default
  def find(enumerable, default \\ nil, fun)

  def find(enumerable, default, fun) when is_list(enumerable) do
    find_list(enumerable, default, fun)
  end

  def find(enumerable, default, fun) do
    walk(enumerable, default, fn x, default ->
      if fun.(x), do: {:halt, x}, else: {:cont, default}
    end)
  end

  defp find_list([h | t], default, fun), do: if(fun.(h), do: h, else: find_list(t, default, fun))
  defp find_list([], default, _fun), do: default

  @doc """
  Returns the index of the first element for which `fun` is truthy.

      iex> Enum.find_index([:a, :b], fn x -> x == :b end)
      1
  """
  @spec find_index(t, (element -> any)) :: non_neg_integer | nil
  def find_index(enumerable, fun) when is_list(enumerable), do: find_index_list(enumerable, 0, fun)

  def find_index(enumerable, fun) do
    result =
      walk(enumerable, {:at, 0}, fn x, {:at, n} ->
        if fun.(x), do: {:halt, n}, else: {:cont, {:at, n + 1}}
      end)

    if is_integer(result), do: result, else: nil
  end

  defp find_index_list([h | t], n, fun) do
    if fun.(h), do: n, else: find_index_list(t, n + 1, fun)
  end

  defp find_index_list([], _n, _fun), do: nil

  @doc """
  Returns the first truthy value that `fun` returns.

      iex> Enum.find_value([1, 2], fn x -> x > 1 && x * 10 end)
      20
  """
  @spec find_value(t, default, (element -> found)) :: found | default when found: term
  def find_value(enumerable, default \\ nil, fun)

  def find_value(enumerable, default, fun) when is_list(enumerable) do
    find_value_list(enumerable, default, fun)
  end

  def find_value(enumerable, default, fun) do
    walk(enumerable, default, fn x, default ->
      value = fun.(x)
      if value, do: {:halt, value}, else: {:cont, default}
    end)
  end

  defp find_value_list([h | t], default, fun) do
    value = fun.(h)
    if value, do: value, else: find_value_list(t, default, fun)
  end

  defp find_value_list([], default, _fun), do: default

  @doc """
  Maps each element to an enumerable and joins the results.

      iex> Enum.flat_map([1, 2], fn x -> [x, x * 10] end)
      [1, 10, 2, 20]
  """
  @spec flat_map(t, (element -> t)) :: list
  def flat_map(enumerable, fun) when is_list(enumerable), do: flat_map_list(enumerable, fun)

  def flat_map(enumerable, fun) do
    enumerable
    |> reduce([], fn x, acc ->
      case fun.(x) do
        list when is_list(list) -> :lists.reverse(list, acc)
        other -> reduce(other, acc, fn y, acc -> [y | acc] end)
      end
    end)
    |> :lists.reverse()
  end

  defp flat_map_list([h | t], fun) do
    case fun.(h) do
      list when is_list(list) -> flat_map_prepend(list, t, fun)
      other -> flat_map_prepend(to_list(other), t, fun)
    end
  end

  defp flat_map_list([], _fun), do: []

  defp flat_map_prepend([x | xs], rest, fun), do: [x | flat_map_prepend(xs, rest, fun)]
  defp flat_map_prepend([], rest, fun), do: flat_map_list(rest, fun)

  @doc """
  Maps and flattens while carrying an accumulator; `{:halt, acc}` stops.

      iex> Enum.flat_map_reduce([1, 2], 0, fn x, acc -> {[x, x], acc + x} end)
      {[1, 1, 2, 2], 3}
  """
  @spec flat_map_reduce(t, acc, (element, acc -> {t, acc} | {:halt, acc})) :: {[any], acc}
  def flat_map_reduce(enumerable, acc, fun) do
    {list, acc} =
      walk(enumerable, {[], acc}, fn x, {list, acc} ->
        case fun.(x, acc) do
          {:halt, acc} -> {:halt, {list, acc}}
          {[], acc} -> {:cont, {list, acc}}
          {[one], acc} -> {:cont, {[one | list], acc}}
          {many, acc} -> {:cont, {reverse(many, list), acc}}
        end
      end)

    {:lists.reverse(list), acc}
  end

  @doc """
  Counts how often each element occurs.

      iex> Enum.frequencies(["a", "b", "a"])
      %{"a" => 2, "b" => 1}
  """
  @spec frequencies(t) :: map
  def frequencies(enumerable) do
    reduce(enumerable, %{}, fn key, acc ->
      case acc do
        %{^key => n} -> %{acc | key => n + 1}
        _ -> :maps.put(key, 1, acc)
      end
    end)
  end

  @doc """
  Counts how often `key_fun` returns each value.

      iex> Enum.frequencies_by(["aa", "B", "c"], &byte_size/1)
      %{1 => 2, 2 => 1}
  """
  @spec frequencies_by(t, (element -> any)) :: map
  def frequencies_by(enumerable, key_fun) when is_function(key_fun) do
    reduce(enumerable, %{}, fn x, acc ->
      key = key_fun.(x)

      case acc do
        %{^key => n} -> %{acc | key => n + 1}
        _ -> :maps.put(key, 1, acc)
      end
    end)
  end

  @doc """
  Groups elements by what `key_fun` returns, mapped through `value_fun`.

      iex> Enum.group_by([1, 2, 3], fn x -> rem(x, 2) end)
      %{0 => [2], 1 => [1, 3]}
  """
  @spec group_by(t, (element -> any), (element -> any)) :: map
  def group_by(enumerable, key_fun, value_fun \\ fn x -> x end)

  def group_by(enumerable, key_fun, value_fun) when is_function(key_fun) do
    # From the last element to the first, so that each group is consed in order.
    reduce_list(reverse(enumerable), %{}, fn x, acc ->
      key = key_fun.(x)
      value = value_fun.(x)

      case acc do
        %{^key => group} -> %{acc | key => [value | group]}
        _ -> :maps.put(key, [value], acc)
      end
    end)
  end

  @doc """
  Puts `separator` between the elements.

      iex> Enum.intersperse([1, 2], 0)
      [1, 0, 2]
  """
  @spec intersperse(t, element) :: list
  def intersperse(enumerable, separator) do
    case to_list(enumerable) do
      [h | t] -> [h | intersperse_list(t, separator)]
      [] -> []
    end
  end

  defp intersperse_list([h | t], separator), do: [separator, h | intersperse_list(t, separator)]
  defp intersperse_list([], _separator), do: []

  @doc """
  Collects the elements into `collectable`.

      iex> Enum.into([a: 1], %{b: 2})
      %{a: 1, b: 2}
  """
  @spec into(Enumerable.t(), Collectable.t()) :: Collectable.t()
  def into(enumerable, collectable)

  def into(enumerable, []), do: to_list(enumerable)

  def into(%_{} = enumerable, collectable), do: into_any(enumerable, collectable)
  def into(enumerable, %_{} = collectable), do: into_any(enumerable, collectable)
  def into(%{} = enumerable, %{} = collectable), do: :maps.merge(collectable, enumerable)

  def into(enumerable, %{} = collectable) when is_list(enumerable) do
    :maps.merge(collectable, :maps.from_list(enumerable))
  end

  def into(enumerable, collectable), do: into_any(enumerable, collectable)

  defp into_any(enumerable, collectable) do
    {initial, fun} = Collectable.into(collectable)
    collect(enumerable, initial, fun, fn x, acc -> fun.(acc, {:cont, x}) end)
  end

  @doc """
  Collects the elements, mapped by `transform`, into `collectable`.

      iex> Enum.into([1, 2], %{}, fn x -> {x, x * x} end)
      %{1 => 1, 2 => 4}
  """
  @spec into(Enumerable.t(), Collectable.t(), (term -> term)) :: Collectable.t()
  def into(enumerable, [], transform), do: map(enumerable, transform)

  def into(enumerable, %_{} = collectable, transform) do
    into_any(enumerable, collectable, transform)
  end

  def into(enumerable, %{} = collectable, transform) do
    list = map(enumerable, transform)
    :maps.merge(collectable, :maps.from_list(list))
  end

  def into(enumerable, collectable, transform) do
    into_any(enumerable, collectable, transform)
  end

  defp into_any(enumerable, collectable, transform) do
    {initial, fun} = Collectable.into(collectable)
    collect(enumerable, initial, fun, fn x, acc -> fun.(acc, {:cont, transform.(x)}) end)
  end

  defp collect(enumerable, initial, fun, step) do
    try do
      reduce(enumerable, initial, step)
    catch
      kind, reason ->
        fun.(initial, :halt)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      acc -> fun.(acc, :done)
    end
  end

  @doc """
  Joins the elements, converted by `to_string/1`, into one string.

      iex> Enum.join([1, 2, 3], "-")
      "1-2-3"
  """
  @spec join(t, binary) :: binary
  def join(enumerable, joiner \\ "")

  def join(enumerable, joiner) when is_binary(joiner) do
    map_join(enumerable, joiner, fn x -> x end)
  end

  @doc """
  Maps each element through `fun`.

      iex> Enum.map([1, 2], fn x -> x * 2 end)
      [2, 4]
  """
  @spec map(t, (element -> any)) :: list
  def map(enumerable, fun)

  def map(enumerable, fun) when is_list(enumerable), do: map_list(enumerable, fun)

  def map(first..last//step, fun) do
    if step > 0, do: map_up(first, last, step, fun), else: map_down(first, last, step, fun)
  end

  def map(enumerable, fun) do
    :lists.reverse(reduce(enumerable, [], fn x, acc -> [fun.(x) | acc] end))
  end

  defp map_list([h | t], fun), do: [fun.(h) | map_list(t, fun)]
  defp map_list([], _fun), do: []

  defp map_up(n, last, step, fun) when n <= last, do: [fun.(n) | map_up(n + step, last, step, fun)]
  defp map_up(_n, _last, _step, _fun), do: []

  defp map_down(n, last, step, fun) when n >= last do
    [fun.(n) | map_down(n + step, last, step, fun)]
  end

  defp map_down(_n, _last, _step, _fun), do: []

  @doc """
  Maps every `nth` element, starting with the first; the others stay.

      iex> Enum.map_every(1..5, 2, fn x -> x * 10 end)
      [10, 2, 30, 4, 50]
  """
  @spec map_every(t, non_neg_integer, (element -> any)) :: list
  def map_every(enumerable, nth, fun)

  def map_every(enumerable, 1, fun), do: map(enumerable, fun)
  def map_every(enumerable, 0, _fun), do: to_list(enumerable)
  def map_every([], nth, _fun) when is_integer(nth) and nth > 1, do: []

  def map_every(enumerable, nth, fun) when is_integer(nth) and nth > 1 do
    map_every_list(to_list(enumerable), 0, nth, fun)
  end

  defp map_every_list([h | t], 0, nth, fun), do: [fun.(h) | map_every_list(t, nth - 1, nth, fun)]
  defp map_every_list([h | t], n, nth, fun), do: [h | map_every_list(t, n - 1, nth, fun)]
  defp map_every_list([], _n, _nth, _fun), do: []

  @doc """
  Maps each element and puts `separator` between the results.

      iex> Enum.map_intersperse([1, 2], :s, fn x -> x * 2 end)
      [2, :s, 4]
  """
  @spec map_intersperse(t, element, (element -> any)) :: list
  def map_intersperse(enumerable, separator, mapper) do
    intersperse(map(enumerable, mapper), separator)
  end

  @doc """
  Maps each element, converts the results by `to_string/1` and joins them.

      iex> Enum.map_join([1, 2], "-", fn x -> x * 2 end)
      "2-4"
  """
  @spec map_join(t, binary, (element -> String.Chars.t())) :: binary
  def map_join(enumerable, joiner \\ "", mapper)

  def map_join(enumerable, "", mapper) when is_function(mapper, 1) do
    enumerable
    |> map(fn x -> chars(mapper.(x)) end)
    |> :erlang.iolist_to_binary()
  end

  def map_join(enumerable, joiner, mapper) when is_binary(joiner) and is_function(mapper, 1) do
    case map(enumerable, fn x -> chars(mapper.(x)) end) do
      [] -> ""
      [h | t] -> :erlang.iolist_to_binary([h | intersperse_list(t, joiner)])
    end
  end

  defp chars(x) when is_binary(x), do: x
  defp chars(x), do: String.Chars.to_string(x)

  @doc """
  Maps while carrying an accumulator.

      iex> Enum.map_reduce([1, 2], 0, fn x, acc -> {x * 2, acc + x} end)
      {[2, 4], 3}
  """
  @spec map_reduce(t, acc, (element, acc -> {element, acc})) :: {list, acc}
  def map_reduce(enumerable, acc, fun) when is_list(enumerable) do
    map_reduce_list(enumerable, acc, fun, [])
  end

  def map_reduce(enumerable, acc, fun) do
    {list, acc} =
      reduce(enumerable, {[], acc}, fn x, {list, acc} ->
        {y, acc} = fun.(x, acc)
        {[y | list], acc}
      end)

    {:lists.reverse(list), acc}
  end

  defp map_reduce_list([h | t], acc, fun, out) do
    {y, acc} = fun.(h, acc)
    map_reduce_list(t, acc, fun, [y | out])
  end

  defp map_reduce_list([], acc, _fun, out), do: {:lists.reverse(out), acc}

  @doc """
  Returns the largest element, by term order or by `sorter`.

  `sorter` is a function of two arguments or a module with `compare/2`; `empty_fallback` gives the result for an empty
  enumerable, which otherwise raises `Enum.EmptyError`.

      iex> Enum.max([1, 3, 2])
      3
  """
  @spec max(t, (element, element -> boolean) | module, (-> any)) :: element | any
  def max(enumerable, sorter \\ &>=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def max(enumerable, empty_fallback, _) when is_function(empty_fallback, 0) do
    extreme(enumerable, &>=/2, empty_fallback)
  end

  def max(enumerable, sorter, empty_fallback) do
    extreme(enumerable, max_fun(sorter), empty_fallback)
  end

  defp max_fun(sorter) when is_function(sorter, 2), do: sorter
  defp max_fun(module) when is_atom(module), do: fn a, b -> module.compare(a, b) != :lt end

  defp extreme(first..last//step = range, fun, empty) do
    case Range.size(range) do
      0 ->
        empty.()

      size ->
        final = first + (size - 1) * step
        _ = last
        if fun.(first, final), do: extreme_range(first, final, fun), else: extreme_range(final, first, fun)
    end
  end

  defp extreme(enumerable, fun, empty) do
    case reduce_any(enumerable, fn x, best -> if fun.(best, x), do: best, else: x end) do
      {:ok, best} -> best
      :empty -> empty.()
    end
  end

  # A sorter other than plain order may prefer an element in the middle; only the ends of the two plain ones are enough.
  defp extreme_range(best, other, fun) do
    if fun == (&>=/2) or fun == (&<=/2) do
      best
    else
      {low, high} = if best < other, do: {best, other}, else: {other, best}
      low_to_high = low..high//1
      reduce(low_to_high, best, fn x, best -> if fun.(best, x), do: best, else: x end)
    end
  end

  defp reduce_any([h | t], fun), do: {:ok, reduce_list(t, h, fun)}
  defp reduce_any([], _fun), do: :empty

  defp reduce_any(enumerable, fun) do
    reduce(enumerable, :empty, fn
      x, {:ok, acc} -> {:ok, fun.(x, acc)}
      x, :empty -> {:ok, x}
    end)
  end

  @doc """
  Returns the element for which `fun` returns the largest value.

      iex> Enum.max_by(["a", "ccc", "bb"], &byte_size/1)
      "ccc"
  """
  @spec max_by(t, (element -> any), (element, element -> boolean) | module, (-> any)) ::
          element | any
  def max_by(
        enumerable,
        fun,
        sorter \\ &>=/2,
        empty_fallback \\ fn -> raise Enum.EmptyError end
      )

  def max_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0) do
    extreme_by(enumerable, fun, &>=/2, empty_fallback)
  end

  def max_by(enumerable, fun, sorter, empty_fallback) when is_function(fun, 1) do
    extreme_by(enumerable, fun, max_fun(sorter), empty_fallback)
  end

  defp extreme_by(enumerable, fun, sorter, empty) do
    reduce(enumerable, :empty, fn
      x, [_ | best_key] = best ->
        key = fun.(x)
        if sorter.(best_key, key), do: best, else: [x | key]

      x, :empty ->
        [x | fun.(x)]
    end)
    |> case do
      :empty -> empty.()
      [x | _] -> x
    end
  end

  @doc """
  Tells whether `element` is in `enumerable`, compared with `===`.

      iex> Enum.member?([1, 2.0], 2)
      false
  """
  @spec member?(t, element) :: boolean
  def member?(enumerable, element) when is_list(enumerable) do
    :lists.member(element, enumerable)
  end

  def member?(enumerable, element) do
    case Enumerable.member?(enumerable, element) do
      {:ok, found} when is_boolean(found) ->
        found

      {:error, _module} ->
        walk(enumerable, false, fn x, _ ->
          if x === element, do: {:halt, true}, else: {:cont, false}
        end)
    end
  end

  @doc """
  Returns the smallest element, by term order or by `sorter`. See `max/3`.

      iex> Enum.min([2, 1, 3])
      1
  """
  @spec min(t, (element, element -> boolean) | module, (-> any)) :: element | any
  def min(enumerable, sorter \\ &<=/2, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def min(enumerable, empty_fallback, _) when is_function(empty_fallback, 0) do
    extreme(enumerable, &<=/2, empty_fallback)
  end

  def min(enumerable, sorter, empty_fallback) do
    extreme(enumerable, min_fun(sorter), empty_fallback)
  end

  defp min_fun(sorter) when is_function(sorter, 2), do: sorter
  defp min_fun(module) when is_atom(module), do: fn a, b -> module.compare(a, b) != :gt end

  @doc """
  Returns the element for which `fun` returns the smallest value.

      iex> Enum.min_by(["ccc", "a", "bb"], &byte_size/1)
      "a"
  """
  @spec min_by(t, (element -> any), (element, element -> boolean) | module, (-> any)) ::
          element | any
  def min_by(
        enumerable,
        fun,
        sorter \\ &<=/2,
        empty_fallback \\ fn -> raise Enum.EmptyError end
      )

  def min_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0) do
    extreme_by(enumerable, fun, &<=/2, empty_fallback)
  end

  def min_by(enumerable, fun, sorter, empty_fallback) when is_function(fun, 1) do
    extreme_by(enumerable, fun, min_fun(sorter), empty_fallback)
  end

  @doc """
  Returns the smallest and the largest element.

      iex> Enum.min_max([2, 3, 1])
      {1, 3}
  """
  @spec min_max(t, (-> any)) :: {element, element} | any
  def min_max(enumerable, empty_fallback \\ fn -> raise Enum.EmptyError end)

  def min_max(first.._//step = range, empty_fallback) when is_function(empty_fallback, 0) do
    case Range.size(range) do
      0 -> empty_fallback.()
      size when step > 0 -> {first, first + (size - 1) * step}
      size -> {first + (size - 1) * step, first}
    end
  end

  def min_max(enumerable, empty_fallback) when is_function(empty_fallback, 0) do
    enumerable
    |> reduce(:empty, fn
      x, {min, max} = both ->
        cond do
          x < min -> {x, max}
          x > max -> {min, x}
          true -> both
        end

      x, :empty ->
        {x, x}
    end)
    |> case do
      :empty -> empty_fallback.()
      both -> both
    end
  end

  @doc """
  Returns the elements for which `fun` returns the smallest and the largest value.

      iex> Enum.min_max_by(["aaa", "b", "cc"], &byte_size/1)
      {"b", "aaa"}
  """
  @spec min_max_by(t, (element -> any), (element, element -> boolean) | module, (-> any)) ::
          {element, element} | any
  def min_max_by(
        enumerable,
        fun,
        sorter_or_empty_fallback \\ &</2,
        empty_fallback \\ fn -> raise Enum.EmptyError end
      )

  def min_max_by(enumerable, fun, empty_fallback, _)
      when is_function(fun, 1) and is_function(empty_fallback, 0) do
    extremes_by(enumerable, fun, &</2, empty_fallback)
  end

  def min_max_by(enumerable, fun, sorter, empty_fallback)
      when is_function(fun, 1) and is_atom(sorter) and is_function(empty_fallback, 0) do
    extremes_by(enumerable, fun, fn a, b -> sorter.compare(a, b) == :lt end, empty_fallback)
  end

  def min_max_by(enumerable, fun, sorter, empty_fallback)
      when is_function(fun, 1) and is_function(sorter, 2) and is_function(empty_fallback, 0) do
    extremes_by(enumerable, fun, sorter, empty_fallback)
  end

  defp extremes_by(enumerable, fun, less, empty) do
    enumerable
    |> reduce(:empty, fn
      x, {min, min_key, max, max_key} = both ->
        key = fun.(x)

        cond do
          less.(key, min_key) -> {x, key, max, max_key}
          less.(max_key, key) -> {min, min_key, x, key}
          true -> both
        end

      x, :empty ->
        key = fun.(x)
        {x, key, x, key}
    end)
    |> case do
      :empty -> empty.()
      {min, _, max, _} -> {min, max}
    end
  end

  @doc """
  Returns the product of all elements.

      iex> Enum.product([2, 3, 4])
      24
  """
  @spec product(t) :: number
  def product(enumerable), do: reduce(enumerable, 1, fn x, acc -> acc * x end)

  @doc """
  Returns the product of what `mapper` returns.

      iex> Enum.product_by([1, 2], fn x -> x + 1 end)
      6
  """
  @spec product_by(t, (element -> number)) :: number
  def product_by(enumerable, mapper) do
    reduce(enumerable, 1, fn x, acc -> acc * mapper.(x) end)
  end

  @doc """
  Returns a random element, drawn with `:rand`. Raises `Enum.EmptyError` when there is none.

      iex> Enum.random([:only])
      :only
  """
  @spec random(t) :: element
  def random(enumerable) when is_list(enumerable) do
    case length(enumerable) do
      0 -> raise Enum.EmptyError
      length -> hd(drop_list(enumerable, draw(length)))
    end
  end

  def random(first.._//step = range) do
    case Range.size(range) do
      0 -> raise Enum.EmptyError
      size -> first + draw(size) * step
    end
  end

  def random(enumerable) do
    result =
      case Enumerable.slice(enumerable) do
        {:ok, 0, _fun} -> []
        {:ok, size, fun} -> slice_by(enumerable, fun, draw(size), 1, 1, size)
        {:error, _module} -> take_random(enumerable, 1)
      end

    case result do
      [] -> raise Enum.EmptyError
      [element] -> element
    end
  end

  # A number in 0..n-1; a choice of one costs no draw, as seeded programs expect.
  defp draw(1), do: 0
  defp draw(n), do: :rand.uniform(n) - 1

  @doc """
  Folds with the first element as the initial accumulator. Raises `Enum.EmptyError` on an empty enumerable.

      iex> Enum.reduce([1, 2, 3], fn x, acc -> x * acc end)
      6
  """
  @spec reduce(t, (element, acc -> acc)) :: acc
  def reduce(enumerable, fun) do
    case reduce_any(enumerable, fun) do
      {:ok, acc} -> acc
      :empty -> raise Enum.EmptyError
    end
  end

  @doc """
  Folds from the first element to the last.

      iex> Enum.reduce([1, 2, 3], 0, fn x, acc -> x + acc end)
      6
  """
  @spec reduce(t, acc, (element, acc -> acc)) :: acc
  def reduce(enumerable, acc, fun)

  def reduce(enumerable, acc, fun) when is_list(enumerable), do: reduce_list(enumerable, acc, fun)

  def reduce(first..last//step, acc, fun) do
    if step > 0 do
      reduce_up(first, last, step, acc, fun)
    else
      reduce_down(first, last, step, acc, fun)
    end
  end

  def reduce(%_{} = enumerable, acc, fun), do: fold(enumerable, acc, fun)
  def reduce(%{} = map, acc, fun), do: reduce_list(:maps.to_list(map), acc, fun)
  def reduce(enumerable, acc, fun), do: fold(enumerable, acc, fun)

  defp reduce_list([h | t], acc, fun), do: reduce_list(t, fun.(h, acc), fun)
  defp reduce_list([], acc, _fun), do: acc

  defp reduce_up(n, last, step, acc, fun) when n <= last do
    reduce_up(n + step, last, step, fun.(n, acc), fun)
  end

  defp reduce_up(_n, _last, _step, acc, _fun), do: acc

  defp reduce_down(n, last, step, acc, fun) when n >= last do
    reduce_down(n + step, last, step, fun.(n, acc), fun)
  end

  defp reduce_down(_n, _last, _step, acc, _fun), do: acc

  defp fold(enumerable, acc, fun) do
    Enumerable.reduce(enumerable, {:cont, acc}, fn x, acc -> {:cont, fun.(x, acc)} end) |> elem(1)
  end

  # A fold whose callback answers with a tagged accumulator, so that it can stop.
  defp walk(enumerable, acc, fun) when is_list(enumerable), do: walk_list(enumerable, acc, fun)
  defp walk(enumerable, acc, fun), do: elem(Enumerable.reduce(enumerable, {:cont, acc}, fun), 1)

  defp walk_list([h | t], acc, fun) do
    case fun.(h, acc) do
      {:cont, acc} -> walk_list(t, acc, fun)
      {:halt, acc} -> acc
    end
  end

  defp walk_list([], acc, _fun), do: acc

  @doc """
  Folds until `fun` returns `{:halt, acc}`.

      iex> Enum.reduce_while(1..100, 0, fn x, acc -> if x < 4, do: {:cont, acc + x}, else: {:halt, acc} end)
      6
  """
  @spec reduce_while(t, any, (element, any -> {:cont, any} | {:halt, any})) :: any
  def reduce_while(enumerable, acc, fun) do
    Enumerable.reduce(enumerable, {:cont, acc}, fun) |> elem(1)
  end

  @doc """
  Drops the elements for which `fun` is truthy.

      iex> Enum.reject([1, 2, 3], fn x -> x == 2 end)
      [1, 3]
  """
  @spec reject(t, (element -> as_boolean(term))) :: list
  def reject(enumerable, fun) when is_list(enumerable), do: reject_list(enumerable, fun)

  def reject(enumerable, fun) do
    enumerable
    |> reduce([], fn x, acc -> if fun.(x), do: acc, else: [x | acc] end)
    |> :lists.reverse()
  end

  defp reject_list([h | t], fun) do
    if fun.(h), do: reject_list(t, fun), else: [h | reject_list(t, fun)]
  end

  defp reject_list([], _fun), do: []

  @doc """
  Returns the elements in reverse order.

      iex> Enum.reverse([1, 2, 3])
      [3, 2, 1]
  """
  @spec reverse(t) :: list
  def reverse(enumerable) when is_list(enumerable), do: :lists.reverse(enumerable)
  def reverse(enumerable), do: reduce(enumerable, [], fn x, acc -> [x | acc] end)

  @doc """
  Returns the elements in reverse order, followed by those of `tail`.

      iex> Enum.reverse([1, 2], [3])
      [2, 1, 3]
  """
  @spec reverse(t, t) :: list
  def reverse(enumerable, tail) when is_list(enumerable) do
    :lists.reverse(enumerable, to_list(tail))
  end

  def reverse(enumerable, tail), do: reduce(enumerable, to_list(tail), fn x, acc -> [x | acc] end)

  @doc """
  Reverses `count` elements from `start_index` on.

      iex> Enum.reverse_slice([1, 2, 3, 4], 1, 2)
      [1, 3, 2, 4]
  """
  @spec reverse_slice(t, non_neg_integer, non_neg_integer) :: list
  def reverse_slice(enumerable, start_index, count)
      when is_integer(start_index) and start_index >= 0 and is_integer(count) and count >= 0 do
    {before, rest} = split(enumerable, start_index)
    {slice, rest} = split(rest, count)
    before ++ :lists.reverse(slice, rest)
  end

  @doc """
  Returns all intermediate values of a fold that starts with the first element.

      iex> Enum.scan([1, 2, 3], fn x, acc -> x + acc end)
      [1, 3, 6]
  """
  @spec scan(t, (element, any -> any)) :: list
  def scan(enumerable, fun) do
    enumerable
    |> reduce([], fn
      x, [] -> [x]
      x, [last | _] = acc -> [fun.(x, last) | acc]
    end)
    |> :lists.reverse()
  end

  @doc """
  Returns all intermediate values of a fold that starts with `acc`.

      iex> Enum.scan([1, 2], 10, fn x, acc -> x + acc end)
      [11, 13]
  """
  @spec scan(t, any, (element, any -> any)) :: list
  def scan(enumerable, acc, fun) when is_list(enumerable), do: scan_list(enumerable, acc, fun)

  def scan(enumerable, acc, fun) do
    {list, _} =
      reduce(enumerable, {[], acc}, fn x, {list, acc} ->
        acc = fun.(x, acc)
        {[acc | list], acc}
      end)

    :lists.reverse(list)
  end

  defp scan_list([h | t], acc, fun) do
    acc = fun.(h, acc)
    [acc | scan_list(t, acc, fun)]
  end

  defp scan_list([], _acc, _fun), do: []

  @doc """
  Returns the elements in random order, drawn with `:rand`.

      iex> Enum.shuffle([1])
      [1]
  """
  @spec shuffle(t) :: list
  def shuffle(enumerable) do
    tagged = reduce(enumerable, [], fn x, acc -> [{:rand.uniform(), x} | acc] end)
    untag(:lists.keysort(1, tagged))
  end

  defp untag([{_, x} | t]), do: [x | untag(t)]
  defp untag([]), do: []

  @doc """
  Returns the elements at the positions of `index_range`; negative bounds count from the end.

      iex> Enum.slice([1, 2, 3, 4], 1..-2//1)
      [2, 3]
  """
  @spec slice(t, Range.t()) :: list
  def slice(enumerable, first..last//step = index_range) do
    cond do
      step > 0 ->
        slice_range(enumerable, first, last, step)

      step == -1 and first > last ->
        slice_range(enumerable, first, last, 1)

      true ->
        raise ArgumentError,
              "Enum.slice/2 does not accept ranges with negative steps, got: #{inspect(index_range)}"
    end
  end

  @doc """
  Returns `amount` elements from `start_index` on.

      iex> Enum.slice([1, 2, 3, 4], 1, 2)
      [2, 3]
  """
  @spec slice(t, index, non_neg_integer) :: list
  def slice(_enumerable, start_index, 0) when is_integer(start_index), do: []

  def slice(enumerable, start_index, amount)
      when is_integer(start_index) and start_index < 0 and is_integer(amount) and amount > 0 do
    {size, source} = sized(enumerable)
    start = Kernel.max(size + start_index, 0)
    slice_sized(source, start, Kernel.min(amount, size - start), 1, size)
  end

  def slice(enumerable, start_index, amount)
      when is_integer(start_index) and is_integer(amount) and amount > 0 do
    slice_forward(enumerable, start_index, amount, 1)
  end

  defp slice_range(enumerable, first, last, step) when first >= 0 and last >= 0 do
    if last >= first, do: slice_forward(enumerable, first, last - first + 1, step), else: []
  end

  defp slice_range(enumerable, first, last, step) do
    {size, source} = sized(enumerable)
    first = if first >= 0, do: first, else: Kernel.max(first + size, 0)
    last = if last >= 0, do: last, else: last + size
    amount = Kernel.min(last, size - 1) - first + 1
    slice_sized(source, first, amount, step, size)
  end

  # Returns the size and something that slice_sized/5 can cut from.
  defp sized(enumerable) when is_list(enumerable), do: {length(enumerable), enumerable}

  defp sized(enumerable) do
    case Enumerable.slice(enumerable) do
      {:ok, size, fun} ->
        {size, {enumerable, fun}}

      {:error, _module} ->
        list = to_list(enumerable)
        {length(list), list}
    end
  end

  defp slice_sized(_source, _start, amount, _step, _size) when amount <= 0, do: []

  defp slice_sized(list, start, amount, step, _size) when is_list(list) do
    list |> drop_list(start) |> take_stepped(amount, step)
  end

  defp slice_sized({enumerable, fun}, start, amount, step, size) do
    slice_by(enumerable, fun, start, div(amount - 1, step) + 1, step, size)
  end

  # `amount` counts positions, not results.
  defp slice_forward(list, start, amount, step) when is_list(list) do
    list |> drop_list(start) |> take_stepped(amount, step)
  end

  defp slice_forward(enumerable, start, amount, step) do
    case Enumerable.slice(enumerable) do
      {:ok, size, _fun} when start >= size ->
        []

      {:ok, size, fun} ->
        amount = Kernel.min(amount, size - start)
        slice_by(enumerable, fun, start, div(amount - 1, step) + 1, step, size)

      {:error, _module} ->
        {_, _, list} =
          walk(enumerable, {start, amount, []}, fn
            x, {0, 1, list} -> {:halt, {0, 0, [x | list]}}
            x, {0, n, list} -> {:cont, {0, n - 1, [x | list]}}
            _, {skip, n, list} -> {:cont, {skip - 1, n, list}}
          end)

        take_stepped(:lists.reverse(list), amount, step)
    end
  end

  # Here `count` is the number of results; [fun] is what Enumerable.slice/1 answered.
  defp slice_by(_enumerable, fun, start, count, step, _size) when is_function(fun, 3) do
    fun.(start, count, step)
  end

  defp slice_by(enumerable, fun, start, count, step, _size) when is_function(fun, 1) do
    enumerable |> fun.() |> drop_list(start) |> take_stepped((count - 1) * step + 1, step)
  end

  defp slice_by(_enumerable, fun, start, count, 1, _size) when is_function(fun, 2) do
    fun.(start, count)
  end

  defp slice_by(_enumerable, fun, start, count, step, _size) when is_function(fun, 2) do
    amount = (count - 1) * step + 1
    start |> fun.(amount) |> take_stepped(amount, step)
  end

  defp take_stepped(list, amount, 1), do: take_list(list, amount)

  defp take_stepped([h | t], amount, step) when amount > 0 do
    [h | take_stepped(drop_list(t, step - 1), amount - step, step)]
  end

  defp take_stepped(_list, _amount, _step), do: []

  @doc """
  Moves an element, or the elements of a range of positions, to `insertion_index`.

      iex> Enum.slide([:a, :b, :c, :d], 1..2, 0)
      [:b, :c, :a, :d]
  """
  @spec slide(t, Range.t() | index, index) :: list
  def slide(enumerable, range_or_single_index, insertion_index)

  def slide(enumerable, single, insertion) when is_integer(single) do
    slide(enumerable, single..single//1, insertion)
  end

  def slide(_enumerable, _.._//step = range, insertion)
      when step != 1 and is_integer(insertion) do
    raise ArgumentError,
          "Enum.slide/3 does not accept ranges with custom steps, got: #{inspect(range)}"
  end

  def slide(enumerable, first..last//_, insertion)
      when first < 0 or last < 0 or insertion < 0 do
    list = to_list(enumerable)
    size = length(list)
    first = if first >= 0, do: first, else: Kernel.max(first + size, 0)
    slide_list(list, first, slide_bound(last, size), slide_bound(insertion, size))
  end

  def slide(enumerable, first..last//_, insertion) when is_integer(insertion) do
    slide_list(to_list(enumerable), first, last, insertion)
  end

  defp slide_bound(i, _size) when i >= 0, do: i
  defp slide_bound(i, size) when i + size >= 0, do: i + size
  defp slide_bound(_i, size), do: size - 1

  defp slide_list(list, first, last, insertion) when insertion == first or first > last, do: list

  defp slide_list(_list, first, last, insertion) when insertion > first and insertion <= last do
    raise ArgumentError,
          "insertion index for slide must be outside the range being moved " <>
            "(tried to insert #{first}..#{last} at #{insertion})"
  end

  defp slide_list(list, first, last, insertion) when insertion < first do
    rotate(list, insertion, first, last)
  end

  defp slide_list(list, first, last, insertion), do: rotate(list, first, last + 1, insertion)

  # Exchanges the neighbours start..middle-1 and middle..last.
  defp rotate(list, start, middle, last) do
    {before, rest} = split(list, start)
    {left, rest} = split(rest, middle - start)
    {right, rest} = split(rest, last - middle + 1)
    before ++ right ++ left ++ rest
  end

  @doc """
  Sorts by term order.

      iex> Enum.sort([3, 1, 2])
      [1, 2, 3]
  """
  @spec sort(t) :: list
  def sort(enumerable) when is_list(enumerable), do: :lists.sort(enumerable)
  def sort(enumerable), do: :lists.sort(to_list(enumerable))

  @doc """
  Sorts stably by `:asc`, `:desc`, a module with `compare/2`, `{:asc | :desc, module}` or a function.

      iex> Enum.sort([3, 1, 2], :desc)
      [3, 2, 1]
  """
  @spec sort(
          t,
          (element, element -> boolean) | :asc | :desc | module | {:asc | :desc, module}
        ) :: list
  def sort(enumerable, sorter)

  def sort(enumerable, :asc), do: :lists.sort(to_list(enumerable))
  def sort(enumerable, :desc), do: :lists.reverse(:lists.sort(to_list(enumerable)))
  def sort(enumerable, sorter), do: :lists.sort(sort_fun(sorter), to_list(enumerable))

  defp sort_fun(fun) when is_function(fun, 2), do: fun
  defp sort_fun(:asc), do: &<=/2
  defp sort_fun(:desc), do: &>=/2
  defp sort_fun(module) when is_atom(module), do: fn a, b -> module.compare(a, b) != :gt end

  defp sort_fun({:asc, module}) when is_atom(module) do
    fn a, b -> module.compare(a, b) != :gt end
  end

  defp sort_fun({:desc, module}) when is_atom(module) do
    fn a, b -> module.compare(a, b) != :lt end
  end

  @doc """
  Sorts stably by what `mapper` returns; `mapper` is called once an element.

      iex> Enum.sort_by(["ccc", "a", "bb"], &byte_size/1)
      ["a", "bb", "ccc"]
  """
  @spec sort_by(
          t,
          (element -> mapped),
          (element, element -> boolean) | :asc | :desc | module | {:asc | :desc, module}
        ) :: list
        when mapped: element
  def sort_by(enumerable, mapper, sorter \\ :asc)

  def sort_by(enumerable, mapper, :asc) do
    untag(:lists.keysort(1, map(enumerable, fn x -> {mapper.(x), x} end)))
  end

  def sort_by(enumerable, mapper, :desc) do
    tagged = reduce(enumerable, [], fn x, acc -> [{mapper.(x), x} | acc] end)
    untag(:lists.reverse(:lists.keysort(1, tagged)))
  end

  def sort_by(enumerable, mapper, sorter) do
    fun = sort_fun(sorter)
    tagged = map(enumerable, fn x -> {mapper.(x), x} end)
    untag(:lists.sort(fn {a, _}, {b, _} -> fun.(a, b) end, tagged))
  end

  @doc """
  Splits after `count` elements, counted from the end when negative.

      iex> Enum.split([1, 2, 3], 2)
      {[1, 2], [3]}
  """
  @spec split(t, integer) :: {list, list}
  def split(enumerable, count) when is_integer(count) and count >= 0 do
    split_list(to_list(enumerable), count, [])
  end

  def split(enumerable, count) when is_integer(count) do
    list = to_list(enumerable)
    split_list(list, Kernel.max(length(list) + count, 0), [])
  end

  defp split_list([h | t], n, acc) when n > 0, do: split_list(t, n - 1, [h | acc])
  defp split_list(rest, _n, acc), do: {:lists.reverse(acc), rest}

  @doc """
  Splits before the first element for which `fun` is falsy.

      iex> Enum.split_while([1, 2, 3], fn x -> x < 2 end)
      {[1], [2, 3]}
  """
  @spec split_while(t, (element -> as_boolean(term))) :: {list, list}
  def split_while(enumerable, fun) when is_list(enumerable) do
    split_while_list(enumerable, fun, [])
  end

  def split_while(enumerable, fun) do
    {left, right} =
      reduce(enumerable, {[], []}, fn
        x, {left, []} -> if fun.(x), do: {[x | left], []}, else: {left, [x]}
        x, {left, right} -> {left, [x | right]}
      end)

    {:lists.reverse(left), :lists.reverse(right)}
  end

  defp split_while_list([h | t] = list, fun, acc) do
    if fun.(h), do: split_while_list(t, fun, [h | acc]), else: {:lists.reverse(acc), list}
  end

  defp split_while_list([], _fun, acc), do: {:lists.reverse(acc), []}

  @doc """
  Returns the elements for which `fun` is truthy and those for which it is not.

      iex> Enum.split_with([1, 2, 3], fn x -> rem(x, 2) == 0 end)
      {[2], [1, 3]}
  """
  @spec split_with(t, (element -> as_boolean(term))) :: {list, list}
  def split_with(enumerable, fun) do
    {yes, no} =
      reduce(enumerable, {[], []}, fn x, {yes, no} ->
        if fun.(x), do: {[x | yes], no}, else: {yes, [x | no]}
      end)

    {:lists.reverse(yes), :lists.reverse(no)}
  end

  @doc """
  Returns the sum of all elements.

      iex> Enum.sum([1, 2.5])
      3.5
  """
  @spec sum(t) :: number
  def sum(enumerable)

  def sum(first.._//step = range) do
    size = Range.size(range)
    div(size * (2 * first + (size - 1) * step), 2)
  end

  def sum(enumerable) when is_list(enumerable), do: sum_list(enumerable, 0)
  def sum(enumerable), do: reduce(enumerable, 0, fn x, acc -> acc + x end)

  defp sum_list([h | t], acc), do: sum_list(t, acc + h)
  defp sum_list([], acc), do: acc

  @doc """
  Returns the sum of what `mapper` returns.

      iex> Enum.sum_by(["a", "bb"], &byte_size/1)
      3
  """
  @spec sum_by(t, (element -> number)) :: number
  def sum_by(enumerable, mapper) do
    reduce(enumerable, 0, fn x, acc -> acc + mapper.(x) end)
  end

  @doc """
  Takes the first `amount` elements, or the last ones when negative.

      iex> Enum.take([1, 2, 3], -2)
      [2, 3]
  """
  @spec take(t, integer) :: list
  def take(enumerable, amount)

  def take(_enumerable, 0), do: []

  def take(enumerable, amount)
      when is_list(enumerable) and is_integer(amount) and amount > 0 do
    take_list(enumerable, amount)
  end

  def take(enumerable, amount) when is_integer(amount) and amount > 0 do
    {_, list} =
      walk(enumerable, {amount, []}, fn
        x, {1, list} -> {:halt, {0, [x | list]}}
        x, {n, list} -> {:cont, {n - 1, [x | list]}}
      end)

    :lists.reverse(list)
  end

  def take(enumerable, amount) when is_integer(amount) and amount < 0 do
    {size, source} = sized(enumerable)
    start = Kernel.max(size + amount, 0)
    slice_sized(source, start, size - start, 1, size)
  end

  defp take_list([h | t], n) when n > 0, do: [h | take_list(t, n - 1)]
  defp take_list(_list, _n), do: []

  @doc """
  Takes every `nth` element, starting with the first.

      iex> Enum.take_every(1..6, 2)
      [1, 3, 5]
  """
  @spec take_every(t, non_neg_integer) :: list
  def take_every(enumerable, nth)

  def take_every(_enumerable, 0), do: []
  def take_every(enumerable, 1), do: to_list(enumerable)
  def take_every([], nth) when is_integer(nth) and nth > 1, do: []

  def take_every(enumerable, nth) when is_integer(nth) and nth > 1 do
    take_every_list(to_list(enumerable), nth)
  end

  defp take_every_list([h | t], nth), do: [h | take_every_list(drop_list(t, nth - 1), nth)]
  defp take_every_list([], _nth), do: []

  @doc """
  Takes `count` random elements (reservoir sampling over `:rand`).

      iex> Enum.take_random([1], 2)
      [1]
  """
  @spec take_random(t, non_neg_integer) :: list
  def take_random(enumerable, count)

  def take_random(_enumerable, 0), do: []
  def take_random([], count) when is_integer(count) and count > 0, do: []

  # Li's Algorithm L: while the sample fills, each element swaps with a random place; after that [next] is the position of
  # the next element to replace one, so that most elements cost no draw.
  def take_random(enumerable, count) when is_integer(count) and count > 0 do
    {size, _next, _weight, sample} =
      reduce(enumerable, {0, count - 1, 1.0, %{}}, fn x, {i, next, weight, sample} ->
        cond do
          i < count ->
            place = draw(i + 1)
            sample = :maps.put(place, x, swap_out(sample, place, i))
            {next, weight} = if i == next, do: skip(i, weight, count), else: {next, weight}
            {i + 1, next, weight, sample}

          i == next ->
            place = draw(count)
            {next, weight} = skip(i, weight, count)
            {i + 1, next, weight, %{sample | place => x}}

          true ->
            {i + 1, next, weight, sample}
        end
      end)

    sampled(sample, 0, Kernel.min(count, size))
  end

  defp swap_out(sample, place, place), do: sample
  defp swap_out(sample, place, i), do: :maps.put(i, :maps.get(place, sample), sample)

  defp skip(i, weight, count) do
    weight = weight * :math.exp(:math.log(:rand.uniform()) / count)
    gap = :erlang.floor(:math.log(:rand.uniform()) / :math.log(1 - weight))
    {i + gap + 1, weight}
  end

  defp sampled(sample, i, count) when i < count do
    [:maps.get(i, sample) | sampled(sample, i + 1, count)]
  end

  defp sampled(_sample, _i, _count), do: []

  @doc """
  Takes elements while `fun` is truthy.

      iex> Enum.take_while([1, 2, 3], fn x -> x < 3 end)
      [1, 2]
  """
  @spec take_while(t, (element -> as_boolean(term))) :: list
  def take_while(enumerable, fun) when is_list(enumerable), do: take_while_list(enumerable, fun)

  def take_while(enumerable, fun) do
    enumerable
    |> walk([], fn x, acc -> if fun.(x), do: {:cont, [x | acc]}, else: {:halt, acc} end)
    |> :lists.reverse()
  end

  defp take_while_list([h | t], fun) do
    if fun.(h), do: [h | take_while_list(t, fun)], else: []
  end

  defp take_while_list([], _fun), do: []

  @doc """
  Returns the elements as a list.

      iex> Enum.to_list(1..3)
      [1, 2, 3]
  """
  @spec to_list(t) :: [element]
  def to_list(enumerable) when is_list(enumerable), do: enumerable

  def to_list(first..last//step) do
    if step > 0, do: list_up(first, last, step), else: list_down(first, last, step)
  end

  def to_list(%_{} = enumerable), do: :lists.reverse(fold(enumerable, [], fn x, acc -> [x | acc] end))
  def to_list(%{} = map), do: :maps.to_list(map)
  def to_list(enumerable), do: :lists.reverse(fold(enumerable, [], fn x, acc -> [x | acc] end))

  defp list_up(n, last, step) when n <= last, do: [n | list_up(n + step, last, step)]
  defp list_up(_n, _last, _step), do: []

  defp list_down(n, last, step) when n >= last, do: [n | list_down(n + step, last, step)]
  defp list_down(_n, _last, _step), do: []

  @doc """
  Drops elements seen before.

      iex> Enum.uniq([1, 2, 1])
      [1, 2]
  """
  @spec uniq(t) :: list
  def uniq(enumerable), do: uniq_list(to_list(enumerable), %{})

  defp uniq_list([h | t], seen) do
    case seen do
      %{^h => _} -> uniq_list(t, seen)
      _ -> [h | uniq_list(t, :maps.put(h, true, seen))]
    end
  end

  defp uniq_list([], _seen), do: []

  @doc """
  Drops elements for which `fun` returns something seen before.

      iex> Enum.uniq_by([{1, :x}, {2, :y}, {1, :z}], fn {k, _} -> k end)
      [{1, :x}, {2, :y}]
  """
  @spec uniq_by(t, (element -> term)) :: list
  def uniq_by(enumerable, fun) when is_list(enumerable), do: uniq_by_list(enumerable, %{}, fun)

  def uniq_by(enumerable, fun) do
    {list, _} =
      reduce(enumerable, {[], %{}}, fn x, {list, seen} ->
        key = fun.(x)

        case seen do
          %{^key => _} -> {list, seen}
          _ -> {[x | list], :maps.put(key, true, seen)}
        end
      end)

    :lists.reverse(list)
  end

  defp uniq_by_list([h | t], seen, fun) do
    key = fun.(h)

    case seen do
      %{^key => _} -> uniq_by_list(t, seen, fun)
      _ -> [h | uniq_by_list(t, :maps.put(key, true, seen), fun)]
    end
  end

  defp uniq_by_list([], _seen, _fun), do: []

  @doc """
  Splits pairs into two lists.

      iex> Enum.unzip([a: 1, b: 2])
      {[:a, :b], [1, 2]}
  """
  @spec unzip(t) :: {[element], [element]}
  def unzip(enumerable), do: unzip(reverse(enumerable), [], [])

  defp unzip([{a, b} | t], as, bs), do: unzip(t, [a | as], [b | bs])
  defp unzip([], as, bs), do: {as, bs}

  @doc """
  Pairs each element with its index, or maps it with the index.

      iex> Enum.with_index([:a, :b], 1)
      [a: 1, b: 2]
  """
  @spec with_index(t, integer | (element, index -> value)) :: [{element, index}] | [value]
        when value: any
  def with_index(enumerable, fun_or_offset \\ 0)

  def with_index(enumerable, offset) when is_integer(offset) do
    with_index_list(to_list(enumerable), offset)
  end

  def with_index(enumerable, fun) when is_function(fun, 2) and is_list(enumerable) do
    with_index_list(enumerable, 0, fun)
  end

  def with_index(enumerable, fun) when is_function(fun, 2) do
    {list, _} = reduce(enumerable, {[], 0}, fn x, {list, i} -> {[fun.(x, i) | list], i + 1} end)
    :lists.reverse(list)
  end

  defp with_index_list([h | t], i), do: [{h, i} | with_index_list(t, i + 1)]
  defp with_index_list([], _i), do: []

  defp with_index_list([h | t], i, fun), do: [fun.(h, i) | with_index_list(t, i + 1, fun)]
  defp with_index_list([], _i, _fun), do: []

  @doc """
  Pairs up the elements of two enumerables, as long as the shorter one.

      iex> Enum.zip([1, 2, 3], [:a, :b])
      [{1, :a}, {2, :b}]
  """
  @spec zip(t, t) :: [{any, any}]
  def zip(left, right) when is_list(left) and is_list(right), do: zip_list(left, right)
  def zip(left, right), do: zip([left, right])

  defp zip_list([a | as], [b | bs]), do: [{a, b} | zip_list(as, bs)]
  defp zip_list(_, _), do: []

  @doc """
  Groups the n-th elements of many enumerables into tuples.

      iex> Enum.zip([[1, 2], [:a, :b], ["x", "y"]])
      [{1, :a, "x"}, {2, :b, "y"}]
  """
  @spec zip(enumerables) :: [tuple] when enumerables: [t] | t
  def zip([]), do: []
  def zip(enumerables), do: zip_with(enumerables, &:erlang.list_to_tuple/1)

  @doc """
  Maps the pairs of two enumerables.

      iex> Enum.zip_with([1, 2], [10, 20], fn a, b -> a + b end)
      [11, 22]
  """
  @spec zip_with(t, t, (term, term -> term)) :: [term]
  def zip_with(left, right, fun) when is_list(left) and is_list(right) and is_function(fun, 2) do
    zip_with_list(left, right, fun)
  end

  def zip_with(left, right, fun) when is_function(fun, 2) do
    zip_with([left, right], fn [a, b] -> fun.(a, b) end)
  end

  defp zip_with_list([a | as], [b | bs], fun), do: [fun.(a, b) | zip_with_list(as, bs, fun)]
  defp zip_with_list(_, _, _fun), do: []

  @doc """
  Maps the lists of n-th elements of many enumerables.

      iex> Enum.zip_with([[1, 2], [3, 4]], fn [a, b] -> a * b end)
      [3, 8]
  """
  @spec zip_with(t, ([term] -> term)) :: [term]
  def zip_with([], fun) when is_function(fun, 1), do: []

  def zip_with(enumerables, fun) when is_function(fun, 1) do
    enumerables = to_list(enumerables)

    if all_list(enumerables, &is_list/1) do
      zip_rows(enumerables, fun)
    else
      enumerables |> Stream.zip_with(fun) |> to_list()
    end
  end

  defp zip_rows([], _fun), do: []

  defp zip_rows(lists, fun) do
    case heads_tails(lists, [], []) do
      {heads, tails} -> [fun.(heads) | zip_rows(tails, fun)]
      :done -> []
    end
  end

  defp heads_tails([[h | t] | rest], heads, tails) do
    heads_tails(rest, [h | heads], [t | tails])
  end

  defp heads_tails([[] | _], _heads, _tails), do: :done
  defp heads_tails([], heads, tails), do: {:lists.reverse(heads), :lists.reverse(tails)}

  @doc """
  Folds over the pairs of two enumerables.

      iex> Enum.zip_reduce([1, 2], [3, 4], 0, fn a, b, acc -> a * b + acc end)
      11
  """
  @spec zip_reduce(t, t, acc, (term, term, acc -> acc)) :: acc when acc: term
  def zip_reduce(left, right, acc, reducer)
      when is_list(left) and is_list(right) and is_function(reducer, 3) do
    zip_reduce_list(left, right, acc, reducer)
  end

  def zip_reduce(left, right, acc, reducer) when is_function(reducer, 3) do
    zip_reduce([left, right], acc, fn [a, b], acc -> reducer.(a, b, acc) end)
  end

  defp zip_reduce_list([a | as], [b | bs], acc, fun) do
    zip_reduce_list(as, bs, fun.(a, b, acc), fun)
  end

  defp zip_reduce_list(_, _, acc, _fun), do: acc

  @doc """
  Folds over the lists of n-th elements of many enumerables.

      iex> Enum.zip_reduce([[1, 2], [3, 4]], 0, fn row, acc -> acc + Enum.sum(row) end)
      10
  """
  @spec zip_reduce(t, acc, ([term], acc -> acc)) :: acc when acc: term
  def zip_reduce([], acc, reducer) when is_function(reducer, 2), do: acc

  def zip_reduce(enumerables, acc, reducer) when is_function(reducer, 2) do
    enumerables = to_list(enumerables)

    if all_list(enumerables, &is_list/1) do
      zip_reduce_rows(enumerables, acc, reducer)
    else
      enumerables |> Stream.zip_with(fn row -> row end) |> reduce(acc, reducer)
    end
  end

  defp zip_reduce_rows([], acc, _fun), do: acc

  defp zip_reduce_rows(lists, acc, fun) do
    case heads_tails(lists, [], []) do
      {heads, tails} -> zip_reduce_rows(tails, fun.(heads, acc), fun)
      :done -> acc
    end
  end
end
