#!/usr/bin/env bash
# The Debian package lives a whole life on a copy of this machine: installed, upgraded and purged in a
# chroot, then once more under a real systemd, the first process of a container. The copy is an overlay
# in memory over this machine's own root, so nothing is downloaded and nothing here is changed; what
# it can't show is that the package's dependencies suffice on a bare system (full.sh does).
#
# usage: system_test.sh DEB
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need systemd-nspawn dpkg-deb logrotate tcpdump prometheus prometheus-alertmanager curl unshare
[ "$(id -u)" -eq 0 ] || skip "only root may make a system to install into"
deb=$(realpath "$1")
[ -e "$deb" ] || skip "there is no package $deb: run packaging/deb first"
# All mounts are ours alone and go with this process, however it ends.
if [ -z "${SRS_OWN_MOUNTS:-}" ]; then
  unshare --mount true 2>/dev/null || skip "the kernel refuses a mount namespace here"
  SRS_OWN_MOUNTS=yes exec unshare --mount --propagation private bash "${BASH_SOURCE[0]}" "$deb"
fi
# shellcheck source-path=SCRIPTDIR source=stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/stages.sh"

work=$(mktemp -d)
root=$work/root
trap 'umount -R "$work" 2>/dev/null; rmdir "$work"' EXIT

make_root() {
  mount -t tmpfs -o mode=755,size=1g tmpfs "$work" &&
    mkdir "$root" "$work/upper" "$work/overlay" &&
    mount -t overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/overlay" overlay "$root" &&
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
}

# Only what the test wants is started there: none of this machine's own services, timers, mounts.
strip_root() {
  cp "$deb" "$root/siprec-server.deb"
  cp "$work/next.deb" "$root/next.deb"
  rm -rf "$root/etc/systemd/system" "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update"
  mkdir "$root/etc/systemd/system"
  : >"$root/etc/fstab"
  # Neither the first boot of a new machine nor this one.
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  printf '[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n' >"$root/etc/systemd/system/default.target"
}

make_root || skip "the kernel refuses overlay mounts here"
make_next_package "$deb" "$work"
strip_root
without_systemd
umount "$root/run"
with_systemd "$work"
finish
