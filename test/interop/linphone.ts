// A linphone under our control: linphonec with a home and a configuration of its own, WAV files in place of a
// sound card, commanded through its prompt, one line a prompt: of several lines that have come by the time it looks, it
// takes the first (version 5.3).

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wavFile } from "#media/files";
import type { VideoCodecName } from "../../media/video/types.ts";
import { eventually } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { stopProcess } from "../support/processes.ts";
import { sines, type Tone, telephoneRate } from "../support/tones.ts";
import { readWav } from "./wav.ts";

const voiceSeconds = 120;
const prompt = "linphonec>";
const limitMs = 30_000;
const stopLimitMs = 5000;

/** Nothing is drawn anywhere, as there is no screen; a still picture at the rate of a camera. */
const videoSettings = {
  ...{ enabled: 1, capture: 1, display: 1, automatically_initiate: 1, automatically_accept: 1 },
  ...{ size: "vga", framerate: 10, nowebcam_uses_normal_fps: 1, displaytype: "MSVoidSink" },
};
/** It does H.264 with a plugin that its package recommends. */
export const linphoneHasH264 = globSync("/usr/lib/*/mediastreamer/plugins/libmsopenh264.so").length > 0;
/** What its display says at every turn, which here is none. */
const noise = /[\d-]+ [\d:]+ mediastreamer-error-no such method on filter MSVoidSink.*\n/g;

export interface LinphoneOptions {
  readonly voice: Tone;
  /** It registers there, and is `name` by its password. */
  readonly account?: { readonly port: number; readonly password: string };
  /** A still picture that it sends as that of its camera, in that codec alone. */
  readonly camera?: { readonly jpeg: Buffer; readonly codec: VideoCodecName };
}

export class Linphone {
  readonly #folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  /** Prompts so far, and the end of the output in which the next one may have begun. */
  #prompts = 0;
  #unfinished = "";
  #pictures = 0;
  #typing: Promise<void> = Promise.resolve();

  /** Where it is called. */
  readonly port: number;

  /** Starts one that calls itself `name` and speaks `voice`. */
  static async start(
    folder: string,
    name: string,
    { voice, account, camera }: LinphoneOptions,
  ): Promise<Linphone> {
    // It keeps its calls and keys there, and does not make the folder itself.
    await mkdir(join(folder, ".local/share/linphone"), { recursive: true });
    await writeFile(
      join(folder, "voice.wav"),
      wavFile(sines([voice], voiceSeconds * telephoneRate), telephoneRate),
    );
    const port = await freePort();
    const config = {
      sip: {
        contact: `"${name}" <sip:${name}@127.0.0.1>`,
        sip_port: port,
        sip_tcp_port: port,
        sip_tls_port: 0,
        guess_hostname: 0,
        register_only_when_network_is_up: 0,
        ipv6_migration_done: 1,
        use_ipv6: 0,
        use_info: 0,
        use_rfc2833: 1,
      },
      rtp: { audio_rtp_port: await freePort(), video_rtp_port: await freePort() },
      sound: { echocancellation: 0 },
      video: camera ? videoSettings : { enabled: 0, capture: 0, display: 0 },
    };
    const codecs = camera && {
      video_codec_0: { mime: camera.codec, rate: 90_000, enabled: 1 },
      video_codec_1: { mime: camera.codec === "VP8" ? "H264" : "VP8", rate: 90_000, enabled: 0 },
    };
    const registered = account && {
      proxy_0: {
        reg_proxy: `<sip:127.0.0.1:${account.port}>`,
        reg_identity: `sip:${name}@127.0.0.1`,
        reg_expires: 60,
        reg_sendregister: 1,
      },
      auth_info_0: { username: name, passwd: account.password, realm: "parley" },
    };
    const sections = Object.entries({ ...config, ...codecs, ...registered }).map(([section, keys]) =>
      [`[${section}]`, ...Object.entries(keys).map(([key, value]) => `${key}=${value}`)].join("\n"),
    );
    await writeFile(join(folder, "linphonerc"), `${sections.join("\n\n")}\n`);
    if (camera) await writeFile(join(folder, "camera.jpg"), camera.jpeg);
    const child = spawn("linphonec", [...(camera ? ["-V"] : []), "-c", join(folder, "linphonerc")], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
    const linphone = new Linphone(folder, port, child);
    try {
      await linphone.#said(prompt);
      await linphone.type("soundcard use files");
      await linphone.type(`play ${join(folder, "voice.wav")}`);
      await linphone.type(`record ${join(folder, "heard.wav")}`);
      if (camera) {
        await linphone.type(`staticpic set ${join(folder, "camera.jpg")}`);
      }
      return linphone;
    } catch (error) {
      await linphone.stop();
      throw error;
    }
  }

  private constructor(folder: string, port: number, child: ChildProcessWithoutNullStreams) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
    child.on("error", (error) => {
      this.#output += error.message;
    });
    child.stdin.on("error", () => {});
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).replace(noise, "").slice(-20_000);
      });
    }
    child.stdout.on("data", (text: string) => {
      const unread = this.#unfinished + text;
      this.#prompts += unread.split(prompt).length - 1;
      this.#unfinished = unread.slice(1 - prompt.length);
    });
  }

  /** Its own words, for a test that fails. */
  get output(): string {
    return this.#output;
  }

  /** A line at its prompt: a command, or a digit, which it sends as an RFC 4733 event. Resolves at the next prompt. */
  type(line: string): Promise<void> {
    this.#typing = this.#typing.then(async () => {
      const before = this.#prompts;
      this.#child.stdin.write(`${line}\n`);
      await eventually(
        () => (this.#prompts > before ? true : undefined),
        () => `prompt of linphone after "${line}" (${this.#output.slice(-2000)})`,
        { limitMs },
      );
    });
    return this.#typing;
  }

  async registered(): Promise<void> {
    await this.#said("successful");
  }

  async dial(uri: string): Promise<void> {
    await this.type(`call ${uri}`);
    await this.#said("Media streams established");
  }

  /** Takes the call that rings, or waits for one. */
  async answer(): Promise<void> {
    await this.#said("Receiving new incoming call");
    await this.type("answer");
    await this.#said("Media streams established");
  }

  async press(keys: string): Promise<void> {
    for (const key of keys) await this.type(key);
  }

  /** The picture that it is shown, JPEG. */
  async shown(): Promise<Buffer> {
    const file = join(this.#folder, `${this.#pictures++}.jpg`);
    await this.type(`snapshot ${file}`);
    return eventually(
      async () => {
        const picture = await readFile(file).catch(() => undefined);
        return picture && picture.length > 0 ? picture : undefined;
      },
      () => `snapshot of linphone (${this.#output.slice(-2000)})`,
    );
  }

  /** The other side has hung up. */
  async ended(): Promise<void> {
    await this.#said(" ended (");
  }

  /**
   * What it has heard since it last was not on hold, at the telephone's rate; complete once the call has ended.
   * It records at the rate of the call's codec, and what is heard here are tones far below 4 kHz.
   */
  async heard(): Promise<Int16Array> {
    const file = await readFile(join(this.#folder, "heard.wav"));
    const { rate, samples } = readWav(file);
    const every = rate / telephoneRate;
    return samples.filter((_, index) => index % every === 0);
  }

  async stop(): Promise<void> {
    await stopProcess(this.#child, stopLimitMs);
  }

  async #said(words: string): Promise<void> {
    await eventually(
      () => (this.#output.includes(words) ? true : undefined),
      () => `"${words}" of linphone (${this.#output.slice(-2000)})`,
      { limitMs },
    );
  }
}
