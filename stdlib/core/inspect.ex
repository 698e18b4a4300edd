import Inspect.Algebra

defprotocol Inspect do
  @moduledoc """
  Turns terms into documents (`Inspect.Algebra`) for `inspect/2` and `IO.inspect/2`.

  Structs print as `%Name{field: value}`. With `@derive {Inspect, only: [...]}` or `except: [...]` only some fields print, between
  `#Name<` and `>`; `optional: [...]` leaves out fields that hold their default.
  """
  @fallback_to_any true

  @doc """
  The document of `term`.
  """
  @spec inspect(t, Inspect.Opts.t()) :: Inspect.Algebra.t()
  def inspect(term, opts)
end

defmodule Inspect.Derived do
  @moduledoc false

  def implement(module, info, fields, options) do
    only = Keyword.get(options, :only, fields)
    except = Keyword.get(options, :except, [])
    optional = Keyword.get(options, :optional, [])
    check!(:only, only, fields, module)
    check!(:except, except, fields, module)
    check!(:optional, optional, fields, module)
    shown = Enum.reject(fields, &(&1 in except or &1 not in only))
    ordered = for %{field: field} = item <- info, field in shown, do: Map.take(item, [:field, :default])
    function = if fields == Enum.sort(shown), do: :inspect_as_struct, else: :inspect_as_opaque

    quote do
      defimpl Inspect, for: unquote(module) do
        def inspect(term, opts) do
          infos =
            for %{field: field} = item <- unquote(Macro.escape(ordered)),
                field not in unquote(optional) or Map.get(term, field) != item[:default],
                do: %{field: field}

          Inspect.Any.unquote(function)(term, Macro.inspect_atom(:literal, unquote(module)), infos, opts)
        end
      end
    end
  end

  defp check!(option, given, fields, module) do
    case given -- fields do
      [] ->
        :ok

      unknown ->
        raise ArgumentError,
              "unknown fields #{Kernel.inspect(unknown)} in #{Kernel.inspect(option)} when deriving the Inspect protocol for #{Kernel.inspect(module)}"
    end
  end
end

defimpl Inspect, for: Atom do
  def inspect(atom, opts), do: color_doc(Macro.inspect_atom(:literal, atom), color_key(atom), opts)

  defp color_key(atom) when is_boolean(atom), do: :boolean
  defp color_key(nil), do: nil
  defp color_key(_), do: :atom
end

defimpl Inspect, for: BitString do
  def inspect(term, opts) when is_binary(term) do
    %{binaries: binaries, base: base, printable_limit: limit} = opts

    if base == :decimal and (binaries == :as_strings or (binaries == :infer and String.printable?(term, limit))) do
      case Inspect.Text.escape(term, ?", limit) do
        {text, ""} -> color_doc(string(IO.iodata_to_binary([?", text, ?"])), :string, opts)
        {text, _more} -> concat(color_doc(string(IO.iodata_to_binary([?", text, ?"])), :string, opts), " <> ...")
      end
    else
      inspect_bits(term, opts)
    end
  end

  def inspect(term, opts), do: inspect_bits(term, opts)

  defp inspect_bits("", opts), do: color_doc("<<>>", :binary, opts)

  defp inspect_bits(bits, opts) do
    left = color_doc("<<", :binary, opts)
    right = color_doc(">>", :binary, opts)
    docs = byte_docs(bits, opts.limit, opts)
    group(concat(concat(left, nest(fold(docs, fn a, b -> flex_glue(concat(a, ","), b) end), 2)), right))
  end

  defp byte_docs(<<>>, _limit, _opts), do: []
  defp byte_docs(_bits, 0, _opts), do: ["..."]

  defp byte_docs(<<byte, rest::bitstring>>, limit, opts) do
    [number(byte, opts) | byte_docs(rest, less(limit), opts)]
  end

  defp byte_docs(bits, _limit, opts) do
    size = bit_size(bits)
    <<value::size(size)>> = bits
    [concat(number(value, opts), "::size(" <> Integer.to_string(size) <> ")")]
  end

  defp number(value, opts), do: color_doc(Inspect.Integer.text(value, opts.base), :number, opts)

  defp less(:infinity), do: :infinity
  defp less(limit), do: limit - 1
end

defimpl Inspect, for: List do
  def inspect([], opts), do: color_doc("[]", :list, opts)

  def inspect(list, opts) do
    cond do
      opts.charlists == :as_charlists -> charlist(list, opts)
      opts.charlists == :infer and Inspect.Text.printable_charlist?(list) -> charlist(list, opts)
      keyword?(list) -> container(list, opts, &keyword/2, break: :strict)
      true -> container(list, opts, &to_doc/2, [])
    end
  end

  defp container(list, opts, fun, options) do
    left = color_doc("[", :list, opts)
    right = color_doc("]", :list, opts)
    container_doc(left, list, right, opts, fun, [separator: color_doc(",", :list, opts)] ++ options)
  end

  defp charlist(list, opts) do
    {text, rest} = Inspect.Text.escape(IO.chardata_to_string(list), ?", opts.printable_limit)
    doc = color_doc(string(IO.iodata_to_binary([?~, ?c, ?", text, ?"])), :charlist, opts)
    if rest == "", do: doc, else: concat(doc, " ++ ...")
  end

  @doc false
  def keyword({key, value}, opts) do
    key = color_doc(Macro.inspect_atom(:key, key), :atom, opts)
    concat(key, concat(" ", to_doc(value, opts)))
  end

  @doc false
  def keyword?([{key, _value} | rest]) when is_atom(key) do
    case Atom.to_charlist(key) do
      [?E, ?l, ?i, ?x, ?i, ?r, ?.] ++ _ -> false
      _ -> keyword?(rest)
    end
  end

  def keyword?([]), do: true
  def keyword?(_), do: false
end

defimpl Inspect, for: Tuple do
  def inspect(tuple, opts) do
    left = color_doc("{", :tuple, opts)
    right = color_doc("}", :tuple, opts)
    options = [separator: color_doc(",", :tuple, opts), break: :flex]
    container_doc(left, Tuple.to_list(tuple), right, opts, &to_doc/2, options)
  end
end

defimpl Inspect, for: Map do
  def inspect(map, opts) do
    pairs =
      if opts.custom_options[:sort_maps] do
        map |> Map.to_list() |> :lists.sort()
      else
        Map.to_list(map)
      end

    inspect_as_map(pairs, "", opts)
  end

  @doc false
  def inspect_as_map(pairs, name, opts) do
    fun = if Inspect.List.keyword?(pairs), do: &Inspect.List.keyword/2, else: arrow(opts)
    container(pairs, name, opts, fun)
  end

  @doc false
  def container(pairs, name, opts, fun) do
    left = color_doc("%" <> name <> "{", :map, opts)
    right = color_doc("}", :map, opts)
    container_doc(left, pairs, right, opts, fun, separator: color_doc(",", :map, opts), break: :strict)
  end

  defp arrow(opts) do
    sign = color_doc(" => ", :map, opts)
    fn {key, value}, opts -> concat(to_doc(key, opts), concat(sign, to_doc(value, opts))) end
  end
end

defimpl Inspect, for: Integer do
  def inspect(number, opts), do: color_doc(text(number, opts.base), :number, opts)

  @doc false
  def text(number, :decimal), do: Integer.to_string(number)
  def text(number, base) when number < 0, do: "-" <> text(-number, base)
  def text(number, :hex), do: "0x" <> Integer.to_string(number, 16)
  def text(number, :octal), do: "0o" <> Integer.to_string(number, 8)
  def text(number, :binary), do: "0b" <> Integer.to_string(number, 2)
end

defimpl Inspect, for: Float do
  def inspect(float, opts) do
    size = abs(float)
    whole? = size >= 1.0 and size < 1.0e16 and trunc(float) == float
    text = if whole?, do: Integer.to_string(trunc(float)) <> ".0", else: Float.to_string(float)
    color_doc(text, :number, opts)
  end
end

defimpl Inspect, for: Function do
  def inspect(fun, _opts) do
    info = Function.info(fun)
    module = info[:module]
    name = info[:name]

    cond do
      info[:type] == :external ->
        "&" <> Macro.inspect_atom(:literal, module) <> "." <> Macro.inspect_atom(:remote_call, name) <> "/" <> Integer.to_string(info[:arity])

      match?([?e, ?l, ?i, ?x, ?i, ?r, ?_ | _], Atom.to_charlist(module)) ->
        "#Function<" <> unique(info) <> ">"

      true ->
        "#Function<" <> unique(info) <> place(Macro.inspect_atom(:literal, module), name) <> ">"
    end
  end

  defp unique(info), do: Integer.to_string(info[:new_index] || 0) <> "." <> Integer.to_string(info[:uniq] || 0) <> "/" <> Integer.to_string(info[:arity])

  # Closures are named -outer/arity-fun-N-.
  defp place(module, name) do
    case Atom.to_string(name) do
      "-" <> rest ->
        [outer | _] = :binary.split(rest, "-fun-")
        " in " <> module <> "." <> outer

      _ ->
        ""
    end
  end
end

defimpl Inspect, for: PID do
  def inspect(pid, opts), do: color_doc("#PID" <> IO.iodata_to_binary(:erlang.pid_to_list(pid)), :pid, opts)
end

defimpl Inspect, for: Port do
  def inspect(port, opts), do: color_doc(IO.iodata_to_binary(:erlang.port_to_list(port)), :port, opts)
end

defimpl Inspect, for: Reference do
  def inspect(ref, opts) do
    ~c"#Ref" ++ rest = :erlang.ref_to_list(ref)
    color_doc("#Reference" <> IO.iodata_to_binary(rest), :reference, opts)
  end
end

defimpl Inspect, for: Any do
  defmacro __deriving__(module, _struct, options) do
    info = Macro.struct_info!(module, __CALLER__)
    fields = Enum.sort(Enum.map(info, & &1.field) -- [:__exception__, :__struct__])
    Inspect.Derived.implement(module, info, fields, options)
  end

  def inspect(%module{} = struct, opts) do
    try do
      {module.__struct__(), module.__info__(:struct)}
    rescue
      _ -> Inspect.Map.inspect(struct, opts)
    else
      {defaults, info} when is_list(info) ->
        if :maps.keys(defaults) == :maps.keys(struct) do
          inspect_as_struct(struct, Macro.inspect_atom(:literal, module), info, opts)
        else
          Inspect.Map.inspect(struct, opts)
        end

      _ ->
        Inspect.Map.inspect(struct, opts)
    end
  end

  @doc false
  def inspect_as_struct(struct, name, infos, opts) do
    Inspect.Map.container(pairs(struct, infos), name, opts, &Inspect.List.keyword/2)
  end

  @doc false
  def inspect_as_opaque(struct, name, infos, opts) do
    left = color_doc("#" <> name <> "<", :map, opts)
    right = color_doc(">", :map, opts)
    options = [separator: color_doc(",", :map, opts), break: :strict]

    container_doc(left, pairs(struct, infos) ++ ["..."], right, opts, &field/2, options)
  end

  defp pairs(struct, infos) do
    for %{field: field} <- infos, field not in [:__struct__, :__exception__], do: {field, Map.get(struct, field)}
  end

  defp field({_, _} = pair, opts), do: Inspect.List.keyword(pair, opts)
  defp field(text, _opts), do: text
end
