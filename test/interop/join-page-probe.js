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
    /**
     * What was heard in the next so many milliseconds: the share of it that was made up for lost packets, and the longest
     * stretch of nothing else, in steps of a tenth of a second.
     */
    async concealment(milliseconds) {
      const read = async () => {
        const report = await connections.at(-1).getStats();
        for (const entry of report.values()) if (entry.type === "inbound-rtp") return entry;
      };
      const first = await read();
      let before = first;
      let [stretch, longest] = [0, 0];
      for (let passed = 0; passed < milliseconds; passed += 100) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = await read();
        const samples = now.totalSamplesReceived - before.totalSamplesReceived;
        const concealed = now.concealedSamples - before.concealedSamples;
        stretch = samples > 0 && concealed >= samples ? stretch + samples / 48 : 0;
        longest = Math.max(longest, stretch);
        before = now;
      }
      const heard = before.totalSamplesReceived - first.totalSamplesReceived;
      return {
        share: (before.concealedSamples - first.concealedSamples) / heard,
        maxMs: longest,
        lost: before.packetsLost - first.packetsLost,
      };
    },
    /** Of the pair of candidates that is used: how our side of it is reached. */
    async path() {
      const report = await connections.at(-1).getStats();
      for (const { type, selectedCandidatePairId: pair } of report.values()) {
        if (type !== "transport" || !pair) continue;
        const { candidateType, relayProtocol } = report.get(report.get(pair).localCandidateId);
        return relayProtocol ? `${candidateType} ${relayProtocol}` : candidateType;
      }
    },
    /** What these servers give to who asks them for a relayed address: candidates, and codes of refusals. */
    async relays(iceServers) {
      const connection = new Connection({ iceServers, iceTransportPolicy: "relay" });
      const found = { candidates: 0, refusals: [] };
      connection.onicecandidateerror = ({ errorCode }) => found.refusals.push(errorCode);
      const gathered = new Promise((resolve) => {
        connection.onicecandidate = ({ candidate }) => {
          if (candidate === null) resolve();
          else if (candidate.candidate !== "") found.candidates += 1;
        };
      });
      connection.createDataChannel("any");
      await connection.setLocalDescription();
      await gathered;
      connection.close();
      return found;
    },
    /** As when the network takes the WebSocket away. */
    cutSignalling: () => sockets.at(-1).close(),
    /** As when the network takes the media away: until the page makes another connection, nothing comes through. */
    cutMedia() {
      const connection = connections.at(-1);
      Object.defineProperty(connection, "connectionState", { get: () => "disconnected" });
      connection.dispatchEvent(new Event("connectionstatechange"));
    },
    /** By which ICE knows this side, as agreed last: another one after a restart (RFC 8839 §5.4). */
    ufrag: () => /a=ice-ufrag:(\S+)/.exec(connections.at(-1).currentLocalDescription?.sdp ?? "")?.[1],
    /** From now on the browser opens a microphone, and gives it to the page only when `giveMicrophone` is called. */
    keepMicrophone() {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (asked) => {
        const stream = await open(asked);
        const { promise, resolve } = Promise.withResolvers();
        globalThis.probe.giveMicrophone = resolve;
        globalThis.probe.isMicrophoneOpen = () =>
          stream.getTracks().some((track) => track.readyState === "live");
        await promise;
        return stream;
      };
    },
    /** How many WebSockets there were before the one that is open now; undefined while none is. */
    signallingsBefore: () => (sockets.at(-1)?.readyState === WebSocket.OPEN ? sockets.length - 1 : undefined),
    /** The colours of the room's picture at these places, parts of its width and height: red, green and blue, 0 to 255. */
    colours(places) {
      const picture = document.querySelector("video.picture");
      if (!picture?.videoWidth) return [];
      const canvas = document.createElement("canvas");
      canvas.width = picture.videoWidth;
      canvas.height = picture.videoHeight;
      const context = canvas.getContext("2d");
      context.drawImage(picture, 0, 0);
      return places.map(([across, down]) => [
        ...context.getImageData(across * canvas.width, down * canvas.height, 1, 1).data.slice(0, 3),
      ]);
    },
    /** The browser knows no other codec of pictures; to be said before the page's own code runs. */
    takeCodec(codec) {
      const { prototype } = RTCRtpTransceiver;
      const prefer = prototype.setCodecPreferences;
      prototype.setCodecPreferences = function (codecs) {
        return prefer.call(
          this,
          codecs.filter(({ mimeType }) => mimeType === codec || mimeType === "video/rtx"),
        );
      };
    },
    /** Codecs of the pictures that are received and sent. */
    async videoCodecs() {
      const report = await connections.at(-1).getStats();
      const used = (type) =>
        [...report.values()]
          .filter((entry) => entry.type === type && entry.kind === "video" && entry.codecId)
          .map(({ codecId }) => report.get(codecId).mimeType)[0];
      return [used("inbound-rtp"), used("outbound-rtp")];
    },
    /** From now on this is what the browser gives of a screen: one colour. `endShare`: the browser's own button. */
    shareColour(colour) {
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement("canvas");
        canvas.width = 640;
        canvas.height = 360;
        const context = canvas.getContext("2d");
        const timer = setInterval(() => {
          context.fillStyle = colour;
          context.fillRect(0, 0, canvas.width, canvas.height);
        }, 100);
        const stream = canvas.captureStream(10);
        globalThis.probe.endShare = () => {
          clearInterval(timer);
          for (const track of stream.getTracks()) track.dispatchEvent(new Event("ended"));
        };
        return stream;
      };
    },
    /** Direction of each line of the call as agreed, and the states of what is sent by it. */
    lines: () =>
      connections
        .at(-1)
        .getTransceivers()
        .map(({ receiver, currentDirection, sender }) => [
          receiver.track.kind,
          currentDirection,
          sender.track?.readyState ?? "none",
        ]),
    /** What axe, which must be there, finds fault with. */
    async faults() {
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    },
  };
})();
