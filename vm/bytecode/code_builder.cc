#include "vm/bytecode/code_builder.h"

namespace phial {

size_t CodeBuilder::emit(Op op, std::span<const uint16_t> small, std::span<const uint16_t> list) {
  std::string_view operands = op_info(op).operands;
  bool has_list = encoding::has(operands, 'R');
  VM_CHECK(small.size() + has_list == encoding::small_count(operands));
  size_t at = code_.size();
  size_t count = small.size() + (has_list ? 1 + list.size() : 0);
  code_.resize(at + encoding::small_words(count));
  Word* word = &code_[at];
  word[0] = static_cast<uint16_t>(op);
  size_t k = 0;
  for (uint16_t value : small) encoding::set_slot(word, k++, value);
  if (has_list) {
    encoding::set_slot(word, k++, static_cast<uint16_t>(list.size()));
    for (uint16_t value : list) encoding::set_slot(word, k++, value);
  }
  return at;
}

void CodeBuilder::patch(size_t at, size_t place, size_t target) {
  int64_t offset = static_cast<int64_t>(target) - static_cast<int64_t>(at);
  if (place == at) {
    code_[at] = (code_[at] & 0xffffffff) | (static_cast<Word>(static_cast<uint32_t>(offset)) << 32);
  } else {
    code_[place] = static_cast<Word>(offset);
  }
}

}  // namespace phial
