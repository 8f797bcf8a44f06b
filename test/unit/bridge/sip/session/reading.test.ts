import { describe, expect, it } from "vitest";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { descriptionOf } from "../../../../../bridge/sip/session/body.ts";
import { callerOf, dialledOf } from "../../../../../bridge/sip/session/identity.ts";
import { returnPath } from "../../../../../bridge/sip/session/path.ts";
import { causeOf, reasonOf } from "../../../../../bridge/sip/session/reason.ts";

type Lines = readonly (readonly [string, string])[];

function invite(lines: Lines, body = "", uri = "sip:700@bridge.example"): SipRequest {
  const headers = new Headers();
  for (const [name, value] of lines) headers.append(name, value);
  return new SipRequest("INVITE", uri, headers, Buffer.from(body));
}

describe("who calls", () => {
  const from = ["From", '"Alice" <sip:1001@pbx.example>;tag=a'] as const;

  it("is who From says", () => {
    expect(callerOf(invite([from]), true)).toEqual({
      displayName: "Alice",
      number: "1001",
      uri: "sip:1001@pbx.example",
      anonymous: false,
    });
  });

  it.each([
    ["P-Asserted-Identity", '"Alice Liddell" <sip:+4912345@carrier.example>', "+4912345", "Alice Liddell"],
    ["P-Asserted-Identity", "<tel:+49-123-45>", "+4912345", "Alice"],
    ["Remote-Party-ID", '"Front desk" <sip:200@pbx.example>;party=calling', "200", "Front desk"],
  ])("is who %s says, when the source is trusted", (name, value, number, displayName) => {
    const request = invite([from, [name, value]]);
    expect(callerOf(request, true)).toMatchObject({ number, displayName });
    expect(callerOf(request, false)).toMatchObject({ number: "1001", displayName: "Alice" });
  });

  it.each([
    ["full", "anonymous", "Anonymous"],
    ["uri", "anonymous", "Anonymous"],
    ["name", "200", undefined],
    ["off", "200", "Front desk"],
  ])("is shown as far as a Remote-Party-ID with privacy=%s allows", (privacy, number, displayName) => {
    const rpid = `"Front desk" <sip:200@pbx.example>;party=calling;privacy=${privacy}`;
    expect(callerOf(invite([from, ["Remote-Party-ID", rpid]]), true)).toMatchObject({ number, displayName });
  });

  it.each([
    ["sip:+1-555-0100@carrier.example;user=phone", "+15550100"],
    ["sip:+1.555.0100@carrier.example", "+15550100"],
    ["sip:(030)12-34@carrier.example;user=phone", "0301234"],
    ["sip:1001-a.b@pbx.example", "1001-a.b"],
    ["sip:jean-luc@pbx.example;user=phone", "jean-luc"],
    ["sip:12-34@pbx.example;user=phones", "12-34"],
  ])("is a telephone number without its visual separators: %s", (uri, number) => {
    expect(callerOf(invite([["From", `<${uri}>;tag=a`]]), true)).toMatchObject({ number, uri });
    expect(callerOf(invite([from, ["P-Asserted-Identity", `<${uri}>`]]), true)).toMatchObject({ number });
    expect(dialledOf(invite([["To", "<sip:bridge.example>"]], "", uri))).toBe(number);
  });

  it("is never lost by an identity that cannot be read", () => {
    const broken: Lines = [from, ["P-Asserted-Identity", '"unbalanced <sip:x@y>'], ["Remote-Party-ID", "<>"]];
    expect(callerOf(invite(broken), true).number).toBe("1001");
  });

  it("is bounded and printable", () => {
    const long = `"${"x".repeat(300)}" <sip:%0a${"9".repeat(300)}@h>;tag=a`;
    const caller = callerOf(invite([["From", long]]), true);
    expect(caller.displayName).toHaveLength(100);
    expect(caller.number).toMatch(/^9{100}$/);
    expect(callerOf(invite([["From", "<sip:host-only>;tag=a"]]), true)).toMatchObject({
      displayName: undefined,
      number: "",
    });
  });
});

describe("what was dialled", () => {
  const to = ["To", "<sip:800@bridge.example>"] as const;

  it.each([
    ["sip:700@bridge.example", "700"],
    ["sip:700;phone-context=pbx@bridge.example", "700"],
    ["tel:+49-30-700", "+4930700"],
    ["sip:bridge.example", "800"],
    ["sip:%2A98@bridge.example", "*98"],
  ])("in %s is %s", (uri, dialled) => {
    expect(dialledOf(invite([to], "", uri))).toBe(dialled);
  });
});

describe("the description in a body", () => {
  const sdp = "v=0\r\ns=-\r\n";
  const multipart = (type: string, parts: readonly string[]) =>
    invite([["Content-Type", type]], `${parts.map((part) => `--edge\r\n${part}\r\n`).join("")}--edge--\r\n`);

  it.each([["application/sdp"], ["Application/SDP; charset=utf-8"]])("is found in %s", (type) => {
    expect(descriptionOf(invite([["Content-Type", type]], sdp))).toEqual({ kind: "sdp", sdp });
  });

  it("is found among other parts", () => {
    const isup = "Content-Type: application/isup\r\n\r\nbinary";
    const ours = `Content-Disposition: session\r\ncontent-type: application/sdp\r\n\r\n${sdp}`;
    const request = multipart('multipart/mixed; boundary="edge"', [isup, ours]);
    expect(descriptionOf(request)).toMatchObject({ kind: "sdp" });
    expect(descriptionOf(request)).toHaveProperty("sdp", expect.stringContaining("v=0\r\ns=-\r\n"));
  });

  it.each([
    ["no boundary", invite([["Content-Type", "multipart/mixed"]], "--x\r\n")],
    ["no part that fits", multipart("multipart/mixed;boundary=edge", ["Content-Type: text/plain\r\n\r\nhi"])],
    [
      "an encoding",
      invite(
        [
          ["Content-Type", "application/sdp"],
          ["Content-Encoding", "gzip"],
        ],
        sdp,
      ),
    ],
    ["another type", invite([["Content-Type", "application/isup"]], "x")],
    ["no type", invite([], "x")],
  ])("is not there with %s", (_, request) => {
    expect(descriptionOf(request)).toEqual({ kind: "unsupported" });
  });

  it.each(["text/plain", '"application/sdp"', "sdp", "application/octet-stream"])(
    "is found in a part of the vague type %s",
    (type) => {
      const request = multipart("multipart/mixed;boundary=edge", [`Content-Type: ${type}\r\n\r\n${sdp}`]);
      expect(descriptionOf(request)).toEqual({ kind: "sdp", sdp });
    },
  );

  it.each(["\r\n", "\ufeff", "\0", " \n"])("is found behind %j, whatever its type is called", (front) => {
    for (const lines of [[], [["Content-Type", "text/plain"]]] as Lines[])
      expect(descriptionOf(invite(lines, front + sdp))).toMatchObject({ kind: "sdp" });
  });

  it.each(["\r\n", "\r\n\r\n", "\0", "  "])("is absent from a body of %j alone", (blank) => {
    for (const type of ["application/sdp", "application/isup", "text/plain"])
      expect(descriptionOf(invite([["Content-Type", type]], blank))).toEqual({ kind: "none" });
  });

  it("may be absent, and may be optional", () => {
    expect(descriptionOf(invite([]))).toEqual({ kind: "none" });
    const lines: Lines = [
      ["Content-Type", "image/png"],
      ["Content-Disposition", "icon;handling=optional"],
    ];
    expect(descriptionOf(invite(lines, "x"))).toEqual({ kind: "none" });
  });
});

describe("the way back to who sent a request", () => {
  const flow = {
    protocol: "UDP",
    reliable: false,
    local: { address: "10.0.0.1", port: 5060 },
    remote: { address: "10.0.0.2", port: 5060 },
    id: "udp",
  } as const;

  it.each([
    ["an address that is its own", ["10.0.0.2:5060"], flow, false],
    ["an address from behind NAT", ["192.168.1.7:5060"], flow, true],
    ["a port that NAT has changed", ["10.0.0.2:5999;rport=5060"], flow, true],
    ["another port without rport", ["10.0.0.2:5999"], flow, false],
    ["a name", ["phone.local:5060"], flow, false],
    ["a proxy in between", ["10.0.0.2:5060", "192.168.1.7:5060"], flow, false],
    ["a connection", ["10.0.0.2:5060"], { ...flow, protocol: "TCP", reliable: true } as const, true],
  ])("over %s", (_, vias, way, pinned) => {
    const lines = vias.map((via) => ["Via", `SIP/2.0/UDP ${via};branch=z9hG4bK`] as const);
    expect(returnPath(invite(lines), way)).toEqual({ flow: way, pinned });
  });
});

describe("a reason", () => {
  it("survives the way out and back", () => {
    const cause = { status: 486, text: 'The "big" room is full' };
    expect(causeOf(invite([["Reason", reasonOf(cause)]]).headers)).toEqual(cause);
  });

  it("carries a code as a parameter of its own, which readers of status and text pass over", () => {
    const cause = { status: 403, text: 'Room "7"; parley-code=X' };
    const reason = reasonOf({ ...cause, code: "ROOM_LOCKED" });
    expect(reason).toBe('SIP;cause=403;text="Room \\"7\\"; parley-code=X";parley-code=ROOM_LOCKED');
    expect(causeOf(invite([["Reason", reason]]).headers)).toEqual(cause);
  });

  it.each([
    [["Q.850;cause=16", 'SIP;cause=600;text="Busy"'], { status: 600, text: "Busy" }],
    [["Q.850;cause=17"], { status: 200, text: "Q.850 cause 17" }],
    [["Preemption;cause=1"], undefined],
    [["SIP;text="], undefined],
    [["SIP;cause=0"], undefined],
    [["SIP;cause=800"], undefined],
    [["SIP;cause=180;text=Ringing"], { status: 200, text: "Ringing" }],
    [["SIP;cause=699"], { status: 699, text: "" }],
    [['SIP;cause=0;text="Normal clearing"'], { status: 200, text: "Normal clearing" }],
    [["Q.850;cause=0"], undefined],
    [["Q.850;cause=900"], undefined],
    [["Q.850;cause=127"], { status: 200, text: "Q.850 cause 127" }],
    [["SIP;cause=0", "Q.850;cause=16"], { status: 200, text: "Q.850 cause 16" }],
    [["SIP;cause=999999999999"], undefined],
    [[";;;"], undefined],
  ])("is read from %j", (values, cause) => {
    expect(causeOf(invite(values.map((value) => ["Reason", value] as const)).headers)).toEqual(cause);
  });
});
