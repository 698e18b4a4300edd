// :crypto: digests, message authentication, key derivation, ciphers and random bytes.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "vm/term/off_heap.h"
#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/process/system.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

struct DigestRow {
  std::string_view name;
  const EVP_MD* (*make)();
};
constexpr DigestRow kDigests[] = {
    {"sha256", EVP_sha256}, {"sha", EVP_sha1}, {"md5", EVP_md5}, {"sha512", EVP_sha512}, {"sha384", EVP_sha384},
    {"sha224", EVP_sha224}, {"sha3_224", EVP_sha3_224}, {"sha3_256", EVP_sha3_256}, {"sha3_384", EVP_sha3_384},
    {"sha3_512", EVP_sha3_512}, {"blake2b", EVP_blake2b512}, {"blake2s", EVP_blake2s256}, {"ripemd160", EVP_ripemd160},
    {"sm3", EVP_sm3},
};

const EVP_MD* digest_of(Process& p, Term name) {
  if (!name.is_atom()) return nullptr;
  std::string_view text = p.atoms().text(name);
  for (const DigestRow& row : kDigests) {
    if (row.name == text) return row.make();
  }
  return nullptr;
}

/// {reason, {file, line}, text}, as :crypto raises it: an ErlangError.
Term crypto_error(Process& p, std::string_view reason, std::string_view text) {
  Term place = make_tuple(p.heap, {make_binary(p.heap, "crypto"), Term::fixnum(0)});
  Term kind = p.atoms().intern(reason);
  Term list = Term::nil_list();
  for (size_t i = text.size(); i-- > 0;) list = make_cons(p.heap, Term::fixnum(static_cast<unsigned char>(text[i])), list);
  return p.raise_error(make_tuple(p.heap, {kind, place, list}));
}

bool iodata(Term t, std::string& out) { return (t.is_list() || is_binary(t)) && append_iodata(t, out); }

Term bytes_term(Process& p, const unsigned char* bytes, size_t size) {
  return make_binary(p.heap, {reinterpret_cast<const char*>(bytes), size});
}

const unsigned char* octets(const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); }

/// A digest under way. It never changes: updating makes another.
class HashState final : public Resource {
 public:
  HashState() : context(EVP_MD_CTX_new()) {}
  ~HashState() override { EVP_MD_CTX_free(context); }
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "hash_state"; }
  size_t bytes() const override { return 512; }
  EVP_MD_CTX* context;
};
const char HashState::kType = 0;

HashState* hash_state(Term t) {
  if (!t.is_kind(Kind::Resource)) return nullptr;
  Resource* r = resource_of(t);
  return r->type() == &HashState::kType ? static_cast<HashState*>(r) : nullptr;
}

Term new_state(Process& p, HashState* state) {
  state->number = next_reference_id(p);
  return make_resource(p.heap, state);
}

Term digest(Process& p, const EVP_MD* md, Term input) {
  std::string bytes;
  if (!iodata(input, bytes)) return p.raise_badarg();
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out, &size, md, nullptr) != 1) return crypto_error(p, "error", "Digest failed");
  p.charge(static_cast<int64_t>(bytes.size() / 32));
  return bytes_term(p, out, size);
}

Term init_state(Process& p, const EVP_MD* md) {
  auto* state = new HashState;
  Term t = new_state(p, state);
  if (EVP_DigestInit_ex(state->context, md, nullptr) != 1) return crypto_error(p, "error", "Digest failed");
  return t;
}

}  // namespace

Term erlang_md5(Process& p, Term* a) { return digest(p, EVP_md5(), a[0]); }
Term erlang_md5_init(Process& p, Term*) { return init_state(p, EVP_md5()); }

Term crypto_hash(Process& p, Term* a) {
  const EVP_MD* md = digest_of(p, a[0]);
  return md == nullptr ? crypto_error(p, "badarg", "Bad digest type") : digest(p, md, a[1]);
}

Term crypto_hash_init(Process& p, Term* a) {
  const EVP_MD* md = digest_of(p, a[0]);
  return md == nullptr ? crypto_error(p, "badarg", "Bad digest type") : init_state(p, md);
}

Term crypto_hash_update(Process& p, Term* a) {
  HashState* old = hash_state(a[0]);
  std::string bytes;
  if (old == nullptr || !iodata(a[1], bytes)) return p.raise_badarg();
  auto* state = new HashState;
  Term t = new_state(p, state);
  if (EVP_MD_CTX_copy_ex(state->context, old->context) != 1 ||
      EVP_DigestUpdate(state->context, bytes.data(), bytes.size()) != 1) {
    return crypto_error(p, "error", "Digest update failed");
  }
  p.charge(static_cast<int64_t>(bytes.size() / 32));
  return t;
}

Term crypto_hash_final(Process& p, Term* a) {
  HashState* old = hash_state(a[0]);
  if (old == nullptr) return p.raise_badarg();
  HashState copy;
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_MD_CTX_copy_ex(copy.context, old->context) != 1 || EVP_DigestFinal_ex(copy.context, out, &size) != 1) {
    return crypto_error(p, "error", "Digest final failed");
  }
  return bytes_term(p, out, size);
}

/// :crypto.mac(:hmac, digest, key, data)
Term crypto_mac(Process& p, Term* a) {
  if (!a[0].is_atom() || p.atoms().text(a[0]) != "hmac") return crypto_error(p, "badarg", "Unknown mac algorithm");
  const EVP_MD* md = digest_of(p, a[1]);
  if (md == nullptr) return crypto_error(p, "badarg", "Bad digest algorithm for HMAC");
  std::string key, bytes;
  if (!iodata(a[2], key) || !iodata(a[3], bytes)) return p.raise_badarg();
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(md, key.data(), static_cast<int>(key.size()), octets(bytes), bytes.size(), out, &size) == nullptr) {
    return crypto_error(p, "error", "HMAC failed");
  }
  p.charge(static_cast<int64_t>(bytes.size() / 32));
  return bytes_term(p, out, size);
}

/// digest, password, salt, rounds, length
Term crypto_pbkdf2(Process& p, Term* a) {
  const EVP_MD* md = digest_of(p, a[0]);
  if (md == nullptr) return crypto_error(p, "badarg", "Bad digest type");
  std::string password, salt;
  if (!iodata(a[1], password) || !iodata(a[2], salt) || !a[3].is_fixnum() || !a[4].is_fixnum() || a[3].as_fixnum() < 1 ||
      a[4].as_fixnum() < 1 || a[3].as_fixnum() > INT32_MAX || a[4].as_fixnum() > (1 << 20)) {
    return p.raise_badarg();
  }
  std::string out(static_cast<size_t>(a[4].as_fixnum()), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(salt), static_cast<int>(salt.size()),
                    static_cast<int>(a[3].as_fixnum()), md, static_cast<int>(out.size()),
                    reinterpret_cast<unsigned char*>(out.data()));
  p.charge(a[3].as_fixnum());
  return make_binary(p.heap, out);
}

Term crypto_strong_rand_bytes(Process& p, Term* a) {
  if (!a[0].is_fixnum() || a[0].as_fixnum() < 0 || a[0].as_fixnum() > (int64_t{1} << 30)) return p.raise_badarg();
  std::string out(static_cast<size_t>(a[0].as_fixnum()), '\0');
  for (size_t i = 0; i < out.size(); i += 8) {
    // The environment is the door for chance, so that a replayed run sees the same bytes.
    uint64_t word = p.system->environment.entropy();
    for (size_t k = 0; k < 8 && i + k < out.size(); ++k) out[i + k] = static_cast<char>(word >> (8 * k));
  }
  p.charge(static_cast<int64_t>(out.size() / 8));
  return make_binary(p.heap, out);
}

Term crypto_hash_equals(Process& p, Term* a) {
  if (!is_binary(a[0]) || !is_binary(a[1])) return p.raise_badarg();
  std::string x, y;
  std::string_view left = binary_bytes(a[0], x), right = binary_bytes(a[1], y);
  if (left.size() != right.size()) return p.raise_badarg();
  return boolean(CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

Term crypto_exor(Process& p, Term* a) {
  std::string x, y;
  if (!iodata(a[0], x) || !iodata(a[1], y) || x.size() != y.size()) return p.raise_badarg();
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<char>(x[i] ^ y[i]);
  return make_binary(p.heap, x);
}

namespace {

struct CipherContext {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  ~CipherContext() { EVP_CIPHER_CTX_free(context); }
};

/// An OpenSSL cipher by its OTP name (aes_256_cbc -> AES-256-CBC).
const EVP_CIPHER* cipher_of(Process& p, Term name) {
  if (!name.is_atom()) return nullptr;
  std::string text(p.atoms().text(name));
  if (text == "chacha20_poly1305") return EVP_chacha20_poly1305();
  if (text == "chacha20") return EVP_chacha20();
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(toupper(c));
  return EVP_get_cipherbyname(text.c_str());
}

}  // namespace

/// cipher, key, iv, data, encrypt?, padding? -> bytes
Term crypto_cipher(Process& p, Term* a) {
  const EVP_CIPHER* cipher = cipher_of(p, a[0]);
  if (cipher == nullptr) return crypto_error(p, "badarg", "Unknown cipher");
  std::string key, iv, in;
  if (!iodata(a[1], key) || !iodata(a[2], iv) || !iodata(a[3], in)) return p.raise_badarg();
  if (static_cast<int>(key.size()) != EVP_CIPHER_get_key_length(cipher)) return crypto_error(p, "badarg", "Bad key size");
  if (static_cast<int>(iv.size()) != EVP_CIPHER_get_iv_length(cipher)) return crypto_error(p, "badarg", "Bad iv size");
  CipherContext c;
  std::string out(in.size() + 64, '\0');
  int encrypt = a[4] == atoms::true_, size = 0, rest = 0;
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  bool ok = EVP_CipherInit_ex(c.context, cipher, nullptr, octets(key), octets(iv), encrypt) == 1;
  EVP_CIPHER_CTX_set_padding(c.context, a[5] == atoms::true_);
  ok = ok && EVP_CipherUpdate(c.context, to, &size, octets(in), static_cast<int>(in.size())) == 1;
  // Without padding OTP leaves an incomplete last block out.
  if (ok && EVP_CipherFinal_ex(c.context, to + size, &rest) != 1) {
    if (a[5] == atoms::true_) return crypto_error(p, "error", "Can't finalize");
    rest = 0;
  }
  if (!ok) return crypto_error(p, "error", "Cipher failed");
  p.charge(static_cast<int64_t>(in.size() / 32));
  return make_binary(p.heap, std::string_view(out.data(), static_cast<size_t>(size + rest)));
}

/// cipher, key, iv, data, associated data, tag (or its length), encrypt?, _ -> {bytes, tag} | bytes | :error
Term crypto_aead(Process& p, Term* a) {
  const EVP_CIPHER* cipher = cipher_of(p, a[0]);
  if (cipher == nullptr) return crypto_error(p, "badarg", "Unknown cipher");
  std::string key, iv, in, aad, tag;
  bool encrypt = a[6] == atoms::true_;
  if (!iodata(a[1], key) || !iodata(a[2], iv) || !iodata(a[3], in) || !iodata(a[4], aad)) return p.raise_badarg();
  if (encrypt) {
    if (!a[5].is_fixnum() || a[5].as_fixnum() < 1 || a[5].as_fixnum() > 16) return p.raise_badarg();
    tag.resize(static_cast<size_t>(a[5].as_fixnum()));
  } else if (!iodata(a[5], tag)) {
    return p.raise_badarg();
  }
  if (static_cast<int>(key.size()) != EVP_CIPHER_get_key_length(cipher)) return crypto_error(p, "badarg", "Bad key size");
  CipherContext c;
  std::string out(in.size() + 16, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0, rest = 0, ignored = 0;
  bool ok = EVP_CipherInit_ex(c.context, cipher, nullptr, nullptr, nullptr, encrypt) == 1 &&
            EVP_CIPHER_CTX_ctrl(c.context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr) == 1 &&
            EVP_CipherInit_ex(c.context, nullptr, nullptr, octets(key), octets(iv), encrypt) == 1;
  if (ok && !encrypt) ok = EVP_CIPHER_CTX_ctrl(c.context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
  if (ok && !aad.empty()) ok = EVP_CipherUpdate(c.context, nullptr, &ignored, octets(aad), static_cast<int>(aad.size())) == 1;
  ok = ok && EVP_CipherUpdate(c.context, to, &size, octets(in), static_cast<int>(in.size())) == 1;
  if (!ok) return crypto_error(p, "error", "Cipher failed");
  if (EVP_CipherFinal_ex(c.context, to + size, &rest) != 1) return atoms::error;
  Term bytes = make_binary(p.heap, std::string_view(out.data(), static_cast<size_t>(size + rest)));
  if (!encrypt) return bytes;
  EVP_CIPHER_CTX_ctrl(c.context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data());
  return make_tuple(p.heap, {bytes, make_binary(p.heap, tag)});
}

}  // namespace phial::natives
