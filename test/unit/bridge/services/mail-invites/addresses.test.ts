// Addresses: which texts are one, and how a room's lists of invitees are read.
import { describe, expect, it } from "vitest";
import { mailAddress } from "#common";
import type { StoredUser } from "#services/access";
import { addressOfUser } from "#services/mail-invites";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";
import type { RoomFields } from "../../../../../bridge/conference/rooms/records/room.ts";
import { recipientsOf } from "../../../../../bridge/services/mail-invites/recipients.ts";

describe("a mail address", () => {
  it.each([
    ["ana@example.com", "ana@example.com"],
    ["Ana.B+parley@Example.COM", "Ana.B+parley@example.com"],
    ["ana@bücher.example", "ana@xn--bcher-kva.example"],
    ["root@localhost", "root@localhost"],
  ])("%s is one", (text, address) => expect(mailAddress(text)).toBe(address));

  it.each([
    ...["", "ana", "@example.com", "ana@", "a..b@example.com", ".a@example.com", "ana@-x.example"],
    ...[
      "ana@exa mple.com",
      "ana@example.com\r\nBcc: x@y.z",
      "ana@a..b",
      "<ana@example.com>",
      "a,b@example.com",
    ],
    ...[`${"a".repeat(65)}@example.com`, `ana@${"a".repeat(64)}.example`, `ana@${"a.".repeat(125)}example`],
  ])("%j is none", (text) => expect(mailAddress(text)).toBeUndefined());
});

describe("a room's invitees", () => {
  const room = (fields: RoomFields) =>
    newRoom(
      { mode: "AUDIO", subject: "Review", capacity: 9, ...fields },
      { id: "room" as never, createdAt: "2026-01-01T00:00:00.000Z", extensionNumber: "8000" },
    );
  const unknown = async () => undefined;

  it.each([
    "ana@example.com,bob@example.net",
    "ana@example.com; bob@example.net;",
    'Ana <ana@example.com>, "Burns, Bob" <bob@example.net>',
    "ana@example.com\nbob@example.net\nANA@example.com",
    '["ana@example.com","bob@example.net"]',
  ])("are found in %j", async (externalInvitees) => {
    expect(await recipientsOf(room({ externalInvitees }), unknown, 10)).toEqual({
      ...{ addresses: ["ana@example.com", "bob@example.net"], leftOut: 0 },
    });
  });

  it("are left out when they have no address, or one that is none", async () => {
    const fields = { externalInvitees: "a..b@example.com", internalInvitees: ["x", "x"] };
    expect(await recipientsOf(room(fields), unknown, 10)).toEqual({ addresses: [], leftOut: 2 });
  });

  it("are users of the bridge with an address, or a name that is one", async () => {
    const user = (username: string, email: string | null, enabled = true) =>
      ({ username, email, enabled }) as StoredUser;
    const byId = new Map([
      ["7", user("ana@example.com", null)],
      ["8", user("bob@example.com", "bob@example.net", false)],
      ["9", user("carol@example.com", "c@example.net")],
      ["10", user("dave", "dave@example.net")],
      ["11", user("eve", null)],
    ]);
    const find = async (name: string) => [...byId.values()].find(({ username }) => username === name);
    const addressOf = addressOfUser({ get: async (id) => byId.get(id), find });
    const invited = ["7", "ana@example.com", "8", "9", "10", "dave", "11", "unknown"];
    expect(await Promise.all(invited.map(addressOf))).toEqual([
      ...["ana@example.com", "ana@example.com", undefined, "c@example.net"],
      ...["dave@example.net", "dave@example.net", undefined, undefined],
    ]);
  });
});
