#!/usr/bin/env bash
# Makes docs/report.png: report.html of a run of the sample suites, as headless Chromium shows it.
#
# Usage: scripts/local/report-picture.sh [FILE]     after build/release and build/venv were made
#        FILE  where the picture goes in place of docs/report.png
# Exit:  0 the picture is there, else as the program that failed.
set -o errexit -o nounset -o pipefail

readonly SAMPLES=tests/samples WIDTH=1200 HEIGHT=760

main() {
  local root picture folder ended=0
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  picture=$(realpath --canonicalize-missing "${1:-${root}/docs/report.png}")
  cd "${root}"
  folder=$(mktemp --directory)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm --recursive --force '${folder}'" EXIT
  PATH="${PWD}/build/venv/bin:${PATH}" build/release/bin/harness run \
    --gtest build/release/samples/outcomes --pytest "${SAMPLES}/pytest/outcomes" \
    --test-timeout 3s --report-dir "${folder}/reports" || ended=$?
  if [[ "${ended}" != 1 ]]; then
    printf 'error: the sample suites ended with %s, and not with 1\n' "${ended}" >&2
    return 1
  fi
  # Where it cannot draw, Chromium says so and ends with 0: no picture of before may stand for one.
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
    --user-data-dir="${folder}/browser" --window-size="${WIDTH},${HEIGHT}" \
    --virtual-time-budget=5000 --screenshot="${folder}/report.png" \
    "file://${folder}/reports/report.html"
  cp "${folder}/report.png" "${picture}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
