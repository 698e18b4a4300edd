// The expander's natives (session_natives): each row becomes a native of the machine that copies its arguments into an arena, runs
// the row's body with a host for the calling process, and copies the answer back.
#include <array>
#include <utility>
#include <vector>

#include "compiler/driver/compiler.h"
#include "compiler/driver/natives.h"
#include "compiler/driver/vm_macro_host.h"
#include "vm/code/code_server.h"
#include "vm/heap/copy.h"

namespace phial::compiler {

namespace {

Term run_row(const SessionNative& row, Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  ArenaSpace local;
  ArenaSpace& arena = compiler.session().arena_for(row.arity > 0 ? args[0] : atoms::nil, local);
  std::vector<Term> copies;
  copies.reserve(row.arity);
  for (uint32_t i = 0; i < row.arity; ++i) copies.push_back(deep_copy(arena, args[i]));
  NativeCall call{compiler.session(), host, arena, copies};
  RunResult r = row.body(call);
  return r.raised ? host.fail() : deep_copy(p.heap, r.value);
}

// A native is a plain function pointer, so each row gets a function of its own that knows its number.
constexpr size_t kMaxRows = 128;

template <size_t kRow>
Term row_native(Process& p, Term* args) {
  return run_row(session_natives()[kRow], p, args);
}

template <size_t... kRows>
constexpr std::array<NativeFn, sizeof...(kRows)> make_row_natives(std::index_sequence<kRows...>) {
  return {row_native<kRows>...};
}
constexpr auto kRowNatives = make_row_natives(std::make_index_sequence<kMaxRows>());

}  // namespace

void register_session_natives(CodeServer& server) {
  std::span<const SessionNative> rows = session_natives();
  VM_CHECK(rows.size() <= kMaxRows);
  AtomTable& atoms = server.atoms();
  for (size_t i = 0; i < rows.size(); ++i) {
    server.add_native(atoms.intern(rows[i].module), atoms.intern(rows[i].function), rows[i].arity, kRowNatives[i],
                      rows[i].may_run_code);
  }
}

}  // namespace phial::compiler
