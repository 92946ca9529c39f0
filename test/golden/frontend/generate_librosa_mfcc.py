"""Stored references for MFCC, computed by librosa's own code (0.11.0) of a generated signal.

    python test/golden/frontend/generate_librosa_mfcc.py "how librosa was installed"

rewrites librosa_mfcc.json beside it; the argument is stored in its provenance. The stored values come from librosa's source
at its commit af8c839 (0.11.0 final), not from an installed package: numba, joblib, lazy_loader, soundfile, soxr, pooch,
msgpack, audioread and scikit-learn were not there, and empty modules stood in for them so that librosa could be imported.
A trace of the call showed that mfcc reached none of them; numba's decorators and librosa's cache left its functions as they
are written. NumPy and SciPy were real. Samples are integers, to be divided by the stored scale; silence follows them up to
the length of a case.
"""

import json
import pathlib
import platform
import sys

import librosa
import numpy
import scipy
from librosa.feature import mfcc

scale = 32768
random = numpy.random.default_rng(17)
time = numpy.arange(2600) / 8000
sound = 9000 * numpy.sin(2 * numpy.pi * 240 * time) * numpy.sin(2 * numpy.pi * 4 * time) ** 2
sound += 1500 * numpy.sin(2 * numpy.pi * 1700 * time * (1 + time)) + 60 * random.standard_normal(2600)
samples = numpy.round(sound).astype(int)

cases = {
    "40 x 13": {"rate": 8000, "coefficients": 40, "points": 2048, "hop": 512, "bands": 128, "samples": 6400},
    "short windows": {"rate": 16000, "coefficients": 13, "points": 512, "hop": 160, "bands": 40, "samples": 2600},
    "less than a window": {"rate": 22050, "coefficients": 20, "points": 2048, "hop": 512, "bands": 128, "samples": 900},
    "silence": {"rate": 8000, "coefficients": 5, "points": 1024, "hop": 256, "bands": 32, "samples": 0},
}


def case(options):
    length = options["samples"]
    # Double precision: librosa follows the type of its input.
    signal = numpy.zeros(max(length, 600))
    kept = min(length, len(samples))
    signal[:kept] = samples[:kept] / scale
    values = mfcc(
        y=signal,
        sr=options["rate"],
        n_mfcc=options["coefficients"],
        n_fft=options["points"],
        hop_length=options["hop"],
        n_mels=options["bands"],
    )
    return {
        "options": {key: value for key, value in options.items() if key != "samples"},
        "length": len(signal),
        "kept": kept,
        "frames": values.shape[1],
        "values": [float(f"{value:.8g}") for value in values.T.ravel()],
    }


(pathlib.Path(__file__).parent / "librosa_mfcc.json").write_text(
    json.dumps(
        {
            "provenance": {
                "script": "test/golden/frontend/generate_librosa_mfcc.py",
                "librosa": librosa.__version__,
                "installed": sys.argv[1],
                "numpy": numpy.__version__,
                "scipy": scipy.__version__,
                "python": platform.python_version(),
            },
            "scale": scale,
            "samples": samples.tolist(),
            "cases": {name: case(options) for name, options in cases.items()},
        },
        separators=(",", ":"),
    )
    + "\n"
)
