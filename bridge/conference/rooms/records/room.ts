// A room as it is stored, and the fields that a client may give. Rooms outlive their meetings.
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
  /** JSON text for the client's own use, which the bridge stores but does not interpret. */
  readonly customOptions: string;
  /** Takes no new participants until it is opened again; a meeting that runs goes on. */
  readonly closed: boolean;
  readonly options: RoomOptions;
  readonly access: RoomAccess;
}

/** The fields that a client may give when it makes a room; all others get defaults. `null` clears on update. */
export type RoomFields = Partial<Omit<Room, "id" | "revision" | "createdAt" | "options" | "access">> & {
  /** Options that are absent keep their value. */
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
  /** The step of `degradationSteps` by which its picture is reduced while the machine is near its limit; 0: not reduced. */
  readonly pictureDegradation: number;
}

/** The lock and the mute of a room. */
export type RoomSwitches = Pick<RoomStatus, "locked" | "muted">;

/** Rooms that are equal in the given order are ordered by creation. */
export type RoomListQuery = ListQuery<RoomListField>;
