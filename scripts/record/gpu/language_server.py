# Inference: a Llama answers 1, 4 or 16 requests at a time, with pauses; 40 GiB are taken beforehand, as a server does for its caches.
import random
import sys
import time

import torch
from llama import WORDS, llama

random.seed(int(sys.argv[1]))
model = llama().eval()
cache = torch.empty(40 * 2**30, dtype=torch.uint8, device="cuda")
while True:
    asked = torch.randint(0, WORDS, (random.choice([1, 4, 16]), random.randint(100, 1500)), device="cuda")
    length = random.randint(60, 250)
    model.generate(asked, max_new_tokens=length, do_sample=True, pad_token_id=0, eos_token_id=None)
    time.sleep(random.expovariate(1 / 0.6))
