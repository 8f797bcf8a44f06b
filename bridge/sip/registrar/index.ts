// The registrar for telephones: their bindings, and the way to reach them.
export type { Binding, BindingsRepository, StoredBinding } from "./binding.ts";
export type { RegistrarLimits } from "./bindings.ts";
export { Registrar, type RegistrarEvents, type RegistrarOptions } from "./registrar.ts";
