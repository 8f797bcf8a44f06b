// The state that another process needs to continue an answered call: its dialog (RFC 3261 §12), the path of its requests, its
// parties are, its session timer (RFC 4028) and what is not acknowledged yet. Plain JSON, read as strictly as a message.
import { isIP } from "node:net";
import { type Static, type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ParleyError } from "#common";
import type { Principal } from "../auth/principal.ts";
import { parseParty } from "../message/headers.ts";
import type { Flow } from "../transport/transport.ts";
import type { Caller } from "./identity.ts";

/** The longest header that is accepted. */
const maxValue = 16_384;
const maxRoutes = 256;
/** Limit of a 2xx with a description. */
const maxMessage = 65_536;
/** Leaves room for the numbers that later processes use (RFC 3261 §8.1.1.5: less than 2**31). */
const maxCSeq = 2_100_000_000;

/** A line break in a header value would split the header in two. */
const line = (minLength = 0) => Type.String({ minLength, maxLength: maxValue, pattern: "^[^\\r\\n\\0]*$" });
const word = (minLength = 1) => Type.String({ minLength, maxLength: maxValue, pattern: "^\\S*$" });
const cseq = Type.Integer({ minimum: 0, maximum: maxCSeq });
const milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const address = Type.Object({
  address: Type.String({ minLength: 2, maxLength: 64 }),
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
});
const caller = Type.Object({
  displayName: Type.Optional(line()),
  number: line(),
  uri: line(),
  anonymous: Type.Boolean(),
});

/** See `DialogSnapshot`. */
const dialogSchema = Type.Object({
  callId: word(),
  localTag: word(),
  remoteTag: word(0),
  local: line(1),
  remote: line(1),
  localCSeq: cseq,
  remoteCSeq: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })),
  routeSet: Type.Array(line(1), { maxItems: maxRoutes }),
  remoteTarget: word(),
});

/** The two ends of a flow, without its connection. */
const flowSchema = Type.Object({
  protocol: Type.Enum(["UDP", "TCP", "TLS", "WS", "WSS"]),
  local: address,
  remote: address,
  peerNames: Type.Optional(Type.Array(word(), { maxItems: 100 })),
});
export type FlowSnapshot = Static<typeof flowSchema>;

const timerSchema = Type.Object({
  intervalSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
  refresher: Type.Enum(["us", "them"]),
  unilateral: Type.Optional(Type.Boolean()),
  /** When the session expires, milliseconds since the Unix epoch. */
  expiresAt: milliseconds,
});
export type TimerSnapshot = Static<typeof timerSchema>;

/** A 2xx of ours whose ACK has not come. */
const unacknowledgedSchema = Type.Object({
  cseq: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  /** As it was sent; a character is a byte. */
  response: Type.String({ minLength: 1, maxLength: maxMessage }),
  /** Until when it is repeated, milliseconds since the Unix epoch. */
  until: milliseconds,
});
export type UnacknowledgedSnapshot = Static<typeof unacknowledgedSchema>;

const identitySchema = Type.Object({
  now: caller,
  /** The peer itself has named the party. */
  asserted: Type.Boolean(),
  change: Type.Optional(Type.Object({ before: caller, now: caller })),
});
export type IdentitySnapshot = Static<typeof identitySchema>;

const principalSchema = Type.Object({
  id: line(1),
  caller: Type.Optional(Type.Object({ number: line(), displayName: Type.Optional(line()) })),
  addressOfRecord: Type.Optional(line()),
  claims: Type.Optional(line()),
});

const sessionSchema = Type.Object({
  dialog: dialogSchema,
  /** The CSeq of the INVITE that began it, which is the peer's unless it is `outgoing`. */
  inviteCSeq: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  outgoing: Type.Boolean(),
  flow: flowSchema,
  /** The peer is reached only on that flow. */
  pinned: Type.Boolean(),
  /** The user part of our Contact. */
  contactUser: line(),
  /** The holder of the credentials that opened it. */
  principal: Type.Optional(principalSchema),
  identity: identitySchema,
  /** Absent: the session has none. */
  timer: Type.Optional(timerSchema),
  /** The peer's Allow has named UPDATE. */
  peerUpdates: Type.Boolean(),
  /** A REFER was accepted in this dialog. */
  hadReferrals: Type.Boolean(),
  unacknowledged: Type.Array(unacknowledgedSchema, { maxItems: 8 }),
  /** The last of them carries an offer of ours, which its ACK answers. */
  answerIsOwed: Type.Boolean(),
});

/** An answered call as plain JSON: the result of `Session.snapshot` and the input of `SipEndpoint.adopt`. */
export type SessionSnapshot = Static<typeof sessionSchema>;

const unansweredSchema = Type.Object({
  direction: Type.Enum(["received", "placed"]),
  /** The INVITE as it travelled; a character is a byte. */
  request: Type.String({ minLength: 1, maxLength: maxMessage }),
  flow: flowSchema,
  pinned: Type.Boolean(),
  /** The holder of the credentials of the INVITE. */
  principal: Type.Optional(principalSchema),
});
/** An INVITE that has no final response yet, as plain JSON. */
export type UnansweredInvite = Static<typeof unansweredSchema>;

/** Throws a ParleyError BAD_SNAPSHOT. */
export function readUnansweredInvite(value: unknown): UnansweredInvite {
  const invite = read(unansweredSchema, value);
  checkFlow(invite.flow);
  return invite;
}

/** Throws a ParleyError BAD_SNAPSHOT that names the field but not its value. */
export function readSessionSnapshot(value: unknown): SessionSnapshot {
  const snapshot = read(sessionSchema, value);
  const { dialog, flow } = snapshot;
  for (const name of ["local", "remote"] as const) {
    const tag = tagIn(dialog[name]);
    if (tag?.toLowerCase() !== dialog[`${name}Tag`].toLowerCase()) throw badSnapshot(`dialog/${name}`);
  }
  checkFlow(flow);
  return snapshot;
}

/** Compiled on first use: a start without calls of a previous process reads none. */
const validators = new Map<TSchema, Validator>();

function read<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  if (validator.Check(value)) return value as Static<Schema>;
  throw badSnapshot(validator.Errors(value)[0]?.instancePath ?? "");
}

function checkFlow({ local, remote }: FlowSnapshot): void {
  if (isIP(local.address) === 0) throw badSnapshot("flow/local");
  if (isIP(remote.address) === 0 || remote.port === 0) throw badSnapshot("flow/remote");
}

/** Empty when there is no tag; undefined when the value cannot be read. */
function tagIn(party: string): string | undefined {
  try {
    return parseParty(party, "From").params.get("tag") ?? "";
  } catch {
    return undefined;
  }
}

export const badSnapshot = (where: string): ParleyError =>
  new ParleyError("BAD_SNAPSHOT", `not a session snapshot: ${where.replace(/^\//, "") || "no object"}`);

/** The flow id of restored connections; no connection of this process has it. Datagrams have one common flow. */
const leftFlowId = "of the previous process";

export const snapshotFlow = ({ protocol, local, remote, peerNames }: Flow): FlowSnapshot => ({
  protocol,
  local: { address: local.address, port: local.port },
  remote: { address: remote.address, port: remote.port },
  ...(peerNames && { peerNames: [...peerNames] }),
});

/** The connection is gone with its process: sending on such a flow fails, as on any that is lost. */
export function restoreFlow({ protocol, local, remote, peerNames }: FlowSnapshot): Flow {
  const reliable = protocol !== "UDP";
  const id = reliable ? leftFlowId : "udp";
  return { protocol, reliable, local, remote, id, ...(peerNames && { peerNames }) };
}

type CallerSnapshot = Static<typeof caller>;

export const snapshotCaller = ({ displayName, number, uri, anonymous }: Caller): CallerSnapshot => ({
  ...(displayName !== undefined && { displayName }),
  ...{ number, uri, anonymous },
});

export const restoreCaller = ({ displayName, number, uri, anonymous }: CallerSnapshot): Caller => ({
  ...{ displayName, number, uri, anonymous },
});

export const snapshotPrincipal = ({
  id,
  caller: named,
  addressOfRecord,
  claims,
}: Principal): Static<typeof principalSchema> => ({
  id,
  ...(named && {
    caller: {
      number: named.number,
      ...(named.displayName !== undefined && { displayName: named.displayName }),
    },
  }),
  ...(addressOfRecord !== undefined && { addressOfRecord }),
  ...(claims !== undefined && { claims }),
});

export const restorePrincipal = ({
  id,
  caller: named,
  addressOfRecord,
  claims,
}: Static<typeof principalSchema>): Principal => ({
  id,
  ...(named && { caller: { number: named.number, displayName: named.displayName } }),
  ...(addressOfRecord !== undefined && { addressOfRecord }),
  ...(claims !== undefined && { claims }),
});
