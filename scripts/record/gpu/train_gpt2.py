# GPT-2 (124 million parameters, random weights) learns made-up text from a file in bfloat16: gradients of four batches a step,
# saved every 30 s.
import sys
import time

import numpy
import torch
from transformers import GPT2Config, GPT2LMHeadModel

BATCH, LENGTH, ACCUMULATED = 24, 1024, 4
seed = int(sys.argv[1])
torch.manual_seed(seed)
choice = numpy.random.default_rng(seed)
choice.integers(0, 50257, 8_000_000, dtype=numpy.uint16).tofile("tokens.bin")
tokens = numpy.memmap("tokens.bin", dtype=numpy.uint16, mode="r")
model = GPT2LMHeadModel(GPT2Config(attn_pdrop=0.0)).cuda()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, fused=True)


def batch():
    starts = choice.integers(0, len(tokens) - LENGTH - 1, BATCH)
    rows = numpy.stack([tokens[start : start + LENGTH].astype(numpy.int64) for start in starts])
    return torch.from_numpy(rows).pin_memory().cuda(non_blocking=True)


step, saved = 0, time.time()
while True:
    for _ in range(ACCUMULATED):
        text = batch()
        with torch.autocast("cuda", torch.bfloat16):
            loss = model(text, labels=text).loss / ACCUMULATED
        loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    step += 1
    if step % 10 == 0:
        print(loss.item() * ACCUMULATED, flush=True)
    if time.time() - saved > 30:
        torch.save(model.state_dict(), "model.pt")
        saved = time.time()
