// Holds an answer against the description of its operation: the status, the type of the content, its shape and the
// headers that always come with it.
import { Compile, type Validator } from "typebox/compile";
import type { Document, Operation, Schema } from "./openapi-shapes.ts";

export interface GivenAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Others come with some codes only. What is no JSON has no ETag. */
const always = new Set(["X-Request-Id", "WWW-Authenticate", "ETag", "Location"]);

/** The returned function says what of an answer is not declared; `head`: of a request that asked for no body. */
export function declaredAnswers(document: Document) {
  const validators = new Map<Schema, Validator>();

  return function undeclared(
    operation: Operation,
    { statusCode, headers, body }: GivenAnswer,
    { head = false } = {},
  ): readonly unknown[] {
    const { responses } = operation;
    const response = responses[statusCode] ?? responses[`${Math.floor(statusCode / 100)}XX`];
    if (!response) return [`the status ${statusCode}`];
    const type = String(headers["content-type"] ?? "").split(";", 1)[0]!;
    const missing = Object.keys(response.headers ?? {})
      .filter((name) => always.has(name) && headers[name.toLowerCase()] === undefined)
      .filter((name) => name !== "ETag" || statusCode === 304 || type === "application/json")
      .map((name) => `${statusCode} without ${name}`);
    if (head && body !== "") return [...missing, "a body for HEAD"];
    const contents = Object.entries(response.content ?? {});
    if (contents.length === 0) return body === "" ? missing : [...missing, `a body with ${statusCode}`];
    const schema = response.content?.[type]?.schema;
    if (!schema) return [...missing, `${statusCode} as ${type}`];
    if (head || !type.endsWith("json")) return missing;
    return [...missing, ...validatorOf(schema).Errors(JSON.parse(body))];
  };

  function validatorOf(schema: Schema): Validator {
    const known = validators.get(schema);
    if (known) return known;
    const made = Compile(inlined(schema) as never) as Validator;
    validators.set(schema, made);
    return made;
  }

  /** With what it refers to in its place. */
  function inlined(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(inlined);
    if (typeof value !== "object" || value === null) return value;
    const { $ref, ...rest } = value as Record<string, unknown>;
    if (typeof $ref === "string") return inlined(at($ref));
    return Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, inlined(member)]));
  }

  function at(reference: string): unknown {
    const names = reference.slice(2).split("/");
    return names.reduce((here, name) => (here as Record<string, unknown>)[name], document as unknown);
  }
}
