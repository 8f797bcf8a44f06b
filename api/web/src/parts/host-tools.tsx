// What a host may do with the room.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../screen-props.ts";

export function HostTools({ visit, texts }: ScreenProps) {
  const [number, setNumber] = useState("");
  const roster = visit.roster.value;
  if (roster === undefined) return null;
  const { locked, recording } = roster;
  return (
    <div class="stack">
      <div class="row">
        <button type="button" onClick={() => void visit.change("PUT", "/room/lock", { on: !locked })}>
          {locked ? texts.unlock : texts.lock}
        </button>
        <button type="button" onClick={() => void visit.change("PUT", "/room/recording", { on: !recording })}>
          {recording ? texts.stopRecording : texts.record}
        </button>
        <button type="button" onClick={() => void visit.change("PUT", "/room/mute", { on: true })}>
          {texts.muteAll}
        </button>
        <button type="button" onClick={() => void visit.change("PUT", "/room/mute", { on: false })}>
          {texts.unmuteAll}
        </button>
      </div>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (number.trim() === "") return;
          void visit.change("POST", "/room/invite", { number: number.trim() });
          setNumber("");
        }}
      >
        <label class="grow">
          <span>{texts.inviteNumber}</span>
          <input
            type="tel"
            autocomplete="off"
            maxLength={64}
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
        </label>
        <button type="submit">{texts.call}</button>
      </form>
    </div>
  );
}
