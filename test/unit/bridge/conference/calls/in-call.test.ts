// The keys of one participant inside, with rooms that only remember: which key is which command, who may, and what is said.
import { describe, expect, it } from "vitest";
import { fail, ok } from "#common";
import type { Rooms } from "#conference/rooms";
import { settle } from "#test/support";
import { handleKeys, type KeyCommands } from "../../../../../bridge/conference/calls/in-call.ts";
import { defaultKeyPlan } from "../../../../../bridge/conference/calls/keys.ts";
import { oneCall } from "./one-call.ts";

async function keys({ host = false, ...fields }: { host?: boolean } & Parameters<typeof oneCall>[0] = {}) {
  const bridge = oneCall({ adminPin: "9999", ...fields });
  const participant = await bridge.inside();
  if (host) await bridge.room.promote(participant, "9999");
  const commands: string[] = [];
  const state = { broken: false, recording: false, mute: "muted" as "muted" | "unmuted" | "still muted" };
  const done = async <T>(command: string, value: T): Promise<T> => {
    commands.push(command);
    if (state.broken) throw new Error("no answer");
    return value;
  };
  const rooms: KeyCommands = {
    toggleMute: () => done("mute", state.mute),
    toggleMuteOthers: () => done("mute others", true),
    toggleHand: () => {
      commands.push("hand");
      return true;
    },
    toggleLock: () => done("lock", true),
    becomeHost: (_, pin) => done(`host with ${pin}`, pin === "9999"),
    endMeeting: () => done("end", undefined),
    keyPressed: (_, digit) => void commands.push(`key ${digit}`),
    status: async () =>
      ok({
        status: "ON_CALL",
        locked: false,
        muted: false,
        recording: state.recording,
        pictureDegradation: 0,
      }),
    recordings: {
      start: () =>
        done("record", state.broken ? fail({ code: "CANNOT_RECORD", message: "no" }) : ok(undefined)),
      stop: () => done("stop recording", ok(undefined)),
    } as unknown as Rooms["recordings"],
  };
  handleKeys(bridge.call, { keys: defaultKeyPlan, rooms });
  const heard = bridge.leg.heard.length;
  return {
    ...bridge,
    ...{ participant, commands, state },
    hears: () => bridge.leg.heard.slice(heard),
    async press(digits: string) {
      bridge.leg.press(digits);
      await settle();
    },
  };
}

describe("the keys of a participant", () => {
  it("do what their code says, and say so to the presser", async () => {
    const { press, commands, hears } = await keys();
    await press("*6");
    await press("*3");
    expect(commands).toEqual(["mute", "hand"]);
    expect(hears()).toHaveLength(2);
    expect(hears()[0]).toBe("conf-muted");
  });

  it("are told to the readers of the events when they are part of no code", async () => {
    const { press, commands } = await keys();
    await press("5*6D");
    expect(commands).toEqual(["key 5", "mute", "key D"]);
  });

  it("of a host do not work for others, who hear an error", async () => {
    const guest = await keys();
    for (const code of ["*5", "*0", "*9", "##"]) await guest.press(code);
    expect(guest.commands).toEqual([]);
    expect(new Set(guest.hears())).toEqual(new Set(["tone:error"]));
    const host = await keys({ host: true });
    for (const code of ["*5", "*0", "*9"]) await host.press(code);
    expect(host.commands).toEqual(["mute others", "lock", "record"]);
  });

  it("end the conference when pressed twice within three seconds", async () => {
    const { press, commands, clock } = await keys({ host: true });
    await press("##");
    await clock.run(3001);
    await press("##");
    expect(commands).toEqual([]);
    await press("##");
    expect(commands).toEqual(["end"]);
  });

  it("stop a recording that runs", async () => {
    const { press, commands, state } = await keys({ host: true });
    state.recording = true;
    await press("*9");
    expect(commands).toEqual(["stop recording"]);
  });

  it("make the presser a host with the PIN, whose digits are no codes meanwhile", async () => {
    const { press, commands } = await keys();
    await press("*8");
    await press("9999");
    expect(commands).toEqual(["host with 9999"]);
    await press("*6");
    expect(commands).toEqual(["host with 9999", "mute"]);
  });

  it("go no further than the loudest and the quietest", async () => {
    const { press, leg } = await keys();
    for (let times = 0; times < 5; times += 1) await press("*7");
    const louder = leg.log.filter((line) => line.startsWith("volume")).length;
    for (let times = 0; times < 9; times += 1) await press("*4");
    const all = leg.log.filter((line) => line.startsWith("volume"));
    expect([louder, all.length, all[2], all.at(-1)]).toEqual([
      ...[3, 10],
      ...['volume {"listenDb":12}', 'volume {"listenDb":-16}'],
    ]);
  });

  it("are answered with an error when the worker does not obey, and the next one works", async () => {
    const { press, commands, state, hears } = await keys();
    state.broken = true;
    await press("*6");
    expect(hears()).toEqual(["tone:error"]);
    state.broken = false;
    await press("*6");
    expect(commands).toEqual(["mute", "mute"]);
  });

  it("say nothing in a room without prompts, and do nothing after the call", async () => {
    const { press, commands, hears, call, clock } = await keys({ enablePrompt: false });
    await press("*6");
    expect([commands, hears()]).toEqual([["mute"], []]);
    await call.end({ status: 200, text: "Hung up" });
    call.digits.press("*", "info");
    call.digits.press("6", "info");
    expect([commands, clock.pending]).toEqual([["mute"], 0]);
  });
});
