#!/usr/bin/env bash
# deploy/quickstart.sh with the settings that people have in their environment, and its end.
#
# usage: quickstart_test.sh SOURCE_DIRECTORY SIPREC_SERVER SIPREC_CALL AUDIO_CHECK
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need curl python3

source=$1
work=$(mktemp -d)
quickstart=
call=
end_it() {
  # Twice: the second one waits for no call.
  [ -z "$quickstart" ] || { kill -TERM "$quickstart"; sleep 1; kill -TERM "$quickstart"; } 2>/dev/null || true
  [ -z "$call" ] || kill -TERM "$call" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap end_it EXIT
mkdir "$work/bin"
ln -s "$2" "$work/bin/siprec-server"
ln -s "$3" "$work/bin/siprec-call"
cp "$4" "$work/audio-check"
export QUICKSTART_WORK=$work

# Prints N ports of the loopback that are free for UDP and TCP.
free_ports() {
  python3 - "$1" <<'PY'
import socket, sys
held = []
while len(held) < int(sys.argv[1]):
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    tcp.bind(("127.0.0.1", 0))
    try:
        udp.bind(tcp.getsockname())
    except OSError:
        continue
    held.append((tcp, udp))
print(*(tcp.getsockname()[1] for tcp, _ in held))
PY
}
read -r sip http http_odd < <(free_ports 3)

quick=("$source/deploy/quickstart.sh" --bin "$work/bin")
said() { grep -F "$1" "$work/said"; }

# A quiet log in a file that an earlier start has written to, everything on IPv6 and elsewhere.
odd_settings() {
  printf '2026-01-01T00:00:00.000Z info [app] server_ready sip=udp:192.0.2.1:1 http=192.0.2.1:1\n' >"$work/old.log"
  env LOG_LEVEL=error LOG_FILE="$work/old.log" HTTP_LISTEN="[::1]:$http_odd" \
    SIP_LISTEN="udp:[::]:$sip" RTP_BIND_ADDRESS=:: RTP_PORT_MIN=9100 RTP_PORT_MAX=9199 \
    RECORDING_DIRECTORY="$work/else where/calls" RECORDING_MIN_FREE_SPACE=0 "${quick[@]}" --once
}
recorded_there() { find "$work/else where/calls" -name audio.wav | grep -q .; }

refuses_a_taken_port() {
  mkdir "$work/second"
  cp "$work/audio-check" "$work/second/"
  fails env QUICKSTART_WORK="$work/second" HTTP_LISTEN="127.0.0.1:$http" "${quick[@]}" --once >"$work/second/said" 2>&1 &&
    grep "answers already" "$work/second/said"
}
a_call_runs() { curl -s "http://127.0.0.1:$http/metrics" | grep -qx 'sip_sessions_active 1'; }
# Left running; another call runs when Ctrl-C comes.
env HTTP_LISTEN="127.0.0.1:$http" SIP_LISTEN="udp:127.0.0.1:$sip" RTP_PORT_MIN=9100 \
  RTP_PORT_MAX=9199 RECORDING_DIRECTORY="$work/calls" RECORDING_MIN_FREE_SPACE=0 \
  "${quick[@]}" >"$work/said" 2>&1 &
quickstart=$!
check "it leaves the server running" becomes_true 60 said "The server runs on"
check "a second one says whose port it can't have" refuses_a_taken_port
"$work/bin/siprec-call" "sip:127.0.0.1:$sip" --duration 60 -q >"$work/called" 2>&1 &
call=$!
check "another call begins" becomes_true 10 a_call_runs
kill -TERM "$quickstart" || true
check "it tells of the call that it waits for" becomes_true 10 said "calls still run (1) and have 1m to end"
kill -TERM "$quickstart" || true
check "a second time it ends the call" becomes_true 10 said "ending them now"
status=0
wait "$quickstart" || status=$?
quickstart=
check "and then itself" test "$status" -eq 0
if ip -6 addr show dev lo 2>/dev/null | grep -q '::1'; then
  check "it shows the demo call whatever log, addresses and directories are set" odd_settings
  check "the recording lies where recordings are kept" recorded_there
elif [ "$failures" -eq 0 ]; then
  skip "no IPv6 on the loopback; the rest holds"
fi
finish
