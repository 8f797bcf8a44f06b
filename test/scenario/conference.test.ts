// The heart of it: three people in a room hear one another, at the right level and without an echo of themselves.
import { describe, expect, it } from "vitest";
import { type Caller, join, newExtension, tones, useParley } from "./use-parley.ts";

const parley = useParley();

async function meeting(): Promise<{ room: string; alice: Caller; bob: Caller; carol: Caller }> {
  const extension = newExtension();
  const room = await parley().createRoom({ extension_number: extension });
  const [alice, bob, carol] = await Promise.all([
    join(parley(), "alice", extension),
    join(parley(), "bob", extension, { codecs: ["PCMA"] }),
    join(parley(), "carol", extension, { offer: "late" }),
  ]);
  await parley().attendance(room, 3);
  return { room, alice, bob, carol };
}

/** What all of them hear, at the same time. */
const everyHears = (...expectations: Promise<void>[]) => Promise.all(expectations);

describe("three in a room", () => {
  it("each hears the other two and not themselves, across both laws and both kinds of offer", async () => {
    const { room, alice, bob, carol } = await meeting();

    await everyHears(alice.hears("bob", "carol"), bob.hears("alice", "carol"), carol.hears("alice", "bob"));

    expect((await parley().status(room)).status).toBe("ON_CALL");
    const names = (await parley().participants(room)).map((one) => one.display_name);
    expect([...names].sort()).toEqual(["alice", "bob", "carol"]);
  });

  it("a caller whose description names a host instead of an address hears and is heard", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension, { announce: { address: "localhost" } });
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  });

  it("a participant muted by the API is not heard but hears, until unmuted", async () => {
    const { room, alice, bob, carol } = await meeting();
    await everyHears(alice.hears("bob", "carol"), bob.hears("alice", "carol"));
    const { id } = await parley().participant(room, "bob");

    await parley().command(room, id, "mute");

    await everyHears(alice.hears("carol"), bob.hears("alice", "carol"), carol.hears("alice"));
    expect((await parley().participant(room, "bob")).muted).toBe(true);

    await parley().command(room, id, "unmute");
    await everyHears(alice.hears("bob", "carol"), carol.hears("alice", "bob"));
  });

  it("*6 mutes and unmutes oneself, and the keys are not heard", async () => {
    const { room, alice, bob, carol } = await meeting();
    await everyHears(alice.hears("bob", "carol"), carol.hears("alice", "bob"));

    await bob.call.type("*6");
    await everyHears(alice.hears("carol"), carol.hears("alice"));
    expect((await parley().participant(room, "bob")).muted).toBe(true);

    await bob.call.type("*6");
    await everyHears(alice.hears("bob", "carol"), carol.hears("alice", "bob"));
    expect((await parley().participant(room, "bob")).muted).toBe(false);
  });

  it("*6 as SIP INFO does the same", async () => {
    const { room, alice, bob } = await meeting();
    await alice.hears("bob", "carol");

    for (const key of ["*", "6"]) {
      const answer = await bob.call.info("application/dtmf-relay", `Signal=${key}\r\nDuration=160\r\n`);
      expect(answer.status).toBe(200);
    }

    await alice.hears("carol");
    expect((await parley().participant(room, "bob")).muted).toBe(true);
  });

  it("a participant who hangs up is gone, for the ear and for the API", async () => {
    const { room, alice, bob, carol } = await meeting();
    await everyHears(alice.hears("bob", "carol"), bob.hears("alice", "carol"));

    await carol.call.hangUp();

    await everyHears(alice.hears("bob"), bob.hears("alice"));
    await parley().attendance(room, 2);
  });

  it("a participant who holds is not heard and comes back", async () => {
    const { alice, bob, carol } = await meeting();
    await everyHears(alice.hears("bob", "carol"), carol.hears("alice", "bob"));

    expect(await bob.call.reinvite({ hold: true })).toBe("recvonly");
    await everyHears(alice.hears("carol"), carol.hears("alice"));

    expect(await bob.call.reinvite({ hold: false })).toBe("sendrecv");
    await everyHears(alice.hears("bob", "carol"), bob.hears("alice", "carol"));
  });

  it("a steady voice arrives without clicks and without gaps", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension);
    await parley().attendance(room, 2);
    bob.call.media.voice = [];
    await bob.hears("alice");

    await bob.call.ear.hearsCleanly(tones.alice, { windowMs: 2000, windows: 4 });

    expect(bob.call.media.counts.gaps).toBe(0);
    expect(alice.call.state).toBe("answered");
  });

  it("two rooms do not hear each other", async () => {
    const [here, there] = [newExtension(), newExtension()];
    await parley().createRoom({ extension_number: here });
    await parley().createRoom({ extension_number: there });
    const alice = await join(parley(), "alice", here);
    const bob = await join(parley(), "bob", here);
    const carol = await join(parley(), "carol", there);

    await everyHears(alice.hears("bob"), bob.hears("alice"), carol.hears());
  });
});
