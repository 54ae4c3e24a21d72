#include "harness/completion.h"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/base/text.h"
#include "harness/options_page.h"

namespace harness {
namespace {

// What may follow an option, as its type name says: "mock|real|auto", FILE, or anything.
enum class Follows { kNothing, kChoice, kFile, kAnything };

struct Value {
  Follows follows = Follows::kNothing;
  std::vector<std::string> choices;
};

Value value_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (option.get_items_expected_max() == 0) {
    return {};
  }
  if (type.find('|') != std::string::npos) {
    Value value{Follows::kChoice, {}};
    const std::vector<std::string_view> choices = base::split(type, '|');
    value.choices.reserve(choices.size());
    for (const std::string_view choice : choices) {
      value.choices.emplace_back(choice);
    }
    return value;
  }
  const bool file = type == "FILE" || type == "DIR" || type == "PATH" || type == "EXE";
  return {file ? Follows::kFile : Follows::kAnything, {}};
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

std::vector<std::string> verbs_of(const CLI::App& app) {
  const std::vector<const CLI::App*> verbs =
      app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const CLI::App* verb : verbs) {
    names.push_back(verb->get_name());
  }
  return names;
}

// The words that may come next: verbs, flags, and the choices of a positional.
std::string words_of(const CLI::App& root, const CLI::App& verb) {
  std::vector<std::string> words = verbs_of(verb);
  for (const CLI::App* app : {&verb, &root}) {
    for (const CLI::Option* option : flags_of(*app)) {
      const Value value = value_of(*option);
      if (app == &verb && option->get_positional() && value.follows == Follows::kChoice) {
        words.insert(words.end(), value.choices.begin(), value.choices.end());
      }
      for (const std::string& name : names_of(*option)) {
        // A flag of the program goes with every verb.
        if (std::find(words.begin(), words.end(), name) == words.end()) {
          words.push_back(name);
        }
      }
    }
  }
  return base::join(words, " ");
}

// case labels "path:flag" of every option whose value is of one sort.
std::string value_cases(const CLI::App& app, std::string_view files, std::string_view choices,
                        std::string_view nothing) {
  std::string cases;
  for (const VerbPage& verb : all_verbs(app)) {
    for (const CLI::Option* option : flags_of(*verb.app)) {
      const Value value = value_of(*option);
      const std::vector<std::string> names = names_of(*option);
      std::vector<std::string> labels;
      labels.reserve(names.size());
      for (const std::string& name : names) {
        labels.push_back("\"" + verb.path + ":" + name + "\"");
      }
      if (labels.empty() || value.follows == Follows::kNothing) {
        continue;
      }
      std::string action(value.follows == Follows::kFile     ? files
                         : value.follows == Follows::kChoice ? choices
                                                             : nothing);
      if (const std::size_t at = action.find('@'); at != std::string::npos) {
        action.replace(at, 1, base::join(value.choices, " "));
      }
      cases += "    " + base::join(labels, "|") + ") " + action + " ;;\n";
    }
  }
  return cases;
}

std::string path_labels(const CLI::App& app) {
  std::vector<std::string> labels;
  for (const VerbPage& verb : all_verbs(app)) {
    if (!verb.path.empty()) {
      labels.push_back("\"" + verb.path + "\"");
    }
  }
  return base::join(labels, "|");
}

std::string word_cases(const CLI::App& app) {
  std::string cases;
  for (const VerbPage& verb : all_verbs(app)) {
    cases += "    \"" + verb.path + "\") words=\"" + words_of(app, *verb.app) + "\" ;;\n";
  }
  return cases;
}

std::string bash_script(const CLI::App& app) {
  return "# bash completion of harness: eval \"$(harness completion bash)\"\n"
         "_harness() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local verb=\"\" words=\"\" index next\n"
         "  COMPREPLY=()\n"
         "  for ((index = 1; index < COMP_CWORD; index++)); do\n"
         "    next=\"${verb:+${verb} }${COMP_WORDS[index]}\"\n"
         "    case \"${next}\" in\n"
         "      " +
         path_labels(app) +
         ") verb=\"${next}\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"${verb}:${previous}\" in\n" +
         value_cases(app, R"(mapfile -t COMPREPLY < <(compgen -f -- "${current}"); return)",
                     R"(mapfile -t COMPREPLY < <(compgen -W "@" -- "${current}"); return)",
                     "return") +
         "  esac\n"
         "  case \"${verb}\" in\n" +
         word_cases(app) +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"${words}\" -- \"${current}\")\n"
         "}\n"
         "complete -o default -o filenames -F _harness harness\n";
}

std::string zsh_script(const CLI::App& app) {
  return "#compdef harness\n"
         "# zsh completion of harness: a file _harness in a folder of fpath\n"
         "_harness() {\n"
         "  local verb=\"\" list=\"\" next\n"
         "  local -i index\n"
         "  for ((index = 2; index < CURRENT; index++)); do\n"
         "    next=\"${verb:+${verb} }${words[index]}\"\n"
         "    case \"${next}\" in\n"
         "      " +
         path_labels(app) +
         ") verb=\"${next}\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"${verb}:${words[CURRENT-1]}\" in\n" +
         value_cases(app, "_files; return", "compadd -- @; return", "return") +
         "  esac\n"
         "  case \"${verb}\" in\n" +
         [&] {
           std::string cases = word_cases(app);
           for (std::size_t at = 0; (at = cases.find(" words=", at)) != std::string::npos;) {
             cases.replace(at, 7, " list=");
           }
           return cases;
         }() +
         "  esac\n"
         "  compadd -- ${=list}\n"
         "  _files\n"
         "}\n"
         "compdef _harness harness\n";
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return out + "'";
}

// True where exactly the verbs of `path` were said, and none of those below.
std::string fish_condition(const VerbPage& verb) {
  std::string condition;
  for (const std::string_view part : base::split(verb.path, ' ')) {
    if (!part.empty()) {
      condition += (condition.empty() ? "" : "; and ") +
                   ("__fish_seen_subcommand_from " + std::string(part));
    }
  }
  const std::vector<std::string> below = verbs_of(*verb.app);
  if (!below.empty()) {
    condition += (condition.empty() ? "" : "; and ") +
                 ("not __fish_seen_subcommand_from " + base::join(below, " "));
  }
  return condition;
}

std::string fish_script(const CLI::App& app) {
  std::string script = "# fish completion of harness: harness completion fish | source\n";
  for (const VerbPage& verb : all_verbs(app)) {
    const std::string start = "complete -c harness -n " + fish_quoted(fish_condition(verb));
    for (const CLI::App* below :
         verb.app->get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
      script += start + " -f -a " + below->get_name() + " -d " +
                fish_quoted(below->get_description()) + "\n";
    }
    for (const CLI::Option* option : flags_of(*verb.app)) {
      const Value value = value_of(*option);
      std::string line = start;
      for (const std::string& name : option->get_lnames()) {
        line += " -l " + name;
      }
      for (const std::string& name : option->get_snames()) {
        line += " -s " + name;
      }
      if (value.follows == Follows::kChoice) {
        line += (option->get_positional() ? " -f -a " : " -x -a ") +
                fish_quoted(base::join(value.choices, " "));
      } else if (option->get_positional()) {
        continue;
      } else if (value.follows == Follows::kFile) {
        line += " -r -F";
      } else if (value.follows == Follows::kAnything) {
        line += " -x";
      }
      script += line + " -d " + fish_quoted(option->get_description()) + "\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, std::string_view shell) {
  if (shell == "zsh") {
    return zsh_script(app);
  }
  return shell == "fish" ? fish_script(app) : bash_script(app);
}

}  // namespace harness
