// A folder with a harness.yaml, an environment, and what a verb said on each of its descriptors.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "harness/verbs/verb.h"

namespace harness {

class VerbFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    out_ = open_file("out");
    err_ = open_file("err");
  }

  void write_config(const std::string& body) {
    ASSERT_TRUE(base::write_file(config_path(), "drydock: harness/v1\n" + body).has_value());
  }

  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(base::write_file(folder_->path() / name, text).has_value());
  }

  [[nodiscard]] std::string config_path() const {
    return (folder_->path() / "harness.yaml").string();
  }

  [[nodiscard]] ConfigSource source() const { return {config_path(), true}; }

  [[nodiscard]] VerbContext context(bool json = false) const {
    return {environment_, clock_, out_.get(), err_.get(), json};
  }

  [[nodiscard]] std::string said(const std::string& name) const {
    return *base::read_file(folder_->path() / name, 1 << 20);
  }

  [[nodiscard]] std::string out() const { return said("out"); }

  [[nodiscard]] std::string err() const { return said("err"); }

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out(), nullptr, false); }

  [[nodiscard]] base::UniqueFd open_file(const std::string& name) const {
    return base::UniqueFd(
        ::open((folder_->path() / name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }

  base::SystemClock clock_;
  base::Environment environment_;
  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("verbs-test-");
  base::UniqueFd out_;
  base::UniqueFd err_;
};

}  // namespace harness
