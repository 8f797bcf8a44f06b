// Being registered elsewhere, and watching whether elsewhere is still there.

export { OptionsPing, type OptionsPingOptions } from "./options-ping.ts";
export { Registration, type RegistrationOptions, type RegistrationStatus } from "./registration.ts";
