// Requests to real receivers on this machine, and to places where nothing may be sent.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook as Receiver } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#common";
import { createSend } from "#services/webhooks";
import { FakeClock } from "#test/support";
import {
  checkUrl,
  isPublicAddress,
  publicLookup,
} from "../../../../../bridge/services/webhooks/destination.ts";
import { newSecret, signatureHeaders } from "../../../../../bridge/services/webhooks/signature.ts";

interface Got {
  readonly request: IncomingMessage;
  readonly body: string;
}

let url: string;
let got: Got[];
let answer: (response: ServerResponse, path: string) => void;
let close: () => Promise<unknown>;

beforeEach(async () => {
  got = [];
  answer = (response) => response.writeHead(204).end();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    got.push({ request, body });
    answer(response, request.url ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
});
afterEach(() => close());

const send = createSend({ clock: systemClock, timeoutMs: 10_000, allowPrivate: true });
const never = new AbortController().signal;
const message = (to = url) => ({ url: to, headers: { "content-type": "application/json" }, body: "{}" });

describe("a request", () => {
  it("arrives as it was signed", async () => {
    const secret = newSecret();
    const body = '{"subject":"Größe"}';
    const headers = signatureHeaders({ id: "msg_1", at: Date.now(), body }, [{ secret, expiresAt: null }]);
    const outcome = await send({ url, headers, body }, never);
    expect(outcome).toMatchObject({ status: 204, error: null });
    const [first] = got;
    expect(first?.request.method).toBe("POST");
    expect(new Receiver(secret).verify(first!.body, first!.request.headers as never)).toEqual({
      subject: "Größe",
    });
  });

  it("keeps its connection for the next one, and makes another when it was closed meanwhile", async () => {
    const ports: (number | undefined)[] = [];
    answer = (response) => {
      ports.push(response.socket?.remotePort);
      response.writeHead(200).end("taken");
    };
    for (let count = 0; count < 3; count += 1) {
      expect(await send(message(), never)).toMatchObject({ status: 200, error: null });
    }
    expect(new Set(ports).size).toBe(1);
    answer = (response) => response.socket?.resetAndDestroy();
    expect(await send(message(), never)).toMatchObject({ status: null, error: "ECONNRESET" });
    answer = (response) => response.writeHead(204).end();
    expect(await send(message(), never)).toMatchObject({ status: 204 });
  });

  it("follows no redirect", async () => {
    answer = (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end();
    expect(await send(message(), never)).toMatchObject({ status: 302, error: "REDIRECT" });
    expect(got).toHaveLength(1);
  });

  it("reads only the beginning of an answer, and shows it without control characters", async () => {
    answer = (response) => {
      response.writeHead(500, { "retry-after": "120" });
      response.write("down\u001b[2J\n");
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", pour);
      pour();
    };
    const outcome = await send(message(), never);
    expect(outcome).toMatchObject({ status: 500, error: "HTTP_500", retryAfterMs: 120_000 });
    expect(outcome.response).toMatch(/^down \[2J xxx/);
    expect(outcome.response).toHaveLength(500);
  });

  it("is given up without an answer in time, when it is no longer wanted, and when the receiver is not there", async () => {
    const clock = new FakeClock();
    const patient = createSend({ clock, timeoutMs: 10_000, allowPrivate: true });
    const arrived = Promise.withResolvers<void>();
    answer = () => arrived.resolve();
    const late = patient(message(), never);
    await arrived.promise;
    clock.advance(10_000);
    expect(await late).toMatchObject({ status: null, error: "TIMEOUT", durationMs: 10_000 });

    const abort = new AbortController();
    const unwanted = send(message(), abort.signal);
    abort.abort();
    expect(await unwanted).toMatchObject({ status: null, error: "ABORT_ERR" });

    await close();
    expect(await send(message(), never)).toMatchObject({ status: null, error: "ECONNREFUSED" });
    close = async () => {};
  });

  it("counts an answer whose body breaks off by its status", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    expect(await send(message(), never)).toMatchObject({ status: 200, error: null });
  });
});

describe("private places", () => {
  const careful = createSend({ clock: systemClock, timeoutMs: 10_000, allowPrivate: false });

  it("are refused however they are written", async () => {
    const { port } = new URL(url);
    const hosts = [
      "127.0.0.1",
      "0x7f.1",
      "2130706433",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "localhost",
    ];
    for (const host of hosts) {
      const to = `http://${host}:${port}/`;
      expect(checkUrl(to, false), host).toMatchObject({ ok: false });
      expect(checkUrl(to, true).ok, host).toBe(true);
      expect(await careful(message(to), never), host).toMatchObject({ error: "ADDRESS_NOT_ALLOWED" });
    }
    expect(got).toHaveLength(0);
  });

  it("are all addresses that lead somewhere else than into the open", () => {
    const inside = [
      ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.9.9.9", "169.254.169.254", "172.31.0.1", "192.168.1.1"],
      ...["224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"],
      ...["::ffff:10.0.0.1", "::ffff:a00:1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:1::"],
    ];
    for (const address of inside) expect(isPublicAddress(address), address).toBe(false);
    for (const address of ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"]) {
      expect(isPublicAddress(address), address).toBe(true);
    }
    expect(isPublicAddress("example.com")).toBe(false);
  });

  it("are refused when a name leads there in the moment of connecting, also beside public ones", async () => {
    const resolve = (addresses: string[], all: boolean) =>
      new Promise<unknown>((settle) => {
        const lookup = publicLookup((_name, _options, done) =>
          done(
            null,
            addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
          ),
        );
        lookup("name.example", { all }, (error, address) => settle(error?.code ?? address));
      });
    expect(await resolve(["8.8.8.8"], false)).toBe("8.8.8.8");
    expect(await resolve(["8.8.8.8"], true)).toEqual([{ address: "8.8.8.8", family: 4 }]);
    expect(await resolve(["8.8.8.8", "10.0.0.1"], true)).toBe("ADDRESS_NOT_ALLOWED");
    expect(await resolve(["::ffff:7f00:1"], false)).toBe("ADDRESS_NOT_ALLOWED");
    expect(await resolve([], true)).toBe("ENOTFOUND");
  });

  it("and whatever else is no address for a webhook", () => {
    const wrong = [
      ...["", "example.com", "ftp://example.com", "https://user:pass@example.com/", "https://example.com/#x"],
      ...["javascript:alert(1)", `https://example.com/${"x".repeat(2000)}`],
    ];
    for (const text of wrong) expect(checkUrl(text, true).ok, text).toBe(false);
    expect(checkUrl("HTTPS://Example.COM/a b", false)).toMatchObject({
      value: { href: "https://example.com/a%20b" },
    });
  });
});
