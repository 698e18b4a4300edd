defmodule Protocol do
  @moduledoc """
  Functions for working with protocols.

  A protocol is defined with `Kernel.defprotocol/2` and implemented with `Kernel.defimpl/3`. The
  implementation of protocol `P` for type `T` is the module `P.T`. Dispatch tests the built-in
  types with guards; which implementation module exists is answered, and remembered, by the
  virtual machine, so that a call costs little more than a table lookup.
  """

  @types [
    is_tuple: Tuple,
    is_atom: Atom,
    is_list: List,
    is_bitstring: BitString,
    is_integer: Integer,
    is_float: Float,
    is_function: Function,
    is_pid: PID,
    is_map: Map,
    is_port: Port,
    is_reference: Reference
  ]

  @doc false
  defmacro def(signature) do
    case signature do
      {:when, _, _} ->
        raise ArgumentError,
              "protocol functions do not accept guards: " <> Macro.to_string(signature)

      {_, _, args} when args == [] or is_atom(args) ->
        raise ArgumentError, "protocol functions expect at least one argument"

      {name, _, args} when is_atom(name) and is_list(args) ->
        declare(name, name, args)

      {{:unquote, _, [name]}, _, args} when is_list(args) ->
        declare({:unquote, [], [name]}, name, args)

      other ->
        raise ArgumentError, "invalid arguments for defprotocol #{Macro.to_string(other)}"
    end
  end

  defp declare(name, name_expr, args) do
    arity = length(args)
    call_args = Macro.generate_arguments(arity, __MODULE__)
    types = [quote(do: t) | for(_ <- tl(args), do: quote(do: term))]

    quote do
      Protocol.__function__(__MODULE__, unquote(name_expr), unquote(arity))

      Kernel.def unquote(name)(unquote_splicing(call_args)) do
        impl_for!(unquote(hd(call_args))).unquote(name)(unquote_splicing(call_args))
      end

      @callback unquote(name)(unquote_splicing(types)) :: term
    end
  end

  @doc false
  def __function__(module, name, arity) do
    functions = Module.get_attribute(module, :__functions__, [])

    if {name, arity} in functions do
      raise ArgumentError, "protocol #{inspect(module)} declares #{name}/#{arity} more than once"
    end

    Module.put_attribute(module, :__functions__, [{name, arity} | functions])
  end

  @doc false
  def __defprotocol__(name, block, _env) do
    quote do
      defmodule unquote(name) do
        @before_compile Protocol

        import Kernel,
          except: [
            def: 1,
            def: 2,
            defp: 1,
            defp: 2,
            defdelegate: 2,
            defguard: 1,
            defguardp: 1,
            defmacro: 1,
            defmacro: 2,
            defmacrop: 1,
            defmacrop: 2
          ]

        import Protocol, only: [def: 1]

        unquote(block)
      end
    end
  end

  @doc false
  defmacro __before_compile__(env) do
    module = env.module
    functions = :lists.sort(Module.get_attribute(module, :__functions__, []))
    fallback? = Module.get_attribute(module, :fallback_to_any, false) == true
    description = Module.get_attribute(module, :undefined_impl_description, "")
    any = if fallback?, do: quote(do: :phial_protocol.impl(__MODULE__, Any))

    clauses =
      for {guard, type} <- @types do
        quote do
          Kernel.def impl_for(data) when :erlang.unquote(guard)(data) do
            case :phial_protocol.impl(__MODULE__, unquote(type)) do
              nil -> unquote(any)
              impl -> impl
            end
          end
        end
      end

    type =
      if not Module.defines_type?(module, {:t, 0}) do
        quote do
          @type t :: term
        end
      end

    quote do
      unquote(type)

      @doc false
      @spec impl_for(term) :: atom | nil
      Kernel.def impl_for(%{__struct__: struct}) when :erlang.is_atom(struct) do
        case :phial_protocol.impl(__MODULE__, struct) do
          nil -> unquote(any)
          impl -> impl
        end
      end

      unquote_splicing(clauses)

      @doc false
      @spec impl_for!(term) :: atom
      Kernel.def impl_for!(data) do
        case impl_for(data) do
          nil ->
            :erlang.error(
              Protocol.UndefinedError.exception(
                protocol: __MODULE__,
                value: data,
                description: unquote(description)
              )
            )

          impl ->
            impl
        end
      end

      @doc false
      Kernel.def(__protocol__(:module), do: __MODULE__)
      Kernel.def(__protocol__(:functions), do: unquote(functions))
      Kernel.def(__protocol__(:consolidated?), do: false)
      Kernel.def(__protocol__(:impls), do: :not_consolidated)
    end
  end

  @doc false
  def __defimpl__(protocol, opts, env) do
    {for, opts} =
      case :lists.keytake(:for, 1, opts) do
        {:value, {:for, for}, opts} ->
          {for, opts}

        false ->
          if env.module == nil do
            raise ArgumentError, "defimpl/3 expects a :for option when declared outside a module"
          end

          {env.module, opts}
      end

    block =
      case opts do
        [do: block] ->
          block

        [] ->
          raise ArgumentError, "defimpl expects a do-end block"

        _ ->
          raise ArgumentError,
                "unknown options given to defimpl, got: #{Macro.to_string(:lists.keydelete(:do, 1, opts))}"
      end

    # As if inside a function: naming a protocol or type is no compile-time dependency.
    env = %{env | function: {:__impl__, 1}}
    protocol = Macro.expand(protocol, env)

    case Macro.expand_literals(for, env) do
      list when is_list(list) ->
        {:__block__, [], for(type <- list, do: implement(protocol, type, block))}

      type ->
        implement(protocol, type, block)
    end
  end

  defp implement(protocol, for, block) do
    name =
      if is_atom(protocol) and is_atom(for),
        do: Module.concat(protocol, for),
        else: quote(do: Module.concat(unquote(protocol), unquote(for)))

    quote do
      Protocol.assert_protocol!(unquote(protocol))

      defmodule unquote(name) do
        @moduledoc false
        @behaviour unquote(protocol)
        @protocol unquote(protocol)
        @for unquote(for)

        result = unquote(block)

        Module.register_attribute(__MODULE__, :__impl__, persist: true)
        @__impl__ [protocol: @protocol, for: @for]

        @doc false
        def __impl__(:target), do: __MODULE__
        def __impl__(:protocol), do: @protocol
        def __impl__(:for), do: @for

        result
      end
    end
  end

  # --------------------------------------------------------------------------------------------
  # Deriving
  # --------------------------------------------------------------------------------------------

  @doc """
  Derives `protocol` for `module`, which must define a struct, outside of that module.

      defmodule Point do
        defstruct [:x, :y]
      end

      require Protocol
      Protocol.derive(Inspect, Point, only: [:x])
  """
  defmacro derive(protocol, module, options \\ []) do
    quote do
      Protocol.__derive__([{unquote(protocol), unquote(options)}], unquote(module), __ENV__)
    end
  end

  @doc false
  def __derive__(derives, for, env) when is_atom(for) do
    pairs =
      for %{field: field, default: default} <- Macro.struct_info!(for, env), do: {field, default}

    struct = :maps.from_list([{:__struct__, for} | pairs])

    for one <- derives do
      case one do
        protocol when is_atom(protocol) -> derive_one(protocol, for, struct, [], env)
        {protocol, opts} -> derive_one(protocol, for, struct, opts, env)
      end
    end

    :ok
  end

  defp derive_one(protocol, for, struct, opts, env) do
    extra = ", cannot derive #{inspect(protocol)} for #{inspect(for)}"
    assert_protocol(protocol, extra)
    any = Module.concat(protocol, Any)
    assert_impl(protocol, Any, extra)

    cond do
      function_exported?(any, :"MACRO-__deriving__", 4) ->
        args = [env, for, Macro.escape(struct), Macro.escape(opts)]
        quoted = :erlang.apply(any, :"MACRO-__deriving__", args)
        :phial_code.eval_quoted(quoted, [], %{env | versioned_vars: %{}})

      function_exported?(any, :__deriving__, 3) ->
        quoted = any.__deriving__(for, struct, opts)
        :phial_code.eval_quoted(quoted, [], %{env | versioned_vars: %{}})

      true ->
        # Without instructions, the implementation for Any serves.
        Module.create(Module.concat(protocol, for), delegation(protocol, for, any), env)
    end
  end

  defp delegation(protocol, for, any) do
    functions =
      for {name, arity} <- protocol.__protocol__(:functions) do
        args = Macro.generate_arguments(arity, __MODULE__)

        quote do
          def unquote(name)(unquote_splicing(args)),
            do: unquote(any).unquote(name)(unquote_splicing(args))
        end
      end

    quote do
      @moduledoc false
      Module.register_attribute(__MODULE__, :__impl__, persist: true)
      @__impl__ [protocol: unquote(protocol), for: unquote(for)]

      def __impl__(:target), do: unquote(any)
      def __impl__(:protocol), do: unquote(protocol)
      def __impl__(:for), do: unquote(for)

      unquote_splicing(functions)
    end
  end

  # --------------------------------------------------------------------------------------------
  # Checks
  # --------------------------------------------------------------------------------------------

  @doc """
  Raises `ArgumentError` unless `module` is a protocol.

      iex> Protocol.assert_protocol!(Enumerable)
      :ok
  """
  @spec assert_protocol!(module) :: :ok
  def assert_protocol!(module), do: assert_protocol(module, "")

  defp assert_protocol(module, extra) do
    case :phial_code.ensure_loaded(module) do
      {:module, _} -> :ok
      _ -> raise ArgumentError, "#{inspect(module)} is not available" <> extra
    end

    if function_exported?(module, :__protocol__, 1),
      do: :ok,
      else: raise(ArgumentError, "#{inspect(module)} is not a protocol" <> extra)
  end

  @doc """
  Raises `ArgumentError` unless `protocol` is implemented for `base`.

      iex> Protocol.assert_impl!(Enumerable, List)
      :ok
  """
  @spec assert_impl!(module, module) :: :ok
  def assert_impl!(protocol, base), do: assert_impl(protocol, base, "")

  defp assert_impl(protocol, base, extra) do
    impl = Module.concat(protocol, base)

    case :phial_code.ensure_loaded(impl) do
      {:module, _} ->
        :ok

      {:error, reason} when extra == "" ->
        raise ArgumentError,
              "could not load module #{inspect(impl)} due to reason #{inspect(reason)}"

      _ ->
        raise ArgumentError, "#{inspect(impl)} is not available" <> extra
    end

    cond do
      not function_exported?(impl, :__impl__, 1) ->
        raise ArgumentError, "#{inspect(impl)} is not an implementation of a protocol" <> extra

      impl.__impl__(:protocol) != protocol ->
        raise ArgumentError,
              "expected #{inspect(impl)} to be an implementation of #{inspect(protocol)}" <> extra

      true ->
        :ok
    end
  end

  # --------------------------------------------------------------------------------------------
  # Consolidation. Dispatch is already direct, so there is nothing to rewrite.
  # --------------------------------------------------------------------------------------------

  @doc """
  `true` if the protocol was consolidated; here always `false`.

      iex> Protocol.consolidated?(Enumerable)
      false
  """
  @spec consolidated?(module) :: boolean
  def consolidated?(protocol), do: protocol.__protocol__(:consolidated?)

  @doc """
  Modules that implement `protocol` among the `.beam` files of `paths`; none here.

      iex> Protocol.extract_impls(Enumerable, [])
      []
  """
  @spec extract_impls(module, [charlist | String.t()]) :: [atom]
  def extract_impls(protocol, paths) when is_atom(protocol) and is_list(paths), do: []

  @doc """
  Protocols among the `.beam` files of `paths`; none here.

      iex> Protocol.extract_protocols([])
      []
  """
  @spec extract_protocols([charlist | String.t()]) :: [atom]
  def extract_protocols(paths) when is_list(paths), do: []

  @doc """
  Consolidation is not needed: always an error.

      iex> Protocol.consolidate(Enumerable, [])
      {:error, :no_beam_info}
  """
  @spec consolidate(module, [module]) :: {:error, :not_a_protocol | :no_beam_info}
  def consolidate(protocol, types) when is_atom(protocol) and is_list(types) do
    if function_exported?(protocol, :__protocol__, 1),
      do: {:error, :no_beam_info},
      else: {:error, :not_a_protocol}
  end
end
