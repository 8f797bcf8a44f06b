// `npm run bench:kills`: twenty kills right after answered changes; how many of these have no event, or are not in the
// database, and of how many rooms a follower of the events knows something wrong. Ends with code 1 when there is one.
//
//   npm run bench:kills -- --kills 20
import { parseArgs } from "node:util";
import { killAfterAnswers } from "../support/kill-after-answers.ts";

const { values } = parseArgs({ options: { kills: { type: "string", default: "20" } } });
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1 || kills > 1000) {
  console.error("bench: --kills takes a whole number from 1 to 1000");
  process.exit(2);
}

let [answered, lost] = [0, 0];
for (let kill = 0; kill < kills; kill += 1) {
  const outcome = await killAfterAnswers(Math.floor(Math.random() * 2 ** 31));
  answered += outcome.answered;
  lost += outcome.withoutEvent.length + outcome.notStored.length + outcome.wronglyTold.length;
  console.log(JSON.stringify(outcome));
}
console.log(`${kills} kills, ${answered} answered changes, ${lost} lost or wrongly told`);
process.exitCode = lost > 0 ? 1 : 0;
