// The Binding request, and which answers to it are believed.
import { describe, expect, it } from "vitest";
import {
  readBindingAnswer,
  stunLength,
  writeBindingRequest,
} from "../../../../../../bridge/setup/doctor/facts/stun-message.ts";
import { seedsOf } from "../../../../../support/fuzz/corpus.ts";
import {
  address,
  answerTo,
  attribute,
  bindingError,
  bindingSuccess,
  errorCode,
  mappedAddress,
  masked,
  refusal,
  software,
  success,
  xorMappedAddress,
} from "./stun-answers.ts";

const transaction = Buffer.from("b7e7a701bc34d686fa87dfae", "hex");
const read = (message: Buffer) => readBindingAnswer(message, transaction);
const mapped = (text: string, port: number) => ({ outcome: "mapped", seen: { address: text, port } });
const kept = (name: string) => seedsOf("stun", ["stun"], `${name}.hex`)[0]!.bytes;

it("a request is a header with the cookie and the transaction, and nothing behind it", () => {
  const request = writeBindingRequest(transaction);

  expect(request.toString("hex")).toBe("000100002112a442b7e7a701bc34d686fa87dfae");
  expect(stunLength(request)).toBe(20);
});

describe("an answer", () => {
  it.each([
    ["rfc5769-ipv4", mapped("192.0.2.1", 32_853)],
    ["rfc5769-ipv6", mapped("2001:db8:1234:5678:11:2233:4455:6677", 32_853)],
    ["mapped-address", mapped("192.0.2.1", 32_853)],
    ["error-401", { outcome: "refused", code: 401 }],
  ])("%s", (name, expected) => {
    expect(read(kept(name))).toEqual(expected);
  });

  it("is read by XOR-MAPPED-ADDRESS, whatever stands before it", () => {
    const message = answerTo(
      transaction,
      bindingSuccess,
      attribute(software, Buffer.from("any")),
      attribute(mappedAddress, address("10.0.0.1", 1)),
      attribute(xorMappedAddress, masked(address("203.0.113.9", 4711))),
    );
    expect(read(message)).toEqual(mapped("203.0.113.9", 4711));
  });

  it("with an IPv4 address inside an IPv6 one names the IPv4 address", () => {
    const value = Buffer.concat([
      Buffer.from("00021267", "hex"),
      Buffer.alloc(10),
      Buffer.from("ffffc0000201", "hex"),
    ]);
    expect(read(answerTo(transaction, bindingSuccess, attribute(mappedAddress, value)))).toEqual(
      mapped("192.0.2.1", 0x1267),
    );
  });
});

describe("no answer is", () => {
  const good = success(transaction);
  const changed = (at: number, byte: number) => {
    const message = Buffer.from(good);
    message[at] = byte;
    return message;
  };
  const having = (type: number, value: Uint8Array) =>
    answerTo(transaction, bindingSuccess, attribute(type, value));
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["half a header", good.subarray(0, 19)],
    ["a request", changed(0, 0)],
    ["an answer to another method", changed(1, 0x03)],
    ["another cookie", changed(4, 0)],
    ["another transaction", changed(19, 0)],
    ["RTP", changed(0, 0x80)],
    ["a length that is too large", changed(3, 16)],
    ["a length that is too small", changed(3, 8)],
    ["a length that is no multiple of four", Buffer.concat([changed(3, 14), Buffer.alloc(2)])],
    ["an attribute longer than the message", changed(23, 12)],
    ["a success without an address", answerTo(transaction, bindingSuccess)],
    ["an address of another family", having(xorMappedAddress, Buffer.from([0, 3, 0, 0, 1, 2, 3, 4]))],
    ["an address of IPv4 with three bytes", having(xorMappedAddress, Buffer.from([0, 1, 0, 0, 1, 2, 3]))],
    ["an address of IPv6 with four bytes", having(mappedAddress, Buffer.from([0, 2, 0, 0, 1, 2, 3, 4]))],
    ["an empty address", having(xorMappedAddress, Buffer.alloc(0))],
    ["an error without a code", answerTo(transaction, bindingError)],
    [
      "an error with half a code",
      answerTo(transaction, bindingError, attribute(errorCode, Buffer.from([0, 0]))),
    ],
    ["an address in an error", Buffer.concat([Buffer.from([1, 0x11]), good.subarray(2)])],
  ])("%s", (_, message) => {
    expect(read(message)).toBeUndefined();
  });

  it("whatever is cut off or changed: nothing throws", () => {
    for (const message of [good, refusal(transaction, 401), kept("rfc5769-ipv6")]) {
      for (let at = 0; at < message.length; at += 1) {
        read(message.subarray(0, at));
        for (const byte of [0, 1, 0x7f, 0xff]) {
          const other = Buffer.from(message);
          other[at] = byte;
          read(other);
        }
      }
    }
  });
});
