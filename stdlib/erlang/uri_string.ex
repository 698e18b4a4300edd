defmodule :uri_string do
  @moduledoc """
  URIs as maps of the parts they have, and the percent-encoding.

      iex> :uri_string.parse("http://a.b/c").host
      "a.b"
  """

  @type error :: {:error, atom, term}

  defp like(text, original) when is_list(original), do: :unicode.characters_to_list(text)
  defp like(text, _original), do: text

  defp text(chardata), do: :unicode.characters_to_binary(chardata)

  @doc "The parts of a URI."
  @spec parse(binary | charlist) :: map | error
  def parse(uri) do
    case URI.new(text(uri)) do
      {:ok, parsed} ->
        # An empty path is there, other parts only if given.
        base = %{path: like(parsed.path || "", uri)}

        Enum.reduce([:scheme, :userinfo, :host, :query, :fragment], base, fn key, acc ->
          case :maps.get(key, parsed) do
            nil -> acc
            value -> :maps.put(key, like(value, uri), acc)
          end
        end)
        |> put_port(URI.parse(text(uri)).authority)

      {:error, part} ->
        {:error, :invalid_uri, :erlang.binary_to_list(part)}
    end
  end

  defp put_port(map, nil), do: map

  defp put_port(map, authority) do
    case :lists.reverse(:binary.split(authority, ":", [:global])) do
      [last, _ | _] ->
        case Integer.parse(last) do
          {port, ""} -> :maps.put(:port, port, map)
          _ -> if last == "", do: :maps.put(:port, :undefined, map), else: map
        end

      _ ->
        map
    end
  end

  @doc "The URI of parts."
  @spec recompose(map) :: binary | charlist | error
  def recompose(%{path: path} = map) do
    get = fn key -> with value when value != nil <- :maps.get(key, map, nil), do: text(value) end
    host = get.(:host)

    authority =
      host &&
        [
          if(get.(:userinfo), do: [get.(:userinfo), "@"], else: []),
          if(:binary.match(host, ":") != :nomatch, do: ["[", host, "]"], else: host),
          case :maps.get(:port, map, nil) do
            port when is_integer(port) -> [":", Integer.to_string(port)]
            :undefined -> ":"
            _ -> []
          end
        ]

    [
      if(get.(:scheme), do: [get.(:scheme), ":"], else: []),
      if(authority, do: ["//", authority], else: []),
      text(path),
      if(get.(:query), do: ["?", get.(:query)], else: []),
      if(get.(:fragment), do: ["#", get.(:fragment)], else: [])
    ]
    |> :erlang.iolist_to_binary()
    |> like(path)
  end

  def recompose(map), do: {:error, :invalid_map, map}

  @doc "Resolves a reference against a base URI."
  @spec resolve(binary | charlist | map, binary | charlist | map) :: binary | charlist | error
  def resolve(reference, base), do: resolve(reference, base, [])

  @doc "Resolves a reference; with `:return_map` the result is a map."
  @spec resolve(binary | charlist | map, binary | charlist | map, list) ::
          binary | charlist | map | error
  def resolve(reference, base, options) do
    whole = fn
      map when is_map(map) -> recompose(map)
      uri -> uri
    end

    result = URI.merge(text(whole.(base)), text(whole.(reference))) |> URI.to_string()
    result = like(result, whole.(reference))
    if :lists.member(:return_map, options), do: parse(result), else: result
  end

  @doc "Normalizes a URI: lower case scheme and host, no dot segments, no default port."
  @spec normalize(binary | charlist | map) :: binary | charlist | error
  def normalize(uri), do: normalize(uri, [])

  @doc "Normalizes a URI; with `:return_map` the result is a map."
  @spec normalize(binary | charlist | map, list) :: binary | charlist | map | error
  def normalize(uri, options) do
    map = if is_map(uri), do: uri, else: parse(uri)

    case map do
      %{} ->
        map = lower(lower(map, :scheme), :host)

        map =
          case map do
            %{scheme: scheme, port: port} ->
              if URI.default_port(text(scheme)) == port, do: :maps.remove(:port, map), else: map

            _ ->
              map
          end

        path = dots(text(map.path))
        path = if path == "" and is_map_key(map, :host), do: "/", else: path
        map = %{map | path: like(path, map.path)}
        if :lists.member(:return_map, options), do: map, else: recompose(map)

      error ->
        error
    end
  end

  defp lower(map, key) do
    case map do
      %{^key => value} -> %{map | key => like(String.downcase(text(value)), value)}
      _ -> map
    end
  end

  defp dots(""), do: ""

  defp dots(path) do
    %{path: path} = URI.merge("http://h/", "http://h" <> if(match?("/" <> _, path), do: path, else: "/" <> path))
    path || ""
  end

  @doc "Percent-encodes all but letters, digits and `-._~`."
  def unquote(:quote)(data), do: like(URI.encode(text(data), &URI.char_unreserved?/1), data)

  @doc "Percent-encodes, leaving also the characters of `safe`."
  def unquote(:quote)(data, safe) do
    like(URI.encode(text(data), fn c -> URI.char_unreserved?(c) or :lists.member(c, safe) end), data)
  end

  @doc "Decodes percent-encoding."
  def unquote(:unquote)(data), do: like(URI.decode(text(data)), data)

  @doc "Decodes percent-encoding in a URI or in the parts of one."
  @spec percent_decode(binary | charlist | map) :: binary | charlist | map | error
  def percent_decode(map) when is_map(map) do
    :maps.map(
      fn
        key, value when key in [:port] -> value
        _key, value -> percent_decode(value)
      end,
      map
    )
  end

  def percent_decode(data), do: like(URI.decode(text(data)), data)

  @doc "Encodes pairs as a form."
  @spec compose_query([{term, term}]) :: binary | charlist
  def compose_query(pairs), do: compose_query(pairs, [])

  @doc "Encodes pairs as a form; the option `separator` is accepted."
  @spec compose_query([{term, term}], list) :: binary | charlist
  def compose_query([], _options), do: []

  def compose_query([{first, _} | _] = pairs, options) do
    separator = Keyword.get(options, :separator, :amp)
    join = if separator == :semicolon, do: ";", else: "&"

    pairs
    |> Enum.map_join(join, fn
      {key, true} -> URI.encode_www_form(text(key))
      {key, value} -> URI.encode_www_form(text(key)) <> "=" <> URI.encode_www_form(text(value))
    end)
    |> like(first)
  end

  @doc "The pairs of a form."
  @spec dissect_query(binary | charlist) :: [{term, term}] | error
  def dissect_query(data) when data == "" or data == [], do: []

  def dissect_query(data) do
    for part <- :binary.split(text(data), ["&", ";"], [:global]) do
      case :binary.split(part, "=") do
        [key, value] -> {like(URI.decode_www_form(key), data), like(URI.decode_www_form(value), data)}
        [key] -> {like(URI.decode_www_form(key), data), true}
      end
    end
  end

  @doc "The characters that each part may hold unescaped."
  @spec allowed_characters() :: [{atom, charlist}]
  def allowed_characters do
    unreserved = for c <- 0..127, URI.char_unreserved?(c), do: c
    delimiters = ~c"!$&'()*+,;="

    [
      scheme: Enum.filter(0..127, fn c -> c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c in ~c"+-." end),
      userinfo: unreserved ++ delimiters ++ ~c":%",
      host: unreserved ++ delimiters ++ ~c"%[]:",
      ipv4: ~c"0123456789.",
      ipv6: ~c"0123456789abcdefABCDEF:.",
      regname: unreserved ++ delimiters ++ ~c"%",
      path: unreserved ++ delimiters ++ ~c":@/%",
      query: unreserved ++ delimiters ++ ~c":@/?%",
      fragment: unreserved ++ delimiters ++ ~c":@/?%",
      reserved: ~c":/?#[]@" ++ delimiters,
      unreserved: unreserved
    ]
  end

  @doc "Re-encodes a URI; only UTF-8 is kept as it is."
  @spec transcode(binary | charlist, list) :: binary | charlist | error
  def transcode(uri, options) do
    from = :proplists.get_value(:in_encoding, options, :utf8)
    to = :proplists.get_value(:out_encoding, options, :utf8)

    case :unicode.characters_to_binary(uri, from, to) do
      text when is_binary(text) -> if is_list(uri), do: :unicode.characters_to_list(text, to), else: text
      {_, done, rest} -> {:error, :invalid_utf8, {done, rest}}
    end
  end

  @doc false
  def is_host(chars), do: URI.new("//" <> text(chars) <> "/") |> elem(0) == :ok

  @doc false
  def is_path(chars), do: URI.new(text(chars)) |> elem(0) == :ok
end
