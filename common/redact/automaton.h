// Finds all of many byte strings in one pass over a text, whatever the text is (Aho and Corasick,
// 1975).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redact {

class Automaton {
 public:
  using State = std::uint32_t;
  static constexpr State kRoot = 0;
  static constexpr std::int32_t kNone = -1;

  // Of the patterns, the first `values` are wanted by their longest match, the others each.
  Automaton(const std::vector<std::string>& patterns, std::size_t values);

  [[nodiscard]] State step(State state, unsigned char byte) const;

  // Bytes at the end of the text so far that are the start of a pattern: the most that may still
  // matter.
  [[nodiscard]] std::size_t depth(State state) const { return nodes_[state].depth; }

  // The longest of the values that end here, kNone where none does.
  [[nodiscard]] std::int32_t value(State state) const { return nodes_[state].value; }

  // The other patterns that end here: start with other(state) and go on with next_other(). kRoot
  // ends.
  [[nodiscard]] State other(State state) const { return nodes_[state].other; }

  [[nodiscard]] State next_other(State other) const { return nodes_[nodes_[other].fail].other; }

  [[nodiscard]] std::int32_t pattern(State other) const { return nodes_[other].pattern; }

  // The first position at or after `from` where a pattern may start, as far as three bytes tell;
  // the last three bytes of the text are always such positions.
  [[nodiscard]] std::size_t next_start(std::string_view text, std::size_t from) const;

 private:
  struct Edge {
    unsigned char byte;
    State to;
  };

  struct Node {
    std::uint32_t first_edge = 0;
    std::uint16_t edges = 0;
    State fail = kRoot;  // the longest other state that is an end of this one
    std::uint32_t depth = 0;
    std::int32_t pattern = kNone;  // that ends exactly here
    std::int32_t value = kNone;
    State other = kRoot;  // the nearest state, this or by `fail`, where one of the others ends
  };

  using Children = std::vector<std::vector<Edge>>;
  void insert(const std::string& pattern, std::int32_t index, Children& children);
  void link(const Children& children, std::size_t values);
  void flatten(const Children& children);
  [[nodiscard]] const Edge* edge(State state, unsigned char byte) const;

  static constexpr unsigned kFilterBits = 14;
  static std::uint32_t filter_slot(std::uint32_t three_bytes);

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::array<State, 256> from_root_{};
  std::array<unsigned char, 1U << kFilterBits> filter_{};
};

}  // namespace redact
