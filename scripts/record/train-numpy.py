# What `npm run record` runs: a network of three layers, trained by NumPy on made-up pictures until it is ended.
import sys

import numpy as np

random = np.random.default_rng(int(sys.argv[1]))
BATCH, RATE = 128, 0.05
SIZES = [784, int(random.integers(256, 1024)), int(random.integers(128, 512)), 10]

centres = random.normal(size=(10, SIZES[0])).astype(np.float32)
labels = random.integers(0, 10, 50_000)
pictures = centres[labels] + 4 * random.normal(size=(len(labels), SIZES[0])).astype(np.float32)
weights = [(random.normal(size=pair) / pair[0] ** 0.5).astype(np.float32) for pair in zip(SIZES, SIZES[1:])]


def forward(batch):
    layers = [batch]
    for weight in weights[:-1]:
        layers.append(np.maximum(layers[-1] @ weight, 0))
    scores = layers[-1] @ weights[-1]
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return layers, chances / chances.sum(axis=1, keepdims=True)


while True:
    order = random.permutation(45_000)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        layers, slope = forward(pictures[chosen])
        slope[np.arange(len(chosen)), labels[chosen]] -= 1
        for at in reversed(range(len(weights))):
            change = layers[at].T @ slope / len(chosen)
            slope = (slope @ weights[at].T) * (layers[at] > 0)
            weights[at] -= np.float32(RATE) * change
    right = (forward(pictures[45_000:])[1].argmax(axis=1) == labels[45_000:]).mean()
    np.savez("model.npz", *weights)
    print(f"{right:.3f} right", flush=True)
