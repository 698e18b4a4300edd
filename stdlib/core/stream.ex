defmodule Stream do
  @moduledoc """
  Lazy enumerables: nothing happens until a stream is consumed, and then only as far as the consumer goes.

  Simple stages (map, filter, take, ...) are kept in a `Stream` struct as a list of step transformers over one source and run
  in a single walk. The others are functions of the shape of `Enumerable.reduce/3`.

      iex> 1..3 |> Stream.map(fn x -> x * 2 end) |> Enum.to_list()
      [2, 4, 6]
  """

  defstruct enum: nil, funs: [], accs: [], done: nil

  @type acc :: any
  @type element :: any
  @type index :: non_neg_integer
  @type default :: any
  @type timer :: non_neg_integer | :infinity

  @typedoc "An enumerable that is or may be lazy."
  @type t ::
          %Stream{enum: term, funs: list, accs: list, done: term}
          | (Enumerable.acc(), Enumerable.reducer() -> Enumerable.result())

  # A stage is a function from the next step to a step. A step takes an element and the list [acc | cells]: the consumer's
  # accumulator, then one cell for every stage from here on that keeps state, its own cell first. A stage with state hands on
  # the list without its cell and puts the cell back into the tagged list that comes back; others pass the list as it is.

  defp lazy(%Stream{done: nil, funs: funs} = lazy, fun), do: %{lazy | funs: [fun | funs]}
  defp lazy(enum, fun), do: %Stream{enum: enum, funs: [fun]}

  defp lazy(%Stream{done: nil, funs: funs, accs: accs} = lazy, acc, fun) do
    %{lazy | funs: [fun | funs], accs: [acc | accs]}
  end

  defp lazy(enum, acc, fun), do: %Stream{enum: enum, funs: [fun], accs: [acc]}

  # A stage with [done] set may emit something after the source has ended; it is always the last stage of its struct.
  defp lazy(%Stream{done: nil, funs: funs, accs: accs} = lazy, acc, fun, done) do
    %{lazy | funs: [fun | funs], accs: [acc | accs], done: done}
  end

  defp lazy(enum, acc, fun, done), do: %Stream{enum: enum, funs: [fun], accs: [acc], done: done}

  ## Stages without state

  @doc """
  Maps each element through `fun`.

      iex> Stream.map([1, 2], fn x -> x * 2 end) |> Enum.to_list()
      [2, 4]
  """
  @spec map(Enumerable.t(), (element -> any)) :: Enumerable.t()
  def map(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn step -> fn x, acc -> step.(fun.(x), acc) end end)
  end

  @doc """
  Keeps the elements for which `fun` is truthy.

      iex> Stream.filter([1, 2], fn x -> x > 1 end) |> Enum.to_list()
      [2]
  """
  @spec filter(Enumerable.t(), (element -> as_boolean(term))) :: Enumerable.t()
  def filter(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn step -> fn x, acc -> if fun.(x), do: step.(x, acc), else: {:cont, acc} end end)
  end

  @doc """
  Drops the elements for which `fun` is truthy.

      iex> Stream.reject([1, 2], fn x -> x > 1 end) |> Enum.to_list()
      [1]
  """
  @spec reject(Enumerable.t(), (element -> as_boolean(term))) :: Enumerable.t()
  def reject(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn step -> fn x, acc -> if fun.(x), do: {:cont, acc}, else: step.(x, acc) end end)
  end

  @doc """
  Calls `fun` for each element that passes by.

      iex> Stream.each([1, 2], fn _ -> :ok end) |> Enum.to_list()
      [1, 2]
  """
  @spec each(Enumerable.t(), (element -> term)) :: Enumerable.t()
  def each(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn step ->
      fn x, acc ->
        fun.(x)
        step.(x, acc)
      end
    end)
  end

  @doc """
  Ends before the first element for which `fun` is falsy.

      iex> Stream.take_while(1..10, fn x -> x < 3 end) |> Enum.to_list()
      [1, 2]
  """
  @spec take_while(Enumerable.t(), (element -> as_boolean(term))) :: Enumerable.t()
  def take_while(enum, fun) when is_function(fun, 1) do
    lazy(enum, fn step -> fn x, acc -> if fun.(x), do: step.(x, acc), else: {:halt, acc} end end)
  end

  ## Stages with state

  # The step of a stage with state sees its own cell and the list without it.
  defp stateful(enum, state, fun) do
    lazy(enum, state, fn step -> fn x, list -> stateful_step(fun, step, x, list) end end)
  end

  defp stateful_step(fun, step, x, [acc, state | rest]) do
    case fun.(x, state) do
      {:emit, y, state} -> step.(y, [acc | rest]) |> put_state(state)
      {:skip, state} -> {:cont, [acc, state | rest]}
      {:last, y, state} -> step.(y, [acc | rest]) |> put_state(state) |> halted()
      {:halt, state} -> {:halt, [acc, state | rest]}
    end
  end

  defp put_state({tag, [acc | rest]}, state), do: {tag, [acc, state | rest]}

  defp halted({_tag, list}), do: {:halt, list}

  @doc """
  Drops elements equal to the one before them.

      iex> Stream.dedup([1, 1, 2]) |> Enum.to_list()
      [1, 2]
  """
  @spec dedup(Enumerable.t()) :: Enumerable.t()
  def dedup(enum), do: dedup_by(enum, fn x -> x end)

  @doc """
  Drops elements for which `fun` returns the same as for the one before.

      iex> Stream.dedup_by([1, 2, 5], fn x -> div(x, 4) end) |> Enum.to_list()
      [1, 5]
  """
  @spec dedup_by(Enumerable.t(), (element -> term)) :: Enumerable.t()
  def dedup_by(enum, fun) when is_function(fun, 1) do
    stateful(enum, [], fn x, last ->
      key = [fun.(x)]
      if key === last, do: {:skip, last}, else: {:emit, x, key}
    end)
  end

  @doc """
  Drops the first `n` elements; a negative `n` drops from the end, holding that many elements.

      iex> Stream.drop(1..5, 3) |> Enum.to_list()
      [4, 5]
  """
  @spec drop(Enumerable.t(), integer) :: Enumerable.t()
  def drop(enum, n) when is_integer(n) and n >= 0 do
    stateful(enum, n, fn
      x, 0 -> {:emit, x, 0}
      _, n -> {:skip, n - 1}
    end)
  end

  def drop(enum, n) when is_integer(n) do
    n = -n

    # Two lists make a queue of the last n elements.
    stateful(enum, {0, [], []}, fn
      x, {count, back, [next | front]} -> {:emit, next, {count, [x | back], front}}
      x, {^n, back, []} -> rotate([x | back], n)
      x, {count, back, []} -> {:skip, {count + 1, [x | back], []}}
    end)
  end

  defp rotate(back, n) do
    [next | front] = :lists.reverse(back)
    {:emit, next, {n, [], front}}
  end

  @doc """
  Drops every `nth` element, the first one included.

      iex> Stream.drop_every(1..5, 2) |> Enum.to_list()
      [2, 4]
  """
  @spec drop_every(Enumerable.t(), non_neg_integer) :: Enumerable.t()
  def drop_every(enum, nth)
  def drop_every(enum, 0), do: %Stream{enum: enum}
  def drop_every([], _nth), do: %Stream{enum: []}

  def drop_every(enum, nth) when is_integer(nth) and nth > 0 do
    stateful(enum, 1, fn
      _, 1 -> {:skip, nth}
      x, n -> {:emit, x, n - 1}
    end)
  end

  @doc """
  Drops elements while `fun` is truthy.

      iex> Stream.drop_while(1..4, fn x -> x < 3 end) |> Enum.to_list()
      [3, 4]
  """
  @spec drop_while(Enumerable.t(), (element -> as_boolean(term))) :: Enumerable.t()
  def drop_while(enum, fun) when is_function(fun, 1) do
    stateful(enum, true, fn
      x, true -> if fun.(x), do: {:skip, true}, else: {:emit, x, false}
      x, false -> {:emit, x, false}
    end)
  end

  @doc """
  Puts `intersperse_element` between the elements.

      iex> Stream.intersperse(1..2, 0) |> Enum.to_list()
      [1, 0, 2]
  """
  @spec intersperse(Enumerable.t(), any) :: Enumerable.t()
  def intersperse(enum, intersperse_element) do
    transform(enum, false, fn
      x, true -> {[intersperse_element, x], true}
      x, false -> {[x], true}
    end)
  end

  @doc """
  Maps every `nth` element, starting with the first.

      iex> Stream.map_every(1..3, 2, fn x -> -x end) |> Enum.to_list()
      [-1, 2, -3]
  """
  @spec map_every(Enumerable.t(), non_neg_integer, (element -> any)) :: Enumerable.t()
  def map_every(enum, nth, fun)
  def map_every(enum, 1, fun), do: map(enum, fun)
  def map_every(enum, 0, _fun), do: %Stream{enum: enum}

  def map_every(enum, nth, fun) when is_integer(nth) and nth > 1 and is_function(fun, 1) do
    stateful(enum, 1, fn
      x, 1 -> {:emit, fun.(x), nth}
      x, n -> {:emit, x, n - 1}
    end)
  end

  @doc """
  Emits all intermediate values of a fold that starts with the first element.

      iex> Stream.scan(1..3, fn x, acc -> x + acc end) |> Enum.to_list()
      [1, 3, 6]
  """
  @spec scan(Enumerable.t(), (element, acc -> any)) :: Enumerable.t()
  def scan(enum, fun) when is_function(fun, 2) do
    stateful(enum, [], fn
      x, [] ->
        {:emit, x, [x]}

      x, [acc] ->
        y = fun.(x, acc)
        {:emit, y, [y]}
    end)
  end

  @doc """
  Emits all intermediate values of a fold that starts with `acc`.

      iex> Stream.scan(1..2, 10, fn x, acc -> x + acc end) |> Enum.to_list()
      [11, 13]
  """
  @spec scan(Enumerable.t(), acc, (element, acc -> any)) :: Enumerable.t()
  def scan(enum, acc, fun) when is_function(fun, 2) do
    stateful(enum, acc, fn x, acc ->
      y = fun.(x, acc)
      {:emit, y, y}
    end)
  end

  @doc """
  Takes the first `count` elements and stops; a negative `count` takes the last ones.

      iex> Stream.take(1..100, 2) |> Enum.to_list()
      [1, 2]
  """
  @spec take(Enumerable.t(), integer) :: Enumerable.t()
  def take(enum, count)
  def take(_enum, 0), do: %Stream{enum: []}
  def take([], count) when is_integer(count), do: %Stream{enum: []}

  def take(enum, count) when is_integer(count) and count > 0 do
    stateful(enum, count, fn
      x, 1 -> {:last, x, 0}
      x, n -> {:emit, x, n - 1}
    end)
  end

  def take(enum, count) when is_integer(count) do
    fn acc, fun -> Enumerable.reduce(Enum.take(enum, count), acc, fun) end
  end

  @doc """
  Takes every `nth` element, starting with the first.

      iex> Stream.take_every(1..5, 2) |> Enum.to_list()
      [1, 3, 5]
  """
  @spec take_every(Enumerable.t(), non_neg_integer) :: Enumerable.t()
  def take_every(enum, nth)
  def take_every(_enum, 0), do: %Stream{enum: []}
  def take_every([], _nth), do: %Stream{enum: []}

  def take_every(enum, nth) when is_integer(nth) and nth > 0 do
    stateful(enum, 1, fn
      x, 1 -> {:emit, x, nth}
      _, n -> {:skip, n - 1}
    end)
  end

  @doc """
  Drops elements seen before; it remembers all of them.

      iex> Stream.uniq([1, 2, 1]) |> Enum.to_list()
      [1, 2]
  """
  @spec uniq(Enumerable.t()) :: Enumerable.t()
  def uniq(enum), do: uniq_by(enum, fn x -> x end)

  @doc """
  Drops elements for which `fun` returns something seen before.

      iex> Stream.uniq_by([1, 2, 3], fn x -> rem(x, 2) end) |> Enum.to_list()
      [1, 2]
  """
  @spec uniq_by(Enumerable.t(), (element -> term)) :: Enumerable.t()
  def uniq_by(enum, fun) when is_function(fun, 1) do
    stateful(enum, %{}, fn x, seen ->
      key = fun.(x)

      case seen do
        %{^key => _} -> {:skip, seen}
        _ -> {:emit, x, :maps.put(key, true, seen)}
      end
    end)
  end

  @doc """
  Pairs each element with its index, or maps it with the index.

      iex> Stream.with_index([:a, :b]) |> Enum.to_list()
      [a: 0, b: 1]
  """
  @spec with_index(Enumerable.t(), integer | (element, index -> return_value)) :: Enumerable.t()
        when return_value: term
  def with_index(enum, fun_or_offset \\ 0)

  def with_index(enum, offset) when is_integer(offset) do
    stateful(enum, offset, fn x, i -> {:emit, {x, i}, i + 1} end)
  end

  def with_index(enum, fun) when is_function(fun, 2) do
    stateful(enum, 0, fn x, i -> {:emit, fun.(x, i), i + 1} end)
  end

  @doc """
  Puts the elements into `collectable` as they pass by.

      iex> Stream.into([1, 2], [], fn x -> x * 2 end) |> Enum.to_list()
      [1, 2]
  """
  @spec into(Enumerable.t(), Collectable.t(), (term -> term)) :: Enumerable.t()
  def into(enum, collectable, transform \\ fn x -> x end) when is_function(transform, 1) do
    fn acc, fun -> into_start(enum, collectable, transform, acc, fun) end
  end

  defp into_start(enum, collectable, transform, acc, fun) do
    {initial, into} = Collectable.into(collectable)

    step = fn x, [acc | collection] ->
      collection = into.(collection, {:cont, transform.(x)})
      {tag, acc} = fun.(x, acc)
      {tag, [acc | collection]}
    end

    into_run(&Enumerable.reduce(enum, &1, step), initial, into, acc)
  end

  defp into_run(reduce, collection, into, {command, acc}) do
    try do
      reduce.({command, [acc | collection]})
    catch
      kind, reason ->
        into.(collection, :halt)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      {:suspended, [acc | collection], continuation} ->
        {:suspended, acc, &into_run(continuation, collection, into, &1)}

      {result, [acc | collection]} ->
        into.(collection, :done)
        {result, acc}
    end
  end

  ## Chunks

  @doc """
  Splits into chunks of `count` elements.

      iex> Stream.chunk_every(1..3, 2) |> Enum.to_list()
      [[1, 2], [3]]
  """
  @spec chunk_every(Enumerable.t(), pos_integer) :: Enumerable.t()
  def chunk_every(enum, count), do: chunk_every(enum, count, count, [])

  @doc """
  Splits into chunks of `count` elements, each starting `step` after the one before.

      iex> Stream.chunk_every(1..4, 3, 2, :discard) |> Enum.to_list()
      [[1, 2, 3]]
  """
  @spec chunk_every(Enumerable.t(), pos_integer, pos_integer, Enumerable.t() | :discard) ::
          Enumerable.t()
  def chunk_every(enum, count, step, leftover \\ [])
      when is_integer(count) and count > 0 and is_integer(step) and step > 0 do
    # The state is a reversed chunk and its length, which is negative while elements are to be skipped.
    collect = fn
      _x, {chunk, n} when n < 0 ->
        {:cont, {chunk, n + 1}}

      x, {chunk, n} when n + 1 == count ->
        chunk = [x | chunk]
        {:cont, :lists.reverse(chunk), {Enum.take(chunk, Kernel.max(count - step, 0)), count - step}}

      x, {chunk, n} ->
        {:cont, {[x | chunk], n + 1}}
    end

    finish = fn
      {[], _n} -> {:cont, []}
      {_chunk, n} when n <= 0 -> {:cont, []}
      {_chunk, _n} when leftover == :discard -> {:cont, []}
      {chunk, n} -> {:cont, :lists.reverse(chunk, Enum.take(leftover, count - n)), []}
    end

    chunk_while(enum, {[], 0}, collect, finish)
  end

  @doc """
  Splits into runs for which `fun` returns the same value.

      iex> Stream.chunk_by([1, 3, 2], fn x -> rem(x, 2) end) |> Enum.to_list()
      [[1, 3], [2]]
  """
  @spec chunk_by(Enumerable.t(), (element -> any)) :: Enumerable.t()
  def chunk_by(enum, fun) when is_function(fun, 1) do
    collect = fn x, acc ->
      key = fun.(x)

      case acc do
        nil -> {:cont, {key, [x]}}
        {^key, run} -> {:cont, {key, [x | run]}}
        {_, run} -> {:cont, :lists.reverse(run), {key, [x]}}
      end
    end

    finish = fn
      nil -> {:cont, :done}
      {_, run} -> {:cont, :lists.reverse(run), :done}
    end

    chunk_while(enum, nil, collect, finish)
  end

  @doc """
  Chunks with full control, like `Enum.chunk_while/4`.

      iex> Stream.chunk_while(1..3, 0, fn x, acc -> {:cont, x + acc, x} end, fn _ -> {:cont, 0} end) |> Enum.to_list()
      [1, 3, 5]
  """
  @spec chunk_while(
          Enumerable.t(),
          acc,
          (element, acc -> {:cont, chunk, acc} | {:cont, acc} | {:halt, acc}),
          (acc -> {:cont, chunk, acc} | {:cont, acc})
        ) :: Enumerable.t()
        when chunk: any
  def chunk_while(enum, acc, chunk_fun, after_fun)
      when is_function(chunk_fun, 2) and is_function(after_fun, 1) do
    stage = fn step ->
      fn x, [acc, {state, flush} | rest] ->
        case chunk_fun.(x, state) do
          {:cont, chunk, state} ->
            # A consumer that halts here wants nothing more, also not the last chunk.
            case step.(chunk, [acc | rest]) do
              {:halt, [acc | rest]} -> {:halt, [acc, {state, nil} | rest]}
              {tag, [acc | rest]} -> {tag, [acc, {state, flush} | rest]}
            end

          {:cont, state} ->
            {:cont, [acc, {state, flush} | rest]}

          {:halt, state} ->
            {:halt, [acc, {state, flush} | rest]}
        end
      end
    end

    lazy(enum, {acc, after_fun}, stage, &chunk_done/3)
  end

  # Runs when the source has ended; [step] is the consumer's.
  defp chunk_done({_state, nil}, acc, _step), do: {:cont, acc}

  defp chunk_done({state, after_fun}, acc, step) do
    case after_fun.(state) do
      {:cont, _new} ->
        {:cont, acc}

      {:cont, chunk, _new} ->
        {tag, [acc]} = step.(chunk, [acc])
        {tag, acc}
    end
  end

  ## Joining

  @doc """
  Joins the enumerables of an enumerable.

      iex> Stream.concat([1..2, [3]]) |> Enum.to_list()
      [1, 2, 3]
  """
  @spec concat(Enumerable.t()) :: Enumerable.t()
  def concat(enumerables), do: flat_map(enumerables, fn x -> x end)

  @doc """
  Emits the elements of `first`, then those of `second`.

      iex> Stream.concat(1..2, [3]) |> Enum.to_list()
      [1, 2, 3]
  """
  @spec concat(Enumerable.t(), Enumerable.t()) :: Enumerable.t()
  def concat(first, second), do: flat_map([first, second], fn x -> x end)

  @doc """
  Maps each element to an enumerable and joins the results.

      iex> Stream.flat_map([1, 2], fn x -> [x, -x] end) |> Enum.to_list()
      [1, -1, 2, -2]
  """
  @spec flat_map(Enumerable.t(), (element -> Enumerable.t())) :: Enumerable.t()
  def flat_map(enum, mapper) when is_function(mapper, 1) do
    transform(enum, nil, fn x, nil -> {mapper.(x), nil} end)
  end

  @doc """
  Maps each element to an enumerable while carrying an accumulator; `{:halt, acc}` stops.

      iex> Stream.transform(1..3, 0, fn x, acc -> {[x + acc], acc + x} end) |> Enum.to_list()
      [1, 3, 6]
  """
  @spec transform(Enumerable.t(), acc, fun) :: Enumerable.t()
        when fun: (element, acc -> {Enumerable.t(), acc} | {:halt, acc}), acc: any
  def transform(enum, acc, reducer) when is_function(reducer, 2) do
    transform_stream(enum, fn -> acc end, reducer, nil, fn acc -> acc end)
  end

  @doc """
  Like `transform/3`, with `start_fun` making the accumulator and `after_fun` called at the end, however it comes.

      iex> Stream.transform(1..2, fn -> 10 end, fn x, acc -> {[x * acc], acc} end, fn _ -> :ok end) |> Enum.to_list()
      [10, 20]
  """
  @spec transform(Enumerable.t(), start_fun, reducer, after_fun) :: Enumerable.t()
        when start_fun: (-> acc),
             reducer: (element, acc -> {Enumerable.t(), acc} | {:halt, acc}),
             after_fun: (acc -> term),
             acc: any
  def transform(enum, start_fun, reducer, after_fun)
      when is_function(start_fun, 0) and is_function(reducer, 2) and is_function(after_fun, 1) do
    transform_stream(enum, start_fun, reducer, nil, after_fun)
  end

  @doc """
  Like `transform/4`, with `last_fun` emitting a last enumerable when the source ends.

      iex> Stream.transform([1], fn -> 0 end, fn x, n -> {[x], n + x} end, fn n -> {[sum: n], n} end, fn _ -> :ok end) |> Enum.to_list()
      [1, {:sum, 1}]
  """
  @spec transform(Enumerable.t(), start_fun, reducer, last_fun, after_fun) :: Enumerable.t()
        when start_fun: (-> acc),
             reducer: (element, acc -> {Enumerable.t(), acc} | {:halt, acc}),
             last_fun: (acc -> {Enumerable.t(), acc} | {:halt, acc}),
             after_fun: (acc -> term),
             acc: any
  def transform(enum, start_fun, reducer, last_fun, after_fun)
      when is_function(start_fun, 0) and is_function(reducer, 2) and is_function(last_fun, 1) and
             is_function(after_fun, 1) do
    transform_stream(enum, start_fun, reducer, last_fun, after_fun)
  end

  defp transform_stream(enum, start_fun, reducer, last_fun, after_fun) do
    fn acc, fun ->
      source = &Enumerable.reduce(enum, &1, fn x, _ -> {:suspend, [x]} end)
      transform_outer(acc, fun, source, start_fun.(), {reducer, last_fun, after_fun})
    end
  end

  # [source] is a continuation of the outer enumerable, :ended after its last element, :last while the elements of the last
  # function go out, or :resource for a source without elements that never ends by itself. [user] is the stage's state.
  defp transform_outer({:halt, acc}, _fun, source, user, funs) do
    close(source)
    transform_after(funs, user)
    {:halted, acc}
  end

  defp transform_outer({:suspend, acc}, fun, source, user, funs) do
    {:suspended, acc, &transform_outer(&1, fun, source, user, funs)}
  end

  defp transform_outer({:cont, acc}, fun, source, user, {_, last_fun, _} = funs) do
    case guarded(:ended, user, funs, fn -> pull(source) end) do
      {:suspended, [x], source} ->
        transform_element(acc, fun, source, user, funs, x)

      # The source may end with a last element in hand.
      {_done_or_halted, [x]} ->
        transform_element(acc, fun, :ended, user, funs, x)

      {_done_or_halted, []} when last_fun == nil ->
        transform_after(funs, user)
        {:done, acc}

      {_done_or_halted, []} ->
        transform_last(acc, fun, user, funs)
    end
  end

  defp pull(:resource), do: {:suspended, [nil], :resource}
  defp pull(:ended), do: {:done, []}
  defp pull(source), do: source.({:cont, []})

  defp transform_element(acc, fun, source, user, {reducer, _, _} = funs, x) do
    result = guarded(source, user, funs, fn -> reducer.(x, user) end)

    case result do
      {:halt, user} ->
        close(source)
        transform_after(funs, user)
        {if(source == :resource, do: :done, else: :halted), acc}

      {[], user} ->
        transform_next({:cont, acc}, fun, source, user, funs)

      {list, user} when is_list(list) ->
        transform_list({:cont, acc}, fun, source, user, funs, list)

      {inner, user} ->
        inner = &Enumerable.reduce(inner, &1, inner_step(fun))
        transform_inner({:cont, acc}, fun, source, user, funs, inner)
    end
  end

  defp transform_next(acc, fun, :last, user, funs), do: transform_finish(acc, fun, user, funs)
  defp transform_next(acc, fun, source, user, funs), do: transform_outer(acc, fun, source, user, funs)

  # Lists are handed out without going through the protocol.
  defp transform_list({:halt, acc}, _fun, source, user, funs, _list) do
    close(source)
    transform_after(funs, user)
    {:halted, acc}
  end

  defp transform_list({:suspend, acc}, fun, source, user, funs, list) do
    {:suspended, acc, &transform_list(&1, fun, source, user, funs, list)}
  end

  defp transform_list({:cont, acc}, fun, source, user, funs, [x | rest]) do
    acc = guarded(source, user, funs, fn -> fun.(x, acc) end)
    transform_list(acc, fun, source, user, funs, rest)
  end

  defp transform_list({:cont, acc}, fun, source, user, funs, []) do
    transform_next({:cont, acc}, fun, source, user, funs)
  end

  # The inner enumerable is walked by the consumer's own function; its last answer is kept in front of the accumulator. So a
  # halt can be told from the inner's own end, and a wish to suspend is not lost when the inner ends with that element.
  defp inner_step(fun) do
    fn x, [_ | acc] ->
      {tag, acc} = fun.(x, acc)
      {tag, [tag | acc]}
    end
  end

  defp transform_inner({command, acc}, fun, source, user, funs, inner) do
    case guarded(source, user, funs, fn -> inner.({command, [:cont | acc]}) end) do
      {:suspended, [_ | acc], inner} ->
        {:suspended, acc, &transform_inner(&1, fun, source, user, funs, inner)}

      {_, [:halt | acc]} ->
        close(source)
        transform_after(funs, user)
        {:halted, acc}

      {_, [_ | acc]} when command == :halt ->
        close(source)
        transform_after(funs, user)
        {:halted, acc}

      {_, [tag | acc]} ->
        transform_next({tag, acc}, fun, source, user, funs)
    end
  end

  defp transform_last(acc, fun, user, {_, last_fun, _} = funs) do
    case guarded(:last, user, funs, fn -> last_fun.(user) end) do
      {:halt, user} ->
        transform_after(funs, user)
        {:halted, acc}

      {list, user} when is_list(list) ->
        transform_list({:cont, acc}, fun, :last, user, funs, list)

      {inner, user} ->
        inner = &Enumerable.reduce(inner, &1, inner_step(fun))
        transform_inner({:cont, acc}, fun, :last, user, funs, inner)
    end
  end

  defp transform_finish({:suspend, acc}, fun, user, funs) do
    {:suspended, acc, &transform_finish(&1, fun, user, funs)}
  end

  defp transform_finish({:halt, acc}, _fun, user, funs) do
    transform_after(funs, user)
    {:halted, acc}
  end

  defp transform_finish({:cont, acc}, _fun, user, funs) do
    transform_after(funs, user)
    {:done, acc}
  end

  defp transform_after({_, _, after_fun}, user), do: after_fun.(user)

  # Runs a piece of somebody else's code; if it fails, the source is closed and the after-function runs first.
  defp guarded(source, user, funs, code) do
    try do
      code.()
    catch
      kind, reason ->
        stacktrace = __STACKTRACE__
        close(source)
        transform_after(funs, user)
        :erlang.raise(kind, reason, stacktrace)
    end
  end

  defp close(source) when is_function(source, 1), do: source.({:halt, []})
  defp close(_ended), do: :ok

  @doc """
  Consumes the stream for its effects.

      iex> Stream.run(Stream.map([1], fn x -> x end))
      :ok
  """
  @spec run(Enumerable.t()) :: :ok
  def run(stream) do
    _ = Enumerable.reduce(stream, {:cont, nil}, fn _, _ -> {:cont, nil} end)
    :ok
  end

  ## Zips

  @doc """
  Pairs up the elements of two enumerables.

      iex> Stream.zip(1..3, [:a, :b]) |> Enum.to_list()
      [{1, :a}, {2, :b}]
  """
  @spec zip(Enumerable.t(), Enumerable.t()) :: Enumerable.t()
  def zip(enumerable1, enumerable2), do: zip([enumerable1, enumerable2])

  @doc """
  Groups the n-th elements of many enumerables into tuples.

      iex> Stream.zip([1..2, [:a, :b], ["x", "y"]]) |> Enum.to_list()
      [{1, :a, "x"}, {2, :b, "y"}]
  """
  @spec zip(enumerables) :: Enumerable.t() when enumerables: [Enumerable.t()] | Enumerable.t()
  def zip(enumerables), do: zip_with(enumerables, &:erlang.list_to_tuple/1)

  @doc """
  Maps the pairs of two enumerables.

      iex> Stream.zip_with([1, 2], [10, 20], fn a, b -> a + b end) |> Enum.to_list()
      [11, 22]
  """
  @spec zip_with(Enumerable.t(), Enumerable.t(), (term, term -> term)) :: Enumerable.t()
  def zip_with(enumerable1, enumerable2, zip_fun) when is_function(zip_fun, 2) do
    zip_with([enumerable1, enumerable2], fn [a, b] -> zip_fun.(a, b) end)
  end

  @doc """
  Maps the lists of n-th elements of many enumerables.

      iex> Stream.zip_with([1..2, 3..4], fn [a, b] -> a * b end) |> Enum.to_list()
      [3, 8]
  """
  @spec zip_with(enumerables, ([term] -> term)) :: Enumerable.t()
        when enumerables: [Enumerable.t()] | Enumerable.t()
  def zip_with(enumerables, zip_fun) when is_function(zip_fun, 1) do
    fn acc, fun ->
      sources =
        Enum.map(enumerables, fn
          list when is_list(list) -> list
          enum -> &Enumerable.reduce(enum, &1, fn x, _ -> {:suspend, [x]} end)
        end)

      if sources == [] do
        Enumerable.reduce([], acc, fun)
      else
        zip_round(acc, fun, sources, zip_fun)
      end
    end
  end

  # A source is the rest of a list or a continuation. All of them are closed when the zip ends, in order.
  defp zip_round({:halt, acc}, _fun, sources, _zip_fun) do
    close_all(sources)
    {:halted, acc}
  end

  defp zip_round({:suspend, acc}, fun, sources, zip_fun) do
    {:suspended, acc, &zip_round(&1, fun, sources, zip_fun)}
  end

  defp zip_round({:cont, acc}, fun, sources, zip_fun) do
    case zip_pull(sources, [], []) do
      {:ok, row, sources} ->
        result =
          try do
            fun.(zip_fun.(row), acc)
          catch
            kind, reason ->
              stacktrace = __STACKTRACE__
              close_all(sources)
              :erlang.raise(kind, reason, stacktrace)
          end

        zip_round(result, fun, sources, zip_fun)

      :done ->
        {:done, acc}
    end
  end

  defp zip_pull([[x | rest] | sources], row, pulled) do
    zip_pull(sources, [x | row], [rest | pulled])
  end

  defp zip_pull([[] | sources], _row, pulled) do
    close_all(:lists.reverse(pulled, sources))
    :done
  end

  defp zip_pull([source | sources], row, pulled) do
    result =
      try do
        source.({:cont, []})
      catch
        kind, reason ->
          stacktrace = __STACKTRACE__
          close_all(:lists.reverse(pulled, sources))
          :erlang.raise(kind, reason, stacktrace)
      end

    case result do
      {:suspended, [x], next} ->
        zip_pull(sources, [x | row], [next | pulled])

      # Ended while handing out a last element.
      {_done_or_halted, [x]} ->
        zip_pull(sources, [x | row], [[] | pulled])

      {_done_or_halted, []} ->
        close_all(:lists.reverse(pulled, sources))
        :done
    end
  end

  defp zip_pull([], row, pulled), do: {:ok, :lists.reverse(row), :lists.reverse(pulled)}

  defp close_all(sources), do: Enum.each(sources, &close/1)

  ## Generators

  @doc """
  Repeats `enumerable` without end; an empty one raises `ArgumentError`.

      iex> Stream.cycle([1, 2]) |> Enum.take(3)
      [1, 2, 1]
  """
  @spec cycle(Enumerable.t()) :: Enumerable.t()
  def cycle(enumerable)

  def cycle([]), do: raise(ArgumentError, "cannot cycle over an empty enumerable")

  def cycle(enumerable) when is_list(enumerable) do
    unfold({enumerable, enumerable}, fn
      {all, [x | rest]} -> {x, {all, rest}}
      {[x | rest] = all, []} -> {x, {all, rest}}
    end)
  end

  def cycle(enumerable) do
    fn acc, fun ->
      step = &cycle_step(&1, &2, fun)
      reduce = fn acc -> Enumerable.reduce(enumerable, acc, step) end
      cycle_round(:first, acc, reduce, reduce)
    end
  end

  # The accumulator carries whether anything came and whether it was the consumer who halted.
  defp cycle_step(x, {_, acc}, fun) do
    case fun.(x, acc) do
      {:cont, acc} -> {:cont, {:some, acc}}
      {:halt, acc} -> {:halt, {:stop, acc}}
      {:suspend, acc} -> {:suspend, {:some, acc}}
    end
  end

  defp cycle_round(_round, {:halt, acc}, reduce, again) do
    if reduce != again, do: reduce.({:halt, {:stop, acc}})
    {:halted, acc}
  end

  defp cycle_round(round, {command, acc}, reduce, again) do
    case reduce.({command, {if(round == :first, do: :none, else: :some), acc}}) do
      {:suspended, {seen, acc}, continue} ->
        round = if seen == :none, do: :first, else: :later
        {:suspended, acc, &cycle_round(round, &1, continue, again)}

      {:halted, {:stop, acc}} ->
        {:halted, acc}

      {_done_or_halted, {:none, _acc}} ->
        raise ArgumentError, "cannot cycle over an empty enumerable"

      {_done_or_halted, {:some, acc}} ->
        cycle_round(:later, {:cont, acc}, again, again)
    end
  end

  @doc """
  Emits `value` `n` times.

      iex> Stream.duplicate(:x, 2) |> Enum.to_list()
      [:x, :x]
  """
  @spec duplicate(any, non_neg_integer) :: Enumerable.t()
  def duplicate(value, n) when is_integer(n) and n >= 0 do
    unfold(n, fn
      0 -> nil
      n -> {value, n - 1}
    end)
  end

  @doc """
  Counts up from an offset, or maps the counter through a function.

      iex> Stream.from_index(5) |> Enum.take(2)
      [5, 6]
  """
  @spec from_index(integer | (non_neg_integer -> return_value)) :: Enumerable.t()
        when return_value: term
  def from_index(fun_or_offset \\ 0)
  def from_index(offset) when is_integer(offset), do: unfold(offset, fn n -> {n, n + 1} end)
  def from_index(fun) when is_function(fun, 1), do: unfold(0, fn n -> {fun.(n), n + 1} end)

  @doc """
  Emits 0, 1, 2, ... with a pause of `n` milliseconds before each.

      iex> Stream.interval(1) |> Enum.take(2)
      [0, 1]
  """
  @spec interval(timer) :: Enumerable.t()
  def interval(n)
      when (is_integer(n) and n >= 0) or n == :infinity do
    unfold(0, fn count ->
      sleep(n)
      {count, count + 1}
    end)
  end

  @doc """
  Emits a single 0 after `n` milliseconds.

      iex> Stream.timer(1) |> Enum.to_list()
      [0]
  """
  @spec timer(timer) :: Enumerable.t()
  def timer(n)
      when (is_integer(n) and n >= 0) or n == :infinity do
    take(interval(n), 1)
  end

  defp sleep(n) do
    receive do
    after
      n -> :ok
    end
  end

  @doc """
  Emits `start_value` and then what `next_fun` makes of each value.

      iex> Stream.iterate(1, fn x -> x * 2 end) |> Enum.take(3)
      [1, 2, 4]
  """
  @spec iterate(element, (element -> element)) :: Enumerable.t()
  def iterate(start_value, next_fun) when is_function(next_fun, 1) do
    unfold({:first, start_value}, fn
      {:first, value} ->
        {value, {:next, value}}

      {:next, value} ->
        value = next_fun.(value)
        {value, {:next, value}}
    end)
  end

  @doc """
  Emits what `generator_fun` returns, without end.

      iex> Stream.repeatedly(fn -> :x end) |> Enum.take(2)
      [:x, :x]
  """
  @spec repeatedly((-> element)) :: Enumerable.t()
  def repeatedly(generator_fun) when is_function(generator_fun, 0) do
    unfold(nil, fn nil -> {generator_fun.(), nil} end)
  end

  @doc """
  Emits the elements that `next_fun` makes from an accumulator, until it returns `nil`.

      iex> Stream.unfold(3, fn 0 -> nil; n -> {n, n - 1} end) |> Enum.to_list()
      [3, 2, 1]
  """
  @spec unfold(acc, (acc -> {element, acc} | nil)) :: Enumerable.t()
  def unfold(next_acc, next_fun) when is_function(next_fun, 1) do
    fn acc, fun -> unfold(acc, fun, next_acc, next_fun) end
  end

  defp unfold({:halt, acc}, _fun, _state, _next_fun), do: {:halted, acc}

  defp unfold({:suspend, acc}, fun, state, next_fun) do
    {:suspended, acc, &unfold(&1, fun, state, next_fun)}
  end

  defp unfold({:cont, acc}, fun, state, next_fun) do
    case next_fun.(state) do
      nil -> {:done, acc}
      {x, state} -> unfold(fun.(x, acc), fun, state, next_fun)
    end
  end

  @doc """
  Emits elements from something that has to be opened and closed. `next_fun` returns `{elements, acc}` or `{:halt, acc}`;
  `after_fun` is called with the last accumulator however the walk ends.

      iex> Stream.resource(fn -> 2 end, fn 0 -> {:halt, 0}; n -> {[n], n - 1} end, fn _ -> :ok end) |> Enum.to_list()
      [2, 1]
  """
  @spec resource((-> acc), (acc -> {[element], acc} | {:halt, acc}), (acc -> term)) ::
          Enumerable.t()
  def resource(start_fun, next_fun, after_fun)
      when is_function(start_fun, 0) and is_function(next_fun, 1) and is_function(after_fun, 1) do
    fn acc, fun ->
      reducer = fn _nothing, state -> next_fun.(state) end
      transform_outer(acc, fun, :resource, start_fun.(), {reducer, nil, after_fun})
    end
  end

  @doc false
  def __reduce__(%Stream{enum: enum, funs: funs, accs: accs, done: nil}, acc, fun) do
    last = fn x, [acc] ->
      {tag, acc} = fun.(x, acc)
      {tag, [acc]}
    end

    step = compose(funs, last)
    run_lazy(&Enumerable.reduce(enum, &1, step), acc, :lists.reverse(accs))
  end

  # With a last stage that emits at the end, the consumer's last answer is kept in front of its accumulator: an end of the
  # source must not hide a wish to suspend.
  def __reduce__(%Stream{enum: enum, funs: funs, accs: accs, done: done}, acc, fun) do
    last = fn x, [[_ | acc]] ->
      {tag, acc} = fun.(x, acc)
      {tag, [[tag | acc]]}
    end

    step = compose(funs, last)
    run_flush(&Enumerable.reduce(enum, &1, step), acc, :lists.reverse(accs), done, last)
  end

  # The stage nearest to the consumer is the head.
  defp compose([fun | funs], step), do: compose(funs, fun.(step))
  defp compose([], step), do: step

  defp run_lazy(reduce, {command, acc}, cells) do
    case reduce.({command, [acc | cells]}) do
      {:suspended, [acc | cells], continue} -> {:suspended, acc, &run_lazy(continue, &1, cells)}
      {result, [acc | _]} -> {result, acc}
    end
  end

  defp run_flush(reduce, {command, acc}, cells, done, last) do
    case reduce.({command, [[:cont | acc] | cells]}) do
      {:suspended, [[_ | acc] | cells], continue} ->
        {:suspended, acc, &run_flush(continue, &1, cells, done, last)}

      {result, [[_ | acc] | _]} when command == :halt ->
        {result, acc}

      {result, [[tag | acc] | cells]} ->
        flush(result, {tag, acc}, List.last(cells), done, last)
    end
  end

  defp flush(result, {:suspend, acc}, cell, done, last) do
    {:suspended, acc, &flush(result, &1, cell, done, last)}
  end

  defp flush(_result, {:halt, acc}, _cell, _done, _last), do: {:halted, acc}

  defp flush(result, {:cont, acc}, cell, done, last) do
    case done.(cell, [:cont | acc], last) do
      {:cont, [_ | acc]} -> {result, acc}
      {:halt, [_ | acc]} -> {:halted, acc}
      {:suspend, [_ | acc]} -> {:suspended, acc, fn {_command, acc} -> {:done, acc} end}
    end
  end
end

defimpl Enumerable, for: Stream do
  def count(_lazy), do: {:error, __MODULE__}
  def member?(_lazy, _value), do: {:error, __MODULE__}
  def slice(_lazy), do: {:error, __MODULE__}
  def reduce(lazy, acc, fun), do: Stream.__reduce__(lazy, acc, fun)
end
