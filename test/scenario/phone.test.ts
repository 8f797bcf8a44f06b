// The test phone proves itself before it proves anything else: two of them call each other, without Parley.
import { afterEach, describe, expect, it } from "vitest";
import { type CallOptions, Phone } from "../support/phone/index.ts";

const aliceTone = { frequency: 440, levelDbov: -20 };
const bobTone = { frequency: 950, levelDbov: -26 };

const phones: Phone[] = [];
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.close();
});

async function pair(options: CallOptions = {}) {
  const bob = await Phone.open("bob");
  const alice = await Phone.open("alice", bob.address);
  phones.push(alice, bob);
  const outgoing = await alice.call("bob", options);
  const incoming = await bob.incoming();
  return { outgoing, incoming };
}

async function connected(options: CallOptions = {}) {
  const { outgoing, incoming } = await pair(options);
  incoming.ring();
  await outgoing.ringing();
  incoming.accept();
  await outgoing.answered();
  return { outgoing, incoming };
}

describe("two test phones", () => {
  it.each([
    ["an early offer", {}],
    ["a late offer", { offer: "late" }],
    ["A-law only", { codecs: ["PCMA"] }],
  ] satisfies [string, CallOptions][])("hear each other with %s", async (_, options) => {
    const { outgoing, incoming } = await connected(options);
    outgoing.media.voice = [aliceTone];
    incoming.media.voice = [bobTone];
    await outgoing.ear.hearsExactly([bobTone], [aliceTone.frequency]);
    await incoming.ear.hearsExactly([aliceTone], [bobTone.frequency]);
    expect(outgoing.media.counts.gaps).toBe(0);
  });

  it("keep the beat: fifty packets a second", async () => {
    const { outgoing, incoming } = await connected();
    await outgoing.ear.next(100);
    const start = performance.now();
    await incoming.ear.next(1000);
    expect(performance.now() - start).toBeGreaterThan(950);
    // A busy machine may be late at the end.
    expect(performance.now() - start).toBeLessThan(1500);
  });

  it("hear keys once a press", async () => {
    const { outgoing, incoming } = await connected();
    await outgoing.type("1*#15");
    expect(incoming.media.keysHeard.join("")).toBe("1*#15");
  });

  it("end on BYE, whichever side sends it", async () => {
    const first = await connected();
    await first.outgoing.hangUp();
    expect((await first.incoming.ended()).by).toBe("them");
    const second = await connected();
    await second.incoming.hangUp();
    expect((await second.outgoing.ended()).by).toBe("them");
  });

  it("refuse and give up", async () => {
    const refused = await pair();
    refused.incoming.refuse(486, "Busy Here");
    expect(await refused.outgoing.rejected()).toMatchObject({ status: 486, phrase: "Busy Here" });
    const cancelled = await pair();
    cancelled.incoming.ring();
    cancelled.outgoing.cancel();
    expect((await cancelled.outgoing.rejected()).status).toBe(487);
  });

  it("hold and resume", async () => {
    const { outgoing } = await connected();
    expect(await outgoing.reinvite({ hold: true })).toBe("recvonly");
    expect(await outgoing.reinvite({ hold: false })).toBe("sendrecv");
  });

  it("lose packets when told to", async () => {
    const { outgoing, incoming } = await connected({ impairment: { lossPercent: 20 } });
    await outgoing.ear.next(2000);
    expect(incoming.media.counts.gaps).toBeGreaterThan(8);
    expect(incoming.media.counts.gaps).toBeLessThan(40);
  });
});
