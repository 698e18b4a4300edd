defmodule System do
  @moduledoc """
  The system around the program: environment, arguments, time, other programs, halting.
  """

  @type time_unit ::
          :second | :millisecond | :microsecond | :nanosecond | pos_integer
  @type signal ::
          :sigabrt
          | :sigalrm
          | :sigchld
          | :sighup
          | :sigquit
          | :sigstop
          | :sigterm
          | :sigtstp
          | :sigusr1
          | :sigusr2

  @version "1.18.4"

  # --------------------------------------------------------------------------------------------
  # Environment
  # --------------------------------------------------------------------------------------------

  @doc """
  All environment variables.

      iex> is_map(System.get_env())
      true
  """
  @spec get_env() :: %{optional(String.t()) => String.t()}
  def get_env do
    Map.new(:os.env(), fn {key, value} ->
      {:unicode.characters_to_binary(key), :unicode.characters_to_binary(value)}
    end)
  end

  @doc """
  The value of an environment variable, or `default`.

      iex> System.get_env("SURELY_UNSET", "default")
      "default"
  """
  @spec get_env(String.t(), String.t()) :: String.t()
  @spec get_env(String.t(), nil) :: String.t() | nil
  def get_env(varname, default \\ nil)
      when is_binary(varname) and (is_binary(default) or is_nil(default)) do
    case :os.getenv(:unicode.characters_to_list(varname)) do
      false -> default
      value -> :unicode.characters_to_binary(value)
    end
  end

  @doc """
  The value of an environment variable: `{:ok, value}` or `:error`.

      iex> System.fetch_env("SURELY_UNSET")
      :error
  """
  @spec fetch_env(String.t()) :: {:ok, String.t()} | :error
  def fetch_env(varname) when is_binary(varname) do
    case get_env(varname) do
      nil -> :error
      value -> {:ok, value}
    end
  end

  @doc """
  The value of an environment variable; raises if it is not set.

      iex> System.put_env("DOC_VAR", "1")
      iex> System.fetch_env!("DOC_VAR")
      "1"
  """
  @spec fetch_env!(String.t()) :: String.t()
  def fetch_env!(varname) when is_binary(varname) do
    get_env(varname) || raise System.EnvError, env: varname
  end

  @doc """
  Sets an environment variable.

      iex> System.put_env("DOC_VAR", "1")
      :ok
  """
  @spec put_env(String.t(), String.t()) :: :ok
  def put_env(varname, value) when is_binary(varname) and is_binary(value) do
    case :binary.match(varname, "=") do
      :nomatch ->
        :os.putenv(:unicode.characters_to_list(varname), :unicode.characters_to_list(value))
        :ok

      _ ->
        raise ArgumentError,
              "cannot execute System.put_env/2 for key with \"=\", got: #{inspect(varname)}"
    end
  end

  @doc """
  Sets several environment variables; `nil` removes one.

      iex> System.put_env(%{"DOC_VAR" => nil})
      :ok
  """
  @spec put_env(Enumerable.t()) :: :ok
  def put_env(enum) do
    Enum.each(enum, fn
      {key, nil} -> delete_env(key)
      {key, value} -> put_env(key, value)
    end)
  end

  @doc """
  Removes an environment variable.

      iex> System.delete_env("DOC_VAR")
      :ok
  """
  @spec delete_env(String.t()) :: :ok
  def delete_env(varname) do
    :os.unsetenv(:unicode.characters_to_list(varname))
    :ok
  end

  @doc """
  The arguments of the command line.

      iex> is_list(System.argv())
      true
  """
  @spec argv() :: [String.t()]
  def argv, do: :phial_cli.argv()

  @doc """
  Replaces the arguments of the command line.

      iex> System.argv(System.argv())
      :ok
  """
  @spec argv([String.t()]) :: :ok
  def argv(args) when is_list(args) do
    :phial_cli.put_argv(args)
    :ok
  end

  @doc """
  The home directory of the user, or `nil`.

      iex> is_binary(System.user_home()) or System.user_home() == nil
      true
  """
  @spec user_home() :: String.t() | nil
  def user_home, do: get_env("HOME")

  @doc """
  The home directory of the user.

      System.user_home!()
  """
  @spec user_home!() :: String.t()
  def user_home! do
    user_home() || raise "could not find the user home, please set the HOME environment variable"
  end

  @doc """
  A directory for temporary files that can be written to, or `nil`.

      iex> is_binary(System.tmp_dir())
      true
  """
  @spec tmp_dir() :: String.t() | nil
  def tmp_dir do
    candidates = [get_env("TMPDIR"), get_env("TEMP"), get_env("TMP"), "/tmp", "."]
    Enum.find(candidates, fn dir -> dir != nil and File.dir?(dir) end)
  end

  @doc """
  As `tmp_dir/0`, raising if there is none.

      iex> is_binary(System.tmp_dir!())
      true
  """
  @spec tmp_dir!() :: String.t()
  def tmp_dir! do
    tmp_dir() ||
      raise "could not get a writable temporary directory, please set the TMPDIR environment variable"
  end

  @doc false
  def cwd, do: File.cwd() |> elem(1)

  @doc false
  def cwd!, do: File.cwd!()

  @doc """
  The path of a program, or `nil`.

      iex> System.find_executable("surely-not-a-command")
      nil
  """
  @spec find_executable(binary) :: binary | nil
  def find_executable(program) when is_binary(program) do
    assert_no_null_byte(program, "System.find_executable/1")

    case :os.find_executable(:unicode.characters_to_list(program)) do
      false -> nil
      path -> :unicode.characters_to_binary(path)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Versions
  # --------------------------------------------------------------------------------------------

  @doc """
  The version of Elixir that this system implements.

      iex> System.version()
      "1.18.4"
  """
  @spec version() :: String.t()
  def version, do: @version

  @doc """
  The OTP release that this system follows.

      iex> System.otp_release()
      "25"
  """
  @spec otp_release() :: String.t()
  def otp_release, do: "25"

  @doc """
  Facts about this build.

      iex> System.build_info().version
      "1.18.4"
  """
  @spec build_info() :: map
  def build_info do
    %{
      build: "#{@version} (Phial)",
      date: "1970-01-01T00:00:00Z",
      otp_release: otp_release(),
      revision: "",
      version: @version
    }
  end

  @doc """
  Byte order of the machine.

      iex> System.endianness() in [:little, :big]
      true
  """
  @spec endianness() :: :little | :big
  def endianness do
    <<byte, _>> = <<1::16-native>>
    if byte == 1, do: :little, else: :big
  end

  @doc """
  Byte order of the machine that compiled the program.

      iex> System.compiled_endianness() in [:little, :big]
      true
  """
  @spec compiled_endianness() :: :little | :big
  def compiled_endianness, do: endianness()

  @doc """
  Number of schedulers.

      iex> System.schedulers() > 0
      true
  """
  @spec schedulers() :: pos_integer
  def schedulers, do: :erlang.system_info(:schedulers)

  @doc """
  Number of schedulers in use.

      iex> System.schedulers_online() > 0
      true
  """
  @spec schedulers_online() :: pos_integer
  def schedulers_online, do: :erlang.system_info(:schedulers_online)

  @doc """
  Process identifier of the system in the operating system.

      iex> System.pid() =~ ~r/^[0-9]+$/
      true
  """
  @spec pid() :: String.t()
  def pid, do: :unicode.characters_to_binary(:os.getpid())

  @doc false
  def get_pid, do: pid()

  @doc false
  def stacktrace, do: []

  # --------------------------------------------------------------------------------------------
  # Ending
  # --------------------------------------------------------------------------------------------

  @doc """
  Stops at once with a status, `:abort` or a message; hooks and `after` blocks do not run.

      System.halt(1)
  """
  @spec halt(non_neg_integer | binary | :abort) :: no_return
  def halt(status \\ 0)

  def halt(status) when is_integer(status) or status == :abort, do: :erlang.halt(status)
  def halt(status) when is_binary(status), do: :erlang.halt(:unicode.characters_to_list(status))

  @doc """
  Stops in an orderly way.

      System.stop(0)
  """
  @spec stop(non_neg_integer | binary) :: :ok
  def stop(status \\ 0) do
    Phial.CLI.stop(status)
    :ok
  end

  @doc """
  Restarts the system, which is not possible: it stops.

      System.restart()
  """
  @spec restart() :: :ok
  def restart, do: stop(0)

  @doc """
  Registers a function that is called with the status when the program ends.

      System.at_exit(fn status -> IO.puts("bye, \#{status}") end)
  """
  @spec at_exit((non_neg_integer -> any)) :: :ok
  def at_exit(fun) when is_function(fun, 1), do: Phial.CLI.at_exit(fun)

  @doc """
  Tells whether the system goes on after the script.

      iex> System.no_halt()
      false
  """
  @spec no_halt() :: boolean
  def no_halt, do: :phial_cli.no_halt()

  @doc """
  Makes the system go on after the script, or not.

      iex> System.no_halt(false)
      :ok
  """
  @spec no_halt(boolean) :: :ok
  def no_halt(boolean) when is_boolean(boolean) do
    :phial_cli.put_no_halt(boolean)
    :ok
  end

  @doc """
  Calls `fun` when the operating system sends a signal.

      System.trap_signal(:sigterm, fn -> :ok end)
  """
  @spec trap_signal(signal, id, (-> :ok)) :: {:ok, id} | {:error, term} when id: term
  def trap_signal(signal, id \\ make_ref(), fun) when is_atom(signal) and is_function(fun, 0) do
    _ = id
    {:error, :not_sup}
  end

  @doc """
  Removes a function given to `trap_signal/3`.

      iex> System.untrap_signal(:sigterm, :id)
      {:error, :not_found}
  """
  @spec untrap_signal(signal, id) :: :ok | {:error, :not_found} when id: term
  def untrap_signal(signal, _id) when is_atom(signal), do: {:error, :not_found}

  # --------------------------------------------------------------------------------------------
  # Time
  # --------------------------------------------------------------------------------------------

  @doc """
  Monotonic time in native units.

      iex> is_integer(System.monotonic_time())
      true
  """
  @spec monotonic_time() :: integer
  def monotonic_time, do: :erlang.monotonic_time()

  @doc """
  Monotonic time in the given unit.

      iex> is_integer(System.monotonic_time(:millisecond))
      true
  """
  @spec monotonic_time(time_unit | :native) :: integer
  def monotonic_time(unit), do: :erlang.monotonic_time(normalize_time_unit(unit))

  @doc """
  System time in native units.

      iex> is_integer(System.system_time())
      true
  """
  @spec system_time() :: integer
  def system_time, do: :erlang.system_time()

  @doc """
  System time in the given unit.

      iex> is_integer(System.system_time(:second))
      true
  """
  @spec system_time(time_unit | :native) :: integer
  def system_time(unit), do: :erlang.system_time(normalize_time_unit(unit))

  @doc """
  Time of the operating system in native units.

      iex> is_integer(System.os_time())
      true
  """
  @spec os_time() :: integer
  def os_time, do: :os.system_time()

  @doc """
  Time of the operating system in the given unit.

      iex> is_integer(System.os_time(:second))
      true
  """
  @spec os_time(time_unit | :native) :: integer
  def os_time(unit), do: :os.system_time(normalize_time_unit(unit))

  @doc """
  Difference between monotonic and system time in native units.

      iex> is_integer(System.time_offset())
      true
  """
  @spec time_offset() :: integer
  def time_offset, do: :erlang.time_offset()

  @doc """
  Difference between monotonic and system time in the given unit.

      iex> is_integer(System.time_offset(:second))
      true
  """
  @spec time_offset(time_unit | :native) :: integer
  def time_offset(unit), do: :erlang.time_offset(normalize_time_unit(unit))

  @doc """
  Converts a time between units, rounding down.

      iex> System.convert_time_unit(1999, :millisecond, :second)
      1
  """
  @spec convert_time_unit(integer, time_unit | :native, time_unit | :native) :: integer
  def convert_time_unit(time, from_unit, to_unit) do
    :erlang.convert_time_unit(time, normalize_time_unit(from_unit), normalize_time_unit(to_unit))
  end

  defp normalize_time_unit(unit) do
    case unit do
      :native ->
        :native

      :second ->
        :second

      :millisecond ->
        :millisecond

      :microsecond ->
        :microsecond

      :nanosecond ->
        :nanosecond

      :seconds ->
        :second

      :milliseconds ->
        :millisecond

      :microseconds ->
        :microsecond

      :nanoseconds ->
        :nanosecond

      :milli_seconds ->
        :millisecond

      :micro_seconds ->
        :microsecond

      :nano_seconds ->
        :nanosecond

      unit when is_integer(unit) and unit > 0 ->
        unit

      other ->
        raise ArgumentError,
              "unsupported time unit. Expected :second, :millisecond, " <>
                ":microsecond, :nanosecond, or a positive integer, got #{inspect(other)}"
    end
  end

  @doc """
  An integer that is unique in this system; options `:positive` and `:monotonic`.

      iex> System.unique_integer([:positive]) > 0
      true
  """
  @spec unique_integer([:positive | :monotonic]) :: integer
  def unique_integer(modifiers \\ []), do: :erlang.unique_integer(modifiers)

  # --------------------------------------------------------------------------------------------
  # Other programs
  # --------------------------------------------------------------------------------------------

  @doc """
  Runs a program; gives what it wrote to standard output and its exit status.

  Options: `:into`, `:lines`, `:cd`, `:env`, `:arg0`, `:stderr_to_stdout`, `:use_stdio`,
  `:parallelism`.

      iex> System.cmd("echo", ["hello"])
      {"hello\\n", 0}
  """
  @spec cmd(binary, [binary], keyword) :: {Collectable.t(), exit_status :: non_neg_integer}
  def cmd(command, args, opts \\ []) when is_binary(command) and is_list(args) do
    assert_no_null_byte(command, "System.cmd/3")

    if not Enum.all?(args, &is_binary/1) do
      raise ArgumentError, "all arguments for System.cmd/3 must be binaries"
    end

    path =
      if Path.type(command) == :absolute,
        do: command,
        else: find_executable(command) || :erlang.error(:enoent, [command, args, opts])

    run(
      {:spawn_executable, :unicode.characters_to_list(path)},
      [args: args],
      opts,
      "System.cmd/3"
    )
  end

  @doc """
  Runs a command line in the shell; options as for `cmd/3` and `:close_stdin`.

      iex> System.shell("echo hello")
      {"hello\\n", 0}
  """
  @spec shell(binary, keyword) :: {Collectable.t(), exit_status :: non_neg_integer}
  def shell(command, opts \\ []) when is_binary(command) do
    command = String.trim(command)
    assert_no_null_byte(command, "System.shell/2")

    if command == "" do
      raise ArgumentError, "System.shell/2 expects a non-empty command"
    end

    {_close_stdin?, opts} = Keyword.pop(opts, :close_stdin, false)
    sh = :os.find_executable(~c"sh")
    run({:spawn_executable, sh}, [args: ["-c", command]], opts, "System.shell/2")
  end

  defp assert_no_null_byte(binary, operation) do
    if :binary.match(binary, "\0") != :nomatch do
      raise ArgumentError,
            "cannot execute #{operation} for program with null byte, got: #{inspect(binary)}"
    end
  end

  defp run(name, base, opts, function) do
    state = %{into: "", lines: nil, port: base ++ [:use_stdio, :exit_status, :binary, :hide]}

    state =
      Enum.reduce(opts, state, fn
        {:into, into}, state ->
          %{state | into: into}

        {:lines, n}, state when is_integer(n) and n > 0 ->
          %{state | lines: n, port: [{:line, n} | state.port]}

        {:cd, dir}, state when is_binary(dir) ->
          %{state | port: [{:cd, dir} | state.port]}

        {:arg0, arg0}, state when is_binary(arg0) ->
          %{state | port: [{:arg0, arg0} | state.port]}

        {:stderr_to_stdout, true}, state ->
          %{state | port: [:stderr_to_stdout | state.port]}

        {:stderr_to_stdout, false}, state ->
          state

        {:use_stdio, true}, state ->
          state

        {:use_stdio, false}, state ->
          %{state | port: [:nouse_stdio | List.delete(state.port, :use_stdio)]}

        {:parallelism, flag}, state when is_boolean(flag) ->
          state

        {:env, env}, state ->
          %{state | port: [{:env, port_env(env)} | state.port]}

        {key, value}, _state ->
          raise ArgumentError, "invalid option #{inspect(key)} with value #{inspect(value)}"
      end)

    _ = function
    {acc, fun} = Collectable.into(state.into)

    try do
      collect(:erlang.open_port(name, state.port), acc, fun, "")
    catch
      kind, reason ->
        fun.(acc, :halt)
        :erlang.raise(kind, reason, __STACKTRACE__)
    else
      {acc, status} -> {fun.(acc, :done), status}
    end
  end

  defp port_env(env) do
    for {key, value} <- env do
      {:unicode.characters_to_list(key), value != nil && :unicode.characters_to_list(value)}
    end
  end

  defp collect(port, acc, fun, line) do
    receive do
      {^port, {:data, {:noeol, data}}} -> collect(port, acc, fun, line <> data)
      {^port, {:data, {:eol, data}}} -> collect(port, fun.(acc, {:cont, line <> data}), fun, "")
      {^port, {:data, data}} -> collect(port, fun.(acc, {:cont, data}), fun, line)
      {^port, {:exit_status, status}} when line != "" -> {fun.(acc, {:cont, line}), status}
      {^port, {:exit_status, status}} -> {acc, status}
    end
  end
end

defmodule System.EnvError do
  @moduledoc "Raised when an environment variable is not set."
  defexception [:env]

  @impl true
  def message(%{env: env}) do
    "could not fetch environment variable #{inspect(env)} because it is not set"
  end
end
