// Requests that only scanners send: programs that look for SIP servers, extensions and weak passwords all over the
// internet. By the names they give themselves and by what they never change about their requests. Pure. None of it keeps
// an able attacker out; it keeps noise out of the log, and out early.
import type { SipRequest } from "../message/message.ts";

/** In User-Agent or in a display name; as a whole word, in whatever case. */
const names =
  /\b(?:friendly-(?:scanner|request)|sipvicious|sundayddr|sip-?scan(?:ner)?|sippts|siparmyknife|sipcli|sipsak|sivus|pplsip|vaxs?ipuseragent|iwar|warvox|viproy|bluebox-ng|metasploit|masscan|zgrab|nmap|gulp|sipflood|inviteflood)\b/i;
/** Hosts that scanners name as their own or call, and at which no phone is. */
const hosts = /@(?:1\.1\.1\.1|nm2?)(?:[:;>?]|$)/i;
/** SQL put where a user's name belongs, and what a shell or a log would carry out. */
const injected = /'\s*(?:or|and)\s|union\s+select|;\s*--|\$\{|<script/i;
const maxReadLength = 200;

/** What gives it away; undefined: nothing does. */
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
