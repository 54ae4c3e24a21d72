# shellcheck shell=bash
# base: from the name of a Debian suite to the image that all others begin with, pulled where a
# registry answers and made here where none does.
#
# Sourced, after log.sh, engines.sh and network.sh. Uses CACHE.

# As in the published image: no documents, no translations.
readonly LEFT_OUT=('/usr/share/doc/*' '/usr/share/info/*' '/usr/share/man/*' '/usr/share/locale/*'
  '/usr/share/lintian/*')

# A step: have_base IMAGE CODENAME.
have_base() {
  local image=$1 codename=$2
  local tar="${CACHE}/debian-${codename}-slim.tar"
  if engine_has "${image}"; then
    note "it is here"
    return
  fi
  if [[ ! -f "${tar}" ]] && engine_pull "${image}"; then
    note "pulled"
    return
  fi
  if [[ ! -f "${tar}" ]]; then
    make_base "${codename}" "${tar}" || return
  fi
  engine_import "${tar}" "${image}" || return
  note "no registry answers: made here from Debian's packages, kept as ${tar}"
}

make_base() {
  local codename=$1 tar=$2 excludes=() path sources
  if ! command -v mmdebstrap >/dev/null; then
    remedy "no registry answers and mmdebstrap is missing: apt-get install mmdebstrap"
    return 1
  fi
  for path in "${LEFT_OUT[@]}"; do
    excludes+=(--dpkgopt="path-exclude=${path}")
  done
  sources=$(mirror)
  mkdir -p "${tar%/*}" || return
  # The mirror of this machine is used, and the public one written down.
  # shellcheck disable=SC2016  # mmdebstrap expands it
  mmdebstrap --format=tar --variant=minbase "${excludes[@]}" \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --customize-hook='cd "$1/etc" && rm -f apt/apt.conf.d/99mmdebstrap resolv.conf hostname' \
    --customize-hook="printf 'deb http://deb.debian.org/debian %s main\n' ${codename} \
      ${codename}-updates >\"\$1\"/etc/apt/sources.list" \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*' \
    "${codename}" "${tar}.new" "deb ${sources:-http://deb.debian.org/debian} ${codename} main" ||
    return
  mv "${tar}.new" "${tar}"
}
