// Which screen is shown.
import type { ScreenProps } from "./screen-props.ts";
import { LobbyScreen } from "./screens/lobby.tsx";
import { MessageScreen } from "./screens/message.tsx";
import { RoomScreen } from "./screens/room.tsx";
import { SignInScreen } from "./screens/sign-in.tsx";
import type { MeetingSession } from "./session/meeting-session.ts";
import { canDialInstead, canTryAgain, type Problem } from "./session/problem.ts";
import { beginning, fill, type Texts } from "./texts/index.ts";

export function App({ meeting, texts }: ScreenProps) {
  const stage = meeting.stage.value;
  const again = () => void meeting.open();
  switch (stage.name) {
    case "loading":
      return <MessageScreen title={texts.loading} />;
    case "signIn":
      return <SignInScreen meeting={meeting} texts={texts} />;
    case "lobby":
    case "connecting":
      return <LobbyScreen meeting={meeting} texts={texts} joining={stage.name === "connecting"} />;
    case "room":
    case "reconnecting":
      return <RoomScreen meeting={meeting} texts={texts} lost={stage.name === "reconnecting"} />;
    case "over":
      return <MessageScreen title={texts.over[stage.end]} action={texts.rejoin} onAction={again} />;
    case "problem": {
      const [title, advice] = texts.problems[stage.problem];
      const note = noteOn(stage.problem, meeting, texts);
      return canTryAgain(stage.problem) ? (
        <MessageScreen title={title} advice={advice} note={note} action={texts.tryAgain} onAction={again} />
      ) : (
        <MessageScreen title={title} advice={advice} note={note} />
      );
    }
  }
}

function noteOn(problem: Problem, meeting: MeetingSession, texts: Texts): string | undefined {
  const room = meeting.session.value?.room;
  if (room === undefined) return undefined;
  if (problem === "notBegun" && room.begins_at !== null) return beginning(room.begins_at, texts);
  return canDialInstead(problem) ? fill(texts.phoneNumber, { number: room.extension_number }) : undefined;
}
