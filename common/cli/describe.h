// cli: from a program's options, as CLI11 holds them, to what tells people and shells of them: a
// page in Markdown, and scripts that complete the command line.
//
// Doors: add_describing_verbs() while the options are made, description() once they are parsed.
// What
// --help shows is told, and nothing else. May include: common/base.
#pragma once

#include <optional>
#include <string>

#include <CLI/App.hpp>

namespace cli {

// Adds `completion bash|zsh|fish` and `reference`. `shell` outlives `app`. Throws what CLI11
// throws.
void add_describing_verbs(CLI::App& app, std::string& shell);

// What the one that was given prints; nullopt where another verb was.
std::optional<std::string> description(const CLI::App& app, const std::string& shell);

}  // namespace cli
