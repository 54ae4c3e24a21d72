#include "common/cli/page.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/base/text.h"

namespace cli {
namespace {

// CLI11's own, of flags that are put into none.
constexpr std::string_view kUngrouped = "Options";

void append_verbs(const CLI::App& app, const std::string& path, std::vector<Verb>& all) {
  all.push_back({path, &app});
  for (const CLI::App* verb : verbs_of(app)) {
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

// "--jobs, -j N", "services...".
std::string shown(const CLI::Option& option) {
  if (option.get_positional()) {
    return option.get_name(true, false) + (option.get_expected_max() > 1 ? "..." : "");
  }
  const std::string names = base::join(names_of(option), ", ");
  const std::string value = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  return value.empty() ? names : names + " " + value;
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

// A table for each group, in the order of their first flags.
std::string tables(const std::vector<const CLI::Option*>& options) {
  std::vector<std::pair<std::string, std::string>> groups;  // with the rows
  for (const CLI::Option* option : options) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& one) { return one.first == option->get_group(); });
    if (group == groups.end()) {
      group = groups.insert(group, {option->get_group(), ""});
    }
    group->second += "| `" + cell(shown(*option)) + "` | " + cell(meaning(*option)) + " |\n";
  }
  std::string out;
  for (const auto& [name, rows] : groups) {
    out += (name == kUngrouped ? "" : "\n" + name + ":\n") +
           ("\n| flag | meaning |\n| --- | --- |\n" + rows);
  }
  return out;
}

}  // namespace

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return !verb->get_group().empty(); });
}

std::vector<Verb> all_verbs(const CLI::App& app) {
  std::vector<Verb> all;
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

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  names.reserve(option.get_lnames().size() + option.get_snames().size());
  for (const std::string& name : option.get_lnames()) {
    names.push_back("--" + name);
  }
  for (const std::string& name : option.get_snames()) {
    names.push_back("-" + name);
  }
  return names;
}

std::string command_line_page(const CLI::App& app) {
  const std::string& program = app.get_name();
  std::string page =
      "# The command line of " + program + "\n\n`" + program + " reference` prints this page." +
      (app.get_fallthrough() ? " Flags of the first table go with every verb." : "") + "\n";
  for (const Verb& verb : all_verbs(app)) {
    page += "\n## `" + program + (verb.path.empty() ? "" : " " + verb.path) + "`\n\n" +
            verb.app->get_description() + (verb.path.empty() ? "\n" : ".\n");
    std::vector<const CLI::Option*> flags = flags_of(*verb.app);
    if (!verb.path.empty() && !flags.empty() && flags.back() == verb.app->get_help_ptr()) {
      flags.pop_back();  // every verb has it; it is told once
    }
    page += tables(flags);
  }
  return page;
}

}  // namespace cli
