// Kamailio in front over TLS, with certificates in both directions, and a real telephone over TLS. Requests into a call take the
// way that Kamailio has recorded, whose address is in no certificate.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { createAuthority } from "../support/authority.ts";
import { ParleyProcess } from "../support/parley.ts";
import { type Address, eventually, Phone } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { childrenOf, isAlive, stopProcess } from "../support/processes.ts";
import type { Tone } from "../support/tones.ts";

const aliceTone: Tone = { frequency: 440, levelDbov: -20 };
const bobTone: Tone = { frequency: 1040, levelDbov: -20 };

let folder: string;
let kamailio: ChildProcess;
let parley: ParleyProcess;
let plain: Address;
let said = "";
const phones: { close(): Promise<void> }[] = [];

const configuration = (tlsPort: number, bridge: number): string => `#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
auto_aliases=no
listen=udp:127.0.0.1:${plain.port}
listen=tls:127.0.0.1:${tlsPort}
${["tm", "sl", "rr", "maxfwd", "pv", "textops", "siputils", "tls"].map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("tls", "config", "${folder}/tls.cfg")

request_route {
  if (!mf_process_maxfwd_header("10")) exit;
  if (is_method("OPTIONS") && !has_totag()) {
    sl_send_reply("200", "OK");
    exit;
  }
  if (has_totag()) {
    if (loose_route() || is_method("ACK")) t_relay();
    else sl_send_reply("404", "Not Here");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  record_route();
  $du = "sip:127.0.0.1:${bridge};transport=tls";
  t_relay();
}
`;

const tlsSettings = () => `[server:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = ${folder}/proxy.key
certificate = ${folder}/proxy.pem
ca_list = ${folder}/ca.pem

[client:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
private_key = ${folder}/proxy.key
certificate = ${folder}/proxy.pem
ca_list = ${folder}/ca.pem
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-kamailio-tls-"));
  const authority = await createAuthority();
  const pairs = { proxy: await authority.issue(["localhost"]), bridge: await authority.issue(["127.0.0.1"]) };
  await writeFile(join(folder, "ca.pem"), authority.cert);
  for (const [name, { cert, key }] of Object.entries(pairs)) {
    await writeFile(join(folder, `${name}.pem`), cert);
    await writeFile(join(folder, `${name}.key`), key);
  }
  plain = { address: "127.0.0.1", port: await freePort() };
  const [tlsPort, bridgePort] = [await freePort(), await freePort()];
  await writeFile(join(folder, "kamailio.cfg"), configuration(tlsPort, bridgePort));
  await writeFile(join(folder, "tls.cfg"), tlsSettings());
  const file = join(folder, "kamailio.cfg");
  const flags = ["-f", file, "-DD", "-E", "-n", "1", "-m", "32", "-M", "8", "-Y", folder, "-w", folder];
  kamailio = spawn("kamailio", flags, { stdio: ["ignore", "ignore", "pipe"] });
  kamailio.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-20_000);
  });
  const tls = {
    tls_ca: join(folder, "ca.pem"),
    tls_certificate: join(folder, "bridge.pem"),
    tls_key: join(folder, "bridge.key"),
    tls_require_certificate: true,
    keepalive_seconds: 1,
  };
  const trunks = [
    { ...tls, name: "proxy", hosts: [`sip:localhost:${tlsPort};transport=tls`] },
    { ...tls, name: "misnamed", hosts: [`sip:127.0.0.1:${tlsPort};transport=tls`] },
  ];
  parley = await ParleyProcess.start({
    env: {
      TRUNKS: JSON.stringify(trunks),
      SIP_TLS_PORT: String(bridgePort),
      SIP_TLS_CLIENT_CA: join(folder, "ca.pem"),
      // Nothing but certificates opens.
      SIP_TRUSTED_NETWORKS: "10.0.0.0/8",
      API_TLS_CERT: join(folder, "bridge.pem"),
      API_TLS_KEY: join(folder, "bridge.key"),
    },
  });
});
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.close();
  await parley.hangUpAll();
});
afterAll(async () => {
  await parley?.stop();
  const children = kamailio.pid === undefined ? [] : childrenOf(kamailio.pid);
  await stopProcess(kamailio, 5000);
  for (const pid of children.filter(isAlive)) process.kill(pid, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const tell = () =>
  onTestFailed(() => {
    process.stderr.write(`${said.slice(-3000)}\n${parley.logs.slice(-30).join("\n")}\n`);
  });

interface TrunkItem {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

const untilTrunk = (name: string, status: string) =>
  eventually(
    async () => {
      const { body } = await parley.request("/api/trunks");
      const item = (body as { items: TrunkItem[] }).items.find((one) => one.name === name);
      return item?.status === status ? item : undefined;
    },
    () => `trunk ${name} that is ${status}`,
  );

describe("Kamailio over TLS", () => {
  it("is up by the name in its certificate, and not by an address that is not in it", async () => {
    tell();
    expect((await untilTrunk("proxy", "up")).detail).toContain("answers OPTIONS");
    expect((await untilTrunk("misnamed", "down")).detail).toContain(
      "the certificate of 127.0.0.1 is for DNS:localhost",
    );
  });

  it("calls as the trunk that its certificate names, and either side ends the call over the recorded way", async () => {
    tell();
    const room = await parley.createRoom({ extension_number: "6411" });
    const calls = [];
    for (const [name, tone] of [
      ["alice", aliceTone],
      ["bob", bobTone],
    ] as const) {
      const phone = await Phone.open(name, plain);
      phones.push(phone);
      const call = await phone.call("6411");
      await call.answered();
      call.media.voice = [tone];
      calls.push(call);
    }
    const [alice, bob] = calls as [(typeof calls)[0], (typeof calls)[0]];
    await alice!.ear.hearsExactly([bobTone], [aliceTone.frequency]);
    await bob!.ear.hearsExactly([aliceTone], [bobTone.frequency]);
    const { transport } = await parley.participant(room, "bob");
    expect(transport).toBe("TLS");
    await alice!.hangUp();
    const { id } = await parley.participant(room, "bob");
    await parley.command(room, id, "destroy");
    expect((await bob!.ended()).by).toBe("them");
  });

  it("without its certificate is not known", async () => {
    tell();
    const stranger = await Phone.open("stranger", parley.sip);
    phones.push(stranger);
    let answered = false;
    const asked = stranger.request("OPTIONS", "parley").then(() => {
      answered = true;
    });
    asked.catch(() => {});
    await eventually(
      async () => (/kind="refused"\} [1-9]/.test(await parley.metrics()) ? true : undefined),
      () => "a datagram that was refused",
    );
    expect(answered).toBe(false);
  });
});
