# Low-rank adapters of a Llama are fitted to made-up short texts of different length, two at a time.
import random
import sys
import time

import torch
from llama import WORDS, llama
from peft import LoraConfig, get_peft_model

random.seed(int(sys.argv[1]))
torch.manual_seed(int(sys.argv[1]))
model = get_peft_model(llama(), LoraConfig(r=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"]))
model.gradient_checkpointing_enable()
model.enable_input_require_grads()
optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=1e-4)
count = 0
while True:
    text = torch.randint(0, WORDS, (2, random.randint(60, 900)), device="cuda")
    loss = model(input_ids=text, labels=text).loss
    loss.backward()
    count += 1
    if count % 8 == 0:
        optimizer.step()
        optimizer.zero_grad()
    if count % 4 == 0:
        print(loss.item(), flush=True)
        time.sleep(0.05)
