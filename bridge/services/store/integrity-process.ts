// A program of its own: looks a database through.
//
//   node integrity-process.ts FILE quick|full  →  {} when it is whole, else {"detail": "…"}
import { errorMessage } from "#common";
import { damageOf } from "./at-rest.ts";

const [path = "", depth] = process.argv.slice(2);
const detail = lookThrough();
process.stdout.write(JSON.stringify({ detail }));

function lookThrough(): string | undefined {
  try {
    return damageOf(path, depth === "full" ? "full" : "quick");
  } catch (error) {
    return errorMessage(error);
  }
}
