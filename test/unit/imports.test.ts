// Imports point one way: api → bridge → media/client → media/protocol, and `common` is a leaf. The programs of the
// control process are the wiring and may import everything.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Module → what it may import besides itself. The longest matching name is a file's module. */
const allowed: Record<string, readonly string[]> = {
  common: [],
  config: ["common"],
  "media/figures.ts": ["common"],
  "media/protocol.ts": ["common", "media/figures.ts"],
  "media/channel": ["common", "media/protocol.ts"],
  "media/client": ["common", "media/protocol.ts", "media/channel"],
  media: ["common", "media/protocol.ts", "media/channel"],
  "bridge/sip": ["common"],
  "bridge/access": ["common"],
  "bridge/events": ["common", "bridge/recordings", "bridge/rooms", "bridge/servers"],
  "bridge/webhooks": ["common", "bridge/events"],
  "bridge/store": [
    ...["common", "bridge/access", "bridge/cdr", "bridge/dialout", "bridge/events", "bridge/invitations"],
    ...["bridge/recordings", "bridge/rooms", "bridge/servers", "bridge/webhooks"],
  ],
  "bridge/trunks": ["common", "bridge/sip"],
  "bridge/cdr": ["common", "media/protocol.ts"],
  "bridge/speech": ["common", "media/protocol.ts"],
  "bridge/clips": ["common"],
  "bridge/rooms": ["common", "bridge/store", "bridge/speech", "media/client", "media/protocol.ts"],
  "bridge/recordings": ["common", "bridge/rooms", "media/client", "media/protocol.ts"],
  "bridge/invitations": ["common", "bridge/access", "bridge/rooms", "bridge/speech"],
  "bridge/servers": ["common", "bridge/rooms"],
  "bridge/calls": [
    ...["common", "bridge/cdr", "bridge/rooms", "bridge/sip", "bridge/speech"],
    ...["media/client", "media/protocol.ts"],
  ],
  "bridge/dialout": ["common", "bridge/calls", "bridge/rooms", "bridge/sip", "bridge/trunks"],
  "bridge/daemon": [
    ...["common", "config", "bridge/access", "bridge/calls", "bridge/cdr", "bridge/dialout"],
    ...["bridge/events", "bridge/invitations", "bridge/recordings", "bridge/rooms", "bridge/servers"],
    ...["bridge/sip", "bridge/speech", "bridge/store", "bridge/trunks", "bridge/webhooks"],
    ...["media/client", "media/protocol.ts"],
  ],
  "bridge/cli": ["common", "config", "bridge/daemon", "bridge/rooms", "bridge/store", "package.json"],
  api: [
    ...["common", "bridge/access", "bridge/cdr", "bridge/events", "bridge/invitations"],
    ...["bridge/recordings", "bridge/rooms", "bridge/servers", "bridge/webhooks"],
  ],
};
const wiring = new Set(["bridge/main.ts", "bridge/start.ts"]);

const aliases: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).imports;
const modules = Object.keys(allowed).sort((a, b) => b.length - a.length);
const moduleOf = (file: string) => modules.find((name) => file === name || file.startsWith(`${name}/`));

const files = globSync("{common,config,bridge,api,media}/**/*.ts", { cwd: root }).filter(
  (file) => !wiring.has(file) && !file.includes("/web/"),
);

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const specifiers = source.matchAll(/^(?:import|export)\s[^"';]*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm);
  return [...specifiers].flatMap(([, from, dynamic]) => {
    const specifier = from ?? dynamic ?? "";
    if (specifier.startsWith("#"))
      return [relative(root, join(root, aliases[specifier] ?? `unknown ${specifier}`))];
    return specifier.startsWith(".") ? [relative(root, join(root, dirname(file), specifier))] : [];
  });
}

describe("imports", () => {
  it("sees the tree", () => {
    expect(files.length).toBeGreaterThan(10);
    expect(importsOf("common/index.ts")).toContain("common/clock.ts");
  });

  it.each(files)("%s imports only what lies below it", (file) => {
    const own = moduleOf(file) ?? "";
    const wrong = importsOf(file).filter((target) => {
      const module = moduleOf(target) ?? target;
      return module !== own && !allowed[own]?.includes(module);
    });

    expect(wrong).toEqual([]);
  });
});
