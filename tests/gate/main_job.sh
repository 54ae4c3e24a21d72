#!/usr/bin/env bash
# Runs the main job COUNT times as a user does, keeps each report below FOLDER, and makes sure that
# a run leaves no process behind.
#
# Usage: tests/gate/main_job.sh FOLDER COUNT
# Exit:  0 each run passed and nothing was left, 1 not.
set -o errexit -o nounset -o pipefail

# Processes whose environment names this run, ourselves and our children left out.
left_behind() {
  local mark=$1 file
  for file in /proc/[0-9]*/environ; do
    local pid=${file//[!0-9]/}
    if [[ "${pid}" != "$$" && "${pid}" != "${BASHPID}" ]] &&
      grep --quiet --null-data --line-regexp "GATE_MARK=${mark}" "${file}" 2>/dev/null; then
      tr '\0' ' ' <"/proc/${pid}/cmdline" 2>/dev/null || true
      printf '(%s)\n' "${pid}"
    fi
  done
}

main() {
  local folder=$1 count=$2 n status=0 left
  local mark="$$-${RANDOM}"
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  for ((n = 1; n <= count; ++n)); do
    GATE_MARK="${mark}" scripts/local/ci/run.sh -- --report-dir "${folder}/${n}" || status=1
    left=$(left_behind "${mark}")
    if [[ -n "${left}" ]]; then
      printf 'left running after the main job:\n%s\n' "${left}"
      status=1
    fi
  done
  return "${status}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
