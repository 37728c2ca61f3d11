/** The console: signed in or not, and the view that the fragment names. */

import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import { ApiError, getSession, onSignedOut, signIn, signOut } from "./api/client";
import type { Session } from "./api/types";
import { Dashboard } from "./dashboard";
import { type Route, useRoute } from "./shell/route";
import { refusalOf, SignIn } from "./shell/sign-in";
import { TopBar } from "./shell/top-bar";
import { Tester } from "./tester";
import { forgetConversations } from "./tester/conversation/kept";

type Access =
  | { state: "unknown" }
  | { state: "out"; notice: string | null }
  | { state: "unreachable"; message: string }
  | { state: "in"; session: Session };

/** Take a token out of the address (`#token=…`), so that it stays neither there nor in the history. */
function takeToken(): string | null {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (!found?.[1]) {
    return null;
  }
  history.replaceState(null, "", `${location.pathname}#/`);
  return decodeURIComponent(found[1]);
}

/** Show the sign-in page or the view. */
export function App(): JSX.Element {
  const [access, setAccess] = useState<Access>({ state: "unknown" });
  const route = useRoute();

  const enter = useCallback(async () => {
    try {
      setAccess({ state: "in", session: await getSession() });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        setAccess({ state: "out", notice: null });
      } else {
        setAccess({ state: "unreachable", message: refusalOf(error) });
      }
    }
  }, []);

  useEffect(() => {
    onSignedOut(() =>
      setAccess((now) => ({ state: "out", notice: now.state === "in" ? "The session has ended. Sign in again." : null })),
    );
    const begin = async (): Promise<void> => {
      const token = takeToken();
      if (token !== null) {
        try {
          await signIn(token);
        } catch (error) {
          setAccess({ state: "out", notice: refusalOf(error) });
          return;
        }
      }
      await enter();
    };
    void begin();
    const follow = (): void => {
      if (location.hash.startsWith("#token=")) {
        void begin();
      }
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [enter]);

  const leave = async (): Promise<void> => {
    try {
      await signOut();
      forgetConversations();
      setAccess({ state: "out", notice: "You have signed out." });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) {
        setAccess({ state: "unreachable", message: refusalOf(error) });
      }
    }
  };

  useEffect(() => {
    document.title = titleOf(access, route);
  }, [access, route]);

  switch (access.state) {
    case "unknown":
      return <main aria-busy="true" />;
    case "out":
      return <SignIn notice={access.notice} onSignedIn={() => void enter()} />;
    case "unreachable":
      return (
        <main class="sign-in">
          <div class="card sign-in-card">
            <h1>No connection</h1>
            <p role="alert">{access.message}</p>
            <button type="button" class="primary-button" onClick={() => void enter()}>
              Try again
            </button>
          </div>
        </main>
      );
    case "in":
      return (
        <>
          <a class="skip-link" href="#main" onClick={skip}>
            Skip to the content
          </a>
          <TopBar route={route} version={access.session.version} onSignOut={() => void leave()} />
          <main id="main" tabIndex={-1}>
            {route.view === "tester" ? (
              <Tester account={route.account} bot={route.bot} recorded={route.recorded} />
            ) : (
              <Dashboard route={route} session={access.session} />
            )}
          </main>
        </>
      );
  }
}

/** Move the focus without touching the fragment, which is the route. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function titleOf(access: Access, route: Route): string {
  if (access.state !== "in") {
    return "Sign in · botbridge";
  }
  switch (route.view) {
    case "tester":
      return `${route.bot ?? "Tester"} · tester · botbridge`;
    case "bot":
      return `${route.bot} · botbridge`;
    case "dashboard":
      return "Bots · botbridge";
  }
}
