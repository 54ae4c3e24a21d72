#include "common/cli/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A program with a verb of a verb, groups, choices, and what nobody is to see.
class Ship {
 public:
  // `together`: flags of the program go with its verbs.
  explicit Ship(bool together = true) {
    app_.fallthrough(together);
    app_.add_flag("--json", json_, "Data as JSON");
    CLI::App* sail = app_.add_subcommand("sail", "Go | come back");
    sail->add_option("--knots,-k", knots_, "How fast")->type_name("N")->capture_default_str();
    sail->add_option("--rig", text_, "Of the ship")->type_name("sloop|ketch")->group("Ship");
    sail->add_option("--chart", text_, "Where to")->type_name("FILE")->group("Ship");
    sail->add_option("--secret", text_, "Not shown")->group("");
    sail->add_option("ports", ports_, "On the way")->required();
    app_.add_subcommand("later", "Not shown")->group("");
    CLI::App* log = app_.add_subcommand("log", "The ship's log");
    log->add_subcommand("show", "It's shown");
    add_describing_verbs(app_, shell_);
  }

  std::string described(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "ship");
    app_.parse(static_cast<int>(arguments.size()), arguments.data());
    return description(app_, shell_).value_or("nothing");
  }

 private:
  CLI::App app_{"Sails.", "ship"};
  bool json_ = false;
  int knots_ = 7;
  std::string text_;
  std::vector<std::string> ports_;
  std::string shell_;
};

TEST(Describe, ThePageHasWhatHelpShows) {
  EXPECT_EQ(Ship().described({"reference"}), R"(# The command line of ship

`ship reference` prints this page. Flags of the first table go with every verb.

## `ship`

Sails.

| flag | meaning |
| --- | --- |
| `--json` | Data as JSON |
| `--help, -h` | Print this help message and exit |

## `ship sail`

Go | come back.

| flag | meaning |
| --- | --- |
| `--knots, -k N` | How fast (7) |
| `ports...` | On the way (needed) |

Ship:

| flag | meaning |
| --- | --- |
| `--rig sloop\|ketch` | Of the ship |
| `--chart FILE` | Where to |

## `ship log`

The ship's log.

## `ship log show`

It's shown.

## `ship completion`

A script that completes this command line in a shell.

| flag | meaning |
| --- | --- |
| `shell` | Which shell (needed) |

## `ship reference`

All verbs and flags, as a page in Markdown.
)");
}

TEST(Describe, FlagsOfAProgramGoWithItsVerbsOnlyWhereTheyMay) {
  EXPECT_THAT(Ship(false).described({"reference"}), HasSubstr("prints this page.\n"));
  EXPECT_THAT(Ship(false).described({"completion", "bash"}),
              AllOf(HasSubstr("\"sail\") list=\"--knots -k --rig --chart --help -h\" ;;"),
                    HasSubstr("\"completion\") list=\"bash zsh fish --help -h\" ;;")));
}

// The same verbs and values, each in the words of its shell.
TEST(Describe, BashAndZshDifferInTheirWordsAlone) {
  const std::string bash = Ship().described({"completion", "bash"});
  const std::string zsh = Ship().described({"completion", "zsh"});

  for (const std::string& script : {bash, zsh}) {
    EXPECT_THAT(
        script,
        AllOf(HasSubstr("\n_ship() {\n"),
              HasSubstr("\"sail\"|\"log\"|\"log show\"|\"completion\"|\"reference\") verb="),
              HasSubstr("\"sail:--knots\"|\"sail:-k\") return ;;"),
              HasSubstr("\"sail\") list=\"--knots -k --rig --chart --help -h --json\" ;;"),
              HasSubstr("\"completion\") list=\"bash zsh fish --help -h --json\" ;;"),
              Not(HasSubstr("later")), Not(HasSubstr("secret")), Not(HasSubstr("<ship>"))));
  }
  EXPECT_THAT(
      bash, AllOf(HasSubstr("case \"${verb}:${COMP_WORDS[COMP_CWORD-1]}\" in"),
                  HasSubstr("\"sail:--rig\") mapfile -t COMPREPLY < <(compgen -W \"sloop ketch\""),
                  HasSubstr("\"sail:--chart\") mapfile -t COMPREPLY < <(compgen -f ")));
  EXPECT_THAT(zsh, AllOf(HasSubstr("case \"${verb}:${words[CURRENT-1]}\" in"),
                         HasSubstr("\"sail:--rig\") compadd -- sloop ketch; return ;;"),
                         HasSubstr("\"sail:--chart\") _files; return ;;")));
}

TEST(Describe, FishHasALineForEach) {
  EXPECT_THAT(
      Ship().described({"completion", "fish"}),
      AllOf(HasSubstr("complete -c ship -n 'not __fish_seen_subcommand_from sail log completion "
                      "reference' -f -a log -d 'The ship\\'s log'\n"),
            HasSubstr("complete -c ship -n '__fish_seen_subcommand_from sail' -l rig -x -a "
                      "'sloop ketch' -d 'Of the ship'\n"),
            HasSubstr("complete -c ship -n '__fish_seen_subcommand_from sail' -l chart -r -F "),
            Not(HasSubstr("later"))));
}

TEST(Describe, AnotherVerbAndAnotherShellAreNotItsOwn) {
  EXPECT_EQ(Ship().described({"sail", "Bergen"}), "nothing");
  EXPECT_THROW(Ship().described({"completion", "tcsh"}), CLI::ValidationError);
}

}  // namespace
}  // namespace cli
