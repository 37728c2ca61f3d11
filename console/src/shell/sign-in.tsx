/** The page for those who are not signed in. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError, signIn } from "../api/client";
import { Icon } from "./icons";

interface Props {
  /** Why the reader is here, when it is not the first visit. */
  notice: string | null;
  onSignedIn: () => void;
}

/** Ask for the operator's token. */
export function SignIn({ notice, onSignedIn }: Props): JSX.Element {
  const [token, setToken] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const field = useRef<HTMLInputElement>(null);

  // The one thing there is to do here.
  useEffect(() => field.current?.focus(), []);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await signIn(token.trim());
      onSignedIn();
    } catch (error) {
      setRefusal(refusalOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="sign-in">
      <form
        class="card sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <span class="brand-mark brand-mark-large">
          <Icon name="logo" size={30} />
        </span>
        <h1>botbridge console</h1>
        <p class="muted">{notice ?? "Sign in with an operator’s token."}</p>
        <label class="field">
          <span>Token</span>
          <input
            ref={field}
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={token}
            aria-invalid={refusal !== null}
            aria-describedby="sign-in-refusal"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p id="sign-in-refusal" class="refusal" role="alert">
          {refusal}
        </p>
        <button type="submit" class="primary-button" disabled={busy || token.trim() === ""}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
        <p class="small muted">
          The token is what the gateway was started with: <code class="option">--console-token</code>.
        </p>
      </form>
    </main>
  );
}

/** Say why signing in failed. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof ApiError)) {
    return "Something went wrong in this page. Load it again.";
  }
  if (error.status === 401) {
    return "That is not a token of this gateway.";
  }
  if (error.status === 429) {
    return `Too many wrong tokens. Try again in ${error.retryAfter ?? 60} seconds.`;
  }
  return error.message;
}
