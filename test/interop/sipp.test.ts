// SIPp, a phone of other people's making, plays its scenarios against the running bridge.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { encodeG711, eventually } from "../support/phone/index.ts";
import { sines } from "../support/tones.ts";
import { Line } from "./line.ts";
import { type CallerOptions, sipp } from "./sipp.ts";

const tone = { frequency: 620, levelDbov: -20 };
/** SIPp sends keys through a raw socket. */
const isRoot = process.getuid?.() === 0;

let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-"));
  await writeFile(join(folder, "tone.ulaw"), encodeG711("PCMU", sines([tone], 8000 * 20)));
  parley = await ParleyProcess.start();
});
afterEach(() => parley.hangUpAll());
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

function play(
  scenario: string,
  extension: string,
  options: Partial<Pick<CallerOptions, "keywords" | "server">> = {},
) {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  return sipp(scenario, { server: parley.sip, extension, folder, ...options });
}

/** How many calls to that extension were answered and acknowledged; waits for the first. */
function confirmed(extension: string): Promise<number> {
  const entries = () =>
    parley.logs
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return eventually(
    () => {
      const arrived = entries().filter(({ msg, to }) => msg === "call arrived" && to === extension);
      const ids = new Set(arrived.map(({ callId }) => callId));
      const calls = entries().filter(
        ({ msg, callId }) => msg === "call confirmed" && ids.has(String(callId)),
      );
      return calls.length > 0 ? calls.length : undefined;
    },
    () => `answered call to ${extension}`,
  );
}

describe("SIPp", () => {
  it.runIf(isRoot)("types a PIN as RFC 4733 events and is in", async () => {
    const room = await parley.createRoom({ extension_number: "6101", room_pin: "24680" });
    const playing = play("pin-by-events", "6101", { keywords: { keys: "24680#" } });
    await parley.attendance(room, 1);
    await playing;
    await parley.attendance(room, 0);
  });

  it("types a PIN as SIP INFO and is in", async () => {
    const room = await parley.createRoom({ extension_number: "6102", room_pin: "246" });
    const playing = play("pin-by-info", "6102");
    await parley.attendance(room, 1);
    await playing;
    await parley.attendance(room, 0);
  });

  it("speaks and is heard", async () => {
    await parley.createRoom({ extension_number: "6103" });
    const listener = await (await (await parley.phone("alice")).call("6103")).answered();
    const playing = play("voice", "6103");
    await listener.ear.hearsExactly([tone], []);
    await playing;
    await listener.ear.hearsExactly([], [tone.frequency]);
  });

  it("calls without an offer and answers ours", async () => {
    const room = await parley.createRoom({ extension_number: "6104" });
    await play("late-offer", "6104");
    await parley.attendance(room, 0);
    expect(await confirmed("6104")).toBe(1);
  });

  it("asks whether the bridge is there", () => play("options", "6106"));

  it("dials a number that no room has", () => play("unknown", "6107"));

  it("acknowledges two seconds late and is still one caller", async () => {
    const room = await parley.createRoom({ extension_number: "6108" });
    await play("late-ack", "6108");
    await parley.attendance(room, 0);
    expect(await confirmed("6108")).toBe(1);
  });

  it("sends its INVITE three times and is still one caller", async () => {
    const room = await parley.createRoom({ extension_number: "6109" });
    const copies = (message: string) => (message.startsWith("INVITE") ? 3 : 1);
    const line = await Line.open({ server: parley.sip, copies });
    try {
      await play("repeated-invite", "6109", { server: line.address });
    } finally {
      await line.close();
    }
    await parley.attendance(room, 0);
    expect(await confirmed("6109")).toBe(1);
  });
});
