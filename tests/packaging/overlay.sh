# A copy of this machine to install things into: an overlay in memory over its own root. Nothing is
# downloaded, nothing here is changed, and whatever is mounted goes with the process that did it.
# shellcheck shell=bash

root=  # the copy, once make_overlay made it
work=  # a directory in memory beside it

# with_own_mounts SCRIPT ARGUMENT...: starts SCRIPT again in a mount namespace of its own (and a network
# of its own, where $SRS_UNSHARE says --net), or skips the test where the machine allows none.
with_own_mounts() {
  [ -z "${SRS_OWN_MOUNTS:-}" ] || return 0
  [ "$(id -u)" -eq 0 ] || skip "only root may make a system to install into"
  # shellcheck disable=SC2086
  unshare --mount ${SRS_UNSHARE:-} true 2>/dev/null || skip "the kernel refuses namespaces here"
  # shellcheck disable=SC2086
  SRS_OWN_MOUNTS=yes exec unshare --mount ${SRS_UNSHARE:-} --propagation private bash "$@"
}

# Lazily: a test that failed may have left somebody running.
remove_overlay() {
  umount -l -R "$work" 2>/dev/null || true
  rmdir "$work" || true
}

# Its /run is empty: in a chroot nobody may take this machine's systemd for the copy's.
make_overlay() {
  work=$(mktemp -d)
  root=$work/root
  trap remove_overlay EXIT
  { mount -t tmpfs -o mode=755,size=1g tmpfs "$work" &&
    mkdir "$root" "$work/upper" "$work/overlay" &&
    mount -t overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/overlay" overlay "$root" &&
    mount -t tmpfs -o mode=755 tmpfs "$root/run"; } ||
    skip "the kernel refuses overlay mounts here"
  # Neither a daemon's veto nor a rebuilt index of all manuals (man-db's trigger).
  rm -rf "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update"
}
