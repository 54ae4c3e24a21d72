#!/usr/bin/env bash
# Shows whether a run in a namespace can reach a real LLM. A pod with the labels of a run asks:
# mockllm must answer, a canary in a namespace of its own must not, nor may OpenAI or Anthropic.
# After in-cluster-test.sh, whose images it takes.
#
# Usage: scripts/ci/preflight.sh [--name NAME] [--context CONTEXT] [--namespace NAMESPACE] [--help]
#        --name, --context  which cluster, as cluster.sh takes them
#        --namespace        of the run, with mockllm in it (default drydock-ci)
# Exit:  0 confined; 11 a real LLM can be reached; 10 it is not shown that none can, as where the
#        cluster's network does not enforce policies; 2 set-up failed.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/log.sh
source "${here}/../lib/log.sh"
readonly CLUSTER="${here}/../local/ci/cluster.sh"
readonly LOGS=build/logs/preflight
readonly FOLDER=build/preflight
readonly IMAGES=build/images/kustomization.yaml
readonly READY_SECONDS=60

usage() {
  sed --silent '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Fills WHICH and NAMESPACE.
parse() {
  WHICH=() NAMESPACE=drydock-ci
  while (($# > 0)); do
    case "$1" in
      --help | -h) usage && exit 0 ;;
      --name | --context) WHICH+=("$1" "${2:-}") && shift ;;
      --namespace) NAMESPACE=${2:-} && shift ;;
      *) fail "unknown argument '$1'" "see preflight.sh --help" ;;
    esac
    shift || fail "the last flag needs a value" "see preflight.sh --help"
  done
  [[ "${NAMESPACE}" =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] ||
    fail "'${NAMESPACE}' is no name of a namespace" "a DNS label: a-z, 0-9 and -"
}

kubectl() {
  "${CLUSTER}" exec "${WHICH[@]}" -- kubectl "$@"
}

# apply PART [LINE]: manifests/preflight/PART with the images that were built.
apply() {
  mkdir -p "${FOLDER}/$1" || return
  {
    printf 'resources: [../../../manifests/preflight/%s]\n%s\n' "$1" "${2:-}"
    sed --silent '/^images:/,$p' "${IMAGES}"
  } >"${FOLDER}/$1/kustomization.yaml"
  kubectl kustomize "${PWD}/${FOLDER}/$1" >"${FOLDER}/$1/all.yaml" || return
  kubectl apply --filename "${PWD}/${FOLDER}/$1/all.yaml"
}

# A step.
start_canary() {
  remedy "see why: ${CLUSTER} exec -- kubectl --namespace drydock-canary describe pods"
  apply canary || return
  kubectl --namespace drydock-canary wait pod/witness --timeout "${READY_SECONDS}s" \
    --for "jsonpath={.status.phase}=Succeeded"
}

# A step.
ask() {
  remedy "see why: ${CLUSTER} exec -- kubectl --namespace ${NAMESPACE} describe pod preflight"
  kubectl --namespace "${NAMESPACE}" delete pod preflight --ignore-not-found || return
  apply asker "namespace: ${NAMESPACE}" || return
  kubectl --namespace "${NAMESPACE}" wait pod/preflight --timeout "${READY_SECONDS}s" \
    --for "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}"
}

# Waits, so that who calls this twice does not find the first canary on its way out.
clean_up() {
  kubectl --namespace "${NAMESPACE}" delete pod preflight --ignore-not-found --wait=false
  kubectl delete namespace drydock-canary --ignore-not-found --timeout "${READY_SECONDS}s"
}

main() {
  local code
  parse "$@"
  cd "${here}/../.."
  [[ -f "${IMAGES}" ]] || fail "no images were built" "run scripts/ci/build.sh, and load them"
  trap 'clean_up >/dev/null 2>&1' EXIT
  run_step "${LOGS}" canary "that answers in a namespace of its own" start_canary
  run_step "${LOGS}" asker "a pod with the labels of a run in ${NAMESPACE}" ask
  kubectl --namespace "${NAMESPACE}" logs preflight
  code=$(kubectl --namespace "${NAMESPACE}" get pod preflight \
    --output "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")
  return "${code}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
