# shellcheck shell=bash
# results: a build's lines "TARGET IMAGE DIGEST", kept for the next one, and what is made from them.
#
# Sourced, after log.sh and engines.sh. Uses WORK, TAG, LOGS and OUTPUT.

# former_results KEY: those of the last build, where it had the same key and its images are here.
former_results() {
  local image
  [[ -z "${TAG}" && -f "${WORK}/results" && "$(head --lines=1 "${WORK}/results")" == "$1" ]] ||
    return
  while read -r _ image _; do
    engine_has "${image}" || return
  done < <(tail --lines=+2 "${WORK}/results")
  tail --lines=+2 "${WORK}/results"
}

# write_overlay: a kustomization for build/images, the overlay ci with these images.
write_overlay() {
  local target image
  printf 'resources: [../../manifests/overlays/ci]\nimages:\n'
  while read -r target image _; do
    printf '  - {name: drydock/%s, newName: %s, newTag: %s}\n' \
      "${target}" "${image%:*}" "${image##*:}"
  done
}

archive_target() {
  mkdir -p "${2%/*}" || return
  engine_archive "$1" "$2" || return
  note "$(du --block-size=1M --apparent-size "$2" | cut --fields=1) MB"
}

write_archives() {
  local target image
  while read -r target image _; do
    run_step "${LOGS}" "${target}-archive" "${OUTPUT}/${target}.tar" \
      archive_target "${image}" "${OUTPUT}/${target}.tar"
  done
}
