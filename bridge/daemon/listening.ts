// Beginning to listen. What the operator must change to make it possible is said in one sentence.
import { errorCode, errorMessage, StartError } from "#common";

const problems: Record<string, string> = {
  EADDRINUSE: "is in use by another program",
  EADDRNOTAVAIL: "is not an address of this machine",
  EACCES: "is not allowed for this user",
};

export async function listening(key: string, what: string, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const problem = problems[errorCode(error) ?? ""] ?? `cannot be used: ${errorMessage(error)}`;
    // Of several addresses the system's own words say which one it is.
    const which = what.includes(",") ? ` (${errorMessage(error)})` : "";
    throw new StartError(`${key}: ${what} ${problem}${which}`, { cause: error });
  }
}
