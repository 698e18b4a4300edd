defmodule Application do
  @moduledoc """
  Applications: their environment, and starting and stopping them.

      defmodule MyApp do
        use Application

        def start(_type, _args), do: Supervisor.start_link([], strategy: :one_for_one)
      end
  """

  @type app :: atom
  @type key :: atom
  @type application_key ::
          :start_phases
          | :mod
          | :applications
          | :optional_applications
          | :included_applications
          | :registered
          | :maxT
          | :maxP
          | :modules
          | :vsn
          | :id
          | :description
  @type value :: term
  @type state :: term
  @type start_type :: :normal | {:takeover, node} | {:failover, node}
  @type restart_type :: :permanent | :transient | :temporary

  @doc "Starts the top process of the application."
  @callback start(start_type, start_args :: term) ::
              {:ok, pid} | {:ok, pid, state} | {:error, reason :: term}

  @doc "Called before the application is stopped."
  @callback prep_stop(state) :: state

  @doc "Called after the application was stopped."
  @callback stop(state) :: term

  @doc "Called in each start phase."
  @callback start_phase(phase :: term, start_type, phase_args :: term) :: :ok | {:error, term}

  @doc "Called when the configuration changed."
  @callback config_change(changed, new, removed) :: :ok
            when changed: keyword, new: keyword, removed: [atom]

  @optional_callbacks start_phase: 3, prep_stop: 1, config_change: 3

  @doc false
  defmacro __using__(_) do
    quote location: :keep do
      @behaviour Application

      @doc false
      def stop(_state), do: :ok

      defoverridable Application
    end
  end

  # --------------------------------------------------------------------------------------------
  # Environment
  # --------------------------------------------------------------------------------------------

  @doc """
  The value of `key` in the environment of `app`, or `default`.

      iex> Application.get_env(:no_such_app, :key, :default)
      :default
  """
  @spec get_env(app, key, value) :: value
  def get_env(app, key, default \\ nil) when is_atom(app),
    do: :application.get_env(app, key, default)

  @doc """
  The value of `key`: `{:ok, value}` or `:error`.

      iex> Application.fetch_env(:no_such_app, :key)
      :error
  """
  @spec fetch_env(app, key) :: {:ok, value} | :error
  def fetch_env(app, key) when is_atom(app) do
    case :application.get_env(app, key) do
      {:ok, value} -> {:ok, value}
      :undefined -> :error
    end
  end

  @doc """
  The value of `key`; raises if there is none.

      iex> Application.put_env(:doc_app, :key, 1)
      iex> Application.fetch_env!(:doc_app, :key)
      1
  """
  @spec fetch_env!(app, key) :: value
  def fetch_env!(app, key) when is_atom(app) do
    case fetch_env(app, key) do
      {:ok, value} ->
        value

      :error ->
        why =
          case :application.get_key(app, :vsn) do
            {:ok, _} -> "because configuration at #{inspect(key)} was not set"
            :undefined -> "because the application was not loaded nor configured"
          end

        raise ArgumentError,
              "could not fetch application environment #{inspect(key)} for application " <>
                "#{inspect(app)} #{why}"
    end
  end

  @doc """
  The whole environment of `app`.

      iex> Application.get_all_env(:no_such_app)
      []
  """
  @spec get_all_env(app) :: [{key, value}]
  def get_all_env(app) when is_atom(app), do: :application.get_all_env(app)

  @doc """
  Sets a value in the environment.

      iex> Application.put_env(:doc_app, :key, 1)
      :ok
  """
  @spec put_env(app, key, value, timeout: timeout, persistent: boolean) :: :ok
  def put_env(app, key, value, opts \\ []) when is_atom(app) do
    :application.set_env(app, key, value, opts)
  end

  @doc """
  Sets values of several applications.

      iex> Application.put_all_env(doc_app: [a: 1])
      :ok
  """
  @spec put_all_env([{app, [{key, value}]}], timeout: timeout, persistent: boolean) :: :ok
  def put_all_env(config, opts \\ []) when is_list(config) and is_list(opts) do
    :application.set_env(config, opts)
  end

  @doc """
  Removes a value from the environment.

      iex> Application.delete_env(:doc_app, :key)
      :ok
  """
  @spec delete_env(app, key, timeout: timeout, persistent: boolean) :: :ok
  def delete_env(app, key, opts \\ []) when is_atom(app),
    do: :application.unset_env(app, key, opts)

  @doc """
  The environment at compile time.

      defmodule Settings do
        @level Application.compile_env(:my_app, :level, :info)
      end
  """
  @spec compile_env(app, key | list, value) :: value
  defmacro compile_env(app, key_or_path, default \\ nil) do
    quote do
      Application.__compile_env__(unquote(app), unquote(key_or_path), unquote(default))
    end
  end

  @doc """
  As `compile_env/3`, with an environment.

      Application.compile_env(__ENV__, :my_app, :level, :info)
  """
  @spec compile_env(Macro.Env.t(), app, key | list, value) :: value
  def compile_env(%Macro.Env{}, app, key_or_path, default),
    do: __compile_env__(app, key_or_path, default)

  @doc """
  As `compile_env/3`, raising if there is no value.

      defmodule Settings do
        @level Application.compile_env!(:my_app, :level)
      end
  """
  @spec compile_env!(app, key | list) :: value
  defmacro compile_env!(app, key_or_path) do
    quote do
      Application.__compile_env__!(unquote(app), unquote(key_or_path))
    end
  end

  @doc """
  As `compile_env!/2`, with an environment.

      Application.compile_env!(__ENV__, :my_app, :level)
  """
  @spec compile_env!(Macro.Env.t(), app, key | list) :: value
  def compile_env!(%Macro.Env{}, app, key_or_path), do: __compile_env__!(app, key_or_path)

  @doc false
  def __compile_env__(app, key_or_path, default) do
    case find(app, key_or_path) do
      {:ok, value} -> value
      :error -> default
    end
  end

  @doc false
  def __compile_env__!(app, key_or_path) do
    case find(app, key_or_path) do
      {:ok, value} ->
        value

      :error ->
        raise ArgumentError,
              "could not fetch application environment #{inspect(key_or_path)} for application " <>
                "#{inspect(app)} because the application was not loaded nor configured"
    end
  end

  defp find(app, key) when is_atom(key), do: fetch_env(app, key)

  defp find(app, [key | path]) do
    with {:ok, value} <- fetch_env(app, key), do: find_in(value, path)
  end

  defp find_in(value, []), do: {:ok, value}

  defp find_in(value, [key | path]) do
    with {:ok, value} <- Access.fetch(value, key), do: find_in(value, path)
  end

  # --------------------------------------------------------------------------------------------
  # Specifications
  # --------------------------------------------------------------------------------------------

  @doc """
  The specification of an application, or `nil`.

      iex> Application.spec(:no_such_app)
      nil
  """
  @spec spec(app) :: [{application_key, value}] | nil
  def spec(app) when is_atom(app) do
    case :application.get_all_key(app) do
      {:ok, info} -> Keyword.delete(info, :env)
      :undefined -> nil
    end
  end

  @doc """
  One key of the specification of an application.

      iex> Application.spec(:elixir, :applications)
      []
  """
  @spec spec(app, application_key) :: value | nil
  def spec(app, key) when is_atom(app) do
    case :application.get_key(app, key) do
      {:ok, value} -> value
      :undefined -> nil
    end
  end

  @doc """
  The application of a module, or `nil`.

      iex> Application.get_application(NoSuchModule)
      nil
  """
  @spec get_application(module) :: atom | nil
  def get_application(module) when is_atom(module) do
    case :application.get_application(module) do
      {:ok, app} -> app
      :undefined -> nil
    end
  end

  @doc """
  The directory of an application.

      Application.app_dir(:my_app)
  """
  @spec app_dir(app) :: String.t()
  def app_dir(app) when is_atom(app) do
    case :application.get_env(app, :__app_dir__) do
      {:ok, dir} -> dir
      :undefined -> raise ArgumentError, "unknown application: #{inspect(app)}"
    end
  end

  @doc """
  A path below the directory of an application.

      Application.app_dir(:my_app, "priv")
  """
  @spec app_dir(app, String.t() | [String.t()]) :: String.t()
  def app_dir(app, path) when is_binary(path), do: Path.join(app_dir(app), path)
  def app_dir(app, path) when is_list(path), do: Path.join([app_dir(app) | path])

  # --------------------------------------------------------------------------------------------
  # Starting and stopping
  # --------------------------------------------------------------------------------------------

  @doc """
  Starts an application.

      iex> Application.start(:elixir)
      {:error, {:already_started, :elixir}}
  """
  @spec start(app, restart_type) :: :ok | {:error, term}
  def start(app, type \\ :temporary) when is_atom(app), do: :application.start(app, type)

  @doc """
  Starts an application unless it runs.

      iex> Application.ensure_started(:elixir)
      :ok
  """
  @spec ensure_started(app, restart_type) :: :ok | {:error, term}
  def ensure_started(app, type \\ :temporary) when is_atom(app),
    do: :application.ensure_started(app, type)

  @doc """
  Starts an application and those it needs.

      iex> Application.ensure_all_started(:elixir)
      {:ok, []}
  """
  @spec ensure_all_started(app | [app], keyword | restart_type) ::
          {:ok, [app]} | {:error, {app, term}}
  def ensure_all_started(app_or_apps, type_or_opts \\ [])

  def ensure_all_started(app_or_apps, type) when is_atom(type),
    do: :application.ensure_all_started(app_or_apps, type)

  def ensure_all_started(app_or_apps, opts) when is_list(opts) do
    :application.ensure_all_started(app_or_apps, Keyword.get(opts, :type, :temporary))
  end

  @doc """
  Loads an application unless it is loaded.

      iex> Application.ensure_loaded(:elixir)
      :ok
  """
  @spec ensure_loaded(app) :: :ok | {:error, term}
  def ensure_loaded(app) when is_atom(app) do
    case :application.load(app) do
      :ok -> :ok
      {:error, {:already_loaded, ^app}} -> :ok
      {:error, _} = error -> error
    end
  end

  @doc """
  Stops an application.

      iex> Application.stop(:no_such_app)
      {:error, {:not_started, :no_such_app}}
  """
  @spec stop(app) :: :ok | {:error, term}
  def stop(app) when is_atom(app), do: :application.stop(app)

  @doc """
  Loads an application.

      iex> Application.load(:elixir)
      {:error, {:already_loaded, :elixir}}
  """
  @spec load(app) :: :ok | {:error, term}
  def load(app) when is_atom(app), do: :application.load(app)

  @doc """
  Unloads an application.

      iex> Application.unload(:no_such_app)
      {:error, {:not_loaded, :no_such_app}}
  """
  @spec unload(app) :: :ok | {:error, term}
  def unload(app) when is_atom(app), do: :application.unload(app)

  @doc """
  The loaded applications with description and version.

      iex> is_list(Application.loaded_applications())
      true
  """
  @spec loaded_applications() :: [{app, charlist, charlist}]
  def loaded_applications, do: :application.loaded_applications()

  @doc """
  The running applications with description and version.

      iex> List.keymember?(Application.started_applications(), :elixir, 0)
      true
  """
  @spec started_applications(timeout) :: [{app, charlist, charlist}]
  def started_applications(timeout \\ 5000), do: :application.which_applications(timeout)

  @doc """
  An error of this module in words.

      iex> Application.format_error({:not_loaded, :app})
      "not loaded: :app"
  """
  @spec format_error(any) :: String.t()
  def format_error(reason) do
    case reason do
      {:already_started, app} when is_atom(app) ->
        "already started: #{inspect(app)}"

      {:not_started, app} when is_atom(app) ->
        "not started: #{inspect(app)}"

      {:not_loaded, app} when is_atom(app) ->
        "not loaded: #{inspect(app)}"

      {:already_loaded, app} when is_atom(app) ->
        "already loaded: #{inspect(app)}"

      {:running, app} when is_atom(app) ->
        "running: #{inspect(app)}"

      {:invalid_restart_type, type} ->
        "invalid application restart type: #{inspect(type)}"

      {:invalid_name, name} ->
        "invalid application name: #{inspect(name)}"

      {:bad_application, app} ->
        "bad application: #{inspect(app)}"

      {:bad_return, {mfa, {:EXIT, reason}}} ->
        format_mfa(mfa) <> " exited: " <> Exception.format_exit(reason)

      {:bad_return, {mfa, return}} ->
        format_mfa(mfa) <> " returned a bad value: " <> inspect(return)

      {reason, {_, _, _} = mfa} ->
        format_mfa(mfa) <> " returned an error: " <> Exception.format_exit(reason)

      {message, file} when is_list(message) ->
        "#{message}: #{file}"

      _ ->
        Exception.format_exit(reason)
    end
  end

  defp format_mfa({mod, fun, args}), do: Exception.format_mfa(mod, fun, args)
end
