#!/usr/bin/env bash
# Makes a PostgreSQL database where there is none yet, then becomes the server. The variables are
# those of the upstream image, so that the same manifest runs both.
#
# Usage: postgres-entrypoint.sh [postgres] [-c NAME=VALUE]...
#        POSTGRES_PASSWORD_FILE (needed), POSTGRES_USER, POSTGRES_DB, PGDATA
# Exit:  2 no password, else as initdb and postgres.
set -o errexit -o nounset -o pipefail

# All or nothing: a pod that is killed meanwhile leaves no half database behind.
initialise() {
  local data=$1 user=$2 database=$3
  rm -rf "${data}.new"
  initdb --pgdata="${data}.new" --username="${user}" --pwfile="${POSTGRES_PASSWORD_FILE}" \
    --auth=scram-sha-256 --encoding=UTF8 --no-locale --no-instructions
  printf 'host all all all scram-sha-256\n' >>"${data}.new/pg_hba.conf"
  if [[ "${database}" != postgres ]]; then
    postgres --single -D "${data}.new" postgres <<<"CREATE DATABASE \"${database}\""
  fi
  mv "${data}.new" "${data}"
}

main() {
  local data=${PGDATA:-/var/lib/postgresql/data/pgdata} user=${POSTGRES_USER:-postgres}
  if [[ "${1:-}" == postgres ]]; then
    shift
  fi
  if [[ ! -s "${data}/PG_VERSION" ]]; then
    if [[ ! -s "${POSTGRES_PASSWORD_FILE:-}" ]]; then
      printf 'error: POSTGRES_PASSWORD_FILE names no file with a password\n' >&2
      return 2
    fi
    initialise "${data}" "${user}" "${POSTGRES_DB:-${user}}"
  fi
  exec postgres -D "${data}" -c listen_addresses='*' "$@"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
