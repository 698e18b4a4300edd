// Where the operands of an instruction stand, derived from ops.def; see there for the letters.
//
// Small operands are 16-bit slots: slot k of an instruction is the (k+1)th 16-bit piece of its words, so that slots
// 0..2 share word 0 with the opcode. Wide operands are words behind the last small one. Everything here is pure
// arithmetic on plain data and safe on hostile words.
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "vm/bytecode/format.h"

namespace phial {

struct OpInfo {
  std::string_view name;
  std::string_view family;
  std::string_view operands;
};

inline constexpr OpInfo kOpInfo[] = {
#define OP(name, family, operands, doc) {#name, #family, operands},
#include "vm/bytecode/ops.def"
#undef OP
};

inline constexpr const OpInfo& op_info(Op op) { return kOpInfo[static_cast<size_t>(op)]; }

namespace encoding {

constexpr bool is_small(char letter) {
  return letter == 'd' || letter == 's' || letter == 'i' || letter == 'u' || letter == 'v' || letter == 'R';
}
/// Words that word 0 and [small] small operands take.
constexpr size_t small_words(size_t small) { return (small + 4) / 4; }

/// Number of small operands, the length of a register list included but not its registers.
constexpr size_t small_count(std::string_view operands) {
  size_t n = 0;
  for (char letter : operands) n += is_small(letter);
  return n;
}
constexpr bool has(std::string_view operands, char letter) {
  return operands.find(letter) != std::string_view::npos;
}
/// Words of an instruction without register list, switch table or segments.
constexpr size_t fixed_words(std::string_view operands) {
  size_t wide = 0;
  for (char letter : operands) wide += !is_small(letter) && letter != 'l';
  return small_words(small_count(operands)) + wide;
}

inline uint16_t slot(const Word* at, size_t k) {
  uint16_t value;
  std::memcpy(&value, reinterpret_cast<const char*>(at) + 2 * (k + 1), sizeof value);
  return value;
}
inline void set_slot(Word* at, size_t k, uint16_t value) {
  std::memcpy(reinterpret_cast<char*>(at) + 2 * (k + 1), &value, sizeof value);
}
/// The 32-bit code offset of an `l` operand.
inline int32_t short_label(const Word* at) { return static_cast<int32_t>(at[0] >> 32); }

}  // namespace encoding

/// One decoded instruction: a view of its words.
struct Instruction {
  Op op = Op::Move;
  const Word* at = nullptr;
  size_t words = 0;
  size_t small = 0;  // slots in use, a list's registers included
  size_t list = 0;   // first slot of the register list's registers
  size_t list_length = 0;

  std::string_view operands() const { return op_info(op).operands; }
  uint16_t slot(size_t k) const { return encoding::slot(at, k); }
  /// The [k]th wide operand.
  Word wide(size_t k) const { return at[encoding::small_words(small) + k]; }
  size_t wide_index(size_t k) const { return encoding::small_words(small) + k; }
};

/// Decodes the instruction at word [offset] of [code]; false when it is no instruction or does not fit.
/// Opcodes at or beyond Op::kCount are refused.
bool decode_instruction(std::span<const Word> code, size_t offset, Instruction& out);

}  // namespace phial
