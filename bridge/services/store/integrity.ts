// Whether a database is whole: SQLite looks through its pages, which takes as long as its disk takes to read it. A small file
// is looked through at once; a large one by another process, which is ended when its time is over, because nothing else can
// interrupt SQLite.
import { statSync } from "node:fs";
import { join } from "node:path";
import { askProgram, ParleyError } from "#common";
import { damageOf } from "./at-rest.ts";
import { DatabaseError, type DatabaseFault } from "./database-errors.ts";

export interface IntegrityQuestion {
  /** quick: pages and rows. full: also that indexes and rows agree. */
  readonly depth: "quick" | "full";
  /** Milliseconds. */
  readonly limitMs: number;
}

export type Integrity =
  | { readonly outcome: "whole" }
  /** `detail`: what SQLite says of the first fault. */
  | { readonly outcome: "damaged"; readonly detail: string }
  /** The time was over. */
  | { readonly outcome: "unfinished" };

/** What the process says. */
export interface IntegrityAnswer {
  /** What SQLite says of the first fault. */
  readonly detail?: string;
  /** It could not look. */
  readonly failed?: { readonly code: string; readonly message: string; readonly fault?: DatabaseFault };
}

const program = join(import.meta.dirname, "integrity-process.ts");
/** Looked through in some ten milliseconds from memory, and within a second from a slow disk. */
const smallBytes = 16 * 2 ** 20;

/** Of a file that is there. Throws a ParleyError when it cannot be opened or read. */
export async function checkIntegrity(path: string, question: IntegrityQuestion): Promise<Integrity> {
  const { depth } = question;
  if (depth === "quick" && statSync(path).size <= smallBytes) return integrityOf(damageOf(path, depth));
  return askProcess(path, question);
}

const integrityOf = (detail: string | undefined): Integrity =>
  detail === undefined ? { outcome: "whole" } : { outcome: "damaged", detail };

const failureOf = ({ code, message, fault }: NonNullable<IntegrityAnswer["failed"]>): ParleyError =>
  fault === undefined ? new ParleyError(code, message) : new DatabaseError(fault, message);

async function askProcess(path: string, { depth, limitMs }: IntegrityQuestion): Promise<Integrity> {
  let answer: IntegrityAnswer;
  try {
    answer = (await askProgram(program, [path, depth], limitMs)) as IntegrityAnswer;
  } catch (error) {
    if ((error as { readonly killed?: boolean }).killed) return { outcome: "unfinished" };
    throw error;
  }
  const { detail, failed } = answer;
  if (failed) throw failureOf(failed);
  return integrityOf(detail);
}
