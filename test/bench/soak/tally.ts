// What the soak has done and what went wrong, since its start. Of what went wrong the first sentences are kept.

const maxNotes = 200;

export class Tally {
  calls = 0;
  callsFailed = 0;
  /** Ended by the bridge while nobody had asked for it. */
  callsDropped = 0;
  cancelled = 0;
  /** Calls that did not get past the question for the PIN: a load that is late itself types keys that cannot be read. */
  pinsRefused = 0;
  removed = 0;
  /** Phones that went away without a word. */
  vanished = 0;
  holds = 0;
  keys = 0;
  mutes = 0;
  layouts = 0;
  recordings = 0;
  reloads = 0;
  reloadsFailed = 0;
  requests = 0;
  requestsFailed = 0;
  readonly notes: string[] = [];

  note(what: string, error: unknown): void {
    const text = `${new Date().toISOString()} ${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (this.notes.length < maxNotes) {
      this.notes.push(text.slice(0, 500));
      console.error(text.slice(0, 500));
    }
  }
}
