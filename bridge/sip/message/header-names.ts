// What is known about headers by name: canonical spelling, compact form (RFC 3261 §7.3.3 and the IANA
// registry) and whether the value is a comma-separated list. Unknown headers keep their spelling and are never
// split.

export interface HeaderName {
  /** `Call-ID` */
  readonly canonical: string;
  /** `call-id` */
  readonly key: string;
  /** One header line may hold several values between commas. */
  readonly list: boolean;
  /** The list consists of short words and is written on one line again. */
  readonly joined: boolean;
  /** One bit for each header that may occur only once and is too important to guess; else 0. */
  readonly single: number;
  readonly known: boolean;
}

/** Lists whose elements are written on one line each: their order matters, or their elements are long. */
const lists =
  "Via Route Record-Route Contact Path Service-Route P-Asserted-Identity P-Preferred-Identity P-Associated-URI " +
  "Diversion History-Info Call-Info Alert-Info Error-Info Warning Reason Accept-Contact Reject-Contact Geolocation " +
  "Security-Client Security-Server Security-Verify";

const joinedLists =
  "Allow Supported Require Proxy-Require Unsupported Allow-Events Accept Accept-Encoding Accept-Language " +
  "Content-Encoding Content-Language In-Reply-To Request-Disposition Recv-Info P-Early-Media";

/** Never split: single values, and those in which a comma means something else. */
const singles =
  "From To Call-ID CSeq Max-Forwards Content-Type Content-Length Content-Disposition Content-ID Date Subject " +
  "User-Agent Server Organization Priority Expires Min-Expires Timestamp Retry-After MIME-Version Authorization " +
  "WWW-Authenticate Proxy-Authorization Proxy-Authenticate Authentication-Info Proxy-Authentication-Info Reply-To " +
  "Refer-To Referred-By Replaces Join Target-Dialog Event Subscription-State Session-Expires Min-SE RSeq RAck " +
  "Privacy Info-Package SIP-ETag SIP-If-Match Remote-Party-ID Session-ID P-Access-Network-Info P-Charging-Vector " +
  "Identity Identity-Info Flow-Timer Max-Breadth Answer-Mode Geolocation-Routing User-to-User X-Call-ID";

const compactForms: Readonly<Record<string, string>> = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  n: "Identity-Info",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
  y: "Identity",
};

const strictlySingle = ["from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"];

const known = new Map<string, HeaderName>();

function learn(names: string, list: boolean, joined: boolean): void {
  for (const canonical of names.split(" ")) {
    const key = canonical.toLowerCase();
    const single = 1 << (strictlySingle.indexOf(key) + 1);
    const name = { canonical, key, list, joined, single: single === 1 ? 0 : single, known: true };
    // The usual spellings are found without changing case.
    for (const spelling of [canonical, key, canonical.toUpperCase()]) known.set(spelling, name);
  }
}

learn(lists, true, false);
learn(joinedLists, true, true);
learn(singles, false, false);
for (const [short, long] of Object.entries(compactForms)) {
  const name = known.get(long)!;
  known.set(short, name);
  known.set(short.toUpperCase(), name);
}

/** What `name`, compact or long, in any case, stands for. */
export function headerName(name: string): HeaderName {
  const found = known.get(name);
  if (found) return found;
  const key = name.toLowerCase();
  return known.get(key) ?? { canonical: name, key, list: false, joined: false, single: 0, known: false };
}
