#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# The two commands: their arguments, their steps, their exit codes. The real runs are other tests.

setup() {
  load stubs
  use_stubs
  COPY="${BATS_TEST_TMPDIR}/checkout"
  mkdir -p "${COPY}/scripts/local" "${COPY}/build/release/bin" "${COPY}/.ci"
  cp -R "${ROOT}/scripts/lib" "${COPY}/scripts/lib"
  cp -R "${ROOT}/scripts/local/ci" "${COPY}/scripts/local/ci"
  cp "${ROOT}/.ci/run" "${COPY}/.ci/run"
  # Set-up is a step of its own with tests of its own: here it only says that it was there.
  printf '%s\n' 'install_packages() { printf "install %s\n" "$*" >>"${CALLS}"; }' \
    >"${COPY}/scripts/lib/packages.sh"
  printf '%s\n' 'use_ccache() { :; }' \
    'build_preset() { printf "build %s\n" "$*" >>"${CALLS}"; }' \
    'make_venv() { printf "venv %s\n" "$*" >>"${CALLS}"; }' >"${COPY}/scripts/lib/toolchain.sh"
  stub harness 'exit "${HARNESS_EXIT:-0}"'
  cp "${BATS_TEST_TMPDIR}/bin/harness" "${COPY}/build/release/bin/harness"
  stub python 'exit "${GATE_EXIT:-0}"'
  mkdir -p "${COPY}/build/venv-tidy/bin"
  cp "${BATS_TEST_TMPDIR}/bin/python" "${COPY}/build/venv-tidy/bin/python"
}

@test "run.sh sets up, builds what the main job needs, then runs the harness" {
  run "${COPY}/scripts/local/ci/run.sh"
  ((status == 0))
  called "build release mockllm harness agent_test"
  [[ "$(tail --lines=1 "${CALLS}")" == "harness run" ]]
}

@test "run.sh hands everything after -- to the harness" {
  run "${COPY}/scripts/local/ci/run.sh" -- --filter 'a b' --jobs 2
  called "harness run --filter a b --jobs 2"
}

@test "run.sh ends with the harness's own code" {
  HARNESS_EXIT=13 run "${COPY}/scripts/local/ci/run.sh"
  ((status == 13))
  [[ "${output}" == *"exit 13, "* ]]
}

@test "run.sh works from any folder" {
  cd /
  run "${COPY}/scripts/local/ci/run.sh"
  ((status == 0))
}

@test "run.sh names a mistake on its command line" {
  run "${COPY}/scripts/local/ci/run.sh" --jobs 2
  ((status == 2))
  [[ "${output}" == *"unknown argument '--jobs'"*"run.sh -- --jobs 2"* ]]
}

@test "the help of each command is its own header" {
  local command
  for command in run test; do
    run "${COPY}/scripts/local/ci/${command}.sh" --help
    ((status == 0))
    [[ "${output}" == *"Usage: scripts/local/ci/${command}.sh"*"Exit: "* ]]
  done
}

@test "test.sh runs the tier ci where none is named" {
  run "${COPY}/scripts/local/ci/test.sh"
  ((status == 0))
  called "python tests/gate/gate.py --tier ci"
}

@test "test.sh ends with the gate's code" {
  GATE_EXIT=1 run "${COPY}/scripts/local/ci/test.sh" --tier quick --only unit
  ((status == 1))
  called "gate.py --tier quick --only unit"
}

@test "test.sh refuses a tier that it does not know, and a flag without its value" {
  run "${COPY}/scripts/local/ci/test.sh" --tier fast
  ((status == 2))
  [[ "${output}" == *"one of quick, ci, soak"* ]]
  run "${COPY}/scripts/local/ci/test.sh" --only
  ((status == 2))
}

@test "only soak needs the packages of soak" {
  run "${COPY}/scripts/local/ci/test.sh" --tier ci
  not_called packages-soak.txt
  run "${COPY}/scripts/local/ci/test.sh" --tier soak
  called packages-soak.txt
}

@test ".ci/run runs the tier ci without a terminal" {
  CI=true run "${COPY}/.ci/run" </dev/null
  ((status == 0))
  called "gate.py --tier ci"
}
