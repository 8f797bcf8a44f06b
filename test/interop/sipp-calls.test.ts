// Everything that a phone or a PBX may do with a call in a few seconds, as SIPp does it: holding, renegotiating,
// giving up at every stage, losing messages, coming through proxies, asking for what cannot be.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { wavFile } from "#media/files";
import { metricSum } from "../bench/metrics.ts";
import { seededRandom } from "../support/index.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { sines, telephoneRate } from "../support/tones.ts";
import { Line } from "./line.ts";
import { type CallerOptions, sipp } from "./sipp.ts";
import { TlsCarrier } from "./tls-carrier.ts";

const hum = { frequency: 440, levelDbov: -30 };
/** By then the RFC has ended what no side has ended: 64 times T1, and some. */
const restMs = 40_000;

let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-"));
  // A refusal that is spoken for long: a caller who gives up in the meantime is never too late.
  const prompts = join(folder, "prompts");
  await mkdir(prompts);
  await writeFile(join(prompts, "conf-locked.wav"), wavFile(sines([hum], 8 * telephoneRate), telephoneRate));
  parley = await ParleyProcess.start({ env: { PROMPTS_PATH: prompts } });
  await parley.createRoom({ extension_number: "6100", capacity: 100 });
  const locked = await parley.createRoom({ extension_number: "6101", enable_prompt: true });
  await parley.commandRoom(locked, "lock");
});
afterAll(async () => {
  await nothingLeft();
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

/** Whatever happened to a call, nothing of it stays behind. */
function nothingLeft(): Promise<unknown> {
  const gauges = ["parley_calls", "parley_participants", "parley_media_legs"];
  return eventually(
    async () => {
      const metrics = await parley.metrics();
      return gauges.every((name) => metricSum(metrics, name) === 0) ? true : undefined;
    },
    () => "bridge without calls",
    { limitMs: restMs },
  );
}

type Playing = Partial<Pick<CallerOptions, "server" | "extension" | "transport" | "calls" | "limitSeconds">>;

function play(scenario: string, { onTestFailed }: TestContext, options: Playing = {}): Promise<void> {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  return sipp(scenario, { server: parley.sip, extension: "6100", folder, ...options });
}

function logged(fields: Readonly<Record<string, unknown>>): Promise<unknown> {
  return eventually(
    () =>
      parley.logs
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find((line) => Object.entries(fields).every(([key, value]) => line[key] === value)),
    () => `log line ${JSON.stringify(fields)}`,
  );
}

describe("SIPp calls over TLS", () => {
  it.each(["call", "large", "hold", "late-offer", "reliable", "update", "codecs"])("%s", async (scenario) => {
    const carrier = await TlsCarrier.open(parley.sipTls);
    try {
      await sipp(scenario, { server: carrier.address, extension: "6100", folder, transport: "tcp" });
    } finally {
      carrier.close();
    }
  });
});

describe.concurrent("SIPp calls", () => {
  it("hangs up for a reason, which the bridge understands", async (test) => {
    await play("call", test);
    await logged({ msg: "session ended", by: "remote", status: 200, cause: "Went to lunch" });
  });

  it("over TCP", (test) => play("call", test, { transport: "tcp" }));
  it("with an INVITE of 1900 bytes", (test) => play("large", test));
  it("with an INVITE of 1900 bytes over TCP", (test) => play("large", test, { transport: "tcp" }));

  it("is thrown out and told why", async (test) => {
    const room = await parley.createRoom({ extension_number: "6110" });
    const playing = play("kicked", test, { extension: "6110" });
    await parley.command(room, (await parley.participant(room, "SIPp")).id, "destroy");
    await playing;
  });

  it("is thrown out over TCP, on the connection it came by", async (test) => {
    const room = await parley.createRoom({ extension_number: "6111" });
    const playing = play("kicked", test, { extension: "6111", transport: "tcp" });
    await parley.command(room, (await parley.participant(room, "SIPp")).id, "destroy");
    await playing;
  });

  it("is thrown out along the route that two proxies recorded", async (test) => {
    const room = await parley.createRoom({ extension_number: "6112" });
    const playing = play("record-route", test, { extension: "6112" });
    await parley.command(room, (await parley.participant(room, "SIPp")).id, "destroy");
    await playing;
  });
});

describe.concurrent("SIPp renegotiates", () => {
  it("holds three ways and comes back", (test) => play("hold", test));
  it("changes the codec, and fails to", (test) => play("codecs", test));
  it("asks for our offer in a re-INVITE", (test) => play("late-reinvite", test));
  it("by UPDATE", (test) => play("update", test));
  it("asks for too short a session, then refreshes a longer one", (test) => play("timer-too-short", test));
});

describe.concurrent("SIPp gives up", () => {
  it("while a refusal is spoken", (test) => play("cancel-refusal", test, { extension: "6101" }));
  it("in the moment of the answer", (test) => play("cancel-too-late", test));
  it("before its INVITE has come", (test) => play("cancel-nothing", test));
});

describe("SIPp gives up while the bridge prepares its answer", () => {
  it("hears 487 at once, and what was being prepared is put away", async (test) => {
    const [worker] = parley.workers;
    process.kill(worker!, "SIGSTOP");
    try {
      await play("cancel-while-ringing", test);
    } finally {
      process.kill(worker!, "SIGCONT");
    }
    await logged({ msg: "call refused", status: 487, cause: "Changed my mind" });
    await nothingLeft();
  });
});

const isSuccess = (message: string) =>
  message.startsWith("SIP/2.0 200") && message.includes("\r\nCSeq: 1 INVITE\r\n");

/** One message in five, but none more than twice: a transaction has only half a minute. */
function lossOf(random: () => number): (message: string) => boolean {
  const losses = new Map<string, number>();
  return (message) => {
    const before = losses.get(message) ?? 0;
    if (before === 2 || random() >= 0.2) return false;
    losses.set(message, before + 1);
    return true;
  };
}

describe.concurrent("SIPp loses messages", () => {
  it("acknowledges only the second 200", (test) => play("lost-ack", test));

  it("hears only the third 200", async (test) => {
    const line = await Line.open({
      server: parley.sip,
      carry: (message) => (line.lost < 2 && isSuccess(message) ? undefined : message),
    });
    try {
      await play("lost-2xx", test, { server: line.address });
    } finally {
      await line.close();
    }
    test.expect(line.lost).toBe(2);
  });

  it("twenty calls on a line that loses one message in five", { timeout: 70_000 }, async (test) => {
    const isLost = lossOf(seededRandom(20));
    const line = await Line.open({
      server: parley.sip,
      carry: (message) => (isLost(message) ? undefined : message),
      copies: (message) => (isLost(message) ? 0 : 1),
    });
    try {
      await play("lossy", test, { server: line.address, calls: 20, limitSeconds: 60 });
    } finally {
      await line.close();
    }
    test.expect(line.lost).toBeGreaterThan(0);
  });
});

describe.concurrent("SIPp wants reliable provisional responses", () => {
  it("acknowledges the ringing", (test) => play("reliable", test));
  it("acknowledges a spoken refusal", (test) => play("reliable-refusal", test, { extension: "6101" }));
  it("acknowledges something else first", (test) => play("never-prack", test, { extension: "6101" }));
});

describe.concurrent("SIPp asks strange things", () => {
  it("inside a call", (test) => play("options-inside", test));
  it("outside of any", (test) => play("refusals", test));
  it("to be called by another phone", (test) => play("refer", test));
  it("and asks the same along two ways", (test) => play("merged", test, { extension: "6101" }));
});
