"""Many questions at once: as many are answered at a time as there are cores, and one; the others wait, and nothing else does."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from index.encoder import usable_cores
from index.model import DEFAULT_CROSS_ENCODER
from index.records import Hit
from index.rerank import Readings, Reranker
from service.app import make_app
from service.settings import ServiceSettings
from service.state import make_state
from tests.http.conftest import CORPUS


class Slow(Reranker):
    """Reads nothing, slowly, and notes how many questions are being answered."""

    lock = threading.Lock()
    now = 0
    most = 0

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[tuple[Hit, ...], Readings]:
        with Slow.lock:
            Slow.now += 1
            Slow.most = max(Slow.most, Slow.now)
        time.sleep(0.1)
        with Slow.lock:
            Slow.now -= 1
        return tuple(hits), {}


def test_questions_take_turns(home: Path) -> None:
    at_once = usable_cores() + 5
    state = make_state(ServiceSettings(home=home, corpus=CORPUS))
    state = replace(state, reranker=Slow(model=DEFAULT_CROSS_ENCODER, depth=4))
    with TestClient(make_app(state)) as client, ThreadPoolExecutor(at_once) as askers:
        asked = [askers.submit(client.get, "/v1/ask", params={"q": f"GRPO {place}"}) for place in range(at_once)]
        assert client.get("/v1/documents").status_code == 200
        assert not all(one.done() for one in asked)
        assert {one.result().status_code for one in asked} == {200}
    assert 1 < Slow.most <= usable_cores() + 1
