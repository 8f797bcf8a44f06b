// The wire trace: what each watch shows, and what none shows.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, fakeFlow, MemoryNetwork } from "#test/support";
import {
  createWireTrace,
  type TracedMessage,
  type WireTap,
  type WireTrace,
} from "../../../../../bridge/sip/transport/index.ts";
import { redact } from "../../../../../bridge/sip/transport/redact.ts";
import { createPeer, newRequest } from "../transaction/peer.ts";

const redacted = (text: string) => redact(Buffer.from(text));

describe("a watch", () => {
  let clock: FakeClock;
  let trace: WireTrace;
  let seen: TracedMessage[];
  const show = (message: TracedMessage) => void seen.push(message);
  let ask: (callId: string, to: string) => Promise<void>;

  beforeEach(async () => {
    clock = new FakeClock();
    trace = createWireTrace(clock);
    seen = [];
    const network = new MemoryNetwork(clock);
    const watched = await createPeer(network, clock, "10.0.0.1", { transport: { trace } });
    for (const address of ["10.0.0.2", "10.0.0.3"]) {
      const other = await createPeer(network, clock, address);
      other.onRequest = () => other.answer(200);
    }
    ask = async (callId, to) => {
      watched.layer.request(newRequest("OPTIONS", { callId }), await watched.flowTo(to));
      await clock.run(10);
    };
  });

  it("of everything shows both directions, until it is ended", async () => {
    const stop = trace.watch({}, show);
    await ask("one", "10.0.0.2");
    stop();
    await ask("two", "10.0.0.2");
    expect(seen.map(({ direction, remote }) => [direction, remote.address])).toEqual([
      ["out", "10.0.0.2"],
      ["in", "10.0.0.2"],
    ]);
    expect(seen[0]?.text).toMatch(/^OPTIONS sip:/);
    expect(seen[0]?.at).toBe(Date.UTC(2026, 0, 1));
    expect(trace.active).toBe(false);
  });

  it("of one peer or one call shows nothing else", async () => {
    const [peer, call]: [string[], string[]] = [[], []];
    trace.watch({ peer: "10.0.0.3" }, ({ direction }) => peer.push(direction));
    trace.watch({ callId: "one" }, ({ direction }) => call.push(direction));
    await ask("one", "10.0.0.2");
    await ask("two", "10.0.0.3");
    await ask("three", "10.0.0.2");
    expect([peer, call]).toEqual([
      ["out", "in"],
      ["out", "in"],
    ]);
  });

  it("of one call looks for it in one pass over a message", () => {
    const blanks = " ".repeat(400_000);
    trace.watch({ callId: "one" }, show);
    for (const callId of [`one${blanks}x`, `${blanks}one\t`])
      trace.record("in", Buffer.from(`OPTIONS sip:x SIP/2.0\r\nCall-ID:${callId}\r\n\r\n`), fakeFlow);
    expect(seen).toHaveLength(1);
  });

  it("ends by itself after its number of messages", async () => {
    trace.watch({ messages: 3 }, show);
    await ask("one", "10.0.0.2");
    await ask("two", "10.0.0.2");
    expect(seen).toHaveLength(3);
    expect(trace.active).toBe(false);
  });

  it("that fails is ended, and the messages go on", async () => {
    trace.watch({}, () => {
      throw new Error("a defect");
    });
    const stop = trace.watch({}, show);
    await ask("one", "10.0.0.2");
    expect(seen).toHaveLength(2);
    stop();
    expect(trace.active).toBe(false);
  });

  it("is one of sixteen at most", () => {
    for (let count = 0; count < 16; count += 1) trace.watch({}, show);
    expect(() => trace.watch({}, show)).toThrow("already");
  });
});

describe("a tap", () => {
  it("sees the messages of both directions, and what it throws stops none", async () => {
    const clock = new FakeClock();
    const network = new MemoryNetwork(clock);
    const seen: string[] = [];
    const tap: WireTap = ({ direction, message, flow, text }) => {
      seen.push(
        `${direction} ${message.kind} ${message.callId} ${flow.remote.address} ${text().split(" ", 1)[0]}`,
      );
      throw new Error("a defect");
    };
    const tapped = await createPeer(network, clock, "10.0.0.1", { transport: { tap } });
    const other = await createPeer(network, clock, "10.0.0.2");
    other.onRequest = () => other.answer(200);
    tapped.layer.request(newRequest("OPTIONS", { callId: "one" }), await tapped.flowTo("10.0.0.2"));
    await clock.run(10);
    expect(seen).toEqual(["out request one 10.0.0.2 OPTIONS", "in response one 10.0.0.2 SIP/2.0"]);
  });
});

describe("secrets", () => {
  it("in credentials are left out, the user name stays", () => {
    const text = redacted(
      'REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="alice",\r\n realm="r", response="0123abc"\r\n' +
        "Proxy-Authorization: Bearer eyJ0b2tlbg\r\nCall-ID: 1\r\n\r\n",
    );
    expect(text).toContain('Authorization: Digest username="alice", realm="r", response=[secret]');
    expect(text).toContain("Proxy-Authorization: Bearer [secret]");
    expect(text).not.toMatch(/0123abc|eyJ0b2tlbg/);
    expect(text).toContain("Call-ID: 1");
  });

  it("in URIs are left out", () => {
    expect(redacted("INVITE sip:bob:hunter2@x SIP/2.0\r\nTo: <sip:carol:pw@y>\r\n\r\n")).not.toMatch(
      /hunter2|pw/,
    );
    expect(redacted("INVITE sip:bob@x:5070 SIP/2.0\r\n\r\n")).toContain("sip:bob@x:5070");
    expect(redacted("INVITE SIP:a:b:c@x SIP/2.0\r\nTo: <tel:1>,sips::sips:d:e@y\r\n\r\n")).toBe(
      "INVITE SIP:a:[secret]@x SIP/2.0\r\nTo: <tel:1>,sips::sips:d:[secret]@y\r\n\r\n",
    );
  });

  it("are looked for in one pass over a message", () => {
    const many = `INVITE ${"sip:a:".repeat(100_000)} SIP/2.0\r\n\r\n`;
    expect(redacted(many)).toBe(many);
  });

  it("in media descriptions are left out", () => {
    const text = redacted(
      "INVITE sip:x SIP/2.0\r\n\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20\r\na=ice-pwd:hush\r\nk=clear:hidden\r\na=key-mgmt:mikey AQAFgM0X\r\n" +
        "a=ice-ufrag:abcd\r\n",
    );
    expect(text).not.toMatch(/c2VjcmV0|hush|hidden|AQAFgM0X/);
    expect(text).toContain("a=ice-ufrag:abcd");
  });

  it("are found in lines that readers of descriptions put right", () => {
    for (const line of [
      " a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0",
      "a= crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0",
      "a=crypto :1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0",
      "\0a=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0",
      "\u00a0a=ice-pwd: c2VjcmV0",
      "\ta= ice-pwd :c2VjcmV0",
      " a=key-mgmt : mikey c2VjcmV0",
      " k=clear:c2VjcmV0",
    ]) {
      const text = redacted(
        `INVITE sip:x SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n${line}\r\ns=-`,
      );
      expect(text).not.toContain("c2VjcmV0");
      expect(text).toMatch(/\[secret\]\r\ns=-$/);
    }
  });

  it("are not looked for where a picture is asked for", () => {
    const body = "<media_control><vc_primitive/></media_control>";
    const head = "INFO sip:x SIP/2.0\r\nContent-Type: application/media_control+xml";
    expect(redacted(`${head}\r\n\r\n${body}`)).toContain(body);
  });

  it("among pressed keys are left out: it may be a PIN", () => {
    for (const [type, body] of [
      ["application/dtmf-relay", "Signal=7\r\nDuration=160"],
      ["application/dtmf", "7"],
      ["application/vnd.nortel.dtmf", "7"],
      ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\nd=7"],
      ["application/x-keys", "7"],
      ["application/kpml-response+xml", '<kpml-response digits="4711"/>'],
      ["multipart/mixed;boundary=b", "--b\r\nContent-Type: application/dtmf\r\n\r\n7\r\n--b--"],
    ]) {
      const text = redacted(`INFO sip:x SIP/2.0\r\nContent-Type: ${type}\r\n\r\n${body}`);
      expect(text).toMatch(/\[secret\]$/);
      expect(text).not.toContain(body);
    }
  });

  it("do not hide in what is not SIP", () => {
    expect(redacted("nonsense")).toBe("nonsense");
    expect(redacted("")).toBe("");
  });
});
