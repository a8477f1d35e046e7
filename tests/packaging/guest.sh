#!/usr/bin/env bash
# What full.sh and system_test.sh run in their container, where systemd is the first process: a life of the service.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. /lib.sh

unit=siprec-server.service
log=/var/log/siprec/siprec-server.log
export DEBIAN_FRONTEND=noninteractive
export LC_ALL=C.UTF-8

property() { systemctl show --value --property="$1" $unit; }
pid() { property MainPID; }
status() { sed -nE "s/^$1:[[:space:]]*//p" "/proc/$(pid)/status"; }
is() { [ "$1" = "$2" ] || { say "it is '$1', not '$2'"; return 1; }; }
active() { systemctl is-active --quiet $unit; }
healthy() { curl -sf http://127.0.0.1:8080/health; }
ready() { curl -sf http://127.0.0.1:8080/ready; }
# A fault shows itself in the journal.
on_failure() { journalctl -u $unit --no-pager | tail -n 20; tail -n 5 $log; }
recordings() { find /var/lib/siprec/recordings -name metadata.json -exec grep -l '"state": *"complete"' {} + | wc -l; }
has_recordings() { is "$(recordings)" "$1"; }
call() { siprec-call sip:127.0.0.1:5060 --duration "${1:-1}" -q; }
restarted() { is "$(property NRestarts)" "$1" && active; }
logged() { grep -q "$1" $log; }
debugged() { curl -s http://127.0.0.1:8080/live >/dev/null && logged ' debug '; }
settled() { ! pgrep -x siprec-server >/dev/null; }

drop_in() {
  mkdir -p /etc/systemd/system/$unit.d
  printf '%s\n' "$@" >/etc/systemd/system/$unit.d/test.conf
  systemctl daemon-reload
}

# The disk of the container may be nearly full.
echo 'RECORDING_MIN_FREE_SPACE=0' >/etc/default/siprec-server

# --- installed and started
check "it installs" dpkg --force-confold -i /siprec-server.deb
check "installing starts it" becomes_true 10 active
check "it starts at boot" systemctl is-enabled $unit
check "systemd heard that it is ready" is "$(property StatusErrno)/$(property SubState)" 0/running
check "it is healthy" becomes_true 10 healthy
check "it takes calls" ready
check "systemd-analyze verify finds nothing" is "$(systemd-analyze verify $unit --man=no 2>&1 | grep siprec)" ""

# --- what is taken from it
check "it runs as siprec" is "$(ps -o user= -p "$(pid)")" siprec
check "it has no capabilities" is "$(status CapEff)/$(status CapBnd)" 0000000000000000/0000000000000000
check "it gains no privileges" is "$(status NoNewPrivs)" 1
check "its system calls are filtered" is "$(status Seccomp)" 2
in_its_world() { nsenter --target "$(pid)" --mount -- "$@"; }
check "the system's files can't be written" fails in_its_world sh -c 'touch /usr/x || touch /etc/siprec/../x'
# Where the machine around the container allows less, systemd gives what it can.
descriptors() { sed -nE 's/^Max open files +[0-9]+ +([0-9]+).*/\1/p' "/proc/$1/limits"; }
allowed=$(descriptors 1)
check "it may have as many descriptors as the unit says" is "$(descriptors "$(pid)")" \
  $((allowed < 262144 ? allowed : 262144))

# --- it records
check "a call is recorded" call
check "the recording is complete" becomes_true 20 has_recordings 1
check "others can't read the recording" is "$(find /var/lib/siprec -perm /o=rwx ! -type l)" ""
check "it logs where it should" logged session_

# --- the log is rotated
check "logrotate rotates the log" logrotate --force /etc/logrotate.d/siprec-server
check "the server opened its log anew" becomes_true 10 logged log_reopened
check "the old log is kept" test "$(find /var/log/siprec -name 'siprec-server.log-*' | wc -l)" -eq 1
check "systemctl reload opens it too" systemctl reload $unit
echo 'LOG_LEVEL=debug' >>/etc/default/siprec-server
check "systemctl reload reads the environment's file again" systemctl reload $unit
check "the level of that file is in force" becomes_true 10 debugged
check "a reload restarts nothing" restarted 0

# --- it dies, it hangs
kill -SEGV "$(pid)"
check "a crash restarts it" becomes_true 15 restarted 1
drop_in '[Service]' WatchdogSec=2s
systemctl restart $unit
before=$(pid)
kill -STOP "$before"
hung_is_replaced() { [ "$(pid)" != "$before" ] && restarted 1; }
check "the watchdog replaces a server that hangs" becomes_true 30 hung_is_replaced
check "it records again" call
rm -r /etc/systemd/system/$unit.d
systemctl daemon-reload

# --- it would be killed for a system call that is refused
drop_in '[Service]' SystemCallErrorNumber=kill
systemctl restart $unit
check "a call is recorded" becomes_true 10 call
systemctl reload $unit
systemctl stop $unit
check "no system call of a whole life is refused" is "$(property Result)/$(property NRestarts)" success/0
rm -r /etc/systemd/system/$unit.d
systemctl daemon-reload
systemctl start $unit

# --- what the pages print for root is run as it is printed, while a call runs
doc=/usr/share/doc/siprec-server
# shellcheck disable=SC2016
blocks() { sed -n '/^```console$/,/^```$/{/^```/!p}' "$@"; }
# kubectl has no cluster here (tests/monitoring/commands_test.py).
for_root() { blocks "$doc"/runbooks/*.md | grep -v '^kubectl' | sort -u; }
says_something() { [ -n "$(timeout 30 bash -o pipefail -c "$1" </dev/null)" ]; }
# Longer than any media packet (RTPDatagramsTruncated).
send_long_datagrams() {
  while sleep 0.1; do head -c 2000 /dev/zero >/dev/udp/127.0.0.1/10000; done
}
becomes_true 10 ready >/dev/null
siprec-call sip:127.0.0.1:5060 --duration 60 -q >/dev/null 2>&1 &
caller=$!
send_long_datagrams 2>/dev/null &
sender=$!
check "there are such commands" test "$(for_root | wc -l)" -ge 7
while IFS= read -r line; do
  check "as printed: $line" says_something "$line"
done < <(for_root)
kill "$caller" "$sender"
wait "$caller" "$sender" 2>/dev/null
found_in_journal() { blocks $doc/runbooks/SIPRECRestarting.md | grep '^journalctl' | bash | grep -q "$1"; }
check "SIPRECRestarting finds the crash" found_in_journal 'status=11/SEGV'
check "SIPRECRestarting finds the hang" found_in_journal Watchdog

# --- the first five minutes of monitoring.md, with Debian's own units where they are installed
mkdir -p /srv/tree
ln -sfn $doc/examples /srv/tree/deploy
five_minutes() { (cd /srv/tree && blocks $doc/monitoring.md | sed '/^sed /,$d' | bash -e); }
publish() { blocks $doc/monitoring.md | grep '^sed ' | bash -e; }
scraped() { curl -s http://localhost:9090/api/v1/targets | grep -q '"health":"up"'; }
has_rules() { curl -s http://localhost:9090/api/v1/rules | grep -q HighInternalErrorRate; }
leads_to_the_wiki() { curl -s http://localhost:9090/api/v1/rules | grep -q 'https://wiki.example.com/siprec/runbooks/SIPRECDown.md'; }
if [ -e /lib/systemd/system/prometheus.service ] && [ -e /lib/systemd/system/prometheus-alertmanager.service ]; then
  # It gossips on addresses of a network, and here is none but the loopback.
  echo 'ARGS="--cluster.listen-address="' >/etc/default/prometheus-alertmanager
  # Grafana is no Debian package; this takes its place for one line.
  printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' >/etc/systemd/system/grafana-server.service
  mkdir -p /etc/grafana/provisioning
  systemctl daemon-reload
  check "Debian's Prometheus and Alertmanager start" systemctl start prometheus prometheus-alertmanager
  check "Prometheus is ready" becomes_true 30 curl -sf http://localhost:9090/-/ready
  check "Alertmanager is ready" becomes_true 30 curl -sf http://localhost:9093/-/ready
  check "the first five minutes, as printed" five_minutes
  check "Prometheus scrapes the server" becomes_true 40 scraped
  check "Prometheus has the rules" has_rules
  check "runbook links are published as printed" publish
  check "Prometheus takes the published rules" systemctl reload prometheus
  check "alerts lead to the published pages" becomes_true 20 leads_to_the_wiki
  systemctl stop prometheus prometheus-alertmanager
else
  say "(not here: the first five minutes of monitoring.md, for lack of Debian's prometheus)"
fi

# --- wrong settings
cp /etc/siprec/siprec.yaml /siprec.yaml.good
echo 'nonsense: 1' >>/etc/siprec/siprec.yaml
systemctl restart $unit >/dev/null 2>&1
stays_down() { is "$(property Result)/$(property ExecMainStatus)/$(property SubState)" exit-code/78/failed; }
check "wrong settings are refused once and for all" becomes_true 10 stays_down
check "the journal says what is wrong" sh -c "journalctl -u $unit --no-pager | grep -q 'nonsense.*unknown key'"
cp /siprec.yaml.good /etc/siprec/siprec.yaml
systemctl start $unit

# --- it is stopped during a call, with a stop timeout that is shorter than its drain
drop_in '[Service]' TimeoutStopSec=2s
systemctl restart $unit
recorded=$(recordings)
call 6 &
caller=$!
in_call() { curl -s http://127.0.0.1:8080/metrics | grep -qx 'sip_sessions_active 1'; }
check "a call is running" becomes_true 10 in_call
systemctl stop $unit
check "the running call ended as its parties wanted" wait "$caller"
check "stopping is a success" is "$(property Result)" success
check "its recording is complete" has_recordings $((recorded + 1))
rm -r /etc/systemd/system/$unit.d
systemctl daemon-reload
systemctl start $unit

# --- upgraded
recorded=$(recordings)
before=$(pid)
echo '# an edit' >>/etc/siprec/siprec.yaml
check "it is upgraded" dpkg --force-confdef --force-confold -i /next.deb
upgraded() { [ "$(pid)" != "$before" ] && active; }
check "the upgrade restarted it" becomes_true 10 upgraded
check "the upgrade kept the administrator's settings" grep -qx '# an edit' /etc/siprec/siprec.yaml
check "the upgrade kept the recordings" has_recordings "$recorded"
check "it records after the upgrade" becomes_true 10 call

# --- removed, installed again, purged
check "it is removed" dpkg --remove siprec-server
check "removing stops it" becomes_true 10 settled
check "it is installed again" dpkg --force-confold -i /next.deb
check "installing again starts it" becomes_true 10 healthy
check "it is purged" dpkg --purge siprec-server
check "purging keeps every recording" has_recordings $((recorded + 1))
check "purging keeps the account that owns them" getent passwd siprec
check "purging takes settings and logs" fails ls -d /etc/siprec /etc/default/siprec-server /var/log/siprec
check "systemd forgot it" fails systemctl is-enabled $unit
[ "$failures" -eq 0 ] || on_failure
finish
