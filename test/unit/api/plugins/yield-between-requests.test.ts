// However many requests come at once, whatever else the process has to do gets its turn between any two of them.
import { expect, it } from "vitest";
import { Fixture } from "../support/fixture.ts";

it("begins one operation in a turn of the loop", async () => {
  const api = await Fixture.create();
  const rooms = await Promise.all(
    ["8101", "8102", "8103"].map((extension_number) => api.room({ extension_number })),
  );
  const order: string[] = [];
  const { get } = api.rooms;
  api.rooms.get = (id) => {
    order.push("operation");
    return get.call(api.rooms, id);
  };
  let watching = true;
  const watch = () => {
    order.push("turn");
    if (watching) setImmediate(watch);
  };
  setImmediate(watch);

  const answers = await Promise.all(rooms.map((id) => api.get(`/api/conference_rooms/${id}`)));
  watching = false;

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(order.join(" ")).not.toContain("operation operation");
  expect(order.filter((step) => step === "operation")).toHaveLength(3);
});
