defmodule Macro.Env do
  @moduledoc """
  The compile-time environment: what `__ENV__` and `__CALLER__` hold.

  `module`, `file`, `line`, `function` and `context` say where the code is; `aliases`,
  `requires`, `functions`, `macros` and `macro_aliases` what names mean; `versioned_vars` which
  variables exist.
  """

  @type context :: :match | :guard | nil
  @type context_modules :: [module]
  @type file :: binary
  @type line :: non_neg_integer
  @type name_arity :: {atom, arity}
  @type variable :: {atom, atom | term}

  @type t :: %{
          __struct__: __MODULE__,
          aliases: [{module, module}],
          context: context,
          context_modules: context_modules,
          file: file,
          function: name_arity | nil,
          functions: [{module, [name_arity]}],
          lexical_tracker: pid | nil,
          line: line,
          macro_aliases: [{module, {term, module}}],
          macros: [{module, [name_arity]}],
          module: module | nil,
          requires: [module],
          tracers: [module],
          versioned_vars: %{optional(variable) => non_neg_integer}
        }

  defstruct module: nil,
            file: "nofile",
            line: 1,
            function: nil,
            context: nil,
            requires: [],
            aliases: [],
            functions: [],
            macros: [],
            macro_aliases: [],
            context_modules: [],
            versioned_vars: %{},
            lexical_tracker: nil,
            tracers: []

  @doc """
  The variables of the environment, as `{name, context}`.

      iex> Macro.Env.vars(%Macro.Env{versioned_vars: %{{:x, nil} => 0}})
      [x: nil]
  """
  @spec vars(t) :: [variable]
  def vars(env), do: :maps.keys(env.versioned_vars)

  @doc """
  `true` if the environment has the variable `{name, context}`.

      iex> Macro.Env.has_var?(%Macro.Env{}, {:x, nil})
      false
  """
  @spec has_var?(t, variable) :: boolean
  def has_var?(env, variable), do: is_map_key(env.versioned_vars, variable)

  @doc """
  File and line as a keyword list.

      iex> Macro.Env.location(%Macro.Env{file: "a.ex", line: 2})
      [file: "a.ex", line: 2]
  """
  @spec location(t) :: keyword
  def location(%{file: file, line: line}), do: [file: file, line: line]

  @doc """
  The environment as one stack trace entry.

      iex> Macro.Env.stacktrace(%Macro.Env{module: Foo, function: {:f, 1}, file: "a.ex", line: 2})
      [{Foo, :f, 1, [file: ~c"a.ex", line: 2]}]
  """
  @spec stacktrace(t) :: list
  def stacktrace(%{module: module, function: function} = env) do
    location = [file: :unicode.characters_to_list(relative(env.file)), line: env.line]

    case {module, function} do
      {nil, _} -> [{:elixir_compiler, :__FILE__, 1, location}]
      {_, nil} -> [{module, :__MODULE__, 0, location}]
      {_, {name, arity}} -> [{module, name, arity, location}]
    end
  end

  defp relative(file), do: Path.relative_to_cwd(file)

  @doc """
  `true` inside a guard.

      iex> Macro.Env.in_guard?(__ENV__)
      false
  """
  @spec in_guard?(t) :: boolean
  def in_guard?(env), do: env.context == :guard

  @doc """
  `true` inside a pattern.

      iex> Macro.Env.in_match?(__ENV__)
      false
  """
  @spec in_match?(t) :: boolean
  def in_match?(env), do: env.context == :match

  @doc """
  The environment of a guard at this place.

      iex> Macro.Env.in_guard?(Macro.Env.to_guard(__ENV__))
      true
  """
  @spec to_guard(t) :: t
  def to_guard(env), do: %{env | context: :guard}

  @doc """
  The environment of a pattern at this place.

      iex> Macro.Env.in_match?(Macro.Env.to_match(__ENV__))
      true
  """
  @spec to_match(t) :: t
  def to_match(env), do: %{env | context: :match}

  @doc """
  Drops what is only needed while compiling.

      iex> Macro.Env.prune_compile_info(__ENV__).lexical_tracker
      nil
  """
  @spec prune_compile_info(t) :: t
  def prune_compile_info(env), do: %{env | lexical_tracker: nil, tracers: []}

  @doc """
  Adds a compilation tracer.

      iex> Macro.Env.prepend_tracer(%Macro.Env{}, Foo).tracers
      [Foo]
  """
  @spec prepend_tracer(t, module) :: t
  def prepend_tracer(env, tracer), do: %{env | tracers: [tracer | env.tracers]}

  @doc """
  `true` if `module` has been required.

      iex> Macro.Env.required?(__ENV__, Kernel)
      true
  """
  @spec required?(t, module) :: boolean
  def required?(env, module) when is_atom(module), do: :lists.member(module, env.requires)

  @doc """
  The aliases that stand for `module`.

      iex> Macro.Env.lookup_alias_as(%Macro.Env{aliases: [{B, A.B}]}, A.B)
      [B]
  """
  @spec lookup_alias_as(t, atom) :: [atom]
  def lookup_alias_as(env, module) when is_atom(module) do
    for {name, ^module} <- env.aliases, do: name
  end

  @doc """
  From which modules `name/arity` is imported, with its kind.

      iex> Macro.Env.lookup_import(__ENV__, {:is_atom, 1})
      [function: Kernel]
  """
  @spec lookup_import(t, name_arity) :: [{:function | :macro, module}]
  def lookup_import(env, {name, arity} = pair) when is_atom(name) and is_integer(arity) do
    functions =
      for {module, pairs} <- env.functions, :lists.member(pair, pairs), do: {:function, module}

    macros = for {module, pairs} <- env.macros, :lists.member(pair, pairs), do: {:macro, module}
    functions ++ macros
  end

  @doc """
  Requires `module` in the environment.

      iex> {:ok, env} = Macro.Env.define_require(__ENV__, [], Integer)
      iex> Macro.Env.required?(env, Integer)
      true
  """
  @spec define_require(t, Macro.metadata(), module, keyword) :: {:ok, t} | {:error, String.t()}
  def define_require(env, meta, module, opts \\ []) when is_atom(module) do
    env = %{env | requires: :ordsets.add_element(module, env.requires)}

    case :lists.keyfind(:as, 1, opts) do
      {:as, _} -> define_alias(env, meta, module, opts)
      false -> {:ok, env}
    end
  end

  @doc """
  Makes an alias for `module` in the environment.

      iex> {:ok, env} = Macro.Env.define_alias(__ENV__, [], Foo.Bar)
      iex> Macro.Env.expand_alias(env, [], [:Bar])
      {:alias, Foo.Bar}
  """
  @spec define_alias(t, Macro.metadata(), module, keyword) :: {:ok, t} | {:error, String.t()}
  def define_alias(env, _meta, module, opts \\ []) when is_atom(module) do
    as =
      case :lists.keyfind(:as, 1, opts) do
        {:as, as} -> as
        false -> last_segment(module)
      end

    cond do
      as == nil ->
        {:error,
         "alias cannot be inferred automatically for module: #{inspect(module)}, " <>
           "please use the :as option. Implicit aliasing is only supported with Elixir modules"}

      Macro.classify_atom(as) != :alias or length(Module.split(as)) != 1 ->
        {:error, "invalid value for option :as, expected a simple alias, got: #{inspect(as)}"}

      as == module ->
        {:ok, %{env | aliases: :lists.keydelete(as, 1, env.aliases)}}

      true ->
        {:ok, %{env | aliases: [{as, module} | :lists.keydelete(as, 1, env.aliases)]}}
    end
  end

  defp last_segment(module) do
    case :erlang.atom_to_binary(module) do
      <<"Elixir.", rest::binary>> ->
        Module.concat([:lists.last(:binary.split(rest, ".", [:global]))])

      _ ->
        nil
    end
  end

  @doc """
  Imports `module` into the environment; options `:only` and `:except` as for `import`.

      iex> {:ok, env} = Macro.Env.define_import(__ENV__, [], Integer, only: :macros)
      iex> Macro.Env.lookup_import(env, {:is_odd, 1})
      [macro: Integer]
  """
  @spec define_import(t, Macro.metadata(), module, keyword) :: {:ok, t} | {:error, String.t()}
  def define_import(env, _meta, module, opts \\ []) when is_atom(module) do
    case :phial_code.ensure_loaded(module) do
      {:module, _} ->
        {functions, macros} = exported(module)

        {functions, macros} =
          case {:lists.keyfind(:only, 1, opts), :lists.keyfind(:except, 1, opts)} do
            {{:only, :functions}, _} -> {functions, []}
            {{:only, :macros}, _} -> {[], macros}
            {{:only, only}, _} when is_list(only) -> {kept(functions, only), kept(macros, only)}
            {_, {:except, except}} when is_list(except) -> {functions -- except, macros -- except}
            _ -> {functions, macros}
          end

        env = %{
          env
          | functions: replace(env.functions, module, functions),
            macros: replace(env.macros, module, macros),
            requires: :ordsets.add_element(module, env.requires)
        }

        {:ok, env}

      {:error, _} ->
        {:error, "module #{inspect(module)} is not loaded and could not be found"}
    end
  end

  defp exported(module) do
    if function_exported?(module, :__info__, 1),
      do: {module.__info__(:functions), module.__info__(:macros)},
      else: {module.module_info(:exports), []}
  end

  defp kept(pairs, wanted), do: :lists.filter(fn pair -> :lists.member(pair, wanted) end, pairs)
  defp replace(imports, module, []), do: :lists.keydelete(module, 1, imports)

  defp replace(imports, module, pairs),
    do: [{module, pairs} | :lists.keydelete(module, 1, imports)]

  @doc """
  What an alias stands for.

      iex> Macro.Env.expand_alias(__ENV__, [], [:NoSuchAlias])
      :error
  """
  @spec expand_alias(t, keyword, [atom], keyword) :: {:alias, atom} | :error
  def expand_alias(env, _meta, [head | tail], _opts \\ []) do
    case :lists.keyfind(Module.concat([head]), 1, env.aliases) do
      {_, module} -> {:alias, Module.concat([module | tail])}
      false -> :error
    end
  end

  @doc """
  Where a local call leads through imports.

      iex> Macro.Env.expand_import(__ENV__, [], :is_atom, 1)
      {:function, Kernel, :is_atom}
  """
  @spec expand_import(t, keyword, atom, arity, keyword) ::
          {:macro, module, (Macro.metadata(), args :: [Macro.t()] -> Macro.t())}
          | {:function, module, fun :: atom}
          | {:error, :not_found | {:conflict, module} | {:ambiguous, [module]}}
  def expand_import(env, _meta, name, arity, _opts \\ [])
      when is_atom(name) and is_integer(arity) do
    case lookup_import(env, {name, arity}) do
      [] -> {:error, :not_found}
      [{:function, module}] -> {:function, module, name}
      [{:macro, module}] -> {:macro, module, expander(env, module, name)}
      many -> {:error, {:ambiguous, for({_, module} <- many, do: module)}}
    end
  end

  @doc """
  Where a remote macro call leads; `:error` if it is no macro.

      iex> Macro.Env.expand_require(__ENV__, [], Kernel, :no_such_macro, 1)
      :error
  """
  @spec expand_require(t, keyword, module, atom, arity, keyword) ::
          {:macro, module, (Macro.metadata(), args :: [Macro.t()] -> Macro.t())} | :error
  def expand_require(env, _meta, module, name, arity, _opts \\ [])
      when is_atom(module) and is_atom(name) and is_integer(arity) do
    if macro_exported?(module, name, arity),
      do: {:macro, module, expander(env, module, name)},
      else: :error
  end

  defp expander(env, module, name) do
    function = :erlang.binary_to_atom("MACRO-" <> :erlang.atom_to_binary(name))
    fn _meta, args -> :erlang.apply(module, function, [env | args]) end
  end
end
