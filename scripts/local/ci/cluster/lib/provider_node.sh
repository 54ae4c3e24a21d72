# shellcheck shell=bash
# A cluster as one tree of processes of this machine: `node` (cluster/node) in namespaces of its
# own. Its programs are built once from Go modules.
#
# Sourced by cluster.sh. Uses NAME, STATE, CACHE, SOURCES, LISTS.

readonly KUBERNETES=1.34.4
readonly GO_MINIMUM=1.24

cluster_up() {
  if ((EUID != 0)); then
    fail "a cluster of our own needs root: it makes namespaces and control groups" \
      "run this as root, or use --provider kind, or --context NAME"
  fi
  if cluster_status 2>/dev/null; then
    return
  fi
  run_step "${CACHE}/logs" packages "etcd, containerd, runc and what builds images" \
    install_packages "${LISTS}/packages-cluster.txt"
  build_programs
  rm -rf "${STATE:?}/${NAME}"
  mkdir -p "${STATE}"
  "${PROGRAMS}/node" up --name "${NAME}" --dir "${STATE}/${NAME}" --programs "${PROGRAMS}"
}

cluster_down() {
  # The program that started it: another checkout may have built another one since.
  local pid program
  if [[ ! -d "${STATE}/${NAME}" ]]; then
    say "no cluster ${NAME} runs"
    return
  fi
  pid=$(cat "${STATE}/${NAME}/pid" 2>/dev/null || true)
  program=$(readlink "/proc/${pid:-none}/exe" 2>/dev/null || true)
  if [[ "${program##*/}" != node ]]; then
    build_programs
    program="${PROGRAMS}/node"
  fi
  "${program}" down --name "${NAME}" --dir "${STATE}/${NAME}" --programs "${program%/*}"
}

cluster_status() {
  if [[ ! -e "${STATE}/${NAME}/ready" || ! -d "/proc/$(<"${STATE}/${NAME}/inner.pid")" ]]; then
    say "no cluster ${NAME} runs"
    return 3
  fi
  say "cluster ${NAME} runs: process $(<"${STATE}/${NAME}/pid"), ${STATE}/${NAME}/kubeconfig"
}

cluster_kubeconfig() {
  cluster_status 2>/dev/null || fail "no cluster ${NAME} runs" "cluster.sh up --name ${NAME}" 3
  printf '%s\n' "${STATE}/${NAME}/kubeconfig"
}

import_archive() {
  ctr --address "${STATE}/${NAME}/containerd.sock" --namespace k8s.io images import "$1" >/dev/null
}

cluster_load() {
  cluster_kubeconfig >/dev/null
  for_each_archive import_archive "$@"
}

# The command's own exit code. PATH leads to kubectl, KUBECONFIG to the cluster.
cluster_exec() {
  local program
  cluster_kubeconfig >/dev/null
  program=$(dirname "$(readlink "/proc/$(<"${STATE}/${NAME}/pid")/exe")")
  exec nsenter --target "$(<"${STATE}/${NAME}/inner.pid")" --net --mount --pid --wd="${PWD}" \
    env "PATH=${program}:${PATH}" "KUBECONFIG=${STATE}/${NAME}/pki/admin.kubeconfig" "$@"
}

# Fills PROGRAMS. One folder for each state of the sources; Go's own cache makes a broken-off first
# build go on where it was.
build_programs() {
  local digest
  digest=$(cd "${SOURCES}" && find . -name '*.go' -o -name 'go.*' -type f | sort |
    xargs sha256sum | sha256sum | cut --bytes=1-16)
  PROGRAMS="${CACHE}/${KUBERNETES}-${digest}"
  if [[ -e "${PROGRAMS}/complete" ]]; then
    return
  fi
  find_go
  mkdir -p "${PROGRAMS}"
  build_program node "" "the process that a cluster is"
  build_program dns "" "CoreDNS, from Go modules (first time 1 to 2 min)"
  local version=k8s.io/component-base/version
  build_program kube "-X ${version}.gitVersion=v${KUBERNETES} -X ${version}.gitMajor=1
    -X ${version}.gitMinor=34" "Kubernetes ${KUBERNETES}, from Go modules (first time 5 to 10 min)"
  ln -sf kube "${PROGRAMS}/kubectl"
  printf '' >"${PROGRAMS}/complete"
}

# build_program NAME LINKER_FLAGS WHAT
build_program() {
  run_step "${CACHE}/logs" "$1" "$3" go_build "$1" "$2"
}

go_build() {
  cd "${SOURCES}/$1" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOTOOLCHAIN="${GO_CHAIN}" \
    "${GO}" build -v -trimpath -ldflags "-s -w ${2//$'\n'/ }" -o "${PROGRAMS}/$1" .
}

# Fills GO and GO_CHAIN: a Go that is new enough, or one that can fetch it.
find_go() {
  local have
  GO=$(command -v go || true)
  have=$([[ -z "${GO}" ]] || "${GO}" env GOVERSION)
  GO_CHAIN=auto
  if [[ -n "${GO}" ]] && at_least "${have#go}" "${GO_MINIMUM}"; then
    GO_CHAIN=local
  elif [[ -z "${GO}" ]] || ! at_least "${have#go}" 1.21; then
    fail "Kubernetes ${KUBERNETES} is built by Go ${GO_MINIMUM} or later; here is ${have:-none}" \
      "put a newer Go into PATH, for example golang-1.24-go of bookworm-backports"
  fi
}

# at_least VERSION MINIMUM
at_least() {
  [[ "$(printf '%s\n' "$2" "$1" | sort --version-sort | head --lines=1)" == "$2" ]]
}
