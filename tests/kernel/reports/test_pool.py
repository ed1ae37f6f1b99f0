"""The typesetting processes: they die, hang and grow, and prints go on."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from medithread.kernel.reports.errors import ReportError
from medithread.kernel.reports.pool import Pool, Process
from medithread.kernel.reports.render import job_of, render, render_in_process
from medithread.kernel.reports.report import Report
from medithread.kernel.reports.worker import job_message

from . import samples

SMALL = Report(title="Control of records", number="SOP-0002", made_at=samples.MADE)


def idle(pool: Pool) -> Process:
    process = pool._places.queue[-1]
    assert process is not None
    return process


def test_a_killed_process_is_replaced(pool: Pool) -> None:
    wanted = render(SMALL, pool)
    first = idle(pool)
    os.kill(first.child.pid, signal.SIGKILL)
    assert render(SMALL, pool) == wanted
    assert idle(pool) is not first
    assert not Path(first.folder).exists()


def test_a_process_killed_at_work_is_replaced() -> None:
    pool = Pool(size=1)
    render(SMALL, pool)
    process = idle(pool)
    stop = threading.Event()

    def kill() -> None:
        time.sleep(0.05)
        os.kill(process.child.pid, signal.SIGKILL)
        stop.set()

    killer = threading.Thread(target=kill)
    killer.start()
    long = samples.register(1000)
    pdf = render(long, pool)
    killer.join()
    assert stop.is_set()
    assert pdf.startswith(b"%PDF")
    pool.close()


def test_too_long_is_refused_and_the_next_print_works() -> None:
    pool = Pool(size=1)
    render(SMALL, pool)
    pool.seconds = 0.05
    with pytest.raises(ReportError) as caught:
        render(samples.register(1000), pool)
    assert caught.value.codes == ("report.timeout",)
    pool.seconds = 60.0
    assert render(SMALL, pool) == render_in_process(SMALL)
    pool.close()


def test_a_fault_of_ours_ends_the_process_and_is_not_tried_twice(capfd: pytest.CaptureFixture[str]) -> None:
    pool = Pool(size=1)
    with pytest.raises(ReportError) as caught:
        pool.ask(({"act": "no such act"}, []))
    assert caught.value.codes == ("report.crashed",)
    assert capfd.readouterr().err.count("KeyError: 'no such act'") == 1
    assert render(SMALL, pool).startswith(b"%PDF")
    pool.close()


@pytest.mark.parametrize("pool", [Pool(size=1, documents=2), Pool(size=1, memory=1)], ids=["documents", "memory"])
def test_used_processes_are_retired(pool: Pool) -> None:
    seen = []
    for _ in range(4):
        seen.append(render(SMALL, pool))
    assert len(set(seen)) == 1
    assert pool._places.queue[-1] is None
    pool.close()


def test_several_threads_share_few_processes() -> None:
    pool = Pool(size=2)
    wanted = {at: render_in_process(samples.register(at)) for at in range(1, 7)}
    found: dict[int, bytes] = {}
    threads = [threading.Thread(target=lambda at=at: found.update({at: render(samples.register(at), pool)})) for at in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == wanted
    pool.close()


def test_closing_ends_the_processes_and_leaves_nothing_behind() -> None:
    pool = Pool(size=1)
    render(SMALL, pool)
    process = idle(pool)
    pool.close()
    assert process.child.returncode is not None
    assert not Path(process.folder).exists()
    assert render(SMALL, pool).startswith(b"%PDF")
    pool.close()


def test_a_process_ends_with_its_parent() -> None:
    process = Process(Path("/nowhere"))
    head, blobs = job_message(job_of(SMALL))
    said, pdf = process.ask(({"act": "set", "job": head}, blobs), 30.0)
    assert said == {"code": ""}
    assert pdf[0].startswith(b"%PDF")
    assert process.memory > 1_000_000
    assert process.child.stdin is not None
    process.child.stdin.close()
    assert process.child.wait(10) == 0
    assert not Path(process.folder).exists()
    process.end()


def test_without_our_faces_the_built_in_ones_serve(tmp_path: Path) -> None:
    first = render_in_process(samples.procedure(2), tmp_path / "none")
    assert first == render_in_process(samples.procedure(2), tmp_path / "none")
    assert b"Libertinus" in first
