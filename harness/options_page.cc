#include "harness/options_page.h"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace harness {
namespace {

void append_verbs(const CLI::App& app, const std::string& path, std::vector<VerbPage>& all) {
  all.push_back({path, &app});
  const auto shown = [](const CLI::App* verb) { return !verb->get_group().empty(); };
  for (const CLI::App* verb : app.get_subcommands(shown)) {
    append_verbs(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), all);
  }
}

// In a table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '|' ? "\\|" : std::string(1, c);
  }
  return out;
}

// "--jobs N", "-j N", "services...".
std::string shown(const CLI::Option& option) {
  if (option.get_positional()) {
    return option.get_name(true, false) + (option.get_expected_max() > 1 ? "..." : "");
  }
  std::string text;
  for (const std::string& name : option.get_lnames()) {
    text += (text.empty() ? "--" : ", --") + name;
  }
  for (const std::string& name : option.get_snames()) {
    text += (text.empty() ? "-" : ", -") + name;
  }
  const std::string value = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  return value.empty() ? text : text + " " + value;
}

std::string meaning(const CLI::Option& option) {
  std::string text = option.get_description();
  if (option.get_required()) {
    text += " (needed)";
  }
  if (!option.get_default_str().empty()) {
    text += " (" + option.get_default_str() + ")";
  }
  return text;
}

}  // namespace

std::vector<VerbPage> all_verbs(const CLI::App& app) {
  std::vector<VerbPage> all;
  append_verbs(app, "", all);
  return all;
}

std::vector<const CLI::Option*> flags_of(const CLI::App& app) {
  const auto is_shown = [](const CLI::Option* option) { return !option->get_group().empty(); };
  std::vector<const CLI::Option*> options = app.get_options(is_shown);
  std::stable_partition(options.begin(), options.end(),
                        [&](const CLI::Option* option) { return option != app.get_help_ptr(); });
  return options;
}

std::string command_line_page(const CLI::App& app) {
  std::string page =
      "# The command line of harness\n\n"
      "`harness reference` prints this page. Flags of the first table go with every verb.\n";
  for (const VerbPage& verb : all_verbs(app)) {
    page += "\n## `harness" + (verb.path.empty() ? "" : " " + verb.path) + "`\n\n" +
            verb.app->get_description() + (verb.path.empty() ? "\n" : ".\n");
    std::string rows;
    for (const CLI::Option* option : flags_of(*verb.app)) {
      // Every verb has it; it is told once.
      if (verb.path.empty() || option != verb.app->get_help_ptr()) {
        rows += "| `" + cell(shown(*option)) + "` | " + cell(meaning(*option)) + " |\n";
      }
    }
    if (!rows.empty()) {
      page += "\n| flag | meaning |\n| --- | --- |\n" + rows;
    }
  }
  return page;
}

}  // namespace harness
