// Atoms: interned text. Each runtime has one table. An atom's index never changes and is never reused.
// Lookup and insertion are safe from any thread; text() is lock-free.
#pragma once

#include <memory>
#include <string_view>

#include "vm/term/term.h"

namespace phial {

/// Atoms the VM and the compiler name themselves, with fixed indexes: one row each in atoms.def.
namespace atoms {
enum Index : uint32_t {
#define ATOM(name, text) k_##name,
#include "vm/term/atoms.def"
#undef ATOM
  kFixedCount
};
#define ATOM(name, text) inline constexpr Term name = Term::atom(k_##name);
#include "vm/term/atoms.def"
#undef ATOM
}  // namespace atoms

inline constexpr Term boolean(bool b);

class AtomTable {
 public:
  static constexpr uint32_t kDefaultLimit = 1'048'576;
  static constexpr size_t kMaxCharacters = 255;

  explicit AtomTable(uint32_t limit = kDefaultLimit);
  ~AtomTable();
  AtomTable(const AtomTable&) = delete;
  AtomTable& operator=(const AtomTable&) = delete;

  /// The atom with this UTF-8 text; none() when the table is full. The caller has checked the length.
  Term intern(std::string_view text);
  /// The atom if it exists already, else none().
  Term find(std::string_view text) const;
  /// UTF-8 text, valid as long as the table.
  std::string_view text(Term atom) const;
  uint32_t count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr Term boolean(bool b) { return b ? atoms::true_ : atoms::false_; }

}  // namespace phial
