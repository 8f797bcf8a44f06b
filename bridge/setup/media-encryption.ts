// Whether the media of a call are encrypted, in the words of the configuration: what a trunk says goes before what a listener
// says, and that before `sip.srtp`.
import type { SrtpSetting, SrtpTerms } from "#conference/calls";
import type { Config } from "#config";
import type { LegSrtp } from "#media/client";
import type { TrunkDirectory } from "#services/trunks";
import type { Flow } from "#sip";

/** What goes over it is read by nobody on the way. */
const encryptedSignalling: ReadonlySet<string> = new Set(["TLS"]);
/** Who comes over them has no other media than those of WebRTC, whatever is allowed elsewhere. */
const ofBrowsers: ReadonlySet<string> = new Set(["WS", "WSS"]);

export function createSrtpTerms(
  { sip }: { readonly sip: Pick<Config["sip"], "srtp" | "srtp_over_tls"> },
  directory: Pick<TrunkDirectory, "trunkOf">,
): SrtpTerms {
  const decide = (trunk: SrtpSetting | undefined, { protocol }: Pick<Flow, "protocol">): LegSrtp => {
    if (ofBrowsers.has(protocol)) return "dtls";
    const encrypted = encryptedSignalling.has(protocol);
    const stated = [trunk, encrypted ? sip.srtp_over_tls : undefined, sip.srtp];
    const setting = stated.find((each) => each !== undefined && each !== "inherit");
    if (setting !== "allow") return setting === "require" ? "require" : "forbid";
    // Keys that everybody on the way can read are not worth what they add to an offer; those of others are taken.
    return encrypted ? "offer" : "accept";
  };
  return {
    ofInvitation: ({ request, flow }) => decide(directory.trunkOf(request, flow)?.srtp, flow),
    ofTarget: ({ srtp }, flow) => decide(srtp, flow),
  };
}
