// Signalling of one phone of the benchmark: INVITE, ACK and BYE, without anything that media would need.

import { readCryptoLines, writeCryptoLine } from "../../media/sdp/crypto-attribute.ts";
import type { MasterKey } from "../../media/srtp/index.ts";
import {
  type Address,
  cseqOf,
  Dialog,
  headerOf,
  newBranch,
  patienceMs,
  readDescription,
  respondTo,
  token,
  type Wire,
  within,
} from "../support/phone/index.ts";
import type { Browser } from "./browser.ts";
import { payloadTypes } from "./leg.ts";
import type { BenchCodec } from "./payloads.ts";

const formats: Readonly<Record<BenchCodec, string>> = {
  PCMU: "PCMU/8000",
  G722: "G722/8000",
  opus: "opus/48000/2",
};

export interface Line {
  /** Where the bridge wants our RTP. */
  readonly remotePort: number;
  /** What the bridge encrypts by; undefined: it does not. */
  readonly remoteKey: MasterKey | undefined;
  /** The bridge's description. */
  readonly answer: string;
  hangUp(): Promise<void>;
}

/** Calls that ended without us, by Call-ID. */
export type LostCalls = Set<string>;

/** Answers what the bridge asks of a phone; a BYE is noted. */
export function serve(wire: Wire): LostCalls {
  const lost: LostCalls = new Set();
  wire.onMessage = (request, from) => {
    if (request.method === "ACK") return;
    if (request.method === "BYE") lost.add(headerOf(request, "Call-ID") ?? "");
    wire.send(respondTo(request, 200, "OK"), from);
  };
  return lost;
}

export async function dial(
  wire: Wire,
  options: {
    readonly server: Address;
    readonly extension: string;
    readonly codec: BenchCodec;
    readonly rtpPort: number;
    /** Ours; absent: audio in the clear. */
    readonly key?: MasterKey | undefined;
    /** What encrypts by ICE and DTLS. */
    readonly browser?: Browser | undefined;
    /** Neither side sends: a participant that costs no media. */
    readonly silent?: boolean;
  },
): Promise<Line> {
  const { server, extension, codec, rtpPort, key, browser, silent = false } = options;
  const { address, port } = wire.local;
  const target = `sip:${extension}@${server.address}:${server.port}`;
  const dialog = new Dialog(wire, {
    callId: `${token()}@${address}`,
    local: `<sip:bench@${address}:${port}>;tag=${token()}`,
    remote: `<${target}>`,
    target,
    peer: server,
    cseq: 1,
  });
  const branch = newBranch();
  const offer = offerOf(codec, { address, port: rtpPort }, { key, browser, silent });
  const answered = Promise.withResolvers<string>();
  wire.request(dialog.request("INVITE", { branch, body: offer }), {
    method: "INVITE",
    branch,
    to: server,
    onResponse: (response) => {
      const status = response.status!;
      if (status < 200) return;
      if (status < 300) dialog.learn(response);
      const cseq = cseqOf(response).number;
      wire.send(dialog.request("ACK", { branch: status < 300 ? newBranch() : branch, cseq }), server);
      if (status < 300) answered.resolve(response.body);
      else answered.reject(new Error(`the bridge refuses: ${status} ${response.subject}`));
    },
  });
  const answer = await within(answered.promise, patienceMs, () => "answer to INVITE");
  const crypto = /^a=crypto:(.*)$/m.exec(answer)?.[1];
  const attributes = crypto === undefined ? [] : [{ name: "crypto", value: crypto.trim() }];
  return {
    answer,
    remotePort: readDescription(answer).port,
    remoteKey: readCryptoLines({ attributes })[0]?.key,
    hangUp: async () => {
      await dialog.ask("BYE");
    },
  };
}

/** No telephone keys: nothing in it but what is measured. */
function offerOf(
  codec: BenchCodec,
  { address, port }: Address,
  terms: {
    readonly key: MasterKey | undefined;
    readonly browser: Browser | undefined;
    readonly silent: boolean;
  },
): string {
  const type = payloadTypes[codec];
  const { key, browser, silent } = terms;
  const protocol = browser ? "UDP/TLS/RTP/SAVPF" : key ? "RTP/SAVP" : "RTP/AVP";
  return [
    "v=0",
    `o=bench 1 1 IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    ...(browser ? ["a=group:BUNDLE 0"] : []),
    `m=audio ${port} ${protocol} ${type}`,
    `a=rtpmap:${type} ${formats[codec]}`,
    ...(browser?.lines ?? []),
    ...(key ? [`a=crypto:${writeCryptoLine({ tag: 1, key }).value}`] : []),
    "a=ptime:20",
    silent ? "a=inactive" : "a=sendrecv",
    "",
  ].join("\r\n");
}
