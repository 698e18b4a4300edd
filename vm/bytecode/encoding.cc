#include "vm/bytecode/encoding.h"

namespace phial {

bool decode_instruction(std::span<const Word> code, size_t offset, Instruction& out) {
  if (offset >= code.size()) return false;
  size_t room = code.size() - offset;
  const Word* at = code.data() + offset;
  uint16_t opcode = static_cast<uint16_t>(at[0]);
  if (opcode >= static_cast<uint16_t>(Op::kCount)) return false;
  out.op = static_cast<Op>(opcode);
  out.at = at;
  std::string_view operands = out.operands();
  out.small = encoding::small_count(operands);
  out.list = out.list_length = 0;
  if (encoding::has(operands, 'R')) {
    if (encoding::small_words(out.small) > room) return false;
    out.list = out.small;
    out.list_length = encoding::slot(at, out.small - 1);
    out.small += out.list_length;
  }
  size_t words = encoding::small_words(out.small);
  for (char letter : operands) {
    if (encoding::is_small(letter) || letter == 'l') continue;
    if (words >= room) return false;
    if (letter == 'S' || letter == 'B') {
      Word count = at[words];
      if (count > room) return false;
      words += count * (letter == 'S' ? 2 : 1);
    }
    ++words;
  }
  out.words = words;
  return words <= room;
}

}  // namespace phial
