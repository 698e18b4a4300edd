// Flattening of iodata and chardata, iteratively: nesting costs no C++ stack. On the thread that runs the process.
#pragma once

#include <string>
#include <vector>

#include "vm/support/utf8.h"
#include "vm/term/binary.h"
#include "vm/term/term.h"

namespace phial {

/// Walks nested lists depth first and hands every leaf (no list) to [leaf], which returns false to stop. A list's tail may be a
/// leaf too (improper). Returns false when stopped; [remaining] then holds what was not yet consumed, as a list of
/// terms still to visit, in order.
template <typename Leaf>
bool walk_iolist(Term data, Leaf leaf, std::vector<Term>* remaining = nullptr) {
  std::vector<Term> todo{data};
  while (!todo.empty()) {
    Term t = todo.back();
    todo.pop_back();
    while (t.is_cons()) {
      Term head = t.head();
      Term tail = t.tail();
      if (head.is_cons()) {
        if (!tail.is_nil_list()) todo.push_back(tail);
        t = head;
        continue;
      }
      if (!head.is_nil_list() && !leaf(head)) {
        if (remaining) {
          todo.push_back(tail);
          *remaining = std::vector<Term>(todo.rbegin(), todo.rend());
        }
        return false;
      }
      t = tail;
    }
    if (!t.is_nil_list() && !leaf(t)) {
      if (remaining) *remaining = std::vector<Term>(todo.rbegin(), todo.rend());
      return false;
    }
  }
  return true;
}

/// Appends iodata (bytes 0..255 and binaries) to [out]; false when it is malformed.
inline bool append_iodata(Term data, std::string& out) {
  return walk_iolist(data, [&out](Term t) {
    if (t.is_fixnum()) {
      if (t.as_fixnum() < 0 || t.as_fixnum() > 255) return false;
      out += static_cast<char>(t.as_fixnum());
      return true;
    }
    if (!is_binary(t)) return false;
    std::string scratch;
    out += binary_bytes(t, scratch);
    return true;
  });
}

/// Appends chardata (code points and UTF-8 binaries) to [out]; false when it is malformed.
inline bool append_chardata(Term data, std::string& out) {
  return walk_iolist(data, [&out](Term t) {
    if (t.is_fixnum()) return t.as_fixnum() >= 0 && utf8_append(out, static_cast<uint64_t>(t.as_fixnum()));
    if (!is_binary(t)) return false;
    std::string scratch;
    std::string_view bytes = binary_bytes(t, scratch);
    out += bytes;
    return utf8_valid(bytes);
  });
}

}  // namespace phial
