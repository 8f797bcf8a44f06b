// Checks requests against their TypeBox schemas and refuses them field by field, in the spelling of the wire and in
// words. Bodies are taken as they are: nothing is coerced, removed or filled in. A query is text by nature, so its
// whole numbers and booleans are read as such where the schema wants them.
//
// Two kinds of mistakes, each with a code of its own: a field of the body has a value that is not possible there
// (INVALID_FIELD, as the domain says it too), or the request does not have the shape of one (VALIDATION_FAILED): a
// field is missing or not known, or a parameter is wrong.
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { instantExpected } from "../instant.ts";
import { sentenceOf } from "../texts.ts";
import { type FieldProblem, HttpRefusal } from "./problem.ts";

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // Made with the first request: a start makes none of the hundreds that there are.
  let validator: Validator | undefined;
  return (input: unknown) => {
    validator ??= Compile(schema);
    const value = httpPart === "querystring" ? readQuery(schema, input) : input;
    const twice = httpPart === "querystring" ? refusalOfTwice(value as object) : undefined;
    if (twice) return { error: twice };
    if (validator.Check(value)) return { value };
    const fields = fieldProblems(validator.Errors(value), httpPart === "body");
    return { error: refuseFields(fields) };
  };
};

/** A request in which nothing but values is wrong is INVALID_FIELD. */
export function refuseFields(fields: readonly FieldProblem[]): HttpRefusal {
  const detail = fields.map(({ field, message }) => `${field || "The body"} ${message}`).join("; ");
  const values = fields.length > 0 && fields.every(({ code }) => code === "INVALID_FIELD");
  return new HttpRefusal(values ? "INVALID_FIELD" : "VALIDATION_FAILED", `${detail}.`, { fields });
}

/** Parameters that come more than once have become lists. */
export function refusalOfTwice(parameters: object): HttpRefusal | undefined {
  const twice = Object.entries(parameters).filter(([, value]) => Array.isArray(value));
  if (twice.length === 0) return undefined;
  return refusalOfRepeated(twice.map(([name]) => name.slice(0, 100) || '""'));
}

/** Of fields or parameters. */
export const refusalOfRepeated = (fields: readonly string[]): HttpRefusal =>
  refuseFields(fields.map((field) => ({ field, message: "must not come more than once" })));

function readQuery(schema: TSchema, input: unknown): unknown {
  const query: Record<string, unknown> = { ...(input as object) };
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {};
  for (const [name, property] of Object.entries(properties)) {
    const text = query[name];
    if (typeof text !== "string") continue;
    if (property.type === "integer" && /^-?\d{1,16}$/.test(text)) query[name] = Number(text);
    if (property.type === "boolean" && /^(?:true|false)$/.test(text)) query[name] = text === "true";
  }
  return query;
}

/** One for each field: the first, but the words of a pattern say more than those of a length. */
function fieldProblems(errors: readonly TLocalizedValidationError[], ofBody: boolean): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const error of errors) {
    for (const { code, ...problem } of describe(error)) {
      const isValue = ofBody && code !== undefined && problem.field !== "";
      if (problems.has(problem.field) && error.keyword !== "pattern") continue;
      problems.set(problem.field, isValue ? { ...problem, code } : problem);
    }
  }
  return [...problems.values()];
}

/** TypeBox reports an unknown field twice: by its path (`boolean`) and in a list at its parent. */
function describe(error: TLocalizedValidationError): FieldProblem[] {
  const field = fieldName(error.instancePath);
  switch (error.keyword) {
    case "additionalProperties":
      return [];
    case "boolean":
      return [{ field, message: "is not a known field" }];
    case "required":
      return error.params.requiredProperties.map((name) => ({
        field: fieldName(`${error.instancePath}/${name}`),
        message: "is required",
      }));
    default:
      return [{ field, message: sentence(error), code: "INVALID_FIELD" }];
  }
}

/** What is expected of a value, to be read behind the name of its field. */
function sentence(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "type":
      return `must be ${[error.params.type].flat().map(typeInWords).join(" or ")}`;
    case "enum":
      return `must be one of ${error.params.allowedValues.join(", ")}`;
    case "const":
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    case "minimum":
      return `must be at least ${error.params.limit}`;
    case "maximum":
      return `must be at most ${error.params.limit}`;
    case "minLength":
      return `must have at least ${counted(error.params.limit, "character")}`;
    case "maxLength":
      return `must have at most ${counted(error.params.limit, "character")}`;
    case "minProperties":
      return `must have at least ${counted(error.params.limit, "field")}`;
    case "minItems":
      return `must have at least ${counted(error.params.limit, "item")}`;
    case "maxItems":
      return `must have at most ${counted(error.params.limit, "item")}`;
    case "format":
      return error.params.format === "date-time" ? instantExpected : `must be a ${error.params.format}`;
    case "pattern":
      return sentenceOf(String(error.params.pattern)) ?? "has characters that are not possible here";
    case "~refine":
      return error.message;
    default:
      return "has a value that is not possible here";
  }
}

const typeInWords = (type: string): string => typeWords[type] ?? type;

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `/items/0/name` → `items[0].name`; names come from the client, so they are cut. */
function fieldName(pointer: string): string {
  if (pointer === "/") return '""';
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (/^\d+$/.test(part) && index > 0 ? `[${part}]` : index > 0 ? `.${part}` : part))
    .join("")
    .slice(0, 100);
}
