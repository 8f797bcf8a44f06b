// Every operation of the API's description, with values that fit and values that do not, on the whole of what is
// behind it: never the server's fault, always an answer that the description knows, and nothing for a credential whose
// scope does not allow it.
//
// The same requests every time: PARLEY_FUZZ_SEED makes others, and a failure names its seed.
import fc from "fast-check";
import type { HTTPMethods, InjectOptions } from "fastify";
import { afterAll, describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import type { BaseRole } from "#conference/rooms";
import { type Need, type Principal, type Role, scopes, scopesOfRole } from "#services/access";
import { settle } from "#test/support";
import { permits, problems } from "../../../api/plugins/index.ts";
import { declaredAnswers } from "./support/declared-answers.ts";
import { key } from "./support/fixture.ts";
import { hostileText, type Mood, valueLike } from "./support/from-schema.ts";
import { bodyExamplesOf, bodyOf, type Document } from "./support/openapi-shapes.ts";
import { wholeApi } from "./support/whole.ts";

const seed = Number(process.env["PARLEY_FUZZ_SEED"] ?? 20_261_121);
/** As many on every machine: what they reach must not depend on it. PARLEY_FUZZ_REQUESTS asks for more. */
const requestsEach = Number(process.env["PARLEY_FUZZ_REQUESTS"] ?? 60);

/** They answer for as long as a client listens. */
const endless = new Set(["get /api/sip/trace", "get /api/join/roster"]);
/** They do not take HEAD. */
const headless = /^\/api\/(?:events|join\/roster|participant\/room\/[^/]*\/upload)/;
/** What may be said beside 2xx and 4xx. */
const documented = new Set([501, 503]);

const whole = await wholeApi();
const { api, bridge, calls, tokens, members, provisioning } = whole;
const document: Document = (await api.get("/api/openapi.json")).json();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation,
    name: `${method} ${path}`,
  })),
);
const ending = operations.filter(({ name }) => !endless.has(name));

afterAll(() => whole.close());

/** What the API itself makes from the example in its description. */
const createdHere = new Set(["keys", "users", "webhooks", "accounts"]);
/** Of those whose logins are shown. */
const userIds: string[] = [];
let created = 0;
let addresses = 0;

async function create(noun: string): Promise<string | undefined> {
  const [example] = bodyExamplesOf(document.paths[`/api/${noun}`]!["post"]!);
  created += 1;
  const names: Readonly<Record<string, object>> = {
    users: { username: `user-${created}` },
    accounts: { extension: `77${1000 + created}` },
  };
  const named = names[noun] ?? {};
  return (await api.post(`/api/${noun}`, { ...(example as object), ...named })).json().id;
}

type Ids = Readonly<Record<string, string>>;

/** Makes one of everything; the ids by the names that paths have for them. */
async function existing(path: string): Promise<Ids> {
  const room = await bridge.room({ subject: "Fuzz" });
  await bridge.call(room, { number: "101" });
  const { invitation } = await bridge.call(room, { number: "102" });
  invitation.session.hangUp();
  await settle();
  const server = await api.post("/api/conference_servers", {
    name: "Fuzz",
    ipv4: "192.0.2.2",
    max_rooms: 1,
    max_participants: 1,
  });
  const people = await bridge.rooms.participants(room.id);
  const [record] = (await calls.records.list({ skip: 0, top: 1 })).items;
  const nouns: Readonly<Record<string, string | undefined>> = {
    conference_rooms: room.id,
    calls: calls.live.list({ skip: 0, top: 1 }).items[0]?.id,
    call_records: record?.id,
    conference_servers: server.json().id,
  };
  const noun = path.split("/")[2] ?? "";
  const id = createdHere.has(noun) && path.includes("{id}") ? await create(noun) : nouns[noun];
  const added = await members.add(room.id, { name: "Fuzz", baseRole: "speaker" });
  const someone = people.ok ? (people.value[0]?.id ?? "none") : "none";
  // Without a meeting, which keeps some of it from being changed.
  const idle = await bridge.room({ subject: "Fuzz" });
  const member = await members.add(idle.id, { name: "Fuzz", baseRole: "speaker" });
  const own = path.includes("{room_id}") ? await roomOfUsers() : { room_id: idle.id };
  return {
    id: id ?? room.id,
    roomId: idle.id,
    memberId: member.ok ? member.value.id : "none",
    participant_id: someone,
    ...own,
    pid: added.ok ? added.value.participantId : "none",
  };
}

/** A room whose admins are those users who try everything, and somebody else. */
async function roomOfUsers(): Promise<Ids> {
  const room = await bridge.room({ subject: "Fuzz" });
  for (const userId of userIds) await members.add(room.id, { name: "Fuzz", baseRole: "moderator", userId });
  const other = await members.add(room.id, { name: "Fuzz", baseRole: "speaker" });
  return { room_id: room.id, participant_id: other.ok ? other.value.id : "none" };
}

const known = (text: string): boolean => text !== "" && text.isWellFormed();
/** What a header may hold. */
const printable = (text: string): boolean => /^[\u0020-\u007e]{1,4000}$/.test(text);

function requestsFor(
  { path, method, operation }: (typeof operations)[number],
  ids: Readonly<Record<string, string>>,
  mood: Mood,
): fc.Arbitrary<InjectOptions> {
  const parameters = operation.parameters ?? [];
  const some = (place: string, holds: (text: string) => boolean) => {
    const texts = parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema, example }) => {
        const any = valueLike(schema, mood).map(String).filter(holds);
        if (example === undefined) return [name, any] as const;
        const shown = fc.constant(String(example));
        return [name, mood === "sound" ? shown : fc.oneof(shown, any)] as const;
      });
    return fc.record(Object.fromEntries(texts), { requiredKeys: [] });
  };
  const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const names = inPath.map((name) => {
    const exists = fc.constant(ids[name] ?? "none");
    return mood === "sound" ? exists : fc.oneof(exists, exists, hostileText.filter(known));
  });
  const schema = bodyOf(operation);
  const shown = bodyExamplesOf(operation).map((example) => fc.constant(example));
  const none = fc.constantFrom<unknown>(undefined, {}, ...(mood === "wild" ? [{ x: 1 }] : []));
  const body = schema ? fc.oneof(valueLike(schema, mood), ...shown) : none;
  const query = some("query", (text) => known(text) && text.length < 1000);
  return fc
    .tuple(fc.tuple(...names), query, some("header", printable), body)
    .map(([values, asked, headers, payload]) => ({
      method: method.toUpperCase() as HTTPMethods,
      url: inPath.reduce(
        (url, name, index) => url.replace(`{${name}}`, encodeURIComponent(values[index]!)),
        path,
      ),
      query: asked as Record<string, string>,
      headers: { ...headers, "content-type": "application/json" },
      ...(payload !== undefined && method !== "get" && { payload: JSON.stringify(payload) }),
    }));
}

/** What surrounds a request, beside its operation; with `x-head` a GET becomes a HEAD. */
const surroundings = fc.constantFrom<Readonly<Record<string, string>>>(
  ...[{}, {}, {}, { "if-none-match": "*" }, { "if-none-match": 'W/"1", "' }, { "if-match": '"1"' }],
  ...[{ "content-type": "text/plain" }, { "content-type": ";;" }, { upgrade: "h2c" }],
  ...[{ accept: "text/csv" }, { "idempotency-key": "fuzz" }, { host: "" }, { "last-event-id": "x" }],
  ...[{ host: "a b" }, { expect: "tea" }, { "content-encoding": "gzip" }],
  ...[{ "x-head": "1" }, { "x-head": "1", "if-none-match": "*" }, { "if-match": ', "1",,' }],
);
const brokenBodies = fc.constantFrom(
  ...[
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    Buffer.from("\ufeff{}"),
    Buffer.alloc(0),
    Buffer.from("{"),
    Buffer.from('{"\\ud800":1}'),
    Buffer.from('{"":1}'),
  ],
);

/** Now and then with a broken body and with headers that do not belong there. */
const disturbed = (requests: fc.Arbitrary<InjectOptions>): fc.Arbitrary<InjectOptions> =>
  fc
    .tuple(requests, surroundings, fc.option(brokenBodies, { freq: 8 }))
    .map(([request, headers, payload]) => ({
      ...request,
      ...(request.method === "GET" &&
        headers["x-head"] &&
        !headless.test(String(request.url)) && { method: "HEAD" as const }),
      headers: { ...request.headers, ...headers },
      ...(payload && request.method !== "GET" && { payload }),
    }));

const undeclared = declaredAnswers(document);
const answered = new Map<number, number>();
const succeeded = new Set<string>();

/** What is shown with a request, and whose it is; without a holder it is worth nothing. */
interface Credential {
  readonly secret: string | undefined;
  readonly holder?: Pick<Principal, "kind" | "scopes">;
  /** It opens one room to one person, and nothing of the API. */
  readonly joins?: true;
  /** Where it is shown; as bearer credential unless it says otherwise. */
  readonly header?: "x-room-member-token";
}

const needs = new Map(
  [...api.app.needs].map(([route, need]) => {
    const [method = "", url = ""] = route.split(" ");
    return [`${method.toLowerCase()} ${url.replace(/:(\w+)/g, "{$1}")}`, need ?? "admin"];
  }),
);

const needOf = (name: string): Need => needs.get(name)!;

function allows({ holder, joins }: Credential, need: Need): boolean {
  if (need === "public") return true;
  return need === "join" ? joins === true : holder !== undefined && permits(holder, need);
}

const asAdmin: Credential = { secret: key, holder: { kind: "admin_key", scopes: ["admin"] } };
const joining = (room: string, role: "host" | "participant"): Credential => ({
  secret: tokens.issue(room as RoomId, { role }).token,
  joins: true,
});

/** Who was added to a room, with a token for something else than joining it. */
async function memberWith(room: string, baseRole: BaseRole, kind: "authToken" | "refreshToken") {
  const member = await members.add(room as RoomId, { name: "Fuzz", baseRole });
  const renewed = member.ok ? await provisioning.renew(member.value) : undefined;
  if (!renewed?.ok) throw new Error("no member was added");
  return { secret: renewed.value[kind] };
}
const elsewhere = (await bridge.room({ subject: "Elsewhere" })).id;

const schemesOf = ({ operation }: (typeof operations)[number]): ReadonlySet<string> =>
  new Set((operation.security ?? []).flatMap((scheme) => Object.keys(scheme)));

const inHeader = ({ secret }: Credential): Credential => ({ secret, header: "x-room-member-token" });

/** What opens an operation to a participant of the room, as its description says. */
async function participantsOwn(described: (typeof operations)[number], ids: Ids) {
  const schemes = schemesOf(described);
  const { id: room = "none", roomId = room } = ids;
  const own: Credential[] = [];
  if (schemes.has("roomMemberToken")) {
    own.push(inHeader(joining(roomId, "host")), inHeader(joining(roomId, "participant")));
  }
  for (const baseRole of ["moderator", "speaker"] as const) {
    if (schemes.has("participantToken")) own.push(await memberWith(room, baseRole, "authToken"));
    if (schemes.has("refreshToken")) own.push(await memberWith(room, baseRole, "refreshToken"));
  }
  return own;
}

/** One of each kind; those that are worth nothing are refused whatever is asked for. */
const credentials: readonly Credential[] = [
  { secret: undefined },
  { secret: "pk_0123456789abcdef_wrong" },
  { secret: `eyJhbGciOiJub25lIn0.${"e30".repeat(400)}.` },
  { secret: await keyWith({ addresses: ["192.0.2.77"] }) },
  { secret: await expiredKey() },
  { secret: await endedLogin() },
  ...(await Promise.all(
    scopes.map(async (scope): Promise<Credential> => {
      const made = await api.access.keys.create({ name: scope, scopes: [scope] });
      return { secret: made.ok ? made.value[1] : "", holder: { kind: "key", scopes: [scope] } };
    }),
  )),
  await user("user"),
  await user("viewer"),
  await user("operator"),
];

/** Tokens of another room. Made again each time: one of the operations ends them all. */
const foreignTokens = async (): Promise<readonly Credential[]> => [
  joining(elsewhere, "host"),
  joining(elsewhere, "participant"),
  await memberWith(elsewhere, "moderator", "authToken"),
  await memberWith(elsewhere, "speaker", "authToken"),
  await memberWith(elsewhere, "moderator", "refreshToken"),
];

async function keyWith(fields: object): Promise<string> {
  const made = await api.access.keys.create({ name: "Fuzz", scopes: ["admin"], ...fields });
  return made.ok ? made.value[1] : "";
}

async function expiredKey(): Promise<string> {
  const secret = await keyWith({ expiresAt: new Date(api.clock.now() + 1000).toISOString() });
  await api.clock.advance(2000);
  return secret;
}

async function endedLogin(): Promise<string> {
  const { secret = "" } = await user("admin");
  const headers = { authorization: `Bearer ${secret}` };
  await api.app.inject({ method: "POST", url: "/api/login/oauth/revoke", headers });
  return secret;
}

async function user(role: Role): Promise<Credential> {
  const login = { username: `fuzz-${role}`, password: "another horse battery" };
  userIds.push((await api.post("/api/users", { ...login, role })).json().id);
  const answer = await api.app.inject({
    method: "POST",
    url: "/api/login/oauth/token",
    payload: { grant_type: "password", ...login },
  });
  return { secret: answer.json().access_token, holder: { kind: "user", scopes: scopesOfRole[role] } };
}

/** Addresses that show wrong keys have to wait: each request comes from one of its own. */
function shownWith(request: InjectOptions, { secret, header }: Credential): InjectOptions {
  addresses += 1;
  const remoteAddress = `2001:db8:${addresses.toString(16)}::1`;
  const shown =
    secret === undefined ? {} : header ? { [header]: secret } : { authorization: `Bearer ${secret}` };
  return { ...request, headers: { ...request.headers, ...shown }, remoteAddress };
}

describe.each(ending)("$name", (described) => {
  const { path, operation, name } = described;

  it("answers whatever it is sent", { timeout: 60_000 }, async () => {
    const ids = await existing(path);
    const wild = requestsFor(described, ids, "wild");
    const requests = fc.oneof(requestsFor(described, ids, "sound"), wild, disturbed(wild));
    const rooms = [joining(ids["id"] ?? "none", "host"), joining(ids["id"] ?? "none", "participant")];
    const own = await participantsOwn(described, ids);
    const fitting = [
      ...[...credentials, ...rooms].filter((credential) => allows(credential, needOf(name))),
      ...own,
    ];
    // Mostly with all rights, to come as far as can be.
    // What is open to everybody ends logins, too.
    const everybody = needOf(name) === "public";
    const shown = everybody
      ? [asAdmin]
      : allows(asAdmin, needOf(name))
        ? [...fitting.map(() => asAdmin), ...fitting]
        : fitting;
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom(...shown), async (request, credential) => {
        const answer = await api.app.inject(shownWith(request, credential));
        const { statusCode, body } = answer;
        const head = request.method === "HEAD";
        answered.set(statusCode, (answered.get(statusCode) ?? 0) + 1);
        if (statusCode >= 500) expect(documented, body).toContain(statusCode);
        expect(undeclared(operation, answer, { head })).toEqual([]);
        if (statusCode >= 400 && !head) expectProblem(JSON.parse(body), statusCode);
        if (statusCode < 300) succeeded.add(name);
      }),
      { seed, numRuns: requestsEach },
    );
  });
});

describe.each(operations)("$name with a credential of another kind", (described) => {
  it("is refused, whatever it is sent", { timeout: 60_000 }, async () => {
    const need = needOf(described.name);
    if (need === "public") return;
    const ids = await existing(described.path);
    const wild = requestsFor(described, ids, "wild");
    const requests = fc.oneof(requestsFor(described, ids, "sound"), wild, disturbed(wild));
    const room = ids["id"] ?? "none";
    const inside = [joining(room, "host"), joining(room, "participant")];
    // Where the token names the room, that of another room is none of another kind.
    const foreign = described.path.includes("{roomId}") || !schemesOf(described).has("roomMemberToken");
    const outside = foreign ? [inHeader(joining(elsewhere, "host"))] : [];
    const others = [...inside, ...outside, ...(await foreignTokens())];
    const without = [...credentials, ...others, asAdmin].filter((credential) => !allows(credential, need));
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom(...without), async (request, credential) => {
        const answer = await api.app.inject(shownWith(request, credential));
        const { statusCode, body } = answer;
        const head = request.method === "HEAD";
        // Only what is no request at all is refused before, and HEAD where there is none: of what would never end.
        const before = head ? [400, 405, 414, 417] : [400, 414, 417];
        expect([401, 403, ...before], body).toContain(statusCode);
        expect(undeclared(described.operation, answer, { head })).toEqual([]);
        if (!head) expectProblem(JSON.parse(body), statusCode);
      }),
      { seed, numRuns: Math.ceil(requestsEach / 3) },
    );
  });
});

function expectProblem(problem: { readonly status: number; readonly code: string }, status: number): void {
  expect(problem.status).toBe(status);
  expect(problems[problem.code as keyof typeof problems].status).toBe(status);
}

it("has reached the work behind most operations, and their refusals", () => {
  expect(succeeded.size).toBeGreaterThan((2 * operations.length) / 3);
  expect([...answered.keys()]).toEqual(expect.arrayContaining([400, 404]));
});
