// Registers the bridge at other servers, and watches whether these servers respond.

export { OptionsPing, type OptionsPingOptions } from "./options-ping.ts";
export { Registration, type RegistrationOptions, type RegistrationStatus } from "./registration.ts";
