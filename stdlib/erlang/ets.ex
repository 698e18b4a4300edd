defmodule :ets do
  @moduledoc """
  Tables of tuples that processes share.

  The tables themselves, matching and selecting are part of the machine; this module has what can be said in terms
  of those.
  """

  @type table :: atom | reference
  @type comp_match_spec :: term

  @doc """
  Calls `fun` with every object and an accumulator, from the first object to the last.

      iex> t = :ets.new(:numbers, [:ordered_set])
      iex> :ets.insert(t, [{1, 10}, {2, 20}])
      iex> :ets.foldl(fn {_, v}, acc -> acc + v end, 0, t)
      30
  """
  @spec foldl((term, term -> term), term, table) :: term
  def foldl(fun, acc, table) do
    :ets.safe_fixtable(table, true)

    try do
      fold(:ets.first(table), &:ets.next/2, false, fun, acc, table)
    after
      unfix(table)
    end
  end

  @doc "As `foldl/3`, from the last object to the first."
  @spec foldr((term, term -> term), term, table) :: term
  def foldr(fun, acc, table) do
    :ets.safe_fixtable(table, true)

    try do
      fold(:ets.last(table), &:ets.prev/2, true, fun, acc, table)
    after
      unfix(table)
    end
  end

  defp fold(:"$end_of_table", _step, _reverse?, _fun, acc, _table), do: acc

  defp fold(key, step, reverse?, fun, acc, table) do
    objects = :ets.lookup(table, key)
    objects = if reverse?, do: :lists.reverse(objects), else: objects
    acc = :lists.foldl(fun, acc, objects)
    fold(step.(table, key), step, reverse?, fun, acc, table)
  end

  # The function may have deleted the table.
  defp unfix(table) do
    :ets.safe_fixtable(table, false)
  rescue
    ArgumentError -> true
  end

  @doc """
  The results of a compiled match specification for the tuples of a list, in their order.

      iex> spec = :ets.match_spec_compile([{{:"$1", :"$2"}, [{:>, :"$2", 1}], [:"$1"]}])
      iex> :ets.match_spec_run([{:a, 1}, {:b, 2}], spec)
      [:b]
  """
  @spec match_spec_run([tuple], comp_match_spec) :: [term]
  def match_spec_run(list, spec), do: :lists.reverse(:ets.match_spec_run_r(list, spec, []))

  @doc "A continuation as it is: nothing is lost on its way through another process."
  @spec repair_continuation(term, term) :: term
  def repair_continuation(continuation, _spec), do: continuation

  @doc "Match specifications from functions are made when Erlang code is compiled; here this fails."
  @spec fun2ms((... -> term)) :: no_return
  def fun2ms(fun) when is_function(fun) do
    exit({:badarg, {:ets, :fun2ms, [:function, :called, :with, :real, :fun, :should, :be, :transformed]}})
  end

  @doc "Fills a table from a function that gives `{objects, function}` or `:end_of_input` when called with `:read`."
  @spec init_table(table, (atom -> term)) :: true
  def init_table(table, fun) do
    :ets.delete_all_objects(table)
    init_from(table, fun)
  end

  defp init_from(table, fun) do
    case fun.(:read) do
      :end_of_input ->
        true

      {objects, next} ->
        :ets.insert(table, objects)
        init_from(table, next)
    end
  end

  @doc "Writes all objects and the kind of the table to a file that `file2tab/1` reads."
  @spec tab2file(table, Path.t(), [term]) :: :ok | {:error, term}
  def tab2file(table, path, _options \\ []) do
    case :ets.info(table) do
      :undefined -> {:error, :badtab}
      info -> :file.write_file(path, :erlang.term_to_binary({:phial_table, 1, info, :ets.tab2list(table)}))
    end
  end

  @doc "A table with the objects of a file that `tab2file/2` wrote."
  @spec file2tab(Path.t(), [term]) :: {:ok, table} | {:error, term}
  def file2tab(path, _options \\ []) do
    with {:ok, info, objects} <- read_table(path) do
      {:name, name} = :lists.keyfind(:name, 1, info)
      {:type, type} = :lists.keyfind(:type, 1, info)
      {:protection, protection} = :lists.keyfind(:protection, 1, info)
      named = if :lists.member({:named_table, true}, info), do: [:named_table], else: []
      table = :ets.new(name, [type, protection, :lists.keyfind(:keypos, 1, info) | named])
      :ets.insert(table, objects)
      {:ok, table}
    end
  end

  @doc "What a file written by `tab2file/2` holds."
  @spec tabfile_info(Path.t()) :: {:ok, [{atom, term}]} | {:error, term}
  def tabfile_info(path) do
    with {:ok, info, _objects} <- read_table(path) do
      wanted = [:name, :type, :protection, :named_table, :keypos, :size]
      {:ok, for({key, _} = item <- info, :lists.member(key, wanted), do: item) ++ [version: {1, 0}]}
    end
  end

  defp read_table(path) do
    with {:ok, bytes} <- :file.read_file(path) do
      try do
        {:phial_table, 1, info, objects} = :erlang.binary_to_term(bytes)
        {:ok, info, objects}
      rescue
        _ -> {:error, :badfile}
      end
    end
  end

  @doc "Prints a line about every table."
  @spec i() :: :ok
  def i do
    line("id", "name", "type", "size", "mem", "owner")
    IO.puts(" " <> String.duplicate("-", 76))

    for table <- :lists.sort(:ets.all()), info = :ets.info(table), info != :undefined do
      id = if info[:named_table], do: info[:name], else: info[:id]
      line(inspect_plain(id), inspect_plain(info[:name]), info[:type], info[:size], info[:memory], owner(info[:owner]))
    end

    :ok
  end

  @doc "Prints the objects of a table."
  @spec i(table) :: :ok
  def i(table) do
    foldl(
      fn object, n ->
        IO.puts([String.pad_trailing("<#{n}>", 6), " ", inspect(object)])
        n + 1
      end,
      1,
      table
    )

    :ok
  end

  defp inspect_plain(name) when is_atom(name), do: Atom.to_string(name)
  defp inspect_plain(other), do: inspect(other)

  defp owner(pid) do
    case Process.info(pid, :registered_name) do
      {:registered_name, name} when is_atom(name) -> Atom.to_string(name)
      _ -> inspect(pid)
    end
  end

  defp line(id, name, type, size, memory, owner) do
    IO.puts([
      " ",
      String.pad_trailing(id, 15),
      " ",
      String.pad_trailing(name, 17),
      " ",
      String.pad_trailing("#{type}", 5),
      " ",
      String.pad_trailing("#{size}", 6),
      " ",
      String.pad_trailing("#{memory}", 8),
      " ",
      owner
    ])
  end
end
