// parley dump: the media of one call in a file, for as long as asked for, until Ctrl-C, or until the call's end.

import { type FileHandle, open, rm } from "node:fs/promises";
import { errorMessage } from "#common";
import { type Command, type Invocation, readArguments } from "./command.ts";
import type { DaemonClient } from "./daemon-client.ts";
import { CommandError, exitCodes, UsageError } from "./exit.ts";
import { requireDaemon } from "./installation.ts";

const usualSeconds = 10;
const maxSeconds = 300;
/** From the end of a dump to the answer. */
const answerMs = 10_000;

interface CallLine {
  readonly id: string;
  readonly participant_id?: string;
}

export const dump: Command = {
  name: "dump",
  usage: "CALL|PARTICIPANT FILE [--rtp|--pcm] [--seconds N]",
  summary:
    "a call's RTP (pcap) or audio (WAV: left what it says, right what it hears) in a file; it stands in the audit log",
  async run({ args, output, installation, signal }: Invocation) {
    const { flags, values, operands } = readArguments(args, {
      ...{ flags: ["rtp", "pcm"], values: ["seconds"], operands: ["CALL|PARTICIPANT", "FILE"] },
    });
    const [name = "", path = ""] = operands;
    if (flags.rtp && flags.pcm) throw new UsageError("--rtp and --pcm exclude each other");
    const seconds = readSeconds(values.seconds);
    const { client } = requireDaemon(installation());
    const id = await findCall(client, name);
    const file = await create(path);
    try {
      const query = new URLSearchParams({ format: flags.pcm ? "pcm" : "rtp", seconds: `${seconds}` });
      const address = `/api/calls/${encodeURIComponent(id)}/dump`;
      output.remark(`dumping for ${seconds} s, or until Ctrl-C`);
      const stop = () => void client.post(`${address}/stop`).catch(() => {});
      signal.addEventListener("abort", stop, { once: true });
      await client.download(`${address}?${query}`, { file, answerMs: seconds * 1000 + answerMs });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return exitCodes.done;
  },
};

function readSeconds(text = `${usualSeconds}`): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= maxSeconds) return seconds;
  throw new UsageError(`--seconds must be a whole number from 1 to ${maxSeconds}`);
}

/** Throws a CommandError when no call has this id, nor any participant in a call. */
async function findCall(client: DaemonClient, name: string): Promise<string> {
  const calls = await client.all<CallLine>("/api/calls");
  const call = calls.find(({ id, participant_id }) => id === name || participant_id === name);
  if (call) return call.id;
  throw new CommandError(`there is no call ${name}, and no participant in a call: see parley calls`);
}

/** A new file, readable by its owner alone. */
async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    throw new CommandError(`${path} cannot be made: ${errorMessage(error)}`);
  }
}
