// The daemon's SIP listeners as a stranger with a bare socket meets them: TCP in all the ways in which bytes can
// arrive, both families on one port, and the trace that shows it.
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { newExtension, useParley } from "./use-parley.ts";

const parley = useParley({ env: { SIP_LISTEN_ADDRESS: "127.0.0.1, ::1" } });

const sockets: (Socket | UdpSocket)[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) "destroy" in socket ? socket.destroy() : socket.close();
});

interface Wire {
  readonly protocol: "TCP" | "UDP";
  /** Our own `host:port`, as a Via writes it. */
  readonly address: string;
  send(text: string): void;
  /** Everything heard so far. */
  heard(): string;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<unknown>;
}

const families = { IPv4: "127.0.0.1", IPv6: "::1" } as const;
const hostPort = (host: string, port: number) =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

async function tcp(host: string): Promise<Wire> {
  const socket = connect(parley().sip.port, host);
  sockets.push(socket);
  socket.setNoDelay(true);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  const address = hostPort(host, socket.localPort ?? 0);
  return { protocol: "TCP", address, send: (data) => socket.write(data), heard: () => text, closed };
}

async function udp(host: string): Promise<Wire> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  sockets.push(socket);
  let text = "";
  socket.on("message", (data) => {
    text += data;
  });
  socket.bind(0, host);
  await once(socket, "listening");
  const send = (data: string) => socket.send(data, parley().sip.port, host);
  const address = hostPort(host, socket.address().port);
  return { protocol: "UDP", address, send, heard: () => text, closed: Promise.resolve() };
}

interface Parts {
  readonly callId: string;
  readonly user?: string;
  readonly cseq?: number;
  readonly to?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function request(wire: Wire, method: string, parts: Parts): string {
  const { callId, user = "parley", cseq = 1, headers = [], body = "" } = parts;
  const uri = `sip:${user}@${hostPort("127.0.0.1", parley().sip.port)}`;
  const transport = wire.protocol === "TCP" ? ";transport=tcp" : "";
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${wire.protocol} ${wire.address};branch=z9hG4bK-${callId}-${cseq}-${method};rport`,
    "Max-Forwards: 70",
    `From: "Raw" <sip:raw@${wire.address}>;tag=raw`,
    `To: ${parts.to ?? `<${uri}>`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:raw@${wire.address}${transport}>`,
    ...headers,
    ...(body === "" ? [] : ["Content-Type: application/sdp"]),
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

const offer = (host: string) => {
  const network = `IN IP${host.includes(":") ? 6 : 4} ${host}`;
  const lines = [
    "v=0",
    `o=raw 1 1 ${network}`,
    "s=-",
    `c=${network}`,
    "t=0 0",
    "m=audio 40000 RTP/AVP 0 8",
    "a=sendrecv",
  ];
  return `${lines.join("\r\n")}\r\n`;
};

/** The message that begins so; its headers and body as text. */
function hears(wire: Wire, start: RegExp): Promise<string> {
  return eventually(
    () => {
      const at = wire.heard().search(start);
      const message = at < 0 ? "" : wire.heard().slice(at);
      return message.includes("\r\n\r\n") ? message : undefined;
    },
    () => `${start} in ${JSON.stringify(wire.heard())}`,
  );
}

const header = (message: string, name: string) =>
  new RegExp(`^${name}: (.*)\r$`, "m").exec(message)?.[1] ?? `no ${name}`;

/** Calls a new room, and hangs up once it is answered. */
async function call(wire: Wire, host: string, headers: readonly string[] = []): Promise<string> {
  const user = newExtension();
  await parley().createRoom({ extension_number: user });
  const parts = { callId: `call-${user}`, user };
  wire.send(request(wire, "INVITE", { ...parts, headers, body: offer(host) }));
  const answer = await hears(wire, /SIP\/2\.0 200 (?:(?!\r\n\r\n).)*CSeq: 1 INVITE/s);
  const to = header(answer, "To");
  wire.send(request(wire, "ACK", { ...parts, to }));
  wire.send(request(wire, "BYE", { ...parts, to, cseq: 2 }));
  await hears(wire, /SIP\/2\.0 200 (?:(?!\r\n\r\n).)*CSeq: 2 BYE/s);
  return answer;
}

async function metric(name: string): Promise<number> {
  const line = (await parley().metrics()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? 0);
}

describe.each(Object.entries(families))("over %s", (_, host) => {
  it("a call on a connection is answered on it, and named as it was reached", async () => {
    const answer = await call(await tcp(host), host);
    const own = hostPort(host, parley().sip.port);
    expect(header(answer, "Contact")).toMatch(/^<sip:.*;transport=tcp>;isfocus$/);
    expect(header(answer, "Contact")).toContain(`${own};transport=tcp`);
    expect(answer).toContain(`c=IN IP${host.includes(":") ? 6 : 4} ${host}\r\n`);
  });

  it("a call by datagrams is answered from the address it was sent to", async () => {
    const answer = await call(await udp(host), host);
    expect(header(answer, "Contact")).toContain(hostPort(host, parley().sip.port));
  });
});

describe("a connection", () => {
  it("carries an INVITE that no datagram could", async () => {
    const headers = Array.from({ length: 40 }, (_, index) => `X-Note-${index}: ${"n".repeat(300)}`);
    await call(await tcp(families.IPv4), families.IPv4, headers);
  });

  it("takes many requests in one piece, and one in many", async () => {
    const wire = await tcp(families.IPv4);
    const all = Array.from({ length: 20 }, (_, index) =>
      request(wire, "OPTIONS", { callId: `piped-${index}` }),
    );
    wire.send(all.join(""));
    await hears(wire, /Call-ID: piped-19\r/);
    expect(wire.heard().match(/^SIP\/2\.0 200 /gm)).toHaveLength(20);

    const dripped = request(wire, "OPTIONS", { callId: "dripped" });
    for (let at = 0; at < dripped.length; at += 7) {
      wire.send(dripped.slice(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await hears(wire, /Call-ID: dripped\r/);
    // Timer J ends an answered transaction: at once where nothing can be lost.
    expect(await metric('parley_sip_timers_total{timer="J"}')).toBeGreaterThanOrEqual(20);
  });

  it("that talks nonsense is closed and counted, and others notice nothing", async () => {
    const good = await tcp(families.IPv4);
    const broken = 'parley_sip_connections_closed_total{reason="broken"}';
    const before = await metric(broken);
    const bad = await tcp(families.IPv6);
    bad.send(request(bad, "OPTIONS", { callId: "bad" }).replace("Content-Length: 0", "Content-Length: -1"));
    await bad.closed;
    const worse = await tcp(families.IPv4);
    worse.send(`${"\u0000\u00ff nonsense ".repeat(10_000)}`);
    await worse.closed;
    await eventually(
      async () => ((await metric(broken)) === before + 2 ? true : undefined),
      () => "two broken connections in the metrics",
    );
    good.send(request(good, "OPTIONS", { callId: "good" }));
    await hears(good, /SIP\/2\.0 200 /);
    expect(await metric('parley_sip_connections{direction="in"}')).toBe(1);
  });
});

describe("the trace", () => {
  it("shows one call while it is asked for, and then costs nothing", async () => {
    const wire = await tcp(families.IPv6);
    const abort = new AbortController();
    const answer = await parley().open("/api/sip/trace?call_id=traced&seconds=30", abort.signal);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const read = async (until: RegExp) => {
      while (!until.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the trace ended: ${text}`);
        text += value;
      }
    };
    await read(/^# tracing SIP of call traced: 100 messages or 30 s\n/);
    wire.send(request(wire, "OPTIONS", { callId: "untraced" }));
    wire.send(request(wire, "OPTIONS", { callId: "traced", cseq: 2 }));
    await read(/SIP\/2\.0 200 OK/);
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z in TCP \[::1\]:\d+ > \[::1\]:\d+\nOPTIONS sip:/m);
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z out TCP \[::1\]:\d+ > \[::1\]:\d+\nSIP\/2\.0 200 OK\n/m);
    expect(text).not.toContain("untraced");
    abort.abort();
    await reader.cancel().catch(() => {});

    // All sixteen places are free again.
    await eventually(
      async () => {
        const aborts = Array.from({ length: 16 }, () => new AbortController());
        const answers = await Promise.all(
          aborts.map(({ signal }) => parley().open("/api/sip/trace", signal)),
        );
        for (const one of aborts) one.abort();
        return answers.every(({ status }) => status === 200) ? true : undefined;
      },
      () => "sixteen traces at once",
    );
  });
});
