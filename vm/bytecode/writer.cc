#include "vm/bytecode/writer.h"

#include "vm/term/atom.h"

namespace phial {

std::string write_module(const ModuleCode& module, const AtomTable& table, ExportTerms* exports) {
  AtomNumbers atoms;
  ByteWriter body;
  body.varint(atoms.number(module.name));
  body.varint(module.functions.size());
  for (const FunctionCode& f : module.functions) {
    body.varint(atoms.number(f.name));
    body.varint(f.arity);
    body.varint(f.params);
    body.varint(f.frame);
    body.varint(f.entry);
    body.varint(f.end - f.entry);
    body.byte(f.exported);
  }
  body.varint(module.imports.size());
  for (const ImportRef& i : module.imports) {
    body.varint(atoms.number(i.module));
    body.varint(atoms.number(i.function));
    body.varint(i.arity);
  }
  body.varint(module.closures.size());
  for (const ClosureCode& c : module.closures) {
    body.varint(c.function);
    body.varint(c.captured);
    body.bytes(&c.unique, sizeof c.unique);
  }
  body.varint(module.live_maps.size());
  for (const auto& map : module.live_maps) {
    body.varint(map.size());
    for (uint64_t bits : map) body.varint(bits);
  }
  body.varint(module.handlers.size());
  for (const HandlerRange& h : module.handlers) {
    body.varint(h.from);
    body.varint(h.to);
    body.varint(h.handler);
    body.varint(h.base);
    body.byte(static_cast<uint8_t>(h.kind));
  }
  body.varint(module.lines.size());
  uint32_t last = 0;
  for (const LineEntry& l : module.lines) {
    body.varint(l.offset - last);
    last = l.offset;
    body.varint(l.line);
    body.varint(l.file);
  }
  body.varint(module.files.size());
  for (const std::string& f : module.files) body.text(f);
  body.varint(module.literals.size());
  for (Term literal : module.literals) {
    if (!encode_term(body, literal, atoms, exports)) return {};
  }
  if (!encode_term(body, module.info, atoms, exports)) return {};

  ByteWriter out;
  out.bytes("PHIAL\0\0\0", 8);
  out.varint(kFormatVersion);
  out.varint(atoms.atoms().size());
  for (Term atom : atoms.atoms()) out.text(table.text(atom));
  out.varint(module.code.size());
  out.bytes(module.code.data(), module.code.size() * sizeof(Word));
  out.bytes(body.view().data(), body.view().size());
  return out.take();
}

}  // namespace phial
