// The conference API: the primary control plane. Paths are below /api.
import type { Api } from "../instance.ts";
import type { ApiOptions } from "../options.ts";
import { Idempotency } from "../plugins/index.ts";
import { layoutRoutes } from "./layout.ts";
import { moveRoutes } from "./move.ts";
import { participantRoutes } from "./participants.ts";
import { recordingRoutes } from "./recordings.ts";
import { roomControlRoutes } from "./room-control.ts";
import { roomOptionRoutes } from "./room-options.ts";
import { roomRoutes } from "./rooms.ts";
import { serverRoutes } from "./servers.ts";
import { snapshotRoutes } from "./snapshot.ts";
import { tokenRoutes } from "./tokens.ts";
import { welcomeRoutes } from "./welcome.ts";

export async function conferenceRoutes(api: Api, options: ApiOptions): Promise<void> {
  const { rooms, servers, idempotencyStore, clock, welcomes, snapshots, invitations, webPhones } = options;
  const idempotency = new Idempotency(idempotencyStore, clock);
  serverRoutes(api, servers, idempotency);
  roomRoutes(api, { rooms, idempotency, invitations, webPhones });
  if (webPhones) tokenRoutes(api, rooms, webPhones);
  roomOptionRoutes(api, rooms);
  roomControlRoutes(api, rooms);
  participantRoutes(api, rooms);
  layoutRoutes(api, rooms, idempotency);
  moveRoutes(api, rooms, idempotency);
  recordingRoutes(api, { rooms, clock, links: options.downloads?.links });
  if (snapshots) snapshotRoutes(api, snapshots);
  if (welcomes) await welcomeRoutes(api, rooms, welcomes);
}
