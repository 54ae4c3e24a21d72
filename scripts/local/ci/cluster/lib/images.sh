# shellcheck shell=bash
# images: from the name of an image to an archive of it, whichever program knows that name.
#
# Sourced, after log.sh.

# knows PROGRAM ARGUMENT...: whether the program is there and says yes.
knows() {
  command -v "$1" >/dev/null && "$@" >/dev/null 2>&1
}

# archive_of IMAGE FILE: writes an archive that containerd and kind can read. An IMAGE that is a
# file is linked. 1 where nobody knows the image.
archive_of() {
  local image=$1 file=$2
  if [[ -f "${image}" ]]; then
    ln -sf "$(realpath "${image}")" "${file}"
  elif knows buildah inspect --type image "${image}"; then
    buildah push --quiet "${image}" "docker-archive:${file}:${image}"
  elif knows podman image exists "${image}"; then
    podman save --quiet --format docker-archive --output "${file}" "${image}"
  elif knows docker image inspect "${image}"; then
    docker save --output "${file}" "${image}"
  else
    return 1
  fi
}

# id_of IMAGE: what changes with its content, where buildah knows it; else 1.
id_of() {
  knows buildah inspect --type image "$1" &&
    buildah inspect --type image --format '{{.FromImageID}}' "$1"
}

# for_each_archive FUNCTION IMAGE...: calls FUNCTION FILE for each image.
for_each_archive() {
  local function=$1 image folder
  shift
  folder=$(mktemp --directory)
  # shellcheck disable=SC2064  # the folder of now
  trap "rm -rf '${folder}'" EXIT
  for image in "$@"; do
    archive_of "${image}" "${folder}/image.tar" ||
      fail "no image '${image}' here" \
        "build it first, or name an archive; asked were buildah, podman and docker"
    "${function}" "${folder}/image.tar" || fail "the cluster does not take '${image}'" \
      "the lines above say why"
    rm -f "${folder}/image.tar"
    say "loaded ${image}"
  done
}
