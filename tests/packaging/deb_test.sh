#!/usr/bin/env bash
# The Debian package, looked at without installing it: control data, files, dependencies, lintian.
#
# usage: deb_test.sh BUILD_DIRECTORY DEB
#
#   DEB  where a package that holds is put, for those who install it
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need dpkg-deb dpkg-shlibdeps lintian cpack

build=$(realpath "$1")
kept=$2
rm -f "$kept"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_package() { (cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work"); }
field() { dpkg-deb --field "$deb" "$1"; }

depends_on_libraries() {
  local library
  for library in libc6 libsofia-sip-ua0 libspdlog libsystemd0 libsndfile1 libxml2 libyaml-cpp adduser; do
    field Depends | grep -q "$library" || { say "no $library in: $(field Depends)"; return 1; }
  done
  # Nothing but what the programs load: no headers, no build tools.
  ! field Depends | grep -E -- '-dev|gtest|cmake'
}

is_stripped() { file "$work/tree/usr/bin/siprec-server" | grep -q ', stripped'; }

# No path of the machine that built it.
tells_no_build_path() { ! grep -rlF "$build" "$work/tree"; }

owned_by_root() { ! dpkg-deb --contents "$deb" | awk '$2 != "root/root" {print; bad = 1} END {exit !bad}'; }

scripts_are_executable() {
  local script
  for script in postinst prerm postrm; do [ -x "$work/tree/DEBIAN/$script" ] || return 1; done
}

lintian_is_quiet() {
  local output
  output=$(lintian --allow-root --tag-display-limit 0 --fail-on none "$deb")
  say "$output"
  ! grep -q '^[EW]:' <<<"$output"
}

check "cpack makes it" make_package
deb=$(find "$work" -maxdepth 1 -name 'siprec-server_*.deb' | head -n 1)
[ -n "$deb" ] || { say "there is no package"; exit 1; }
mkdir "$work/tree"
check "it can be taken apart" dpkg-deb --raw-extract "$deb" "$work/tree"
check "its name is siprec-server" test "$(field Package)" = siprec-server
check "it depends on the libraries that it loads, and on no tools" depends_on_libraries
check "its settings are conffiles" test "$(sort "$work/tree/DEBIAN/conffiles" | xargs)" = \
  "/etc/default/siprec-server /etc/logrotate.d/siprec-server /etc/siprec/siprec.yaml"
check "its scripts are executable" scripts_are_executable
check "everything belongs to root" owned_by_root
check "its programs are stripped" is_stripped
check "it names no path of the machine that built it" tells_no_build_path
check "it carries no recordings and no logs" fails test -e "$work/tree/var"
check "lintian finds no errors and no warnings" lintian_is_quiet
cp "$deb" "$kept"
finish
