// `node test/bench/srtp.ts`: processor time of protecting and of opening a packet of PCMU, by each suite of SRTP and each library,
// and of a DTLS handshake, both sides of it, in this process. Prints a table.
import { silentLogger, systemClock } from "#common";
import {
  loadOpenSsl,
  NodeCrypto,
  newMasterKey,
  SrtpReceiver,
  SrtpSender,
  srtpSuites,
} from "../../media/srtp/index.ts";
import { DtlsConnection } from "../../media/webrtc/dtls-connection.ts";
import { type DtlsIdentity, loadDtlsIdentity } from "../../media/webrtc/index.ts";

const packets = 20_000;
const handshakes = 200;

const microseconds = (since: NodeJS.CpuUsage, count: number): number => {
  const { user, system } = process.cpuUsage(since);
  return Number(((user + system) / count).toFixed(2));
};

function packet(sequence: number): Uint8Array {
  const bytes = new Uint8Array(172).fill(0xd5);
  bytes.set([0x80, 0, sequence >>> 8, sequence & 0xff]);
  return bytes;
}

const rows: Record<string, Record<string, number>> = {};
for (const crypto of [await loadOpenSsl(), new NodeCrypto()]) {
  for (const suite of Object.values(srtpSuites)) {
    const master = newMasterKey(suite);
    const [sender, receiver] = [new SrtpSender(crypto, master), new SrtpReceiver(crypto, master)];
    const plain = Array.from({ length: packets }, (_, sequence) => packet(sequence & 0xffff));
    const before = process.cpuUsage();
    const sealed = plain.map((each) => crypto.packet.slice(0, sender.protectRtp(each)));
    const protect = microseconds(before, packets);
    const between = process.cpuUsage();
    const opened = sealed.filter((each) => receiver.openRtp(each, 0) === plain[0]!.length).length;
    const open = microseconds(between, packets);
    if (opened !== packets) throw new Error(`${suite.name}: ${packets - opened} packets were not opened`);
    rows[`${crypto.kind} ${suite.name}`] = { protect, open };
    sender.free();
    receiver.free();
  }
}

function shakeHands(identity: DtlsIdentity): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ends: DtlsConnection[] = [];
  let keys = 0;
  const end = (role: "client" | "server", other: 0 | 1) =>
    new DtlsConnection({
      ...{ identity, clock: systemClock, role },
      fingerprints: [{ hash: "sha-256", value: identity.fingerprint }],
      send: (datagram) => setImmediate(() => ends[other]!.receive(datagram)),
      onFailed: (why) => reject(new Error(why)),
      onKeys: () => {
        keys += 1;
        if (keys === 2) resolve();
      },
    });
  ends.push(end("server", 1), end("client", 0));
  ends[1]!.start();
  return promise.finally(() => {
    for (const each of ends) each.close();
  });
}

const identity = await loadDtlsIdentity({ clock: systemClock, log: silentLogger });
if (identity) {
  await shakeHands(identity);
  const before = process.cpuUsage();
  for (let count = 0; count < handshakes; count += 1) await shakeHands(identity);
  rows["DTLS handshake, both sides"] = { protect: microseconds(before, handshakes) };
}
console.log("µs of processor time a packet, or a handshake");
console.table(rows);
