"""The steps of bench/cases.js in PyTorch and in scikit-learn, timed on request.

    python peer_torch.py torch|sklearn THREADS

Speaks JSON lines. It opens with {"versions": {...}, "peers": [...]}, or with {"missing": reason}, and answers
each {"peer": name, "case": {...}, "warm": n, "steps": n} with {"ms": mean milliseconds of a step, "variant": text}.
"""

import functools
import json
import sys
import time

try:
    import numpy
    import torch
except ImportError:
    torch = None

CD = dict(momentum=0.9, rate=0.001, decay=2e-4, target=0.05, cost=0.1)
AUTOENCODER = dict(rate=0.001, momentum=0.9)


class Rbm:
    """A Gaussian RBM, the velocities of its parameters, and one minibatch."""

    def __init__(self, batch, visible, hidden):
        self.batch, self.v0 = batch, torch.randn(batch, visible)
        self.w, self.b, self.c = torch.randn(visible, hidden) * 0.01, torch.zeros(visible), torch.zeros(hidden)
        self.dw, self.db, self.dc = (torch.zeros_like(x) for x in (self.w, self.b, self.c))

    def finite(self):
        return bool(torch.isfinite(self.w).all())


def cd_plain(rbm):
    """One CD-1 update, written as the equations are."""
    v0 = rbm.v0
    h0 = torch.sigmoid(v0 @ rbm.w + rbm.c)
    v1 = torch.bernoulli(h0) @ rbm.w.t() + rbm.b
    h1 = torch.sigmoid(v1 @ rbm.w + rbm.c)
    activation = h0.mean(0)
    gradient_w = (v0.t() @ h0 - v1.t() @ h1) / rbm.batch - CD["decay"] * rbm.w
    gradient_b = (v0 - v1).mean(0)
    gradient_c = activation - h1.mean(0) + CD["cost"] * (CD["target"] - activation)
    rbm.dw = CD["momentum"] * rbm.dw + CD["rate"] * gradient_w
    rbm.db = CD["momentum"] * rbm.db + CD["rate"] * gradient_b
    rbm.dc = CD["momentum"] * rbm.dc + CD["rate"] * gradient_c
    rbm.w, rbm.b, rbm.c = rbm.w + rbm.dw, rbm.b + rbm.db, rbm.c + rbm.dc


def cd_inplace(rbm):
    """The same update with fused products and as few passes and temporaries as PyTorch allows."""
    v0, rate, per_example = rbm.v0, CD["rate"], CD["rate"] / rbm.batch
    h0 = torch.addmm(rbm.c, v0, rbm.w).sigmoid_()
    # Faster than torch.bernoulli, which draws one number at a time.
    states = (torch.rand_like(h0) < h0).float()
    v1 = torch.addmm(rbm.b, states, rbm.w.t())
    h1 = torch.addmm(rbm.c, v1, rbm.w).sigmoid_()
    rbm.dw.addmm_(v0.t(), h0, beta=CD["momentum"], alpha=per_example)
    rbm.dw.addmm_(v1.t(), h1, alpha=-per_example).add_(rbm.w, alpha=-rate * CD["decay"])
    rbm.w.add_(rbm.dw)
    activation = h0.mean(0)
    push = activation - h1.mean(0) + CD["cost"] * (CD["target"] - activation)
    rbm.db.mul_(CD["momentum"]).add_((v0 - v1).mean(0), alpha=rate)
    rbm.dc.mul_(CD["momentum"]).add_(push, alpha=rate)
    rbm.b.add_(rbm.db)
    rbm.c.add_(rbm.dc)


def autoencoder_steps(case):
    """Backprop steps of one optimiser in the implementations PyTorch offers, by their names."""
    nn = torch.nn
    (audio, audio_hidden), (video, video_hidden), joint = case["branches"][0], case["branches"][1], case["joint"]

    class Bimodal(nn.Module):
        def __init__(self):
            super().__init__()
            self.encode_audio, self.encode_video = nn.Linear(audio, audio_hidden), nn.Linear(video, video_hidden)
            self.joint = nn.Linear(audio_hidden + video_hidden, joint)
            self.unjoint = nn.Linear(joint, audio_hidden + video_hidden)
            self.decode_audio, self.decode_video = nn.Linear(audio_hidden, audio), nn.Linear(video_hidden, video)

        def forward(self, a, v):
            hidden = torch.cat([torch.sigmoid(self.encode_audio(a)), torch.sigmoid(self.encode_video(v))], 1)
            shared = torch.sigmoid(self.joint(hidden))
            a, v = torch.sigmoid(self.unjoint(shared)).split([audio_hidden, video_hidden], 1)
            return self.decode_audio(a), self.decode_video(v)

    def make(**implementation):
        model = Bimodal()
        a, v = torch.randn(case["batch"], audio), torch.randn(case["batch"], video)
        if case["optimiser"] == "adam":
            optimiser = torch.optim.Adam(model.parameters(), AUTOENCODER["rate"], **implementation)
        else:
            optimiser = torch.optim.SGD(
                model.parameters(), AUTOENCODER["rate"], momentum=AUTOENCODER["momentum"], **implementation
            )

        def step():
            optimiser.zero_grad()
            error = functools.partial(nn.functional.mse_loss, reduction="sum")
            out_a, out_v = model(a, v)
            loss = (error(out_a, a) + error(out_v, v)) / case["batch"]
            loss.backward()
            optimiser.step()

        return step, lambda: all(bool(torch.isfinite(p).all()) for p in model.parameters())

    return {"loop": make(foreach=False), "foreach": make(foreach=True), "fused": make(fused=True)}


def build(peer, case):
    """The peer's fastest implementation of a case: (step, whether its numbers are finite, name)."""
    if case["kind"] == "autoencoder":
        torch.set_grad_enabled(True)
        variants = autoencoder_steps(case)
        times = {name: [] for name in variants}
        for _ in range(5):
            for name, (step, _finite) in variants.items():
                times[name].append(measure(step, 1, 4))
        best = min(times, key=lambda name: sorted(times[name])[len(times[name]) // 2])
        return (*variants[best], best)
    size = [case[key] for key in ("batch", "visible", "hidden")]
    if peer == "sklearn":
        data = numpy.random.default_rng(1).random(size[:2], dtype=numpy.float32)
        rbm = BernoulliRBM(size[2], learning_rate=CD["rate"], batch_size=size[0], random_state=1)
        step = functools.partial(rbm.partial_fit, data)
        return step, lambda: bool(numpy.isfinite(rbm.components_).all()), "partial_fit"
    torch.set_grad_enabled(False)
    rbm = Rbm(*size)
    return functools.partial(cd_inplace if peer == "torch-inplace" else cd_plain, rbm), rbm.finite, "eager"


def measure(step, warm, steps):
    """Mean milliseconds of a step over a block."""
    for _ in range(warm):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) * 1e3 / steps


def say(message):
    print(json.dumps(message), flush=True)
