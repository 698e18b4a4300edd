#include "vm/bytecode/term_codec.h"

#include <algorithm>
#include <cmath>

#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

enum Tag : uint8_t { kSmall, kAtom, kNil, kFloat, kBig, kList, kTuple, kMap, kBits, kExport, kTagCount };

}  // namespace

uint64_t AtomNumbers::number(Term atom) {
  auto [it, fresh] = numbers_.try_emplace(atom.atom_index(), atoms_.size());
  if (fresh) atoms_.push_back(atom);
  return it->second;
}

bool encode_term(ByteWriter& out, Term term, AtomNumbers& atoms, ExportTerms* exports) {
  std::vector<Term> todo{term};
  while (!todo.empty()) {
    Term t = todo.back();
    todo.pop_back();
    if (t.is_fixnum()) {
      out.byte(kSmall);
      out.signed_varint(t.as_fixnum());
    } else if (t.is_atom()) {
      out.byte(kAtom);
      out.varint(atoms.number(t));
    } else if (t.is_nil_list()) {
      out.byte(kNil);
    } else if (t.is_none()) {
      return false;
    } else if (t.is_float()) {
      out.byte(kFloat);
      double value = float_value(t);
      out.bytes(&value, sizeof value);
    } else if (t.is_cons()) {
      size_t mark = todo.size();
      while (t.is_cons()) {
        todo.push_back(t.head());
        t = t.tail();
      }
      todo.push_back(t);
      out.byte(kList);
      out.varint(todo.size() - mark - 1);
      std::reverse(todo.begin() + static_cast<ptrdiff_t>(mark), todo.end());
    } else if (t.is_tuple()) {
      out.byte(kTuple);
      out.varint(tuple_arity(t));
      for (size_t i = tuple_arity(t); i-- > 0;) todo.push_back(tuple_at(t, i));
    } else if (t.is_map()) {
      out.byte(kMap);
      out.varint(map_size(t));
      size_t mark = todo.size();
      MapIterator it(t);
      for (Term key, value; it.next(key, value);) {
        todo.push_back(key);
        todo.push_back(value);
      }
      std::reverse(todo.begin() + static_cast<ptrdiff_t>(mark), todo.end());
    } else if (t.is_bignum()) {
      out.byte(kBig);
      out.text(integer_to_text(t, 36));
    } else if (t.is_bitstring()) {
      BitView view = bit_view(t);
      out.byte(kBits);
      out.varint(view.bits);
      for (uint64_t bit = 0; bit < view.bits; bit += 8) {
        uint64_t at = view.bit_offset + bit;
        unsigned byte = static_cast<unsigned>(view.bytes[at / 8]) << (at % 8);
        if (at % 8 != 0 && at / 8 < (view.bit_offset + view.bits - 1) / 8) byte |= view.bytes[at / 8 + 1] >> (8 - at % 8);
        if (view.bits - bit < 8) byte &= 0xff00u >> (view.bits - bit);
        out.byte(static_cast<uint8_t>(byte));
      }
    } else if (t.is_kind(Kind::Export) && exports != nullptr) {
      ImportRef name = exports->describe(t);
      out.byte(kExport);
      out.varint(atoms.number(name.module));
      out.varint(atoms.number(name.function));
      out.varint(name.arity);
    } else {
      return false;
    }
  }
  return true;
}

namespace {

class Decoder {
 public:
  Decoder(ByteReader& in, Space& space, const std::vector<Term>& file_atoms, const AtomTable& atoms,
          ExportTerms* exports)
      : in_(in), space_(space), file_atoms_(file_atoms), atoms_(atoms), exports_(exports) {}

  Term run() {
    for (;;) {
      if (!one()) return fail();
      while (!open_.empty() && --open_.back().missing == 0) {
        Term t = close();
        if (t.is_none()) return fail();
        values_.push_back(t);
      }
      if (open_.empty()) return values_.back();
    }
  }

 private:
  struct Open {
    Tag tag;
    size_t missing;  // parts still to come
    size_t first;    // index of the first part in values_
  };

  Term fail() {
    in_.fail();
    return Term::none();
  }
  Term atom() {
    uint64_t n = in_.varint();
    return n < file_atoms_.size() && !in_.failed() ? file_atoms_[n] : Term::none();
  }
  /// Reads one term without its parts. A term that has parts is opened and pushes nothing until they have come.
  bool one() {
    uint8_t tag = in_.byte();
    if (in_.failed() || tag >= kTagCount) return false;
    Term t;
    switch (static_cast<Tag>(tag)) {
      case kSmall: {
        int64_t v = in_.signed_varint();
        if (!Term::fits_fixnum(v)) return false;
        t = Term::fixnum(v);
        break;
      }
      case kAtom:
        t = atom();
        break;
      case kNil:
        t = Term::nil_list();
        break;
      case kFloat: {
        std::string_view raw = in_.bytes(sizeof(double));
        if (in_.failed()) return false;
        double value;
        std::memcpy(&value, raw.data(), sizeof value);
        if (!std::isfinite(value)) return false;
        t = make_float(space_, value);
        break;
      }
      case kBig:
        t = integer_from_text(space_, in_.text(), 36);
        break;
      case kBits:
        t = bits();
        break;
      case kExport: {
        ImportRef name{atom(), atom(), in_.u32()};
        if (exports_ == nullptr || name.module.is_none() || name.function.is_none() || name.arity > 255) return false;
        t = exports_->make(space_, name);
        break;
      }
      case kList:
        return open(kList, in_.count(), 1, 1);
      case kTuple:
        return open(kTuple, in_.count(), 1, 0);
      case kMap:
        return open(kMap, in_.count(), 2, 0);
      case kTagCount:
        return false;
    }
    if (t.is_none()) return false;
    values_.push_back(t);
    return !in_.failed();
  }
  bool open(Tag tag, size_t count, size_t each, size_t more) {
    if (in_.failed()) return false;
    size_t parts = count * each + more;
    if (parts == 0) {
      // The missing count below must fall to zero, so an empty term is complete at once.
      values_.push_back(tag == kTuple ? make_tuple_uninitialised(space_, 0) : make_empty_map(space_));
      return true;
    }
    // One more than the parts: the loop in run() counts the opening itself.
    open_.push_back({tag, parts + 1, values_.size()});
    return true;
  }
  Term bits() {
    uint64_t bits = in_.varint();
    if (in_.failed() || bits > in_.left() * uint64_t{8}) return Term::none();
    size_t bytes = (bits + 7) / 8;
    std::string_view raw = in_.bytes(bytes);
    unsigned char* to = nullptr;
    Term t = make_bitstring_uninitialised(space_, bits, &to);
    std::memcpy(to, raw.data(), bytes);
    if (bits % 8 != 0) to[bytes - 1] &= static_cast<unsigned char>(0xff00u >> (bits % 8));
    return t;
  }
  Term close() {
    Open o = open_.back();
    open_.pop_back();
    std::span<const Term> parts(values_.data() + o.first, values_.size() - o.first);
    Term t;
    if (o.tag == kTuple) t = make_tuple(space_, parts);
    else if (o.tag == kMap) t = make_map(space_, atoms_, parts);
    else t = make_list(space_, parts.first(parts.size() - 1), parts.back());
    values_.resize(o.first);
    return t;
  }

  ByteReader& in_;
  Space& space_;
  const std::vector<Term>& file_atoms_;
  const AtomTable& atoms_;
  ExportTerms* exports_;
  std::vector<Open> open_;
  std::vector<Term> values_;
};

}  // namespace

Term decode_term(ByteReader& in, Space& space, const std::vector<Term>& file_atoms, const AtomTable& atoms,
                 ExportTerms* exports) {
  return Decoder(in, space, file_atoms, atoms, exports).run();
}

}  // namespace phial
