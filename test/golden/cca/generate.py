"""Stored references for ridge CCA: the generalised symmetric eigenproblem, solved by SciPy (LAPACK).

    python test/golden/cca/generate.py

rewrites ridge-cca.json beside it. With S the covariances (divisor n - 1) and each S_vv replaced by
S_vv + ridge * trace(S_vv) / d * I, the pairs solve

    [ 0     S_xy ]         [ S_xx  0    ]
    [ S_yx  0    ] w = rho [ 0     S_yy ] w ,

scaled so that w_x' S_xx w_x = w_y' S_yy w_y = 1, the largest |w_x| positive. Data are integers / 64.
"""

import json
import pathlib
import platform

import numpy
import scipy
from scipy.linalg import block_diag, eigh


def problem(name, seed, rows, dx, dy, factors, dimensions, ridge):
    random = numpy.random.default_rng(seed)
    common = random.standard_normal((rows, factors)) * numpy.linspace(2, 0.5, factors)
    x = common @ random.standard_normal((factors, dx)) + random.standard_normal((rows, dx)) + 3
    y = common @ random.standard_normal((factors, dy)) + 2 * random.standard_normal((rows, dy)) - 1
    x, y = (numpy.round(64 * view).astype(int) for view in (x, y))
    covariance = numpy.cov((x / 64).T, (y / 64).T)
    xx, xy, yy = covariance[:dx, :dx], covariance[:dx, dx:], covariance[dx:, dx:]
    xx = xx + ridge * numpy.trace(xx) / dx * numpy.eye(dx)
    yy = yy + ridge * numpy.trace(yy) / dy * numpy.eye(dy)
    off = numpy.block([[numpy.zeros((dx, dx)), xy], [xy.T, numpy.zeros((dy, dy))]])
    values, vectors = eigh(off, block_diag(xx, yy))
    top = numpy.argsort(values)[::-1][:dimensions]
    # eigh scales w' B w = 1, half of it in each view.
    project = vectors[:, top] * numpy.sqrt(2)
    project_x, project_y = project[:dx], project[dx:]
    sign = numpy.sign(project_x[numpy.abs(project_x).argmax(axis=0), numpy.arange(dimensions)])
    return {
        "name": name,
        "rows": rows,
        "columns_x": dx,
        "columns_y": dy,
        "dimensions": dimensions,
        "ridge": ridge,
        "scaled_x": x.ravel().tolist(),
        "scaled_y": y.ravel().tolist(),
        "correlations": values[top].tolist(),
        "project_x": (project_x * sign).ravel().tolist(),
        "project_y": (project_y * sign).ravel().tolist(),
    }


reference = {
    "provenance": {
        "script": "test/golden/cca/generate.py",
        "solver": "scipy.linalg.eigh (generalised symmetric eigenproblem)",
        "scipy": scipy.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    },
    "problems": [
        problem("6 + 4 features, small ridge", 1, 200, 6, 4, 3, 3, 1e-6),
        problem("5 + 9 features, ridge 0.1", 2, 150, 5, 9, 4, 4, 0.1),
        problem("fewer examples than features", 3, 20, 12, 25, 4, 3, 0.5),
    ],
}
path = pathlib.Path(__file__).with_name("ridge-cca.json")
path.write_text(json.dumps(reference, separators=(",", ":")) + "\n")
