#include "vm/code/loader.h"

#include <algorithm>
#include <numeric>

#include "vm/bytecode/encoding.h"
#include "vm/bytecode/verify.h"
#include "vm/code/code_server.h"
#include "vm/code/internal_op.h"
#include "vm/term/atom.h"

namespace phial {

std::unique_ptr<Module> Loader::link(ModuleCode&& code, bool trusted, std::string& error) {
  trusted_ = trusted;
  if (!trusted && !verify_module(code, error)) return nullptr;
  auto module = std::make_unique<Module>();
  code_ = &code;
  module_ = module.get();
  module->name = code.name;
  place_functions();
  module->code = server_.region_.allocate(module->code_words, module_);
  if (module->code == nullptr) {
    error = "no memory for code";
    return nullptr;
  }
  for (size_t i = 0; i < code.functions.size(); ++i) {
    const FunctionCode& f = code.functions[i];
    const Word* entry = module->code + new_entry_[i];
    module->functions.push_back(
        {f.name, f.arity, f.params, frame_of(f), entry, entry + (f.end - f.entry), f.exported});
  }
  for (const ClosureCode& c : code.closures) {
    const LoadedFunction& f = module->functions[c.function];
    module->closures.push_back(std::make_unique<FunEntry>(
        FunEntry{f.entry, module_, c.function, f.params - c.captured, c.captured,
                 static_cast<uint32_t>(module->closures.size()), c.unique}));
  }
  for (size_t i = 0; i < code.functions.size(); ++i) link_function(i);
  move_offsets();
  module->live_maps = std::move(code.live_maps);
  if (module->live_maps.empty()) module->live_maps.emplace_back();
  module->files = std::move(code.files);
  module->info = code.info;
  module->literals = std::move(code.arena);
  return module;
}

void Loader::place_functions() {
  size_t count = code_->functions.size();
  order_.resize(count);
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(),
            [&](uint32_t a, uint32_t b) { return code_->functions[a].entry < code_->functions[b].entry; });
  new_entry_.resize(count);
  size_t at = 0;
  for (uint32_t i : order_) {
    new_entry_[i] = static_cast<uint32_t>(at + 1);
    at += 1 + code_->functions[i].end - code_->functions[i].entry;
  }
  module_->code_words = at;
}

/// Registers of the frame with room for results and arguments of its calls, whatever the emitter counted.
uint32_t Loader::frame_of(const FunctionCode& f) const {
  uint32_t frame = std::max({f.frame, f.params, 1u});
  Instruction in;
  for (size_t at = f.entry; at < f.end && decode_instruction(code_->code, at, in); at += in.words) {
    uint32_t arguments = 0;
    if (in.op == Op::Call) arguments = code_->functions[in.wide(0)].params;
    else if (in.op == Op::CallExt) arguments = code_->imports[in.wide(0)].arity;
    else if (in.op == Op::CallFun || in.op == Op::CallDyn) arguments = in.slot(1);
    else continue;
    frame = std::max(frame, uint32_t{in.slot(0)} + 2 + arguments);
  }
  return std::min(frame, 65535u);
}

uint32_t Loader::moved(uint32_t offset) const {
  // Functions keep their order, so the one around [offset] is the last that starts at or before it.
  auto above = std::upper_bound(order_.begin(), order_.end(), offset, [&](uint32_t at, uint32_t i) {
    return at < code_->functions[i].entry;
  });
  if (above == order_.begin()) return 0;
  uint32_t i = above[-1];
  return new_entry_[i] + (offset - code_->functions[i].entry);
}

void Loader::move_offsets() {
  for (uint32_t i : order_) {
    const FunctionCode& f = code_->functions[i];
    LoadedFunction& loaded = module_->functions[i];
    loaded.first_handler = static_cast<uint32_t>(module_->handlers.size());
    for (HandlerRange h : code_->handlers) {
      if (h.from < f.entry || h.from >= f.end) continue;
      uint32_t shift = new_entry_[i] - f.entry;
      h.from += shift;
      h.to += shift;
      h.handler += shift;
      module_->handlers.push_back(h);
    }
    loaded.end_handler = static_cast<uint32_t>(module_->handlers.size());
    module_->by_entry.push_back(i);
  }
  for (LineEntry l : code_->lines) {
    l.offset = moved(l.offset);
    module_->lines.push_back(l);
  }
}

void Loader::link_function(size_t index) {
  const FunctionCode& f = code_->functions[index];
  const LoadedFunction& loaded = module_->functions[index];
  Word* to = module_->code + new_entry_[index];
  to[-1] = FunctionHeader::make(loaded.frame, loaded.params, static_cast<uint32_t>(index));
  Instruction in;
  for (size_t at = f.entry; at < f.end && decode_instruction(code_->code, at, in); at += in.words) {
    std::copy(in.at, in.at + in.words, to);
    link_instruction(to, in, f, loaded.frame);
    to += in.words;
  }
}

namespace {
/// The form that takes nothing for granted, or the opcode itself.
uint16_t checked_form(Op op) {
  switch (op) {
#define CHECKED(name) \
  case Op::name:      \
    return static_cast<uint16_t>(InternalOp::Checked##name);
    CHECKED(Cons)
    CHECKED(ConsHole)
    CHECKED(SetTail)
    CHECKED(Head)
    CHECKED(Tail)
    CHECKED(MakeTuple)
    CHECKED(Elem)
#undef CHECKED
    default:
      return static_cast<uint16_t>(op);
  }
}

void set_opcode(Word* at, uint16_t opcode) { at[0] = (at[0] & ~Word{0xffff}) | opcode; }
void set_opcode(Word* at, InternalOp op) { set_opcode(at, static_cast<uint16_t>(op)); }
}  // namespace

void Loader::link_instruction(Word* to, const Instruction& in, const FunctionCode& f, uint32_t frame) {
  if (!trusted_) set_opcode(to, checked_form(in.op));
  else if (in.op == Op::BinInt && in.slot(4) == 8 && in.slot(5) == 0) set_opcode(to, InternalOp::BinByte);
  // Stack walks need the caller's frame size: every call carries it behind its own operands.
  if (in.op == Op::Call || in.op == Op::CallExt) encoding::set_slot(to, 2, static_cast<uint16_t>(frame));
  if (in.op == Op::CallFun) encoding::set_slot(to, 4, static_cast<uint16_t>(frame));
  if (in.op == Op::CallDyn) encoding::set_slot(to, 5, static_cast<uint16_t>(frame));
  size_t wide = 0;
  for (char letter : in.operands()) {
    if (encoding::is_small(letter) || letter == 'l') continue;
    size_t place = in.wide_index(wide++);
    Word& word = to[place];
    switch (letter) {
      case 'K':
        word = code_->literals[word].bits();
        break;
      case 'F':
        word = reinterpret_cast<Word>(module_->functions[word].entry);
        break;
      case 'U':
        if (in.op == Op::MakeFun && in.list_length == 0) {
          // A closure over nothing is a constant.
          Word* fun = code_->arena->alloc(2);
          fun[0] = header::make(Kind::Fun, 1);
          fun[1] = reinterpret_cast<Word>(module_->closures[word].get());
          set_opcode(to, static_cast<uint16_t>(Op::Const));
          word = Term::boxed(fun).bits();
          break;
        }
        word = reinterpret_cast<Word>(module_->closures[word].get());
        break;
      case 'E': {
        const ImportRef& i = code_->imports[word];
        Export* e = server_.export_locked(i.module, i.function, i.arity);
        word = reinterpret_cast<Word>(e);
        if (in.op == Op::CallExt && e->stub[1] == static_cast<Word>(InternalOp::NativeStub) && !e->native_on_fiber) {
          set_opcode(to, InternalOp::CallNative);
        }
        break;
      }
      case 'S':
        link_switch(to, in, place);
        break;
      default:
        break;  // labels stay relative; segments hold registers
    }
  }
}

/// Sorts the pairs by key so that the handler can search; consecutive small integers become positions.
void Loader::link_switch(Word* to, const Instruction& in, size_t table) {
  Word count = to[table];
  std::vector<std::pair<Word, Word>> pairs;
  for (Word i = 0; i < count; ++i) {
    pairs.emplace_back(code_->literals[to[table + 1 + 2 * i]].bits(), to[table + 2 + 2 * i]);
  }
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    return static_cast<int64_t>(a.first) < static_cast<int64_t>(b.first);
  });
  bool dense = in.op == Op::SwitchConst && count > 0;
  for (Word i = 0; i < count; ++i) {
    to[table + 1 + 2 * i] = pairs[i].first;
    to[table + 2 + 2 * i] = pairs[i].second;
    dense = dense && Term::from_bits(pairs[i].first).is_fixnum() && pairs[i].first == pairs[0].first + 4 * i;
  }
  if (dense) set_opcode(to, InternalOp::SwitchDense);
}

const LoadedFunction* Module::function_at(const Word* pc) const {
  auto above = std::upper_bound(by_entry.begin(), by_entry.end(), pc,
                                [&](const Word* at, uint32_t i) { return at < functions[i].entry; });
  if (above == by_entry.begin()) return nullptr;
  const LoadedFunction& f = functions[above[-1]];
  return pc < f.end ? &f : nullptr;
}

const LineEntry* Module::line_at(const Word* pc) const {
  uint32_t offset = static_cast<uint32_t>(pc - code);
  auto above = std::upper_bound(lines.begin(), lines.end(), offset,
                                [](uint32_t at, const LineEntry& l) { return at < l.offset; });
  return above == lines.begin() ? nullptr : &above[-1];
}

}  // namespace phial
