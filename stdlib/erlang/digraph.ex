defmodule :digraph do
  @moduledoc """
  Directed graphs that change in place: `{:digraph, vertices, edges, neighbours, cyclic?}`, three tables of the process that
  made them.

      iex> g = :digraph.new()
      iex> :digraph.add_vertex(g, :a)
      :a
  """

  @type graph :: {:digraph, term, term, term, boolean}

  @doc "An empty graph."
  @spec new :: graph
  def new, do: new([])

  @doc "An empty graph; options `cyclic`, `acyclic`, `protected` and `private`."
  @spec new(list) :: graph
  def new(options) when is_list(options) do
    unless :lists.all(&(&1 in [:cyclic, :acyclic, :protected, :private]), options) do
      :erlang.error(:badarg)
    end

    access = if :lists.member(:private, options), do: :private, else: :protected
    vertices = :ets.new(:vertices, [:set, access])
    edges = :ets.new(:edges, [:set, access])
    neighbours = :ets.new(:neighbours, [:bag, access])
    :ets.insert(neighbours, [{:"$vid", 0}, {:"$eid", 0}])
    {:digraph, vertices, edges, neighbours, not :lists.member(:acyclic, options)}
  end

  @doc "Deletes a graph."
  @spec delete(graph) :: true
  def delete({:digraph, vertices, edges, neighbours, _}) do
    :ets.delete(vertices)
    :ets.delete(edges)
    :ets.delete(neighbours)
  end

  @doc "What kind of graph it is and how much memory it takes."
  @spec info(graph) :: keyword
  def info({:digraph, vertices, edges, neighbours, cyclic?}) do
    memory =
      :lists.sum(:lists.map(fn table -> :ets.info(table, :memory) end, [vertices, edges, neighbours]))

    [
      cyclicity: if(cyclic?, do: :cyclic, else: :acyclic),
      memory: memory,
      protection: :ets.info(vertices, :protection)
    ]
  end

  ## Vertices

  defp next_id({:digraph, _, _, neighbours, _}, counter) do
    [{_, n}] = :ets.lookup(neighbours, counter)
    :ets.delete(neighbours, counter)
    :ets.insert(neighbours, {counter, n + 1})
    n
  end

  @doc "Adds a vertex with a name of its own."
  @spec add_vertex(graph) :: term
  def add_vertex(graph), do: add_vertex(graph, [:"$v" | next_id(graph, :"$vid")], [])

  @doc "Adds a vertex."
  @spec add_vertex(graph, term) :: term
  def add_vertex(graph, vertex), do: add_vertex(graph, vertex, [])

  @doc "Adds a vertex, or changes its label."
  @spec add_vertex(graph, term, term) :: term
  def add_vertex({:digraph, vertices, _, _, _}, vertex, label) do
    :ets.insert(vertices, {vertex, label})
    vertex
  end

  @doc "`{vertex, label}`, or `false`."
  @spec vertex(graph, term) :: {term, term} | false
  def vertex({:digraph, vertices, _, _, _}, vertex) do
    case :ets.lookup(vertices, vertex) do
      [found] -> found
      [] -> false
    end
  end

  @doc "All vertices."
  @spec vertices(graph) :: list
  def vertices({:digraph, vertices, _, _, _}) do
    :lists.map(fn {vertex, _} -> vertex end, :ets.tab2list(vertices))
  end

  @doc "The number of vertices."
  @spec no_vertices(graph) :: non_neg_integer
  def no_vertices({:digraph, vertices, _, _, _}), do: :ets.info(vertices, :size)

  @doc "The vertices without edges to them."
  @spec source_vertices(graph) :: list
  def source_vertices(graph), do: :lists.filter(&(in_degree(graph, &1) == 0), vertices(graph))

  @doc "The vertices without edges from them."
  @spec sink_vertices(graph) :: list
  def sink_vertices(graph), do: :lists.filter(&(out_degree(graph, &1) == 0), vertices(graph))

  @doc "Deletes a vertex and its edges."
  @spec del_vertex(graph, term) :: true
  def del_vertex({:digraph, vertices, _, neighbours, _} = graph, vertex) do
    del_edges(graph, in_edges(graph, vertex))
    del_edges(graph, out_edges(graph, vertex))
    :ets.delete(neighbours, {:in, vertex})
    :ets.delete(neighbours, {:out, vertex})
    :ets.delete(vertices, vertex)
  end

  @doc "Deletes vertices and their edges."
  @spec del_vertices(graph, list) :: true
  def del_vertices(graph, vertices) do
    :lists.foreach(&del_vertex(graph, &1), vertices)
    true
  end

  ## Edges

  @doc "Adds an edge with a name of its own."
  @spec add_edge(graph, term, term) :: term | {:error, term}
  def add_edge(graph, from, to), do: add_edge(graph, from, to, [])

  @doc "Adds an edge with a name of its own and a label."
  @spec add_edge(graph, term, term, term) :: term | {:error, term}
  def add_edge(graph, from, to, label) do
    add_edge(graph, [:"$e" | next_id(graph, :"$eid")], from, to, label)
  end

  @doc "Adds an edge, or changes its label."
  @spec add_edge(graph, term, term, term, term) :: term | {:error, term}
  def add_edge({:digraph, vertices, edges, neighbours, cyclic?} = graph, edge, from, to, label) do
    cond do
      not :ets.member(vertices, from) ->
        {:error, {:bad_vertex, from}}

      not :ets.member(vertices, to) ->
        {:error, {:bad_vertex, to}}

      edge_elsewhere?(edges, edge, from, to) ->
        {:error, {:bad_edge, [from, to]}}

      not cyclic? and path_back(graph, from, to) != false ->
        {:error, {:bad_edge, path_back(graph, from, to)}}

      true ->
        :ets.insert(neighbours, [{{:out, from}, edge}, {{:in, to}, edge}])
        :ets.insert(edges, {edge, from, to, label})
        edge
    end
  end

  defp edge_elsewhere?(edges, edge, from, to) do
    case :ets.lookup(edges, edge) do
      [{^edge, ^from, ^to, _}] -> false
      [_] -> true
      [] -> false
    end
  end

  # The cycle that an edge would close.
  defp path_back(_graph, same, same), do: [same, same]
  defp path_back(graph, from, to), do: get_path(graph, to, from)

  @doc "`{edge, from, to, label}`, or `false`."
  @spec edge(graph, term) :: {term, term, term, term} | false
  def edge({:digraph, _, edges, _, _}, edge) do
    case :ets.lookup(edges, edge) do
      [found] -> found
      [] -> false
    end
  end

  @doc "All edges."
  @spec edges(graph) :: list
  def edges({:digraph, _, edges, _, _}) do
    :lists.map(fn {edge, _, _, _} -> edge end, :ets.tab2list(edges))
  end

  @doc "The edges from and to a vertex."
  @spec edges(graph, term) :: list
  def edges(graph, vertex), do: :lists.usort(out_edges(graph, vertex) ++ in_edges(graph, vertex))

  @doc "The number of edges."
  @spec no_edges(graph) :: non_neg_integer
  def no_edges({:digraph, _, edges, _, _}), do: :ets.info(edges, :size)

  @doc "Deletes an edge."
  @spec del_edge(graph, term) :: true
  def del_edge({:digraph, _, edges, neighbours, _}, edge) do
    case :ets.lookup(edges, edge) do
      [{_, from, to, _}] ->
        :ets.delete_object(neighbours, {{:out, from}, edge})
        :ets.delete_object(neighbours, {{:in, to}, edge})
        :ets.delete(edges, edge)

      [] ->
        true
    end
  end

  @doc "Deletes edges."
  @spec del_edges(graph, list) :: true
  def del_edges(graph, edges) do
    :lists.foreach(&del_edge(graph, &1), edges)
    true
  end

  defp adjacent({:digraph, _, _, neighbours, _}, key) do
    :lists.map(fn {_, edge} -> edge end, :ets.lookup(neighbours, key))
  end

  @doc "The edges from a vertex."
  @spec out_edges(graph, term) :: list
  def out_edges(graph, vertex), do: adjacent(graph, {:out, vertex})

  @doc "The edges to a vertex."
  @spec in_edges(graph, term) :: list
  def in_edges(graph, vertex), do: adjacent(graph, {:in, vertex})

  @doc "The number of edges from a vertex."
  @spec out_degree(graph, term) :: non_neg_integer
  def out_degree(graph, vertex), do: length(out_edges(graph, vertex))

  @doc "The number of edges to a vertex."
  @spec in_degree(graph, term) :: non_neg_integer
  def in_degree(graph, vertex), do: length(in_edges(graph, vertex))

  @doc "The vertices that edges from a vertex lead to."
  @spec out_neighbours(graph, term) :: list
  def out_neighbours({:digraph, _, edges, _, _} = graph, vertex) do
    :lists.map(fn edge -> :ets.lookup_element(edges, edge, 3) end, out_edges(graph, vertex))
  end

  @doc "The vertices that edges to a vertex come from."
  @spec in_neighbours(graph, term) :: list
  def in_neighbours({:digraph, _, edges, _, _} = graph, vertex) do
    :lists.map(fn edge -> :ets.lookup_element(edges, edge, 2) end, in_edges(graph, vertex))
  end

  ## Paths

  @doc "A path as a list of vertices, or `false`."
  @spec get_path(graph, term, term) :: list | false
  def get_path(graph, from, to) do
    case deep(out_neighbours(graph, from), graph, to, %{from => true}, [from]) do
      {:found, path} -> :lists.reverse(path)
      _ -> false
    end
  end

  # Depth first; answers {:found, reversed path} or the vertices seen.
  defp deep([next | rest], graph, to, seen, path) do
    cond do
      next === to ->
        {:found, [next | path]}

      is_map_key(seen, next) ->
        deep(rest, graph, to, seen, path)

      true ->
        case deep(out_neighbours(graph, next), graph, to, :maps.put(next, true, seen), [next | path]) do
          {:found, _} = found -> found
          seen -> deep(rest, graph, to, seen, path)
        end
    end
  end

  defp deep([], _graph, _to, seen, _path), do: seen

  @doc "A shortest path as a list of vertices, or `false`."
  @spec get_short_path(graph, term, term) :: list | false
  def get_short_path(graph, from, to) do
    queue = :lists.map(&{&1, from}, out_neighbours(graph, from))
    wide(:queue.from_list(queue), graph, from, to, %{})
  end

  # Breadth first; [from_of] maps each vertex to the one it was reached from.
  defp wide(queue, graph, start, to, from_of) do
    case :queue.out(queue) do
      {:empty, _} ->
        false

      {{:value, {vertex, from}}, queue} ->
        cond do
          is_map_key(from_of, vertex) ->
            wide(queue, graph, start, to, from_of)

          vertex === to ->
            back(from, start, from_of, [to])

          true ->
            from_of = :maps.put(vertex, from, from_of)

            queue =
              :lists.foldl(&:queue.in({&1, vertex}, &2), queue, :digraph.out_neighbours(graph, vertex))

            wide(queue, graph, start, to, from_of)
        end
    end
  end

  defp back(start, start, _from_of, path), do: [start | path]
  defp back(vertex, start, from_of, path), do: back(:maps.get(vertex, from_of), start, from_of, [vertex | path])

  @doc "A cycle through a vertex, or `false`; a loop is `[vertex]`."
  @spec get_cycle(graph, term) :: list | false
  def get_cycle(graph, vertex) do
    others = :lists.filter(&(&1 !== vertex), out_neighbours(graph, vertex))

    case deep(others, graph, vertex, %{}, [vertex]) do
      {:found, path} ->
        :lists.reverse(path)

      _ ->
        if :lists.member(vertex, out_neighbours(graph, vertex)), do: [vertex], else: false
    end
  end

  @doc "A shortest cycle through a vertex, or `false`; a loop is `[vertex, vertex]`."
  @spec get_short_cycle(graph, term) :: list | false
  def get_short_cycle(graph, vertex), do: get_short_path(graph, vertex, vertex)

  @doc "Deletes edges until there is no path."
  @spec del_path(graph, term, term) :: true
  def del_path(graph, from, to) do
    case get_path(graph, from, to) do
      false ->
        true

      path ->
        del_steps(graph, path)
        del_path(graph, from, to)
    end
  end

  defp del_steps(graph, [a, b | rest]) do
    steps = :lists.filter(fn edge -> elem(edge(graph, edge), 2) === b end, out_edges(graph, a))
    del_edges(graph, steps)
    del_steps(graph, [b | rest])
  end

  defp del_steps(_graph, _end), do: true
end
