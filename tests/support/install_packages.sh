#!/usr/bin/env bash
# Installs the npm packages that a package.json names into a directory, once. Of a package that its
# `keeps` has, those files alone: one has descriptions of thousands of services, of which two are read.
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
(cd "$directory" && node -e '
  const fs = require("fs");
  const { keeps = {} } = JSON.parse(fs.readFileSync("package.json"));
  for (const [name, files] of Object.entries(keeps)) {
    const [whole, kept] = [`node_modules/${name}`, `node_modules/.kept-${process.pid}`];
    for (const file of files) fs.cpSync(`${whole}/${file}`, `${kept}/${file}`);
    fs.rmSync(whole, { recursive: true });
    fs.renameSync(kept, whole);
  }')
cp "$packages" "$directory/installed"
