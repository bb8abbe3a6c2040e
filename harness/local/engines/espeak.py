"""eSpeak NG through its C library, which calls back with each piece of audio."""

import ctypes
import queue
import threading
from collections.abc import Generator, Mapping
from pathlib import Path

import espeakng_loader

_SYNCHRONOUS, _CHARACTERS, _UTF8, _RATE = 2, 1, 1, 1
"""AUDIO_OUTPUT_SYNCHRONOUS, POS_CHARACTER, espeakCHARS_UTF8 and espeakRATE of speak_lib.h."""
_PIECE_MS = 200
_WORDS_PER_MINUTE = 175
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice:
    """eSpeak NG; the library holds one state for the whole process."""

    voices = ("en-us", "en-gb", "cmn")

    def __init__(self, library: ctypes.CDLL, sample_rate: int) -> None:
        self._library = library
        self.sample_rate = sample_rate

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield a fifth of a second at a time."""
        pieces: queue.Queue[bytes | None] = queue.Queue()
        unwanted = threading.Event()

        def take(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
            if samples and count > 0:
                pieces.put(ctypes.string_at(samples, 2 * count))
            return int(unwanted.is_set())

        def synthesise() -> None:
            data = text.encode()
            self._library.espeak_SetSynthCallback(callback)
            self._library.espeak_SetVoiceByName(voice.encode())
            self._library.espeak_SetParameter(_RATE, round(_WORDS_PER_MINUTE * speed), 0)
            self._library.espeak_Synth(data, len(data) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
            pieces.put(None)

        callback = _CALLBACK(take)
        worker = threading.Thread(target=synthesise, name="espeak")
        worker.start()
        try:
            while (piece := pieces.get()) is not None:
                yield piece
        finally:
            unwanted.set()
            worker.join()


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Load the library with the verified data folder; it always uses one thread."""
    del threads
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    folder = str(files["phondata"].parent.parent).encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, _PIECE_MS, folder, 0)
    if rate <= 0:
        raise RuntimeError(f"espeak_Initialize failed with {rate}")
    return Voice(library, rate)
