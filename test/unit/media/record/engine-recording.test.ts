// The engine while a room is recorded: what it hands to the writing thread, and what becomes of the recording when
// it is stopped, when its room closes and when the thread dies.
import { describe, expect, it, vi } from "vitest";
import type { RecordingId, RoomId } from "#common";
import type { Notification } from "#media/protocol";
import { settle } from "#test/support";
import { levelDbov } from "../../../support/tones.ts";
import { Conference, prompt, room } from "../support/conference.ts";
import { FakeThread } from "../support/recording.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const id = "recording-1" as RecordingId;
const order = { recording: id, path: "mix", format: "wav", rate: 16_000, kbps: 64, separate: true } as const;
const amplitude = 6000;

function conference() {
  const threads: FakeThread[] = [];
  const talk = new Conference({
    startWritingThread: (listener) => {
      const thread = new FakeThread(listener);
      threads.push(thread);
      return thread;
    },
  });
  return { talk, threads };
}

const ended = (talk: Conference) => talk.notificationsNamed("recording.ended");

describe("a recorded room", () => {
  it("gives the mix as all legs hear it, and each voice alone", async () => {
    const { talk, threads } = conference();
    await talk.join({ tone: new Tone(440, amplitude) });
    const bob = await talk.join({ tone: new Tone(1040, amplitude), codec: "PCMA" });
    await talk.join();
    talk.run(1000);
    await talk.engine.startRecording(room, order);
    talk.run(1000);
    bob.tone = undefined;
    talk.run(1000);
    talk.engine.stopRecording(id);
    await settle();

    const { disk } = threads[0]!;
    expect([...disk.files.keys()].sort()).toEqual(["mix", "mix.leg1", "mix.leg2"]);
    const second = (name: string, at: number) =>
      disk.samples(name).subarray(16_000 * at + 1600, 16_000 * at + 14_400);
    const level = (name: string, at: number, hertz: number) => toneLevel(second(name, at), hertz, 16_000);
    for (const [name, hertz] of [
      ["mix", 440],
      ["mix", 1040],
      ["mix.leg1", 440],
      ["mix.leg2", 1040],
    ] as const) {
      expect(level(name, 0, hertz), `${name} ${hertz}`).toBeCloseTo(20 * Math.log10(amplitude / 32_768), 0);
    }
    expect(level("mix.leg1", 0, 1040)).toBeLessThan(-60);
    expect(level("mix.leg2", 0, 440)).toBeLessThan(-60);
    expect(levelDbov(disk.samples("mix.leg2").subarray(16_000 * 1.6))).toBe(-127);
    expect(disk.samples("mix.leg1").length).toBe(32_000);
    expect(disk.samples("mix.leg2").length).toBe(32_000);
    expect(ended(talk)).toEqual([
      { recording: id, reason: "finished", message: "", durationMs: 2000, missingMs: 0 },
    ]);
  });

  it("hears what is played to it, and who comes later, at whatever rate", async () => {
    const { talk, threads } = conference();
    await talk.join({ tone: new Tone(440, amplitude) });
    await talk.engine.startRecording(room, order);
    talk.engine.playToRoom(room, prompt(500), "en");
    talk.run(500);
    await talk.join({ codec: "G722", tone: new Tone(1040, amplitude, 16_000) });
    talk.run(1500);
    talk.engine.closeRoom(room);
    await settle();

    const mix = threads[0]!.disk.samples("mix");
    expect(mix.length).toBe(32_000);
    expect(toneLevel(mix.subarray(1600, 6400), 300, 16_000)).toBeGreaterThan(-40);
    expect(toneLevel(mix.subarray(16_000), 1040, 16_000)).toBeGreaterThan(-20);
    expect(ended(talk)).toMatchObject([{ reason: "finished", durationMs: 2000 }]);
  });

  it("is recorded once at a time, and again after the end", async () => {
    const { talk } = conference();
    await talk.join();
    await talk.engine.startRecording(room, order);
    expect(() => talk.engine.startRecording(room, { ...order, recording: "other" as RecordingId })).toThrow(
      expect.objectContaining({ code: "WRONG_STATE" }),
    );
    talk.engine.stopRecording(id);
    talk.engine.stopRecording(id);
    await settle();
    await talk.engine.startRecording(room, { ...order, recording: "other" as RecordingId, path: "other" });
    expect(ended(talk)).toHaveLength(1);
    expect(() => talk.engine.startRecording("nowhere" as RoomId, order)).toThrow(
      expect.objectContaining({ code: "NO_SUCH_ROOM" }),
    );
  });

  it.each([
    [700, 700],
    [5000, 2000],
    [-1, 0],
  ])("is waited for no longer when its engine is drained within %d ms", async (leftMs, waitedMs) => {
    const { talk, threads } = conference();
    await talk.join();
    await talk.engine.startRecording(room, order);
    vi.spyOn(threads[0]!, "send").mockImplementation(() => {});
    let isDrained = false;
    void talk.engine.drain(leftMs).then(() => {
      isDrained = true;
    });
    talk.clock.advance(Math.max(0, waitedMs - 1));
    await settle();
    expect(isDrained).toBe(waitedMs === 0);
    talk.clock.advance(1);
    await settle();
    expect(isDrained).toBe(true);
  });

  it("goes on talking when its recording cannot be made, or dies with its thread", async () => {
    const { talk, threads } = conference();
    const [, listener] = [await talk.join({ tone: new Tone(440, amplitude) }), await talk.join()];
    await talk.engine.startRecording(room, order);
    const again = { ...order, recording: "again" as RecordingId };
    threads[0]!.die("out of memory");
    expect(ended(talk)).toMatchObject([{ reason: "write-failed", message: "out of memory" }]);

    await talk.engine.startRecording(room, again);
    talk.engine.stopRecording(again.recording);
    await settle();
    await expect(
      talk.engine.startRecording(room, { ...order, recording: "third" as RecordingId }),
    ).rejects.toThrow(expect.objectContaining({ code: "CANNOT_RECORD" }));
    talk.run(500);
    listener.phone.takeAudio();
    talk.run(500);
    expect(toneLevel(listener.phone.takeAudio(), 440)).toBeGreaterThan(-20);
    expect(threads).toHaveLength(2);
  });

  it("does not hear that the disk stands still; the recording loses what its ring cannot hold, and says so", async () => {
    const { talk, threads } = conference();
    const alice = await talk.join({ tone: new Tone(440, amplitude) });
    const bob = await talk.join();
    await talk.engine.startRecording(room, { ...order, separate: false });
    const gaps = () => talk.notificationsNamed("recording.gap");
    const second = () => {
      bob.phone.takeAudio();
      talk.run(1000);
      expect(toneLevel(bob.phone.takeAudio(), 440)).toBeGreaterThan(-20);
      talk.engine.health();
    };
    for (let n = 0; n < 10; n += 1) second();
    expect(gaps()).toEqual([]);
    for (let n = 0; n < 3; n += 1) second();
    expect(gaps()).toEqual([{ recording: id }]);

    threads[0]!.work();
    alice.tone = new Tone(1040, amplitude);
    talk.run(3000);
    talk.engine.health();
    talk.engine.stopRecording(id);
    await settle();
    const [{ durationMs, missingMs }] = ended(talk) as [Notification<"recording.ended">];
    expect(durationMs).toBe(16_000);
    expect(missingMs).toBeGreaterThan(2500);
    expect(missingMs).toBeLessThan(3000);
    const mix = threads[0]!.disk.samples("mix");
    expect(toneLevel(mix.subarray(9 * 16_000, 10 * 16_000), 440, 16_000)).toBeGreaterThan(-20);
    expect(levelDbov(mix.subarray(11 * 16_000, 12 * 16_000))).toBe(-127);
    expect(toneLevel(mix.subarray(14 * 16_000), 1040, 16_000)).toBeGreaterThan(-20);
    expect(gaps()).toHaveLength(1);
  });

  it("is complete when the engine is closed", async () => {
    const { talk, threads } = conference();
    await talk.join({ tone: new Tone(440, amplitude) });
    await talk.engine.startRecording(room, order);
    talk.run(1000);
    await talk.engine.close();
    expect(threads[0]!.disk.samples("mix").length).toBe(16_000);
    expect(threads[0]!.disk.open.size).toBe(0);
  });
});
