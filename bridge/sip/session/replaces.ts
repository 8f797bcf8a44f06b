// Finds the call that an INVITE with Replaces replaces, or why it may not (RFC 3891 §3). Decides; changes nothing.
import type { Principal } from "../auth/principal.ts";
import { parseReplaces } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import type { CallAttempt } from "./call-attempt.ts";
import type { RequestRefusal } from "./checks.ts";
import { dialogKey } from "./dialog.ts";
import type { Session } from "./session.ts";
import type { UserAgent } from "./user-agent.ts";

export type Replacement =
  | { readonly kind: "none" }
  | { readonly kind: "session"; readonly session: Session }
  | { readonly kind: "attempt"; readonly attempt: CallAttempt }
  | { readonly kind: "refused"; readonly refusal: RequestRefusal };

/** The sender of the request: a trusted peer may take over any call, the holder of credentials only calls that they opened. */
export interface Claimant {
  readonly trusted: boolean;
  readonly principal: Principal | undefined;
}

export function replacementOf(
  ua: UserAgent,
  request: SipRequest,
  { trusted, principal }: Claimant,
): Replacement {
  const values = request.headers.all("Replaces");
  if (values.length === 0) return { kind: "none" };
  // Join asks for the opposite (RFC 3911 §4); alone it is an unsupported extension, and is ignored.
  if (values.length > 1 || request.headers.has("Join")) return refused(400, "One Replaces, and no Join");
  const { callId, toTag, fromTag, earlyOnly } = parseReplaces(values[0]!);
  const status =
    ua.dialogs.get(dialogKey(callId, toTag, fromTag))?.status ??
    // A peer of RFC 2543 has no tag, and is written as 0.
    (fromTag === "0" ? ua.dialogs.get(dialogKey(callId, toTag, ""))?.status : undefined);
  switch (status?.kind) {
    case "ended":
      return refused(603, "That call has ended");
    case "confirmed":
      if (earlyOnly) return refused(486, "That call has been answered");
      if (!trusted && !isHolder(principal, status.session.principal)) {
        return refused(403, "Not allowed to take over a call");
      }
      return { kind: "session", session: status.session };
    case "calling":
      if (!trusted) return refused(403, "Not allowed to take over a call");
      return { kind: "attempt", attempt: status.attempt };
    default:
      // Unknown, a subscription, or an early dialog that the peer has begun.
      return refused(481, "There is no such call");
  }
}

const isHolder = (principal: Principal | undefined, owner: Principal | undefined): boolean =>
  principal !== undefined && principal.id === owner?.id;

const refused = (status: number, text: string): Replacement => ({
  kind: "refused",
  refusal: { status, headers: [], text },
});
