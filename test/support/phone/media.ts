// The phone's audio: one RTP socket that sends a packet every 20 ms without drift (voice, silence or the events
// of a key) and hands what comes in to the ear. Can lose and delay its own packets, and stop sending.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { sines, type Tone, telephoneRate } from "../tones.ts";
import { type Description, lawOf, payloadTypes } from "./description.ts";
import { Ear } from "./ear.ts";
import { decodeG711, encodeG711, type Law } from "./g711.ts";
import {
  isRtcp,
  readEvent,
  readRtp,
  readSenderReport,
  type SenderReport,
  writeEvent,
  writeRtp,
} from "./rtp.ts";
import { type SrtpKey, SrtpStream } from "./srtp.ts";
import { patienceMs, within } from "./waiting.ts";

export interface Impairment {
  readonly lossPercent?: number;
  /** Each packet is held back by up to this long; packets may overtake one another. */
  readonly jitterMs?: number;
}

const frameMs = 20;
const frameSamples = (telephoneRate * frameMs) / 1000;
/** After a longer stall the schedule restarts instead of bursting. */
const catchUpFrames = 10;
const keyFrames = 5;
const keyPauseFrames = 3;
const endRepeats = 3;

interface KeyPress {
  readonly key: string;
  readonly timestamp: number;
  frame: number;
}

export class Media {
  readonly ear = new Ear();
  /** Keys heard from the far end, once a press. */
  readonly keysHeard: string[] = [];
  readonly counts = { sent: 0, received: 0, gaps: 0, rtcp: 0, forged: 0 };
  /** The far end's last one. */
  senderReport: SenderReport | undefined;
  impairment: Impairment = {};
  /** What we say while nothing is played; empty is silence. */
  voice: readonly Tone[] = [];
  /** What is played begins with the packet that is sent now. */
  onPlay: () => void = () => {};
  /** Says what it hears, a packet later. */
  echoes = false;
  /** False stops the packets altogether, as a phone does that is gone. */
  sending = true;

  /** Of what we send, and of what we have heard last. */
  ssrc = Math.floor(Math.random() * 2 ** 32);
  remoteSsrc: number | undefined;

  #socket: Socket;
  #sequence = Math.floor(Math.random() * 2 ** 16);
  #timestamp = Math.floor(Math.random() * 2 ** 32);
  #remote: { address: string; port: number } | undefined;
  #law: Law = "PCMU";
  #eventType = 101;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #first = true;
  #frames = 0;
  #keys: string[] = [];
  #press: KeyPress | undefined;
  #pause = 0;
  #typed: (() => void) | undefined;
  #playing: { readonly samples: Int16Array; readonly done: () => void; position: number } | undefined;
  #lastSequence: number | undefined;
  #lastKeyTimestamp: number | undefined;
  #random = 1;
  #closed = false;
  #echo: Int16Array[] = [];
  #srtpKeys: readonly [SrtpKey, SrtpKey] | undefined;
  #outbound: SrtpStream | undefined;
  #inbound: SrtpStream | undefined;

  static async open(address = "127.0.0.1"): Promise<Media> {
    return new Media(await openSocket(address));
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** Goes on from another port, and from another address where one is given, as behind a NAT that has forgotten us. */
  async rebind(address?: string): Promise<void> {
    const old = this.#socket;
    this.#socket = await openSocket(address);
    this.#listen();
    old.close();
  }

  #listen(): void {
    this.#socket.on("message", (data, from) => this.#receive(data, from.port));
    // An unreachable far end is reported on a later send; what a test expects then it says itself.
    this.#socket.on("error", () => {});
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get address(): string {
    return this.#socket.address().address;
  }

  /** By which it sends; agreed by the description. */
  get law(): Law {
    return this.#law;
  }

  /** The port the last audio came from. */
  remotePort: number | undefined;

  /** Sends to the far end that this description names, in its first codec that we have. */
  connect(remote: Description, codecs: readonly Law[]): void {
    if (this.#closed) return;
    this.#remote = { address: remote.address, port: remote.port };
    this.#law = remote.codecs.find((law) => codecs.includes(law)) ?? this.#law;
    this.#eventType = remote.telephoneEvent ?? this.#eventType;
    if (this.#timer) return;
    this.#due = performance.now();
    this.#beat();
  }

  /** Encrypts by the first key and takes what is encrypted by the other; undefined: in the clear. */
  secure(keys: { readonly ours: SrtpKey; readonly theirs: SrtpKey } | undefined): void {
    const [ours, theirs] = this.#srtpKeys ?? [];
    if (!keys) this.#outbound = this.#inbound = undefined;
    else {
      if (!ours?.equals(keys.ours) || !this.#outbound) this.#outbound = new SrtpStream(keys.ours);
      if (!theirs?.equals(keys.theirs) || !this.#inbound) this.#inbound = new SrtpStream(keys.theirs);
    }
    this.#srtpKeys = keys && [keys.ours, keys.theirs];
  }

  /** Presses keys one after the other, 100 ms each; resolves when the last was let go. */
  async type(keys: string): Promise<void> {
    this.#keys.push(...keys);
    const done = new Promise<void>((resolve) => {
      this.#typed = resolve;
    });
    await within(done, patienceMs + keys.length * 300, () => `end of typing ${keys.length} keys`);
  }

  /** Says these samples in the place of the voice; resolves when the last was sent, or others took their place. */
  play(samples: Int16Array): Promise<void> {
    this.#playing?.done();
    return new Promise((done) => {
      this.#playing = { samples, done, position: 0 };
    });
  }

  /** Sends bytes as they are from the audio port: for hostile tests. */
  sendRaw(data: Uint8Array): void {
    if (this.#remote) this.#socket.send(data, this.#remote.port, this.#remote.address);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #beat(): void {
    const now = performance.now();
    if (now - this.#due > catchUpFrames * frameMs) this.#due = now;
    for (; this.#due <= now; this.#due += frameMs) this.#frame();
    this.#timer = setTimeout(() => this.#beat(), this.#due - now);
  }

  #frame(): void {
    if (!this.#nextEvent()) {
      const audio = this.#nextSamples() ?? sines(this.voice, frameSamples, this.#frames * frameSamples);
      this.#send(payloadTypes[this.#law], this.#timestamp, this.#first, encodeG711(this.#law, audio));
      this.#first = false;
    }
    this.#frames += 1;
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
  }

  /** A whole frame of what is played; undefined when nothing is. */
  #nextSamples(): Int16Array | undefined {
    const playing = this.#playing;
    if (!playing) return this.#echo.shift();
    if (playing.position === 0) this.onPlay();
    const frame = new Int16Array(frameSamples);
    frame.set(playing.samples.subarray(playing.position, playing.position + frameSamples));
    playing.position += frameSamples;
    if (playing.position >= playing.samples.length) {
      this.#playing = undefined;
      playing.done();
    }
    return frame;
  }

  /** The packet of a pressed key, if one is down: events replace the voice (RFC 4733 §2.5.1). */
  #nextEvent(): boolean {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return false;
    }
    if (!this.#press) {
      const key = this.#keys.shift();
      if (key === undefined) {
        this.#typed?.();
        this.#typed = undefined;
        return false;
      }
      this.#press = { key, timestamp: this.#timestamp, frame: 0 };
    }
    const press = this.#press;
    press.frame += 1;
    const end = press.frame === keyFrames;
    const payload = writeEvent(press.key, press.frame * frameSamples, end);
    for (let copy = 0; copy < (end ? endRepeats : 1); copy += 1) {
      this.#send(this.#eventType, press.timestamp, press.frame === 1, payload);
    }
    if (end) {
      this.#press = undefined;
      this.#pause = keyPauseFrames;
    }
    return true;
  }

  #send(payloadType: number, timestamp: number, marker: boolean, payload: Uint8Array): void {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    const remote = this.#remote;
    if (!this.sending || !remote || remote.port === 0) return;
    if (this.#chance() * 100 < (this.impairment.lossPercent ?? 0)) return;
    const plain = writeRtp({ payloadType, marker, sequence, timestamp, ssrc: this.ssrc, payload });
    const data = this.#outbound ? this.#outbound.protect(plain) : plain;
    const send = () => {
      if (this.#closed) return;
      this.#socket.send(data, remote.port, remote.address);
      this.counts.sent += 1;
    };
    const heldMs = this.#chance() * (this.impairment.jitterMs ?? 0);
    if (heldMs > 0) setTimeout(send, heldMs);
    else send();
  }

  #receive(data: Buffer, port: number): void {
    if (isRtcp(data)) {
      this.counts.rtcp += 1;
      this.senderReport = readSenderReport(data) ?? this.senderReport;
      return;
    }
    const plain = this.#inbound ? this.#inbound.open(data) : data;
    if (!plain) this.counts.forged += 1;
    const packet = plain && readRtp(plain);
    if (!packet) return;
    this.remotePort = port;
    this.remoteSsrc = packet.ssrc;
    this.counts.received += 1;
    if (this.#lastSequence !== undefined) {
      const step = (packet.sequence - this.#lastSequence) & 0xffff;
      if (step > 1 && step < 0x8000) this.counts.gaps += step - 1;
    }
    this.#lastSequence = packet.sequence;
    const law = lawOf(packet.payloadType);
    if (law) this.#hear(decodeG711(law, packet.payload), packet.timestamp);
    else if (packet.payloadType === this.#eventType) this.#hearKey(packet.timestamp, packet.payload);
  }

  #hear(samples: Int16Array, timestamp: number): void {
    this.ear.append(samples, timestamp);
    if (this.echoes && this.#echo.length < catchUpFrames) this.#echo.push(samples);
  }

  #hearKey(timestamp: number, payload: Uint8Array): void {
    const event = readEvent(payload);
    if (!event || timestamp === this.#lastKeyTimestamp) return;
    this.#lastKeyTimestamp = timestamp;
    this.keysHeard.push(event.key);
  }

  /** 0 … 1, the same sequence in every run (a linear congruential generator). */
  #chance(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random / 2 ** 32;
  }
}

async function openSocket(address = "127.0.0.1"): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}
