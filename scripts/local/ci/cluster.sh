#!/usr/bin/env bash
# A throw-away Kubernetes for tests: up in seconds, gone without a trace.
#
# Usage: cluster.sh VERB [--name NAME] [--provider node|kind] [--context CONTEXT] [...]
#          up              starts the cluster, where it does not run yet
#          down            ends it and takes away everything that it made
#          status          says whether it runs, and where; exit 3 where it does not
#          load IMAGE...   gives it images: names known to buildah, docker or podman, or archives
#          exec -- CMD...  runs a command that reaches its pods and services, kubectl among them
#          kubeconfig      prints the path of a kubeconfig that works from this machine
#        --provider  node: one process tree of our own, needs root and no container engine
#                    kind: where a Docker engine and kind are there. Default: kind if so, else node
#        --context   a cluster that somebody else runs, by its context: used, never ended. Only when
#                    it is named here; the current context of a kubeconfig is never taken.
#        --name      tells clusters apart that run side by side; default: DRYDOCK_CLUSTER, drydock
# Exit:  0 done, 1 failed, 2 usage or set-up, 3 not running.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../lib/log.sh
source "${here}/../../lib/log.sh"
# shellcheck source-path=SCRIPTDIR source=../../lib/packages.sh
source "${here}/../../lib/packages.sh"
readonly LISTS="${here}/../../lib"
readonly SOURCES="${here}/cluster"
# shellcheck source-path=SCRIPTDIR source=cluster/lib/images.sh
source "${SOURCES}/lib/images.sh"

usage() {
  sed --silent '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Fills VERB, NAME, PROVIDER, CONTEXT and REST.
parse() {
  VERB=${1:-} NAME=${DRYDOCK_CLUSTER:-drydock} PROVIDER="" CONTEXT="" REST=()
  case "${VERB}" in
    up | down | status | load | exec | kubeconfig) shift ;;
    --help | -h) usage && exit 0 ;;
    *) fail "no such verb '${VERB}'" "up, down, status, load, exec or kubeconfig; see --help" ;;
  esac
  while (($# > 0)); do
    case "$1" in
      --help | -h) usage && exit 0 ;;
      --name) NAME=${2:-} && shift ;;
      --provider) PROVIDER=${2:-} && shift ;;
      --context) CONTEXT=${2:-} && shift ;;
      --) shift && REST+=("$@") && break ;;
      --*) fail "unknown flag '$1'" "see cluster.sh --help" ;;
      *) REST+=("$1") ;;
    esac
    shift || fail "the last flag needs a value" "see cluster.sh --help"
  done
  [[ "${NAME}" =~ ^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$ ]] ||
    fail "'${NAME}' is no name for a cluster" "1 to 32 of a-z, 0-9 and -, none of them - at an end"
  check_rest
}

check_rest() {
  case "${VERB}" in
    load | exec)
      ((${#REST[@]} > 0)) || fail "${VERB} needs something to ${VERB}" "see cluster.sh --help"
      ;;
    *)
      ((${#REST[@]} == 0)) || fail "unknown argument '${REST[0]}'" "see cluster.sh --help"
      ;;
  esac
}

# One that runs already is asked first, so that a later verb needs no --provider.
choose_provider() {
  if [[ -n "${CONTEXT}" ]]; then
    [[ -z "${PROVIDER}" ]] || fail "--context and --provider exclude each other" "name one of them"
    PROVIDER=context
  elif [[ -z "${PROVIDER}" && -d "${STATE}/${NAME}" ]]; then
    PROVIDER=node
  elif [[ -z "${PROVIDER}" && -d "${STATE}/${NAME}.kind" ]]; then
    PROVIDER=kind
  elif [[ -z "${PROVIDER}" ]]; then
    PROVIDER=node
    if command -v kind >/dev/null && docker info >/dev/null 2>&1; then
      PROVIDER=kind
    fi
  fi
  case "${PROVIDER}" in
    node | kind | context) ;;
    *) fail "unknown provider '${PROVIDER}'" "node or kind" ;;
  esac
}

main() {
  STATE=${DRYDOCK_CLUSTERS:-${XDG_STATE_HOME:-${HOME}/.local/state}/drydock/clusters}
  CACHE=${XDG_CACHE_HOME:-${HOME}/.cache}/drydock/cluster
  parse "$@"
  choose_provider
  # Siblings, each with cluster_up, cluster_down and so on.
  # shellcheck source-path=SCRIPTDIR source=cluster/lib/provider_node.sh
  source "${SOURCES}/lib/provider_${PROVIDER}.sh"
  "cluster_${VERB}" "${REST[@]}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
