defmodule Access do
  @moduledoc """
  Lookup by key: the bracket syntax `data[key]` and the accessors for `Kernel.get_in/2` and
  the functions beside it.

  Maps and keyword lists have access. A struct has it only if its module implements the
  callbacks below.
  """

  @type container :: keyword | struct | map
  @type nil_container :: nil
  @type t :: container | nil_container | any
  @type key :: any
  @type value :: any
  @type get_fun(data) :: (:get, data, (term -> term) -> new_data :: container)
  @type get_and_update_fun(data, current_value) ::
          (:get_and_update, data, (term -> term) ->
             {current_value, new_data :: container} | :pop)
  @type access_fun(data, current_value) ::
          get_fun(data) | get_and_update_fun(data, current_value)

  @doc "The value under `key`: `{:ok, value}` or `:error`."
  @callback fetch(term :: t, key) :: {:ok, value} | :error

  @doc "Reads and updates the value under `key`."
  @callback get_and_update(data, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
              {current_value, new_data :: data}
            when current_value: value, data: container

  @doc "Removes `key`."
  @callback pop(data, key) :: {value, data} when data: container

  @doc """
  The value under `key`: `{:ok, value}` or `:error`.

      iex> Access.fetch(%{a: 1}, :a)
      {:ok, 1}
      iex> Access.fetch([a: 1], :b)
      :error
  """
  @spec fetch(container, key) :: {:ok, term} | :error
  @spec fetch(nil_container, any) :: :error
  def fetch(container, key)

  def fetch(%{__struct__: module} = container, key) when is_atom(module) do
    try do
      module.fetch(container, key)
    rescue
      exception in UndefinedFunctionError ->
        no_behaviour(exception, __STACKTRACE__, module, :fetch, [container, key])
    end
  end

  def fetch(map, key) when is_map(map) do
    case map do
      %{^key => value} -> {:ok, value}
      _ -> :error
    end
  end

  def fetch(list, key) when is_list(list) and is_atom(key) do
    case :lists.keyfind(key, 1, list) do
      {_, value} -> {:ok, value}
      false -> :error
    end
  end

  def fetch(list, key) when is_list(list) and is_integer(key), do: by_index(key)

  def fetch(list, key) when is_list(list) do
    raise ArgumentError,
          "the Access module supports only keyword lists (with atom keys), got: " <>
            "#{inspect(key)}\n\nIf you want to search lists of tuples, use List.keyfind/3"
  end

  def fetch(nil, _key), do: :error

  @doc """
  The value under `key`; raises `KeyError` if there is none.

      iex> Access.fetch!(%{a: 1}, :a)
      1
  """
  @spec fetch!(container, key) :: term
  def fetch!(container, key) do
    case fetch(container, key) do
      {:ok, value} -> value
      :error -> raise KeyError, key: key, term: container
    end
  end

  @doc """
  The value under `key`, or `default`. The bracket syntax calls this function.

      iex> Access.get([a: 1], :b, :none)
      :none
  """
  @spec get(container, key, term) :: term
  @spec get(nil_container, any, default) :: default when default: var
  def get(container, key, default \\ nil)

  def get(%{__struct__: module} = container, key, default) when is_atom(module) do
    try do
      module.fetch(container, key)
    rescue
      exception in UndefinedFunctionError ->
        no_behaviour(exception, __STACKTRACE__, module, :fetch, [container, key])
    else
      {:ok, value} ->
        value

      :error ->
        default

      other ->
        raise "expected #{inspect(module)}.fetch/2 to return {:ok, value} or :error, " <>
                "got: #{inspect(other)}"
    end
  end

  def get(map, key, default) when is_map(map) do
    case map do
      %{^key => value} -> value
      _ -> default
    end
  end

  def get(list, key, default) when is_list(list) and is_atom(key) do
    case :lists.keyfind(key, 1, list) do
      {_, value} -> value
      false -> default
    end
  end

  def get(list, key, _default) when is_list(list) and is_integer(key), do: by_index(key)

  def get(list, key, _default) when is_list(list) do
    raise ArgumentError,
          "the Access module supports only keyword lists (with atom keys), got: " <>
            "#{inspect(key)}\n\nIf you want to search lists of tuples, use List.keyfind/3"
  end

  def get(nil, _key, default), do: default

  defp by_index(key) do
    raise ArgumentError,
          "the Access module does not support accessing lists by index, got: #{inspect(key)}\n\n" <>
            "Accessing a list by index is typically discouraged in Elixir, instead we prefer " <>
            "to use the Enum module to manipulate lists as a whole. If you really must access " <>
            "a list element by index, you can use Enum.at/2 or the functions in the List module"
  end

  defp no_behaviour(exception, stacktrace, module, function, args) do
    exception =
      case stacktrace do
        [{^module, ^function, ^args, _} | _] ->
          explain(exception, module)

        [{^module, ^function, arity, _} | _] when arity == length(args) ->
          explain(exception, module)

        _ ->
          exception
      end

    :erlang.raise(:error, exception, stacktrace)
  end

  defp explain(exception, module) do
    %{
      exception
      | reason:
          "#{inspect(module)} does not implement the Access behaviour\n\n" <>
            "You can use the \"struct.field\" syntax to access struct fields. You can also use " <>
            "Access.key!/1 to access struct fields dynamically inside get_in/put_in/update_in"
    }
  end

  @doc """
  Reads and updates the value under `key`. `fun` returns `{returned, new_value}` or `:pop`.

      iex> Access.get_and_update(%{a: 1}, :a, &{&1, &1 + 1})
      {1, %{a: 2}}
  """
  @spec get_and_update(data, key, (value | nil -> {current_value, new_value :: value} | :pop)) ::
          {current_value, new_data :: data}
        when current_value: var, data: container
  def get_and_update(container, key, fun)

  def get_and_update(%{__struct__: module} = container, key, fun) when is_atom(module) do
    try do
      module.get_and_update(container, key, fun)
    rescue
      exception in UndefinedFunctionError ->
        no_behaviour(exception, __STACKTRACE__, module, :get_and_update, [container, key, fun])
    end
  end

  def get_and_update(map, key, fun) when is_map(map), do: Map.get_and_update(map, key, fun)

  def get_and_update(list, key, fun) when is_list(list) and is_atom(key),
    do: Keyword.get_and_update(list, key, fun)

  def get_and_update(list, key, _fun) when is_list(list) and is_integer(key) do
    raise ArgumentError,
          "the Access module does not support accessing lists by index, got: #{inspect(key)}\n\n" <>
            "Accessing a list by index is typically discouraged in Elixir, instead we prefer " <>
            "to use the Enum module to manipulate lists as a whole. If you really must modify " <>
            "a list element by index, you can use Access.at/1 or the functions in the List module"
  end

  def get_and_update(list, key, _fun) when is_list(list) do
    raise ArgumentError,
          "the Access module supports only keyword lists (with atom keys), got: " <>
            "#{inspect(key)}\n\nIf you want to search lists of tuples, use List.keyfind/3"
  end

  def get_and_update(nil, key, _fun) do
    raise ArgumentError, "could not put/update key #{inspect(key)} on a nil value"
  end

  @doc """
  Removes `key`; returns its value and the rest.

      iex> Access.pop(%{a: 1, b: 2}, :a)
      {1, %{b: 2}}
  """
  @spec pop(data, key) :: {value, data} when data: container
  def pop(container, key)

  def pop(%{__struct__: module} = container, key) when is_atom(module) do
    try do
      module.pop(container, key)
    rescue
      exception in UndefinedFunctionError ->
        no_behaviour(exception, __STACKTRACE__, module, :pop, [container, key])
    end
  end

  def pop(map, key) when is_map(map), do: Map.pop(map, key)
  def pop(list, key) when is_list(list), do: Keyword.pop(list, key)

  def pop(nil, key) do
    raise ArgumentError, "could not pop key #{inspect(key)} on a nil value"
  end

  # --------------------------------------------------------------------------------------------
  # Accessors
  # --------------------------------------------------------------------------------------------

  @doc """
  Accessor of a map or struct field, with a default for missing keys and for `nil`.

      iex> get_in(%{}, [Access.key(:user, %{name: "-"}), Access.key(:name)])
      "-"
  """
  @spec key(key, term) :: access_fun(data :: struct | map, current_value :: term)
  def key(key, default \\ nil) do
    fn
      :get, data, next ->
        next.(:maps.get(key, to_map(data), default))

      :get_and_update, data, next ->
        value = :maps.get(key, to_map(data), default)

        case next.(value) do
          {get, update} -> {get, :maps.put(key, update, to_map(data))}
          :pop -> {value, :maps.remove(key, to_map(data))}
        end
    end
  end

  defp to_map(nil), do: %{}
  defp to_map(data), do: data

  @doc """
  Accessor of a map or struct field that must exist.

      iex> get_in(%{a: 1}, [Access.key!(:a)])
      1
  """
  @spec key!(key) :: access_fun(data :: struct | map, current_value :: term)
  def key!(key) do
    fn
      :get, %{} = data, next ->
        next.(Map.fetch!(data, key))

      :get_and_update, %{} = data, next ->
        value = Map.fetch!(data, key)

        case next.(value) do
          {get, update} -> {get, Map.put(data, key, update)}
          :pop -> {value, Map.delete(data, key)}
        end

      _op, data, _next ->
        raise "Access.key!/1 expected a map/struct or nil, got: #{inspect(data)}"
    end
  end

  @doc """
  Accessor of a tuple element.

      iex> get_in({:a, :b}, [Access.elem(1)])
      :b
  """
  @spec elem(non_neg_integer) :: access_fun(data :: tuple, current_value :: term)
  def elem(index) when is_integer(index) and index >= 0 do
    position = index + 1

    fn
      :get, data, next when is_tuple(data) ->
        next.(:erlang.element(position, data))

      :get_and_update, data, next when is_tuple(data) ->
        value = :erlang.element(position, data)

        case next.(value) do
          {get, update} -> {get, :erlang.setelement(position, data, update)}
          :pop -> raise "cannot pop data from a tuple"
        end

      _op, data, _next ->
        raise "Access.elem/1 expected a tuple, got: #{inspect(data)}"
    end
  end

  @doc """
  Accessor of all elements of a list.

      iex> get_in([%{a: 1}, %{a: 2}], [Access.all(), :a])
      [1, 2]
  """
  @spec all() :: access_fun(data :: list, current_value :: list)
  def all, do: &all/3

  defp all(:get, data, next) when is_list(data), do: Enum.map(data, next)

  defp all(:get_and_update, data, next) when is_list(data),
    do: update_where(data, fn _ -> true end, next)

  defp all(_op, data, _next) do
    raise "Access.all/0 expected a list, got: #{inspect(data)}"
  end

  # Updates the elements that [selected?] picks; gives what they returned and the new list.
  defp update_where(list, selected?, next), do: update_where(list, selected?, next, [], [])

  defp update_where([head | rest], selected?, next, gets, updates) do
    if selected?.(head) do
      case next.(head) do
        {get, update} -> update_where(rest, selected?, next, [get | gets], [update | updates])
        :pop -> update_where(rest, selected?, next, [head | gets], updates)
      end
    else
      update_where(rest, selected?, next, gets, [head | updates])
    end
  end

  defp update_where([], _selected?, _next, gets, updates),
    do: {:lists.reverse(gets), :lists.reverse(updates)}

  @doc """
  Accessor of the list element at `index`; negative positions count from the end.

      iex> get_in([1, 2, 3], [Access.at(-1)])
      3
      iex> put_in([1, 2], [Access.at(0)], :x)
      [:x, 2]
  """
  @spec at(integer) :: access_fun(data :: list, current_value :: term)
  def at(index) when is_integer(index) do
    fn op, data, next -> at(op, data, index, next) end
  end

  defp at(:get, data, index, next) when is_list(data), do: next.(Enum.at(data, index))

  defp at(:get_and_update, data, index, next) when is_list(data) do
    position = if index < 0, do: length(data) + index, else: index

    if position < 0,
      do: {nil, data},
      else: update_at(data, position, next, [], fn -> {nil, data} end)
  end

  defp at(_op, data, _index, _next) do
    raise "Access.at/1 expected a list, got: #{inspect(data)}"
  end

  defp update_at([head | rest], 0, next, before, _missing) do
    case next.(head) do
      {get, update} -> {get, :lists.reverse(before, [update | rest])}
      :pop -> {head, :lists.reverse(before, rest)}
    end
  end

  defp update_at([head | rest], n, next, before, missing),
    do: update_at(rest, n - 1, next, [head | before], missing)

  defp update_at([], _n, _next, _before, missing), do: missing.()

  @doc """
  As `at/1`, but raises `Enum.OutOfBoundsError` if there is no such element.

      iex> get_in([1, 2], [Access.at!(1)])
      2
  """
  @spec at!(integer) :: access_fun(data :: list, current_value :: term)
  def at!(index) when is_integer(index) do
    fn op, data, next -> at!(op, data, index, next) end
  end

  defp at!(:get, data, index, next) when is_list(data) do
    case Enum.fetch(data, index) do
      {:ok, value} -> next.(value)
      :error -> raise Enum.OutOfBoundsError
    end
  end

  defp at!(:get_and_update, data, index, next) when is_list(data) do
    position = if index < 0, do: length(data) + index, else: index
    missing = fn -> raise Enum.OutOfBoundsError end
    if position < 0, do: missing.(), else: update_at(data, position, next, [], missing)
  end

  defp at!(_op, data, _index, _next) do
    raise "Access.at!/1 expected a list, got: #{inspect(data)}"
  end

  @doc """
  Accessor of the list elements for which `func` is truthy.

      iex> get_in([1, 2, 3], [Access.filter(&(&1 > 1))])
      [2, 3]
  """
  @spec filter((term -> boolean)) :: access_fun(data :: list, current_value :: list)
  def filter(func) when is_function(func) do
    fn
      :get, data, next when is_list(data) ->
        for element <- data, func.(element), do: next.(element)

      :get_and_update, data, next when is_list(data) ->
        update_where(data, func, next)

      _op, data, _next ->
        raise "Access.filter/1 expected a list, got: #{inspect(data)}"
    end
  end

  @doc """
  Accessor of the list elements at the positions of a range.

      iex> get_in([1, 2, 3, 4], [Access.slice(1..2)])
      [2, 3]
  """
  @spec slice(Range.t()) :: access_fun(data :: list, current_value :: list)
  def slice(%{__struct__: Range} = range) do
    if range.step > 0 do
      fn op, data, next -> slice(op, data, range, next) end
    else
      raise ArgumentError,
            "Access.slice/1 does not accept ranges with negative steps, got: #{inspect(range)}"
    end
  end

  defp slice(:get, data, range, next) when is_list(data) do
    {_, selected} = selection(data, range)
    for {element, true} <- selected, do: next.(element)
  end

  defp slice(:get_and_update, data, range, next) when is_list(data) do
    {_, selected} = selection(data, range)
    update_marked(selected, next, [], [])
  end

  defp slice(_op, data, _range, _next) do
    raise ArgumentError, "Access.slice/1 expected a list, got: #{inspect(data)}"
  end

  defp update_marked([{element, true} | rest], next, gets, updates) do
    case next.(element) do
      {get, update} -> update_marked(rest, next, [get | gets], [update | updates])
      :pop -> update_marked(rest, next, [element | gets], updates)
    end
  end

  defp update_marked([{element, false} | rest], next, gets, updates),
    do: update_marked(rest, next, gets, [element | updates])

  defp update_marked([], _next, gets, updates),
    do: {:lists.reverse(gets), :lists.reverse(updates)}

  defp selection(data, range) do
    count = length(data)
    first = if range.first < 0, do: range.first + count, else: range.first
    last = if range.last < 0, do: range.last + count, else: range.last

    :lists.foldr(
      fn element, {index, acc} ->
        selected? =
          index >= first and index <= last and first >= 0 and rem(index - first, range.step) == 0

        {index - 1, [{element, selected?} | acc]}
      end,
      {count - 1, []},
      data
    )
  end

  @doc """
  Accessor of the first list element for which `predicate` is truthy.

      iex> get_in([1, 2, 3], [Access.find(&(&1 > 1))])
      2
  """
  @spec find((term -> as_boolean(term))) :: access_fun(data :: list, current_value :: term)
  def find(predicate) when is_function(predicate, 1) do
    fn op, data, next -> find(op, data, predicate, next) end
  end

  defp find(:get, data, predicate, next) when is_list(data),
    do: next.(Enum.find(data, predicate))

  defp find(:get_and_update, data, predicate, next) when is_list(data) do
    case Enum.find_index(data, predicate) do
      nil -> {nil, data}
      index -> update_at(data, index, next, [], fn -> {nil, data} end)
    end
  end

  defp find(_op, data, _predicate, _next) do
    raise "Access.find/1 expected a list, got: #{inspect(data)}"
  end
end
