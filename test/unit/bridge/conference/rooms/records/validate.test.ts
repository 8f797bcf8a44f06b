// What the fields of a room may be, alone and together.
import { describe, expect, it } from "vitest";
import { newId } from "#common";
import { newRoom } from "../../../../../../bridge/conference/rooms/records/defaults.ts";
import { checkFields, checkRoom } from "../../../../../../bridge/conference/rooms/records/validate.ts";

describe("the fields of a room", () => {
  const identity = { id: newId<never>(), extensionNumber: "8000", createdAt: "2026-01-01T00:00:00.000Z" };

  it.each([
    ["extensionNumber", "12"],
    ["extensionNumber", "12a4"],
    ["extensionNumber", "1".repeat(65)],
    ["mode", "audio"],
    ["control", "NONE"],
    ["layout", "LAYOUT5"],
    ["height", 143],
    ["width", 1921],
    ["bitrate", 1.5],
    ["framerate", 31],
    ["capacity", 0],
    ["capacity", 201],
    ["capacity", Number.NaN],
    ["subject", ""],
    ["subject", "a\nb"],
    ["subject", "x".repeat(65)],
    ["language", "en_US"],
    ["language", ""],
    ["timezone", "Mars/Olympus"],
    ["timezone", "+01:00"],
    ["adminPin", "12"],
    ["adminPin", "1234567"],
    ["roomPin", "12a"],
    ["enablePrompt", "yes"],
    ["scheduledStartAt", "2026-02-30T10:00:00Z"],
    ["scheduledStartAt", "2026-02-01 10:00"],
    ["scheduledEndAt", "2026-02-01T24:00:00Z"],
    ["numbers", "1".repeat(129)],
    ["internalInvitees", "abc"],
    ["internalInvitees", [1]],
    ["outboundCallerIds", [{ providerId: "" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "+49;phone-context=x" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "1?Replaces=2" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "a b" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: '"4"' }]],
    ["customOptions", null],
  ])("refuse %s = %j and say which field it is", (field, value) => {
    const outcome = checkFields({ [field]: value });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.error).toMatchObject({ code: "INVALID_FIELD", field });
  });

  it("are kept in one spelling", () => {
    const given = { language: "EN-us", scheduledStartAt: "2026-02-01T10:00:00+02:00", adminPin: null };
    expect(checkFields(given)).toEqual({
      ok: true,
      value: { language: "en-US", scheduledStartAt: "2026-02-01T08:00:00.000Z", adminPin: null },
    });
  });

  it("never show a PIN in a refusal", () => {
    const outcome = checkFields({ adminPin: "77" });
    expect(JSON.stringify(outcome)).not.toContain("77");
  });

  it("know no other names", () => {
    expect(checkFields({ colour: "red" } as object).ok).toBe(false);
    expect(checkFields({ toString: "red" } as object).ok).toBe(false);
  });

  it("must fit together", () => {
    const room = newRoom({}, identity);
    const [start, end] = ["2026-02-01T10:00:00.000Z", "2026-02-01T11:00:00.000Z"];
    expect(checkRoom({ ...room, scheduledStartAt: start, scheduledEndAt: end }).ok).toBe(true);
    expect(checkRoom({ ...room, scheduledStartAt: end, scheduledEndAt: start })).toMatchObject({
      error: { field: "scheduledEndAt" },
    });
    expect(checkRoom({ ...room, scheduledStartAt: end, scheduledEndAt: end }).ok).toBe(false);
    expect(checkRoom({ ...room, adminPin: "123", roomPin: "123" })).toMatchObject({
      error: { field: "adminPin" },
    });
  });
});
