# shellcheck shell=bash
# stubs: programs on PATH that write down how they were called, instead of the real ones.

# shellcheck disable=SC2034  # for the files that load this
ROOT=$(cd "${BATS_TEST_DIRNAME}/../.." && pwd)

# stub NAME [BODY]: puts a program on PATH that appends its call to ${CALLS} and then runs BODY.
stub() {
  mkdir -p "${BATS_TEST_TMPDIR}/bin"
  {
    printf '#!/bin/bash\n'
    # shellcheck disable=SC2016  # the stub expands it
    printf 'printf "%%s\\n" "%s${*:+ $*}" >>"${CALLS}"\n' "$1"
    printf '%s\n' "${2:-}"
  } >"${BATS_TEST_TMPDIR}/bin/$1"
  chmod +x "${BATS_TEST_TMPDIR}/bin/$1"
}

use_stubs() {
  export CALLS="${BATS_TEST_TMPDIR}/calls"
  : >"${CALLS}"
  export PATH="${BATS_TEST_TMPDIR}/bin:${PATH}"
}

called() {
  grep --quiet --fixed-strings -- "$1" "${CALLS}"
}

# A bare `! called` would not fail a test.
not_called() {
  if called "$1"; then
    return 1
  fi
}
