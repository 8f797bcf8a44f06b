// Recordings over all rooms, and those of rooms that are gone.
import { beforeEach, describe, expect, test } from "vitest";
import type { RoomId } from "#common";
import { LinkSigner } from "#conference/recordings";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;
let room: string;

beforeEach(async () => {
  api = await Fixture.create({
    downloads: {
      recordings: { file: async () => undefined, poster: async () => undefined },
      links: new LinkSigner("secret"),
    },
  });
  room = await api.room();
  const other = await api.room();
  api.rooms.recordings.add(room as RoomId, "one", { roomSubject: "Weekly", duration: 10 });
  api.rooms.recordings.add(room as RoomId, "two", { roomSubject: "Weekly", duration: 20, read: true });
  api.rooms.recordings.add(other as RoomId, "three", { roomSubject: "Board", duration: 30 });
});

const idsOf = async (query: string) => {
  const { count, items } = (await api.get(`/api/recordings${query}`)).json();
  return [count, ...items.map(({ id }: { id: string }) => id)];
};

describe("the list over all rooms", () => {
  test("filters, searches, orders and pages", async () => {
    expect(await idsOf("")).toEqual([3, "one", "two", "three"]);
    expect(await idsOf(`?filter=room_id eq '${room}' and read eq false`)).toEqual([1, "one"]);
    expect(await idsOf("?search=board")).toEqual([1, "three"]);
    expect(await idsOf("?orderby=duration desc&skip=1&top=1")).toEqual([3, "two"]);
    expect((await api.get("/api/recordings?filter=sha256 eq 'x'")).json().code).toBe("INVALID_FILTER");
  });

  test("says of each which meeting of which room it is", async () => {
    const [first] = (await api.get("/api/recordings?top=1")).json().items;
    expect(first).toMatchObject({
      ...{ room_id: room, room_subject: "Weekly", room_extension_number: "8000", meeting_id: "meeting" },
    });
  });

  test("needs the scope recordings", async () => {
    const made = await api.access.keys.create({ name: "Panel", scopes: ["read"] });
    const headers = { "x-api-key": made.ok ? made.value[1] : "" };
    expect((await api.request({ url: "/api/recordings", headers })).statusCode).toBe(403);
  });
});

describe.each(["/api/recordings", "below the room"])("a recording whose room is gone, at %s", (place) => {
  beforeEach(async () => {
    expect((await api.post(`/api/conference_rooms/${room}/destroy`)).statusCode).toBe(204);
  });
  const at = (id: string) =>
    place === "/api/recordings" ? `${place}/${id}` : `/api/conference_rooms/${room}/recordings/${id}`;

  test("is listed, linked, marked and destroyed", async () => {
    const listed = (await api.get(`/api/conference_rooms/${room}/recordings`)).json();
    expect(listed.count).toBe(2);
    expect((await api.post(`${at("one")}/link`)).json().url).toContain("/api/recordings/one?expires=");
    expect((await api.post(`${at("one")}/set_read`)).statusCode).toBe(200);
    expect(await idsOf("?filter=read eq true")).toEqual([2, "one", "two"]);
    expect((await api.post(`${at("one")}/set_unread`)).statusCode).toBe(200);
    expect((await api.post(`${at("one")}/destroy`)).statusCode).toBe(204);
    expect((await api.post(`${at("one")}/destroy`)).json().code).toBe("RECORDING_NOT_FOUND");
    expect(await idsOf("")).toEqual([2, "two", "three"]);
  });

  test("is not there under another room", async () => {
    const path = `/api/conference_rooms/${room}/recordings/three/set_read`;
    expect((await api.post(path)).json().code).toBe("RECORDING_NOT_FOUND");
  });
});

describe("a room that is destroyed", () => {
  test.each([
    [undefined, 204, 3],
    [{}, 204, 3],
    [{ recordings: "keep" }, 204, 3],
    [{ recordings: "remove" }, 204, 1],
    [{ recordings: "burn" }, 422, 3],
    [{ recording: "remove" }, 400, 3],
  ])("with %j: %i, and %i recordings are left", async (body, status, left) => {
    const response = await api.post(`/api/conference_rooms/${room}/destroy`, body);
    expect(response.statusCode).toBe(status);
    expect((await idsOf(""))[0]).toBe(left);
  });
});

test("recordings go with their room only for who may delete recordings", async () => {
  const made = (await api.post("/api/keys", { name: "Panel", scopes: ["rooms"] })).json();
  const destroy = (recordings: string) =>
    api.request({
      ...{ method: "POST", url: `/api/conference_rooms/${room}/destroy`, payload: { recordings } },
      headers: { "x-api-key": made.key },
    });
  const refused = await destroy("remove");
  expect([refused.statusCode, refused.json().code]).toEqual([403, "INSUFFICIENT_SCOPE"]);
  expect(refused.json().detail).toContain("recordings");
  expect((await api.get(`/api/conference_rooms/${room}`)).statusCode).toBe(200);
  expect((await destroy("keep")).statusCode).toBe(204);
  expect((await idsOf(""))[0]).toBe(3);
});

describe("a link", () => {
  test("ends with the right of the key that made it", async () => {
    const { app } = await Fixture.create();
    await app.close();
    const made = (await api.post("/api/keys", { name: "Panel", scopes: ["recordings"] })).json();
    const headers = { "x-api-key": made.key };
    const link = await api.request({ method: "POST", url: "/api/recordings/one/link", headers });
    const { url } = link.json();
    // The file is not there in this test; what counts is whether the link is taken.
    const open = async () => (await api.request({ url, headers: {} })).json().code;
    expect(await open()).toBe("RECORDING_NOT_FOUND");
    await api.post(`/api/keys/${made.id}`, { scopes: ["read"] });
    expect(await open()).toBe("LINK_NOT_VALID");
    await api.post(`/api/keys/${made.id}`, { scopes: ["recordings"] });
    expect(await open()).toBe("RECORDING_NOT_FOUND");
    await api.post(`/api/keys/${made.id}/destroy`);
    expect(await open()).toBe("LINK_NOT_VALID");
  });
});
