"""The steps of bench/cases.js in PyTorch: `python peer_torch.py THREADS [cpu|cuda]`."""

import functools
import sys

import peer

try:
    import torch
except ImportError as error:
    peer.say({"missing": f"PyTorch ({error})"})
    raise SystemExit

import networks_torch


DEVICE = sys.argv[2] if len(sys.argv) > 2 else "cpu"
if DEVICE == "cuda" and not torch.cuda.is_available():
    peer.say({"missing": "PyTorch with CUDA"})
    raise SystemExit


class Rbm:
    """A Gaussian RBM, the velocities of its parameters, and one minibatch."""

    def __init__(self, case):
        batch, visible, hidden = case["batch"], case["visible"], case["hidden"]
        self.hyper = case
        self.v0 = torch.randn(batch, visible)
        self.w, self.b, self.c = torch.randn(visible, hidden) * 0.01, torch.zeros(visible), torch.zeros(hidden)
        self.dw, self.db, self.dc = (torch.zeros_like(x) for x in (self.w, self.b, self.c))
        self.states = torch.empty(batch, hidden)

    def finite(self):
        return bool(torch.isfinite(self.w).all())


def cd_plain(rbm):
    """One CD-1 update, written as the equations are."""
    hyper, v0 = rbm.hyper, rbm.v0
    h0 = torch.sigmoid(v0 @ rbm.w + rbm.c)
    v1 = torch.bernoulli(h0) @ rbm.w.t() + rbm.b
    h1 = torch.sigmoid(v1 @ rbm.w + rbm.c)
    activation = h0.mean(0)
    gradient_w = (v0.t() @ h0 - v1.t() @ h1) / hyper["batch"] - hyper["decay"] * rbm.w
    gradient_b = (v0 - v1).mean(0)
    gradient_c = activation - h1.mean(0) + hyper["cost"] * (hyper["target"] - activation)
    rbm.dw = hyper["momentum"] * rbm.dw + hyper["rate"] * gradient_w
    rbm.db = hyper["momentum"] * rbm.db + hyper["rate"] * gradient_b
    rbm.dc = hyper["momentum"] * rbm.dc + hyper["rate"] * gradient_c
    rbm.w, rbm.b, rbm.c = rbm.w + rbm.dw, rbm.b + rbm.db, rbm.c + rbm.dc


def cd_inplace(rbm):
    """The same update with fused products and as few passes and temporaries as PyTorch allows."""
    hyper, v0 = rbm.hyper, rbm.v0
    rate, per_example = hyper["rate"], hyper["rate"] / hyper["batch"]
    h0 = torch.addmm(rbm.c, v0, rbm.w).sigmoid_()
    # Several times faster than torch.bernoulli.
    torch.lt(rbm.states.uniform_(), h0, out=rbm.states)
    v1 = torch.addmm(rbm.b, rbm.states, rbm.w.t())
    h1 = torch.addmm(rbm.c, v1, rbm.w).sigmoid_()
    rbm.dw.addmm_(v0.t(), h0, beta=hyper["momentum"], alpha=per_example)
    rbm.dw.addmm_(v1.t(), h1, alpha=-per_example).add_(rbm.w, alpha=-rate * hyper["decay"])
    rbm.w.add_(rbm.dw)
    activation = h0.mean(0)
    push = activation - h1.mean(0) + hyper["cost"] * (hyper["target"] - activation)
    rbm.db.mul_(hyper["momentum"]).add_((v0 - v1).mean(0), alpha=rate)
    rbm.dc.mul_(hyper["momentum"]).add_(push, alpha=rate)
    rbm.b.add_(rbm.db)
    rbm.c.add_(rbm.dc)


class Bimodal(torch.nn.Module):
    """Two modalities in, a shared layer, both modalities out."""

    def __init__(self, case):
        super().__init__()
        (visible_a, hidden_a), (visible_b, hidden_b) = case["branches"]
        self.hidden = [hidden_a, hidden_b]
        linear = torch.nn.Linear
        self.encode_a, self.encode_b = linear(visible_a, hidden_a), linear(visible_b, hidden_b)
        self.join = linear(sum(self.hidden), case["joint"])
        self.unjoin = linear(case["joint"], sum(self.hidden))
        self.decode_a, self.decode_b = linear(hidden_a, visible_a), linear(hidden_b, visible_b)

    def forward(self, a, b):
        sides = torch.cat([torch.sigmoid(self.encode_a(a)), torch.sigmoid(self.encode_b(b))], 1)
        shared = torch.sigmoid(self.join(sides))
        side_a, side_b = torch.sigmoid(self.unjoin(shared)).split(self.hidden, 1)
        return self.decode_a(side_a), self.decode_b(side_b)

    def finite(self):
        return all(bool(torch.isfinite(p).all()) for p in self.parameters())


def autoencoder_backprop(case, **implementation):
    """A training step by autograd and a torch optimiser, and the check of its numbers."""
    model = Bimodal(case)
    a, b = (torch.randn(case["batch"], visible) for visible, _hidden in case["branches"])
    if case["optimiser"] == "adam":
        optimiser = torch.optim.Adam(model.parameters(), case["rate"], **implementation)
    else:
        options = {"lr": case["rate"], "momentum": case["momentum"], **implementation}
        optimiser = torch.optim.SGD(model.parameters(), **options)
    squared_error = functools.partial(torch.nn.functional.mse_loss, reduction="sum")

    def step():
        optimiser.zero_grad(set_to_none=True)
        out_a, out_b = model(a, b)
        loss = (squared_error(out_a, a) + squared_error(out_b, b)) / case["batch"]
        loss.backward()
        optimiser.step()

    return step, model.finite


# What torch.optim offers; older versions lack some.
IMPLEMENTATIONS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}


def fastest(backprop, case):
    """Of torch's implementations of the optimiser, the one whose median over interleaved trials is least."""
    variants = {}
    for name, implementation in IMPLEMENTATIONS.items():
        try:
            step, finite = backprop(case, **implementation)
            step()
        except (TypeError, RuntimeError):
            continue
        variants[name] = (step, finite)
    trials = {name: [] for name in variants}
    for _ in range(7):
        for name, (step, _finite) in variants.items():
            trials[name].append(peer.measure(step, 1, 3)[0])
    best = min(trials, key=lambda name: sorted(trials[name])[3])
    return (*variants[best], f"the {best} optimiser")


def in_graph(step):
    """The step captured as a CUDA graph, after some runs on a stream of their own, as PyTorch's documentation asks."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def build(name, case):
    torch.manual_seed(1)
    torch.set_grad_enabled(case["kind"] != "cd")
    if case["kind"] == "network":
        return fastest(networks_torch.backprop, case)
    if case["kind"] == "autoencoder":
        if name != "torch-graph":
            return fastest(autoencoder_backprop, case)
        # `fused` is the fastest of those that a graph can hold; Adam counts its steps on the device then.
        options = {"fused": True, **({"capturable": True} if case["optimiser"] == "adam" else {})}
        step, finite = autoencoder_backprop(case, **options)
        return in_graph(step), finite, "the fused optimiser"
    rbm = Rbm(case)
    if name == "torch-graph":
        return in_graph(functools.partial(cd_inplace, rbm)), rbm.finite, "the in-place step"
    return functools.partial(cd_inplace if name == "torch-inplace" else cd_plain, rbm), rbm.finite, None


torch.set_num_threads(int(sys.argv[1]))
torch.set_num_interop_threads(1)
if DEVICE == "cuda":
    torch.set_default_device(DEVICE)
    peer.wait = torch.cuda.synchronize
blas = "MKL" if torch.backends.mkl.is_available() else "another BLAS than MKL"
peer.serve({"torch": f"{torch.__version__} with {f'CUDA {torch.version.cuda}' if DEVICE == 'cuda' else blas}"}, build)
