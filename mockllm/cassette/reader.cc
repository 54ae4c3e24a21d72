#include "mockllm/cassette/reader.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/yaml/reader.h"
#include "mockllm/cassette/file_name.h"

namespace mockllm {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRequestBytesMax = 64 * 1024 * 1024;
constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;

// Reads one cassette; each function takes what it can and leaves its mistakes behind.
class Reader {
 public:
  Reader(fs::path yaml, const CassetteLimits& limits, yaml::Mistakes& mistakes)
      : yaml_(std::move(yaml)),
        limits_(limits),
        mistakes_(mistakes) {}

  ReadCassette run() {
    ReadCassette cassette;
    std::optional<std::unique_ptr<yaml::Document>> document =
        mistakes_.keep(yaml::Document::load(yaml_.string()));
    if (!document.has_value()) {
      return cassette;
    }
    const std::optional<yaml::Mapping> top =
        yaml::Mapping::of((*document)->root(), {"drydock", "test", "interactions"}, mistakes_);
    if (!top.has_value() || !text(*top, "drydock", "cassette/v1") ||
        !read_test(*top, cassette.test)) {
      return cassette;
    }
    const std::optional<yaml::Node> list = mistakes_.keep(top->need("interactions"));
    const std::optional<std::vector<yaml::Node>> items =
        list.has_value() ? mistakes_.keep(list->items()) : std::nullopt;
    if (items.has_value() && items->size() > limits_.interactions_max) {
      mistakes_.add(
          list->error("more than interactions_max, " + std::to_string(limits_.interactions_max)));
      return cassette;
    }
    for (const yaml::Node& item : items.value_or(std::vector<yaml::Node>())) {
      ++number_;
      std::shared_ptr<const Interaction> interaction = read(item);
      if (interaction != nullptr) {
        cassette.interactions.push_back(std::move(interaction));
      }
    }
    return cassette;
  }

 private:
  // A text that must be there; and, where `expected` is not empty, be that.
  std::optional<std::string> text(const yaml::Mapping& map, std::string_view key,
                                  std::string_view expected = {}) {
    const std::optional<yaml::Node> node = mistakes_.keep(map.need(key));
    std::optional<std::string> value =
        node.has_value() ? mistakes_.keep(node->text()) : std::nullopt;
    if (value.has_value() && !expected.empty() && *value != expected) {
      mistakes_.add(node->expected(expected));
      return std::nullopt;
    }
    return value;
  }

  bool read_test(const yaml::Mapping& top, std::string& test) {
    const std::optional<std::string> name = text(top, "test");
    if (!name.has_value()) {
      return false;
    }
    test = *name;
    if (stem_of(test) == yaml_.stem().string()) {
      return true;
    }
    mistakes_.add(top.node().error("the recording of " +
                                   base::json_quoted(base::shortened(test, 100)) +
                                   " is expected in " + stem_of(test) + ".yaml"));
    return false;
  }

  std::shared_ptr<const Interaction> read(const yaml::Node& item) {
    const std::size_t before = mistakes_.count();
    const std::optional<yaml::Mapping> map =
        yaml::Mapping::of(item,
                          {"key", "request", "status", "headers", "stream", "reply", "file",
                           "body_sha256", "request_sha256", "chunks"},
                          mistakes_);
    if (!map.has_value()) {
      return nullptr;
    }
    auto interaction = std::make_shared<Interaction>();
    interaction->key = text(*map, "key").value_or("");
    interaction->source = yaml_.string() + "#" + std::to_string(number_);
    read_head(*map, *interaction);
    interaction->reply = read_reply(*map);
    read_files(*map, *interaction);
    return mistakes_.count() == before ? interaction : nullptr;
  }

  void read_head(const yaml::Mapping& map, Interaction& interaction) {
    const std::optional<yaml::Node> status = mistakes_.keep(map.need("status"));
    if (status.has_value()) {
      const std::optional<std::int64_t> code =
          mistakes_.keep(status->integer(kStatusMin, kStatusMax));
      interaction.status = static_cast<int>(code.value_or(kStatusMax));
    }
    interaction.stream = mistakes_.keep(map.boolean_or("stream", false)).value_or(false);
    const std::optional<yaml::Node> headers = map.find("headers");
    const std::optional<std::vector<yaml::Node::Entry>> entries =
        headers.has_value() ? mistakes_.keep(headers->entries()) : std::nullopt;
    for (const yaml::Node::Entry& entry : entries.value_or(std::vector<yaml::Node::Entry>())) {
      std::optional<std::string> value = mistakes_.keep(entry.value.text());
      if (value.has_value()) {
        interaction.headers.emplace_back(entry.key, *std::move(value));
      }
    }
  }

  // For the next writing only; a replay sends the body.
  std::shared_ptr<const Reply> read_reply(const yaml::Mapping& map) {
    const std::optional<yaml::Node> node = map.find("reply");
    const std::optional<yaml::Mapping> reply_map =
        node.has_value()
            ? yaml::Mapping::of(*node, {"text", "tool_calls", "finish_reason"}, mistakes_)
            : std::nullopt;
    if (!reply_map.has_value()) {
      return nullptr;
    }
    ReplyChoice choice;
    if (reply_map->find("text").has_value()) {
      choice.text = text(*reply_map, "text");
    }
    choice.finish_reason = mistakes_.keep(reply_map->text_or("finish_reason", "")).value_or("");
    const std::optional<yaml::Node> calls = reply_map->find("tool_calls");
    const std::optional<std::vector<yaml::Node>> items =
        calls.has_value() ? mistakes_.keep(calls->items()) : std::nullopt;
    for (const yaml::Node& item : items.value_or(std::vector<yaml::Node>())) {
      const std::optional<yaml::Mapping> call =
          yaml::Mapping::of(item, {"name", "arguments"}, mistakes_);
      if (call.has_value()) {
        choice.tool_calls.push_back(
            {"", text(*call, "name").value_or(""), text(*call, "arguments").value_or("")});
      }
    }
    Reply reply;
    reply.choices.push_back(std::move(choice));
    return std::make_shared<const Reply>(std::move(reply));
  }

  void read_files(const yaml::Mapping& map, Interaction& interaction) {
    const std::optional<std::string> name = text(map, "file");
    const std::optional<std::string> body_sha256 = text(map, "body_sha256");
    const std::optional<std::string> request_sha256 = text(map, "request_sha256");
    if (!name.has_value() || !body_sha256.has_value() || !request_sha256.has_value()) {
      return;
    }
    if (!is_part_name(*name + ".body")) {
      mistakes_.add(map.find("file")->expected("the name of a file of this recording"));
      return;
    }
    const std::optional<std::string> body =
        read_part(*map.find("file"), *name + ".body", *body_sha256, limits_.interaction_bytes_max);
    std::optional<std::string> request =
        read_part(*map.find("file"), *name + ".json", *request_sha256, kRequestBytesMax);
    if (body.has_value() && request.has_value()) {
      interaction.request = *std::move(request);
      read_chunks(map, *body, interaction);
    }
  }

  std::optional<std::string> read_part(const yaml::Node& node, const std::string& name,
                                       const std::string& sha256, std::size_t bytes_max) {
    const fs::path folder = yaml_.parent_path() / yaml_.stem();
    base::Result<std::string> content = base::read_file(folder / name, bytes_max);
    if (!content) {
      mistakes_.add(node.error(content.error().message));
      return std::nullopt;
    }
    if (base::sha256_hex(*content) != sha256) {
      mistakes_.add(
          node.error(name + " is not what was recorded: its sha256 is another; record again"));
      return std::nullopt;
    }
    return *std::move(content);
  }

  void read_chunks(const yaml::Mapping& map, std::string_view body, Interaction& interaction) {
    const std::optional<std::string> listed = text(map, "chunks");
    if (!listed.has_value()) {
      return;
    }
    std::string_view rest = *listed;
    while (!rest.empty()) {
      std::uint64_t at = 0;
      std::uint64_t bytes = 0;
      if (!take(rest, at, ':') || !take(rest, bytes, ' ') || bytes > body.size()) {
        break;
      }
      interaction.chunks.push_back(
          {std::chrono::microseconds(at), std::string(body.substr(0, bytes))});
      body.remove_prefix(bytes);
    }
    if (!rest.empty() || !body.empty()) {
      mistakes_.add(map.find("chunks")->error(
          "MICROSECONDS:BYTES of each chunk are expected, together as many bytes as the body has"));
    }
  }

  // A number and what ends it, or the end of the text.
  static bool take(std::string_view& rest, std::uint64_t& number, char end) {
    constexpr std::uint64_t kNumberMax = 1'000'000'000'000;
    const auto [stop, code] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (code != std::errc() || number > kNumberMax) {
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    if (rest.empty()) {
      return end == ' ';
    }
    const bool ends = rest.front() == end;
    rest.remove_prefix(ends ? 1 : 0);
    return ends;
  }

  fs::path yaml_;
  const CassetteLimits& limits_;
  yaml::Mistakes& mistakes_;
  std::size_t number_ = 0;
};

}  // namespace

ReadCassette read_cassette(const fs::path& yaml, const CassetteLimits& limits,
                           yaml::Mistakes& mistakes) {
  return Reader(yaml, limits, mistakes).run();
}

}  // namespace mockllm
