"""The RBM of scikit-learn as a peer: `python peer_sklearn.py THREADS`."""

import peer

try:
    import numpy
    import sklearn
    from sklearn.neural_network import BernoulliRBM
except ImportError as error:
    peer.say({"missing": f"scikit-learn ({error})"})
    raise SystemExit


def build(_peer, case):
    """Persistent CD-1 on binary visible units, the only kind it has; without momentum or sparsity."""
    data = numpy.random.default_rng(1).random((case["batch"], case["visible"]), dtype=numpy.float32)
    rbm = BernoulliRBM(case["hidden"], learning_rate=case["rate"], batch_size=case["batch"], random_state=1)
    rbm.partial_fit(data)
    return lambda: rbm.partial_fit(data), lambda: bool(numpy.isfinite(rbm.components_).all()), None


peer.serve({"sklearn": sklearn.__version__, "numpy": numpy.__version__}, build)
