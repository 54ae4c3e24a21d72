# shellcheck shell=bash
# engines: one set of verbs for docker, podman and buildah.
#
# Sourced, after log.sh. Uses ENGINE and LABELS (NAME=VALUE).

readonly ENGINES=(docker podman buildah)
readonly PULL_SECONDS_MAX=60

# engine_answers NAME: it is there, and what it needs runs.
engine_answers() {
  command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1
}

# Fills ENGINE with the first that answers, unless one is asked for.
choose_engine() {
  local wanted=$1 engine
  for engine in "${ENGINES[@]}"; do
    if [[ -z "${wanted}" || "${wanted}" == "${engine}" ]] && engine_answers "${engine}"; then
      ENGINE=${engine}
      return
    fi
  done
  if [[ -n "${wanted}" ]]; then
    fail "${wanted} does not answer" "start it, or leave out --engine"
  fi
  fail "neither docker, podman nor buildah answers" "apt-get install buildah, or start one of them"
}

engine_has() {
  case "${ENGINE}" in
    buildah) buildah inspect --type image "$1" >/dev/null 2>&1 ;;
    *) "${ENGINE}" image inspect "$1" >/dev/null 2>&1 ;;
  esac
}

engine_pull() {
  timeout "${PULL_SECONDS_MAX}" "${ENGINE}" pull "$1"
}

# engine_import TAR IMAGE: an image of one layer from an archive of a root file system.
engine_import() {
  local tar=$1 image=$2 container
  if [[ "${ENGINE}" != buildah ]]; then
    "${ENGINE}" import --change 'CMD ["bash"]' "${tar}" "${image}"
    return
  fi
  container=$(buildah from scratch) || return
  buildah add --quiet "${container}" "${tar}" / &&
    buildah config --cmd bash "${container}" &&
    buildah commit --quiet --rm "${container}" "${image}"
}

# engine_build IMAGE TARGET NETWORK CONTEXT [FLAG...]: without labels that differ from build to
# build, so what has not changed is the same image as before.
engine_build() {
  local image=$1 target=$2 network=$3 context=$4
  shift 4
  local flags=(--tag "${image}" --target "${target}" --build-context "network=${network}" "$@")
  case "${ENGINE}" in
    # chroot asks for fewer rights than a container inside a container has.
    buildah)
      buildah bud --layers --pull-never --isolation "${BUILDAH_ISOLATION:-chroot}" "${flags[@]}" \
        "${context}"
      ;;
    podman) podman build --layers --pull=never "${flags[@]}" "${context}" ;;
    docker) docker buildx build --load "${flags[@]}" "${context}" ;;
  esac
}

# engine_label FROM IMAGE: the same image, with what it says about itself.
engine_label() {
  local command=(build --no-cache)
  case "${ENGINE}" in
    buildah) command=(bud --no-cache --pull-never) ;;
    podman) command+=(--pull=never) ;;
    docker) ;;
  esac
  "${ENGINE}" "${command[@]}" --tag "$2" "${LABELS[@]/#/--label=}" --file - . <<<"FROM $1"
}

# The image's own id: what a change of its content or labels changes.
engine_digest() {
  case "${ENGINE}" in
    buildah)
      printf 'sha256:%s' "$(buildah inspect --type image --format '{{.FromImageID}}' "$1")"
      ;;
    *) "${ENGINE}" image inspect --format '{{.Id}}' "$1" | sed 's/^\(sha256:\)\{0,1\}/sha256:/' ;;
  esac
}

# engine_archive IMAGE FILE: an OCI archive with gzip layers.
engine_archive() {
  local image=$1 file=$2
  rm -f "${file}"
  case "${ENGINE}" in
    buildah) buildah push --quiet "${image}" "oci-archive:${file}:${image}" ;;
    podman) podman save --quiet --format oci-archive --output "${file}" "${image}" ;;
    docker) docker save --output "${file}" "${image}" ;;
  esac
}
