# shellcheck shell=bash
# context: from the work tree as it is to a folder with just what the images are built from, and to
# a digest of that: same content, same tag, on every machine.
#
# Sourced, after log.sh. The working folder is the root of the checkout.

readonly PROGRAMS=(mockllm harness agent_test)
# What the images of the mode "ci" are made from, beside the programs.
readonly CI_SOURCES=(Dockerfile .dockerignore harness.yaml scripts/ci/images tests/integration)

# listed_sources PATH...: files that git knows or would add, NUL-separated; all without a path.
listed_sources() {
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do
      [[ ! -e "${file}" && ! -L "${file}" ]] || printf '%s\0' "${file}"
    done
}

# A step: make_context MODE FOLDER.
make_context() {
  local mode=$1 folder=$2 sources=()
  if [[ "${mode}" == ci ]]; then
    sources=("${CI_SOURCES[@]}")
  fi
  rm -rf "${folder}" || return
  mkdir -p "${folder}" || return
  listed_sources "${sources[@]}" | tar --create --null --files-from=- |
    tar --extract --directory="${folder}" || return
  if [[ "${mode}" == ci ]]; then
    add_programs "${folder}/build/release/bin" || return
  fi
  note "$(find "${folder}" -type f | wc --lines) files"
}

add_programs() {
  local folder=$1 program
  mkdir -p "${folder}" || return
  for program in "${PROGRAMS[@]}"; do
    if [[ ! -x "build/release/bin/${program}" ]]; then
      remedy "build it (scripts/local/ci/run.sh does), or use --mode production"
      printf 'error: build/release/bin/%s is not there\n' "${program}"
      return 1
    fi
    cp "build/release/bin/${program}" "${folder}/" || return
  done
  scripts/ci/images/runtime-packages.sh "${PROGRAMS[@]/#/${folder}/}" >"${folder}/packages.txt"
}

# digest_of FOLDER WORD...: of every path, right to execute, link and content, and of the words.
digest_of() {
  local folder=$1
  shift
  (
    cd "${folder}" || return
    printf '%s\n' "$@"
    find . -type f -executable -print0 | sort --zero-terminated | tr '\0' '\n'
    find . -type l -printf '%p %l\n' | sort
    find . -type f -print0 | sort --zero-terminated | xargs --null sha256sum
  ) | LC_ALL=C sha256sum | cut --delimiter=' ' --fields=1
}

# describe DIGEST: fills LABELS, what an image says about itself beside its title.
describe() {
  local revision version
  revision=$(git rev-parse HEAD 2>/dev/null || printf 'unknown')
  version=$(sed --silent 's/^project(drydock VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  # shellcheck disable=SC2034  # for engines.sh
  LABELS=(
    "org.opencontainers.image.version=${version}"
    "org.opencontainers.image.revision=${revision}"
    "drydock.source.digest=sha256:$1"
  )
}

# lock FOLDER: two builds of one mode in one checkout take turns.
lock() {
  mkdir -p "$1"
  exec {LOCK}>"$1/lock"
  if ! flock --nonblock "${LOCK}"; then
    say "another build of this checkout is running: waiting for it"
    flock "${LOCK}"
  fi
}
