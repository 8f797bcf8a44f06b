// The export to a capture server, if one is configured.
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { Clock, Logger } from "#common";
import { type Config, hepServer } from "#config";
import { payloadOf } from "#services/call-ladders";
import { HepExport, type HepSocket } from "#services/hep";

export interface HepParts {
  readonly config: Pick<Config, "hep">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Undefined: none is configured. Throws StartError. */
export function openHep({ config: { hep }, clock, log }: HepParts): HepExport | undefined {
  const server = hepServer(hep);
  if (!server) return undefined;
  return new HepExport({
    ...server,
    ...{ captureId: hep.capture_id, key: hep.key, node: hep.node, payloadOf, clock, log },
    resolve: async (host) => (await lookup(host)).address,
    openSocket,
  });
}

function openSocket(address: string): HepSocket {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  // A server that is not there is counted where a message is sent.
  socket.on("error", () => {});
  socket.unref();
  let open = true;
  return {
    send: (data, port, to, done) => (open ? socket.send(data, port, to, done) : done(new Error("closed"))),
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}
