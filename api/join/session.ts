// The operations by which the join page reads what its token permits when it begins, and renews the token during a call.
import type { Clock } from "#common";
import {
  type BaseRole,
  type Permissions,
  type Room,
  type Rooms,
  scheduleOf,
  sharedLinkRoles,
} from "#conference/rooms";
import type { IceServer, JoinTokens, TokenClaims } from "#services/join-tokens";
import { writeIceServers } from "../conference/ice-server.ts";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { refuseBody } from "../plugins/index.ts";
import { toWireWithNulls } from "../wire.ts";
import { linkOf } from "./links.ts";
import { describeJoin } from "./operation.ts";
import { type Entry, type JoinSession, joinSessionSchema, renewedTokenSchema } from "./schemas.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinSessionOptions {
  readonly rooms: Pick<Rooms, "status" | "participants">;
  readonly holders: TokenHolders;
  readonly tokens: Pick<JoinTokens, "renew">;
  /** `joinPage`: what links begin with. */
  readonly address: { readonly domain: string; readonly joinPage: string };
  readonly iceServers: (holder: string) => readonly IceServer[];
  readonly clock: Clock;
}

const session = {
  ...describeJoin(
    "getJoinSession",
    "Show what a join token opens",
    "What a browser needs to join the room by SIP.",
  ),
  response: { 200: joinSessionSchema },
};

const renewal = {
  ...describeJoin(
    "renewJoinToken",
    "Renew a join token in the middle of its call",
    "A meeting may last longer than its link. While the call that the header `Parley-Call` names is in the room, its token can be " +
      "had again for an hour at least, with the same id, name and role; it is revoked with the one before.",
  ),
  response: { 200: renewedTokenSchema },
};

export function joinSessionRoutes(
  api: Api,
  { rooms, holders, tokens, address, iceServers, clock }: JoinSessionOptions,
): void {
  const config = { scope: "join" } as const;

  const secondsLeft = ({ expiresAt }: TokenClaims): number =>
    Math.max(0, expiresAt - Math.floor(clock.now() / 1000));

  api.get("/join", { schema: session, config }, async (request) => {
    const { claims, pass } = holders.of(request);
    const room = await holders.roomOf(request);
    const { locked, recording } = unwrap(await rooms.status(room.id));
    const present = unwrap(await rooms.participants(room.id)).length;
    const { permissions } = await holders.statusOf(request);
    return {
      room: {
        ...{
          id: room.id,
          name: room.subject ?? room.extensionNumber,
          extension_number: room.extensionNumber,
        },
        ...{ mode: room.mode, entry: entryOf(room, { locked, present, now: clock.now() }) },
        ...{ begins_at: room.scheduledStartAt, recording, picture: pictureOf(room) },
      },
      participant: {
        display_name: pass.name ?? "",
        role: pass.role,
        permissions: toWireWithNulls(permissions),
      },
      links: linksOf(room, permissions, address.joinPage),
      sip: { uri: `sip:${room.extensionNumber}@${address.domain}`, domain: address.domain, path: "/sip" },
      ice_servers: writeIceServers(iceServers(claims.id)),
      expires_in: secondsLeft(claims),
    };
  });

  api.post(
    "/join/renewal",
    { schema: renewal, preValidation: refuseBody, config: { ...config, audited: false } },
    async (request) => {
      holders.ownPlace(request);
      const { token, claims } = tokens.renew(holders.of(request).claims);
      return { token, expires_in: secondsLeft(claims) };
    },
  );
}

/** Whether a participant who is no host would come in now, and what keeps them out. */
export function entryOf(
  room: Room,
  { locked, present, now }: { readonly locked: boolean; readonly present: number; readonly now: number },
): Entry {
  const { phase } = scheduleOf(room, now);
  if (phase === "over") return "over";
  if (phase === "early") return "not_begun";
  if (room.closed) return "closed";
  if (locked) return "locked";
  return present >= room.capacity ? "full" : "open";
}

const pictureOf = ({ mode, width, height, framerate }: Room): JoinSession["room"]["picture"] =>
  mode === "VIDEO" ? { width, height, framerate } : null;

/** For those who may hand them on. */
function linksOf({ id, access }: Room, permissions: Permissions, joinPage: string): JoinSession["links"] {
  const shown = sharedLinkRoles(permissions);
  if (shown.length === 0) return null;
  const link = (role: BaseRole): string | null => {
    const { enabled, secret } = access.links[role];
    return enabled && shown.includes(role) ? linkOf(joinPage, id, secret) : null;
  };
  return { moderator: link("moderator"), speaker: link("speaker") };
}
