// Calls whose media are encrypted by SRTP with keys in SDP: they meet calls in the clear, change keys, are moved and called; and
// what the policies refuse.
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { caller, join, newExtension } from "./use-parley.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";

let berlin: Phone;
let parley: ParleyProcess;
beforeAll(async () => {
  berlin = await Phone.open("berlin");
  const { address, port } = berlin.address;
  const hosts = [`sip:${address}:${port};transport=udp`];
  const common = { hosts, keepalive_seconds: 0, dial_confirm: false };
  const trunks = [
    { ...common, name: "plain", dial_allow: ["1XX"] },
    { ...common, name: "secure", dial_allow: ["2XX"], srtp: "require" },
  ];
  parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify(trunks), MEDIA_WORKERS: "2" } });
});
afterEach(() => parley.hangUpAll());
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  berlin.close();
});

function showLogs(): void {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
}

async function room() {
  const extension = newExtension();
  return { id: await parley.createRoom({ extension_number: extension }), extension };
}

async function metric(name: string): Promise<number> {
  const text = await parley.metrics();
  const values = [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, "gm"))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

describe("an encrypted caller", () => {
  it("hears one in the clear and is heard, and the API shows which of them is encrypted", async () => {
    showLogs();
    const { id, extension } = await room();
    const alice = await join(parley, "alice", extension, { srtp: "required" });
    const bob = await join(parley, "bob", extension);
    const carol = await join(parley, "carol", extension, { srtp: "optional" });

    await Promise.all([
      alice.hears("bob", "carol"),
      bob.hears("alice", "carol"),
      carol.hears("alice", "bob"),
    ]);

    expect(alice.call.remote).toMatchObject({ profile: "RTP/SAVP", crypto: { tag: 1 } });
    expect(bob.call.remote).toMatchObject({ profile: "RTP/AVP", crypto: undefined });
    expect(carol.call.remote).toMatchObject({ profile: "RTP/AVP", crypto: { tag: 1 } });
    const shown = new Map(
      (await parley.participants(id)).map((one) => [one.display_name, one.media_encryption]),
    );
    expect(Object.fromEntries(shown)).toEqual({ alice: suite, bob: null, carol: suite });
    expect([alice, carol].map(({ call }) => call.media.counts.forged)).toEqual([0, 0]);
  });

  it("changes its key in the call, which costs no more than the packet on its way", async () => {
    showLogs();
    const { extension } = await room();
    const alice = await join(parley, "alice", extension, { srtp: "required" });
    const bob = await join(parley, "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    const forged = await metric("parley_media_packets_forged_total");

    await alice.call.reinvite({ rekey: true });

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    // The bridge has a new key as well, from its answer on: what crosses the answer, nobody can read.
    const { counts } = alice.call.media;
    expect([counts.forged <= 1, counts.gaps <= 1]).toEqual([true, true]);
    expect(await metric("parley_media_packets_forged_total")).toBe(forged);
  });

  it("by a wrong key is silent, and counted", async () => {
    showLogs();
    const { extension } = await room();
    const alice = await join(parley, "alice", extension, { srtp: "required" });
    const bob = await join(parley, "bob", extension);
    await bob.hears("alice");
    const before = await metric("parley_media_packets_forged_total");

    alice.call.media.secure({ ours: Buffer.alloc(30, 1), theirs: Buffer.alloc(30, 2) });

    await bob.hears();
    await eventually(
      async () => (await metric("parley_media_packets_forged_total")) > before + 50 || undefined,
      () => "forged packets",
    );
    expect(alice.call.media.counts.forged).toBeGreaterThan(0);
  });

  it("stays encrypted when it is moved to another media worker", async () => {
    showLogs();
    const here = await room();
    const there = await room();
    const alice = await join(parley, "alice", here.extension, { srtp: "required" });
    const bob = await join(parley, "bob", there.extension);
    await bob.hears();
    const { id } = await parley.participant(here.id, "alice");

    await parley.move(here.id, id, there.id);

    expect(alice.call.reinvited).toBe(1);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    expect(alice.call.remote).toMatchObject({ profile: "RTP/SAVP" });
    expect((await parley.participant(there.id, "alice")).media_encryption).toBe(suite);
  });

  it("may leave the offer to the bridge, which is then in the clear", async () => {
    const { extension } = await room();
    const alice = await join(parley, "alice", extension, { offer: "late", srtp: "optional" });
    const bob = await join(parley, "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  });
});

describe("a phone that a room calls", () => {
  const invite = (id: string, number: string) =>
    parley.request(`/api/conference_rooms/${id}/participants/invite`, { body: { number } });

  it("over a trunk that requires encryption is offered nothing else", async () => {
    showLogs();
    const { id, extension } = await room();
    const alice = await join(parley, "alice", extension);
    const asked = invite(id, "205");
    const call = await berlin.incoming();
    call.ring();
    await asked;
    call.accept();
    const bob = caller("bob", call);

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);

    expect(call.remote).toMatchObject({ profile: "RTP/SAVP", crypto: { tag: 3 } });
    expect((await parley.participant(id, "205")).media_encryption).toBe(suite);
    await call.hangUp();
  });

  it("over another one is offered audio in the clear, because its SIP is", async () => {
    showLogs();
    const { id, extension } = await room();
    const alice = await join(parley, "alice", extension);
    const asked = invite(id, "105");
    const call = await berlin.incoming();
    call.ring();
    await asked;
    call.accept();
    const bob = caller("bob", call);

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);

    expect(call.remote).toMatchObject({ profile: "RTP/AVP", crypto: undefined });
    await call.hangUp();
  });
});

describe("where a policy says so", () => {
  it("calls in the clear are refused with a warning", async () => {
    const strict = await ParleyProcess.start({ env: { SIP_SRTP: "require" } });
    try {
      const extension = newExtension();
      await strict.createRoom({ extension_number: extension });
      const phone = await strict.phone("alice");
      const refused = await phone.call(extension);
      expect((await refused.rejected()).status).toBe(488);
      const encrypted = await phone.call(extension, { srtp: "required" });
      await encrypted.answered();
      await encrypted.hangUp();
    } finally {
      await strict.stop();
    }
  });

  it("encrypted calls are refused with a warning", async () => {
    const open = await ParleyProcess.start({ env: { SIP_SRTP: "forbid" } });
    try {
      const extension = newExtension();
      await open.createRoom({ extension_number: extension });
      const phone = await open.phone("alice");
      const refused = await phone.call(extension, { srtp: "required" });
      expect((await refused.rejected()).status).toBe(488);
      const optional = await (await phone.call(extension, { srtp: "optional" })).answered();
      expect(optional.remote?.crypto).toBe(undefined);
      await optional.hangUp();
    } finally {
      await open.stop();
    }
  });
});
