"""The typesetting process: reads jobs from its standard input, writes PDFs to its standard output, and ends with its parent."""

import json
import logging
import shutil
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .compile import Typesetter
from .job import Cover, Fault, Job, Overlay

MEMORY = 4 * 1024**3  # bytes of address space, after which a document is refused instead of the machine being slowed


def write_message(stream: IO[bytes], head: dict[str, Any], blobs: list[bytes]) -> None:
    """A message: the count of parts, then each part behind its length; the first part is JSON."""
    parts = [json.dumps(head).encode(), *blobs]
    stream.write(struct.pack(">Q", len(parts)))
    for part in parts:
        stream.write(struct.pack(">Q", len(part)))
        stream.write(part)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """The next message; EOFError where the other side has gone."""
    (count,) = struct.unpack(">Q", _exactly(stream, 8))
    parts = [_exactly(stream, struct.unpack(">Q", _exactly(stream, 8))[0]) for _ in range(count)]
    return json.loads(parts[0]), parts[1:]


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


def job_message(job: Job) -> tuple[dict[str, Any], list[bytes]]:
    """A job as JSON and the bytes of its pictures."""
    head = {"template": job.template, "data": job.data, "plain": job.plain, "timestamp": job.timestamp, "images": list(job.images)}
    return head, list(job.images.values())


def job_of(head: dict[str, Any], blobs: list[bytes]) -> Job:
    return Job(head["template"], head["data"], head["plain"], head["timestamp"], dict(zip(head["images"], blobs, strict=True)))


def _set(setter: Typesetter, head: dict[str, Any], blobs: list[bytes]) -> bytes:
    return setter.compose(job_of(head["job"], blobs))


def _stamp(setter: Typesetter, head: dict[str, Any], blobs: list[bytes]) -> bytes:
    from .overlay import stamped

    return stamped(setter, blobs[0], Overlay(**head["overlay"]))


def _cover(setter: Typesetter, head: dict[str, Any], blobs: list[bytes]) -> bytes:
    from .cover import covered

    return covered(setter, Cover(job_of(head["job"], blobs[1:]), Overlay(**head["overlay"]), blobs[0]))


ACTS: dict[str, Callable[[Typesetter, dict[str, Any], list[bytes]], bytes]] = {"set": _set, "stamp": _stamp, "cover": _cover}


def answer(setter: Typesetter, head: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """What a message asks for, or the fault that forbids it."""
    try:
        pdf = ACTS[head["act"]](setter, head, blobs)
    except Fault as fault:
        return {"code": fault.code, "detail": fault.detail[:20_000]}, []
    return {"code": ""}, [pdf]


def _resident() -> int:
    """Bytes of memory in use now; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * 4096


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(root: str, fonts: str) -> None:
    """Serves until the parent closes the pipe, then removes its folder. A fault of ours ends the process with a trace on standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it thinks of foreign files is said in the fault
    _limit_memory()
    setter = Typesetter(Path(root), Path(fonts))
    try:
        while True:
            head, blobs = read_message(sys.stdin.buffer)
            said, out = answer(setter, head, blobs)
            write_message(sys.stdout.buffer, {**said, "memory": _resident()}, out)
    except (EOFError, BrokenPipeError):
        return
    finally:
        shutil.rmtree(root, ignore_errors=True)
