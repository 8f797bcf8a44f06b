import { expect, it } from "vitest";
import { isEnding, isListening } from "../../../../media/client/host.ts";
import { importing, printedWithoutHandles } from "../../../support/no-handles.ts";

it("a worker that could not be run, where no file handle is left, says why, and killing it kills nothing", () => {
  const printed = printedWithoutHandles(
    `${importing("systemClock", "common/index.ts")} ${importing("createSystemHost", "media/client/host.ts")}`,
    `const handle = createSystemHost(systemClock, undefined).spawn([]);
    handle.kill("SIGKILL");
    console.log((await handle.ended).reason);`,
  );
  expect(printed).toMatch(/^could not be run: spawn .* EMFILE\n$/);
});

it.each([
  ["runs", "node\0main.ts\0", "R", 11, false],
  ["is being killed", "", "R", 11, true],
  ["has lost its first thread", "", "Z", 3, true],
  ["has lost its last one and is not reaped", "", "Z", 1, false],
])("a process that %s", (_, cmdline, state, threads, ends) => {
  const stat = `4711 (a ) name) ${state} 1 4711 4711 0 -1 4194304 99 0 0 0 5 6 0 0 20 0 ${threads} 0 452998 3133440 416`;
  expect(isEnding(cmdline, stat)).toBe(ends);
  expect(isEnding(undefined, undefined)).toBe(false);
});

it("a worker whose process may not be seen is known by the socket on which it listens", () => {
  const sockets = `Num       RefCount Protocol Flags    Type St Inode Path
00000000a1b2c3d4: 00000002 00000000 00010000 0001 01 12345 /run/parley/media-0.sock
00000000a1b2c3d5: 00000003 00000000 00000000 0001 03 12346 /run/parley/media-1.sock
00000000a1b2c3d6: 00000003 00000000 00000000 0001 03 12347
`;
  const paths = ["media-0", "media-1", "media-2"].map((name) => `/run/parley/${name}.sock`);
  expect(paths.map((path) => isListening(path, sockets))).toEqual([true, false, false]);
});
