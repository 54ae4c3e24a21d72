#!/usr/bin/env bash
# Packs the program speaker into an image of nothing else, as an archive that cluster.sh loads.
#
# Usage: image.sh SPEAKER ARCHIVE
# Exit:  0 done, 1 failed, 2 usage.
set -o errexit -o nounset -o pipefail

readonly IMAGE=docker.io/library/drydock-speaker:test

main() {
  if (($# != 2)); then
    printf 'usage: image.sh SPEAKER ARCHIVE\n' >&2
    return 2
  fi
  local speaker=$1 archive=$2 container
  export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs}
  container=$(buildah from scratch)
  buildah add --quiet "${container}" "${speaker}" /speaker >/dev/null
  buildah config --entrypoint '["/speaker"]' --user 10001:10001 "${container}"
  buildah commit --quiet --rm "${container}" "${IMAGE}" >/dev/null
  rm --force "${archive}"
  buildah push --quiet "${IMAGE}" "oci-archive:${archive}:${IMAGE}"
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  main "$@"
fi
