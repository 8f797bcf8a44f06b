// Calls over HTTP while real phones talk: listed, hung up, recorded; and what a killed bridge knows when it is back.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { describe, expect, it } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley();

interface Shown {
  readonly id: string;
  readonly from: string;
  readonly [field: string]: unknown;
}

const list = async (bridge: ParleyProcess, path: string): Promise<readonly Shown[]> => {
  const { body } = await bridge.request(path);
  return (body as { items: readonly Shown[] }).items;
};

const recordOf = (bridge: ParleyProcess, from: string): Promise<Shown> =>
  eventually(
    async () => (await list(bridge, `/api/call_records?filter=from eq '${from}'`))[0],
    () => `record of ${from}`,
  );

describe("a call", () => {
  it("is listed with its codec and addresses, and hung up by its id", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, subject: "Weekly" });
    const { call } = await join(parley(), "alice", extension, { codecs: ["PCMA"] });
    await parley().attendance(room, 1);

    const shown = await eventually(
      async () => (await list(parley(), "/api/calls?filter=from eq 'alice'")).find(({ codec }) => codec),
      () => "call with a codec",
    );
    expect(shown).toMatchObject({
      ...{ direction: "inbound", state: "talking", to: extension, codec: "PCMA", transport: "UDP" },
      ...{ room_id: room, room_extension: extension, room_subject: "Weekly" },
    });
    expect(shown["signalling_address"]).toMatch(/^127\.0\.0\.1:\d+$/);

    const hungUp = await parley().request(`/api/calls/${shown.id}/destroy`, { body: undefined });
    expect(hungUp.status).toBe(204);
    expect((await call.ended()).by).toBe("them");

    const record = await recordOf(parley(), "alice");
    expect(record).toMatchObject({ id: shown.id, result: "answered", ended_by: "local", status: 200 });
    expect(record["media_address"]).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(record["received_packets"]).toBeGreaterThan(0);
  });

  it("that is transferred behind its PBX has the new party in its room, in the events and in its record", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const { call } = await join(parley(), "bob", extension);
    await parley().attendance(room, 1);

    expect(await call.update([["P-Asserted-Identity", '"Dora" <sip:1004@pbx.example>']])).toBe(200);

    const dora = await eventually(
      async () => (await parley().participants(room)).find(({ display_name }) => display_name === "Dora"),
      () => "a participant named Dora",
    );
    const updated = await eventually(
      async () => (await list(parley(), `/api/events?types=participant.updated&room=${room}`)).at(0),
      () => "an event of the new party",
    );
    expect(updated).toMatchObject({
      participant: dora.id,
      data: {
        participant: { display_name: "Dora", number: "1004" },
        previous: { display_name: "bob", number: "bob" },
      },
    });
    await call.hangUp();
    const record = await recordOf(parley(), "bob");
    expect(record).toMatchObject({ display_name: "bob", connected_number: "1004", connected_name: "Dora" });
  });

  it("that is refused has a record that says why, in a table file too", async () => {
    const phone = await parley().phone("carol");
    const call = await phone.call("404404");
    expect((await call.rejected()).status).toBe(404);

    expect(await recordOf(parley(), "carol")).toMatchObject({
      ...{ to: "404404", result: "refused", ended_by: "local", status: 404, duration: 0 },
    });
    const { text } = await parley().request("/api/call_records?format=csv&filter=from eq 'carol'");
    expect(text.split("\r\n")).toHaveLength(3);
    expect(text).toContain(",404404,");
  });
});

it("a bridge that finds nothing but its database closes the calls of its last run as lost", async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-test-"));
  try {
    const before = await ParleyProcess.start({ dataDir });
    const room = await before.createRoom({ extension_number: "7500" });
    await join(before, "bob", "7500");
    await before.attendance(room, 1);
    const [call] = await list(before, "/api/calls");
    // A moment after they began, calls are in the database.
    await eventually(
      async () => (/^parley_call_records_waiting 0$/m.test(await before.metrics()) ? true : undefined),
      () => "written record",
    );
    await before.lose();
    await before.stop();

    const after = await ParleyProcess.start({ dataDir });
    try {
      expect(await recordOf(after, "bob")).toMatchObject({
        ...{ id: call?.id, result: "lost", ended_by: "failure", room_id: room },
      });
      expect(await list(after, "/api/calls")).toEqual([]);
    } finally {
      await after.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
