// Members of rooms in a database in memory, and rooms on workers that only remember.
import { type MemberId, type Result, type RoomId, silentLogger } from "#common";
import { Members, type NewMember, type TokenHolder } from "#conference/members";
import { createRooms, type Participant, type Pass, type Room, type RoomFields } from "#conference/rooms";
import { openStore } from "#services/store";
import { FakeClock, FakeLeg, type FakeWorker, FakeWorkers } from "#test/support";

export async function memberWorld() {
  const clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  const workers = new FakeWorkers(1);
  const rooms = createRooms({
    repository: store.rooms,
    workers,
    clock,
    logger: silentLogger,
    extensions: { first: 8000, last: 8009 },
  });
  const revoked: { readonly room: RoomId; readonly holder: TokenHolder }[] = [];
  const disabled = new Set<string>();
  const members = new Members({
    repository: store.members,
    rooms,
    revoke: async (room, holder) => void revoked.push({ room, holder }),
    isDisabled: async (user) => disabled.has(user),
    clock,
  });

  async function room(fields: RoomFields = {}): Promise<Room> {
    return value(await rooms.create(fields));
  }

  /** Comes with a pass, and is inside. */
  async function inside(to: Room, pass: Pass) {
    const dismissals: { status: number; text: string }[] = [];
    const call = {
      ...{
        displayName: "Phone",
        number: "100",
        source: "100@10.0.0.1",
        address: "10.0.0.1",
        trunk: undefined,
      },
      dismiss: (why: { status: number; text: string }) => dismissals.push(why),
    };
    const participant: Participant = value(
      await rooms.arriveWith(to.extensionNumber, call, { room: to.id, pass }),
    );
    const leg = new FakeLeg(participant.id, participant.worker as FakeWorker);
    return { participant, leg, dismissals, result: await participant.join(leg) };
  }

  /** Adds a member and lets them in. */
  async function memberInside(to: Room, fields: NewMember) {
    const member = value(await members.add(to.id, fields));
    const pass = await members.passOf({
      room: to.id,
      role: "participant",
      displayName: undefined,
      member: member.id,
    });
    return { member, ...(await inside(to, pass!)) };
  }

  return { clock, store, rooms, members, revoked, disabled, room, inside, memberInside };
}

export function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const noMember = "ext-nobody" as MemberId;
