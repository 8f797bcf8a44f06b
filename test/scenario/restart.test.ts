// The control process ends while phones talk, killed or asked to leave its calls to the next one; sometimes the media workers are
// killed with it. The next process goes on: no call ends, no phone is asked for anything, and rooms, recordings, records and
// events are as if nothing had happened. More kills, with figures: `node test/bench/worker-kills.ts --victim control`.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it, onTestFailed } from "vitest";
import { delay, systemClock } from "#common";
import { seededRandom } from "../support/network.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually, Phone } from "../support/phone/index.ts";
import { type Caller, caller, type Name } from "./use-parley.ts";

const maxMs = 90_000;
const pin = "4711";

type Ending = "kill" | "leave" | "kill with workers";

interface EventPage {
  readonly items: readonly { readonly seq: number; readonly type: string; readonly data: unknown }[];
}

let parley: ParleyProcess;
let first: ParleyProcess;
const phones: Phone[] = [];
/** What phones were sent of their own accord, beside what they asked for. */
const asked: string[] = [];

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close({ bridgeRuns: true })));
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  if (first !== parley) await first.stop();
});

async function start(): Promise<void> {
  first = await ParleyProcess.start({ env: { MEDIA_WORKERS: "2" } });
  parley = first;
  asked.length = 0;
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-60).join("\n")}\n${parley.stderr}\n`);
  });
}

async function call(name: Name, extension: string, options = {}): Promise<Caller> {
  const phone = await Phone.open(name, parley.sip);
  phones.push(phone);
  const made = await phone.call(extension, options);
  await made.answered();
  phone.watch((text) => {
    if (/^< (?:INVITE|UPDATE|BYE) /.test(text)) asked.push(`${name} ${text.slice(0, 60)}`);
  });
  return caller(name, made);
}

async function restart(ending: Ending): Promise<void> {
  const { workers, sameAgain } = parley;
  if (ending === "leave") parley.signal("SIGUSR2");
  else parley.signal("SIGKILL");
  if (ending === "kill with workers") for (const pid of workers) process.kill(pid, "SIGKILL");
  const exit = await parley.exited;
  if (ending === "leave") expect(exit).toEqual({ code: 0, signal: null });
  parley = await ParleyProcess.start(sameAgain);
}

const past = (instant: number): Promise<true> =>
  eventually(
    () => (Date.now() > instant ? true : undefined),
    () => "instant that has passed",
  );

const hearsAgain = (who: Caller, ...others: Name[]): Promise<true> =>
  eventually(
    () =>
      who.hears(...others).then(
        () => true as const,
        () => undefined,
      ),
    () => `${others.join(" and ")} heard by ${who.name} again`,
    { limitMs: maxMs },
  );

const eventsNow = async (): Promise<EventPage["items"]> =>
  ((await parley.request("/api/events?top=1000")).body as EventPage).items;

/** What does not change by itself. */
async function roster(room: string) {
  const participants = (await parley.participants(room)) as readonly unknown[];
  return participants.map((one) => {
    const { quality, findings, talking, codecs, ...rest } = one as Record<string, unknown>;
    return rest;
  });
}

describe.each<Ending>(["kill", "leave", "kill with workers"])(
  "the end of the control process: %s",
  (ending) => {
    it.each([Math.floor(Math.random() * 2 ** 31)])(
      "costs no call: seed %d",
      async (seed) => {
        const random = seededRandom(seed);
        await start();
        const room = await parley.createRoom({ extension_number: "7001" });
        const closed = await parley.createRoom({ extension_number: "7002", room_pin: pin });
        const alice = await call("alice", "7001");
        const bob = await call("bob", "7001", { srtp: "required" });
        await Promise.all([alice.hears("bob"), bob.hears("alice")]);
        await parley.startRecording(room);
        await parley.commandRoom(room, "lock");
        const carol = await call("carol", "7002");
        await parley.command(room, (await parley.participant(room, "bob")).id, "mute");
        await hearsAgain(bob, "alice");
        const before = await roster(room);
        const told = (await eventsNow()).at(-1)!.seq;

        await delay(systemClock, random() * 500);
        await restart(ending);

        await Promise.all([hearsAgain(alice), hearsAgain(bob, "alice")]);
        expect([alice, bob, carol].map(({ call: { state } }) => state)).toEqual([
          "answered",
          "answered",
          "answered",
        ]);
        expect(asked).toEqual([]);
        expect(await roster(room)).toEqual(before);
        expect(await parley.status(room)).toMatchObject({ locked: true, recording: true });
        // Whoever speaks when they are muted ceases to, and a busy machine may find something in a call.
        const ofItself = ["participant.talking", "participant.finding", "participant.quality"];
        const toldSince = (await eventsNow()).filter(
          ({ seq, type }) => seq > told && !ofItself.includes(type),
        );
        expect(toldSince.map(({ type }) => type)).toEqual(["server.online"]);

        // Everything can be done as before: by the API, by keys, by the phones.
        await parley.command(room, (await parley.participant(room, "bob")).id, "unmute");
        await hearsAgain(alice, "bob");
        await carol.call.type(`${pin}#`);
        await parley.attendance(closed, 1);
        await parley.commandRoom(room, "stop_recording");
        const recording = await eventually(
          async () => (await parley.recordings(room)).find(({ ended_at }) => ended_at !== null),
          () => "finished recording",
          { limitMs: maxMs },
        );
        expect([recording.recovered, recording.duration > 0]).toEqual([false, true]);
        await bob.call.hangUp();
        await parley.attendance(room, 1);
        await parley.command(room, (await parley.participant(room, "alice")).id, "destroy");
        await alice.call.ended();
        await carol.call.hangUp();
        await parley.noCalls();
        const count = (types: readonly string[], type: string) =>
          types.filter((each) => each === type).length;
        await eventually(
          async () => {
            const types = (await eventsNow()).map(({ type }) => type);
            return count(types, "participant.joined") === 3 && count(types, "participant.left") === 3
              ? true
              : undefined;
          },
          () => "three who came and three who left",
        );
        const records = (await parley.request("/api/call_records?$top=10")).body as {
          items: { result: string; joined_at: string | null }[];
        };
        expect(records.items.map(({ result, joined_at }) => [result, joined_at !== null])).toEqual([
          ...[
            ["answered", true],
            ["answered", true],
            ["answered", true],
          ],
        ]);
      },
      4 * maxMs,
    );
  },
);

it(
  "the next process offers other ports to phones whose ports another program has taken",
  async () => {
    await start();
    await parley.createRoom({ extension_number: "7001" });
    const [alice, bob] = [await call("alice", "7001"), await call("bob", "7001", { srtp: "required" })];
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);

    const { workers, sameAgain } = parley;
    parley.signal("SIGKILL");
    for (const pid of workers) process.kill(pid, "SIGKILL");
    await parley.exited;
    const taken = await Promise.all([alice, bob].map(({ call: { remote } }) => bound(remote!.port)));
    parley = await ParleyProcess.start(sameAgain);

    await Promise.all([hearsAgain(alice, "bob"), hearsAgain(bob, "alice")]);
    expect([alice, bob].map(({ call: { state, reinvited } }) => [state, reinvited])).toEqual([
      ["answered", 1],
      ["answered", 1],
    ]);
    for (const socket of taken) socket.close();
  },
  3 * maxMs,
);

/** A socket of that port, as soon as the worker that was killed has left it. */
const bound = (port: number): Promise<Socket> =>
  eventually(
    async () => {
      const socket = createSocket("udp4").bind(port, "127.0.0.1");
      return once(socket, "listening").then(
        () => socket,
        () => undefined,
      );
    },
    () => `free port ${port}`,
  );

it(
  "ends the meeting whose booked time was over while no process looked",
  async () => {
    await start();
    const room = await parley.createRoom({ extension_number: "7001" });
    const alice = await call("alice", "7001");
    await parley.attendance(room, 1);
    const end = Date.now() + 1000;
    const path = `/api/conference_rooms/${room}`;
    await parley.request(path, { body: { scheduled_end_at: new Date(end).toISOString() } });
    const { sameAgain } = parley;
    parley.signal("SIGKILL");
    await parley.exited;
    await past(end);
    parley = await ParleyProcess.start(sameAgain);
    expect(await alice.call.ended(maxMs)).toMatchObject({ reason: { text: "The booked time is over" } });
    expect(await parley.participants(room)).toEqual([]);
  },
  4 * maxMs,
);
