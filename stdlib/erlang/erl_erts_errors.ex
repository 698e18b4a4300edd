defmodule :erl_erts_errors do
  @moduledoc false
  # What is wrong with the arguments of a built-in function that failed with badarg. Each rule
  # lists checks for the arguments in order; the checks run again on the arguments that the
  # stack trace holds.

  def format_error(reason, [{module, function, args, _} | _]) when is_list(args) do
    case reason do
      :badarg -> :maps.from_list(problems(module, function, args))
      _ -> %{}
    end
  end

  def format_error(_reason, _stacktrace), do: %{}

  # Errors of constructing binaries carry their cause.
  def format_bs_fail(reason, [{_, _, _, location} | _]) do
    {:error_info, %{cause: {segment, type, error, value}}} =
      :lists.keyfind(:error_info, 1, location)

    text = :erlang.iolist_to_binary([bs_text(type, error, reason, value)])

    %{
      general: "construction of binary failed: segment #{segment} of type '#{type}': #{text}"
    }
  end

  defp bs_text(:binary, :type, _, value), do: ["expected a binary but got: ", show(value)]

  defp bs_text(:float, :type, _, value),
    do: ["expected a float or an integer but got: ", show(value)]

  defp bs_text(:integer, :type, _, value), do: ["expected an integer but got: ", show(value)]

  defp bs_text(:utf8, :type, _, value), do: not_unicode(value, "utf8")
  defp bs_text(:utf16, :type, _, value), do: not_unicode(value, "utf16")
  defp bs_text(:utf32, :type, _, value), do: not_unicode(value, "utf32")
  defp bs_text(:utf8, :invalid, _, value), do: not_unicode(value, "utf8")
  defp bs_text(:utf16, :invalid, _, value), do: not_unicode(value, "utf16")
  defp bs_text(:utf32, :invalid, _, value), do: not_unicode(value, "utf32")

  defp bs_text(:binary, :unit, _, value),
    do: ["the size of the value ", show(value), " is not a multiple of the unit for the segment"]

  defp bs_text(:binary, :short, _, value),
    do: ["the value ", show(value), " is shorter than the size of the segment"]

  defp bs_text(:float, :no_float, _, value),
    do: ["the value ", show(value), " is outside the range expressible as a float"]

  defp bs_text(_, :size, :system_limit, value), do: ["the size ", show(value), " is too large"]

  defp bs_text(_, :size, _, value),
    do: ["expected a non-negative integer as size but got: ", show(value)]

  defp bs_text(_, :negative, _, value),
    do: ["expected a non-negative integer as size but got: ", show(value)]

  defp bs_text(_, :invalid, _, value),
    do: ["expected one of the supported sizes 16, 32, or 64 but got: ", show(value)]

  defp bs_text(_, _, _, value), do: ["bad value: ", show(value)]

  defp not_unicode(value, name),
    do: ["expected a non-negative integer encodable as ", name, " but got: ", show(value)]

  # Elixir's notation, whatever limits apply elsewhere.
  defp show(value), do: inspect(value)

  # --------------------------------------------------------------------------------------------
  # Rules
  # --------------------------------------------------------------------------------------------

  defp problems(:erlang, function, args), do: erlang(function, args)
  defp problems(module, function, args), do: :erl_stdlib_errors.problems(module, function, args)

  @integer "not an integer"
  @number "not a number"
  @atom "not an atom"
  @binary "not a binary"
  @bitstring "not a bitstring"
  @list "not a list"
  @tuple "not a tuple"
  @pid "not a pid"
  @iodata "not an iodata term"
  @range "out of range"

  defp erlang(:hd, [_]), do: [{1, "not a nonempty list"}]
  defp erlang(:tl, [_]), do: [{1, "not a nonempty list"}]
  defp erlang(:length, [_]), do: [{1, @list}]
  defp erlang(:tuple_size, [_]), do: [{1, @tuple}]
  defp erlang(:tuple_to_list, [_]), do: [{1, @tuple}]
  defp erlang(:list_to_tuple, [_]), do: [{1, @list}]
  defp erlang(:byte_size, [_]), do: [{1, @bitstring}]
  defp erlang(:bit_size, [_]), do: [{1, @bitstring}]
  defp erlang(:size, [_]), do: [{1, "not a tuple or binary"}]

  defp erlang(:element, [index, tuple]), do: index_problems(index, tuple)
  defp erlang(:setelement, [index, tuple, _]), do: index_problems(index, tuple)

  defp erlang(:delete_element, [index, tuple]), do: index_problems(index, tuple)

  defp erlang(:insert_element, [index, tuple, _]) do
    cond do
      not is_integer(index) -> [{1, @integer}]
      not is_tuple(tuple) -> [{2, @tuple}]
      true -> [{1, @range}]
    end
  end

  defp erlang(:append_element, [_, _]), do: [{1, @tuple}]

  defp erlang(:make_tuple, [size | _]),
    do: [{1, if(is_integer(size), do: @range, else: @integer)}]

  defp erlang(name, [_]) when name in [:abs, :round, :trunc, :ceil, :floor, :float],
    do: [{1, @number}]

  defp erlang(name, [_]) when name in [:atom_to_binary, :atom_to_list], do: [{1, @atom}]
  defp erlang(:atom_to_binary, [atom, _]) when not is_atom(atom), do: [{1, @atom}]
  defp erlang(:atom_to_binary, [_, _]), do: [{2, "not a valid encoding option"}]

  defp erlang(name, [_]) when name in [:integer_to_binary, :integer_to_list],
    do: [{1, @integer}]

  defp erlang(name, [number, base]) when name in [:integer_to_binary, :integer_to_list] do
    only([not is_integer(number) && {1, @integer}, bad_base(base)])
  end

  defp erlang(name, [_]) when name in [:float_to_binary, :float_to_list],
    do: [{1, "not a float"}]

  defp erlang(name, [float, _]) when name in [:float_to_binary, :float_to_list] do
    if is_float(float), do: [{2, "invalid option in list"}], else: [{1, "not a float"}]
  end

  defp erlang(:binary_to_integer, [text]),
    do: [{1, binary_or(text, "not a textual representation of an integer")}]

  defp erlang(:binary_to_integer, [text, base]) do
    case bad_base(base) do
      false -> [{1, binary_or(text, "not a textual representation of an integer")}]
      problem -> only([not is_binary(text) && {1, @binary}, problem])
    end
  end

  defp erlang(:list_to_integer, [text]),
    do: [{1, list_or(text, "not a textual representation of an integer")}]

  defp erlang(:list_to_integer, [text, base]) do
    case bad_base(base) do
      false -> [{1, list_or(text, "not a textual representation of an integer")}]
      problem -> only([not is_list(text) && {1, @list}, problem])
    end
  end

  defp erlang(:binary_to_float, [text]),
    do: [{1, binary_or(text, "not a textual representation of a float")}]

  defp erlang(:list_to_float, [text]),
    do: [{1, list_or(text, "not a textual representation of a float")}]

  defp erlang(name, [text | _]) when name in [:binary_to_existing_atom, :list_to_existing_atom] do
    cond do
      name == :binary_to_existing_atom and not is_binary(text) -> [{1, @binary}]
      name == :list_to_existing_atom and not is_list(text) -> [{1, @list}]
      true -> [{1, "not an already existing atom"}]
    end
  end

  defp erlang(:binary_to_atom, [text | _]),
    do: [{1, binary_or(text, "not a valid UTF-8 binary")}]

  defp erlang(:list_to_atom, [text]),
    do: [{1, list_or(text, "not a list of characters")}]

  defp erlang(name, [_])
       when name in [:iolist_to_binary, :iolist_size, :list_to_binary, :iolist_to_iovec],
       do: [{1, @iodata}]

  defp erlang(:list_to_bitstring, [_]), do: [{1, "not a bitstring list"}]
  defp erlang(:binary_to_list, [_]), do: [{1, @binary}]
  defp erlang(:bitstring_to_list, [_]), do: [{1, @bitstring}]

  defp erlang(:binary_to_term, [bin]),
    do: [{1, binary_or(bin, "invalid external representation of a term")}]

  defp erlang(:binary_to_term, [bin, _]),
    do: [{1, binary_or(bin, "invalid or unsafe external representation of a term")}]

  defp erlang(:binary_part, [binary, start, length]) do
    bad =
      only([
        not is_binary(binary) && {1, @binary},
        not is_integer(start) && {2, @integer},
        not is_integer(length) && {3, @integer}
      ])

    cond do
      bad != [] -> bad
      start < 0 or start > byte_size(binary) -> [{2, @range}]
      true -> [{3, @range}]
    end
  end

  defp erlang(:split_binary, [binary, position]) do
    cond do
      not is_binary(binary) -> [{1, @binary}]
      not is_integer(position) -> [{2, @integer}]
      true -> [{2, @range}]
    end
  end

  defp erlang(name, [dest | _]) when name in [:send, :!] do
    _ = dest
    [{1, "invalid destination"}]
  end

  defp erlang(:send_after, [time, dest | _]), do: timer_problems(time, dest)
  defp erlang(:start_timer, [time, dest | _]), do: timer_problems(time, dest)

  defp erlang(name, [_ | _]) when name in [:cancel_timer, :read_timer],
    do: [{1, "not a reference to a local timer"}]

  defp erlang(name, [map]) when name in [:map_size, :map_keys] and not is_map(map),
    do: [{1, "not a map"}]

  defp erlang(:register, [name, pid]) do
    cond do
      not is_atom(name) -> [{1, @atom}]
      name == :undefined -> [{1, "'undefined' is not a valid name"}]
      not is_pid(pid) and not is_port(pid) -> [{2, "not a pid or port"}]
      :erlang.whereis(name) != :undefined -> [{1, "name is in use"}]
      not :erlang.is_process_alive(pid) -> [{2, "dead process"}]
      true -> [{2, "this process or port already has a name"}]
    end
  end

  defp erlang(:unregister, [name]) do
    if is_atom(name), do: [{1, "name is not in use"}], else: [{1, @atom}]
  end

  defp erlang(:whereis, [_]), do: [{1, @atom}]

  defp erlang(:link, [_]), do: [{1, @pid}]
  defp erlang(:unlink, [_]), do: [{1, @pid}]

  defp erlang(:exit, [pid, _]) when not is_pid(pid), do: [{1, @pid}]
  defp erlang(:is_process_alive, [_]), do: [{1, @pid}]

  defp erlang(:process_flag, [flag | _]) do
    if flag in [
         :trap_exit,
         :priority,
         :message_queue_data,
         :min_heap_size,
         :save_calls,
         :sensitive,
         :error_handler,
         :max_heap_size,
         :min_bin_vheap_size,
         :fullsweep_after
       ],
       do: [{2, "invalid value for this process flag"}],
       else: [{1, "invalid process flag"}]
  end

  defp erlang(:process_info, [pid | rest]) do
    cond do
      not is_pid(pid) -> [{1, @pid}]
      rest != [] -> [{2, "invalid item or item list"}]
      true -> []
    end
  end

  defp erlang(:monitor, [type, item | _]) do
    if type in [:process, :port, :time_offset],
      do: [{2, monitor_item(type, item)}],
      else: [{1, "invalid monitor type"}]
  end

  defp erlang(:demonitor, [_ | _]), do: [{1, "not a reference"}]

  defp erlang(name, [fun]) when name in [:spawn, :spawn_link, :spawn_monitor],
    do: if(is_function(fun), do: [], else: [{1, "not a fun"}])

  defp erlang(name, [module, function, args])
       when name in [:spawn, :spawn_link, :spawn_monitor] do
    only([
      not is_atom(module) && {1, @atom},
      not is_atom(function) && {2, @atom},
      not is_list(args) && {3, @list}
    ])
  end

  defp erlang(:apply, [fun, args]) do
    only([not is_function(fun) && {1, "not a function"}, not is_list(args) && {2, @list}])
  end

  defp erlang(:fun_info, [fun | _]),
    do: if(is_function(fun), do: [{2, "not a valid item"}], else: [{1, "not a fun"}])

  defp erlang(:make_fun, [module, name, arity]) do
    only([
      not is_atom(module) && {1, @atom},
      not is_atom(name) && {2, @atom},
      not is_integer(arity) && {3, @integer},
      is_integer(arity) && arity not in 0..255 && {3, @range}
    ])
  end

  defp erlang(:function_exported, [module, name, arity]) do
    only([
      not is_atom(module) && {1, @atom},
      not is_atom(name) && {2, @atom},
      not is_integer(arity) && {3, @integer}
    ])
  end

  defp erlang(:convert_time_unit, [time, _, _]),
    do:
      only([not is_integer(time) && {1, @integer}, is_integer(time) && {2, "invalid time unit"}])

  defp erlang(name, [_]) when name in [:monotonic_time, :system_time, :time_offset],
    do: [{1, "invalid time unit"}]

  defp erlang(:unique_integer, [_]), do: [{1, "invalid modifier"}]
  defp erlang(:pid_to_list, [_]), do: [{1, @pid}]
  defp erlang(:ref_to_list, [_]), do: [{1, "not a reference"}]

  defp erlang(:list_to_pid, [text]),
    do: [{1, list_or(text, "not a textual representation of a pid")}]

  defp erlang(:list_to_ref, [text]),
    do: [{1, list_or(text, "not a textual representation of a reference")}]

  defp erlang(:phash2, [_, range]),
    do: [{1, if(is_integer(range), do: @range, else: @integer)}]

  defp erlang(:halt, [_ | _]), do: [{1, "invalid status"}]
  defp erlang(_function, _args), do: []

  # --------------------------------------------------------------------------------------------

  defp index_problems(index, tuple) do
    bad = only([not is_integer(index) && {1, @integer}, not is_tuple(tuple) && {2, @tuple}])
    if bad == [], do: [{1, @range}], else: bad
  end

  defp bad_base(base),
    do:
      not (is_integer(base) and base in 2..36) && {2, "not an integer in the range 2 through 36"}

  defp binary_or(text, other), do: if(is_binary(text), do: other, else: @binary)
  defp list_or(text, other), do: if(is_list(text), do: other, else: @list)

  defp timer_problems(time, dest) do
    bad =
      only([
        not is_integer(time) && {1, @integer},
        not (is_pid(dest) or is_atom(dest)) && {2, "not a pid or an atom"}
      ])

    if bad == [], do: [{1, @range}], else: bad
  end

  defp monitor_item(:process, _), do: @pid
  defp monitor_item(:port, _), do: "not a port"
  defp monitor_item(_, _), do: "invalid item"

  defp only(list), do: :lists.filter(fn item -> item != false end, list)
end
