#!/usr/bin/env bash
# `cmake --install` into an empty tree: everything is in its place, the installed program accepts the
# installed settings, the unit is clean, and settings that are there stay.
#
# usage: install_test.sh BUILD_DIRECTORY
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need systemd-analyze sysctl

build=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

install_into() { DESTDIR=$root cmake --install "$build" --prefix /usr; }

# Only the directories differ: /var is not ours here.
accepts_settings() {
  env -i PATH="$PATH" "$root/usr/bin/siprec-server" --config "$root/etc/siprec/siprec.yaml" \
    --check-config --recording.directory="$root/recordings" --log.file="$root/siprec-server.log" \
    --recording.min_free_space=0
}

# The unit as it is, but for the program's path: systemd looks whether it is there.
unit_here() {
  mkdir -p "$root/unit"
  sed "s#=/usr/bin/siprec-server#=$root/usr/bin/siprec-server#" \
    "$root/usr/lib/systemd/system/siprec-server.service" >"$root/unit/siprec-server.service"
}
unit_is_clean() {
  local output
  output=$(systemd-analyze verify --man=no "$root/unit/siprec-server.service" 2>&1 |
    grep -F siprec-server || true)
  [ -z "$output" ] || { say "$output"; return 1; }
}
exposure() {
  systemd-analyze security --offline=true --no-pager "$root/unit/siprec-server.service" |
    sed -nE 's/.*Overall exposure level.*: ([0-9.]+) .*/\1/p'
}
exposure_is_low() { local level; level=$(exposure); say "exposure $level"; awk -v l="$level" 'BEGIN {exit !(l != "" && l <= 3.0)}'; }

# TimeoutStopSec covers the drain, the files and the renders that shutting down waits for.
stop_timeout_covers_drain() {
  local drain
  drain=$(sed -nE 's/^  drain_timeout: ([0-9]+)m$/\1/p' "$root/etc/siprec/siprec.yaml")
  [ "$((drain * 60 + 10 + 30))" -le 120 ] &&
    grep -qx 'TimeoutStopSec=2min' "$root/usr/lib/systemd/system/siprec-server.service"
}

# Nothing is set, and in a container the kernel hides some of the keys.
sysctl_reads_its_file() { sysctl --dry-run --ignore --load "$root/usr/lib/sysctl.d/60-siprec-server.conf"; }

logs_where_shippers_look() {
  grep -qx '  file: /var/log/siprec/siprec-server.log' "$root/etc/siprec/siprec.yaml" &&
    grep -q '^/var/log/siprec/siprec-server.log ' "$root/etc/logrotate.d/siprec-server"
}

# The documents' links to files, each after the page that it stands on.
links() {
  (cd "$root/usr/share/doc/siprec-server" && grep -roE --include='*.md' '\]\([^)#: ]+' .) | sed 's/:\](/ /' | grep -v ' https*$'
}
links_lead_somewhere() {
  local page link bad=0
  while read -r page link; do
    [[ $link == /* ]] && link=$root$link || link=$root/usr/share/doc/siprec-server/${page%/*}/$link
    [ -e "$link" ] || { say "$page: $link"; bad=1; }
  done < <(links)
  return "$bad"
}
alerts_lead_to_pages() {
  local url
  while read -r url; do
    [ -s "$root${url#file://}" ] || { say "$url"; return 1; }
  done < <(grep -rhoP 'runbook_url: \K.*' "$root/usr/share/doc/siprec-server/examples/prometheus/rules")
}

keeps_edits() {
  echo '# mine' >>"$root/etc/siprec/siprec.yaml"
  install_into && grep -qx '# mine' "$root/etc/siprec/siprec.yaml"
}

check "it installs" install_into
for file in usr/bin/siprec-server usr/bin/siprec-call usr/lib/systemd/system/siprec-server.service \
  usr/lib/sysusers.d/siprec-server.conf usr/lib/sysctl.d/60-siprec-server.conf etc/siprec/siprec.yaml \
  etc/default/siprec-server etc/logrotate.d/siprec-server usr/share/man/man8/siprec-server.8.gz \
  usr/share/man/man1/siprec-call.1.gz usr/share/doc/siprec-server/README.md; do
  check "$file is there" test -s "$root/$file"
done
check "the installed program accepts the installed settings" accepts_settings
unit_here
check "systemd-analyze verify finds nothing" unit_is_clean
check "systemd-analyze security says 3.0 at most" exposure_is_low
check "systemd waits as long as shutting down may take" stop_timeout_covers_drain
check "sysctl reads its file" sysctl_reads_its_file
check "the log is where logrotate and log shippers look" logs_where_shippers_look
check "the documents have links" test "$(links | wc -l)" -gt 200
check "links of the documents lead somewhere" links_lead_somewhere
check "every alert leads to an installed page" alerts_lead_to_pages
check "a second installation keeps what the administrator wrote" keeps_edits
finish
