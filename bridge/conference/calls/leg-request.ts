// What a media leg for a caller is asked for.

import type { LegId } from "#common";
import type { InboundInvite } from "#sip";
import type { InboundOptions, LegRequest } from "./inbound.ts";

/** `offer`: `null` for a leg that makes the offer itself. */
export function legRequestFor(
  invitation: InboundInvite,
  { id, offer }: { readonly id: LegId; readonly offer: string | null },
  options: Pick<InboundOptions, "mediaAddress" | "codecs">,
): LegRequest {
  const { bind, advertised } = options.mediaAddress(invitation.flow);
  const codecs = options.codecs?.(invitation);
  const sipAddress = invitation.flow.remote.address;
  return {
    ...{ id, offer, sipAddress, bindAddress: bind, advertisedAddress: advertised },
    ...(codecs && { codecs }),
  };
}
