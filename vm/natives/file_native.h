// The frame that all natives of :phial_file share.
#pragma once

#include "vm/natives/file_call.h"
#include "vm/natives/iodata.h"
#include "vm/process/process.h"
#include "vm/process/system.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

/// The atom for an errno.
Term posix_atom(Process& p, int error);

/// A path: a binary's bytes as they are, the characters of a charlist in UTF-8, an atom's text. False for anything else,
/// and for text with a zero byte.
inline bool path_of(Process& p, Term t, std::string& out) {
  if (t.is_atom()) {
    out = p.atoms().text(t);
  } else if (is_binary(t)) {
    std::string scratch;
    out = binary_bytes(t, scratch);
  } else if (!t.is_list() || !append_chardata(t, out)) {
    return false;
  }
  return out.find('\0') == std::string::npos;
}

inline FileHandle* handle_of(Term t) {
  if (!t.is_kind(Kind::Resource)) return nullptr;
  Resource* r = resource_of(t);
  return r->type() == &FileHandle::kType ? static_cast<FileHandle*>(r) : nullptr;
}
/// Gives [call] a count of the handle; false when [t] is none.
inline bool take_handle(Term t, FileCall& call) {
  call.handle = handle_of(t);
  if (call.handle == nullptr) return false;
  call.handle->retain();
  return true;
}

inline Term ok_answer(Process&, FileCall&) { return atoms::ok; }
inline Term bytes_answer(Process& p, FileCall& c) {
  return make_tuple(p.heap, {atoms::ok, make_binary(p.heap, c.bytes)});
}
inline Term number_answer(Process& p, FileCall& c) {
  return make_tuple(p.heap, {atoms::ok, make_integer(p.heap, c.number)});
}

/// [prepare] fills the call in, or returns false: badarg. [body] runs on the pool. [answer] makes the result when it went
/// well; else it is {:error, posix}.
template <typename Prepare, typename Answer>
Term file_call(Process& p, FileCall::Body body, Prepare prepare, Answer answer) {
  if (BlockingCall* call = blocking_call(p)) {
    if (!call->done()) return p.wait_native();
    auto& c = static_cast<FileCall&>(*call);
    Term result = c.error != 0 ? make_tuple(p.heap, {atoms::error, posix_atom(p, c.error)}) : answer(p, c);
    finish_blocking(p);
    return result;
  }
  auto* call = new FileCall(body);
  if (!prepare(*call)) {
    delete call;
    return p.raise_badarg();
  }
  return start_blocking(p, call);
}

}  // namespace phial::natives
