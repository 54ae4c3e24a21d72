#include "harness/plan/order.h"

#include <random>
#include <utility>

namespace harness {

// Not std::shuffle, whose order each library may choose.
void shuffle(Plan& plan, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = plan.units.size(); i > 1; --i) {
    std::swap(plan.units[i - 1], plan.units[random() % i]);
  }
}

}  // namespace harness
