// A baresip under our control: configured by files in a folder of its own, speaking a tone from a WAV file,
// commanded over its TCP control port (JSON in netstrings), recording what it hears into another WAV file.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { wavFile } from "#media/files";
import { eventually, patienceMs, within } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { stopProcess } from "../support/processes.ts";
import { sines, type Tone, telephoneRate } from "../support/tones.ts";
import { readWav } from "./wav.ts";

const modules = "/usr/lib/baresip/modules";
const voiceSeconds = 120;
const startLimitMs = 30_000;
const stopLimitMs = 5000;

export interface BaresipOptions {
  /** Where it registers, as `name`. */
  readonly account?: RegisteredAccount;
  /** `srtp-mand`: encrypted media or none. `srtp`: keys are offered over RTP/AVP. `dtls_srtp`: keys of a handshake. */
  readonly mediaEncryption?: "srtp-mand" | "srtp" | "dtls_srtp";
  /** The machine that it runs on; this one when undefined. */
  readonly at?: { readonly address: string; readonly through: readonly string[] };
  /** It sends three bars, red, green and blue, in VP8, and shows what it is sent. */
  readonly video?: boolean;
}

/** Loaded in this order; audio filters follow the codec. */
const loaded = ["g711", "srtp", "dtls_srtp", "sndfile", "aufile", "aubridge", "account", "ctrl_tcp", "menu"];

const loadedForVideo = ["vp8", "fakevideo", "snapshot"];

interface ControlMessage {
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
  readonly token?: string;
  readonly event?: boolean;
  readonly type?: string;
  readonly param?: string;
}

/** Where it registers. */
export interface RegisteredAccount {
  readonly port: number;
  readonly password: string;
  readonly tcp?: boolean;
}

export class Baresip {
  /** Its events in order: `CALL_ESTABLISHED`, `CALL_CLOSED`, … with what it says about them. */
  readonly events: { readonly type: string; readonly param: string }[] = [];
  readonly #folder: string;
  readonly #child: ChildProcess;
  #control: Socket | undefined;
  #unread = Buffer.alloc(0);
  #lastToken = 0;
  readonly #answers = new Map<string, (answer: ControlMessage) => void>();
  #output = "";

  /** Where it is called. */
  readonly port: number;

  /**
   * Starts one that calls itself `name`, speaks `voice`, and takes calls by itself. With `account` it registers there, and is
   * `name` by its password.
   */
  static async start(
    folder: string,
    name: string,
    voice: Tone,
    options: BaresipOptions = {},
  ): Promise<Baresip> {
    const { account, mediaEncryption, video = false } = options;
    const { address, through } = options.at ?? { address: "127.0.0.1", through: [] };
    const [sipPort, controlPort] = [await freePort(), await freePort()];
    await mkdir(folder, { recursive: true });
    const speech = join(folder, "voice.wav");
    await writeFile(speech, wavFile(sines([voice], voiceSeconds * telephoneRate), telephoneRate));
    const config = [
      "poll_method epoll",
      `sip_listen ${address}:${sipPort}`,
      `audio_source aufile,${speech}`,
      "audio_player aubridge,nobody",
      "audio_alert aubridge,nobody",
      `ausrc_srate ${telephoneRate}`,
      `auplay_srate ${telephoneRate}`,
      "ausrc_channels 1",
      "auplay_channels 1",
      "jitter_buffer_delay 1-5",
      `snd_path ${folder}`,
      `ctrl_tcp_listen ${address}:${controlPort}`,
      `module_path ${modules}`,
      ...(video ? ["video_source fakevideo,bars", "video_display fakevideo,nobody"] : []),
      ...(video ? ["video_size 640x360", "video_fps 15", "video_bitrate 800000"] : []),
      ...[...loaded, ...(video ? loadedForVideo : [])].map((module) => `module ${module}.so`),
    ];
    await writeFile(join(folder, "config"), `${config.join("\n")}\n`);
    const domain = account ? `127.0.0.1:${account.port}` : address;
    const transport = account?.tcp ? ";transport=tcp" : "";
    const encryption = mediaEncryption ? `;mediaenc=${mediaEncryption}` : "";
    const login = account ? `regint=60;auth_user=${name};auth_pass=${account.password}` : "regint=0";
    await writeFile(
      join(folder, "accounts"),
      `"${name}" <sip:${name}@${domain}${transport}>;${login};answermode=auto${encryption}\n`,
    );
    await writeFile(join(folder, "contacts"), "");
    const [command = "", ...args] = [...through, "baresip", "-4", "-f", folder];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const baresip = new Baresip(folder, sipPort, child);
    try {
      await baresip.#connect(address, controlPort);
      return baresip;
    } catch (error) {
      await baresip.stop();
      throw new Error(`baresip does not start: ${baresip.#output}`, { cause: error });
    }
  }

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
    child.on("error", (error) => {
      this.#output += error.message;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    }
  }

  /** Its own words, for a test that fails. */
  get output(): string {
    return this.#output;
  }

  dial(uri: string): Promise<void> {
    return this.command("dial", uri);
  }

  /** Its first registration may be over before its control connection is open: what it prints says so, too. */
  async registered(): Promise<void> {
    await eventually(
      () => /200 OK .*\[\d+ bindings?\]/.test(this.#output) || undefined,
      () => `registration of baresip (${this.#output})`,
      { limitMs: 30_000 },
    );
  }

  async established(): Promise<void> {
    await this.#event("CALL_ESTABLISHED");
  }

  /** It hears something before the answer. */
  async earlyMedia(): Promise<void> {
    await this.#event("CALL_PROGRESS");
  }

  /** What it says of the call's end. */
  closed(): Promise<string> {
    return this.#event("CALL_CLOSED");
  }

  /** Presses keys; it sends each as RFC 4733 events. */
  async type(keys: string): Promise<void> {
    for (const key of keys) await this.command("sndcode", key);
  }

  /** Takes the call off hold. Version 1.1 does so and answers that an argument is invalid. */
  async resume(): Promise<void> {
    await this.command("resume").catch((error: Error) => {
      if (!error.message.endsWith("Invalid argument")) throw error;
    });
  }

  async command(command: string, params?: string): Promise<void> {
    const token = String(++this.#lastToken);
    const answered = new Promise<ControlMessage>((resolve) => this.#answers.set(token, resolve));
    const json = JSON.stringify({ command, ...(params === undefined ? {} : { params }), token });
    this.#control?.write(`${Buffer.byteLength(json)}:${json},`);
    const answer = await within(answered, patienceMs, () => `answer of baresip to ${command}`);
    if (!answer.ok) throw new Error(`baresip refuses ${command}: ${answer.data}`);
  }

  /** What it has heard so far, from the beginning of its call. */
  async heard(): Promise<Int16Array> {
    const file = (await readdir(this.#folder)).find((name) => /^dump-.*-dec\.wav$/.test(name));
    if (!file) throw new Error(`baresip has recorded nothing: ${this.#output}`);
    return readWav(await readFile(join(this.#folder, file))).samples;
  }

  /** The picture that it is sent, PNG. */
  async shown(): Promise<Buffer> {
    const path = join(this.#folder, "shown.png");
    await rm(path, { force: true });
    await this.command("snapshot_recv", path);
    return eventually(
      async () => {
        const file = await readFile(path).catch(() => undefined);
        return file?.includes("IEND") ? file : undefined;
      },
      () => `picture at baresip (${this.#output.slice(-500)})`,
    );
  }

  /** What becomes of a telephone: SIGKILL takes its power away, SIGSTOP its network, SIGCONT gives that back. */
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    this.#control?.destroy();
    await stopProcess(this.#child, stopLimitMs);
  }

  async #connect(address: string, port: number): Promise<void> {
    this.#control = await eventually(
      async () => {
        const socket = connect(port, address);
        return once(socket, "connect").then(
          () => socket,
          () => undefined,
        );
      },
      () => "control connection to baresip",
      { limitMs: startLimitMs },
    );
    this.#control.on("error", () => {});
    this.#control.on("data", (data: Buffer) => this.#read(data));
  }

  #event(type: string): Promise<string> {
    return eventually(
      () => this.events.find((event) => event.type === type)?.param,
      () => `${type} of baresip (${this.#output.slice(-2000)})`,
      { limitMs: 30_000 },
    );
  }

  #read(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data]);
    for (;;) {
      const colon = this.#unread.indexOf(":");
      const length = Number(this.#unread.subarray(0, Math.max(0, colon)).toString());
      if (colon < 1 || this.#unread.length < colon + length + 2) return;
      const json = this.#unread.subarray(colon + 1, colon + 1 + length).toString("utf8");
      this.#unread = this.#unread.subarray(colon + length + 2);
      const message = JSON.parse(json) as ControlMessage;
      if (message.event) this.events.push({ type: message.type ?? "", param: message.param ?? "" });
      else this.#answers.get(message.token ?? "")?.(message);
    }
  }
}
