"""Stored references for the linear SVM: scikit-learn's LinearSVC, which runs LIBLINEAR.

    python test/golden/svm/generate.py

rewrites linear-svc.json beside it. Features are integers / 64, so that every language and every precision
reads the same numbers.
"""

import json
import pathlib
import platform
import warnings

import numpy
import sklearn
from sklearn.svm import LinearSVC

warnings.simplefilter("error")  # a reference that did not converge is none


def problem(name, seed, counts, features, spread, c, dual, mixing=0.0):
    random = numpy.random.default_rng(seed)
    labels = random.permutation(numpy.repeat(numpy.arange(len(counts)), counts))
    means = spread * random.standard_normal((len(counts), features))
    x = means[labels] + random.standard_normal((len(labels), features))
    if mixing:
        x = x @ (numpy.eye(features) + mixing * random.standard_normal((features, features)))
    x = numpy.round(64 * (x + 0.5)).astype(int)
    svm = LinearSVC(loss="squared_hinge", C=c, dual=dual, tol=1e-8, max_iter=1_000_000, random_state=0)
    svm.fit(x / 64, labels)
    return {
        "name": name,
        "rows": len(labels),
        "columns": features,
        "classes": len(counts),
        "c": c,
        "scaled_features": x.ravel().tolist(),
        "labels": labels.tolist(),
        "coef": svm.coef_.tolist(),
        "intercept": svm.intercept_.tolist(),
        "correct": int((svm.predict(x / 64) == labels).sum()),
        "decision": svm.decision_function(x[:5] / 64).tolist(),
    }


reference = {
    "provenance": {
        "script": "test/golden/svm/generate.py",
        "estimator": "sklearn.svm.LinearSVC(loss='squared_hinge', tol=1e-8)",
        "scikit-learn": sklearn.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    },
    "problems": [
        problem("two classes, n > d", 1, [110, 90], 10, 0.3, 1.0, dual=False),
        problem("three classes, n < d", 2, [12, 10, 8], 60, 0.1, 0.05, dual=True),
        problem("five unbalanced classes, correlated features", 3, [100, 60, 40, 25, 15], 12, 0.6, 0.1, dual=False, mixing=0.4),
        problem("three classes, n > d, large C", 4, [50, 40, 30], 8, 1.0, 100.0, dual=False),
    ],
}
path = pathlib.Path(__file__).with_name("linear-svc.json")
path.write_text(json.dumps(reference, separators=(",", ":")) + "\n")
