defmodule URI do
  @moduledoc """
  URIs: parsing, building, merging, and percent-encoding (RFC 3986, and the form of web forms).

      iex> URI.parse("https://elixir-lang.org/docs?q=1").host
      "elixir-lang.org"
  """

  @derive {Inspect, optional: [:authority]}
  defstruct [:scheme, :authority, :userinfo, :host, :port, :path, :query, :fragment]

  @type t :: %__MODULE__{
          scheme: nil | binary,
          authority: nil | binary,
          userinfo: nil | binary,
          host: nil | binary,
          port: nil | :inet.port_number(),
          path: nil | binary,
          query: nil | binary,
          fragment: nil | binary
        }

  defmodule Error do
    @moduledoc "A URI could not be parsed."
    defexception [:action, :reason, :part]

    @impl true
    def message(%Error{action: action, reason: reason, part: part}) do
      "cannot #{action} due to reason #{reason}: #{inspect(part)}"
    end
  end

  import Bitwise

  @doc """
  Returns the default port of a scheme, or `nil`.

      iex> URI.default_port("https")
      443
  """
  @spec default_port(binary) :: nil | non_neg_integer
  def default_port(scheme) when is_binary(scheme) do
    case :persistent_term.get({URI, :default_port, scheme}, nil) do
      nil -> known_port(scheme)
      port -> port
    end
  end

  defp known_port("http"), do: 80
  defp known_port("https"), do: 443
  defp known_port("ftp"), do: 21
  defp known_port("sftp"), do: 22
  defp known_port("tftp"), do: 69
  defp known_port("ldap"), do: 389
  defp known_port("ws"), do: 80
  defp known_port("wss"), do: 443
  defp known_port(_scheme), do: nil

  @doc """
  Sets the default port of a scheme.

      iex> URI.default_port("gopher", 70)
      :ok
  """
  @spec default_port(binary, non_neg_integer) :: :ok
  def default_port(scheme, port) when is_binary(scheme) and is_integer(port) and port >= 0 do
    :persistent_term.put({URI, :default_port, scheme}, port)
  end

  ## Queries

  @doc """
  Encodes pairs as a query; `encoding` is `:www_form` or `:rfc3986`.

      iex> URI.encode_query(a: 1, b: "x y")
      "a=1&b=x+y"
  """
  @spec encode_query(Enumerable.t(), :rfc3986 | :www_form) :: binary
  def encode_query(enumerable, encoding \\ :www_form) do
    Enum.map_join(enumerable, "&", fn {key, value} ->
      query_part(key, "keys", encoding) <> "=" <> query_part(value, "values", encoding)
    end)
  end

  defp query_part(list, which, _encoding) when is_list(list) do
    raise ArgumentError, "encode_query/2 #{which} cannot be lists, got: #{inspect(list)}"
  end

  defp query_part(part, _which, :www_form), do: part |> Kernel.to_string() |> encode_www_form()

  defp query_part(part, _which, :rfc3986) do
    part |> Kernel.to_string() |> encode(&char_unreserved?/1)
  end

  @doc """
  Decodes a query into a map; later keys win.

      iex> URI.decode_query("a=1&b=x+y")
      %{"a" => "1", "b" => "x y"}
  """
  @spec decode_query(binary, %{optional(binary) => binary}, :rfc3986 | :www_form) ::
          %{optional(binary) => binary}
  def decode_query(query, map \\ %{}, encoding \\ :www_form)

  def decode_query(query, %_{} = dict, encoding) when is_binary(query) do
    raise ArgumentError,
          "URI.decode_query/3 expects the second argument to be a map, other dictionaries are not supported, got: " <>
            inspect({dict, encoding})
  end

  def decode_query(query, map, encoding) when is_binary(query) and is_map(map) do
    query
    |> query_pairs(encoding)
    |> Enum.reduce(map, fn {key, value}, acc -> Map.put(acc, key, value) end)
  end

  @doc """
  Returns a stream of the pairs of a query.

      iex> URI.query_decoder("a=1&a=2") |> Enum.to_list()
      [{"a", "1"}, {"a", "2"}]
  """
  @spec query_decoder(binary, :rfc3986 | :www_form) :: Enumerable.t()
  def query_decoder(query, encoding \\ :www_form) when is_binary(query) do
    Stream.map(query_pairs(query, encoding), fn pair -> pair end)
  end

  defp query_pairs("", _encoding), do: []

  defp query_pairs(query, encoding) do
    {part, rest} = cut(query, "&")

    pair =
      case :binary.split(part, "=") do
        [key, value] -> {query_decode(key, encoding), query_decode(value, encoding)}
        [key] -> {query_decode(key, encoding), ""}
      end

    [pair | query_pairs(rest || "", encoding)]
  end

  defp query_decode(text, :www_form), do: decode_www_form(text)
  defp query_decode(text, :rfc3986), do: decode(text)

  ## Characters

  @doc """
  Tells whether a character has a meaning of its own in URIs.

      iex> URI.char_reserved?(?+)
      true
  """
  @spec char_reserved?(byte) :: boolean
  def char_reserved?(character) do
    character in [?:, ?/, ??, ?#, ?[, ?], ?@, ?!, ?$, ?&, ?', ?(, ?), ?*, ?+, ?,, ?;, ?=]
  end

  @doc """
  Tells whether a character is a letter, a digit or one of `-._~`.

      iex> URI.char_unreserved?(?~)
      true
  """
  @spec char_unreserved?(byte) :: boolean
  def char_unreserved?(character) do
    character in ?0..?9 or character in ?a..?z or character in ?A..?Z or
      character in [?~, ?_, ?-, ?.]
  end

  @doc """
  Tells whether `encode/1` leaves a character as it is.

      iex> URI.char_unescaped?(?{)
      false
  """
  @spec char_unescaped?(byte) :: boolean
  def char_unescaped?(character), do: char_reserved?(character) or char_unreserved?(character)

  @doc """
  Percent-encodes all bytes for which `predicate` is false.

      iex> URI.encode("a b/ç")
      "a%20b/%C3%A7"
  """
  @spec encode(binary, (byte -> as_boolean(term))) :: binary
  def encode(string, predicate \\ &char_unescaped?/1)
      when is_binary(string) and is_function(predicate, 1) do
    encode_bytes(string, predicate, "")
  end

  defp encode_bytes(<<byte, rest::binary>>, predicate, acc) do
    if predicate.(byte) do
      encode_bytes(rest, predicate, <<acc::binary, byte>>)
    else
      encode_bytes(rest, predicate, <<acc::binary, ?%, hex(byte >>> 4), hex(byte &&& 15)>>)
    end
  end

  defp encode_bytes(<<>>, _predicate, acc), do: acc

  defp hex(n) when n < 10, do: ?0 + n
  defp hex(n), do: ?A + n - 10

  @doc """
  Encodes the way web forms do: a space becomes `+`.

      iex> URI.encode_www_form("a b&")
      "a+b%26"
  """
  @spec encode_www_form(binary) :: binary
  def encode_www_form(string) when is_binary(string) do
    string |> encode_bytes(fn c -> c == ?\s or char_unreserved?(c) end, "") |> spaces_to_plus("")
  end

  defp spaces_to_plus(<<?\s, rest::binary>>, acc), do: spaces_to_plus(rest, <<acc::binary, ?+>>)
  defp spaces_to_plus(<<c, rest::binary>>, acc), do: spaces_to_plus(rest, <<acc::binary, c>>)
  defp spaces_to_plus(<<>>, acc), do: acc

  @doc """
  Decodes percent-encoding; what is no valid escape stays.

      iex> URI.decode("a%20b")
      "a b"
  """
  @spec decode(binary) :: binary
  def decode(uri) when is_binary(uri), do: unescape(uri, false, "")

  @doc """
  Decodes the encoding of web forms.

      iex> URI.decode_www_form("a+b%26")
      "a b&"
  """
  @spec decode_www_form(binary) :: binary
  def decode_www_form(string) when is_binary(string), do: unescape(string, true, "")

  defp unescape(<<?+, rest::binary>>, true, acc), do: unescape(rest, true, <<acc::binary, ?\s>>)

  defp unescape(<<?%, a, b, rest::binary>>, plus?, acc) do
    case {value(a), value(b)} do
      {high, low} when is_integer(high) and is_integer(low) ->
        unescape(rest, plus?, <<acc::binary, high <<< 4 ||| low>>)

      _ ->
        unescape(<<a, b, rest::binary>>, plus?, <<acc::binary, ?%>>)
    end
  end

  defp unescape(<<c, rest::binary>>, plus?, acc), do: unescape(rest, plus?, <<acc::binary, c>>)
  defp unescape(<<>>, _plus?, acc), do: acc

  defp value(c) when c in ?0..?9, do: c - ?0
  defp value(c) when c in ?a..?f, do: c - ?a + 10
  defp value(c) when c in ?A..?F, do: c - ?A + 10
  defp value(_c), do: nil

  ## Parsing

  @doc """
  Parses a URI strictly.

      iex> URI.new("/greater>")
      {:error, ">"}
  """
  @spec new(t | String.t()) :: {:ok, t} | {:error, String.t()}
  def new(%URI{} = uri), do: {:ok, uri}

  def new(binary) when is_binary(binary) do
    parts = split_parts(binary)

    case invalid(parts, binary) do
      nil ->
        {userinfo, host, port} = split_authority(parts.authority)
        scheme = parts.scheme && String.downcase(parts.scheme, :ascii)

        {:ok,
         %URI{
           scheme: scheme,
           userinfo: userinfo,
           host: host,
           port: port || (scheme && default_port(scheme)) || nil,
           path: nilify(parts.path),
           query: parts.query,
           fragment: parts.fragment
         }}

      reason ->
        {:error, reason}
    end
  end

  @doc """
  Parses a URI strictly or raises `URI.Error`.

      iex> URI.new!("https://elixir-lang.org").port
      443
  """
  @spec new!(t | String.t()) :: t
  def new!(%URI{} = uri), do: uri

  def new!(binary) when is_binary(binary) do
    case new(binary) do
      {:ok, uri} ->
        uri

      {:error, part} ->
        raise URI.Error, action: :parse, reason: :invalid_uri, part: part
    end
  end

  @doc """
  Splits a URI into its parts, without checking them.

      iex> URI.parse("http://example.com:8080/a?b#c").port
      8080
  """
  @spec parse(t | binary) :: t
  def parse(%URI{} = uri), do: uri

  def parse(string) when is_binary(string) do
    parts = split_parts(string)
    {userinfo, host, port} = split_authority(parts.authority)
    scheme = parts.scheme && String.downcase(parts.scheme, :ascii)

    %URI{
      scheme: scheme,
      path: nilify(parts.path),
      query: parts.query,
      fragment: parts.fragment,
      authority: parts.authority,
      userinfo: userinfo,
      host: host,
      port: if(is_integer(port), do: port, else: scheme && default_port(scheme))
    }
  end

  defp nilify(""), do: nil
  defp nilify(text), do: text

  defp split_parts(string) do
    {string, fragment} = cut(string, "#")
    {string, query} = cut(string, "?")
    {scheme, rest} = split_scheme(string)

    {authority, path} =
      case rest do
        "//" <> rest ->
          case :binary.match(rest, "/") do
            {at, _} -> {binary_part(rest, 0, at), binary_part(rest, at, byte_size(rest) - at)}
            :nomatch -> {rest, ""}
          end

        _ ->
          {nil, rest}
      end

    %{scheme: scheme, authority: authority, path: path, query: query, fragment: fragment}
  end

  defp cut(string, separator) do
    case :binary.split(string, separator) do
      [before, rest] -> {before, rest}
      [_] -> {string, nil}
    end
  end

  defp split_scheme(<<c, _::binary>> = string) when c in ?a..?z or c in ?A..?Z do
    case cut(string, ":") do
      {_, nil} ->
        {nil, string}

      {scheme, rest} ->
        if all?(scheme, &scheme_char?/1), do: {scheme, rest}, else: {nil, string}
    end
  end

  defp split_scheme(string), do: {nil, string}

  defp scheme_char?(c) do
    c in ?a..?z or c in ?A..?Z or c in ?0..?9 or c in [?+, ?-, ?.]
  end

  defp all?(<<c, rest::binary>>, fun), do: fun.(c) and all?(rest, fun)
  defp all?(<<>>, _fun), do: true

  # {userinfo, host, port}; a port that is no number is given back as text.
  defp split_authority(nil), do: {nil, nil, nil}

  defp split_authority(authority) do
    {userinfo, rest} =
      case :binary.matches(authority, "@") do
        [] ->
          {nil, authority}

        matches ->
          {at, 1} = :lists.last(matches)
          {binary_part(authority, 0, at), binary_part(authority, at + 1, byte_size(authority) - at - 1)}
      end

    {host, port} =
      case rest do
        "[" <> inner ->
          case cut(inner, "]") do
            {_, nil} -> host_port(rest)
            {host, ":" <> port} -> {host, port}
            {host, _} -> {host, nil}
          end

        _ ->
          host_port(rest)
      end

    {userinfo, host, port(port)}
  end

  defp host_port(text), do: cut(text, ":")

  defp port(nil), do: nil
  defp port(""), do: nil

  defp port(text) do
    if all?(text, fn c -> c in ?0..?9 end), do: String.to_integer(text), else: text
  end

  # The text that makes a URI invalid, or nil. With a scheme the scanner gives up at its colon.
  defp invalid(parts, _binary) do
    {userinfo, host, port} = split_authority(parts.authority)

    found =
      (parts.scheme == nil and parts.authority == nil && colon_in_first_segment(parts.path)) ||
        bad_char(userinfo, &(userinfo_char?(&1))) ||
        bad_host(parts.authority, host) ||
        (is_binary(port) && ":") ||
        bad_char(parts.path, &path_char?/1) ||
        bad_char(parts.query, &query_char?/1) ||
        bad_char(parts.fragment, &query_char?/1)

    cond do
      !found -> nil
      parts.scheme != nil -> ":"
      true -> found
    end
  end

  # Without a scheme, the first segment must not look like one.
  defp colon_in_first_segment(<<?:, _::binary>>), do: ":"

  defp colon_in_first_segment(<<c, rest::binary>> = path) do
    cond do
      c == ?/ -> nil
      path_char?(c) -> colon_in_first_segment(rest)
      true -> first_char(path)
    end
  end

  defp colon_in_first_segment(<<>>), do: nil

  defp bad_host(nil, _host), do: nil

  defp bad_host(authority, host) do
    if :binary.match(authority, "[") != :nomatch do
      if all?(host, fn c -> c in ?0..?9 or c in ?a..?f or c in ?A..?F or c in [?:, ?., ?%] end),
        do: nil,
        else: ":"
    else
      bad_char(host, &host_char?/1)
    end
  end

  defp bad_char(nil, _fun), do: nil

  defp bad_char(<<c, rest::binary>> = text, fun) do
    if fun.(c), do: bad_char(rest, fun), else: first_char(text)
  end

  defp bad_char(<<>>, _fun), do: nil

  defp first_char(<<c::utf8, _::binary>>), do: <<c::utf8>>
  defp first_char(<<c, _::binary>>), do: <<c>>

  defp host_char?(c), do: char_unreserved?(c) or c == ?% or sub_delimiter?(c)
  defp userinfo_char?(c), do: host_char?(c) or c == ?:
  defp path_char?(c), do: host_char?(c) or c in [?:, ?@, ?/]
  defp query_char?(c), do: path_char?(c) or c == ??

  defp sub_delimiter?(c), do: c in [?!, ?$, ?&, ?', ?(, ?), ?*, ?+, ?,, ?;, ?=]

  @doc """
  Returns the text of a URI.

      iex> URI.to_string(%URI{scheme: "http", host: "a.b", path: "/c"})
      "http://a.b/c"
  """
  @spec to_string(t) :: binary
  def to_string(%URI{host: host, path: path} = uri)
      when host != nil and is_binary(path) and path != "" and binary_part(path, 0, 1) != "/" do
    raise ArgumentError,
          ":path in URI must be empty or an absolute path if URL has a :host, got: #{inspect(uri)}"
  end

  def to_string(%URI{scheme: scheme, path: path, query: query, fragment: fragment} = uri) do
    authority = authority(uri)

    IO.iodata_to_binary([
      if(scheme, do: [scheme, ?:], else: []),
      if(authority, do: ["//" | authority], else: []),
      if(path, do: path, else: []),
      if(query, do: ["?" | query], else: []),
      if(fragment, do: ["#" | fragment], else: [])
    ])
  end


  defp authority(%{host: nil, authority: authority}), do: authority

  defp authority(%{host: host, userinfo: userinfo, port: port, scheme: scheme}) do
    [
      if(userinfo, do: [userinfo | "@"], else: []),
      if(:binary.match(host, ":") != :nomatch, do: ["[", host | "]"], else: host),
      if(is_integer(port) and not (scheme != nil and default_port(scheme) == port),
        do: [":" | Integer.to_string(port)],
        else: []
      )
    ]
  end

  @doc """
  Resolves a reference against an absolute URI (RFC 3986).

      iex> URI.merge("http://a.b/c/d", "../e") |> to_string()
      "http://a.b/e"
  """
  @spec merge(t | binary, t | binary) :: t
  def merge(uri, rel)

  def merge(%URI{scheme: nil}, _rel) do
    raise ArgumentError, "you must merge onto an absolute URI"
  end

  def merge(%URI{}, %URI{scheme: scheme} = rel) when scheme != nil do
    %{rel | path: without_dots(rel.path)}
  end

  def merge(%URI{} = base, %URI{host: host} = rel) when host != nil do
    %{rel | scheme: base.scheme, path: without_dots(rel.path)}
  end

  def merge(%URI{} = base, %URI{path: nil} = rel) do
    %{base | query: rel.query || base.query, fragment: rel.fragment}
  end

  def merge(%URI{} = base, %URI{path: "/" <> _} = rel) do
    %{base | path: without_dots(rel.path), query: rel.query, fragment: rel.fragment}
  end

  def merge(%URI{} = base, %URI{} = rel) do
    path = without_dots(merge_paths(base, rel.path))
    %{base | path: path, query: rel.query, fragment: rel.fragment}
  end

  def merge(base, rel), do: merge(parse(base), parse(rel))

  defp merge_paths(%{path: nil}, path), do: "/" <> path

  defp merge_paths(%{path: base}, path) do
    {_last, before} = base |> :binary.split("/", [:global]) |> List.pop_at(-1)
    Enum.join(before ++ [path], "/")
  end

  defp without_dots(nil), do: nil

  defp without_dots(path) do
    {absolute?, segments} =
      case :binary.split(path, "/", [:global]) do
        ["" | rest] -> {true, rest}
        segments -> {false, segments}
      end

    text = segments |> drop_dots([]) |> Enum.join("/")
    if absolute?, do: "/" <> text, else: text
  end

  # A dot segment at the end leaves a slash.
  defp drop_dots([".."], acc), do: :lists.reverse(["" | Enum.drop(acc, 1)])
  defp drop_dots(["."], acc), do: :lists.reverse(["" | acc])
  defp drop_dots([".." | rest], acc), do: drop_dots(rest, Enum.drop(acc, 1))
  defp drop_dots(["." | rest], acc), do: drop_dots(rest, acc)
  defp drop_dots([segment | rest], acc), do: drop_dots(rest, [segment | acc])
  defp drop_dots([], acc), do: :lists.reverse(acc)

  @doc """
  Appends to the query.

      iex> URI.append_query(URI.parse("http://a.b/?x=1"), "y=2") |> to_string()
      "http://a.b/?x=1&y=2"
  """
  @spec append_query(t, binary) :: t
  def append_query(%URI{} = uri, query) when is_binary(query) and uri.query in [nil, ""] do
    %{uri | query: query}
  end

  def append_query(%URI{} = uri, query) when is_binary(query) do
    if String.ends_with?(uri.query, "&") do
      %{uri | query: uri.query <> query}
    else
      %{uri | query: uri.query <> "&" <> query}
    end
  end

  @doc """
  Appends to the path; `path` has to begin with a slash.

      iex> URI.append_path(URI.parse("http://a.b/c/"), "/d") |> to_string()
      "http://a.b/c/d"
  """
  @spec append_path(t, String.t()) :: t
  def append_path(%URI{}, "//" <> _ = path) do
    raise ArgumentError, ~s|path cannot start with "//", got: #{inspect(path)}|
  end

  def append_path(%URI{path: path} = uri, "/" <> rest = all) do
    cond do
      path == nil -> %{uri | path: all}
      path != "" and :binary.last(path) == ?/ -> %{uri | path: path <> rest}
      true -> %{uri | path: path <> all}
    end
  end

  def append_path(%URI{}, path) when is_binary(path) do
    raise ArgumentError, ~s|path must start with "/", got: #{inspect(path)}|
  end
end

defimpl String.Chars, for: URI do
  def to_string(uri), do: URI.to_string(uri)
end
