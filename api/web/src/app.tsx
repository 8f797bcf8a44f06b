// Which screen is shown.
import type { ScreenProps } from "./screen-props.ts";
import { LobbyScreen } from "./screens/lobby.tsx";
import { MessageScreen } from "./screens/message.tsx";
import { RoomScreen } from "./screens/room.tsx";
import { SignInScreen } from "./screens/sign-in.tsx";
import { canDialInstead, canTryAgain, type Problem } from "./session/problem.ts";
import type { Visit } from "./session/visit.ts";
import { beginning, fill, type Texts } from "./texts/index.ts";

export function App({ visit, texts }: ScreenProps) {
  const stage = visit.stage.value;
  const again = () => void visit.open();
  switch (stage.name) {
    case "loading":
      return <MessageScreen title={texts.loading} />;
    case "signIn":
      return <SignInScreen visit={visit} texts={texts} />;
    case "lobby":
    case "connecting":
      return <LobbyScreen visit={visit} texts={texts} joining={stage.name === "connecting"} />;
    case "room":
    case "reconnecting":
      return <RoomScreen visit={visit} texts={texts} lost={stage.name === "reconnecting"} />;
    case "over":
      return <MessageScreen title={texts.over[stage.end]} action={texts.rejoin} onAction={again} />;
    case "problem": {
      const [title, advice] = texts.problems[stage.problem];
      const note = noteOn(stage.problem, visit, texts);
      return canTryAgain(stage.problem) ? (
        <MessageScreen title={title} advice={advice} note={note} action={texts.tryAgain} onAction={again} />
      ) : (
        <MessageScreen title={title} advice={advice} note={note} />
      );
    }
  }
}

function noteOn(problem: Problem, visit: Visit, texts: Texts): string | undefined {
  const room = visit.session.value?.room;
  if (room === undefined) return undefined;
  if (problem === "notBegun" && room.begins_at !== null) return beginning(room.begins_at, texts);
  return canDialInstead(problem) ? fill(texts.phoneNumber, { number: room.extension_number }) : undefined;
}
