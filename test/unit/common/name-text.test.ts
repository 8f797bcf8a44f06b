// Names of rooms, members and servers: whatever door they come through, they show something.
import { expect, it } from "vitest";
import { isName } from "#common";
import { checkFields } from "../../../bridge/conference/rooms/records/validate.ts";
import { checkServer } from "../../../bridge/services/nodes/validate.ts";

const room = (subject: string) => checkFields({ subject }).ok;
const member = (name: string) =>
  checkFields({ options: { members: [{ name, pin: "4711", role: "host" }] } as never }).ok;
const server = (name: string) => checkServer({ name, ipv4: "192.0.2.1", maxRooms: 0, maxParticipants: 0 }).ok;

it.each([
  ["a", true],
  [" \u200fשבועי ", true],
  ["\u{1f600}".repeat(64), true],
  ["\u{1f600}".repeat(65), false],
  ["", false],
  [" \u00a0\u3000", false],
  ["\u200b\u2060\u00ad", false],
  ["\u2800\u3164\ufe0f", false],
  ["two\nlines", false],
  ["two\u2028lines", false],
  ["x".repeat(65), false],
])("%j is a name: %j", (text, expected) => {
  expect([isName(text), room(text), member(text), server(text)]).toEqual(Array(4).fill(expected));
});
