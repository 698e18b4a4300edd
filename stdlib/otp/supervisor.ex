defmodule Supervisor do
  @moduledoc """
  A process that starts, watches and restarts other processes, its children.

      children = [
        {Counter, 0},
        {Registry, keys: :unique, name: MyRegistry}
      ]

      Supervisor.start_link(children, strategy: :one_for_one)

  Strategies: `:one_for_one` restarts the child that died, `:one_for_all` all children,
  `:rest_for_one` the one that died and those started after it.
  """

  @type on_start ::
          {:ok, pid} | :ignore | {:error, {:already_started, pid} | {:shutdown, term} | term}
  @type on_start_child ::
          {:ok, child}
          | {:ok, child, info :: term}
          | {:error, {:already_started, child} | :already_present | term}
  @type child :: pid | :undefined
  @type name :: atom | {:global, term} | {:via, module, name :: term}
  @type option :: {:name, name}
  @type init_option ::
          {:strategy, strategy}
          | {:max_restarts, non_neg_integer}
          | {:max_seconds, pos_integer}
          | {:auto_shutdown, auto_shutdown}
  @type restart :: :permanent | :transient | :temporary
  @type shutdown :: timeout | :brutal_kill
  @type supervisor :: pid | name | {atom, node}
  @type strategy :: :one_for_one | :one_for_all | :rest_for_one
  @type auto_shutdown :: :never | :any_significant | :all_significant
  @type type :: :worker | :supervisor
  @type module_spec :: {module, args :: term} | module
  @type sup_flags :: %{
          strategy: strategy,
          intensity: non_neg_integer,
          period: pos_integer,
          auto_shutdown: auto_shutdown
        }
  @type child_spec :: %{
          required(:id) => atom | term,
          required(:start) => {module, function :: atom, args :: [term]},
          optional(:restart) => restart,
          optional(:shutdown) => shutdown,
          optional(:type) => type,
          optional(:modules) => [module] | :dynamic,
          optional(:significant) => boolean
        }

  @doc "Gives the children and options of a module-based supervisor."
  @callback init(init_arg :: term) :: {:ok, {sup_flags, [child_spec]}} | :ignore

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour Supervisor

      @doc """
      Returns a specification to start this module under a supervisor.

      See `Supervisor`.
      """
      def child_spec(init_arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [init_arg]},
          type: :supervisor
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  @doc """
  Starts a supervisor with a list of children and options, or with a callback module.

      {:ok, pid} = Supervisor.start_link([], strategy: :one_for_one)
  """
  @spec start_link([child_spec | module_spec], [option | init_option]) :: on_start
  @spec start_link(module, term) :: on_start
  def start_link(children, options) when is_list(children) do
    {sup_opts, start_opts} =
      Keyword.split(options, [:strategy, :max_seconds, :max_restarts, :auto_shutdown])

    start_link(Supervisor.Default, init(children, sup_opts), start_opts)
  end

  def start_link(module, arg) when is_atom(module), do: start_link(module, arg, [])

  @doc """
  Starts a supervisor with a callback module and options.

      {:ok, pid} = Supervisor.start_link(MyApp.Supervisor, arg, name: MyApp.Supervisor)
  """
  @spec start_link(module, term, [option]) :: on_start
  def start_link(module, init_arg, options) when is_list(options) do
    case Keyword.get(options, :name) do
      nil ->
        :supervisor.start_link(module, init_arg)

      atom when is_atom(atom) ->
        :supervisor.start_link({:local, atom}, module, init_arg)

      {:global, _} = name ->
        :supervisor.start_link(name, module, init_arg)

      {:via, via, _} = name when is_atom(via) ->
        :supervisor.start_link(name, module, init_arg)

      other ->
        raise ArgumentError, """
        expected :name option to be one of the following:

          * nil
          * atom
          * {:global, term}
          * {:via, module, term}

        Got: #{inspect(other)}
        """
    end
  end

  @doc """
  What a module-based supervisor returns from its `init/1`.

      iex> {:ok, {flags, []}} = Supervisor.init([], strategy: :one_for_one)
      iex> flags.intensity
      3
  """
  @spec init([child_spec | module_spec], [init_option]) :: {:ok, {sup_flags, [child_spec]}}
  def init(children, options) when is_list(children) and is_list(options) do
    strategy =
      case Keyword.fetch(options, :strategy) do
        {:ok, strategy} -> strategy
        :error -> raise ArgumentError, "expected :strategy option to be given"
      end

    flags = %{
      strategy: strategy,
      intensity: Keyword.get(options, :max_restarts, 3),
      period: Keyword.get(options, :max_seconds, 5),
      auto_shutdown: Keyword.get(options, :auto_shutdown, :never)
    }

    {:ok, {flags, Enum.map(children, &to_spec/1)}}
  end

  defp to_spec(%{} = spec), do: spec
  defp to_spec({_, _, _, _, _, _} = old), do: old
  defp to_spec(other), do: child_spec(other, [])

  @doc """
  The child specification of a module or `{module, arg}`, with parts replaced.

      iex> Supervisor.child_spec({Agent, fn -> 0 end}, id: :counter).id
      :counter
  """
  @spec child_spec(child_spec | module_spec, keyword) :: child_spec
  def child_spec(module_or_map, overrides)

  def child_spec({_, _, _, _, _, _} = tuple, _overrides) do
    raise ArgumentError,
          "old tuple-based child specification #{inspect(tuple)} is not supported in Supervisor.child_spec/2"
  end

  def child_spec(module_or_map, overrides) do
    Enum.reduce(overrides, initial_spec(module_or_map), fn
      {key, value}, acc
      when key in [:id, :start, :restart, :shutdown, :type, :modules, :significant] ->
        Map.put(acc, key, value)

      {key, _value}, _acc ->
        raise ArgumentError, "unknown key #{inspect(key)} in child specification override"
    end)
  end

  defp initial_spec(%{} = map), do: map
  defp initial_spec({module, arg}) when is_atom(module), do: module_spec(module, arg)
  defp initial_spec(module) when is_atom(module), do: module_spec(module, [])

  defp initial_spec(other) do
    raise ArgumentError, """
    supervisors expect each child to be one of the following:

      * a module
      * a {module, arg} tuple
      * a child specification as a map with at least the :id and :start fields
      * or a tuple with 6 elements generated by Supervisor.Spec (deprecated)

    Got: #{inspect(other)}
    """
  end

  defp module_spec(module, arg) do
    if function_exported?(module, :child_spec, 1) or
         (Code.ensure_loaded?(module) and function_exported?(module, :child_spec, 1)) do
      module.child_spec(arg)
    else
      raise ArgumentError, missing_child_spec(module)
    end
  end

  defp missing_child_spec(module) do
    if Code.ensure_loaded?(module) do
      """
      The module #{inspect(module)} was given as a child to a supervisor
      but it does not implement child_spec/1.

      If you own the given module, please define a child_spec/1 function
      that receives an argument and returns a child specification as a map.
      For example:

          def child_spec(opts) do
            %{
              id: __MODULE__,
              start: {__MODULE__, :start_link, [opts]},
              type: :worker,
              restart: :permanent,
              shutdown: 500
            }
          end

      Note that "use Agent", "use GenServer" and so on automatically define
      this function for you.

      However, if you don't own the given module and it doesn't implement
      child_spec/1, instead of passing the module name directly as a supervisor
      child, you will have to pass a child specification as a map:

          %{
            id: #{inspect(module)},
            start: {#{inspect(module)}, :start_link, [arg1, arg2]}
          }

      See the Supervisor documentation for more information.
      """
    else
      "The module #{inspect(module)} was given as a child to a supervisor but it does not exist"
    end
  end

  @doc """
  Adds a child specification and starts the child.

      Supervisor.start_child(sup, {Counter, 0})
  """
  @spec start_child(supervisor, child_spec | module_spec) :: on_start_child
  def start_child(supervisor, child_spec) do
    call(supervisor, {:start_child, to_spec(child_spec)})
  end

  @doc """
  Stops a child; its specification stays.

      Supervisor.terminate_child(sup, Counter)
  """
  @spec terminate_child(supervisor, term) :: :ok | {:error, :not_found}
  def terminate_child(supervisor, child_id), do: call(supervisor, {:terminate_child, child_id})

  @doc """
  Removes the specification of a child that does not run.

      Supervisor.delete_child(sup, Counter)
  """
  @spec delete_child(supervisor, term) :: :ok | {:error, :not_found | :running | :restarting}
  def delete_child(supervisor, child_id), do: call(supervisor, {:delete_child, child_id})

  @doc """
  Starts a child that was stopped.

      Supervisor.restart_child(sup, Counter)
  """
  @spec restart_child(supervisor, term) ::
          {:ok, child} | {:ok, child, term} | {:error, :not_found | :running | :restarting | term}
  def restart_child(supervisor, child_id), do: call(supervisor, {:restart_child, child_id})

  @doc """
  The children as `{id, pid, type, modules}`, newest first.

      Supervisor.which_children(sup)
  """
  @spec which_children(supervisor) ::
          [{term | :undefined, child | :restarting, :worker | :supervisor, [module] | :dynamic}]
  def which_children(supervisor), do: call(supervisor, :which_children)

  @doc """
  How many children there are.

      Supervisor.count_children(sup)
  """
  @spec count_children(supervisor) :: map
  def count_children(supervisor), do: :maps.from_list(call(supervisor, :count_children))

  @doc """
  Stops a supervisor and its children.

      Supervisor.stop(sup)
  """
  @spec stop(supervisor, reason :: term, timeout) :: :ok
  def stop(supervisor, reason \\ :normal, timeout \\ :infinity),
    do: GenServer.stop(supervisor, reason, timeout)

  defp call(supervisor, request), do: GenServer.call(supervisor, request, :infinity)
end

defmodule Supervisor.Default do
  @moduledoc false
  def init(arg), do: arg
end
