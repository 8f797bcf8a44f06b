// The description of the API as others read it: it is valid without a warning, names every header, credential and
// event, and two generators make clients of it that compile and do a day's work.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { generate, HttpClient } from "openapi-typescript-codegen";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settle } from "#test/support";
import { eventTypes } from "../../../bridge/services/events/types.ts";
import { clientPath } from "../../support/client/generate.ts";
import { ParleyClient } from "../../support/client/parley-client.ts";
import { Fixture, key } from "./support/fixture.ts";
import { type Whole, wholeApi } from "./support/whole.ts";

const downloads = {
  recordings: { open: async () => undefined },
  links: { sign: (url: string) => url, verify: () => false },
} as never;
const welcomes = { maxBytes: 1000, of: () => undefined } as never;
const api = await Fixture.create({ downloads, welcomes });
const source = (await api.get("/api/openapi.json")).body;
const description = JSON.parse(source);

test("is valid by the recommended rules, without a warning", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source, config });
  const told = problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]);
  expect(told).toEqual([]);
});

test("names the headers of answers, and what opens what without a key", () => {
  const { paths, components } = description;
  const answers = (path: string, method: string) => paths[path][method].responses;
  const named = (response: { headers: object }) => Object.keys(response.headers);
  const room = "/api/conference_rooms/{id}";
  expect(named(answers("/api/conference_rooms", "post")["201"])).toEqual([
    "X-Request-Id",
    "ETag",
    "Location",
  ]);
  expect(named(answers(room, "get")["200"])).toContain("ETag");
  expect(named(answers(room, "get")["304"])).toContain("ETag");
  expect(named(answers(room, "post")["401"])).toContain("WWW-Authenticate");
  expect(paths["/api/events"].get.security).toContainEqual({ ticket: [] });
  expect(paths["/api/recordings/{recording_id}"].get.security).toContainEqual({ signedLink: [] });
  expect(Object.keys(components.securitySchemes).sort()).toEqual([
    "apiKey",
    "bearer",
    "joinToken",
    "participantToken",
    "refreshToken",
    "roomMemberToken",
    "signedLink",
    "ticket",
  ]);
  expect(Object.keys(components.schemas.Event.discriminator.mapping)).toEqual(eventTypes);
});

/** What a client of whichever generator does in a day. */
interface DayClient {
  make(): Promise<{ readonly id: string }>;
  show(id: string): Promise<{ readonly subject: string; readonly admin_pin: string | null }>;
  rename(id: string, subject: string): Promise<unknown>;
  list(filter: string): Promise<{ readonly count: number }>;
  participants(
    id: string,
  ): Promise<{ readonly items: readonly { readonly id: string; readonly display_name: string }[] }>;
  mute(id: string, participant: string): Promise<unknown>;
  destroy(id: string): Promise<unknown>;
}

describe("a generated client", () => {
  let folder: string;
  let whole: Whole;
  let baseUrl: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "parley-client-"));
    whole = await wholeApi();
    await whole.api.app.listen({ host: "127.0.0.1", port: 0 });
    baseUrl = `http://127.0.0.1:${(whole.api.app.server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    await whole.close();
    rmSync(folder, { recursive: true });
  });

  async function compiles(files: string[]): Promise<void> {
    const options = {
      ...{
        strict: true,
        noEmit: true,
        target: "es2022",
        module: "preserve",
        lib: ["es2023", "dom", "dom.iterable"],
      },
      types: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
    const tsc = new URL("../../../node_modules/.bin/tsc", import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(tsc, ["-p", folder]).catch((error) => error);
    expect(stdout).toBe("");
  }

  async function worksADay(client: DayClient): Promise<void> {
    const { id } = await client.make();
    expect(await client.show(id)).toMatchObject({ subject: "Day", admin_pin: null });
    await client.rename(id, "Evening");
    expect((await client.list("subject eq 'Evening'")).count).toBe(1);
    await whole.bridge.call((await whole.bridge.rooms.get(id as never))!, { displayName: "Ada" });
    await settle();
    const { items } = await client.participants(id);
    expect(items.map(({ display_name }) => display_name)).toEqual(["Ada"]);
    const [ada] = items;
    await client.mute(id, ada!.id);
    const people = await whole.bridge.rooms.participants(id as never);
    expect(people.ok && people.value[0]?.muted).toBe(true);
    await client.destroy(id);
    await expect(client.show(id)).rejects.toMatchObject({ status: 404 });
  }

  const room = { mode: "AUDIO", subject: "Day", capacity: 9 } as const;

  test("of swagger-typescript-api compiles and works", { timeout: 120_000 }, async () => {
    const file = join(folder, "parley-client.ts");
    writeFileSync(file, readFileSync(clientPath, "utf8").replace("// @ts-nocheck\n", ""));
    await compiles([file]);
    const { api } = new ParleyClient({
      baseUrl,
      baseApiParams: { format: "json", headers: { "x-api-key": key } },
    });
    await worksADay({
      make: async () => (await api.createConferenceRoom(room)).data,
      show: async (id) => (await api.getConferenceRoom(id)).data,
      rename: (id, subject) => api.updateConferenceRoom(id, { subject }),
      list: async (filter) => (await api.listConferenceRooms({ filter })).data,
      participants: async (id) => (await api.listConferenceRoomParticipants(id)).data,
      mute: (id, participantId) => api.muteConferenceRoomParticipant(id, participantId),
      destroy: (id) => api.deleteConferenceRoom(id),
    });
  });

  test("of openapi-typescript-codegen compiles and works", { timeout: 120_000 }, async () => {
    const output = join(folder, "second");
    await generate({ input: description, output, httpClient: HttpClient.FETCH, useUnionTypes: true });
    const index = join(output, "index.ts");
    await compiles([index]);
    const { OpenAPI, ConferenceService } = await import(/* @vite-ignore */ index);
    Object.assign(OpenAPI, { BASE: baseUrl, HEADERS: { "x-api-key": key } });
    await worksADay({
      make: () => ConferenceService.createConferenceRoom(room),
      show: (id) => ConferenceService.getConferenceRoom(id),
      rename: (id, subject) => ConferenceService.updateConferenceRoom(id, { subject }),
      list: (filter) => ConferenceService.listConferenceRooms(filter),
      participants: (id) => ConferenceService.listConferenceRoomParticipants(id),
      mute: (id, participant) => ConferenceService.muteConferenceRoomParticipant(id, participant),
      destroy: (id) => ConferenceService.deleteConferenceRoom(id),
    });
  });
});
