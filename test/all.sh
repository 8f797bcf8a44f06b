#!/usr/bin/env bash
# Every check and every test, or those of the projects that are named, in the order in which they fail fastest. The last
# line is "N passed, M failed".
#
#   test/all.sh [PROJECT...] [-- PATH...]   unit, scenario, interop (these three when none is named), bare;
#                                           of them the files whose path contains a PATH
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
PATH="$PWD/node_modules/.bin:$PATH"
unset "${!PARLEY_@}"

projects=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  projects+=("$1")
  shift
done
[ ${#projects[@]} -gt 0 ] || projects=(unit scenario interop)
[ $# = 0 ] || shift
paths=("$@")

passed=0
failed=0

# Usage: step COMMAND... ; a step without tests of its own counts as one.
step() {
  printf '\n== %s\n' "$*"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

step biome ci --error-on-warnings .
step tsc
step tsc -p api/web

report=$(mktemp)
trap 'rm -f "$report"' EXIT
printf '\n== vitest run %s\n' "${projects[*]}"
vitest run "${projects[@]/#/--project=}" "${paths[@]}" --reporter=default --reporter=json --outputFile.json="$report"
status=$?
# shellcheck disable=SC2046 # two numbers
set -- $(node -e '
  const { readFileSync } = require("node:fs");
  let report = {};
  try { report = JSON.parse(readFileSync(process.argv[1], "utf8")); } catch {}
  for (const { status, fullName } of (report.testResults ?? []).flatMap((file) => file.assertionResults)) {
    if (status !== "passed" && status !== "failed") console.error(`*** SKIPPED: ${fullName} ***`);
  }
  console.log(report.numPassedTests ?? 0, report.numFailedTests ?? 0);
' "$report")
passed=$((passed + $1))
failed=$((failed + $2))
# A file that does not load or an unhandled error fails the run without failing a test.
if [ $status != 0 ] && [ "$2" = 0 ]; then failed=$((failed + 1)); fi

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
