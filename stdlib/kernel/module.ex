defmodule Module do
  @moduledoc """
  Functions that work on modules, most of them while the module is being compiled.

  The state of a module under compilation (attributes, definitions, struct) is kept by the
  compiler; the functions here check their arguments and ask it.
  """

  @type definition :: {atom, arity}
  @type def_kind :: :def | :defp | :defmacro | :defmacrop

  @doc "Facts about a compiled module; every module has this function."
  @callback __info__(:attributes) :: keyword
  @callback __info__(:compile) :: [term]
  @callback __info__(:functions) :: keyword
  @callback __info__(:macros) :: keyword
  @callback __info__(:md5) :: binary
  @callback __info__(:module) :: module
  @callback __info__(:struct) :: list | nil

  @accumulating [
    :after_compile,
    :after_verify,
    :before_compile,
    :behaviour,
    :compile,
    :derive,
    :dialyzer,
    :external_resource,
    :nifs,
    :on_definition
  ]

  # --------------------------------------------------------------------------------------------
  # Names
  # --------------------------------------------------------------------------------------------

  @doc """
  Joins aliases, atoms or strings into a module name.

      iex> Module.concat([Foo, "Bar"])
      Foo.Bar
  """
  @spec concat([binary | atom]) :: atom
  def concat(list) when is_list(list), do: :erlang.binary_to_atom(joined(list))

  @doc """
  Joins two aliases into a module name.

      iex> Module.concat(Foo, Bar)
      Foo.Bar
  """
  @spec concat(binary | atom, binary | atom) :: atom
  def concat(left, right)
      when (is_binary(left) or is_atom(left)) and (is_binary(right) or is_atom(right)),
      do: :erlang.binary_to_atom(joined([left, right]))

  @doc """
  As `concat/1`, but the name must already exist as an atom.

      iex> Module.safe_concat([List, "Chars"])
      List.Chars
  """
  @spec safe_concat([binary | atom]) :: atom
  def safe_concat(list) when is_list(list), do: :erlang.binary_to_existing_atom(joined(list))

  @doc """
  As `concat/2`, but the name must already exist as an atom.

      iex> Module.safe_concat(List, Chars)
      List.Chars
  """
  @spec safe_concat(binary | atom, binary | atom) :: atom
  def safe_concat(left, right)
      when (is_binary(left) or is_atom(left)) and (is_binary(right) or is_atom(right)),
      do: :erlang.binary_to_existing_atom(joined([left, right]))

  defp joined(parts), do: joined(parts, "Elixir")

  defp joined([part | rest], acc), do: joined(rest, <<acc::binary, segment(part)::binary>>)
  defp joined([], acc), do: acc

  defp segment(nil), do: ""
  defp segment(atom) when is_atom(atom), do: segment(:erlang.atom_to_binary(atom))
  defp segment(""), do: ""
  defp segment("Elixir"), do: ""
  defp segment(<<"Elixir.", rest::binary>>), do: <<".", rest::binary>>
  defp segment(<<".", _::binary>> = text), do: text
  defp segment(text) when is_binary(text), do: <<".", text::binary>>

  @doc """
  The segments of a module name.

      iex> Module.split(Foo.Bar)
      ["Foo", "Bar"]
  """
  @spec split(module | String.t()) :: [String.t(), ...]
  def split(module)

  def split(module) when is_atom(module), do: segments(:erlang.atom_to_binary(module), module)
  def split(name) when is_binary(name), do: segments(name, name)

  defp segments(<<"Elixir.", rest::binary>>, _original), do: :binary.split(rest, ".", [:global])

  defp segments(_other, original) do
    raise ArgumentError, "expected an Elixir module, got: #{inspect(original)}"
  end

  # --------------------------------------------------------------------------------------------
  # Creating modules
  # --------------------------------------------------------------------------------------------

  @doc """
  Defines a module from quoted code.

      iex> {:module, M, _, _} = Module.create(M, quote(do: def(f, do: 1)), __ENV__)
      iex> M.f()
      1
  """
  @spec create(module, Macro.t(), Macro.Env.t() | keyword) :: {:module, module, binary, term}
  def create(module, quoted, env_or_opts)

  def create(module, quoted, %{__struct__: Macro.Env} = env) when is_atom(module) do
    :phial_module.create(module, quoted, %{env | function: nil, versioned_vars: %{}})
  end

  def create(module, quoted, opts) when is_atom(module) and is_list(opts) do
    if :lists.keyfind(:file, 1, opts) == false do
      raise ArgumentError, "expected :file to be given as option"
    end

    :phial_module.create(module, quoted, :phial_code.env_for_eval(opts))
  end

  @doc false
  def eval_quoted(module_or_env, quoted, binding \\ [], opts \\ [])

  def eval_quoted(%{__struct__: Macro.Env} = env, quoted, binding, opts)
      when is_list(binding) and is_list(opts) do
    Code.eval_quoted(quoted, binding, struct!(env, opts))
  end

  def eval_quoted(module, quoted, binding, opts) when is_atom(module) do
    assert_open(module, "eval_quoted/4")

    {value, binding, _env} =
      :phial_code.eval_quoted(
        quoted,
        binding,
        :phial_code.env_for_eval([{:module, module} | opts])
      )

    {value, binding}
  end

  @doc """
  `true` while `module` is being compiled.

      iex> Module.open?(Enum)
      false
  """
  @spec open?(module) :: boolean
  def open?(module) when is_atom(module), do: :phial_module.open?(module)

  defp assert_open(module, function, extra \\ "") do
    if not :phial_module.open?(module) do
      raise ArgumentError,
            "could not call Module.#{function} because the module #{inspect(module)} " <>
              "is already compiled" <> extra
    end
  end

  @info_hint ". Use the Module.__info__/1 callback or Code.fetch_docs/1 instead"

  # --------------------------------------------------------------------------------------------
  # Attributes
  # --------------------------------------------------------------------------------------------

  @doc """
  The value of an attribute of a module being compiled.

      iex> defmodule Attr do
      ...>   @x 1
      ...>   def x, do: unquote(Module.get_attribute(__MODULE__, :x))
      ...> end
      iex> Attr.x()
      1
  """
  @spec get_attribute(module, atom, term) :: term
  def get_attribute(module, key, default \\ nil) when is_atom(module) and is_atom(key) do
    assert_open(module, "get_attribute/2", @info_hint)
    :phial_module.get_attribute(module, key, default)
  end

  @doc """
  The newest value of an attribute, also if it accumulates.

      iex> defmodule LastAttr do
      ...>   Module.register_attribute(__MODULE__, :x, accumulate: true)
      ...>   @x 1
      ...>   @x 2
      ...>   def x, do: unquote(Module.get_last_attribute(__MODULE__, :x))
      ...> end
      iex> LastAttr.x()
      2
  """
  @spec get_last_attribute(module, atom, term) :: term
  def get_last_attribute(module, key, default \\ nil) when is_atom(module) and is_atom(key) do
    assert_open(module, "get_last_attribute/3", @info_hint)
    :phial_module.get_last_attribute(module, key, default)
  end

  @doc """
  Tells whether an attribute has been set or registered.

      iex> defmodule HasAttr do
      ...>   @x 1
      ...>   def x?, do: unquote(Module.has_attribute?(__MODULE__, :x))
      ...> end
      iex> HasAttr.x?()
      true
  """
  @spec has_attribute?(module, atom) :: boolean
  def has_attribute?(module, key) when is_atom(module) and is_atom(key) do
    assert_open(module, "has_attribute?/2", @info_hint)
    :phial_module.has_attribute?(module, key)
  end

  @doc """
  Names of the attributes of a module being compiled.

      iex> defmodule AttrNames do
      ...>   @x 1
      ...>   def has, do: unquote(:x in Module.attributes_in(__MODULE__))
      ...> end
      iex> AttrNames.has()
      true
  """
  @spec attributes_in(module) :: [atom]
  def attributes_in(module) when is_atom(module) do
    assert_open(module, "attributes_in/1", @info_hint)
    :phial_module.attributes(module)
  end

  @doc """
  Sets an attribute, as `@key value` in the module body does.

      iex> defmodule PutAttr do
      ...>   Module.put_attribute(__MODULE__, :x, 3)
      ...>   def x, do: @x
      ...> end
      iex> PutAttr.x()
      3
  """
  @spec put_attribute(module, atom, term) :: :ok
  def put_attribute(module, key, value) when is_atom(module) and is_atom(key) do
    assert_open(module, "put_attribute/3")
    value = __preprocess_attribute__(key, value)
    :phial_module.put_attribute(module, key, value, nil)
    :ok
  end

  @doc """
  Removes an attribute and returns its value.

      iex> defmodule DelAttr do
      ...>   @x 1
      ...>   def x, do: unquote(Module.delete_attribute(__MODULE__, :x))
      ...> end
      iex> DelAttr.x()
      1
  """
  @spec delete_attribute(module, atom) :: term
  def delete_attribute(module, key) when is_atom(module) and is_atom(key) do
    assert_open(module, "delete_attribute/2")
    :phial_module.delete_attribute(module, key)
  end

  @doc """
  Makes an attribute accumulate (`accumulate: true`) or stay readable through
  `__info__(:attributes)` (`persist: true`).

      iex> defmodule RegAttr do
      ...>   Module.register_attribute(__MODULE__, :x, accumulate: true)
      ...>   @x 1
      ...>   @x 2
      ...>   def x, do: @x
      ...> end
      iex> RegAttr.x()
      [2, 1]
  """
  @spec register_attribute(module, atom, accumulate: boolean, persist: boolean) :: :ok
  def register_attribute(module, attribute, options)
      when is_atom(module) and is_atom(attribute) and is_list(options) do
    assert_open(module, "register_attribute/3")
    :phial_module.register_attribute(module, attribute, options)
    :ok
  end

  @doc false
  def __accumulating__, do: @accumulating

  # Checks and completes the value of an attribute that the compiler knows.
  @doc false
  def __preprocess_attribute__(key, value)

  def __preprocess_attribute__(key, value)
      when key in [:before_compile, :after_compile, :after_verify, :on_definition] do
    default = String.to_atom("__#{key}__")

    case value do
      module when is_atom(module) ->
        {module, default}

      {module, fun} when is_atom(module) and is_atom(fun) ->
        value

      _ ->
        raise ArgumentError,
              "@#{key} expects a module or a {module, function} tuple, got: #{inspect(value)}"
    end
  end

  def __preprocess_attribute__(:behaviour, value) when not is_atom(value) do
    raise ArgumentError, "@behaviour #{inspect(value)} must be an atom"
  end

  def __preprocess_attribute__(:impl, value) when not is_atom(value) do
    raise ArgumentError,
          "expected @impl attribute to contain a module or a boolean, got: #{inspect(value)}"
  end

  def __preprocess_attribute__(:external_resource, value) when not is_binary(value) do
    raise ArgumentError,
          "expected a string value for @external_resource, got: #{inspect(value)}"
  end

  def __preprocess_attribute__(:deprecated, value) when not is_binary(value) do
    raise ArgumentError,
          "expected a string that starts a deprecation in @deprecated, got: #{inspect(value)}"
  end

  def __preprocess_attribute__(:on_load, value) do
    case value do
      atom when is_atom(atom) ->
        {atom, 0}

      {atom, 0} when is_atom(atom) ->
        value

      _ ->
        raise ArgumentError,
              "expected the @on_load attribute to be an atom or a {atom, 0} tuple, got: " <>
                inspect(value)
    end
  end

  def __preprocess_attribute__(key, value) when key in [:doc, :typedoc, :moduledoc] do
    case value do
      {line, _} when is_integer(line) ->
        value

      _ when is_binary(value) or is_boolean(value) or value == nil or is_list(value) ->
        value

      _ ->
        raise ArgumentError,
              "expected the \"#{key}\" attribute to contain a string, false, or a keyword list, got: #{inspect(value)}"
    end
  end

  def __preprocess_attribute__(_key, value), do: value

  @doc """
  The attributes that the compiler gives a meaning to.

      iex> Map.has_key?(Module.reserved_attributes(), :doc)
      true
  """
  @spec reserved_attributes() :: map
  def reserved_attributes do
    %{
      after_compile: %{doc: "A hook that is called right after the module is compiled."},
      after_verify: %{doc: "A hook that is called right after the module is verified."},
      before_compile: %{doc: "A hook that is called before the module is compiled."},
      behaviour: %{doc: "A behaviour that the module implements."},
      callback: %{doc: "The specification of a callback."},
      compile: %{doc: "Options for the compilation of the module."},
      deprecated: %{doc: "The reason why the next definition is deprecated."},
      derive: %{doc: "Protocols to derive for the struct of the module."},
      dialyzer: %{doc: "Flags for Dialyzer."},
      doc: %{doc: "Documentation of the next definition."},
      enforce_keys: %{doc: "Keys that must be given when the struct is built."},
      external_resource: %{doc: "A file that the module depends on."},
      fallback_to_any: %{doc: "Whether a protocol falls back to its implementation for Any."},
      impl: %{doc: "Whether the next definition is a callback."},
      macrocallback: %{doc: "The specification of a macro callback."},
      moduledoc: %{doc: "Documentation of the module."},
      nifs: %{doc: "Functions that native code replaces."},
      on_definition: %{doc: "A hook that is called for each definition."},
      on_load: %{doc: "A function that is called when the module is loaded."},
      opaque: %{doc: "An opaque type."},
      optional_callbacks: %{doc: "Callbacks that need not be implemented."},
      spec: %{doc: "The specification of a function."},
      struct: %{doc: "The struct of the module."},
      type: %{doc: "A type."},
      typedoc: %{doc: "Documentation of the next type."},
      typep: %{doc: "A private type."},
      undefined_impl_description: %{
        doc: "Hint for values that a protocol has no implementation for."
      },
      vsn: %{doc: "The version of the module."}
    }
  end

  # --------------------------------------------------------------------------------------------
  # Definitions
  # --------------------------------------------------------------------------------------------

  @doc """
  Tells whether a module being compiled defines a function or macro.

      iex> defmodule Defines do
      ...>   def f, do: 1
      ...>   def answer, do: unquote(Module.defines?(__MODULE__, {:f, 0}))
      ...> end
      iex> Defines.answer()
      true
  """
  @spec defines?(module, definition) :: boolean
  def defines?(module, {name, arity} = tuple)
      when is_atom(module) and is_atom(name) and is_integer(arity) and arity in 0..255 do
    assert_open(module, "defines?/2")
    :lists.keymember(tuple, 1, :phial_module.definitions(module))
  end

  @doc """
  Tells whether a module being compiled defines a function or macro of the given kind.

      iex> defmodule DefinesKind do
      ...>   def f, do: 1
      ...>   def answer, do: unquote(Module.defines?(__MODULE__, {:f, 0}, :defp))
      ...> end
      iex> DefinesKind.answer()
      false
  """
  @spec defines?(module, definition, def_kind) :: boolean
  def defines?(module, {name, arity} = tuple, kind)
      when is_atom(module) and is_atom(name) and is_integer(arity) and arity in 0..255 and
             is_atom(kind) do
    assert_open(module, "defines?/3")
    :lists.member({tuple, kind}, :phial_module.definitions(module))
  end

  @doc """
  Tells whether a module being compiled defines a type.

      iex> defmodule DefinesType do
      ...>   @type t :: integer
      ...>   def answer, do: unquote(Module.defines_type?(__MODULE__, {:t, 0}))
      ...> end
      iex> DefinesType.answer()
      true
  """
  @spec defines_type?(module, definition) :: boolean
  def defines_type?(module, {name, arity} = definition)
      when is_atom(module) and is_atom(name) and is_integer(arity) do
    :phial_module.defines_type?(module, definition)
  end

  @doc """
  Copies the specs of a definition to callbacks. Specs are not kept, so always `false`.

      iex> Module.spec_to_callback(Enum, {:map, 2})
      false
  """
  @spec spec_to_callback(module, definition) :: boolean
  def spec_to_callback(module, {name, arity})
      when is_atom(module) and is_atom(name) and is_integer(arity),
      do: false

  @doc """
  All functions and macros that a module being compiled defines so far.

      iex> defmodule DefinitionsIn do
      ...>   def f, do: 1
      ...>   def answer, do: unquote(Module.definitions_in(__MODULE__))
      ...> end
      iex> DefinitionsIn.answer()
      [f: 0]
  """
  @spec definitions_in(module) :: [definition]
  def definitions_in(module) when is_atom(module) do
    assert_open(module, "definitions_in/1", @info_hint)
    for {tuple, _kind} <- :phial_module.definitions(module), do: tuple
  end

  @doc """
  All definitions of one kind that a module being compiled has so far.

      iex> defmodule DefinitionsInKind do
      ...>   def f, do: 1
      ...>   def answer, do: unquote(Module.definitions_in(__MODULE__, :defp))
      ...> end
      iex> DefinitionsInKind.answer()
      []
  """
  @spec definitions_in(module, def_kind) :: [definition]
  def definitions_in(module, kind)
      when is_atom(module) and kind in [:def, :defp, :defmacro, :defmacrop] do
    assert_open(module, "definitions_in/2", @info_hint)
    for {tuple, ^kind} <- :phial_module.definitions(module), do: tuple
  end

  @doc """
  The clauses of a definition: `{:v1, kind, meta, [{meta, args, guards, body}]}` or `nil`.

      iex> defmodule GetDefinition do
      ...>   def f, do: 1
      ...>   def answer, do: unquote(elem(Module.get_definition(__MODULE__, {:f, 0}), 1))
      ...> end
      iex> GetDefinition.answer()
      :def
  """
  @spec get_definition(module, definition, keyword) ::
          {:v1, def_kind, meta :: keyword, [{keyword, [Macro.t()], [Macro.t()], Macro.t()}]} | nil
  def get_definition(module, {name, arity} = definition, options \\ [])
      when is_atom(module) and is_atom(name) and is_integer(arity) and is_list(options) do
    assert_open(module, "get_definition/2", @info_hint)

    case {:phial_module.definition(module, definition), :lists.keyfind(:skip_clauses, 1, options)} do
      {{:v1, kind, meta, _clauses}, {:skip_clauses, true}} -> {:v1, kind, meta, []}
      {definition, _} -> definition
    end
  end

  @doc """
  Removes a definition from a module being compiled.

      iex> defmodule DeleteDefinition do
      ...>   def f, do: 1
      ...>   Module.delete_definition(__MODULE__, {:f, 0})
      ...> end
      iex> function_exported?(DeleteDefinition, :f, 0)
      false
  """
  @spec delete_definition(module, definition) :: boolean
  def delete_definition(module, {name, arity} = definition)
      when is_atom(module) and is_atom(name) and is_integer(arity) do
    assert_open(module, "delete_definition/2")
    :phial_module.delete_definition(module, definition)
  end

  @doc """
  Makes definitions overridable; see `Kernel.defoverridable/1`.

      iex> defmodule Overridable do
      ...>   def f, do: 1
      ...>   Module.make_overridable(__MODULE__, f: 0)
      ...>   def f, do: super() + 1
      ...> end
      iex> Overridable.f()
      2
  """
  @spec make_overridable(module, [definition] | module) :: :ok
  def make_overridable(module, tuples_or_behaviour)

  def make_overridable(module, tuples) when is_atom(module) and is_list(tuples) do
    assert_open(module, "make_overridable/2")

    for tuple <- tuples do
      case tuple do
        {name, arity} when is_atom(name) and is_integer(arity) and arity in 0..255 ->
          :ok

        other ->
          raise ArgumentError,
                "each element in tuple list has to be a " <>
                  "{function_name :: atom, arity :: 0..255} tuple, got: #{inspect(other)}"
      end
    end

    case :phial_module.make_overridable(module, tuples) do
      :ok ->
        :ok

      {:error, {name, arity}} ->
        raise ArgumentError,
              "cannot make function #{name}/#{arity} overridable because it was not defined"
    end
  end

  def make_overridable(module, behaviour) when is_atom(module) and is_atom(behaviour) do
    assert_open(module, "make_overridable/2")
    declared = :phial_module.get_attribute(module, :behaviour, [])

    cond do
      not :lists.member(behaviour, declared) ->
        raise ArgumentError,
              "cannot pass module #{inspect(behaviour)} as argument to " <>
                "defoverridable/1 in module #{inspect(module)} because its corresponding " <>
                "behaviour is missing. Did you forget to add @behaviour #{inspect(behaviour)}?"

      not behaviour?(behaviour) ->
        raise ArgumentError,
              "cannot pass module #{inspect(behaviour)} as argument to defoverridable/1 in " <>
                "module #{inspect(module)} because it does not define any callbacks"

      true ->
        callbacks =
          for {_kind, name, arity} <- callbacks(behaviour, :callbacks), do: {name, arity}

        defined = definitions_in(module)
        tuples = for callback <- callbacks, :lists.member(callback, defined), do: callback
        make_overridable(module, tuples)
    end
  end

  @doc """
  Tells whether a definition has been made overridable.

      iex> defmodule IsOverridable do
      ...>   def f, do: 1
      ...>   defoverridable f: 0
      ...>   def answer, do: unquote(Module.overridable?(__MODULE__, {:f, 0}))
      ...> end
      iex> IsOverridable.answer()
      true
  """
  @spec overridable?(module, definition) :: boolean
  def overridable?(module, {name, arity} = definition)
      when is_atom(module) and is_atom(name) and is_integer(arity) do
    :lists.member(definition, :phial_module.overridables(module))
  end

  @doc """
  All overridable definitions of a module being compiled.

      iex> defmodule OverridablesIn do
      ...>   def f, do: 1
      ...>   defoverridable f: 0
      ...>   def answer, do: unquote(Module.overridables_in(__MODULE__))
      ...> end
      iex> OverridablesIn.answer()
      [f: 0]
  """
  @spec overridables_in(module) :: [definition]
  def overridables_in(module) when is_atom(module) do
    assert_open(module, "overridables_in/1", @info_hint)
    :phial_module.overridables(module)
  end

  # --------------------------------------------------------------------------------------------
  # Checks at the end of a module body
  # --------------------------------------------------------------------------------------------

  @doc false
  def __after_body__(env) do
    # The first modules of the library are compiled before the checks are there.
    case :phial_code.ensure_loaded(Module.Behaviours) do
      {:module, _} -> Module.Behaviours.check(env)
      _ -> :ok
    end
  end

  @doc false
  def __callbacks__(behaviour, which), do: callbacks(behaviour, which)

  defp behaviour?(behaviour) do
    match?({:module, _}, :phial_code.ensure_loaded(behaviour)) and
      function_exported?(behaviour, :behaviour_info, 1)
  end

  # [{:function | :macro, name, arity}], with the arity that users see.
  defp callbacks(behaviour, which) do
    for {name, arity} <- behaviour.behaviour_info(which) do
      case :erlang.atom_to_binary(name) do
        <<"MACRO-", rest::binary>> -> {:macro, :erlang.binary_to_atom(rest), arity - 1}
        _ -> {:function, name, arity}
      end
    end
  end
end
