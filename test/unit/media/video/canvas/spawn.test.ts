import { expect, it } from "vitest";
import { importing, printedWithoutHandles } from "../../../../support/no-handles.ts";

it("says why a process could not be run where no file handle is left, and throws nothing", () => {
  const printed = printedWithoutHandles(
    importing("spawnVideoProcess", "media/video/canvas/spawn.ts"),
    `const handle = spawnVideoProcess();
    handle.stream.write("x");
    handle.kill();
    console.log(await handle.ended);`,
  );
  expect(printed).toMatch(/^could not be run: spawn .* EMFILE\n$/);
});
