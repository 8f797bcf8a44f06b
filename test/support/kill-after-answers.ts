// Parley is killed with SIGKILL while clients change rooms as fast as they get answers. Afterwards every change that
// was answered with success is in the database, and its event in the log; and who follows the events knows every room as
// it is, those included whose change was not answered.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, systemClock } from "#common";
import { seededRandom } from "./network.ts";
import { ParleyProcess } from "./parley.ts";

export interface KillAfterAnswers {
  readonly seed: number;
  /** Changes that were answered with success before the kill. */
  readonly answered: number;
  /** Answered changes that have no event. */
  readonly withoutEvent: readonly string[];
  /** Answered changes that are not in the database. */
  readonly notStored: readonly string[];
  /** Rooms that are otherwise in the database than who follows the events believes. */
  readonly wronglyTold: readonly string[];
}

interface ToldRoom {
  readonly id: string;
  readonly revision: number;
  readonly capacity: number;
}

interface EventPage {
  readonly items: readonly { readonly type: string; readonly room: string | null; readonly data: unknown }[];
  readonly next: number;
  readonly newest: number;
}

const clients = 5;
const minMs = 300;
const maxMs = 1500;
/** Made after the start, by which the events are read up to date: when it is answered, so are those that the start appended. */
const afterwards = "7999999";

export async function killAfterAnswers(seed: number): Promise<KillAfterAnswers> {
  const random = seededRandom(seed);
  const afterMs = minMs + random() * (maxMs - minMs);
  const dataDir = await mkdtemp(join(tmpdir(), "parley-answers-"));
  let parley: ParleyProcess | undefined;
  try {
    parley = await ParleyProcess.start({ dataDir });
    const { told, destroyed } = await changeUntilKilled(parley, afterMs);
    await parley.stop();
    parley = await ParleyProcess.start({ dataDir });
    await makeRoom(parley, afterwards);
    return { seed, answered: told.length, ...(await compare(parley, told, destroyed)) };
  } finally {
    await parley?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What an answer has promised: `room.updated ID 3` is the third revision of a room. */
type Promised = { readonly type: string; readonly room: string; readonly revision?: number };

/** `destroyed`: rooms that were to be destroyed, answered or not. */
async function changeUntilKilled(parley: ParleyProcess, afterMs: number) {
  const told: Promised[] = [];
  const destroyed = new Set<string>();
  let gone = false;
  const one = async (client: number) => {
    for (let round = 0; !gone; round += 1) {
      const extension = String(7_000_000 + client * 100_000 + round);
      const id = await makeRoom(parley, extension);
      const path = `/api/conference_rooms/${id}`;
      told.push({ type: "room.created", room: id, revision: 1 });
      await expectDone(parley, path, { capacity: 6 });
      told.push({ type: "room.updated", room: id, revision: 2 });
      await expectDone(parley, `${path}/lock`);
      told.push({ type: "room.locked", room: id });
      if (round % 3 === 0) {
        destroyed.add(id);
        await expectDone(parley, `${path}/destroy`);
        told.push({ type: "room.deleted", room: id });
      }
    }
  };
  const working = Array.from({ length: clients }, (_, client) =>
    one(client).catch((error: unknown) => {
      // What breaks off with the connection was not answered.
      if (!gone) throw error;
    }),
  );
  await delay(systemClock, afterMs);
  gone = true;
  parley.signal("SIGKILL");
  await parley.exited;
  await Promise.all(working);
  return { told, destroyed };
}

async function makeRoom(parley: ParleyProcess, extension: string): Promise<string> {
  const made = await parley.request("/api/conference_rooms", {
    body: { mode: "AUDIO", subject: "Kept", capacity: 5, extension_number: extension },
  });
  if (made.status !== 201) throw new Error(`a room was answered with ${made.status}: ${made.text}`);
  return (made.body as { id: string }).id;
}

async function expectDone(parley: ParleyProcess, path: string, body?: object): Promise<void> {
  const { status, text } = await parley.request(path, { body });
  if (status >= 300) throw new Error(`${path} was answered with ${status}: ${text}`);
}

async function compare(parley: ParleyProcess, told: readonly Promised[], destroyed: ReadonlySet<string>) {
  const events = new Set<string>();
  const believed = new Map<string, Believed>();
  for (let after = 0, newest = 1; after < newest; ) {
    const { body } = await parley.request(`/api/events?top=1000&after=${after}&types=room.*`);
    const page = body as EventPage;
    for (const { type, room, data } of page.items) {
      const { id, revision, capacity } = (data as { room: ToldRoom }).room;
      const before = believed.get(id);
      if (type === "room.deleted") believed.delete(id);
      else if (type === "room.locked") believed.set(id, { capacity, locked: true });
      else believed.set(id, { capacity, locked: before?.locked ?? false });
      events.add(`${type} ${room}`).add(`${type} ${room} ${revision}`);
    }
    after = page.next;
    newest = page.newest;
  }
  const wronglyTold = await differences(parley, believed);
  const withoutEvent = told.map(named).filter((name) => !events.has(name));
  const notStored: string[] = [];
  for (const promised of told) {
    if (!(await isStored(parley, promised, destroyed))) notStored.push(named(promised));
  }
  return { withoutEvent, notStored, wronglyTold };
}

/** What who follows the events knows of a room. */
interface Believed {
  readonly capacity: number;
  readonly locked: boolean;
}

async function differences(parley: ParleyProcess, believed: Map<string, Believed>): Promise<string[]> {
  const wrong: string[] = [];
  for (let skip = 0, count = 1; skip < count; skip += 100) {
    const { body } = await parley.request(`/api/conference_rooms?skip=${skip}`);
    const page = body as { count: number; items: readonly ToldRoom[] };
    count = page.count;
    for (const { id, capacity } of page.items) {
      const { locked } = await parley.status(id);
      const [known, actual] = [JSON.stringify(believed.get(id)), JSON.stringify({ capacity, locked })];
      if (known !== actual) wrong.push(`${id}: ${known} instead of ${actual}`);
      believed.delete(id);
    }
  }
  return [...wrong, ...[...believed.keys()].map((id) => `${id} is gone`)];
}

const named = ({ type, room, revision }: Promised): string =>
  `${type} ${room}${revision === undefined ? "" : ` ${revision}`}`;

async function isStored(
  parley: ParleyProcess,
  { type, room }: Promised,
  destroyed: ReadonlySet<string>,
): Promise<boolean> {
  const path = `/api/conference_rooms/${room}`;
  const { status, body } = await parley.request(type === "room.locked" ? `${path}/status` : path);
  if (status === 404) return destroyed.has(room);
  const { capacity, locked } = body as { capacity?: number; locked?: boolean };
  if (type === "room.updated") return capacity === 6;
  return type === "room.locked" ? locked === true : type === "room.created";
}
