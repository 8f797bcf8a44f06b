// A bare Debian 12, whose npm is old and runs under Node 18: the bridge runs, and so do the tests.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpsApi } from "../support/https-api.ts";
import { within } from "../support/phone/index.ts";
import { checkout } from "./machine.ts";
import { choosePorts, MachineOrReason, meet } from "./proof.ts";

const machines = new MachineOrReason();
beforeAll(() => machines.make("bookworm"));
afterAll(() => machines.remove());

describe("a bare Debian 12", () => {
  it("runs the bridge with ./install.sh run, which answers calls and ends politely", async (context) => {
    const machine = machines.get(context);
    const ports = await choosePorts();
    const key = "a-key-for-bare-machines";
    const begun = performance.now();
    const bridge = machine.start("./install.sh run", { env: { ...ports.env, PARLEY_API_ADMIN_KEY: key } });
    context.onTestFailed(() => void process.stderr.write(bridge.output.slice(-5000)));
    const certificateFile = machine.path(`${checkout}/data/tls/cert.pem`);
    const api = await Promise.race([
      openHttpsApi({ port: ports.api, key, certificateFile, limitMs: 400_000 }),
      bridge.exited.then(({ code }) => Promise.reject(new Error(`ended with code ${code}`))),
    ]);
    process.stderr.write(`bare Debian 12: up after ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
    const meeting = await meet(api, ports, "8000");
    await meeting.end();
    await api.noCalls();

    bridge.signal("SIGINT");
    expect((await within(bridge.exited, 30_000, () => "end")).code).toBe(0);
    // Offline: no registry is asked for a package of that name. This npm warns of the machine's Node.
    const asked = await machine.run("npx parley version", { env: { npm_config_offline: "true" } });
    expect(asked.output).toMatch(/^Parley .*, Node v24\..*$/m);
    expect(asked.code).toBe(0);

    for (const file of ["etc/parley", "opt/parley", "var/lib/parley"]) {
      expect(existsSync(machine.path(file)), file).toBe(false);
    }
  });

  it("runs the checks and unit tests of everything with native code with ./install.sh test", async (context) => {
    const machine = machines.get(context);
    const native = [
      "media/clock",
      "media/codec",
      "media/record",
      "media/rtp/sockets",
      "bridge/services/store",
    ];
    const paths = ["config", ...native].map((name) => `test/unit/${name}/`);
    for (const path of paths) expect(existsSync(machine.path(`${checkout}/${path}`)), path).toBe(true);
    const line = `./install.sh test unit -- ${paths.join(" ")}`;
    const { code, output } = await machine.run(line, { limitMs: 550_000 });
    context.onTestFailed(() => void process.stderr.write(output.slice(-5000)));
    expect(output.trimEnd().split("\n").at(-1)).toMatch(/^\d{3,} passed, 0 failed$/);
    expect(code).toBe(0);
  });
});
