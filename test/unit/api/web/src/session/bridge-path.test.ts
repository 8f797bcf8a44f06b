import { expect, test } from "vitest";
import { bridgePath } from "../../../../../../api/web/src/session/bridge-path.ts";

test.each([
  ["/join/", "/api/join"],
  ["/join", "/api/join"],
  ["/parley/join/", "/parley/api/join"],
  ["/tools/join/join/", "/tools/join/api/join"],
  ["/", "/api/join"],
])("of a page at %s the bridge's path is %s", (page, expected) => {
  expect(bridgePath("/api/join", page)).toBe(expected);
});
