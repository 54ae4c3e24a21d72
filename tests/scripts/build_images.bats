#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# What runs while an image is built, and the way to mirrors that is mounted meanwhile.

setup() {
  load stubs
  use_stubs
  IMAGES="${ROOT}/scripts/ci/images"
  FOLDER="${BATS_TEST_TMPDIR}/folder"
}

@test "a program is collected with all that it loads, below usr" {
  run "${IMAGES}/collect.sh" "${FOLDER}" /bin/bash
  ((status == 0))
  [[ -x "${FOLDER}/bin/bash" ]]
  [[ -n "$(find "${FOLDER}/usr" -name 'libc.so.6')" ]]
  [[ -n "$(find "${FOLDER}/usr" -name 'ld-linux*')" ]]
  [[ ! -e "${FOLDER}/lib" && ! -e "${FOLDER}/lib64" ]]
}

@test "a file that loads nothing is collected alone" {
  printf 'x\n' >"${BATS_TEST_TMPDIR}/plain"
  "${IMAGES}/collect.sh" "${FOLDER}" "${BATS_TEST_TMPDIR}/plain"
  (($(find "${FOLDER}" -type f | wc --lines) == 1))
}

@test "a missing library fails and is named" {
  stub ldd 'printf "\tlibgone.so.1 => not found\n"'
  run "${IMAGES}/collect.sh" "${FOLDER}" /bin/bash
  ((status != 0))
  [[ "${output}" == *"libgone.so.1"* ]]
  run "${IMAGES}/runtime-packages.sh" /bin/bash
  ((status != 0))
  [[ "${output}" == *"libgone.so.1"* ]]
}

@test "an image is not made where nobody can tell what a program loads" {
  stub ldd 'printf "ldd: cannot run\n" >&2; exit 127'
  run "${IMAGES}/collect.sh" "${FOLDER}" /bin/bash
  ((status != 0))
  [[ "${output}" == *"ldd: cannot run"* ]]
}

@test "the packages of a program's libraries are found" {
  run "${IMAGES}/runtime-packages.sh" /bin/bash
  ((status == 0))
  [[ " ${lines[*]} " == *" libc6 "* ]]
}

@test "a library of no package is an error" {
  stub ldd 'printf "\tlibmine.so => /tmp/libmine.so (0x0000)\n"'
  stub dpkg-query 'exit 1'
  run "${IMAGES}/runtime-packages.sh" /bin/bash
  ((status != 0))
  [[ "${output}" == *"no package of this machine holds /tmp/libmine.so"* ]]
}

# Sources network.sh with an apt and a pip that have mirrors.
use_network() {
  # shellcheck source=../../scripts/ci/lib/network.sh
  source "${ROOT}/scripts/ci/lib/network.sh"
  stub apt-get 'printf "http://mirror.example/debian-security/\nhttp://mirror.example/debian\n"'
  stub apt-config 'printf "%s\n" "APT \"\";" "Acquire::http::Proxy \"http://proxy.example:1\";" \
    "Acquire::Languages \"none\";" "Acquire::Check-Date \"false\";"'
  stub python3 'printf "%s\n" "global.index-url='\''http://mirror.example/simple'\''" \
    ":env:.find-links='\''/opt/wheels'\''" "global.cert='\''/etc/x.crt'\''"'
}

@test "apt's mirror, proxy and dates are handed in" {
  use_network
  write_network bookworm "${FOLDER}"
  grep --quiet '^deb http://mirror.example/debian bookworm main$' "${FOLDER}/sources.list"
  grep --quiet '^deb http://mirror.example/debian-security/ bookworm-security main$' \
    "${FOLDER}/sources.list"
  grep --quiet 'proxy.example' "${FOLDER}/apt.conf"
  grep --quiet 'Check-Date' "${FOLDER}/apt.conf"
  grep --quiet '/run/network/sources.list' "${FOLDER}/apt.conf"
  run grep Languages "${FOLDER}/apt.conf"
  ((status == 1))
}

@test "pip's index is handed in, a folder of this machine is not" {
  use_network
  write_network bookworm "${FOLDER}"
  grep --quiet '^index-url = http://mirror.example/simple$' "${FOLDER}/pip.conf"
  run grep --extended-regexp 'wheels|/etc/x' "${FOLDER}/pip.conf"
  ((status == 1))
}

@test "without a mirror of Debian the image's own sources are used" {
  use_network
  stub apt-get
  write_network bookworm "${FOLDER}"
  [[ ! -e "${FOLDER}/sources.list" && ! -e "${FOLDER}/apt.conf" ]]
}

@test "a database is made whole or not at all, and never without a password" {
  stub initdb 'mkdir -p "${1#--pgdata=}" && printf 15 >"${1#--pgdata=}/PG_VERSION"'
  stub postgres
  export PGDATA="${FOLDER}/pgdata" POSTGRES_USER=app POSTGRES_DB=app
  mkdir -p "${FOLDER}"
  run "${IMAGES}/postgres-entrypoint.sh" postgres
  ((status == 2))
  [[ "${output}" == *"POSTGRES_PASSWORD_FILE names no file"* ]]

  printf 'secret' >"${BATS_TEST_TMPDIR}/password"
  export POSTGRES_PASSWORD_FILE="${BATS_TEST_TMPDIR}/password"
  mkdir -p "${PGDATA}.new/half"
  run "${IMAGES}/postgres-entrypoint.sh" -c max_connections=60
  ((status == 0))
  called "initdb --pgdata=${PGDATA}.new --username=app"
  called "postgres -D ${PGDATA} -c listen_addresses=* -c max_connections=60"
  not_called secret
  [[ ! -e "${PGDATA}.new" && ! -e "${PGDATA}/half" ]]

  : >"${CALLS}"
  run "${IMAGES}/postgres-entrypoint.sh" postgres
  not_called initdb
}
