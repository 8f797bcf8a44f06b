// The conference API: the primary control plane. Paths are below /api.
import type { Rooms } from "../../bridge/rooms/types.ts";
import type { Api, WebPhoneAddress } from "../options.ts";
import { participantRoutes } from "./participants.ts";
import { roomControlRoutes } from "./room-control.ts";
import { roomRoutes } from "./rooms.ts";

export function conferenceRoutes(api: Api, rooms: Rooms, webPhone: WebPhoneAddress | undefined): void {
  roomRoutes(api, rooms, webPhone);
  roomControlRoutes(api, rooms);
  participantRoutes(api, rooms);
}
