#!/usr/bin/env bash
# Builds the images from the work tree as it is, files that git does not know yet included.
#
# Usage: scripts/ci/build.sh [--mode ci|production] [--target NAME]... [--tag TAG]
#                            [--engine docker|podman|buildah] [--output DIR] [--help]
#        --mode    ci takes the programs of build/release/bin (default), production builds them
#        --target  mockllm, harness, deck-agent, deck-tests, postgres, redis; all by default
#        --tag     default: the mode and the id of the image, so the same content has the same tag
#        --engine  default: the first of docker, podman and buildah that answers
#        --output  writes an OCI archive of each image there too
#        Prints "TARGET IMAGE DIGEST" for each image on standard output. In the mode ci it writes
#        build/images/kustomization.yaml too: the overlay ci with just these images.
# Exit:  0 built, 2 usage or set-up, or an image cannot be built.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/log.sh
source "${here}/../lib/log.sh"
# shellcheck source-path=SCRIPTDIR source=lib/network.sh
source "${here}/lib/network.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engines.sh
source "${here}/lib/engines.sh"
# shellcheck source-path=SCRIPTDIR source=lib/context.sh
source "${here}/lib/context.sh"
# shellcheck source-path=SCRIPTDIR source=lib/base.sh
source "${here}/lib/base.sh"
# shellcheck source-path=SCRIPTDIR source=lib/results.sh
source "${here}/lib/results.sh"
readonly TARGETS=(mockllm harness deck-agent deck-tests postgres redis)
readonly LOGS=build/logs/images
readonly BUILT=build/images

usage() {
  sed --silent '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Fills MODE, CHOSEN, TAG, WANTED_ENGINE and OUTPUT.
parse() {
  MODE=ci CHOSEN=() TAG="" WANTED_ENGINE="" OUTPUT=""
  while (($# > 0)); do
    case "$1" in
      --help | -h) usage && exit 0 ;;
      --mode) MODE=${2:-} && shift ;;
      --target) CHOSEN+=("${2:-}") && shift ;;
      --tag) TAG=${2:-} && shift ;;
      --engine) WANTED_ENGINE=${2:-} && shift ;;
      --output) OUTPUT=${2:-} && shift ;;
      *) fail "unknown argument '$1'" "see build.sh --help" ;;
    esac
    shift || fail "the last flag needs a value" "see build.sh --help"
  done
  if ((${#CHOSEN[@]} == 0)); then
    CHOSEN=("${TARGETS[@]}")
  fi
  check
}

# one_of VALUE WHAT CHOICE...
one_of() {
  local value=$1 what=$2
  shift 2
  [[ " $* " == *" ${value} "* && -n "${value}" ]] || fail "unknown ${what} '${value}'" "one of $*"
}

check() {
  local target
  one_of "${MODE}" mode ci production
  for target in "${CHOSEN[@]}"; do
    one_of "${target}" target "${TARGETS[@]}"
  done
  if [[ -n "${WANTED_ENGINE}" ]]; then
    one_of "${WANTED_ENGINE}" engine "${ENGINES[@]}"
  fi
  if [[ -n "${TAG}" ]]; then
    [[ "${TAG}" =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ && "${TAG}" != latest ]] ||
      fail "'${TAG}' is no tag" "letters, digits, _, . and -, at most 128, and not latest"
  fi
}

# Fills IMAGE. What is built has no name of its own before it is known whether it is new.
build_target() {
  local target=$1 programs=source draft id
  draft="localhost/drydock/${target}:draft-${MODE}"
  if [[ "${MODE}" == ci ]]; then
    programs=built
  fi
  engine_build "${draft}" "${target}" "${WORK}/network" "${WORK}/context" \
    --build-arg "BASE=${BASE}" --build-arg "PROGRAMS=${programs}" || return
  id=$(engine_digest "${draft}") || return
  id=${id#sha256:}
  IMAGE="localhost/drydock/${target}:${TAG:-${MODE}-${id:0:12}}"
  if [[ -z "${TAG}" ]] && engine_has "${IMAGE}"; then
    note "as it was"
    return
  fi
  engine_label "${draft}" "${IMAGE}"
}

# Prints "TARGET IMAGE DIGEST" for each.
build_all() {
  local target
  run_step "${LOGS}" network "the way to mirrors" write_network bookworm "${WORK}/network"
  run_step "${LOGS}" base "${BASE}" have_base "${BASE}" bookworm
  for target in "${CHOSEN[@]}"; do
    run_step "${LOGS}" "${target}" "image drydock/${target}" build_target "${target}"
    printf '%s %s %s\n' "${target}" "${IMAGE}" "$(engine_digest "${IMAGE}")"
  done
}

main() {
  local digest results
  CACHE=${XDG_CACHE_HOME:-${HOME}/.cache}/drydock/images
  parse "$@"
  cd "${here}/../.."
  choose_engine "${WANTED_ENGINE}"
  WORK="${BUILT}/${MODE}"
  lock "${WORK}"
  BASE=docker.io/library/debian:bookworm-slim
  run_step "${LOGS}" context "what goes in, for ${ENGINE}" make_context "${MODE}" "${WORK}/context"
  digest=$(digest_of "${WORK}/context" "${MODE}" "${BASE}" "${ENGINE}")
  describe "${digest}"
  if ! results=$(former_results "${digest} ${CHOSEN[*]}"); then
    results=$(build_all)
    printf '%s\n' "${digest} ${CHOSEN[*]}" "${results}" >"${WORK}/results"
  fi
  printf '%s\n' "${results}"
  if [[ "${MODE}" == ci ]]; then
    write_overlay <<<"${results}" >"${BUILT}/kustomization.yaml"
  fi
  if [[ -n "${OUTPUT}" ]]; then
    write_archives <<<"${results}"
  fi
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
