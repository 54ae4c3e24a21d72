#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# Virtual environments and builds are made once, and again when what they are made from changes.

setup() {
  load stubs
  use_stubs
  # shellcheck source=../../scripts/lib/log.sh
  source "${ROOT}/scripts/lib/log.sh"
  # shellcheck source=../../scripts/lib/toolchain.sh
  source "${ROOT}/scripts/lib/toolchain.sh"
  cd "${BATS_TEST_TMPDIR}" || return
  printf 'pytest==1\n' >requirements.txt
  stub pip
  stub python3 '
    if [[ "$1" == --version ]]; then echo "Python 3.11"; exit; fi
    mkdir -p "$3/bin" && cp "$(dirname "$0")/pip" "$3/bin/python"'
  stub cmake '[[ "$1" != --preset ]] || { mkdir -p "build/$2" && touch "build/$2/build.ninja"; }'
}

@test "a virtual environment is made once" {
  make_venv venv requirements.txt
  called "pip -m pip install --quiet --disable-pip-version-check --requirement requirements.txt"
  : >"${CALLS}"
  make_venv venv requirements.txt
  not_called "-m venv"
  [[ "${STEP_NOTE}" == "up to date" ]]
}

@test "it is made anew when its requirements change" {
  make_venv venv requirements.txt
  printf 'pytest==2\n' >requirements.txt
  : >"${CALLS}"
  make_venv venv requirements.txt
  called "-m venv venv"
}

@test "one whose packages could not be installed is not taken for whole" {
  stub pip 'exit 1'
  run make_venv venv requirements.txt
  ((status != 0))
  stub pip
  make_venv venv requirements.txt
  [[ "${STEP_NOTE}" == "made anew" ]]
}

@test "a preset is configured once and built each time" {
  build_preset release mockllm harness
  called "cmake --preset release"
  called "cmake --build build/release --target mockllm harness"
  : >"${CALLS}"
  build_preset release
  not_called "--preset"
  called "cmake --build build/release"
}

@test "compiled objects are kept where the user says" {
  CCACHE_DIR="${BATS_TEST_TMPDIR}/mine" use_ccache
  [[ -d "${BATS_TEST_TMPDIR}/mine" ]]
}

@test "compiled objects are kept outside the checkout without a word" {
  unset CCACHE_DIR
  XDG_CACHE_HOME="${BATS_TEST_TMPDIR}/cache" use_ccache
  [[ -d "${BATS_TEST_TMPDIR}/cache/drydock/ccache" ]]
}
