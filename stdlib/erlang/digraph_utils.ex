defmodule :digraph_utils do
  @moduledoc """
  Algorithms on the graphs of `:digraph`.

      iex> g = :digraph.new()
      iex> :digraph_utils.is_acyclic(g)
      true
  """

  @doc "The sets of vertices connected in any direction."
  @spec components(term) :: [[term]]
  def components(graph), do: forest(graph, :digraph.vertices(graph), &both/2)

  defp both(graph, vertex), do: :digraph.out_neighbours(graph, vertex) ++ :digraph.in_neighbours(graph, vertex)

  @doc "The sets of vertices that reach each other."
  @spec strong_components(term) :: [[term]]
  def strong_components(graph) do
    forest(graph, :lists.reverse(postorder(graph)), &:digraph.in_neighbours/2)
  end

  @doc "The strong components with a cycle."
  @spec cyclic_strong_components(term) :: [[term]]
  def cyclic_strong_components(graph) do
    :lists.filter(
      fn
        [vertex] -> :lists.member(vertex, :digraph.out_neighbours(graph, vertex))
        _ -> true
      end,
      strong_components(graph)
    )
  end

  # The trees that a walk from each root in turn finds, each in preorder reversed.
  defp forest(graph, roots, next) do
    {trees, _} =
      :lists.foldl(
        fn root, {trees, seen} ->
          if is_map_key(seen, root) do
            {trees, seen}
          else
            {tree, seen} = tree([root], graph, next, seen, [])
            {[tree | trees], seen}
          end
        end,
        {[], %{}},
        roots
      )

    trees
  end

  defp tree([vertex | rest], graph, next, seen, acc) do
    if is_map_key(seen, vertex) do
      tree(rest, graph, next, seen, acc)
    else
      tree(next.(graph, vertex) ++ rest, graph, next, :maps.put(vertex, true, seen), [vertex | acc])
    end
  end

  defp tree([], _graph, _next, seen, acc), do: {acc, seen}

  @doc "The vertices in the order in which a depth-first walk enters them."
  @spec preorder(term) :: [term]
  def preorder(graph) do
    graph
    |> forest(:digraph.vertices(graph), &:digraph.out_neighbours/2)
    |> :lists.append()
    |> :lists.reverse()
  end

  @doc "The vertices in the order in which a depth-first walk leaves them."
  @spec postorder(term) :: [term]
  def postorder(graph) do
    {_, order} = leave(:digraph.vertices(graph), graph, %{}, [])
    :lists.reverse(order)
  end

  defp leave([vertex | rest], graph, seen, order) do
    if is_map_key(seen, vertex) do
      leave(rest, graph, seen, order)
    else
      {seen, order} =
        leave(:digraph.out_neighbours(graph, vertex), graph, :maps.put(vertex, true, seen), order)

      leave(rest, graph, seen, [vertex | order])
    end
  end

  defp leave([], _graph, seen, order), do: {seen, order}

  @doc "The vertices ordered along the edges, or `false` if there is a cycle."
  @spec topsort(term) :: [term] | false
  def topsort(graph) do
    if is_acyclic(graph), do: :lists.reverse(postorder(graph)), else: false
  end

  @doc "True without cycles."
  @spec is_acyclic(term) :: boolean
  def is_acyclic(graph), do: loop_vertices(graph) == [] and cyclic_strong_components(graph) == []

  @doc "The vertices with an edge to themselves."
  @spec loop_vertices(term) :: [term]
  def loop_vertices(graph) do
    :lists.filter(&:lists.member(&1, :digraph.out_neighbours(graph, &1)), :digraph.vertices(graph))
  end

  @doc "The vertices that paths from `vertices` lead to, `vertices` included."
  @spec reachable([term], term) :: [term]
  def reachable(vertices, graph), do: walk(vertices, graph, &:digraph.out_neighbours/2)

  @doc "The vertices that paths of at least one edge lead to."
  @spec reachable_neighbours([term], term) :: [term]
  def reachable_neighbours(vertices, graph) do
    walk(:lists.flatmap(&:digraph.out_neighbours(graph, &1), vertices), graph, &:digraph.out_neighbours/2)
  end

  @doc "The vertices from which paths lead to `vertices`, `vertices` included."
  @spec reaching([term], term) :: [term]
  def reaching(vertices, graph), do: walk(vertices, graph, &:digraph.in_neighbours/2)

  @doc "The vertices from which paths of at least one edge lead to `vertices`."
  @spec reaching_neighbours([term], term) :: [term]
  def reaching_neighbours(vertices, graph) do
    walk(:lists.flatmap(&:digraph.in_neighbours(graph, &1), vertices), graph, &:digraph.in_neighbours/2)
  end

  defp walk(vertices, graph, next) do
    known = :lists.filter(&(:digraph.vertex(graph, &1) != false), vertices)
    elem(tree(known, graph, next, %{}, []), 0)
  end

  @doc "True for a graph that is connected and has one edge less than vertices."
  @spec is_tree(term) :: boolean
  def is_tree(graph) do
    :digraph.no_edges(graph) == :digraph.no_vertices(graph) - 1 and length(components(graph)) == 1
  end

  @doc "True for a tree whose edges lead away from a root."
  @spec is_arborescence(term) :: boolean
  def is_arborescence(graph), do: arborescence_root(graph) != :no

  @doc "`{:yes, root}` of an arborescence, or `:no`."
  @spec arborescence_root(term) :: {:yes, term} | :no
  def arborescence_root(graph) do
    vertices = :digraph.vertices(graph)
    {roots, others} = :lists.partition(&(:digraph.in_degree(graph, &1) == 0), vertices)

    case roots do
      [root] ->
        if :digraph.no_edges(graph) == length(vertices) - 1 and
             :lists.all(&(:digraph.in_degree(graph, &1) == 1), others),
           do: {:yes, root},
           else: :no

      _ ->
        :no
    end
  end

  @doc "The graph of the strong components."
  @spec condensation(term) :: term
  def condensation(graph) do
    components = strong_components(graph)
    result = :digraph.new()
    :lists.foreach(&:digraph.add_vertex(result, &1), components)
    owner = for component <- components, vertex <- component, into: %{}, do: {vertex, component}

    for component <- components, vertex <- component, next <- :digraph.out_neighbours(graph, vertex) do
      target = :maps.get(next, owner)

      unless :lists.member(target, :digraph.out_neighbours(result, component)) do
        :digraph.add_edge(result, component, target)
      end
    end

    result
  end

  @doc "The graph of some vertices and the edges between them."
  @spec subgraph(term, [term]) :: term
  def subgraph(graph, vertices), do: subgraph(graph, vertices, [])

  @doc "The graph of some vertices; options `type` and `keep_labels`."
  @spec subgraph(term, [term], keyword) :: term
  def subgraph(graph, vertices, options) do
    labels? = Keyword.get(options, :keep_labels, true)

    kind =
      case Keyword.get(options, :type, :inherit) do
        :inherit -> [:digraph.info(graph)[:cyclicity], :digraph.info(graph)[:protection]]
        list -> list
      end

    result = :digraph.new(kind)
    inside = :maps.from_keys(vertices, true)

    for vertex <- vertices, {_, label} <- [:digraph.vertex(graph, vertex)] do
      :digraph.add_vertex(result, vertex, if(labels?, do: label, else: []))
    end

    for vertex <- vertices, edge <- :digraph.out_edges(graph, vertex) do
      {_, from, to, label} = :digraph.edge(graph, edge)
      if is_map_key(inside, to), do: :digraph.add_edge(result, edge, from, to, if(labels?, do: label, else: []))
    end

    result
  end
end
