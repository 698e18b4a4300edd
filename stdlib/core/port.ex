defmodule Port do
  @moduledoc """
  Functions for ports: programs of the operating system that run beside this one and exchange
  data with their owner as messages.
  """

  @type name ::
          {:spawn, charlist | binary}
          | {:spawn_driver, charlist | binary}
          | {:spawn_executable, :file.name_all()}
          | {:fd, non_neg_integer, non_neg_integer}

  @doc """
  Opens a port.

      port = Port.open({:spawn, "cat"}, [:binary])
  """
  @spec open(name, list) :: port
  def open(name, settings), do: :erlang.open_port(name, settings)

  @doc """
  Closes a port.

      Port.close(port)
  """
  @spec close(port) :: true
  def close(port), do: :erlang.port_close(port)

  @doc """
  Sends data to the program.

      Port.command(port, "data")
  """
  @spec command(port, iodata, [:force | :nosuspend]) :: boolean
  def command(port, data, options \\ []), do: :erlang.port_command(port, data, options)

  @doc """
  Makes `pid` the owner of a port.

      Port.connect(port, self())
  """
  @spec connect(port, pid) :: true
  def connect(port, pid), do: :erlang.port_connect(port, pid)

  @doc """
  Information about a port, or `nil`.

      Port.info(port)
  """
  def info(port), do: nillify(:erlang.port_info(port))

  @doc """
  One item of information about a port, or `nil`.

      Port.info(port, :os_pid)
  """
  @spec info(port, atom) :: {atom, term} | nil
  def info(port, spec), do: nillify(:erlang.port_info(port, spec))

  @doc """
  Monitors a port.

      Port.monitor(port)
  """
  @spec monitor(port | atom) :: reference
  def monitor(port), do: :erlang.monitor(:port, port)

  @doc """
  Stops monitoring a port.

      iex> Port.demonitor(make_ref())
      true
  """
  @spec demonitor(reference, [:flush | :info]) :: boolean
  def demonitor(monitor_ref, options \\ []), do: :erlang.demonitor(monitor_ref, options)

  @doc """
  All open ports.

      iex> is_list(Port.list())
      true
  """
  @spec list() :: [port]
  def list, do: :erlang.ports()

  defp nillify(:undefined), do: nil
  defp nillify(other), do: other
end
