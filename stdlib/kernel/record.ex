defmodule Record do
  @moduledoc """
  Records: tuples with an atom in front and named fields, as Erlang code uses them.

      defmodule User do
        require Record
        Record.defrecord(:user, name: "meg", age: 25)
      end
  """

  @doc """
  `true` for tuples that start with an atom. Allowed in guards.

      iex> require Record
      iex> Record.is_record({:user, 1})
      true
  """
  defmacro is_record(data) do
    case __CALLER__.context do
      nil ->
        quote do
          case unquote(data) do
            data when is_tuple(data) and tuple_size(data) > 0 and is_atom(elem(data, 0)) -> true
            _ -> false
          end
        end

      _ ->
        quote do
          is_tuple(unquote(data)) and tuple_size(unquote(data)) > 0 and
            is_atom(elem(unquote(data), 0))
        end
    end
  end

  @doc """
  `true` for tuples that start with the atom `kind`. Allowed in guards.

      iex> require Record
      iex> Record.is_record({:user, 1}, :user)
      true
  """
  defmacro is_record(data, kind) do
    case __CALLER__.context do
      nil ->
        quote do
          case {unquote(data), unquote(kind)} do
            {data, kind} when is_tuple(data) and tuple_size(data) > 0 and elem(data, 0) == kind ->
              true

            _ ->
              false
          end
        end

      _ ->
        quote do
          is_atom(unquote(kind)) and is_tuple(unquote(data)) and tuple_size(unquote(data)) > 0 and
            elem(unquote(data), 0) == unquote(kind)
        end
    end
  end

  @doc """
  Defines macros that create, read, update and match a record.

      Record.defrecord(:user, name: "", age: 0)
      user()                 # {:user, "", 0}
      user(record, :age)     # reads
      user(record, age: 3)   # updates
      user(:age)             # position
  """
  defmacro defrecord(name, tag \\ nil, kv), do: define(:defmacro, name, tag, kv)

  @doc """
  As `defrecord/3`, with private macros.

      Record.defrecordp(:state, count: 0)
  """
  defmacro defrecordp(name, tag \\ nil, kv), do: define(:defmacrop, name, tag, kv)

  defp define(kind, name, tag, kv) do
    head = fn args -> {:unquote, [], [quote(do: name)]} |> then(&{&1, [], args}) end
    args = quote(do: args)
    record = quote(do: record)
    as_ast = quote(do: Macro.escape(fields))

    body1 =
      quote(
        do:
          Record.__access__(
            unquote({:unquote, [], [quote(do: tag)]}),
            unquote({:unquote, [], [as_ast]}),
            unquote(args),
            __CALLER__
          )
      )

    body2 =
      quote(
        do:
          Record.__access__(
            unquote({:unquote, [], [quote(do: tag)]}),
            unquote({:unquote, [], [as_ast]}),
            unquote(record),
            unquote(args),
            __CALLER__
          )
      )

    quote do
      name = unquote(name)
      tag = unquote(tag) || name
      fields = Record.__fields__(unquote(kind), unquote(kv))
      unquote({kind, [], [head.([{:\\, [], [args, []]}]), [do: body1]]})
      unquote({kind, [], [head.([record, args]), [do: body2]]})
    end
  end

  @doc false
  def __fields__(_kind, fields) do
    for field <- fields do
      case field do
        {key, value} when is_atom(key) ->
          {key, Macro.escape(value)}

        key when is_atom(key) ->
          {key, nil}

        other ->
          raise ArgumentError, "record fields must be atoms, got: #{inspect(other)}"
      end
    end
  end

  # user(:field), user(key: value), user(record)
  @doc false
  def __access__(tag, fields, args, caller) do
    cond do
      is_atom(args) ->
        index(tag, fields, args)

      Keyword.keyword?(args) ->
        create(tag, fields, args, caller)

      true ->
        fields = Macro.escape(fields)

        case Macro.expand(args, caller) do
          {:{}, _, [^tag | values]} when length(values) == length(fields) ->
            for {{key, _}, value} <- Enum.zip(fields, values), do: {key, value}

          {^tag, value} when length(fields) == 1 ->
            [{elem(hd(fields), 0), value}]

          _ ->
            names = for {key, _} <- fields, do: key
            quote(do: Record.__keyword__(unquote(tag), unquote(names), unquote(args)))
        end
    end
  end

  # user(record, :field), user(record, key: value)
  @doc false
  def __access__(tag, fields, record, args, caller) do
    cond do
      is_atom(args) ->
        position = index(tag, fields, args) + 1
        quote(do: :erlang.element(unquote(position), unquote(record)))

      Keyword.keyword?(args) ->
        update(tag, fields, record, args, caller)

      true ->
        raise ArgumentError,
              "expected arguments to be a compile time atom or a keyword list, got: " <>
                Macro.to_string(args)
    end
  end

  defp index(tag, fields, field) do
    case position(fields, field, 1) do
      nil ->
        raise ArgumentError, "record #{inspect(tag)} does not have the key: #{inspect(field)}"

      position ->
        position
    end
  end

  defp position([{field, _} | _], field, n), do: n
  defp position([_ | rest], field, n), do: position(rest, field, n + 1)
  defp position([], _field, _n), do: nil

  defp create(tag, fields, args, caller) do
    in_match? = Macro.Env.in_match?(caller)
    {rest, args} = Keyword.pop(args, :_, :none)
    check_keys(tag, fields, args)

    values =
      for {key, default} <- fields do
        case Keyword.fetch(args, key) do
          {:ok, value} -> value
          :error when rest != :none -> rest
          :error when in_match? -> {:_, [], nil}
          :error -> default
        end
      end

    {:{}, [], [tag | values]}
  end

  defp update(tag, fields, record, args, caller) do
    if Macro.Env.in_match?(caller) do
      raise ArgumentError, "cannot invoke update style macro inside match"
    end

    check_keys(tag, fields, args)

    Enum.reduce(args, record, fn {key, value}, acc ->
      quote(
        do: :erlang.setelement(unquote(index(tag, fields, key) + 1), unquote(acc), unquote(value))
      )
    end)
  end

  defp check_keys(tag, fields, args) do
    for {key, _} <- args, not Keyword.has_key?(fields, key) do
      raise ArgumentError, "record #{inspect(tag)} does not have the key: #{inspect(key)}"
    end
  end

  @doc false
  def __keyword__(tag, names, record) do
    size = length(names) + 1

    if is_tuple(record) and tuple_size(record) == size and elem(record, 0) == tag do
      Enum.zip(names, tl(Tuple.to_list(record)))
    else
      raise ArgumentError,
            "expected argument to be a #{inspect(tag)} record, got: #{inspect(record)}"
    end
  end

  @doc """
  The fields of a record in an Erlang header file. Header files are not read here.

      Record.extract(:file_info, from_lib: "kernel/include/file.hrl")
  """
  @spec extract(atom, keyword) :: keyword
  def extract(name, opts) when is_atom(name) and is_list(opts) do
    raise ArgumentError, "no record #{name} found at #{inspect(opts[:from] || opts[:from_lib])}"
  end

  @doc """
  All records of an Erlang header file. Header files are not read here.

      Record.extract_all(from_lib: "kernel/include/file.hrl")
  """
  @spec extract_all(keyword) :: [{atom, keyword}]
  def extract_all(opts) when is_list(opts), do: []
end
