// phial: runs scripts, expressions, standard input, or the shell.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "compiler/driver/run.h"
#include "tools/cli/dump.h"
#include "tools/cli/image.h"

namespace {

struct Arguments {
  std::vector<std::string> expressions;
  std::string dump_stage;
  unsigned schedulers = 0;
  bool no_halt = false;
  std::string image;              // a standard library other than the one linked in
  std::vector<std::string> rest;  // the script and what follows it
};

constexpr const char* kVersionText = "Phial " PHIAL_VERSION " (Elixir 1.18)";

/// False when the process is to end with [status] at once.
bool parse(int argc, char** argv, Arguments& out, int& status) {
  CLI::App app{"Phial runs Elixir: phial FILE [ARGS], phial -e EXPR, phial - (standard input), phial (the shell).", "phial"};
  app.set_version_flag("-v,--version", kVersionText);
  app.add_option("-e,--eval", out.expressions, "Evaluate an expression; may be given many times")->take_all()->expected(1);
  app.add_option("--dump", out.dump_stage, "Print a stage instead of running: tokens, ast, expanded, core, opt, bytecode")
      ->check(CLI::IsMember({"tokens", "ast", "expanded", "core", "opt", "bytecode"}));
  app.add_option("--schedulers", out.schedulers, "Scheduler threads (default: one a core)")->check(CLI::Range(1u, 1024u));
  app.add_option("--image", out.image, "Use the standard library in this image file (made by phial_image)");
  app.add_flag("--no-halt", out.no_halt, "Keep running after the script ended");
  app.prefix_command();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    status = app.exit(e) == 0 ? 0 : 1;
    return false;
  }
  out.rest = app.remaining();
  if (!out.rest.empty() && out.rest[0] == "run") out.rest.erase(out.rest.begin());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments args;
  int status = 0;
  if (!parse(argc, argv, args, status)) return status;

  if (!args.dump_stage.empty()) {
    if (args.rest.empty()) {
      std::fprintf(stderr, "phial: --dump needs a file\n");
      return 1;
    }
    return phial::cli::dump(args.dump_stage, args.rest[0]);
  }

  phial::compiler::Job job;
  job.no_halt = args.no_halt;
  if (!args.expressions.empty()) {
    job.kind = phial::compiler::Job::Kind::Eval;
    job.sources = args.expressions;
    job.argv = args.rest;
  } else if (args.rest.empty()) {
    job.kind = phial::compiler::Job::Kind::Shell;
  } else if (args.rest[0] == "-") {
    job.kind = phial::compiler::Job::Kind::StandardInput;
    job.argv.assign(args.rest.begin() + 1, args.rest.end());
  } else {
    job.kind = phial::compiler::Job::Kind::File;
    job.sources = {args.rest[0]};
    job.argv.assign(args.rest.begin() + 1, args.rest.end());
    std::error_code ignored;
    if (!std::filesystem::exists(args.rest[0], ignored)) {
      std::fprintf(stderr, "No file named %s\n", args.rest[0].c_str());
      return 1;
    }
  }
  phial::RuntimeOptions options;
  if (args.schedulers) options.schedulers = args.schedulers;
  std::string image;
  if (!args.image.empty()) {
    std::ifstream in(args.image, std::ios::binary);
    image.assign(std::istreambuf_iterator<char>(in), {});
    if (image.empty()) {
      std::fprintf(stderr, "phial: cannot read %s\n", args.image.c_str());
      return 1;
    }
  }
  return phial::compiler::run_job(options, image.empty() ? phial::cli::stdlib_image() : std::string_view(image), job);
}
