import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, it } from "vitest";
import { silentLogger, systemClock } from "#common";
import { createSipEndpoint, createTransportLayer, createUdpTransport, type SipEndpoint } from "#sip";

it("answers on a real socket, and only whom it accepts", async () => {
  const client = createSocket("udp4");
  client.bind(0, "127.0.0.1");
  await once(client, "listening");
  const port = await freePort();
  const listening = async (accept: boolean): Promise<SipEndpoint> => {
    const parts = { clock: systemClock, logger: silentLogger };
    const transport = createTransportLayer({
      ...parts,
      accept: () => accept,
      transports: [(receive) => createUdpTransport({ ...parts, receive, address: "127.0.0.1", port })],
    });
    const endpoint = createSipEndpoint({
      clock: systemClock,
      log: silentLogger,
      transport,
      userAgent: "Parley/test",
      trusted: () => true,
    });
    await endpoint.listen();
    return endpoint;
  };
  const probe = Buffer.from(
    [
      `OPTIONS sip:127.0.0.1:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${client.address().port};branch=z9hG4bK-real`,
      "From: <sip:probe@127.0.0.1>;tag=1",
      `To: <sip:127.0.0.1:${port}>`,
      "Call-ID: real",
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "\r\n",
    ].join("\r\n"),
  );

  const strict = await listening(false);
  client.send(probe, port, "127.0.0.1");
  while ((strict.snapshot()["transport"] as { refused: number }).refused === 0) await tick();
  expect(strict.metrics.responses).toEqual({});
  await strict.close({ status: 200, text: "Over" });

  const open = await listening(true);
  client.send(probe, port, "127.0.0.1");
  const [answer] = await once(client, "message");
  expect(String(answer)).toMatch(/^SIP\/2\.0 200 OK\r\n/);
  expect(String(answer)).toContain(`Contact: <sip:127.0.0.1:${port}>`);
  await open.close({ status: 200, text: "Over" });
  client.close();
});

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
