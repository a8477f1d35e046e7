# A copy of this machine to install things into: an overlay in memory over its own root. Nothing is
# downloaded, nothing here is changed, and whatever is mounted or runs goes with the test.
# shellcheck shell=bash

root=  # the copy, once make_overlay made it
work=  # a directory in memory beside it

# apart SCRIPT ARGUMENT...: starts SCRIPT again with mounts, processes and a network (down as yet) of
# its own, or skips the test where the machine allows none.
apart() {
  [ -z "${SRS_APART:-}" ] || return 0
  [ "$(id -u)" -eq 0 ] || skip "only root may make a system to install into"
  local own=(unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private)
  "${own[@]}" true 2>/dev/null || skip "the kernel refuses namespaces here"
  SRS_APART=yes exec "${own[@]}" bash "$@"
}

# Lazily: a test that failed may have left somebody running, who ends with this script.
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
