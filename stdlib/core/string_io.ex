defmodule StringIO do
  @moduledoc """
  A device over strings: what is read comes from a string, what is written is kept.

      iex> {:ok, io} = StringIO.open("one\\ntwo")
      iex> IO.read(io, :line)
      "one\\n"
      iex> IO.write(io, "out")
      iex> StringIO.contents(io)
      {"two", "out"}
  """

  @doc """
  Starts a device that reads `string`. With `capture_prompt: true` prompts count as output; `:encoding` is `:unicode` or `:latin1`.
  """
  def open(string, options \\ [])

  def open(string, options) when is_binary(string) and is_list(options), do: {:ok, start(string, options)}
  def open(string, fun) when is_binary(string) and is_function(fun, 1), do: open(string, [], fun)

  @doc """
  As `open/2`; calls `fun` with the device and closes it: `{:ok, result}`.
  """
  def open(string, options, fun) when is_binary(string) and is_function(fun, 1) do
    device = start(string, options)

    result =
      try do
        fun.(device)
      rescue
        exception ->
          close(device)
          reraise exception, __STACKTRACE__
      end

    {:ok, _contents} = close(device)
    {:ok, result}
  end

  defp start(string, options) do
    parent = self()
    state = %{input: string, output: [], prompt: Keyword.get(options, :capture_prompt, false), encoding: Keyword.get(options, :encoding, :unicode)}
    spawn_link(fn -> loop(state, Process.monitor(parent)) end)
  end

  @doc """
  What is left to read and what was written.
  """
  def contents(pid) when is_pid(pid), do: call(pid, :contents)

  @doc """
  Gives what was written and forgets it.
  """
  def flush(pid) when is_pid(pid), do: call(pid, :flush)

  @doc """
  Stops the device: `{:ok, {input, output}}`.
  """
  def close(pid) when is_pid(pid), do: call(pid, :close)

  defp call(pid, request) do
    ref = Process.monitor(pid)
    send(pid, {__MODULE__, self(), ref, request})

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, reason} ->
        exit({reason, {__MODULE__, request, [pid]}})
    end
  end

  defp loop(state, parent_ref) do
    receive do
      {:io_request, from, reply_as, request} ->
        {reply, state} = handle(request, state)
        send(from, {:io_reply, reply_as, reply})
        loop(state, parent_ref)

      {__MODULE__, from, ref, :close} ->
        send(from, {ref, {:ok, {state.input, output(state)}}})

      {__MODULE__, from, ref, :contents} ->
        send(from, {ref, {state.input, output(state)}})
        loop(state, parent_ref)

      {__MODULE__, from, ref, :flush} ->
        send(from, {ref, output(state)})
        loop(%{state | output: []}, parent_ref)

      {:DOWN, ^parent_ref, _, _, _} ->
        :ok

      _other ->
        loop(state, parent_ref)
    end
  end

  defp output(state), do: :erlang.iolist_to_binary(:lists.reverse(state.output))

  defp handle({:put_chars, chars}, state), do: handle({:put_chars, :latin1, chars}, state)

  defp handle({:put_chars, encoding, chars}, state) do
    case :unicode.characters_to_binary(chars, encoding, state.encoding) do
      text when is_binary(text) -> {:ok, %{state | output: [text | state.output]}}
      _ -> {{:error, {:no_translation, encoding, state.encoding}}, state}
    end
  end

  defp handle({:put_chars, mod, fun, args}, state), do: handle({:put_chars, :latin1, apply(mod, fun, args)}, state)
  defp handle({:put_chars, encoding, mod, fun, args}, state), do: handle({:put_chars, encoding, apply(mod, fun, args)}, state)
  defp handle({:get_line, prompt}, state), do: handle({:get_line, :latin1, prompt}, state)
  defp handle({:get_chars, prompt, n}, state), do: handle({:get_chars, :latin1, prompt, n}, state)

  defp handle({:get_line, _encoding, prompt}, state) do
    state = prompted(prompt, state)

    case state.input do
      "" ->
        {:eof, state}

      input ->
        case :binary.match(input, "\n") do
          {at, 1} ->
            <<line::binary-size(at), ?\n, rest::binary>> = input
            {line <> "\n", %{state | input: rest}}

          :nomatch ->
            {input, %{state | input: ""}}
        end
    end
  end

  defp handle({:get_chars, _encoding, prompt, count}, state) when is_integer(count) and count >= 0 do
    state = prompted(prompt, state)

    case take(state.input, count, state.encoding) do
      {"", ""} when count > 0 -> {:eof, state}
      {data, rest} -> {data, %{state | input: rest}}
    end
  end

  defp handle({:get_password, _encoding}, state), do: {"", state}
  defp handle(:getopts, state), do: {[binary: true, encoding: state.encoding], state}
  defp handle({:setopts, options}, state), do: {:ok, %{state | encoding: Keyword.get(options, :encoding, state.encoding)}}
  defp handle({:get_geometry, _}, state), do: {{:error, :enotsup}, state}

  defp handle({:requests, requests}, state) do
    :lists.foldl(
      fn
        _request, {{:error, _}, _} = failed -> failed
        request, {_reply, state} -> handle(request, state)
      end,
      {:ok, state},
      requests
    )
  end

  defp handle(_other, state), do: {{:error, :request}, state}

  defp prompted(prompt, %{prompt: true} = state), do: %{state | output: [IO.chardata_to_string(prompt) | state.output]}
  defp prompted(_prompt, state), do: state

  defp take(input, count, :unicode) do
    rest = drop_chars(input, count)
    {binary_part(input, 0, byte_size(input) - byte_size(rest)), rest}
  end

  defp take(input, count, _latin1) do
    size = min(count, byte_size(input))
    <<data::binary-size(size), rest::binary>> = input
    {data, rest}
  end

  defp drop_chars(rest, 0), do: rest
  defp drop_chars(<<_::utf8, rest::binary>>, count), do: drop_chars(rest, count - 1)
  defp drop_chars(rest, _count), do: rest
end
