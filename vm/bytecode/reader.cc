#include "vm/bytecode/reader.h"

#include <algorithm>

#include "vm/term/atom.h"

namespace phial {
namespace {

class ModuleReader {
 public:
  ModuleReader(std::string_view bytes, AtomTable& table, ExportTerms* exports, ModuleCode& out)
      : in_(bytes), table_(table), exports_(exports), out_(out) {}

  const char* run() {
    if (in_.bytes(8) != std::string_view("PHIAL\0\0\0", 8)) return "not a module file";
    if (in_.varint() != kFormatVersion) return "module file of another version";
    if (!read_atoms()) return "malformed or too many atoms";
    size_t words = in_.varint();
    if (words > in_.left() / sizeof(Word)) return "code is cut off";
    out_.code.resize(words);
    if (words > 0) std::memcpy(out_.code.data(), in_.bytes(words * sizeof(Word)).data(), words * sizeof(Word));
    out_.name = atom();
    tables();
    size_t literals = in_.count();
    for (size_t i = 0; i < literals && !in_.failed(); ++i) out_.literals.push_back(term());
    if (!in_.failed()) out_.info = term();
    if (in_.failed()) return "malformed module file";
    if (in_.left() != 0) return "module file has bytes behind its end";
    return nullptr;
  }

 private:
  bool read_atoms() {
    size_t count = in_.count();
    atoms_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      std::string_view text = in_.text();
      if (in_.failed() || text.size() > 4 * AtomTable::kMaxCharacters) return false;
      Term atom = table_.intern(text);
      if (atom.is_none()) return false;
      atoms_.push_back(atom);
    }
    return !in_.failed();
  }
  Term atom() {
    uint64_t n = in_.varint();
    if (n < atoms_.size()) return atoms_[n];
    in_.fail();
    return atoms::nil;
  }
  Term term() { return decode_term(in_, *out_.arena, atoms_, table_, exports_); }

  void tables() {
    read_functions();
    for (size_t i = 0, n = in_.count(); i < n; ++i) out_.imports.push_back({atom(), atom(), in_.u32()});
    for (size_t i = 0, n = in_.count(); i < n; ++i) {
      ClosureCode c{in_.u32(), in_.u32(), 0};
      std::string_view raw = in_.bytes(sizeof c.unique);
      if (in_.failed()) return;
      std::memcpy(&c.unique, raw.data(), sizeof c.unique);
      out_.closures.push_back(c);
    }
    for (size_t i = 0, n = in_.count(); i < n; ++i) {
      std::vector<uint64_t> map(in_.count());
      for (uint64_t& bits : map) bits = in_.varint();
      out_.live_maps.push_back(std::move(map));
    }
    for (size_t i = 0, n = in_.count(); i < n && !in_.failed(); ++i) {
      HandlerRange h{in_.u32(), in_.u32(), in_.u32(), in_.u16(), HandlerRange::Kind::Try};
      uint8_t kind = in_.byte();
      if (kind > static_cast<uint8_t>(HandlerRange::Kind::Guard)) return in_.fail();
      h.kind = static_cast<HandlerRange::Kind>(kind);
      out_.handlers.push_back(h);
    }
    uint32_t last = 0;
    for (size_t i = 0, n = in_.count(); i < n && !in_.failed(); ++i) {
      uint64_t offset = uint64_t{last} + in_.u32();
      if (offset > UINT32_MAX) return in_.fail();
      last = static_cast<uint32_t>(offset);
      out_.lines.push_back({last, in_.u32(), in_.u16()});
    }
    for (size_t i = 0, n = in_.count(); i < n && !in_.failed(); ++i) out_.files.emplace_back(in_.text());
    for (const LineEntry& l : out_.lines) {
      if (l.file >= out_.files.size()) return in_.fail();
    }
  }
  void read_functions() {
    for (size_t i = 0, n = in_.count(); i < n && !in_.failed(); ++i) {
      FunctionCode f;
      f.name = atom();
      f.arity = in_.u32();
      f.params = in_.u32();
      f.frame = in_.u32();
      f.entry = in_.u32();
      uint64_t end = uint64_t{f.entry} + in_.u32();
      if (end > out_.code.size()) return in_.fail();
      f.end = static_cast<uint32_t>(end);
      f.exported = in_.byte() != 0;
      out_.functions.push_back(f);
    }
  }

  ByteReader in_;
  AtomTable& table_;
  ExportTerms* exports_;
  ModuleCode& out_;
  std::vector<Term> atoms_;
};

}  // namespace

bool read_module(std::string_view bytes, AtomTable& atoms, ExportTerms* exports, ModuleCode& out,
                 std::string& error) {
  const char* problem = ModuleReader(bytes, atoms, exports, out).run();
  if (problem != nullptr) error = problem;
  return problem == nullptr;
}

}  // namespace phial
