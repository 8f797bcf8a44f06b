// What GET gives can be sent back: fields that cannot be changed are taken in the body of a change as long as they
// say what is so, and refused by name when they say something else. What moves by itself is taken as it is.
import { isDeepStrictEqual } from "node:util";
import { type TOptional, type TUnsafe, Type } from "typebox";
import { canonicalInstant } from "./instant.ts";
import { type FieldProblem, refuseFields } from "./plugins/index.ts";

type ReadOnlyFields<Name extends string> = { [Field in Name]: TOptional<TUnsafe<unknown>> };

/** For the schema of a change. */
export function readOnlyFields<Name extends string>(names: readonly Name[]): ReadOnlyFields<Name> {
  const field = Type.Optional(
    Type.Unsafe<unknown>({
      readOnly: true,
      description: "Cannot be changed. Taken as GET shows it, so that an object can be sent back.",
    }),
  );
  return Object.fromEntries(names.map((name) => [name, field])) as ReadOnlyFields<Name>;
}

/**
 * What is left of the body. `shown`: the object as GET gives it; throws when a field of it is to be another.
 * `path`: where the object stands in the body, with the point behind it.
 */
export function changesOf<Body extends object, Name extends string>(
  body: Body,
  names: readonly Name[],
  shown: Readonly<Partial<Record<Name, unknown>>>,
  path = "",
): Omit<Body, Name> {
  const given = body as Readonly<Record<string, unknown>>;
  const changed = names.filter((name) => Object.hasOwn(given, name) && !isSame(given[name], shown[name]));
  if (changed.length > 0) {
    throw refuseFields(
      changed.map(
        (name): FieldProblem => ({
          ...{ field: `${path}${name}`, message: "cannot be changed", code: "INVALID_FIELD" },
        }),
      ),
    );
  }
  return without(body, names);
}

/** What is left of the body when these fields mean nothing. */
export function without<Body extends object, Name extends string>(
  body: Body,
  names: readonly Name[],
): Omit<Body, Name> {
  const rest = Object.entries(body).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(rest) as Omit<Body, Name>;
}

/** Null and nothing are the same; an instant may have been written again. */
function isSame(given: unknown, shown: unknown): boolean {
  if (isDeepStrictEqual(given ?? null, shown ?? null)) return true;
  if (typeof given !== "string" || typeof shown !== "string") return false;
  const instant = canonicalInstant(given);
  return instant !== undefined && instant === canonicalInstant(shown);
}
