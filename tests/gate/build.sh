#!/usr/bin/env bash
# Configures and builds one preset with the compiler cache.
#
# Usage: tests/gate/build.sh PRESET [TARGET...]
# Exit:  0 built, else as CMake.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../scripts/lib/log.sh
source "${here}/../../scripts/lib/log.sh"
# shellcheck source-path=SCRIPTDIR source=../../scripts/lib/toolchain.sh
source "${here}/../../scripts/lib/toolchain.sh"

main() {
  cd "${here}/../.."
  use_ccache
  build_preset "$@"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
