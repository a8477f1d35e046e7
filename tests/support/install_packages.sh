#!/usr/bin/env bash
# Installs the npm packages that a package.json names into a directory, once.
#
# usage: install_packages.sh PACKAGE_JSON DIRECTORY
# exit 0: they are there, 77: npm or the packages are not to be had
set -euo pipefail

packages=$1
directory=$2
mkdir -p "$directory"
exec 9>"$directory/lock"
flock 9 # tests run side by side
cmp -s "$packages" "$directory/installed" && exit 0
command -v npm >/dev/null || exit 77
cp "$packages" "$directory/package.json"
# What npm has kept from an earlier build is taken as it is: a slow registry would cost minutes.
(cd "$directory" && npm install --prefer-offline --no-package-lock --ignore-scripts --legacy-peer-deps \
  --no-audit --no-fund --loglevel=error >npm.log 2>&1) || exit 77
cp "$packages" "$directory/installed"
