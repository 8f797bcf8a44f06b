// Which library SRTP's ciphers come from: OpenSSL by its own functions where they can be called and are seen to work, else
// node:crypto. Decided once, at the start.
import { errorMessage, type Logger, ParleyError } from "#common";
import type { SrtpCrypto } from "./crypto.ts";
import { newMasterKey } from "./master-key.ts";
import { NodeCrypto } from "./node-crypto.ts";
import { loadOpenSsl } from "./openssl.ts";
import { SrtpReceiver } from "./receiver.ts";
import { SrtpSender } from "./sender.ts";
import { srtpSuites } from "./suites.ts";

/** `load`: tests stand in for it. */
export async function loadSrtpCrypto(
  log: Pick<Logger, "warn" | "debug">,
  load: () => Promise<SrtpCrypto> = loadOpenSsl,
): Promise<SrtpCrypto> {
  try {
    const crypto = await load();
    prove(crypto);
    log.debug("SRTP uses OpenSSL");
    return crypto;
  } catch (error) {
    log.warn(
      { why: errorMessage(error) },
      "SRTP does without OpenSSL's own functions: encrypted calls cost more",
    );
    return new NodeCrypto();
  }
}

/** What one seals the other opens, by every suite and both ways. */
function prove(crypto: SrtpCrypto): void {
  const other = new NodeCrypto();
  const packet = Uint8Array.from({ length: 172 }, (_, index) =>
    index === 0 ? 0x80 : index === 1 ? 0 : index,
  );
  for (const suite of Object.values(srtpSuites)) {
    const master = newMasterKey(suite);
    for (const [from, to] of [
      [crypto, other],
      [other, crypto],
    ] as const) {
      const [sender, receiver] = [new SrtpSender(from, master), new SrtpReceiver(to, master)];
      const sealed = from.packet.slice(0, sender.protectRtp(packet));
      const length = receiver.openRtp(sealed, 0);
      const same = length === packet.length && Buffer.compare(to.packet.subarray(0, length), packet) === 0;
      sender.free();
      receiver.free();
      if (!same) throw new ParleyError("INTERNAL", `${suite.name} comes out wrong`);
    }
  }
}
