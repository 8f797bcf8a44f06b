// The trace over HTTP: what is shown to whom, and how it ends.
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import { TraceStream } from "../../../../../api/system/sip-trace-stream.ts";
import { createWireTrace, type Flow, type WireTrace } from "../../../../../bridge/sip/transport/index.ts";
import { Fixture } from "../../../api/support/fixture.ts";

let clock: FakeClock;
let api: Fixture;
let trace: WireTrace;

/** Of the rest of the bridge. */
let timersAtRest: number;
beforeEach(async () => {
  clock = new FakeClock();
  trace = createWireTrace(clock);
  api = await Fixture.create({ clock, sipTrace: trace });
  timersAtRest = clock.pending;
});

afterEach(async () => {
  await api.app.close();
  expect(trace.active).toBe(false);
});

const flowWith = (address: string): Flow => ({
  protocol: "UDP",
  reliable: false,
  local: { address: address.includes(":") ? "fd00::1" : "10.0.0.1", port: 5060 },
  remote: { address, port: 5060 },
  id: "udp",
});

function pass(what: string, address = "10.0.0.2", direction: "in" | "out" = "in") {
  const text = `${what} sip:parley SIP/2.0\r\nCall-ID: ${what.toLowerCase()}\r\n\r\n`;
  trace.record(direction, Buffer.from(text), flowWith(address));
}

const turnsToBegin = 10;

/** Asks for a trace and waits until it runs. */
async function open(query = "") {
  const answer = api.get(`/api/sip/trace${query}`);
  const body = answer.then((response) => response.body);
  do await settle();
  while (!trace.active);
  // One that runs already hides whether this one does; requests begin in turns.
  for (let turn = 0; turn < turnsToBegin; turn += 1) await settle();
  return { answer, body };
}

describe("GET /api/sip/trace", () => {
  it("shows messages as they pass, until their number is reached", async () => {
    const { answer, body } = await open("?messages=2");
    pass("OPTIONS");
    pass("NOTIFY", "fd00::2", "out");
    pass("BYE");
    expect((await answer).headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    });
    expect(await body).toBe(
      [
        "# tracing SIP: 2 messages or 60 s",
        "",
        "2026-01-01T00:00:00.000Z in UDP 10.0.0.2:5060 > 10.0.0.1:5060",
        "OPTIONS sip:parley SIP/2.0",
        "Call-ID: options",
        "",
        "2026-01-01T00:00:00.000Z out UDP [fd00::1]:5060 > [fd00::2]:5060",
        "NOTIFY sip:parley SIP/2.0",
        "Call-ID: notify",
        "",
        "# end: 2 messages have passed; 2 shown",
        "",
      ].join("\n"),
    );
  });

  it("shows one peer, one call, or one call with one peer", async () => {
    const peer = await open("?peer=FD00:0:0::2");
    const call = await open("?call_id=options");
    const both = await open("?call_id=bye&peer=10.0.0.2");
    pass("OPTIONS");
    pass("NOTIFY", "fd00::2");
    pass("BYE");
    pass("BYE", "10.0.0.3");
    await clock.run(60_000);
    const shown = async (body: Promise<string>) => (await body).match(/^[A-Z]+(?= sip:)/gm);
    expect(await shown(peer.body)).toEqual(["NOTIFY"]);
    expect(await shown(call.body)).toEqual(["OPTIONS"]);
    expect(await shown(both.body)).toEqual(["BYE"]);
    expect(await both.body).toContain("# tracing SIP with 10.0.0.2 of call bye:");
    expect(await both.body).toContain("# end: 60 s are over; 1 shown");
  });

  it("shows in a long silence that it is not over", async () => {
    const { body } = await open("?seconds=50");
    await clock.run(50_000);
    expect(await body).toBe("# tracing SIP: 100 messages or 50 s\n#\n#\n\n# end: 50 s are over; 0 shown\n");
  });

  it("ends when Parley stops", async () => {
    const { body } = await open("?seconds=3600");
    await api.app.close();
    expect(await body).toContain("# end: Parley stops; 0 shown");
  });

  it("shows neither secrets nor orders to a terminal", async () => {
    const { body } = await open("?messages=1");
    const text =
      'REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="a", response="0123"\r\nSubject: \u001b[2J\r\n\r\n';
    trace.record("in", Buffer.from(text), flowWith("10.0.0.2"));
    expect(await body).not.toContain("0123");
    expect(await body).not.toContain("\u001b");
    expect(await body).toContain("Subject: \\x1b[2J");
  });

  it.each(["?peer=pbx.example", "?messages=0", "?messages=1001", "?seconds=3601", "?call-id=x"])(
    "refuses %s",
    async (query) => {
      expect((await api.get(`/api/sip/trace${query}`)).json()).toMatchObject({ code: "VALIDATION_FAILED" });
    },
  );

  it("needs the key, and no other method", async () => {
    const url = "/api/sip/trace";
    expect((await api.app.inject({ method: "GET", url })).statusCode).toBe(401);
    expect((await api.request({ method: "HEAD", url })).statusCode).toBe(405);
  });

  it("is refused where sixteen run already", async () => {
    const stops = Array.from({ length: 16 }, () => trace.watch({}, () => {}));
    const refused = await api.get("/api/sip/trace");
    expect([refused.statusCode, refused.json().code]).toEqual([429, "TOO_MANY_TRACES"]);
    for (const stop of stops) stop();
  });
});

describe("a reader", () => {
  const read = (messages: number) =>
    new TraceStream({
      trace,
      clock,
      peer: undefined,
      callId: undefined,
      messages,
      seconds: 60,
    });

  it("that is too slow misses messages and is told how many", async () => {
    const stream = read(1000);
    for (let count = 0; count < 1000; count += 1) {
      trace.record(
        "in",
        Buffer.from(`OPTIONS sip:x SIP/2.0\r\nX: ${"y".repeat(1000)}\r\n\r\n`),
        flowWith("10.0.0.2"),
      );
    }
    expect(stream.readableLength).toBeLessThan(300_000);
    let text = "";
    for await (const chunk of stream) text += chunk;
    const shown = text.match(/^OPTIONS/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(200);
    expect(text).toContain(
      `# end: 1000 messages have passed; ${shown} shown, ${1000 - shown} lost because they were not read in time`,
    );
    expect(clock.pending).toBe(timersAtRest);
  });

  it("that goes away ends the trace", async () => {
    const stream = read(1000);
    expect(trace.active).toBe(true);
    stream.destroy();
    await once(stream, "close");
    expect(trace.active).toBe(false);
    expect(clock.pending).toBe(timersAtRest);
  });
});
