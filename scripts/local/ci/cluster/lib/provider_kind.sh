# shellcheck shell=bash
# A cluster in a container, where a Docker engine and kind are there.
#
# Sourced by cluster.sh. Uses NAME, STATE.

readonly KIND_IMAGE=kindest/node:v1.34.0

kubeconfig_of_kind() {
  printf '%s\n' "${STATE}/${NAME}.kind/kubeconfig"
}

need_kind() {
  command -v kind >/dev/null ||
    fail "kind is missing" "install kind, or use --provider node as root"
  docker info >/dev/null 2>&1 ||
    fail "no Docker engine answers" "start it, or use --provider node as root"
}

cluster_up() {
  need_kind
  if cluster_status 2>/dev/null; then
    return
  fi
  mkdir -p "${STATE}/${NAME}.kind"
  kind create cluster --name "${NAME}" --image "${KIND_IMAGE}" --wait 120s \
    --kubeconfig "$(kubeconfig_of_kind)"
}

cluster_down() {
  need_kind
  kind delete cluster --name "${NAME}" --kubeconfig "$(kubeconfig_of_kind)"
  rm -rf "${STATE:?}/${NAME}.kind"
}

cluster_status() {
  need_kind
  if ! kind get clusters 2>/dev/null | grep --quiet --line-regexp --fixed-strings "${NAME}"; then
    say "no cluster ${NAME} runs"
    return 3
  fi
  say "cluster ${NAME} runs in Docker, $(kubeconfig_of_kind)"
}

cluster_kubeconfig() {
  cluster_status 2>/dev/null || fail "no cluster ${NAME} runs" "cluster.sh up --name ${NAME}" 3
  kubeconfig_of_kind
}

import_archive() {
  kind load image-archive --name "${NAME}" "$1"
}

cluster_load() {
  cluster_kubeconfig >/dev/null
  for_each_archive import_archive "$@"
}

cluster_exec() {
  cluster_kubeconfig >/dev/null
  KUBECONFIG=$(kubeconfig_of_kind) exec "$@"
}
