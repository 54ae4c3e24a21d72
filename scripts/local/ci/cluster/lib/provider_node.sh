# shellcheck shell=bash
# A cluster as one tree of processes of this machine: `node` (cluster/node) in namespaces of its
# own. Its programs are built once from Go modules.
#
# Sourced by cluster.sh. Uses NAME, STATE, CACHE, SOURCES, LISTS.

# shellcheck source-path=SCRIPTDIR source=programs.sh
source "${SOURCES}/lib/programs.sh"

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
  # shellcheck disable=SC2153  # set by cluster.sh
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

container_images() {
  ctr --address "${STATE}/${NAME}/containerd.sock" --namespace k8s.io "$@"
}

import_archive() {
  container_images images import "$1" >/dev/null
}

# has_image IMAGE ID: whether the cluster has just this one under that name.
has_image() {
  local manifest
  manifest=$(container_images images ls "name==$1" | awk 'NR == 2 { print $3 }')
  [[ -n "${manifest}" ]] && container_images content get "${manifest}" | grep --quiet "sha256:$2"
}

cluster_load() {
  local image id new=()
  cluster_kubeconfig >/dev/null
  for image in "$@"; do
    if [[ ! -f "${image}" ]] && id=$(id_of "${image}") && has_image "${image}" "${id}"; then
      say "${image} is there"
    else
      new+=("${image}")
    fi
  done
  if ((${#new[@]} > 0)); then
    for_each_archive import_archive "${new[@]}"
  fi
}

# The command's own exit code. PATH leads to kubectl, KUBECONFIG to the cluster.
cluster_exec() {
  local program
  cluster_kubeconfig >/dev/null
  program=$(dirname "$(readlink "/proc/$(<"${STATE}/${NAME}/pid")/exe")")
  exec nsenter --target "$(<"${STATE}/${NAME}/inner.pid")" --net --mount --pid --wd="${PWD}" \
    env "PATH=${program}:${PATH}" "KUBECONFIG=${STATE}/${NAME}/pki/admin.kubeconfig" "$@"
}
