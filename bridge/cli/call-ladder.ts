// parley calls ladder: the SIP messages of one call, drawn for the terminal, as JSON, or in a pcap file.

import { open, rm } from "node:fs/promises";
import { errorMessage } from "#common";
import type { CommandOutput } from "./command.ts";
import type { DaemonClient } from "./daemon-client.ts";
import { CommandError } from "./exit.ts";

const answerMs = 10_000;

export interface LadderOrder {
  /** Of the call or its participant, or a Call-ID header. */
  readonly name: string;
  readonly json: boolean;
  /** Where the pcap goes; undefined: none is wanted. */
  readonly pcap: string | undefined;
}

/** Throws CommandError. */
export async function showLadder(
  client: DaemonClient,
  { name, json, pcap }: LadderOrder,
  output: CommandOutput,
) {
  const address = `/api/calls/${encodeURIComponent(await idOf(client, name))}/ladder`;
  if (pcap !== undefined) return save(client, `${address}.pcap`, pcap);
  if (json) return output.print(JSON.stringify(await client.get(address)));
  await client.follow(`${address}?format=text`, (text) => output.write(text), new AbortController().signal);
}

/** Finds the call of a participant while it lasts; any other id is taken as it is. */
async function idOf(client: DaemonClient, name: string): Promise<string> {
  const calls = await client.all<{ readonly id: string; readonly participant_id?: string }>("/api/calls");
  return calls.find(({ participant_id }) => participant_id === name)?.id ?? name;
}

/** A new file, readable by its owner alone. */
async function save(client: DaemonClient, address: string, path: string): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((error) => {
    throw new CommandError(`${path} cannot be made: ${errorMessage(error)}`);
  });
  try {
    await client.download(address, { file, answerMs });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
