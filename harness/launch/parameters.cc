#include "harness/launch/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/text.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kShownBytesMax = 100;
constexpr std::size_t kArgumentsMax = 200;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kNameBytesMax = 52;  // Kubernetes adds the index
constexpr double kKibi = 1024;

bool is_label(std::string_view text, std::size_t bytes_max) {
  const auto is_inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= bytes_max && is_inner(text.front()) &&
         is_inner(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_inner(c) || c == '-'; });
}

// A Kubernetes quantity ("100m", "1.5", "64Mi") as a number; nullopt where it is none.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
std::optional<double> quantity(std::string_view text) {
  struct Suffix {
    std::string_view name;
    double factor;
  };

  static constexpr std::array kSuffixes{
      Suffix{"", 1},
      Suffix{"m", 1e-3},
      Suffix{"k", 1e3},
      Suffix{"M", 1e6},
      Suffix{"G", 1e9},
      Suffix{"T", 1e12},
      Suffix{"Ki", kKibi},
      Suffix{"Mi", kKibi * kKibi},
      Suffix{"Gi", kKibi * kKibi * kKibi},
      Suffix{"Ti", kKibi * kKibi * kKibi * kKibi},
  };
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto* suffix = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                    [&](const Suffix& each) { return each.name == rest; });
  if (error != std::errc{} || suffix == kSuffixes.end()) {
    return std::nullopt;
  }
  return number * suffix->factor;
}

bool is_quantity_within(const json& value, std::string_view least, std::string_view most) {
  const std::optional<double> amount =
      value.is_string() ? quantity(value.get_ref<const std::string&>()) : std::nullopt;
  return amount && *amount >= *quantity(least) && *amount <= *quantity(most);
}

bool is_integer_within(const json& value, std::int64_t least, std::int64_t most) {
  return value.is_number_integer() && value.get<std::int64_t>() >= least &&
         value.get<std::int64_t>() <= most;
}

// With a digest, or with a tag that is not moved: two pods of one run must have the same image.
bool is_pinned_image(const json& value) {
  if (!value.is_string()) {
    return false;
  }
  const std::string_view image = value.get_ref<const std::string&>();
  const std::size_t digest = image.find("@sha256:");
  if (digest != std::string_view::npos) {
    return digest > 0;
  }
  const std::size_t slash = image.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const std::size_t colon = last.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < last.size() &&
         last.substr(colon + 1) != "latest";
}

struct Parameter {
  std::string_view name;
  std::string_view flag;  // what set it; empty where only launch itself does
  std::string_view expected;
  bool (*holds)(const json& value);
};

constexpr std::array kParameters{
    Parameter{"name", "--name", "a DNS label of at most 52 characters",
              [](const json& value) {
                return value.is_string() &&
                       is_label(value.get_ref<const std::string&>(), kNameBytesMax);
              }},
    Parameter{"namespace", "--namespace", "a DNS label: 1 to 63 of a-z, 0-9 and -",
              [](const json& value) {
                return value.is_string() &&
                       is_label(value.get_ref<const std::string&>(), kLabelBytesMax);
              }},
    Parameter{"image", "--image", "an image with a tag other than latest, or with a digest",
              is_pinned_image},
    Parameter{"args", "what follows --", "at most 200 arguments",
              [](const json& value) { return value.is_array() && value.size() <= kArgumentsMax; }},
    Parameter{"deadline_seconds", "--deadline", "30s to 24h",
              [](const json& value) { return is_integer_within(value, 30, 86'400); }},
    Parameter{"retries", "--retries", "0 to 5",
              [](const json& value) { return is_integer_within(value, 0, 5); }},
    Parameter{"cpu_limit", "--cpu-limit", "a quantity from 100m to 64",
              [](const json& value) { return is_quantity_within(value, "100m", "64"); }},
    Parameter{"memory_limit", "--memory-limit", "a quantity from 64Mi to 256Gi",
              [](const json& value) { return is_quantity_within(value, "64Mi", "256Gi"); }},
};

}  // namespace

base::Result<void> check_parameters(const TemplateValues& values) {
  std::vector<std::string> mistakes;
  for (const Parameter& parameter : kParameters) {
    const auto value = values.find(parameter.name);
    if (value == values.end() || parameter.holds(value->second)) {
      continue;
    }
    const std::string shown =
        parameter.name == "args"
            ? std::to_string(value->second.size()) + " of them"
            : base::printable(base::shortened(value->second.dump(), kShownBytesMax));
    mistakes.push_back(std::string(parameter.flag) + ": " + shown + " is not " +
                       std::string(parameter.expected));
  }
  return mistakes.empty() ? base::Result<void>() : base::invalid_input(base::join(mistakes, "; "));
}

}  // namespace harness
