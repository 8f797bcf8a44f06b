// What a socket that encrypts does not send: nothing while keys are on their way, which is no failure; and what cannot be encrypted.
import { expect, it } from "vitest";
import { systemClock } from "#common";
import { type MediaSocket, noSocketErrors } from "../../../../media/rtp/index.ts";
import { NodeCrypto, SrtpSession, secureSockets } from "../../../../media/srtp/index.ts";
import { masterKey, otherKey } from "./keys.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";

it("counts what it cannot encrypt, and not what waits for keys", async () => {
  const sent: Uint8Array[] = [];
  const inner: MediaSocket = { send: (packet) => void sent.push(packet), close: async () => {} };
  const session = new SrtpSession(new NodeCrypto());
  const errors = noSocketErrors();
  const socket = await secureSockets(
    async () => inner,
    session,
    systemClock,
  )({ address: "127.0.0.1", port: 1, errors, onPacket() {} });
  const packet = new Uint8Array(172).fill(0);
  packet[0] = 0x80;

  session.awaitKeys();
  socket.send(packet, 9, "127.0.0.1");
  expect([sent.length, errors]).toEqual([0, noSocketErrors()]);

  session.use({ send: masterKey(suite), receive: otherKey(suite) }, 0);
  socket.send(packet, 9, "127.0.0.1");
  expect([sent.length, errors]).toEqual([1, noSocketErrors()]);

  socket.send(packet.subarray(0, 5), 9, "127.0.0.1");
  expect([sent.length, errors]).toEqual([1, { unsent: 1, unsentReason: "SRTP", unreceived: 0 }]);

  session.close();
  socket.send(packet, 9, "127.0.0.1");
  expect([sent.length, errors.unsent]).toEqual([1, 1]);
});
