// The run's side of contracts 10. Made where a launcher started the run, which it says by
// DRYDOCK_NONCE; without one a run hands nothing over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"

namespace harness {

inline constexpr std::string_view kNonceVariable = "DRYDOCK_NONCE";
inline constexpr std::chrono::milliseconds kAckTimeout{10'000};
// For the container's runtime to read what was printed: after a container's end containerd's shim
// reads for 2 s only, and on a busy node a full pipe is not read by then and lost.
inline constexpr std::chrono::milliseconds kReadTimeout{5'000};

class Handover {
 public:
  // nullopt: nobody launched this run. kInvalidInput: the nonce is none. `clock` outlives it.
  static base::Result<std::optional<Handover>> from_environment(
      const base::Environment& environment, const base::Clock& clock, int out,
      std::string report_directory, std::string termination_file = "/dev/termination-log");

  // One record, as it stands in the journal's file. What cannot be written is lost to this way
  // only: the launcher fetches what it lacks.
  void tell(std::uint64_t seq, std::string_view record);
  // Leaves the termination message, then waits at most kAckTimeout for the launcher's word that it
  // has everything up to the last record told, and at most kReadTimeout until its output was read.
  // Ended by a signal on `stop_fd`.
  void finish(std::string_view verdict_json, int stop_fd);

 private:
  Handover(const base::Clock& clock, std::string nonce, int out, std::string report_directory,
           std::string termination_file)
      : clock_(&clock),
        nonce_(std::move(nonce)),
        out_(out),
        report_directory_(std::move(report_directory)),
        termination_file_(std::move(termination_file)) {}

  const base::Clock* clock_;
  std::string nonce_;
  int out_;
  std::string report_directory_;
  std::string termination_file_;
  std::uint64_t last_ = 0;
};

}  // namespace harness
