defmodule Node do
  @moduledoc """
  Functions about nodes. There is one node, the local one; others cannot be reached.
  """

  @type t :: node
  @type state :: :visible | :hidden | :connected | :this | :known

  @doc """
  Tells whether the node can be part of a distributed system.

      iex> Node.alive?()
      false
  """
  @spec alive?() :: boolean
  def alive?, do: node() != :nonode@nohost

  @doc """
  The name of this node.

      iex> Node.self() == node()
      true
  """
  @spec self() :: t
  def self, do: :erlang.node()

  @doc """
  Names of connected nodes.

      iex> Node.list()
      []
  """
  @spec list() :: [t]
  def list, do: []

  @doc """
  Names of nodes of the given kind.

      iex> Node.list(:this) == [node()]
      true
  """
  @spec list(state | [state]) :: [t]
  def list(kinds) do
    if :lists.any(&(&1 in [:this, :known]), List.wrap(kinds)), do: [node()], else: []
  end

  @doc """
  Tries to connect to a node.

      iex> Node.connect(:nobody@nowhere)
      :ignored
  """
  @spec connect(t) :: boolean | :ignored
  def connect(name) when is_atom(name), do: if(name == node(), do: true, else: :ignored)

  @doc """
  Disconnects a node.

      iex> Node.disconnect(:nobody@nowhere)
      :ignored
  """
  @spec disconnect(t) :: boolean | :ignored
  def disconnect(name) when is_atom(name), do: :ignored

  @doc """
  Tries to reach a node.

      iex> Node.ping(:nobody@nowhere)
      :pang
  """
  @spec ping(t) :: :pong | :pang
  def ping(name) when is_atom(name), do: if(name == node() and alive?(), do: :pong, else: :pang)

  @doc """
  Monitors the state of a node.

      iex> Node.monitor(node(), true)
      true
  """
  @spec monitor(t, boolean) :: true
  def monitor(name, flag) when is_atom(name) and is_boolean(flag), do: true

  @doc """
  As `monitor/2` with options.

      iex> Node.monitor(node(), true, [])
      true
  """
  @spec monitor(t, boolean, [:allow_passive_connect]) :: true
  def monitor(name, flag, opts) when is_atom(name) and is_boolean(flag) and is_list(opts), do: true

  @doc """
  Makes this node distributed, which is not possible here.

      iex> Node.start(:me@here)
      {:error, :not_supported}
  """
  @spec start(t, :longnames | :shortnames, non_neg_integer) :: {:ok, pid} | {:error, term}
  def start(name, _type \\ :longnames, _tick_time \\ 15_000) when is_atom(name),
    do: {:error, :not_supported}

  @doc """
  Makes this node local again.

      iex> Node.stop()
      {:error, :not_found}
  """
  @spec stop() :: :ok | {:error, :not_allowed | :not_found}
  def stop, do: {:error, :not_found}

  @doc """
  The magic cookie of this node.

      iex> Node.get_cookie()
      :nocookie
  """
  @spec get_cookie() :: atom
  def get_cookie, do: :nocookie

  @doc """
  Sets the magic cookie of a node.

      iex> Node.set_cookie(node(), :secret)
      true
  """
  @spec set_cookie(t, atom) :: true
  def set_cookie(node \\ Node.self(), cookie) when is_atom(node) and is_atom(cookie), do: true

  @doc """
  Starts a process on a node.

      iex> is_pid(Node.spawn(node(), fn -> :ok end))
      true
  """
  @spec spawn(t, (-> any)) :: pid
  def spawn(node, fun), do: local(node, fn -> :erlang.spawn(fun) end)

  @doc """
  Starts a process on a node, with options.

      iex> is_pid(Node.spawn(node(), fn -> :ok end, []))
      true
  """
  @spec spawn(t, (-> any), Process.spawn_opts()) :: pid | {pid, reference}
  def spawn(node, fun, opts), do: local(node, fn -> :erlang.spawn_opt(fun, opts) end)

  @doc """
  Starts a process on a node that runs `module.fun` with `args`.

      iex> is_pid(Node.spawn(node(), Kernel, :self, []))
      true
  """
  @spec spawn(t, module, atom, [any]) :: pid
  def spawn(node, module, fun, args), do: local(node, fn -> :erlang.spawn(module, fun, args) end)

  @doc """
  As `spawn/4` with options.

      iex> is_pid(Node.spawn(node(), Kernel, :self, [], []))
      true
  """
  @spec spawn(t, module, atom, [any], Process.spawn_opts()) :: pid | {pid, reference}
  def spawn(node, module, fun, args, opts),
    do: local(node, fn -> :erlang.spawn_opt(module, fun, args, opts) end)

  @doc """
  Starts a linked process on a node.

      iex> is_pid(Node.spawn_link(node(), fn -> :ok end))
      true
  """
  @spec spawn_link(t, (-> any)) :: pid
  def spawn_link(node, fun), do: local(node, fn -> :erlang.spawn_link(fun) end)

  @doc """
  Starts a linked process on a node that runs `module.fun` with `args`.

      iex> is_pid(Node.spawn_link(node(), Kernel, :self, []))
      true
  """
  @spec spawn_link(t, module, atom, [any]) :: pid
  def spawn_link(node, module, fun, args),
    do: local(node, fn -> :erlang.spawn_link(module, fun, args) end)

  @doc """
  Starts a monitored process on a node.

      iex> {pid, _ref} = Node.spawn_monitor(node(), fn -> :ok end)
      iex> is_pid(pid)
      true
  """
  @spec spawn_monitor(t, (-> any)) :: {pid, reference}
  def spawn_monitor(node, fun), do: local(node, fn -> :erlang.spawn_monitor(fun) end)

  @doc """
  Starts a monitored process on a node that runs `module.fun` with `args`.

      iex> {pid, _ref} = Node.spawn_monitor(node(), Kernel, :self, [])
      iex> is_pid(pid)
      true
  """
  @spec spawn_monitor(t, module, atom, [any]) :: {pid, reference}
  def spawn_monitor(node, module, fun, args),
    do: local(node, fn -> :erlang.spawn_monitor(module, fun, args) end)

  defp local(node, fun) do
    if node == node(), do: fun.(), else: raise(ArgumentError, "cannot reach node #{inspect(node)}")
  end
end
