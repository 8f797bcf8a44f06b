// A program of its own: looks a database through.
//
//   node integrity-process.ts FILE quick|full  →  {} when it is whole, {"detail": "…"} when it is damaged,
//                                                 {"failed": …} when that cannot be told
import { errorCode, errorMessage } from "#common";
import { damageOf } from "./at-rest.ts";
import { DatabaseError } from "./database-errors.ts";
import type { IntegrityAnswer } from "./integrity.ts";

const [path = "", depth] = process.argv.slice(2);
process.stdout.write(JSON.stringify(lookThrough()));

function lookThrough(): IntegrityAnswer {
  try {
    const detail = damageOf(path, depth === "full" ? "full" : "quick");
    return detail === undefined ? {} : { detail };
  } catch (error) {
    const fault = error instanceof DatabaseError ? error.fault : undefined;
    return {
      failed: { code: errorCode(error) ?? "INTERNAL", message: errorMessage(error), ...(fault && { fault }) },
    };
  }
}
