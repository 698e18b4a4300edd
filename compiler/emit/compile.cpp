#include "compiler/core/compile.h"

#include "compiler/core/lower.h"
#include "compiler/emit/assign.h"
#include "compiler/emit/builder.h"
#include "vm/bytecode/disasm.h"

namespace phial::compiler {

bool compile_module(const ModuleSource& source, AtomTable& atoms, ModuleCode& out, CompileError& error,
                    DumpStage dump, std::string* dump_text) {
  CoreNames names(atoms);
  Arena arena;
  ArenaSpace space;
  CoreModule core;
  out.name = source.name;
  Lowerer lowerer(source, atoms, names, arena, space, core, error);
  if (!lowerer.run()) return false;
  std::string broken = verify_core(core);
  if (!broken.empty()) {
    error.message = "internal error: " + broken;
    return false;
  }
  if (dump == DumpStage::Core && dump_text != nullptr) *dump_text = print_core(core, atoms);

  Unit unit(core, atoms, names, space, out);
  FunctionFinder find = [&](Term name, uint32_t arity) { return unit.find(name, arity); };
  TailCons tail_cons = find_tail_cons(core, find);
  VCode code;
  Builder builder(unit, tail_cons, code);
  Assigner assigner(unit, code);
  bool ok = true;
  auto emit = [&](Function& f, uint32_t variant, uint32_t index) {
    ok = builder.build(f, variant);
    if (!ok) return;
    if (dump == DumpStage::Opt && dump_text != nullptr) {
      *dump_text += std::string(atoms.text(f.name)) + "/" + std::to_string(f.arity) + (variant & kWorker ? " worker" : "") + (variant & kReader ? " reader" : "") + "\n" +
                    print_vcode(code, atoms);
    }
    ok = assigner.emit(f, variant != kPlain, index);
  };
  for (Function* f : core.functions) {
    emit(*f, kPlain, f->index);
    if (!ok) break;
  }
  while (ok && !unit.pending_variants.empty()) {
    auto [f, variant] = unit.pending_variants.back();
    unit.pending_variants.pop_back();
    emit(*f, variant, unit.variant(f, variant));
  }
  if (!ok) {
    error.message = unit.error;
    error.line = unit.error_line;
    return false;
  }
  out.files = core.files;
  out.info = copy_literal(source.info, *out.arena, atoms);
  if (dump == DumpStage::Bytecode && dump_text != nullptr) *dump_text = disassemble(out, atoms);
  return true;
}

}  // namespace phial::compiler
