#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031
# Building images: its arguments, which engine is taken, what goes in. The real builds are other
# tests.

bats_require_minimum_version 1.5.0

setup() {
  load stubs
  use_stubs
  COPY="${BATS_TEST_TMPDIR}/checkout"
  mkdir -p "${COPY}/scripts" "${COPY}/tests/integration" "${COPY}/build/release/bin"
  cp -R "${ROOT}/scripts/lib" "${ROOT}/scripts/ci" "${COPY}/scripts/"
  cp "${ROOT}/Dockerfile" "${ROOT}/.dockerignore" "${ROOT}/harness.yaml" \
    "${ROOT}/CMakeLists.txt" "${ROOT}/.gitignore" "${COPY}/"
  printf 'x\n' >"${COPY}/tests/integration/test_x.py"
  local program
  for program in mockllm harness agent_test; do
    cp /bin/true "${COPY}/build/release/bin/${program}"
  done
  git -C "${COPY}" init --quiet
  export XDG_CACHE_HOME="${BATS_TEST_TMPDIR}/cache"
  BUILD="${COPY}/scripts/ci/build.sh"
  # The base image is here, those to be built are not; an id is asked for with --format.
  IMAGES='case "$*" in
    *--format*) printf "%s" "${IMAGE_ID:-0123456789abcdef}" ;;
    *inspect*debian*) exit 0 ;;
    *inspect*) exit 1 ;;
  esac'
  stub docker 'exit 1'
  stub podman 'exit 1'
  stub buildah "${IMAGES}"
}

# The tag of the first image that was built last.
tag() {
  sed --silent '1s/^[^ ]* [^ ]*:\([^ ]*\) .*/\1/p' <<<"${output}"
}

@test "each chosen target is built and told in one line" {
  run --separate-stderr "${BUILD}" --target mockllm --target redis --tag one
  ((status == 0))
  [[ "${lines[0]}" == "mockllm localhost/drydock/mockllm:one sha256:"* ]]
  [[ "${lines[1]}" == "redis localhost/drydock/redis:one sha256:"* ]]
  ((${#lines[@]} == 2))
  called "--tag localhost/drydock/mockllm:draft-ci --target mockllm"
  called "--build-arg PROGRAMS=built"
  called "--tag localhost/drydock/mockllm:one --label="
}

@test "all targets are built where none is named" {
  run "${BUILD}" --tag one
  ((status == 0))
  local target
  for target in mockllm harness deck-agent deck-tests postgres redis; do
    called "--target ${target} "
  done
}

@test "the overlay of these images names them" {
  run "${BUILD}" --target mockllm --tag one
  grep --quiet 'name: drydock/mockllm, newName: localhost/drydock/mockllm, newTag: one' \
    "${COPY}/build/images/kustomization.yaml"
}

@test "the first engine that answers is taken" {
  run "${BUILD}" --target redis --tag one
  called "buildah bud"
  stub podman "${IMAGES}"
  : >"${CALLS}"
  run "${BUILD}" --target redis --tag one
  called "podman build"
  not_called "buildah bud"
}

@test "an engine that is asked for and does not answer is an error" {
  run "${BUILD}" --engine docker
  ((status == 2))
  [[ "${output}" == *"docker does not answer"* ]]
}

@test "no engine at all is an error with its remedy" {
  stub buildah 'exit 1'
  run "${BUILD}"
  ((status == 2))
  [[ "${output}" == *"remedy: apt-get install buildah"* ]]
}

@test "mistakes on the command line are named" {
  local arguments
  while IFS='|' read -r arguments expected; do
    # shellcheck disable=SC2086  # words
    run "${BUILD}" ${arguments}
    ((status == 2))
    [[ "${output}" == *"${expected}"* ]]
  done <<'TABLE'
--mode fast|unknown mode 'fast'
--target all|unknown target 'all'
--engine kaniko|unknown engine 'kaniko'
--tag latest|'latest' is no tag
--tag a/b|'a/b' is no tag
--push|unknown argument '--push'
--tag|the last flag needs a value
TABLE
}

@test "the help is its own header" {
  run "${BUILD}" --help
  ((status == 0))
  [[ "${output}" == *"Usage: scripts/ci/build.sh"*"Exit: "* ]]
}

@test "a program that was not built has a remedy" {
  rm "${COPY}/build/release/bin/harness"
  run "${BUILD}" --target mockllm
  ((status == 2))
  [[ "${output}" == *"remedy: build it"* ]]
}

@test "production takes the sources and no program of this machine" {
  printf 'int main() {}\n' >"${COPY}/main.cc"
  run "${BUILD}" --mode production --target mockllm --tag one
  ((status == 0))
  called "--build-arg PROGRAMS=source"
  [[ -f "${COPY}/build/images/production/context/main.cc" ]]
  [[ ! -e "${COPY}/build/images/production/context/build" ]]
}

@test "the tag is the id of what was built" {
  run --separate-stderr "${BUILD}" --target mockllm
  [[ "$(tag)" == ci-0123456789ab ]]
  export IMAGE_ID=fedcba9876543210
  run --separate-stderr "${BUILD}" --target mockllm --target redis
  [[ "$(tag)" == ci-fedcba987654 ]]
}

# The engine has every image that it is asked for.
has_all() {
  stub buildah 'case "$*" in *--format*) printf 0123456789abcdef ;; esac'
}

@test "nothing is built where nothing has changed, and all where a file has" {
  run --separate-stderr "${BUILD}" --target mockllm
  has_all
  : >"${CALLS}"
  run --separate-stderr "${BUILD}" --target mockllm
  ((status == 0))
  [[ "$(tag)" == ci-0123456789ab ]]
  not_called "buildah bud"
  printf 'y\n' >"${COPY}/tests/integration/untracked.py"
  run --separate-stderr "${BUILD}" --target mockllm
  called "buildah bud"
  : >"${CALLS}"
  cp /bin/false "${COPY}/build/release/bin/mockllm"
  run --separate-stderr "${BUILD}" --target mockllm
  called "buildah bud"
  : >"${CALLS}"
  run --separate-stderr "${BUILD}" --target mockllm --tag mine
  called "buildah bud"
}

@test "an image that was removed is built again" {
  run --separate-stderr "${BUILD}" --target mockllm
  : >"${CALLS}"
  run --separate-stderr "${BUILD}" --target mockllm
  ((status == 0))
  called "buildah bud"
}

@test "an image that came out as it was keeps its labels" {
  has_all
  run "${BUILD}" --target mockllm
  ((status == 0))
  called "--tag localhost/drydock/mockllm:draft-ci"
  not_called "--label="
}

@test "a build that fails is shown" {
  stub buildah "[[ \"\$1\" != bud ]] || { echo 'no such package'; exit 1; }
    ${IMAGES}"
  run "${BUILD}" --target mockllm --tag one
  ((status == 2))
  [[ "${output}" == *"no such package"* ]]
}

@test "where no registry answers the base is made once" {
  stub buildah 'case "$*" in
    *--format*) printf 0123 ;;
    *inspect*|pull*) exit 1 ;;
    "from scratch") printf working-container ;;
  esac'
  stub mmdebstrap 'for argument; do [[ "${argument}" != *.tar.new ]] || touch "${argument}"; done'
  run "${BUILD}" --target redis --tag one
  ((status == 0))
  [[ "${output}" == *"no registry answers: made here"* ]]
  called "mmdebstrap --format=tar --variant=minbase"
  : >"${CALLS}"
  run "${BUILD}" --target redis --tag one
  ((status == 0))
  not_called mmdebstrap
  not_called "buildah pull"
}

@test "an archive of each image is written where one is asked for" {
  run "${BUILD}" --target redis --tag one --output "${BATS_TEST_TMPDIR}/out"
  called "oci-archive:${BATS_TEST_TMPDIR}/out/redis.tar:localhost/drydock/redis:one"
}
