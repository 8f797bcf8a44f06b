// Being registered elsewhere, and watching whether elsewhere is still there.
export { Registration, type RegistrationOptions, type RegistrationStatus } from "./registration.ts";
export { Watch, type WatchOptions } from "./watch.ts";
