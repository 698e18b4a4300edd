// Links a ModuleCode: lays its functions out behind header words in code memory and replaces indices by addresses.
// Called by CodeServer under its lock.
#pragma once

#include <memory>
#include <string>

#include "vm/code/code.h"

namespace phial {

class CodeServer;
struct Instruction;

class Loader {
 public:
  explicit Loader(CodeServer& server) : server_(server) {}
  /// Null and [error] when [code] does not verify or memory is short.
  std::unique_ptr<Module> link(ModuleCode&& code, bool trusted, std::string& error);

 private:
  void place_functions();
  uint32_t frame_of(const FunctionCode& f) const;
  void move_offsets();
  void link_function(size_t index);
  void link_instruction(Word* to, const Instruction& in, const FunctionCode& f, uint32_t frame);
  void link_switch(Word* to, const Instruction& in, size_t table);
  uint32_t moved(uint32_t offset) const;

  CodeServer& server_;
  ModuleCode* code_ = nullptr;
  Module* module_ = nullptr;
  bool trusted_ = false;
  std::vector<uint32_t> order_;      // functions by entry
  std::vector<uint32_t> new_entry_;  // by function
};

}  // namespace phial
