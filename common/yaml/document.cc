// yaml-cpp's events become a Tree. Its own tree is not used: it is slow, knows no place of a key,
// and destroys itself by recursion.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <limits>
#include <optional>
#include <streambuf>
#include <unordered_set>
#include <utility>

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/yaml/reader.h"
#include "common/yaml/tree.h"

namespace yaml {
namespace {

constexpr std::size_t kShownBytesMax = 80;

// yaml-cpp takes the end of a text for the end of quotes that were never closed, where the last
// line is complete. The mark for the end of a document makes it notice.
constexpr std::string_view kEndMark = "...\n";
constexpr std::string_view kEndMarkInQuotes = "illegal document indicator in scalar";

// A text and the mark behind it as a stream, without a copy.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) : rest_(text.ends_with('\n') ? kEndMark : "") {
    show(text);
  }

 protected:
  int_type underflow() override {
    if (rest_.empty()) {
      return traits_type::eof();
    }
    show(std::exchange(rest_, {}));
    return traits_type::to_int_type(*gptr());
  }

 private:
  void show(std::string_view text) {
    // The get area of a streambuf is not const; nothing writes to it.
    char* begin = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    setg(begin, begin, begin + text.size());
  }

  std::string_view rest_;
};

// YAML allows no control characters, and yaml-cpp takes U+0004 for the end of the text.
std::optional<std::size_t> find_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F) {
      return i;
    }
  }
  return std::nullopt;
}

Place place_of_offset(const std::string& file, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {file, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_start) + 1};
}

// Builds the tree. It cannot stop yaml-cpp, so from the first mistake on it ignores what it is
// told; what yaml-cpp still does is bounded by the size of the text.
template <typename Tree>
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& file, const Limits& limits, Tree& tree)
      : file_(file),
        limits_(limits),
        tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) {
      fail(mark, "a second document starts here, expected one");
    }
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(Node::Kind::kNull, mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (error_) {
      return;
    }
    const std::uint32_t target = anchors_[anchor];
    if (weights_[target].nodes == 0) {
      fail(mark, "this alias stands inside the value that it names");
      return;
    }
    attach(target, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!accepts_tag(mark, tag)) {
      return;
    }
    const std::uint32_t first = static_cast<std::uint32_t>(tree_.text.size());
    tree_.text += value;
    const std::uint32_t index = add(Node::Kind::kScalar, mark, anchor);
    if (!error_) {
      tree_.items[index].quoted = tag == "!";
      tree_.items[index].first = first;
      tree_.items[index].count = static_cast<std::uint32_t>(value.size());
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::kSequence, mark, tag, anchor);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::kMapping, mark, tag, anchor);
  }

  void OnMapEnd() override { close(); }

  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  // What a value costs where its aliases are written out. No nodes: not complete yet.
  struct Weight {
    std::uint64_t nodes = 0;
    std::uint64_t bytes = 0;
    std::uint32_t height = 0;
  };

  struct Open {
    std::uint32_t index = 0;
    std::vector<std::uint32_t> links;
  };

  void fail_at(const Place& place, std::string_view message) {
    if (!error_) {
      error_ = error_at(place, message);
    }
  }

  void fail(const YAML::Mark& mark, std::string_view message) {
    fail_at({file_, mark.line + 1, mark.column + 1}, message);
  }

  bool accepts_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      fail(mark, "the tag '" + base::printable(tag) + "' is not supported, expected none");
    }
    return !error_;
  }

  // A value without children is complete at once; open() takes that back.
  std::uint32_t add(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (error_) {
      return 0;
    }
    const auto index = static_cast<std::uint32_t>(tree_.items.size());
    tree_.items.push_back({.kind = kind,
                           .line = static_cast<std::uint32_t>(mark.line + 1),
                           .column = static_cast<std::uint32_t>(mark.column + 1)});
    const bool container = kind == Node::Kind::kSequence || kind == Node::Kind::kMapping;
    weights_.push_back({container ? 0U : 1U, 0, 1});
    if (anchor != 0) {
      anchors_.resize(std::max<std::size_t>(anchors_.size(), anchor + 1));
      anchors_[anchor] = index;
    }
    if (container) {
      attach_open(index, mark);
    } else {
      weights_[index].bytes = tree_.text.size() - text_seen_;
      attach(index, mark);
    }
    text_seen_ = tree_.text.size();
    return index;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (accepts_tag(mark, tag)) {
      add(kind, mark, anchor);
    }
  }

  void attach_open(std::uint32_t index, const YAML::Mark& mark) {
    link(index);
    stack_.push_back({index, {}});
    if (stack_.size() > limits_.depth_max) {
      fail(mark,
           "nested too deeply, expected at most " + std::to_string(limits_.depth_max) + " levels");
    }
  }

  // Hangs a complete value below the open one and charges it.
  void attach(std::uint32_t index, const YAML::Mark& mark) {
    link(index);
    total_.nodes += weights_[index].nodes;
    total_.bytes += weights_[index].bytes;
    if (total_.nodes + stack_.size() > limits_.nodes_max) {
      fail(mark, "too many values, expected at most " + std::to_string(limits_.nodes_max) +
                     " with aliases written out");
    } else if (total_.bytes > limits_.expanded_bytes_max) {
      fail(mark, "too much text, expected at most " + std::to_string(limits_.expanded_bytes_max) +
                     " bytes with aliases written out");
    } else if (stack_.size() + weights_[index].height > limits_.depth_max + 1) {
      fail(mark,
           "nested too deeply, expected at most " + std::to_string(limits_.depth_max) + " levels");
    }
  }

  void link(std::uint32_t index) {
    if (stack_.empty()) {
      tree_.root = index;
    } else {
      stack_.back().links.push_back(index);
    }
  }

  void close() {
    if (error_) {
      return;
    }
    const Open done = std::move(stack_.back());
    stack_.pop_back();
    auto& item = tree_.items[done.index];
    item.first = static_cast<std::uint32_t>(tree_.links.size());
    item.count = static_cast<std::uint32_t>(done.links.size());
    tree_.links.insert(tree_.links.end(), done.links.begin(), done.links.end());
    Weight weight{1, 0, 0};
    for (const std::uint32_t child : done.links) {
      weight.nodes += weights_[child].nodes;
      weight.bytes += weights_[child].bytes;
      weight.height = std::max(weight.height, weights_[child].height);
    }
    ++weight.height;
    weights_[done.index] = weight;
    total_.nodes += 1;
    if (item.kind == Node::Kind::kMapping) {
      check_keys(done.links);
    }
  }

  void check_keys(const std::vector<std::uint32_t>& links) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < links.size() && !error_; i += 2) {
      const auto& key = tree_.items[links[i]];
      const Place place{file_, static_cast<int>(key.line), static_cast<int>(key.column)};
      if (key.kind != Node::Kind::kScalar) {
        fail_at(place, "expected a text as key");
      } else if (!key.quoted && tree_.text_of(key) == "<<") {
        fail_at(place, "the merge key '<<' is not supported, expected the keys themselves");
      } else if (!seen.insert(tree_.text_of(key)).second) {
        fail_at(place, "the key '" +
                           base::printable(base::shortened(tree_.text_of(key), kShownBytesMax)) +
                           "' is there twice");
      }
    }
  }

  const std::string& file_;
  const Limits& limits_;
  Tree& tree_;
  std::vector<Weight> weights_;  // of tree_.items
  std::vector<std::uint32_t> anchors_;
  std::vector<Open> stack_;
  Weight total_;
  std::size_t text_seen_ = 0;
  int documents_ = 0;
  std::optional<base::Error> error_;
};

// What cannot be given to yaml-cpp at all.
base::Result<void> check_text(const std::string& name, std::string_view text,
                              const Limits& limits) {
  if (text.size() >
      std::min<std::size_t>(limits.bytes_max, std::numeric_limits<std::int32_t>::max())) {
    return base::invalid_input(name + ": " + std::to_string(text.size()) +
                               " bytes, expected at most " + std::to_string(limits.bytes_max));
  }
  if (const std::optional<std::size_t> offset = find_control_character(text)) {
    return error_at(place_of_offset(name, text, *offset), "a control character, expected text");
  }
  // yaml-cpp keeps every token of a flow collection until it knows whether the whole is a key.
  // Outside of texts each of these characters is a value, so a file of honest size never gets here.
  const auto flow_marks = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return c == '[' || c == '{' || c == ','; }));
  if (flow_marks > limits.nodes_max) {
    return base::invalid_input(name + ": too many values, expected at most " +
                               std::to_string(limits.nodes_max));
  }
  int line = 1;
  for (const std::string_view part : base::split(text, '\n')) {
    if (!base::is_utf8(part)) {
      return error_at({name, line, 1}, "this line is not UTF-8");
    }
    ++line;
  }
  return {};
}

template <typename Handler>
base::Result<void> handle_documents(const std::string& name, std::string_view text,
                                    Handler& handler) {
  try {
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (!handler.error() && parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& exception) {
    if (!handler.error()) {
      const bool open_quotes = exception.msg == kEndMarkInQuotes;
      return error_at(
          {name, exception.mark.line + 1, exception.mark.column + 1},
          open_quotes ? "a text in quotes ends here without its closing quote" : exception.msg);
    }
  } catch (const std::exception& exception) {
    return base::invalid_input(name + ": " + exception.what());
  }
  return handler.error() ? base::Result<void>(*handler.error()) : base::Result<void>();
}

}  // namespace

std::string to_string(const Place& place) {
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

base::Error error_at(const Place& place, std::string_view message) {
  return base::invalid_input(to_string(place) + ": " + std::string(message));
}

Document::Document() : tree_(std::make_unique<Tree>()) {}

Document::~Document() = default;

base::Result<std::unique_ptr<Document>> Document::parse(std::string name, std::string_view text,
                                                        const Limits& limits) {
  std::unique_ptr<Document> document(new Document());  // the constructor is private
  document->name_ = std::move(name);
  if (base::Result<void> checked = check_text(document->name_, text, limits); !checked) {
    return std::move(checked).error();
  }
  TreeBuilder<Tree> builder(document->name_, limits, *document->tree_);
  if (base::Result<void> handled = handle_documents(document->name_, text, builder); !handled) {
    return std::move(handled).error();
  }
  if (document->tree_->items.empty()) {
    document->tree_->items.emplace_back();
  }
  return document;
}

base::Result<std::unique_ptr<Document>> Document::load(const std::string& path,
                                                       const Limits& limits) {
  base::Result<std::string> text = base::read_file(path, limits.bytes_max);
  if (!text) {
    return std::move(text).error();
  }
  return parse(path, *text, limits);
}

Node Document::root() const {
  return Node(this, tree_->root);
}

}  // namespace yaml
