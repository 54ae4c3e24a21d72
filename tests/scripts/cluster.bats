#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# cluster.sh: its arguments, which provider is taken, and what kind, docker and kubectl are asked.
# The provider `node` is run for real by tests/cluster; an engine for kind is not had there.

setup() {
  load stubs
  use_stubs
  CLUSTER="${ROOT}/scripts/local/ci/cluster.sh"
  export DRYDOCK_CLUSTERS="${BATS_TEST_TMPDIR}/clusters"
  export XDG_CACHE_HOME="${BATS_TEST_TMPDIR}/cache"
  unset DRYDOCK_CLUSTER
  stub docker 'exit 1'
  stub podman 'exit 1'
  stub buildah 'exit 1'
}

# A Docker engine that answers, and kind with the clusters that are named.
use_kind() {
  stub docker '[[ "$1" == info ]]'
  stub kind "case \"\$*\" in 'get clusters') printf '%s\n' $* ;; esac"
}

@test "mistakes on the command line are named" {
  local arguments expected
  while IFS='|' read -r arguments expected; do
    # shellcheck disable=SC2086  # words
    run "${CLUSTER}" ${arguments}
    ((status == 2))
    [[ "${output}" == *"${expected}"* ]]
  done <<'TABLE'
start|no such verb 'start'
|no such verb ''
up --fast|unknown flag '--fast'
up now|unknown argument 'now'
up --name|the last flag needs a value
up --name Big|'Big' is no name for a cluster
up --provider minikube|unknown provider 'minikube'
up --provider kind --context x|--context and --provider exclude each other
load|load needs something to load
exec --|exec needs something to exec
TABLE
}

@test "the help is its own header" {
  run "${CLUSTER}" --help
  ((status == 0))
  [[ "${output}" == *"Usage: cluster.sh VERB"*"Exit: "* ]]
}

@test "kind is taken where a Docker engine answers, with a kubeconfig of its own" {
  use_kind
  KUBECONFIG=/etc/kubernetes/admin.conf run "${CLUSTER}" up --name one
  ((status == 0))
  called "kind create cluster --name one --image kindest/node:"
  called "--kubeconfig ${DRYDOCK_CLUSTERS}/one.kind/kubeconfig"
  not_called admin.conf
}

@test "a cluster of kind that runs is not made again" {
  use_kind one
  run "${CLUSTER}" up --name one
  ((status == 0))
  not_called "kind create"
}

@test "a cluster of kind is ended, and what was kept of it is removed" {
  use_kind
  "${CLUSTER}" up --name one
  run "${CLUSTER}" down --name one
  ((status == 0))
  called "kind delete cluster --name one"
  [[ ! -e "${DRYDOCK_CLUSTERS}/one.kind" ]]
}

@test "kind without an engine has a remedy" {
  use_kind
  stub docker 'exit 1'
  run "${CLUSTER}" up --provider kind
  ((status == 2))
  [[ "${output}" == *"no Docker engine answers"*"--provider node"* ]]
}

@test "the current context of a kubeconfig is never taken" {
  stub kubectl
  KUBECONFIG=/etc/kubernetes/admin.conf run "${CLUSTER}" status --name one
  ((status == 3))
  [[ "${output}" == "no cluster one runs" ]]
  not_called kubectl
}

# kubectl with one context.
use_context() {
  stub kubectl 'case "$*" in
    *"config view"*"--context '"$1"'"*) printf "contexts: []\n" ;;
    *"config view"*) exit 1 ;;
    *get-contexts*) printf "first\nsecond\n" ;;
  esac'
}

@test "a context that is named is used by itself, and never ended" {
  use_context mine
  run "${CLUSTER}" status --context mine
  ((status == 0))
  called "kubectl config view --minify --flatten --context mine"
  called "kubectl --kubeconfig ${DRYDOCK_CLUSTERS}/drydock.context/kubeconfig --request-timeout"
  run "${CLUSTER}" exec --context mine -- bash -c 'printf "%s" "${KUBECONFIG}"'
  [[ "${output}" == "${DRYDOCK_CLUSTERS}/drydock.context/kubeconfig" ]]
  run "${CLUSTER}" down --context mine
  ((status == 0))
  [[ "${output}" == *"it runs on"* ]]
  not_called "delete"
}

@test "a context that is not there is told with those that are" {
  use_context mine
  run "${CLUSTER}" up --context other
  ((status == 2))
  [[ "${output}" == *"no context 'other'"*"first second"* ]]
}

@test "a context whose cluster does not answer ends with 1" {
  stub kubectl 'case "$*" in *readyz*) exit 1 ;; esac'
  run "${CLUSTER}" up --context mine
  ((status == 1))
  [[ "${output}" == *"the cluster of context 'mine' does not answer"* ]]
}

@test "images go into another's cluster only where it is kind's" {
  use_context mine
  printf 'x' >"${BATS_TEST_TMPDIR}/image.tar"
  run "${CLUSTER}" load --context mine "${BATS_TEST_TMPDIR}/image.tar"
  ((status == 2))
  [[ "${output}" == *"push them to a registry"* ]]
  use_kind dev
  run "${CLUSTER}" load --context kind-dev "${BATS_TEST_TMPDIR}/image.tar"
  ((status == 0))
  called "kind load image-archive --name dev"
}

@test "an image that nobody knows is named" {
  use_kind one
  run "${CLUSTER}" load --provider kind --name one no/such:1
  ((status == 2))
  [[ "${output}" == *"no image 'no/such:1' here"* ]]
}
