"""The one thread that writes: whatever waits is written in one transaction, so that one disk flush serves many."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from harness.errors import StoreError

Operation = Callable[[sqlite3.Connection], Any]
"""Writes inside the transaction that is open. It may run twice, after a rollback in between."""

GROUP = 512
"""Most operations in one transaction."""


class Writer:
    """Runs operations in the order of their submission; a future is resolved after its COMMIT, never before."""

    def __init__(self, connection: sqlite3.Connection, *, name: str) -> None:
        self._connection = connection
        self._queue: SimpleQueue[tuple[Operation, Future[Any]] | None] = SimpleQueue()
        self._broken: StoreError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"ledger {name}", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation) -> Future[Any]:
        """Queue an operation; its future raises what the operation raised, or StoreError where the disk failed."""
        if self._closed:
            raise StoreError("the run's store is closed")
        future: Future[Any] = Future()
        self._queue.put((operation, future))
        return future

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
            self._write([item for item in group if item is not None and item[1].set_running_or_notify_cancel()])

    def _write(self, group: list[tuple[Operation, Future[Any]]]) -> None:
        if not group:
            return
        results: list[Any] = []
        try:
            if self._broken is not None:
                raise self._broken
            self._connection.execute("BEGIN IMMEDIATE")
            for operation, _ in group:
                results.append(operation(self._connection))
            self._connection.execute("COMMIT")
        except Exception as error:
            self._fail(group, error)
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)

    def _fail(self, group: list[tuple[Operation, Future[Any]]], error: Exception) -> None:
        """Roll back. A refused operation fails alone; after a failing disk nothing may be written any more."""
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error as second:
                error = second
        if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
            self._broken = StoreError(
                f"the run's store cannot be written: {error}",
                hint="free some space or check the disk, then resume: everything committed is kept",
            )
            error = self._broken
        if len(group) == 1 or self._broken is not None:
            for _, future in group:
                future.set_exception(error)
        else:
            for item in group:
                self._write([item])
