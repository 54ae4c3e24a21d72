// docs/command-line.md: the command line as a page, made from the options themselves.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace harness {

// A verb, or a verb of a verb: "report merge".
struct VerbPage {
  std::string path;  // empty: the program itself
  const CLI::App* app = nullptr;
};

// The program and all verbs that are shown, each before its own verbs.
std::vector<VerbPage> all_verbs(const CLI::App& app);

// Of one verb, those that are shown; --help last.
std::vector<const CLI::Option*> flags_of(const CLI::App& app);

std::string command_line_page(const CLI::App& app);

}  // namespace harness
