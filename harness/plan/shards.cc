#include "harness/plan/shards.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include "common/base/digest.h"
#include "harness/plan/resources.h"

namespace harness {
namespace {

using Weights = std::vector<std::int64_t>;

// The one shard for all that share an alias, where nothing is known of durations.
constexpr int kAliasShard = 0;
// A division within one part in this many of what no division can beat is good enough.
constexpr std::int64_t kNearEnough = 100;
constexpr int kHalvingsMax = 24;
constexpr std::size_t kSearchedWeightsMax = 64;
constexpr int kSearchStepsMax = 100'000;

std::int64_t heaviest(const Weights& weights, const std::vector<int>& shards, int count) {
  Weights sums(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sums[static_cast<std::size_t>(shards[i])] += weights[i];
  }
  return *std::max_element(sums.begin(), sums.end());
}

// `order`: places in `weights`, the heaviest first.
class Divider {
 public:
  Divider(const Weights& weights, int count)
      : weights_(weights),
        count_(static_cast<std::size_t>(count)),
        order_(weights.size()) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
    const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    const std::int64_t largest = weights.empty() ? 0 : weights[order_.front()];
    floor_ = std::max((sum + count - 1) / count, largest);
  }

  std::vector<int> divide() {
    longest_first();
    if (!near_enough()) {
      fit_below_limits();
    }
    if (!near_enough() && weights_.size() <= kSearchedWeightsMax) {
      now_.assign(weights_.size(), 0);
      sums_.assign(count_, 0);
      search(0);
    }
    return best_;
  }

 private:
  [[nodiscard]] bool near_enough() const { return best_max_ <= floor_ + floor_ / kNearEnough; }

  void keep(const std::vector<int>& shards) {
    const std::int64_t most = heaviest(weights_, shards, static_cast<int>(count_));
    if (best_.empty() || most < best_max_) {
      best_ = shards;
      best_max_ = most;
    }
  }

  void longest_first() {
    std::vector<int> shards(weights_.size());
    std::vector<std::pair<std::int64_t, int>> heap;  // the lightest, then the first, on top
    for (std::size_t i = 0; i < count_; ++i) {
      heap.emplace_back(0, static_cast<int>(i));
    }
    const auto heavier = std::greater<>();
    for (const std::size_t place : order_) {
      std::pop_heap(heap.begin(), heap.end(), heavier);
      shards[place] = heap.back().second;
      heap.back().first += weights_[place];
      std::push_heap(heap.begin(), heap.end(), heavier);
    }
    keep(shards);
  }

  // The heaviest first, each into the first shard that stays within `limit`.
  [[nodiscard]] std::optional<std::vector<int>> fit(std::int64_t limit) const {
    std::vector<int> shards(weights_.size());
    Weights sums(count_);
    for (const std::size_t place : order_) {
      const auto shard = std::find_if(sums.begin(), sums.end(), [&](std::int64_t sum) {
        return sum + weights_[place] <= limit;
      });
      if (shard == sums.end()) {
        return std::nullopt;
      }
      *shard += weights_[place];
      shards[place] = static_cast<int>(shard - sums.begin());
    }
    return shards;
  }

  void fit_below_limits() {
    std::int64_t low = floor_;
    std::int64_t high = best_max_;
    for (int i = 0; i < kHalvingsMax && low < high; ++i) {
      const std::int64_t limit = low + (high - low) / 2;
      if (const std::optional<std::vector<int>> shards = fit(limit)) {
        keep(*shards);
        high = limit;
      } else {
        low = limit + 1;
      }
    }
  }

  // Depth first, bounded in steps; as deep as there are weights, of which there are few.
  void search(std::size_t depth) {
    if (depth == order_.size()) {
      keep(now_);
      return;
    }
    const std::size_t place = order_[depth];
    std::vector<std::int64_t> tried;
    for (std::size_t shard = 0; shard < count_ && !near_enough(); ++shard) {
      const std::int64_t before = sums_[shard];
      const bool seen = std::find(tried.begin(), tried.end(), before) != tried.end();
      if (seen || before + weights_[place] >= best_max_ || steps_ >= kSearchStepsMax) {
        continue;
      }
      ++steps_;
      tried.push_back(before);
      sums_[shard] += weights_[place];
      now_[place] = static_cast<int>(shard);
      search(depth + 1);
      sums_[shard] = before;
    }
  }

  const Weights& weights_;
  std::size_t count_;
  std::vector<std::size_t> order_;
  std::int64_t floor_ = 0;  // no division is below it
  std::vector<int> best_;
  std::int64_t best_max_ = 0;
  std::vector<int> now_;
  Weights sums_;
  int steps_ = 0;
};

// Units that must stay together, by union and find.
class Bundles {
 public:
  explicit Bundles(const std::vector<Unit>& units) : parents_(units.size()) {
    std::iota(parents_.begin(), parents_.end(), 0U);
    std::map<std::string_view, std::size_t> holders;
    for (std::size_t i = 0; i < units.size(); ++i) {
      for (const std::string& resource : units[i].resources) {
        join(i, holders.try_emplace(resource, i).first->second);
      }
    }
  }

  // The first unit of the bundle.
  std::size_t head_of(std::size_t unit) {
    while (parents_[unit] != unit) {
      parents_[unit] = parents_[parents_[unit]];
      unit = parents_[unit];
    }
    return unit;
  }

 private:
  void join(std::size_t a, std::size_t b) {
    a = head_of(a);
    b = head_of(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

  std::vector<std::size_t> parents_;
};

int shard_by_hash(const Unit& head, int count) {
  const std::vector<std::string>& resources = head.resources;
  if (std::find(resources.begin(), resources.end(), kAliasResource) != resources.end()) {
    return kAliasShard;
  }
  const std::string name = resources.empty() ? name_of(head) : resources.front();
  return static_cast<int>(base::crc32c(name) % static_cast<unsigned>(count));
}

std::int64_t median(Weights weights) {
  const auto middle = weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2);
  std::nth_element(weights.begin(), middle, weights.end());
  return *middle;
}

}  // namespace

std::vector<int> divide(const std::vector<std::int64_t>& weights, int count) {
  return Divider(weights, count).divide();
}

std::vector<int> shards_of(const std::vector<Unit>& units, const PastTests& past, int count) {
  Bundles bundles(units);
  std::vector<std::size_t> heads;  // of each bundle
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (bundles.head_of(i) == i) {
      heads.push_back(i);
    }
  }
  std::vector<int> by_head(units.size());
  const std::vector<std::int64_t> weights = weights_of(units, past);
  if (weights.empty()) {
    for (const std::size_t head : heads) {
      by_head[head] = shard_by_hash(units[head], count);
    }
  } else {
    Weights sums(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      sums[bundles.head_of(i)] += weights[i];
    }
    Weights of_heads;
    for (const std::size_t head : heads) {
      of_heads.push_back(sums[head]);
    }
    const std::vector<int> divided = divide(of_heads, count);
    for (std::size_t i = 0; i < heads.size(); ++i) {
      by_head[heads[i]] = divided[i];
    }
  }
  std::vector<int> shards(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    shards[i] = by_head[bundles.head_of(i)];
  }
  return shards;
}

std::vector<std::int64_t> weights_of(const std::vector<Unit>& units, const PastTests& past) {
  std::map<std::string_view, Weights> known;  // by suite; "" for all
  for (const Unit& unit : units) {
    for (const TestCase& test : unit.tests) {
      if (const auto found = past.find(test.id()); found != past.end()) {
        known[unit.suite].push_back(found->second.duration.count());
        known[""].push_back(found->second.duration.count());
      }
    }
  }
  if (known.empty()) {
    return {};
  }
  std::map<std::string_view, std::int64_t> medians;
  for (auto& [suite, durations] : known) {
    medians[suite] = median(std::move(durations));
  }
  std::vector<std::int64_t> weights;
  for (const Unit& unit : units) {
    const auto own = medians.find(unit.suite);
    const std::int64_t unknown = own == medians.end() ? medians[""] : own->second;
    std::int64_t weight = 0;
    for (const TestCase& test : unit.tests) {
      const auto found = past.find(test.id());
      weight += test.disabled ? 0 : found == past.end() ? unknown : found->second.duration.count();
    }
    weights.push_back(weight);
  }
  return weights;
}

}  // namespace harness
