// One run of the phone: registers if it is to, calls, types, plays, listens, and hangs up. What happens is told in
// lines; how it ended is the exit code.
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type Call, Phone } from "../../test/support/phone/index.ts";
import { describeAudio } from "./hearing.ts";
import { typeKeys } from "./keys.ts";
import { type PhoneSettings, PhoneUsageError, type Target } from "./options.ts";
import { readSpeech, WavRecorder } from "./wav.ts";

export const exitCodes = { ended: 0, refused: 1, wrongInput: 2, noAnswer: 3, notRegistered: 4 } as const;

export interface PhoneOutput {
  print(line: string): void;
  trace(text: string): void;
}

const registrationSeconds = 3600;
const listenMs = 1000;
const toneDbov = -20;
/** The longest wait for the answer to a BYE, because the far end may be gone; milliseconds. */
const goodbyeMs = 3000;

/** `signal`: Ctrl-C. */
export async function runPhone(
  settings: PhoneSettings,
  output: PhoneOutput,
  signal: AbortSignal,
): Promise<number> {
  const speech = settings.play === undefined ? undefined : readWav(settings.play);
  const recorder = settings.record === undefined ? undefined : openRecorder(settings.record);
  let phone: Phone | undefined;
  try {
    phone = await openPhone(settings);
    if (settings.trace) phone.watch((message) => output.trace(`${message}\n`));
    const { registrar } = settings;
    if (registrar && !(await register(phone, registrar, output))) return exitCodes.notRegistered;
    const code = await call(phone, { settings, speech, recorder, output, signal });
    if (registrar) await phone.register(registrar.host, 0);
    return code;
  } catch (error) {
    if (error instanceof PhoneUsageError) throw error;
    output.print((error as Error).message);
    return exitCodes.noAnswer;
  } finally {
    recorder?.close();
    await phone?.close({ bridgeRuns: false });
  }
}

interface CallParts {
  readonly settings: PhoneSettings;
  readonly speech: Int16Array | undefined;
  readonly recorder: WavRecorder | undefined;
  readonly output: PhoneOutput;
  readonly signal: AbortSignal;
}

async function call(phone: Phone, parts: CallParts): Promise<number> {
  const { settings, recorder, output, signal } = parts;
  const { target, codec, ringSeconds, dtmfMethod } = settings;
  const call = await phone.call(target.uri, {
    ...(codec && { codecs: [codec] }),
    // A side that has agreed on events does not listen for tones.
    telephoneEvent: dtmfMethod !== "inband",
  });
  call.onStatus = (status, phrase) => output.print(`${status} ${phrase}`);
  call.ear.onAudio = (samples) => recorder?.write(samples);
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const ringing = setTimeout(cancel, ringSeconds * 1000);
  try {
    await call.answered(ringSeconds * 1000 + goodbyeMs);
  } catch (error) {
    if (call.state !== "rejected") throw error;
    return call.gaveUp ? exitCodes.noAnswer : exitCodes.refused;
  } finally {
    clearTimeout(ringing);
    signal.removeEventListener("abort", cancel);
  }
  const { address, port } = call.remote!;
  output.print(`answered: ${call.media.law}, audio with ${address}:${port}`);
  await talk(call, parts);
  return exitCodes.ended;
}

/** Until the far end, the time or Ctrl-C ends it. */
async function talk(call: Call, { settings, speech, output, signal }: CallParts): Promise<void> {
  const { keys, dtmfMethod, seconds, toneHz, quiet } = settings;
  const over = new AbortController();
  const end = () => over.abort();
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  const listening = quiet ? undefined : listen(call, output);
  if (toneHz !== undefined) call.media.voice = [{ frequency: toneHz, levelDbov: toneDbov }];
  const speaking = typeKeys(call, { keys, way: dtmfMethod, signal: over.signal }).then(async () => {
    if (keys !== "") output.print(`typed ${keys}`);
    if (!speech || over.signal.aborted) return;
    await call.media.play(speech);
    output.print(`played ${settings.play}`);
  });
  speaking.catch((error: Error) => {
    if (!over.signal.aborted) output.print(error.message);
  });
  const theirs = call
    .ended(2 ** 31 - 1)
    .then(
      ({ by, reason }) =>
        by === "them" && output.print(`ended by the far end${reason ? `: ${reason.text}` : ""}`),
    );
  const ours = new Promise<void>((resolve) => {
    if (over.signal.aborted) resolve();
    over.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([theirs, ours]);
  end();
  clearTimeout(timer);
  clearInterval(listening);
  if (call.state === "answered") await hangUp(call, output);
}

async function hangUp(call: Call, output: PhoneOutput): Promise<void> {
  const patience = new Promise<string>((resolve) => {
    setTimeout(() => resolve("hung up; the far end did not answer"), goodbyeMs).unref();
  });
  output.print(await Promise.race([call.hangUp().then(() => "hung up"), patience]));
}

function listen(call: Call, output: PhoneOutput): NodeJS.Timeout {
  let heard = call.ear.heard;
  let keys = call.media.keysHeard.length;
  return setInterval(() => {
    const samples = Math.min(call.ear.heard - heard, (listenMs / 1000) * 8000);
    heard = call.ear.heard;
    const typed = call.media.keysHeard.slice(keys).join("");
    keys = call.media.keysHeard.length;
    const audio = describeAudio(call.ear.last((samples / 8000) * 1000));
    output.print(`hears ${audio}${typed === "" ? "" : `, keys ${typed}`}`);
  }, listenMs);
}

async function openPhone({ target, registrar, name }: PhoneSettings): Promise<Phone> {
  const way = registrar ?? target;
  const server = { address: await addressOf(way), port: way.port };
  const address = await localAddressTowards(server.address);
  if (!registrar) return Phone.open(name, server, { address, tcp: way.tcp });
  const { user, host, password } = registrar;
  return Phone.open(name, server, {
    ...{ address, tcp: way.tcp, identity: `sip:${user}@${host}` },
    credentials: { user, password },
  });
}

async function register(phone: Phone, registrar: Target, output: PhoneOutput): Promise<boolean> {
  const { status, subject } = await phone.register(registrar.host, registrationSeconds);
  output.print(`${status === 200 ? "registered" : "not registered"}: ${status} ${subject}`);
  return status === 200;
}

async function addressOf({ host }: Target): Promise<string> {
  try {
    return (await lookup(host, { family: 4 })).address;
  } catch (error) {
    throw new Error(`${host} has no IPv4 address: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Our own address on the interface of the route to `address`. */
async function localAddressTowards(address: string): Promise<string> {
  const socket = createSocket("udp4");
  try {
    socket.connect(9, address);
    await once(socket, "connect");
    return socket.address().address;
  } finally {
    socket.close();
  }
}

function readWav(path: string): Int16Array {
  try {
    return readSpeech(readFileSync(path));
  } catch (error) {
    throw new PhoneUsageError(`--play ${path} cannot be played: ${(error as Error).message}`);
  }
}

function openRecorder(path: string): WavRecorder {
  try {
    return new WavRecorder(path);
  } catch (error) {
    throw new PhoneUsageError(`--record ${path} cannot be written: ${(error as Error).message}`);
  }
}
