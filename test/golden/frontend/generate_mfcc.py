"""Stored references for cepstra on the mel scale, after the definitions of the HTK Book (3.4), with SciPy's DFT and DCT.

    python test/golden/frontend/generate_mfcc.py

rewrites mfcc.json beside it. Samples are integers, to be divided by the stored scale.
"""

import json
import pathlib
import platform

import numpy
import scipy
from scipy.fft import dct, rfft

rate, length, hop, points = 16000, 320, 160, 512
bands, cepstra, lifter, emphasis, floor = 26, 12, 22, 0.97, -60

random = numpy.random.default_rng(11)
scaled = numpy.round(1500 * random.standard_normal(1300) * numpy.linspace(0.02, 1, 1300)).astype(int)
sound = scaled / 8192
frames = numpy.stack([sound[at : at + length] for at in range(0, len(sound) - length + 1, hop)])


def mel(frequency):
    return 1127 * numpy.log(1 + frequency / 700)


emphasised = frames - emphasis * numpy.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
window = 0.54 - 0.46 * numpy.cos(2 * numpy.pi * numpy.arange(length) / length)
spectrum = numpy.abs(rfft(emphasised * window, points))

edges = numpy.linspace(0, mel(rate / 2), bands + 2)
at = mel(numpy.arange(points // 2 + 1) * rate / points)
filters = numpy.zeros((bands, len(at)))
for band in range(bands):
    low, centre, high = edges[band : band + 3]
    rising, falling = (at - low) / (centre - low), (high - at) / (high - centre)
    filters[band] = numpy.maximum(0, numpy.minimum(rising, falling))
filters[:, 0] = 0

energies = spectrum @ filters.T
logs = numpy.log(energies + energies.max() * 10 ** (floor / 20))
n = numpy.arange(1, cepstra + 1)
# scipy's orthonormal DCT-II has the factor sqrt(2/N) of HTK for all coefficients but the zeroth
coefficients = dct(logs, type=2, norm="ortho", axis=1)[:, 1 : cepstra + 1]
coefficients = coefficients * (1 + lifter / 2 * numpy.sin(numpy.pi * n / lifter))
power = (frames**2).sum(axis=1)
energy = numpy.log(power + power.max() * 10 ** (2 * floor / 20))

folder = pathlib.Path(__file__).parent
rounded = lambda values: [float(f"{value:.7g}") for value in numpy.ravel(values)]
(folder / "mfcc.json").write_text(
    json.dumps(
        {
            "provenance": {
                "script": "test/golden/frontend/generate_mfcc.py",
                "numpy": numpy.__version__,
                "scipy": scipy.__version__,
                "python": platform.python_version(),
            },
            "scale": 8192,
            "scaled_samples": scaled.tolist(),
            "options": {"bands": bands, "cepstra": cepstra, "lifter": lifter, "preEmphasis": emphasis},
            "log_bands": rounded(logs),
            "cepstra_and_energy": rounded(numpy.hstack([coefficients, energy[:, None]])),
        },
        separators=(",", ":"),
    )
    + "\n"
)
