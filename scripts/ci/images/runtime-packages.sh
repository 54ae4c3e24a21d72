#!/usr/bin/env bash
# Prints the Debian packages that hold the shared libraries of programs: no list is kept by hand.
#
# Usage: runtime-packages.sh PROGRAM...     on the Debian where the programs were built
# Exit:  0 printed, 1 a library is missing or of no package (named).
set -o errexit -o nounset -o pipefail

# libraries_of PROGRAM...: a path per line.
libraries_of() {
  local listed
  listed=$(ldd "$@")
  if grep 'not found' <<<"${listed}" >&2; then
    return 1
  fi
  sed --silent 's/.*=> //; s/^\t*\(\/[^ ]*\) (0x.*/\1/p' <<<"${listed}" | sort --unique
}

# read_owners LIBRARY...: fills OWNER. dpkg knows a path with or without /usr, as the package was
# made.
read_owners() {
  local library real line asked=()
  declare -gA OWNER=()
  for library in "$@"; do
    real=$(realpath "${library}")
    asked+=("${library}" "/usr${library}" "${real}" "${real#/usr}")
  done
  while read -r line; do
    OWNER["${line##*: }"]=${line%%[:,]*}
  done < <(dpkg-query --search "${asked[@]}" 2>/dev/null)
}

main() {
  local listed library real package libraries
  listed=$(libraries_of "$@")
  mapfile -t libraries <<<"${listed}"
  read_owners "${libraries[@]}"
  for library in "${libraries[@]}"; do
    real=$(realpath "${library}")
    package=${OWNER["${library}"]:-${OWNER["/usr${library}"]:-}}
    package=${package:-${OWNER["${real}"]:-${OWNER["${real#/usr}"]:-}}}
    if [[ -z "${package}" ]]; then
      printf 'error: no package of this machine holds %s\n' "${library}" >&2
      return 1
    fi
    printf '%s\n' "${package}"
  done | sort --unique
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
