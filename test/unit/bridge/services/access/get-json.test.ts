// Documents of the issuer, from a server on this machine that answers as it should not.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createGetJson } from "#services/access";
import { FakeClock } from "#test/support";

let server: Server | undefined;

async function serve(answer: RequestListener): Promise<URL> {
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test("a document is read", async () => {
  const url = await serve((_, response) => response.end('{"keys": []}'));
  expect(await createGetJson({ clock: new FakeClock(), ca: "" })(url)).toEqual({ keys: [] });
});

test.each<[string, RequestListener, string]>([
  ["is somewhere else", (_, response) => response.writeHead(302, { location: "/other" }).end(), "302"],
  ["is not there", (_, response) => response.writeHead(404).end("{}"), "404"],
  ["does not end", (_, response) => response.end(Buffer.alloc(300 * 1024, "1")), "more than"],
  ["is no JSON", (_, response) => response.end("<html>"), "JSON"],
  ["breaks off", (_, response) => response.write("{", () => response.destroy()), "aborted"],
])("one that %s is refused", async (_, answer, reason) => {
  const url = await serve(answer);
  await expect(createGetJson({ clock: new FakeClock(), ca: "" })(url)).rejects.toThrow(reason);
});

test("one that does not come is given up after five seconds", async () => {
  const clock = new FakeClock();
  const asked = Promise.withResolvers<void>();
  const url = await serve(() => asked.resolve());
  const answer = createGetJson({ clock, ca: "" })(url);
  const refused = expect(answer).rejects.toThrow("no answer within 5 s");
  await asked.promise;
  clock.advance(5000);
  await refused;
  expect(clock.pending).toBe(0);
});
