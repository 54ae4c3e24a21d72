# shellcheck shell=bash
# machine: from the name of a Debian suite to a root file system with this checkout in it, entered
# by namespaces of its own. When the command inside ends, everything that it started has ended.
#
# Sourced. The host's way to the network (mirrors, proxies, certificates, indexes) is copied, and
# never kept in the checkout.

readonly INSIDE=/srv/drydock
readonly NETWORK_FILES=(
  /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/npmrc
  "${HOME}/.npmrc" "${HOME}/.config/pip/pip.conf"
  /etc/ssl/certs/ca-certificates.crt
)
readonly NETWORK_VARIABLES='^((https?|no|ftp|all)_proxy=|PIP_|npm_config_|NODE_EXTRA_CA|SSL_CERT)'

machines_folder() {
  printf '%s' "${DRYDOCK_MACHINES:-${XDG_CACHE_HOME:-${HOME}/.cache}/drydock/machines}"
}

# Changes when a file changes that git knows or would add.
sources_digest() {
  git ls-files -z --cached --others --exclude-standard -- ':!docs/measurements.md' |
    xargs --null sha256sum 2>/dev/null | sha256sum
}

# The mirror of the host's own apt, so that a company's mirror is used inside too.
mirror() {
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    grep --invert-match security | head --lines=1 | grep . ||
    printf 'http://deb.debian.org/debian/\n'
}

# make_machine SUITE FOLDER: made once. No recommended packages, no sudo: as bare as it gets.
make_machine() {
  local suite=$1 folder=$2
  if [[ -f "${folder}.made" ]]; then
    return
  fi
  rm -rf "${folder}"
  mkdir -p "${folder%/*}"
  local hooks=()
  if [[ -d /etc/apt/apt.conf.d ]]; then
    # shellcheck disable=SC2016  # mmdebstrap expands it
    hooks=(--setup-hook='grep -lE "^(Acquire|Dpkg::Use-Pty)" /etc/apt/apt.conf.d/* |
      xargs -I{} cp {} "$1/etc/apt/apt.conf.d/" || true')
  fi
  mmdebstrap --variant=minbase --include=ca-certificates "${hooks[@]}" "${suite}" "${folder}" \
    "deb $(mirror) ${suite} main" || return
  copy_network "${folder}"
  printf '' >"${folder}.made"
}

copy_network() {
  local folder=$1 file target
  for file in "${NETWORK_FILES[@]}"; do
    if [[ -f "${file}" ]]; then
      target="${folder}${file/#${HOME}//root}"
      mkdir -p "${target%/*}"
      cp --dereference "${file}" "${target}"
    fi
  done
}

# A clean clone of what is here: only files that git knows or would add.
copy_sources() {
  local folder=$1
  rm -rf "${folder}${INSIDE:?}.new"
  mkdir -p "${folder}${INSIDE}"
  git ls-files -z --cached --others --exclude-standard |
    tar --create --null --files-from=- --ignore-failed-read |
    tar --extract --directory="${folder}${INSIDE}"
  if [[ ! -d "${folder}${INSIDE}/.git" ]]; then
    cp -R "$(git rev-parse --git-common-dir)" "${folder}${INSIDE}/.git"
  fi
}

# enter_machine FOLDER COMMAND...: fails too when the command leaves a process behind.
enter_machine() {
  local folder=$1 variables=()
  shift
  mapfile -t variables < <(env | grep --ignore-case --extended-regexp "${NETWORK_VARIABLES}")
  # shellcheck disable=SC2016  # the shells inside expand it
  unshare --mount --pid --fork --kill-child --mount-proc="${folder}/proc" \
    bash -c 'mkdir -p "$1/dev/shm" && mount -t tmpfs tmpfs "$1/dev/shm" && exec chroot "$@"' bash \
    "${folder}" /usr/bin/env --ignore-environment "${variables[@]}" \
    HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    bash -c 'cd "$1" && shift && "$@" </dev/null
      status=$?
      left=$(for dir in /proc/[0-9]*; do
        pid=${dir#/proc/}
        ((pid == 1 || pid == BASHPID)) || tr "\0" " " <"${dir}/cmdline"
      done 2>/dev/null)
      if [[ -n "${left}" ]]; then
        printf "left running: %s\n" "${left}"
        ((status != 0)) || status=70
      fi
      exit "${status}"' bash "${INSIDE}" "$@"
}
