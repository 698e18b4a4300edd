#include "compiler/core/core.h"

namespace phial::compiler {

const char* node_name(NodeKind kind) {
  static constexpr const char* kNamesOf[] = {
#define NODE(name, doc) #name,
#include "compiler/core/nodes.def"
#undef NODE
  };
  return kNamesOf[static_cast<size_t>(kind)];
}

const char* prim_name(Prim prim) {
  static constexpr const char* kNamesOf[] = {
#define PRIM(name, function, arity, cls) #name,
#include "compiler/core/prims.def"
#undef PRIM
  };
  return kNamesOf[static_cast<size_t>(prim)];
}

PrimClass prim_class(Prim prim) {
  static constexpr PrimClass kClasses[] = {
#define PRIM(name, function, arity, cls) PrimClass::cls,
#include "compiler/core/prims.def"
#undef PRIM
  };
  return kClasses[static_cast<size_t>(prim)];
}

unsigned prim_arity(Prim prim) {
  static constexpr unsigned kArities[] = {
#define PRIM(name, function, arity, cls) arity,
#include "compiler/core/prims.def"
#undef PRIM
  };
  return kArities[static_cast<size_t>(prim)];
}

}  // namespace phial::compiler
