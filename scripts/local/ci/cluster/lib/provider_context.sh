# shellcheck shell=bash
# A cluster that somebody else runs, by the name of its context in the user's kubeconfig.
#
# Sourced by cluster.sh. Uses NAME, STATE, CONTEXT.

kubeconfig_of_context() {
  printf '%s\n' "${STATE}/${NAME}.context/kubeconfig"
}

contexts() {
  kubectl config get-contexts --output name | tr '\n' ' '
}

# Copies that one context: whoever reads the copy can take no other.
cluster_up() {
  local text file
  command -v kubectl >/dev/null || fail "kubectl is missing" "install it: it reads the context"
  text=$(kubectl config view --minify --flatten --context "${CONTEXT}") ||
    fail "no context '${CONTEXT}'" "name one of: $(contexts)"
  file=$(kubeconfig_of_context)
  (umask 077 && mkdir -p "${file%/*}" && printf '%s\n' "${text}" >"${file}")
  kubectl --kubeconfig "${file}" --request-timeout 10s get --raw /readyz >/dev/null ||
    fail "the cluster of context '${CONTEXT}' does not answer" \
      "check it: kubectl --context ${CONTEXT} get nodes" 1
  say "context ${CONTEXT} answers, ${file}"
}

cluster_down() {
  rm -rf "${STATE:?}/${NAME}.context"
  say "context ${CONTEXT} is somebody else's: it runs on"
}

cluster_status() {
  cluster_up
}

cluster_kubeconfig() {
  cluster_up 2>/dev/null
  kubeconfig_of_context
}

import_archive() {
  kind load image-archive --name "${CONTEXT#kind-}" "$1"
}

cluster_load() {
  [[ "${CONTEXT}" == kind-* ]] ||
    fail "images cannot be loaded into the cluster of context '${CONTEXT}'" \
      "push them to a registry that it pulls from"
  for_each_archive import_archive "$@"
}

cluster_exec() {
  cluster_up 2>/dev/null
  KUBECONFIG=$(kubeconfig_of_context) exec "$@"
}
