// A room calls a phone over a trunk: it rings, is answered, confirmed, and hears the others; or it declines.
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { caller, join, newExtension } from "./use-parley.ts";

let berlin: Phone;
let parley: ParleyProcess;
beforeAll(async () => {
  berlin = await Phone.open("berlin");
  const { address, port } = berlin.address;
  const trunk = {
    hosts: [`sip:${address}:${port};transport=udp`],
    keepalive_seconds: 0,
    dial_prefixes: [{ from: "+49", to: "0" }],
    caller_id: "4930999",
  };
  const trunks = [
    { ...trunk, name: "carrier", dial_allow: ["0Z."], dial_confirm: true },
    { ...trunk, name: "office", dial_allow: ["2XX"], dial_confirm: false },
  ];
  parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify(trunks) } });
});
afterEach(() => parley.hangUpAll());
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  berlin.close();
});

const invite = (room: string, number: string) =>
  parley.request(`/api/conference_rooms/${room}/participants/invite`, { body: { number } });

function showLogs(): void {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
}

describe("a phone that a room calls", () => {
  it("answers and is heard at once where the callee need not confirm, PIN and lock or not", async () => {
    showLogs();
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const alice = await join(parley, "alice", extension);
    expect((await parley.request(`/api/conference_rooms/${room}/lock`, { body: {} })).status).toBe(200);
    const asked = invite(room, "205");
    const call = await berlin.incoming();
    call.ring();
    expect((await asked).status).toBe(200);
    call.accept();
    const bob = caller("bob", call);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    expect((await parley.participants(room)).map((one) => one.display_name)).toEqual(["alice", "205"]);

    const { id } = await parley.participant(room, "205");
    await parley.command(room, id, "destroy");
    expect((await call.ended()).by).toBe("them");
    await alice.hears();
  });

  it("presses 1 first where the trunk wants it, under its own number with the carrier's prefix", async () => {
    showLogs();
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const alice = await join(parley, "alice", extension);
    const asked = invite(room, "+4930700");
    const call = await berlin.incoming();
    call.ring();
    expect((await asked).status).toBe(200);
    call.accept();
    const bob = caller("bob", call);
    await call.ear.next(1000);
    expect(await parley.participants(room)).toHaveLength(1);
    await call.type("1");
    await parley.attendance(room, 2);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await call.hangUp();
    await parley.attendance(room, 1);
  });

  it("presses 1 by the number that we offered for keys, although its answer has another (RFC 3264 §5.1)", async () => {
    showLogs();
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const asked = invite(room, "+4930701");
    const call = await berlin.incoming();
    call.ring();
    expect((await asked).status).toBe(200);
    call.describedEvents = 96;
    call.accept();
    await call.ear.next(1000);
    await call.type("1");
    await parley.attendance(room, 1);
    await call.hangUp();
  });

  it("is picked up by another person while it rings: the room shows that person, and the record both", async () => {
    showLogs();
    const room = await parley.createRoom({ extension_number: newExtension() });
    const asked = invite(room, "207");
    const call = await berlin.incoming();
    call.ring();
    expect((await asked).status).toBe(200);
    expect(await call.update([["P-Asserted-Identity", '"Dora" <sip:1004@pbx.example>']])).toBe(200);
    call.accept();
    await parley.participant(room, "Dora");
    await call.hangUp();
    const record = await eventually(
      async () => {
        const { body } = await parley.request("/api/call_records?filter=to eq '207'");
        return (body as { items: readonly Record<string, unknown>[] }).items[0];
      },
      () => "record of the call",
    );
    expect(record).toMatchObject({ to: "207", connected_number: "1004", connected_name: "Dora" });
  });

  it("declines: the caller is told the SIP reason, and the room lives", async () => {
    showLogs();
    const extension = newExtension();
    const room = await parley.createRoom({ extension_number: extension });
    const asked = invite(room, "206");
    const call = await berlin.incoming();
    call.refuse(603, "Decline");
    const answer = await asked;
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "DIAL_OUT_FAILED", detail: "206 could not be reached: 603 Decline" },
    });
    await join(parley, "alice", extension);
    await parley.attendance(room, 1);
    const records = await parley.request("/api/call_records?filter=to eq '206'");
    expect(records.body).toMatchObject({
      items: [
        { direction: "outbound", result: "refused", ended_by: "remote", status: 603, reason: "Decline" },
      ],
    });
    const events = await parley.request("/api/events?types=call.failed&top=100");
    expect(events.body).toMatchObject({
      items: [{ data: { number: "206", status: 603, ended_by: "remote", sip_call_id: expect.any(String) } }],
    });
  });

  it("is given up when the room goes while it rings", async () => {
    showLogs();
    const room = await parley.createRoom({ extension_number: newExtension() });
    const asked = invite(room, "207");
    const call = await berlin.incoming();
    call.ring();
    expect((await asked).status).toBe(200);
    expect((await parley.request(`/api/conference_rooms/${room}/destroy`, { body: {} })).status).toBe(204);
    await eventually(
      () => (call.state === "rejected" ? true : undefined),
      () => "a CANCEL",
    );
  });

  it("is not called when no trunk allows the number", async () => {
    showLogs();
    const room = await parley.createRoom({ extension_number: newExtension() });
    expect(await invite(room, "112")).toMatchObject({ status: 403, body: { code: "DIAL_OUT_NOT_ALLOWED" } });
  });
});
