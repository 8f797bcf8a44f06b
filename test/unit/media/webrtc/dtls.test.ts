// Two DTLS associations against each other: keys on both sides, wrong certificates, lost datagrams, floods, the end.
import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "#common";
import { FakeClock } from "#test/support";
import type { SrtpKeys } from "../../../../media/srtp/index.ts";
import { DtlsConnection, type DtlsRole } from "../../../../media/webrtc/dtls-connection.ts";
import { createDtlsIdentity, type DtlsIdentity, loadDtlsLibrary } from "../../../../media/webrtc/index.ts";

const library = await loadDtlsLibrary();
const now = Date.now();
const [ours, theirs] = [createDtlsIdentity(library, now), createDtlsIdentity(library, now)];

class End {
  readonly connection: DtlsConnection;
  readonly sent: Uint8Array[] = [];
  keys: SrtpKeys | undefined;
  failed: string | undefined;
  onSent: () => void = () => {};
  readonly #done = Promise.withResolvers<void>();
  /** There are keys. */
  readonly done = this.#done.promise;

  constructor(clock: Clock, identity: DtlsIdentity, role: DtlsRole, fingerprint: string) {
    this.connection = new DtlsConnection({
      ...{ clock, identity, role },
      fingerprints: [{ hash: "sha-256", value: fingerprint.toLowerCase() }],
      send: (datagram) => {
        this.sent.push(datagram);
        this.onSent();
      },
      onKeys: (keys) => {
        this.keys = keys;
        this.#done.resolve();
      },
      onFailed: (why) => {
        this.failed = why;
      },
    });
  }
}

function pair(clock: Clock, expected = theirs.fingerprint) {
  const server = new End(clock, ours, "server", expected);
  const client = new End(clock, theirs, "client", ours.fingerprint);
  return { server, client };
}

/** Carries datagrams until there are none. */
function carry({ server, client }: ReturnType<typeof pair>): void {
  while (server.sent.length + client.sent.length > 0) {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const datagram of from.sent.splice(0)) {
        to.connection.receive(datagram);
      }
    }
  }
}

function close(clock: FakeClock, ...ends: End[]): void {
  for (const { connection } of ends) {
    connection.close();
    connection.close();
  }
  expect(clock.pending).toBe(0);
}

describe("a DTLS handshake", () => {
  it("gives both sides the same keys, each for the other's direction", () => {
    const clock = new FakeClock();
    const ends = pair(clock);
    ends.client.connection.start();
    carry(ends);

    const { server, client } = ends;
    expect(server.keys?.send).toEqual(client.keys?.receive);
    expect(server.keys?.receive).toEqual(client.keys?.send);
    expect(server.keys?.send.key).not.toEqual(server.keys?.receive.key);
    expect(server.keys?.send.suite.name).toMatch(/^AEAD_AES_(256|128)_GCM$/);
    expect([server.failed, client.failed]).toEqual([undefined, undefined]);
    close(clock, server, client);
  });

  it("with a far end that has the short tags alone brings keys of that suite", () => {
    const clock = new FakeClock();
    const short = createDtlsIdentity(library, now);
    library.calls.SSL_CTX_set_tlsext_use_srtp(short.context, "SRTP_AES128_CM_SHA1_32");
    const server = new End(clock, ours, "server", short.fingerprint);
    const client = new End(clock, short, "client", ours.fingerprint);
    client.connection.start();
    carry({ server, client });
    expect([server.failed, server.keys?.send.suite.name]).toEqual([undefined, "AES_CM_128_HMAC_SHA1_32"]);
    close(clock, server, client);
  });

  it("whose first datagram is lost goes on by the timer of OpenSSL, which has its own clock", async () => {
    const ends = pair(systemClock);
    const { server, client } = ends;
    client.connection.start();
    client.sent.length = 0;
    client.onSent = () => setImmediate(() => carry(ends));
    await client.done;

    expect(server.keys?.send).toEqual(client.keys?.receive);
    server.connection.close();
    client.connection.close();
  });

  it("with another certificate than the description's brings no keys", () => {
    const clock = new FakeClock();
    const ends = pair(clock, ours.fingerprint);
    ends.client.connection.start();
    carry(ends);

    expect(ends.server).toMatchObject({ keys: undefined });
    expect(ends.server.failed).toContain("certificate");
    close(clock, ends.server, ends.client);
  });

  it("that does not end fails after thirty seconds", () => {
    const clock = new FakeClock();
    const { server, client } = pair(clock);
    clock.advance(30_000);
    expect(server.failed).toBe("no DTLS handshake in time");
    close(clock, server, client);
  });

  it("is not disturbed by what is none, and a flood of it is bounded", () => {
    const clock = new FakeClock();
    const ends = pair(clock);
    const noise = Uint8Array.from({ length: 300 }, (_, index) => (index === 0 ? 22 : (index * 31) & 0xff));
    for (let times = 0; times < 50; times += 1) ends.server.connection.receive(noise.subarray(0, 1 + times));
    ends.client.connection.start();
    carry(ends);
    expect(ends.server.keys).toBeDefined();

    for (let times = 0; times < 5000; times += 1) ends.server.connection.receive(noise);
    expect(ends.server).toMatchObject({ failed: undefined, sent: [] });
    close(clock, ends.server, ends.client);
  });

  it("says goodbye at its end, which the other side hears", () => {
    const clock = new FakeClock();
    const ends = pair(clock);
    ends.client.connection.start();
    carry(ends);
    ends.client.connection.close();
    carry(ends);
    expect(ends.server.failed).toBe("the far end has closed DTLS");
    close(clock, ends.server, ends.client);
  });
});
