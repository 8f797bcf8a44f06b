// Join tokens over SIP on TLS and WebSockets (RFC 8898): into the room without a PIN, refused elsewhere, and out again when
// revoked.
import { connect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { newExtension, useParley } from "./use-parley.ts";

const tlsPort = await freePort();
const parley = useParley({
  env: {
    SIP_TLS_PORT: String(tlsPort),
    // Loopback is a stranger here.
    SIP_TRUSTED_NETWORKS: "192.0.2.0/24",
    SIP_STRANGERS: "challenge",
    WEBRTC_ICE_SERVERS: JSON.stringify([{ urls: ["turn:turn.example.com"], shared_secret: "s3cret" }]),
  },
});

type Transport = "TLS" | "WS";

const session = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"];
/** Who comes over a WebSocket has the media of a browser. Nothing is sent: whether the call is let in is what counts. */
const browserMedia = [
  ...["a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", "a=rtcp-mux", "a=setup:actpass"],
  ...["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx"],
  `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
];
const sdpOf: Readonly<Record<Transport, string>> = {
  TLS: [...session, "m=audio 49170 RTP/AVP 0", ""].join("\r\n"),
  WS: [...session, ...browserMedia, ""].join("\r\n"),
};

/** A client that says what it is told and keeps what it hears. */
class Client {
  heard = "";
  closed = false;
  readonly #transport: Transport;
  readonly #send: (text: string) => void;
  readonly end: () => void;
  static readonly open: Client[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
    const hear = (text: unknown) => {
      this.heard += String(text);
    };
    const close = () => {
      this.closed = true;
    };
    if (transport === "TLS") {
      // The certificate is self-signed, and who signs it is not what is tested here.
      const socket = connect({ host: "127.0.0.1", port: tlsPort, rejectUnauthorized: false });
      socket
        .on("data", hear)
        .on("error", () => {})
        .on("close", close);
      this.#send = (text) => void socket.write(text);
      this.end = () => void socket.destroy();
    } else {
      const socket = new WebSocket(`${parley().url.replace("http", "ws")}/sip`, "sip");
      socket
        .on("message", hear)
        .on("error", () => {})
        .on("close", close);
      const opened = new Promise((resolve) => socket.on("open", resolve));
      this.#send = (text) => void opened.then(() => socket.send(text));
      this.end = () => socket.terminate();
    }
    Client.open.push(this);
  }

  /** Sends an INVITE with that token; the status line of the final response. */
  async invite(extension: string, token: string): Promise<string> {
    const sdp = sdpOf[this.#transport];
    const id = Math.random().toString(36).slice(2);
    const head = (method: string, to: string) => [
      `${method} sip:${extension}@127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/${this.#transport} client.invalid;branch=z9hG4bK${id}${method};rport`,
      "Max-Forwards: 70",
      `From: "Whoever" <sip:whoever@client.invalid>;tag=${id}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:whoever@client.invalid;transport=${this.#transport.toLowerCase()}>`,
    ];
    const invite = [
      ...head("INVITE", `<sip:${extension}@127.0.0.1>`),
      `Authorization: Bearer ${token}`,
      "Content-Type: application/sdp",
      `Content-Length: ${sdp.length}`,
    ];
    const before = this.heard.length;
    this.#send(`${invite.join("\r\n")}\r\n\r\n${sdp}`);
    const final = await eventually(
      () => /SIP\/2\.0 [2-6]\d\d[\s\S]*?\r\n\r\n/.exec(this.heard.slice(before))?.[0],
      () => `final response (${this.heard})`,
    );
    const to = /^To: (.+)\r$/m.exec(final)![1]!;
    if (final.startsWith("SIP/2.0 200")) {
      this.#send(`${[...head("ACK", to), "Content-Length: 0"].join("\r\n")}\r\n\r\n`);
    }
    return final;
  }
}

const rooms: string[] = [];
afterEach(async () => {
  // A call whose client is gone would go on until its silence is noticed.
  for (const room of rooms.splice(0)) await parley().commandRoom(room, "destroy");
  for (const client of Client.open.splice(0)) client.end();
});

async function createRoom(fields: Parameters<ReturnType<typeof parley>["createRoom"]>[0]): Promise<string> {
  const room = await parley().createRoom(fields);
  rooms.push(room);
  return room;
}

interface Token {
  readonly id: string;
  readonly token: string;
  readonly ice_servers: readonly { readonly username: string }[];
}

async function tokenFor(room: string, body: object): Promise<Token> {
  const answer = await parley().request(`/api/conference_rooms/${room}/tokens`, { body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as Token;
}

describe.each<Transport>(["TLS", "WS"])("a join token over %s", (transport) => {
  it("lets one person into one room, as it says, without the PIN", async () => {
    const [here, there] = [newExtension(), newExtension()];
    const room = await createRoom({ extension_number: here, room_pin: "24680", admin_pin: "13579" });
    await createRoom({ extension_number: there });
    const { token, ice_servers } = await tokenFor(room, { display_name: "Ada", role: "host" });
    expect(ice_servers[0]!.username).toMatch(/^\d+:[0-9a-f]{16}$/);

    expect(await new Client(transport).invite(here, token)).toMatch(/^SIP\/2\.0 200 /);
    const ada = await parley().participant(room, "Ada");
    expect(ada.chairman).toBe(true);
    expect(await new Client(transport).invite(there, token)).toMatch(/^SIP\/2\.0 403 /);
  });

  it("that is none is told so", async () => {
    const extension = newExtension();
    await createRoom({ extension_number: extension });
    const refusal = await new Client(transport).invite(extension, "eyJhbGciOiJub25lIn0.e30.AAAA");

    expect(refusal).toMatch(/^SIP\/2\.0 401 /);
    expect(refusal).toContain('WWW-Authenticate: Bearer realm="parley", error="invalid_token"');
  });

  it("that is revoked ends its call and its connection, and no other", async () => {
    const extension = newExtension();
    const room = await createRoom({ extension_number: extension });
    const [hers, his] = [
      await tokenFor(room, { display_name: "Ada" }),
      await tokenFor(room, { display_name: "Ben" }),
    ];
    const [ada, ben] = [new Client(transport), new Client(transport)];
    for (const [client, { token }] of [
      [ada, hers],
      [ben, his],
    ] as const) {
      expect(await client.invite(extension, token)).toMatch(/^SIP\/2\.0 200 /);
    }
    await parley().attendance(room, 2);
    const path = `/api/conference_rooms/${room}/tokens/${hers.id}/destroy`;
    expect((await parley().request(path, { body: undefined })).status).toBe(204);

    await eventually(
      () => (ada.closed ? true : undefined),
      () => "end of the connection",
    );
    expect(ada.heard).toMatch(/BYE sip:/);
    expect(ben.closed).toBe(false);
    expect((await parley().participants(room)).map((one) => one.display_name)).toEqual(["Ben"]);
    expect(await new Client(transport).invite(extension, hers.token)).toMatch(/^SIP\/2\.0 401 /);
  });
});
