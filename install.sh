#!/usr/bin/env bash
# Makes a Debian 12/13 or Ubuntu 22.04/24.04 machine ready for Parley. Safe to repeat.
#
#   ./install.sh run [-- ARGS]   what is missing is installed; the bridge runs in the foreground, SQLite in ./data
#   ./install.sh test            the same for the tests, then all of them; the last line is "N passed, M failed"
#   sudo ./install.sh            the service: user parley, /opt/parley, /etc/parley, /var/lib/parley, systemd unit
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "install.sh: $*"
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root to run: $*"
  fi
}

# The voices and the music: without them tones take their place, so a distribution that lacks one is no obstacle.
prompt_packages=(
  asterisk-core-sounds-{en,es,fr,it,ru}-g722
  asterisk-moh-opsound-g722
)
test_packages=(sip-tester baresip-core linphone-cli kamailio espeak-ng)

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

apt_updated=no
apt_install() {
  if [ "$apt_updated" = no ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing_of() {
  local package
  for package in "$@"; do installed "$package" || printf '%s ' "$package"; done
}

# Usage: need_packages PACKAGE... ; fails when one cannot be had.
need_packages() {
  local missing
  read -ra missing <<<"$(missing_of "$@")"
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "this is not Debian or Ubuntu: install yourself: ${missing[*]}"
  say "installing ${missing[*]}"
  apt_install "${missing[@]}"
}

want_prompts() {
  local missing package
  read -ra missing <<<"$(missing_of "${prompt_packages[@]}")"
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  apt_install "${missing[@]}" && return
  for package in "${missing[@]}"; do
    apt_install "$package" || say "no $package here: tones take the place of what it says"
  done
}

# npm is only needed to fetch the dependencies, one of which is the Node runtime that everything then uses.
need_npm() {
  command -v npm >/dev/null && return
  need_packages ca-certificates nodejs npm
}

# npm before version 10 does not link the binary of an optional dependency.
link_runtime() {
  local arch
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "only x86-64 and arm64 are supported" ;;
  esac
  [ -x "$1/node-linux-$arch/bin/node" ] || die "npm has not installed node-linux-$arch, the Node runtime"
  ln -sfn "../node-linux-$arch/bin/node" "$1/.bin/node"
}

# Usage: need_modules FOLDER all|production ; skipped when that lock file was installed before.
need_modules() {
  local folder=$1 scope=$2 stamp="$1/node_modules/.parley-installed" lock
  lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
  if [ -f "$stamp" ]; then
    case "$(cat "$stamp")" in
      "$lock all" | "$lock $scope") return ;;
    esac
  fi
  need_npm
  local omit=()
  [ "$scope" = production ] && omit=(--omit=dev)
  say "npm ci"
  (cd "$folder" && npm ci --no-progress --loglevel=error "${omit[@]}") >&2
  link_runtime "$folder/node_modules"
  printf '%s %s' "$lock" "$scope" >"$stamp"
}

run() {
  [ "${1:-}" = -- ] && shift
  want_prompts
  need_modules . production
  NODE_COMPILE_CACHE=node_modules/.cache/parley exec node_modules/.bin/node --max-semi-space-size=4 bridge/main.ts "$@"
}

run_tests() {
  local kamailio=new
  if installed kamailio; then kamailio=known; fi
  need_packages "${test_packages[@]}"
  # The tests start their own; the service that comes with the package would take port 5060.
  if [ $kamailio = new ] && [ -d /run/systemd/system ]; then as_root systemctl disable --quiet --now kamailio; fi
  want_prompts
  need_modules . all
  exec test/all.sh
}

install_service() {
  [ "$(id -u)" = 0 ] || die "the service is installed by root: sudo ./install.sh (or: ./install.sh run)"
  want_prompts
  need_npm
  getent passwd parley >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/parley --no-create-home --shell /usr/sbin/nologin parley

  # A complete copy first, then one rename: a failing installation leaves the running one alone.
  local new=/opt/parley.new
  rm -rf "$new"
  mkdir -p "$new"
  cp -r package.json package-lock.json .npmrc LICENSE NOTICES.md README.md CHANGELOG.md docs common config bridge api media systemd "$new"
  if [ -f /opt/parley/node_modules/.parley-installed ]; then cp -a /opt/parley/node_modules "$new"; fi
  need_modules "$new" production
  chmod -R u=rwX,go=rX "$new"
  rm -rf /opt/parley.old
  if [ -d /opt/parley ]; then mv /opt/parley /opt/parley.old; fi
  mv "$new" /opt/parley
  rm -rf /opt/parley.old

  install -d -m 0750 -o root -g parley /etc/parley
  install -d -m 0750 -o parley -g parley /var/lib/parley
  if [ ! -f /etc/parley/parley.yaml ]; then
    sed 's|^#data_dir: .*|data_dir: /var/lib/parley|' config/parley.example.yaml >/etc/parley/parley.yaml
    chown root:parley /etc/parley/parley.yaml
    chmod 0640 /etc/parley/parley.yaml
  fi
  install -m 0644 systemd/parley.service /etc/systemd/system/parley.service

  # The first key is shown here and not in the journal.
  (cd / && runuser -u parley -- /opt/parley/node_modules/.bin/node /opt/parley/bridge/admin-key.ts --if-none)

  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --quiet parley
    systemctl restart parley
    say "parley runs: systemctl status parley, journalctl -u parley; settings in /etc/parley/parley.yaml"
  else
    say "installed; systemd does not run here, so the service was not started"
  fi
}

case "${1:-service}" in
  run) shift && run "$@" ;;
  test) run_tests ;;
  service) install_service ;;
  *) die "unknown command $1; see the top of this file" ;;
esac
