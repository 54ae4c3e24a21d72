# shellcheck shell=bash
# packages: from lists of Debian packages to packages that are installed. Asks dpkg first, so that a
# machine that has them all needs neither root nor network.
#
# Sourced, after log.sh. Folders and programs can be replaced by tests:
POLICY_FILE=${POLICY_FILE:-/usr/sbin/policy-rc.d}

# listed_packages FILE...: "package" or "package command" lines, without comments.
listed_packages() {
  sed --silent '/^[^#]/p' "$@"
}

# missing_packages FILE...: one name per line.
missing_packages() {
  local package command installed
  installed=$(dpkg-query --show --showformat '${binary:Package} ${db:Status-Status}\n' |
    sed --silent 's/^\([^ :]*\)[^ ]* installed$/\1/p') || return
  while read -r package command; do
    if [[ -n "${command}" ]] && command -v "${command}" >/dev/null; then
      continue
    fi
    grep --quiet --line-regexp --fixed-strings "${package}" <<<"${installed}" ||
      printf '%s\n' "${package}"
  done < <(listed_packages "$@")
}

# Fills the array AS_ROOT with what must stand before a command that needs root.
find_root() {
  AS_ROOT=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || return 1
    AS_ROOT=(sudo)
  fi
}

# A step (see log.sh).
install_packages() {
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    note "all $(listed_packages "$@" | wc --lines) are there"
    return
  fi
  if ! command -v apt-get >/dev/null; then
    remedy "this needs Debian 12 or 13; elsewhere install the equivalents of: ${missing[*]}"
    return 1
  fi
  if ! find_root; then
    remedy "run as root, or install sudo: apt-get install ${missing[*]}"
    return 1
  fi
  apt_install "${missing[@]}" || return
  note "${#missing[@]} installed"
}

# The packages of PostgreSQL and Redis would start services of their own. Nothing here uses those,
# so they are told not to, unless the machine has a policy already.
apt_install() {
  local status=0
  "${AS_ROOT[@]}" apt-get update || return
  if [[ ! -e "${POLICY_FILE}" ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${AS_ROOT[@]}" tee "${POLICY_FILE}" >/dev/null || return
    "${AS_ROOT[@]}" chmod 755 "${POLICY_FILE}" || status=$?
    apt_get_install "$@" || status=$?
    "${AS_ROOT[@]}" rm -f "${POLICY_FILE}"
    return "${status}"
  fi
  apt_get_install "$@"
}

apt_get_install() {
  "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends --option=Acquire::Retries=3 "$@"
}
