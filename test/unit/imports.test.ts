// Import directions: api → bridge → media/client → media/protocol, with `common` as a leaf; inside `bridge` and
// `media` the order of the tables below. A folder is entered by its index.ts. The programs of the control process are
// the wiring and may import everything.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Names a module of `bridge/conference` and `bridge/services` by its last part. */
const conference = (...names: string[]) => names.map((name) => `bridge/conference/${name}`);
const services = (...names: string[]) => names.map((name) => `bridge/services/${name}`);
const media = (...names: string[]) => names.map((name) => `media/${name}`);
/** What every module may import. */
const leaves = new Set(["common", "media/tick.ts"]);

/** Module → what it may import besides itself and the leaves. The longest matching name is a file's module. */
const allowed: Record<string, readonly string[]> = {
  common: [],
  "config/layouts": [],
  config: [],

  "media/tick.ts": [],
  "media/figures.ts": [],
  "media/protocol.ts": media("figures.ts"),
  "media/leg-facts.ts": media("protocol.ts"),
  "media/channel": media("protocol.ts"),
  "media/client": media("protocol.ts", "channel", "leg-facts.ts"),
  "media/control": media("protocol.ts", "channel"),
  "media/clock": [],
  "media/files": [],
  "media/dsp": media("protocol.ts"),
  "media/codec": media("dsp"),
  "media/video/types.ts": [],
  "media/video/nal-units.ts": [],
  "media/video/h264-levels.ts": [],
  "media/sdp": media("codec", "srtp", "video/h264-levels.ts", "video/types.ts", "webrtc"),
  "media/rtp": media("codec"),
  "media/srtp": media("rtp"),
  "media/webrtc": media("rtp", "srtp"),
  "media/video/payload": media("rtp", "video/nal-units.ts", "video/types.ts"),
  "media/jitter": media("codec", "dsp", "rtp"),
  "media/playback": media("protocol.ts", "codec", "dsp", "files"),
  "media/record": media("codec", "dsp", "files", "playback"),
  "media/video/stream": media("protocol.ts", "rtp", "sdp", "srtp", "video/payload", "video/types.ts"),
  "media/video/process": ["config/layouts", ...media("video/nal-units.ts", "video/types.ts")],
  "media/video/canvas": media(
    "protocol.ts",
    "video/payload",
    "video/process",
    "video/stream",
    "video/h264-levels.ts",
    "video/types.ts",
  ),
  "media/leg": media(
    "protocol.ts",
    "codec",
    "dsp",
    "jitter",
    "playback",
    "record",
    "rtp",
    "sdp",
    "srtp",
    "video/stream",
    "webrtc",
  ),
  "media/mixer": media(
    "protocol.ts",
    "clock",
    "codec",
    "dsp",
    "leg",
    "playback",
    "record",
    "rtp",
    "sdp",
    "srtp",
    "video/canvas",
    "webrtc",
  ),
  "media/worker": media(
    ...["protocol.ts", "leg-facts.ts", "control", "mixer", "record", "sdp", "srtp"],
    "video/types.ts",
  ),

  "bridge/sip": [],
  "bridge/conference/announcements/clips": media("files"),
  "bridge/conference/announcements/speech": media("protocol.ts"),
  "bridge/conference/rooms": [...conference("announcements/speech"), ...media("client", "protocol.ts")],
  "bridge/conference/chat": [],
  "bridge/conference/members": conference("rooms"),
  "bridge/conference/recordings": [...conference("rooms"), ...media("client", "files", "protocol.ts")],
  "bridge/conference/calls": [
    ...["bridge/sip", ...conference("announcements/speech", "rooms"), ...services("call-records")],
    ...media("client", "protocol.ts"),
  ],
  "bridge/conference/dial-out": [
    ...["bridge/sip", ...conference("calls", "rooms"), ...services("trunks")],
    ...media("client"),
  ],
  "bridge/services/access": [],
  "bridge/services/accounts": ["bridge/sip"],
  "bridge/services/join-tokens": ["bridge/sip", ...conference("members", "rooms")],
  "bridge/services/provisioning": [...conference("members", "rooms"), ...services("access", "join-tokens")],
  "bridge/services/trunks": ["bridge/sip"],
  "bridge/services/call-records": media("protocol.ts"),
  "bridge/services/call-ladders": ["bridge/sip", ...services("call-records")],
  "bridge/services/hep": ["bridge/sip"],
  "bridge/services/live-state": [],
  "bridge/services/nodes": conference("rooms"),
  "bridge/services/events": [
    ...conference("calls", "chat", "recordings", "rooms"),
    ...services("accounts", "nodes"),
    ...media("client", "protocol.ts"),
  ],
  "bridge/services/webhooks": services("events"),
  "bridge/services/mail-invites": [...conference("announcements/speech", "rooms"), ...services("access")],
  "bridge/services/backups": services("store"),
  "bridge/services/store": [
    ...["bridge/sip", ...conference("chat", "dial-out", "members", "recordings", "rooms")],
    ...services("access", "accounts", "call-records", "events", "join-tokens", "mail-invites"),
    ...services("nodes", "provisioning", "webhooks"),
  ],
  "bridge/setup": [
    ...["config", "bridge/sip"],
    ...conference("announcements/speech", "calls", "chat", "dial-out", "members", "recordings", "rooms"),
    ...services("access", "accounts", "call-ladders", "call-records", "events", "hep", "join-tokens"),
    ...services("mail-invites"),
    ...services("backups", "live-state", "nodes", "provisioning", "store", "trunks", "webhooks"),
    ...media("client", "protocol.ts"),
  ],
  "bridge/cli": [
    ...["config", "bridge/setup", "package.json"],
    ...conference("rooms"),
    ...services("backups", "store"),
  ],

  api: [
    ...conference("chat", "members", "recordings", "rooms"),
    ...services(
      "access",
      "accounts",
      "call-ladders",
      "call-records",
      "events",
      "join-tokens",
      "mail-invites",
    ),
    ...services("nodes", "provisioning", "webhooks"),
  ],
};
const wiring = new Set(["bridge/main.ts", "bridge/start.ts", "media/main.ts"]);

const aliases: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).imports;
const modules = Object.keys(allowed).sort((a, b) => b.length - a.length);
const moduleOf = (file: string) =>
  modules.find((name) => file === name || file.startsWith(`${name}/`)) ?? file;

const files = globSync("{common,config,bridge,api,media}/**/*.ts", { cwd: root }).filter(
  (file) => !file.includes("/web/"),
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

const imports = new Map(files.map((file) => [file, importsOf(file)]));
const arrows = files
  .filter((file) => !wiring.has(file))
  .flatMap((file) => (imports.get(file) ?? []).map((target) => ({ file, target })))
  .filter(({ file, target }) => moduleOf(file) !== moduleOf(target));

describe("imports", () => {
  it("are found", () => {
    expect(files.length).toBeGreaterThan(500);
    expect(imports.get("common/index.ts")).toContain("common/clock.ts");
  });

  it("reach only what lies below", () => {
    const wrong = arrows.filter(({ file, target }) => {
      const module = moduleOf(target);
      return !leaves.has(module) && !allowed[moduleOf(file)]?.includes(module);
    });

    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("are allowed only where there are some", () => {
    const used = new Set(arrows.map(({ file, target }) => `${moduleOf(file)} → ${moduleOf(target)}`));
    const allowances = Object.entries(allowed).flatMap(([module, targets]) =>
      targets.map((target) => `${module} → ${target}`),
    );

    expect(allowances.filter((allowance) => !used.has(allowance))).toEqual([]);
  });

  it("inside sip go from the endpoint to the messages", () => {
    const layers = [
      ["message"],
      ["transport"],
      ["routing", "auth", "transaction"],
      ["session", "subscription"],
      ["sip-endpoint.ts"],
      ["registration", "registrar", "request-dispatcher.ts"],
      ["endpoint.ts"],
      ["index.ts"],
    ];
    const layerOf = (file: string) => {
      const [part = ""] = relative("bridge/sip", file).split("/");
      return layers.findIndex((layer) => layer.includes(part));
    };
    const { used, upwards } = layersOf("bridge/sip", layerOf);

    expect(used).toEqual(new Set(layers.keys()));
    expect(upwards).toEqual([]);
  });

  it("inside rooms go from live to policy to records", () => {
    const order = ["records", "policy", "live", ""];
    const layerOf = (file: string) => {
      const [layer = "", below] = relative("bridge/conference/rooms", file).split("/");
      return order.indexOf(below === undefined ? "" : layer);
    };
    const { used, upwards } = layersOf("bridge/conference/rooms", layerOf);

    expect(used).toEqual(new Set([0, 1, 2, 3]));
    expect(upwards).toEqual([]);
  });

  it("enter a folder by its index.ts", () => {
    const past = arrows.filter(({ target }) => {
      const module = moduleOf(target);
      return module !== target && target !== `${module}/index.ts`;
    });

    expect(past.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("have no circle, not even of types", () => {
    expect(circleIn(imports)).toEqual([]);
    const round = new Map([
      ["a", ["b", "c"]],
      ["b", []],
      ["c", ["a"]],
    ]);
    expect(circleIn(round)).toEqual(["a", "c", "a"]);
  });
});

/** The layers of the files in a folder, and its imports that go to a higher one. */
function layersOf(folder: string, layerOf: (file: string) => number) {
  const inside = files.filter((file) => file.startsWith(`${folder}/`));
  const upwards = inside.flatMap((file) =>
    (imports.get(file) ?? [])
      .filter((target) => inside.includes(target) && layerOf(target) > layerOf(file))
      .map((target) => `${file} → ${target}`),
  );
  return { used: new Set(inside.map(layerOf)), upwards };
}

/** The files of one circle in their order, the first one again at the end; empty when there is none. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      const circle = walk(target);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = walk(file);
    if (circle.length > 0) return circle;
  }
  return [];
}
