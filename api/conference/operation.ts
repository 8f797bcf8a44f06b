// The common parts of the operations of this family: their place in the description, their ids, their empty answers and
// how a refusal of the domain becomes one of HTTP.
import { Type } from "typebox";
import type { ParticipantId, Result, RoomId } from "#common";
import { type FieldProblem, HttpRefusal, type ProblemCode } from "../plugins/index.ts";
import { toSnake } from "../wire.ts";

export const describe = (operationId: string, summary: string) => ({
  tags: ["Conference"],
  operationId,
  summary,
});

/** Any text is a possible id; whether it is one is for the domain to say. */
export const roomParams = Type.Object({
  id: Type.Unsafe<RoomId>({ type: "string", description: "The id of the room." }),
});

export const participantParams = Type.Object({
  ...roomParams.properties,
  participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "The id of the participant." }),
});

export const okResponse = { 200: Type.Object({}, { description: "Done.", examples: [{}] }) };
export const noContentResponse = { 204: Type.Null({ description: "Done; there is nothing left to show." }) };

/** Something done to a room, with nothing to say but that it is done. */
export const action = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary),
  description,
  params: roomParams,
  response: okResponse,
});

/** An expected refusal of the domain. */
interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly field?: string;
}

/** The value of a success; throws the refusal otherwise. */
export function unwrap<Value>(result: Result<Value, Problem>): Value {
  if (result.ok) return result.value;
  const { code, field } = result.error;
  const message = inWireSpelling(result.error.message);
  throw new HttpRefusal(code, message, field ? { fields: [fieldProblem(toSnake(field), message)] } : {});
}

/** The domain names fields in its own spelling. */
const inWireSpelling = (message: string): string =>
  message.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (name) => toSnake(name));

/** Beside the name of the field, a message need not begin with it. */
const fieldProblem = (field: string, message: string): FieldProblem => ({
  field,
  message: message.startsWith(`${field} must `) ? message.slice(field.length + 1) : message,
});

export function roomNotFound(id: RoomId): HttpRefusal {
  return new HttpRefusal("ROOM_NOT_FOUND", `There is no room with the id ${id}.`);
}
