#!/usr/bin/env bash
# tools/format.sh          lays out every C++ and web file
# tools/format.sh --check  exit 1 and the names of the files that are not laid out
source "$(dirname "${BASH_SOURCE[0]}")/set-up.sh"
cd "$root"
mapfile -t files < <(git ls-files '*.cpp' '*.hpp')
find_node
if [ "${1:-}" = --check ]; then
  clang-format --dry-run --Werror "${files[@]}"
  cd web && npx --no-install prettier --check src tests tools vite.config.mjs --log-level warn
else
  clang-format -i "${files[@]}"
  cd web && npx --no-install prettier --write src tests tools vite.config.mjs --log-level warn
fi
