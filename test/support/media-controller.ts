// A control process that only has media workers, steered over IPC: for tests that kill it. What it leaves lies in `live.db` of
// the folder that is its argument, as that of the real one does.
import { join } from "node:path";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import {
  createLeg,
  type MediaLeg,
  type MediaStateRecords,
  resumeLeg,
  startMediaWorkers,
} from "#media/client";
import { protocolVersion } from "#media/protocol";
import { LiveState } from "#services/live-state";

export interface ControllerOrder {
  readonly do: "call" | "close";
  readonly leg?: string;
  readonly offer?: string;
}

export type ControllerReport =
  | { readonly ready: { /** The worker's. */ readonly pid: number; readonly resumed: readonly string[] } }
  | { readonly sdp: string }
  | { readonly digit: string; readonly leg: string }
  | { readonly closed: true };

const [folder = "", portMin = "0"] = process.argv.slice(2);
const loopback = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const room = "room" as RoomId;
const report = (what: ControllerReport): void => void process.send?.(what);

const state = LiveState.open({ path: join(folder, "live.db"), clock: systemClock, log: silentLogger });
const calls = state.records<true>("call");
const kept: MediaStateRecords = {
  workers: state.records("media.worker"),
  rooms: state.records("media.room"),
  legs: state.records("media.leg"),
  checkpoints: state.records("media.checkpoint"),
};

const workers = await startMediaWorkers({
  ...{ clock: systemClock, log: silentLogger, workers: 1, stateRecords: kept },
  rtp: { portMin: Number(portMin), portMax: Number(portMin) + 99 },
  runtimeDirectory: folder,
  promptsPath: join(folder, "no-prompts"),
  // They write to our output, also when nobody reads it any more.
  logLevel: "debug",
});
const worker = workers.workers[0]!;

function follow(leg: MediaLeg): void {
  leg.events.on("dtmf", ({ digit }) => report({ digit, leg: leg.id }));
}

const resumed = [...calls.previous.keys()].flatMap((id) => resumeLeg(workers, id as LegId) ?? []);
for (const leg of resumed) follow(leg);
await workers.settle();
state.started();

process.on("message", async (order: ControllerOrder) => {
  if (order.do === "close") {
    await workers.close();
    state.close();
    report({ closed: true });
    process.disconnect();
    return;
  }
  const id = order.leg as LegId;
  const { leg, sdp } = await createLeg(worker, { id, offer: order.offer ?? null, ...loopback });
  follow(leg);
  await worker.request("room.open", { room });
  await leg.join(room);
  calls.put(id, true);
  report({ sdp });
});

const { pid } = await worker.request("hello", { protocolVersion });
report({ ready: { pid, resumed: resumed.map(({ id }) => id) } });
