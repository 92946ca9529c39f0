"""Stored references for the front end: SciPy's short-time Fourier transform, scikit-learn's PCA whitening.

    python test/golden/frontend/generate.py

rewrites stft.json and whitening.json beside it. Inputs are integers, to be divided by the stored scale.
"""

import json
import pathlib
import platform

import numpy
import scipy
import sklearn
from scipy.signal import get_window, stft
from sklearn.decomposition import PCA

folder = pathlib.Path(__file__).parent
versions = {
    "script": "test/golden/frontend/generate.py",
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "scikit-learn": sklearn.__version__,
    "python": platform.python_version(),
}


def store(name, reference):
    text = json.dumps({"provenance": versions, **reference}, separators=(",", ":"))
    (folder / name).write_text(text + "\n")


def short_time(scaled, rate, shape):
    window = get_window(shape, rate // 50)  # 20 ms, periodic
    _, times, spectrum = stft(
        scaled / 8192,
        fs=rate,
        window=window,
        nperseg=rate // 50,
        noverlap=rate // 100,
        boundary=None,
        padded=False,
    )
    magnitudes = numpy.abs(spectrum.T) * window.sum()  # scipy divides by the window's sum
    return {
        "rate": rate,
        "shape": shape,
        "times": times.tolist(),
        "frames": magnitudes.shape[0],
        "bins": magnitudes.shape[1],
        "magnitudes": [float(f"{value:.8g}") for value in magnitudes.ravel()],
    }


random = numpy.random.default_rng(7)
sound = numpy.round(2000 * random.standard_normal(900)).astype(int)
store(
    "stft.json",
    {
        "scale": 8192,
        "scaled_samples": sound.tolist(),
        "spectra": [
            short_time(sound, 16000, "hann"),
            short_time(sound, 16000, "hamming"),
            short_time(sound, 11000, "boxcar"),
        ],
    },
)


def whitening(name, seed, rows, d, k):
    random = numpy.random.default_rng(seed)
    mix = random.standard_normal((d, d)) * numpy.geomspace(4, 0.2, d)[:, None]
    scaled = numpy.round(64 * (random.standard_normal((rows, d)) @ mix + 5)).astype(int)
    pca = PCA(n_components=k, whiten=True, svd_solver="full").fit(scaled / 64)
    components = pca.components_
    peaks = numpy.abs(components).argmax(axis=1)
    sign = numpy.sign(components[numpy.arange(k), peaks])
    return {
        "name": name,
        "rows": rows,
        "columns": d,
        "dimensions": k,
        "scale": 64,
        "scaled_frames": scaled.ravel().tolist(),
        "mean": pca.mean_.tolist(),
        "components": (components * sign[:, None]).ravel().tolist(),
        "eigenvalues": pca.explained_variance_.tolist(),
        "explained": float(pca.explained_variance_ratio_.sum()),
        "whitened": (pca.transform(scaled[:5] / 64) * sign).ravel().tolist(),
    }


store(
    "whitening.json",
    {"problems": [whitening("12 to 5", 1, 200, 12, 5), whitening("30 to 30", 2, 90, 30, 30)]},
)
