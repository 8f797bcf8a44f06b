// Holds the description that is generated from our routes against the one that existing clients were written
// for: what they may send is accepted with the same names, limits and defaults, and what they read is there.
// Every difference is deliberate and listed here.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { permissionNames } from "#conference/rooms";
import { toSnake } from "../../../api/wire.ts";
import { Fixture } from "./support/fixture.ts";
import {
  answerOf,
  bodyOf,
  type Document,
  type Limits,
  limitsOf,
  members,
  type Operation,
  operationsOf,
  type Schema,
  successesOf,
} from "./support/openapi-shapes.ts";

const reference: Document = JSON.parse(
  readFileSync(new URL("../../corpus/api/conference-api.openapi.json", import.meta.url), "utf8"),
);
const api = await Fixture.create();
const generated: Document = (await api.get("/api/openapi.json")).json();

const theirs = operationsOf(reference, "");
const ours = operationsOf(generated, "/api");

/** What the reference leaves unlimited has a limit here. */
const addedLimits: Readonly<Record<string, readonly string[]>> = {
  subject: ["pattern"],
  admin_pin: ["pattern"],
  room_pin: ["pattern"],
  language: ["maxLength", "default"],
  timezone: ["maxLength", "default"],
  numbers: ["pattern", "default"],
  internal_invitees: ["maxItems", "default"],
  "internal_invitees[]": ["minLength", "maxLength"],
  external_invitees: ["maxLength", "default"],
  outbound_caller_ids: ["maxItems", "default"],
  "outbound_caller_ids[].provider_id": ["minLength", "maxLength"],
  "outbound_caller_ids[].caller_id": ["pattern"],
  custom_options: ["maxLength", "default"],
  filter: ["maxLength"],
  search: ["maxLength"],
  orderby: ["maxLength"],
  skip: ["maximum"],
  name: ["pattern"],
  ipv4: ["maxLength"],
  ipv6: ["maxLength"],
  max_rooms: ["maximum"],
  max_participants: ["maximum"],
  number: ["minLength", "maxLength"],
  items: ["maxItems"],
  "items[]": ["maxLength"],
};

const addedMembers = [
  "invitations",
  "count",
  "number",
  "role",
  "mute_reasons",
  "mute_reasons[]",
  "video",
  "video.camera",
  "video.screen",
  "video.refused",
  "talking",
  "held",
  "hand_raised",
  "joined_at",
  ...[
    "left_at",
    "state",
    "transport",
    "codecs",
    "codecs[]",
    "media_encryption",
    "volume",
    "external_user_id",
    "member_id",
  ],
  ...["closed", "permissions", ...permissionNames.map((name) => `permissions.${toSnake(name)}`)],
  ...["findings", "findings[]"],
  ...["code", "severity", "sentence", "advice", "since"].map((name) => `findings[].${name}`),
  "picture_degradation",
  "read",
  ...[
    "quality",
    "quality.mos",
    "quality.loss_percent",
    "quality.jitter_ms",
    "quality.round_trip_ms",
    "quality.delay_ms",
    "quality.concealed_percent",
    "quality.corrected_ms",
    "quality.clipped_ms",
    "quality.level_dbov",
    "quality.remote_mos",
    "quality.remote_loss_percent",
    "quality.remote_jitter_ms",
    "quality.packets_unsent",
    "quality.unsent_reason",
    "quality.echo",
    "quality.video",
  ],
  ...["codec", "width", "height", "kbps", "loss_percent"].flatMap((name) => [
    `quality.video.received_${name}`,
    `quality.video.sent_${name}`,
  ]),
  ...["frames_dropped", "drop_reason", "key_frame_requests_sent", "key_frame_requests_received"].map(
    (name) => `quality.video.${name}`,
  ),
  ...["poster_url", "sha256", "recovered"],
  ...["meeting_id", "room_id", "room_subject", "room_extension_number"],
  ...["tracks", "tracks[]"],
  ...["participant_id", "display_name", "file_name", "file_size", "file_url", "sha256"].map(
    (name) => `tracks[].${name}`,
  ),
];

/** Members of a body that must be given here and there, or only in one of the two. */
const requiredOnlyThere: Readonly<Record<string, readonly string[]>> = {
  "post /conference_rooms": ["extension_number"],
};
const requiredOnlyHere: Readonly<Record<string, readonly string[]>> = {
  "post /conference_rooms/{id}/participants/layout": ["items"],
  "post /conference_rooms/{id}/participants/invite": ["number"],
  "post /conference_rooms/{id}/participants/{participant_id}/position": ["position"],
};

/** Of bodies that existing clients send without them. */
const addedToBodies: Readonly<Record<string, readonly string[]>> = {
  "post /conference_rooms/{id}/destroy": ["recordings"],
};

/** Taken by operations that existing clients call without them. */
const addedHeaders = ["idempotency-key", "if-match"];

/** Parley's own below a room. */
const addedOperations = [
  ...["get", "patch"].map((method) => `${method} /conference_rooms/{id}/options`),
  ...["get", "put", "delete"].map((method) => `${method} /conference_rooms/{id}/welcome`),
  "get /conference_rooms/{id}/snapshot.jpg",
  "post /conference_rooms/{id}/participants/{participant_id}/move",
  "post /conference_rooms/{id}/tokens",
  "post /conference_rooms/{id}/tokens/destroy",
  "post /conference_rooms/{id}/tokens/{token_id}/destroy",
];

const implemented = [...ours.keys()]
  .filter((name) => name.includes("/conference_") && !addedOperations.includes(name))
  .sort();

test("all 31 operations are there, and no other", () => {
  expect(implemented).toEqual([...theirs.keys()].sort());
  expect(implemented).toHaveLength(31);
});

describe.each(implemented)("%s", (name) => {
  const our = ours.get(name)!;
  const their = theirs.get(name)!;

  test("is the same operation with the same outcomes", () => {
    expect(our.operationId).toBe(their.operationId);
    expect(successesOf(our)).toEqual(successesOf(their));
    expect(Object.keys(our.responses)).toContain("4XX");
  });

  test("takes the same parameters", () => {
    const known = (operation: Operation) =>
      (operation.parameters ?? []).filter(({ name }) => !addedHeaders.includes(name));
    const names = (operation: Operation) =>
      known(operation).map(({ name, in: place, required = false }) => ({
        name,
        place,
        required,
      }));
    expect(names(our)).toEqual(names(their));
    for (const { name, in: place, required } of our.parameters ?? []) {
      if (addedHeaders.includes(name))
        expect({ place, required }).toEqual({ place: "header", required: false });
    }
    for (const parameter of their.parameters ?? []) {
      const same = our.parameters!.find((candidate) => candidate.name === parameter.name)!;
      expectSameLimits(parameter.name, limitsOf(same.schema), limitsOf(parameter.schema));
    }
  });

  test("takes the same body", () => {
    const taken = members(withoutReadOnly(bodyOf(our)));
    const wanted = members(bodyOf(their));
    expect([...taken.keys()].sort()).toEqual([...wanted.keys(), ...(addedToBodies[name] ?? [])].sort());
    for (const [path, limits] of wanted) expectSameLimits(path, taken.get(path)!, limits);
  });

  test("needs the same members of a body", () => {
    const needed = (from: Operation) => [...(bodyOf(from)?.required ?? [])];
    const both = needed(their).filter((member) => !requiredOnlyThere[name]?.includes(member));
    expect(needed(our).sort()).toEqual([...both, ...(requiredOnlyHere[name] ?? [])].sort());
  });

  test.each(successesOf(their))("shows the same with %s", (status) => {
    const shown = members(answerOf(our, status));
    const wanted = members(answerOf(their, status));
    for (const [path, limits] of wanted) {
      expect([...shown.keys()]).toContain(path);
      expectSameLimits(path, shown.get(path)!, limits);
    }
    const added = [...shown.keys()].filter((path) => !wanted.has(path)).map(withoutItems);
    expect(addedMembers).toEqual(expect.arrayContaining(added));
  });
});

/** Fields that cannot be changed may be sent back. */
function withoutReadOnly(schema: Schema | undefined): Schema | undefined {
  if (!schema?.properties) return schema;
  const writable = Object.entries(schema.properties).filter(([, member]) => !member["readOnly"]);
  return { ...schema, properties: Object.fromEntries(writable) };
}

function expectSameLimits(path: string, our: Limits, their: Limits): void {
  const added = addedLimits[path] ?? addedLimits[withoutItems(path)] ?? [];
  const comparable = Object.entries(our).filter(([word]) => word in their || !added.includes(word));
  expect(Object.fromEntries(comparable), path).toEqual(expectedOf(path, their));
}

/** The reference forgets to anchor its pattern, and tells the default port of another product. */
function expectedOf(path: string, their: Limits): Limits {
  if (typeof their["pattern"] === "string") return { ...their, pattern: `^${their["pattern"]}$` };
  if (path !== "sbc_port") return their;
  const { default: _, ...rest } = their;
  return rest;
}

const withoutItems = (path: string): string => path.replace(/^items(?:\[\]\.?)?/, "");
