#include <bit>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/external.h"
#include "vm/term/external_tags.h"
#include "vm/term/float.h"
#include "vm/term/identity.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {

using namespace external;

namespace {

/// Decoded terms pile up in values_; a frame that has all its parts replaces them by the whole.
class Decoder {
 public:
  Decoder(Space& space, std::string_view bytes, const ExternalContext& context, bool existing_atoms_only)
      : space_(space), in_(bytes), context_(context), existing_only_(existing_atoms_only) {}

  Term run(size_t* used) {
    if (u8() != kVersion) return Term::none();
    do {
      if (!decode()) return Term::none();
      while (!frames_.empty() && frames_.back().left == 0) {
        if (!finish()) return Term::none();
      }
    } while (!frames_.empty());
    if (failed_ || values_.size() != 1) return Term::none();
    *used = at_;
    return values_[0];
  }

 private:
  struct Frame {
    enum Type : uint8_t { Tuple, List, Map, Export, Fun, Pid, OldPid, Reference } kind;
    size_t left;   // parts still to come
    size_t first;  // where they start in values_
    uint32_t arity, captured, index;
    uint64_t unique;
    uint32_t ids;  // Reference: how many numbers follow the node
  };

  size_t rest() const { return in_.size() - at_; }
  bool have(size_t n) {
    if (failed_ || n > rest()) failed_ = true;
    return !failed_;
  }
  unsigned u8() { return have(1) ? static_cast<unsigned char>(in_[at_++]) : 0; }
  uint32_t u16() {
    uint32_t high = u8();
    return (high << 8) | u8();
  }
  uint32_t u32() {
    uint32_t high = u16();
    return (high << 16) | u16();
  }
  uint64_t u64() {
    uint64_t high = u32();
    return (high << 32) | u32();
  }
  std::string_view take(size_t n) {
    if (!have(n)) return {};
    std::string_view bytes = in_.substr(at_, n);
    at_ += n;
    return bytes;
  }

  bool value(Term t) {
    if (failed_ || t.is_none()) return false;
    values_.push_back(t);
    if (!frames_.empty()) --frames_.back().left;
    return true;
  }
  /// Each part takes at least one byte, so a count beyond the bytes left is a lie.
  bool open(Frame frame) {
    if (failed_ || frame.left > rest()) return false;
    if (!frames_.empty()) --frames_.back().left;
    frame.first = values_.size();
    frames_.push_back(frame);
    return true;
  }
  bool open(Frame::Type kind, size_t parts) {
    Frame frame{};
    frame.kind = kind;
    frame.left = parts;
    return open(frame);
  }

  bool decode() {
    switch (u8()) {
      case kSmallInteger: return value(Term::fixnum(u8()));
      case kInteger: return value(Term::fixnum(static_cast<int32_t>(u32())));
      case kSmallBig: return decode_big(u8());
      case kLargeBig: return decode_big(u32());
      case kNewFloat: {
        double d = std::bit_cast<double>(u64());
        return std::isfinite(d) && value(make_float(space_, d));
      }
      case kFloatText: {
        std::string text(take(31));
        char* end = nullptr;
        double d = std::strtod(text.c_str(), &end);
        return !failed_ && end != text.c_str() && std::isfinite(d) && value(make_float(space_, d));
      }
      case kAtomLatin1: return decode_atom(u16(), true);
      case kSmallAtomLatin1: return decode_atom(u8(), true);
      case kAtomUtf8: return decode_atom(u16(), false);
      case kSmallAtomUtf8: return decode_atom(u8(), false);
      case kNil: return value(Term::nil_list());
      case kString: {
        std::string_view text = take(u16());
        ListBuilder list(space_);
        for (char c : text) list.push(Term::fixnum(static_cast<unsigned char>(c)));
        return value(list.finish());
      }
      case kList: return open(Frame::List, size_t{u32()} + 1);
      case kSmallTuple: return open(Frame::Tuple, u8());
      case kLargeTuple: return open(Frame::Tuple, u32());
      case kMap: return open(Frame::Map, size_t{u32()} * 2);
      case kBinary: {
        std::string_view bytes = take(u32());
        return !failed_ && value(make_binary(space_, bytes));
      }
      case kBitBinary: return decode_bits();
      case kNewPid: return open(Frame::Pid, 1);
      case kPid: return open(Frame::OldPid, 1);
      case kNewerReference:
      case kNewReference: {
        Frame frame{};
        frame.kind = Frame::Reference;
        frame.left = 1;
        frame.index = static_cast<unsigned char>(in_[at_ - 1]) == kNewerReference;
        frame.ids = u16();
        return frame.ids <= 5 && open(frame);
      }
      case kExport: return open(Frame::Export, 3);
      case kNewFun: {
        Frame frame{};
        frame.kind = Frame::Fun;
        u32();
        frame.arity = u8();
        frame.unique = u64();
        u64();
        frame.index = u32();
        frame.captured = u32();
        frame.left = size_t{frame.captured} + 4;
        return open(frame);
      }
      default: return false;
    }
  }

  bool decode_big(size_t size) {
    bool negative = u8() != 0;
    std::string_view bytes = take(size);
    if (failed_ || size > kMaxLimbs * sizeof(Word)) return false;
    Term t = integer_from_bytes(space_, reinterpret_cast<const unsigned char*>(bytes.data()), size, false, false);
    return value(negative ? integer_neg(space_, t) : t);
  }

  bool decode_atom(size_t size, bool latin1) {
    std::string_view text = take(size);
    if (failed_) return false;
    std::string utf8;
    if (latin1) {
      for (char c : text) {
        auto b = static_cast<unsigned char>(c);
        if (b >= 0x80) {
          utf8 += static_cast<char>(0xc0 | (b >> 6));
          utf8 += static_cast<char>(0x80 | (b & 0x3f));
        } else {
          utf8 += c;
        }
      }
      text = utf8;
    }
    size_t characters = 0;
    if (!latin1 && !check_utf8(text)) return false;
    for (char c : text) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (characters > AtomTable::kMaxCharacters) return false;
    return value(existing_only_ ? context_.atoms.find(text) : context_.atoms.intern(text));
  }

  static bool check_utf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
      auto c = static_cast<unsigned char>(text[i]);
      size_t size = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
      if (size == 0 || size > text.size() - i) return false;
      for (size_t j = 1; j < size; ++j) {
        if ((static_cast<unsigned char>(text[i + j]) & 0xc0) != 0x80) return false;
      }
      auto second = size > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
      if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second >= 0xa0) || (c == 0xf0 && second < 0x90) ||
          (c == 0xf4 && second >= 0x90)) {
        return false;
      }
      i += size;
    }
    return true;
  }

  bool decode_bits() {
    uint64_t size = u32();
    unsigned last = u8();
    std::string_view bytes = take(size);
    if (failed_ || last > 8 || (size == 0) != (last == 0)) return false;
    uint64_t bits = size == 0 ? 0 : (size - 1) * 8 + last;
    unsigned char* out;
    Term t = make_bitstring_uninitialised(space_, bits, &out);
    copy_bits(out, 0, reinterpret_cast<const unsigned char*>(bytes.data()), 0, bits);
    return value(t);
  }

  bool finish() {
    Frame frame = frames_.back();
    frames_.pop_back();
    std::span<const Term> parts(values_.data() + frame.first, values_.size() - frame.first);
    Term whole = build(frame, parts);
    if (failed_ || whole.is_none()) return false;
    values_.resize(frame.first);
    values_.push_back(whole);
    return true;
  }

  Term build(const Frame& frame, std::span<const Term> parts) {
    switch (frame.kind) {
      case Frame::Tuple: return phial::make_tuple(space_, parts);
      case Frame::List: return make_list(space_, parts.first(parts.size() - 1), parts.back());
      case Frame::Map: {
        Term map = make_map(space_, context_.atoms, parts);
        return map_size(map) == parts.size() / 2 ? map : Term::none();  // a key twice
      }
      case Frame::Pid:
      case Frame::OldPid: {
        uint64_t slot = u32(), round = u32();
        if (frame.kind == Frame::Pid)
          u32();
        else
          u8();
        if (parts[0] != context_.node || slot > kPidSlotMask) return Term::none();
        return make_pid(slot, round);
      }
      case Frame::Reference: return build_reference(frame, parts[0]);
      case Frame::Export:
        if (context_.funs == nullptr || !parts[0].is_atom() || !parts[1].is_atom() || !parts[2].is_fixnum() ||
            parts[2].as_fixnum() < 0 || parts[2].as_fixnum() > 255) {
          return Term::none();
        }
        return context_.funs->make_export(space_, parts[0], parts[1], static_cast<uint32_t>(parts[2].as_fixnum()));
      case Frame::Fun: {
        if (context_.funs == nullptr || !parts[0].is_atom()) return Term::none();
        ExternalFun fun{parts[0], frame.arity, frame.index, frame.unique};
        return context_.funs->make_fun(space_, fun, parts.subspan(4));
      }
    }
    return Term::none();
  }

  Term build_reference(const Frame& frame, Term node) {
    if (frame.index != 0)
      u32();  // the creation
    else
      u8();
    uint32_t ids[5] = {};
    for (uint32_t i = 0; i < frame.ids; ++i) ids[i] = u32();
    if (failed_ || node != context_.node) return Term::none();
    Ref ref;
    ref.id = ids[0] | (Word{ids[1]} << 32);
    ref.info = ids[2] | (Word{ids[3]} << 32);
    return make_reference(space_, ref);
  }

  Space& space_;
  std::string_view in_;
  size_t at_ = 0;
  const ExternalContext& context_;
  bool existing_only_;
  bool failed_ = false;
  std::vector<Term> values_;
  std::vector<Frame> frames_;
};

}  // namespace

Term decode_external(Space& space, std::string_view bytes, const ExternalContext& context, bool existing_atoms_only,
                     size_t* used) {
  return Decoder(space, bytes, context, existing_atoms_only).run(used);
}

std::optional<uint32_t> external_compressed(std::string_view bytes) {
  if (bytes.size() < 6 || static_cast<unsigned char>(bytes[0]) != kVersion ||
      static_cast<unsigned char>(bytes[1]) != kCompressed) {
    return std::nullopt;
  }
  uint32_t size = 0;
  for (size_t i = 2; i < 6; ++i) size = (size << 8) | static_cast<unsigned char>(bytes[i]);
  return size;
}

}  // namespace phial
