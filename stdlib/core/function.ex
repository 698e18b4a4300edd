defmodule Function do
  @moduledoc """
  Functions about functions.
  """

  @type information ::
          :arity
          | :env
          | :index
          | :module
          | :name
          | :new_index
          | :new_uniq
          | :pid
          | :type
          | :uniq

  @doc """
  Captures `module.function_name/arity`.

      iex> Function.capture(String, :length, 1).("abc")
      3
  """
  @spec capture(module, atom, arity) :: fun
  def capture(module, function_name, arity), do: :erlang.make_fun(module, function_name, arity)

  @doc """
  Facts about a function.

      iex> Function.info(&String.length/1)[:module]
      String
  """
  @spec info(fun) :: [{information, term}]
  def info(fun), do: :erlang.fun_info(fun)

  @doc """
  One fact about a function.

      iex> Function.info(fn -> 1 end, :arity)
      {:arity, 0}
  """
  @spec info(fun, item) :: {item, term} when item: information
  def info(fun, item) when is_function(fun) and is_atom(item), do: :erlang.fun_info(fun, item)

  @doc """
  Its argument.

      iex> Function.identity(1)
      1
  """
  @spec identity(value) :: value when value: var
  def identity(value), do: value
end
