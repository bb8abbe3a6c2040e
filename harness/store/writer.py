"""The one thread that writes: whatever waits is written in one transaction, so that one disk flush serves many."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from harness.core.wording import worded
from harness.errors import StoreError
from harness.store.ballast import ADVICE

Operation = Callable[[sqlite3.Connection], Any]
"""Writes inside the transaction that is open. It may run twice, after a rollback in between."""

GROUP = 512
"""Most operations in one transaction."""

Item = tuple[Operation, Future[Any] | asyncio.Future[Any], bool]
"""What is written, who waits for it, and whether it is written all the same when nobody waits any more."""
Word = tuple[Future[Any] | asyncio.Future[Any], Any, Exception | None]
"""A future with its result, or with its error."""


class Writer:
    """Runs operations in the order of their submission; a future is resolved after its COMMIT, never before.

    `path` is the database, which must stay where it is; `make_room` frees space and says whether to try again.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        name: str,
        path: Path | None = None,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connection = connection
        self._files: dict[Path, os.stat_result | None] = (
            {} if path is None else {path: os.stat(path), path.with_name(f"{path.name}-wal"): None}
        )
        """The WAL is known from the first commit on."""
        self._make_room = make_room
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self.broken: StoreError | None = None
        """Why nothing can be written any more."""
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"ledger {name}", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation) -> Future[Any]:
        """Queue an operation; its future raises what the operation raised, or StoreError where the disk failed."""
        future: Future[Any] = Future()
        self._put((operation, future, False))
        return future

    def submit_soon(self, operation: Operation, *, always: bool = False) -> "asyncio.Future[Any]":
        """Do as `submit` for whoever awaits in the running event loop, which is woken once for all of a transaction.

        An operation whose future is cancelled while it waits is never begun, unless it is written `always`.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._put((operation, future, always))
        return future

    def _put(self, item: Item) -> None:
        if self._closed:
            raise StoreError(worded("the run's store is closed"))
        self._queue.put(item)

    def close(self) -> None:
        """Write what waits, then end the thread and close the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._connection.close()

    def _work(self) -> None:
        ended = False
        while not ended:
            group = [self._queue.get()]
            while len(group) < GROUP:
                try:
                    group.append(self._queue.get_nowait())
                except Empty:
                    break
            ended = None in group
            # an operation that was cancelled while it waited was never begun: nothing of it may be written
            self._write([item for item in group if item is not None and (item[2] or _begins(item[1]))])

    def _write(self, group: list[Item]) -> None:
        if not group:
            return
        try:
            if self.broken is not None:
                raise self.broken
            try:
                results = self._transact(group)
            except sqlite3.Error as error:
                if not (_is_of_the_disk(error) and self._make_room()):
                    raise
                results = self._transact(group)
            self._require_files()
        except Exception as error:
            self._fail(group, error)
            return
        _tell([(future, result, None) for (_, future, _), result in zip(group, results, strict=True)])

    def _transact(self, group: list[Item]) -> list[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [operation(self._connection) for operation, _, _ in group]
            self._connection.execute("COMMIT")
        except Exception:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return results

    def _require_files(self) -> None:
        """SQLite goes on writing to a file that was deleted; whatever it holds would end with this process."""
        for path, opened in self._files.items():
            try:
                now = os.stat(path)
            except FileNotFoundError:
                now = None
            if now is None or (opened is not None and not os.path.samestat(now, opened)):
                raise StoreError(
                    worded("{path} was deleted or replaced while the run wrote to it", path=path),
                    hint=worded("start a new run"),
                )
            self._files[path] = opened or now

    def _fail(self, group: list[Item], error: Exception) -> None:
        """A refused operation fails alone; after a failing disk nothing may be written any more."""
        if isinstance(error, StoreError):
            self.broken = error
        elif isinstance(error, sqlite3.Error) and _is_of_the_disk(error):
            self.broken = error = StoreError(
                worded("the run's store cannot be written: {error}", error=error), hint=ADVICE
            )
        if len(group) == 1 or self.broken is not None:
            _tell([(future, None, error) for _, future, _ in group])
        else:
            for item in group:
                self._write([item])


def _begins(future: "Future[Any] | asyncio.Future[Any]") -> bool:
    return future.set_running_or_notify_cancel() if isinstance(future, Future) else not future.cancelled()


def _tell(words: Sequence[Word]) -> None:
    """Resolve futures; an event loop is woken once for all of its own."""
    loops: dict[asyncio.AbstractEventLoop, list[Word]] = {}
    for word in words:
        if isinstance(word[0], Future):
            _resolve([word])
        else:
            loops.setdefault(word[0].get_loop(), []).append(word)
    for loop, its in loops.items():
        with suppress(RuntimeError):  # the loop has ended, and so has whoever waited
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(words: Sequence[Word]) -> None:
    for future, result, error in words:
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _is_of_the_disk(error: sqlite3.Error) -> bool:
    """Whether SQLite could not write: full, read-only, damaged; not that it was asked something impossible."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
