// Why the database cannot be used, in one sentence that names the file. What passes by itself ends a start with exit code
// 1, so that the service tries again; everything else is the operator's to change.
import { errorCode, errorMessage, ParleyError, StartError } from "#common";

export type DatabaseFault = "damaged" | "newer" | "forbidden" | "read-only" | "full" | "failing" | "other";

/** The database cannot be used until the operator changes something. */
export class DatabaseError extends StartError {
  readonly fault: DatabaseFault;

  constructor(fault: DatabaseFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** A row was to refer to one that is not there, or not any more. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  errorCode(error) === "SQLITE_CONSTRAINT_FOREIGNKEY";

/** A row was to be there twice. */
export const isUniqueViolation = (error: unknown): boolean =>
  /^SQLITE_CONSTRAINT_(?:UNIQUE|PRIMARYKEY)$/.test(errorCode(error) ?? "");

/** False where a row that `work` refers to is gone; rejects as it does otherwise. */
export async function falseIfReferenceGone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isForeignKeyViolation(error)) return false;
    throw error;
  }
}

/** By the beginning of SQLite's or the system's code; the sentence goes on behind the name of the file. */
const faults: readonly (readonly [code: string, fault: DatabaseFault, sentence: string])[] = [
  ["SQLITE_READONLY", "read-only", "this user may not write it, or its disk is mounted read-only"],
  ["EROFS", "read-only", "its disk is mounted read-only"],
  ["SQLITE_CANTOPEN", "forbidden", "this user may not open it"],
  ["EACCES", "forbidden", "this user may not open it"],
  ["EPERM", "forbidden", "it belongs to another user"],
  ["SQLITE_FULL", "full", "the disk is full"],
  ["ENOSPC", "full", "the disk is full"],
  ["SQLITE_IOERR", "failing", "its disk cannot be read or written"],
  ["EIO", "failing", "its disk cannot be read or written"],
];

/** `doing` is what was tried: "open", "use". An error that says all already is handed back. */
export function databaseError(path: string, error: unknown, doing: "open" | "use" = "use"): ParleyError {
  if (error instanceof ParleyError) return error;
  const code = errorCode(error) ?? "";
  const what = `cannot ${doing} the database ${path}: `;
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    const sentence = `${what}another program holds it; end that program (fuser ${path} names it)`;
    return new ParleyError("DATABASE_LOCKED", sentence, { cause: error });
  }
  if (code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB")) {
    return new DatabaseError("damaged", `${what}it is damaged: ${errorMessage(error)}`, { cause: error });
  }
  const [, fault, sentence] = faults.find(([name]) => code.startsWith(name)) ?? [];
  return new DatabaseError(fault ?? "other", what + (sentence ?? errorMessage(error)), { cause: error });
}

export const newerSchemaError = (path: string, schema: number, known: number): DatabaseError =>
  new DatabaseError(
    "newer",
    `cannot use the database ${path}: a newer version of Parley wrote it (schema ${schema}, this version knows ${known})`,
  );

/** `detail`: what SQLite says of the first fault. */
export const damagedError = (path: string, detail: string): DatabaseError =>
  new DatabaseError("damaged", `cannot use the database ${path}: it is damaged: ${detail}`);
