#include <bit>
#include <utility>
#include <vector>

#include "vm/term/off_heap.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/external.h"
#include "vm/term/external_tags.h"
#include "vm/term/float.h"
#include "vm/term/identity.h"
#include "vm/term/map.h"

namespace phial {

using namespace external;

namespace {

constexpr size_t kMaxStringLength = 65535;

class Encoder {
 public:
  Encoder(const ExternalContext& context, const ExternalOptions& options, std::string& out)
      : context_(context), options_(options), out_(out) {}

  bool run(Term term) {
    if (!options_.skip_version) byte(kVersion);
    push_term(term);
    while (!pending_.empty()) {
      Pending& next = pending_.back();
      switch (next.kind) {
        case Pending::One: {
          Term t = next.term;
          pending_.pop_back();
          if (!encode(t)) return false;
          break;
        }
        case Pending::Words: {
          Term t = Term::from_bits(*next.words++);
          if (--next.count == 0) pending_.pop_back();
          if (!encode(t)) return false;
          break;
        }
        case Pending::Cells: {
          Term cell = next.term;
          // The tail, whatever ends the list, is encoded like an element.
          if (cell.tail().is_cons())
            next.term = cell.tail();
          else
            next = {Pending::One, cell.tail(), nullptr, 0};
          if (!encode(cell.head())) return false;
          break;
        }
        case Pending::FunSize: {
          size_t at = next.count;
          pending_.pop_back();
          put32(out_.data() + at, static_cast<uint32_t>(out_.size() - at));
          break;
        }
      }
    }
    return true;
  }

 private:
  struct Pending {
    enum Type : uint8_t { One, Words, Cells, FunSize } kind;
    Term term;
    const Word* words;
    size_t count;
  };

  void push_term(Term t) { pending_.push_back({Pending::One, t, nullptr, 0}); }
  void push_words(const Word* words, size_t count) {
    if (count != 0) pending_.push_back({Pending::Words, Term(), words, count});
  }

  static void put32(char* to, uint32_t v) {
    for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(v >> (24 - 8 * i));
  }
  void byte(unsigned v) { out_ += static_cast<char>(v); }
  void u16(uint32_t v) {
    byte(v >> 8);
    byte(v);
  }
  void u32(uint32_t v) {
    char bytes[4];
    put32(bytes, v);
    out_.append(bytes, 4);
  }
  void u64(uint64_t v) {
    u32(static_cast<uint32_t>(v >> 32));
    u32(static_cast<uint32_t>(v));
  }

  bool encode(Term t) {
    if (t.is_integer()) {
      encode_integer(t);
    } else if (t.is_atom()) {
      encode_atom(t);
    } else if (t.is_float()) {
      byte(kNewFloat);
      u64(std::bit_cast<uint64_t>(float_value(t)));
    } else if (t.is_nil_list()) {
      byte(kNil);
    } else if (t.is_cons()) {
      encode_list(t);
    } else if (t.is_pid()) {
      encode_pid(t);
    } else if (t.is_boxed()) {
      return encode_boxed(t);
    } else {
      return false;
    }
    return true;
  }

  void encode_integer(Term t) {
    if (t.is_fixnum()) {
      int64_t value = t.as_fixnum();
      if (value >= 0 && value <= 255) {
        byte(kSmallInteger);
        byte(static_cast<unsigned>(value));
        return;
      }
      if (value >= INT32_MIN && value <= INT32_MAX) {
        byte(kInteger);
        u32(static_cast<uint32_t>(value));
        return;
      }
    }
    IntegerView v(t);
    size_t size = (integer_bit_length(t) + 7) / 8;
    if (size <= 255) {
      byte(kSmallBig);
      byte(static_cast<unsigned>(size));
    } else {
      byte(kLargeBig);
      u32(static_cast<uint32_t>(size));
    }
    byte(v.negative);
    out_.append(reinterpret_cast<const char*>(v.limbs), size);
  }

  void encode_atom(Term atom) {
    std::string_view text = context_.atoms.text(atom);
    if (options_.minor_version < 2) {
      // Characters up to U+00FF are written as Latin-1, if all are.
      std::string latin1;
      bool fits = true;
      for (size_t i = 0; i < text.size() && fits; ++i) {
        auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x80) {
          fits = c == 0xc2 || c == 0xc3;
          if (fits) c = static_cast<unsigned char>((c << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
        }
        latin1 += static_cast<char>(c);
      }
      if (fits) {
        byte(kAtomLatin1);
        u16(static_cast<uint32_t>(latin1.size()));
        out_ += latin1;
        return;
      }
    }
    if (text.size() <= 255) {
      byte(kSmallAtomUtf8);
      byte(static_cast<unsigned>(text.size()));
    } else {
      byte(kAtomUtf8);
      u16(static_cast<uint32_t>(text.size()));
    }
    out_ += text;
  }

  void encode_list(Term list) {
    size_t length = 0;
    bool bytes = true;
    Term t = list;
    for (; t.is_cons(); t = t.tail(), ++length) {
      bytes &= t.head().is_fixnum() && static_cast<uint64_t>(t.head().as_fixnum()) <= 255;
    }
    if (bytes && t.is_nil_list() && length <= kMaxStringLength) {
      byte(kString);
      u16(static_cast<uint32_t>(length));
      for (t = list; t.is_cons(); t = t.tail()) byte(static_cast<unsigned>(t.head().as_fixnum()));
      return;
    }
    byte(kList);
    u32(static_cast<uint32_t>(length));
    pending_.push_back({Pending::Cells, list, nullptr, 0});
  }

  void encode_pid(Term pid) {
    byte(kNewPid);
    encode_atom(context_.node);
    u32(static_cast<uint32_t>(pid_slot(pid)));
    u32(static_cast<uint32_t>(pid_round(pid)));
    u32(0);
  }

  bool encode_boxed(Term t) {
    const Word* box = t.box();
    size_t words = header::words(box[0]);
    switch (header::kind(box[0])) {
      case Kind::Tuple:
        if (words <= 255) {
          byte(kSmallTuple);
          byte(static_cast<unsigned>(words));
        } else {
          byte(kLargeTuple);
          u32(static_cast<uint32_t>(words));
        }
        push_words(box + 1, words);
        return true;
      case Kind::FlatMap:
      case Kind::HashMap: encode_map(t); return true;
      case Kind::HeapBinary:
      case Kind::RefBinary:
      case Kind::SubBinary: return encode_bits(t);
      case Kind::Reference:
      case Kind::Resource: {
        byte(kNewerReference);
        u16(4);
        encode_atom(context_.node);
        u32(0);
        bool is_resource = header::kind(box[0]) == Kind::Resource;
        Word id = is_resource ? resource_of(t)->number : box[1];
        Word info = is_resource ? 0 : box[2];
        u32(static_cast<uint32_t>(id));
        u32(static_cast<uint32_t>(id >> 32));
        u32(static_cast<uint32_t>(info));
        u32(static_cast<uint32_t>(info >> 32));
        return true;
      }
      case Kind::Export: {
        if (context_.funs == nullptr) return false;
        Term module, function;
        uint32_t arity = 0;
        context_.funs->describe_export(t, &module, &function, &arity);
        byte(kExport);
        encode_atom(module);
        encode_atom(function);
        encode_integer(Term::fixnum(arity));
        return true;
      }
      case Kind::Fun: return encode_fun(t);
      case Kind::Bignum:
      case Kind::Float:
      case Kind::HashNode:
      case Kind::HashBucket: return false;
    }
    return false;
  }

  void encode_map(Term map) {
    byte(kMap);
    u32(static_cast<uint32_t>(map_size(map)));
    size_t first = pending_.size();
    MapIterator it(map);
    Term key, value;
    while (it.next(key, value)) {
      push_term(key);
      push_term(value);
    }
    for (size_t i = first, j = pending_.size(); i + 1 < j; ++i) std::swap(pending_[i], pending_[--j]);
  }

  bool encode_bits(Term t) {
    BitView view = bit_view(t);
    uint64_t bytes = (view.bits + 7) / 8;
    if (bytes > UINT32_MAX) return false;
    unsigned rest = view.bits % 8;
    byte(rest == 0 ? kBinary : kBitBinary);
    u32(static_cast<uint32_t>(bytes));
    if (rest != 0) byte(rest);
    size_t at = out_.size();
    out_.resize(at + bytes);
    copy_bits(reinterpret_cast<unsigned char*>(out_.data()) + at, 0, view.bytes, view.bit_offset, view.bits);
    return true;
  }

  bool encode_fun(Term t) {
    if (context_.funs == nullptr) return false;
    ExternalFun fun = context_.funs->describe_fun(t);
    size_t captured = header::words(t.header()) - 1;
    byte(kNewFun);
    size_t start = out_.size();
    u32(0);  // the size of all this, known at the end
    byte(fun.arity);
    u64(fun.unique);
    u64(0);
    u32(fun.index);
    u32(static_cast<uint32_t>(captured));
    encode_atom(fun.module);
    encode_integer(Term::fixnum(fun.index));
    encode_integer(Term::fixnum(static_cast<uint32_t>(fun.unique) & 0x7ffffff));
    encode_pid(make_pid(0, 0));
    pending_.push_back({Pending::FunSize, Term(), nullptr, start});
    push_words(t.box() + 2, captured);
    return true;
  }

  const ExternalContext& context_;
  const ExternalOptions& options_;
  std::string& out_;
  std::vector<Pending> pending_;
};

}  // namespace

bool encode_external(Term term, const ExternalContext& context, const ExternalOptions& options, std::string& out) {
  return Encoder(context, options, out).run(term);
}

}  // namespace phial
