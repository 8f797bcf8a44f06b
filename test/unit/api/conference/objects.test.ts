// Every object of the conference API has every field that the reference names, null where there is no value: clients
// that were generated from the reference count on it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settle } from "#test/support";
import { Fixture } from "../support/fixture.ts";
import { answerOf, type Document, operationsOf, type Schema } from "../support/openapi-shapes.ts";
import { wholeApi } from "../support/whole.ts";

const reference: Document = JSON.parse(
  readFileSync(new URL("../../../corpus/api/conference-api.openapi.json", import.meta.url), "utf8"),
);
const theirs = operationsOf(reference, "");

/** Paths that the schema names and the value lacks. */
function missing(schema: Schema, value: unknown, path = ""): string[] {
  const { properties = {}, items } = Object.assign({}, schema, ...(schema.allOf ?? [])) as Schema;
  if (Array.isArray(value)) {
    expect(value.length, `${path} shows nothing`).toBeGreaterThan(0);
    return value.flatMap((item) => (items ? missing(items, item, `${path}[]`) : []));
  }
  return Object.entries(properties).flatMap(([name, member]) => {
    const here = path === "" ? name : `${path}.${name}`;
    if (typeof value !== "object" || value === null || !(name in value)) return [here];
    const inner = (value as Record<string, unknown>)[name];
    return inner === null || (Array.isArray(inner) && inner.length === 0) ? [] : missing(member, inner, here);
  });
}

const shownBy = (operation: string) => answerOf(theirs.get(operation)!, "200")!;

test("rooms, servers and participants are whole, with as little in them as there may be", async () => {
  const { api, bridge, close } = await wholeApi();
  const { id } = (
    await api.post("/api/conference_rooms", {
      ...{ mode: "AUDIO", subject: "Least", capacity: 2 },
      outbound_caller_ids: [{ provider_id: "t", caller_id: "1" }],
    })
  ).json();
  const room = await bridge.rooms.get(id);
  await bridge.call(room!);
  await settle();
  const rooms = "/conference_rooms/{id}";
  const [participant] = (await api.get(`/api/conference_rooms/${id}/participants`)).json().items;
  const asked: Readonly<Record<string, string>> = {
    "get /conference_rooms": "/api/conference_rooms",
    [`get ${rooms}`]: `/api/conference_rooms/${id}`,
    [`get ${rooms}/status`]: `/api/conference_rooms/${id}/status`,
    [`get ${rooms}/participants`]: `/api/conference_rooms/${id}/participants`,
    [`get ${rooms}/participants/{participant_id}`]: `/api/conference_rooms/${id}/participants/${participant.id}`,
    "get /conference_servers": "/api/conference_servers",
    "get /conference_servers/{id}": "/api/conference_servers/internal",
    "get /conference_servers/{id}/status": "/api/conference_servers/internal/status",
  };
  for (const [operation, url] of Object.entries(asked)) {
    const answer = await api.get(url);
    expect(answer.statusCode, operation).toBe(200);
    expect(missing(shownBy(operation), answer.json()), operation).toEqual([]);
  }
  expect(participant).toMatchObject({
    ...{
      transport: "UDP",
      codecs: [],
      media_encryption: null,
      state: "joined",
      left_at: null,
      volume: 0,
      external_user_id: null,
    },
  });
  await close();
});

test("a participant is shown with the codec that is spoken, and as gone in the event that tells of it", async () => {
  const { api, bridge, close } = await wholeApi();
  const room = await bridge.room();
  const { invitation, leg } = await bridge.call(room);
  leg.measured = { codec: "opus" };
  await leg.stats();
  const { items } = (await api.get(`/api/conference_rooms/${room.id}/participants`)).json();
  expect(items[0]).toMatchObject({ codecs: ["opus"], state: "joined", left_at: null });
  const left: unknown[] = [];
  bridge.rooms.events.on("participant.left", ({ participant }) => left.push(participant));
  invitation.session.hangUp();
  await settle();
  const now = new Date(bridge.clock.now()).toISOString();
  expect(left).toMatchObject([{ codecs: ["opus"], state: "left", leftAt: now }]);
  await close();
});

test("a participant who has turned the room down or up is shown with that volume", async () => {
  const { api, bridge, close } = await wholeApi();
  const room = await bridge.room();
  const { leg } = await bridge.call(room);
  const url = `/api/conference_rooms/${room.id}/participants`;
  for (const [keys, volume] of [
    ["*4*4", -8],
    ["*7*7*7", 4],
  ] as const) {
    leg.press(keys);
    await settle();
    const { items } = (await api.get(url)).json();
    expect(items[0].volume).toBe(volume);
    expect((await api.get(`${url}/${items[0].id}`)).json().volume).toBe(volume);
  }
  await close();
});

test("recordings are whole while they run", async () => {
  const api = await Fixture.create();
  const id = await api.room();
  api.rooms.recordings.add(id as never, "one", { endedAt: null, sha256: null });
  const answer = (await api.get(`/api/conference_rooms/${id}/recordings`)).json();
  expect(missing(shownBy("get /conference_rooms/{id}/recordings"), answer)).toEqual([]);
  expect(answer.items[0]).toMatchObject({ ended_at: null, sha256: null });
});
