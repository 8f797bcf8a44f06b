// Whether the STUN and TURN servers that browsers are told of answer, and as which address they see this machine. Each URL is
// asked by a Binding request, which TURN servers answer as well; never with the credentials of its server. All at once.
import { isIP } from "node:net";
import { type Clock, errorMessage, findHostAddresses, within } from "#common";
import type { Config } from "#config";
import { type AddressPath, createAddressRule } from "#sip";
import { advertisedAddresses } from "../../advertised-addresses.ts";
import type { IceServerFact } from "../types.ts";
import { type Answered, askStun, noRoute } from "./ask-stun.ts";
import { type IceUrl, parseIceUrl } from "./ice-url.ts";

/** For one URL, from the look-up of its name on. */
const limitMs = 3000;
/** One name server may take this long; it is asked twice. */
const serverMs = 1000;

type FindAddresses = typeof findHostAddresses;

/** In the order of the configuration, which bounds their number; each URL once. */
export function readIceServers(
  config: Pick<Config, "node" | "webrtc">,
  clock: Clock,
  find: FindAddresses = findHostAddresses,
): Promise<readonly IceServerFact[]> {
  const toldTo = createAddressRule(advertisedAddresses(config));
  const places = new Map(
    config.webrtc.ice_servers.flatMap(({ urls }, server) =>
      urls.map((url, index) => [url, `webrtc.ice_servers[${server}].urls[${index}]`] as const),
    ),
  );
  return Promise.all(
    [...places].map(([url, place]) => {
      const parsed = parseIceUrl(url);
      // What is written wrong may have a password in it.
      if (!parsed) return { url: place, outcome: "malformed" } as const;
      return factOf(url, parsed, { clock, toldTo, find });
    }),
  );
}

interface Asking {
  readonly clock: Clock;
  readonly toldTo: (path: AddressPath) => string;
  readonly find: FindAddresses;
}

async function factOf(url: string, server: IceUrl, { clock, toldTo, find }: Asking): Promise<IceServerFact> {
  const { host, transport } = server;
  if (transport === "dtls") return { url, outcome: "unasked" };
  const until = clock.monotonic() + limitMs;
  const limit = () => ({ clock, limitMs: Math.max(until - clock.monotonic(), 0) });
  let problem: string | undefined;
  for (const family of familiesOf(host)) {
    const address = await within(addressOf(host, family, find), limit()).catch(lookupFault);
    if (address === undefined) {
      problem ??= "its name is not found in time";
      break;
    }
    if (typeof address !== "string") {
      problem ??= address.problem;
      continue;
    }
    const outcome = await askStun({ ...server, transport, address }, limit());
    if (outcome.answer) return answerOf(outcome, toldTo({ local: outcome.local, remote: address }), url);
    // A machine without IPv4 learns more from the other family.
    if (problem === undefined || problem === noRoute) problem = outcome.problem;
  }
  return { url, outcome: "unanswered", problem: problem ?? "its name has no address" };
}

const answerOf = ({ answer, certificateFault }: Answered, told: string, url: string): IceServerFact =>
  answer.outcome === "mapped" ? { url, ...answer, told, certificateFault } : { url, ...answer };

const familiesOf = (host: string): readonly (4 | 6)[] =>
  isIP(host) === 0 ? [4, 6] : [isIP(host) === 4 ? 4 : 6];

interface NoAddress {
  readonly problem: string | undefined;
}

/** The first one. Rejects where no name server answers. */
async function addressOf(host: string, family: 4 | 6, find: FindAddresses): Promise<string | NoAddress> {
  if (isIP(host) !== 0) return host;
  const [first] = await find({ name: host, family, serverMs });
  return first?.address ?? { problem: undefined };
}

const lookupFault = (error: unknown): NoAddress => ({
  problem: `its name cannot be looked up: ${errorMessage(error)}`,
});
