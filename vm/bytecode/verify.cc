#include "vm/bytecode/verify.h"

#include <algorithm>
#include <set>

#include "vm/bytecode/encoding.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"
#include "vm/term/atom.h"
#include "vm/term/binary.h"

namespace phial {
namespace {

constexpr uint32_t kMaxFrame = 60'000;
constexpr uint32_t kMaxArity = 255;
/// Words of register sets one function may need: hostile shapes beyond it are refused instead of proved.
constexpr size_t kMaxStateWords = size_t{1} << 23;
constexpr size_t kMaxHandlerSteps = size_t{1} << 26;

/// A set of registers that hold terms.
class Registers {
 public:
  Registers() = default;
  explicit Registers(size_t count) : bits_((count + 63) / 64) {}
  bool has(size_t r) const { return bits_[r / 64] >> (r % 64) & 1; }
  void add(size_t r) { bits_[r / 64] |= uint64_t{1} << (r % 64); }
  /// Keeps what is also in [other]; true if that changed something.
  bool meet(const Registers& other) {
    bool changed = false;
    for (size_t i = 0; i < bits_.size(); ++i) {
      uint64_t both = bits_[i] & other.bits_[i];
      changed |= both != bits_[i];
      bits_[i] = both;
    }
    return changed;
  }
  size_t words() const { return bits_.size(); }

 private:
  std::vector<uint64_t> bits_;
};

bool ends_path(Op op) {
  switch (op) {
    case Op::Return:
    case Op::ReturnConst:
    case Op::Jump:
    case Op::TailCall:
    case Op::TailExt:
    case Op::TailFun:
    case Op::TailDyn:
    case Op::Fail:
    case Op::FailClause:
    case Op::Reraise:
    case Op::RecvNext:
    case Op::RecvWait:
    case Op::SwitchConst:
    case Op::SwitchArity:
      return true;
    default:
      return false;
  }
}

/// Checks one function of a module whose tables are sound.
class FunctionVerifier {
 public:
  FunctionVerifier(const ModuleCode& module, const FunctionCode& function)
      : m_(module), f_(function), code_(std::span(module.code).first(function.end)) {}

  /// Null, or what is wrong; where() then is the offset in the function.
  const char* run() {
    if (const char* problem = check_instructions()) return problem;
    if (const char* problem = check_handlers()) return problem;
    return check_flow();
  }
  size_t where() const { return at_ - f_.entry; }

 private:
  // Shape: every instruction by itself.

  const char* check_instructions() {
    Instruction in;
    for (at_ = f_.entry; at_ < f_.end; at_ += in.words) {
      if (!decode_instruction(code_, at_, in)) return "no instruction";
      starts_.push_back(static_cast<uint32_t>(at_));
      if (const char* problem = check_operands(in)) return problem;
      if (at_ + in.words == f_.end && !ends_path(in.op)) return "runs over the end";
    }
    for (auto [at, target] : labels_) {
      at_ = at;
      if (!is_start(target)) return "label hits no instruction";
      leaders_.push_back(target);
    }
    return nullptr;
  }

  bool is_start(uint32_t offset) const { return std::binary_search(starts_.begin(), starts_.end(), offset); }

  bool add_label(int64_t offset) {
    int64_t target = static_cast<int64_t>(at_) + offset;
    if (target < f_.entry || target >= f_.end) return false;
    labels_.emplace_back(static_cast<uint32_t>(at_), static_cast<uint32_t>(target));
    return true;
  }

  const char* check_operands(const Instruction& in) {
    size_t small = 0, wide = 0;
    for (char letter : in.operands()) {
      switch (letter) {
        case 'd':
        case 's':
          if (in.slot(small++) >= f_.frame) return "register outside the frame";
          break;
        case 'i':
        case 'u':
          ++small;
          break;
        case 'v':
          if (in.slot(small++) >= std::max<size_t>(m_.live_maps.size(), 1)) return "no such live map";
          break;
        case 'R':
          for (size_t i = 0; i < in.list_length; ++i) {
            if (in.slot(in.list + i) >= f_.frame) return "register outside the frame";
          }
          ++small;
          break;
        case 'l':
          if (!add_label(encoding::short_label(in.at))) return "label outside the function";
          break;
        case 'L':
          if (!add_label(static_cast<int64_t>(in.wide(wide++)))) return "label outside the function";
          break;
        case 'K':
          if (in.wide(wide++) >= m_.literals.size()) return "no such literal";
          break;
        case 'F':
          if (in.wide(wide++) >= m_.functions.size()) return "no such function";
          break;
        case 'E':
          if (in.wide(wide++) >= m_.imports.size()) return "no such import";
          break;
        case 'U':
          if (in.wide(wide++) >= m_.closures.size()) return "no such closure";
          break;
        case 'S':
          if (const char* problem = check_switch(in, wide)) return problem;
          break;
        case 'B':
          if (const char* problem = check_segments(in, wide)) return problem;
          break;
        default:
          return "unknown operand";
      }
    }
    return check_meaning(in);
  }

  const char* check_switch(const Instruction& in, size_t wide) {
    std::set<Word> keys;
    for (Word i = 0, n = in.wide(wide); i < n; ++i) {
      Word index = in.wide(wide + 1 + 2 * i);
      if (index >= m_.literals.size()) return "no such literal";
      Term key = m_.literals[index];
      if (!key.is_fixnum() && (!key.is_atom() || in.op == Op::SwitchArity)) return "wrong kind of key";
      if (!keys.insert(key.bits()).second) return "key twice";
      if (!add_label(static_cast<int64_t>(in.wide(wide + 2 + 2 * i)))) return "label outside the function";
    }
    return nullptr;
  }

  const char* check_segments(const Instruction& in, size_t wide) {
    for (Word i = 0, n = in.wide(wide); i < n; ++i) {
      Word s = in.wide(wide + 1 + i);
      if ((s & 0xff) > static_cast<Word>(SegmentType::Utf32)) return "no such segment type";
      if ((s >> 32 & 0xffff) >= f_.frame) return "register outside the frame";
      if ((s >> 48) != kSegmentAll && (s >> 48) >= f_.frame) return "register outside the frame";
    }
    return nullptr;
  }

  const char* check_meaning(const Instruction& in) {
    switch (in.op) {
      case Op::Call:
        return window_fits(in.slot(0), m_.functions[in.wide(0)].params);
      case Op::CallExt:
        return window_fits(in.slot(0), m_.imports[in.wide(0)].arity);
      case Op::CallFun:
      case Op::CallDyn:
        return in.slot(1) <= kMaxArity ? window_fits(in.slot(0), in.slot(1)) : "too many arguments";
      case Op::TailCall:
        return m_.functions[in.wide(0)].params <= f_.frame ? nullptr : "arguments outside the frame";
      case Op::TailExt:
        return m_.imports[in.wide(0)].arity <= f_.frame ? nullptr : "arguments outside the frame";
      case Op::TailFun:
      case Op::TailDyn:
        return in.slot(0) <= std::min(f_.frame, kMaxArity) ? nullptr : "arguments outside the frame";
      case Op::FailClause:
        return in.slot(0) <= f_.frame ? nullptr : "arguments outside the frame";
      case Op::Fail:
        return in.slot(0) <= static_cast<uint16_t>(FailKind::Error) ? nullptr : "no such failure";
      case Op::MakeFun:
        return m_.closures[in.wide(0)].captured == in.list_length ? nullptr : "wrong number of captured values";
      case Op::MakeMap:
      case Op::MapPut:
      case Op::MapUpdate:
        return in.list_length % 2 == 0 ? nullptr : "key without value";
      case Op::MakeMapKeys:
      case Op::MapUpdateKeys:
        return keys_fit(m_.literals[in.wide(0)], in.list_length) ? nullptr : "keys do not agree with values";
      case Op::BinLit:
        return m_.literals[in.wide(0)].is_bitstring() ? nullptr : "literal is no bitstring";
      case Op::IsTagged:
        return m_.literals[in.wide(0)].is_atom() ? nullptr : "literal is no atom";
      case Op::BinUtf:
        return in.slot(4) == 8 || in.slot(4) == 16 || in.slot(4) == 32 ? nullptr : "no such encoding";
      default:
        return nullptr;
    }
  }
  static bool keys_fit(Term keys, size_t values) {
    return keys.is_tuple() && tuple_arity(keys) == values && values <= kFlatMapMaxKeys;
  }
  const char* window_fits(uint32_t window, uint32_t arguments) const {
    return window + 1 + arguments <= f_.frame ? nullptr : "window outside the frame";
  }

  const char* check_handlers() {
    for (const HandlerRange& h : m_.handlers) {
      if (h.from < f_.entry || h.from >= f_.end) continue;
      at_ = h.from;
      if (h.to <= h.from || h.to > f_.end) return "handler range outside the function";
      if (!is_start(h.from) || (h.to != f_.end && !is_start(h.to))) return "handler range cuts an instruction";
      if (!is_start(h.handler)) return "handler is no instruction";
      if (h.kind == HandlerRange::Kind::Try && h.base + 2u >= f_.frame) return "handler's registers outside the frame";
      leaders_.push_back(h.handler);
      handlers_.push_back(&h);
    }
    return handlers_.size() * starts_.size() <= kMaxHandlerSteps ? nullptr : "too many handlers";
  }

  // Flow: what each register may be relied on to hold.

  const char* check_flow() {
    leaders_.push_back(f_.entry);
    std::sort(leaders_.begin(), leaders_.end());
    leaders_.erase(std::unique(leaders_.begin(), leaders_.end()), leaders_.end());
    if (leaders_.size() * ((f_.frame + 63) / 64) > kMaxStateWords) return "function is too large";
    states_.resize(leaders_.size());
    Registers first(f_.frame);
    for (uint32_t i = 0; i < f_.params; ++i) first.add(i);
    flow_to(f_.entry, first);
    while (!work_.empty()) {
      uint32_t leader = work_.back();
      work_.pop_back();
      State& s = states_[leader_index(leader)];
      s.queued = false;
      if (const char* problem = follow(leader, s.registers)) return problem;
    }
    return nullptr;
  }

  size_t leader_index(uint32_t offset) const {
    return static_cast<size_t>(std::lower_bound(leaders_.begin(), leaders_.end(), offset) - leaders_.begin());
  }
  bool is_leader(uint32_t offset) const { return std::binary_search(leaders_.begin(), leaders_.end(), offset); }

  void flow_to(uint32_t offset, const Registers& registers) {
    State& s = states_[leader_index(offset)];
    bool changed = !s.reached;
    if (s.reached) changed = s.registers.meet(registers);
    else s.registers = registers;
    s.reached = true;
    if (changed && !s.queued) {
      s.queued = true;
      work_.push_back(offset);
    }
  }

  const char* follow(uint32_t offset, Registers now) {
    at_ = offset;
    for (;;) {
      Instruction in;
      decode_instruction(code_, at_, in);
      if (const char* problem = step(in, now)) return problem;
      if (ends_path(in.op)) return nullptr;
      at_ += in.words;
      if (is_leader(static_cast<uint32_t>(at_))) {
        flow_to(static_cast<uint32_t>(at_), now);
        return nullptr;
      }
    }
  }

  /// The effect of one instruction on [now]; sends what holds at its labels and handlers there.
  const char* step(const Instruction& in, Registers& now) {
    if (!reads(in, now)) return "reads a register that may hold nothing";
    bool call = in.op == Op::Call || in.op == Op::CallExt || in.op == Op::CallFun || in.op == Op::CallDyn;
    bool safepoint = call || in.op == Op::Reserve || in.op == Op::RecvWait || in.op == Op::RecvWaitFor;
    Registers kept = now;
    if (safepoint) {
      size_t map = in.op == Op::CallFun ? in.slot(3) : in.op == Op::CallDyn ? in.slot(4) : in.op == Op::RecvWait ? in.slot(0) : in.slot(1);
      size_t limit = call ? in.slot(0) : f_.frame;
      Registers live(f_.frame);
      if (!live_registers(map, limit, now, live)) return "live map names a register that holds nothing";
      kept = live;
    }
    for (const HandlerRange* h : handlers_) {
      if (at_ < h->from || at_ >= h->to) continue;
      Registers caught = kept;
      if (h->kind == HandlerRange::Kind::Try) {
        for (unsigned i = 0; i < 3; ++i) caught.add(h->base + i);
      }
      flow_to(h->handler, caught);
    }
    send_to_labels(in, kept);
    now = kept;
    size_t small = 0;
    for (char letter : in.operands()) {
      if (letter == 'd') now.add(in.slot(small));
      small += encoding::is_small(letter);
    }
    if (call && in.slot(0) + 1u < f_.frame) now.add(in.slot(0) + 1u);
    return nullptr;
  }

  bool live_registers(size_t map, size_t limit, const Registers& now, Registers& live) const {
    if (m_.live_maps.empty()) return true;
    const std::vector<uint64_t>& bits = m_.live_maps[map];
    for (size_t r = 0; r < bits.size() * 64; ++r) {
      if (!(bits[r / 64] >> (r % 64) & 1)) continue;
      if (r >= limit || r >= f_.frame || !now.has(r)) return false;
      live.add(r);
    }
    return true;
  }

  void send_to_labels(const Instruction& in, const Registers& registers) {
    auto send = [&](int64_t offset) { flow_to(static_cast<uint32_t>(static_cast<int64_t>(at_) + offset), registers); };
    size_t wide = 0;
    for (char letter : in.operands()) {
      if (letter == 'l') send(encoding::short_label(in.at));
      if (encoding::is_small(letter) || letter == 'l') continue;
      if (letter == 'L') send(static_cast<int64_t>(in.wide(wide)));
      if (letter == 'S') {
        for (Word i = 0, n = in.wide(wide); i < n; ++i) send(static_cast<int64_t>(in.wide(wide + 2 + 2 * i)));
      }
      ++wide;
    }
  }

  bool all_hold(const Registers& now, uint32_t first, uint32_t count) const {
    for (uint32_t r = first; r < first + count; ++r) {
      if (r >= f_.frame || !now.has(r)) return false;
    }
    return true;
  }

  bool reads(const Instruction& in, const Registers& now) const {
    size_t small = 0, wide = 0;
    for (char letter : in.operands()) {
      if (letter == 's' && !now.has(in.slot(small))) return false;
      if (letter == 'R') {
        for (size_t i = 0; i < in.list_length; ++i) {
          if (!now.has(in.slot(in.list + i))) return false;
        }
      }
      if (letter == 'B') {
        for (Word i = 0, n = in.wide(wide); i < n; ++i) {
          Word s = in.wide(wide + 1 + i);
          if (!now.has(s >> 32 & 0xffff)) return false;
          if ((s >> 48) != kSegmentAll && !now.has(s >> 48)) return false;
        }
      }
      if (encoding::is_small(letter)) ++small;
      else if (letter != 'l') ++wide;
    }
    switch (in.op) {
      case Op::Call:
        return all_hold(now, in.slot(0) + 1u, m_.functions[in.wide(0)].params);
      case Op::CallExt:
        return all_hold(now, in.slot(0) + 1u, m_.imports[in.wide(0)].arity);
      case Op::CallFun:
      case Op::CallDyn:
        return all_hold(now, in.slot(0) + 1u, in.slot(1));
      case Op::TailCall:
        return all_hold(now, 0, m_.functions[in.wide(0)].params);
      case Op::TailExt:
        return all_hold(now, 0, m_.imports[in.wide(0)].arity);
      case Op::TailFun:
      case Op::TailDyn:
      case Op::FailClause:
        return all_hold(now, 0, in.slot(0));
      default:
        return true;
    }
  }

  struct State {
    Registers registers;
    bool reached = false;
    bool queued = false;
  };

  const ModuleCode& m_;
  const FunctionCode& f_;
  std::span<const Word> code_;
  size_t at_ = 0;
  std::vector<uint32_t> starts_;
  std::vector<std::pair<uint32_t, uint32_t>> labels_;  // from, to
  std::vector<const HandlerRange*> handlers_;
  std::vector<uint32_t> leaders_;
  std::vector<State> states_;
  std::vector<uint32_t> work_;
};

const char* check_tables(const ModuleCode& m) {
  if (!m.name.is_atom()) return "module name is no atom";
  if (m.code.size() > UINT32_MAX / 2) return "too much code";
  std::vector<std::pair<uint32_t, uint32_t>> ranges;
  for (const FunctionCode& f : m.functions) {
    if (!f.name.is_atom() || f.arity > kMaxArity) return "bad function";
    if (f.params < f.arity || f.params > f.frame || f.frame > kMaxFrame) return "bad frame";
    if (f.exported && f.params != f.arity) return "exported function captures values";
    if (f.entry >= f.end || f.end > m.code.size()) return "function outside the code";
    ranges.emplace_back(f.entry, f.end);
  }
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].second) return "functions overlap";
  }
  for (const ImportRef& i : m.imports) {
    if (!i.module.is_atom() || !i.function.is_atom() || i.arity > kMaxArity) return "bad import";
  }
  for (const ClosureCode& c : m.closures) {
    if (c.function >= m.functions.size()) return "closure of no function";
    const FunctionCode& f = m.functions[c.function];
    if (c.captured > f.params || f.params - c.captured > kMaxArity) return "closure captures too much";
  }
  for (const HandlerRange& h : m.handlers) {
    bool inside = false;
    auto above = std::upper_bound(ranges.begin(), ranges.end(), std::pair(h.from, UINT32_MAX));
    if (above != ranges.begin()) inside = h.from < above[-1].second;
    if (!inside) return "handler outside all functions";
  }
  if (!m.live_maps.empty() && std::any_of(m.live_maps[0].begin(), m.live_maps[0].end(), [](uint64_t w) { return w != 0; })) {
    return "live map 0 is not empty";
  }
  for (const auto& map : m.live_maps) {
    if (map.size() > kMaxFrame / 64 + 1) return "live map is too long";
  }
  for (size_t i = 1; i < m.lines.size(); ++i) {
    if (m.lines[i].offset < m.lines[i - 1].offset) return "lines are not sorted";
  }
  for (const LineEntry& l : m.lines) {
    if (l.file >= m.files.size()) return "line in no file";
  }
  for (Term t : m.literals) {
    if (t.is_none() || t == Term::hole()) return "literal is no term";
  }
  return nullptr;
}

}  // namespace

bool verify_module(const ModuleCode& module, std::string& error) {
  if (const char* problem = check_tables(module)) {
    error = problem;
    return false;
  }
  for (size_t i = 0; i < module.functions.size(); ++i) {
    FunctionVerifier verifier(module, module.functions[i]);
    if (const char* problem = verifier.run()) {
      error = "function " + std::to_string(i) + " at word " + std::to_string(verifier.where()) + ": " + problem;
      return false;
    }
  }
  return true;
}

}  // namespace phial
