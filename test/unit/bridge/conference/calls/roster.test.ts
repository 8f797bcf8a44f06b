// The roster that phones in a conference may follow: whole at first, changes after that, once a second at most.
import { describe, expect, it, vi } from "vitest";
import { createConferencePackage } from "#conference/calls";
import type { Source, Subscriber } from "#sip";
import { settle } from "#test/support";
import { Roster } from "../../../../../bridge/conference/rooms/live/roster.ts";
import { SipRequest } from "../../../../../bridge/sip/index.ts";
import { Headers } from "../../../../../bridge/sip/message/message.ts";
import { startBridge } from "./bridge.ts";

async function conference() {
  const bridge = startBridge();
  const room = await bridge.room({ extensionNumber: "8000", subject: 'Tea & "cake" <now>' });
  const roster = createConferencePackage({ rooms: bridge.rooms, clock: bridge.clock });
  const follow = (number: string, trusted = true, resource = "8000") => {
    const notified: (string | (() => string))[] = [];
    const ended: string[] = [];
    const subscriber: Subscriber = {
      request: new SipRequest("SUBSCRIBE", `sip:${resource}@192.0.2.1;user=phone`, new Headers()),
      caller: { displayName: undefined, number, uri: `sip:${number}@192.0.2.99`, anonymous: false },
      trusted,
      resource,
      contentType: "application/conference-info+xml",
      notify: (body) => notified.push(body),
      end: (reason) => ended.push(reason),
    };
    const decision = roster.subscribe(subscriber);
    /** What is sent now. */
    const sent = () => notified.splice(0).map((body) => (typeof body === "string" ? body : body()));
    return { decision, sent, ended, source: () => (decision as { value: Source }).value };
  };
  return { bridge, room, follow };
}

const attribute = (text: string, name: string) =>
  new RegExp(`<conference-info[^>]* ${name}="([^"]*)"`).exec(text)?.[1];
const users = (text: string) =>
  [...text.matchAll(/<user entity="([^"]+)" state="(\w+)"/g)].map(([, uri, state]) => `${uri} ${state}`);

describe("the conference's roster", () => {
  it("is whole at first, with everything that XML would mistake made harmless", async () => {
    const { bridge, room, follow } = await conference();
    await bridge.call(room, { number: "101", displayName: "A<b>&" });
    await bridge.call(room, { number: "102", displayName: "Bob" });
    const follower = follow("101");
    const text = follower.source().state();

    expect(attribute(text, "entity")).toBe("sip:8000@192.0.2.1");
    expect([attribute(text, "state"), attribute(text, "version")]).toEqual(["full", "1"]);
    expect(text).toContain("<display-text>Tea &amp; &quot;cake&quot; &lt;now&gt;</display-text>");
    expect(text).toContain("<display-text>A&lt;b&gt;&amp;</display-text>");
    expect(text).toContain("<user-count>2</user-count>");
    expect(users(text)).toEqual(["sip:101@192.0.2.1 full", "sip:102@192.0.2.1 full"]);
  });

  it("is written for those who follow it, and from no other room", async () => {
    const { bridge, room, follow } = await conference();
    const other = await bridge.room({ extensionNumber: "8001" });
    await bridge.call(room, { number: "101" });
    const { invitation } = await bridge.call(room, { number: "102" });
    await bridge.call(other, { number: "103" });
    const described = vi.spyOn(Roster.prototype, "info");
    expect(bridge.rooms.conference("8001")?.participants).toHaveLength(1);
    expect(described).toHaveBeenCalledTimes(1);
    follow("103", true, "8001");
    described.mockClear();
    invitation.session.hangUp();
    await settle();
    expect(bridge.rooms.meetingOf(room.id)).toBe(bridge.rooms.meetings()[0]?.meeting);
    expect(described).toHaveBeenCalledTimes(2);
    described.mockRestore();
  });

  it("has a medium of the type video for each picture that they send", async () => {
    const { bridge, room, follow } = await conference();
    const { leg } = await bridge.call(room, { number: "101" });
    const follower = follow("101");
    const media = (text: string) =>
      [...text.matchAll(/<media id="(\d)">(.*?)<\/media>/g)].map(([, id, inner = ""]) =>
        [id, ...inner.replaceAll(/<[^>]+>/g, " ").split(/ +/)].filter(Boolean).join(" "),
      );
    expect(media(follower.source().state())).toEqual(["1 audio sendrecv"]);
    await bridge.clock.run(2000);
    leg.show("main");
    leg.show("slides");
    await bridge.clock.run(1000);
    expect(media(follower.sent()[0] ?? "")).toEqual([
      "1 audio sendrecv",
      "2 camera video sendrecv",
      "3 screen video sendonly",
    ]);
  });

  it("tells changes and nothing else, of many in a second the outcome", async () => {
    const { bridge, room, follow } = await conference();
    const alice = await bridge.call(room, { number: "101" });
    const follower = follow("101");
    follower.source().state();
    await bridge.clock.run(2000);

    const bob = await bridge.call(room, { number: "102" });
    await bridge.clock.run(0);
    const [joined = ""] = follower.sent();
    expect([attribute(joined, "state"), attribute(joined, "version")]).toEqual(["partial", "2"]);
    expect(users(joined)).toEqual(["sip:102@192.0.2.1 full"]);

    for (let count = 0; count < 3; count += 1) {
      bob.leg.press("*6");
      await settle();
    }
    await bridge.clock.run(999);
    expect(follower.sent()).toEqual([]);
    await bridge.clock.run(1);
    const muted = follower.sent();
    expect(muted).toHaveLength(1);
    expect(muted[0]).toContain("<status>recvonly</status>");
    expect(attribute(muted[0]!, "version")).toBe("3");

    bob.leg.talk(true);
    await bridge.clock.run(1000);
    expect(follower.sent()).toEqual([]);

    bob.invitation.session.hangUp();
    await bridge.clock.run(1000);
    expect(users(follower.sent()[0]!)).toEqual(["sip:102@192.0.2.1 deleted"]);

    alice.invitation.session.hangUp();
    await settle();
    expect(follower.ended).toEqual(["noresource"]);
    follower.source().onEnded();
    expect(bridge.clock.pending).toBe(0);
  });

  it("follows a participant who is moved in both rooms, and tells them no more of the one they left", async () => {
    const { bridge, room, follow } = await conference();
    const other = await bridge.room({ extensionNumber: "8001" });
    const alice = await bridge.call(room, { number: "101" });
    await bridge.call(room, { number: "102" });
    const [mover, stayer] = [follow("101"), follow("102")];
    for (const { source } of [mover, stayer]) source().state();

    const people = await bridge.rooms.participants(room.id);
    const { id } = people.ok ? people.value[0]! : { id: alice.leg.id };
    await bridge.rooms.moveParticipant(room.id, id as never, { roomId: other.id });
    await bridge.clock.run(1000);

    expect(users(stayer.sent()[0]!)).toEqual(["sip:101@192.0.2.1 deleted"]);
    expect([mover.ended, stayer.ended]).toEqual([["rejected"], []]);
    expect(follow("101").decision).toMatchObject({ ok: false, error: { status: 403 } });
    expect(users(follow("101", true, "8001").source().state())).toEqual(["sip:101@192.0.2.1 full"]);
  });

  it("shows who is at the phone after a transfer, and tells no more to the one who has gone", async () => {
    const { bridge, room, follow } = await conference();
    const alice = await bridge.call(room, { number: "101", displayName: "Alice" });
    await bridge.call(room, { number: "102" });
    const [gone, stayer] = [follow("101"), follow("102")];
    for (const { source } of [gone, stayer]) source().state();

    alice.invitation.session.identify({ number: "101" }, { number: "103", displayName: "Carol" });
    await bridge.clock.run(1000);

    const [told = ""] = stayer.sent();
    expect(users(told)).toEqual(["sip:103@192.0.2.1 full", "sip:101@192.0.2.1 deleted"]);
    expect(told).toContain("<display-text>Carol</display-text>");
    expect([gone.ended, stayer.ended]).toEqual([["rejected"], []]);
    expect(follow("101").decision).toMatchObject({ ok: false, error: { status: 403 } });
    expect(follow("103").decision.ok).toBe(true);
  });

  it("is for those who are in the conference, known by a number that can be trusted", async () => {
    const { bridge, room, follow } = await conference();
    expect(follow("101").decision).toMatchObject({ ok: false, error: { status: 403 } });
    await bridge.call(room, { number: "101" });
    expect(follow("101").decision.ok).toBe(true);
    expect(follow("102").decision).toMatchObject({ ok: false, error: { status: 403 } });
    expect(follow("101", false).decision).toMatchObject({ ok: false, error: { status: 403 } });
    for (let count = 1; count < 200; count += 1) follow("101");
    expect(follow("101").decision).toMatchObject({ ok: false, error: { status: 503 } });
  });

  it("shows people with the same number as one user with several endpoints", async () => {
    const { bridge, room, follow } = await conference();
    await bridge.call(room, { number: "101" });
    await bridge.call(room, { number: "101" });
    const text = follow("101").source().state();
    expect(users(text)).toEqual(["sip:101@192.0.2.1 full"]);
    expect(text.match(/<endpoint /g)).toHaveLength(2);
  });
});
