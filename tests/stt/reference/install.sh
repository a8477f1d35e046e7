#!/usr/bin/env bash
# Installs the providers' client libraries into a directory, once.
#
# usage: install.sh DIRECTORY      exit 0: they are there, 77: npm or the packages are not to be had
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=$1
mkdir -p "$directory"
exec 9>"$directory/lock"
flock 9 # tests run side by side
cmp -s "$here/package.json" "$directory/installed" && exit 0
command -v npm >/dev/null || exit 77
cp "$here/package.json" "$directory/package.json"
(cd "$directory" && npm install --no-package-lock --ignore-scripts --legacy-peer-deps --no-audit \
  --no-fund --loglevel=error >npm.log 2>&1) || exit 77
cp "$here/package.json" "$directory/installed"
