// The API client of the examples: address and key from the environment, and one function for requests.
//
//   PARLEY_URL  https://127.0.0.1:8887 unless set      PARLEY_KEY  a key with the scopes that the example names
//   NODE_EXTRA_CA_CERTS=data/tls/cert.pem  for the certificate that the bridge has made itself

export const url = process.env["PARLEY_URL"] ?? "https://127.0.0.1:8887";
const key = process.env["PARLEY_KEY"] ?? "";
export const headers = { "x-api-key": key };

export interface Participant {
  readonly id: string;
  readonly display_name: string;
  readonly muted: boolean;
}

export interface Room {
  readonly id: string;
  readonly extension_number: string;
  readonly subject: string;
}

/** Resolves with the body of the answer. Throws the bridge's error message when it refuses. */
export async function ask<Answer>(
  path: string,
  method: "GET" | "POST" | "PUT" | "DELETE" = "GET",
  given?: object,
): Promise<Answer> {
  const json = given && { "content-type": "application/json" };
  const body = given ? JSON.stringify(given) : null;
  const response = await fetch(url + path, { method, headers: { ...headers, ...json }, body });
  const answer = (await response.json().catch(() => ({}))) as Answer & { detail?: string; code?: string };
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.code} ${answer.detail}`);
  return answer;
}
