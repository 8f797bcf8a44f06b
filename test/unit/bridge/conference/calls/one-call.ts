// One call without a bridge around it: an invitation, a leg and a live room of its own, and a record that remembers.
import { newId, silentLogger } from "#common";
import type { RoomFields } from "#conference/rooms";
import { createVoice } from "#conference/speech";
import type { LegStats } from "#media/protocol";
import type { CallRecorder, EndReason } from "#services/call-records";
import { FakeInvitation, FakeLeg, type FakeWorker, noEntry, noRecords } from "#test/support";
import { Call } from "../../../../../bridge/conference/calls/call.ts";
import { cdrStartOf } from "../../../../../bridge/conference/calls/cdr-start.ts";
import { liveRoom } from "../rooms/live/live-room.ts";

export function oneCall(fields: RoomFields = {}) {
  const bridge = liveRoom(fields);
  const { clock, workers } = bridge;
  const worker = workers.workers[0] as FakeWorker;
  const invitation = new FakeInvitation({ dialled: "8000", number: "100", displayName: "Ada" });
  const notes: object[] = [];
  const ends: { readonly reason: EndReason; readonly stats: LegStats | undefined }[] = [];
  const records: CallRecorder = {
    ...noRecords,
    begin: () => ({
      ...noEntry(),
      note: (facts) => void notes.push(facts),
      end: (reason, stats) => void ends.push({ reason, stats }),
    }),
  };
  const call = new Call({
    ...{ line: invitation, voice: createVoice(), language: "en", clock, log: silentLogger, records },
    party: { ...invitation.caller, address: invitation.flow.remote.address },
    cdrStart: cdrStartOf(invitation, "office"),
    onChange() {},
  });
  const newLeg = () => new FakeLeg(newId(), worker);
  const leg = newLeg();

  /** The call has a participant and a leg, and is answered. */
  async function answered() {
    const arrived = bridge.room.arrive(call, { kind: "call" });
    if (!arrived.ok) throw new Error(arrived.error.text);
    call.holdParticipant(arrived.value);
    await call.holdLeg(Promise.resolve({ leg, sdp: "answer" }));
    call.become("answering");
    await call.accept("answer");
    call.become("entering");
    return arrived.value;
  }

  /** … and inside the room. */
  async function inside() {
    const participant = await answered();
    const joined = await participant.join(leg);
    if (joined.kind !== "entered") throw new Error(joined.kind);
    call.become("talking");
    return participant;
  }

  return {
    ...bridge,
    worker,
    invitation,
    session: invitation.session,
    call,
    leg,
    newLeg,
    notes,
    ends,
    answered,
    inside,
  };
}
