// A room of the meet API: made with a member who may record, closed, deleted.
//
//   PARLEY_URL=https://bridge:8887 PARLEY_KEY=pk_… node examples/meet.ts
//
// The key needs the scopes `read` and `rooms`.

const url = process.env["PARLEY_URL"] ?? "http://127.0.0.1:8887";
const key = process.env["PARLEY_KEY"] ?? "";

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

async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { "x-api-key": key, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${answer.error}: ${answer.message}`);
  return answer as Answer;
}

const room = await ask<Room>("POST", "/rooms", { roomName: "Board meeting" });
console.log(`room ${room.roomId}: ${room.anonymous.speaker.accessUrl}`);

const member = await ask<Member>("POST", `/rooms/${room.roomId}/members`, {
  name: "Ada",
  baseRole: "speaker",
  customPermissions: { canRecord: true },
});
console.log(`member ${member.memberId} records: ${member.effectivePermissions["canRecord"]}`);

const { room: closed } = await ask<{ room: Room }>("PUT", `/rooms/${room.roomId}/status`, {
  status: "closed",
});
console.log(`status ${closed.status}`);

const { successCode } = await ask<{ successCode: string }>("DELETE", `/rooms/${room.roomId}`);
console.log(successCode);
