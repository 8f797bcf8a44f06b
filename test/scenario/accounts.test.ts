// Accounts of a real bridge: phones register, strangers with an account call rooms, rooms call accounts on all their
// phones, guessing is stopped and told, and what is revoked ends at once.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { caller, newExtension } from "./use-parley.ts";

const password = "kestrel-orchard";
let dataDir: string;
let parley: ParleyProcess;
let phones: Phone[] = [];
/** Loopback is a stranger here, so that everything needs a password. */
const env = { SIP_TRUSTED_NETWORKS: "192.0.2.0/24", SIP_STRANGERS: "challenge" };

beforeAll(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), "parley-accounts-"));
  parley = await ParleyProcess.start({ env, dataDir });
});
afterEach(async () => {
  for (const phone of phones) await phone.close();
  phones = [];
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(dataDir, { recursive: true, force: true });
});

let lastAccount = 1000;
async function account(displayName: string) {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  const extension = String(++lastAccount);
  const body = { extension, password, display_name: displayName };
  const answer = await parley.request("/api/accounts", { body });
  expect(answer.status, answer.text).toBe(201);
  return { extension, id: (answer.body as { id: string }).id };
}

async function phone(extension: string, secret = password): Promise<Phone> {
  const identity = `sip:${extension}@127.0.0.1`;
  const credentials = { user: extension, password: secret };
  const opened = await Phone.open("phone", parley.sip, { identity, credentials });
  phones.push(opened);
  return opened;
}

const shown = async (id: string) =>
  (await parley.request(`/api/accounts/${id}`)).body as {
    registered: boolean;
    registrations: readonly { address: string }[];
  };
const invite = (room: string, number: string) =>
  parley.request(`/api/conference_rooms/${room}/participants/invite`, { body: { number } });

describe("a stranger with an account", () => {
  it("registers, and calls a room under the account's name, whatever its own says", async () => {
    const ana = await account("Ana");
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const telephone = await phone(ana.extension);
    expect((await telephone.register("127.0.0.1", 600)).status).toBe(200);
    expect(await shown(ana.id)).toMatchObject({
      registered: true,
      registrations: [{ address: `127.0.0.1:${telephone.address.port}` }],
    });
    const call = await telephone.call(extension, { displayName: "The director" });
    await call.answered();

    await parley.attendance(room, 1);
    expect((await parley.participants(room)).map((one) => one.display_name)).toEqual(["Ana"]);
    await call.hangUp();
  });

  it("reaches rooms and no other account", async () => {
    const [ana, ben] = [await account("Ana"), await account("Ben")];
    const [hers, his] = [await phone(ana.extension), await phone(ben.extension)];
    expect((await his.register("127.0.0.1", 600)).status).toBe(200);
    const call = await hers.call(ben.extension);

    expect(await call.answered().catch((error: Error) => error.message)).toMatch(/404/);
  });

  it("registers no other account's extension", async () => {
    const [ana, ben] = [await account("Ana"), await account("Ben")];
    const identity = `sip:${ben.extension}@127.0.0.1`;
    const opened = await Phone.open("phone", parley.sip, {
      identity,
      credentials: { user: ana.extension, password },
    });
    phones.push(opened);
    expect((await opened.register("127.0.0.1", 600)).status).toBe(403);
    expect((await shown(ben.id)).registered).toBe(false);
  });
});

describe("a room that calls an account", () => {
  it("rings all its phones: one answers, the other stops", async () => {
    const ana = await account("Ana");
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const [desk, mobile] = [await phone(ana.extension), await phone(ana.extension)];
    for (const one of [desk, mobile]) expect((await one.register("127.0.0.1", 600)).status).toBe(200);
    const host = await account("Host");
    const inside = await phone(host.extension);
    const alice = caller("alice", await inside.call(extension));
    await alice.call.answered();

    const asked = invite(room, ana.extension);
    const [atDesk, atMobile] = await Promise.all([desk.incoming(), mobile.incoming()]);
    atDesk.ring();
    atMobile.ring();
    expect((await asked).status).toBe(200);
    atMobile.accept();
    await eventually(
      async () => (atDesk.state === "rejected" ? true : undefined),
      () => "CANCEL of the other phone",
    );
    const bob = caller("bob", atMobile);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await parley.attendance(room, 2);
  });

  it("is told 480 when none is registered", async () => {
    const ana = await account("Ana");
    const room = await parley.createRoom({ extension_number: newExtension() });
    const answer = await invite(room, ana.extension);

    expect([answer.status, answer.body]).toEqual([
      409,
      expect.objectContaining({
        code: "DIAL_OUT_FAILED",
        detail: expect.stringContaining("480 Not registered"),
      }),
    ]);
  });
});

describe("what is revoked", () => {
  it("ends its call and its registration at once", async () => {
    const ana = await account("Ana");
    const extension = newExtension();
    await parley.createRoom({ extension_number: extension });
    const telephone = await phone(ana.extension);
    expect((await telephone.register("127.0.0.1", 600)).status).toBe(200);
    const call = await telephone.call(extension);
    await call.answered();
    await parley.request(`/api/accounts/${ana.id}`, { body: { enabled: false } });

    expect((await call.ended()).by).toBe("them");
    await eventually(
      async () => ((await shown(ana.id)).registered ? undefined : true),
      () => "registration removed",
    );
    expect((await telephone.register("127.0.0.1", 600)).status).toBe(401);
  });
});

describe("a restart", () => {
  it("keeps what is registered over UDP", async () => {
    const ana = await account("Ana");
    const telephone = await phone(ana.extension);
    expect((await telephone.register("127.0.0.1", 600)).status).toBe(200);
    const port = String(parley.sip.port);
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    parley = await ParleyProcess.start({ env: { ...env, SIP_PORT: port }, dataDir });
    const room = await parley.createRoom({ extension_number: newExtension() });
    const asked = invite(room, ana.extension);
    const call = await telephone.incoming();
    call.accept();

    expect((await asked).status).toBe(200);
    await parley.attendance(room, 1);
  });
});

describe("guessing", () => {
  it("is answered a few times, then not at all, and told", async () => {
    const ana = await account("Ana");
    const statuses: (number | undefined)[] = [];
    for (let guess = 0; guess < 8; guess += 1) {
      const guesser = await phone(ana.extension, `guess-${guess}-of-many`);
      statuses.push((await guesser.register("127.0.0.1", 600).catch(() => undefined))?.status);
      if (statuses.at(-1) === undefined) break;
    }
    expect(statuses.at(-1)).toBeUndefined();
    expect(statuses.slice(0, -1).every((status) => status === 401)).toBe(true);
    await eventually(
      async () => {
        const { text } = await parley.request("/api/events?types=security.blocked");
        return text.includes('"guard":"sip"') ? true : undefined;
      },
      () => "security.blocked",
    );
  });
});
