#include "common/cli/describe.h"

#include <CLI/CLI.hpp>

#include "common/cli/completion.h"
#include "common/cli/page.h"

namespace cli {

void add_describing_verbs(CLI::App& app, std::string& shell) {
  app.add_subcommand("completion", "A script that completes this command line in a shell")
      ->add_option("shell", shell, "Which shell")
      ->type_name("bash|zsh|fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->required();
  app.add_subcommand("reference", "All verbs and flags, as a page in Markdown");
}

std::optional<std::string> description(const CLI::App& app, const std::string& shell) {
  if (app.got_subcommand("completion")) {
    return completion_script(app, shell);
  }
  if (app.got_subcommand("reference")) {
    return command_line_page(app);
  }
  return std::nullopt;
}

}  // namespace cli
