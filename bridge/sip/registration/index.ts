// Being registered elsewhere, and watching whether elsewhere is still there.

export { Watch, type WatchOptions } from "./options-ping.ts";
export { Registration, type RegistrationOptions, type RegistrationStatus } from "./registration.ts";
