// Hosts with their ports, as URIs have them.
import { expect, it } from "vitest";
import { formatHostPort } from "#common";

it.each([
  ["192.0.2.1", 5060, "192.0.2.1:5060"],
  ["pbx.example.com", undefined, "pbx.example.com"],
  ["2001:db8::1", 5060, "[2001:db8::1]:5060"],
  ["2001:db8::1", undefined, "[2001:db8::1]"],
])("%s and the port %s are %s", (host, port, expected) => {
  expect(formatHostPort(host, port)).toBe(expected);
});
