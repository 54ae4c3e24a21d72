#include "harness/option_kinds.h"

#include <CLI/CLI.hpp>

#include "common/base/duration.h"

namespace harness {

void add_config(CLI::App* app, ConfigSource& config) {
  app->add_option_function<std::string>(
         "--config",
         [&config](const std::string& path) {
           config.path = path;
           config.named = true;
         },
         "The run's file")
      ->type_name("FILE")
      ->default_str("harness.yaml");
}

void add_duration(CLI::App* app, const std::string& name, const std::string& help,
                  const std::function<void(std::chrono::milliseconds)>& set) {
  app->add_option_function<std::string>(
         name,
         [name, set](const std::string& text) {
           const base::Result<std::chrono::milliseconds> duration = base::parse_duration(text);
           if (!duration) {
             throw CLI::ValidationError(name, duration.error().message);
           }
           set(*duration);
         },
         help)
      ->type_name("DURATION");
}

}  // namespace harness
