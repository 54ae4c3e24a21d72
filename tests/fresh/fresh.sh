#!/usr/bin/env bash
# Makes a Debian root for each suite with mmdebstrap and runs both commands in it, as on a machine
# where none of it was ever installed. What has passed is not run again for the same sources.
#
# Usage: tests/fresh/fresh.sh [--junit FILE] [--tier TIER] [SUITE...]     default: bookworm trixie
#        TIER is the tier of test.sh inside (default quick); "none" runs only run.sh
# Exit:  0 all passed, 1 a command failed in a root, 2 set-up (needs root).
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib/machine.sh
source "${here}/lib/machine.sh"

# Fills JUNIT, TIER and SUITES.
parse() {
  JUNIT="" TIER=quick SUITES=()
  while (($# > 0)); do
    case "$1" in
      --junit) JUNIT=${2:?--junit needs a file} && shift ;;
      --tier) TIER=${2:?--tier needs a tier} && shift ;;
      --*) printf 'error: unknown flag %s\nremedy: see the head of %s\n' "$1" "$0" >&2 && exit 2 ;;
      *) SUITES+=("$1") ;;
    esac
    shift
  done
  if ((${#SUITES[@]} == 0)); then
    SUITES=(bookworm trixie)
  fi
}

# note_case NAME REASON: a case of the JUnit file; an empty reason is a pass.
note_case() {
  local reason=${2//[&<\"]/ }
  if [[ -z "${reason}" ]]; then
    CASES+="<testcase classname=\"fresh\" name=\"$1\"/>"
  else
    CASES+="<testcase classname=\"fresh\" name=\"$1\"><failure message=\"${reason}\"/></testcase>"
    FAILED=1
  fi
}

# try MACHINE NAME COMMAND...: runs it inside, once per state of the sources.
try() {
  local machine=$1 name=$2
  shift 2
  local stamp="${machine}.${name}.passed" began=${SECONDS} reason=""
  if [[ -f "${stamp}" && "$(<"${stamp}")" == "${DIGEST}" ]]; then
    printf '%s %s: passed before\n' "${machine##*/}" "${name}"
    note_case "${machine##*/} ${name}" ""
    return
  fi
  enter_machine "${machine}" "$@" || reason="ended $?"
  printf '%s %s: %s, %d s\n' "${machine##*/}" "${name}" "${reason:-passed}" "$((SECONDS - began))"
  if [[ -z "${reason}" ]]; then
    printf '%s' "${DIGEST}" >"${stamp}"
  fi
  note_case "${machine##*/} ${name}" "${reason}"
}

try_suite() {
  local machine
  machine="$(machines_folder)/$1"
  if ! make_machine "$1" "${machine}"; then
    note_case "$1 made" "mmdebstrap failed"
    return
  fi
  copy_sources "${machine}"
  try "${machine}" run scripts/local/ci/run.sh
  try "${machine}" run-again scripts/local/ci/run.sh
  if [[ "${TIER}" != none ]]; then
    try "${machine}" test scripts/local/ci/test.sh --tier "${TIER}"
  fi
}

main() {
  local suite
  CASES="" FAILED=0
  parse "$@"
  cd "${here}/../.."
  if ((EUID != 0)); then
    printf 'error: a root file system is made and entered by root\nremedy: run this as root\n' >&2
    return 2
  fi
  DIGEST=$(sources_digest)
  for suite in "${SUITES[@]}"; do
    try_suite "${suite}"
  done
  if [[ -n "${JUNIT}" ]]; then
    printf '<testsuite name="fresh">%s</testsuite>\n' "${CASES}" >"${JUNIT}"
  fi
  return "${FAILED}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
