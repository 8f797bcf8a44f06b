import { expect, it } from "vitest";
import { importing, printedWithoutHandles } from "../../../support/no-handles.ts";

it("a worker that could not be run, where no file handle is left, says why, and killing it kills nothing", () => {
  const printed = printedWithoutHandles(
    `${importing("systemClock", "common/index.ts")} ${importing("createSystemHost", "media/client/host.ts")}`,
    `const handle = createSystemHost(systemClock, undefined).spawn([]);
    handle.kill("SIGKILL");
    console.log((await handle.ended).reason);`,
  );
  expect(printed).toMatch(/^could not be run: spawn .* EMFILE\n$/);
});
