// The URLs of STUN and TURN servers, as browsers take them.
import { expect, it } from "vitest";
import { parseIceUrl } from "../../../../../../bridge/setup/doctor/facts/ice-url.ts";

it.each([
  ["stun:stun.example.com", "stun.example.com", 3478, "udp"],
  ["STUN:stun.example.com:19302", "stun.example.com", 19_302, "udp"],
  ["stuns:stun.example.com", "stun.example.com", 5349, "tls"],
  ["turn:192.0.2.1", "192.0.2.1", 3478, "udp"],
  ["turn:turn.example.com:3479?transport=udp", "turn.example.com", 3479, "udp"],
  ["turn:turn.example.com?transport=tcp", "turn.example.com", 3478, "tcp"],
  ["turns:turn.example.com", "turn.example.com", 5349, "tls"],
  ["turns:turn.example.com:443?transport=tcp", "turn.example.com", 443, "tls"],
  ["turns:turn.example.com?transport=udp", "turn.example.com", 5349, "dtls"],
  ["turn:[2001:db8::1]:3478", "2001:db8::1", 3478, "udp"],
  ["stun:[2001:db8::1]", "2001:db8::1", 3478, "udp"],
])("%s", (url, host, port, transport) => {
  expect(parseIceUrl(url)).toEqual({ host, port, transport });
});

it.each([
  "turn://turn.example.com",
  "turn:",
  "turn:turn.example.com:0",
  "turn:turn.example.com:65536",
  "turn:turn.example.com?transport=sctp",
  "turn:turn.example.com?transport=tcp&a=b",
  "turn:ada:secret@turn.example.com",
  "turn:[2001:db8::1",
  "turn:[12345::1]",
  "turn:2001:db8::1",
  "stun:stun.example.com?transport=udp",
  "http://turn.example.com",
])("%s is none that they take", (url) => {
  expect(parseIceUrl(url)).toBeUndefined();
});
