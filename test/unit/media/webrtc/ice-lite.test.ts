// The lite side of ICE: whom it answers and hears, where it sends, and when it gives up. The first message is RFC 5769's.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { IceLite, newIceCredentials } from "../../../../media/webrtc/ice-lite.ts";
import { isIntact, readBindingRequest } from "../../../../media/webrtc/stun.ts";
import { type CheckParts, readResponse, writeCheck, writeIndication } from "./stun-client.ts";

const local = { name: "ours", password: "our-password-of-22-chars" };
const remote = { name: "them", password: "their-password-of-22-chars" };
const right: CheckParts = { username: "ours:them", password: local.password };
const at = (port: number, address = "192.0.2.7") => ({ address, port });

let clock: FakeClock;
let sent: { packet: Uint8Array; to: { address: string; port: number } }[];
let unreached: number;
let ice: IceLite;
beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  unreached = 0;
  ice = new IceLite({
    clock,
    send: (packet, to) => sent.push({ packet, to }),
    onUnreached: () => {
      unreached += 1;
    },
  });
  ice.configure(local, remote);
});

const check = (from = at(5000), parts: Partial<CheckParts> = {}) =>
  ice.receive(writeCheck({ ...right, ...parts }), from);

describe("a connectivity check", () => {
  it("as RFC 5769 §2.1 has it is read and intact", () => {
    const packet = Buffer.from(
      "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b1512" +
        "63b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf",
      "hex",
    );
    const request = readBindingRequest(packet)!;

    expect(request.username).toBe("evtj:h6vY");
    expect(isIntact(packet, request, "VOkJxbRl1RmTxUk/WvJxBt")).toBe(true);
    expect(isIntact(packet, request, "VOkJxbRl1RmTxUk/WvJxBu")).toBe(false);
  });

  it("is answered with where it came from, and media goes there", () => {
    check();

    expect(readResponse(sent[0]!.packet, local.password)).toBe("5000 c0000207");
    expect(sent[0]!.to).toEqual(at(5000));
    expect(ice.selected).toEqual(at(5000));
    expect(ice.hears(at(5000))).toBe(true);
    expect(ice.hears(at(5001))).toBe(false);
  });

  it("over IPv6 is answered with an IPv6 address", () => {
    check(at(5000, "2001:db8::1:2"));
    expect(readResponse(sent[0]!.packet, local.password)).toBe("5000 20010db8000000000000000000010002");
  });

  it.each<[string, Partial<CheckParts>]>([
    ["another password", { password: "a-guess-of-twenty-two-chars" }],
    ["another name of ours", { username: "them:them" }],
    ["another name of theirs", { username: "ours:ours" }],
    ["no name", { username: "" }],
  ])("with %s is not answered", (_what, parts) => {
    check(at(5000), parts);

    expect(sent).toEqual([]);
    expect(ice.selected).toBeUndefined();
    expect(ice.refused).toBe(1);
  });

  it("that is cut or changed is not answered", () => {
    const packet = writeCheck(right);
    for (let length = 0; length < packet.length; length += 1)
      ice.receive(packet.subarray(0, length), at(5000));
    clock.advance(1000);
    for (let index = 0; index < packet.length - 8; index += 1) {
      const changed = Buffer.from(packet);
      changed[index]! ^= 0x01;
      ice.receive(changed, at(5000));
      clock.advance(20);
    }
    expect(sent).toEqual([]);
    expect(ice.selected).toBeUndefined();
  });

  it("is one of a hundred in a second; a flood is bounded, and ends", () => {
    for (let times = 0; times < 1000; times += 1) check();
    expect(sent).toHaveLength(100);
    clock.advance(1000);
    check();
    expect(sent).toHaveLength(101);
  });
});

it("a stranger's flood does not keep the far end's checks from being answered", () => {
  for (let times = 0; times < 1000; times += 1) check(at(7000), { username: "ours:guess" });
  check();
  expect(sent.map(({ to }) => to)).toEqual([at(5000)]);
  expect([ice.selected, ice.refused]).toEqual([at(5000), 1000]);
});

describe("media goes", () => {
  it("where the far end has nominated last", () => {
    check(at(5000));
    check(at(5001));
    expect(ice.selected).toEqual(at(5000));
    check(at(5002), { nominates: true });
    expect(ice.selected).toEqual(at(5002));
    check(at(5000));
    expect(ice.selected).toEqual(at(5002));
    check(at(5003, "198.51.100.9"), { nominates: true });
    expect(ice.selected).toEqual(at(5003, "198.51.100.9"));
  });

  it("on through a restart until the far end has nominated again, by new names alone", () => {
    check(at(5000), { nominates: true });
    const again = newIceCredentials();
    ice.configure(again, { name: "them2", password: remote.password });
    expect(ice.selected).toEqual(at(5000));
    expect(ice.hears(at(5000))).toBe(true);
    check(at(5009), { nominates: true });
    expect(ice.selected).toEqual(at(5000));
    check(at(6000), { username: `${again.name}:them2`, password: again.password, nominates: true });
    expect(ice.selected).toEqual(at(6000));
  });

  it.each([
    ["name", { name: "them2", password: remote.password }],
    ["password", { name: remote.name, password: "another-password-of-22-chars" }],
  ])("on for thirty seconds from a restart, by another %s, without a check", (_, again) => {
    check(at(5000), { nominates: true });
    clock.advance(29_000);
    ice.configure(local, remote);
    ice.configure(newIceCredentials(), again);
    clock.advance(29_999);
    expect([ice.selected, unreached]).toEqual([at(5000), 0]);
    clock.advance(1);
    expect([ice.selected, unreached, clock.pending]).toEqual([undefined, 0, 0]);
  });

  it("on by one timer from a restart after consent had ended", () => {
    check(at(5000), { nominates: true });
    clock.advance(30_000);
    expect([ice.selected, clock.pending]).toEqual([undefined, 0]);
    ice.configure(newIceCredentials(), { name: "them2", password: remote.password });
    expect([ice.selected, clock.pending]).toEqual([at(5000), 1]);
    ice.close();
    expect(clock.pending).toBe(0);
  });

  it("nowhere thirty seconds after the last check, until one comes again", () => {
    check(at(5000), { nominates: true });
    clock.advance(29_000);
    check(at(5000));
    clock.advance(29_999);
    expect(ice.selected).toEqual(at(5000));
    clock.advance(1);
    expect([ice.selected, unreached]).toEqual([undefined, 0]);
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    check(at(5000));
    expect(ice.selected).toEqual(at(5000));
    clock.advance(30_000);
    expect([ice.selected, unreached]).toEqual([undefined, 0]);
  });
});

describe("consent", () => {
  it("is renewed by Binding indications from where a check has come from", () => {
    check(at(5000));
    for (let seconds = 0; seconds < 120; seconds += 15) {
      clock.advance(15_000);
      expect(ice.receive(writeIndication(), at(5000))).toBe(true);
    }
    expect([ice.selected, ice.refused, sent.length]).toEqual([at(5000), 0, 1]);
  });

  it("is not renewed by those of strangers, and not given by any", () => {
    expect(ice.receive(writeIndication(), at(5000))).toBe(false);
    check(at(5000));
    clock.advance(20_000);
    expect(ice.receive(writeIndication(), at(5001))).toBe(false);
    clock.advance(10_000);
    expect(ice.selected).toBeUndefined();
    expect(ice.receive(writeIndication(), at(5000))).toBe(true);
    expect(ice.selected).toBeUndefined();
  });

  it("is renewed, and given again, by authentic media", () => {
    check(at(5000));
    clock.advance(20_000);
    ice.renew();
    clock.advance(20_000);
    expect(ice.selected).toEqual(at(5000));
    clock.advance(10_000);
    expect(ice.selected).toBeUndefined();
    ice.renew();
    expect(ice.selected).toEqual(at(5000));
  });

  it("that never came is told once", () => {
    check(at(5000), { password: "a-guess-of-twenty-two-chars" });
    clock.advance(30_000);
    expect(unreached).toBe(1);
    clock.advance(60_000);
    expect(unreached).toBe(1);
  });

  it("ends with its agent", () => {
    check(at(5000));
    ice.close();
    ice.renew();
    expect([ice.selected, clock.pending]).toEqual([undefined, 0]);
  });
});

it("hears sixteen addresses at most", () => {
  for (let port = 1; port <= 20; port += 1) check(at(port));
  expect([ice.hears(at(4)), ice.hears(at(5)), ice.hears(at(20))]).toEqual([false, true, true]);
});

it("has names and passwords that cannot be guessed", () => {
  const { name, password } = newIceCredentials();
  expect(name).toMatch(/^[A-Za-z\d+/]{8}$/);
  expect(password).toMatch(/^[A-Za-z\d+/]{24}$/);
});
