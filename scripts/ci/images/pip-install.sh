#!/usr/bin/env bash
# Installs pinned Python packages into a folder while an image is built.
#
# Usage: pip-install.sh FOLDER REQUIREMENTS     inside RUN, as apt-install.sh
# Exit:  0 installed, else as pip.
set -o errexit -o nounset -o pipefail

readonly NETWORK=/run/network

main() {
  local folder=$1 requirements=$2
  if [[ -f "${NETWORK}/pip.conf" ]]; then
    export PIP_CONFIG_FILE="${NETWORK}/pip.conf"
  fi
  python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile \
    --target "${folder}" --requirement "${requirements}"
  # Where the root is read-only nothing can be compiled later. Compiled files that are not compared
  # with a time stay valid however an image's layers are written.
  python3 -m compileall -q --invalidation-mode unchecked-hash "${folder}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
