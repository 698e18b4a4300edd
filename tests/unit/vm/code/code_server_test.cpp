// Modules: lazy loading, redefinition, unloading, natives that win.
#include "tests/unit/vm/interp/machine.h"
#include "vm/bytecode/writer.h"

namespace phial::test {
namespace {

ModuleCode constant_module(Machine& m, std::string_view name, Term value) {
  Assembler a(m.atoms, name);
  a.def("value", 0, 2);
  a.ret_constant(value);
  return a.finish();
}

class OneModule final : public ModuleSource {
 public:
  OneModule(Term name, std::string bytes) : name_(name), bytes_(std::move(bytes)) {}
  bool find(Term module, Found& out) override {
    ++asked;
    if (module != name_) return false;
    out = {bytes_, true};
    return true;
  }
  int asked = 0;

 private:
  Term name_;
  std::string bytes_;
};

TEST(CodeServer, modules_load_on_their_first_call) {
  Machine m;
  OneModule source(m.atoms.intern("lazy"), write_module(constant_module(m, "lazy", fix(5)), m.atoms, &m.code));
  m.code.set_source(&source);
  EXPECT_EQ(m.code.find_module(m.atoms.intern("lazy")), nullptr);
  EXPECT_EQ(m.run("lazy", "value").value, fix(5));
  EXPECT_EQ(m.run("lazy", "value").value, fix(5));
  EXPECT_EQ(source.asked, 1);
  EXPECT_EQ(tuple_at(m.run("lazy", "other").reason, 0), atoms::undef);
}

TEST(CodeServer, remote_calls_reach_the_new_version) {
  Machine m;
  m.load(constant_module(m, "t", fix(1)));
  EXPECT_EQ(m.run("t", "value").value, fix(1));
  Module* old = m.code.find_module(m.atoms.intern("t"));
  m.load(constant_module(m, "t", fix(2)));
  EXPECT_TRUE(old->is_old);
  EXPECT_EQ(m.run("t", "value").value, fix(2));
  EXPECT_TRUE(m.code.unload(m.atoms.intern("t")));
  EXPECT_EQ(tuple_at(m.run("t", "value").reason, 0), atoms::undef);
}

TEST(CodeServer, exports_that_a_new_version_lacks_are_undefined) {
  Machine m;
  m.load(constant_module(m, "t", fix(1)));
  Assembler a(m.atoms, "t");
  a.def("other", 0, 2);
  a.ret_constant(atoms::ok);
  m.load(a.finish());
  EXPECT_EQ(tuple_at(m.run("t", "value").reason, 0), atoms::undef);
  EXPECT_EQ(m.run("t", "other").value, atoms::ok);
}

TEST(CodeServer, natives_win_over_text) {
  Machine m;
  m.native("t", "value", 0, [](Process&, Term*) { return fix(9); });
  m.load(constant_module(m, "t", fix(1)));
  EXPECT_EQ(m.run("t", "value").value, fix(9));
}

TEST(CodeServer, many_modules_are_found_by_address) {
  Machine m;
  std::vector<Module*> modules;
  for (int i = 0; i < 500; ++i) {
    modules.push_back(m.load(constant_module(m, "m" + std::to_string(i), fix(i))));
  }
  for (Module* module : modules) {
    EXPECT_EQ(m.code.module_at(module->functions[0].entry), module);
    EXPECT_EQ(module->function_at(module->functions[0].entry), &module->functions[0]);
  }
  EXPECT_EQ(m.code.module_at(nullptr), nullptr);
}

TEST(CodeServer, protocol_implementations_are_found_and_remembered) {
  Machine m;
  Term protocol = m.atoms.intern("Elixir.Proto"), target = m.atoms.intern("Elixir.Integer");
  EXPECT_EQ(m.code.protocol_impl(protocol, target), atoms::nil);
  EXPECT_EQ(m.code.protocol_impl(protocol, target), atoms::nil);
  Assembler a(m.atoms, "Elixir.Proto.Integer");
  a.def("__impl__", 1, 4);
  a.ret(0);
  m.load(a.finish());
  EXPECT_EQ(m.code.protocol_impl(protocol, target), m.atoms.intern("Elixir.Proto.Integer"));
  EXPECT_EQ(m.code.protocol_impl(protocol, target), m.atoms.intern("Elixir.Proto.Integer"));
}

}  // namespace
}  // namespace phial::test
