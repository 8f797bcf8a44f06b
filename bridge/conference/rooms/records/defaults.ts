// Makes a new room from the fields that the client gave and the defaults of all others.
import { type RoomId, randomText } from "#common";
import { type AccessOf, defaultAccess, linkSecretLength } from "./access.ts";
import { defaultRoomOptions } from "./options.ts";
import type { Room, RoomFields } from "./room.ts";

export interface RoomIdentity {
  readonly id: RoomId;
  readonly extensionNumber: string;
  readonly createdAt: string;
}

/** `fields` have passed `checkFields`. */
export function newRoom(fields: RoomFields, identity: RoomIdentity, accessOf: AccessOf = () => ({})): Room {
  const secrets = { moderator: randomText(linkSecretLength), speaker: randomText(linkSecretLength) };
  const access = { ...defaultAccess(secrets), ...fields.access };
  return {
    mode: "AUDIO",
    control: "FREE",
    height: 720,
    width: 1280,
    bitrate: 1024,
    framerate: 15,
    layout: "LAYOUT0",
    subject: `Conference ${identity.extensionNumber}`.slice(0, 64),
    language: "en",
    capacity: 9,
    adminPin: null,
    roomPin: null,
    enableRecording: false,
    enablePrompt: true,
    timezone: "UTC",
    scheduledStartAt: null,
    scheduledEndAt: null,
    numbers: "",
    internalInvitees: [],
    externalInvitees: "",
    outboundCallerIds: [],
    customOptions: "",
    closed: false,
    ...fields,
    options: { ...defaultRoomOptions, ...fields.options },
    access: { ...access, ...accessOf(access) },
    ...identity,
    revision: 1,
  };
}
