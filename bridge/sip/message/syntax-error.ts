// The one error of the SIP grammar: which header it is in and what is wrong with it.

/** A header or a start line that does not follow the grammar. `header` names the culprit. */
export class SipSyntaxError extends Error {
  readonly header: string;

  constructor(header: string, detail: string) {
    super(`${header}: ${detail}`);
    this.name = "SipSyntaxError";
    this.header = header;
  }
}
