// The results of one pod, put together from whatever way they came: frames of its log, records and
// files fetched from the container while it waits, its termination message.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "harness/handover/frames.h"
#include "harness/launch/cause.h"
#include "harness/report/folder.h"

namespace harness {

class Collector {
 public:
  // Runs a command in the pod's container; its standard output, or why not.
  using Exec = std::function<base::Result<std::string>(const std::vector<std::string>& command)>;

  Collector(std::string nonce, std::string report_directory, std::string pod_report_directory)
      : frames_(std::move(nonce)),
        report_directory_(std::move(report_directory)),
        pod_report_directory_(std::move(pod_report_directory)) {}

  // What a line of the container's log was: for people, or a frame, and of what.
  enum class Heard { kOutput, kRecord, kTestStarted, kTestFinished };
  Heard add_line(std::string_view line);

  // The record that ends a run has come.
  [[nodiscard]] bool run_finished() const { return last_ > 0; }

  [[nodiscard]] bool complete() const { return last_ > 0 && frames_.first_missing() == last_ + 1; }

  // Fetches what is missing and the files of the report, then says that all has arrived. What could
  // not be had is told by the result; the records that came stay.
  base::Result<void> fetch(const Exec& exec);

  struct Collected {
    RunResults results;
    Reported reported;
  };

  // Writes the report folder on this side. `termination` is the container's termination message,
  // empty where there is none; `exit_code` its own.
  Collected finish(std::string_view termination, std::optional<int> exit_code,
                   const std::optional<Cause>& cause);

 private:
  base::Result<void> fetch_records(const Exec& exec);
  base::Result<void> fetch_files(const Exec& exec);
  [[nodiscard]] std::string disagreement(const Verdict& verdict, std::string_view termination,
                                         std::optional<int> exit_code) const;

  FrameReader frames_;
  std::string report_directory_;
  std::string pod_report_directory_;
  std::uint64_t last_ = 0;  // seq of the record that ends the run, 0 where it has not come
};

}  // namespace harness
