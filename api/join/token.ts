// POST /api/join/token: a link becomes a join token. The page has the room and the secret from its address; a user who has
// logged in has the room alone. Wrong secrets are counted by their source and make it wait, as wrong PINs do.
import { Type } from "typebox";
import { type Clock, FailedAttempts, type RoomId, sourceOf } from "#common";
import type { Members } from "#conference/members";
import { type Room, type Rooms, roleOf } from "#conference/rooms";
import { type Access, covers, type Principal } from "#services/access";
import type { JoinTokens, TokenFields } from "#services/join-tokens";
import type { Api } from "../instance.ts";
import {
  bearerOf,
  clientAddress,
  HttpRefusal,
  isUndecided,
  loginUndecided,
  tooManyAttempts,
  unauthenticated,
} from "../plugins/index.ts";
import { maxRoomIdLength, nameText } from "../texts.ts";

export interface TokenRouteOptions {
  readonly rooms: Pick<Rooms, "get">;
  readonly members: Pick<Members, "openLink" | "find">;
  readonly tokens: Pick<JoinTokens, "issue">;
  readonly access: Pick<Access, "recognise">;
  readonly clock: Clock;
}

/** A secret is worth sixty bits; this keeps guesses from costing anything. */
const guesses = { attempts: 10, windowMs: 60_000, sources: 1000 };

const schema = {
  tags: ["Join"],
  operationId: "exchangeJoinLink",
  summary: "Exchange a link for a join token",
  description:
    "With the secret of a link, for its holder: as the link's role, under the name that they say, or as the member whose link it is. " +
    "Without one, for users who send their access token: owners and administrators as hosts, members as themselves.",
  security: [{}, { bearer: [] }],
  body: Type.Object(
    {
      room: Type.Unsafe<RoomId>({
        type: "string",
        minLength: 1,
        maxLength: maxRoomIdLength,
        description: "The id of the room.",
      }),
      secret: Type.Optional(
        Type.String({ minLength: 1, maxLength: 64, description: "What the link carries." }),
      ),
      name: Type.Optional(
        Type.String({
          ...{ minLength: 1, maxLength: 64, pattern: nameText },
          description: "The name that the room shows; a member has one already.",
        }),
      ),
    },
    {
      additionalProperties: false,
      examples: [{ room: "board-Zk3v9Qm1xT0aB7c", secret: "q8Zt3LmP0a", name: "Ada" }],
    },
  ),
  response: {
    200: Type.Object(
      {
        token: Type.String({ description: "The join token." }),
        expires_at: Type.String({ format: "date-time", description: "When it ends." }),
      },
      {
        description: "The link opens the room.",
        examples: [
          { token: "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI1ZDFmIn0.c2ln", expires_at: "2026-03-02T12:00:00.000Z" },
        ],
      },
    ),
  },
};

export function tokenRoute(api: Api, { rooms, members, tokens, access, clock }: TokenRouteOptions): void {
  const attempts = new FailedAttempts(clock, guesses);

  async function bySecret(room: Room | undefined, secret: string): Promise<TokenFields | undefined> {
    const opened = room && (await members.openLink(room, secret));
    if (!opened) return undefined;
    return opened.kind === "member"
      ? { member: opened.member.id, role: roleOf(opened.member.baseRole) }
      : { link: opened.baseRole, role: roleOf(opened.baseRole) };
  }

  async function byUser(room: Room, { kind, id, scopes, name }: Principal): Promise<TokenFields | undefined> {
    const member = await members.find(room.id, { userId: id });
    if (member) return { member: member.id, role: roleOf(member.baseRole) };
    const owns = kind === "user" && (room.access.owner === id || covers(scopes, "rooms"));
    return owns ? { role: "host", displayName: name, user: id } : undefined;
  }

  api.post("/join/token", { schema, config: { scope: "public" } }, async (request) => {
    const { room: id, secret, name } = request.body;
    const address = clientAddress(request);
    const source = sourceOf(address);
    const wait = attempts.waitSeconds(source);
    if (wait > 0) throw tooManyAttempts(wait);
    // Counted before it is looked at, so that many at once are no way around; taken back when it was right.
    attempts.failed(source);
    const room = await rooms.get(id);
    let fields: TokenFields | undefined;
    if (secret !== undefined) fields = await bySecret(room, secret);
    else {
      const bearer = bearerOf(request);
      const found = bearer === undefined ? undefined : await access.recognise(bearer, address);
      if (found && isUndecided(found)) {
        // What says nothing of the token is no guess.
        attempts.takeBack(source);
        throw loginUndecided(found);
      }
      if (found?.kind !== "valid") {
        throw unauthenticated("Send the secret of a link, or the access token of a user.");
      }
      fields = room && (await byUser(room, found.principal));
    }
    if (!fields) throw new HttpRefusal("LINK_NOT_VALID", "This opens no room, or does so no longer.");
    attempts.takeBack(source);
    const { token, claims } = tokens.issue(id, {
      ...fields,
      ...(fields.member === undefined && name !== undefined && { displayName: name }),
    });
    return { token, expires_at: new Date(claims.expiresAt * 1000).toISOString() };
  });
}
