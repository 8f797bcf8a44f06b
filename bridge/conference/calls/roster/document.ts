// The roster of a conference as XML (RFC 4575): in full, or the changes since the last document. Pure.
// Participants who call with the same number are one user with several endpoints.
import type { ParticipantInfo } from "#conference/rooms";

export interface Conference {
  /** Its URI. */
  readonly entity: string;
  /** The host in its users' URIs. */
  readonly host: string;
  readonly subject: string;
  readonly capacity: number;
  readonly locked: boolean;
  readonly participants: readonly ParticipantInfo[];
}

/** What a subscriber has been sent: the users' elements by entity, and the state of the conference. */
export interface Shown {
  readonly description: string;
  readonly state: string;
  readonly users: ReadonlyMap<string, string>;
}

export function show(conference: Conference): Shown {
  const { subject, capacity, locked, participants } = conference;
  const description =
    `<conference-description>${element("display-text", subject)}` +
    `${element("maximum-user-count", String(capacity))}</conference-description>`;
  const state =
    `<conference-state>${element("user-count", String(participants.length))}` +
    `${element("active", "true")}${element("locked", String(locked))}</conference-state>`;
  const groups = Map.groupBy(participants, ({ number }) => userUri(number, conference.host));
  const users = new Map([...groups].map(([entity, endpoints]) => [entity, user(entity, endpoints)]));
  return { description, state, users };
}

/** `version`: 1 for the first document of a subscription, increasing by one. */
export function fullDocument(entity: string, version: number, shown: Shown): string {
  const { description, state, users } = shown;
  const all = [...users.values()].join("");
  return document(
    { entity, version, state: "full" },
    `${description}${state}<users state="full">${all}</users>`,
  );
}

/** Undefined when nothing has changed. */
export function partialDocument(
  entity: string,
  version: number,
  { before, after }: { readonly before: Shown; readonly after: Shown },
): string | undefined {
  const changed = [...after.users].flatMap(([user, text]) => (before.users.get(user) === text ? [] : [text]));
  const gone = [...before.users.keys()].filter((user) => !after.users.has(user));
  const parts = [
    before.description === after.description ? "" : after.description,
    before.state === after.state ? "" : after.state,
    changed.length + gone.length === 0
      ? ""
      : `<users state="partial">${changed.join("")}${gone.map(deletedUser).join("")}</users>`,
  ].join("");
  return parts === "" ? undefined : document({ entity, version, state: "partial" }, parts);
}

function document(
  { entity, version, state }: { readonly entity: string; readonly version: number; readonly state: string },
  content: string,
): string {
  const namespace = "urn:ietf:params:xml:ns:conference-info";
  const attributes = `xmlns="${namespace}" entity="${escapeXml(entity)}" state="${state}" version="${version}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<conference-info ${attributes}>${content}</conference-info>\n`;
}

function user(entity: string, endpoints: readonly ParticipantInfo[]): string {
  const [first] = endpoints;
  const roles = new Set(endpoints.flatMap(({ role, chairman }) => (chairman ? ["chairman", role] : [role])));
  const entries = [...roles].map((role) => element("entry", role)).join("");
  return (
    `<user entity="${escapeXml(entity)}" state="full">${element("display-text", first?.displayName ?? "")}` +
    `<roles>${entries}</roles>${endpoints.map(endpoint).join("")}</user>`
  );
}

const deletedUser = (entity: string): string => `<user entity="${escapeXml(entity)}" state="deleted"/>`;

function endpoint({ id, displayName, joinedAt, muted, video }: ParticipantInfo): string {
  const direction = muted ? "recvonly" : "sendrecv";
  return (
    `<endpoint entity="${escapeXml(id)}" state="full">${element("display-text", displayName)}` +
    `${element("status", "connected")}<joining-info>${element("when", joinedAt)}</joining-info>` +
    `<media id="1">${element("type", "audio")}${element("status", direction)}</media>` +
    `${video.camera ? picture(2, "camera", "sendrecv") : ""}` +
    `${video.screen ? picture(3, "screen", "sendonly") : ""}</endpoint>`
  );
}

/** A camera or a screen that is being sent; each participant receives the one picture of the room. */
const picture = (id: number, name: string, direction: "sendrecv" | "sendonly"): string =>
  `<media id="${id}">${element("display-text", name)}${element("type", "video")}` +
  `${element("status", direction)}</media>`;

const userUri = (number: string, host: string): string =>
  number === "anonymous" ? "sip:anonymous@anonymous.invalid" : `sip:${encodeURIComponent(number)}@${host}`;

const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Characters that XML 1.0 does not allow are removed. */
const escapeXml = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\u{FFFE}\u{FFFF}]/gu, "")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "");
