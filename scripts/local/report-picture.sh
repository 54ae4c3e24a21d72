#!/usr/bin/env bash
# Makes docs/report.png: report.html of a run of the sample suites, as headless Chromium shows it.
#
# Usage: scripts/local/report-picture.sh     after build/release and build/venv were made
# Exit:  0 the picture is there, else as the program that failed.
set -o errexit -o nounset -o pipefail

readonly SAMPLES=tests/samples WIDTH=1200 HEIGHT=760

main() {
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  local folder ended=0
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
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
    --user-data-dir="${folder}/browser" --window-size="${WIDTH},${HEIGHT}" \
    --virtual-time-budget=5000 --screenshot="${PWD}/docs/report.png" \
    "file://${folder}/reports/report.html"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
