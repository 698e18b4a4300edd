// A tiny assembler: modules for tests, written as calls. Functions are begun with def(); labels are made with label(),
// placed with here(label) and used in any order.
#pragma once

#include <map>
#include <string>

#include "vm/bytecode/code_builder.h"
#include "vm/bytecode/format.h"
#include "vm/term/atom.h"

namespace phial::test {

struct Label {
  int id;
};

class Assembler {
 public:
  Assembler(AtomTable& atoms, std::string_view name) : atoms_(atoms), builder_(code_.code) {
    code_.name = atom(name);
    code_.live_maps.emplace_back();
    code_.files = {"test.ex"};
  }

  Term atom(std::string_view text) { return atoms_.intern(text); }
  ArenaSpace& arena() { return *code_.arena; }

  /// Begins a function; returns its index. Functions called before they are begun: declare() first.
  int def(std::string_view name, uint32_t arity, uint32_t frame, uint32_t captured = 0) {
    int index = declare(name, arity);
    FunctionCode& f = code_.functions[static_cast<size_t>(index)];
    finish_function();
    f.params = arity + captured;
    f.frame = frame;
    f.entry = static_cast<uint32_t>(builder_.here());
    f.exported = captured == 0;
    current_ = index;
    return index;
  }
  int declare(std::string_view name, uint32_t arity) {
    Term a = atom(name);
    for (size_t i = 0; i < code_.functions.size(); ++i) {
      if (code_.functions[i].name == a && code_.functions[i].arity == arity) return static_cast<int>(i);
    }
    FunctionCode f;
    f.name = a;
    f.arity = arity;
    code_.functions.push_back(f);
    return static_cast<int>(code_.functions.size()) - 1;
  }

  Label label() { return {next_label_++}; }
  void here(Label l) { places_[l.id] = builder_.here(); }
  size_t at() const { return builder_.here(); }

  /// An instruction without wide operands.
  size_t op(Op o, std::initializer_list<int> small = {}, std::initializer_list<int> list = {}) {
    std::vector<uint16_t> s(small.begin(), small.end()), l(list.begin(), list.end());
    last_ = builder_.emit(o, s, l);
    return last_;
  }
  /// Wide operands of the instruction just begun.
  Assembler& to(Label l) {
    fixes_.push_back({last_, builder_.wide(0), l.id});
    return *this;
  }
  Assembler& constant(Term t) {
    builder_.wide(code_.literals.size());
    code_.literals.push_back(t);
    return *this;
  }
  Assembler& raw(Word w) {
    builder_.wide(w);
    return *this;
  }
  /// The short label of the instruction just begun.
  void to_short(Label l) { fixes_.push_back({last_, last_, l.id}); }

  int live(std::initializer_list<int> registers) {
    std::vector<uint64_t> map;
    for (int r : registers) {
      size_t i = static_cast<size_t>(r);
      if (map.size() <= i / 64) map.resize(i / 64 + 1);
      map[i / 64] |= uint64_t{1} << (i % 64);
    }
    if (map.empty()) return 0;
    code_.live_maps.push_back(map);
    return static_cast<int>(code_.live_maps.size()) - 1;
  }
  void line(uint32_t n) { code_.lines.push_back({static_cast<uint32_t>(builder_.here()), n, 0}); }
  void handler(size_t from, size_t to, Label at, int base, HandlerRange::Kind kind = HandlerRange::Kind::Try) {
    handlers_.push_back({static_cast<uint32_t>(from), static_cast<uint32_t>(to), at.id, static_cast<uint16_t>(base), kind});
  }

  // Common instructions.
  void move(int d, int s) { op(Op::Move, {d, s}); }
  void integer(int d, int i) { op(Op::ConstInt, {d, i}); }
  void load(int d, Term t) { op(Op::Const, {d}), constant(t); }
  void call(int window, std::initializer_list<int> live_registers, int function) {
    op(Op::Call, {window, live(live_registers)}), raw(static_cast<Word>(function));
  }
  void call_ext(int window, std::initializer_list<int> live_registers, std::string_view module, std::string_view name,
                uint32_t arity) {
    op(Op::CallExt, {window, live(live_registers)}), raw(import(module, name, arity));
  }
  void tail(int function) { op(Op::TailCall), raw(static_cast<Word>(function)); }
  void tail_ext(std::string_view module, std::string_view name, uint32_t arity) {
    op(Op::TailExt), raw(import(module, name, arity));
  }
  void ret(int r) { op(Op::Return, {r}); }
  void ret_constant(Term t) { op(Op::ReturnConst), constant(t); }
  void jump(Label l) { op(Op::Jump), to_short(l); }
  /// A test with a short label.
  void test(Op o, int s, Label otherwise) { op(o, {s}), to_short(otherwise); }
  void reserve(int words, std::initializer_list<int> live_registers, int frame) {
    op(Op::Reserve, {words, live(live_registers), frame});
  }
  int closure(int function, uint32_t captured) {
    code_.closures.push_back({static_cast<uint32_t>(function), captured, 7});
    return static_cast<int>(code_.closures.size()) - 1;
  }
  Word import(std::string_view module, std::string_view name, uint32_t arity) {
    code_.imports.push_back({atom(module), atom(name), arity});
    return code_.imports.size() - 1;
  }

  ModuleCode finish() {
    finish_function();
    for (const Fix& f : fixes_) builder_.patch(f.at, f.place, places_.at(f.label));
    for (const PendingHandler& h : handlers_) {
      code_.handlers.push_back({h.from, h.to, static_cast<uint32_t>(places_.at(h.label)), h.base, h.kind});
    }
    return std::move(code_);
  }

 private:
  struct Fix {
    size_t at, place;
    int label;
  };
  struct PendingHandler {
    uint32_t from, to;
    int label;
    uint16_t base;
    HandlerRange::Kind kind;
  };
  void finish_function() {
    if (current_ >= 0) code_.functions[static_cast<size_t>(current_)].end = static_cast<uint32_t>(builder_.here());
    current_ = -1;
  }

  AtomTable& atoms_;
  ModuleCode code_;
  CodeBuilder builder_;
  int current_ = -1;
  size_t last_ = 0;
  int next_label_ = 0;
  std::map<int, size_t> places_;
  std::vector<Fix> fixes_;
  std::vector<PendingHandler> handlers_;
};

}  // namespace phial::test
