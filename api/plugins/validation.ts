// Checks requests against their TypeBox schemas and refuses them field by field, in the spelling of the wire.
// Bodies are taken as they are: nothing is coerced, removed or filled in. A query is text by nature, so its
// whole numbers and booleans are read as such where the schema wants them.
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { type FieldProblem, Refusal } from "./problem.ts";

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (input: unknown) => {
    const value = httpPart === "querystring" ? readQuery(schema, input) : input;
    if (validator.Check(value)) return { value };
    return { error: refuseFields(fieldProblems(validator.Errors(value))) };
  };
};

export function refuseFields(fields: readonly FieldProblem[]): Refusal {
  const detail = fields.map(({ field, message }) => `${field || "The body"} ${message}`).join("; ");
  return new Refusal("VALIDATION_FAILED", `${detail}.`, { fields });
}

function readQuery(schema: TSchema, input: unknown): unknown {
  const query: Record<string, unknown> = { ...(input as object) };
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {};
  for (const [name, property] of Object.entries(properties)) {
    const text = query[name];
    if (typeof text !== "string") continue;
    if (property.type === "integer" && /^-?\d{1,10}$/.test(text)) query[name] = Number(text);
    if (property.type === "boolean" && /^(?:true|false)$/.test(text)) query[name] = text === "true";
  }
  return query;
}

function fieldProblems(errors: readonly TLocalizedValidationError[]): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const problem of errors.flatMap(describe)) {
    if (!problems.has(problem.field)) problems.set(problem.field, problem);
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
    case "enum":
      return [{ field, message: `must be one of ${error.params.allowedValues.join(", ")}` }];
    default:
      return [{ field, message: error.message }];
  }
}

/** `/items/0/name` → `items[0].name`; names come from the client, so they are cut. */
function fieldName(pointer: string): string {
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (/^\d+$/.test(part) && index > 0 ? `[${part}]` : index > 0 ? `.${part}` : part))
    .join("")
    .slice(0, 100);
}
