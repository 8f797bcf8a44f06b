// How it does not start: what the operator must change is one sentence on standard error, and the code is 2.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ParleyProcess, startLimitMs } from "../support/parley.ts";
import { within } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";

const started: ParleyProcess[] = [];
afterEach(async () => {
  for (const parley of started.splice(0)) await parley.stop();
});

/** The sentence with which it refuses to start. */
async function refusal(env: Record<string, string>): Promise<string> {
  const parley = await ParleyProcess.spawn({ env });
  started.push(parley);
  const exit = await within(parley.exited, startLimitMs, () => "exit");
  expect(exit).toEqual({ code: 2, signal: null });
  expect(parley.workers).toEqual([]);
  const lines = parley.stderr.trim().split("\n");
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

describe("wrong configuration", () => {
  it("a value out of range is named", async () => {
    expect(await refusal({ SIP_PORT: "70000" })).toMatch(/sip\.port/);
  });

  it("a key that does not exist is named", async () => {
    expect(await refusal({ SIP_PROT: "5060" })).toContain("PARLEY_SIP_PROT");
  });

  it("keys that contradict one another are named", async () => {
    expect(await refusal({ RTP_PORT_MIN: "30000", RTP_PORT_MAX: "29999" })).toMatch(/rtp\.port_m/);
  });

  it("a file that is not there is named", async () => {
    expect(await refusal({ CONFIG: "/nonexistent/parley.yaml" })).toContain("/nonexistent/parley.yaml");
  });
});

describe("a port in use", () => {
  it("of SIP over UDP is named", async () => {
    const port = await freePort();
    const occupant = createSocket("udp4").bind(port, "127.0.0.1");
    await once(occupant, "listening");
    try {
      expect(await refusal({ SIP_PORT: String(port) })).toContain(String(port));
    } finally {
      occupant.close();
    }
  });

  it("of the API is named", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await once(occupant, "listening");
    const { port } = occupant.address() as { port: number };
    try {
      expect(await refusal({ API_PORT: String(port) })).toContain(String(port));
    } finally {
      occupant.close();
    }
  });
});

describe("a data directory", () => {
  it("that cannot be made is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "parley-test-"));
    const inTheWay = join(folder, "file");
    await writeFile(inTheWay, "");
    try {
      expect(await refusal({ DATA_DIR: join(inTheWay, "data") })).toContain(inTheWay);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
