#!/usr/bin/env bash
# Builds what a throw-away cluster is made of, where this machine has not got it yet, and sees one
# come up and go.
#
# Usage: tests/gate/kubernetes.sh
# Exit:  0 it came up and went, else as cluster.sh.
set -o errexit -o nounset -o pipefail

readonly CLUSTER="${BASH_SOURCE[0]%/*}/../../scripts/local/ci/cluster.sh"
readonly NAME="gate-$$"

main() {
  trap '"${CLUSTER}" down --name "${NAME}"' EXIT
  "${CLUSTER}" up --name "${NAME}"
  trap - EXIT
  "${CLUSTER}" down --name "${NAME}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
