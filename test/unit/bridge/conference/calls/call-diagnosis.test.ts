// What is wrong with a call, from the figures of its leg to the participant, the events and the record.
import { describe, expect, it } from "vitest";
import { newId } from "#common";
import type { CallRecorder, MediaVerdict } from "#services/call-records";
import { FakeClock, FakeLeg, FakeWorker, noEntry, noRecords, settle } from "#test/support";
import { CallDiagnosis } from "../../../../../bridge/conference/calls/call-diagnosis.ts";
import { RoomsRecorder } from "../../../../../bridge/services/events/record-rooms.ts";
import type { NewEvent } from "../../../../../bridge/services/events/types.ts";
import { stats } from "../../../media/support/fakes.ts";
import { startBridge } from "./bridge.ts";

const well = { packetsReceived: 250, packetsSent: 250, reports: 1, reportsOfAudio: 1 };

describe("what is wrong with a call", () => {
  it("is shown with the participant, told when it begins and ends, at most once a minute, and stays in the record", async () => {
    const verdicts: (MediaVerdict | undefined)[] = [];
    const records: CallRecorder = {
      ...noRecords,
      begin: () => ({ ...noEntry(), end: (_, __, last) => void verdicts.push(last) }),
    };
    const bridge = startBridge({ records });
    const room = await bridge.room();
    const told: NewEvent[] = [];
    const log = { append: (event: NewEvent) => void told.push(event) };
    new RoomsRecorder({ events: bridge.rooms.events, log, clock: bridge.clock, keys: false });
    const { leg, invitation } = await bridge.call(room);
    let intervals = 0;
    let lost = 0;
    const pass = async (count: number, lossy: boolean) => {
      for (let interval = 0; interval < count; interval += 1) {
        intervals += 1;
        if (lossy) lost += 25;
        const counters = Object.entries(well).map(([name, value]) => [name, value * intervals]);
        leg.measured = { ...Object.fromEntries(counters), packetsLost: lost };
        await bridge.clock.run(5000);
      }
    };
    const findings = async () => {
      const participants = await bridge.rooms.participants(room.id);
      return participants.ok ? participants.value[0]?.findings.map(({ code }) => code) : undefined;
    };
    const events = () =>
      told.flatMap(({ type, data }) =>
        type === "participant.finding"
          ? [[(data as { code: string }).code, (data as { active: boolean }).active]]
          : [],
      );

    await pass(2, false);
    expect(await findings()).toEqual([]);
    await pass(3, true);
    expect(await findings()).toEqual(["LOSS_IN"]);
    expect(events()).toEqual([["LOSS_IN", true]]);
    await pass(3, false);
    expect(await findings()).toEqual([]);
    // It comes again before the minute is over: neither the end nor the beginning is told.
    await pass(2, true);
    expect(events()).toHaveLength(1);
    await pass(3, false);
    await bridge.clock.run(60_000);
    expect(events()).toEqual([
      ["LOSS_IN", true],
      ["LOSS_IN", false],
    ]);

    invitation.session.hangUp();
    await settle();
    expect(verdicts).toEqual([
      {
        findings: "LOSS_IN",
        verdict: expect.stringMatching(/^9\.1 % of the phone's packets were lost .* \(for \d+ s\)\.$/),
      },
    ]);
  });

  it("is judged by the last figures when a call was too short to be measured", async () => {
    const clock = new FakeClock();
    const leg = new FakeLeg(newId(), new FakeWorker(0));
    const diagnosis = new CallDiagnosis(clock);
    diagnosis.take(leg, stats);
    await clock.run(8000);
    diagnosis.conclude(leg, { ...stats, packetsReceived: 0, packetsSent: 400 });
    expect(diagnosis.verdict).toEqual({
      findings: "NO_AUDIO_IN",
      verdict: "One-way audio: no packet of audio has come from the phone since the call began (for 8 s).",
    });
  });
});
