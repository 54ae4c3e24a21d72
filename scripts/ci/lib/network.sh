# shellcheck shell=bash
# network: from this machine's way to mirrors (apt, pip, certificates) to a folder that is mounted
# while an image is built, and never a part of it.
#
# Sourced.

# Where the folder is mounted.
readonly NETWORK_INSIDE=/run/network

# mirror [PATTERN]: the first mirror of this machine's apt whose address has the pattern, if any.
mirror() {
  command -v apt-get >/dev/null || return 0
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    grep --max-count=1 --extended-regexp "${1:-/debian/?$}" || true
}

# write_sources CODENAME FILE: nothing where this machine has no mirror of Debian.
write_sources() {
  local codename=$1 file=$2 main security
  main=$(mirror)
  security=$(mirror 'debian-security/?$')
  if [[ -z "${main}" ]]; then
    return
  fi
  {
    printf 'deb %s %s main\n' "${main}" "${codename}"
    printf 'deb %s %s-updates main\n' "${main}" "${codename}"
    if [[ -n "${security}" ]]; then
      printf 'deb %s %s-security main\n' "${security}" "${codename}"
    fi
  } >"${file}"
}

write_apt_conf() {
  local folder=$1
  if [[ ! -f "${folder}/sources.list" ]]; then
    return
  fi
  {
    apt-config dump |
      grep --extended-regexp '^Acquire::(https?|ftp|Check-|ForceIPv|Retries)[^"]*"[^"]+"' || true
    printf 'Dir::Etc::sourcelist "%s/sources.list";\n' "${NETWORK_INSIDE}"
    printf 'Dir::Etc::sourceparts "/dev/null";\n'
    if [[ -f "${folder}/ca.crt" ]]; then
      printf 'Acquire::https::CAInfo "%s/ca.crt";\n' "${NETWORK_INSIDE}"
    fi
  } >"${folder}/apt.conf"
}

# Settings of pip from its files and variables; paths of this machine mean nothing inside.
write_pip_conf() {
  local folder=$1
  {
    printf '[global]\n'
    python3 -m pip config list 2>/dev/null | sed --silent --regexp-extended \
      "s/^[^ ]*\.(index-url|extra-index-url|trusted-host|proxy|timeout)='(.*)'$/\1 = \2/p"
    if [[ -f "${folder}/ca.crt" ]]; then
      printf 'cert = %s/ca.crt\n' "${NETWORK_INSIDE}"
    fi
  } >"${folder}/pip.conf"
}

# write_network CODENAME FOLDER
write_network() {
  local codename=$1 folder=$2
  rm -rf "${folder}" || return
  mkdir -p "${folder}" || return
  if [[ -r /etc/ssl/certs/ca-certificates.crt ]]; then
    cp --dereference /etc/ssl/certs/ca-certificates.crt "${folder}/ca.crt" || return
  fi
  write_sources "${codename}" "${folder}/sources.list" || return
  write_apt_conf "${folder}" || return
  write_pip_conf "${folder}" || return
  chmod -R a+rX "${folder}"
}
