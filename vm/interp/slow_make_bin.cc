// MakeBin: sizes first, so that failures come before anything is built and the result is allocated once; then the bits.
#include <vector>

#include "vm/interp/bits.h"
#include "vm/interp/op.h"
#include "vm/interp/raise.h"
#include "vm/interp/trace.h"
#include "vm/term/bignum.h"
#include "vm/term/float.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

struct Segment {
  SegmentType type;
  unsigned flags;
  unsigned unit;
  Term source;
  Term size;  // none(): all, or given by the type
  uint64_t bits = 0;
};

/// What is wrong with a segment, in the words of error_info.
struct Fault {
  size_t segment = 0;  // from 1
  const char* error = nullptr;
  Term value;
  bool too_big = false;
};

Segment segment_at(const Word* pc, const Word* fp, size_t i) {
  Word w = pc[2 + i];
  Segment s;
  s.type = static_cast<SegmentType>(w & 0xff);
  s.flags = w >> 8 & 0xff;
  s.unit = w >> 16 & 0xffff;
  s.source = Term::from_bits(fp[1 + (w >> 32 & 0xffff)]);
  uint16_t size = static_cast<uint16_t>(w >> 48);
  s.size = size == kSegmentAll ? Term::none() : Term::from_bits(fp[1 + size]);
  return s;
}

constexpr uint64_t kMaxBits = uint64_t{1} << 40;

/// Size of a sized segment in s.bits.
bool sized(Segment& s, Fault& fault) {
  if (!s.size.is_integer()) {
    fault = {0, "size", s.size};
    return false;
  }
  if (integer_compare(s.size, Term::fixnum(0)) < 0) {
    fault = {0, "negative", s.size};
    return false;
  }
  std::optional<uint64_t> bits = bits::field_bits(s.size, s.unit);
  if (!bits || *bits > kMaxBits) {
    fault = {0, "size", s.size, true};
    return false;
  }
  s.bits = *bits;
  return true;
}

bool measure_bitstring(Segment& s, Fault& fault) {
  if (!s.source.is_bitstring()) {
    if (!s.size.is_none() && !sized(s, fault)) return false;
    fault = {0, "type", s.source};
    return false;
  }
  uint64_t have = bits::source_of(s.source).size;
  if (!s.size.is_none()) {
    if (!sized(s, fault)) return false;
    if (s.bits > have) fault = {0, "short", s.source};
    return fault.error == nullptr;
  }
  s.bits = have;
  if (s.unit > 1 && have % s.unit != 0) fault = {0, "unit", s.source};
  return fault.error == nullptr;
}

bool measure_float(Segment& s, Fault& fault) {
  if (!sized(s, fault)) return false;
  if (s.bits != 16 && s.bits != 32 && s.bits != 64) {
    fault = {0, "invalid", s.size};
  } else if (!s.source.is_number()) {
    fault = {0, "type", s.source};
  } else {
    std::optional<double> value = s.source.is_float() ? float_value(s.source) : integer_to_double(s.source);
    if (!value || !bits::float_fits(*value, s.bits)) fault = {0, "no_float", s.source};
  }
  return fault.error == nullptr;
}

unsigned utf_form(SegmentType type) {
  return type == SegmentType::Utf8 ? 8 : type == SegmentType::Utf16 ? 16 : 32;
}

bool measure(Segment& s, Fault& fault) {
  switch (s.type) {
    case SegmentType::Integer:
      if (!sized(s, fault)) return false;
      if (!s.source.is_integer()) fault = {0, "type", s.source};
      return fault.error == nullptr;
    case SegmentType::Float:
      return measure_float(s, fault);
    case SegmentType::Binary:
    case SegmentType::Bits:
      return measure_bitstring(s, fault);
    case SegmentType::Utf8:
    case SegmentType::Utf16:
    case SegmentType::Utf32:
      s.bits = bits::utf_bits(s.source, utf_form(s.type));
      if (s.bits == 0) fault = {0, "type", s.source};
      return fault.error == nullptr;
  }
  return false;
}

void write(unsigned char* out, uint64_t at, const Segment& s) {
  switch (s.type) {
    case SegmentType::Integer:
      bits::write_integer(out, at, s.source, s.bits, s.flags);
      return;
    case SegmentType::Float: {
      double value = s.source.is_float() ? float_value(s.source) : *integer_to_double(s.source);
      bits::write_float(out, at, value, s.bits, s.flags);
      return;
    }
    case SegmentType::Binary:
    case SegmentType::Bits: {
      bits::Source from = bits::source_of(s.source);
      if (((at | from.offset | s.bits) & 7) == 0) {
        if (s.bits != 0) std::memcpy(out + at / 8, from.bytes + from.offset / 8, s.bits / 8);
      } else {
        copy_bits(out, at, from.bytes, from.offset, s.bits);
      }
      return;
    }
    case SegmentType::Utf8:
    case SegmentType::Utf16:
    case SegmentType::Utf32:
      bits::write_utf(out, at, static_cast<uint32_t>(s.source.as_fixnum()), utf_form(s.type), s.flags);
      return;
  }
}

constexpr size_t kFewSegments = 16;

/// The bitstring, or none() and [fault].
Term build(Process& p, const Word* pc, const Word* fp, Fault& fault) {
  size_t count = pc[1];
  Segment few[kFewSegments];
  std::vector<Segment> many;
  Segment* segments = few;
  if (count > kFewSegments) {
    many.resize(count);
    segments = many.data();
  }
  uint64_t total = 0;
  for (size_t i = 0; i < count; ++i) {
    segments[i] = segment_at(pc, fp, i);
    if (!measure(segments[i], fault)) {
      fault.segment = i + 1;
      return Term::none();
    }
    total += segments[i].bits;
    if (total > kMaxBits) {
      fault = {i + 1, "size", segments[i].size, true};
      return Term::none();
    }
  }
  size_t next = 0;
  uint64_t at = 0;
  unsigned char* out = nullptr;
  Term result;
  bool appends = count > 1 && segments[0].type >= SegmentType::Binary && segments[0].type <= SegmentType::Bits &&
                 segments[0].size.is_none() && total > kHeapBinaryMaxBytes * 8;
  // What an append finds in place costs nothing.
  p.charge(static_cast<int64_t>((total - (appends ? segments[0].bits : 0)) / 8192));
  if (appends) {
    unsigned bit = 0;
    result = binary_append(p.heap, segments[0].source, total - segments[0].bits, &out, &bit);
    at = bit;
    next = 1;
  } else {
    result = make_bitstring_uninitialised(p.heap, total, &out);
    if (total % 8 != 0) out[total / 8] = 0;
  }
  for (; next < count; ++next) {
    write(out, at, segments[next]);
    at += segments[next].bits;
  }
  return result;
}

const char* type_name(SegmentType type) {
  switch (type) {
    case SegmentType::Integer:
      return "integer";
    case SegmentType::Float:
      return "float";
    case SegmentType::Binary:
    case SegmentType::Bits:
      return "binary";
    case SegmentType::Utf8:
      return "utf8";
    case SegmentType::Utf16:
      return "utf16";
    case SegmentType::Utf32:
      return "utf32";
  }
  return "";
}

/// error_info that lets Exception name the segment.
Term fault_info(Process& p, const Word* pc, const Word* fp, const Fault& fault) {
  AtomTable& table = p.atoms();
  Segment s = segment_at(pc, fp, fault.segment - 1);
  Term cause = make_tuple(p.heap, {Term::fixnum(static_cast<int64_t>(fault.segment)), table.intern(type_name(s.type)),
                                   table.intern(fault.error), fault.value});
  Term pairs[] = {table.intern("module"),   table.intern("erl_erts_errors"),
                  table.intern("function"), table.intern("format_bs_fail"),
                  table.intern("cause"),    cause};
  return make_map(p.heap, table, pairs);
}

}  // namespace

SLOW_FN(slow_bad_bin) {
  SPILL();
  if (const Word* handler = guard_handler(*p, pc)) {
    pc = handler;
    RELOAD();
    DISPATCH();
  }
  Fault fault;
  build(*p, pc, fp, fault);
  p->raise_error(fault.too_big ? atoms::system_limit : atoms::badarg);
  p->exc.trace = trace_head_first(*p, Term::fixnum(0), fault_info(*p, pc, fp, fault));
  RELOAD();
  GO(slow_raise);
}

OP_FN(op_MakeBin) {
  Fault fault;
  SPILL();
  Term result = build(*p, pc, fp, fault);
  RELOAD();
  if (UNLIKELY(result.is_none())) GO(slow_bad_bin);
  R(0) = result.bits();
  NEXT(2 + pc[1]);
}

}  // namespace phial
