defmodule IO.ANSI do
  @moduledoc """
  ANSI escape sequences: colors, text styles and the cursor.

      iex> IO.ANSI.red() <> "text" <> IO.ANSI.reset()
      "\\e[31mtext\\e[0m"
  """

  @type ansicode :: atom
  @type ansilist ::
          maybe_improper_list(char | ansicode | binary | ansilist, binary | ansicode | [])
  @type ansidata :: ansilist | ansicode | binary

  @codes [
    reset: 0,
    bright: 1,
    faint: 2,
    italic: 3,
    underline: 4,
    blink_slow: 5,
    blink_rapid: 6,
    inverse: 7,
    reverse: 7,
    conceal: 8,
    crossed_out: 9,
    primary_font: 10,
    font_1: 11,
    font_2: 12,
    font_3: 13,
    font_4: 14,
    font_5: 15,
    font_6: 16,
    font_7: 17,
    font_8: 18,
    font_9: 19,
    normal: 22,
    not_italic: 23,
    no_underline: 24,
    blink_off: 25,
    inverse_off: 27,
    reverse_off: 27,
    black: 30,
    red: 31,
    green: 32,
    yellow: 33,
    blue: 34,
    magenta: 35,
    cyan: 36,
    white: 37,
    default_color: 39,
    black_background: 40,
    red_background: 41,
    green_background: 42,
    yellow_background: 43,
    blue_background: 44,
    magenta_background: 45,
    cyan_background: 46,
    white_background: 47,
    default_background: 49,
    framed: 51,
    encircled: 52,
    overlined: 53,
    not_framed_encircled: 54,
    not_overlined: 55,
    light_black: 90,
    light_red: 91,
    light_green: 92,
    light_yellow: 93,
    light_blue: 94,
    light_magenta: 95,
    light_cyan: 96,
    light_white: 97,
    light_black_background: 100,
    light_red_background: 101,
    light_green_background: 102,
    light_yellow_background: 103,
    light_blue_background: 104,
    light_magenta_background: 105,
    light_cyan_background: 106,
    light_white_background: 107
  ]

  for {name, code} <- @codes do
    @doc "Escape sequence for #{name}."
    @spec unquote(name)() :: String.t()
    def unquote(name)(), do: unquote("\e[#{code}m")
    defp sequence(unquote(name)), do: unquote("\e[#{code}m")
  end

  defp sequence(:home), do: home()
  defp sequence(:clear), do: clear()
  defp sequence(:clear_line), do: clear_line()

  defp sequence(other),
    do: raise(ArgumentError, "invalid ANSI sequence specification: #{inspect(other)}")

  @doc """
  Tells whether standard output takes escape sequences.

      iex> is_boolean(IO.ANSI.enabled?())
      true
  """
  @spec enabled?() :: boolean
  def enabled?, do: Application.get_env(:elixir, :ansi_enabled, false)

  @doc """
  Escape sequence for one of 256 foreground colors.

      iex> IO.ANSI.color(123)
      "\\e[38;5;123m"
  """
  @spec color(0..255) :: String.t()
  def color(code) when code in 0..255, do: "\e[38;5;#{code}m"

  @doc """
  Escape sequence for a foreground color of a 6x6x6 cube.

      iex> IO.ANSI.color(1, 2, 3)
      "\\e[38;5;67m"
  """
  @spec color(0..5, 0..5, 0..5) :: String.t()
  def color(r, g, b) when r in 0..5 and g in 0..5 and b in 0..5,
    do: color(16 + 36 * r + 6 * g + b)

  @doc """
  Escape sequence for one of 256 background colors.

      iex> IO.ANSI.color_background(123)
      "\\e[48;5;123m"
  """
  @spec color_background(0..255) :: String.t()
  def color_background(code) when code in 0..255, do: "\e[48;5;#{code}m"

  @doc """
  Escape sequence for a background color of a 6x6x6 cube.

      iex> IO.ANSI.color_background(0, 0, 5)
      "\\e[48;5;21m"
  """
  @spec color_background(0..5, 0..5, 0..5) :: String.t()
  def color_background(r, g, b) when r in 0..5 and g in 0..5 and b in 0..5,
    do: color_background(16 + 36 * r + 6 * g + b)

  @doc "Escape sequence that moves the cursor to the upper left corner."
  @spec home() :: String.t()
  def home, do: "\e[H"

  @doc "Escape sequence that clears the screen."
  @spec clear() :: String.t()
  def clear, do: "\e[2J"

  @doc "Escape sequence that clears the line."
  @spec clear_line() :: String.t()
  def clear_line, do: "\e[2K"

  @doc """
  Escape sequence that moves the cursor to a line and column.

      iex> IO.ANSI.cursor(3, 4)
      "\\e[3;4H"
  """
  @spec cursor(non_neg_integer, non_neg_integer) :: String.t()
  def cursor(line, column)
      when is_integer(line) and line >= 0 and is_integer(column) and column >= 0,
      do: "\e[#{line};#{column}H"

  @doc "Escape sequence that moves the cursor up."
  @spec cursor_up(pos_integer) :: String.t()
  def cursor_up(lines \\ 1) when is_integer(lines) and lines >= 1, do: "\e[#{lines}A"

  @doc "Escape sequence that moves the cursor down."
  @spec cursor_down(pos_integer) :: String.t()
  def cursor_down(lines \\ 1) when is_integer(lines) and lines >= 1, do: "\e[#{lines}B"

  @doc "Escape sequence that moves the cursor to the right."
  @spec cursor_right(pos_integer) :: String.t()
  def cursor_right(columns \\ 1) when is_integer(columns) and columns >= 1, do: "\e[#{columns}C"

  @doc "Escape sequence that moves the cursor to the left."
  @spec cursor_left(pos_integer) :: String.t()
  def cursor_left(columns \\ 1) when is_integer(columns) and columns >= 1, do: "\e[#{columns}D"

  @doc "The escape sequence of a name, as `format/2` uses it."
  @spec syntax_colors() :: keyword
  def syntax_colors do
    Application.get_env(:elixir, :ansi_syntax_colors) ||
      [
        atom: :cyan,
        boolean: :magenta,
        charlist: :yellow,
        nil: :magenta,
        number: :yellow,
        string: :green,
        variable: :light_cyan,
        call: :default_color,
        operator: :default_color
      ]
  end

  @doc """
  Replaces names in nested data by escape sequences and ends with a reset.

      iex> IO.ANSI.format([:red, "hi"], true) |> IO.iodata_to_binary()
      "\\e[31mhi\\e[0m"
  """
  @spec format(ansidata, boolean) :: chardata when chardata: iodata
  def format(ansidata, emit? \\ enabled?()) when is_boolean(emit?),
    do: translate(ansidata, [], [], emit?, :maybe)

  @doc """
  As `format/2`, without the reset.

      iex> IO.ANSI.format_fragment([:red, "hi"], true) |> IO.iodata_to_binary()
      "\\e[31mhi"
  """
  @spec format_fragment(ansidata, boolean) :: chardata when chardata: iodata
  def format_fragment(ansidata, emit? \\ enabled?()) when is_boolean(emit?),
    do: translate(ansidata, [], [], emit?, false)

  # [reset] is :maybe until a sequence has been written, then true.
  defp translate([term | rest], rem, acc, emit?, reset),
    do: translate(term, [rest | rem], acc, emit?, reset)

  defp translate(term, rem, acc, true, reset) when is_atom(term) and term != [],
    do: translate([], rem, [acc | sequence(term)], true, !!reset)

  defp translate(term, rem, acc, false, reset) when is_atom(term) and term != [],
    do: translate([], rem, acc, false, reset)

  defp translate([], [next | rem], acc, emit?, reset), do: translate(next, rem, acc, emit?, reset)
  defp translate([], [], acc, true, true), do: [acc | "\e[0m"]
  defp translate([], [], acc, _emit?, _reset), do: acc

  defp translate(term, rem, acc, emit?, reset) when is_binary(term),
    do: translate([], rem, [acc, term], emit?, reset)

  defp translate(term, rem, acc, emit?, reset),
    do: translate([], rem, [acc, term], emit?, reset)
end
