#!/usr/bin/env bash
# Formats every file of the checkout in place with the tools that tests/tidy checks with.
#
# Usage: tests/tidy/format.sh     after scripts/local/ci/test.sh has made build/venv-tidy
# Exit:  0 formatted, 2 the tools are not there yet.
set -o errexit -o nounset -o pipefail

readonly TOOLS=build/venv-tidy/bin

# listed PATTERN...: files that git knows or would add, NUL-separated.
listed() {
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do
      [[ ! -f "${file}" ]] || printf '%s\0' "${file}"
    done
}

main() {
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  if [[ ! -x "${TOOLS}/clang-format" ]]; then
    printf 'error: %s is missing\n' "${TOOLS}" >&2
    printf 'remedy: run scripts/local/ci/test.sh --tier quick once\n' >&2
    return 2
  fi
  listed '*.h' '*.cc' | xargs --null "${TOOLS}/clang-format" -i
  listed '*.py' | xargs --null "${TOOLS}/ruff" format --quiet
  listed '*.sh' .ci/run | xargs --null shfmt -i 2 -ci -w
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
