// Public interface of the call log.
export { type CallLog, type CallLogCounters, type CallLogOptions, openCallLog } from "./call-log.ts";
export {
  type CallRecordField,
  callRecordFields,
  callSearchFields,
  type LiveCallField,
  liveCallFields,
} from "./fields.ts";
export * from "./types.ts";
