defmodule Phial.CLI do
  @moduledoc false

  # What `phial` runs once the runtime is up. The process that runs `main/1` is registered as :phial_cli; it starts the script in a
  # process of its own, keeps the at_exit hooks, and turns how the script ends into an exit status.

  @doc false
  def main(job) do
    Process.register(self(), :phial_cli)
    boot()
    status = run_in_process(fn -> run(job) end, [])
    # Crashes that are on their way to the log are shown before the end.
    if :erlang.whereis(:logger) != :undefined, do: Logger.Boot.stop()
    :erlang.halt(status)
  end

  @doc """
  Registers a function that gets the exit status when the script ends. Hooks run last in, first out.
  """
  def at_exit(fun) when is_function(fun, 1) do
    ref = make_ref()
    send(:phial_cli, {:at_exit, self(), ref, fun})

    receive do
      {^ref, :ok} -> :ok
    end
  end

  @doc """
  Ends the program in an orderly way, from any process.
  """
  def stop(status) do
    send(:phial_cli, {:stop, status})
    :ok
  end

  defp boot do
    for {module, fun} <- [{Logger.Boot, :start}, {:application_boot, :start}],
        :erlang.module_loaded(module) or :phial_code.ensure_loaded(module) == {:module, module},
        do: apply(module, fun, [])
  end

  defp run({:file, path}) do
    case :phial_code.run_file(path) do
      {:ok, _value} ->
        wait_if_asked()

      {:unparsable, source} ->
        Code.string_to_quoted!(source, file: path, columns: true)

      {:unreadable, reason} ->
        IO.puts(:stderr, "#{message(reason)}: #{path}")
        exit({:shutdown, 1})
    end
  end

  defp message(:eisdir), do: "This is a directory, not a script"
  defp message(:eacces), do: "Permission denied"
  defp message(_reason), do: "No file named"

  defp run({:eval, sources}) do
    Enum.each(sources, fn source -> Code.eval_string(source, [], file: "nofile") end)
    wait_if_asked()
  end

  defp run(:stdin) do
    case IO.read(:stdio, :eof) do
      :eof -> :ok
      {:error, reason} -> raise "cannot read standard input: #{inspect(reason)}"
      source -> Code.eval_string(source, [], file: "stdin")
    end

    wait_if_asked()
  end

  defp run(:shell), do: Phial.Shell.start()

  defp wait_if_asked do
    if :phial_cli.no_halt(), do: Process.sleep(:infinity)
  end

  # Runs `fun` in a process and waits for it: its status, after the hooks.
  defp run_in_process(fun, hooks) do
    parent = self()

    {pid, ref} =
      spawn_monitor(fn ->
        outcome = outcome(fun)
        send(parent, {:done, self(), outcome})

        case outcome do
          {:failed, reason} -> exit(reason)
          _ -> :ok
        end
      end)

    wait(pid, ref, hooks)
  end

  # {:status, n}: the script ended by itself; {:failed, reason}: an error, already printed.
  defp outcome(fun) do
    try do
      fun.()
      {:status, 0}
    catch
      :exit, {:shutdown, status} when is_integer(status) ->
        {:status, status}

      :exit, reason when reason in [:normal, :shutdown] ->
        {:status, 0}

      :exit, {:shutdown, _} ->
        {:status, 0}

      kind, reason ->
        print_error(kind, reason, __STACKTRACE__)
        {:failed, :normal}
    end
  end

  defp wait(pid, ref, hooks) do
    receive do
      {:at_exit, from, hook_ref, fun} ->
        send(from, {hook_ref, :ok})
        wait(pid, ref, [fun | hooks])

      {:done, ^pid, {:status, status}} ->
        finish(hooks, status)

      {:done, ^pid, {:failed, _}} ->
        finish(hooks, 1)

      {:stop, status} ->
        finish(hooks, status)

      {:DOWN, ^ref, :process, ^pid, reason} ->
        print_exit(pid, reason)
        finish(hooks, 1)
    end
  end

  # A hook that fails does not keep the others from running; they get status 1.
  defp finish([], status), do: status

  defp finish([hook | hooks], status) do
    parent = self()

    {pid, ref} =
      spawn_monitor(fn ->
        result =
          try do
            hook.(status)
            :ok
          catch
            :exit, {:shutdown, code} when is_integer(code) ->
              {:status, code}

            :exit, reason when reason in [:normal, :shutdown] ->
              {:status, 0}

            :exit, {:shutdown, _} ->
              {:status, 0}

            kind, reason ->
              print_error(kind, reason, __STACKTRACE__)
              {:status, 1}
          end

        send(parent, {:hook, self(), result})
      end)

    wait_hook(pid, ref, hooks, status)
  end

  defp wait_hook(pid, ref, hooks, status) do
    receive do
      {:at_exit, from, hook_ref, fun} ->
        send(from, {hook_ref, :ok})
        wait_hook(pid, ref, [fun | hooks], status)

      {:hook, ^pid, :ok} ->
        finish(hooks, status)

      {:hook, ^pid, {:status, new_status}} ->
        finish(hooks, new_status)

      {:DOWN, ^ref, :process, ^pid, reason} ->
        print_exit(pid, reason)
        finish(hooks, 1)
    end
  end

  defp print_exit(pid, reason) do
    IO.write(:stderr, ["** (EXIT from ", inspect(pid), ") ", Exception.format_exit(reason), ?\n])
  end

  @doc false
  def print_error(kind, reason, stacktrace) do
    {blamed, stacktrace} = Exception.blame(kind, reason, stacktrace)
    text = IO.iodata_to_binary([Exception.format_banner(kind, blamed, stacktrace), ?\n, Exception.format_stacktrace(stacktrace)])
    # Lines of a source that is no text may be quoted.
    IO.write(:stderr, String.replace_invalid(text))
  end
end
