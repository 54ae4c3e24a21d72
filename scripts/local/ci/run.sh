#!/usr/bin/env bash
# Runs the main job on this machine: installs what is missing, builds the release, then lets the
# harness start PostgreSQL, Redis, mockllm and the sample application, migrate, run both suites and
# judge.
#
# Usage: scripts/local/ci/run.sh [--help] [-- ARGUMENT...]
#          everything after -- goes to `harness run`
# Exit:  the harness's own code (0 passed, 1 tests failed, ...: `harness --help`); 2 set-up failed.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../lib/log.sh
source "${here}/../../lib/log.sh"
# shellcheck source-path=SCRIPTDIR source=../../lib/packages.sh
source "${here}/../../lib/packages.sh"
# shellcheck source-path=SCRIPTDIR source=../../lib/toolchain.sh
source "${here}/../../lib/toolchain.sh"
readonly LISTS="${here}/../../lib"
readonly LOGS=build/logs

usage() {
  sed --silent '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Fills HARNESS_ARGUMENTS.
parse() {
  HARNESS_ARGUMENTS=()
  case "${1:-}" in
    "") ;;
    --help | -h)
      usage
      exit 0
      ;;
    --)
      shift
      HARNESS_ARGUMENTS=("$@")
      ;;
    *) fail "unknown argument '$1'" "put what is meant for the harness after --: run.sh -- $*" ;;
  esac
}

set_up() {
  run_step "${LOGS}" packages "Debian packages to build and run" \
    install_packages "${LISTS}/packages.txt"
  run_step "${LOGS}" python "packages of the sample application" \
    make_venv build/venv tests/integration/requirements.txt
  use_ccache
  run_step "${LOGS}" build "mockllm, harness and the sample suite" \
    build_preset release mockllm harness agent_test
}

main() {
  local began status=0
  parse "$@"
  cd "${here}/../../.."
  began=$(now_ms)
  set_up
  say "==> harness   the main job"
  PATH="${PWD}/build/venv/bin:${PATH}" \
    build/release/bin/harness run "${HARNESS_ARGUMENTS[@]}" || status=$?
  say "==> done      exit ${status}, $(seconds_since "${began}") in all"
  return "${status}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
