// The self-service API: users make rooms, invite each other, chat. A view of the same rooms, members and chats that the
// other families know: an admin is a member with the base role moderator, a participant one with speaker.

import type { Api } from "../instance.ts";
import { Idempotency } from "../plugins/index.ts";
import { chatRoutes } from "./chat.ts";
import type { SelfServiceOptions } from "./membership.ts";
import { participantRoutes } from "./participants.ts";
import { roomRoutes } from "./rooms.ts";

export { userLinkMakers, userLinks } from "./chat.ts";
export type { SelfServiceOptions } from "./membership.ts";

export function selfServiceRoutes(api: Api, options: SelfServiceOptions): void {
  roomRoutes(api, options, new Idempotency(options.idempotencyStore, options.clock));
  participantRoutes(api, options);
  chatRoutes(api, options);
}
