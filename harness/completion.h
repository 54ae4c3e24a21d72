// What a shell needs to complete the command line of harness, made from the options themselves.
#pragma once

#include <string>
#include <string_view>

#include <CLI/App.hpp>

namespace harness {

// `shell` is bash, zsh or fish. The script runs nothing, and asks the harness nothing.
std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace harness
