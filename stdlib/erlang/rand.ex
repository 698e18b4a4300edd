defmodule :rand do
  @moduledoc """
  Pseudo-random numbers: the generators of Erlang's `rand`, with the same numbers for the same seeds.

  A state is `{handler, generator_state}`; the functions without `_s` keep one in the process dictionary. The handler is a
  map with the algorithm's type, its number of random bits, how many low bits are weak, and its step function.

      iex> state = :rand.seed_s(:exsss, {1, 2, 3})
      iex> {number, _state} = :rand.uniform_s(100, state)
      iex> number
      27
  """

  import Bitwise

  @mask58 0x3FFFFFFFFFFFFFF
  @mask64 0xFFFFFFFFFFFFFFFF
  @two_to_minus_53 1.1102230246251565e-16

  ## Seeding

  @doc "Seeds the process and returns the state: an algorithm, an exported state, or `:default`."
  @spec seed(atom | term) :: term
  def seed(alg_or_state), do: put(seed_s(alg_or_state))

  @doc "Seeds the process with an algorithm and a seed, and returns the state."
  @spec seed(atom, term) :: term
  def seed(alg, seed), do: put(seed_s(alg, seed))

  defp put(state) do
    :erlang.put(:rand_seed, state)
    state
  end

  defp get_state do
    case :erlang.get(:rand_seed) do
      :undefined -> seed(:default)
      {alg, state} when is_atom(alg) -> {handler(alg), state}
      state -> state
    end
  end

  @doc "A state from an algorithm with a random seed, or from an exported state."
  @spec seed_s(atom | term) :: term
  def seed_s({%{} = handler, state}), do: {handler, state}
  def seed_s({alg, state}) when is_atom(alg), do: {handler(alg), state}
  def seed_s(alg), do: seed_s(alg, default_seed())

  defp default_seed do
    {:erlang.phash2([{:erlang.node(), :erlang.self()}]), :erlang.system_time(),
     :erlang.unique_integer()}
  end

  @doc "A state from an algorithm and a seed: an integer, three integers, or a list of the generator's words."
  @spec seed_s(atom, term) :: term
  def seed_s(:default, seed), do: seed_s(:exsss, seed)
  def seed_s(alg, seed), do: {handler(alg), start(alg, seed)}

  @doc "The process's state in a form to be stored, or `:undefined`."
  @spec export_seed :: term
  def export_seed do
    case :erlang.get(:rand_seed) do
      {%{type: type}, state} -> {type, state}
      {alg, state} when is_atom(alg) -> {alg, state}
      _ -> :undefined
    end
  end

  @doc "A state in a form to be stored."
  @spec export_seed_s(term) :: term
  def export_seed_s({%{type: type}, state}), do: {type, state}

  defp handler(:exsss), do: %{type: :exsss, bits: 58, next: &exsss_next/1}
  defp handler(:default), do: handler(:exsss)
  defp handler(:exsp), do: %{type: :exsp, bits: 58, weak_low_bits: 1, next: &exsp_next/1}
  defp handler(:exrop), do: %{type: :exrop, bits: 58, weak_low_bits: 1, next: &exrop_next/1}
  defp handler(:exro928ss), do: %{type: :exro928ss, bits: 58, next: &exro928_next/1}
  defp handler(:exs1024s), do: %{type: :exs1024s, bits: 64, weak_low_bits: 3, next: &exs1024_next/1}
  defp handler(:exs1024), do: %{type: :exs1024, max: @mask64, next: &exs1024_next/1}
  defp handler(:exs64), do: %{type: :exs64, max: @mask64, next: &exs64_next/1}
  defp handler(:exsplus), do: %{type: :exsplus, max: @mask58, next: &exsp_next/1}
  defp handler(:dummy), do: %{type: :dummy, bits: 58, next: &dummy_next/1}

  defp start(alg, [w0, w1]) when alg in [:exsss, :exsp, :exsplus, :exrop] do
    [check(w0, @mask58) | check(w1, @mask58)]
  end

  defp start(:exsss, seed) when is_integer(seed), do: pair(seed58(2, seed &&& @mask64))

  defp start(:exsss, {a1, a2, a3}) do
    {_, x0} = seed58(a1 &&& @mask64)
    {s0, x1} = seed58(bxor(a2 &&& @mask64, x0))
    {s1, _} = seed58(bxor(a3 &&& @mask64, x1))
    [s0 | s1]
  end

  defp start(alg, seed) when alg in [:exsp, :exsplus, :exrop] and is_integer(seed) do
    pair(seed58(2, seed &&& @mask64))
  end

  defp start(alg, {a1, a2, a3}) when alg in [:exsp, :exsplus] do
    {_, [_ | r]} =
      exsp_next([
        a1 * 4_294_967_197 + 1 &&& @mask58
        | a2 * 4_294_967_231 + 1 &&& @mask58
      ])

    {_, state} = exsp_next([a3 * 4_294_967_279 + 1 &&& @mask58 | r])
    state
  end

  defp start(:exrop, {a1, a2, a3}) do
    [_ | s1] =
      exrop_state(a1 * 4_294_967_197 + 1 &&& @mask58, a2 * 4_294_967_231 + 1 &&& @mask58)

    exrop_state(a3 * 4_294_967_279 + 1 &&& @mask58, s1)
  end

  defp start(:exro928ss, list) when is_list(list) and length(list) == 16 do
    {:lists.map(fn w -> check(w, @mask58) end, list), []}
  end

  defp start(:exro928ss, seed) when is_integer(seed), do: {seed58(16, seed &&& @mask64), []}

  defp start(:exro928ss, {a1, a2, a3}) do
    {s0, x0} = seed58(a1 &&& @mask64)
    {s1, x1} = seed58(bxor(a2 &&& @mask64, x0))
    {s2, x2} = seed58(bxor(a3 &&& @mask64, x1))
    {[s0, s1, s2 | seed58(13, x2)], []}
  end

  defp start(alg, list)
       when alg in [:exs1024, :exs1024s] and is_list(list) and length(list) == 16 do
    {:lists.map(fn w -> check(w, @mask64) end, list), []}
  end

  defp start(alg, seed) when alg in [:exs1024, :exs1024s] and is_integer(seed) do
    {seed64(16, seed &&& @mask64), []}
  end

  defp start(alg, {a1, a2, a3}) when alg in [:exs1024, :exs1024s] do
    b1 = ((a1 &&& 0x1FFFFF) + 1) * 2_097_131 &&& 0x1FFFFF
    b2 = ((a2 &&& 0x1FFFFF) + 1) * 2_097_133 &&& 0x1FFFFF
    b3 = ((a3 &&& 0x1FFFFF) + 1) * 2_097_143 &&& 0x1FFFFF
    {words1024(b1 <<< 43 ||| b2 <<< 22 ||| b3 <<< 1 ||| 1, 16, []), []}
  end

  defp start(:exs64, [w]), do: check(w, @mask64)

  defp start(:exs64, seed) when is_integer(seed) do
    [r] = seed64(1, seed &&& @mask64)
    r
  end

  defp start(:exs64, {a1, a2, a3}) do
    {v1, _} = exs64_next((a1 &&& 0xFFFFFFFF) * 4_294_967_197 + 1)
    {v2, _} = exs64_next((a2 &&& 0xFFFFFFFF) * 4_294_967_231 + 1)
    {v3, _} = exs64_next((a3 &&& 0xFFFFFFFF) * 4_294_967_279 + 1)
    rem(v1 * v2 * v3, @mask64 - 1) + 1
  end

  defp start(:dummy, seed) when is_integer(seed), do: seed &&& @mask58
  defp start(:dummy, {a1, a2, a3}), do: bxor(bxor(a1, a2), a3) &&& @mask58
  defp start(_alg, seed), do: :erlang.error(:badarg, [seed])

  defp pair([a, b]), do: [a | b]

  defp check(word, mask) when is_integer(word) and word > 0 and word <= mask, do: word
  defp check(word, _mask), do: :erlang.error(:badarg, [word])

  defp words1024(_r, 0, words), do: words

  defp words1024(r, n, words) do
    {value, r} = exs64_next(r)
    words1024(r, n - 1, [value | words])
  end

  # Words other than zero from SplitMix64.
  @doc false
  def seed58(0, _x), do: []

  def seed58(n, x) do
    {z, x} = seed58(x)
    [z | seed58(n - 1, x)]
  end

  defp seed58(x) do
    {z, x} = splitmix64_next(x)

    case z &&& @mask58 do
      0 -> seed58(x)
      z -> {z, x}
    end
  end

  defp seed64(0, _x), do: []

  defp seed64(n, x) do
    {z, next} = splitmix64_next(x)
    if z == 0, do: seed64(n, next), else: [z | seed64(n - 1, next)]
  end

  @doc false
  def splitmix64_next(x) do
    x = x + 0x9E3779B97F4A7C15 &&& @mask64
    z = bxor(x, x >>> 30) * 0xBF58476D1CE4E5B9 &&& @mask64
    z = bxor(z, z >>> 27) * 0x94D049BB133111EB &&& @mask64
    {bxor(z, z >>> 31), x}
  end

  ## Numbers

  @doc "A float in `0.0 <= x < 1.0`."
  @spec uniform :: float
  def uniform, do: keep(uniform_s(get_state()))

  @doc "An integer in `1..n`."
  @spec uniform(pos_integer) :: pos_integer
  def uniform(n), do: keep(uniform_s(n, get_state()))

  @doc "A float in `0.0 < x < 1.0` with full precision near 0."
  @spec uniform_real :: float
  def uniform_real, do: keep(uniform_real_s(get_state()))

  @doc "A normally distributed float, mean 0 and variance 1."
  @spec normal :: float
  def normal, do: keep(normal_s(get_state()))

  @doc "A normally distributed float."
  @spec normal(number, number) :: float
  def normal(mean, variance), do: keep(normal_s(mean, variance, get_state()))

  @doc "`n` random bytes."
  @spec bytes(non_neg_integer) :: binary
  def bytes(n), do: keep(bytes_s(n, get_state()))

  @doc "Moves the process's state ahead by a large fixed number of steps."
  @spec jump :: term
  def jump, do: put(jump(get_state()))

  defp keep({value, state}) do
    :erlang.put(:rand_seed, state)
    value
  end

  @doc "A float in `0.0 <= x < 1.0`, and the new state."
  @spec uniform_s(term) :: {float, term}
  def uniform_s({%{bits: bits, next: next} = handler, r}) do
    {v, r} = next.(r)
    {(v >>> (bits - 53)) * @two_to_minus_53, {handler, r}}
  end

  def uniform_s({%{max: max, next: next} = handler, r}) do
    {v, r} = next.(r)
    {v / (max + 1), {handler, r}}
  end

  @doc "An integer in `1..n`, and the new state."
  @spec uniform_s(pos_integer, term) :: {pos_integer, term}
  def uniform_s(n, {%{bits: bits, next: next} = handler, r}) when is_integer(n) and n >= 1 do
    {v, r} = next.(r)
    surplus = (1 <<< bits) - n

    cond do
      surplus < 0 ->
        large(n, handler, r, v)

      v < n ->
        {v + 1, {handler, r}}

      true ->
        # Values from the last, incomplete run of n would not be uniform.
        i = rem(v, n)
        if v - i <= surplus, do: {i + 1, {handler, r}}, else: uniform_s(n, {handler, r})
    end
  end

  def uniform_s(n, {%{max: max, next: next} = handler, r}) when is_integer(n) and n >= 1 do
    {v, r} = next.(r)

    if n <= max do
      {rem(v, n) + 1, {handler, r}}
    else
      {trunc(v / (max + 1) * n) + 1, {handler, r}}
    end
  end

  # More bits than one step gives.
  defp large(n, %{bits: bits, next: next} = handler, r, v) do
    weak = :maps.get(:weak_low_bits, handler, 0)
    {value, r, total} = gather(n >>> bits, next, r, v, weak, bits - weak, bits)

    cond do
      (n &&& n - 1) == 0 ->
        {(value &&& n - 1) + 1, {handler, r}}

      true ->
        i = rem(value, n)

        if value - i <= (1 <<< total) - n do
          {i + 1, {handler, r}}
        else
          {v, r} = next.(r)
          large(n, handler, r, v)
        end
    end
  end

  defp gather(n, _next, r, v, _weak, _good, total) when n <= 1, do: {v, r, total}

  defp gather(n, next, r, v, weak, good, total) do
    {more, r} = next.(r)
    # The weak bits of the older value make room for the newer one's highest.
    v = bxor(v, v &&& (1 <<< weak) - 1) <<< good ||| more
    gather(n >>> good, next, r, v, weak, good, total + good)
  end

  @doc "A float in `0.0 < x < 1.0` with full precision near 0, and the new state."
  @spec uniform_real_s(term) :: {float, term}
  def uniform_real_s({%{bits: bits, next: next} = handler, r}) do
    {v, r} = next.(r)
    real(v >>> (bits - 56), -56, r, handler, next, bits)
  end

  def uniform_real_s({%{next: next} = handler, r}) do
    {v, r} = next.(r)
    bits = bit_count(handler.max)
    real(v >>> (bits - 56), -56, r, handler, next, bits)
  end

  # [m] has at most 56 bits, the lowest worth 2^exponent; the result takes the 53 from the highest set one.
  defp real(0, exponent, r, handler, next, bits) do
    {v, r} = next.(r)
    real(v >>> (bits - 56), exponent - 56, r, handler, next, bits)
  end

  defp real(m, exponent, r, handler, next, bits) do
    case 53 - bit_count(m) do
      missing when missing <= 0 ->
        {(m >>> -missing) * power_of_2(exponent - missing), {handler, r}}

      missing ->
        {v, r} = next.(r)
        m = m <<< missing ||| v >>> (bits - missing)
        {m * power_of_2(exponent - missing), {handler, r}}
    end
  end

  defp bit_count(0), do: 0
  defp bit_count(n), do: 1 + bit_count(n >>> 1)

  defp power_of_2(n), do: :math.pow(2.0, n)

  @doc "`n` random bytes, and the new state."
  @spec bytes_s(non_neg_integer, term) :: {binary, term}
  def bytes_s(n, {%{next: next} = handler, r}) when is_integer(n) and n >= 0 do
    {bits, weak} =
      case handler do
        %{bits: bits} -> {bits, :maps.get(:weak_low_bits, handler, 0)}
        %{max: max} -> {bit_count(max), 0}
      end

    # Whole bytes from the strong bits of each step.
    {chunks, r} = byte_chunks(n, next, r, (bits - weak) >>> 3, bits, [])
    {:erlang.iolist_to_binary(chunks), {handler, r}}
  end

  defp byte_chunks(n, next, r, good, bits, acc) do
    {v, r} = next.(r)
    # Full pieces are cut from the top, the last one is not moved down by the odd bits.
    if n > good do
      byte_chunks(n - good, next, r, good, bits, [acc | <<v >>> (bits - good * 8)::size(good)-unit(8)>>])
    else
      {[acc | <<v >>> ((good - n) * 8)::size(n)-unit(8)>>], r}
    end
  end

  ## Normal distribution: a ziggurat of 256 layers

  @doc "A normally distributed float, mean 0 and variance 1, and the new state."
  @spec normal_s(term) :: {float, term}
  def normal_s({%{next: next} = handler, r}) do
    {v, r} = next.(r)

    # 51 bits of magnitude above one bit of sign.
    {sign, m} =
      case handler do
        %{bits: bits} -> {v >>> (bits - 52) &&& 1, v >>> (bits - 51)}
        _ -> {v >>> 51 &&& 1, v &&& 0x7FFFFFFFFFFFF}
      end

    layer = m &&& 255
    x = m * :erlang.element(layer + 1, normal_w())

    if m < :erlang.element(layer + 1, normal_k()) do
      {signed(sign, x), {handler, r}}
    else
      normal_edge(layer, sign, x, {handler, r})
    end
  end

  @doc "A normally distributed float, and the new state."
  @spec normal_s(number, number, term) :: {float, term}
  def normal_s(mean, variance, state) when 0 <= variance do
    {x, state} = normal_s(state)
    {mean + :math.sqrt(variance) * x, state}
  end

  defp signed(0, x), do: x
  defp signed(_, x), do: -x

  @normal_end 3.6541528853610088

  # Layer 0 goes on in the tail.
  defp normal_edge(0, sign, x0, state) do
    {u, state} = uniform_s(state)
    x = -1 / @normal_end * :math.log(u)
    {u, state} = uniform_s(state)
    y = -:math.log(u)

    if y + y > x * x do
      {signed(sign, @normal_end + x), state}
    else
      normal_edge(0, sign, x0, state)
    end
  end

  defp normal_edge(layer, sign, x, state) do
    below = :erlang.element(layer + 1, normal_f())
    above = :erlang.element(layer, normal_f())
    {u, state} = uniform_s(state)

    if (above - below) * u + below < :math.exp(-0.5 * x * x) do
      {signed(sign, x), state}
    else
      normal_s(state)
    end
  end

  ## Generators

  defp rotl58(x, n), do: (x <<< n &&& @mask58) ||| x >>> (58 - n)

  # Xorshift116: the new word.
  defp exs_word(s0, s1) do
    s1 = s1 &&& @mask58
    s1 = bxor(s1, s1 <<< 24 &&& @mask58)
    bxor(bxor(bxor(s1, s0), s1 >>> 11), s0 >>> 41)
  end

  @doc false
  def exsp_next([s1 | s0]) do
    s0 = s0 &&& @mask58
    new = exs_word(s0, s1)
    {s0 + new &&& @mask58, [s0 | new]}
  end

  defp exsss_next([s1 | s0]) do
    s0 = s0 &&& @mask58
    {scramble(s0), [s0 | exs_word(s0, s1)]}
  end

  # The "star star" scrambler: times 5, rotate by 7, times 9.
  defp scramble(s) do
    v = s + (s <<< 2) &&& @mask58
    v = rotl58(v, 7)
    v + (v <<< 3) &&& @mask58
  end

  defp exrop_next([s0 | s1]), do: {s0 + s1 &&& @mask58, exrop_state(s0, s1)}

  defp exrop_state(s0, s1) do
    x = bxor(s1, s0)
    [bxor(bxor(rotl58(s0, 24), x), x <<< 2 &&& @mask58) | rotl58(x, 35)]
  end

  @doc false
  def exro928_next({[_] = last, rest}), do: exro928_next({last ++ :lists.reverse(rest), []})

  def exro928_next({[_, s0 | _], _} = state) do
    {scramble(s0), exro928_next_state(state)}
  end

  @doc false
  def exro928_next_state({[s15, s0 | words], rest}) do
    q = bxor(s15, s0)
    new = bxor(bxor(rotl58(s0, 44), q), q <<< 9 &&& @mask58)
    {[rotl58(q, 45) | words], [new | rest]}
  end

  def exro928_next_state({[s15], rest}), do: exro928_next_state({[s15 | :lists.reverse(rest)], []})

  @doc false
  def exro928_seed(list), do: {list, []}

  defp exs1024_next({[s0, s1 | words], rest}) do
    x = bxor(s1, s1 <<< 31 &&& @mask64)
    x = bxor(x, x >>> 11)
    new = bxor(bxor(s0, s0 >>> 30), x)
    {new * 1_181_783_497_276_652_981 &&& @mask64, {[new | words], [s0 | rest]}}
  end

  defp exs1024_next({[last], rest}), do: exs1024_next({[last | :lists.reverse(rest)], []})

  defp exs64_next(r) do
    r = bxor(r, r >>> 12)
    r = bxor(r, r <<< 25 &&& @mask64)
    r = bxor(r, r >>> 27)
    {r * 2_685_821_657_736_338_717 &&& @mask64, r}
  end

  defp dummy_next(r), do: {r, bxor(r, @mask58)}

  ## Jumps

  @doc "Moves a state ahead by a large fixed number of steps."
  @spec jump(term) :: term
  def jump({%{type: type} = handler, r}) when type in [:exsss, :exsp, :exsplus] do
    {handler, exsp_jump(r)}
  end

  def jump({%{type: :exrop} = handler, r}) do
    step = fn [s0 | s1] -> exrop_state(s0, s1) end
    {handler, jump_pair(exrop_polynomial(), step, r, 0, 0)}
  end

  def jump({%{type: :exro928ss} = handler, r}), do: {handler, exro928_jump_2pow512(r)}

  def jump({%{type: type} = handler, r}) when type in [:exs1024, :exs1024s] do
    step = fn state -> elem(exs1024_next(state), 1) end
    {handler, jump_words(exs1024_polynomial(), step, r, :lists.duplicate(16, 0))}
  end

  def jump({%{}, _}), do: :erlang.error(:not_implemented)

  @doc false
  def exsp_jump(r) do
    step = fn state -> elem(exsp_next(state), 1) end
    jump_pair(exsp_polynomial(), step, r, 0, 0)
  end

  @doc false
  def exro928_jump_2pow512(r) do
    jump_words(exro928_polynomial_512(), &exro928_next_state/1, r, :lists.duplicate(16, 0))
  end

  @doc false
  def exro928_jump_2pow20(r) do
    jump_words(exro928_polynomial_20(), &exro928_next_state/1, r, :lists.duplicate(16, 0))
  end

  # The generators are linear, so 2^n steps are a polynomial in the single step; bit i of it says whether the state after i
  # steps takes part in the sum.
  defp jump_pair(0, _step, _state, a, b), do: [a | b]

  defp jump_pair(polynomial, step, [x | y] = state, a, b) do
    if (polynomial &&& 1) == 1 do
      jump_pair(polynomial >>> 1, step, step.(state), bxor(a, x), bxor(b, y))
    else
      jump_pair(polynomial >>> 1, step, step.(state), a, b)
    end
  end

  defp jump_words(0, _step, _state, sum), do: {sum, []}

  defp jump_words(polynomial, step, {words, rest} = state, sum) do
    sum =
      if (polynomial &&& 1) == 1 do
        :lists.zipwith(&bxor/2, sum, words ++ :lists.reverse(rest))
      else
        sum
      end

    jump_words(polynomial >>> 1, step, step.(state), sum)
  end

  ## Multiply with carry, for speed without a state tuple

  @doc "One step of a small generator; the state is the number."
  @spec mwc59(pos_integer) :: pos_integer
  def mwc59(cx), do: 0x7FA6502 * (cx &&& 0xFFFFFFFF) + (cx >>> 32)

  @doc "32 good bits of a state of `mwc59/1`."
  @spec mwc59_value32(pos_integer) :: non_neg_integer
  def mwc59_value32(cx) do
    x = cx &&& 0xFFFFFFFF
    bxor(x, x <<< 8 &&& 0xFFFFFFFF)
  end

  @doc "59 good bits of a state of `mwc59/1`."
  @spec mwc59_value(pos_integer) :: non_neg_integer
  def mwc59_value(cx) do
    x = bxor(cx, cx <<< 4 &&& 0x7FFFFFFFFFFFFFF)
    bxor(x, x <<< 27 &&& 0x7FFFFFFFFFFFFFF)
  end

  @doc "A float in `0.0 <= x < 1.0` from a state of `mwc59/1`."
  @spec mwc59_float(pos_integer) :: float
  def mwc59_float(cx), do: (mwc59_value(cx) &&& 0x1FFFFFFFFFFFFF) * @two_to_minus_53

  @doc "A random state for `mwc59/1`."
  @spec mwc59_seed :: pos_integer
  def mwc59_seed do
    {a1, a2, a3} = default_seed()
    x1 = hash58(a1)
    x2 = hash58(a2)
    x3 = hash58(a3)
    bxor(bxor(x1, x2), x3) + 1
  end

  @doc "A state for `mwc59/1` from an integer."
  @spec mwc59_seed(non_neg_integer) :: pos_integer
  def mwc59_seed(seed) when is_integer(seed) and seed >= 0 and seed <= @mask58 do
    hash58(seed) + 1
  end

  defp hash58(x) do
    x = x &&& @mask58
    x = bxor(x, x >>> 29) * 0x351AFD7ED558CCD &&& @mask58
    x = bxor(x, x >>> 29) * 0x0CEB9FE1A85EC53 &&& @mask58
    bxor(x, x >>> 29)
  end

  ## Tables

  defp exsp_polynomial, do: 0xD174A83E17DE2302F8EA6BC32C797

  defp exrop_polynomial, do: 0x9863200F83FCD4A11293241FCB12A

  defp exro928_polynomial_512 do
    :erlang.binary_to_integer(
      "00000000B10773CBE19F5FC1A1504ACD83F240C6007E76CEBCB3B7C4CC049C536E62A33CC2323831" <>
        "B45A3A8A3CEF3CC0F02F778573CF0F0A0657E19F00D4B3584DDD98EE4BE41E015AC26D5D20F9B49F" <>
        "A81B0090567FD9F0B83FE51A1EB3BE1910A1DE1D7D6813D2BA05381FDFD1490244085302F77130CA",
      16
    )
  end

  defp exro928_polynomial_20 do
    :erlang.binary_to_integer(
      "00000000CB3D181CA30BEBC15FEFCC78FF45EF33C82F3D48A480C5878C3549BD5BDEB1A5A90F2E6B" <>
        "06DF2EB1FEAF0FB690627C014098F4B6DC4D3AF15F8A4DFDC081A7BF148531FB8EBC73C700B8B091" <>
        "AF699C306D8E75664A426866BFAD3C77DA90F4A806C17E9E644807A56270CF78BDB966A3DAF905E6",
      16
    )
  end

  defp exs1024_polynomial do
    :erlang.binary_to_integer(
      "0000000000000000000000000000000000000000000000000000000000000000284600E3F30E38C3" <>
        "B99181F2D8F685CA047F7684E9FC949D0B5FC64563B3E2A87910C41D10A1E6A5691548C86C1BD540" <>
        "5EE975283D71C93BC4CB815590989B13AAC17D8EFA43CAB83659132BB12FEA70DC2D9891FE68C022" <>
        "2FFEEB0A48316F404489AFFCE4F31A1E5B34A39F070B5837A3C65B8776F9685584242F96ECA9C41D",
      16
    )
  end

  # Below k the point is under the curve for sure; with x the layer's right end, k is 2^51 times the quotient of neighbouring x.
  defp normal_k do
    {
      2104047571236786, 0, 1693657211986787, 1919380038271141, 2015384402196343, 2068365869448128,
      2101878624052573, 2124958784102998, 2141808670795147, 2154644611568301, 2164744887587275,
      2172897953696594, 2179616279372365, 2185247251868649, 2190034623107822, 2194154434521197,
      2197736978774660, 2200880740891961, 2203661538010620, 2206138681109102, 2208359231806599,
      2210361007258210, 2212174742388539, 2213825672704646, 2215334711002614, 2216719334487595,
      2217994262139172, 2219171977965032, 2220263139538712, 2221276900117330, 2222221164932930,
      2223102796829069, 2223927782546658, 2224701368170060, 2225428170204312, 2226112267248242,
      2226757276105256, 2227366415328399, 2227942558554684, 2228488279492521, 2229005890047222,
      2229497472775193, 2229964908627060, 2230409900758597, 2230833995044585, 2231238597816133,
      2231624991250191, 2231994346765928, 2232347736722750, 2232686144665934, 2233010474325959,
      2233321557544881, 2233620161276071, 2233906993781271, 2234182710130335, 2234447917093496,
      2234703177503020, 2234949014150181, 2235185913274316, 2235414327692884, 2235634679614920,
      2235847363174595, 2236052746716837, 2236251174862869, 2236442970379967, 2236628435876762,
      2236807855342765, 2236981495548562, 2237149607321147, 2237312426707209, 2237470176035652,
      2237623064889403, 2237771290995388, 2237915041040597, 2238054491421305, 2238189808931712,
      2238321151397660, 2238448668260432, 2238572501115169, 2238692784207942, 2238809644895133,
      2238923204068402, 2239033576548190, 2239140871448443, 2239245192514958, 2239346638439541,
      2239445303151952, 2239541276091442, 2239634642459498, 2239725483455293, 2239813876495186,
      2239899895417494, 2239983610673676, 2240065089506935, 2240144396119183, 2240221591827230,
      2240296735208969, 2240369882240293, 2240441086423386, 2240510398907004, 2240577868599305,
      2240643542273726, 2240707464668391, 2240769678579486, 2240830224948980, 2240889142947082,
      2240946470049769, 2241002242111691, 2241056493434746, 2241109256832602, 2241160563691400,
      2241210444026879, 2241258926538122, 2241306038658137, 2241351806601435, 2241396255408788,
      2241439408989313, 2241481290160038, 2241521920683062, 2241561321300462, 2241599511767028,
      2241636510880960, 2241672336512612, 2241707005631362, 2241740534330713, 2241772937851689,
      2241804230604585, 2241834426189161, 2241863537413311, 2241891576310281, 2241918554154466,
      2241944481475843, 2241969368073071, 2241993223025298, 2242016054702685, 2242037870775710,
      2242058678223225, 2242078483339331, 2242097291739040, 2242115108362774, 2242131937479672,
      2242147782689725, 2242162646924736, 2242176532448092, 2242189440853337, 2242201373061537,
      2242212329317416, 2242222309184237, 2242231311537397, 2242239334556717, 2242246375717369,
      2242252431779415, 2242257498775893, 2242261571999416, 2242264645987196, 2242266714504453,
      2242267770526109, 2242267806216711, 2242266812908462, 2242264781077289, 2242261700316818,
      2242257559310145, 2242252345799276, 2242246046552082, 2242238647326615, 2242230132832625,
      2242220486690076, 2242209691384458, 2242197728218684, 2242184577261310, 2242170217290819,
      2242154625735679, 2242137778609839, 2242119650443327, 2242100214207556, 2242079441234906,
      2242057301132135, 2242033761687079, 2242008788768107, 2241982346215682, 2241954395725356,
      2241924896721443, 2241893806220517, 2241861078683830, 2241826665857598, 2241790516600041,
      2241752576693881, 2241712788642916, 2241671091451078, 2241627420382235, 2241581706698773,
      2241533877376767, 2241483854795281, 2241431556397035, 2241376894317345, 2241319774977817,
      2241260098640860, 2241197758920538, 2241132642244704, 2241064627262652, 2240993584191742,
      2240919374095536, 2240841848084890, 2240760846432232, 2240676197587784, 2240587717084782,
      2240495206318753, 2240398451183567, 2240297220544165, 2240191264522612, 2240080312570155,
      2239964071293331, 2239842221996530, 2239714417896699, 2239580280957725, 2239439398282193,
      2239291317986196, 2239135544468203, 2238971532964979, 2238798683265269, 2238616332424351,
      2238423746288095, 2238220109591890, 2238004514345216, 2237775946143212, 2237533267957822,
      2237275200846753, 2237000300869952, 2236706931309099, 2236393229029147, 2236057063479501,
      2235695986373246, 2235307169458859, 2234887326941578, 2234432617919447, 2233938522519765,
      2233399683022677, 2232809697779198, 2232160850599817, 2231443750584641, 2230646845562170,
      2229755753817986, 2228752329126533, 2227613325162504, 2226308442121174, 2224797391720399,
      2223025347823832, 2220915633329809, 2218357446087030, 2215184158448668, 2211132412537369,
      2205758503851065, 2198248265654987, 2186916352102141, 2167562552481814, 2125549880839716
    }
  end

  # x / 2^51.
  defp normal_w do
    {
      1.736725412160263e-15, 9.558660351455634e-17, 1.2708704834810623e-16, 1.4909740962495474e-16,
      1.6658733631586268e-16, 1.8136120810119029e-16, 1.9429720153135588e-16,
      2.0589500628482093e-16, 2.1646860576895422e-16, 2.2622940392218116e-16, 2.353271891404589e-16,
      2.438723455742877e-16, 2.5194879829274225e-16, 2.5962199772528103e-16, 2.6694407473648285e-16,
      2.7395729685142446e-16, 2.8069646002484804e-16, 2.871905890411393e-16, 2.9346417484728883e-16,
      2.9953809336782113e-16, 3.054303000719244e-16, 3.111563633892157e-16, 3.1672988018581815e-16,
      3.2216280350549905e-16, 3.274657040793975e-16, 3.326479811684171e-16, 3.377180341735323e-16,
      3.4268340353119356e-16, 3.475508873172976e-16, 3.523266384600203e-16, 3.5701624633953494e-16,
      3.616248057159834e-16, 3.661569752965354e-16, 3.7061702777236077e-16, 3.75008892787478e-16,
      3.7933619401549554e-16, 3.836022812967728e-16, 3.8781025861250247e-16, 3.919630085325768e-16,
      3.9606321366256378e-16, 4.001133755254669e-16, 4.041158312414333e-16, 4.080727683096045e-16,
      4.119862377480744e-16, 4.1585816580828064e-16, 4.1969036444740733e-16, 4.234845407152071e-16,
      4.272423051889976e-16, 4.309651795716294e-16, 4.346546035512876e-16, 4.383119410085457e-16,
      4.4193848564470665e-16, 4.455354660957914e-16, 4.491040505882875e-16, 4.52645351185714e-16,
      4.561604276690038e-16, 4.596502910884941e-16, 4.631159070208165e-16, 4.665581985600875e-16,
      4.699780490694195e-16, 4.733763047158324e-16, 4.767537768090853e-16, 4.8011124396270155e-16,
      4.834494540935008e-16, 4.867691262742209e-16, 4.900709524522994e-16, 4.933555990465414e-16,
      4.966237084322178e-16, 4.998759003240909e-16, 5.031127730659319e-16, 5.0633490483427195e-16,
      5.095428547633892e-16, 5.127371639978797e-16, 5.159183566785736e-16, 5.190869408670343e-16,
      5.222434094134042e-16, 5.253882407719454e-16, 5.285218997682382e-16, 5.316448383216618e-16,
      5.34757496126473e-16, 5.378603012945235e-16, 5.409536709623993e-16, 5.440380118655467e-16,
      5.471137208817361e-16, 5.501811855460336e-16, 5.532407845392784e-16, 5.56292888151909e-16,
      5.593378587248462e-16, 5.623760510690043e-16, 5.65407812864896e-16, 5.684334850436814e-16,
      5.714534021509204e-16, 5.744678926941961e-16, 5.774772794756965e-16, 5.804818799107686e-16,
      5.834820063333892e-16, 5.864779662894365e-16, 5.894700628185872e-16, 5.924585947256134e-16,
      5.95443856841806e-16, 5.984261402772028e-16, 6.014057326642664e-16, 6.043829183936125e-16,
      6.073579788423606e-16, 6.103311925956439e-16, 6.133028356617911e-16, 6.162731816816596e-16,
      6.192425021325847e-16, 6.222110665273788e-16, 6.251791426088e-16, 6.281469965398895e-16,
      6.311148930905604e-16, 6.34083095820806e-16, 6.370518672608815e-16, 6.400214690888025e-16,
      6.429921623054896e-16, 6.459642074078832e-16, 6.489378645603397e-16, 6.519133937646159e-16,
      6.548910550287415e-16, 6.578711085350741e-16, 6.608538148078259e-16, 6.638394348803506e-16,
      6.668282304624746e-16, 6.698204641081558e-16, 6.728163993837531e-16, 6.758163010371901e-16,
      6.78820435168298e-16, 6.818290694006254e-16, 6.848424730550038e-16, 6.878609173251664e-16,
      6.908846754557169e-16, 6.939140229227569e-16, 6.969492376174829e-16, 6.999906000330764e-16,
      7.030383934552151e-16, 7.060929041565482e-16, 7.091544215954873e-16, 7.122232386196779e-16,
      7.152996516745303e-16, 7.183839610172063e-16, 7.214764709364707e-16, 7.245774899788387e-16,
      7.276873311814693e-16, 7.308063123122743e-16, 7.339347561177405e-16, 7.370729905789831e-16,
      7.4022134917658e-16, 7.433801711647648e-16, 7.465498018555889e-16, 7.497305929136979e-16,
      7.529229026624058e-16, 7.561270964017922e-16, 7.5934354673958895e-16, 7.625726339356756e-16,
      7.658147462610487e-16, 7.690702803721919e-16, 7.723396417018299e-16, 7.756232448671174e-16,
      7.789215140963852e-16, 7.822348836756411e-16, 7.855637984161084e-16, 7.889087141441755e-16,
      7.922700982152271e-16, 7.956484300529366e-16, 7.99044201715713e-16, 8.024579184921259e-16,
      8.058900995272657e-16, 8.093412784821501e-16, 8.128120042284501e-16, 8.163028415809877e-16,
      8.198143720706533e-16, 8.23347194760605e-16, 8.26901927108847e-16, 8.304792058805374e-16,
      8.340796881136629e-16, 8.377040521420222e-16, 8.413529986798028e-16, 8.450272519724097e-16,
      8.487275610186155e-16, 8.524547008695596e-16, 8.562094740106233e-16, 8.599927118327665e-16,
      8.638052762005259e-16, 8.676480611245582e-16, 8.715219945473698e-16, 8.754280402517175e-16,
      8.793671999021043e-16, 8.833405152308408e-16, 8.873490703813135e-16, 8.913939944224086e-16,
      8.954764640495068e-16, 8.9959770648911e-16, 9.037590026260118e-16, 9.079616903740068e-16,
      9.122071683134846e-16, 9.164968996219135e-16, 9.208324163262308e-16, 9.252153239095693e-16,
      9.296473063086417e-16, 9.341301313425265e-16, 9.38665656618666e-16, 9.432558359676707e-16,
      9.479027264651738e-16, 9.526084961066279e-16, 9.57375432209745e-16, 9.622059506294838e-16,
      9.671026058823054e-16, 9.720681022901626e-16, 9.771053062707209e-16, 9.822172599190541e-16,
      9.874071960480671e-16, 9.926785548807976e-16, 9.980350026183645e-16, 1.003480452143618e-15,
      1.0090190861637457e-15, 1.0146553831467086e-15, 1.0203941464683124e-15,
      1.0262405372613567e-15, 1.0322001115486456e-15, 1.03827886235154e-15, 1.044483267600047e-15,
      1.0508203448355195e-15, 1.057297713900989e-15, 1.06392366906768e-15, 1.0707072623632994e-15,
      1.0776584002668106e-15, 1.0847879564403425e-15, 1.0921079038149563e-15,
      1.0996314701785628e-15, 1.1073733224935752e-15, 1.1153497865853155e-15,
      1.1235791107110833e-15, 1.1320817840164846e-15, 1.140880924258278e-15, 1.1500027537839792e-15,
      1.159477189144919e-15, 1.169338578691096e-15, 1.17962663529558e-15, 1.190387629928289e-15,
      1.2016759392543819e-15, 1.2135560818666897e-15, 1.2261054417450561e-15,
      1.2394179789163251e-15, 1.2536093926602567e-15, 1.268824481425501e-15, 1.2852479319096109e-15,
      1.3031206634689985e-15, 1.3227655770195326e-15, 1.3446300925011171e-15,
      1.3693606835128518e-15, 1.397943667277524e-15, 1.4319989869661328e-15, 1.4744848603597596e-15,
      1.5317872741611144e-15, 1.6227698675312968e-15
    }
  end

  # exp(-x*x / 2).
  defp normal_f do
    {
      1.0, 0.9771017012676708, 0.959879091800106, 0.9451989534422991, 0.9320600759592299,
      0.9199915050393465, 0.9087264400521303, 0.898095921898343, 0.8879846607558328,
      0.8783096558089168, 0.8690086880368565, 0.8600336211963311, 0.8513462584586775,
      0.8429156531122037, 0.834716292986883, 0.8267268339462209, 0.8189291916037019,
      0.8113078743126557, 0.8038494831709638, 0.7965423304229584, 0.789376143566024,
      0.782341832654802, 0.7754313049811866, 0.7686373157984857, 0.7619533468367948,
      0.7553735065070957, 0.7488924472191564, 0.7425052963401506, 0.7362075981268621,
      0.7299952645614757, 0.7238645334686297, 0.7178119326307215, 0.711834248878248,
      0.7059285013327538, 0.7000919181365112, 0.6943219161261163, 0.6886160830046714,
      0.6829721616449943, 0.6773880362187731, 0.6718617198970817, 0.6663913439087498,
      0.6609751477766628, 0.6556114705796969, 0.6502987431108164, 0.645035480820822,
      0.6398202774530561, 0.6346517992876233, 0.6295287799248362, 0.6244500155470261,
      0.619414360605834, 0.6144207238889134, 0.6094680649257731, 0.6045553906974673,
      0.5996817526191248, 0.5948462437679869, 0.5900479963328255, 0.5852861792633709,
      0.5805599961007903, 0.5758686829723532, 0.5712115067352527, 0.5665877632561639,
      0.5619967758145239, 0.5574378936187655, 0.5529104904258318, 0.5484139632552654,
      0.5439477311900258, 0.5395112342569516, 0.5351039323804572, 0.5307253044036615,
      0.526374847171684, 0.5220520746723214, 0.5177565172297559, 0.5134877207473265,
      0.5092452459957476, 0.5050286679434679, 0.5008375751261483, 0.4966715690524893,
      0.49253026364386815, 0.4884132847054576, 0.4843202694266829, 0.4802508659090464,
      0.4762047327195055, 0.47218153846772976, 0.4681809614056932, 0.4642026890481739,
      0.4602464178128425, 0.4563118526787161, 0.45239870686184824, 0.44850670150720273,
      0.4446355653957391, 0.44078503466580377, 0.43695485254798533, 0.4331447691126521,
      0.42935454102944126, 0.4255839313380218, 0.42183270922949573, 0.41810064983784795,
      0.4143875340408909, 0.410693148270188, 0.40701728432947315, 0.4033597392211143,
      0.399720314980197, 0.39609881851583223, 0.3924950614593154, 0.38890886001878855,
      0.38534003484007706, 0.38178841087339344, 0.37825381724561896, 0.37473608713789086,
      0.3712350576682392, 0.36775056977903225, 0.3642824681290037, 0.36083060098964775,
      0.3573948201457802, 0.35397498080007656, 0.3505709414814059, 0.3471825639567935,
      0.34380971314685055, 0.34045225704452164, 0.3371100666370059, 0.33378301583071823,
      0.3304709813791634, 0.3271738428136013, 0.32389148237639104, 0.3206237849569053,
      0.3173706380299135, 0.31413193159633707, 0.31090755812628634, 0.3076974125042919,
      0.3045013919766498, 0.3013193961008029, 0.2981513266966853, 0.29499708779996164,
      0.291856585617095, 0.2887297284821827, 0.2856164268155016, 0.2825165930837074,
      0.2794301417616377, 0.2763569892956681, 0.2732970540685769, 0.2702502563658752,
      0.26721651834356114, 0.2641957639972608, 0.2611879191327208, 0.2581929113376189,
      0.2552106699546617, 0.2522411260559419, 0.24928421241852824, 0.24633986350126363,
      0.24340801542275012, 0.2404886059405004, 0.23758157443123795, 0.2346868618723299,
      0.23180441082433859, 0.22893416541468023, 0.2260760713223802, 0.22323007576391746,
      0.22039612748015194, 0.21757417672433113, 0.21476417525117358, 0.21196607630703015,
      0.209179834621125, 0.20640540639788071, 0.20364274931033485, 0.20089182249465656,
      0.1981525865457751, 0.19542500351413428, 0.19270903690358912, 0.19000465167046496,
      0.18731181422380025, 0.18463049242679927, 0.18196065559952254, 0.17930227452284767,
      0.176655321443735, 0.17401977008183875, 0.17139559563750595, 0.1687827748012115,
      0.16618128576448205, 0.1635911082323657, 0.16101222343751107, 0.1584446141559243,
      0.1558882647244792, 0.15334316106026283, 0.15080929068184568, 0.14828664273257453,
      0.14577520800599403, 0.1432749789735134, 0.1407859498144447, 0.1383081164485507,
      0.13584147657125373, 0.13338602969166913, 0.1309417771736443, 0.12850872227999952,
      0.12608687022018586, 0.12367622820159654, 0.12127680548479021, 0.11888861344290998,
      0.1165116656256108, 0.11414597782783835, 0.111791568163838, 0.10944845714681163,
      0.10711666777468364, 0.1047962256224869, 0.10248715894193508, 0.10018949876880981,
      0.09790327903886228, 0.09562853671300882, 0.09336531191269086, 0.09111364806637363,
      0.08887359206827579, 0.08664519445055796, 0.08442850957035337, 0.08222359581320286,
      0.08003051581466306, 0.07784933670209604, 0.07568013035892707, 0.07352297371398127,
      0.07137794905889037, 0.06924514439700677, 0.0671246538277885, 0.06501657797124284,
      0.06292102443775811, 0.060838108349539864, 0.05876795292093376, 0.0567106901062029,
      0.054666461324888914, 0.052635418276792176, 0.05061772386094776, 0.04861355321586852,
      0.04662309490193037, 0.04464655225129444, 0.04268414491647443, 0.04073611065594093,
      0.03880270740452611, 0.036884215688567284, 0.034980941461716084, 0.03309321945857852,
      0.031221417191920245, 0.029365939758133314, 0.027527235669603082, 0.025705804008548896,
      0.023902203305795882, 0.022117062707308864, 0.020351096230044517, 0.018605121275724643,
      0.016880083152543166, 0.015177088307935325, 0.01349745060173988, 0.011842757857907888,
      0.010214971439701471, 0.008616582769398732, 0.007050875471373227, 0.005522403299250997,
      0.0040379725933630305, 0.0026090727461021627, 0.0012602859304985975
    }
  end
end
