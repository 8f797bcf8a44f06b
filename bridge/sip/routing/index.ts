// What other folders may import of routing.
export type { Dns, NaptrRecord, SrvRecord } from "./dns.ts";
export { systemDns } from "./dns.ts";
export { protocolOf } from "./resolver.ts";
export {
  type Attempt,
  createRouter,
  type Failure,
  failureOf,
  type Router,
  type RouterOptions,
} from "./router.ts";
