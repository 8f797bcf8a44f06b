// Being the registrar of telephones: their bindings, and how to reach them.
export type { Binding, BindingsRepository, StoredBinding } from "./binding.ts";
export type { RegistrarLimits } from "./bindings.ts";
export { Registrar, type RegistrarEvents, type RegistrarOptions } from "./registrar.ts";
