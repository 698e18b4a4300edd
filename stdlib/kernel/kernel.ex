defmodule Kernel do
  @moduledoc """
  The functions and macros that are imported into every module.

  Operators, type checks, control flow, module definition helpers, sigils, processes and
  nested data access live here. The special forms, which the compiler itself implements, are
  listed in `Kernel.SpecialForms`; `defmodule`, `def`, `defp`, `defmacro`, `defmacrop` and `@`
  are built into the compiler as well.

  This file compiles before every other one. A macro may use only what stands above it, and at
  expansion time only Erlang-style modules, unless its comment says that a later module is
  needed.
  """

  # --------------------------------------------------------------------------------------------
  # Boolean operators and conditionals. Everything below may use them.
  # --------------------------------------------------------------------------------------------

  defp boolean_case(operator, left, stop_value, stop, continue) do
    other = {:other, [], __MODULE__}

    clauses = [
      {:->, [], [[stop_value], stop]},
      {:->, [], [[:erlang.not(stop_value)], continue]},
      {:->, [generated: true],
       [
         [other],
         {{:., [], [:erlang, :error]}, [generated: true],
          [{:{}, [], [:badbool, operator, other]}]}
       ]}
    ]

    {:case, [generated: true], [left, [do: clauses]]}
  end

  defp no_match_context(operator) do
    message =
      <<"invalid expression in match, ", :erlang.atom_to_binary(operator)::binary,
        " is not allowed in patterns such as function clauses, case clauses or on the left ",
        "side of the = operator">>

    :erlang.error(ArgumentError.exception(message))
  end

  @doc """
  Strict boolean "and". Raises `BadBooleanError` if the left side is not a boolean.

  The right side is evaluated only when the left side is `true`. Allowed in guards.

      iex> true and false
      false
      iex> true and :yes
      :yes
  """
  defmacro left and right do
    case __CALLER__.context do
      nil -> boolean_case(:and, left, false, false, right)
      :guard -> {{:., [], [:erlang, :andalso]}, [], [left, right]}
      :match -> no_match_context(:and)
    end
  end

  @doc """
  Strict boolean "or". Raises `BadBooleanError` if the left side is not a boolean.

  The right side is evaluated only when the left side is `false`. Allowed in guards.

      iex> false or true
      true
      iex> false or 42
      42
  """
  defmacro left or right do
    case __CALLER__.context do
      nil -> boolean_case(:or, left, true, true, right)
      :guard -> {{:., [], [:erlang, :orelse]}, [], [left, right]}
      :match -> no_match_context(:or)
    end
  end

  @doc """
  Truthy "not": `true` when the value is `false` or `nil`, `false` for everything else.

      iex> !nil
      true
      iex> !0
      false
  """
  defmacro !value

  defmacro !{:!, _, [value]} do
    quote do
      case unquote(value) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> false
        _ -> true
      end
    end
  end

  defmacro !value do
    quote do
      case unquote(value) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> true
        _ -> false
      end
    end
  end

  defp if_clauses(condition, do: yes), do: if_clauses(condition, do: yes, else: nil)

  defp if_clauses(condition, do: yes, else: no) do
    quote do
      case unquote(condition) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> unquote(no)
        _ -> unquote(yes)
      end
    end
  end

  defp if_clauses(_condition, _other) do
    :erlang.error(
      ArgumentError.exception(
        "invalid or duplicate keys for if, only \"do\" and an optional \"else\" are permitted"
      )
    )
  end

  @doc """
  Evaluates the `do` block when `condition` is truthy, otherwise the `else` block or `nil`.

      iex> if 1 < 2, do: :less, else: :more
      :less
      iex> if nil, do: :never
      nil
  """
  defmacro if(condition, clauses), do: if_clauses(condition, clauses)

  defp unless_clauses(condition, do: no),
    do: quote(do: if(unquote(condition), do: nil, else: unquote(no)))

  defp unless_clauses(condition, do: no, else: yes) do
    quote do
      if(unquote(condition), do: unquote(yes), else: unquote(no))
    end
  end

  defp unless_clauses(_condition, _other) do
    :erlang.error(
      ArgumentError.exception(
        "invalid or duplicate keys for unless, only \"do\" and an optional \"else\" are permitted"
      )
    )
  end

  @doc """
  Evaluates the `do` block when `condition` is falsy. Prefer `if` in new code.

      iex> unless false, do: :done
      :done
  """
  defmacro unless(condition, clauses), do: unless_clauses(condition, clauses)

  @doc """
  Truthy "and": the left value if it is falsy, otherwise the right one. Not for guards.

      iex> 1 && 2
      2
      iex> nil && raise("not evaluated")
      nil
  """
  defmacro left && right do
    quote do
      case unquote(left) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) -> x
        _ -> unquote(right)
      end
    end
  end

  @doc """
  Truthy "or": the left value if it is truthy, otherwise the right one. Not for guards.

      iex> nil || :default
      :default
      iex> 1 || raise("not evaluated")
      1
  """
  defmacro left || right do
    quote do
      case unquote(left) do
        x when :erlang.orelse(:erlang."=:="(x, false), :erlang."=:="(x, nil)) ->
          unquote(right)

        x ->
          x
      end
    end
  end

  # --------------------------------------------------------------------------------------------
  # Inlined functions. The compiler replaces calls by the `:erlang` function; these definitions
  # serve `&Kernel.+/2`, `apply/3` and the documentation.
  # --------------------------------------------------------------------------------------------

  @doc """
  Absolute value of a number. Allowed in guards.

      iex> abs(-3.5)
      3.5
  """
  @spec abs(number) :: number
  def abs(number), do: :erlang.abs(number)

  @doc """
  Calls `fun` with the list of arguments `args`.

      iex> apply(fn a, b -> a * b end, [3, 4])
      12
  """
  @spec apply((... -> any), [any]) :: any
  def apply(fun, args), do: :erlang.apply(fun, args)

  @doc """
  Calls `module.function_name` with the list of arguments `args`.

      iex> apply(String, :upcase, ["x"])
      "X"
  """
  @spec apply(module, atom, [any]) :: any
  def apply(module, function_name, args), do: :erlang.apply(module, function_name, args)

  @doc """
  The part of `binary` that starts at byte `start` and is `size` bytes long. Allowed in guards.

      iex> binary_part("phial", 1, 3)
      "hia"
      iex> binary_part("phial", 5, -2)
      "al"
  """
  @spec binary_part(binary, non_neg_integer, integer) :: binary
  def binary_part(binary, start, size), do: :erlang.binary_part(binary, start, size)

  @doc """
  Number of bits in `bitstring`. Allowed in guards.

      iex> bit_size(<<3::5>>)
      5
  """
  @spec bit_size(bitstring) :: non_neg_integer
  def bit_size(bitstring), do: :erlang.bit_size(bitstring)

  @doc """
  Number of bytes needed to hold `bitstring`. Allowed in guards.

      iex> byte_size("é")
      2
  """
  @spec byte_size(bitstring) :: non_neg_integer
  def byte_size(bitstring), do: :erlang.byte_size(bitstring)

  @doc """
  Smallest integer that is not below `number`. Allowed in guards.

      iex> ceil(2.1)
      3
  """
  @spec ceil(number) :: integer
  def ceil(number), do: :erlang.ceil(number)

  @doc """
  Integer division, truncated towards zero. Allowed in guards.

      iex> div(-7, 2)
      -3
  """
  @spec div(integer, neg_integer | pos_integer) :: integer
  def div(dividend, divisor), do: :erlang.div(dividend, divisor)

  @doc """
  Element of `tuple` at the zero-based `index`. Allowed in guards.

      iex> elem({:a, :b}, 1)
      :b
  """
  @spec elem(tuple, non_neg_integer) :: term
  def elem(tuple, index), do: :erlang.element(:erlang.+(index, 1), tuple)

  @doc """
  Stops the calling process with `reason`.

      iex> try do exit(:done) catch :exit, reason -> reason end
      :done
  """
  @spec exit(term) :: no_return
  def exit(reason), do: :erlang.exit(reason)

  @doc """
  Largest integer that is not above `number`. Allowed in guards.

      iex> floor(-2.1)
      -3
  """
  @spec floor(number) :: integer
  def floor(number), do: :erlang.floor(number)

  @doc """
  Tells whether `module` is loaded and exports `function` with `arity`.

      iex> function_exported?(Kernel, :send, 2)
      true
  """
  @spec function_exported?(module, atom, arity) :: boolean
  def function_exported?(module, function, arity),
    do: :erlang.function_exported(module, function, arity)

  @doc """
  First element of a nonempty list. Allowed in guards.

      iex> hd([1, 2])
      1
  """
  @spec hd(nonempty_maybe_improper_list(elem, any)) :: elem when elem: term
  def hd(list), do: :erlang.hd(list)

  @doc """
  `true` for atoms. Allowed in guards.

      iex> is_atom(:a)
      true
  """
  @spec is_atom(term) :: boolean
  def is_atom(term), do: :erlang.is_atom(term)

  @doc """
  `true` for binaries. Allowed in guards.

      iex> is_binary(<<1::3>>)
      false
  """
  @spec is_binary(term) :: boolean
  def is_binary(term), do: :erlang.is_binary(term)

  @doc """
  `true` for bitstrings, binaries included. Allowed in guards.

      iex> is_bitstring(<<1::3>>)
      true
  """
  @spec is_bitstring(term) :: boolean
  def is_bitstring(term), do: :erlang.is_bitstring(term)

  @doc """
  `true` for `true` and `false`. Allowed in guards.

      iex> is_boolean(nil)
      false
  """
  @spec is_boolean(term) :: boolean
  def is_boolean(term), do: :erlang.is_boolean(term)

  @doc """
  `true` for floats. Allowed in guards.

      iex> is_float(1)
      false
  """
  @spec is_float(term) :: boolean
  def is_float(term), do: :erlang.is_float(term)

  @doc """
  `true` for functions. Allowed in guards.

      iex> is_function(fn -> 1 end)
      true
  """
  @spec is_function(term) :: boolean
  def is_function(term), do: :erlang.is_function(term)

  @doc """
  `true` for functions that take `arity` arguments. Allowed in guards.

      iex> is_function(&hd/1, 2)
      false
  """
  @spec is_function(term, non_neg_integer) :: boolean
  def is_function(term, arity), do: :erlang.is_function(term, arity)

  @doc """
  `true` for integers. Allowed in guards.

      iex> is_integer(1.0)
      false
  """
  @spec is_integer(term) :: boolean
  def is_integer(term), do: :erlang.is_integer(term)

  @doc """
  `true` for lists, proper or not. Allowed in guards.

      iex> is_list([1 | 2])
      true
  """
  @spec is_list(term) :: boolean
  def is_list(term), do: :erlang.is_list(term)

  @doc """
  `true` for maps, structs included. Allowed in guards.

      iex> is_map(%{})
      true
  """
  @spec is_map(term) :: boolean
  def is_map(term), do: :erlang.is_map(term)

  @doc """
  `true` if `key` is a key of `map`. Allowed in guards.

      iex> is_map_key(%{a: 1}, :a)
      true
  """
  @spec is_map_key(map, term) :: boolean
  def is_map_key(map, key), do: :erlang.is_map_key(key, map)

  @doc """
  `true` for integers and floats. Allowed in guards.

      iex> is_number(1.5)
      true
  """
  @spec is_number(term) :: boolean
  def is_number(term), do: :erlang.is_number(term)

  @doc """
  `true` for process identifiers. Allowed in guards.

      iex> is_pid(self())
      true
  """
  @spec is_pid(term) :: boolean
  def is_pid(term), do: :erlang.is_pid(term)

  @doc """
  `true` for ports. Allowed in guards.

      iex> is_port(self())
      false
  """
  @spec is_port(term) :: boolean
  def is_port(term), do: :erlang.is_port(term)

  @doc """
  `true` for references. Allowed in guards.

      iex> is_reference(make_ref())
      true
  """
  @spec is_reference(term) :: boolean
  def is_reference(term), do: :erlang.is_reference(term)

  @doc """
  `true` for tuples. Allowed in guards.

      iex> is_tuple({})
      true
  """
  @spec is_tuple(term) :: boolean
  def is_tuple(term), do: :erlang.is_tuple(term)

  @doc """
  Number of elements in a proper list. Allowed in guards.

      iex> length([:a, :b])
      2
  """
  @spec length(list) :: non_neg_integer
  def length(list), do: :erlang.length(list)

  @doc """
  A reference that is unique among connected nodes.

      iex> make_ref() == make_ref()
      false
  """
  @spec make_ref() :: reference
  def make_ref, do: :erlang.make_ref()

  @doc """
  Number of pairs in `map`. Allowed in guards.

      iex> map_size(%{a: 1, b: 2})
      2
  """
  @spec map_size(map) :: non_neg_integer
  def map_size(map), do: :erlang.map_size(map)

  @doc """
  The larger of two terms in term order; the first one when they compare equal.

      iex> max(2, :a)
      :a
  """
  @spec max(first, second) :: first | second when first: term, second: term
  def max(first, second), do: :erlang.max(first, second)

  @doc """
  The smaller of two terms in term order; the first one when they compare equal.

      iex> min(2, :a)
      2
  """
  @spec min(first, second) :: first | second when first: term, second: term
  def min(first, second), do: :erlang.min(first, second)

  @doc """
  Name of the local node. Allowed in guards.

      iex> is_atom(node())
      true
  """
  @spec node() :: node
  def node, do: :erlang.node()

  @doc """
  Name of the node on which a pid, port or reference was made. Allowed in guards.

      iex> node(self()) == node()
      true
  """
  @spec node(pid | reference | port) :: node
  def node(arg), do: :erlang.node(arg)

  @doc """
  Remainder of integer division; it has the sign of the dividend. Allowed in guards.

      iex> rem(-7, 2)
      -1
  """
  @spec rem(integer, neg_integer | pos_integer) :: integer
  def rem(dividend, divisor), do: :erlang.rem(dividend, divisor)

  @doc """
  Nearest integer, halves away from zero. Allowed in guards.

      iex> round(2.5)
      3
  """
  @spec round(number) :: integer
  def round(number), do: :erlang.round(number)

  @doc """
  Sends `message` to a pid, port, registered name or `{name, node}`, and returns the message.

      iex> send(self(), :hello)
      :hello
  """
  @spec send(dest :: Process.dest(), message) :: message when message: any
  def send(dest, message), do: :erlang.send(dest, message)

  @doc """
  Pid of the calling process. Allowed in guards.

      iex> self() == self()
      true
  """
  @spec self() :: pid
  def self, do: :erlang.self()

  @doc """
  Starts a process that runs `fun` and returns its pid.

      iex> is_pid(spawn(fn -> :ok end))
      true
  """
  @spec spawn((-> any)) :: pid
  def spawn(fun), do: :erlang.spawn(fun)

  @doc """
  Starts a process that runs `module.fun` with `args` and returns its pid.

      iex> is_pid(spawn(Kernel, :self, []))
      true
  """
  @spec spawn(module, atom, list) :: pid
  def spawn(module, fun, args), do: :erlang.spawn(module, fun, args)

  @doc """
  Like `spawn/1`, and links the new process to the caller.

      iex> is_pid(spawn_link(fn -> :ok end))
      true
  """
  @spec spawn_link((-> any)) :: pid
  def spawn_link(fun), do: :erlang.spawn_link(fun)

  @doc """
  Like `spawn/3`, and links the new process to the caller.

      iex> is_pid(spawn_link(Kernel, :self, []))
      true
  """
  @spec spawn_link(module, atom, list) :: pid
  def spawn_link(module, fun, args), do: :erlang.spawn_link(module, fun, args)

  @doc """
  Like `spawn/1`, and monitors the new process.

      iex> {pid, ref} = spawn_monitor(fn -> :ok end)
      iex> receive do {:DOWN, ^ref, :process, ^pid, reason} -> reason end
      :normal
  """
  @spec spawn_monitor((-> any)) :: {pid, reference}
  def spawn_monitor(fun), do: :erlang.spawn_monitor(fun)

  @doc """
  Like `spawn/3`, and monitors the new process.

      iex> {pid, _ref} = spawn_monitor(Kernel, :self, [])
      iex> is_pid(pid)
      true
  """
  @spec spawn_monitor(module, atom, list) :: {pid, reference}
  def spawn_monitor(module, fun, args), do: :erlang.spawn_monitor(module, fun, args)

  @doc """
  Throws `term`, to be caught by `catch` in `try`.

      iex> try do throw(:ball) catch term -> term end
      :ball
  """
  @spec throw(term) :: no_return
  def throw(term), do: :erlang.throw(term)

  @doc """
  All elements of a nonempty list but the first. Allowed in guards.

      iex> tl([1, 2])
      [2]
  """
  @spec tl(nonempty_maybe_improper_list(elem, last)) :: maybe_improper_list(elem, last) | last
        when elem: term, last: term
  def tl(list), do: :erlang.tl(list)

  @doc """
  Integer part of a number. Allowed in guards.

      iex> trunc(-2.9)
      -2
  """
  @spec trunc(number) :: integer
  def trunc(number), do: :erlang.trunc(number)

  @doc """
  Number of elements in `tuple`. Allowed in guards.

      iex> tuple_size({:a, :b})
      2
  """
  @spec tuple_size(tuple) :: non_neg_integer
  def tuple_size(tuple), do: :erlang.tuple_size(tuple)

  @doc """
  Sum of two numbers. Allowed in guards.

      iex> 1 + 2.0
      3.0
  """
  @spec integer + integer :: integer
  def left + right, do: :erlang.+(left, right)

  @doc """
  The number itself. Allowed in guards.

      iex> +1
      1
  """
  @spec +number :: number
  def +value, do: :erlang.+(value)

  @doc """
  Difference of two numbers. Allowed in guards.

      iex> 1 - 2
      -1
  """
  @spec integer - integer :: integer
  def left - right, do: :erlang.-(left, right)

  @doc """
  The number with the other sign. Allowed in guards.

      iex> -(2)
      -2
  """
  @spec -number :: number
  def -value, do: :erlang.-(value)

  @doc """
  Product of two numbers. Allowed in guards.

      iex> 3 * 4
      12
  """
  @spec integer * integer :: integer
  def left * right, do: :erlang.*(left, right)

  @doc """
  Quotient of two numbers, always a float. Allowed in guards.

      iex> 6 / 4
      1.5
  """
  @spec number / number :: float
  def left / right, do: :erlang./(left, right)

  @doc """
  Appends a list to another. Takes time proportional to the left one.

      iex> [1] ++ [2, 3]
      [1, 2, 3]
  """
  @spec list ++ term :: maybe_improper_list
  def left ++ right, do: :erlang.++(left, right)

  @doc """
  Removes from the left list the first occurrence of each element of the right one.

      iex> [1, 2, 1] -- [1]
      [2, 1]
  """
  @spec list -- list :: list
  def left -- right, do: :erlang.--(left, right)

  @doc """
  Strict boolean negation. Allowed in guards.

      iex> not true
      false
  """
  @spec not true :: false
  def not value, do: :erlang.not(value)

  @doc """
  `true` if left is smaller than right in term order. Allowed in guards.

      iex> 1 < :a
      true
  """
  @spec term < term :: boolean
  def left < right, do: :erlang.<(left, right)

  @doc """
  `true` if left is larger than right in term order. Allowed in guards.

      iex> 2 > 1
      true
  """
  @spec term > term :: boolean
  def left > right, do: :erlang.>(left, right)

  @doc """
  `true` if left is not larger than right in term order. Allowed in guards.

      iex> 1 <= 1.0
      true
  """
  @spec term <= term :: boolean
  def left <= right, do: :erlang."=<"(left, right)

  @doc """
  `true` if left is not smaller than right in term order. Allowed in guards.

      iex> 2 >= 3
      false
  """
  @spec term >= term :: boolean
  def left >= right, do: :erlang.>=(left, right)

  @doc """
  Equality; integers and floats of the same value are equal. Allowed in guards.

      iex> 1 == 1.0
      true
  """
  @spec term == term :: boolean
  def left == right, do: :erlang.==(left, right)

  @doc """
  Opposite of `==/2`. Allowed in guards.

      iex> 1 != 2
      true
  """
  @spec term != term :: boolean
  def left != right, do: :erlang."/="(left, right)

  @doc """
  Equality of value and type. Allowed in guards.

      iex> 1 === 1.0
      false
  """
  @spec term === term :: boolean
  def left === right, do: :erlang."=:="(left, right)

  @doc """
  Opposite of `===/2`. Allowed in guards.

      iex> 1 !== 1.0
      true
  """
  @spec term !== term :: boolean
  def left !== right, do: :erlang."=/="(left, right)

  @doc """
  `tuple` with the element at the zero-based `index` replaced by `value`.

      iex> put_elem({:a, :b}, 0, :c)
      {:c, :b}
  """
  @spec put_elem(tuple, non_neg_integer, term) :: tuple
  def put_elem(tuple, index, value),
    do: :erlang.setelement(:erlang.+(index, 1), tuple, value)

  # --------------------------------------------------------------------------------------------
  # Type checks that are macros
  # --------------------------------------------------------------------------------------------

  @doc """
  `true` for `nil`. Allowed in guards.

      iex> is_nil(nil)
      true
  """
  defmacro is_nil(term), do: quote(do: unquote(term) == nil)

  defp erl(function, args), do: {{:., [], [:erlang, function]}, [], args}
  defp both(left, right), do: erl(:andalso, [left, right])

  # Guards may mention a term many times; a body must evaluate it once.
  defp once(term, fun) do
    variable = quote(do: term)

    case term do
      {name, _, context} when is_atom(name) and is_atom(context) ->
        fun.(term)

      _ ->
        quote do
          unquote(variable) = unquote(term)
          unquote(fun.(variable))
        end
    end
  end

  defp type_check(:guard, term, fun, _name), do: fun.(term)
  defp type_check(nil, term, fun, _name), do: once(term, fun)
  defp type_check(:match, _term, _fun, name), do: no_match_context(name)

  defp struct_check(term) do
    both(
      erl(:is_map, [term]),
      both(
        erl(:is_map_key, [:__struct__, term]),
        erl(:is_atom, [erl(:map_get, [:__struct__, term])])
      )
    )
  end

  defp named_struct_check(term, name) do
    known =
      case name do
        {:__aliases__, _, _} -> true
        name when is_atom(name) -> true
        _ -> erl(:orelse, [erl(:is_atom, [name]), :fail])
      end

    check =
      both(
        erl(:is_map_key, [:__struct__, term]),
        erl(:"=:=", [erl(:map_get, [:__struct__, term]), name])
      )

    case known do
      true -> both(erl(:is_map, [term]), check)
      _ -> both(erl(:is_map, [term]), both(known, check))
    end
  end

  defp exception_flag(term) do
    both(
      erl(:is_map_key, [:__exception__, term]),
      erl(:"=:=", [erl(:map_get, [:__exception__, term]), true])
    )
  end

  defp checked_name(name, check) do
    case name do
      {:__aliases__, _, _} ->
        check.(name)

      name when is_atom(name) ->
        check.(name)

      _ ->
        quote do
          case unquote(name) do
            name when :erlang.is_atom(name) -> unquote(check.(quote(do: name)))
            _ -> :erlang.error(ArgumentError.exception("expected an atom as the struct name"))
          end
        end
    end
  end

  @doc """
  `true` for structs. Allowed in guards.

      iex> is_struct(1..2)
      true
      iex> is_struct(%{})
      false
  """
  defmacro is_struct(term),
    do: type_check(__CALLER__.context, term, &struct_check/1, :is_struct)

  @doc """
  `true` for structs of module `name`. Allowed in guards.

      iex> is_struct(1..2, Range)
      true
  """
  defmacro is_struct(term, name) do
    check = fn term ->
      case __CALLER__.context do
        nil -> checked_name(name, fn name -> named_struct_check(term, name) end)
        _ -> named_struct_check(term, name)
      end
    end

    type_check(__CALLER__.context, term, check, :is_struct)
  end

  @doc """
  `true` for exceptions. Allowed in guards.

      iex> is_exception(%RuntimeError{})
      true
  """
  defmacro is_exception(term) do
    check = fn term -> both(struct_check(term), exception_flag(term)) end
    type_check(__CALLER__.context, term, check, :is_exception)
  end

  @doc """
  `true` for exceptions of module `name`. Allowed in guards.

      iex> is_exception(%RuntimeError{}, ArgumentError)
      false
  """
  defmacro is_exception(term, name) do
    check = fn term ->
      plain = fn name -> both(named_struct_check(term, name), exception_flag(term)) end

      case __CALLER__.context do
        nil -> checked_name(name, plain)
        _ -> plain.(name)
      end
    end

    type_check(__CALLER__.context, term, check, :is_exception)
  end

  @doc """
  `true` for maps that are not structs. Allowed in guards.

      iex> is_non_struct_map(%{})
      true
      iex> is_non_struct_map(1..2)
      false
  """
  defmacro is_non_struct_map(term) do
    check = fn term ->
      tagged =
        both(
          erl(:is_map_key, [:__struct__, term]),
          erl(:is_atom, [erl(:map_get, [:__struct__, term])])
        )

      both(erl(:is_map, [term]), erl(:not, [tagged]))
    end

    type_check(__CALLER__.context, term, check, :is_non_struct_map)
  end

  @doc """
  Tells whether `module` is loaded and exports the macro `macro` with `arity`.

      iex> macro_exported?(Kernel, :if, 2)
      true
  """
  @spec macro_exported?(module, atom, arity) :: boolean
  def macro_exported?(module, macro, arity)
      when is_atom(module) and is_atom(macro) and is_integer(arity) and arity >= 0 do
    :erlang.function_exported(module, :__info__, 1) and
      :lists.member({macro, arity}, module.__info__(:macros))
  end

  # --------------------------------------------------------------------------------------------
  # Expansion helpers. `Macro` exists once its file has been compiled; before that, arguments
  # are taken as they were written.
  # --------------------------------------------------------------------------------------------

  defp available?(module), do: :phial_code.ensure_loaded(module) == {:module, module}

  defp expand(ast, env) do
    case available?(Macro) do
      true -> Macro.expand(ast, env)
      false -> ast
    end
  end

  defp argument_error(message), do: :erlang.error(ArgumentError.exception(message))

  # --------------------------------------------------------------------------------------------
  # Exceptions
  # --------------------------------------------------------------------------------------------

  # The quoted exception for the argument of raise/1 and reraise/2.
  defp exception_expr(message, env) do
    expanded =
      case message do
        message when is_binary(message) -> message
        {:<<>>, _, _} -> message
        _ -> expand(message, env)
      end

    case expanded do
      text when is_binary(text) ->
        quote(do: RuntimeError.exception(unquote(text)))

      {:<<>>, _, _} ->
        quote(do: RuntimeError.exception(unquote(message)))

      {:<>, _, _} ->
        quote(do: RuntimeError.exception(unquote(message)))

      module when is_atom(module) ->
        quote(do: unquote(module).exception([]))

      _ ->
        quote(do: Kernel.Utils.to_exception(unquote(message)))
    end
  end

  @doc """
  Raises an exception.

  A string raises `RuntimeError`, a module raises `module.exception([])`, and an exception
  struct is raised as it is.

      iex> try do raise "oops" rescue e in RuntimeError -> e.message end
      "oops"
  """
  defmacro raise(message) do
    {{:., [], [:erlang, :error]}, [], [exception_expr(message, __CALLER__)]}
  end

  @doc """
  Raises `exception.exception(attributes)`.

      iex> try do raise(ArgumentError, "bad") rescue e -> e.message end
      "bad"
  """
  defmacro raise(exception, attributes) do
    quote do
      :erlang.error(unquote(exception).exception(unquote(attributes)))
    end
  end

  @doc """
  Raises as `raise/1` does, with a given stack trace.

      try do
        raise "oops"
      rescue
        e -> reraise e, __STACKTRACE__
      end
  """
  defmacro reraise(message, stacktrace) do
    quote do
      :erlang.raise(
        :error,
        unquote(exception_expr(message, __CALLER__)),
        unquote(stacktrace)
      )
    end
  end

  @doc """
  Raises as `raise/2` does, with a given stack trace.

      try do
        raise "oops"
      rescue
        e -> reraise ArgumentError, [message: e.message], __STACKTRACE__
      end
  """
  defmacro reraise(exception, attributes, stacktrace) do
    quote do
      :erlang.raise(
        :error,
        unquote(exception).exception(unquote(attributes)),
        unquote(stacktrace)
      )
    end
  end

  # --------------------------------------------------------------------------------------------
  # Strings, pipes, ranges, membership
  # --------------------------------------------------------------------------------------------

  @doc """
  Converts a term to a string through the `String.Chars` protocol.

      iex> to_string(:foo)
      "foo"
  """
  defmacro to_string(term)
  defmacro to_string(term) when is_binary(term), do: term

  defmacro to_string(term) do
    quote generated: true do
      case unquote(term) do
        x when :erlang.is_binary(x) -> x
        x -> Kernel.Utils.to_text(x)
      end
    end
  end

  @doc """
  Converts a term to a charlist through the `List.Chars` protocol.

      iex> to_charlist(:foo)
      ~c"foo"
  """
  defmacro to_charlist(term) do
    quote(do: List.Chars.to_charlist(unquote(term)))
  end

  defp concat_operands({:<>, _, [left, right]}, env, context) do
    case {context, left} do
      {:match, {:<<>>, _, parts}} -> parts ++ concat_operands(right, env, context)
      _ -> [concat_operand(left, :left, env, context) | concat_operands(right, env, context)]
    end
  end

  defp concat_operands({:<<>>, _, parts}, _env, :match), do: parts

  defp concat_operands(other, env, context) do
    case {context, other} do
      {:match, {name, _, args}} when is_atom(name) and is_list(args) ->
        case expand(other, env) do
          {:<>, _, _} = more -> concat_operands(more, env, context)
          expanded -> [concat_operand(expanded, :right, env, context)]
        end

      _ ->
        [concat_operand(other, :right, env, context)]
    end
  end

  defp concat_operand(operand, _side, _env, _context) when is_binary(operand), do: operand

  defp concat_operand(operand, _side, _env, _context)
       when is_list(operand) or is_integer(operand) or is_float(operand) or is_atom(operand) do
    argument_error(
      <<"expected binary argument in <> operator but got: ", Macro.to_string(operand)::binary>>
    )
  end

  defp concat_operand(operand, :left, env, :match) do
    case expand(operand, env) do
      text when is_binary(text) ->
        text

      {:^, _, [_]} = pinned ->
        quote(do: unquote(pinned) :: binary)

      {:<<>>, _, _} = literal ->
        quote(do: unquote(literal) :: binary)

      {:"::", _, _} = segment ->
        segment

      other ->
        argument_error(
          <<"cannot perform prefix match because the left operand of <> has unknown size. ",
            "The left operand of <> inside a match should either be a literal binary or ",
            "an existing variable with the pin operator (such as ^some_var), got: ",
            Macro.to_string(other)::binary>>
        )
    end
  end

  defp concat_operand(operand, _side, _env, _context) do
    quote(do: unquote(operand) :: binary)
  end

  @doc """
  Concatenates two binaries. In a match, the left side must be a literal.

      iex> "a" <> "b"
      "ab"
      iex> "pre" <> rest = "prefix"
      iex> rest
      "fix"
  """
  defmacro left <> right do
    operands = concat_operands({:<>, [], [left, right]}, __CALLER__, __CALLER__.context)

    {:<<>>, [], operands}
  end

  @doc """
  Passes the left value as the first argument of the call on the right.

      iex> [1, [2]] |> List.flatten() |> Enum.sum()
      3

  The implementation is `Macro.pipe/3`, so files that compile before `Macro` do without.
  """
  defmacro left |> right do
    [{first, _} | rest] = Macro.unpipe({:|>, [], [left, right]})

    # dbg/2 shows the steps before it, so it gets the pipeline as it was written.
    {result, _} =
      :lists.foldl(
        fn {call, position}, {acc, written} ->
          case call do
            {operator, _, [_]} when operator == :+ or operator == :- ->
              argument_error(
                <<"piping into a unary operator is not supported, please use the qualified name: ",
                  "Kernel.", :erlang.atom_to_binary(operator)::binary, "(..., ...) instead of ",
                  Macro.to_string(call)::binary>>
              )

            {:dbg, _, _} ->
              debugged = Macro.pipe(written, call, position)
              {debugged, debugged}

            _ ->
              {Macro.pipe(acc, call, position), {:|>, [], [written, call]}}
          end
        end,
        {first, first},
        rest
      )

    result
  end

  defp range_struct(first, last, step) do
    {:%{}, [], [__struct__: Range, first: first, last: last, step: step]}
  end

  defp literal_non_integer?(ast) do
    is_float(ast) or is_atom(ast) or is_list(ast) or is_binary(ast)
  end

  defp check_range_end(first, last) do
    case literal_non_integer?(first) or literal_non_integer?(last) do
      true ->
        argument_error(
          <<"ranges (first..last) expect both sides to be integers, got: ",
            Macro.to_string({:.., [], [first, last]})::binary>>
        )

      false ->
        :ok
    end
  end

  @doc """
  The full-slice range `0..-1//1`.

      iex> Enum.slice([1, 2, 3], ..)
      [1, 2, 3]
  """
  defmacro unquote(:..)(), do: range_struct(0, -1, 1)

  @doc """
  A range of integers from `first` to `last`, both included.

      iex> Enum.to_list(1..3)
      [1, 2, 3]
      iex> 2 in 1..3
      true
  """
  defmacro first..last do
    first = expand(first, __CALLER__)
    last = expand(last, __CALLER__)
    check_range_end(first, last)

    case __CALLER__.context do
      _ when is_integer(first) and is_integer(last) and first <= last ->
        range_struct(first, last, 1)

      _ when is_integer(first) and is_integer(last) ->
        range_struct(first, last, -1)

      nil ->
        quote(do: Range.new(unquote(first), unquote(last)))

      :guard ->
        range_struct(first, last, nil)

      :match ->
        {:%{}, [], [__struct__: Range, first: first, last: last]}
    end
  end

  @doc """
  A range of integers from `first` to `last` with the given step.

      iex> Enum.to_list(1..6//2)
      [1, 3, 5]
      iex> Enum.to_list(3..1//-1)
      [3, 2, 1]
  """
  defmacro first..last//step do
    first = expand(first, __CALLER__)
    last = expand(last, __CALLER__)
    step = expand(step, __CALLER__)

    bad? =
      literal_non_integer?(first) or literal_non_integer?(last) or
        literal_non_integer?(step) or step == 0

    case bad? do
      true ->
        argument_error(
          <<"ranges (first..last//step) expect both sides to be integers and the step to be ",
            "a non-zero integer, got: ",
            Macro.to_string({:"..//", [], [first, last, step]})::binary>>
        )

      false ->
        :ok
    end

    case __CALLER__.context do
      _ when is_integer(first) and is_integer(last) and is_integer(step) ->
        range_struct(first, last, step)

      nil ->
        quote(do: Range.new(unquote(first), unquote(last), unquote(step)))

      _ ->
        range_struct(first, last, step)
    end
  end

  defp small_literals?([], left), do: left >= 0

  defp small_literals?([head | tail], left)
       when is_number(head) or is_atom(head) or is_binary(head),
       do: left > 0 and small_literals?(tail, left - 1)

  defp small_literals?(_, _), do: false

  # `left` is safe to mention many times here: a guard expression or a fresh variable.
  defp in_list(left, [{:|, _, [head, tail]}], env) do
    erl(:orelse, [erl(:"=:=", [left, head]), in_list(left, expand(tail, env), env)])
  end

  defp in_list(left, [last], _env), do: erl(:"=:=", [left, last])

  defp in_list(left, [head | tail], env) do
    erl(:orelse, [erl(:"=:=", [left, head]), in_list(left, tail, env)])
  end

  defp in_list(_left, [], _env), do: false

  defp in_list(_left, other, _env) do
    argument_error(
      <<"invalid right argument for operator \"in\", it expects a compile-time proper list ",
        "or compile-time range on the right side when used in guard expressions, got: ",
        Macro.to_string(other)::binary>>
    )
  end

  defp up_to(left, first, last), do: both(erl(:>=, [left, first]), erl(:"=<", [left, last]))

  defp on_step(check, _left, _first, step) when step == 1 or step == -1, do: check

  defp on_step(check, left, first, step) do
    both(check, erl(:"=:=", [erl(:rem, [erl(:-, [left, first]), step]), 0]))
  end

  defp in_range(left, first, last, step)
       when is_integer(first) and is_integer(last) and is_integer(step) do
    bounds =
      case step > 0 do
        true -> up_to(left, first, last)
        false -> up_to(left, last, first)
      end

    both(erl(:is_integer, [left]), on_step(bounds, left, first, step))
  end

  # Without a step, a decreasing range is allowed for compatibility.
  defp in_range(left, first, last, nil) do
    increasing = both(erl(:"=<", [first, last]), up_to(left, first, last))
    decreasing = both(erl(:<, [last, first]), up_to(left, last, first))
    in_integers([left, first, last], erl(:orelse, [increasing, decreasing]))
  end

  defp in_range(left, first, last, step) when is_integer(step) do
    bounds =
      case step > 0 do
        true -> up_to(left, first, last)
        false -> up_to(left, last, first)
      end

    in_integers([left, first, last], on_step(bounds, left, first, step))
  end

  defp in_range(left, first, last, step) do
    increasing = both(erl(:>, [step, 0]), up_to(left, first, last))
    decreasing = both(erl(:<, [step, 0]), up_to(left, last, first))
    bounds = erl(:orelse, [increasing, decreasing])
    in_integers([left, first, last, step], on_step(bounds, left, first, step))
  end

  defp in_integers([term], check) when is_integer(term), do: check
  defp in_integers([term], check), do: both(erl(:is_integer, [term]), check)

  defp in_integers([term | rest], check) when is_integer(term), do: in_integers(rest, check)

  defp in_integers([term | rest], check),
    do: both(erl(:is_integer, [term]), in_integers(rest, check))

  defp range_parts({:%{}, _, [__struct__: Range, first: first, last: last, step: step]}),
    do: {first, last, step}

  defp range_parts(%{__struct__: Range, first: first, last: last, step: step}),
    do: {first, last, step}

  defp range_parts({:.., _, [first, last]}), do: {first, last, nil}
  defp range_parts({:"..//", _, [first, last, step]}), do: {first, last, step}
  defp range_parts(_), do: nil

  defp literal_range?({first, last, step}) do
    is_integer(first) and is_integer(last) and is_integer(step) and step != 0
  end

  defp literal_range?(nil), do: false

  defp in_body(left, right, original, _env) when is_list(right) do
    case small_literals?(right, 32) do
      true when right == [] ->
        quote do
          _ = unquote(left)
          false
        end

      true ->
        once(left, fn left -> in_list(left, right, nil) end)

      false when original == right ->
        case proper?(right) do
          true -> quote(do: :lists.member(unquote(left), unquote(right)))
          false -> quote(do: Enum.member?(unquote(right), unquote(left)))
        end

      false ->
        quote(do: Enum.member?(unquote(right), unquote(left)))
    end
  end

  defp in_body(left, right, original, _env) do
    parts = range_parts(right)

    case literal_range?(parts) do
      true ->
        {first, last, step} = parts
        once(left, fn left -> in_range(left, first, last, step) end)

      false ->
        quote(do: Enum.member?(unquote(original), unquote(left)))
    end
  end

  defp proper?([{:|, _, _} | _]), do: false
  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?([]), do: true

  defp in_guard(left, right, env) when is_list(right), do: in_list(left, right, env)

  defp in_guard(left, right, env) do
    case range_parts(right) do
      {first, last, step} -> in_range(left, first, last, step)
      nil -> in_list(left, right, env)
    end
  end

  @doc """
  Membership: is the left value an element of the enumerable on the right?

  In guards, the right side must be a literal list or a range. `a not in b` is `not(a in b)`.

      iex> 2 in [1, 2]
      true
      iex> :z in [:x]
      false
  """
  defmacro left in right do
    case __CALLER__.context do
      nil ->
        case right do
          {operator, _, args}
          when (operator == :.. or operator == :"..//") and is_list(args) ->
            in_body(left, expand(right, __CALLER__), right, __CALLER__)

          _ when is_list(right) ->
            in_body(left, right, right, __CALLER__)

          _ ->
            case expand(right, __CALLER__) do
              list when is_list(list) ->
                in_body(left, list, right, __CALLER__)

              {:%{}, _, [{:__struct__, Range} | _]} = range ->
                in_body(left, range, right, __CALLER__)

              _ ->
                quote(do: Enum.member?(unquote(right), unquote(left)))
            end
        end

      :guard ->
        in_guard(left, expand(right, __CALLER__), __CALLER__)

      :match ->
        no_match_context(:in)
    end
  end

  @doc """
  Matches a string against a substring or a regular expression.

      iex> "abcd" =~ "bc"
      true
      iex> "abcd" =~ ~r/z/
      false
  """
  @spec String.t() =~ (String.t() | Regex.t()) :: boolean
  def left =~ "" when is_binary(left), do: true

  def left =~ right when is_binary(left) and is_binary(right),
    do: :binary.match(left, right) != :nomatch

  def left =~ right when is_binary(left), do: Regex.match?(right, left)

  @doc """
  Power. Integers give an integer unless the exponent is negative.

      iex> 2 ** 10
      1024
      iex> 2 ** -2
      0.25
      iex> 2.0 ** 3
      8.0
  """
  @spec number ** number :: number
  def base ** exponent when is_integer(base) and is_integer(exponent) and exponent >= 0,
    do: integer_power(base, exponent, 1)

  def base ** exponent, do: :math.pow(base, exponent)

  defp integer_power(_base, 0, acc), do: acc
  defp integer_power(base, 1, acc), do: base * acc

  defp integer_power(base, exponent, acc) when rem(exponent, 2) == 0,
    do: integer_power(base * base, div(exponent, 2), acc)

  defp integer_power(base, exponent, acc),
    do: integer_power(base * base, div(exponent, 2), acc * base)

  @doc """
  The bytes of `binary` that `range` selects; positions past the end are ignored.

      iex> binary_slice("elixir", 1..3)
      "lix"
      iex> binary_slice("elixir", -3..-1//1)
      "xir"
  """
  @spec binary_slice(binary, Range.t()) :: binary
  def binary_slice(binary, range)

  def binary_slice("", %{__struct__: Range, first: _, last: _, step: _}), do: ""

  def binary_slice(binary, %{__struct__: Range, first: first, last: last, step: step})
      when is_binary(binary) do
    case step do
      1 ->
        total = byte_size(binary)
        first = slice_start(first, total)
        last = slice_last(last, total)
        size = last - first + 1

        case size > 0 and first < total do
          true -> binary_part(binary, first, :erlang.min(size, total - first))
          false -> ""
        end

      -1 when first > last ->
        binary_slice(binary, %{__struct__: Range, first: first, last: last, step: 1})

      _ ->
        raise ArgumentError,
              "binary_slice/2 does not accept ranges with custom steps, got: " <>
                inspect(%{__struct__: Range, first: first, last: last, step: step})
    end
  end

  @doc """
  `size` bytes of `binary` from position `start`; negative starts count from the end.

      iex> binary_slice("elixir", 2, 3)
      "ixi"
      iex> binary_slice("elixir", -2, 5)
      "ir"
  """
  @spec binary_slice(binary, start :: integer, size :: non_neg_integer) :: binary
  def binary_slice(binary, start, size)
      when is_binary(binary) and is_integer(start) and is_integer(size) and size >= 0 do
    total = byte_size(binary)
    start = slice_start(start, total)

    case start < total do
      true -> binary_part(binary, start, :erlang.min(size, total - start))
      false -> ""
    end
  end

  defp slice_start(position, _total) when position >= 0, do: position
  defp slice_start(position, total), do: :erlang.max(total + position, 0)

  defp slice_last(position, _total) when position >= 0, do: position
  defp slice_last(position, total), do: total + position

  @doc """
  The textual form of a term, by the `Inspect` protocol. See `Inspect.Opts` for options.

      iex> inspect({:ok, [1, 2]})
      "{:ok, [1, 2]}"
      iex> inspect(255, base: :hex)
      "0xFF"
  """
  @spec inspect(Inspect.t(), keyword) :: String.t()
  def inspect(term, opts \\ []) when is_list(opts) do
    opts = Inspect.Opts.new(opts)

    width =
      case opts.pretty do
        true -> opts.width
        _ -> :infinity
      end

    doc = Inspect.Algebra.group(Inspect.Algebra.to_doc(term, opts))
    :erlang.iolist_to_binary(Inspect.Algebra.format(doc, width))
  end

  # --------------------------------------------------------------------------------------------
  # Small macros over values
  # --------------------------------------------------------------------------------------------

  @doc """
  `true` if `expr` matches `pattern`, which may have a guard.

      iex> match?({:ok, n} when n > 1, {:ok, 2})
      true
      iex> match?([], [1])
      false
  """
  defmacro match?(pattern, expr)

  defmacro match?({:_, _, context}, expr) when is_atom(context) do
    quote do
      _ = unquote(expr)
      true
    end
  end

  defmacro match?(pattern, expr) do
    clauses = [
      {:->, [], [[pattern], true]},
      {:->, [generated: true], [[{:_, [], __MODULE__}], false]}
    ]

    {:case, [generated: true], [expr, [do: clauses]]}
  end

  @doc """
  Matches a list against a pattern of fixed length; missing elements become `nil`.

      iex> destructure([x, y, z], [1, 2])
      iex> {x, y, z}
      {1, 2, nil}
  """
  defmacro destructure(left, right) when is_list(left) do
    quote do
      unquote(left) = Kernel.Utils.destructure(unquote(right), unquote(length(left)))
    end
  end

  @doc """
  Calls `fun` with `value` and returns its result.

      iex> 2 |> then(fn n -> n * 3 end)
      6
  """
  defmacro then(value, fun) do
    quote do
      unquote(fun).(unquote(value))
    end
  end

  @doc """
  Calls `fun` with `value` for its effect and returns `value`.

      iex> tap(1, fn n -> send(self(), n) end)
      1
  """
  defmacro tap(value, fun) do
    quote do
      value = unquote(value)
      _ = unquote(fun).(value)
      value
    end
  end

  @doc """
  Marks a variable in a quote as belonging to the caller (or to `context`).

      iex> defmodule Hygiene do
      ...>   defmacro set, do: quote(do: var!(a) = 1)
      ...> end
  """
  defmacro var!(var, context \\ nil)

  defmacro var!({name, meta, atom}, context) when is_atom(name) and is_atom(atom) do
    case expand(context, __CALLER__) do
      context when is_atom(context) ->
        # The compiler raises if such a variable does not exist.
        {name, [{:if_undefined, :raise} | :lists.keydelete(:counter, 1, meta)], context}

      other ->
        argument_error(
          <<"expected var! context to expand to an atom, got: ", Macro.to_string(other)::binary>>
        )
    end
  end

  defmacro var!(other, _context) do
    argument_error(
      <<"expected a variable to be given to var!, got: ", Macro.to_string(other)::binary>>
    )
  end

  @doc """
  In a quote, makes an alias resolve where the macro is used.

      iex> match?({:__aliases__, _, [:Foo]}, quote(do: alias!(Foo)))
      false
  """
  defmacro alias!(alias)
  defmacro alias!(alias) when is_atom(alias), do: alias

  defmacro alias!({:__aliases__, meta, args}) do
    {:__aliases__, [{:alias, false} | :lists.keydelete(:alias, 1, meta)], args}
  end

  @doc """
  The variables of `context` as a keyword list.

      iex> x = 1
      iex> binding()[:x]
      1
  """
  defmacro binding(context \\ nil) do
    case __CALLER__.context do
      :match -> no_match_context(:binding)
      _ -> :ok
    end

    variables =
      for {{name, ^context}, _version} <- :maps.to_list(__CALLER__.versioned_vars),
          do: {name, {name, [generated: true], context}}

    :lists.sort(variables)
  end

  # --------------------------------------------------------------------------------------------
  # Modules and definitions. These need Kernel.Utils, Macro, Module or Protocol at expansion.
  # --------------------------------------------------------------------------------------------

  @doc """
  Requires `module` and calls its `__using__/1` macro with `opts`.

      defmodule Counter do
        use GenServer
      end
  """
  defmacro use(module, opts \\ []) do
    case module do
      {{:., _, [base, :{}]}, _, refs} ->
        for ref <- refs,
            do: use_one(Module.concat(expand(base, __CALLER__), last_part(ref)), opts)

      _ ->
        case expand(module, __CALLER__) do
          expanded when is_atom(expanded) ->
            use_one(expanded, opts)

          other ->
            argument_error(
              <<"invalid arguments for use, expected a compile time atom or alias, got: ",
                Macro.to_string(other)::binary>>
            )
        end
    end
  end

  defp last_part({:__aliases__, _, parts}), do: Module.concat(parts)
  defp last_part(other) when is_atom(other), do: other

  defp use_one(module, opts) do
    quote do
      require unquote(module)
      unquote(module).__using__(unquote(opts))
    end
  end

  defp assert_in_module(env, what) do
    case env do
      %{module: nil} ->
        argument_error(<<"cannot invoke ", what::binary, " outside module">>)

      %{function: nil} ->
        :ok

      _ ->
        argument_error(<<"cannot invoke ", what::binary, " inside function/macro">>)
    end
  end

  @doc """
  Defines a struct with the given fields and defaults.

      defmodule User do
        @enforce_keys [:name]
        defstruct [:name, age: 0]
      end
  """
  defmacro defstruct(fields) do
    assert_in_module(__CALLER__, "defstruct/1")

    quote bind_quoted: [fields: fields] do
      {struct, derive, kv, body} = Kernel.Utils.defstruct(__MODULE__, fields)

      case derive do
        [] -> :ok
        _ -> Protocol.__derive__(derive, __MODULE__, __ENV__)
      end

      @doc false
      def __struct__(), do: unquote(Macro.escape(struct))

      @doc false
      def __struct__(unquote(kv)), do: unquote(body)

      struct
    end
  end

  @doc """
  Defines an exception: a struct with `message/1` and `exception/1` that can be raised.

      defmodule AppError do
        defexception message: "something failed"
      end
  """
  defmacro defexception(fields) do
    assert_in_module(__CALLER__, "defexception/1")

    quote bind_quoted: [fields: fields] do
      @behaviour Exception
      struct = defstruct(Kernel.Utils.exception_fields(fields))

      if is_map_key(struct, :message) do
        @impl true
        def message(exception), do: exception.message

        defoverridable message: 1

        @impl true
        def exception(message) when is_binary(message), do: %{__struct__() | message: message}
      end

      @impl true
      def exception(args) when is_list(args),
        do: Kernel.Utils.build_exception(__MODULE__, __struct__(), args)

      defoverridable exception: 1
      struct
    end
  end

  @doc """
  Defines a protocol.

      defprotocol Size do
        def size(data)
      end
  """
  defmacro defprotocol(name, do_block)

  defmacro defprotocol(name, do: block) do
    Protocol.__defprotocol__(name, block, __CALLER__)
  end

  @doc """
  Implements a protocol for one type, or for each of a list of types.

      defimpl Size, for: [Map, MapSet] do
        def size(data), do: Enum.count(data)
      end
  """
  defmacro defimpl(name, opts, do_block \\ []) do
    Protocol.__defimpl__(name, :lists.append(opts, do_block), __CALLER__)
  end

  @doc """
  Defines functions that call functions of another module.

      defmodule Facade do
        defdelegate reverse(list), to: :lists
        defdelegate upper(string), to: String, as: :upcase
      end
  """
  defmacro defdelegate(funs, opts) do
    funs = Macro.escape(funs, unquote: true)

    # Aliases in `opts` resolve as if inside a function: no compile-time dependency.
    opts =
      case Keyword.keyword?(opts) do
        true -> for {key, value} <- opts, do: {key, Kernel.Utils.expand_alias(value, __CALLER__)}
        false -> opts
      end

    quote bind_quoted: [funs: funs, opts: opts] do
      for fun <- Kernel.Utils.delegates(funs, opts, __ENV__) do
        {name, args, target, as, as_args} = fun
        @doc delegate_to: {target, as, :erlang.length(as_args)}
        def unquote(name)(unquote_splicing(args)) do
          unquote(target).unquote(as)(unquote_splicing(as_args))
        end
      end
    end
  end

  @doc """
  Makes definitions of this module overridable; the old one is then `super`.

  Takes a keyword list of names and arities, or a behaviour.

      defmodule Base do
        defmacro __using__(_) do
          quote do
            def hello, do: :base
            defoverridable hello: 0
          end
        end
      end
  """
  defmacro defoverridable(keywords_or_behaviour) do
    quote do
      Module.make_overridable(__MODULE__, unquote(keywords_or_behaviour))
    end
  end

  @doc """
  Defines a public guard: a macro whose body is a guard expression.

      defmodule Ints do
        defguard is_even(n) when is_integer(n) and rem(n, 2) == 0
      end
  """
  defmacro defguard(guard) do
    assert_in_module(__CALLER__, "defguard/1")
    Kernel.Utils.defguard(:defmacro, guard, __CALLER__)
  end

  @doc """
  Defines a private guard. See `defguard/1`.

      defmodule Ints do
        defguardp is_small(n) when n < 10
      end
  """
  defmacro defguardp(guard) do
    assert_in_module(__CALLER__, "defguardp/1")
    Kernel.Utils.defguard(:defmacrop, guard, __CALLER__)
  end

  @doc """
  Prints code together with its value and returns the value. See `Macro.dbg/3`.

      iex> dbg(1 + 2)
      3
  """
  defmacro dbg(code \\ quote(do: binding()), options \\ []) do
    Macro.dbg(code, options, __CALLER__)
  end

  # --------------------------------------------------------------------------------------------
  # Structs
  # --------------------------------------------------------------------------------------------

  @doc """
  A struct of the given module (or based on the given struct) with `fields` set.

  Keys that the struct does not have are ignored, and `@enforce_keys` is not checked.

      iex> struct(Range, first: 1, last: 3, step: 1, nope: 0)
      1..3
  """
  @spec struct(module | struct, Enumerable.t()) :: struct
  def struct(struct, fields \\ []) do
    struct(struct, fields, fn
      {:__struct__, _value}, acc ->
        acc

      {key, value}, acc ->
        case acc do
          %{^key => _} -> %{acc | key => value}
          _ -> acc
        end
    end)
  end

  @doc """
  Like `struct/2`, but unknown keys and missing enforced keys raise.

      iex> struct!(Range, first: 1, last: 3, step: 1)
      1..3
  """
  @spec struct!(module | struct, Enumerable.t()) :: struct
  def struct!(struct, fields \\ [])

  def struct!(struct, fields) when is_atom(struct) do
    checked_struct(struct.__struct__(fields), struct, 1)
  end

  def struct!(struct, fields) when is_map(struct) do
    struct(struct, fields, fn
      {:__struct__, _value}, acc -> acc
      {key, value}, acc -> %{acc | key => value}
    end)
  end

  defp struct(struct, [], _fun) when is_atom(struct) do
    checked_struct(struct.__struct__(), struct, 0)
  end

  defp struct(struct, fields, fun) when is_atom(struct) do
    struct(checked_struct(struct.__struct__(), struct, 0), fields, fun)
  end

  defp struct(%{__struct__: _} = struct, [], _fun), do: struct

  defp struct(%{__struct__: _} = struct, fields, fun), do: Enum.reduce(fields, struct, fun)

  defp checked_struct(%{__struct__: module} = struct, module, _arity), do: struct

  defp checked_struct(%{__struct__: other}, module, arity) when is_atom(other) do
    raise ArgumentError,
          "expected struct name returned by " <>
            Exception.format_mfa(module, :__struct__, arity) <>
            " to be " <> inspect(module) <> ", got: " <> inspect(other)
  end

  defp checked_struct(other, module, arity) do
    raise ArgumentError,
          "expected " <>
            Exception.format_mfa(module, :__struct__, arity) <>
            " to return a map with a :__struct__ key that holds the name of the struct " <>
            "(atom), got: " <> inspect(other)
  end

  # --------------------------------------------------------------------------------------------
  # Nested access
  # --------------------------------------------------------------------------------------------

  # Splits `base.a[:b].c` into {base, [map: :a, access: :b, map: :c]}.
  defp path_steps({{:., _, [Access, :get]}, _, [expr, key]}, acc, name),
    do: path_steps(expr, [{:access, key} | acc], name)

  defp path_steps({{:., _, [expr, key]}, _, []}, acc, name)
       when is_tuple(expr) and :erlang.element(1, expr) != :__aliases__ and
              :erlang.element(1, expr) != :__MODULE__,
       do: path_steps(expr, [{:map, key} | acc], name)

  defp path_steps(other, [], name) do
    argument_error(
      <<"cannot use ", name::binary, " with expression ", Macro.to_string(other)::binary,
        ", expected a path made of dots and brackets over a base expression">>
    )
  end

  defp path_steps(base, acc, name) do
    case base do
      {operator, _, [_, _]} when is_atom(operator) ->
        case Macro.operator?(operator, 2) do
          true ->
            argument_error(
              <<"cannot use ", name::binary, " with an operator as path base: ",
                Macro.to_string(base)::binary>>
            )

          false ->
            {base, acc}
        end

      _ ->
        {base, acc}
    end
  end

  defp only_access([{:access, key} | rest]) do
    case only_access(rest) do
      :mixed -> :mixed
      keys -> [key | keys]
    end
  end

  defp only_access([{:map, _} | _]), do: :mixed
  defp only_access([]), do: []

  defp nested_update(value, [{kind, key} | rest], fun) do
    inner =
      case rest do
        [] ->
          fun

        _ ->
          quote do
            fn x -> unquote(nested_update(quote(do: x), rest, fun)) end
          end
      end

    case kind do
      :map -> quote(do: Map.get_and_update!(unquote(value), unquote(key), unquote(inner)))
      :access -> quote(do: Access.get_and_update(unquote(value), unquote(key), unquote(inner)))
    end
  end

  defp nested_read(value, []), do: value

  defp nested_read(value, [{:access, key} | rest]),
    do: nested_read(quote(do: Access.get(unquote(value), unquote(key))), rest)

  defp nested_read(value, [{:map, key} | rest]) do
    step =
      quote do
        case unquote(value) do
          nil -> nil
          x -> :maps.get(unquote(key), x)
        end
      end

    nested_read(step, rest)
  end

  @doc """
  Reads a path written with dots and brackets; `nil` on the way gives `nil`.

      iex> user = %{address: %{city: nil}}
      iex> get_in(user.address.city.name)
      nil
  """
  defmacro get_in(path) do
    {base, steps} = path_steps(path, [], "get_in/1")
    nested_read(base, steps)
  end

  @doc """
  Reads the value under a list of keys; functions in the list are accessors, see `Access`.

      iex> get_in(%{a: [b: 1]}, [:a, :b])
      1
      iex> get_in(%{}, [:a, :b])
      nil
  """
  @spec get_in(Access.t(), nonempty_list(term)) :: term
  def get_in(data, keys)

  def get_in(data, [h]) when is_function(h), do: h.(:get, data, fn x -> x end)
  def get_in(data, [h | t]) when is_function(h), do: h.(:get, data, fn x -> get_in(x, t) end)
  def get_in(nil, [_]), do: nil
  def get_in(nil, [_ | t]), do: get_in(nil, t)
  def get_in(data, [h]), do: Access.get(data, h)
  def get_in(data, [h | t]), do: get_in(Access.get(data, h), t)

  @doc """
  Puts `value` under a list of keys.

      iex> put_in(%{a: %{b: 1}}, [:a, :b], 2)
      %{a: %{b: 2}}
  """
  @spec put_in(Access.t(), nonempty_list(term), term) :: Access.t()
  def put_in(data, [_ | _] = keys, value) do
    :erlang.element(2, get_and_update_in(data, keys, fn _ -> {nil, value} end))
  end

  @doc """
  Updates the value under a list of keys with `fun`.

      iex> update_in(%{a: %{b: 1}}, [:a, :b], &(&1 + 1))
      %{a: %{b: 2}}
  """
  @spec update_in(Access.t(), nonempty_list(term), (term -> term)) :: Access.t()
  def update_in(data, [_ | _] = keys, fun) when is_function(fun) do
    :erlang.element(2, get_and_update_in(data, keys, fn x -> {nil, fun.(x)} end))
  end

  @doc """
  Reads and updates the value under a list of keys in one go.

  `fun` returns `{value_to_return, new_value}` or `:pop`.

      iex> get_and_update_in(%{a: %{b: 1}}, [:a, :b], &{&1, &1 + 1})
      {1, %{a: %{b: 2}}}
  """
  @spec get_and_update_in(Access.t(), nonempty_list(term), (term -> {term, term} | :pop)) ::
          {term, Access.t()}
  def get_and_update_in(data, keys, fun)

  def get_and_update_in(data, [head], fun) when is_function(head, 3),
    do: head.(:get_and_update, data, fun)

  def get_and_update_in(data, [head | tail], fun) when is_function(head, 3),
    do: head.(:get_and_update, data, fn x -> get_and_update_in(x, tail, fun) end)

  def get_and_update_in(data, [head], fun) when is_function(fun, 1),
    do: Access.get_and_update(data, head, fun)

  def get_and_update_in(data, [head | tail], fun) when is_function(fun, 1),
    do: Access.get_and_update(data, head, fn x -> get_and_update_in(x, tail, fun) end)

  @doc """
  Removes the value under a list of keys; returns it and the rest.

      iex> pop_in(%{a: %{b: 1, c: 2}}, [:a, :b])
      {1, %{a: %{c: 2}}}
  """
  @spec pop_in(data, nonempty_list(term)) :: {term, data} when data: Access.container()
  def pop_in(data, keys)

  def pop_in(nil, [key | _]) do
    raise ArgumentError, "could not pop key " <> inspect(key) <> " on a nil value"
  end

  def pop_in(data, [_ | _] = keys), do: pop_path(data, keys)

  defp pop_path(nil, [_ | _]), do: :pop

  defp pop_path(data, [h]) when is_function(h),
    do: h.(:get_and_update, data, fn _ -> :pop end)

  defp pop_path(data, [h | t]) when is_function(h),
    do: h.(:get_and_update, data, fn x -> pop_path(x, t) end)

  defp pop_path(data, [h]), do: Access.pop(data, h)

  defp pop_path(data, [h | t]),
    do: Access.get_and_update(data, h, fn x -> pop_path(x, t) end)

  @doc """
  Puts a value at a path written with dots and brackets.

      iex> user = %{name: "ann", tags: [a: 1]}
      iex> put_in(user.tags[:a], 2)
      %{name: "ann", tags: [a: 2]}
  """
  defmacro put_in(path, value) do
    {base, steps} = path_steps(path, [], "put_in/2")

    case only_access(steps) do
      :mixed ->
        fun = quote(do: fn _ -> {nil, unquote(value)} end)
        erl(:element, [2, nested_update(base, steps, fun)])

      keys ->
        quote(do: Kernel.put_in(unquote(base), unquote(keys), unquote(value)))
    end
  end

  @doc """
  Updates the value at a path written with dots and brackets.

      iex> user = %{name: "ann"}
      iex> update_in(user.name, &String.upcase/1)
      %{name: "ANN"}
  """
  defmacro update_in(path, fun) do
    {base, steps} = path_steps(path, [], "update_in/2")

    case only_access(steps) do
      :mixed ->
        leaf = quote(do: fn x -> {nil, unquote(fun).(x)} end)
        erl(:element, [2, nested_update(base, steps, leaf)])

      keys ->
        quote(do: Kernel.update_in(unquote(base), unquote(keys), unquote(fun)))
    end
  end

  @doc """
  Reads and updates the value at a path written with dots and brackets.

      iex> get_and_update_in(%{n: 1}.n, &{&1, &1 + 1})
      {1, %{n: 2}}
  """
  defmacro get_and_update_in(path, fun) do
    {base, steps} = path_steps(path, [], "get_and_update_in/2")

    case only_access(steps) do
      :mixed -> nested_update(base, steps, fun)
      keys -> quote(do: Kernel.get_and_update_in(unquote(base), unquote(keys), unquote(fun)))
    end
  end

  @doc """
  Removes the value at a path that ends in a bracket.

      iex> user = %{tags: [a: 1, b: 2]}
      iex> pop_in(user.tags[:a])
      {1, %{tags: [b: 2]}}
  """
  defmacro pop_in(path) do
    {base, steps} = path_steps(path, [], "pop_in/1")

    case {only_access(steps), :lists.last(steps)} do
      {keys, _} when is_list(keys) ->
        quote(do: Kernel.pop_in(unquote(base), unquote(keys)))

      {_, {:access, key}} ->
        fun =
          quote do
            fn
              nil -> :pop
              x -> Access.pop(x, unquote(key))
            end
          end

        nested_update(base, :lists.droplast(steps), fun)

      {_, {:map, key}} ->
        argument_error(
          <<"cannot use pop_in when the last segment is a field: .",
            :erlang.atom_to_binary(key)::binary>>
        )
    end
  end

  # --------------------------------------------------------------------------------------------
  # Sigils
  # --------------------------------------------------------------------------------------------

  defp unescape_parts(parts, kind) do
    for part <- parts do
      case is_binary(part) do
        true -> :phial_macro.unescape_string(part, kind)
        false -> part
      end
    end
  end

  @doc """
  String without interpolation and escapes.

      iex> ~S(a\#{b}\\n) == "a\\\#{b}\\\\n"
      true
  """
  defmacro sigil_S(term, modifiers)
  defmacro sigil_S({:<<>>, _, [binary]}, []) when is_binary(binary), do: binary

  @doc """
  String with interpolation and escapes.

      iex> ~s(a "quoted" word)
      "a \\"quoted\\" word"
  """
  defmacro sigil_s(term, modifiers)

  defmacro sigil_s({:<<>>, _, [piece]}, []) when is_binary(piece) do
    :phial_macro.unescape_string(piece, :string)
  end

  defmacro sigil_s({:<<>>, meta, pieces}, []) do
    {:<<>>, meta, unescape_parts(pieces, :string)}
  end

  @doc """
  Charlist without interpolation and escapes.

      iex> ~C(abc) == [?a, ?b, ?c]
      true
  """
  defmacro sigil_C(term, modifiers)

  defmacro sigil_C({:<<>>, _, [string]}, []) when is_binary(string) do
    :unicode.characters_to_list(string)
  end

  @doc """
  Charlist with interpolation and escapes.

      iex> ~c(abc) == [?a, ?b, ?c]
      true
  """
  defmacro sigil_c(term, modifiers)

  defmacro sigil_c({:<<>>, _, [piece]}, []) when is_binary(piece) do
    :unicode.characters_to_list(:phial_macro.unescape_string(piece, :string))
  end

  defmacro sigil_c({:<<>>, meta, pieces}, []) do
    binary = {:<<>>, meta, unescape_parts(pieces, :string)}
    quote(do: String.to_charlist(unquote(binary)))
  end

  @doc """
  Regular expression, compiled when the module is. See `Regex`.

      iex> Regex.match?(~r/^a+$/i, "AAA")
      true
  """
  defmacro sigil_r(term, modifiers)

  defmacro sigil_r({:<<>>, _meta, [string]}, options) when is_binary(string) do
    binary = :phial_macro.unescape_string(string, :regex)

    case available?(Regex) do
      true ->
        regex = Regex.compile!(binary, :erlang.list_to_binary(options))

        case literal_regex?(regex) do
          true -> Macro.escape(regex)
          false -> quote(do: Regex.compile!(unquote(binary), unquote(to_options(options))))
        end

      false ->
        quote(do: Regex.compile!(unquote(binary), unquote(to_options(options))))
    end
  end

  defmacro sigil_r({:<<>>, meta, pieces}, options) do
    binary = {:<<>>, meta, unescape_parts(pieces, :regex)}
    quote(do: Regex.compile!(unquote(binary), unquote(to_options(options))))
  end

  @doc false
  defmacro sigil_R(term, modifiers)

  defmacro sigil_R({:<<>>, _meta, [string]}, options) when is_binary(string) do
    quote(do: Regex.compile!(unquote(string), unquote(to_options(options))))
  end

  defp to_options(options), do: :erlang.list_to_binary(options)

  # A compiled pattern that holds a reference cannot be written into a module.
  defp literal_regex?(%{re_pattern: {:re_pattern, _, _, _, code}}), do: is_binary(code)
  defp literal_regex?(_), do: false

  defp split_words(string), do: split_words(string, "", [])

  defp split_words(<<char, rest::binary>>, word, acc)
       when char == ?\s or (char >= ?\t and char <= ?\r) do
    case word do
      "" -> split_words(rest, "", acc)
      _ -> split_words(rest, "", [word | acc])
    end
  end

  defp split_words(<<char, rest::binary>>, word, acc),
    do: split_words(rest, <<word::binary, char>>, acc)

  defp split_words("", "", acc), do: :lists.reverse(acc)
  defp split_words("", word, acc), do: :lists.reverse([word | acc])

  defp word_kind([]), do: ?s
  defp word_kind([kind]) when kind == ?s or kind == ?a or kind == ?c, do: kind

  defp word_kind(_modifiers) do
    argument_error("modifier must be one of: s, a, c")
  end

  defp words(string, kind) do
    words = split_words(string)

    case kind do
      ?s -> words
      ?a -> for(word <- words, do: :erlang.binary_to_atom(word))
      ?c -> for(word <- words, do: :unicode.characters_to_list(word))
    end
  end

  @doc """
  List of words without interpolation and escapes; modifiers as for `~w`.

      iex> ~W(foo bar)
      ["foo", "bar"]
  """
  defmacro sigil_W(term, modifiers)

  defmacro sigil_W({:<<>>, _, [string]}, modifiers) when is_binary(string) do
    words(string, word_kind(modifiers))
  end

  @doc """
  List of words; the modifier `a` gives atoms, `c` charlists, `s` strings.

      iex> ~w(foo bar)a
      [:foo, :bar]
  """
  defmacro sigil_w(term, modifiers)

  defmacro sigil_w({:<<>>, _, [string]}, modifiers) when is_binary(string) do
    words(:phial_macro.unescape_string(string, :string), word_kind(modifiers))
  end

  defmacro sigil_w({:<<>>, meta, pieces}, modifiers) do
    binary = {:<<>>, meta, unescape_parts(pieces, :string)}

    case word_kind(modifiers) do
      ?s -> quote(do: String.split(unquote(binary)))
      ?a -> quote(do: :lists.map(&String.to_atom/1, String.split(unquote(binary))))
      ?c -> quote(do: :lists.map(&String.to_charlist/1, String.split(unquote(binary))))
    end
  end

  @doc """
  A `Date` literal, optionally followed by a calendar.

      iex> ~D[2024-02-29].day
      29
  """
  defmacro sigil_D(date_string, modifiers)

  defmacro sigil_D({:<<>>, _, [string]}, []) do
    {{year, month, day}, calendar} =
      Kernel.Utils.parse_calendar(string, :parse_date, "Date", __CALLER__)

    Kernel.Utils.calendar_literal(Date, calendar, year: year, month: month, day: day)
  end

  @doc """
  A `Time` literal.

      iex> ~T[12:30:00].hour
      12
  """
  defmacro sigil_T(time_string, modifiers)

  defmacro sigil_T({:<<>>, _, [string]}, []) do
    {{hour, minute, second, microsecond}, calendar} =
      Kernel.Utils.parse_calendar(string, :parse_time, "Time", __CALLER__)

    Kernel.Utils.calendar_literal(Time, calendar,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    )
  end

  @doc """
  A `NaiveDateTime` literal.

      iex> ~N[2024-02-29 12:30:00].minute
      30
  """
  defmacro sigil_N(naive_datetime_string, modifiers)

  defmacro sigil_N({:<<>>, _, [string]}, []) do
    {{year, month, day, hour, minute, second, microsecond}, calendar} =
      Kernel.Utils.parse_calendar(string, :parse_naive_datetime, "NaiveDateTime", __CALLER__)

    Kernel.Utils.calendar_literal(NaiveDateTime, calendar,
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond
    )
  end

  @doc """
  A UTC `DateTime` literal.

      iex> ~U[2024-02-29 12:30:00Z].time_zone
      "Etc/UTC"
  """
  defmacro sigil_U(datetime_string, modifiers)

  defmacro sigil_U({:<<>>, _, [string]}, []) do
    {{{year, month, day, hour, minute, second, microsecond}, offset}, calendar} =
      Kernel.Utils.parse_calendar(string, :parse_utc_datetime, "UTC DateTime", __CALLER__)

    case offset do
      0 ->
        :ok

      _ ->
        argument_error(
          <<"cannot parse ", inspect(string)::binary, " as UTC DateTime for ",
            inspect(calendar)::binary, ", reason: :non_utc_offset">>
        )
    end

    Kernel.Utils.calendar_literal(DateTime, calendar,
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      microsecond: microsecond,
      time_zone: "Etc/UTC",
      zone_abbr: "UTC",
      utc_offset: 0,
      std_offset: 0
    )
  end

  # --------------------------------------------------------------------------------------------
  # Timeouts
  # --------------------------------------------------------------------------------------------

  @doc """
  A timeout in milliseconds from a duration, a keyword list of units, or a timeout.

      iex> to_timeout(hour: 1, second: 5)
      3605000
      iex> to_timeout(:infinity)
      :infinity
  """
  @spec to_timeout([{unit :: atom, non_neg_integer}] | timeout | Duration.t()) :: timeout
  def to_timeout(duration)

  def to_timeout(:infinity), do: :infinity
  def to_timeout(timeout) when is_integer(timeout) and timeout >= 0, do: timeout

  def to_timeout(%{__struct__: Duration, year: 0, month: 0, microsecond: {micro, _}} = duration) do
    duration.week * 604_800_000 + duration.day * 86_400_000 + duration.hour * 3_600_000 +
      duration.minute * 60_000 + duration.second * 1000 + div(micro, 1000)
  end

  def to_timeout(%{__struct__: Duration}) do
    raise ArgumentError,
          "duration with a non-zero year or month cannot be reliably converted to timeouts"
  end

  def to_timeout(components) when is_list(components) do
    timeout_sum(components, [], 0)
  end

  defp timeout_sum([{unit, value} | rest], seen, total)
       when is_atom(unit) and is_integer(value) and value >= 0 do
    factor =
      case unit do
        :week ->
          604_800_000

        :day ->
          86_400_000

        :hour ->
          3_600_000

        :minute ->
          60_000

        :second ->
          1000

        :millisecond ->
          1

        _ ->
          raise ArgumentError,
                "timeout component " <>
                  inspect(unit) <>
                  " is not a valid timeout component, valid values are: :week, :day, :hour, :minute, :second, :millisecond"
      end

    case :lists.member(unit, seen) do
      true -> raise ArgumentError, "timeout component " <> inspect(unit) <> " is duplicated"
      false -> timeout_sum(rest, [unit | seen], total + value * factor)
    end
  end

  defp timeout_sum([{unit, value} | _], _seen, _total) when is_atom(unit) and is_integer(value) do
    raise ArgumentError,
          "timeout component " <>
            inspect(unit) <> " must be a non-negative integer, got: " <> inspect(value)
  end

  defp timeout_sum([], _seen, total), do: total
end
