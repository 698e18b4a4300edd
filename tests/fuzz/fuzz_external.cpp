// Any bytes are an external term or refused. What is accepted encodes, decodes to an equal term with an equal hash, and
// survives a copy and being printed.
#include <cstdint>
#include <string>
#include <string_view>

#include "vm/heap/arena_space.h"
#include "vm/heap/copy.h"
#include "vm/term/atom.h"
#include "vm/term/compare.h"
#include "vm/term/external.h"
#include "vm/term/hash.h"
#include "vm/term/inspect.h"

using namespace phial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  AtomTable atoms;
  ArenaSpace space;
  ExternalContext context{atoms, atoms.intern("nonode@nohost"), nullptr};
  size_t used = 0;
  Term term = decode_external(space, {reinterpret_cast<const char*>(data), size}, context, false, &used);
  if (term.is_none()) return 0;
  std::string bytes;
  VM_CHECK(used <= size);
  VM_CHECK(encode_external(term, context, {}, bytes));
  Term again = decode_external(space, bytes, context, true, &used);
  VM_CHECK(!again.is_none() && used == bytes.size());
  VM_CHECK(equal_exact(term, again) && compare_terms(term, again, atoms) == 0);
  VM_CHECK(hash_term(term) == hash_term(again) && portable_hash(term, atoms) == portable_hash(again, atoms));
  VM_CHECK(equal_exact(deep_copy(space, term), term));
  (void)inspect_term(term, atoms, 10000);
  return 0;
}
