// A phone for the command line: `npm run phone -- --help` says what it does. It is the phone of the tests with a
// command line, and shares no code with the product.
import { PhoneUsageError, phoneHelp, readSettings } from "./options.ts";
import { exitCodes, type PhoneOutput, runPhone } from "./session.ts";

const output: PhoneOutput = {
  print: (line) => void process.stdout.write(`${line}\n`),
  trace: (text) => void process.stderr.write(text),
};

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(phoneHelp);
    return exitCodes.ended;
  }
  const interrupt = new AbortController();
  process.on("SIGINT", () => interrupt.abort());
  process.on("SIGTERM", () => interrupt.abort());
  try {
    return await runPhone(readSettings(argv, process.env), output, interrupt.signal);
  } catch (error) {
    if (!(error instanceof PhoneUsageError)) throw error;
    process.stderr.write(`phone: ${error.message}\n--help says what there is\n`);
    return exitCodes.wrongInput;
  }
}

// Exits without waiting for answers of a far end that is gone.
process.exit(await main(process.argv.slice(2)));
