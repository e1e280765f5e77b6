#!/usr/bin/env bash
# Terraform's own checks: format, then `validate` and `test` of the root module and of each module. One line for each,
# `ok` or `not ok`, with what Terraform said where it is not; exits with 1 where any is not.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD

# Where a machine without the registry has its providers.
# shellcheck source=/dev/null
[ ! -f ../shared/tools/terraform-env.sh ] || . ../shared/tools/terraform-env.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=$work/failed

check() { # name, command…
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "ok      $name"
  else
    touch "$failed"
    printf 'not ok  %s\n%s\n' "$name" "$said"
  fi
}

# Providers are a download of 150 MB where there is no mirror: once for all modules. The cache takes one writer at a time.
export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-$work/plugins}
mkdir -p "$TF_PLUGIN_CACHE_DIR"

# A copy, so that nothing is left in the tree, and nothing that was left there decides.
tar --exclude .terraform --exclude '*.tfstate*' --exclude .terraform.lock.hcl -cf - terraform datasets | tar -xf - -C "$work"

# What the root module's tests are tried with. Their documents are resolved by the tree's own Node.
check 'terraform: test datasets' "$root/node_modules/.bin/node" --disable-warning=ExperimentalWarning \
  "$root/scripts/resolve-datasets.ts" "$work/terraform/tests/datasets/valid" "$work/terraform/tests/datasets/resolved.json"

readme_names_all() { # of the module in the working directory
  local name status=0
  for name in $(sed -nE 's/^(variable|output) "(.*)" \{$/\2/p' variables.tf outputs.tf); do
    grep -qF "| \`$name\` |" README.md || { echo "README.md lacks $name"; status=1; }
  done
  return "$status"
}

module_checks() { # the module's folder
  cd "$work/$1" || return 1
  check "$1: README" readme_names_all
  check "$1: validate" terraform validate -no-color
  check "$1: test" terraform test -no-color
}

if ! command -v terraform >/dev/null; then
  echo 'not ok  terraform is missing (1.11 or later)'
  exit 1
fi

check 'terraform: format' terraform fmt -check -diff -recursive "$root/terraform"
modules=(terraform terraform/modules/*)
for module in "${modules[@]}"; do
  check "$module: init" terraform -chdir="$work/$module" init -backend=false -input=false -no-color
done
for module in "${modules[@]}"; do
  # Two at a time: each starts the provider, which takes a core and some 500 MB.
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  module_checks "$module" &
done
wait
[ ! -e "$failed" ]
