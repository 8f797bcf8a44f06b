// The share of the ports that each worker has.
import { describe, expect, it } from "vitest";
import { dividePorts } from "../../../../media/client/ports.ts";

describe("the ports", () => {
  it("are divided into whole pairs, none twice, none left out", () => {
    expect(dividePorts({ portMin: 20_001, portMax: 20_011 }, 2)).toEqual([
      { portMin: 20_002, portMax: 20_005 },
      { portMin: 20_006, portMax: 20_011 },
    ]);
  });

  it("must be enough", () => {
    expect(() => dividePorts({ portMin: 20_001, portMax: 20_004 }, 2)).toThrow("too few for 2 media worker");
  });
});
