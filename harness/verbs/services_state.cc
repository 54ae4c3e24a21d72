#include "harness/verbs/services_state.h"

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFile = "state.json";
constexpr const char* kFormat = "services/v1";
constexpr std::size_t kStateBytesMax = 64 * 1024;
constexpr std::size_t kStatBytesMax = 16 * 1024;
// Of /proc/<pid>/stat, counted after the name, which may hold spaces and parentheses itself.
constexpr std::size_t kStateField = 0;
constexpr std::size_t kStartField = 19;

std::string state_path(const std::string& directory) {
  return (std::filesystem::path(directory) / kFile).string();
}

Json json_of(const KeptProcess& process) {
  return {{"name", process.name}, {"pid", process.pid}, {"start", process.start}};
}

std::optional<KeptProcess> process_of(const Json& json) {
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string() ||
      !json.contains("pid") || !json["pid"].is_number_integer() || !json.contains("start") ||
      !json["start"].is_string()) {
    return std::nullopt;
  }
  const auto pid = json["pid"].get<pid_t>();
  // 0 and below would mean whole groups to kill(2), 1 is the machine's own.
  return pid > 1 ? std::optional(KeptProcess{json["name"].get<std::string>(), pid,
                                             json["start"].get<std::string>()})
                 : std::nullopt;
}

}  // namespace

std::optional<KeptProcess> kept_process(std::string name, pid_t pid) {
  const base::Result<std::string> stat =
      base::read_file("/proc/" + std::to_string(pid) + "/stat", kStatBytesMax);
  const std::size_t name_end = stat ? stat->rfind(") ") : std::string::npos;
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  const std::vector<std::string_view> fields =
      base::split(std::string_view(*stat).substr(name_end + 2), ' ');
  if (fields.size() <= kStartField || fields[kStateField] == "Z") {
    return std::nullopt;
  }
  return KeptProcess{std::move(name), pid, std::string(fields[kStartField])};
}

bool is_running(const KeptProcess& process) {
  const std::optional<KeptProcess> now = kept_process(process.name, process.pid);
  return now && now->start == process.start;
}

std::string services_directory(const Config& config, const ServicesOptions& options) {
  const std::string reports = options.report_directory.empty()
                                  ? path_beside(config, config.report_directory)
                                  : options.report_directory;
  return (std::filesystem::path(reports) / "services").string();
}

base::Result<void> write_state(const std::string& directory, const ServicesState& state) {
  Json services = Json::array();
  for (const KeptProcess& service : state.services) {
    services.push_back(json_of(service));
  }
  const Json json{
      {"drydock", kFormat}, {"keeper", json_of(state.keeper)}, {"services", std::move(services)}};
  return base::write_file(state_path(directory), json.dump(2) + "\n");
}

base::Result<ServicesState> read_state(const std::string& directory) {
  const base::Result<std::string> text = base::read_file(state_path(directory), kStateBytesMax);
  if (!text) {
    return text.error();
  }
  const Json json = Json::parse(*text, nullptr, false);
  const base::Error broken =
      base::invalid_input(state_path(directory) + " is not what `services up` wrote");
  if (!json.is_object() || !json.contains("drydock") || json["drydock"] != kFormat ||
      !json.contains("keeper") || !json.contains("services") || !json["services"].is_array()) {
    return broken;
  }
  ServicesState state;
  const std::optional<KeptProcess> keeper = process_of(json["keeper"]);
  if (!keeper) {
    return broken;
  }
  state.keeper = *keeper;
  for (const Json& entry : json["services"]) {
    const std::optional<KeptProcess> service = process_of(entry);
    if (!service) {
      return broken;
    }
    state.services.push_back(*service);
  }
  return state;
}

void remove_state(const std::string& directory) {
  std::error_code ignored;
  std::filesystem::remove(state_path(directory), ignored);
}

}  // namespace harness
