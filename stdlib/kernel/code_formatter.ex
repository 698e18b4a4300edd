defmodule Code.Formatter do
  @moduledoc false
  # Formats source text: parses it with every token's metadata and prints it with Macro.Printer.
  # Literals arrive wrapped in blocks that remember how they were written; comments wait in the
  # process dictionary until the printer reaches the expression they stand before.

  @pending {__MODULE__, :comments}

  def format_string!(string, opts) do
    width = Keyword.get(opts, :line_length, 98)
    parser = Keyword.take(opts, [:file, :line])

    {forms, comments} =
      Code.string_to_quoted_with_comments!(
        string,
        [
          literal_encoder: &{:ok, {:__block__, &2, [&1]}},
          unescape: false,
          token_metadata: true,
          columns: true,
          emit_warnings: false
        ] ++ parser
      )

    previous = Process.put(@pending, comments)

    try do
      doc = Macro.Printer.to_algebra(forms, source: true)
      rest = for comment <- take_comments(:infinity), do: [comment.text, "\n"]

      body =
        doc
        |> Inspect.Algebra.group()
        |> Inspect.Algebra.format(width)
        |> IO.iodata_to_binary()

      join(body, IO.iodata_to_binary(rest))
    after
      if previous, do: Process.put(@pending, previous), else: Process.delete(@pending)
    end
  end

  defp join(body, ""), do: String.trim_trailing(body, "\n")
  defp join("", rest), do: String.trim_trailing(rest, "\n")

  defp join(body, rest),
    do: String.trim_trailing(body, "\n") <> "\n" <> String.trim_trailing(rest, "\n")

  # Comments that stand on or before `line` and have not been printed.
  def take_comments(line) do
    case Process.get(@pending) do
      [_ | _] = comments ->
        {before, later} = Enum.split_while(comments, fn comment -> comment.line <= line end)
        Process.put(@pending, later)
        before

      _ ->
        []
    end
  end
end
