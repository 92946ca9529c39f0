"""The networks of bench/networks.js in PyTorch, as one writes them with torch.nn."""

import torch
from torch import nn


class Convolutions(nn.Sequential):
    """Convolutions over a picture, each with max pooling, and a dense layer."""

    def __init__(self, shape, config):
        height, width, channels = shape
        layers = []
        for filters in config["filters"]:
            layers += [nn.Conv2d(channels, filters, config["kernel"], padding="same"), nn.ReLU()]
            layers.append(nn.MaxPool2d(config["pooling"]))
            channels, height, width = filters, height // config["pooling"], width // config["pooling"]
        layers += [nn.Flatten(), nn.Linear(channels * height * width, config["dense"]), nn.ReLU()]
        super().__init__(*layers)
        self.width = config["dense"]


class Recurrent(nn.Module):
    """The state of an LSTM after the last of some tokens."""

    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config["vocabulary"], config["embedding"])
        self.lstm = nn.LSTM(config["embedding"], config["hidden"], batch_first=True)
        self.width = config["hidden"]

    def forward(self, tokens):
        return self.lstm(self.embedding(tokens))[1][0][0]


class AttentionBlock(nn.Module):
    """Attention with a residual and layer normalisation after it."""

    def __init__(self, width, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.LayerNorm(width)

    def forward(self, x, memory):
        return self.norm(x + self.attention(x, memory, memory, need_weights=False)[0])


class SelfAttentive(nn.Module):
    """Steps brought to one width, told their places, through blocks of self-attention."""

    def __init__(self, shape, config):
        super().__init__()
        time, channels = shape
        self.width = config["width"]
        self.input = nn.Linear(channels, self.width)
        channel = torch.arange(self.width)
        angle = torch.arange(time)[:, None] / 10_000 ** ((channel - channel % 2) / self.width)
        self.register_buffer("places", torch.where(channel % 2 == 0, torch.sin(angle), torch.cos(angle)))
        self.blocks = nn.ModuleList(AttentionBlock(self.width, config["heads"]) for _ in range(config["blocks"]))

    def forward(self, x):
        x = self.input(x) + self.places
        for block in self.blocks:
            x = block(x, x)
        return x


class Concatenation(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.width = sum(widths)

    def forward(self, encoded):
        return torch.cat(encoded, 1)


class CrossAttention(nn.Module):
    """Each of two modalities attends to the other's steps; then the mean over steps and modalities."""

    def __init__(self, widths, config):
        super().__init__()
        self.width = config["width"]
        self.projections = nn.ModuleList(nn.Linear(width, self.width) for width in widths)
        self.attentions = nn.ModuleList(AttentionBlock(self.width, config["heads"]) for _ in widths)

    def forward(self, encoded):
        a, b = (project(x) for project, x in zip(self.projections, encoded))
        attend_a, attend_b = self.attentions
        return (attend_a(a, b).mean(1) + attend_b(b, a).mean(1)) / 2


def encoder(shape, config):
    if config["kind"] == "cnn":
        return Convolutions(shape, config)
    return Recurrent(config) if config["kind"] == "lstm" else SelfAttentive(shape, config)


class Network(nn.Module):
    """An encoder a modality, a fusion, and a head to the classes."""

    def __init__(self, case):
        super().__init__()
        config = case["network"]
        self.encoders = nn.ModuleList(encoder(one["shape"], config["encoder"]) for one in case["inputs"])
        widths = [one.width for one in self.encoders]
        fusion = config["fusion"]
        self.fusion = Concatenation(widths) if fusion["kind"] == "concatenation" else CrossAttention(widths, fusion)
        head, width = [], self.fusion.width
        for units in config["head"]["hidden"]:
            head += [nn.Linear(width, units), nn.ReLU()]
            width = units
        self.head = nn.Sequential(*head, nn.Linear(width, case["classes"]))

    def forward(self, inputs):
        return self.head(self.fusion([encode(x) for encode, x in zip(self.encoders, inputs)]))


def minibatch(case):
    """Inputs as the encoders take them: tokens, pictures [batch, channels, height, width], or sequences."""
    vocabulary = case["network"]["encoder"].get("vocabulary")
    for one in case["inputs"]:
        shape = [case["batch"], *one["shape"]]
        if vocabulary is not None:
            yield torch.randint(vocabulary, shape)
        elif len(shape) == 4:
            yield torch.randn(shape).permute(0, 3, 1, 2).contiguous()
        else:
            yield torch.randn(shape)


def backprop(case, **implementation):
    """A training step by autograd and Adam, and the check of its numbers."""
    model = Network(case)
    optimiser = torch.optim.Adam(model.parameters(), case["rate"], **implementation)
    inputs = list(minibatch(case))
    labels = torch.randint(case["classes"], [case["batch"]])

    def step():
        optimiser.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimiser.step()

    return step, lambda: all(bool(torch.isfinite(p).all()) for p in model.parameters())
