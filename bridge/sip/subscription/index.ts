// What other folders may import of subscriptions (RFC 6665).
export { Notifier } from "./notifier.ts";
export type { EndReason, EventPackage, Source, Subscriber } from "./package.ts";
export { type Content, Subscription } from "./subscription.ts";
export { matchesEvent, minSeconds, SubscriptionDialog } from "./subscription-dialog.ts";
