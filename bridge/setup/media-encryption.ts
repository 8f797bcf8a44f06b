// Whether the media of a call are encrypted, in the words of the configuration: what a trunk says goes before what a listener
// says, and that before `sip.srtp`.
import type { SrtpSetting, SrtpTerms } from "#conference/calls";
import type { Config } from "#config";
import type { LegSrtp } from "#media/client";
import type { TrunkDirectory } from "#services/trunks";
import type { Flow } from "#sip";

/** What goes over it cannot be read on the way. */
const encryptedSignalling: ReadonlySet<string> = new Set(["TLS"]);
/** Browsers come over them: they have no other media than those of WebRTC, whatever is allowed elsewhere. */
const ofBrowsers: ReadonlySet<string> = new Set(["WS", "WSS"]);

export function createSrtpTerms(
  { sip }: { readonly sip: Pick<Config["sip"], "srtp" | "srtp_over_tls"> },
  directory: Pick<TrunkDirectory, "trunkOf">,
): SrtpTerms {
  const decide = (
    trunk: SrtpSetting | undefined,
    { protocol }: Pick<Flow, "protocol">,
    offered: boolean,
  ): LegSrtp => {
    const encrypted = encryptedSignalling.has(protocol);
    const stated = [trunk, encrypted ? sip.srtp_over_tls : undefined, sip.srtp];
    const setting = stated.find((each) => each !== undefined && each !== "inherit");
    // What else than a browser comes over a WebSocket says so by its offer.
    if (ofBrowsers.has(protocol)) return setting === "allow" && offered ? "accept" : "dtls";
    if (setting !== "allow") return setting === "require" ? "require" : "forbid";
    // Keys that can be read on the way are not worth what they add to an offer; those of others are taken.
    return encrypted ? "offer" : "accept";
  };
  return {
    ofInvitation: ({ request, flow, offer }) =>
      decide(directory.trunkOf(request, flow)?.srtp, flow, offer !== undefined),
    ofTarget: ({ srtp }, flow) => decide(srtp, flow, false),
  };
}
