// Whether the ports of SIP and of the API can be had. Where Parley runs, they are its own.
import { errorMessage } from "#common";
import type { Config } from "#config";
import { type Listener, listenersOf, tryListeners } from "../../listening.ts";
import type { PortFact } from "../types.ts";
import { holderOfPort } from "./port-holders.ts";

export async function readPorts(config: Config, running: boolean): Promise<readonly PortFact[]> {
  const facts: PortFact[] = [];
  for (const listener of listenersOf(config)) facts.push(await readPort(listener, running));
  return facts;
}

async function readPort(listener: Listener, running: boolean): Promise<PortFact> {
  const { section, key, protocol, address, port } = listener;
  const fact = {
    what: `${protocol} port ${port} on ${address}`,
    key: `${section}.${key}`,
    holder: undefined,
  };
  if (running) return { ...fact, problem: undefined };
  try {
    await tryListeners([listener]);
    return { ...fact, problem: undefined };
  } catch (error) {
    return { ...fact, problem: faultOf(error, fact.what), holder: holderOfPort(protocol, port) };
  }
}

/** The refusal of a start, without the names of key and port that stand in front of it. */
function faultOf(error: unknown, what: string): string {
  const [, sentence = ""] = /^[a-z_.]+: (.*)$/s.exec(errorMessage(error)) ?? [];
  return sentence.startsWith(`${what} `) ? sentence.slice(what.length + 1) : `cannot be had: ${sentence}`;
}
