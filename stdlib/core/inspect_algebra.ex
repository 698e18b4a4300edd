defmodule Inspect.Opts do
  @moduledoc """
  The options of `inspect/2`: what to print, how much of it, how wide.

  `:base` is `:decimal`, `:binary`, `:octal` or `:hex`; `:binaries` and `:charlists` choose between text and numbers; `:limit` bounds
  items of collections and `:printable_limit` characters of text; `:pretty` lets output break at `:width`.
  """

  defstruct base: :decimal,
            binaries: :infer,
            char_lists: :infer,
            charlists: :infer,
            custom_options: [],
            inspect_fun: &Inspect.inspect/2,
            limit: 50,
            pretty: false,
            printable_limit: 4096,
            safe: true,
            structs: true,
            syntax_colors: [],
            width: 80

  @type color_key :: atom
  @type t :: %__MODULE__{}

  @doc """
  Options from a keyword list.

      iex> Inspect.Opts.new(limit: 3).limit
      3
  """
  @spec new(keyword()) :: t
  def new(opts) do
    struct(%Inspect.Opts{inspect_fun: default_inspect_fun()}, opts)
  end

  @doc """
  The function that inspects terms when no `:inspect_fun` is given.

      iex> is_function(Inspect.Opts.default_inspect_fun(), 2)
      true
  """
  def default_inspect_fun do
    :persistent_term.get({__MODULE__, :inspect_fun}, &Inspect.inspect/2)
  end

  @doc """
  Sets the function that inspects terms when no `:inspect_fun` is given.
  """
  def default_inspect_fun(fun) when is_function(fun, 2) do
    :persistent_term.put({__MODULE__, :inspect_fun}, fun)
  end
end

defmodule Inspect.Error do
  @moduledoc """
  Raised when an implementation of `Inspect` fails.
  """
  defexception [:exception_module, :exception_message, :stacktrace, :inspected_struct]

  @impl true
  def exception(fields) when is_list(fields) do
    exception = Keyword.fetch!(fields, :exception)

    %Inspect.Error{
      exception_module: exception.__struct__,
      exception_message: String.trim_trailing(Exception.message(exception)),
      stacktrace: Keyword.get(fields, :stacktrace, []),
      inspected_struct: Keyword.fetch!(fields, :inspected_struct)
    }
  end

  @impl true
  def message(%Inspect.Error{} = error) do
    trace =
      case error.stacktrace do
        [] -> ""
        trace -> "\n\nStacktrace:\n\n" <> Exception.format_stacktrace(trace)
      end

    "got " <>
      inspect(error.exception_module) <>
      " with message:\n\n    \"\"\"\n" <>
      indent(error.exception_message) <>
      "\n    \"\"\"\n\nwhile inspecting:\n\n" <> indent(error.inspected_struct) <> trace
  end

  defp indent(text) do
    :lists.join("\n", for(line <- String.split(text, "\n"), do: "    " <> line)) |> IO.iodata_to_binary()
  end
end

defmodule Inspect.Algebra do
  @moduledoc """
  Documents that can be printed on lines of a given width.

  A document is a string, a break, or documents joined, nested and grouped. `format/2` decides for each group whether it fits on the
  line: then its breaks are spaces, otherwise new lines.

      iex> import Inspect.Algebra
      iex> doc = group(glue("hello", "world"))
      iex> IO.iodata_to_binary(format(doc, 80))
      "hello world"
      iex> IO.iodata_to_binary(format(doc, 5))
      "hello\\nworld"
  """

  # A document is :doc_nil, :doc_line, a binary, or one of the tuples below. Strings with a length of their own (graphemes are not
  # bytes) are {:doc_string, text, length}.

  @type t :: binary | atom | tuple

  @doc """
  Is `doc` a document? Allowed in guards.
  """
  defguard is_doc(doc)
           when is_binary(doc) or doc in [:doc_nil, :doc_line] or
                  (is_tuple(doc) and
                     elem(doc, 0) in [
                       :doc_string,
                       :doc_cons,
                       :doc_nest,
                       :doc_break,
                       :doc_group,
                       :doc_fits,
                       :doc_force,
                       :doc_collapse,
                       :doc_color,
                       :doc_limit
                     ])

  @doc """
  A document of `term` through the `Inspect` protocol.
  """
  @spec to_doc(any, Inspect.Opts.t()) :: t
  def to_doc(%_{} = struct, %Inspect.Opts{inspect_fun: fun} = opts) do
    cond do
      not opts.structs -> Inspect.Map.inspect(struct, opts)
      true -> inspect_struct(struct, fun, opts)
    end
  end

  def to_doc(term, %Inspect.Opts{inspect_fun: fun} = opts), do: fun.(term, opts)

  defp inspect_struct(struct, fun, opts) do
    try do
      fun.(struct, opts)
    rescue
      caught_exception ->
        trace = __STACKTRACE__

        if Process.get(:phial_inspect_trap) do
          :erlang.raise(:error, caught_exception, trace)
        else
          report_failure(struct, caught_exception, trace, opts)
        end
    end
  end

  defp report_failure(struct, exception, trace, opts) do
    Process.put(:phial_inspect_trap, true)

    try do
      plain = %{opts | width: 80, structs: false, pretty: false, syntax_colors: []}
      inspected = struct |> Inspect.Map.inspect(plain) |> format(plain.width) |> IO.iodata_to_binary()

      error = Inspect.Error.exception(exception: exception, stacktrace: trace, inspected_struct: inspected)
      unless opts.safe, do: :erlang.raise(:error, error, trace)
      lines = Enum.intersperse(String.split(Inspect.Error.message(error), "\n"), :doc_line)
      concat(concat("#Inspect.Error<", nest(concat([:doc_line | lines]), 2)), concat(:doc_line, ">"))
    after
      Process.delete(:phial_inspect_trap)
    end
  end

  @doc """
  The document that prints nothing.

      iex> Inspect.Algebra.empty()
      :doc_nil
  """
  def empty, do: :doc_nil

  @doc """
  A string whose width is its number of graphemes.
  """
  def string(text) when is_binary(text), do: {:doc_string, text, String.length(text)}

  @doc """
  Two documents, one after the other.
  """
  def concat(left, right), do: {:doc_cons, left, right}

  @doc """
  A list of documents, one after the other.
  """
  def concat(docs) when is_list(docs), do: fold(docs, &concat/2)

  @doc """
  Raises the indentation of new lines in `doc` by `level`, `:cursor` (the present column) or `:reset`.
  """
  def nest(doc, level, mode \\ :always)
  def nest(doc, 0, _mode), do: doc
  def nest(doc, level, mode) when mode in [:always, :break], do: {:doc_nest, doc, level, mode}

  @doc """
  A break: `text` where its group fits, a new line otherwise.
  """
  def break(text \\ " ") when is_binary(text), do: {:doc_break, text, :strict}

  @doc """
  A break that becomes a new line only when what follows does not fit.
  """
  def flex_break(text \\ " ") when is_binary(text), do: {:doc_break, text, :flex}

  @doc """
  Collapses line breaks in a row to at most `max`.
  """
  def collapse_lines(max) when is_integer(max) and max > 0, do: {:doc_collapse, max}

  @doc """
  Joins two documents with a break.
  """
  def glue(left, text \\ " ", right), do: concat(left, concat(break(text), right))

  @doc """
  Joins two documents with a flexible break.
  """
  def flex_glue(left, text \\ " ", right), do: concat(left, concat(flex_break(text), right))

  @doc """
  A group: its breaks are all spaces or all new lines.
  """
  def group(doc, mode \\ :self) when mode in [:self, :inherit], do: {:doc_group, doc, mode}

  @doc """
  Joins two documents with a space.
  """
  def space(left, right), do: concat(left, concat(" ", right))

  @doc """
  A new line, whatever fits.
  """
  def line, do: :doc_line

  @doc """
  Joins two documents with a new line.
  """
  def line(left, right), do: concat(left, concat(:doc_line, right))

  @doc """
  Lets `doc` disregard the limit of items.
  """
  def no_limit(doc), do: {:doc_limit, doc, :infinity}

  @doc """
  Lets the next break in `doc` count as fitting.
  """
  def next_break_fits(doc, mode \\ :enabled) when mode in [:enabled, :disabled], do: {:doc_fits, doc, mode}

  @doc """
  Makes the group around `doc` break.
  """
  def force_unfit(doc), do: {:doc_force, doc}

  @doc """
  Joins documents from the right with `fun`.

      iex> Inspect.Algebra.fold(["A", "B"], fn a, b -> a <> b end)
      "AB"
  """
  def fold(docs, fun)
  def fold([], _fun), do: :doc_nil
  def fold([doc], _fun), do: doc
  def fold([doc | docs], fun), do: fun.(doc, fold(docs, fun))

  @doc false
  def fold_doc(docs, fun), do: fold(docs, fun)

  @doc """
  Wraps `doc` in the color that the options give to `key`.
  """
  def color_doc(doc, key, %Inspect.Opts{syntax_colors: colors}) do
    case colors do
      [] ->
        doc

      _ ->
        case Keyword.fetch(colors, key) do
          {:ok, color} ->
            reset = Keyword.get(colors, :reset, :reset)
            concat({:doc_color, doc, IO.ANSI.format_fragment(color, true)}, {:doc_color, :doc_nil, IO.ANSI.format_fragment(reset, true)})

          :error ->
            doc
        end
    end
  end

  @doc false
  def color(doc, key, opts), do: color_doc(doc, key, opts)
  @doc false
  def color(doc, _key), do: doc

  @doc """
  A collection between `left` and `right`, each item made a document by `fun`, cut off at `opts.limit`.

  Options: `:separator` (`","`) and `:break`: `:strict` (one item a line when it does not fit), `:flex` (as many as fit) or `:maybe`
  (flex when all items are plain text).
  """
  @spec container_doc(t, list, t, Inspect.Opts.t(), (term, Inspect.Opts.t() -> t), keyword()) :: t
  def container_doc(left, collection, right, inspect_opts, fun, opts \\ [])

  def container_doc(left, [], right, _inspect_opts, _fun, _opts), do: concat(left, right)

  def container_doc(left, collection, right, %Inspect.Opts{} = inspect_opts, fun, opts) do
    separator = Keyword.get(opts, :separator, ",")
    {docs, simple?} = item_docs(collection, inspect_opts.limit, inspect_opts, fun, separator, true, [])

    flex? =
      case Keyword.get(opts, :break, :maybe) do
        :maybe -> simple?
        kind -> kind == :flex
      end

    docs = join_items(docs, flex?)

    if flex? do
      group(concat(left, concat(nest(docs, 1), right)))
    else
      group(glue(nest(glue(left, "", docs), 2), "", right))
    end
  end

  # Items with the text that follows each, last first; and whether all are plain.
  defp item_docs([], _limit, _opts, _fun, _sep, simple?, acc), do: {acc, simple?}
  defp item_docs(_items, 0, _opts, _fun, _sep, simple?, acc), do: {["..." | acc], simple?}

  defp item_docs([item | rest], limit, opts, fun, sep, simple?, acc) when is_list(rest) do
    limit = lower(limit)
    doc = fun.(item, %{opts | limit: limit})
    simple? = simple? and plain?(doc)

    case rest do
      [] -> {[doc | acc], simple?}
      _ when doc == :doc_nil -> item_docs(rest, limit, opts, fun, sep, simple?, [:doc_nil | acc])
      _ -> item_docs(rest, limit, opts, fun, sep, simple?, [concat(doc, sep) | acc])
    end
  end

  defp item_docs([item | tail], limit, opts, fun, _sep, simple?, acc) do
    limit = lower(limit)
    doc = fun.(item, %{opts | limit: limit})

    case limit do
      0 ->
        {["..." | [concat(doc, ",") | acc]], simple? and plain?(doc)}

      _ ->
        last = fun.(tail, %{opts | limit: lower(limit)})
        {[concat("| ", last) | [doc | acc]], simple? and plain?(doc) and plain?(last)}
    end
  end

  defp lower(:infinity), do: :infinity
  defp lower(limit), do: limit - 1

  defp join_items([last | before], flex?), do: join_items(before, last, flex?)
  defp join_items([], acc, _flex?), do: acc
  defp join_items([:doc_nil | before], acc, flex?), do: join_items(before, acc, flex?)
  defp join_items([doc | before], :doc_nil, flex?), do: join_items(before, doc, flex?)
  defp join_items([doc | before], acc, true), do: join_items(before, flex_glue(doc, acc), true)
  defp join_items([doc | before], acc, false), do: join_items(before, glue(doc, acc), false)

  defp plain?({:doc_cons, left, right}), do: plain?(left) and plain?(right)
  defp plain?({:doc_string, _, _}), do: true
  defp plain?({:doc_color, doc, _}), do: plain?(doc)
  defp plain?(:doc_nil), do: true
  defp plain?(doc), do: is_binary(doc)

  @doc """
  Prints a document on lines of `width` columns (or `:infinity`), as iodata.

      iex> Inspect.Algebra.format("text", 80) |> IO.iodata_to_binary()
      "text"
  """
  @spec format(t, non_neg_integer | :infinity) :: iodata
  def format(doc, width) do
    print(width, 0, [{0, :flat, doc}])
  end

  # The printer keeps the column and a stack of {indentation, mode, document}. Mode :flat prints breaks as text; :break as new lines;
  # :flat_no_break and :break_no_flat do the same under next_break_fits.

  defp print(_w, _k, []), do: []

  defp print(w, k, [{i, mode, doc} | t]) do
    case doc do
      text when is_binary(text) ->
        [text | print(w, k + byte_size(text), t)]

      {:doc_string, text, length} ->
        [text | print(w, k + length, t)]

      {:doc_cons, left, right} ->
        print(w, k, [{i, mode, left}, {i, mode, right} | t])

      :doc_nil ->
        print(w, k, t)

      {:doc_break, text, kind} ->
        print_break(w, k, i, mode, text, kind, t)

      {:doc_group, inner, group_mode} ->
        print_group(w, k, i, mode, inner, group_mode, t)

      {:doc_nest, inner, level, nest_mode} ->
        if nest_mode == :always or mode in [:break, :break_no_flat] do
          print(w, k, [{deeper(i, level, k), mode, inner} | t])
        else
          print(w, k, [{i, mode, inner} | t])
        end

      :doc_line ->
        [new_line(i) | print(w, i, t)]

      {:doc_color, inner, code} ->
        [code | print(w, k, [{i, mode, inner} | t])]

      {:doc_fits, inner, :enabled} ->
        mode = if mode == :flat, do: :flat_no_break, else: mode
        print(w, k, [{i, mode, inner} | t])

      {:doc_fits, inner, :disabled} ->
        print(w, k, [{i, mode, inner} | t])

      {:doc_force, inner} ->
        print(w, k, [{i, mode, inner} | t])

      {:doc_limit, inner, _} ->
        print(w, k, [{i, mode, inner} | t])

      {:doc_collapse, max} ->
        collapse(print(w, k, t), max, 0, nil)
    end
  end

  defp print_break(w, k, i, mode, text, kind, t) do
    cond do
      mode in [:flat, :flat_no_break] ->
        [text | print(w, k + byte_size(text), t)]

      kind == :flex and (w == :infinity or fits?(w, k + byte_size(text), t, true)) ->
        [text | print(w, k + byte_size(text), t)]

      true ->
        [new_line(i) | print(w, i, t)]
    end
  end

  defp print_group(w, k, i, mode, inner, :inherit, t) when mode in [:break, :break_no_flat] do
    print(w, k, [{i, :break, inner} | t])
  end

  defp print_group(w, k, i, _mode, inner, _group_mode, t) do
    if w == :infinity or fits?(w, k, [{i, :flat, inner}], false) do
      print(w, k, [{i, :flat, inner} | t])
    else
      print(w, k, [{i, :break, inner} | t])
    end
  end

  # Whether the stack prints within `w` up to the first break in break mode. `rest?`: the stack is what follows a flexible break.
  defp fits?(w, k, _stack, _rest?) when k > w, do: false
  defp fits?(_w, _k, [], _rest?), do: true

  defp fits?(w, k, [{i, mode, doc} | t], rest?) do
    case doc do
      text when is_binary(text) ->
        fits?(w, k + byte_size(text), t, rest?)

      {:doc_string, _, length} ->
        fits?(w, k + length, t, rest?)

      {:doc_cons, left, right} ->
        fits?(w, k, [{i, mode, left}, {i, mode, right} | t], rest?)

      :doc_nil ->
        fits?(w, k, t, rest?)

      {:doc_break, text, _} ->
        if mode in [:flat] do
          fits?(w, k + byte_size(text), t, rest?)
        else
          true
        end

      :doc_line ->
        true

      {:doc_nest, inner, level, _} ->
        fits?(w, k, [{deeper(i, level, k), mode, inner} | t], rest?)

      {:doc_group, inner, _} ->
        fits?(w, k, [{i, :flat, inner} | t], rest?)

      {:doc_color, inner, _} ->
        fits?(w, k, [{i, mode, inner} | t], rest?)

      {:doc_fits, inner, :enabled} ->
        mode = if mode == :flat, do: :flat_no_break, else: mode
        fits?(w, k, [{i, mode, inner} | t], rest?)

      {:doc_fits, inner, :disabled} ->
        mode = if mode == :flat_no_break, do: :flat, else: mode
        fits?(w, k, [{i, mode, inner} | t], rest?)

      {:doc_force, inner} ->
        case mode do
          :flat -> false
          _ -> fits?(w, k, [{i, :break, inner} | t], rest?)
        end

      {:doc_limit, inner, _} ->
        fits?(w, k, [{i, mode, inner} | t], rest?)

      {:doc_collapse, _} ->
        fits?(w, k, t, rest?)
    end
  end

  defp deeper(_i, :cursor, k), do: k
  defp deeper(_i, :reset, _k), do: 0
  defp deeper(i, level, _k), do: i + level

  defp new_line(0), do: "\n"
  defp new_line(i), do: "\n" <> :binary.copy(" ", i)

  defp collapse(["\n" <> _ = line | t], max, count, _), do: collapse(t, max, count + 1, line)
  defp collapse(["" | t], max, count, last), do: collapse(t, max, count, last)
  defp collapse(t, _max, 0, _), do: t

  defp collapse(t, max, count, last) do
    [:binary.copy("\n", min(max, count) - 1), last | t]
  end
end
