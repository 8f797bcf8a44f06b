// What keys do to what is being said: a `#` behind a complete number is dropped, what must be heard is cut by no key,
// and keys that come before anything listens are kept for a moment.
import { describe, expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import {
  Digits,
  maxTypedAhead,
  terminatorWithinMs,
  typeAheadMs,
} from "../../../../../bridge/conference/calls/digits.ts";
import { type Caller, startBridge } from "./bridge.ts";

const press = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};
/** Prompts end only when a test ends them. */
const slow = (bridge: ReturnType<typeof startBridge>) => {
  bridge.beforeLeg = (leg) => {
    leg.autoplay = false;
  };
};
const hear = async ({ leg }: Caller) => {
  leg.playing?.end("finished");
  await settle();
};
const minute = 60_000;

describe("a `#` behind a number that was complete without it", () => {
  it("cuts nothing of what follows the room's PIN", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234", enableRecording: true });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "1234");
    await bridge.clock.run(800);
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["conf-placeintoconf"]);
    await hear(caller);
    await hear(caller);
    await hear(caller);
    expect(caller.leg.heard).toEqual([
      "conf-getpin",
      "conf-placeintoconf",
      "conf-now-recording",
      "conf-onlyperson",
    ]);
  });

  it("nor behind a host's PIN after `*8`, and the next key is a key again", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999" });
    slow(bridge);
    const caller = await bridge.call(room);
    await hear(caller);
    await press(caller, "*8");
    await press(caller, "9999");
    expect(caller.leg.playing?.items).toEqual(["tone:up"]);
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["tone:up"]);
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["tone:attention"]);
  });

  it("nor behind a host's PIN at the door of a room that waits", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", options: { waitForHost: true } });
    slow(bridge);
    const host = await bridge.call(room);
    await press(host, "*8");
    await press(host, "9999#");
    expect(host.leg.playing?.items).toEqual(["confbridge-conf-begin", "conf-onlyperson"]);
  });

  it("nor behind a conference number that was complete by a pause, and is no answer to the PIN", async () => {
    const bridge = startBridge({ lobby: { extension: "7000", language: "en" } });
    await bridge.room({ extensionNumber: "8123", roomPin: "1234" });
    slow(bridge);
    const caller = await bridge.call("7000");
    await press(caller, "8123");
    await bridge.clock.run(4000);
    expect(caller.leg.playing?.items).toEqual(["conf-getpin"]);
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["conf-getpin"]);
  });

  it("nor behind the 1 of a callee", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.calls.place({
      room: room.id,
      number: "200",
      targets: [{ to: "sip:200@192.0.2.9", from: { uri: "sip:800@192.0.2.1" } }],
      ringSeconds: 30,
      confirm: true,
    });
    await settle();
    bridge.sip.last.answer();
    await settle();
    const leg = bridge.legs[0]!;
    leg.autoplay = false;
    leg.press("1#");
    await settle();
    expect(leg.playing?.items).toEqual(["conf-placeintoconf", "conf-onlyperson"]);
  });

  it("does not cut the complaint about a wrong number either", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "555555");
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["conf-invalidpin", "conf-getpin"]);
  });

  it("is a key like any other later, or behind another key", async () => {
    const clock = new FakeClock();
    const digits = new Digits(clock);
    const heard: string[] = [];
    digits.listen((digit) => heard.push(digit));
    digits.endNumber();
    clock.advance(terminatorWithinMs);
    digits.press("#", "media");
    digits.endNumber();
    digits.press("5", "media");
    digits.press("#", "media");
    expect(heard).toEqual(["#", "5", "#"]);
  });

  it("is one press when it comes both ways", () => {
    const digits = new Digits(new FakeClock());
    const heard: string[] = [];
    digits.listen((digit) => heard.push(digit));
    digits.endNumber();
    digits.press("#", "media");
    digits.press("#", "info");
    digits.press("1", "media");
    expect(heard).toEqual(["1"]);
  });

  it("is a code when there are two of them", () => {
    const digits = new Digits(new FakeClock());
    const heard: string[] = [];
    digits.listen((digit) => heard.push(digit));
    digits.endNumber();
    digits.press("#", "media");
    digits.press("#", "media");
    expect(heard).toEqual(["#", "#"]);
  });
});

describe("what must be heard", () => {
  it("is cut by no key, which cuts the rest", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234", enableRecording: true });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "1234");
    expect(caller.leg.playing?.items).toEqual(["conf-placeintoconf"]);
    await press(caller, "5");
    expect(caller.leg.playing?.items).toEqual(["conf-now-recording"]);
    await press(caller, "5");
    await press(caller, "#");
    expect(caller.leg.playing?.items).toEqual(["conf-now-recording"]);
    await hear(caller);
    expect(caller.leg.playing).toBeUndefined();
  });

  it("is said to its end before the answer to a key", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ enableRecording: true });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "*2");
    expect(caller.leg.playing?.items).toEqual(["conf-now-recording"]);
    await hear(caller);
    expect(caller.leg.playing?.items).toEqual(["conf-onlyperson"]);
    await hear(caller);
    expect(caller.leg.heard).toEqual(["conf-now-recording", "conf-onlyperson"]);
  });

  it("is owed when a key's answer has cut what came before it", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234", enableRecording: true });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "1234");
    caller.leg.press("*2");
    await settle();
    expect(caller.leg.playing?.items).toEqual(["conf-now-recording"]);
    await hear(caller);
    expect(caller.leg.playing?.items).toEqual(["conf-onlyperson"]);
  });

  it("is the tone in a room without prompts", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ enableRecording: true, enablePrompt: false });
    slow(bridge);
    const caller = await bridge.call(room);
    await press(caller, "1*2#");
    expect(caller.leg.playing?.items).toEqual(["tone:attention"]);
    expect(caller.leg.heard).toEqual(["tone:attention"]);
  });
});

describe("a caller who waits for a booked room", () => {
  it.each([
    ["en", 14, "queue-holdtime digits/14 minutes"],
    ["es", 1, "queue-holdtime digits/1M queue-minute"],
    ["ru", 2, "queue-holdtime digits/2 minutes"],
  ])("hears in %s that it takes %i more minutes, and not to call again", async (language, left, words) => {
    const bridge = startBridge();
    const room = await bridge.room({ scheduledStartAt: "2026-01-01T09:00:00.000Z", language });
    await bridge.clock.run((9 * 60 - left) * minute);
    const { leg } = await bridge.call(room);
    expect(leg.heard).toEqual([words, "music"]);
  });

  it("hears an error tone for a code that means nothing there, and the music again", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ options: { waitForHost: true } });
    const caller = await bridge.call(room);
    await press(caller, "*6");
    await press(caller, "**");
    expect(caller.leg.heard).toEqual([
      "conf-waitforleader",
      "music",
      ...["tone:error", "music", "tone:error", "music"],
    ]);
  });
});

describe("a code that is not understood", () => {
  it.each(["**", "*A", "*#", "*11", "*D"])("gets an error tone: %s", async (keys) => {
    const bridge = startBridge({ keys: { ...noCodes, help: "*12" } });
    const room = await bridge.room();
    const caller = await bridge.call(room);
    await press(caller, keys);
    expect(caller.leg.heard).toEqual(["conf-onlyperson", "tone:error"]);
  });
});

const noCodes = {
  ...{ help: "", count: "", hand: "", quieter: "", louder: "", mute: "", host: "" },
  ...{ mute_others: "", lock: "", record: "", dial: "", end: "" },
};

describe("keys before anything listens", () => {
  it("are kept: typed before the first question, they are the PIN", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const caller = await bridge.call(room, { acknowledges: false });
    caller.leg.press("1234#");
    expect(await bridge.present(room)).toEqual([]);
    caller.invitation.ack();
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
    expect(caller.leg.heard).toEqual(["conf-getpin", "conf-placeintoconf conf-onlyperson"]);
  });

  it("are each question's own: number, PIN and a code in one go", async () => {
    const bridge = startBridge({ lobby: { extension: "7000", language: "en" } });
    const room = await bridge.room({ extensionNumber: "8123", roomPin: "1234" });
    const caller = await bridge.call("7000");
    caller.leg.press("8123#1234#*6");
    await settle();
    expect(await bridge.rooms.participants(room.id)).toMatchObject({ value: [{ muted: true }] });
  });

  it("are kept while a number is checked", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999" });
    const caller = await bridge.call(room);
    caller.leg.press("*89999*0");
    await settle();
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: true } });
  });

  it("are forgotten after some seconds, and only some are kept", async () => {
    const clock = new FakeClock();
    const digits = new Digits(clock);
    digits.press("1", "media");
    clock.advance(typeAheadMs - 1);
    digits.press("2", "media");
    clock.advance(1);
    for (let count = 0; count < maxTypedAhead + 10; count += 1) digits.press("3", "media");
    const heard: string[] = [];
    digits.listen((digit) => heard.push(digit));
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard.join("")).toBe(`2${"3".repeat(maxTypedAhead - 1)}`);
  });

  it("are no name", async () => {
    const clock = new FakeClock();
    const digits = new Digits(clock);
    digits.press("#", "media");
    digits.forgetTypedAhead();
    const heard: string[] = [];
    digits.listen((digit) => heard.push(digit));
    await Promise.resolve();
    expect(heard).toEqual([]);
  });
});
