defmodule :phial_file_device do
  @moduledoc false
  # The process of a file opened without :raw. It answers the I/O protocol and the requests of :file, and ends with its
  # owner. Bytes of the file are characters in its encoding; text goes out as UTF-8 binaries, or Latin-1 when the request
  # says so.

  def open(path, modes) do
    owner = self()
    ref = :erlang.make_ref()
    {pid, monitor} = :erlang.spawn_monitor(fn -> start(owner, ref, path, modes) end)

    receive do
      {^ref, :ok} ->
        :erlang.demonitor(monitor, [:flush])
        {:ok, pid}

      {^ref, error} ->
        :erlang.demonitor(monitor, [:flush])
        error

      {:DOWN, ^monitor, _, _, :badarg} ->
        {:error, :badarg}

      {:DOWN, ^monitor, _, _, {:badarg, _}} ->
        {:error, :badarg}

      {:DOWN, ^monitor, _, _, reason} ->
        {:error, reason}
    end
  end

  defp start(owner, ref, path, modes) do
    result =
      try do
        :file.open_raw(path, [:binary | modes])
      catch
        :error, :badarg -> {:error, :badarg}
      end

    case result do
      {:ok, file} ->
        watch = :erlang.monitor(:process, owner)
        :erlang.send(owner, {ref, :ok})

        loop(%{
          file: file,
          watch: watch,
          binary: :lists.member(:binary, modes),
          encoding: encoding(modes)
        })

      error ->
        :erlang.send(owner, {ref, error})
    end
  end

  defp encoding(modes) do
    case :lists.keyfind(:encoding, 1, modes) do
      {:encoding, :unicode} -> :utf8
      {:encoding, encoding} -> encoding
      false -> :latin1
    end
  end

  defp loop(%{watch: watch} = state) do
    receive do
      {:io_request, from, as, request} when is_pid(from) ->
        {reply, state} = io(request, state)
        :erlang.send(from, {:io_reply, as, reply})
        loop(state)

      {:file_request, from, ref, :close} ->
        :erlang.send(from, {:file_reply, ref, :file.close(state.file)})

      {:file_request, from, ref, request} ->
        :erlang.send(from, {:file_reply, ref, file(request, state)})
        loop(state)

      {:DOWN, ^watch, _, _, _} ->
        :file.close(state.file)

      _ ->
        loop(state)
    end
  end

  defp file({:position, at}, state), do: :file.position(state.file, at)
  defp file({:pread, at, n}, state), do: as_asked(:file.pread(state.file, at, n), state)
  defp file({:pwrite, at, data}, state), do: :file.pwrite(state.file, at, data)
  defp file(:truncate, state), do: :file.truncate(state.file)
  defp file(:sync, state), do: :file.sync(state.file)
  defp file(_, _), do: {:error, :enotsup}

  defp as_asked({:ok, bytes}, %{binary: false}), do: {:ok, :erlang.binary_to_list(bytes)}
  defp as_asked(result, _), do: result

  defp io({:put_chars, encoding, chars}, state), do: {put(chars, encoding, state), state}

  defp io({:put_chars, encoding, module, function, args}, state) do
    {put(:erlang.apply(module, function, args), encoding, state), state}
  catch
    _, _ -> {{:error, function}, state}
  end

  defp io({:put_chars, chars}, state), do: io({:put_chars, :latin1, chars}, state)
  defp io({:get_line, encoding, _prompt}, state), do: {line(encoding, state), state}
  defp io({:get_line, prompt}, state), do: io({:get_line, :latin1, prompt}, state)
  defp io({:get_chars, encoding, _prompt, n}, state), do: {chars(n, encoding, state), state}
  defp io({:get_chars, prompt, n}, state), do: io({:get_chars, :latin1, prompt, n}, state)

  defp io({:get_until, encoding, _prompt, module, function, args}, state) do
    {until([], encoding, module, function, args, state), state}
  end

  defp io(:getopts, state), do: {[binary: state.binary, encoding: state.encoding], state}

  defp io({:setopts, options}, state) do
    {:ok,
     :lists.foldl(
       fn
         :binary, state -> %{state | binary: true}
         :list, state -> %{state | binary: false}
         {:binary, binary}, state -> %{state | binary: binary}
         {:encoding, :unicode}, state -> %{state | encoding: :utf8}
         {:encoding, encoding}, state -> %{state | encoding: encoding}
         _, state -> state
       end,
       state,
       options
     )}
  end

  defp io({:requests, requests}, state) do
    :lists.foldl(
      fn
        _, {{:error, _}, _} = failed -> failed
        request, {_, state} -> io(request, state)
      end,
      {:ok, state},
      requests
    )
  end

  defp io(_, state), do: {{:error, :request}, state}

  defp put(chars, encoding, state) do
    case :phial_file_text.encode(chars, encoding, state.encoding) do
      {:ok, bytes} -> :file.write(state.file, bytes)
      :error -> {:error, :no_translation}
    end
  catch
    :error, _ -> {:error, {:put_chars, encoding, chars}}
  end

  defp line(encoding, state) do
    case :file.read_line(state.file) do
      {:ok, bytes} -> decoded(newline(bytes), encoding, state)
      other -> other
    end
  end

  # A carriage return before the new line belongs to it.
  defp newline(bytes) do
    size = byte_size(bytes) - 2

    case bytes do
      <<text::binary-size(size), "\r\n">> -> text <> "\n"
      _ -> bytes
    end
  end

  defp chars(n, encoding, %{encoding: :latin1} = state) do
    case :file.read(state.file, n) do
      {:ok, bytes} -> decoded(bytes, encoding, state)
      other -> other
    end
  end

  defp chars(n, encoding, state), do: more_chars(n, "", encoding, state)

  # [read] and what is missing to [n] characters. As many bytes as characters are missing never are too many.
  defp more_chars(n, read, encoding, state) do
    missing =
      case :unicode.characters_to_list(read, state.encoding) do
        list when is_list(list) -> n - length(list)
        {:incomplete, list, _} -> max(n - length(list), 1)
        {:error, _, _} -> 0
      end

    case missing > 0 and :file.read(state.file, missing) do
      {:ok, bytes} -> more_chars(n, read <> bytes, encoding, state)
      :eof when read == "" -> :eof
      {:error, _} = error -> error
      _ -> decoded(read, encoding, state)
    end
  end

  defp until(read, encoding, module, function, args, state) do
    data =
      case line(encoding, %{state | binary: false}) do
        :eof -> :eof
        text when is_list(text) -> text
        error -> error
      end

    case :erlang.apply(module, function, [read, data | args]) do
      {:done, result, rest} ->
        if is_list(rest) and rest != [] do
          :file.position(state.file, {:cur, -length(rest)})
        end

        result

      {:more, read} ->
        until(read, encoding, module, function, args, state)
    end
  end

  # Bytes of the file as the request wants its characters.
  defp decoded(bytes, encoding, state) do
    to = if encoding == :latin1, do: :latin1, else: :utf8

    text =
      cond do
        to == :latin1 and state.encoding == :latin1 -> bytes
        true -> :unicode.characters_to_binary(bytes, state.encoding, to)
      end

    cond do
      not is_binary(text) -> {:error, {:no_translation, state.encoding, to}}
      state.binary -> text
      to == :latin1 -> :erlang.binary_to_list(text)
      true -> :unicode.characters_to_list(text)
    end
  end
end
