# What `npm run record` runs: models of scikit-learn, fitted to a made-up table one after the other until they are ended.
import sys

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.neural_network import MLPClassifier

random = np.random.default_rng(int(sys.argv[1]))
table, labels = make_classification(40_000, 40, n_informative=20, n_classes=4, random_state=int(sys.argv[1]))
train, test = slice(0, 32_000), slice(32_000, None)

while True:
    model = [
        lambda: RandomForestClassifier(int(random.integers(60, 240)), n_jobs=-1),
        lambda: HistGradientBoostingClassifier(max_iter=int(random.integers(80, 300))),
        lambda: MLPClassifier((int(random.integers(64, 256)), 64), max_iter=12),
    ][random.integers(3)]()
    model.fit(table[train], labels[train])
    print(type(model).__name__, f"{model.score(table[test], labels[test]):.3f} right", flush=True)
