import { beforeEach, expect, test } from "vitest";
import { Fixture } from "../support/fixture.ts";

const url = "/api/conference_servers";
const second = { name: "Second site", ipv4: "192.0.2.20", max_rooms: 100, max_participants: 500 };

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

test("the built-in server is there from the start", async () => {
  const { count, items } = (await api.get(url)).json();

  expect(count).toBe(1);
  expect(items[0]).toEqual({
    id: "internal",
    name: "Built-in server",
    enabled: true,
    type: "INTERNAL",
    ipv4: "192.0.2.10",
    ipv6: null,
    max_rooms: 0,
    max_participants: 0,
  });
  expect((await api.get(`${url}/internal`)).json()).toEqual(items[0]);
});

test("an external server is stored, shown and destroyed", async () => {
  const made = await api.post(url, second);
  const { id } = made.json();

  expect(made.statusCode).toBe(200);
  expect(made.headers["location"]).toBe(`${url}/${id}`);
  expect((await api.get(`${url}/${id}`)).json()).toEqual({
    ...second,
    ipv6: null,
    id,
    enabled: true,
    type: "EXTERNAL",
  });
  expect((await api.get(`${url}/${id}/status`)).json()).toEqual({
    rooms_count: 0,
    participants_count: 0,
    cpu_usage: 0,
    memory_usage: 0,
    status: "OFFLINE",
  });

  expect((await api.post(`${url}/${id}/destroy`)).statusCode).toBe(204);
  expect((await api.get(`${url}/${id}`)).json().code).toBe("SERVER_NOT_FOUND");
});

test("only limits and enabled can be changed", async () => {
  const limits = { enabled: false, max_rooms: 5, max_participants: 50 };
  expect((await api.post(`${url}/internal`, limits)).json()).toEqual({});
  expect((await api.get(`${url}/internal`)).json()).toMatchObject({ name: "Built-in server", ...limits });
  expect(api.local).toMatchObject({ accepting: false, maxRooms: 5, maxParticipants: 50 });

  const renamed = await api.post(`${url}/internal`, { name: "Mine" });
  expect(renamed.json()).toMatchObject({ status: 422, code: "INVALID_FIELD" });
  expect(renamed.json().details).toEqual([{ field: "name", message: "cannot be changed" }]);
});

test("the status tells what is there and how busy the machine is", async () => {
  await api.room();
  expect((await api.get(`${url}/internal/status`)).json()).toEqual({
    rooms_count: 1,
    participants_count: 0,
    cpu_usage: 21,
    memory_usage: 48,
    status: "ONLINE",
  });
});

test.each([
  [{ ...second, ipv4: undefined }, 422, "ipv4"],
  [{ ...second, ipv4: "192.0.2.300" }, 422, "ipv4"],
  [{ ...second, ipv6: "192.0.2.1" }, 422, "ipv6"],
  [{ ...second, name: undefined }, 400, "name"],
  [{ ...second, max_rooms: -1 }, 422, "max_rooms"],
  [{ ...second, type: "INTERNAL" }, 400, "type"],
])("a server is refused by field: %j", async (body, status, field) => {
  const response = await api.post(url, body);
  expect(response.statusCode).toBe(status);
  expect(response.json().details[0].field).toBe(field);
});

test("an address that is left empty is none", async () => {
  const { id } = (await api.post(url, { ...second, ipv6: "" })).json();
  expect((await api.get(`${url}/${id}`)).json()).toMatchObject({ ipv4: second.ipv4, ipv6: null });
  const neither = await api.post(url, { ...second, ipv4: "", ipv6: "" });
  expect(neither.json()).toMatchObject({ status: 422, details: [{ field: "ipv4" }] });
});

test("the built-in server cannot be destroyed", async () => {
  const response = await api.post(`${url}/internal/destroy`);
  expect(response.statusCode).toBe(409);
  expect(response.json().code).toBe("SERVER_BUILT_IN");
});

test.each(["", "/status"])("an unknown server cannot be asked: %s", async (path) => {
  const response = await api.get(`${url}/none${path}`);
  expect(response.json()).toMatchObject({ status: 404, code: "SERVER_NOT_FOUND" });
});
