defmodule Module.Behaviours do
  @moduledoc false
  # Warns of callbacks that are missing and of @impl annotations that do not fit. The compiler
  # calls it through Module.__after_body__/1 while the module is still open.

  def check(%{module: module} = env) do
    declared = :phial_module.get_attribute(module, :behaviour, [])
    impls = :phial_module.impls(module)

    if declared != [] or impls != [] do
      definitions = :phial_module.definitions(module)
      known = known_callbacks(:lists.reverse(declared), env)
      check_missing(known, definitions, env)
      check_impls(known, declared, impls, definitions, env)
    end

    :ok
  end

  # [{behaviour, kind, name, arity, optional?}] of the behaviours that exist.
  defp known_callbacks(declared, env) do
    {known, _} =
      :lists.foldl(
        fn behaviour, {acc, seen} ->
          cond do
            :lists.member(behaviour, seen) ->
              warn("the behaviour #{inspect(behaviour)} has been declared twice", env)
              {acc, seen}

            not match?({:module, _}, :phial_code.ensure_loaded(behaviour)) ->
              warn("@behaviour #{inspect(behaviour)} does not exist", env)
              {acc, [behaviour | seen]}

            not function_exported?(behaviour, :behaviour_info, 1) ->
              warn("module #{inspect(behaviour)} is not a behaviour", env)
              {acc, [behaviour | seen]}

            true ->
              optional = Module.__callbacks__(behaviour, :optional_callbacks)

              callbacks =
                for {kind, name, arity} = callback <- Module.__callbacks__(behaviour, :callbacks),
                    do: {behaviour, kind, name, arity, :lists.member(callback, optional)}

              {acc ++ callbacks, [behaviour | seen]}
          end
        end,
        {[], []},
        declared
      )

    known
  end

  defp check_missing(known, definitions, env) do
    for {behaviour, kind, name, arity, optional?} <- known do
      wanted = if kind == :macro, do: :defmacro, else: :def

      case :lists.keyfind({name, arity}, 1, definitions) do
        {_, ^wanted} ->
          :ok

        {_, other} ->
          warn(
            "#{kind} #{name}/#{arity} required by #{role(behaviour)} #{inspect(behaviour)} was " <>
              "implemented as \"#{other}\" but should have been \"#{wanted}\"",
            env
          )

        false when optional? ->
          :ok

        false ->
          warn(
            "#{kind} #{name}/#{arity} required by #{role(behaviour)} #{inspect(behaviour)} " <>
              "is not implemented",
            env
          )
      end
    end
  end

  defp role(behaviour) do
    if function_exported?(behaviour, :__protocol__, 1), do: "protocol", else: "behaviour"
  end

  defp check_impls(_known, _declared, [], _definitions, _env), do: :ok

  defp check_impls(known, declared, impls, definitions, env) do
    for {{name, arity}, kind, line, value} <- impls, value != false do
      what = "#{role_of(kind)} #{name}/#{arity}"
      kind = if kind in [:def, :defp], do: :function, else: :macro
      same = for {b, ^kind, ^name, ^arity, _} <- known, do: b

      problem =
        cond do
          value == true and same != [] ->
            nil

          value == true and declared == [] ->
            "but no behaviour was declared"

          value == true ->
            "but no behaviour specifies such callback" <> listing(known)

          :lists.member(value, same) ->
            nil

          not :lists.member(value, declared) ->
            "but this behaviour was not declared with @behaviour"

          true ->
            "but this behaviour does not specify such callback" <>
              listing(for({^value, _, _, _, _} = c <- known, do: c))
        end

      if problem do
        :phial_code.warn(
          "got \"@impl #{inspect(value)}\" for #{what} #{problem}",
          %{env | line: line},
          []
        )
      end
    end

    check_unmarked(known, impls, definitions, env)
  end

  # Once one callback is marked with @impl, all of the same behaviours must be.
  defp check_unmarked(known, impls, definitions, env) do
    marked = for {tuple, _, _, _} <- impls, do: tuple

    for {behaviour, kind, name, arity, _} <- known,
        not :lists.member({name, arity}, marked),
        :lists.keymember({name, arity}, 1, definitions) do
      case :phial_module.definition(env.module, {name, arity}) do
        {:v1, _, meta, _} ->
          if :lists.keyfind(:context, 1, meta) == false do
            warn_at(
              "module attribute @impl was not set for #{kind} #{name}/#{arity} callback " <>
                "(specified in #{inspect(behaviour)}). This either means you forgot to add the " <>
                "\"@impl true\" annotation before the definition or that you are accidentally " <>
                "overriding this callback",
              meta,
              env
            )
          end

        nil ->
          :ok
      end
    end

    :ok
  end

  defp role_of(kind) when kind in [:def, :defp], do: "function"
  defp role_of(_), do: "macro"

  defp listing([]),
    do:
      ". There are no known callbacks, please specify the proper @behaviour and make sure it defines callbacks"

  defp listing(known) do
    lines =
      for {behaviour, kind, name, arity, _} <- :lists.sort(known) do
        "\n  * " <> Exception.format_mfa(behaviour, name, arity) <> " (#{kind})"
      end

    :erlang.iolist_to_binary([". The known callbacks are:\n", lines, "\n"])
  end

  defp warn(message, env) do
    :phial_code.warn(message <> " (in module #{inspect(env.module)})", env, [])
  end

  defp warn_at(message, meta, env) do
    line =
      case :lists.keyfind(:line, 1, meta) do
        {:line, line} -> line
        false -> env.line
      end

    :phial_code.warn(message, %{env | line: line}, [])
  end
end
