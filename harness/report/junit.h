// junit.xml: the dialect that CI systems read. A crash, a lost service or a miss is an <error>; an
// assertion a <failure>; attempts before the last one are flakyFailure and rerunFailure.
#pragma once

#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

std::string junit_xml(const RunResults& results, const Verdict& verdict);

}  // namespace harness
