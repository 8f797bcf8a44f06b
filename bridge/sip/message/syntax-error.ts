// The one error of the SIP grammar: which header it is in and what is wrong with it, and reading what may do without.

/** A header or a start line that does not follow the grammar. `header` names the culprit. */
export class SipSyntaxError extends Error {
  readonly header: string;

  constructor(header: string, detail: string) {
    super(`${header}: ${detail}`);
    this.name = "SipSyntaxError";
    this.header = header;
  }
}

/** What `parse` reads; undefined where the text does not follow the grammar. Every other error is thrown on. */
export function ifReadable<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SipSyntaxError) return undefined;
    throw error;
  }
}
