// Kamailio under our control: a registrar with digest authentication and a proxy that stays on the way of every
// call (Record-Route), configured by a file in a folder of its own. What it registers it writes into its log.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, eventually, Phone } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { childrenOf, isAlive, stopProcess } from "../support/processes.ts";

const startLimitMs = 30_000;
const stopLimitMs = 5000;

export interface KamailioOptions {
  readonly password: string;
  readonly algorithm: "MD5" | "SHA-256";
  /** The longest registration it grants. */
  readonly maxExpires: number;
  /** Where numbers that begin with 9 go: a trunk by address. */
  readonly trunk: Address;
}

export class Kamailio {
  readonly sip: Address;
  readonly #child: ChildProcess;
  #output = "";

  static async start(folder: string, options: KamailioOptions): Promise<Kamailio> {
    await mkdir(folder, { recursive: true });
    const sip = { address: "127.0.0.1", port: await freePort() };
    const file = join(folder, "kamailio.cfg");
    await writeFile(file, configuration(sip, options));
    // In the foreground, with its log on standard error.
    const flags = ["-f", file, "-DD", "-E", "-n", "1", "-m", "32", "-M", "4", "-Y", folder, "-w", folder];
    const child = spawn("kamailio", flags, { stdio: ["ignore", "ignore", "pipe"] });
    const kamailio = new Kamailio(child, sip);
    try {
      await kamailio.#ready();
      return kamailio;
    } catch (error) {
      await kamailio.stop();
      throw error;
    }
  }

  private constructor(child: ChildProcess, sip: Address) {
    this.#child = child;
    this.sip = sip;
    child.on("error", (error) => {
      this.#output += `${error.message}\n`;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (this.#output.length < 200_000) this.#output += text;
    });
  }

  get output(): string {
    return this.#output;
  }

  /** CSeq and seconds of each registration that it has taken for the user, in order. */
  registrations(user: string): { readonly cseq: number; readonly expires: number }[] {
    const lines = this.#output.matchAll(/taken (\S+) cseq (\d+) expires (\d+)/g);
    return [...lines]
      .filter(([, name]) => name === user)
      .map(([, , cseq, expires]) => ({ cseq: Number(cseq), expires: Number(expires) }));
  }

  async stop(): Promise<void> {
    const children = this.#child.pid === undefined ? [] : childrenOf(this.#child.pid);
    await stopProcess(this.#child, stopLimitMs);
    for (const pid of children.filter(isAlive)) process.kill(pid, "SIGKILL");
  }

  async #ready(): Promise<void> {
    const probe = await Phone.open("probe", this.sip);
    try {
      await eventually(
        async () => {
          if (this.#child.exitCode !== null) throw new Error(`Kamailio ended: ${this.#output.slice(-2000)}`);
          return probe.request("OPTIONS", "kamailio").catch(() => undefined);
        },
        () => `Kamailio (${this.#output.slice(-2000)})`,
        { limitMs: startLimitMs },
      );
    } finally {
      await probe.close();
    }
  }
}

const modules = [
  "tm",
  "sl",
  "rr",
  "maxfwd",
  "pv",
  "textops",
  "siputils",
  "usrloc",
  "registrar",
  "auth",
  "xlog",
];

const configuration = (sip: Address, options: KamailioOptions): string => `#!KAMAILIO
debug=0
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:${sip.address}:${sip.port}
${modules.map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 1)
modparam("registrar", "max_expires", ${options.maxExpires})
modparam("auth", "qop", "auth")
modparam("auth", "algorithm", "${options.algorithm}")

request_route {
  if (!mf_process_maxfwd_header("10")) {
    sl_send_reply("483", "Too Many Hops");
    exit;
  }
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
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("pbx.test", "${options.password}", "0")) {
      www_challenge("pbx.test", "1");
      exit;
    }
    xlog("L_ALERT", "taken $tU cseq $cs expires $hdr(Expires)\\n");
    save("location");
    exit;
  }
  record_route();
  if ($rU =~ "^9") $du = "sip:${options.trunk.address}:${options.trunk.port}";
  else if (!lookup("location")) {
    sl_send_reply("404", "Not Found");
    exit;
  }
  t_relay();
}
`;
