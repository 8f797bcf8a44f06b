// Media workers die while phones talk: no call ends and no phone is asked for anything, each hears the others again. More kills,
// with figures: `node test/bench/worker-kills.ts`.
import { describe, expect, it } from "vitest";
import { delay, systemClock } from "#common";
import { seededRandom } from "../support/network.ts";
import { eventually } from "../support/phone/index.ts";
import { type Caller, caller, type Name, newExtension, useParley } from "./house.ts";

const kills = 5;
/** A process that is started on a machine at full load. */
const longestMs = 45_000;

const hearsAgain = (caller: Caller, ...others: Name[]): Promise<true> =>
  eventually(
    () =>
      caller.hears(...others).then(
        () => true as const,
        () => undefined,
      ),
    () => `${others.join(" and ")} heard by ${caller.name} again`,
    { limitMs: longestMs },
  );

describe("media workers that are killed", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "2" } });

  it.each([Math.floor(Math.random() * 2 ** 31)])(
    "cost no call: seed %d",
    async (seed) => {
      const random = seededRandom(seed);
      const extension = newExtension();
      const room = await parley().createRoom({ extension_number: extension });
      const asked: string[] = [];
      const callers: Caller[] = [];
      for (const name of ["alice", "bob", "carol"] as const) {
        const phone = await parley().phone(name);
        const call = await phone.call(extension, name === "bob" ? { srtp: "required" } : {});
        await call.answered();
        phone.watch((text) => asked.push(text));
        callers.push(caller(name, call));
      }
      const [alice, bob, carol] = callers as [Caller, Caller, Caller];
      await Promise.all([alice.hears("bob", "carol"), bob.hears("alice", "carol")]);
      await parley().command(room, (await parley().participant(room, "carol")).id, "mute");
      await parley().commandRoom(room, "lock");
      await parley().commandRoom(room, "start_recording");

      for (let kill = 0; kill < kills; kill += 1) {
        await delay(systemClock, random() * 1000);
        const { workers } = parley();
        const victim = workers[Math.floor(random() * workers.length)]!;
        process.kill(victim, "SIGKILL");
        await eventually(
          () => (parley().isRunning(victim) ? undefined : true),
          () => "end of the worker",
        );
        await Promise.all([
          hearsAgain(alice, "bob"),
          hearsAgain(bob, "alice"),
          hearsAgain(carol, "alice", "bob"),
        ]);
      }

      expect(callers.map(({ call }) => call.state)).toEqual(["answered", "answered", "answered"]);
      await parley().attendance(room, 3);
      expect(asked).toEqual([]);
      expect(await parley().status(room)).toMatchObject({ locked: true, recording: true });
      await parley().commandRoom(room, "stop_recording");
      const recording = await eventually(
        async () => (await parley().recordings(room)).find(({ ended_at }) => ended_at !== null),
        () => "finished recording",
        { limitMs: longestMs },
      );
      expect([recording.recovered, recording.duration > 0]).toEqual([false, true]);
    },
    kills * longestMs,
  );
});
