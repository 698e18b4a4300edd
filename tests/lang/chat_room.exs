# A chat room as a process: clients join, say things and leave; the room tells everyone.
defmodule Chat.Room do
  def start, do: spawn(fn -> loop(%{}) end)

  def join(room, name), do: send(room, {:join, self(), name})
  def say(room, text), do: send(room, {:say, self(), text})
  def leave(room), do: send(room, {:leave, self()})

  defp loop(members) do
    receive do
      {:join, pid, name} ->
        Process.monitor(pid)
        members = Map.put(members, pid, name)
        tell(members, "* #{name} joined")
        loop(members)

      {:say, pid, text} ->
        tell(members, "<#{members[pid]}> #{text}")
        loop(members)

      {:leave, pid} ->
        loop(part(members, pid, "left"))

      {:DOWN, _ref, :process, pid, _reason} ->
        loop(part(members, pid, "was disconnected"))
    end
  end

  defp part(members, pid, how) do
    case Map.pop(members, pid) do
      {nil, members} ->
        members

      {name, members} ->
        tell(members, "* #{name} #{how}")
        members
    end
  end

  defp tell(members, line), do: Enum.each(members, fn {pid, _name} -> send(pid, {:line, line}) end)
end

defmodule Chat.Client do
  # Runs `script` as a member of the room and reports every line it hears to `parent`.
  def start(room, name, parent, script) do
    spawn(fn ->
      Chat.Room.join(room, name)
      script.(room)
      listen(name, parent)
    end)
  end

  defp listen(name, parent) do
    receive do
      {:line, line} ->
        send(parent, {:heard, name, line})
        listen(name, parent)

      :quit ->
        :ok
    end
  end
end

defmodule Chat.Transcript do
  def wait_for(name, line) do
    receive do
      {:heard, ^name, ^line} -> IO.puts("#{String.pad_leading(name, 5)} hears: #{line}")
    after
      1000 -> raise "#{name} never heard #{inspect(line)}"
    end
  end
end

room = Chat.Room.start()
ann = Chat.Client.start(room, "ann", self(), fn _ -> :ok end)
Chat.Transcript.wait_for("ann", "* ann joined")
bob = Chat.Client.start(room, "bob", self(), fn room -> Chat.Room.say(room, "hello, all") end)

Chat.Transcript.wait_for("ann", "* bob joined")
Chat.Transcript.wait_for("ann", "<bob> hello, all")
Chat.Transcript.wait_for("bob", "<bob> hello, all")

Process.exit(bob, :kill)
Chat.Transcript.wait_for("ann", "* bob was disconnected")
send(ann, :quit)
