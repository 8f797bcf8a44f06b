// Failures of the environment carry a stable code (UPPER_SNAKE). The edges map codes to a SIP or an HTTP
// status, one table each; expected outcomes are values and never come this way.

export class ParleyError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ParleyError";
    this.code = code;
  }
}

/** A fault that the operator must correct before the process can run; it exits with code 2 and prints this sentence. */
export class StartError extends ParleyError {
  constructor(message: string, options?: ErrorOptions) {
    super("CANNOT_START", message, options);
    this.name = "StartError";
  }
}

/** The `code` of a Node system error (`EADDRINUSE` …) or of a ParleyError, if `error` has one. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** For the `default` of a switch over a closed union: a new member fails to compile here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
