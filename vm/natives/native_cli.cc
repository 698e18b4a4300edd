#include <unistd.h>

#include "vm/natives/iodata.h"
#include "vm/natives/native_state.h"
#include "vm/natives/natives.h"
#include "vm/term/list.h"

namespace phial::natives {

Term cli_argv(Process& p, Term*) {
  ProgramArguments& program = native_state(p).program;
  std::lock_guard lock(program.mutex);
  ListBuilder out(p.heap);
  for (const std::string& arg : program.argv) out.push(make_binary(p.heap, arg));
  return out.finish();
}

Term cli_put_argv(Process& p, Term* a) {
  std::vector<std::string> fresh;
  Term l = a[0];
  for (; l.is_cons(); l = l.tail()) {
    std::string text;
    if (!append_chardata(l.head(), text)) return p.raise_badarg();
    fresh.push_back(std::move(text));
  }
  if (!l.is_nil_list()) return p.raise_badarg();
  ProgramArguments& program = native_state(p).program;
  std::lock_guard lock(program.mutex);
  program.argv = std::move(fresh);
  return atoms::ok;
}

Term cli_no_halt(Process& p, Term*) {
  ProgramArguments& program = native_state(p).program;
  std::lock_guard lock(program.mutex);
  return boolean(program.no_halt);
}

Term cli_put_no_halt(Process& p, Term* a) {
  ProgramArguments& program = native_state(p).program;
  std::lock_guard lock(program.mutex);
  program.no_halt = a[0] == atoms::true_;
  return atoms::ok;
}

Term cli_interactive(Process&, Term*) { return boolean(isatty(0) && isatty(1)); }

}  // namespace phial::natives
