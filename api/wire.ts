// Between the two spellings: the wire says `extension_number`, the domain `extensionNumber`. One rule for every
// shape, checked by the types, so that no field is listed twice.
//
//   wire → domain   an absent field stays absent, null stays null (it clears)
//   domain → wire   a field without a value (null or undefined) is absent, or null where every field is to be
//                   present (`toWireWithNulls`), which the objects of the conference API promise
//
// Only keys are spelled again: texts, also those that hold JSON, pass untouched.

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

type Snake<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${Snake<Tail>}`
    : `_${Lowercase<Head>}${Snake<Tail>}`
  : Name;

type Scalar = string | number | boolean | null | undefined;

export type Domain<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? Domain<Item>[]
    : { [Key in keyof T as Camel<Key & string>]: Domain<T[Key]> };

type Present<T, Key extends keyof T> = null extends T[Key] ? never : Snake<Key & string>;
type Absentable<T, Key extends keyof T> = null extends T[Key] ? Snake<Key & string> : never;

export type Wire<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : { [Key in keyof T as Present<T, Key>]: Wire<T[Key]> } & {
        [Key in keyof T as Absentable<T, Key>]?: Wire<NonNullable<T[Key]>>;
      };

/** The same with null where there is no value. */
export type WireWithNulls<T> = T extends Scalar | null
  ? T
  : T extends readonly (infer Item)[]
    ? WireWithNulls<Item>[]
    : { [Key in keyof T as Snake<Key & string>]: WireWithNulls<T[Key]> };

const maxSpelled = 1000;
/** Names are few and every answer is full of them. */
const spelled = new Map<string, string>();

export function toSnake(name: string): string {
  const known = spelled.get(name);
  if (known !== undefined) return known;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (spelled.size < maxSpelled) spelled.set(name, snake);
  return snake;
}

const toCamel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A body that has passed its schema, in the domain's spelling. */
export const fromWire = <T>(value: T): Domain<T> =>
  respell(value, toCamel, (member) => member !== undefined) as Domain<T>;

/** Converts a result of the domain to the spelling of the wire. */
export const toWire = <T>(value: T): Wire<T> =>
  respell(value, toSnake, (member) => member !== undefined && member !== null) as Wire<T>;

/** The same with every field that the domain names, null where it has no value. */
export const toWireWithNulls = <T>(value: T): WireWithNulls<T> =>
  respell(value, toSnake, (member) => member !== undefined) as WireWithNulls<T>;

function respell(
  value: unknown,
  rename: (name: string) => string,
  keep: (member: unknown) => boolean,
): unknown {
  if (Array.isArray(value)) return value.map((item) => respell(item, rename, keep));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => keep(member));
  return Object.fromEntries(members.map(([name, member]) => [rename(name), respell(member, rename, keep)]));
}
