// A room that does for its participants only what a test wants: all join whom admission lets in.
import type { ParticipantId, RoomId } from "#common";
import { silentLogger } from "#common";
import type { Dismissal, Role } from "#conference/rooms";
import type { Sentence } from "#conference/speech";
import { FakeClock, FakeLeg, FakeWorker } from "#test/support";
import {
  type Arrival,
  Participant,
  type ParticipantRoom,
} from "../../../../../../bridge/conference/rooms/live/participant.ts";
import type { ParticipantCall } from "../../../../../../bridge/conference/rooms/live/participant-call.ts";
import {
  type EntryConditions,
  entryConditionsOf,
  refusals,
} from "../../../../../../bridge/conference/rooms/policy/admission.ts";
import { LeftNames } from "../../../../../../bridge/conference/rooms/policy/left-names.ts";
import { newRoom } from "../../../../../../bridge/conference/rooms/records/defaults.ts";
import type { RoomFields } from "../../../../../../bridge/conference/rooms/records/room.ts";

export const recordOf = (fields: RoomFields = {}) =>
  newRoom(fields, { id: "room-1" as RoomId, extensionNumber: "8000", createdAt: "2026-01-01T00:00:00.000Z" });

export class FakeCall implements ParticipantCall {
  readonly displayName: string;
  readonly number = "100";
  readonly source: string;
  readonly address = "192.0.2.1";
  readonly trunk = undefined;
  readonly dismissals: Dismissal[] = [];
  readonly told: Sentence[] = [];
  /** What the room has said about being alone, in order. */
  readonly alone: boolean[] = [];

  constructor(displayName: string) {
    this.displayName = displayName;
    this.source = `${displayName}@192.0.2.1`;
  }

  tell(sentence: Sentence): void {
    this.told.push(sentence);
  }

  aloneChanged(alone: boolean): void {
    this.alone.push(alone);
  }

  dismiss(dismissal: Dismissal): void {
    this.dismissals.push(dismissal);
  }
}

/** `door` is what admission looks at. */
export function fakeRoom(fields: RoomFields = {}) {
  const clock = new FakeClock();
  const worker = new FakeWorker(0);
  const record = recordOf(fields);
  const departures: { name: string; reason: string; lent: string | undefined }[] = [];
  const conditions: { now: EntryConditions } = { now: entryConditionsOf(record, clock.now()) };
  const none = () => {
    throw new Error("not expected in this test");
  };
  const room: ParticipantRoom = {
    record,
    get entryConditions() {
      return conditions.now;
    },
    ...{ meeting: undefined, present: 0, full: false, overloaded: false },
    leftNames: new LeftNames(clock),
    isRecorded: async () => false,
    video: undefined,
    async join(participant, leg, judge) {
      if (participant.gone) return { kind: "refuse", refusal: refusals.closed };
      const verdict = judge(conditions.now);
      if (verdict.kind !== "enter") return verdict as Exclude<typeof verdict, { kind: "enter" }>;
      participant.prepare(leg, verdict.pass, new Date(clock.now()).toISOString());
      participant.joined();
      return { kind: "entered", role: verdict.pass.role, alone: true };
    },
    departed(participant, reason, lent) {
      participant.giveUpName();
      departures.push({ name: participant.call.displayName, reason, lent: lent?.clip });
    },
    ...{ relocate: () => true, relocateTo: () => true },
    ...{ beginPin: none, identify: none },
  };

  function participant(displayName: string, arrival: Arrival = { kind: "call" }): Participant {
    const id = `id of ${displayName}` as ParticipantId;
    return new Participant({ id, call: new FakeCall(displayName), worker, room, arrival, log: silentLogger });
  }

  /** One who is in the mix, without a roster. */
  function prepared(displayName: string, role: Role = "participant") {
    const made = participant(displayName);
    made.admit();
    const leg = new FakeLeg(made.id, worker);
    made.prepare(leg, { role }, new Date(clock.now()).toISOString());
    return { participant: made, leg, call: made.call as FakeCall };
  }

  return { clock, worker, record, room, conditions, departures, participant, prepared };
}
