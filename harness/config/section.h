// One mapping of harness.yaml, read key by key. Unlike yaml::Mapping it goes on after a mistake, so
// that a person sees all of them at once. Private to the room.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/yaml/mistakes.h"
#include "common/yaml/reader.h"
#include "harness/config/config.h"

namespace harness {

// Every mistake of a file is kept, each a line "file:line:column: ...".
using yaml::Mistakes;
void tell(Mistakes& mistakes, const std::string& place, std::string_view message);

// "one of a, b, c", with "; did you mean b?" where one of them is near.
std::string expected_names(std::string_view got, const std::vector<std::string>& names);

// Names end up in file names, session names and "${...}".
bool is_plain_name(std::string_view name, std::string_view punctuation);
void name_must_be_plain(const std::string& name, std::string_view punctuation,
                        const std::string& place, Mistakes& mistakes);

// `key: false` says "none" as clearly as leaving the key out.
bool is_false(const yaml::Node& node);

class Section {
 public:
  // `later` are keys that the format will have: they are refused by name, never passed over.
  Section(yaml::Node node, Mistakes& mistakes, const std::vector<std::string>& known,
          const std::vector<std::string>& later = {});

  [[nodiscard]] std::optional<yaml::Node> find(std::string_view key) const;
  [[nodiscard]] std::string place() const;
  // Where the key stands, the section's own place where it is absent.
  [[nodiscard]] std::string place_of(std::string_view key) const;
  // Where each item of a list, or each value of a mapping, stands.
  [[nodiscard]] std::vector<std::string> places_in(std::string_view key) const;

  // Each leaves `value` alone where the key is absent or wrong, and answers whether it was set.
  bool read(std::string_view key, std::string& value) const;  // not empty
  bool read(std::string_view key, bool& value) const;
  bool read(std::string_view key, std::chrono::milliseconds& value) const;  // above zero
  bool read_count(std::string_view key, int& value, int most) const;        // from 0
  bool read_list(std::string_view key, std::vector<std::string>& values) const;
  // The words of a program, the first of them not empty.
  bool read_argv(std::string_view key, std::vector<std::string>& argv) const;
  // NAME: value, as for an environment.
  bool read_variables(std::string_view key, Pairs& values) const;
  // A variable's name.
  bool read_variable(std::string_view key, std::string& value) const;
  // A path that stays below the file's folder, or an absolute one.
  bool read_path(std::string_view key, std::string& value) const;
  // The index of the choice. A choice of `later` is refused as not supported yet.
  [[nodiscard]] std::optional<std::size_t> read_choice(
      std::string_view key, const std::vector<std::string>& choices,
      const std::vector<std::string>& later = {}) const;
  // The same, and its absence is a mistake.
  bool need(std::string_view key, std::string& value) const;
  void missing(std::string_view key) const;

 private:
  void check_key(const yaml::Node::Entry& entry, const std::vector<std::string>& known,
                 const std::vector<std::string>& later) const;

  yaml::Node node_;
  Mistakes* mistakes_;
  std::vector<yaml::Node::Entry> entries_;
};

}  // namespace harness
