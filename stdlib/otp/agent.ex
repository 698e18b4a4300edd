defmodule Agent do
  @moduledoc """
  A process that keeps a state, read and changed with functions that run inside of it.

      {:ok, agent} = Agent.start_link(fn -> 0 end)
      Agent.update(agent, &(&1 + 1))
      Agent.get(agent, & &1)
  """

  @type on_start :: {:ok, pid} | {:error, {:already_started, pid} | term}
  @type name :: atom | {:global, term} | {:via, module, term}
  @type agent :: pid | {atom, node} | name
  @type state :: term

  @doc """
  The specification to start an agent under a supervisor.

      iex> Agent.child_spec(fn -> 0 end).id
      Agent
  """
  @spec child_spec(term) :: Supervisor.child_spec()
  def child_spec(arg), do: %{id: Agent, start: {Agent, :start_link, [arg]}}

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @doc """
      Returns a specification to start this module under a supervisor.

      See `Supervisor`.
      """
      def child_spec(arg) do
        default = %{id: __MODULE__, start: {__MODULE__, :start_link, [arg]}}
        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  Starts an agent that is linked to the caller.

      {:ok, agent} = Agent.start_link(fn -> %{} end, name: MyAgent)
  """
  @spec start_link((-> term), GenServer.options()) :: on_start
  def start_link(fun, options \\ []) when is_function(fun, 0),
    do: GenServer.start_link(Agent.Server, fun, options)

  @doc """
  Starts a linked agent whose state `module.fun` makes.

      {:ok, agent} = Agent.start_link(Map, :new, [])
  """
  @spec start_link(module, atom, [any], GenServer.options()) :: on_start
  def start_link(module, fun, args, options \\ []),
    do: GenServer.start_link(Agent.Server, {module, fun, args}, options)

  @doc """
  Starts an agent without a link.

      {:ok, agent} = Agent.start(fn -> 0 end)
  """
  @spec start((-> term), GenServer.options()) :: on_start
  def start(fun, options \\ []) when is_function(fun, 0),
    do: GenServer.start(Agent.Server, fun, options)

  @doc """
  Starts an agent without a link; `module.fun` makes the state.

      {:ok, agent} = Agent.start(Map, :new, [])
  """
  @spec start(module, atom, [any], GenServer.options()) :: on_start
  def start(module, fun, args, options \\ []),
    do: GenServer.start(Agent.Server, {module, fun, args}, options)

  @doc """
  What `fun` makes of the state.

      Agent.get(agent, & &1)
  """
  @spec get(agent, (state -> a), timeout) :: a when a: var
  def get(agent, fun, timeout \\ 5000) when is_function(fun, 1),
    do: GenServer.call(agent, {:get, fun}, timeout)

  @doc """
  What `module.fun` makes of the state, which is the first argument.

      Agent.get(agent, Map, :get, [:key])
  """
  @spec get(agent, module, atom, [term], timeout) :: any
  def get(agent, module, fun, args, timeout \\ 5000),
    do: GenServer.call(agent, {:get, {module, fun, args}}, timeout)

  @doc """
  Reads and updates the state: `fun` returns `{value, new_state}`.

      Agent.get_and_update(agent, fn n -> {n, n + 1} end)
  """
  @spec get_and_update(agent, (state -> {a, state}), timeout) :: a when a: var
  def get_and_update(agent, fun, timeout \\ 5000) when is_function(fun, 1),
    do: GenServer.call(agent, {:get_and_update, fun}, timeout)

  @doc """
  Reads and updates the state with `module.fun`.

      Agent.get_and_update(agent, Map, :pop, [:key])
  """
  @spec get_and_update(agent, module, atom, [term], timeout) :: any
  def get_and_update(agent, module, fun, args, timeout \\ 5000),
    do: GenServer.call(agent, {:get_and_update, {module, fun, args}}, timeout)

  @doc """
  Updates the state with `fun`.

      Agent.update(agent, &(&1 + 1))
  """
  @spec update(agent, (state -> state), timeout) :: :ok
  def update(agent, fun, timeout \\ 5000) when is_function(fun, 1),
    do: GenServer.call(agent, {:update, fun}, timeout)

  @doc """
  Updates the state with `module.fun`.

      Agent.update(agent, Map, :put, [:key, 1])
  """
  @spec update(agent, module, atom, [term], timeout) :: :ok
  def update(agent, module, fun, args, timeout \\ 5000),
    do: GenServer.call(agent, {:update, {module, fun, args}}, timeout)

  @doc """
  Updates the state with `fun`, without waiting.

      Agent.cast(agent, &(&1 + 1))
  """
  @spec cast(agent, (state -> state)) :: :ok
  def cast(agent, fun) when is_function(fun, 1), do: GenServer.cast(agent, {:cast, fun})

  @doc """
  Updates the state with `module.fun`, without waiting.

      Agent.cast(agent, Map, :put, [:key, 1])
  """
  @spec cast(agent, module, atom, [term]) :: :ok
  def cast(agent, module, fun, args), do: GenServer.cast(agent, {:cast, {module, fun, args}})

  @doc """
  Stops an agent.

      Agent.stop(agent)
  """
  @spec stop(agent, reason :: term, timeout) :: :ok
  def stop(agent, reason \\ :normal, timeout \\ :infinity),
    do: GenServer.stop(agent, reason, timeout)
end

defmodule Agent.Server do
  @moduledoc false
  use GenServer

  @impl true
  def init(fun) do
    Process.put(:"$initial_call", initial_call(fun))
    {:ok, run(fun, [])}
  end

  defp initial_call({module, fun, args}), do: {module, fun, length(args)}

  defp initial_call(fun) do
    {:module, module} = Function.info(fun, :module)
    {:name, name} = Function.info(fun, :name)
    {module, name, 0}
  end

  @impl true
  def handle_call({:get, fun}, _from, state), do: {:reply, run(fun, [state]), state}

  def handle_call({:get_and_update, fun}, _from, state) do
    case run(fun, [state]) do
      {reply, state} -> {:reply, reply, state}
      other -> {:stop, {:bad_return_value, other}, state}
    end
  end

  def handle_call({:update, fun}, _from, state), do: {:reply, :ok, run(fun, [state])}

  @impl true
  def handle_cast({:cast, fun}, state), do: {:noreply, run(fun, [state])}

  @impl true
  def handle_info(_message, state), do: {:noreply, state}

  @impl true
  def code_change(_old, state, fun), do: {:ok, run(fun, [state])}

  defp run({module, fun, extra}, args), do: apply(module, fun, args ++ extra)
  defp run(fun, args), do: apply(fun, args)
end
