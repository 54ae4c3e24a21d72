#!/usr/bin/env bats
# A line per step; a step that fails shows its output and a remedy.

setup() {
  load stubs
  # shellcheck source=../../scripts/lib/log.sh
  source "${ROOT}/scripts/lib/log.sh"
  LOGS="${BATS_TEST_TMPDIR}/logs"
}

works() {
  printf 'a lot of output\n'
  note "all were there"
}

fails() {
  printf 'it went wrong: %s\n' "$1"
  return 7
}

fails_with_remedy() {
  remedy "turn it on"
  return 1
}

@test "a step is one line: its name, what it does, a note, how long it took" {
  run run_step "${LOGS}" packages "install them" works
  ((status == 0))
  [[ "${output}" =~ ^"==> packages  install them ... all were there, "[0-9]+\.[0-9]" s"$ ]]
  [[ "$(<"${LOGS}/packages.log")" == "a lot of output" ]]
}

@test "a step that fails shows its output, its log and ends 2" {
  run run_step "${LOGS}" build "build it" fails "no idea"
  ((status == 2))
  [[ "${output}" == *"it went wrong: no idea"* ]]
  [[ "${output}" == *"error: build ended 7 (all of its output: ${LOGS}/build.log)"* ]]
}

@test "a step's own remedy is shown" {
  run run_step "${LOGS}" build "build it" fails_with_remedy
  [[ "${output}" == *"remedy: turn it on"* ]]
}

@test "failures that happen to everybody have a remedy" {
  local said
  while IFS='|' read -r said expected; do
    run run_step "${LOGS}" build "build it" fails "${said}"
    [[ "${output}" == *"remedy: ${expected}"* ]]
  done <<'TABLE'
cc1plus: No space left on device|free some disk space
E: Could not get lock /var/lib/dpkg/lock-frontend|another program is installing
E: dpkg was interrupted, you must|run "dpkg --configure -a"
E: Unable to locate package libre2-dev|this needs Debian 12 or 13
W: Failed to fetch http://example.org|the network or a mirror
bash: build/x: Permission denied|the file named above belongs to somebody else
re2 is missing: apt-get install libre2-dev|install the package that is named above
something else|the first error above
TABLE
}

@test "a folder for logs that cannot be made has a remedy" {
  printf '' >"${BATS_TEST_TMPDIR}/file"
  run run_step "${BATS_TEST_TMPDIR}/file/logs" build "build it" works
  ((status == 2))
  [[ "${output}" == *"remedy: give yourself the right to write there"* ]]
}

@test "durations are counted in tenths of a second" {
  now_ms() { printf '%s' 12345; }
  [[ "$(seconds_since 0)" == "12.3 s" ]]
}
