#include "harness/plan/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "harness/plan/shards.h"

namespace harness {
namespace {

struct Rank {
  bool red = false;
  std::int64_t weight = 0;

  // The one that starts first is less.
  bool operator<(const Rank& other) const { return red != other.red ? red : weight > other.weight; }
};

bool was_red(const Unit& unit, const PastTests& past) {
  return std::any_of(unit.tests.begin(), unit.tests.end(), [&](const TestCase& test) {
    const auto found = past.find(test.id());
    return found != past.end() && found->second.red;
  });
}

}  // namespace

void order_by_past(Plan& plan, const PastTests& past) {
  const std::vector<std::int64_t> weights = weights_of(plan.units, past);
  if (weights.empty()) {
    return;
  }
  std::vector<Rank> ranks;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    ranks.push_back({was_red(plan.units[i], past), weights[i]});
  }
  std::vector<std::size_t> order(plan.units.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto first = [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; };
  std::stable_sort(order.begin(), order.end(), first);
  // From the last to the first: what waits for a resource adds up.
  std::map<std::string_view, std::int64_t> waiting;
  for (auto place = order.rbegin(); place != order.rend(); ++place) {
    for (const std::string& resource : plan.units[*place].resources) {
      std::int64_t& sum = waiting[resource];
      sum += weights[*place];
      ranks[*place].weight = std::max(ranks[*place].weight, sum);
    }
  }
  std::stable_sort(order.begin(), order.end(), first);
  std::vector<Unit> units;
  units.reserve(order.size());
  for (const std::size_t place : order) {
    units.push_back(std::move(plan.units[place]));
  }
  plan.units = std::move(units);
}

// Not std::shuffle, whose order each library may choose.
void shuffle(Plan& plan, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = plan.units.size(); i > 1; --i) {
    std::swap(plan.units[i - 1], plan.units[random() % i]);
  }
}

}  // namespace harness
