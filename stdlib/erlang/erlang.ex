defmodule :erlang do
  @moduledoc false
  # The part of `:erlang` that is not native: nodes, of which there is one, and a few others.

  def spawn(node, fun), do: local(node, fn -> :erlang.spawn(fun) end)
  def spawn(node, module, function, args), do: local(node, fn -> :erlang.spawn(module, function, args) end)
  def spawn_link(node, fun), do: local(node, fn -> :erlang.spawn_link(fun) end)
  def spawn_link(node, module, function, args), do: local(node, fn -> :erlang.spawn_link(module, function, args) end)
  def spawn_monitor(node, fun), do: local(node, fn -> :erlang.spawn_monitor(fun) end)

  def spawn_monitor(node, module, function, args),
    do: local(node, fn -> :erlang.spawn_monitor(module, function, args) end)

  def spawn_opt(node, fun, options), do: local(node, fn -> :erlang.spawn_opt(fun, options) end)

  def spawn_opt(node, module, function, args, options),
    do: local(node, fn -> :erlang.spawn_opt(module, function, args, options) end)

  # On a node that cannot be reached, a process has ended before it began.
  defp local(node, start) when is_atom(node) do
    if node == node(), do: start.(), else: :erlang.spawn(fn -> exit(:noconnection) end)
  end

  def is_alive, do: node() != :nonode@nohost
  def nodes, do: []
  def nodes(kind) when is_atom(kind), do: nodes([kind])
  def nodes(kinds) when is_list(kinds), do: if(:this in kinds or :known in kinds, do: [node()], else: [])
  def monitor_node(node, flag) when is_atom(node) and is_boolean(flag), do: true
  def monitor_node(node, flag, options) when is_list(options), do: monitor_node(node, flag)
  def disconnect_node(node) when is_atom(node), do: :ignored
  def get_cookie, do: :nocookie
  def get_cookie(node) when is_atom(node), do: :nocookie
  def set_cookie(cookie) when is_atom(cookie), do: true
  def set_cookie(node, cookie) when is_atom(node) and is_atom(cookie), do: true

  # --------------------------------------------------------------------------------------------
  # Others that need no native code
  # --------------------------------------------------------------------------------------------

  def is_record(term, tag) when is_atom(tag),
    do: is_tuple(term) and tuple_size(term) > 0 and elem(term, 0) === tag

  def is_record(term, tag, size) when is_atom(tag) and is_integer(size),
    do: is_tuple(term) and tuple_size(term) === size and size > 0 and elem(term, 0) === tag

  def term_to_iovec(term), do: [:erlang.term_to_binary(term)]
  def term_to_iovec(term, options), do: [:erlang.term_to_binary(term, options)]
end
