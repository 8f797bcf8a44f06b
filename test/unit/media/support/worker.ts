// A worker with a fake engine, connected to a controller by a pair of streams.
import { duplexPair } from "node:stream";
import { type LegId, silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { Channel } from "../../../../media/channel/index.ts";
import { Worker } from "../../../../media/worker/worker.ts";
import { FakeEngine, offerText } from "./fakes.ts";

export const leg = "leg-a" as LegId;
const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
export const create = { leg, offer: offerText(), ...addresses };

export const names = {
  /** What was asked for. */
  asked: [] as (readonly [names: readonly string[], family: 4 | 6])[],
  known: new Map([["media.example.com", "127.0.0.9"]]),
  find(wanted: readonly string[], family: 4 | 6) {
    this.asked.push([wanted, family]);
    return Promise.resolve(this.known);
  },
};

/** A worker, and the frames that its controller sees. */
export function setUp() {
  const clock = new FakeClock();
  const engine = new FakeEngine();
  const worker = new Worker(engine, {
    ...{ clock, log: silentLogger, hostNames: names, videoCodecs: ["H264", "VP8"] },
    newSessionId: () => "7",
  });
  const [left, right] = duplexPair();
  const seen: Record<string, unknown>[] = [];
  const controller = new Channel(left, {
    frame: (frame) => void seen.push(frame as Record<string, unknown>),
    closed: () => {},
  });
  const channel = new Channel(right, {
    frame: (frame) => worker.dispatcher.handle(frame),
    closed: () => worker.dispatcher.detach(),
  });
  worker.dispatcher.attach(channel);
  let id = 0;
  const send = (command: string, params: unknown): void => {
    id += 1;
    controller.send({ id, command, params });
  };
  const ask = async (command: string, params: unknown = {}): Promise<Record<string, unknown>> => {
    const before = seen.length;
    send(command, params);
    await settle();
    await settle();
    return seen[before] ?? {};
  };
  return { clock, engine, worker, controller, seen, send, ask };
}

export type SetUp = ReturnType<typeof setUp>;
