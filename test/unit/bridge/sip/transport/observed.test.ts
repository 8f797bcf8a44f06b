// How peers see us, from the Via of their responses.
import { expect, it } from "vitest";
import { parseVia } from "../../../../../bridge/sip/message/headers.ts";
import { ObservedAddresses } from "../../../../../bridge/sip/transport/observed.ts";
import type { Flow } from "../../../../../bridge/sip/transport/transport.ts";

const flow = (address: string, protocol: Flow["protocol"] = "UDP") =>
  ({ protocol, remote: { address, port: 5060 } }) as Flow;
const via = (rest: string, transport = "UDP") =>
  parseVia(`SIP/2.0/${transport} 10.0.0.5:5062;branch=z9hG4bK1${rest}`);

it("the last that each peer says is kept, and what is no address is not", () => {
  const observed = new ObservedAddresses();
  observed.take(via(";rport;received=10.0.0.5"), flow("10.0.0.1"));
  observed.take(via(";rport=41000;received=203.0.113.9"), flow("198.51.100.7"));
  observed.take(via(";rport=9"), flow("198.51.100.8"));
  observed.take(via(';received="call me"'), flow("198.51.100.9"));
  observed.take(via(";rport=5062;received=10.0.0.6"), flow("10.0.0.1"));

  const told = { address: "10.0.0.5", port: 5062 };
  expect(observed.all).toEqual([
    { peer: "198.51.100.7", seen: { address: "203.0.113.9", port: 41_000 }, told },
    { peer: "10.0.0.1", seen: { address: "10.0.0.6", port: 5062 }, told },
  ]);
});

it("the port of a connection says nothing, and there is a bound", () => {
  const observed = new ObservedAddresses();
  observed.take(via(";rport=50123;received=10.0.0.5", "TCP"), flow("10.0.0.1", "TCP"));
  expect(observed.all[0]).toMatchObject({ seen: { port: 5062 }, told: { port: 5062 } });

  for (let peer = 0; peer < 100; peer += 1) observed.take(via(";received=10.0.0.5"), flow(`10.1.0.${peer}`));
  expect(observed.all).toHaveLength(64);
});
