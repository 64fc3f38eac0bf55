# A notebook left open: 60 GiB of the GPU's memory are taken, and nobody computes.
import time

import torch

memory = torch.empty(60 * 2**30, dtype=torch.uint8, device="cuda")
memory[: 2**20] = 1
while True:
    time.sleep(60)
