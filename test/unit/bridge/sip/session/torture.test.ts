// The torture messages of RFC 4475 and RFC 5118 as datagrams to a whole stack in which no room is found: what each is
// answered stands beside it as `answer`, null for silence; or as the status of what cannot be read.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, fakeDns, MemoryNetwork } from "#test/support";
import { createSipEndpoint } from "../../../../../bridge/sip/endpoint.ts";
import { createTransportLayer } from "../../../../../bridge/sip/transport/index.ts";

type Expectation =
  | { readonly ok: true; readonly answer: number | null }
  | { readonly ok: false; readonly status: number; readonly answerable: boolean };

const folder = new URL("../../../../corpus/sip/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".sip"))
  .map((file) => file.slice(0, -4))
  .sort();

function expectedOf(name: string): number | null {
  const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Expectation;
  if (expected.ok) return expected.answer;
  return expected.answerable ? expected.status : null;
}

const bridge = "10.0.0.1";

describe("the stack answers", () => {
  it.each(names)("%s", async (name) => {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock);
    const transport = createTransportLayer({
      clock,
      logger: silentLogger,
      transports: [(receive) => network.transport({ addresses: [bridge], receive })],
    });
    const endpoint = createSipEndpoint({
      clock,
      log: silentLogger,
      transport,
      userAgent: "Parley/test",
      trusted: () => true,
      dns: fakeDns({}),
    });
    endpoint.onInvite = (invitation) => invitation.reject({ status: 404, text: "No such room" });
    await endpoint.listen();
    const phone = network.transport({ addresses: ["10.0.0.9"], receive: () => {} });
    await phone.listen();
    const flow = await phone.connect({ protocol: "UDP", address: bridge, port: 5060 });

    await phone.send(readFileSync(new URL(`${name}.sip`, folder)), flow);
    await clock.run(300);

    const answers = network.log.filter(({ from }) => from.startsWith(bridge)).map(({ what }) => what);
    const [status] = answers[0]?.split(" ") ?? [];
    expect(status === undefined ? null : Number(status)).toBe(expectedOf(name));
    expect(transport.counters.failures).toBe(0);
    const closing = endpoint.close({ status: 200, text: "Test over" });
    await clock.run(40_000);
    await closing;
    expect(endpoint.sessions).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
