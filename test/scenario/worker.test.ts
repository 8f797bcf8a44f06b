// Media workers die while phones talk: no call ends and no phone is asked for anything, each hears the others again. More kills,
// with figures: `node test/bench/worker-kills.ts`.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { glob, stat } from "node:fs/promises";
import { join as pathOf } from "node:path";
import { describe, expect, it } from "vitest";
import { delay, systemClock } from "#common";
import { defaultLimits } from "../../media/client/options.ts";
import { seededRandom } from "../support/network.ts";
import { eventually } from "../support/phone/index.ts";
import { type Caller, caller, join, type Name, newExtension, useParley } from "./use-parley.ts";

const kills = 5;
/** An MP3 of 64 kbit/s, the default.s. */
const bytesOfASecond = 8000;
/** A process that is started on a machine at full load. */
const maxMs = 90_000;

const hearsAgain = (caller: Caller, ...others: Name[]): Promise<true> =>
  eventually(
    () =>
      caller.hears(...others).then(
        () => true as const,
        () => undefined,
      ),
    () => `${others.join(" and ")} heard by ${caller.name} again`,
    { limitMs: maxMs },
  );

async function bound(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

/** Of all recordings. */
async function recordedBytes(dataDir: string): Promise<number> {
  const paths = await Array.fromAsync(glob(pathOf(dataDir, "recordings/**/*.mp3")));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

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
        phone.watch((text) => {
          if (/^< (?:INVITE|UPDATE|BYE) /.test(text)) asked.push(text);
        });
        callers.push(caller(name, call));
      }
      const [alice, bob, carol] = callers as [Caller, Caller, Caller];
      await Promise.all([alice.hears("bob", "carol"), bob.hears("alice", "carol")]);
      await parley().command(room, (await parley().participant(room, "carol")).id, "mute");
      await parley().commandRoom(room, "lock");
      // Its first thread may take long on a machine at full load.
      await eventually(
        () =>
          parley()
            .commandRoom(room, "start_recording")
            .then(
              () => true as const,
              () => undefined,
            ),
        () => "recording",
        { limitMs: maxMs },
      );

      // What a part has not written when its worker dies is lost; so there is something before the first one does.
      await eventually(
        async () => ((await recordedBytes(parley().sameAgain.dataDir!)) > bytesOfASecond ? true : undefined),
        () => "a second on the disk",
        { limitMs: maxMs },
      );

      for (let kill = 0; kill < kills; kill += 1) {
        // What dies three times within two seconds each is not gone on with: every second one lives longer.
        const livesMs = kill % 2 === 1 ? defaultLimits.provedMs : 0;
        await delay(systemClock, livesMs + random() * 1000);
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
        { limitMs: maxMs },
      );
      expect([recording.recovered, recording.duration > 0]).toEqual([false, true]);
    },
    kills * maxMs,
  );
});

describe("a media worker that hangs", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "1" } });

  it(
    "is found by the heartbeat it does not answer and replaced, and costs no call",
    async () => {
      const extension = newExtension();
      const room = await parley().createRoom({ extension_number: extension });
      const alice = await join(parley(), "alice", extension);
      const bob = await join(parley(), "bob", extension);
      await Promise.all([alice.hears("bob"), bob.hears("alice")]);
      const [victim] = parley().workers;
      process.kill(victim!, "SIGSTOP");
      await eventually(
        () => (parley().isRunning(victim!) ? undefined : true),
        () => "end of the worker that hangs",
        { limitMs: maxMs },
      );
      await Promise.all([hearsAgain(alice, "bob"), hearsAgain(bob, "alice")]);
      expect([alice, bob].map(({ call }) => [call.state, call.reinvited])).toEqual([
        ["answered", 0],
        ["answered", 0],
      ]);
      await parley().attendance(room, 2);
    },
    2 * maxMs,
  );
});

describe("a worker whose successors die as well", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "1" } });

  it("costs its calls, and does not hold up the end of the bridge", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const call = await (await parley().phone("alice")).call(extension);
    await call.answered();
    await parley().attendance(room, 1);
    await parley().commandRoom(room, "start_recording");
    await eventually(
      async () => {
        if (call.state !== "answered") return true;
        for (const victim of parley().workers)
          if (parley().isRunning(victim)) process.kill(victim, "SIGKILL");
        return undefined;
      },
      () => "end of the call",
      { limitMs: maxMs, everyMs: 200 },
    );
    await parley().attendance(room, 0);
  });
});

describe("a worker that is killed, and whose ports another program takes", () => {
  const parley = useParley({ env: { MEDIA_WORKERS: "1" } });

  it(
    "costs the call of a phone that refuses the new ports, with a Reason, and no call of those that are slow or ask at the same moment",
    async () => {
      const extension = newExtension();
      await parley().createRoom({ extension_number: extension });
      const [victim] = parley().workers;
      const alice = await join(parley(), "alice", extension);
      const bob = await join(parley(), "bob", extension);
      const carol = await join(parley(), "carol", extension);
      const callers = [alice, bob, carol];
      await Promise.all([alice.hears("bob", "carol"), bob.hears("alice", "carol")]);
      alice.call.reinviteRefusal = 488;
      bob.call.reinviteDelayMs = 2000;
      const spare = await eventually(
        () => {
          const ups = parley().logs.filter((line) => line.includes('"media worker is up"'));
          return ups.length === 2 ? (JSON.parse(ups[1]!) as { process: number }).process : undefined;
        },
        () => "spare worker",
        { limitMs: maxMs },
      );

      const taken: Socket[] = [];
      process.kill(spare, "SIGSTOP");
      try {
        process.kill(victim!, "SIGKILL");
        for (const { call } of callers) {
          // Its threads end one after the other.
          const socket = await eventually(
            () => bound(call.remote!.port).catch(() => undefined),
            () => "free port",
          );
          taken.push(socket);
        }
      } finally {
        process.kill(spare, "SIGCONT");
      }
      try {
        // Until it is answered, or crosses the offer of the new ports.
        await carol.call.reinvite({}).catch(() => {});
        expect((await alice.call.ended(maxMs)).reason?.cause).toBe(503);
        await Promise.all([hearsAgain(bob, "carol"), hearsAgain(carol, "bob")]);
        expect([bob.call.state, carol.call.state]).toEqual(["answered", "answered"]);
        expect(bob.call.reinvited).toBe(1);
      } finally {
        for (const socket of taken) socket.close();
      }
    },
    3 * maxMs,
  );
});
