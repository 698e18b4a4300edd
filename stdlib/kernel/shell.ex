defmodule Phial.Shell do
  @moduledoc false

  # The shell: reads an expression, which may take several lines, evaluates it, prints its value. Bindings, aliases, imports and modules
  # stay from one expression to the next; errors are printed and change nothing. Expressions are evaluated in a process of their own,
  # so that one which dies does not take the shell along.

  @doc false
  def start do
    interactive = :phial_cli.interactive()
    if interactive, do: IO.puts("Phial (Elixir 1.18) - press Ctrl+C to exit")
    state = %{count: 1, interactive: interactive, worker: nil}
    loop(new_worker(state))
  end

  defp loop(state) do
    case read(state, "", prompt(state, false)) do
      :eof ->
        :ok

      {:ok, source} ->
        state = evaluate(state, source)
        loop(%{state | count: state.count + 1})
    end
  end

  defp prompt(%{interactive: false}, _more?), do: ""
  defp prompt(state, false), do: "phial(#{state.count})> "
  defp prompt(state, true), do: "#{String.duplicate(" ", String.length("phial(#{state.count})") - 3)}...> "

  # Lines are gathered until they make a whole expression; a line of "#iex:break" gives up.
  defp read(state, before, prompt) do
    case IO.gets(prompt) do
      :eof when before == "" ->
        :eof

      :eof ->
        {:ok, before}

      {:error, _reason} ->
        :eof

      "#iex:break\n" when before != "" ->
        read(state, "", prompt(state, false))

      line ->
        source = before <> line

        cond do
          String.trim(source) == "" -> read(state, "", prompt(state, false))
          incomplete?(source) -> read(state, source, prompt(state, true))
          true -> {:ok, source}
        end
    end
  end

  defp incomplete?(source) do
    case :phial_code.string_to_quoted(source, []) do
      {:error, {_meta, message, ""}} when is_binary(message) -> String.contains?(message, ["missing terminator", "expression is incomplete"])
      {:error, {_meta, {prefix, _}, ""}} -> String.contains?(prefix, "missing terminator")
      _ -> false
    end
  end

  defp evaluate(state, source) do
    {pid, _ref} = state.worker
    send(pid, {:evaluate, self(), source, state.count})
    wait(state)
  end

  defp wait(%{worker: {pid, ref}} = state) do
    receive do
      {:evaluated, ^pid} ->
        state

      {:DOWN, ^ref, :process, ^pid, reason} ->
        IO.puts(:stderr, "** (EXIT from #{inspect(pid)}) shell process exited with reason: #{Exception.format_exit(reason)}")
        new_worker(state)
    end
  end

  defp new_worker(state) do
    env = :phial_code.env_for_eval(file: "iex")
    %{state | worker: spawn_monitor(fn -> serve([], env) end)}
  end

  defp serve(binding, env) do
    receive do
      {:evaluate, from, source, line} ->
        {binding, env} = evaluate_one(source, line, binding, env)
        send(from, {:evaluated, self()})
        serve(binding, env)
    end
  end

  defp evaluate_one(source, line, binding, env) do
    try do
      quoted = Code.string_to_quoted!(source, file: "iex", line: line)
      {value, binding, env} = :phial_code.eval_quoted(quoted, binding, env)
      IO.puts(inspect(value, pretty: true))
      {binding, env}
    catch
      kind, reason ->
        {blamed, trace} = Exception.blame(kind, reason, __STACKTRACE__)
        IO.write(:stderr, [Exception.format_banner(kind, blamed, trace), ?\n, Exception.format_stacktrace(trace)])
        {binding, env}
    end
  end
end
