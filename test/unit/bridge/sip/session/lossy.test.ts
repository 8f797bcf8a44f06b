// Two endpoints call each other over a network that loses, doubles and reorders. Whatever happens on the way,
// both sides come to the same end, and nothing is left.

import { expect, it } from "vitest";
import { ok, silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { createSipEndpoint } from "../../../../../bridge/sip/endpoint.ts";
import type { SessionEnd } from "../../../../../bridge/sip/session/reason.ts";
import type { Session } from "../../../../../bridge/sip/session/session.ts";
import type { SipEndpoint } from "../../../../../bridge/sip/sip-endpoint.ts";
import { createTransportLayer } from "../../../../../bridge/sip/transport/index.ts";
import { MemoryNetwork, seededRandom } from "../../../../support/network.ts";

const sdp = "v=0\r\n";

interface Side {
  readonly endpoint: SipEndpoint;
  readonly ends: SessionEnd[];
  offers: number;
}

async function side(clock: FakeClock, network: MemoryNetwork, address: string, seed: number): Promise<Side> {
  const endpoint = createSipEndpoint({
    clock,
    log: silentLogger,
    transport: createTransportLayer({
      clock,
      logger: silentLogger,
      transports: [(receive) => network.transport({ addresses: [address], receive })],
    }),
    userAgent: "Parley/test",
    trusted: () => true,
    sessionTimer: { intervalSeconds: 90, minSeconds: 90 },
    random: seededRandom(seed),
  });
  await endpoint.listen();
  return { endpoint, ends: [], offers: 0 };
}

function own(side: Side, session: Session): Session {
  session.events.on("ended", (end) => side.ends.push(end));
  session.handlers = {
    onOffer: async () => {
      side.offers += 1;
      return ok(sdp);
    },
    onOfferWanted: async () => sdp,
    onAnswer: async () => {},
    onInfo: () => 200,
  };
  return session;
}

it.each(Array.from({ length: 30 }, (_, seed) => seed))(
  "a call on bad network %i ends alike on both sides",
  async (seed) => {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock, seed);
    Object.assign(network.conditions, {
      loss: 0.25,
      duplication: 0.2,
      reordering: 0.3,
      reorderMs: 800,
      delayMs: 20,
    });
    const caller = await side(clock, network, "10.0.0.1", seed);
    const callee = await side(clock, network, "10.0.0.2", seed + 1000);
    let accepting: Promise<Session | undefined> = Promise.resolve(undefined);
    callee.endpoint.onInvite = (invitation) => {
      invitation.ring();
      invitation.progress(sdp);
      accepting = invitation.accept(sdp).then(
        (session) => own(callee, session),
        () => undefined,
      );
    };
    const attempt = caller.endpoint.call({
      to: "sip:b@10.0.0.2",
      from: { uri: "sip:a@10.0.0.1" },
      offer: sdp,
    });
    const outcome = attempt.outcome.then((result) => result.ok && own(caller, result.value.session));
    await clock.run(70_000);

    const [mine, theirs] = await Promise.all([outcome, accepting]);
    if (mine && theirs && !mine.ended && !theirs.ended) {
      const renewals = [mine.reoffer(), theirs.reoffer()];
      await clock.run(200_000);
      await Promise.all(renewals);
      const loser = seed % 2 === 0 ? mine : theirs;
      const ending = loser.end({ status: 200, text: "Over" });
      await clock.run(200_000);
      await ending;
      expect(mine.ended && theirs.ended).toBe(true);
      expect([caller.ends.length, callee.ends.length]).toEqual([1, 1]);
    } else {
      await clock.run(200_000);
    }
    expect([caller.endpoint.sessions, callee.endpoint.sessions]).toEqual([0, 0]);

    const closing = [caller, callee].map(({ endpoint }) => endpoint.close({ status: 503, text: "Over" }));
    await clock.run(10_000);
    await Promise.all(closing);
    await settle();
    expect(clock.pending).toBe(0);
  },
);
