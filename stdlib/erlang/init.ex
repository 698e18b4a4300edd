defmodule :init do
  @moduledoc """
  Starting and stopping the whole system.
  """

  @doc "Stops in an orderly way."
  @spec stop() :: :ok
  def stop, do: stop(0)

  @doc "Stops in an orderly way with a status or, after a text, with status 1."
  @spec stop(non_neg_integer | charlist) :: :ok
  def stop(status) when is_integer(status) and status >= 0, do: Phial.CLI.stop(status)
  def stop(text) when is_list(text), do: Phial.CLI.stop(1)

  @doc "As `stop/0`: there is nothing that would start the system again."
  @spec restart() :: :ok
  def restart, do: stop()

  @doc "As `stop/0`."
  @spec reboot() :: :ok
  def reboot, do: stop()

  @doc "What the system is doing."
  @spec get_status() :: {:started, :started}
  def get_status, do: {:started, :started}

  @doc "Emulator flags: there are none."
  @spec get_arguments() :: []
  def get_arguments, do: []

  @doc "The values of an emulator flag."
  @spec get_argument(atom) :: {:ok, [[charlist]]} | :error
  def get_argument(:home) do
    case :os.getenv(~c"HOME") do
      false -> :error
      home -> {:ok, [[home]]}
    end
  end

  def get_argument(_), do: :error

  @doc "Arguments of the program."
  @spec get_plain_arguments() :: [charlist]
  def get_plain_arguments, do: for(arg <- :phial_cli.argv(), do: :unicode.characters_to_list(arg))

  @doc "Name and version of the boot script."
  @spec script_id() :: {charlist, charlist}
  def script_id, do: {~c"Phial", ~c"1"}

  @doc "Waits until the system has started: it has."
  @spec wait_until_started() :: :ok
  def wait_until_started, do: :ok
end
