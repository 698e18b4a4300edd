defprotocol JSON.Encoder do
  @moduledoc """
  Encodes terms to JSON. Structs derive it with all fields or some:

      @derive {JSON.Encoder, only: [:id, :name]}
      defstruct [:id, :name, :secret]
  """
  @fallback_to_any true

  @doc """
  Returns the JSON of `term` as iodata; inner terms go through `encoder`.

      iex> JSON.Encoder.encode(1, &JSON.protocol_encode/2) |> IO.iodata_to_binary()
      "1"
  """
  @spec encode(t, (term, encoder -> iodata)) :: iodata when encoder: (term, encoder -> iodata)
  def encode(term, encoder)
end

defmodule JSON do
  @moduledoc """
  JSON encoding and decoding (RFC 8259).

  Objects become maps with string keys, arrays lists, numbers integers or floats, `null` becomes `nil`.

      iex> JSON.decode!(~s({"a": [1, null]}))
      %{"a" => [1, nil]}
  """

  defmodule DecodeError do
    @moduledoc "A text was not JSON; `:offset` is where."
    defexception [:message, :offset, :data]
  end

  @type array_start_decoder :: (acc :: term -> array_acc :: term)
  @type array_push_decoder :: (value :: term, array_acc :: term -> new_array_acc :: term)
  @type array_finish_decoder :: (array_acc :: term, acc :: term -> {term, acc :: term})
  @type object_start_decoder :: (acc :: term -> object_acc :: term)
  @type object_push_decoder ::
          (key :: term, value :: term, object_acc :: term -> new_object_acc :: term)
  @type object_finish_decoder :: (object_acc :: term, acc :: term -> {term, acc :: term})
  @type decoders :: [
          array_start: array_start_decoder,
          array_push: array_push_decoder,
          array_finish: array_finish_decoder,
          object_start: object_start_decoder,
          object_push: object_push_decoder,
          object_finish: object_finish_decoder,
          float: (String.t() -> term),
          integer: (String.t() -> term),
          string: (String.t() -> term),
          null: term
        ]
  @type encoder :: (term, encoder -> iodata)
  @type decode_error_reason ::
          {:unexpected_end, non_neg_integer}
          | {:invalid_byte, non_neg_integer, byte}
          | {:unexpected_sequence, non_neg_integer, binary}

  ## Decoding

  @doc """
  Decodes a JSON text.

      iex> JSON.decode("[1, 2.5]")
      {:ok, [1, 2.5]}
  """
  @spec decode(binary) :: {:ok, term} | {:error, decode_error_reason}
  def decode(binary) when is_binary(binary) do
    with {value, :ok, rest} <- decode(binary, :ok, []) do
      case skip(rest, 0) do
        n when n == byte_size(rest) -> {:ok, value}
        _ -> {:error, {:invalid_byte, byte_size(binary) - byte_size(rest), :binary.first(rest)}}
      end
    end
  end

  @doc """
  Decodes a JSON text or raises `JSON.DecodeError`.

      iex> JSON.decode!("[true]")
      [true]
  """
  @spec decode!(binary) :: term
  def decode!(binary) do
    case decode(binary) do
      {:ok, value} ->
        value

      {:error, {:unexpected_end, offset}} ->
        raise DecodeError,
          message: "unexpected end of JSON binary at position (byte offset) #{offset}",
          data: binary,
          offset: offset

      {:error, {:invalid_byte, offset, byte}} ->
        raise DecodeError,
          message: "invalid byte #{byte} at position (byte offset) #{offset}",
          data: binary,
          offset: offset

      {:error, {:unexpected_sequence, offset, sequence}} ->
        raise DecodeError,
          message:
            "unexpected sequence #{inspect(sequence)} at position (byte offset) #{offset}",
          data: binary,
          offset: offset
    end
  end

  @doc """
  Decodes the first JSON value with functions for the steps; returns it with the accumulator and the rest of the text.

      iex> JSON.decode("[1] x", nil, integer: &String.to_integer/1)
      {[1], nil, " x"}
  """
  @spec decode(binary, term, decoders) ::
          {term, term, binary} | {:error, decode_error_reason}
  def decode(binary, acc, decoders) when is_binary(binary) and is_list(decoders) do
    try do
      {value, acc, offset} = value(binary, skip(binary, 0), acc, steps(decoders))
      {value, acc, binary_part(binary, offset, byte_size(binary) - offset)}
    catch
      {:phial_json, reason} -> {:error, reason}
    end
  end

  # Absent functions are nil, so that the common case calls none.
  defp steps(decoders) do
    get = fn key -> Keyword.get(decoders, key) end

    %{
      array_start: get.(:array_start),
      array_push: get.(:array_push),
      array_finish: get.(:array_finish),
      object_start: get.(:object_start),
      object_push: get.(:object_push),
      object_finish: get.(:object_finish),
      float: get.(:float),
      integer: get.(:integer),
      string: get.(:string),
      null: get.(:null)
    }
  end

  # All scanners take the whole text and an offset, and answer with the offset after what they read.

  defp skip(binary, at) do
    case binary do
      <<_::binary-size(at), c, _::binary>> when c == ?\s or c == ?\n or c == ?\t or c == ?\r ->
        skip(binary, at + 1)

      _ ->
        at
    end
  end

  defp value(binary, at, acc, steps) do
    case binary do
      <<_::binary-size(at), ?", _::binary>> ->
        {text, at} = string(binary, at + 1)
        {if(steps.string, do: steps.string.(text), else: text), acc, at}

      <<_::binary-size(at), ?{, _::binary>> ->
        inner = if steps.object_start, do: steps.object_start.(acc), else: []
        object(binary, skip(binary, at + 1), inner, acc, steps)

      <<_::binary-size(at), ?[, _::binary>> ->
        inner = if steps.array_start, do: steps.array_start.(acc), else: []
        array(binary, skip(binary, at + 1), inner, acc, steps)

      <<_::binary-size(at), c, _::binary>> when (c >= ?0 and c <= ?9) or c == ?- ->
        number(binary, at, acc, steps)

      <<_::binary-size(at), ?t, _::binary>> ->
        {true, acc, literal(binary, at, "true")}

      <<_::binary-size(at), ?f, _::binary>> ->
        {false, acc, literal(binary, at, "false")}

      <<_::binary-size(at), ?n, _::binary>> ->
        {steps.null, acc, literal(binary, at, "null")}

      _ ->
        unexpected!(binary, at)
    end
  end

  @spec unexpected!(binary, non_neg_integer) :: no_return
  defp unexpected!(binary, at) when at >= byte_size(binary) do
    throw({:phial_json, {:unexpected_end, byte_size(binary)}})
  end

  defp unexpected!(binary, at) do
    throw({:phial_json, {:invalid_byte, at, :binary.at(binary, at)}})
  end

  defp literal(_binary, at, ""), do: at

  defp literal(binary, at, <<c, word::binary>>) do
    case binary do
      <<_::binary-size(at), ^c, _::binary>> -> literal(binary, at + 1, word)
      _ -> unexpected!(binary, at)
    end
  end

  defp array(binary, at, inner, acc, steps) do
    case binary do
      <<_::binary-size(at), ?], _::binary>> -> array_end(inner, acc, at + 1, steps)
      _ -> elements(binary, at, inner, acc, steps)
    end
  end

  defp elements(binary, at, inner, acc, steps) do
    {value, inner, at} = value(binary, at, inner, steps)
    inner = if steps.array_push, do: steps.array_push.(value, inner), else: [value | inner]
    at = skip(binary, at)

    case binary do
      <<_::binary-size(at), ?,, _::binary>> ->
        elements(binary, skip(binary, at + 1), inner, acc, steps)

      <<_::binary-size(at), ?], _::binary>> ->
        array_end(inner, acc, at + 1, steps)

      _ ->
        unexpected!(binary, at)
    end
  end

  defp array_end(inner, acc, at, %{array_finish: nil}), do: {:lists.reverse(inner), acc, at}

  defp array_end(inner, acc, at, %{array_finish: finish}) do
    {value, acc} = finish.(inner, acc)
    {value, acc, at}
  end

  defp object(binary, at, inner, acc, steps) do
    case binary do
      <<_::binary-size(at), ?}, _::binary>> -> object_end(inner, acc, at + 1, steps)
      _ -> members(binary, at, inner, acc, steps)
    end
  end

  defp members(binary, at, inner, acc, steps) do
    {key, at} =
      case binary do
        <<_::binary-size(at), ?", _::binary>> -> string(binary, at + 1)
        _ -> unexpected!(binary, at)
      end

    key = if steps.string, do: steps.string.(key), else: key
    at = skip(binary, at)

    at =
      case binary do
        <<_::binary-size(at), ?:, _::binary>> -> skip(binary, at + 1)
        _ -> unexpected!(binary, at)
      end

    {value, inner, at} = value(binary, at, inner, steps)

    inner =
      if steps.object_push, do: steps.object_push.(key, value, inner), else: [{key, value} | inner]

    at = skip(binary, at)

    case binary do
      <<_::binary-size(at), ?,, _::binary>> ->
        members(binary, skip(binary, at + 1), inner, acc, steps)

      <<_::binary-size(at), ?}, _::binary>> ->
        object_end(inner, acc, at + 1, steps)

      _ ->
        unexpected!(binary, at)
    end
  end

  # Pairs are consed, so the first of duplicate keys wins.
  defp object_end(inner, acc, at, %{object_finish: nil}), do: {:maps.from_list(inner), acc, at}

  defp object_end(inner, acc, at, %{object_finish: finish}) do
    {value, acc} = finish.(inner, acc)
    {value, acc, at}
  end

  ## Numbers

  defp number(binary, from, acc, steps) do
    at =
      case binary do
        <<_::binary-size(from), ?-, _::binary>> -> from + 1
        _ -> from
      end

    whole_end =
      case binary do
        <<_::binary-size(at), ?0, _::binary>> -> at + 1
        _ -> some_digits(binary, at)
      end

    {fraction_end, fraction?} =
      case binary do
        <<_::binary-size(whole_end), ?., _::binary>> -> {some_digits(binary, whole_end + 1), true}
        _ -> {whole_end, false}
      end

    {stop, exponent?} =
      case binary do
        <<_::binary-size(fraction_end), e, _::binary>> when e == ?e or e == ?E ->
          {some_digits(binary, after_sign(binary, fraction_end + 1)), true}

        _ ->
          {fraction_end, false}
      end

    value =
      cond do
        fraction? ->
          float(binary, binary_part(binary, from, stop - from), from, steps)

        exponent? ->
          # Floats are read with a fraction.
          whole = binary_part(binary, from, whole_end - from)
          exponent = binary_part(binary, whole_end, stop - whole_end)
          <<_, exponent::binary>> = exponent
          float(binary, whole <> ".0e" <> exponent, from, steps)

        steps.integer != nil ->
          steps.integer.(binary_part(binary, from, stop - from))

        true ->
          :erlang.binary_to_integer(binary_part(binary, from, stop - from))
      end

    {value, acc, stop}
  end

  defp after_sign(binary, at) do
    case binary do
      <<_::binary-size(at), c, _::binary>> when c == ?+ or c == ?- -> at + 1
      _ -> at
    end
  end

  defp some_digits(binary, at) do
    case digits(binary, at) do
      ^at -> unexpected!(binary, at)
      stop -> stop
    end
  end

  defp digits(binary, at) do
    case binary do
      <<_::binary-size(at), c, _::binary>> when c >= ?0 and c <= ?9 -> digits(binary, at + 1)
      _ -> at
    end
  end

  defp float(_binary, text, from, %{float: nil}) do
    try do
      :erlang.binary_to_float(text)
    rescue
      ArgumentError -> throw({:phial_json, {:unexpected_sequence, from, text}})
    end
  end

  defp float(_binary, text, _from, %{float: fun}), do: fun.(text)

  ## Strings

  defp string(binary, from), do: string(binary, from, from, "")

  # [from] is where the plain run began that has not been copied to [acc] yet.
  defp string(binary, from, at, acc) do
    case binary do
      <<_::binary-size(at), ?", _::binary>> ->
        {run(binary, from, at, acc), at + 1}

      <<_::binary-size(at), ?\\, _::binary>> ->
        acc = run(binary, from, at, acc)
        {char, at} = escape(binary, at + 1)
        string(binary, at, at, <<acc::binary, char::utf8>>)

      <<_::binary-size(at), c, _::binary>> when c < 0x20 ->
        unexpected!(binary, at)

      <<_::binary-size(at), c, _::binary>> when c < 0x80 ->
        string(binary, from, at + 1, acc)

      <<_::binary-size(at), char::utf8, _::binary>> ->
        string(binary, from, at + utf8_size(char), acc)

      _ ->
        bad_utf8!(binary, at)
    end
  end

  defp run(binary, from, at, ""), do: binary_part(binary, from, at - from)
  defp run(_binary, at, at, acc), do: acc
  defp run(binary, from, at, acc), do: acc <> binary_part(binary, from, at - from)

  defp utf8_size(char) when char < 0x800, do: 2
  defp utf8_size(char) when char < 0x10000, do: 3
  defp utf8_size(_char), do: 4

  # A character that is cut off by the end of the text is not the fault of its first byte.
  @spec bad_utf8!(binary, non_neg_integer) :: no_return
  defp bad_utf8!(binary, at) do
    case :unicode.characters_to_binary(binary_part(binary, at, byte_size(binary) - at)) do
      {:incomplete, "", _} -> unexpected!(binary, byte_size(binary))
      _ -> unexpected!(binary, at)
    end
  end

  defp escape(binary, at) do
    case binary do
      <<_::binary-size(at), ?", _::binary>> -> {?", at + 1}
      <<_::binary-size(at), ?\\, _::binary>> -> {?\\, at + 1}
      <<_::binary-size(at), ?/, _::binary>> -> {?/, at + 1}
      <<_::binary-size(at), ?b, _::binary>> -> {?\b, at + 1}
      <<_::binary-size(at), ?f, _::binary>> -> {?\f, at + 1}
      <<_::binary-size(at), ?n, _::binary>> -> {?\n, at + 1}
      <<_::binary-size(at), ?r, _::binary>> -> {?\r, at + 1}
      <<_::binary-size(at), ?t, _::binary>> -> {?\t, at + 1}
      <<_::binary-size(at), ?u, _::binary>> -> unicode_escape(binary, at + 1)
      _ -> unexpected!(binary, at)
    end
  end

  defp unicode_escape(binary, at) do
    case hex4(binary, at) do
      high when high >= 0xD800 and high <= 0xDBFF -> surrogate_pair(binary, at, high)
      low when low >= 0xDC00 and low <= 0xDFFF -> bad_escape!(binary, at, 6)
      char -> {char, at + 4}
    end
  end

  defp surrogate_pair(binary, at, high) do
    case binary do
      <<_::binary-size(at), _::32, "\\u", _::32, _::binary>> ->
        case hex4(binary, at + 6) do
          low when low >= 0xDC00 and low <= 0xDFFF ->
            {0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00), at + 10}

          _ ->
            bad_escape!(binary, at, 12)
        end

      _ when byte_size(binary) < at + 10 ->
        unexpected!(binary, byte_size(binary))

      _ ->
        bad_escape!(binary, at, 6)
    end
  end

  @spec bad_escape!(binary, non_neg_integer, pos_integer) :: no_return
  defp bad_escape!(binary, at, size) do
    throw({:phial_json, {:unexpected_sequence, at - 2, binary_part(binary, at - 2, size)}})
  end

  defp hex4(binary, at) do
    case binary do
      <<_::binary-size(at), a, b, c, d, _::binary>> ->
        ((hex(binary, at, a) * 16 + hex(binary, at + 1, b)) * 16 + hex(binary, at + 2, c)) * 16 +
          hex(binary, at + 3, d)

      _ ->
        unexpected!(binary, byte_size(binary))
    end
  end

  defp hex(_binary, _at, c) when c >= ?0 and c <= ?9, do: c - ?0
  defp hex(_binary, _at, c) when c >= ?a and c <= ?f, do: c - ?a + 10
  defp hex(_binary, _at, c) when c >= ?A and c <= ?F, do: c - ?A + 10
  defp hex(binary, at, _c), do: unexpected!(binary, at)

  ## Encoding

  @doc """
  Encodes a term.

      iex> JSON.encode!(%{a: [1, nil]})
      ~s({"a":[1,null]})
  """
  @spec encode!(term, encoder) :: binary
  def encode!(term, encoder \\ &protocol_encode/2) do
    IO.iodata_to_binary(encoder.(term, encoder))
  end

  @doc """
  Encodes a term to iodata.

      iex> JSON.encode_to_iodata!([1]) |> IO.iodata_to_binary()
      "[1]"
  """
  @spec encode_to_iodata!(term, encoder) :: iodata
  def encode_to_iodata!(term, encoder \\ &protocol_encode/2), do: encoder.(term, encoder)

  @doc """
  The default encoder: built-in types at once, others through `JSON.Encoder`.

      iex> JSON.protocol_encode(true, &JSON.protocol_encode/2)
      "true"
  """
  @spec protocol_encode(term, encoder) :: iodata
  def protocol_encode(value, encoder) when is_atom(value), do: __atom__(value, encoder)
  def protocol_encode(value, _encoder) when is_binary(value), do: __string__(value)
  def protocol_encode(value, _encoder) when is_integer(value), do: :erlang.integer_to_binary(value)
  def protocol_encode(value, _encoder) when is_float(value), do: :erlang.float_to_binary(value, [:short])
  def protocol_encode(value, encoder) when is_list(value), do: __list__(value, encoder)
  def protocol_encode(%_{} = value, encoder), do: JSON.Encoder.encode(value, encoder)
  def protocol_encode(%{} = value, encoder), do: __map__(value, encoder)
  def protocol_encode(value, encoder), do: JSON.Encoder.encode(value, encoder)

  @doc false
  def __atom__(nil, _encoder), do: "null"
  def __atom__(true, _encoder), do: "true"
  def __atom__(false, _encoder), do: "false"
  def __atom__(atom, encoder), do: encoder.(Atom.to_string(atom), encoder)

  @doc false
  def __list__([], _encoder), do: "[]"
  def __list__([h | t], encoder), do: [?[, encoder.(h, encoder) | more(t, encoder)]

  defp more([h | t], encoder), do: [?,, encoder.(h, encoder) | more(t, encoder)]
  defp more([], _encoder), do: [?]]

  @doc false
  def __map__(map, encoder), do: __pairs__(:maps.to_list(map), encoder)

  @doc false
  def __pairs__([], _encoder), do: "{}"

  def __pairs__([{key, value} | rest], encoder) do
    [?{, key(key), ?:, encoder.(value, encoder) | more_pairs(rest, encoder)]
  end

  defp more_pairs([{key, value} | rest], encoder) do
    [?,, key(key), ?:, encoder.(value, encoder) | more_pairs(rest, encoder)]
  end

  defp more_pairs([], _encoder), do: [?}]

  defp key(key) when is_binary(key), do: __string__(key)
  defp key(key) when is_atom(key), do: __string__(Atom.to_string(key))
  defp key(key), do: __string__(String.Chars.to_string(key))

  @doc false
  def __string__(text), do: [?" | quoted(text, 0, 0)]

  # Runs of plain characters are cut out whole.
  defp quoted(text, from, at) do
    case text do
      <<_::binary-size(at), c, _::binary>> when c < 0x20 or c == ?" or c == ?\\ ->
        [cut(text, from, at), escaped(c) | quoted(text, at + 1, at + 1)]

      <<_::binary-size(at), c, _::binary>> when c < 0x80 ->
        quoted(text, from, at + 1)

      <<_::binary-size(at), char::utf8, _::binary>> ->
        quoted(text, from, at + utf8_size(char))

      <<_::binary-size(at)>> ->
        [cut(text, from, at), ?"]

      <<_::binary-size(at), rest::binary>> ->
        case :unicode.characters_to_binary(rest) do
          {:incomplete, "", _} -> :erlang.error(:unexpected_end)
          _ -> :erlang.error({:invalid_byte, :binary.first(rest)})
        end
    end
  end

  defp cut(text, 0, at) when at == byte_size(text), do: text
  defp cut(text, from, at), do: binary_part(text, from, at - from)

  defp escaped(?"), do: "\\\""
  defp escaped(?\\), do: "\\\\"
  defp escaped(?\b), do: "\\b"
  defp escaped(?\f), do: "\\f"
  defp escaped(?\n), do: "\\n"
  defp escaped(?\r), do: "\\r"
  defp escaped(?\t), do: "\\t"

  defp escaped(c) do
    ["\\u00", c |> Integer.to_string(16) |> String.pad_leading(2, "0")]
  end
end

defimpl JSON.Encoder, for: Atom do
  def encode(value, encoder), do: JSON.__atom__(value, encoder)
end

defimpl JSON.Encoder, for: BitString do
  def encode(value, _encoder), do: JSON.__string__(value)
end

defimpl JSON.Encoder, for: Integer do
  def encode(value, _encoder), do: :erlang.integer_to_binary(value)
end

defimpl JSON.Encoder, for: Float do
  def encode(value, _encoder), do: :erlang.float_to_binary(value, [:short])
end

defimpl JSON.Encoder, for: List do
  def encode(value, encoder), do: JSON.__list__(value, encoder)
end

defimpl JSON.Encoder, for: Map do
  def encode(value, encoder), do: JSON.__map__(value, encoder)
end

defimpl JSON.Encoder, for: [Date, Time, NaiveDateTime, DateTime, Duration] do
  def encode(value, _encoder), do: [?", @for.to_iso8601(value), ?"]
end

defimpl JSON.Encoder, for: Any do
  defmacro __deriving__(module, struct, opts) do
    fields = JSON.Encoder.Derived.fields(struct, opts)
    pairs = Enum.map(fields, fn field -> {field, {field, [], __MODULE__}} end)

    list =
      Enum.map(fields, fn field ->
        quote do: {unquote(Atom.to_string(field)), unquote({field, [], __MODULE__})}
      end)

    quote do
      defimpl JSON.Encoder, for: unquote(module) do
        def encode(%{unquote_splicing(pairs)}, encoder) do
          JSON.__pairs__(unquote(list), encoder)
        end
      end
    end
  end

  def encode(value, _encoder) do
    raise Protocol.UndefinedError,
      protocol: JSON.Encoder,
      value: value,
      description: """
      the protocol must be explicitly implemented.

      If you own the struct, you can derive the implementation specifying which fields should be encoded to JSON:

          @derive {JSON.Encoder, only: [....]}
          defstruct ...

      It is also possible to encode all fields, although this should be used carefully to avoid accidentally leaking private information when new fields are added:

          @derive JSON.Encoder
          defstruct ...

      Finally, if you don't own the struct you want to encode to JSON, you may use Protocol.derive/3 placed outside of any module:

          Protocol.derive(JSON.Encoder, NameOfTheStruct, only: [...])
          Protocol.derive(JSON.Encoder, NameOfTheStruct)
      """
  end
end

defmodule JSON.Encoder.Derived do
  @moduledoc false

  # The fields that the options of @derive leave, in the order they are encoded in.
  def fields({:%{}, _, pairs}, opts), do: fields(Map.new(pairs), opts)

  def fields(struct, opts) do
    fields = Map.keys(struct) -- [:__struct__]

    cond do
      only = Keyword.get(opts, :only) ->
        case only -- fields do
          [] ->
            only

          wrong ->
            raise ArgumentError,
                  "unknown struct fields #{inspect(wrong)} specified in :only. Expected one of: " <>
                    inspect(fields)
        end

      except = Keyword.get(opts, :except) ->
        case except -- fields do
          [] ->
            fields -- except

          wrong ->
            raise ArgumentError,
                  "unknown struct fields #{inspect(wrong)} specified in :except. Expected one of: " <>
                    inspect(fields)
        end

      true ->
        fields
    end
  end
end
