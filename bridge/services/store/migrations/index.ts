// Every migration, oldest first. One that was released never changes; a new one goes at the end.
import { rooms } from "./0001-rooms.ts";
import { settings } from "./0002-settings.ts";
import { revisions } from "./0003-revisions.ts";
import { servers } from "./0004-servers.ts";
import { answers } from "./0005-answers.ts";
import { events } from "./0006-events.ts";
import { webhooks } from "./0007-webhooks.ts";
import { access } from "./0008-access.ts";
import { audit } from "./0009-audit.ts";
import { calls } from "./0010-calls.ts";
import { recordings } from "./0011-recordings.ts";
import { roomLife } from "./0012-room-life.ts";
import { outbox } from "./0013-outbox.ts";
import { movedCalls } from "./0016-moved-calls.ts";
import { userAddresses } from "./0017-user-addresses.ts";
import { connectedCalls } from "./0021-connected-calls.ts";
import { roomSwitches } from "./0031-room-switches.ts";
import { recordingsOfAllRooms } from "./0032-recordings-of-all-rooms.ts";
import { hangUpScope } from "./0033-hang-up-scope.ts";
import { toldRooms } from "./0034-told-rooms.ts";
import { toldSwitches } from "./0041-told-switches.ts";
import { accounts } from "./0051-accounts.ts";
import { revokedTokens } from "./0052-revoked-tokens.ts";
import { mediaEncryption } from "./0053-media-encryption.ts";
import { roomAccess } from "./0061-room-access.ts";
import { members } from "./0062-members.ts";
import { webhookFormats } from "./0063-webhook-formats.ts";
import { chat } from "./0071-chat.ts";
import { oidcUsers } from "./0081-oidc-users.ts";
import { tokenFamilies } from "./0082-token-families.ts";
import { recordingPosters } from "./0083-recording-posters.ts";
import { callFindings } from "./0094-call-findings.ts";
import { callPictures } from "./0097-call-pictures.ts";
import { toldOpen } from "./0101-told-open.ts";
import { warnedRecordings } from "./0102-warned-recordings.ts";
import type { Migration } from "./migration.ts";

export type { Migration } from "./migration.ts";

export const migrations: readonly Migration[] = [
  rooms,
  settings,
  revisions,
  servers,
  answers,
  events,
  webhooks,
  access,
  audit,
  calls,
  recordings,
  roomLife,
  outbox,
  movedCalls,
  userAddresses,
  connectedCalls,
  roomSwitches,
  recordingsOfAllRooms,
  hangUpScope,
  toldRooms,
  toldSwitches,
  accounts,
  revokedTokens,
  mediaEncryption,
  roomAccess,
  members,
  webhookFormats,
  chat,
  oidcUsers,
  tokenFamilies,
  recordingPosters,
  callFindings,
  callPictures,
  toldOpen,
  warnedRecordings,
];
