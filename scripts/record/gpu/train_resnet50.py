# ResNet-50 learns from JPEG files that 14 processes decode and change: the processor is the bottleneck.
import os
import sys

import numpy
import torch
import torchvision
from PIL import Image
from torchvision import transforms

PROCESSES = 14
seed = int(sys.argv[1])
folder = "pictures/kind"
os.makedirs(folder)
choice = numpy.random.default_rng(seed)
for picture in range(300):
    small = choice.integers(0, 255, (24, 32, 3), dtype=numpy.uint8)
    Image.fromarray(small).resize((640, 480), Image.BICUBIC).save(f"{folder}/{picture}.jpg", quality=90)


class Endless(torch.utils.data.Dataset):
    """The pictures of a folder again and again."""

    def __init__(self, base):
        self.base = base

    def __len__(self):
        return 10_000_000

    def __getitem__(self, at):
        return self.base[at % len(self.base)]


changes = [
    transforms.RandomResizedCrop(224),
    transforms.RandomHorizontalFlip(),
    transforms.ColorJitter(0.2, 0.2, 0.2),
    transforms.ToTensor(),
]
pictures = Endless(torchvision.datasets.ImageFolder("pictures", transforms.Compose(changes)))
loader = torch.utils.data.DataLoader(pictures, batch_size=128, num_workers=PROCESSES, pin_memory=True)
model = torchvision.models.resnet50(num_classes=100).cuda().to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for batch, labels in loader:
    batch = batch.cuda(non_blocking=True).to(memory_format=torch.channels_last)
    with torch.autocast("cuda", torch.bfloat16):
        loss = torch.nn.functional.cross_entropy(model(batch), labels.cuda(non_blocking=True))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
