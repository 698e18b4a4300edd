defmodule :phial_io_server do
  @moduledoc """
  The processes `:user` and `:standard_error`: they answer the I/O protocol for the console.

  They start parked; most output never reaches them, because `:phial_io.write/2` goes to the console's buffer directly.
  Input arrives in pieces as messages, so requests to print are served while somebody waits for a line.
  """

  # device: :user or :standard_error
  # buffer: input not yet asked for; source: :open, :waiting (a piece is on its way) or :closed
  # readers: requests for input in order, {from, reply_as, request}
  # opts: what getopts shows

  @doc "Serves `device` for ever."
  @spec main(atom) :: no_return
  def main(device) do
    loop(%{
      device: device,
      buffer: "",
      source: if(device == :user, do: :open, else: :closed),
      readers: [],
      binary: true,
      encoding: :unicode
    })
  end

  defp loop(state) do
    receive do
      {:io_request, from, reply_as, request} when is_pid(from) ->
        loop(serve(state, from, reply_as, request))

      {:phial_input, data} ->
        loop(feed(input(state, data)))

      _ ->
        loop(state)
    end
  end

  defp serve(state, from, reply_as, request) do
    case handle(state, request) do
      {:reply, result, state} ->
        send(from, {:io_reply, reply_as, result})
        state

      {:read, request} ->
        feed(%{state | readers: state.readers ++ [{from, reply_as, request}]})
    end
  end

  # Requests that are answered at once give {:reply, result, state}; those that need input give {:read, request} with
  # request {:line | {:chars, n} | {:until, m, f, args}, encoding}.
  defp handle(state, {:put_chars, encoding, chars}), do: {:reply, put(state, encoding, chars), state}

  defp handle(state, {:put_chars, encoding, module, function, args}) do
    {:reply, put_result(state, encoding, module, function, args), state}
  end

  defp handle(state, {:put_chars, chars}), do: handle(state, {:put_chars, :latin1, chars})

  defp handle(state, {:put_chars, module, function, args}) do
    handle(state, {:put_chars, :latin1, module, function, args})
  end

  defp handle(state, {:get_line, encoding, prompt}), do: ask(state, prompt, {:line, encoding})

  defp handle(state, {:get_chars, encoding, prompt, n}) when is_integer(n) and n >= 0 do
    ask(state, prompt, {{:chars, n}, encoding})
  end

  defp handle(state, {:get_until, encoding, prompt, module, function, args}) do
    ask(state, prompt, {{:until, module, function, args, []}, encoding})
  end

  defp handle(state, {:get_line, prompt}), do: handle(state, {:get_line, :latin1, prompt})

  defp handle(state, {:get_chars, prompt, n}), do: handle(state, {:get_chars, :latin1, prompt, n})

  defp handle(state, {:get_until, prompt, module, function, args}) do
    handle(state, {:get_until, :latin1, prompt, module, function, args})
  end

  defp handle(state, {:get_password, encoding}), do: handle(state, {:get_line, encoding, ""})
  defp handle(state, {:requests, requests}) when is_list(requests), do: handle_all(requests, :ok, state)

  defp handle(state, :getopts) do
    {:reply, [binary: state.binary, encoding: state.encoding], state}
  end

  defp handle(state, {:setopts, opts}) when is_list(opts), do: setopts(opts, state, state)

  defp handle(state, {:get_geometry, what}) when what in [:columns, :rows] do
    case :phial_io.terminal_size() do
      {columns, _} when what == :columns -> {:reply, columns, state}
      {_, rows} -> {:reply, rows, state}
      :error -> {:reply, {:error, :enotsup}, state}
    end
  end

  defp handle(state, _), do: {:reply, {:error, :request}, state}

  # All of them in turn, up to the first that fails; a request for input may only come last.
  defp handle_all([], result, state), do: {:reply, result, state}

  defp handle_all([request | rest], _, state) do
    case handle(state, request) do
      {:reply, {:error, _} = error, state} -> {:reply, error, state}
      {:reply, result, state} -> handle_all(rest, result, state)
      {:read, _} = read when rest == [] -> read
      {:read, _} -> {:reply, {:error, :request}, state}
    end
  end

  defp setopts([], _, state), do: {:reply, :ok, state}
  defp setopts([:binary | rest], old, state), do: setopts(rest, old, %{state | binary: true})
  defp setopts([:list | rest], old, state), do: setopts(rest, old, %{state | binary: false})
  defp setopts([{:binary, b} | rest], old, state) when is_boolean(b), do: setopts(rest, old, %{state | binary: b})

  defp setopts([{:encoding, e} | rest], old, state) when e in [:unicode, :utf8, :latin1] do
    setopts(rest, old, %{state | encoding: if(e == :latin1, do: :latin1, else: :unicode)})
  end

  defp setopts([{:echo, _} | rest], old, state), do: setopts(rest, old, state)
  defp setopts([{:expand_fun, _} | rest], old, state), do: setopts(rest, old, state)
  defp setopts(_, old, _), do: {:reply, {:error, :enotsup}, old}

  # Output.

  defp put(state, :latin1, chars) do
    case :phial_io.put_latin1(state.device, chars) do
      :ok -> :ok
      :error -> {:error, {:put_chars, :latin1, chars}}
    end
  catch
    _, _ -> {:error, {:put_chars, :latin1, chars}}
  end

  defp put(state, encoding, chars) when encoding in [:unicode, :utf8] do
    case :phial_io.put(state.device, chars) do
      :ok -> :ok
      :error -> {:error, {:no_translation, :unicode, :unicode}}
    end
  catch
    _, _ -> {:error, {:put_chars, encoding, chars}}
  end

  defp put(_, encoding, chars), do: {:error, {:put_chars, encoding, chars}}

  defp put_result(state, encoding, module, function, args) do
    case :erlang.apply(module, function, args) do
      chars when is_list(chars) or is_binary(chars) -> put(state, encoding, chars)
      _ -> {:error, function}
    end
  catch
    _, _ -> {:error, function}
  end

  # Input.

  defp ask(%{device: :standard_error} = state, _, _), do: {:reply, {:error, :enotsup}, state}

  defp ask(state, prompt, request) do
    case prompt_text(prompt) do
      "" -> :ok
      text -> put(state, :unicode, text)
    end

    {:read, request}
  end

  defp prompt_text(prompt) when is_atom(prompt), do: :erlang.atom_to_binary(prompt, :utf8)
  defp prompt_text(prompt) when is_binary(prompt), do: prompt

  defp prompt_text(prompt) when is_list(prompt) do
    case :unicode.characters_to_binary(prompt) do
      text when is_binary(text) -> text
      _ -> ""
    end
  end

  defp prompt_text({:format, format, args}), do: prompt_text(:io_lib.format(format, args))
  defp prompt_text(_), do: ""

  defp input(state, data) when is_binary(data), do: %{state | buffer: state.buffer <> data, source: :open}
  defp input(state, _), do: %{state | source: :closed}

  # Serves readers as far as the input goes.
  defp feed(%{readers: []} = state), do: state

  defp feed(%{readers: [{from, reply_as, {request, encoding}} | rest]} = state) do
    case take(request, state.buffer, state.source == :closed) do
      {:more, request} when state.source == :closed ->
        send(from, {:io_reply, reply_as, :eof})
        feed(%{state | readers: rest, buffer: leftover(request, state.buffer)})

      {:more, request} ->
        if state.source == :open, do: :phial_io.read_input()
        %{state | source: :waiting, readers: [{from, reply_as, {request, encoding}} | rest]}

      {:ok, result, buffer} ->
        send(from, {:io_reply, reply_as, deliver(result, encoding, state)})
        feed(%{state | readers: rest, buffer: buffer})
    end
  end

  defp leftover({:until, _, _, _, _}, _), do: ""
  defp leftover(_, buffer), do: buffer

  # {:ok, result, rest} or {:more, request}
  defp take(:line, buffer, closed) do
    case :binary.match(buffer, "\n") do
      {at, 1} ->
        size = at + 1
        <<line::binary-size(size), rest::binary>> = buffer
        {:ok, {:text, line}, rest}

      :nomatch when closed and buffer != "" ->
        {:ok, {:text, buffer}, ""}

      :nomatch ->
        {:more, :line}
    end
  end

  defp take({:chars, 0}, buffer, _), do: {:ok, {:text, ""}, buffer}

  defp take({:chars, n}, buffer, closed) do
    case prefix_size(buffer, n, 0) do
      size when is_integer(size) and (size > 0 or closed) and size <= byte_size(buffer) and buffer != "" ->
        <<chars::binary-size(size), rest::binary>> = buffer
        {:ok, {:text, chars}, rest}

      _ when closed and buffer != "" ->
        {:ok, {:text, buffer}, ""}

      _ ->
        {:more, {:chars, n}}
    end
  end

  # The function of get_until eats characters (as a list) and says when it has had enough.
  defp take({:until, module, function, args, continuation}, buffer, closed) do
    chars =
      cond do
        buffer != "" -> :unicode.characters_to_list(buffer)
        closed -> :eof
        true -> :none
      end

    if chars == :none or not (is_list(chars) or chars == :eof) do
      {:more, {:until, module, function, args, continuation}}
    else
      case :erlang.apply(module, function, [continuation, chars | args]) do
        {:done, result, rest} -> {:ok, {:result, result}, until_rest(rest)}
        {:more, continuation} -> take({:until, module, function, args, continuation}, "", closed)
        _ -> {:ok, {:result, {:error, function}}, ""}
      end
    end
  catch
    _, _ -> {:ok, {:result, {:error, function}}, ""}
  end

  defp until_rest(rest) when is_list(rest), do: :unicode.characters_to_binary(rest)
  defp until_rest(rest) when is_binary(rest), do: rest
  defp until_rest(_), do: ""

  # Bytes of the first n characters; :short when there are fewer.
  defp prefix_size(_, 0, size), do: size
  defp prefix_size(<<c, rest::binary>>, n, size) when c < 0x80, do: prefix_size(rest, n - 1, size + 1)

  defp prefix_size(<<c, _::binary>> = text, n, size) do
    width = if c >= 0xF0, do: 4, else: if(c >= 0xE0, do: 3, else: if(c >= 0xC2, do: 2, else: 1))

    case text do
      <<_::binary-size(width), rest::binary>> -> prefix_size(rest, n - 1, size + width)
      _ -> :short
    end
  end

  defp prefix_size("", _, _), do: :short

  defp deliver({:result, result}, _, _), do: result

  defp deliver({:text, text}, :latin1, state) do
    case :unicode.characters_to_binary(text, :unicode, :latin1) do
      bytes when is_binary(bytes) -> if state.binary, do: bytes, else: :erlang.binary_to_list(bytes)
      _ -> {:error, {:no_translation, :unicode, :latin1}}
    end
  end

  defp deliver({:text, text}, _, state) do
    if state.binary, do: text, else: :unicode.characters_to_list(text)
  end
end
