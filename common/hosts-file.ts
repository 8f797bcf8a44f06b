// Names in /etc/hosts, which come before the DNS (hosts(5)): they are known also where no name server answers.
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";

/** Addresses of the family that the file has for the name; none also where the file cannot be read. */
export async function hostsFileAddresses(
  name: string,
  family: 4 | 6,
  path = "/etc/hosts",
): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  const wanted = name.toLowerCase();
  const addresses = new Set<string>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === family && names.some((one) => one.toLowerCase() === wanted)) addresses.add(address);
  }
  return [...addresses];
}
