// The error of the SIP grammar, which names the header and the fault, and a helper for values that are optional.

/** A header or a start line that does not follow the grammar. `header` names the culprit. */
export class SipSyntaxError extends Error {
  readonly header: string;

  constructor(header: string, detail: string) {
    super(`${header}: ${detail}`);
    this.name = "SipSyntaxError";
    this.header = header;
  }
}

/** The result of `parse`; undefined when the text does not follow the grammar. Every other error is rethrown. */
export function ifReadable<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SipSyntaxError) return undefined;
    throw error;
  }
}
