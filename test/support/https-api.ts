// The REST API over HTTPS with the certificate that a bridge has made for itself.
import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ParleyApi } from "./parley-api.ts";
import { eventually } from "./phone/index.ts";

export interface HttpsApiOptions {
  readonly port: number;
  readonly key: string;
  /** Made by the bridge at its first start; trusted by this process from then on. */
  readonly certificateFile: string;
  readonly limitMs: number;
}

/** Waits until the bridge is up. */
export async function openHttpsApi({
  port,
  key,
  certificateFile,
  limitMs,
}: HttpsApiOptions): Promise<ParleyApi> {
  const url = `https://127.0.0.1:${port}`;
  await eventually(
    async () => {
      try {
        setDefaultCACertificates([...getCACertificates("bundled"), readFileSync(certificateFile, "utf8")]);
        const answer = await fetch(`${url}/healthz`);
        await answer.arrayBuffer();
        return answer.status === 200 ? true : undefined;
      } catch {
        return undefined;
      }
    },
    () => `bridge at ${url}`,
    { limitMs, everyMs: 200 },
  );
  return new ParleyApi(url, key);
}
