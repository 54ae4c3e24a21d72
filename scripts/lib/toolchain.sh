# shellcheck shell=bash
# toolchain: from a checkout to programs (CMake presets, ccache) and virtual environments of Python.
#
# Sourced, after log.sh; the working folder is the root of the checkout.

# Compiled objects are kept outside the checkout, and found again from a clone at another place.
use_ccache() {
  export DRYDOCK_COMPILER_LAUNCHER=ccache
  export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME}/.cache}/drydock/ccache}
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-${PWD}}
  export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
  mkdir -p "${CCACHE_DIR}" 2>/dev/null ||
    fail "cannot make the compiler cache ${CCACHE_DIR}" \
      "set CCACHE_DIR to a folder that you may write to"
}

# A step: build_preset PRESET [TARGET...], all of the preset's targets without one.
build_preset() {
  local preset=$1
  shift
  local folder="build/${preset}"
  if [[ ! -f "${folder}/build.ninja" ]]; then
    cmake --preset "${preset}" || return
  fi
  cmake --build "${folder}" ${@:+--target "$@"}
}

# A step: make_venv FOLDER REQUIREMENTS...: made anew when the files or Python have changed, else
# nothing is done and no network is needed.
make_venv() {
  local folder=$1
  shift
  local stamp
  stamp=$({ python3 --version && printf '%s\n' "${PWD}/${folder}" && cat "$@"; } | sha256sum) ||
    return
  if [[ -f "${folder}/.stamp" && "$(<"${folder}/.stamp")" == "${stamp}" ]]; then
    note "up to date"
    return
  fi
  local requirements=() file
  for file in "$@"; do
    requirements+=(--requirement "${file}")
  done
  rm -rf "${folder}" || return
  python3 -m venv "${folder}" || return
  "${folder}/bin/python" -m pip install --quiet --disable-pip-version-check "${requirements[@]}" ||
    return
  printf '%s' "${stamp}" >"${folder}/.stamp" || return
  note "made anew"
}
