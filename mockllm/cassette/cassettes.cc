#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/yaml/mistakes.h"
#include "mockllm/cassette/cassette.h"
#include "mockllm/cassette/file_name.h"
#include "mockllm/cassette/reader.h"
#include "mockllm/cassette/redaction.h"
#include "mockllm/cassette/writer.h"
#include "mockllm/conversation/canonical_json.h"

namespace mockllm {
namespace {

namespace fs = std::filesystem;

std::string_view cassette_of(std::string_view test) {
  return test == kDefaultTest ? kSharedTest : test;
}

std::size_t bytes_of(const std::vector<RecordedChunk>& chunks) {
  std::size_t bytes = 0;
  for (const RecordedChunk& chunk : chunks) {
    bytes += chunk.bytes.size();
  }
  return bytes;
}

bool is_encoded(const Interaction& interaction) {
  return std::any_of(interaction.headers.begin(), interaction.headers.end(),
                     [](const auto& header) {
                       return base::equals_ignoring_case(header.first, "content-encoding") &&
                              !base::equals_ignoring_case(header.second, "identity");
                     });
}

std::string key_of(Endpoint endpoint, std::string_view request) {
  return "sha256:" + base::sha256_hex(std::string(name_of(endpoint)) + "\n" + std::string(request));
}

base::Result<std::vector<fs::path>> files_of(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(directory, error)) {
    return files;
  }
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".yaml") {
      files.push_back(entry->path());
    }
  }
  if (error) {
    return base::system_error("cannot read the cassettes in " + directory, error.value());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

base::Result<std::shared_ptr<Cassettes>> Cassettes::open(
    const std::string& directory, std::shared_ptr<const redact::Redactor> redactor,
    CassetteLimits limits) {
  CHECK(redactor != nullptr);
  base::Result<std::vector<fs::path>> files = files_of(directory);
  if (!files) {
    return std::move(files).error();
  }
  std::shared_ptr<Cassettes> cassettes(new Cassettes);
  cassettes->directory_ = directory;
  cassettes->redactor_ = std::move(redactor);
  cassettes->limits_ = limits;
  yaml::Mistakes mistakes;
  for (const fs::path& file : *files) {
    ReadCassette read = read_cassette(file, limits, mistakes);
    cassettes->by_test_[read.test] = indexed(std::move(read.interactions));
  }
  if (!mistakes.empty()) {
    return mistakes.error();
  }
  return cassettes;
}

Cassettes::Cassette Cassettes::indexed(Recordings recordings) {
  Cassette cassette;
  cassette.all = std::move(recordings);
  for (const std::shared_ptr<const Interaction>& interaction : cassette.all) {
    cassette.by_key[interaction->key].push_back(interaction);
  }
  return cassette;
}

std::string Cassettes::request_of(const Prompt& prompt) const {
  base::Result<std::string> canonical = canonical_json(prompt.raw);
  return redactor_->apply(canonical ? *canonical : prompt.raw);
}

std::shared_ptr<const Interaction> Cassettes::find(std::string_view test, const Prompt& prompt,
                                                   int ordinal) const {
  if (by_test_.empty()) {
    return nullptr;
  }
  const std::string key = key_of(prompt.endpoint, request_of(prompt));
  for (const std::string_view name : {cassette_of(test), kSharedTest}) {
    const auto cassette = by_test_.find(name);
    if (cassette == by_test_.end()) {
      continue;
    }
    const auto recordings = cassette->second.by_key.find(key);
    if (recordings != cassette->second.by_key.end()) {
      const std::size_t last = recordings->second.size() - 1;
      return recordings->second[std::min(static_cast<std::size_t>(std::max(ordinal, 0)), last)];
    }
  }
  return nullptr;
}

std::optional<base::Error> Cassettes::refuse(const Pending& pending,
                                             const Interaction& interaction) const {
  const std::size_t bytes = bytes_of(interaction.chunks);
  if (is_encoded(interaction)) {
    return base::invalid_input(
        "an answer came compressed although that was not asked for: its secrets cannot be found");
  }
  if (bytes > limits_.interaction_bytes_max) {
    return base::invalid_input("an answer has more than interaction_bytes_max, " +
                               std::to_string(limits_.interaction_bytes_max) + " bytes");
  }
  if (pending.recordings.size() >= limits_.interactions_max) {
    return base::invalid_input("more than interactions_max, " +
                               std::to_string(limits_.interactions_max));
  }
  if (pending.bytes + bytes > limits_.bytes_max) {
    return base::invalid_input("the recording has more than bytes_max, " +
                               std::to_string(limits_.bytes_max) + " bytes");
  }
  return std::nullopt;
}

void Cassettes::add(std::string_view test, const Prompt& prompt, Interaction interaction) {
  Pending& pending = pending_[std::string(cassette_of(test))];
  std::optional<base::Error> refused = refuse(pending, interaction);
  if (refused.has_value()) {
    pending.refused = std::move(refused);
    return;
  }
  interaction.request = request_of(prompt);
  interaction.key = key_of(prompt.endpoint, interaction.request);
  interaction.headers = kept_headers(interaction.headers, *redactor_);
  interaction.chunks = redacted(std::move(interaction.chunks), interaction.stream, redactor_);
  if (interaction.reply != nullptr) {
    interaction.reply = redacted(*interaction.reply, *redactor_);
  }
  pending.bytes += bytes_of(interaction.chunks) + interaction.request.size();
  pending.recordings.push_back(std::make_shared<const Interaction>(std::move(interaction)));
}

base::Result<void> Cassettes::commit(std::string_view test) {
  const auto found = pending_.find(cassette_of(test));
  if (found == pending_.end()) {
    return {};
  }
  const std::string name = found->first;
  Pending pending = std::move(found->second);
  pending_.erase(found);
  if (pending.refused.has_value()) {
    return std::move(*pending.refused).within("the recording of " + name + " is not kept");
  }
  Recordings recordings;
  const auto former = by_test_.find(name);
  if (keeps_former_ && former != by_test_.end()) {
    recordings = former->second.all;
  }
  recordings.insert(recordings.end(), pending.recordings.begin(), pending.recordings.end());
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    auto numbered = std::make_shared<Interaction>(*recordings[i]);
    numbered->source = source_of(directory_, name, i + 1);
    recordings[i] = std::move(numbered);
  }
  base::Result<void> written = write_cassette(directory_, name, recordings);
  if (!written) {
    return std::move(written).error().within("the recording of " + name + " is not kept");
  }
  by_test_[name] = indexed(std::move(recordings));
  return {};
}

base::Result<void> Cassettes::commit_all() {
  std::vector<std::string> tests;
  for (const auto& [test, pending] : pending_) {
    tests.push_back(test);
  }
  yaml::Mistakes failures;
  for (const std::string& test : tests) {
    base::Result<void> committed = commit(test);
    if (!committed) {
      failures.add(std::move(committed).error());
    }
  }
  return failures.empty() ? base::Result<void>() : failures.error();
}

}  // namespace mockllm
