#!/usr/bin/env bash
# Installs the Node clients that tests/contract/node pins, once per lock file, and runs its tests.
#
# Usage: tests/gate/node.sh FOLDER     node.tap is left in FOLDER
# Exit:  0 all passed, else as node's test runner.
set -o errexit -o nounset -o pipefail

readonly HOME_OF_NODE=build/node

# The tests are copied beside what they import: Node looks upward from the file.
install_clients() {
  local stamp
  stamp=$(sha256sum tests/contract/node/package.json tests/contract/node/package-lock.json)
  mkdir -p "${HOME_OF_NODE}"
  cp -R tests/contract/node/. "${HOME_OF_NODE}/"
  if [[ ! -f "${HOME_OF_NODE}/.stamp" || "$(<"${HOME_OF_NODE}/.stamp")" != "${stamp}" ]]; then
    (cd "${HOME_OF_NODE}" && npm ci --no-audit --no-fund)
    printf '%s' "${stamp}" >"${HOME_OF_NODE}/.stamp"
  fi
}

main() {
  local folder=$1
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  install_clients
  DRYDOCK_BIN_DIR=${DRYDOCK_BIN_DIR:-${PWD}/build/release/bin}
  export DRYDOCK_BIN_DIR DRYDOCK_ROOT=${PWD}
  cd "${HOME_OF_NODE}"
  PATH="${PWD}/node_modules/.bin:${PATH}" node --test --test-reporter=tap \
    --test-reporter-destination="${folder}/node.tap" \
    --test-reporter=spec --test-reporter-destination=stdout
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
