// The ports that tests are given belong to no other process.
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort, hold } from "../../support/ports.ts";

it("no port is given twice, and each comes with the odd one above it", async () => {
  const ports = await Promise.all(Array.from({ length: 40 }, freePort));
  expect(new Set(ports).size).toBe(ports.length);
  expect(ports.filter((port) => port % 2 !== 0)).toEqual([]);
});

it("what is given can be listened on", async () => {
  const server = createServer().listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  await new Promise((closed) => server.close(closed));
});

it("a name is held once", async () => {
  const name = `unit-${process.pid}`;
  expect(await hold(name)).toBe(true);
  expect(await hold(name)).toBe(false);
});
