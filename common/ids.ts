// Identifiers and other random text. Branded, so that a room id cannot be passed where a leg id is wanted.
import { randomBytes, randomInt, randomUUID } from "node:crypto";

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type RoomId = Brand<"RoomId">;
export type MeetingId = Brand<"MeetingId">;
/** A participant and its media leg share one id: a participant is one connected leg. */
export type ParticipantId = Brand<"ParticipantId">;
/** A person in a room's list of members; unique in that room. */
export type MemberId = Brand<"MemberId">;
/** A machine that hosts rooms. */
export type ServerId = Brand<"ServerId">;
/** A call in the API, while it lasts and in its record. */
export type CallId = Brand<"CallId">;
export type RecordingId = Brand<"RecordingId">;
export type LegId = ParticipantId;

/** Time-independent and unguessable: a UUID version 4. */
export const newId = <Id extends string>(): Id => randomUUID() as unknown as Id;

/** `bytes` random bytes as lower-case hexadecimal: tags, branches, Call-IDs, keys. */
export const randomToken = (bytes: number): string => randomBytes(bytes).toString("hex");

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random letters and digits: what people may have to copy. Each is worth almost six bits. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => alphanumerics[randomInt(alphanumerics.length)]).join("");
