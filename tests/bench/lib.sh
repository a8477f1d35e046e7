#!/bin/bash
# shellcheck disable=SC2034,SC2154
# Shell functions of the benchmark: processes, CPU time, metrics, statistics. Sourced by run.sh.

# CPU time of a whole process, user and system, in ms (proc(5), fields 14 and 15).
cpu_ms() {
  local stat
  stat=$(cat "/proc/$1/stat") || return 1
  stat=${stat##*) }
  awk -v tick="$(getconf CLK_TCK)" '{ printf "%d", ($12 + $13) * 1000 / tick }' <<<"$stat"
}

rss_kb() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

calc() { awk "BEGIN { printf \"%.4f\", ($1) }"; }

# Runs on the receiver's core, on the generator's core.
on_receiver() { if [ "$cores" -ge 2 ]; then exec taskset -c 0 "$@"; else exec "$@"; fi; }
on_generator() { if [ "$cores" -ge 2 ]; then taskset -c 1 "$@"; else "$@"; fi; }

# One value of /metrics, summed over its labels; 0 where there is none.
metric() {
  curl -sf "http://127.0.0.1:$http_port/metrics" |
    awk -v name="$1" '$1 == name || index($1, name "{") == 1 { sum += $2 } END { printf "%.6f", sum }'
}

# The first number of that key in a JSON summary of siprec-call.
json_number() { grep -m1 -o "\"$2\": *[0-9.]*" "$1" | grep -o '[0-9.]*$'; }

# Waits until a command succeeds; gives up after some seconds.
wait_for() {
  local limit=$1 i
  shift
  for ((i = 0; i < limit * 20; ++i)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  echo "run.sh: waited $limit s in vain for: $*" >&2
  return 1
}

# A port that nothing listens on, below the range of the kernel's own choices.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    ss -Hlnut "sport = :$port" | grep -q . || break
  done
  echo "$port"
}

server_ready() { curl -sf "http://127.0.0.1:$http_port/ready"; }

# start_server [DIRECTORY]: where recordings go, the work directory where nothing is said.
start_server() {
  recordings=${1:-$work/recordings}
  sip_port=$(free_port) http_port=$(free_port)
  rm -rf "$recordings"
  SIP_LISTEN="udp:127.0.0.1:$sip_port" HTTP_LISTEN="127.0.0.1:$http_port" \
    RTP_BIND_ADDRESS=127.0.0.1 RTP_PORT_MIN="$rtp_min" RTP_PORT_MAX="$rtp_max" \
    RECORDING_DIRECTORY="$recordings" LOG_LEVEL=warning \
    on_receiver "$build/bin/siprec-server" >"$work/server.log" 2>&1 &
  receiver=$!
  if ! wait_for 10 server_ready; then
    cat "$work/server.log" >&2
    return 1
  fi
}

start_bare() {
  sip_port=$(free_port)
  on_receiver "$build/bin/$1" "$sip_port" >"$work/$1.log" 2>&1 &
  receiver=$!
  wait_for 10 sip_listens
}
sip_listens() { ss -Hlnu "sport = :$sip_port" | grep -q .; }

stop_receiver() {
  [ -n "${receiver:-}" ] || return 0
  kill "$receiver" 2>/dev/null
  wait "$receiver" 2>/dev/null
  receiver=
}

# `key value` for later.
note() { echo "$1 $2" >>"$work/results"; }

# `median min max` of all values of a key; nothing where it was not measured.
statistics() {
  awk -v key="$1" '$1 == key { print $2 }' "$work/results" | sort -g | awk '
    { v[NR] = $1 }
    END { if (NR) print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'
}
