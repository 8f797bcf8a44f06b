// A bare Debian 13: the bridge runs, and the service is installed, upgraded while a call is up, and removed, under the
// machine's own systemd.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { openHttpsApi } from "../support/https-api.ts";
import type { ParleyApi } from "../support/parley-api.ts";
import { eventually, Phone, within } from "../support/phone/index.ts";
import { type BareMachine, checkout, type Finished } from "./machine.ts";
import { choosePorts, MachineOrReason, meet, type Ports } from "./proof.ts";

const installLimitMs = 400_000;
const key = "a-key-for-bare-machines";

const machines = new MachineOrReason();
let ports: Ports;
beforeAll(async () => {
  ports = await choosePorts();
  await machines.make("trixie");
});
afterAll(() => machines.remove());

describe("a bare Debian 13", () => {
  it("runs the bridge with ./install.sh run, which answers calls and ends politely", async (context) => {
    const machine = machines.get(context);
    const bridge = machine.start("./install.sh run", { env: { ...ports.env, PARLEY_API_ADMIN_KEY: key } });
    context.onTestFailed(() => void process.stderr.write(bridge.output.slice(-5000)));
    const certificateFile = machine.path(`${checkout}/data/tls/cert.pem`);
    const api = await Promise.race([
      openHttpsApi({ port: ports.api, key, certificateFile, limitMs: installLimitMs }),
      bridge.exited.then(({ code }) => Promise.reject(new Error(`ended with code ${code}`))),
    ]);
    const meeting = await meet(api, ports, "8000");
    await meeting.end();
    bridge.signal("SIGINT");
    expect((await within(bridge.exited, 30_000, () => "end")).code).toBe(0);
  });

  it("installs the service where systemd does not run, for the next boot", async (context) => {
    const machine = machines.get(context);
    // A clone in which nothing was run, and owners that a copy must not keep.
    await machine.run("rm -rf api/web/dist && chown -R 4242:4242 docs config");
    const finished = await machine.run("./install.sh", { limitMs: installLimitMs });
    expect(finished.output).toContain("The API's admin key, shown this once: ");
    expect(finished.output).toContain("systemd does not run here");
    expect(finished.code).toBe(0);
    const foreign = await machine.run("find /opt/parley ! -user root -o ! -group root");
    expect(foreign).toEqual({ code: 0, output: "" });
    const wanted = "etc/systemd/system/multi-user.target.wants/parley.service";
    expect(readlinkSync(machine.path(wanted))).toBe("/etc/systemd/system/parley.service");
    const modes = await machine.run(
      "stat -c '%U:%G %a %n' /etc/parley /etc/parley/parley.yaml /var/lib/parley /opt/parley",
    );
    expect(modes.output.trim().split("\n")).toEqual([
      "root:parley 750 /etc/parley",
      "root:parley 640 /etc/parley/parley.yaml",
      "parley:parley 750 /var/lib/parley",
      "root:root 755 /opt/parley",
    ]);
  });
});

describe("the service on a Debian 13 with nothing but systemd", () => {
  let api: ParleyApi;

  /** The machine with systemd as its process 1. */
  function booted(context: Pick<TestContext, "skip">): BareMachine {
    return machines.get(context);
  }

  const install = (machine: BareMachine): Promise<Finished> =>
    machine.runBooted("./install.sh", { limitMs: installLimitMs });

  const upLimitMs = 120_000;
  const serviceApi = (machine: BareMachine): Promise<ParleyApi> =>
    openHttpsApi({
      port: ports.api,
      key,
      certificateFile: machine.path("var/lib/parley/tls/cert.pem"),
      limitMs: upLimitMs,
    });

  it("starts with the machine", async (context) => {
    const machine = machines.get(context);
    const packages = "apt-get install -y -qq --no-install-recommends systemd systemd-sysv";
    const added = await machine.run(packages, {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      limitMs: 120_000,
    });
    expect(added.code, added.output).toBe(0);
    const settings = Object.entries({
      ...ports.env,
      PARLEY_API_ADMIN_KEY: key,
      PARLEY_NODE_DRAIN_SECONDS: "240",
    });
    const lines = settings.map(([name, value]) => `Environment=${name}=${value}\n`).join("");
    await machine.append("etc/systemd/system/parley.service.d/ports.conf", `[Service]\n${lines}`);

    await machine.boot();
    api = await serviceApi(machine);
    const meeting = await meet(api, ports, "8001");
    await meeting.end();
  });

  it("is told of the certificate by systemctl reload, without /bin/kill", async (context) => {
    const machine = booted(context);
    expect(existsSync(machine.path("bin/kill"))).toBe(false);
    expect(await machine.runBooted("systemctl reload parley")).toEqual({ code: 0, output: "" });
    expect((await machine.runBooted("systemctl is-active parley")).output).toBe("active\n");
  });

  it("is upgraded at once when no call is up", async (context) => {
    const machine = booted(context);
    await api.noCalls();
    const { code, output } = await install(machine);
    expect(output).toContain("parley runs");
    expect(output).not.toContain("waits");
    expect(code).toBe(0);
    expect((await api.request("/healthz")).status).toBe(200);
  });

  it("is not replaced by a version that would refuse its configuration", async (context) => {
    const machine = booted(context);
    const meeting = await meet(api, ports, "8005");
    await machine.append("etc/parley/parley.yaml", "a_key_of_another_version: true\n");
    const { code, output } = await install(machine);
    expect(output).toContain("parley: /etc/parley/parley.yaml: there is no key a_key_of_another_version");
    expect(output).toContain("nothing is changed");
    expect(code).toBe(1);
    await machine.runBooted("sed -i /a_key_of_another_version/d /etc/parley/parley.yaml");
    await meeting.hearEachOther();
    await meeting.end();
    expect((await api.request("/healthz")).status).toBe(200);
  });

  it("is upgraded and restarted while a call is up: the call goes on", async (context) => {
    const machine = booted(context);
    const meeting = await meet(api, ports, "8002");
    const { code, output } = await install(machine);
    expect(output).toContain("2 calls are up and go on");
    expect(output).toContain("parley runs");
    expect(code).toBe(0);
    expect(meeting.calls.map((call) => call.state)).toEqual(["answered", "answered"]);
    await meeting.hearEachOther();

    expect((await machine.runBooted("systemctl restart parley")).code).toBe(0);
    await serviceApi(machine);
    expect(meeting.calls.map((call) => call.state)).toEqual(["answered", "answered"]);
    await meeting.hearEachOther();
    await meeting.end();
    await (await meet(api, ports, "8003")).end();
  });

  it("is stopped while a call is up: it waits for its end, and others are told to come back", async (context) => {
    const machine = booted(context);
    const meeting = await meet(api, ports, "8004");
    const stop = machine.startBooted("systemctl stop parley");
    await eventually(
      async () => ((await api.request("/healthz")).status === 503 ? true : undefined),
      () => "service that drains",
    );
    const late = await Phone.open("late", { address: "127.0.0.1", port: ports.sip });
    expect((await (await late.call("8004")).rejected()).status).toBe(503);
    await late.close({ bridgeRuns: true });
    expect((await machine.runBooted("systemctl is-active parley")).output).toBe("deactivating\n");
    await meeting.end();
    await within(stop.exited, upLimitMs, () => `end of the service (${stop.output})`);
    expect((await machine.runBooted("systemctl start parley")).code).toBe(0);
    api = await serviceApi(machine);
  });

  it("that cannot start is not said to run: its own sentence is shown", async (context) => {
    const machine = booted(context);
    await api.noCalls();
    await machine.runBooted("systemctl stop parley");
    const occupant = createSocket("udp4").bind(ports.sip, "0.0.0.0");
    await once(occupant, "listening");
    try {
      const { code, output } = await install(machine);
      expect(output).toMatch(
        new RegExp(`^parley: sip\\.port: .*${ports.sip}.* is in use by another program`, "m"),
      );
      expect(output).toContain("parley did not start");
      expect(output).not.toContain("parley runs");
      expect(code).toBe(1);
    } finally {
      occupant.close();
    }
  });

  it("is removed, and its data only when that is asked for", async (context) => {
    const machine = booted(context);
    await machine.runBooted("systemctl restart parley");
    const removed = await machine.runBooted("./install.sh uninstall");
    expect(removed.code, removed.output).toBe(0);
    for (const gone of ["opt/parley", "etc/systemd/system/parley.service", "usr/local/bin/parley"]) {
      expect(existsSync(machine.path(gone)), gone).toBe(false);
    }
    expect((await machine.runBooted("systemctl is-active parley")).output).toBe("inactive\n");
    for (const kept of ["etc/parley/parley.yaml", "var/lib/parley/parley.db"]) {
      expect(existsSync(machine.path(kept)), kept).toBe(true);
    }

    expect((await machine.runBooted("./install.sh uninstall --purge")).code).toBe(0);
    for (const gone of ["etc/parley", "var/lib/parley"])
      expect(existsSync(machine.path(gone)), gone).toBe(false);
    expect(readFileSync(machine.path("etc/passwd"), "utf8")).not.toContain("parley");
  });
});
