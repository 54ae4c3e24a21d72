#include "harness/kube/plugin.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/kube/json.h"
#include "harness/process/intake.h"
#include "harness/process/process.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kOutputBytesMax = 1024 * 1024;
constexpr std::size_t kShownBytesMax = 300;
constexpr milliseconds kGrace{1'000};
// An answer this near to its end may be over when the server looks at it.
constexpr std::chrono::seconds kExpiryMargin{5};

// nullopt: not in time, and then it has been ended.
std::optional<ExitStatus> wait_for(Process& process, Intake& output, Intake& speech,
                                   const base::Clock& clock, base::MonoTime deadline) {
  while (!process.poll()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock.mono());
    if (left <= milliseconds(0)) {
      process.stop(clock, kGrace);
      return std::nullopt;
    }
    std::array<pollfd, 3> watched{pollfd{process.pidfd(), POLLIN, 0},
                                  pollfd{output.fd(), POLLIN, 0}, pollfd{speech.fd(), POLLIN, 0}};
    ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    output.drain();
    speech.drain();
  }
  output.drain();
  speech.drain();
  return process.poll();
}

std::string exec_info(const KubePluginSpec& spec) {
  nlohmann::json info{{"kind", "ExecCredential"},
                      {"apiVersion", spec.api_version},
                      {"spec", {{"interactive", false}}}};
  if (!spec.cluster.is_null()) {
    info["spec"]["cluster"] = spec.cluster;
  }
  return to_text(info);
}

base::Error cannot_run(const KubePluginSpec& spec, const std::string& why) {
  const std::string hint = spec.install_hint.empty() ? "" : "; " + spec.install_hint;
  return base::invalid_input("the credential plugin " + spec.command.front() + ": " + why + hint);
}

bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  const bool whole = error == std::errc() && end == text.data() + digits && text.front() != '-';
  text.remove_prefix(digits);
  return whole;
}

bool take_sign(std::string_view& text, std::string_view signs) {
  const bool there = !text.empty() && signs.find(text.front()) != std::string_view::npos;
  text.remove_prefix(there ? 1 : 0);
  return there;
}

// "Z", "+02:00": the minutes to be taken off.
std::optional<std::chrono::minutes> parse_zone(std::string_view text) {
  if (text == "Z" || text == "z") {
    return std::chrono::minutes(0);
  }
  const bool west = text.starts_with('-');
  int hours = 0;
  int minutes = 0;
  if (!take_sign(text, "+-") || !take_number(text, 2, hours) || !take_sign(text, ":") ||
      !take_number(text, 2, minutes) || !text.empty()) {
    return std::nullopt;
  }
  const std::chrono::minutes offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

}  // namespace

std::optional<base::WallTime> parse_rfc3339(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 4, year) || !take_sign(text, "-") || !take_number(text, 2, month) ||
      !take_sign(text, "-") || !take_number(text, 2, day) || !take_sign(text, "Tt ") ||
      !take_number(text, 2, hour) || !take_sign(text, ":") || !take_number(text, 2, minute) ||
      !take_sign(text, ":") || !take_number(text, 2, second)) {
    return std::nullopt;
  }
  if (take_sign(text, ".")) {
    text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const std::optional<std::chrono::minutes> zone = parse_zone(text);
  if (!date.ok() || !zone || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) - *zone;
}

base::Result<KubePluginAnswer> parse_plugin_answer(std::string_view output,
                                                   const std::string& api_version) {
  const nlohmann::json object = nlohmann::json::parse(output, nullptr, false);
  if (text_at(object, {"kind"}) != "ExecCredential") {
    return base::invalid_input("it printed no ExecCredential");
  }
  if (text_at(object, {"apiVersion"}) != api_version) {
    return base::invalid_input("it answered in another apiVersion than " + api_version);
  }
  KubePluginAnswer answer;
  answer.token = text_at(object, {"status", "token"});
  answer.client_certificate = text_at(object, {"status", "clientCertificateData"});
  answer.client_key = text_at(object, {"status", "clientKeyData"});
  if (answer.client_certificate.empty() != answer.client_key.empty()) {
    return base::invalid_input("it gave a certificate without a key, or a key alone");
  }
  if (answer.token.empty() && answer.client_key.empty()) {
    return base::invalid_input("it gave neither a token nor a certificate");
  }
  const std::string expires = text_at(object, {"status", "expirationTimestamp"});
  answer.expires = parse_rfc3339(expires);
  if (!expires.empty() && !answer.expires) {
    return base::invalid_input("its expirationTimestamp is no time of RFC 3339");
  }
  return answer;
}

base::Result<KubePluginAnswer> KubePlugin::answer(const base::Clock& clock) {
  const std::lock_guard lock(mutex_);
  const bool fresh =
      cached_ && (!cached_->expires || clock.wall() + kExpiryMargin < *cached_->expires);
  if (!fresh) {
    base::Result<KubePluginAnswer> answered = run(clock);
    if (!answered) {
      return answered;
    }
    cached_ = *std::move(answered);
  }
  return *cached_;
}

void KubePlugin::forget(const std::string& token) {
  const std::lock_guard lock(mutex_);
  if (cached_ && cached_->token == token) {
    cached_.reset();
  }
}

base::Result<KubePluginAnswer> KubePlugin::run(const base::Clock& clock) const {
  Intake output(kOutputBytesMax, Intake::Keep::kFirst);
  Intake speech(kOutputBytesMax, Intake::Keep::kFirst);
  base::Result<base::UniqueFd> output_end = output.open();
  base::Result<base::UniqueFd> speech_end = speech.open();
  if (!output_end || !speech_end) {
    return base::unavailable("cannot make a pipe");
  }
  ProcessSpec process_spec;
  process_spec.argv = spec_.command;
  process_spec.environment = spec_.environment;
  process_spec.environment.push_back("KUBERNETES_EXEC_INFO=" + exec_info(spec_));
  process_spec.output = output_end->get();
  process_spec.error_output = speech_end->get();
  base::Result<Process> process = Process::spawn(process_spec);
  if (!process) {
    return cannot_run(spec_, process.error().message);
  }
  output_end->reset();
  speech_end->reset();
  const std::optional<ExitStatus> status =
      wait_for(*process, output, speech, clock, clock.mono() + spec_.time_limit);
  if (!status) {
    return cannot_run(spec_, "no answer in " + std::to_string(spec_.time_limit.count()) + " ms");
  }
  if (!status->clean()) {
    const std::string said =
        base::printable(base::shortened(base::trimmed(speech.text()), kShownBytesMax));
    return cannot_run(spec_, to_string(*status) + (said.empty() ? "" : ": " + said));
  }
  base::Result<KubePluginAnswer> answer = parse_plugin_answer(output.text(), spec_.api_version);
  if (!answer) {
    return cannot_run(spec_, answer.error().message);
  }
  return answer;
}

}  // namespace harness
