// Phones in a room that transfer us: who may, whom to, and what is sent.
import { describe, expect, it } from "vitest";
import { fail, ok } from "#common";
import { answerReferrals } from "#conference/dial-out";
import type { Room } from "#conference/rooms";
import type { Refer, Session } from "#sip";
import { settle } from "#test/support";
import { type Bridge, type Caller, startBridge } from "../calls/bridge.ts";

function referrals(bridge: Bridge, known = ["192.0.2.50"]) {
  const asked: string[] = [];
  const onRefer = answerReferrals({
    calls: bridge.calls,
    rooms: bridge.rooms,
    sip: { locate: async () => ["192.0.2.50"], flowTo: (uri) => bridge.sip.flowTo(uri) },
    isKnown: (address) => known.includes(address),
    dialer: {
      takeOver: (room, { number }, target) =>
        number === "112"
          ? fail({ code: "DIAL_OUT_LIMIT", message: "too many calls" })
          : ok(
              bridge.calls.place({
                room: room.id,
                number,
                targets: [target],
                ringSeconds: 45,
                confirm: false,
              }),
            ),
      callForHost(room, { number }) {
        asked.push(number);
        if (number === "112") return fail({ code: "DIAL_OUT_NOT_ALLOWED", message: "not that one" });
        const way = { to: `sip:${number}@pbx`, from: { uri: "sip:8000@pbx" } };
        return ok(
          bridge.calls.place({ room: room.id, number, targets: [way], ringSeconds: 45, confirm: false }),
        );
      },
    },
  });
  const refer = (session: Session | undefined, to: string, headers: Refer["headers"] = []) =>
    onRefer({ session, to, headers } as unknown as Refer);
  return { refer, asked };
}

async function inside(bridge: Bridge, room: Room, pin = ""): Promise<Caller> {
  const caller = await bridge.call(room);
  if (pin !== "") caller.leg.press(`${pin}#`);
  await settle();
  return caller;
}

/** One who was made a host, as by a link or the API. */
async function hostIn(bridge: Bridge, room: Room): Promise<Caller> {
  const caller = await inside(bridge, room);
  const { id } = bridge.calls.participantOf(caller.invitation.session!)!;
  expect(await bridge.rooms.makeHost(room.id, id)).toMatchObject({ ok: true });
  return caller;
}

describe("a transfer of us", () => {
  it("by a host calls the number into the room", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const alice = await hostIn(bridge, room);
    const { refer } = referrals(bridge);
    const result = await refer(alice.invitation.session, "sip:205@192.0.2.99");
    await settle();
    bridge.sip.last.answer();
    await settle();
    expect(result.ok && (await result.value.outcome).ok).toBe(true);
    expect(await bridge.present(room)).toEqual(["100", "205"]);
  });

  it("by a host to a telephone number, and with what belongs to no number, calls that number", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const alice = await hostIn(bridge, room);
    const { refer, asked } = referrals(bridge);
    await refer(alice.invitation.session, "tel:+49-30-700");
    await refer(alice.invitation.session, "sip:205;phone-context=x@192.0.2.99");
    expect(asked).toEqual(["+4930700", "205"]);
  });

  it("is refused to others in a room whose hosts come by a link, with Replaces or without", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    expect([room.adminPin, room.access.links.moderator.enabled]).toEqual([null, true]);
    const guest = await inside(bridge, room);
    const { refer, asked } = referrals(bridge);
    for (const headers of [[], [["Replaces", "a@b;to-tag=1;from-tag=2"] as const]]) {
      expect(await refer(guest.invitation.session, "sip:205@192.0.2.50", headers)).toMatchObject({
        error: { status: 403 },
      });
    }
    expect([asked, bridge.sip.attempts]).toEqual([[], []]);
  });

  it("is for hosts where members have PINs of their own", async () => {
    const bridge = startBridge();
    const members = [
      { name: "Ana", pin: "4711", role: "host" },
      { name: "Ben", pin: "1234", role: "participant" },
    ] as const;
    const room = await bridge.room({ options: { members } });
    const ben = await inside(bridge, room, "1234");
    const ana = await inside(bridge, room, "4711");
    const { refer, asked } = referrals(bridge);
    expect(await refer(ben.invitation.session, "sip:205@pbx")).toMatchObject({ error: { status: 403 } });
    expect(await refer(ana.invitation.session, "sip:205@pbx")).toMatchObject({ ok: true });
    expect(asked).toEqual(["205"]);
  });

  it("is for hosts where there is an admin PIN", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "4711", roomPin: "1234" });
    const guest = await inside(bridge, room, "1234");
    const host = await inside(bridge, room, "4711");
    const { refer, asked } = referrals(bridge);
    expect(await refer(guest.invitation.session, "sip:205@pbx")).toMatchObject({ error: { status: 403 } });
    expect(await refer(host.invitation.session, "sip:205@pbx")).toMatchObject({ ok: true });
    expect(asked).toEqual(["205"]);
  });

  it("follows the rules of dialling out", async () => {
    const bridge = startBridge();
    const alice = await hostIn(bridge, await bridge.room());
    const { refer } = referrals(bridge);
    expect(await refer(alice.invitation.session, "sip:112@pbx")).toEqual({
      ok: false,
      error: { status: 603, text: "not that one" },
    });
  });

  it("is declined from outside of a room", async () => {
    const bridge = startBridge();
    const atTheDoor = await bridge.call(await bridge.room({ roomPin: "1234" }));
    const { refer, asked } = referrals(bridge);
    expect(await refer(undefined, "sip:205@pbx")).toMatchObject({ error: { status: 603 } });
    expect(await refer(atTheDoor.invitation.session, "sip:205@pbx")).toMatchObject({
      error: { status: 603 },
    });
    expect(asked).toEqual([]);
  });
});

describe("an attended transfer of us", () => {
  const headers = [["Replaces", "a@b;to-tag=1;from-tag=2"]] as const;

  it("takes the phone's place in the other call, without any DNS query to press a key", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ extensionNumber: "8042" });
    const alice = await hostIn(bridge, room);
    const { refer, asked } = referrals(bridge);
    const result = await refer(alice.invitation.session, "sip:205@192.0.2.50", headers);
    expect(result.ok).toBe(true);
    await settle();
    expect(bridge.sip.last.options).toMatchObject({
      to: "sip:205@192.0.2.50",
      from: { uri: "sip:8042@192.0.2.1" },
      headers,
    });
    expect(asked).toEqual([]);
    bridge.sip.last.answer();
    await settle();
    expect(await bridge.present(room)).toEqual(["100", "205"]);
  });

  it("is for every phone from a known address in a room without an admin PIN, without Replaces for hosts alone", async () => {
    const bridge = startBridge();
    const known = ["192.0.2.50", "192.0.2.99"];
    const { refer, asked } = referrals(bridge, known);
    const open = await inside(bridge, await bridge.room());
    const guarded = await inside(bridge, await bridge.room({ adminPin: "4711", roomPin: "1234" }), "1234");
    expect(await refer(open.invitation.session, "sip:205@192.0.2.50", headers)).toMatchObject({ ok: true });
    for (const refused of [
      refer(open.invitation.session, "sip:205@192.0.2.50"),
      refer(guarded.invitation.session, "sip:205@192.0.2.50", headers),
    ])
      expect(await refused).toMatchObject({ error: { status: 403 } });
    expect(asked).toEqual([]);
  });

  it("is held to the limits of dialling out", async () => {
    const bridge = startBridge();
    const alice = await hostIn(bridge, await bridge.room());
    const { refer } = referrals(bridge);
    expect(await refer(alice.invitation.session, "sip:112@192.0.2.50", headers)).toEqual({
      ok: false,
      error: { status: 603, text: "too many calls" },
    });
  });

  it("goes nowhere that may not call us", async () => {
    const bridge = startBridge();
    const alice = await hostIn(bridge, await bridge.room());
    const { refer } = referrals(bridge, []);
    expect(await refer(alice.invitation.session, "sip:205@203.0.113.9", headers)).toMatchObject({
      error: { status: 403 },
    });
    expect(bridge.sip.attempts).toEqual([]);
  });
});
