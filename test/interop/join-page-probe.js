// Runs in the join page before its own code: remembers the connections that it makes, so that a test can measure what it
// hears and cut what it speaks through.
globalThis.probe = (() => {
  const connections = [];
  const sockets = [];
  const Connection = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      connections.push(this);
    }
  };
  const Socket = WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...settings) {
      super(...settings);
      sockets.push(this);
    }
  };

  return {
    /** The levels of these tones in what the page hears now, dB. */
    async levels(tones) {
      const track = connections
        .at(-1)
        ?.getReceivers()
        .find((receiver) => receiver.track.kind === "audio")?.track;
      if (!track) return [];
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      await new Promise((resolve) => setTimeout(resolve, 400));
      const spectrum = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(spectrum);
      const levels = tones.map(
        (tone) => spectrum[Math.round((tone * analyser.fftSize) / context.sampleRate)],
      );
      await context.close();
      return levels;
    },
    /** As when the network takes the WebSocket away. */
    cutSignalling: () => sockets.at(-1).close(),
    /** What axe, which must be there, finds fault with. */
    async faults() {
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    },
  };
})();
