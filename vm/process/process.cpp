#include "vm/process/process.h"

#include "vm/process/system.h"

namespace phial {

Term Process::raise(Term class_, Term reason) {
  exc.class_ = class_;
  exc.reason = reason;
  exc.trace = Term::none();
  request = NativeRequest::Raise;
  return Term::none();
}

Term Process::tail_call(Export* target, std::initializer_list<Term> args) {
  VM_ASSERT(args.size() <= kMaxTrapArgs);
  size_t i = 0;
  for (Term arg : args) trap_args[i++] = arg;
  while (i < kMaxTrapArgs) trap_args[i++] = Term::none();
  trap_export = target;
  request = NativeRequest::TailCall;
  return Term::none();
}

AtomTable& Process::atoms() const { return system->atoms; }

}  // namespace phial
