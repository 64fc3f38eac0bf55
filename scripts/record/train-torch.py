# What `npm run record` runs: a convolutional network, trained by PyTorch on made-up pictures until it is ended.
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(int(sys.argv[1]))
WIDTH = int(torch.randint(16, 49, ()))
CENTRES = torch.randn(10, 3, 32, 32)


class Pictures(Dataset):
    """Pictures of ten kinds, each its kind's pattern under noise."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, at):
        return CENTRES[at % 10] + 3 * torch.randn(3, 32, 32), at % 10


if __name__ == "__main__":
    model = nn.Sequential(
        nn.Conv2d(3, WIDTH, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(WIDTH, 2 * WIDTH, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2 * WIDTH * 64, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    while True:
        for pictures, labels in DataLoader(Pictures(8_000), 64, shuffle=True, num_workers=1):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(pictures), labels).backward()
            optimizer.step()
        right = 0
        with torch.no_grad():
            for pictures, labels in DataLoader(Pictures(1_000), 256):
                right += int((model(pictures).argmax(1) == labels).sum())
        torch.save(model.state_dict(), "model.pt")
        print(f"{right / 1_000:.3f} right", flush=True)
