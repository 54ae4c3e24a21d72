#include "mockllm/cassette/writer.h"

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "mockllm/cassette/file_name.h"
#include "mockllm/cassette/summary.h"

namespace mockllm {
namespace {

namespace fs = std::filesystem;

struct Part {
  std::string name;  // without ".body" or ".json"
  std::string body;
  std::string body_sha256;
  std::string request_sha256;
};

Part part_of(const Interaction& interaction, std::size_t number) {
  Part part;
  for (const RecordedChunk& chunk : interaction.chunks) {
    part.body += chunk.bytes;
  }
  part.body_sha256 = base::sha256_hex(part.body);
  part.request_sha256 = base::sha256_hex(interaction.request);
  // Named by all that is in it: a name that is there already has the same content.
  part.name = part_name(number, base::sha256_hex(part.body_sha256 + part.request_sha256));
  return part;
}

std::string chunks_text(const std::vector<RecordedChunk>& chunks) {
  std::string text;
  for (const RecordedChunk& chunk : chunks) {
    text += text.empty() ? "" : " ";
    text += std::to_string(chunk.at.count()) + ":" + std::to_string(chunk.bytes.size());
  }
  return text;
}

void append_interaction(std::string& yaml, const Interaction& interaction, const Part& part) {
  yaml += "  - key: " + interaction.key + "\n";
  append_request_summary(yaml, interaction.request);
  yaml += "    status: " + std::to_string(interaction.status) + "\n";
  yaml += "    headers:" + std::string(interaction.headers.empty() ? " {}" : "") + "\n";
  for (const auto& [name, value] : interaction.headers) {
    yaml += "      " + base::json_quoted(name) + ": " + base::json_quoted(value) + "\n";
  }
  yaml += std::string("    stream: ") + (interaction.stream ? "true" : "false") + "\n";
  append_reply_summary(yaml, interaction.reply.get());
  yaml += "    file: " + part.name + "\n";
  yaml += "    body_sha256: " + part.body_sha256 + "\n";
  yaml += "    request_sha256: " + part.request_sha256 + "\n";
  yaml += "    chunks: \"" + chunks_text(interaction.chunks) + "\"  # MICROSECONDS:BYTES of each\n";
}

base::Result<void> write_part(const fs::path& folder, const Part& part,
                              const Interaction& interaction) {
  base::Result<void> body = base::write_file(folder / (part.name + ".body"), part.body);
  return body ? base::write_file(folder / (part.name + ".json"), interaction.request)
              : std::move(body);
}

// What cannot be removed is left: no YAML names it.
void remove_others(const fs::path& folder, const std::set<std::string>& names) {
  std::error_code ignored;
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (is_part_name(name) && !names.contains(entry.path().stem().string())) {
      others.push_back(entry.path());
    }
  }
  for (const fs::path& other : others) {
    fs::remove(other, ignored);
  }
}

}  // namespace

std::string source_of(const std::string& directory, std::string_view test, std::size_t number) {
  return (fs::path(directory) / (stem_of(test) + ".yaml")).string() + "#" + std::to_string(number);
}

base::Result<void> write_cassette(
    const std::string& directory, std::string_view test,
    const std::vector<std::shared_ptr<const Interaction>>& interactions) {
  const fs::path folder = fs::path(directory) / stem_of(test);
  base::Result<void> made = base::make_directories(folder);
  if (!made) {
    return made;
  }
  std::string yaml = "drydock: cassette/v1\ntest: " + base::json_quoted(test) +
                     "\ninteractions:" + (interactions.empty() ? " []" : "") + "\n";
  std::set<std::string> names;
  for (const std::shared_ptr<const Interaction>& interaction : interactions) {
    const Part part = part_of(*interaction, names.size() + 1);
    base::Result<void> written = write_part(folder, part, *interaction);
    if (!written) {
      return written;
    }
    names.insert(part.name);
    append_interaction(yaml, *interaction, part);
  }
  base::Result<void> committed = base::write_file(folder.string() + ".yaml", yaml);
  if (committed) {
    remove_others(folder, names);
  }
  return committed;
}

}  // namespace mockllm
