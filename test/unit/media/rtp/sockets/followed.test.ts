// Sockets that are used by their number: what they hand to their follower, and what goes the ordinary way.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#common";
import type { DirectReceiver } from "../../../../../media/rtp/index.ts";
import { epollEventLayout } from "../../../../../media/rtp/sockets/layout.ts";
import { loadLibc } from "../../../../../media/rtp/sockets/libc.ts";
import { PolledSockets } from "../../../../../media/rtp/sockets/polled.ts";
import { Mailbox, until } from "./loopback.ts";

const v4 = "127.0.0.1";
const layout = epollEventLayout(process)!;
const libc = await loadLibc();

/** Takes what does not begin with an exclamation mark. */
class Follower implements DirectReceiver {
  readonly row = 7;
  readonly taken: string[] = [];
  readonly rows = {
    take: (row: number, packet: Uint8Array): boolean => {
      const text = Buffer.from(packet).toString();
      if (text.startsWith("!")) return false;
      this.taken.push(`${row} ${text}`);
      return true;
    },
  };
}

async function open(sockets: PolledSockets) {
  const mail = new Mailbox();
  const socket = await sockets.open({ address: v4, port: 0, onPacket: mail.onPacket });
  return { socket, mail, port: socket.port, at: { address: v4, port: socket.port } };
}

/** A leg's socket and its phone, which the socket has heard. */
async function acquainted(sockets: PolledSockets) {
  const [leg, phone] = [await open(sockets), await open(sockets)];
  phone.socket.send(Buffer.from("hello"), leg.port, v4);
  await until(sockets, () => leg.mail.letters.length === 1);
  return { leg, phone, say: (text: string) => phone.socket.send(Buffer.from(text), leg.port, v4) };
}

const aTick = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The kernel begins to stamp datagrams some time after the first socket has asked for it. */
async function stamped(
  leg: { mail: Mailbox },
  sockets: PolledSockets,
  say: (text: string) => void,
): Promise<void> {
  const old = () => systemClock.monotonic() - (leg.mail.letters.at(-1)?.at ?? 0) > 15;
  do {
    sockets.poll();
    say("when?");
    await aTick();
    sockets.poll();
  } while (!old());
}

describe("a followed socket", () => {
  let sockets: PolledSockets;
  beforeEach(() => {
    sockets = new PolledSockets({ clock: systemClock, libc, layout });
  });
  afterEach(() => sockets.close());

  it("offers what comes from its far end to its follower, and hands over what that leaves and what others send", async () => {
    const { leg, phone, say } = await acquainted(sockets);
    const stranger = await open(sockets);
    const follower = new Follower();
    expect(leg.socket.follow(phone.at, follower)).toMatchObject({ place: expect.any(Number) });

    for (const text of ["one", "!two", "three"]) say(text);
    stranger.socket.send(Buffer.from("mine"), leg.port, v4);
    await until(sockets, () => follower.taken.length === 2 && leg.mail.letters.length === 3);

    expect(follower.taken).toEqual(["7 one", "7 three"]);
    expect(leg.mail.texts).toEqual(["hello", "!two", "mine"]);
  });

  it("is not followed when another was heard last", async () => {
    const { leg, phone } = await acquainted(sockets);
    const stranger = await open(sockets);
    stranger.socket.send(Buffer.from("mine"), leg.port, v4);
    await until(sockets, () => leg.mail.letters.length === 2);

    expect(leg.socket.follow(phone.at, new Follower())).toBeUndefined();
  });

  it("goes the ordinary way again when it is followed no longer, others beside it still are", async () => {
    const follower = new Follower();
    const pairs = await Promise.all([acquainted(sockets), acquainted(sockets), acquainted(sockets)]);
    for (const { leg, phone } of pairs) leg.socket.follow(phone.at, { row: 7, rows: follower.rows });

    pairs[0]!.leg.socket.unfollow();
    for (const { say } of pairs) say("on");
    await until(
      sockets,
      () =>
        follower.taken.length === 2 &&
        pairs.every(({ leg }, index) => leg.mail.letters.length === (index === 0 ? 2 : 1)),
    );

    expect(pairs[0]!.leg.mail.texts).toEqual(["hello", "on"]);
  });

  it("sends from its own port to its far end", async () => {
    const { leg, phone } = await acquainted(sockets);
    const { sockets: direct, place } = leg.socket.follow(phone.at, new Follower())!;

    direct.outgoing.set(Buffer.from("answer and more"));
    direct.sendFollowed(place, 6);
    await until(sockets, () => phone.mail.letters.length === 1);

    expect(phone.mail.texts).toEqual(["answer"]);
    expect(phone.mail.letters[0]!.from).toEqual(leg.at);
  });

  it("is closed while it is followed without a mix-up", async () => {
    const { leg, phone, say } = await acquainted(sockets);
    const follower = new Follower();
    leg.socket.follow(phone.at, follower);
    say("late");
    await leg.socket.close();
    sockets.poll();

    expect(follower.taken).toEqual([]);
  });

  it("is read again in the same poll only when its datagram has waited for about as long as the next takes", async () => {
    const { leg, phone, say } = await acquainted(sockets);
    await stamped(leg, sockets, say);
    const follower = new Follower();
    leg.socket.follow(phone.at, follower);

    sockets.poll();
    for (const text of ["one", "two"]) say(text);
    await aTick();
    for (const text of ["three", "four"]) say(text);
    sockets.poll();
    expect(follower.taken).toEqual(["7 one", "7 two", "7 three"]);

    sockets.poll();
    expect(follower.taken).toHaveLength(4);
  });
});
