// Binds the pair of sockets, with SRTP, of a media line of video that is not bundled with its leg's audio.
import type { Clock } from "#common";
import type { PortPool, SocketFactory } from "../rtp/index.ts";
import { RtcpIndices, type SrtpCrypto, SrtpSession, secureSockets } from "../srtp/index.ts";
import type { BindVideoSockets } from "../video/stream/index.ts";
import { bindPair } from "./ports.ts";

export interface VideoSocketsOptions {
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly openSocket: SocketFactory;
  readonly bindAddress: string;
  readonly srtpCrypto: SrtpCrypto;
}

export function videoSocketsOf(options: VideoSocketsOptions): BindVideoSockets {
  const { clock, ports, openSocket, bindAddress, srtpCrypto } = options;
  return async ({ onRtp, onRtcp }, wanted) => {
    const indices = new RtcpIndices();
    const sessions = [new SrtpSession(srtpCrypto, indices), new SrtpSession(srtpCrypto, indices)] as const;
    const pair = await bindPair({
      openRtp: secureSockets(openSocket, sessions[0], clock),
      openRtcp: secureSockets(openSocket, sessions[1], clock),
      ...{ ports, bindAddress, wanted, onRtp, onRtcp },
    });
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await Promise.all([pair.rtp.close(), pair.rtcp.close()]);
      for (const session of sessions) session.close();
      ports.release(pair.port);
    };
    return {
      ...pair,
      secure: (keys, progress) => {
        sessions.forEach((session, index) => {
          session.use(keys, clock.monotonic());
          const before = progress?.[index];
          if (before) session.resume(before, clock.monotonic());
        });
      },
      get progress() {
        return [sessions[0].progress, sessions[1].progress] as const;
      },
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  };
}
