defmodule Logger.Translator do
  @moduledoc """
  Gives the reports of processes that fail the text that Elixir's users know.

  A translator is a module and a function of four arguments, added with `Logger.add_translator/1`: the lowest level
  that is logged, the level of the event, `:format` or `:report`, and the message. A report arrives as
  `{:logger, report}`, or as `{label, report}` if it has just those two parts. It returns the text, with metadata to
  add if there is any; `:skip` to let others try; or `:none` to drop the event.
  """

  @callback translate(
              min_level :: Logger.level(),
              level :: Logger.level(),
              kind :: :format | :report,
              message :: {format :: charlist, args :: list} | {label :: term, report :: term}
            ) :: {:ok, IO.chardata(), Logger.metadata()} | {:ok, IO.chardata()} | :skip | :none

  @doc """
  The text of crash reports.

      iex> Logger.Translator.translate(:debug, :info, :format, {~c"hello", []})
      :skip
  """
  @spec translate(atom, atom, :format | :report, {term, term}) ::
          {:ok, IO.chardata(), keyword} | {:ok, IO.chardata()} | :skip | :none
  def translate(min_level, level, kind, message)

  def translate(_min_level, :error, :format, {[?E, ?r, ?r, ?o, ?r, ?\s, ?i, ?n, ?\s, ?p, ?r, ?o, ?c, ?e, ?s, ?s | _], [pid, {reason, stack}]}) do
    {text, crash} = error(reason, stack)
    {:ok, ["Process ", inspect(pid), " raised an exception" | text], crash_reason: crash}
  end

  def translate(min_level, _level, :report, {:logger, %{label: label} = report}) do
    case label do
      {:gen_server, :terminate} -> gen_server(min_level, report)
      {:gen_event, :terminate} -> gen_event(min_level, report)
      {:gen_statem, :terminate} -> gen_statem(min_level, report)
      {:error_logger, _} -> :skip
      _ -> :skip
    end
  end

  def translate(_min_level, :error, :report, {{Task.Supervisor, :terminating}, report}) do
    %{name: name, starter: starter, function: fun, args: args, reason: reason} = report
    {text, crash} = reason(reason)

    text = [
      ["Task ", inspect(name), " started from ", inspect(starter), " terminating", text],
      ["\nFunction: ", show(fun), "\n    Args: ", show(args)]
    ]

    {:ok, text, [crash_reason: crash] ++ registered_name(name)}
  end

  def translate(min_level, :error, :report, {{:supervisor, context}, report}),
    do: supervisor(min_level, context, report)

  def translate(min_level, :error, :report, {{:proc_lib, :crash}, data}), do: crash(min_level, data)

  def translate(_min_level, :info, :report, {{:supervisor, :progress}, report}) do
    case report do
      [supervisor: sup, started: child] ->
        {:ok, ["Child ", child_name(child), " of Supervisor ", sup_name(sup), " started" | child_lines(child)]}

      _ ->
        :skip
    end
  end

  def translate(_min_level, :info, :report, {{:application_controller, :progress}, [application: app, started_at: node]}),
    do: {:ok, ["Application ", Atom.to_string(app), " started at " | inspect(node)]}

  def translate(_min_level, _level, :report, {{:application_controller, :exit}, [application: app, exited: reason, type: _]}),
    do: {:ok, ["Application ", Atom.to_string(app), " exited: " | Exception.format_exit(reason)]}

  def translate(_min_level, _level, _kind, _message), do: :skip

  # --------------------------------------------------------------------------------------------
  # Servers
  # --------------------------------------------------------------------------------------------

  defp gen_server(min_level, report) do
    %{name: name, last_message: last, state: state, reason: reason} = report
    client = Map.get(report, :client_info, :undefined)
    {text, crash} = reason(reason)

    text = [
      ["GenServer ", inspect(name), " terminating", text],
      ["\nLast message", from(client), ": ", show(last)]
      | debug(min_level, fn -> ["\nState: ", show(state) | client(client)] end)
    ]

    {:ok, text, [crash_reason: crash] ++ registered_name(name)}
  end

  defp gen_event(min_level, report) do
    %{handler: handler, name: name, last_message: last, state: state, reason: reason} = report

    {text, crash} =
      case reason do
        {:EXIT, why} -> reason(why)
        _ -> reason(reason)
      end

    text = [
      [":gen_event handler ", inspect(handler), " installed in ", inspect(name), " terminating"],
      [text, "\nLast message: ", show(last)]
      | debug(min_level, fn -> ["\nState: ", show(state)] end)
    ]

    {:ok, text, [crash_reason: crash] ++ registered_name(name)}
  end

  defp gen_statem(min_level, report) do
    %{name: name, reason: {kind, reason, stack}, queue: queue, postponed: postponed} = report
    %{state: state, callback_mode: mode, state_enter: state_enter} = report
    client = Map.get(report, :client_info, :undefined)
    {text, crash} = if kind == :exit, do: reason({reason, stack}), else: error(reason, stack)

    text = [
      [":gen_statem ", inspect(name), " terminating", text],
      ["\nQueue: ", show(queue), "\nPostponed: ", show(postponed)]
      | debug(min_level, fn ->
          [
            ["\nState: ", show(state)],
            ["\nCallback mode: ", inspect(mode), ", state_enter: ", inspect(state_enter)]
            | client(client)
          ]
        end)
    ]

    {:ok, text, [crash_reason: crash] ++ registered_name(name)}
  end

  defp debug(:debug, fun), do: fun.()
  defp debug(:all, fun), do: fun.()
  defp debug(_level, _fun), do: []

  defp from({_, {name, _stacktrace}}), do: [" (from ", inspect(name), ")"]
  defp from({pid, _}) when is_pid(pid), do: [" (from ", inspect(pid), ")"]
  defp from(_), do: []

  defp client({pid, :dead}), do: ["\nClient ", inspect(pid), " is dead"]
  defp client({pid, :remote}), do: ["\nClient ", inspect(pid), " is remote on node ", inspect(node(pid))]

  defp client({_, {name, stacktrace}}),
    do: ["\nClient ", inspect(name), " is alive\n" | stacktrace(stacktrace)]

  defp client(_), do: []

  # --------------------------------------------------------------------------------------------
  # Supervisors and crash reports
  # --------------------------------------------------------------------------------------------

  defp supervisor(_min_level, context, report) when is_list(report) do
    sup = report[:supervisor]
    reason = report[:reason]
    child = report[:offender] || []
    {text, crash} = reason(reason)
    text = [["Child ", child_name(child), " of Supervisor ", sup_name(sup)], [what(context), text] | child_lines(child)]
    {:ok, text, crash_reason: crash}
  end

  defp supervisor(_min_level, _context, _report), do: :skip

  defp what(:start_error), do: " failed to start"
  defp what(:child_terminated), do: " terminated"
  defp what(:shutdown), do: " caused shutdown"
  defp what(:shutdown_error), do: " shut down abnormally"
  defp what(other), do: [" ", inspect(other)]

  defp child_name(child), do: inspect(child[:id])

  defp sup_name({:local, name}), do: inspect(name)
  defp sup_name({:global, name}), do: inspect(name)
  defp sup_name({:via, _module, name}), do: inspect(name)
  defp sup_name({pid, module}) when is_pid(pid), do: [inspect(pid), " (", inspect(module), ")"]
  defp sup_name(other), do: inspect(other)

  defp child_lines(child) do
    [
      case child[:pid] do
        nil -> []
        :undefined -> []
        pid -> ["\nPid: ", inspect(pid)]
      end,
      case child[:mfargs] do
        {module, function, args} when is_list(args) -> ["\nStart Call: ", call(module, function, args)]
        {module, function, :undefined} -> ["\nStart Call: ", Exception.format_mfa(module, function, :undefined)]
        _ -> []
      end,
      field(child, :restart_type, "\nRestart: "),
      field(child, :shutdown, "\nShutdown: "),
      field(child, :child_type, "\nType: ")
    ]
  end

  defp call(module, function, args),
    do: [inspect(module), ".", Macro.inspect_atom(:remote_call, function), "(", Enum.map_intersperse(args, ", ", &show/1), ")"]

  defp field(child, key, title) do
    case child[key] do
      nil -> []
      value -> [title, inspect(value)]
    end
  end

  defp crash(min_level, [crashed, linked]) do
    {kind, reason, stack} = crashed[:error_info]
    {text, crash} = if kind == :exit, do: reason({reason, stack}), else: error(reason, stack)
    name = crashed[:registered_name]

    header =
      if is_atom(name) and name not in [nil, :undefined],
        do: ["Process ", inspect(name), " (", inspect(crashed[:pid]), ")"],
        else: ["Process ", inspect(crashed[:pid])]

    text = [header, " terminating", text, initial_call(crashed[:initial_call]), "\nAncestors: ", show(crashed[:ancestors] || [])]
    more = debug(min_level, fn -> for {key, value} <- crashed, key in [:message_queue_len, :messages, :links, :dictionary, :trap_exit], do: ["\n", Atom.to_string(key), ": ", show(value)] end)
    neighbours = if linked == [], do: [], else: ["\nNeighbours:" | Enum.map(linked, &["\n    ", show(&1)])]
    {:ok, [text, more | neighbours], crash_reason: crash}
  end

  defp crash(_min_level, _data), do: :skip

  defp initial_call({module, function, args}) when is_list(args),
    do: ["\nInitial Call: ", Exception.format_mfa(module, function, length(args))]

  defp initial_call({module, function, arity}) when is_integer(arity),
    do: ["\nInitial Call: ", Exception.format_mfa(module, function, arity)]

  defp initial_call(_), do: []

  # --------------------------------------------------------------------------------------------
  # Reasons
  # --------------------------------------------------------------------------------------------

  # The lines for an exit reason, and the reason for machines.
  defp reason({error, [_ | _] = stack} = reason) do
    case stacktrace_lines(stack) do
      {:ok, lines} ->
        {banner, error} = exit_banner(error, stack)
        {["\n** ", banner | lines], {error, stack}}

      :error ->
        stop(reason)
    end
  end

  defp reason(reason), do: stop(reason)

  defp stop(reason), do: {["\n** (stop) " | Exception.format_exit(reason)], {reason, []}}

  defp exit_banner(error, stack) do
    case Exception.normalize(:error, error, stack) do
      %ErlangError{} -> {["(stop) " | Exception.format_exit(error)], error}
      exception -> {banner(exception, stack), exception}
    end
  end

  defp error(reason, stack) do
    exception = Exception.normalize(:error, reason, stack)
    {["\n** ", banner(exception, stack) | stacktrace(stack)], {exception, stack}}
  end

  defp banner(exception, stack) do
    "** " <> text = Exception.format_banner(:error, exception, stack)
    text
  end

  defp stacktrace(stack) do
    case stacktrace_lines(stack) do
      {:ok, lines} -> lines
      :error -> []
    end
  end

  defp stacktrace_lines(stack) do
    {:ok, Enum.map(stack, &["\n    " | Exception.format_stacktrace_entry(&1)])}
  rescue
    _ -> :error
  end

  defp show(term), do: inspect(term, Logger.Utils.inspect_options())

  defp registered_name(name) when is_atom(name), do: [registered_name: name]
  defp registered_name(_name), do: []
end
