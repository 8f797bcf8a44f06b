// What other folders may import of the transaction layer.
export type { TransactionCounters } from "./counters.ts";
export {
  createTransactionLayer,
  type SipTransactionLayer,
  type TransactionLayerOptions,
  type TransactionSnapshot,
} from "./layer.ts";
export { isOfRfc2543 } from "./matching.ts";
export { T1, T2, T4 } from "./timers.ts";
export type {
  ClientTransaction,
  ClientTransactionEvents,
  ServerTransaction,
  ServerTransactionEvents,
  TransactionLayer,
  TransactionUser,
} from "./transaction.ts";
