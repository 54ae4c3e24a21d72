#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# From lists of packages to packages that are installed, on machines in every state.

setup() {
  load stubs
  use_stubs
  # shellcheck source=../../scripts/lib/log.sh
  source "${ROOT}/scripts/lib/log.sh"
  # shellcheck source=../../scripts/lib/packages.sh
  source "${ROOT}/scripts/lib/packages.sh"
  POLICY_FILE="${BATS_TEST_TMPDIR}/policy-rc.d"
  LIST="${BATS_TEST_TMPDIR}/packages.txt"
  printf '# a comment\ncmake\nlibre2-dev\nnpm npm\n' >"${LIST}"
  stub apt-get
  stub npm
  stub sudo 'exec "$@"'
}

installed() {
  stub dpkg-query "printf '%s\n' $(printf "'%s installed' " "$@")"
}

@test "a machine that has them all needs neither root nor network" {
  installed cmake libre2-dev:amd64
  install_packages "${LIST}"
  not_called apt-get
  [[ "${STEP_NOTE}" == "all 3 are there" ]]
}

@test "only what is missing is installed" {
  installed cmake
  install_packages "${LIST}"
  called "apt-get install --yes --no-install-recommends --option=Acquire::Retries=3 libre2-dev"
  not_called cmake
}

@test "a package that was removed but left its configuration is missing" {
  stub dpkg-query "printf 'cmake config-files\nlibre2-dev installed\n'"
  install_packages "${LIST}"
  called "Acquire::Retries=3 cmake"
}

@test "a command from elsewhere is enough where the list names it" {
  installed cmake libre2-dev
  [[ -z "$(missing_packages "${LIST}")" ]]
  rm "${BATS_TEST_TMPDIR}/bin/npm"
  PATH="${BATS_TEST_TMPDIR}/bin:/usr/bin:/bin"
  hash -r
  command() { [[ "$2" != npm ]]; }
  [[ "$(missing_packages "${LIST}")" == npm ]]
}

@test "a name that only begins like an installed one is missing" {
  installed cmake-data libre2-dev
  [[ "$(missing_packages "${LIST}")" == cmake ]]
}

@test "services of the packages are not started, and the machine's policy is as before" {
  installed cmake
  stub apt-get 'if [[ "$1" == install ]]; then test -x "${POLICY_FILE}"; fi'
  export POLICY_FILE
  install_packages "${LIST}"
  [[ ! -e "${POLICY_FILE}" ]]
}

@test "a policy that the machine has already is left alone" {
  installed cmake
  printf 'mine' >"${POLICY_FILE}"
  install_packages "${LIST}"
  [[ "$(<"${POLICY_FILE}")" == mine ]]
}

@test "when apt fails the step fails and the policy is removed" {
  installed cmake
  stub apt-get '[[ "$1" != install ]] || exit 100'
  run install_packages "${LIST}"
  ((status == 100))
  [[ ! -e "${POLICY_FILE}" ]]
}

@test "without root and without sudo the remedy is the command for root" {
  installed cmake
  find_root() { return 1; }
  local status=0
  install_packages "${LIST}" || status=$?
  ((status != 0))
  [[ "${STEP_REMEDY}" == "run as root, or install sudo: apt-get install libre2-dev" ]]
}

@test "every list holds well-formed lines only" {
  local list
  for list in "${ROOT}"/scripts/lib/packages*.txt; do
    run grep --invert-match --extended-regexp '^(#.*|[a-z0-9][a-z0-9+.-]+( [a-z0-9-]+)?)$' "${list}"
    ((status == 1))
  done
}

@test "every package that CMake's messages name is on the list" {
  local package
  while read -r package; do
    grep --quiet --extended-regexp "^${package}( |$)" "${ROOT}/scripts/lib/packages.txt"
  done < <(sed --silent 's/^drydock_.* \([a-z0-9+-]*-dev\))$/\1/p' "${ROOT}/cmake/Libraries.cmake")
}
