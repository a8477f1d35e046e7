#!/usr/bin/env bash
# From a clone to a recorded call: installs packages, builds, starts the server with its default
# configuration, places one call with two spoken legs, and shows what became of it.
#
# usage: deploy/quickstart.sh [--once] [--no-install]
#
#   --once        ends after the demo; exit code 0 only where the recording is right
#   --no-install  leave the machine's packages alone
#
# Without --once the server runs on until Ctrl-C. Its settings come from the environment, for
# example: SIP_LISTEN=udp:127.0.0.1:5070,tcp:127.0.0.1:5070 HTTP_PORT=8081 deploy/quickstart.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=build/release/bin
work=build/quickstart
log=$work/server.log
caller=tests/data/audio/caller.wav
callee=tests/data/audio/callee.wav
server=

banner() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
die() { printf '\nquickstart: %s\n' "$*" >&2; exit 1; }

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

build() {
  banner "Building (the first time takes minutes)"
  local tests=()
  [ -f build/release/CMakeCache.txt ] || tests=(-DSRS_TESTS=OFF)
  cmake --preset release "${tests[@]}" >"$work/configure.log" || { cat "$work/configure.log"; die "CMake failed"; }
  cmake --build --preset release -j "${JOBS:-$(nproc)}" --target siprec-server siprec-call
  g++ -std=c++20 -O2 -I tests -o "$work/audio-check" deploy/audio_check.cpp
}

# Prints field $1 of the server's server_ready line; nothing while it is not there. The line is
# text or JSON, as LOG_FORMAT says.
ready_field() {
  grep -h 'server_ready' "$log" ${LOG_FILE:+"$LOG_FILE"} 2>/dev/null | tail -n 1 |
    sed -nE "s/.*[ \"]$1\"?[=:]\"?([^ \"]+).*/\1/p"
}

stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

start_server() {
  banner "Starting the server"
  # In a session of its own: Ctrl-C is for this script, which ends the server gently.
  setsid "$bin/siprec-server" >"$log" 2>&1 </dev/null &
  server=$!
  trap stop_server EXIT
  trap 'printf "\nquickstart: interrupted\n" >&2; exit 130' INT TERM
  local i
  for ((i = 0; i < 150; ++i)); do
    [ -z "$(ready_field http)" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$(ready_field http)" ]; then
    cat "$log"
    die "the server did not start. Where a port is taken, choose others, as: SIP_LISTEN=udp:127.0.0.1:5070,tcp:127.0.0.1:5070 HTTP_PORT=8081 $0"
  fi
  http=$(ready_field http)
  http=127.0.0.1:${http##*:}
  # The first listener that siprec-call can reach, as a SIP URI.
  local listener
  listener=$(ready_field sip | tr ',' '\n' | grep -E '^(udp|tcp):' | head -n 1)
  local address=${listener#*:}
  case $address in 0.0.0.0:* | '['*) address=127.0.0.1:${address##*:} ;; esac
  target="sip:$address;transport=${listener%%:*}"
  printf 'process %s, SIP %s, http://%s/health, log %s\n' "$server" "$(ready_field sip)" "$http" "$log"
}

# The counters, as `name{labels} value`, without those that move by themselves.
scrape() {
  curl -sf "http://$http/metrics" | grep -E '^[a-z_]+_total[{ ]' | grep -vE '^(process|http|goroutines)_' | sort >"$1"
}

place_call() {
  banner "One call: two voices to $target"
  scrape "$work/before"
  touch "$work/started"
  "$bin/siprec-call" "$target" --audio "$caller" "$callee" || die "the call failed; see $log"
}

# Sets `recording` to the directory that the call left behind.
find_recording() {
  local root=${RECORDING_DIRECTORY:-${RECORDING_DIR:-recordings}} metadata i
  recording=
  for ((i = 0; i < 300; ++i)); do
    metadata=$(find "$root" -name metadata.json -newer "$work/started" 2>/dev/null | head -n 1)
    if [ -n "$metadata" ] && grep -qE '"state": *"complete"' "$metadata"; then
      recording=$(dirname "$metadata")
      return
    fi
    sleep 0.1
  done
  die "no complete recording appeared below $root; see $log"
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
  local once= install=yes argument good=0
  for argument in "$@"; do
    case $argument in
      --once) once=yes ;;
      --no-install) install= ;;
      -h | --help) usage; return ;;
      *) usage >&2; exit 64 ;;
    esac
  done
  mkdir -p "$work"
  if [ -n "$install" ]; then
    banner "Packages"
    deploy/install-deps.sh build run
  fi
  build
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
  trap 'printf "\nstopping\n"; stop_server; exit 0' INT TERM
  wait "$server" || die "the server ended by itself; see $log"
}

main "$@"
