// For the link of a room without a secret: a user of the bridge says who they are.
import { useState } from "preact/hooks";
import { ScreenHeading } from "../parts/screen-heading.tsx";
import type { ScreenProps } from "../screen-props.ts";
import type { Problem } from "../session/problem.ts";

export function SignInScreen({ meeting, texts }: ScreenProps) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    setProblem(await meeting.signIn(username, password));
    setBusy(false);
  };

  return (
    <main class="card">
      <header>
        <ScreenHeading text={texts.signIn} />
        <p class="quiet">{texts.forUsers}</p>
      </header>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          <span>{texts.username}</span>
          <input
            type="text"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            required
            value={username}
            onInput={(event) => setUsername(event.currentTarget.value)}
          />
        </label>
        <label>
          <span>{texts.password}</span>
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {problem !== undefined && (
          <p class="error" role="alert">
            {texts.problems[problem][0]} {texts.problems[problem][1]}
          </p>
        )}
        <button type="submit" class="primary" disabled={isBusy}>
          {texts.signIn}
        </button>
      </form>
    </main>
  );
}
