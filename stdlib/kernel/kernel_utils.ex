defmodule Kernel.Utils do
  @moduledoc false
  # What the macros of Kernel need at expansion time or call from the code they generate.
  # Compiled right after Macro; uses :lists and :maps so that early structs need nothing else.

  @doc "Makes `list` exactly `count` elements long, as `destructure/2` needs."
  def destructure(list, count) when is_list(list), do: pad(list, count)
  def destructure(nil, count), do: pad([], count)

  defp pad(_, 0), do: []
  defp pad([head | tail], n), do: [head | pad(tail, n - 1)]
  defp pad([], n), do: [nil | pad([], n - 1)]

  @doc "`String.Chars.to_string/1`, with a short way for what is interpolated most."
  def to_text(term) when is_integer(term), do: :erlang.integer_to_binary(term)
  def to_text(nil), do: ""
  def to_text(term) when is_atom(term), do: :erlang.atom_to_binary(term)
  def to_text(term) when is_binary(term), do: term
  def to_text(term), do: String.Chars.to_string(term)

  @doc "The exception that `raise/1` raises for a value known only at run time."
  def to_exception(message) when is_binary(message), do: RuntimeError.exception(message)
  def to_exception(module) when is_atom(module), do: module.exception([])

  def to_exception(%{__struct__: module, __exception__: true} = exception) when is_atom(module),
    do: exception

  def to_exception(other) do
    ArgumentError.exception(
      "raise/1 and reraise/2 expect a module name, string or exception " <>
        "as the first argument, got: " <> inspect(other)
    )
  end

  # --------------------------------------------------------------------------------------------
  # Structs
  # --------------------------------------------------------------------------------------------

  @doc """
  Checks `fields` and stores the struct of `module`.

  Returns `{struct, derive, quoted_kv, quoted_body}`; the last two make `__struct__/1`.
  """
  def defstruct(module, fields) do
    if :phial_module.struct_info(module) do
      raise ArgumentError,
            "defstruct has already been called for #{inspect(module)}, " <>
              "defstruct can only be called once per module"
    end

    if not is_list(fields) do
      raise ArgumentError, "struct fields definition must be list, got: #{inspect(fields)}"
    end

    pairs = :lists.map(&field/1, fields)
    check_duplicates(module, pairs)

    enforce = wrap(:phial_module.get_attribute(module, :enforce_keys, []))

    :lists.foreach(
      fn key ->
        if not is_atom(key) do
          raise ArgumentError, "keys given to @enforce_keys must be atoms, got: #{inspect(key)}"
        end
      end,
      enforce
    )

    case :lists.filter(fn key -> not :lists.keymember(key, 1, pairs) end, enforce) do
      [] ->
        :ok

      missing ->
        raise ArgumentError,
              "@enforce_keys required keys (#{inspect(missing)}) that are not defined in " <>
                "defstruct: #{inspect(pairs)}"
    end

    struct = :maps.put(:__struct__, module, :maps.from_list(pairs))
    shown = :lists.filter(fn {key, _} -> key != :__exception__ end, pairs)
    info = :lists.map(fn {field, default} -> %{field: field, default: default} end, shown)
    :phial_module.put_struct(module, struct, enforce, info)

    {kv, body} = struct_function(struct, module, enforce)
    {struct, derive(module), kv, body}
  end

  defp field({key, value}) when is_atom(key), do: {key, value}
  defp field(key) when is_atom(key), do: {key, nil}

  defp field(other) do
    raise ArgumentError, "struct field names must be atoms, got: #{inspect(other)}"
  end

  defp check_duplicates(module, pairs) do
    :lists.foldl(
      fn {key, _}, seen ->
        if is_map_key(seen, key) do
          :phial_code.warn("duplicate key #{inspect(key)} found in struct", [], [])
        end

        :maps.put(key, true, seen)
      end,
      %{},
      pairs
    )

    module
  end

  defp struct_function(struct, _module, []) do
    kv = quote(do: kv)

    body =
      quote do
        Kernel.Utils.struct_from(unquote(kv), unquote(Macro.escape(struct)))
      end

    {kv, body}
  end

  defp struct_function(struct, module, enforce) do
    kv = quote(do: kv)

    body =
      quote do
        Kernel.Utils.struct_from(
          unquote(kv),
          unquote(Macro.escape(struct)),
          unquote(enforce),
          unquote(module)
        )
      end

    {kv, body}
  end

  @doc "`struct` with the given fields; unknown keys raise."
  def struct_from(fields, struct) when is_list(fields), do: put_fields(fields, struct)

  def struct_from(fields, struct) do
    Enum.reduce(fields, struct, fn {key, value}, acc -> %{acc | key => value} end)
  end

  defp put_fields([{key, value} | rest], struct), do: put_fields(rest, %{struct | key => value})
  defp put_fields([], struct), do: struct

  @doc "As `struct_from/2`; every key of `enforce` must be given."
  def struct_from(fields, struct, enforce, module) do
    pairs = if is_list(fields), do: fields, else: Enum.to_list(fields)
    result = put_fields(pairs, struct)

    case :lists.filter(fn key -> not :lists.keymember(key, 1, pairs) end, enforce) do
      [] ->
        result

      missing ->
        raise ArgumentError,
              "the following keys must also be given when building struct " <>
                "#{inspect(module)}: #{inspect(missing)}"
    end
  end

  # @derive accumulates, newest first, and each value may be a list.
  defp derive(module) do
    case :phial_module.get_attribute(module, :derive, []) do
      [] ->
        []

      values ->
        :phial_module.delete_attribute(module, :derive)
        :lists.append(:lists.map(&wrap/1, :lists.reverse(wrap(values))))
    end
  end

  defp wrap(nil), do: []
  defp wrap(list) when is_list(list), do: list
  defp wrap(other), do: [other]

  # --------------------------------------------------------------------------------------------
  # Exceptions
  # --------------------------------------------------------------------------------------------

  @doc "Fields of the struct that `defexception/1` defines."
  def exception_fields(fields) when is_list(fields) do
    :lists.map(&field/1, fields) ++ [__exception__: true]
  end

  def exception_fields(other), do: other

  @doc "The default `exception/1`: sets known fields and warns of others."
  def build_exception(module, struct, args) do
    case set_known(args, struct, []) do
      {exception, []} ->
        exception

      {exception, invalid} ->
        IO.warn(
          "the following fields are unknown when raising #{inspect(module)}: " <>
            "#{inspect(:lists.reverse(invalid))}. Please make sure to only give known fields when raising " <>
            "or redefine #{inspect(module)}.exception/1 to discard unknown fields. Future " <>
            "Elixir versions will raise on unknown fields given to raise/2"
        )

        exception
    end
  end

  defp set_known([{key, value} = pair | rest], struct, invalid) do
    case struct do
      %{^key => _} -> set_known(rest, %{struct | key => value}, invalid)
      _ -> set_known(rest, struct, [pair | invalid])
    end
  end

  defp set_known([other | rest], struct, invalid), do: set_known(rest, struct, [other | invalid])
  defp set_known([], struct, invalid), do: {struct, invalid}

  # --------------------------------------------------------------------------------------------
  # defdelegate
  # --------------------------------------------------------------------------------------------

  @doc "Expands an alias as if inside a function, which makes no compile-time dependency."
  def expand_alias({:__aliases__, _, _} = alias, env),
    do: Macro.expand(alias, %{env | function: {:__info__, 1}})

  def expand_alias(other, _env), do: other

  @doc "Validated `{name, args, target, target_name, target_args}` for each delegated head."
  def delegates(funs, opts, env) do
    target =
      case :lists.keyfind(:to, 1, opts) do
        {:to, target} when is_atom(target) ->
          target

        {:to, target} ->
          raise ArgumentError, "expected to: to be a module, got: #{inspect(target)}"

        false ->
          raise ArgumentError, "expected to: to be given as argument"
      end

    as = :lists.keyfind(:as, 1, opts)

    for fun <- wrap(funs) do
      {name, args} = delegate_head(fun)
      as = if as, do: elem(as, 1), else: name

      if target == env.module and as == name do
        raise ArgumentError,
              "defdelegate function is calling itself, which will lead to an infinite loop. " <>
                "You should either change the value of the :to option or specify the :as option"
      end

      {name, args, target, as, plain_args(args)}
    end
  end

  defp delegate_head({:when, _, _}) do
    raise ArgumentError, "guards are not allowed in defdelegate/2"
  end

  defp delegate_head(fun) do
    case Macro.decompose_call(fun) do
      {_, _} = pair -> pair
      _ -> raise ArgumentError, "invalid syntax in defdelegate #{Macro.to_string(fun)}"
    end
  end

  defp plain_args(args) do
    :lists.map(
      fn
        {:\\, _, [{name, _, context} = arg, _default]} when is_atom(name) and is_atom(context) ->
          arg

        {name, _, context} = arg when is_atom(name) and is_atom(context) ->
          arg

        other ->
          raise ArgumentError,
                "guards, patterns, and defaults other than \\\\ are not supported in " <>
                  "defdelegate/2, got: #{Macro.to_string(other)}"
      end,
      args
    )
  end

  # --------------------------------------------------------------------------------------------
  # defguard
  # --------------------------------------------------------------------------------------------

  @doc """
  The definition for `defguard` and `defguardp`.

  The guard is expanded where it is written, so that the imports, private guards and attributes
  of this module apply: the body of the new macro is a call of `guard/2` below, which expands
  when the body does.
  """
  def defguard(kind, guard, _env) do
    case guard do
      {:when, _, [call, body]} ->
        {name, args} = guard_head(call)
        check_head(args)

        definition =
          quote do
            require Kernel.Utils
            Kernel.Utils.guard(unquote(args), unquote(body))
          end

        {kind, [], [{name, [], args}, [do: definition]]}

      call ->
        {name, args} = guard_head(call)
        {kind, [], [{name, [], args}]}
    end
  end

  @doc "The body of a guard macro: the expanded guard, with its variables as arguments."
  defmacro guard(args, body) do
    env = __CALLER__
    variables = :lists.map(fn {name, _, context} -> {name, context} end, args)
    body = expand_guard(body, %{env | context: :guard})
    in_guard = Macro.escape(replace(body, variables, &unquoted/1), unquote: true)
    in_body = body_form(body, args, variables, env.module)

    quote do
      case Macro.Env.in_guard?(__CALLER__) do
        true -> unquote(in_guard)
        false -> unquote(in_body)
      end
    end
  end

  defp guard_head(call) do
    case Macro.decompose_call(call) do
      {name, args} when is_atom(name) and is_list(args) ->
        {name, args}

      _ ->
        raise ArgumentError, "invalid syntax in defguard #{Macro.to_string(call)}"
    end
  end

  defp check_head(args) do
    :lists.foreach(
      fn
        {name, _, context} when is_atom(name) and is_atom(context) ->
          :ok

        other ->
          raise ArgumentError,
                "invalid syntax in defguard: expected variables as arguments, got: " <>
                  Macro.to_string(other)
      end,
      args
    )
  end

  # Outside guards the arguments are evaluated once, in order, into variables of this module.
  defp body_form(body, args, variables, module) do
    own = fn {name, meta, _} -> {name, meta, module} end

    bindings =
      for {name, _, context} = arg <- args, mentions?(body, {name, context}) do
        {:=, [], [own.(arg), unquoted(arg)]}
      end

    body = replace(body, variables, own)
    Macro.escape({:__block__, [], bindings ++ [body]}, unquote: true)
  end

  defp unquoted(variable), do: {:unquote, [], [variable]}

  defp mentions?({name, _, context}, {name, context}), do: true

  defp mentions?({left, _, right}, variable),
    do: mentions?(left, variable) or mentions?(right, variable)

  defp mentions?({left, right}, variable),
    do: mentions?(left, variable) or mentions?(right, variable)

  defp mentions?([head | tail], variable),
    do: mentions?(head, variable) or mentions?(tail, variable)

  defp mentions?(_, _), do: false

  defp replace({name, _, context} = variable, variables, fun)
       when is_atom(name) and is_atom(context) do
    if :lists.member({name, context}, variables), do: fun.(variable), else: variable
  end

  defp replace({left, meta, right}, variables, fun) when is_list(meta),
    do: {replace(left, variables, fun), meta, replace(right, variables, fun)}

  defp replace({left, right}, variables, fun),
    do: {replace(left, variables, fun), replace(right, variables, fun)}

  defp replace(list, variables, fun) when is_list(list),
    do: :lists.map(fn item -> replace(item, variables, fun) end, list)

  defp replace(other, _variables, _fun), do: other

  defp expand_guard(ast, env) do
    case Macro.expand(ast, env) do
      {name, meta, context} when is_atom(name) and is_atom(context) ->
        {name, meta, context}

      {{:., dot_meta, [left, name]}, meta, args} ->
        left = if is_atom(left), do: left, else: expand_guard(left, env)
        {{:., dot_meta, [left, name]}, meta, expand_guard(args, env)}

      {form, meta, args} when form in [:{}, :%{}, :<<>>, :"::", :__block__, :^] ->
        {form, meta, expand_guard(args, env)}

      {name, meta, args} when is_atom(name) and is_list(args) ->
        qualified(name, meta, expand_guard(args, env), env)

      {left, right} ->
        {expand_guard(left, env), expand_guard(right, env)}

      list when is_list(list) ->
        :lists.map(fn item -> expand_guard(item, env) end, list)

      other ->
        other
    end
  end

  # Names the module of an imported function: the caller may not import it.
  defp qualified(name, meta, args, env) do
    arity = length(args)

    case :lists.keyfind(:function, 1, Macro.Env.lookup_import(env, {name, arity})) do
      {:function, module} ->
        {{:., meta, [module, name]}, meta, args}

      false ->
        raise ArgumentError,
              "cannot find or invoke local #{name}/#{arity} inside a guard"
    end
  end

  # --------------------------------------------------------------------------------------------
  # Calendar sigils
  # --------------------------------------------------------------------------------------------

  @doc "Parses the text of a calendar sigil, which may end in the name of a calendar."
  def parse_calendar(string, function, name, env) do
    {calendar, string} = calendar_suffix(string, env)

    case apply(calendar, function, [string]) do
      {:ok, value} ->
        {value, calendar}

      {:ok, value, offset} ->
        {{value, offset}, calendar}

      {:error, reason} ->
        raise ArgumentError,
              "cannot parse #{inspect(string)} as #{name} for #{inspect(calendar)}, " <>
                "reason: #{inspect(reason)}"
    end
  end

  defp calendar_suffix(string, env) do
    case :lists.reverse(:binary.split(string, " ", [:global])) do
      [<<letter, _::binary>> = last | [_ | _] = rest] when letter in ?A..?Z ->
        parts = for part <- :binary.split(last, ".", [:global]), do: :erlang.binary_to_atom(part)
        text = :lists.join(" ", :lists.reverse(rest))
        {Macro.expand({:__aliases__, [], parts}, env), :erlang.iolist_to_binary(text)}

      _ ->
        {Calendar.ISO, string}
    end
  end

  @doc "The quoted struct of a calendar sigil."
  def calendar_literal(module, calendar, fields) do
    Macro.escape(:maps.from_list([__struct__: module, calendar: calendar] ++ fields))
  end
end
