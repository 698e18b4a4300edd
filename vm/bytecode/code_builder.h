// Appends instructions to a code vector. The emitter and tests build functions with it; labels are patched in by
// their users through [offset_of] places. One thread at a time.
#pragma once

#include <initializer_list>
#include <vector>

#include "vm/bytecode/encoding.h"

namespace phial {

class CodeBuilder {
 public:
  explicit CodeBuilder(std::vector<Word>& code) : code_(code) {}

  size_t here() const { return code_.size(); }

  /// Appends an instruction: [small] are its small operands in order, without register list. Wide operands follow
  /// through wide(). Returns the index of word 0.
  size_t emit(Op op, std::span<const uint16_t> small, std::span<const uint16_t> list = {});
  size_t emit(Op op, std::initializer_list<uint16_t> small, std::initializer_list<uint16_t> list = {}) {
    return emit(op, std::span(small.begin(), small.size()), std::span(list.begin(), list.size()));
  }
  /// Appends one wide operand; returns its index for patching.
  size_t wide(Word value) {
    code_.push_back(value);
    return code_.size() - 1;
  }
  /// Stores the offset from the instruction at [at] to word [target] in word [place], or in the short label of [at]
  /// when [place] == [at].
  void patch(size_t at, size_t place, size_t target);

 private:
  std::vector<Word>& code_;
};

}  // namespace phial
