#!/usr/bin/env bash
# Runs the test suites as a Job in a Kubernetes, next to real services, from nothing but this
# checkout: a cluster where none runs, images of the work tree as it is, secrets, services, the Job,
# its verdict. The reports are in build/reports afterwards.
#
# Usage: scripts/ci/in-cluster-test.sh [--name NAME] [--context CONTEXT] [--namespace NAMESPACE]
#                                      [--keep-on-failure] [--down] [--help] [-- ARGUMENT...]
#        --name, --context  which cluster, as cluster.sh takes them
#        --namespace        made where it is missing (default drydock-ci)
#        --keep-on-failure  leaves the Job of a red run
#        --down             ends the cluster afterwards, where this started it
#        after --           goes to `harness run` in the pod
# Exit:  the run's own code (harness --help); 2 set-up failed; 11 the cluster refused something.
set -o errexit -o nounset -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/log.sh
source "${here}/../lib/log.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/packages.sh
source "${here}/../lib/packages.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/toolchain.sh
source "${here}/../lib/toolchain.sh"
readonly CLUSTER="${here}/../local/ci/cluster.sh"
readonly LOGS=build/logs/in-cluster
readonly READY_SECONDS=180
readonly SECRETS=(drydock-postgres=password drydock-redis=password drydock-app=openai-api-key
  drydock-llm=control-token)

usage() {
  sed --silent '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# Fills WHICH, NAMESPACE, LAUNCH, DOWN and RUN.
parse() {
  WHICH=() NAMESPACE=drydock-ci LAUNCH=() DOWN=no RUN=()
  while (($# > 0)); do
    case "$1" in
      --help | -h) usage && exit 0 ;;
      --name | --context) WHICH+=("$1" "${2:-}") && shift ;;
      --namespace) NAMESPACE=${2:-} && shift ;;
      --keep-on-failure) LAUNCH+=("$1") ;;
      --down) DOWN=yes ;;
      --) shift && RUN=("$@") && break ;;
      *) fail "unknown argument '$1'" "see in-cluster-test.sh --help" ;;
    esac
    shift || fail "the last flag needs a value" "see in-cluster-test.sh --help"
  done
  [[ "${NAMESPACE}" =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] ||
    fail "'${NAMESPACE}' is no name of a namespace" "a DNS label: a-z, 0-9 and -"
}

in_cluster() {
  "${CLUSTER}" exec "${WHICH[@]}" -- "$@"
}

# A step.
load_images() {
  local images=()
  mapfile -t images < <(cut --delimiter=' ' --fields=2 "${LOGS}/images.txt")
  "${CLUSTER}" load "${WHICH[@]}" "${images[@]}"
}

# A step: build.sh prints "TARGET IMAGE DIGEST" for each.
build_images() {
  mkdir -p "${LOGS}"
  scripts/ci/build.sh --mode ci >"${LOGS}/images.txt"
  note "$(wc --lines <"${LOGS}/images.txt") of them"
}

# A step: what build.sh wrote, in the namespace that was asked for.
apply_services() {
  local folder=build/in-cluster
  mkdir -p "${folder}"
  printf 'namespace: %s\nresources: [../images]\n' "${NAMESPACE}" >"${folder}/kustomization.yaml"
  in_cluster kubectl kustomize "${PWD}/${folder}" >"${folder}/all.yaml" || return
  in_cluster kubectl create namespace "${NAMESPACE}" --dry-run=client --output yaml |
    in_cluster kubectl apply --filename - || return
  build/release/bin/harness secrets generate "${ACCESS[@]}" --namespace "${NAMESPACE}" \
    "${SECRETS[@]}" || return
  in_cluster kubectl apply --server-side --force-conflicts --filename "${PWD}/${folder}/all.yaml"
}

# A step. Not until no pod of a former image or fixture is left to answer.
wait_for_services() {
  in_cluster kubectl --namespace "${NAMESPACE}" rollout status deployment,statefulset \
    --selector app.kubernetes.io/part-of=drydock --timeout "${READY_SECONDS}s" && return
  remedy "see why: ${CLUSTER} exec -- kubectl --namespace ${NAMESPACE} describe pods"
  in_cluster kubectl --namespace "${NAMESPACE}" get pods,events
  return 1
}

main() {
  local began status=0 image started=no
  parse "$@"
  cd "${here}/../.."
  began=$(now_ms)
  "${CLUSTER}" status "${WHICH[@]}" 2>/dev/null || started=yes
  "${CLUSTER}" up "${WHICH[@]}"
  run_step "${LOGS}" packages "Debian packages to build" install_packages scripts/lib/packages.txt
  use_ccache
  run_step "${LOGS}" build "mockllm, harness and the sample suite" \
    build_preset release mockllm harness agent_test
  run_step "${LOGS}" images "of the work tree as it is" build_images
  run_step "${LOGS}" load "them into the cluster" load_images
  ACCESS=(--kubeconfig "$("${CLUSTER}" kubeconfig "${WHICH[@]}")")
  ACCESS+=(--context "$(in_cluster kubectl config current-context)")
  run_step "${LOGS}" services "secrets, services and rights in ${NAMESPACE}" apply_services
  run_step "${LOGS}" ready "PostgreSQL, Redis, mockllm and the application" wait_for_services
  image=$(sed --silent 's/^deck-tests \([^ ]*\) .*/\1/p' "${LOGS}/images.txt")
  say "==> harness   the Job"
  build/release/bin/harness launch "${ACCESS[@]}" --namespace "${NAMESPACE}" --image "${image}" \
    --image-pull-policy Never "${LAUNCH[@]}" -- "${RUN[@]}" || status=$?
  if [[ "${DOWN}" == yes && "${started}" == yes ]]; then
    "${CLUSTER}" down "${WHICH[@]}"
  fi
  say "==> done      exit ${status}, $(seconds_since "${began}") in all"
  return "${status}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
