defmodule :queue do
  @moduledoc """
  Double-ended queues as `{rear, front}`, a reversed list and a list. When there are two elements or more, neither is empty,
  so that both ends can be seen at once.

      iex> :queue.to_list(:queue.in(3, :queue.from_list([1, 2])))
      [1, 2, 3]
  """

  import Kernel, except: [in: 2]

  @doc "An empty queue."
  @spec new :: term
  def new, do: {[], []}

  @doc "True for something of a queue's shape."
  @spec is_queue(term) :: boolean
  def is_queue({rear, front}) when is_list(rear) and is_list(front), do: true
  def is_queue(_), do: false

  @doc "True if there are no elements."
  @spec is_empty(term) :: boolean
  def is_empty({[], []}), do: true
  def is_empty({rear, front}) when is_list(rear) and is_list(front), do: false
  def is_empty(queue), do: :erlang.error(:badarg, [queue])

  @doc "The number of elements."
  @spec len(term) :: non_neg_integer
  def len({rear, front}) when is_list(rear) and is_list(front), do: length(rear) + length(front)
  def len(queue), do: :erlang.error(:badarg, [queue])

  @doc "The elements from front to rear."
  @spec to_list(term) :: list
  def to_list({rear, front}) when is_list(rear) and is_list(front) do
    front ++ :lists.reverse(rear)
  end

  def to_list(queue), do: :erlang.error(:badarg, [queue])

  @doc "The queue of a list."
  @spec from_list(list) :: term
  def from_list(list) when is_list(list), do: from_front(list)
  def from_list(list), do: :erlang.error(:badarg, [list])

  # A queue whose elements are all in one of the lists, shared out between both.
  defp from_front(front) do
    {front, rear} = :lists.split(:erlang.bsr(length(front), 1), front)
    {:lists.reverse(rear), front}
  end

  defp from_rear(rear) do
    {rear, front} = :lists.split(:erlang.bsr(length(rear), 1), rear)
    {rear, :lists.reverse(front)}
  end

  @doc "True if `element` is in the queue."
  @spec member(term, term) :: boolean
  def member(element, {rear, front}) when is_list(rear) and is_list(front) do
    :lists.member(element, rear) or :lists.member(element, front)
  end

  def member(element, queue), do: :erlang.error(:badarg, [element, queue])

  @doc "Adds at the rear."
  @spec unquote(:in)(term, term) :: term
  def unquote(:in)(element, {[_] = rear, []}), do: {[element], rear}

  def unquote(:in)(element, {rear, front}) when is_list(rear) and is_list(front) do
    {[element | rear], front}
  end

  def unquote(:in)(element, queue), do: :erlang.error(:badarg, [element, queue])

  @doc "Adds at the front."
  @spec in_r(term, term) :: term
  def in_r(element, {[], [_] = front}), do: {front, [element]}
  def in_r(element, {rear, front}) when is_list(rear) and is_list(front), do: {rear, [element | front]}
  def in_r(element, queue), do: :erlang.error(:badarg, [element, queue])

  @doc "Takes from the front: `{{:value, element}, queue}` or `{:empty, queue}`."
  @spec out(term) :: {{:value, term} | :empty, term}
  def out({[], []} = queue), do: {:empty, queue}
  def out({[x], []}), do: {{:value, x}, {[], []}}

  def out({[y | rear], []}) do
    [x | front] = :lists.reverse(rear)
    {{:value, x}, {[y], front}}
  end

  def out({rear, [x]}) when is_list(rear), do: {{:value, x}, from_rear(rear)}
  def out({rear, [x | front]}) when is_list(rear), do: {{:value, x}, {rear, front}}
  def out(queue), do: :erlang.error(:badarg, [queue])

  @doc "Takes from the rear."
  @spec out_r(term) :: {{:value, term} | :empty, term}
  def out_r({[], []} = queue), do: {:empty, queue}
  def out_r({[], [x]}), do: {{:value, x}, {[], []}}

  def out_r({[], [y | front]}) do
    [x | rear] = :lists.reverse(front)
    {{:value, x}, {rear, [y]}}
  end

  def out_r({[x], front}) when is_list(front), do: {{:value, x}, from_front(front)}
  def out_r({[x | rear], front}) when is_list(front), do: {{:value, x}, {rear, front}}
  def out_r(queue), do: :erlang.error(:badarg, [queue])

  @doc "The front element; `:empty` is an error."
  @spec get(term) :: term
  def get(queue) do
    case peek(queue) do
      {:value, x} -> x
      :empty -> :erlang.error(:empty, [queue])
    end
  end

  @doc "The rear element; `:empty` is an error."
  @spec get_r(term) :: term
  def get_r(queue) do
    case peek_r(queue) do
      {:value, x} -> x
      :empty -> :erlang.error(:empty, [queue])
    end
  end

  @doc "`{:value, element}` at the front, or `:empty`."
  @spec peek(term) :: {:value, term} | :empty
  def peek({[], []}), do: :empty
  def peek({rear, [x | _]}) when is_list(rear), do: {:value, x}
  def peek({[_ | _] = rear, []}), do: {:value, :lists.last(rear)}
  def peek(queue), do: :erlang.error(:badarg, [queue])

  @doc "`{:value, element}` at the rear, or `:empty`."
  @spec peek_r(term) :: {:value, term} | :empty
  def peek_r({[], []}), do: :empty
  def peek_r({[x | _], front}) when is_list(front), do: {:value, x}
  def peek_r({[], [_ | _] = front}), do: {:value, :lists.last(front)}
  def peek_r(queue), do: :erlang.error(:badarg, [queue])

  @doc "The queue without its front element."
  @spec drop(term) :: term
  def drop(queue) do
    case out(queue) do
      {{:value, _}, queue} -> queue
      {:empty, _} -> :erlang.error(:empty, [queue])
    end
  end

  @doc "The queue without its rear element."
  @spec drop_r(term) :: term
  def drop_r(queue) do
    case out_r(queue) do
      {{:value, _}, queue} -> queue
      {:empty, _} -> :erlang.error(:empty, [queue])
    end
  end

  @doc "The queue in reverse."
  @spec reverse(term) :: term
  def reverse({rear, front}) when is_list(rear) and is_list(front), do: {front, rear}
  def reverse(queue), do: :erlang.error(:badarg, [queue])

  @doc "The elements of the first queue, then those of the second."
  @spec join(term, term) :: term
  def join({rear1, front1} = queue1, {rear2, front2} = queue2)
      when is_list(rear1) and is_list(front1) and is_list(rear2) and is_list(front2) do
    cond do
      queue2 == {[], []} -> queue1
      queue1 == {[], []} -> queue2
      true -> {rear2, front1 ++ :lists.reverse(rear1, front2)}
    end
  end

  def join(queue1, queue2), do: :erlang.error(:badarg, [queue1, queue2])

  @doc "Splits after `n` elements."
  @spec split(non_neg_integer, term) :: {term, term}
  def split(n, {rear, front} = queue)
      when is_integer(n) and n >= 0 and is_list(rear) and is_list(front) do
    list = to_list(queue)

    if n > length(list) do
      :erlang.error(:badarg, [n, queue])
    else
      {left, right} = :lists.split(n, list)
      {from_front(left), from_front(right)}
    end
  end

  def split(n, queue), do: :erlang.error(:badarg, [n, queue])

  @doc "Filters; `fun` may also return a list of elements."
  @spec filter((term -> boolean | list), term) :: term
  def filter(fun, {rear, front}) when is_function(fun, 1) and is_list(rear) and is_list(front) do
    front = filter_front(fun, front)
    rear = filter_rear(fun, rear)
    balance(rear, front)
  end

  def filter(fun, queue), do: :erlang.error(:badarg, [fun, queue])

  defp balance(rear, []), do: from_rear(rear)
  defp balance([], front), do: from_front(front)
  defp balance(rear, front), do: {rear, front}

  defp filter_front(fun, [h | t]) do
    case fun.(h) do
      true -> [h | filter_front(fun, t)]
      false -> filter_front(fun, t)
      list when is_list(list) -> list ++ filter_front(fun, t)
    end
  end

  defp filter_front(_fun, []), do: []

  # From the oldest element on, so that [fun] is called in the order of the queue.
  defp filter_rear(fun, [h | t]) do
    t = filter_rear(fun, t)

    case fun.(h) do
      true -> [h | t]
      false -> t
      list when is_list(list) -> :lists.reverse(list, t)
    end
  end

  defp filter_rear(_fun, []), do: []

  @doc "Filters and maps: `fun` returns a boolean or `{true, value}`."
  @spec filtermap((term -> boolean | {true, term}), term) :: term
  def filtermap(fun, queue) when is_function(fun, 1) do
    filter(
      fn x ->
        case fun.(x) do
          {true, y} -> [y]
          bool -> bool
        end
      end,
      queue
    )
  end

  @doc "Folds from front to rear."
  @spec fold((term, term -> term), term, term) :: term
  def fold(fun, acc, {rear, front}) when is_function(fun, 2) do
    :lists.foldr(fun, :lists.foldl(fun, acc, front), rear)
  end

  @doc "True if `pred` holds for an element."
  @spec any((term -> boolean), term) :: boolean
  def any(pred, {rear, front}) when is_function(pred, 1) do
    :lists.any(pred, front) or :lists.any(pred, rear)
  end

  @doc "True if `pred` holds for all elements."
  @spec all((term -> boolean), term) :: boolean
  def all(pred, {rear, front}) when is_function(pred, 1) do
    :lists.all(pred, front) and :lists.all(pred, rear)
  end

  @doc "Deletes the first element equal to `element`."
  @spec delete(term, term) :: term
  def delete(element, queue), do: delete_with(fn x -> x === element end, queue)

  @doc "Deletes the last element equal to `element`."
  @spec delete_r(term, term) :: term
  def delete_r(element, queue), do: delete_with_r(fn x -> x === element end, queue)

  @doc "Deletes the first element for which `pred` holds."
  @spec delete_with((term -> boolean), term) :: term
  def delete_with(pred, {rear, front} = queue) when is_function(pred, 1) do
    case delete_first(pred, front) do
      :none ->
        case delete_first(pred, :lists.reverse(rear)) do
          :none -> queue
          rest -> balance(:lists.reverse(rest), front)
        end

      front ->
        balance(rear, front)
    end
  end

  @doc "Deletes the last element for which `pred` holds."
  @spec delete_with_r((term -> boolean), term) :: term
  def delete_with_r(pred, queue), do: reverse(delete_with(pred, reverse(queue)))

  defp delete_first(pred, [h | t]) do
    if pred.(h) do
      t
    else
      case delete_first(pred, t) do
        :none -> :none
        rest -> [h | rest]
      end
    end
  end

  defp delete_first(_pred, []), do: :none

  # The names of Okasaki's interface.

  @doc "Adds at the front."
  @spec cons(term, term) :: term
  def cons(element, queue), do: in_r(element, queue)

  @doc "The front element."
  @spec head(term) :: term
  def head(queue), do: get(queue)

  @doc "The queue without its front element."
  @spec tail(term) :: term
  def tail(queue), do: drop(queue)

  @doc "Adds at the rear."
  @spec snoc(term, term) :: term
  def snoc(queue, element), do: unquote(:in)(element, queue)

  @doc "The rear element."
  @spec daeh(term) :: term
  def daeh(queue), do: get_r(queue)

  @doc "The rear element."
  @spec last(term) :: term
  def last(queue), do: get_r(queue)

  @doc "The queue without its rear element."
  @spec liat(term) :: term
  def liat(queue), do: drop_r(queue)

  @doc "The queue without its rear element."
  @spec lait(term) :: term
  def lait(queue), do: drop_r(queue)

  @doc "The queue without its rear element."
  @spec init(term) :: term
  def init(queue), do: drop_r(queue)
end
