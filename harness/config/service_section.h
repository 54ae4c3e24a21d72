// One service as harness.yaml says it. Private to the room.
#pragma once

#include "harness/config/check.h"
#include "harness/config/config.h"
#include "harness/config/section.h"

namespace harness {

// Every mistake is kept in `mistakes`; `places` says where needs and env stand.
ServiceConfig read_service(const yaml::Node::Entry& entry, Mistakes& mistakes,
                           ServicePlaces& places);

}  // namespace harness
