#include "common/redact/automaton.h"

#include <algorithm>
#include <cstring>

#include "common/base/check.h"

namespace redact {
namespace {

constexpr std::size_t kFilterBytes = 3;
constexpr std::uint32_t kThreeBytes = 0xFFFFFFU;

std::uint32_t three_bytes_at(std::string_view text) {
  std::uint32_t bytes = 0;
  for (std::size_t i = 0; i < kFilterBytes; ++i) {
    bytes |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << (8 * i);
  }
  return bytes;
}

}  // namespace

std::uint32_t Automaton::filter_slot(std::uint32_t three_bytes) {
  return (three_bytes * 0x9E3779B1U) >> (32 - kFilterBits);
}

Automaton::Automaton(const std::vector<std::string>& patterns, std::size_t values) {
  nodes_.emplace_back();
  Children children(1);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    CHECK(patterns[i].size() >= kFilterBytes);
    insert(patterns[i], static_cast<std::int32_t>(i), children);
    filter_[filter_slot(three_bytes_at(patterns[i]))] = 1;
  }
  link(children, values);
  flatten(children);
}

void Automaton::insert(const std::string& pattern, std::int32_t index, Children& children) {
  State state = kRoot;
  for (const char c : pattern) {
    const auto byte = static_cast<unsigned char>(c);
    std::vector<Edge>& edges = children[state];
    const auto known =
        std::find_if(edges.begin(), edges.end(), [&](const Edge& e) { return e.byte == byte; });
    if (known != edges.end()) {
      state = known->to;
      continue;
    }
    const auto made = static_cast<State>(nodes_.size());
    const std::uint32_t depth = nodes_[state].depth + 1;
    edges.push_back({byte, made});
    nodes_.emplace_back().depth = depth;
    children.emplace_back();
    state = made;
  }
  if (nodes_[state].pattern == kNone) {
    nodes_[state].pattern = index;
  }
}

// Level by level: a state's fail is shorter than itself and so known before it.
void Automaton::link(const Children& children, std::size_t values) {
  const auto child = [&](State state, unsigned char byte) {
    for (const Edge& edge : children[state]) {
      if (edge.byte == byte) {
        return edge.to;
      }
    }
    return kRoot;
  };
  std::vector<State> level = {kRoot};
  for (std::size_t i = 0; i < level.size(); ++i) {
    const State state = level[i];
    Node& node = nodes_[state];
    const bool ends_value =
        node.pattern != kNone && static_cast<std::size_t>(node.pattern) < values;
    const bool ends_other = node.pattern != kNone && !ends_value;
    node.value = ends_value ? node.pattern : nodes_[node.fail].value;
    node.other = ends_other ? state : nodes_[node.fail].other;
    for (const Edge& edge : children[state]) {
      level.push_back(edge.to);
      State fail = node.fail;
      while (state != kRoot && fail != kRoot && child(fail, edge.byte) == kRoot) {
        fail = nodes_[fail].fail;
      }
      nodes_[edge.to].fail = state == kRoot ? kRoot : child(fail, edge.byte);
    }
  }
}

void Automaton::flatten(const Children& children) {
  for (std::size_t state = 0; state < children.size(); ++state) {
    nodes_[state].first_edge = static_cast<std::uint32_t>(edges_.size());
    nodes_[state].edges = static_cast<std::uint16_t>(children[state].size());
    edges_.insert(edges_.end(), children[state].begin(), children[state].end());
  }
  for (const Edge& edge : children[kRoot]) {
    from_root_[edge.byte] = edge.to;
  }
}

const Automaton::Edge* Automaton::edge(State state, unsigned char byte) const {
  const Node& node = nodes_[state];
  for (std::uint32_t i = node.first_edge; i < node.first_edge + node.edges; ++i) {
    if (edges_[i].byte == byte) {
      return &edges_[i];
    }
  }
  return nullptr;
}

Automaton::State Automaton::step(State state, unsigned char byte) const {
  while (state != kRoot) {
    const Edge* found = edge(state, byte);
    if (found != nullptr) {
      return found->to;
    }
    state = nodes_[state].fail;
  }
  return from_root_[byte];
}

std::size_t Automaton::next_start(std::string_view text, std::size_t from) const {
  // Four positions from one load, and one branch for all of them: most text starts no pattern.
  while (from + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + from, sizeof(bytes));
    unsigned any = 0;
    for (unsigned i = 0; i < 4; ++i) {
      any |= filter_[filter_slot(static_cast<std::uint32_t>(bytes >> (8 * i)) & kThreeBytes)];
    }
    if (any != 0) {
      break;
    }
    from += 4;
  }
  while (from + kFilterBytes < text.size() &&
         filter_[filter_slot(three_bytes_at(text.substr(from)))] == 0) {
    ++from;
  }
  return from;
}

}  // namespace redact
