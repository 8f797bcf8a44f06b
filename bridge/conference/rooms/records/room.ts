// A room as it is stored, and what a client may give for it. Rooms outlive their meetings.
import type { ListQuery, RoomId } from "#common";
import type { RoomAccess } from "./access.ts";
import type { RoomListField } from "./list-fields.ts";
import type { RoomOptions } from "./options.ts";

export const roomModes = ["AUDIO", "VIDEO"] as const;
export const roomControls = ["FREE", "MASTER"] as const;
export const roomLayouts = [
  "LAYOUT0",
  "LAYOUT1",
  "LAYOUT2",
  "LAYOUT3",
  "LAYOUT4",
  "LAYOUT6",
  "LAYOUT9",
] as const;
export type RoomMode = (typeof roomModes)[number];
export type RoomControl = (typeof roomControls)[number];
export type RoomLayout = (typeof roomLayouts)[number];

export interface OutboundCallerId {
  readonly providerId: string;
  readonly callerId: string;
  readonly description?: string | null;
}

/** A room as it is stored. Instants are RFC 3339 in UTC. */
export interface Room {
  readonly id: RoomId;
  /** 1 when the room is made, one more with every change. */
  readonly revision: number;
  readonly extensionNumber: string;
  readonly mode: RoomMode;
  readonly control: RoomControl;
  readonly height: number;
  readonly width: number;
  /** kbit/s */
  readonly bitrate: number;
  readonly framerate: number;
  readonly layout: RoomLayout;
  readonly subject: string;
  /** BCP 47 */
  readonly language: string;
  readonly capacity: number;
  readonly adminPin: string | null;
  readonly roomPin: string | null;
  readonly enableRecording: boolean;
  readonly enablePrompt: boolean;
  /** IANA name */
  readonly timezone: string;
  readonly createdAt: string;
  readonly scheduledStartAt: string | null;
  readonly scheduledEndAt: string | null;
  readonly numbers: string;
  readonly internalInvitees: readonly string[];
  readonly externalInvitees: string;
  readonly outboundCallerIds: readonly OutboundCallerId[];
  /** JSON text of the client's own; kept, never read. */
  readonly customOptions: string;
  /** Takes no new participants until it is opened again; a meeting that runs goes on. */
  readonly closed: boolean;
  readonly options: RoomOptions;
  readonly access: RoomAccess;
}

/** What a client may give when it makes a room; the rest has defaults. `null` clears on update. */
export type RoomFields = Partial<Omit<Room, "id" | "revision" | "createdAt" | "options" | "access">> & {
  /** What is absent keeps its value. */
  readonly options?: Partial<RoomOptions>;
  readonly access?: Partial<RoomAccess>;
};
/** Extension and automatic recording are decided at creation. */
export type RoomChanges = Omit<RoomFields, "extensionNumber" | "enableRecording">;

export interface RoomStatus {
  readonly status: "ONLINE" | "OFFLINE" | "ON_CALL";
  readonly locked: boolean;
  readonly muted: boolean;
  readonly recording: boolean;
  /** How much less it has of its picture while the machine is near its limit: a step of `degradationSteps`, 0: nothing less. */
  readonly pictureDegradation: number;
}

/** What is switched on in a room as a whole. */
export type RoomSwitches = Pick<RoomStatus, "locked" | "muted">;

/** What an order leaves open is in order of creation. */
export type RoomListQuery = ListQuery<RoomListField>;
