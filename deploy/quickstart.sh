#!/usr/bin/env bash
# From a clone to a recorded call: installs packages, builds, starts the server with its default
# configuration, places one call with two spoken legs, and shows what became of it.
#
# usage: deploy/quickstart.sh [--once] [--no-install] [--bin DIR]
#
#   --once        ends after the demo; exit code 0 only where the recording is right
#   --no-install  leave the machine's packages alone
#   --bin DIR     take siprec-server and siprec-call from there and build nothing but the check of
#                 the audio; includes --no-install
#
# Without --once the server runs on until Ctrl-C. Its settings come from the environment, for
# example: SIP_LISTEN=udp:127.0.0.1:5070,tcp:127.0.0.1:5070 HTTP_PORT=8081 deploy/quickstart.sh
set -eEuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=build/release/bin
work=${QUICKSTART_WORK:-build/quickstart}
log=$work/server.log
caller=tests/data/audio/caller.wav
callee=tests/data/audio/callee.wav
server=
trap 'die "line $LINENO failed: $BASH_COMMAND"' ERR

banner() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
die() { printf '\nquickstart: %s\n' "$*" >&2; exit 1; }

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

build() {
  banner "Building (the first time takes minutes)"
  cmake --preset release >"$work/configure.log" || { cat "$work/configure.log"; die "CMake failed"; }
  cmake --build --preset release -j "${JOBS:-$(nproc)}" --target siprec-server siprec-call
}

build_check() {
  [ "$work/audio-check" -nt deploy/audio_check.cpp ] ||
    g++ -std=c++20 -O2 -I tests -o "$work/audio-check" \
      deploy/audio_check.cpp tests/support/{audio,fourier,speech_match}.cpp
}

# Prints a setting as the server will see it, wherever it comes from: setting SECTION KEY
setting() {
  awk -v section="$1:" -v key="$2:" '/^[^ ]/ {here = $1}
    here == section && /^  [^ ]/ && $1 == key {sub(/^ *[^ ]+ */, ""); gsub(/^"|"$/, ""); print}' "$work/settings"
}

# Where something that listens at $1 can be reached from here.
reachable() {
  case $1 in
    0.0.0.0:*) printf '127.0.0.1:%s' "${1##*:}" ;;
    '[::]':*) printf '[::1]:%s' "${1##*:}" ;;
    *) printf '%s' "$1" ;;
  esac
}

get() { curl -gs "$@"; }

# Reads the settings and decides what depends on them.
read_settings() {
  "$bin/siprec-server" --print-config >"$work/settings" || die "the settings above can't be used"
  http=$(reachable "$(setting http listen)")
  [ "${http##*:}" != 0 ] || die "http.listen has port 0: choose one, as HTTP_LISTEN=127.0.0.1:8081"
  ! get -o /dev/null "http://$http/" || die "http://$http answers already: stop what runs there, or choose another port, as HTTP_PORT=8081 $0"
  recordings=$(setting recording directory)
}

# The listeners that the server has, one a line.
listeners() {
  get "http://$http/health?detailed=true" |
    sed -nE 's/.*"sip_listeners":\{[^{}]*"message":"([^"]*)".*/\1/p' | tr -d ' ' | tr ',' '\n'
}

calls_running() { get "http://$http/metrics" | awk '$1 == "sip_sessions_active" {print $2}'; }

# Lets running calls finish, and says so; a second Ctrl-C ends them.
stop_server() {
  [ -n "$server" ] || return 0
  local calls
  calls=$(calls_running || true)
  trap 'printf "\nending them now\n"; kill -TERM "$server" 2>/dev/null || true' INT TERM
  kill -TERM "$server" 2>/dev/null || true
  if [ "${calls:-0}" -gt 0 ]; then
    printf 'calls still run (%s) and have %s to end; Ctrl-C ends them now\n' "$calls" "$(setting server drain_timeout)"
  fi
  while kill -0 "$server" 2>/dev/null; do wait "$server" 2>/dev/null || true; done
  server=
}

start_server() {
  banner "Starting the server"
  read_settings
  # In a session of its own: Ctrl-C is for this script, which ends the server gently.
  setsid "$bin/siprec-server" >"$log" 2>&1 </dev/null &
  server=$!
  trap stop_server EXIT
  trap 'printf "\nquickstart: interrupted\n" >&2; exit 130' INT TERM
  local i
  for ((i = 0; i < 150; ++i)); do
    ! get -o "$work/ready" "http://$http/ready" || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if ! kill -0 "$server" 2>/dev/null || ! get -o "$work/ready" "http://$http/ready"; then
    cat "$log"
    die "the server did not start. Where a port is taken, choose others, as: SIP_LISTEN=udp:127.0.0.1:5070,tcp:127.0.0.1:5070 HTTP_PORT=8081 $0"
  fi
  get -f -o /dev/null "http://$http/ready" || die "the server takes no calls: $(cat "$work/ready")"
  # The first listener that siprec-call can reach, as a SIP URI; IPv4 where there is a choice.
  local listener
  listener=$(listeners | grep -E '^(udp|tcp):' | sort -t: -k2,2 -s | head -n 1) ||
    die "sip.listen has neither a udp: nor a tcp: listener for the demo call"
  target="sip:$(reachable "${listener#*:}");transport=${listener%%:*}"
  printf 'process %s, SIP %s, http://%s/health, log %s\n' "$server" "$(listeners | paste -sd,)" "$http" "$(setting log file | grep . || echo "$log")"
}

# The counters, as `name{labels} value`, without those that move by themselves.
scrape() {
  get -f "http://$http/metrics" | grep -E '^[a-z_]+_total[{ ]' | grep -vE '^(process|http|goroutines)_' | sort >"$1"
}

place_call() {
  banner "One call: two voices to $target"
  scrape "$work/before"
  touch "$work/started"
  "$bin/siprec-call" "$target" --audio "$caller" "$callee" || die "the call failed; see $log"
}

# Sets `recording` to the directory that the call left behind.
find_recording() {
  local metadata i
  recording=
  for ((i = 0; i < 300; ++i)); do
    metadata=$(find "$recordings" -name metadata.json -newer "$work/started" -print -quit)
    if [ -n "$metadata" ] && grep -qE '"state": *"complete"' "$metadata"; then
      recording=$(dirname "$metadata")
      return
    fi
    sleep 0.1
  done
  die "no complete recording appeared below $recordings; see $log"
}

show() {
  banner "The recording: $recording"
  ls -l "$recording" | awk 'NR > 1 {printf "  %10d  %s\n", $5, $9}'
  local good=0
  "$work/audio-check" "$recording/audio.wav" "$caller" "$callee" || good=1
  banner "Metrics that moved (http://$http/metrics)"
  scrape "$work/after"
  awk 'NR == FNR {before[$1] = $2; next} $2 != before[$1] {printf "  %-64s %12s -> %s\n", $1, before[$1] + 0, $2}' \
    "$work/before" "$work/after"
  return "$good"
}

main() {
  local once="" install=yes build=yes good=0
  while [ $# -gt 0 ]; do
    case $1 in
      --once) once=yes ;;
      --no-install) install= ;;
      --bin) [ $# -gt 1 ] || { usage >&2; exit 64; }; bin=$2 install="" build=""; shift ;;
      -h | --help) usage; return ;;
      *) usage >&2; exit 64 ;;
    esac
    shift
  done
  mkdir -p "$work"
  if [ -n "$install" ]; then
    banner "Packages"
    deploy/install-deps.sh build run
  fi
  [ -z "$build" ] || build
  build_check
  start_server
  place_call
  find_recording
  show || good=1
  [ "$good" -eq 0 ] || die "the recording is not what was spoken"
  if [ -n "$once" ]; then
    stop_server
    banner "Done"
    return
  fi
  banner "The server runs on: calls to ${target#sip:}, Ctrl-C ends it"
  trap 'printf "\nstopping\n"; stop_server; banner "Done"; exit 0' INT TERM
  wait "$server" || die "the server ended by itself; see $log"
}

main "$@"
