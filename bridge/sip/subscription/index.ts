// The public door of subscriptions (RFC 6665).
export { Notifier } from "./notifier.ts";
export type { EventPackage, Source, Subscriber } from "./package.ts";
export { type Content, type EndReason, Subscription } from "./subscription.ts";
export { minSeconds, SubscriptionDialog, speaksOf } from "./subscription-dialog.ts";
