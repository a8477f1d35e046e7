#!/usr/bin/env bash
# The Debian package lives a whole life on a copy of this machine: installed, upgraded and purged in a
# chroot, then once more under a real systemd, the first process of a container. What the copy can't
# show is that the package's dependencies suffice on a bare system (full.sh does).
#
# usage: system_test.sh DEB
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/stages.sh"
# shellcheck source-path=SCRIPTDIR source=overlay.sh
. "$(dirname "${BASH_SOURCE[0]}")/overlay.sh"
need systemd-nspawn dpkg-deb logrotate tcpdump prometheus prometheus-alertmanager curl unshare
deb=$(realpath "$1")
[ -e "$deb" ] || skip "there is no package $deb: run packaging/deb first"
apart "${BASH_SOURCE[0]}" "$deb"

# Only what the test wants is started there: none of this machine's own services, timers, mounts.
only_the_guest() {
  rm -rf "$root/etc/systemd/system"
  mkdir "$root/etc/systemd/system"
  : >"$root/etc/fstab"
  # Neither the first boot of a new machine nor this one.
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  printf '[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n' >"$root/etc/systemd/system/default.target"
}

make_overlay
make_next_package "$deb" "$work"
cp "$deb" "$root/siprec-server.deb"
cp "$work/next.deb" "$root/next.deb"
only_the_guest
without_systemd
umount "$root/run"
with_systemd "$work"
finish
