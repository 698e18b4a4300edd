// What the natives of :ets share: finding the table an argument names, and failing the way OTP does.
#pragma once

#include "vm/ets/tables.h"
#include "vm/process/process.h"
#include "vm/process/system.h"

namespace phial::natives {

using ets::Access;
using ets::Handle;
using ets::Object;
using ets::SharedGuard;
using ets::Table;
using ets::Tables;
using ets::TableType;
using ets::WriteGuard;

inline Tables& ets_tables(Process& p) { return static_cast<Tables&>(*p.system->tables); }

/// badarg; [cause] goes into the stack trace for :erl_stdlib_errors.
inline Term ets_fail(Process& p, Term cause) {
  p.raise_badarg();
  p.exc.trace = cause;
  return Term::none();
}
/// [which] names no table.
inline Term ets_no_table(Process& p, Term which) {
  bool could = which.is_atom() || (which.is_reference() && (Ref::from(which).info & 15) == ets::kTableRef);
  return ets_fail(p, could ? atoms::id : atoms::type);
}

/// Whether [t] is a tuple with a key.
inline bool is_object(Term t, uint32_t key_index) {
  return t.is_tuple() && header::words(t.header()) > key_index;
}

}  // namespace phial::natives
