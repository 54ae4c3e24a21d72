// The databases of a run: migrated, and of services with isolation one for each worker.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/config.h"
#include "harness/isolation/isolated.h"
#include "harness/service/services.h"

namespace harness {

class Databases {
 public:
  // What was done, for the journal; or why the run cannot go on.
  struct Step {
    std::string detail;
    std::optional<ServiceFailure> failure;
  };

  // Both outlive it.
  Databases(const Config& config, const Services& services)
      : config_(config),
        services_(services) {}

  // kUsage where the files are wrong, kMigrationFailed where the database refuses them. Without
  // `migrations` nothing is done, and there is no detail.
  Step migrate_shared();

  // No detail where no service is isolated. `lease`: longer than the run can last.
  Step isolate_workers(const std::string& run, std::size_t workers,
                       std::chrono::milliseconds lease);

  // By worker, for RunSettings.
  [[nodiscard]] const std::vector<Values>& workers() const { return workers_; }

  // Before the services go. What is left, for people; empty where nothing is.
  std::string remove(std::chrono::milliseconds budget);

 private:
  std::optional<ServiceFailure> isolate_one(const ServiceConfig& service,
                                            const IsolationRequest& request);

  const Config& config_;
  const Services& services_;
  std::vector<Values> workers_;
  std::vector<std::string> told_;
  std::vector<std::pair<std::string, std::unique_ptr<Isolated>>> isolated_;  // shared servers only
};

}  // namespace harness
