// What the expander hands to compiler/core: definitions whose bodies are expanded, nothing else.
//
// Expanded AST is quoted form restricted to:
//   literals, lists, 2-tuples, {:{}, _, elements}, {:%{}, _, pairs} and {:%{}, _, [{:|, _, [map, pairs]}]},
//   {:%, _, [Module | var | pinned, {:%{}, _, pairs}]} in patterns, and in expressions as an update
//     {:%, _, [Module, {:%{}, _, [{:|, _, [map, pairs]}]}]} (the struct check stays); new structs are plain {:%{}, ...}
//     with every field and __struct__ filled in by the expander
//   {:<<>>, _, segments}, each {:"::", _, [expr, {:segment, _, [type, size, unit, sign, endian]}]} with type one of
//   :integer :float :binary
//     :bitstring :utf8 :utf16 :utf32, size an expanded expression, :all or nil (default, none), unit an integer, sign
//     :signed | :unsigned, endian :big | :little | :native; a literal binary expr has type :binary and size :all
//   variables {name, meta, context} with `version: n` in meta, n unique within the definition; `_` is {:_, _, _}
//   {:^, _, [variable]} in patterns; {:=, _, [pattern, expr]}; {:__block__, _, exprs}
//   {{:., _, [module_or_expr, name]}, meta, args}: remote call; `no_parens: true` in meta and no args: map field or
//   zero-arity call
//   {{:., _, [fun]}, meta, args}: call of a fun
//   {name, meta, args}: call of a function of the module under definition
//   {:fn, _, [{:->, _, [head, body]}]}, head a list of patterns or [{:when, _, patterns ++ [guard]}]
//   {:&, _, [{:/, _, [{{:., _, [module, name]}, _, []}, arity]}]} and {:&, _, [{:/, _, [{name, _, context}, arity]}]}
//   case, cond, try, receive, with, for: with do/else/rescue/catch/after/... keyword blocks as in source, clauses
//   expanded. In rescue:
//     {:in, _, [variable or _, list of modules]} or a variable.
//     `for` keeps its generators {:<-, _, [pattern, expr]}, {:<<>>, _, segments ++ [{:<-, _, [segment, expr]}]},
//     filters and options in the keyword list at the end
//   {:__STACKTRACE__, _, _}, {:__CALLER__, _, _} (the first parameter of a macro)
// Guards are calls {{:., _, [:erlang, name]}, _, args} in which :andalso and :orelse appear as :erlang functions too.
// `and`/`or`/`if`... are gone: they are macros. super is a local call.
#pragma once

#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/term.h"

namespace phial::compiler {

enum class DefKind : uint8_t { Def, Defp, Defmacro, Defmacrop };

struct DefClause {
  Term meta;                 // keyword list: line, column
  std::vector<Term> args;    // patterns
  std::vector<Term> guards;  // alternatives (`when a when b`); empty: none
  Term body;
};

struct Definition {
  DefKind kind;
  Term name;       // atom as written; a macro becomes function :"MACRO-name" with the caller as first argument
  uint32_t arity;  // as written
  uint32_t line;
  std::string file;
  std::vector<DefClause> clauses;
};

struct ModuleSource {
  Term name;
  std::string file;
  uint32_t line = 0;
  std::vector<Definition> definitions;
  /// Keyword list that becomes ModuleCode::info: [attributes: .., macros: .., struct: .., ...].
  Term info = Term::nil_list();
  /// For evaluated code (scripts, module bodies, Code.eval): the text shown in stack traces instead of a function,
  /// "(file)" or "(module)".
  std::string frame_label;
};

}  // namespace phial::compiler
