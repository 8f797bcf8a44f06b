// `node test/bench/sip.ts`: what a call costs in signalling alone. This process answers, a forked one calls, over
// UDP on loopback: first idle calls for their memory, then, beside them, calls that are set up and hung up at once.
// Processor seconds are those of each process by itself. Prints a table and one JSON object.
//
//   node test/bench/sip.ts --calls 6000 --at-once 50 --idle 2000
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ok, ParleyError, silentLogger, systemClock } from "#common";
import {
  createSipEndpoint,
  createTransportLayer,
  createUdpTransport,
  type InboundInvite,
  type Session,
  type SipEndpoint,
} from "#sip";

interface Order {
  readonly kind: "churn" | "hold";
  readonly port: number;
  readonly calls: number;
  readonly atOnce: number;
}

interface Done {
  readonly failed: number;
  readonly cpuSeconds: number;
}

/** The size of what a telephone offers. */
const sdp = `${[
  "v=0",
  "o=- 3974 1 IN IP4 127.0.0.1",
  "s=-",
  "c=IN IP4 127.0.0.1",
  "t=0 0",
  "m=audio 30000 RTP/AVP 0 8 101",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
  "a=ptime:20",
].join("\r\n")}\r\n`;

/** Longer than any transaction lingers. */
const lingerMs = 40_000;
/** Few: memory that they leave free would hide what idle calls take. */
const warmUpCalls = 200;

async function openEndpoint(): Promise<{ endpoint: SipEndpoint; port: number }> {
  const address = "127.0.0.1";
  for (let port = 20_000 + (process.pid % 20_000); ; port += 1) {
    const transport = createTransportLayer({
      clock: systemClock,
      logger: silentLogger,
      transports: [
        (receive) => createUdpTransport({ clock: systemClock, logger: silentLogger, address, port, receive }),
      ],
      rateLimit: { perSecond: 1e9, burst: 1e9, sources: 10 },
    });
    const endpoint = createSipEndpoint({
      clock: systemClock,
      log: silentLogger,
      transport,
      userAgent: "Parley/bench",
      trusted: () => true,
      maxSessions: 1e9,
    });
    try {
      await endpoint.listen();
      return { endpoint, port };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    }
  }
}

function own(session: Session): void {
  session.handlers = {
    onOffer: async () => ok(sdp),
    onOfferWanted: async () => sdp,
    onAnswer: async () => {},
    onInfo: () => 200,
  };
}

/** Of the answering side; many mean that the sockets lose datagrams. */
function retransmissions(endpoint: SipEndpoint): number {
  const { transactions } = endpoint.snapshot() as {
    transactions: { counters: { retransmissionsSent: number } };
  };
  return transactions.counters.retransmissionsSent;
}

const cpuSeconds = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

/** The other process: places what it is ordered to. */
async function beCaller(): Promise<void> {
  const { endpoint, port } = await openEndpoint();
  const sessions: Session[] = [];

  async function place(order: Order): Promise<boolean> {
    const attempt = endpoint.call({
      to: `sip:700@127.0.0.1:${order.port}`,
      from: { uri: `sip:1001@127.0.0.1:${port}` },
      offer: sdp,
    });
    const result = await attempt.outcome;
    if (!result.ok) return false;
    own(result.value.session);
    if (order.kind === "hold") sessions.push(result.value.session);
    else await result.value.session.end({ status: 200, text: "Over" });
    return true;
  }

  process.on("message", (order: Order) => {
    void (async () => {
      const before = process.cpuUsage();
      let [left, failed] = [order.calls, 0];
      const line = async () => {
        while (left > 0) {
          left -= 1;
          if (!(await place(order))) failed += 1;
        }
      };
      await Promise.all(Array.from({ length: order.atOnce }, line));
      const done: Done = { failed, cpuSeconds: cpuSeconds(before) };
      process.send?.(done);
    })();
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");
}

async function beBridge(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "6000" },
      "at-once": { type: "string", default: "50" },
      idle: { type: "string", default: "2000" },
    },
  });
  const [calls, atOnce, idle] = [Number(values.calls), Number(values["at-once"]), Number(values.idle)];
  if (![calls, atOnce, idle].every((value) => Number.isInteger(value) && value > 0)) {
    console.error("bench: --calls, --at-once and --idle take whole numbers above 0");
    process.exit(2);
  }
  const { endpoint, port } = await openEndpoint();
  // As a bridge keeps them: the invitation as long as the call.
  const kept = new Map<Session, InboundInvite>();
  endpoint.onInvite = (invitation) => {
    invitation.ring();
    invitation.accept(sdp).then(
      (session) => {
        own(session);
        kept.set(session, invitation);
        session.events.on("ended", () => kept.delete(session));
      },
      () => {},
    );
  };
  const caller = fork(import.meta.filename, ["caller"], { execArgv: [] });
  await once(caller, "message");
  const order = async (what: Omit<Order, "port">): Promise<Done & { ours: number; wallSeconds: number }> => {
    const [before, from] = [process.cpuUsage(), performance.now()];
    caller.send({ ...what, port } satisfies Order);
    const [done] = (await once(caller, "message")) as [Done];
    if (done.failed > 0)
      throw new ParleyError("CALLS_FAILED", `${done.failed} of ${what.calls} calls failed`);
    return { ...done, ours: cpuSeconds(before), wallSeconds: (performance.now() - from) / 1000 };
  };

  await order({ kind: "churn", calls: warmUpCalls, atOnce });
  await sleep(lingerMs);
  const empty = memory();
  await order({ kind: "hold", calls: idle, atOnce });
  await sleep(lingerMs);
  const held = memory();
  const idleCalls = kept.size;
  const perCall = (key: "heapUsed" | "rss") => (held[key] - empty[key]) / idleCalls / 1024;
  const churn = await order({ kind: "churn", calls, atOnce });

  const results = {
    callsPerSecond: calls / churn.wallSeconds,
    answeringCallsPerCoreSecond: calls / churn.ours,
    placingCallsPerCoreSecond: calls / churn.cpuSeconds,
    bothEndsPerCoreSecond: calls / (churn.ours + churn.cpuSeconds),
    idleCalls,
    idleHeapKb: perCall("heapUsed"),
    idleRssKb: perCall("rss"),
    retransmissions: retransmissions(endpoint),
  };
  console.table(Object.fromEntries(Object.entries(results).map(([key, value]) => [key, value.toFixed(1)])));
  console.log(
    JSON.stringify({ machine: { cpu: cpus()[0]?.model, node: process.version }, calls, atOnce, results }),
  );
  caller.disconnect();
  await once(caller, "exit");
  const closing = endpoint.close({ status: 200, text: "Over" });
  await closing;
}

function memory(): NodeJS.MemoryUsage {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage();
}

await (process.argv[2] === "caller" ? beCaller() : beBridge());
