#!/usr/bin/env bash
# Makes a Debian 12/13 or Ubuntu 22.04/24.04 machine ready for Parley, runs it, tests it, or installs it as a service.
# `./install.sh help` prints the usage. Safe to repeat; docs/install.md lists all that it changes.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
  cat <<'END'
Usage: ./install.sh COMMAND

  run [-- ARGS]        installs what is missing and runs the bridge in the foreground, with its database in ./data
  test [PROJECT...] [-- PATH...]
                       installs what the tests need and runs them: all, or of the projects unit, scenario, interop and
                       bare (bare machines, made and thrown away; needs root), in files whose path contains a PATH;
                       the last line is "N passed, M failed"
  service              installs or upgrades the service (root): /opt/parley, /etc/parley, /var/lib/parley, parley.service;
                       without a command the same
  uninstall [--purge]  stops and removes the service (root); configuration, data and recordings stay unless --purge
  help                 this text

ARGS go to the bridge: ./install.sh run -- --config FILE
END
}

say() { printf '%s\n' "$*" >&2; }
die() {
  say "install.sh: $*"
  exit 1
}

program=/opt/parley
settings=/etc/parley
data=/var/lib/parley
unit=/etc/systemd/system/parley.service
wanted=/etc/systemd/system/multi-user.target.wants/parley.service
command_link=/usr/local/bin/parley

# How long other users of apt may keep it, and how long the service may take until it is up.
apt_wait_seconds=600
start_wait_seconds=90

# The voices and the music: without them tones take their place, so a distribution that lacks one is no obstacle.
prompt_packages=(
  asterisk-core-sounds-{en,es,fr,it,ru}-g722
  asterisk-moh-opsound-g722
)
# For the names in the pictures of video rooms; fonts-noto-cjk, which is large, is left to those who need it.
font_packages=(fonts-dejavu-core fonts-noto-core)
test_packages=(chromium curl iproute2 sip-tester baresip-core linphone-cli kamailio kamailio-tls-modules espeak-ng tshark
  coturn nftables)
bare_machine_packages=(debootstrap debian-archive-keyring)

# --- root and the distribution's packages ---

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Whether this user may become root, if need be by typing a password.
can_be_root() {
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || return
  sudo -n true 2>/dev/null || [ -t 0 ]
}

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

missing_of() {
  local package
  for package in "$@"; do installed "$package" || printf '%s ' "$package"; done
}

# Usage: apt_get ARGS... ; waits for other users of apt, and leaves apt's reason in apt_reason when it fails.
apt_reason=
apt_get() {
  local output deadline=$((SECONDS + apt_wait_seconds)) told=no
  while ! output=$(as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -qq -o DPkg::Lock::Timeout=20 "$@" 2>&1 </dev/null); do
    apt_reason=$(grep '^E: ' <<<"$output" | tail -n 1 | cut -c 4- || true)
    [ -n "$apt_reason" ] || apt_reason=$(tail -n 1 <<<"$output")
    case $output in
      *"ould not get lock"* | *"nable to acquire the dpkg frontend lock"* | *"nable to lock"*) ;;
      *) return 1 ;;
    esac
    [ $SECONDS -lt $deadline ] || return 1
    if [ $told = no ]; then
      say "another program uses apt; waiting until it has finished, at most $((apt_wait_seconds / 60)) minutes"
      told=yes
    fi
    sleep 2
  done
}

apt_updated=no
apt_update() {
  [ $apt_updated = yes ] && return
  apt_get update || return 1
  apt_updated=yes
}

apt_install() {
  apt_update && apt_get install -y --no-install-recommends "$@"
}

# Usage: need_packages PACKAGE... ; ends the installation when one cannot be had.
need_packages() {
  local missing
  read -ra missing <<<"$(missing_of "$@")"
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "this is not Debian or Ubuntu: install yourself: ${missing[*]}"
  can_be_root || die "this user may not install packages; type: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  apt_install "${missing[@]}" || die "apt could not install ${missing[*]}: $apt_reason"
}

# Usage: want_packages WHAT WITHOUT GUIDE PACKAGE... ; WITHOUT: what it is like where they cannot be had, which is no obstacle.
want_packages() {
  local what=$1 without=$2 guide=$3 missing package available=() absent=()
  shift 3
  read -ra missing <<<"$(missing_of "$@")"
  [ ${#missing[@]} = 0 ] && return
  if ! command -v apt-get >/dev/null; then
    say "this is not Debian or Ubuntu: $without until you install the $what ($guide)"
    return
  fi
  local advice="to have them: sudo apt-get install ${missing[*]}"
  if ! can_be_root; then
    say "the $what are missing and this user may not install packages: $without; $advice"
    return
  fi
  if ! apt_update; then
    say "the $what could not be installed ($apt_reason): $without; $advice"
    return
  fi
  for package in "${missing[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then available+=("$package"); else absent+=("$package"); fi
  done
  [ ${#absent[@]} = 0 ] || say "no ${absent[*]} in this machine's package sources: $without"
  [ ${#available[@]} = 0 ] && return
  say "installing ${available[*]}"
  apt_install "${available[@]}" ||
    say "the $what could not be installed ($apt_reason): $without; $advice"
}

want_prompts_and_fonts() {
  want_packages voices "tones take their place" docs/prompts.md "${prompt_packages[@]}"
  want_packages fonts "pictures have no names" docs/video.md "${font_packages[@]}"
}

# --- the dependencies from the npm registry ---

machine_arch() {
  case "$(uname -m)" in
    x86_64) echo x64 ;;
    aarch64) echo arm64 ;;
    *) die "only x86-64 and arm64 are supported, and this machine is $(uname -m)" ;;
  esac
}

tools=
remove_tools() {
  if [ -n "$tools" ]; then rm -rf "$tools"; fi
  tools=
}
trap remove_tools EXIT

# Usage: npm_failed EXIT_CODE
npm_failed() {
  die "npm could not fetch the dependencies (exit code $1; its reason stands above). It asks" \
    "$(npm config get registry 2>/dev/null || echo 'its registry'); a proxy, a mirror or a certificate is set with npm config"
}

# Fetches a Node and an npm that are known to work, with whatever npm the machine has: an npm that runs under an old
# Node leaves out, without a word, optional packages which name a newer one. Takes `arch` and sets `node`.
fetch_tools() {
  [ -z "$tools" ] || return 0
  command -v npm >/dev/null || need_packages ca-certificates nodejs npm
  tools=$(mktemp -d)
  cp install/npm/package.json install/npm/package-lock.json .npmrc "$tools"
  (cd "$tools" && npm ci --no-progress --loglevel=error) >&2 || npm_failed $?
  node=$tools/node_modules/node-linux-$arch/bin/node
  [ -x "$node" ] || die "npm has not fetched node-linux-$arch, the Node runtime"
}

npm_ci() {
  local folder=$1 global_settings
  shift
  # Where the machine's own npm looks for its settings; ours would look beside its own Node.
  global_settings=$(npm config get globalconfig)
  (cd "$folder" && npm_config_globalconfig=$global_settings PATH="$(dirname "$node"):$PATH" \
    "$node" "$tools/node_modules/npm/bin/npm-cli.js" ci --no-progress --loglevel=error "$@") >&2 || npm_failed $?
}

# Usage: need_modules FOLDER all|production ; skipped when that lock file was installed here before.
need_modules() {
  local folder=$1 scope=$2 stamp="$1/node_modules/.parley-installed" arch lock omit=() node
  arch=$(machine_arch)
  lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
  if [ -f "$stamp" ]; then
    case "$(cat "$stamp")" in
      "$lock all $arch" | "$lock $scope $arch") return ;;
    esac
  fi
  [ "$scope" = production ] && omit=(--omit=dev)
  say "fetching the dependencies with npm"
  fetch_tools
  npm_ci "$folder" "${omit[@]}"
  # npm links the binary of an optional dependency, unless another of the two was linked before.
  ln -sfn "../node-linux-$arch/bin/node" "$folder/node_modules/.bin/node"
  "$node" install/check-modules.ts "$folder" "$scope" || die "npm has not installed what this machine needs (see above)"
  printf '%s %s %s' "$lock" "$scope" "$arch" >"$stamp"
  remove_tools
}

# The page that browsers join by, built from api/web unless that was done since its sources changed last.
need_page() {
  local folder=$1 page=$1/api/web/dist/index.html
  if [ -f "$page" ] && [ -z "$(find "$folder/api/web" "$folder/package-lock.json" -path '*/dist' -prune -o -newer "$page" -print -quit)" ]; then
    return
  fi
  say "building the join page"
  (cd "$folder" && node_modules/.bin/node node_modules/vite/bin/vite.js build --config api/web/vite.config.ts) >&2 ||
    die "the join page could not be built (see above)"
}

# --- the commands ---

# For `npx parley`: an npm before 9 looks for commands there alone.
link_command() { ln -sfn ../../bin/parley node_modules/.bin/parley; }

run() {
  [ "${1:-}" = -- ] && shift
  want_prompts_and_fonts
  need_modules . production
  need_page .
  link_command
  NODE_COMPILE_CACHE=node_modules/.cache/parley exec node_modules/.bin/node --max-semi-space-size=4 bridge/start.ts "$@"
}

# Without debootstrap the tests on bare machines are skipped, and say so.
want_bare_machines() {
  local missing
  read -ra missing <<<"$(missing_of "${bare_machine_packages[@]}")"
  [ ${#missing[@]} = 0 ] && return
  if ! command -v apt-get >/dev/null || ! can_be_root; then
    say "*** bare machines cannot be made here: ${missing[*]} cannot be installed ***"
    return
  fi
  say "installing ${missing[*]}"
  apt_install "${missing[@]}" || say "*** bare machines cannot be made here: $apt_reason ***"
}

run_tests() {
  local project service strange=()
  for project in "$@"; do
    case $project in
      --) break ;;
      unit | scenario | interop) ;;
      bare) want_bare_machines ;;
      *) die "there is no test project $project; there are unit, scenario, interop and bare" ;;
    esac
  done
  for service in kamailio coturn; do installed "$service" || strange+=("$service"); done
  need_packages "${test_packages[@]}"
  # The tests start their own; the services that come with the packages would take ports such as 5060.
  if [ -d /run/systemd/system ]; then
    for service in "${strange[@]}"; do as_root systemctl disable --quiet --now "$service"; done
  fi
  want_prompts_and_fonts
  need_modules . all
  need_page .
  link_command
  exec test/all.sh "$@"
}

need_root() { [ "$(id -u)" = 0 ] || die "$1"; }

systemd_runs() { [ -d /run/systemd/system ]; }

state_of() { systemctl show -p "$1" --value parley; }

# Stops the running service for good: it waits for its calls; says for how many and how long.
stop_service() {
  local node=$1 calls seconds
  systemd_runs || return 0
  if ! systemctl is-active --quiet parley; then
    systemctl stop parley 2>/dev/null || true
    return
  fi
  read -r calls seconds <<<"$("$node" install/service-probe.ts "$(state_of MainPID)" calls || true)"
  case $calls in
    0) ;;
    "" | "?") say "stopping parley: it waits until the calls that are up have ended, at most ${seconds:-node.drain_seconds} s" ;;
    *)
      if [ "$calls" = 1 ]; then calls="1 call has ended"; else calls="$calls calls have ended"; fi
      say "stopping parley: it waits until $calls, at most $seconds s (node.drain_seconds);" \
        "to end them at once: systemctl kill --kill-whom=main -s TERM parley"
      ;;
  esac
  systemctl stop parley
}

# Prints the service's log since a time for the administrator: its messages, or else its last lines.
show_service_log() {
  local lines
  lines=$(journalctl -q -u parley -o cat --no-pager --since "@$1" 2>/dev/null || true)
  if grep -q '^parley: ' <<<"$lines"; then
    grep '^parley: ' <<<"$lines" | tail -n 1 >&2
  else
    tail -n 5 <<<"$lines" >&2
  fi
}

# Media workers outlive a control process that was killed, or stopped while it started, for a while: nothing will come back to them.
end_media_workers() {
  local process ended=no
  for process in /proc/[0-9]*; do
    if [ "$(stat -c %U "$process" 2>/dev/null)" = parley ]; then
      kill -KILL "${process#/proc/}" 2>/dev/null || true
      ended=yes
    fi
  done
  if [ $ended = yes ]; then sleep 1; fi
}

# How the service gets another version: a restart leaves its calls to the next process.
say_calls_go_on() {
  local calls
  read -r calls _ <<<"$("$1" install/service-probe.ts "$(state_of MainPID)" calls || true)"
  case $calls in
    0 | "" | "?") ;;
    1) say "1 call is up and goes on" ;;
    *) say "$calls calls are up and go on" ;;
  esac
}

# Starts the service, or starts it again, and waits until it is up itself, and not another program on its port.
start_service() {
  local since deadline
  since=$(date +%s)
  deadline=$((SECONDS + start_wait_seconds))
  systemctl daemon-reload
  systemctl enable --quiet parley
  systemctl reset-failed parley 2>/dev/null || true
  systemctl restart parley || true
  while [ $SECONDS -lt $deadline ]; do
    case "$(state_of ActiveState)" in
      active)
        if "$program/node_modules/.bin/node" install/service-probe.ts "$(state_of MainPID)" health; then return; fi
        ;;
      failed)
        show_service_log "$since"
        die "parley did not start; when the cause is mended: systemctl start parley"
        ;;
    esac
    sleep 0.5
  done
  show_service_log "$since"
  die "parley is not up after $start_wait_seconds s (systemctl status parley, journalctl -u parley)"
}

# Whether a version would start with the configuration of the service that runs: asked as its user, in its environment, under its limits.
accepts_configuration() {
  local new=$1 environment
  environment=/proc/$(state_of MainPID)/environ
  (
    local name pair
    for name in $(compgen -e); do unset "$name"; done
    # Not by `env`: other users can see the arguments of a process, which may contain a key.
    while IFS= read -r -d '' pair; do export "${pair?}" 2>/dev/null || true; done <"$environment"
    ulimit -n 65536 2>/dev/null || true
    cd /
    exec runuser -u parley -- "$new/bin/parley" check-config >&2
  )
}

# Puts a complete new copy in place with one rename: an installation that fails leaves the running one alone.
replace_program() {
  local new=$1
  rm -rf "$program.old"
  if [ -d "$program" ]; then mv "$program" "$program.old"; fi
  mv "$new" "$program"
  rm -rf "$program.old"
}

install_service() {
  need_root "the service is installed by root: sudo ./install.sh (or without it: ./install.sh run)"
  want_prompts_and_fonts
  getent passwd parley >/dev/null ||
    useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin parley

  local new=$program.new
  rm -rf "$new"
  mkdir -p "$new"
  cp -r package.json package-lock.json .npmrc tsconfig.json LICENSE NOTICES.md README.md CHANGELOG.md install.sh \
    docs common config bridge api media systemd install bin "$new"
  # As links: npm removes files and never writes into them.
  if [ -f "$program/node_modules/.parley-installed" ]; then cp -al "$program/node_modules" "$new"; fi
  need_modules "$new" production
  need_page "$new"
  chown -R root:root "$new"
  chmod -R u=rwX,go=rX "$new"

  install -d -m 0750 -o root -g parley "$settings"
  install -d -m 0750 -o parley -g parley "$data"
  if [ ! -f "$settings/parley.yaml" ]; then
    sed "s|^#data_dir: .*|data_dir: $data|" config/parley.example.yaml >"$settings/parley.yaml"
    chown root:parley "$settings/parley.yaml"
    chmod 0640 "$settings/parley.yaml"
  fi

  # The probe of this version asks the running one. What runs of the old version is replaced in a moment, without its calls.
  if systemd_runs && systemctl is-active --quiet parley; then
    accepts_configuration "$new" ||
      die "this version would not start with the configuration in $settings: nothing is changed, and parley runs as before"
    (cd "$new" && say_calls_go_on "$new/node_modules/.bin/node")
  fi
  replace_program "$new"
  cd "$program"
  install -D -m 0644 systemd/parley.service "$unit"
  ln -sfn "$program/bin/parley" "$command_link"

  # The first key is shown here and not in the journal.
  (cd / && runuser -u parley -- "$program/bin/parley" key new --if-none)

  if systemd_runs; then
    start_service
    say "parley runs: systemctl status parley, journalctl -u parley; settings in $settings/parley.yaml"
  else
    install -d -m 0755 "$(dirname "$wanted")"
    ln -sfn "$unit" "$wanted"
    say "installed; systemd does not run here: the service starts when the machine next boots with it"
  fi
}

uninstall() {
  local purge=no
  case "${1:-}" in
    "") ;;
    --purge) purge=yes ;;
    *) die "uninstall takes --purge or nothing, not $1" ;;
  esac
  need_root "the service is removed by root: sudo ./install.sh uninstall"
  if [ -x "$program/node_modules/.bin/node" ]; then stop_service "$program/node_modules/.bin/node"; fi
  if systemd_runs && [ -f "$unit" ]; then systemctl disable --quiet --now parley; fi
  end_media_workers
  rm -f "$unit" "$wanted"
  if systemd_runs; then systemctl daemon-reload; fi
  if [ "$(readlink "$command_link" || true)" = "$program/bin/parley" ]; then rm -f "$command_link"; fi
  cd /
  rm -rf "$program" "$program.old" "$program.new"
  if [ $purge = yes ]; then
    rm -rf "$settings" "$data"
    if getent passwd parley >/dev/null; then userdel parley; fi
    say "parley is removed, with its configuration, data and user; recordings kept outside $data and packages stay"
  else
    say "parley is removed; $settings and $data stay (./install.sh uninstall --purge removes them and the user), and so" \
      "do the distribution's packages"
  fi
}

command=${1:-service}
[ $# = 0 ] || shift
case $command in
  run) run "$@" ;;
  test) run_tests "$@" ;;
  service) install_service ;;
  uninstall) uninstall "$@" ;;
  help | --help | -h) usage ;;
  *)
    usage >&2
    die "there is no command $command"
    ;;
esac
