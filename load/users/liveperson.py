"""The locust user: one seat at LivePerson, at which one conversation follows the other.

Behind a function an event is posted once: when that fails, LivePerson hands the conversation over. The connector of the Custom
Endpoint asks again as its policy says. What this user decides on lies in the modules beside; here is what sends and waits.
"""

import time
from typing import Any, ClassVar, Final

import gevent
from locust import FastHttpUser, task
from locust.contrib.fasthttp import FastHttpSession, ResponseContextManager
from locust.env import Environment
from locust.runners import WorkerRunner

from gateway.contract.wire import WireError, dumps, loads
from load.users.checks import Checked, check_answer
from load.users.conversation import Conversation
from load.users.doors import ENDPOINT, Json, Said
from load.users.kit import Kit
from load.users.policy import next_pause
from load.users.talks import AnyStep
from load.users.targets import Application

BASELINE_SHARE: Final = 0.1
"""Of the events: how often the vendor is asked itself as well, just before."""
BASELINE_EVENT: Final[Json] = {"convId": "baseline", "message": "hello", "context": {"lpEvent": {}, "lpSdes": {}}}
ANOTHER_ANSWER: Final = "repeat: another answer than the first"


class Refused(Exception):
    """A token or an opening that was not to be had; the message is the name of what went wrong."""


class LivePersonUser(FastHttpUser):
    """Holds conversations with bots drawn by weight."""

    abstract = True
    insecure = False  # the key of a real account goes to no host that cannot show its certificate
    network_timeout = 60.0
    connection_timeout = 10.0
    kit: ClassVar[Kit]
    """Set before the first user is made."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        runner = environment.runner
        self._random = self.kit.make_random(runner.worker_index if isinstance(runner, WorkerRunner) else 0)
        self._impatient = FastHttpSession(
            base_url=self.host,
            request_event=environment.events.request,
            user=self,
            insecure=self.insecure,
            network_timeout=self.kit.profile.patience,
            connection_timeout=self.connection_timeout,
        )

    def wait_time(self) -> float:
        """Give the seconds until the next conversation of this seat."""
        return self.kit.profile.pause.draw(self._random)

    @task
    def converse(self) -> None:
        """Hold one conversation, to its end or to the first event that fails."""
        conversation = self.kit.begin(self._random)
        self.kit.figures.conversations += 1
        is_endpoint = conversation.door is ENDPOINT
        try:
            if is_endpoint:
                self._open(conversation)
            for step, said in conversation.events():
                self._ask_baseline()
                if not self._take(conversation, step, said):
                    return
                gevent.sleep(self.wait_time())
            if is_endpoint:
                end = conversation.close()
                self._conclude(conversation, end, self._exchange(conversation, end, is_timed=False))
        except Refused as refused:
            self.kit.figures.events += 1
            self.kit.figures.failed[str(refused)] += 1

    def _take(self, conversation: Conversation, step: AnyStep, said: Said) -> bool:
        """Send a step's event, as often as the step says, and count what became of it; say whether to go on."""
        figures = self.kit.figures
        checked = self._try_impatiently(conversation, said) if step.again == "given up" else None
        if checked is None:
            checked = self._exchange(conversation, said, is_timed=step.again != "given up")
        if step.again == "answered" and checked.answer is not None:
            figures.repeats += 1
            second = self._exchange(conversation, said, note=" (again)", is_timed=False)
            if second.answer != checked.answer:
                checked = Checked(code=second.code if second.answer is None else ANOTHER_ANSWER)
        return self._conclude(conversation, said, checked)

    def _conclude(self, conversation: Conversation, said: Said, checked: Checked) -> bool:
        """Count what became of an event in the end; say whether the conversation goes on."""
        figures = self.kit.figures
        figures.events += 1
        if checked.answer is None:
            figures.failed[checked.code or "?"] += 1
            figures.unanswered += checked.is_unanswered
            return False
        conversation.hear(conversation.door.read(checked.answer))
        if checked.code is not None:
            figures.escalated[checked.code] += 1
            return False
        figures.answered += 1
        if self.kit.options.keeps_answers and said.kind != "close":
            figures.mark_answered(conversation.id, said.sequence)
        return True

    def _try_impatiently(self, conversation: Conversation, said: Said) -> Checked | None:
        """Send an event and wait but a moment; None when the client gave up, however that came about."""
        checked, _, _ = self._send(self._impatient, conversation, said, note=" (given up)")
        if checked.is_unanswered:
            self.kit.figures.given_up += 1
            return None
        return checked

    def _exchange(self, conversation: Conversation, said: Said, *, note: str = "", is_timed: bool = True) -> Checked:
        """Send an event until LivePerson would not send it once more."""
        is_reopened = False
        for tries in range(1, 1000):
            checked, response, milliseconds = self._send(self.client, conversation, said, note=note)
            if is_timed and tries == 1 and checked.answer is not None:
                target = conversation.target
                self.kit.figures.time(f"{target.door} {target.vendor}", milliseconds)
            if conversation.door is not ENDPOINT or checked.answer is not None:
                return checked
            if response.status_code == 404 and not is_reopened:
                is_reopened = True
                self._open(conversation)
                continue
            pause = next_pause(response.status_code, tries, _headers(response).get("retry-after"))
            if pause is None:
                return checked
            gevent.sleep(pause)
        raise AssertionError("the policy always ends")

    def _send(
        self, session: FastHttpSession, conversation: Conversation, said: Said, *, note: str
    ) -> tuple[Checked, ResponseContextManager, float]:
        """Send an event once, check the answer, and report it to locust under its door and kind; time is in milliseconds."""
        target, door = conversation.target, conversation.door
        with session.request(
            "POST",
            door.path(target, conversation.id),
            name=f"{door.name}: {said.kind}{note}",
            data=dumps(conversation.write(said)),  # type: ignore[arg-type] # bytes are sent as they are
            headers={
                **self._sign(conversation),
                **door.headers(conversation.id, said),
                "Content-Type": "application/json",
            },
            catch_response=True,
            allow_redirects=False,
        ) as response:
            checked = self._check(conversation, response)
            if checked.code is None or (checked.is_unanswered and session is self._impatient):
                response.success()
            else:
                response.failure(f"escalated: {checked.code}" if checked.is_escalation else checked.code)
        return checked, response, float(response.request_meta["response_time"])

    def _check(self, conversation: Conversation, response: ResponseContextManager) -> Checked:
        if response.status_code == 0:
            error = response.request_meta["exception"]
            return Checked(code=f"no answer: {type(error).__name__}", is_unanswered=True)
        door, body = conversation.door.name, response.content or b""
        return check_answer(self.kit.shapes, door, response.status_code, _headers(response), body)

    def _sign(self, conversation: Conversation) -> dict[str, str]:
        """Give what opens the door."""
        target = conversation.target
        if target.application is None:
            return {} if target.key is None else {"Authorization": f"Bearer {target.key}"}
        application = target.application
        token = self.kit.tokens.get(application, time.time(), lambda: self._fetch_token(application))
        return {"Authorization": f"Bearer {token}"}

    def _fetch_token(self, application: Application) -> tuple[str, float]:
        form = (
            f"grant_type=client_credentials&client_id={application.client_id}&client_secret={application.client_secret}"
        )
        with self.client.request(
            "POST",
            application.token_url,
            name="token",
            data=form,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            catch_response=True,
        ) as response:
            answer = _read(response)
            if response.status_code == 200 and isinstance(answer.get("access_token"), str):
                response.success()
                return answer["access_token"], float(answer.get("expires_in", 0))
            problem = f"token: HTTP {response.status_code}"
            response.failure(problem)
        raise Refused(problem)

    def _open(self, conversation: Conversation) -> None:
        """Open the conversation at the Custom Endpoint, with its consumer's attributes. Raise Refused."""
        with self.client.request(
            "PUT",
            ENDPOINT.conversation_path(conversation.target, conversation.id),
            name="endpoint: open",
            data=dumps(ENDPOINT.write_opening(conversation.consumer)),  # type: ignore[arg-type] # as above
            headers={**self._sign(conversation), "Content-Type": "application/json"},
            catch_response=True,
        ) as response:
            if response.status_code in (200, 204):
                response.success()
                return
            problem = f"opening: HTTP {response.status_code}"
            response.failure(problem)
        raise Refused(problem)

    def _ask_baseline(self) -> None:
        """Now and then ask the vendor itself, so that its time is known under the very load that the gateway is under."""
        url = self.kit.targets.baseline
        if url is None or self._random.random() >= BASELINE_SHARE:
            return
        headers = {"Content-Type": "application/json"}
        body: Any = dumps(BASELINE_EVENT)
        with self.client.request(
            "POST", url, name="baseline", data=body, headers=headers, catch_response=True
        ) as response:
            if response.status_code == 200:
                self.kit.figures.baseline.add(float(response.request_meta["response_time"]))
            response.success()  # a fault that the vendor was told to play is none of the gateway's


def _headers(response: ResponseContextManager) -> dict[str, str]:
    """Give the headers by lower-case names; of one that came twice, the last."""
    return {} if response.headers is None else {name.lower(): str(value) for name, value in response.headers.items()}


def _read(response: ResponseContextManager) -> Json:
    try:
        value = loads(response.content or b"")
    except WireError:
        return {}
    return value if isinstance(value, dict) else {}
