"""Stored references for MFCC_E_D of a waveform as HTK computes them (HTK Book 3.4, chapter 5), in double precision.

    python test/golden/frontend/generate_htk_mfcc.py

rewrites htk_mfcc.json beside it. Samples are 16-bit integers. `avletters` has the parameters that AVLetters' own files
agree with, `htk` the defaults of HTK 3 with 26 channels.
"""

import json
import pathlib
import platform

import numpy
import scipy
from scipy.fft import dct, rfft

rate, hop, length = 16000, 320, 400

random = numpy.random.default_rng(5)
count = 9000
time = numpy.arange(count) / rate
sound = 4000 * numpy.sin(2 * numpy.pi * 310 * time) * numpy.sin(2 * numpy.pi * 3 * time) ** 2
sound += 300 * numpy.sin(2 * numpy.pi * 2900 * time * (1 + time)) + 40 * random.standard_normal(count)
sound[6000:] = 0  # digital silence: the floors of bands and of energy
sound = numpy.round(sound).astype(int)


def mel(frequency):
    return 1127 * numpy.log(1 + frequency / 700)


def statics(options):
    # The windows are centred at one, two, three … periods.
    first = hop - length // 2
    frames = [sound[at : at + length].astype(float) for at in range(first, count - length + 1, hop)]
    points = 512
    bands = options["channels"]
    edges = numpy.linspace(0, mel(rate / 2), bands + 2)
    bins = mel(numpy.arange(points // 2 + 1) * rate / points)
    rows = []
    for frame in frames:
        energy = numpy.log(max(1.0, (frame**2).sum()))
        k = options["preEmphasis"]
        emphasised = frame.copy()
        for i in range(length - 1, 0, -1):
            emphasised[i] -= k * emphasised[i - 1]
        emphasised[0] *= 1 - k
        if options["shape"] == "hamming":
            n = numpy.arange(length)
            emphasised *= 0.54 - 0.46 * numpy.cos(2 * numpy.pi * n / (length - 1))
        magnitude = numpy.abs(rfft(emphasised, points))
        outputs = []
        for low, centre, high in zip(edges, edges[1:], edges[2:]):
            rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
            weights = numpy.clip(numpy.minimum(rising, falling), 0, None)
            weights[0] = 0
            outputs.append(max(1.0, weights @ magnitude))
        cepstra = dct(numpy.log(outputs), type=2, norm="ortho")[1 : options["cepstra"] + 1]
        lifter = options["lifter"]
        if lifter > 0:
            n = numpy.arange(1, options["cepstra"] + 1)
            cepstra = cepstra * (1 + lifter / 2 * numpy.sin(numpy.pi * n / lifter))
        rows.append([*cepstra, energy])
    return numpy.array(rows)


def normalised(energies, options):
    top = energies.max()
    if options["silenceFloor"] is not None:
        energies = numpy.maximum(energies, top - options["silenceFloor"] * numpy.log(10) / 10)
    return 1 - (top - energies) * options["energyScale"]


def deltas(values, options):
    k, last = 2, len(values) - 1
    result = []
    for t in range(len(values)):
        if options["deltaEnds"] == "difference" and t < k:
            result.append(values[t + 1] - values[t])
        elif options["deltaEnds"] == "difference" and t > last - k:
            result.append(values[t] - values[t - 1])
        else:
            slope = sum(j * (values[min(last, t + j)] - values[max(0, t - j)]) for j in range(1, k + 1))
            result.append(slope / (2 * sum(j * j for j in range(1, k + 1))))
    return numpy.array(result)


cases = {
    "avletters": {
        "shape": "rectangular",
        "preEmphasis": 0,
        "channels": 20,
        "cepstra": 12,
        "lifter": 0,
        "silenceFloor": None,
        "energyScale": 0.1,
        "deltaEnds": "difference",
    },
    "htk": {
        "shape": "hamming",
        "preEmphasis": 0.97,
        "channels": 26,
        "cepstra": 12,
        "lifter": 22,
        "silenceFloor": 50,
        "energyScale": 0.1,
        "deltaEnds": "repeat",
    },
}


def case(options):
    values = statics(options)
    values[:, -1] = normalised(values[:, -1], options)
    values = numpy.hstack([values, deltas(values, options)])
    return {"options": options, "rows": len(values), "values": [float(f"{v:.7g}") for v in values.ravel()]}


(pathlib.Path(__file__).parent / "htk_mfcc.json").write_text(
    json.dumps(
        {
            "provenance": {
                "script": "test/golden/frontend/generate_htk_mfcc.py",
                "numpy": numpy.__version__,
                "scipy": scipy.__version__,
                "python": platform.python_version(),
            },
            "rate": rate,
            "samples": sound.tolist(),
            "cases": {name: case(options) for name, options in cases.items()},
        },
        separators=(",", ":"),
    )
    + "\n"
)
