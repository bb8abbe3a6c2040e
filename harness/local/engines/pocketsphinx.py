"""PocketSphinx: hidden Markov models and word trigrams, a recogniser from before neural networks."""

from collections.abc import Mapping
from pathlib import Path

from pocketsphinx import Decoder

from harness.local.audio import HEARD_AT, Samples, pcm16
from harness.local.engines import Transcript


class Ear:
    """Words of its dictionary in lower case, without punctuation."""

    languages = ("en",)

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def transcribe(self, samples: Samples, *, language: str | None) -> Transcript:
        """Write down `samples` as one whole utterance, so that nothing of the clips before is left."""
        del language
        self._decoder.start_utt()
        self._decoder.process_raw(pcm16(samples), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Transcript(text="" if found is None else found.hypstr, language="en")


def load(files: Mapping[str, Path], *, threads: int) -> Ear:
    """Load the models; it always uses one thread."""
    del threads
    acoustic, words, pronunciations = files["mdef"].parent, files["en-us.lm.bin"], files["cmudict-en-us.dict"]
    decoder = Decoder(
        hmm=str(acoustic), lm=str(words), dict=str(pronunciations), samprate=float(HEARD_AT), loglevel="FATAL"
    )
    return Ear(decoder)
