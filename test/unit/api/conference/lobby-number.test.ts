// The number of the lobby leads to no room: whoever dials it is asked for a conference.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Whole, wholeApi } from "../support/whole.ts";

let whole: Whole;
beforeAll(async () => {
  // The first number of the range.
  whole = await wholeApi({ lobby: { extension: "8000", language: "en" } });
});
afterAll(() => whole.close());

const make = (fields: object = {}) =>
  whole.api.post("/api/conference_rooms", { mode: "AUDIO", subject: "Weekly", capacity: 9, ...fields });

test("a room cannot be made on it", async () => {
  const refused = await make({ extension_number: "8000" });
  expect([refused.statusCode, refused.json().code]).toEqual([409, "EXTENSION_IN_USE"]);
  expect(refused.json().details[0].field).toBe("extension_number");
});

test("a room without a number of its own does not get it", async () => {
  const { id } = (await make()).json();
  const room = (await whole.api.get(`/api/conference_rooms/${id}`)).json();
  expect(room.extension_number).toBe("8001");
});
