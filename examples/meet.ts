// A room of the meet API: made with a member who may record, closed, deleted.
//
//   node examples/meet.ts
//
//   PARLEY_URL, PARLEY_KEY  as examples/api.ts has them; the key needs the scopes `read` and `rooms`

import { ask } from "./api.ts";

const rooms = "/api/v1/rooms";

interface Room {
  readonly roomId: string;
  readonly status: "open" | "active_meeting" | "closed";
  readonly anonymous: Readonly<Record<"moderator" | "speaker", { readonly accessUrl: string }>>;
}

interface Member {
  readonly memberId: string;
  readonly accessUrl: string;
  readonly effectivePermissions: Readonly<Record<string, boolean>>;
}

const room = await ask<Room>(rooms, "POST", { roomName: "Board meeting" });
console.log(`room ${room.roomId}: ${room.anonymous.speaker.accessUrl}`);

const member = await ask<Member>(`${rooms}/${room.roomId}/members`, "POST", {
  name: "Ada",
  baseRole: "speaker",
  customPermissions: { canRecord: true },
});
console.log(`member ${member.memberId} may record: ${member.effectivePermissions["canRecord"]}`);

const changed = await ask<{ room: Room }>(`${rooms}/${room.roomId}/status`, "PUT", { status: "closed" });
console.log(`the room is ${changed.room.status}`);

const { successCode } = await ask<{ successCode: string }>(`${rooms}/${room.roomId}`, "DELETE");
console.log(successCode);
