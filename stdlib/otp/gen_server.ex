defmodule GenServer do
  @moduledoc """
  A process that keeps a state and serves calls and casts through callbacks.

      defmodule Stack do
        use GenServer

        def init(elements), do: {:ok, elements}
        def handle_call(:pop, _from, [head | tail]), do: {:reply, head, tail}
        def handle_cast({:push, element}, state), do: {:noreply, [element | state]}
      end

      {:ok, pid} = GenServer.start_link(Stack, [1])
      GenServer.cast(pid, {:push, 2})
      GenServer.call(pid, :pop)
  """

  @type on_start :: {:ok, pid} | :ignore | {:error, {:already_started, pid} | term}
  @type name :: atom | {:global, term} | {:via, module, term}
  @type options :: [option]
  @type option ::
          {:debug, debug}
          | {:name, name}
          | {:timeout, timeout}
          | {:spawn_opt, [Process.spawn_opt()]}
          | {:hibernate_after, timeout}
  @type debug :: [:trace | :log | :statistics | {:log_to_file, Path.t()}]
  @type server :: pid | name | {atom, node}
  @type from :: {pid, tag :: term}

  @doc "Called when the server starts; `start_link/3` waits for it."
  @callback init(init_arg :: term) ::
              {:ok, state}
              | {:ok, state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | :ignore
              | {:stop, reason :: term}
            when state: term

  @doc "Called for each `call/3`."
  @callback handle_call(request :: term, from, state :: term) ::
              {:reply, reply, new_state}
              | {:reply, reply, new_state,
                 timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason, reply, new_state}
              | {:stop, reason, new_state}
            when reply: term, new_state: term, reason: term

  @doc "Called for each `cast/2`."
  @callback handle_cast(request :: term, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason :: term, new_state}
            when new_state: term

  @doc "Called for every other message, and for `:timeout`."
  @callback handle_info(msg :: :timeout | term, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg :: term}}
              | {:stop, reason :: term, new_state}
            when new_state: term

  @doc "Called right after a callback that returned `{:continue, arg}`."
  @callback handle_continue(continue_arg, state :: term) ::
              {:noreply, new_state}
              | {:noreply, new_state, timeout | :hibernate | {:continue, continue_arg}}
              | {:stop, reason :: term, new_state}
            when new_state: term, continue_arg: term

  @doc "Called before the server stops."
  @callback terminate(reason, state :: term) :: term
            when reason: :normal | :shutdown | {:shutdown, term} | term

  @doc "Called when the code of the module is replaced."
  @callback code_change(old_vsn, state :: term, extra :: term) ::
              {:ok, new_state :: term} | {:error, reason :: term}
            when old_vsn: term | {:down, term}

  @doc "Changes what is shown of the state in reports and by `:sys.get_status/1`."
  @callback format_status(status :: map) :: map

  @doc false
  @callback format_status(reason, pdict_and_state :: list) :: term
            when reason: :normal | :terminate

  @optional_callbacks code_change: 3,
                      terminate: 2,
                      handle_info: 2,
                      handle_cast: 2,
                      handle_call: 3,
                      format_status: 1,
                      format_status: 2,
                      handle_continue: 2

  @doc false
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour GenServer

      @doc """
      Returns a specification to start this module under a supervisor.

      See `Supervisor`.
      """
      def child_spec(init_arg) do
        default = %{id: __MODULE__, start: {__MODULE__, :start_link, [init_arg]}}
        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1

      @before_compile GenServer

      @doc false
      def handle_call(msg, _from, state) do
        GenServer.__unexpected__(__MODULE__, :call, msg)
        _ = state
      end

      @doc false
      def handle_info(msg, state) do
        GenServer.__unexpected_info__(__MODULE__, msg)
        {:noreply, state}
      end

      @doc false
      def handle_cast(msg, state) do
        GenServer.__unexpected__(__MODULE__, :cast, msg)
        _ = state
      end

      @doc false
      def terminate(_reason, _state), do: :ok

      @doc false
      def code_change(_old, state, _extra), do: {:ok, state}

      defoverridable code_change: 3, terminate: 2, handle_info: 2, handle_cast: 2, handle_call: 3
    end
  end

  defmacro __before_compile__(env) do
    if not Module.defines?(env.module, {:init, 1}) do
      message = """
      function init/1 required by behaviour GenServer is not implemented \
      (in module #{inspect(env.module)}).

      We will inject a default implementation for now:

          def init(init_arg) do
            {:ok, init_arg}
          end

      You can copy the implementation above or define your own that converts \
      the arguments given to GenServer.start_link/3 to the server state.
      """

      IO.warn(message, env)

      quote do
        @doc false
        def init(init_arg), do: {:ok, init_arg}

        defoverridable init: 1
      end
    end
  end

  @doc false
  def __unexpected__(module, kind, msg) do
    _ = msg
    arity = if kind == :call, do: 3, else: 2

    raise "attempted to #{kind} GenServer #{inspect(proc_name(module))} but no " <>
            "handle_#{kind}/#{arity} clause was provided"
  end

  @doc false
  def __unexpected_info__(module, msg) do
    :gen.report(
      :error,
      %{
        label: {GenServer, :no_handle_info},
        report: %{module: module, message: msg, name: proc_name(module)}
      },
      %{
        domain: [:otp, :elixir],
        error_logger: %{tag: :error_msg},
        report_cb: &GenServer.format_report/1
      }
    )
  end

  defp proc_name(_module) do
    case Process.info(self(), :registered_name) do
      {_, []} -> self()
      {_, name} -> name
    end
  end

  @doc false
  def format_report(%{report: %{module: module, message: msg, name: name}}) do
    {~c"~p ~p received unexpected message in handle_info/2: ~p~n", [module, name, msg]}
  end

  # --------------------------------------------------------------------------------------------
  # Functions
  # --------------------------------------------------------------------------------------------

  @doc """
  Starts a server that is linked to the caller.

      {:ok, pid} = GenServer.start_link(Stack, [], name: Stack)
  """
  @spec start_link(module, any, options) :: on_start
  def start_link(module, init_arg, options \\ [])
      when is_atom(module) and is_list(options),
      do: do_start(:link, module, init_arg, options)

  @doc """
  Starts a server without a link.

      {:ok, pid} = GenServer.start(Stack, [])
  """
  @spec start(module, any, options) :: on_start
  def start(module, init_arg, options \\ []) when is_atom(module) and is_list(options),
    do: do_start(:nolink, module, init_arg, options)

  defp do_start(link, module, init_arg, options) do
    case Keyword.pop(options, :name) do
      {nil, options} ->
        :gen.start(:gen_server, link, module, init_arg, options)

      {name, options} when is_atom(name) ->
        :gen.start(:gen_server, link, {:local, name}, module, init_arg, options)

      {{:global, _} = name, options} ->
        :gen.start(:gen_server, link, name, module, init_arg, options)

      {{:via, via, _} = name, options} when is_atom(via) ->
        :gen.start(:gen_server, link, name, module, init_arg, options)

      {other, _} ->
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
  Stops a server and waits for it.

      GenServer.stop(pid)
  """
  @spec stop(server, reason :: term, timeout) :: :ok
  def stop(server, reason \\ :normal, timeout \\ :infinity) do
    case whereis(server) do
      nil ->
        exit({:noproc, {__MODULE__, :stop, [server, reason, timeout]}})

      pid when pid == self() ->
        exit({:calling_self, {__MODULE__, :stop, [server, reason, timeout]}})

      pid ->
        try do
          :proc_lib.stop(pid, reason, timeout)
        catch
          :exit, err -> exit({err, {__MODULE__, :stop, [server, reason, timeout]}})
        end
    end
  end

  @doc """
  Sends a request and waits for the reply.

      GenServer.call(pid, :pop)
  """
  @spec call(server, term, timeout) :: term
  def call(server, request, timeout \\ 5000)
      when (is_integer(timeout) and timeout >= 0) or timeout == :infinity do
    case whereis(server) do
      nil ->
        exit({:noproc, {__MODULE__, :call, [server, request, timeout]}})

      pid when pid == self() ->
        exit({:calling_self, {__MODULE__, :call, [server, request, timeout]}})

      pid ->
        try do
          :gen.call(pid, :"$gen_call", request, timeout)
        catch
          :exit, reason -> exit({reason, {__MODULE__, :call, [server, request, timeout]}})
        else
          {:ok, reply} -> reply
        end
    end
  end

  @doc """
  Sends a request without waiting.

      GenServer.cast(pid, {:push, 1})
  """
  @spec cast(server, term) :: :ok
  def cast(server, request)

  def cast({:global, name}, request) do
    try do
      :global.send(name, {:"$gen_cast", request})
      :ok
    catch
      _, _ -> :ok
    end
  end

  def cast({:via, module, name}, request) do
    try do
      module.send(name, {:"$gen_cast", request})
      :ok
    catch
      _, _ -> :ok
    end
  end

  def cast({name, node}, request) when is_atom(name) and is_atom(node),
    do: do_cast({name, node}, request)

  def cast(dest, request) when is_atom(dest) or is_pid(dest), do: do_cast(dest, request)

  defp do_cast(dest, request) do
    try do
      send(dest, {:"$gen_cast", request})
      :ok
    catch
      _, _ -> :ok
    end
  end

  @doc """
  Sends a request to the server `name` on several nodes.

      GenServer.abcast(:stack, {:push, 1})
  """
  @spec abcast([node], name :: atom, term) :: :abcast
  def abcast(nodes \\ [node() | Node.list()], name, request)
      when is_list(nodes) and is_atom(name) do
    :gen_server.abcast(nodes, name, request)
  end

  @doc """
  Calls the server `name` on several nodes.

      GenServer.multi_call(:stack, :pop)
  """
  @spec multi_call([node], name :: atom, term, timeout) ::
          {replies :: [{node, term}], bad_nodes :: [node]}
  def multi_call(nodes \\ [node() | Node.list()], name, request, timeout \\ :infinity) do
    :gen_server.multi_call(nodes, name, request, timeout)
  end

  @doc """
  Replies to a caller whose `handle_call/3` returned `:noreply`.

      GenServer.reply(from, :done)
  """
  @spec reply(from, term) :: :ok
  def reply(client, reply), do: :gen.reply(client, reply)

  @doc """
  The pid (or `{name, node}`) of a server, or `nil`.

      iex> GenServer.whereis(:no_such_server)
      nil
  """
  @spec whereis(server) :: pid | {atom, node} | nil
  def whereis(server)

  def whereis(nil), do: nil
  def whereis(pid) when is_pid(pid), do: pid

  def whereis(name) when is_atom(name) do
    case :erlang.whereis(name) do
      :undefined -> nil
      pid -> pid
    end
  end

  def whereis({:global, name}) do
    case :global.whereis_name(name) do
      pid when is_pid(pid) -> pid
      :undefined -> nil
    end
  end

  def whereis({:via, module, name}) do
    case module.whereis_name(name) do
      pid when is_pid(pid) -> pid
      :undefined -> nil
    end
  end

  def whereis({name, local}) when is_atom(name) and local == node(), do: whereis(name)
  def whereis({name, node} = server) when is_atom(name) and is_atom(node), do: server
end
