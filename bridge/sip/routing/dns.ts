// DNS queries as routing needs them, and their implementation with the system's resolver. No records are an
// empty list; a server that does not answer is an error.
import { createResolver, emptyWithoutServer, findHostAddresses, type HostAddress } from "#common";

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  /** The domain name of the SRV records. */
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Empty or `.`: the domain states that it does not offer the service. */
  readonly name: string;
}

export interface Dns {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  addresses(name: string, family: 4 | 6): Promise<readonly HostAddress[]>;
}

const serverMs = 1500;

export const systemDns: Dns = {
  naptr: (name) => emptyWithoutServer(createResolver(serverMs).resolveNaptr(name)),
  srv: (name) => emptyWithoutServer(createResolver(serverMs).resolveSrv(name)),
  addresses: (name, family) => findHostAddresses({ name, family, serverMs }),
};
