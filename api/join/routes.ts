// /api/join: what the holder of a join token may ask and do over HTTP: read what the token opens, follow the room, use
// their own buttons, and, as a host, those of the room. The token is the credential; that a request speaks for a
// participant is shown by the Call-ID of the call, which no other client knows.
import type { Clock } from "#common";
import type { Members } from "#conference/members";
import type { RecordingDownloads } from "#conference/recordings";
import type { Rooms } from "#conference/rooms";
import type { LiveCalls } from "#services/call-records";
import type { IceServer, JoinTokens } from "#services/join-tokens";
import type { ChatOptions } from "../chat/index.ts";
import type { Api } from "../instance.ts";
import { joinChatRoutes } from "./chat.ts";
import { joinControlRoutes } from "./controls.ts";
import { joinPictureRoutes } from "./picture.ts";
import { joinRecordingRoutes } from "./recordings.ts";
import { joinRosterRoute } from "./roster.ts";
import { joinSessionRoutes } from "./session.ts";
import { TokenHolders } from "./token-holders.ts";

export interface JoinRoutesOptions {
  readonly rooms: Rooms;
  readonly members: Members;
  readonly tokens: Pick<JoinTokens, "look" | "events" | "issue" | "renew">;
  /** `joinPage`: what links begin with. */
  readonly address: { readonly domain: string; readonly joinPage: string };
  readonly iceServers: (holder: string) => readonly IceServer[];
  readonly calls: Pick<LiveCalls, "findBySipCallId">;
  /** The files of recordings; without, nothing is downloaded. */
  readonly files: RecordingDownloads | undefined;
  readonly clock: Clock;
  /** Without it there is no chat. */
  readonly chat?: ChatOptions;
}

export function joinRoutes(api: Api, options: JoinRoutesOptions): void {
  const { rooms, members, tokens, address, iceServers, clock, chat, files } = options;
  const holders = new TokenHolders(options);
  api.addHook("onRequest", (request) => holders.judge(request));
  api.addHook("preValidation", (request) => holders.confirm(request));

  joinSessionRoutes(api, { rooms, holders, tokens, address, iceServers, clock });
  joinRosterRoute(api, { rooms, holders, tokens, clock, chat });
  joinControlRoutes(api, { rooms, holders });
  if (chat) joinChatRoutes(api, { ...chat, rooms, members, holders });
  joinPictureRoutes(api, { rooms, holders });
  joinRecordingRoutes(api, { rooms, holders, members, files });
}
