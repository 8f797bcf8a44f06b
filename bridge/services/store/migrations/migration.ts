// One step of the schema.
import type { Database } from "../schema.ts";

export interface Migration {
  /** Rising; a number is never used twice. */
  readonly id: number;
  readonly name: string;
  /** Runs inside a transaction. */
  up(database: Database): Promise<void>;
}
