// The command line as a page, and the lists that it is made from. Private to the room.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace cli {

// A verb, or a verb of a verb: "report merge".
struct Verb {
  std::string path;  // empty: the program itself
  const CLI::App* app = nullptr;
};

// Of one verb, those that are shown.
std::vector<const CLI::App*> verbs_of(const CLI::App& app);

// The program and all verbs that are shown, each before its own verbs.
std::vector<Verb> all_verbs(const CLI::App& app);

// Of one verb, those that are shown; --help last.
std::vector<const CLI::Option*> flags_of(const CLI::App& app);

// "--jobs", "-j"; nothing of a positional.
std::vector<std::string> names_of(const CLI::Option& option);

std::string command_line_page(const CLI::App& app);

}  // namespace cli
