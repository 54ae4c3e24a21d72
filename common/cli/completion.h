// What a shell needs to complete a command line. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include <CLI/App.hpp>

namespace cli {

// `shell` is bash, zsh or fish. The script runs nothing, and asks the program nothing.
std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace cli
