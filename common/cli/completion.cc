#include "common/cli/completion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/base/text.h"
#include "common/cli/page.h"

namespace cli {
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

// The words that may come next: verbs, flags, and the choices of a positional.
std::string words_of(const CLI::App& root, const CLI::App& verb) {
  std::vector<std::string> words;
  for (const CLI::App* below : verbs_of(verb)) {
    words.push_back(below->get_name());
  }
  std::vector<const CLI::Option*> options = flags_of(verb);
  if (verb.get_fallthrough()) {  // a flag of the program goes with every verb
    const std::vector<const CLI::Option*> more = flags_of(root);
    options.insert(options.end(), more.begin(), more.end());
  }
  for (const CLI::Option* option : options) {
    std::vector<std::string> names =
        option->get_positional() ? value_of(*option).choices : names_of(*option);
    for (std::string& name : names) {
      if (std::find(words.begin(), words.end(), name) == words.end()) {
        words.push_back(std::move(name));
      }
    }
  }
  return base::join(words, " ");
}

// `text` with the value of each name in place of its <name>.
std::string filled(std::string text,
                   const std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "<" + name + ">";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

// Of bash and zsh: one function, which looks for the verbs that were said, then for what may follow
// the word before.
constexpr const char* kFunction = R"(<head>
_<program>() {
  local verb="" list="" next
  local -i index<reset>
  for ((index = <first>; index < <current>; index++)); do
    next="${verb:+${verb} }${<words>[index]}"
    case "${next}" in
      <paths>) verb="${next}" ;;
    esac
  done
  case "${verb}:${<words>[<current>-1]}" in
<values>  esac
  case "${verb}" in
<lists>  esac
  <offer>
}
<end>
)";

// The two shells' words for the same.
struct Dialect {
  std::vector<std::pair<std::string, std::string>> words;
  std::string files;    // what offers files
  std::string choices;  // what offers <choices>
};

Dialect bash() {
  return {
      {{"head", "# bash completion of <program>: eval \"$(<program> completion bash)\""},
       {"reset", "\n  COMPREPLY=()"},
       {"first", "1"},
       {"current", "COMP_CWORD"},
       {"words", "COMP_WORDS"},
       {"offer",
        R"(mapfile -t COMPREPLY < <(compgen -W "${list}" -- "${COMP_WORDS[COMP_CWORD]}"))"},
       {"end", "complete -o default -o filenames -F _<program> <program>"}},
      R"(mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"); return)",
      R"(mapfile -t COMPREPLY < <(compgen -W "<choices>" -- "${COMP_WORDS[COMP_CWORD]}"); return)"};
}

Dialect zsh() {
  return {{{"head",
            "#compdef <program>\n"
            "# zsh completion of <program>: a file _<program> in a folder of fpath"},
           {"reset", ""},
           {"first", "2"},
           {"current", "CURRENT"},
           {"words", "words"},
           {"offer", "compadd -- ${=list}\n  _files"},
           {"end", "compdef _<program> <program>"}},
          "_files; return",
          "compadd -- <choices>; return"};
}

std::string labels(const std::vector<std::string>& texts) {
  return "\"" + base::join(texts, "\"|\"") + "\"";
}

// A case "path:flag" for each option that takes a value.
std::string value_cases(const CLI::App& app, const Dialect& dialect) {
  std::string cases;
  for (const Verb& verb : all_verbs(app)) {
    for (const CLI::Option* option : flags_of(*verb.app)) {
      const Value value = value_of(*option);
      std::vector<std::string> names = names_of(*option);
      if (names.empty() || value.follows == Follows::kNothing) {
        continue;
      }
      for (std::string& name : names) {
        name.insert(0, verb.path + ":");
      }
      const std::string action = value.follows == Follows::kFile     ? dialect.files
                                 : value.follows == Follows::kChoice ? dialect.choices
                                                                     : "return";
      cases += "    " + labels(names) + ") " +
               filled(action, {{"choices", base::join(value.choices, " ")}}) + " ;;\n";
    }
  }
  return cases;
}

std::string list_cases(const CLI::App& app) {
  std::string cases;
  for (const Verb& verb : all_verbs(app)) {
    cases += "    \"" + verb.path + "\") list=\"" + words_of(app, *verb.app) + "\" ;;\n";
  }
  return cases;
}

std::string function_script(const CLI::App& app, const Dialect& dialect) {
  std::vector<std::string> paths;
  for (const Verb& verb : all_verbs(app)) {
    if (!verb.path.empty()) {
      paths.push_back(verb.path);
    }
  }
  return filled(filled(filled(kFunction, dialect.words), {{"paths", labels(paths)},
                                                          {"values", value_cases(app, dialect)},
                                                          {"lists", list_cases(app)}}),
                {{"program", app.get_name()}});
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return out + "'";
}

// True where exactly the verbs of `path` were said, and none of those below.
std::string fish_condition(const Verb& verb) {
  std::vector<std::string> conditions;
  for (const std::string_view part : base::split(verb.path, ' ')) {
    if (!part.empty()) {
      conditions.push_back("__fish_seen_subcommand_from " + std::string(part));
    }
  }
  std::string below;
  for (const CLI::App* one : verbs_of(*verb.app)) {
    below += " " + one->get_name();
  }
  if (!below.empty()) {
    conditions.push_back("not __fish_seen_subcommand_from" + below);
  }
  return base::join(conditions, "; and ");
}

std::string fish_script(const CLI::App& app) {
  const std::string& program = app.get_name();
  std::string script =
      "# fish completion of " + program + ": " + program + " completion fish | source\n";
  for (const Verb& verb : all_verbs(app)) {
    const std::string start = "complete -c " + program + " -n " + fish_quoted(fish_condition(verb));
    for (const CLI::App* below : verbs_of(*verb.app)) {
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
  if (shell == "fish") {
    return fish_script(app);
  }
  return function_script(app, shell == "zsh" ? zsh() : bash());
}

}  // namespace cli
