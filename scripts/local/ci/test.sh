#!/usr/bin/env bash
# Runs every test of the project: installs what is missing, then hands over to tests/gate, which
# builds, runs each group, counts its real results and shows the output of what failed.
#
# Usage: scripts/local/ci/test.sh [--tier quick|ci|soak] [--only GROUP] [--help]
#          quick  house rules, unit and engine tests: under two minutes once built
#          ci     every test, some with smaller counts (which is printed); the default
#          soak   full counts, second compiler, fresh machines; resumed where it was ended;
#                 its results are added to docs/measurements.md
# Exit:  0 all passed, 1 a test failed, 2 usage or set-up.
#        The last line is "N passed, N failed, N skipped".
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

# Fills TIER and GATE_ARGUMENTS.
parse() {
  TIER=ci
  GATE_ARGUMENTS=()
  while (($# > 0)); do
    case "$1" in
      --help | -h)
        usage
        exit 0
        ;;
      --tier)
        TIER=${2:-}
        shift
        ;;
      --only)
        GATE_ARGUMENTS+=(--only "${2:-}")
        shift
        ;;
      *) fail "unknown argument '$1'" "see test.sh --help" ;;
    esac
    shift || fail "the last flag needs a value" "see test.sh --help"
  done
  case "${TIER}" in
    quick | ci | soak) ;;
    *) fail "unknown tier '${TIER}'" "one of quick, ci, soak" ;;
  esac
}

set_up() {
  local lists=("${LISTS}/packages.txt" "${LISTS}/packages-test.txt")
  if [[ "${TIER}" == soak ]]; then
    lists+=("${LISTS}/packages-soak.txt")
  fi
  run_step "${LOGS}" packages "Debian packages to build, run and test" \
    install_packages "${lists[@]}"
  run_step "${LOGS}" tidy-venv "formatters, and pytest" \
    make_venv build/venv-tidy tests/tidy/requirements.txt
  if [[ "${TIER}" != quick ]]; then
    run_step "${LOGS}" venv "packages of the sample application" \
      make_venv build/venv tests/integration/requirements.txt
    run_step "${LOGS}" sdk-venv "OpenAI's Python SDK" \
      make_venv build/venv-openai3 tests/contract/requirements.txt
    run_step "${LOGS}" sdk2-venv "its former line" \
      make_venv build/venv-openai2 tests/contract/requirements-openai2.txt
  fi
  use_ccache
}

main() {
  parse "$@"
  cd "${here}/../../.."
  set_up
  exec build/venv-tidy/bin/python tests/gate/gate.py \
    --tier "${TIER}" "${GATE_ARGUMENTS[@]}" </dev/null
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
