// Keys that come as events on another clock than the audio's: the rate is that of their payload type in the offer,
// whatever the codec's own is.
import { describe, expect, it } from "vitest";
import { defaultCapabilities, planAnswer } from "../../../../media/sdp/index.ts";
import { Conference, type Party } from "../support/conference.ts";
import { keys, toPcm, typed } from "../support/keys.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };

/** The plan that our answer to an offer of G.722 with these events comes to. */
function planFor(events: readonly (readonly [payloadType: number, clockRate: number])[]) {
  const offer = [
    "v=0",
    "o=- 1 1 IN IP4 10.0.1.1",
    "s=-",
    "c=IN IP4 10.0.1.1",
    "t=0 0",
    `m=audio 4000 RTP/AVP 9 ${events.map(([type]) => type).join(" ")}`,
    "a=rtpmap:9 G722/8000",
    ...events.map(([type, rate]) => `a=rtpmap:${type} telephone-event/${rate}`),
    "",
  ].join("\r\n");
  const result = planAnswer(offer, defaultCapabilities, local);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Presses the 7 for 100 ms in a quiet room; a little of its tone leaks into the audio after it. */
function press(
  conference: Conference,
  { phone }: Party,
  [payloadType, clockRate]: readonly [number, number],
) {
  const quiet = new Tone(700, 4, phone.format.rate);
  const leak = new Tone(1336, 8000, phone.format.rate);
  for (let tick = 0; tick < 25; tick += 1) {
    phone.say(quiet.next(320));
    conference.run(20);
  }
  for (let ms = 20; ms <= 140; ms += 20) {
    const duration = (Math.min(ms, 100) * clockRate) / 1000;
    const payload = Uint8Array.of(7, ms > 80 ? 0x8a : 0x0a, duration >> 8, duration & 0xff);
    phone.sendPacket({ payloadType, marker: ms === 20 }, payload);
    conference.run(20);
  }
  phone.timestamp += 7 * 160;
  phone.say(leak.next(320));
  conference.run(400);
}

describe("a key beside G.722", () => {
  it.each([
    ["on the audio's own clock of 8 kHz", [[101, 8000]], [101, 8000]],
    ["on a clock of 16 kHz, when nothing else was offered", [[97, 16_000]], [97, 16_000]],
    [
      "on 8 kHz, when both were offered",
      [
        [97, 16_000],
        [101, 8000],
      ],
      [101, 8000],
    ],
  ] as const)("is told once, with its true length, and not heard: %s", async (_, offered, used) => {
    const conference = new Conference();
    const { plan, sdp } = planFor(offered);
    expect(sdp).toContain(`a=rtpmap:${used[0]} telephone-event/${used[1]}\r\n`);
    const { receive, events, telephoneEvent } = plan;
    const party = await conference.join({ codec: "G722", plan: { receive, events, telephoneEvent } });
    const listener = await conference.join();
    press(conference, party, used);
    expect(conference.notificationsNamed("leg.dtmf")).toEqual([
      { leg: party.leg, digit: "7", durationMs: 40, via: "rfc4733" },
    ]);
    expect(toneLevel(listener.phone.takeAudio(), 1336)).toBeLessThan(-50);
    expect(conference.engine.legStats(party.leg).packetsIgnored).toBe(0);
  });
});

describe("keys as tones in G.722", () => {
  it.each([
    ["where no events are agreed on", undefined],
    ["where events are agreed on and none has come", 101],
  ])("are told, each once, and not heard: %s", async (_, telephoneEvent) => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "G722", plan: { telephoneEvent } });
    const listener = await conference.join();
    const said = toPcm(typed(keys, 80, { onMs: 70, rate: 16_000, dbov: -16 }));
    for (let at = 0; at + 320 <= said.length; at += 320) {
      phone.say(said.subarray(at, at + 320));
      conference.run(20);
    }
    conference.run(200);
    const told = conference.notificationsNamed("leg.dtmf") as { digit: string; via: string }[];
    expect(told.map(({ digit }) => digit).join("")).toBe(keys);
    expect(new Set(told.map(({ via }) => via))).toEqual(new Set(["inband"]));
    expect(toneLevel(listener.phone.takeAudio(), 852)).toBeLessThan(-40);
  });
});
