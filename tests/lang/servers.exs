defmodule Stack do
  use GenServer

  def init(l), do: {:ok, l}
  def handle_call(:pop, _from, [h | t]), do: {:reply, h, t}
  def handle_call(:pop, _from, []), do: {:stop, :normal, :empty, []}
  def handle_call(:later, from, s), do: {:noreply, s, {:continue, {:answer, from}}}
  def handle_cast({:push, x}, s), do: {:noreply, [x | s]}
  def handle_info({:info, to}, s), do: {send(to, {:stack, s}) && :noreply, s}

  def handle_continue({:answer, from}, s) do
    GenServer.reply(from, {:size, length(s)})
    {:noreply, s}
  end

  def terminate(reason, _), do: IO.puts("terminating: #{inspect(reason)}")
end

{:ok, s} = GenServer.start_link(Stack, [1], name: :stack)
GenServer.cast(:stack, {:push, 2})
IO.inspect(GenServer.call(s, :later))
send(s, {:info, self()})
receive(do: (m -> IO.inspect(m)))
IO.inspect(for _ <- 1..3, do: GenServer.call(s, :pop))
ref = Process.monitor(s)
receive(do: ({:DOWN, ^ref, _, _, _} -> :ok))
IO.inspect(GenServer.whereis(:stack))

IO.inspect(
  try do
    GenServer.call(:stack, :pop)
  catch
    :exit, {reason, {GenServer, :call, [name, msg, timeout]}} -> {reason, name, msg, timeout}
  end
)

IO.inspect(1..6 |> Task.async_stream(&(&1 * &1), max_concurrency: 2) |> Enum.map(&elem(&1, 1)))
