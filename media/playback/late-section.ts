// A part of a playlist whose file is being looked for: silence that lasts until it is known what is heard instead.
import type { Section } from "./playlist.ts";

const noSamples = new Int16Array(0);

export class LateSection implements Section {
  /** Resolves when it is known. */
  readonly found: Promise<void>;
  #section: Section | undefined;

  /** `finding` never rejects. */
  constructor(finding: Promise<Section>) {
    this.found = finding.then((section) => {
      this.#section = section;
    });
  }

  get pcm(): Int16Array {
    return this.#section ? this.#section.pcm : noSamples;
  }

  get ready(): number {
    return this.#section ? this.#section.ready : 0;
  }

  get length(): number {
    return this.#section ? this.#section.length : Number.POSITIVE_INFINITY;
  }
}
