#!/usr/bin/env bash
# Installs Debian packages while an image is built, and leaves nothing behind but them.
#
# Usage: apt-install.sh PACKAGE...     inside RUN, with the stage "network" mounted at /run/network
# Exit:  0 installed, else as apt-get.
#
# /run/network may hold the builder's own way to a mirror (scripts/ci/lib/network.sh). It is
# mounted, so no layer and no history has a word of it.
set -o errexit -o nounset -o pipefail

readonly NETWORK=/run/network

main() {
  if [[ -f "${NETWORK}/apt.conf" ]]; then
    export APT_CONFIG="${NETWORK}/apt.conf"
  fi
  export DEBIAN_FRONTEND=noninteractive
  # A server's package makes and starts a server of its own where nobody tells it not to.
  mkdir -p /etc/postgresql-common
  printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  apt-get update --quiet
  apt-get install --quiet --yes --no-install-recommends --option=Acquire::Retries=3 "$@"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    /var/log/alternatives.log /var/cache/ldconfig/aux-cache
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
