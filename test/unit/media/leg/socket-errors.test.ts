// What the sockets of a leg cannot send or receive is in its figures, and in the worker's after it has gone.
import { expect, it } from "vitest";
import { countUnsent, type SocketFactory } from "../../../../media/rtp/index.ts";
import { Conference } from "../support/conference.ts";
import { MemoryNetwork } from "../support/memory-network.ts";
import { Tone } from "../support/tones.ts";

it("packets that the system refuses are counted with the reason, quiet or not, beside those of other legs", async () => {
  const network = new MemoryNetwork();
  const refused = new Set<number>();
  const openSocket: SocketFactory = async (options) => {
    const socket = await network.openSocket(options);
    const send: typeof socket.send = (packet, port, address) => {
      if (refused.has(options.port & ~1)) countUnsent(options.errors!, "EPERM");
      else socket.send(packet, port, address);
    };
    return { ...socket, send };
  };
  const conference = new Conference({ openSocket });
  const alice = await conference.join({ network, tone: new Tone(700, 6000) });
  const bob = await conference.join({ network, tone: new Tone(1500, 0) });
  conference.run(1000);
  const [well, first] = [conference.engine.legStats(alice.leg), conference.engine.legStats(bob.leg)];
  expect([well, first]).toMatchObject(Array(2).fill({ packetsUnsent: 0, unsentReason: null }));

  refused.add(bob.phone.legAt.port);
  conference.run(1000);
  const stats = conference.engine.legStats(bob.leg);
  expect(stats).toMatchObject({ packetsUnsent: 50, unsentReason: "EPERM", packetsUnreceived: 0 });
  expect(stats.packetsSent - first.packetsSent).toBe(50);
  expect(conference.engine.legStats(alice.leg)).toMatchObject({ packetsUnsent: 0, unsentReason: null });
  expect(conference.engine.health()).toMatchObject({ packetsUnsent: 50, packetsUnreceived: 0 });

  await conference.engine.closeLeg(bob.leg);
  expect(conference.engine.health()).toMatchObject({ legs: 1, packetsUnsent: 50 });
});
