// Reads an OpenAPI document far enough to compare two of them: operations with their parameters, bodies and
// successes, and every shape as a flat list of members with their limits.
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
    readonly example?: unknown;
  }[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: Readonly<Record<string, unknown>>;
        readonly content?: Readonly<Record<string, Media>>;
      }
    >
  >;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** `post /conference_rooms` → operation, without the prefix of all paths. */
export function operationsOf({ paths }: Document, prefix: string): Map<string, Operation> {
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return new Map(
    found
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path, method, operation }) => [`${method} ${path.slice(prefix.length)}`, operation]),
  );
}

export const bodyOf = (operation: Operation): Schema | undefined =>
  operation.requestBody?.content["application/json"]?.schema;

/** What the description shows as a body. */
export function bodyExamplesOf(operation: Operation): readonly unknown[] {
  const { example, examples = {} } = operation.requestBody?.content["application/json"] ?? {};
  return [example, ...Object.values(examples).map(({ value }) => value)].filter(
    (value) => value !== undefined,
  );
}

export const answerOf = (operation: Operation, status: string): Schema | undefined =>
  operation.responses[status]?.content?.["application/json"]?.schema;

export const successesOf = (operation: Operation): string[] =>
  Object.keys(operation.responses).filter((status) => status.startsWith("2"));

export type Limits = Readonly<Record<string, unknown>>;

const limitKeywords = [
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "pattern",
  "default",
];

/** Path of each member (`items[].subject`) → its type and limits. */
export function members(schema: Schema | undefined, path = ""): Map<string, Limits> {
  if (!schema) return new Map();
  const whole = merged(schema);
  const found = new Map<string, Limits>(path === "" ? [] : [[path, limitsOf(whole)]]);
  for (const [name, member] of Object.entries(whole.properties ?? {})) {
    for (const [inner, limits] of members(member, path === "" ? name : `${path}.${name}`)) {
      found.set(inner, limits);
    }
  }
  if (whole.items) for (const [inner, limits] of members(whole.items, `${path}[]`)) found.set(inner, limits);
  return found;
}

export const limitsOf = (schema: Schema): Limits => {
  const whole = merged(schema);
  const limits = Object.fromEntries(
    limitKeywords.filter((keyword) => keyword in whole).map((word) => [word, whole[word]]),
  );
  return { type: plainType(whole.type), ...limits };
};

/** `null` is how a member is cleared: it is not part of its type. */
const plainType = (type: Schema["type"]): unknown =>
  Array.isArray(type) ? type.find((name) => name !== "null") : type;

function merged({ allOf = [], ...rest }: Schema): Schema {
  return Object.assign({}, ...allOf.map(merged), rest);
}
