#!/usr/bin/env bash
# Copies files, and the shared libraries that the programs among them load, into a folder that
# becomes an image, each to the path that it has here.
#
# Usage: collect.sh FOLDER FILE...
# Exit:  0 copied, 1 a library is missing (named).
set -o errexit -o nounset -o pipefail

# libraries_of FILE: a path per line, the loader among them; nothing for what loads none.
libraries_of() {
  local listed
  if ! listed=$(LC_ALL=C ldd "$1" 2>&1) && [[ "${listed}" != *'not a dynamic executable'* ]]; then
    printf 'error: ldd %s: %s\n' "$1" "${listed}" >&2
    return 1
  fi
  if grep 'not found' <<<"${listed}" >&2; then
    printf 'error: %s needs libraries that are not here\n' "$1" >&2
    return 1
  fi
  sed --silent 's/.*=> //; s/^\t*\(\/[^ ]*\) (0x.*/\1/p' <<<"${listed}"
}

# copy FOLDER FILE: through links. In Debian /lib and /lib64 are links into /usr: written there, the
# files suit any image.
copy() {
  local target=$2
  case "${target}" in
    /lib/* | /lib64/*) target="/usr${target}" ;;
  esac
  mkdir -p "$(dirname "$1${target}")"
  cp --dereference --preserve=mode "$2" "$1${target}"
}

main() {
  local folder=$1 file libraries library
  shift
  for file in "$@"; do
    copy "${folder}" "${file}"
    libraries=$(libraries_of "${file}")
    while read -r library; do
      [[ -z "${library}" ]] || copy "${folder}" "${library}"
    done <<<"${libraries}"
  done
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
