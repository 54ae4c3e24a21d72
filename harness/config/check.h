// What no single value can tell: names that must exist, needs without a circle. Private to the
// room.
#pragma once

#include <string>
#include <vector>

#include "harness/config/config.h"
#include "harness/config/section.h"

namespace harness {

// Where each part of a Config was written, in the order of the file.
// Each is parallel to what it is of, unless a mistake was found there already.
struct ServicePlaces {
  std::vector<std::string> needs;
  std::vector<std::string> env;
};

struct SuitePlaces {
  std::vector<std::string> uses;
  std::vector<std::string> shares;
  std::vector<std::string> env;
};

struct Places {
  std::vector<ServicePlaces> services;  // parallel to Config::services, likewise
  std::vector<SuitePlaces> suites;
  std::string migrations_service;
};

// Adds every mistake between the parts of `config`; sorts its services so that each comes after its
// needs.
void check_config(Config& config, const Places& places, Mistakes& mistakes);

}  // namespace harness
