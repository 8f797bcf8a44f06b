// Requests that only scanners send: programs that look for SIP servers, extensions and weak passwords all over the
// internet. Recognised by the names they give themselves and by fixed traits of their requests. Pure. This does not keep
// an able attacker out; it rejects noise early and keeps it out of the log.
import type { SipRequest } from "../message/message.ts";

/** In User-Agent or in a display name; as a whole word, case-insensitive. */
const names =
  /\b(?:friendly-(?:scanner|request)|sipvicious|sundayddr|sip-?scan(?:ner)?|sippts|siparmyknife|sipcli|sipsak|sivus|pplsip|vaxs?ipuseragent|iwar|warvox|viproy|bluebox-ng|metasploit|masscan|zgrab|nmap|gulp|sipflood|inviteflood)\b/i;
/** Hosts that scanners name as their own or call, and where no phone is. */
const hosts = /@(?:1\.1\.1\.1|nm2?)(?:[:;>?]|$)/i;
/** SQL in place of a user name, or text that a shell or a logger would execute. */
const injected = /'\s*(?:or|and)\s|union\s+select|;\s*--|\$\{|<script/i;
const maxReadLength = 200;

/** The trait that identifies a scanner; undefined: none. */
export function scannerMark({
  from,
  to,
  headers,
  uri,
}: SipRequest): "name" | "host" | "injection" | undefined {
  const agent = headers.get("User-Agent")?.slice(0, maxReadLength) ?? "";
  if (names.test(agent) || names.test(from.displayName?.slice(0, maxReadLength) ?? "")) return "name";
  if (hosts.test(from.uri) || hosts.test(to.uri)) return "host";
  return injected.test(decoded(uri.slice(0, maxReadLength))) ? "injection" : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
