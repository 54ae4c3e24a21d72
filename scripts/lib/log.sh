# shellcheck shell=bash
# log: a line per step with what it does and how long it took; an error always with its remedy.
#
# Sourced. A step is a function that chains its commands with `|| return`, because the shell ignores
# errexit inside a condition. It may call `note` (shown when it is done) and `remedy` (shown when it
# failed). Its output goes to a log file that is shown when the step fails.

STEP_NOTE=""
STEP_REMEDY=""
readonly STEP_LOG_LINES_SHOWN=40

note() {
  STEP_NOTE=$1
}

remedy() {
  STEP_REMEDY=$1
}

say() {
  printf '%s\n' "$*" >&2
}

# fail MESSAGE REMEDY [EXIT]
fail() {
  printf 'error: %s\nremedy: %s\n' "$1" "$2" >&2
  exit "${3:-2}"
}

# Milliseconds, from the shell's own clock.
now_ms() {
  local now=${EPOCHREALTIME/[.,]/}
  printf '%s' "${now%???}"
}

# seconds_since BEGAN_MS prints "12.3 s".
seconds_since() {
  local tenths=$((($(now_ms) - $1) / 100))
  printf '%s.%s s' "$((tenths / 10))" "$((tenths % 10))"
}

# run_step LOG_FOLDER NAME WHAT COMMAND [ARGUMENT...]
run_step() {
  local folder=$1 name=$2 what=$3
  shift 3
  local log="${folder}/${name}.log" began status=0
  STEP_NOTE=""
  STEP_REMEDY=""
  mkdir -p "${folder}" || fail "cannot make ${folder}" "give yourself the right to write there"
  began=$(now_ms)
  printf '==> %-9s %s ... ' "${name}" "${what}" >&2
  "$@" >"${log}" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    printf 'FAILED after %s\n' "$(seconds_since "${began}")" >&2
    tail -n "${STEP_LOG_LINES_SHOWN}" "${log}" >&2
    fail "${name} ended ${status} (all of its output: ${log})" \
      "${STEP_REMEDY:-$(remedy_of "${log}")}"
  fi
  printf '%s%s\n' "${STEP_NOTE:+${STEP_NOTE}, }" "$(seconds_since "${began}")" >&2
}

# What failed for everybody once: a pattern of the output, then what a person can do about it.
readonly REMEDIES=(
  'No space left on device'
  'free some disk space (a release build with its tests needs about 3 GB), then run this again'
  'Could not get lock|is held by process'
  'another program is installing packages: wait for it, then run this again'
  'dpkg was interrupted'
  'run "dpkg --configure -a" as root, then run this again'
  'Unable to locate package|has no installation candidate'
  'this needs Debian 12 or 13 with the component "main" among the sources of apt'
  'Temporary failure|Could not resolve|Failed to fetch|NewConnectionError|EAI_AGAIN|ETIMEDOUT'
  'the network or a mirror does not answer: check it and the proxy variables, then run this again'
  'Permission denied'
  'the file named above belongs to somebody else: change its owner, or remove the build folder'
  'apt-get install [a-z]'
  'install the package that is named above'
)

remedy_of() {
  local log=$1 i
  for ((i = 0; i < ${#REMEDIES[@]}; i += 2)); do
    if grep --quiet --extended-regexp "${REMEDIES[i]}" "${log}"; then
      printf '%s' "${REMEDIES[i + 1]}"
      return
    fi
  done
  printf 'the first error above says what is wrong; run this again when it is mended'
}
