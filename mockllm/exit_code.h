// How mockllm ends. Contract: contracts 1.
#pragma once

namespace mockllm {

enum class ExitCode : int {
  kEnded = 0,         // by a signal, or done
  kUsage = 2,         // a wrong flag, or a file with a mistake
  kCannotListen = 3,  // the port is in use, or not allowed
  kInternal = 30,     // a bug, or a broken machine
};

}  // namespace mockllm
