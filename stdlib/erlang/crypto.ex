defmodule :crypto do
  @moduledoc """
  Digests, message authentication, ciphers and random bytes. The work is done by OpenSSL in natives.

      iex> Base.encode16(:crypto.hash(:sha, "abc"), case: :lower)
      "a9993e364706816aba3e25717850c26c9cd0d89d"
  """

  @hashes [
    :sha,
    :sha224,
    :sha256,
    :sha384,
    :sha512,
    :sha3_224,
    :sha3_256,
    :sha3_384,
    :sha3_512,
    :blake2b,
    :blake2s,
    :md5,
    :ripemd160
  ]

  @block %{
    md5: 64,
    sha: 64,
    sha224: 64,
    sha256: 64,
    sha384: 128,
    sha512: 128,
    sha3_224: 144,
    sha3_256: 136,
    sha3_384: 104,
    sha3_512: 72,
    blake2b: 128,
    blake2s: 64,
    ripemd160: 64
  }

  def start, do: :ok
  def stop, do: :ok

  @doc "What there is: `:hashs`, `:ciphers`, `:macs`."
  @spec supports() :: [{atom, [atom]}]
  def supports, do: [hashs: supports(:hashs), ciphers: supports(:ciphers), macs: supports(:macs)]

  def supports(:hashs), do: @hashes
  def supports(:macs), do: [:hmac]

  def supports(:ciphers) do
    for(mode <- [:cbc, :ecb, :ctr, :cfb128], bits <- [128, 192, 256], do: cipher_name(bits, mode)) ++
      [:aes_128_gcm, :aes_192_gcm, :aes_256_gcm, :chacha20, :chacha20_poly1305]
  end

  def supports(_), do: []

  defp cipher_name(bits, mode), do: :erlang.binary_to_atom("aes_#{bits}_#{mode}")

  @doc "Sizes of a digest."
  @spec hash_info(atom) :: %{size: integer, block_size: integer, type: integer}
  def hash_info(type), do: %{size: byte_size(:crypto.hash(type, "")), block_size: Map.fetch!(@block, type), type: 0}

  # Message authentication. A :hmac under way keeps what it has seen.

  @spec mac(:hmac | :poly1305, iodata, iodata) :: binary
  def mac(type, key, data), do: :crypto.mac(type, :undefined, key, data)

  @spec macN(:hmac, atom, iodata, iodata, pos_integer) :: binary
  def macN(type, subtype, key, data, length) do
    mac = :crypto.mac(type, subtype, key, data)
    binary_part(mac, 0, min(length, byte_size(mac)))
  end

  @spec mac_init(:hmac, atom, iodata) :: tuple
  def mac_init(:hmac, digest, key) do
    key = :erlang.iolist_to_binary(key)
    block = Map.fetch!(@block, digest)
    key = if byte_size(key) > block, do: :crypto.hash(digest, key), else: key
    key = key <> :binary.copy(<<0>>, block - byte_size(key))
    inner = digest |> :crypto.hash_init() |> :crypto.hash_update(:crypto.exor(key, :binary.copy(<<0x36>>, block)))
    {:hmac_state, digest, :crypto.exor(key, :binary.copy(<<0x5C>>, block)), inner}
  end

  @spec mac_update(tuple, iodata) :: tuple
  def mac_update({:hmac_state, digest, outer, inner}, data) do
    {:hmac_state, digest, outer, :crypto.hash_update(inner, data)}
  end

  @spec mac_final(tuple) :: binary
  def mac_final({:hmac_state, digest, outer, inner}), do: :crypto.hash(digest, [outer, :crypto.hash_final(inner)])

  @spec mac_finalN(tuple, pos_integer) :: binary
  def mac_finalN(state, length) do
    mac = mac_final(state)
    binary_part(mac, 0, min(length, byte_size(mac)))
  end

  # Ciphers.

  @doc "Encrypts (or decrypts) all of `data`. The last argument is `true` to encrypt, or a list of options."
  @spec crypto_one_time(atom, iodata, iodata, boolean | keyword) :: binary
  def crypto_one_time(cipher, key, data, flag_or_options), do: crypto_one_time(cipher, key, "", data, flag_or_options)

  @spec crypto_one_time(atom, iodata, iodata, iodata, boolean | keyword) :: binary
  def crypto_one_time(cipher, key, iv, data, encrypt?) when is_boolean(encrypt?) do
    :phial_crypto.cipher(cipher, key, iv, data, encrypt?, false)
  end

  def crypto_one_time(cipher, key, iv, data, options) do
    encrypt? = Keyword.get(options, :encrypt, true)

    case Keyword.get(options, :padding, :undefined) do
      :pkcs_padding ->
        :phial_crypto.cipher(cipher, key, iv, data, encrypt?, true)

      :zero ->
        data = :erlang.iolist_to_binary(data)
        rest = rem(byte_size(data), 16)
        data = if encrypt? and rest > 0, do: data <> :binary.copy(<<0>>, 16 - rest), else: data
        :phial_crypto.cipher(cipher, key, iv, data, encrypt?, false)

      _ ->
        :phial_crypto.cipher(cipher, key, iv, data, encrypt?, false)
    end
  end

  @doc "Encrypts and authenticates, or the other way round: `{bytes, tag}`, bytes, or `:error`."
  @spec crypto_one_time_aead(atom, iodata, iodata, iodata, iodata, boolean) :: {binary, binary} | binary | :error
  def crypto_one_time_aead(cipher, key, iv, data, aad, true), do: crypto_one_time_aead(cipher, key, iv, data, aad, 16, true)

  def crypto_one_time_aead(cipher, key, iv, data, aad, tag_or_length, encrypt?) do
    :phial_crypto.aead(cipher, key, iv, data, aad, tag_or_length, encrypt?, nil)
  end

  # Numbers.

  @doc "A random number `low <= n < high`."
  @spec rand_uniform(integer, integer) :: integer
  def rand_uniform(low, high) when low < high do
    range = high - low
    bytes = div(byte_size(:binary.encode_unsigned(range)) + 8, 1)
    low + rem(:binary.decode_unsigned(:crypto.strong_rand_bytes(bytes)), range)
  end

  @doc "`base` to the power of `exponent`, modulo `modulus`, as bytes."
  @spec mod_pow(integer | binary, integer | binary, integer | binary) :: binary
  def mod_pow(base, exponent, modulus) do
    :binary.encode_unsigned(power(integer(base), integer(exponent), integer(modulus), 1))
  end

  defp power(_base, 0, modulus, result), do: rem(result, modulus)

  defp power(base, exponent, modulus, result) do
    result = if rem(exponent, 2) == 1, do: rem(result * base, modulus), else: result
    power(rem(base * base, modulus), div(exponent, 2), modulus, result)
  end

  defp integer(n) when is_integer(n), do: n
  defp integer(bytes), do: :binary.decode_unsigned(bytes)

  @spec bytes_to_integer(binary) :: integer
  def bytes_to_integer(bytes), do: :binary.decode_unsigned(bytes)

  @doc "Seeds `:rand` of this process from random bytes."
  @spec rand_seed() :: term
  def rand_seed do
    <<a::32, b::32, c::32>> = :crypto.strong_rand_bytes(12)
    :rand.seed(:exsss, {a, b, c})
  end

  def rand_seed(_seed), do: rand_seed()

  def rand_seed_s do
    <<a::32, b::32, c::32>> = :crypto.strong_rand_bytes(12)
    :rand.seed_s(:exsss, {a, b, c})
  end

  def info_lib, do: [{"OpenSSL", 0x30000000, "OpenSSL 3"}]
  def version, do: ~c"5.1.2"
end
