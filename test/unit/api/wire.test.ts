import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { type Domain, fromWire, toWire, type Wire } from "../../../api/wire.ts";
import type { Room } from "../../../bridge/conference/rooms/records/room.ts";

test("keys change their spelling at every depth, values never", () => {
  const domain = { roomPin: "1_2", callerIds: [{ providerId: "aB" }], enablePrompt: false, position: -1 };
  const wire = { room_pin: "1_2", caller_ids: [{ provider_id: "aB" }], enable_prompt: false, position: -1 };
  expect(toWire(domain)).toEqual(wire);
  expect(fromWire(wire)).toEqual(domain);
});

test("null clears on the way in and is absent on the way out", () => {
  expect(fromWire({ room_pin: null, admin_pin: undefined })).toEqual({ roomPin: null });
  expect(toWire({ roomPin: null, adminPin: undefined, items: [] })).toEqual({ items: [] });
});

test("what goes out and comes back is the same", () => {
  const name = fc.stringMatching(/^[a-z]{1,5}([A-Z][a-z]{1,5}){0,2}$/);
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const value = fc.dictionary(name, fc.oneof(leaf, fc.array(fc.dictionary(name, leaf))), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(value, (domain) => {
      expect(fromWire(toWire(domain))).toEqual(domain);
    }),
  );
});

test("the types follow", () => {
  expectTypeOf<Wire<Pick<Room, "extensionNumber" | "roomPin">>>().branded.toEqualTypeOf<{
    readonly extension_number: string;
    readonly room_pin?: string;
  }>();
  expectTypeOf<Domain<{ scheduled_start_at?: string | null }>>().toEqualTypeOf<{
    scheduledStartAt?: string | null;
  }>();
});
