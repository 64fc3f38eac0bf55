# Inference: batches of 64 pictures through a vision transformer, to the GPU and back.
import sys
import time

import timm
import torch

torch.manual_seed(int(sys.argv[1]))
model = timm.create_model("vit_base_patch16_224", pretrained=False).cuda().eval().half()
pictures = torch.randn(64, 3, 224, 224).pin_memory()
with torch.inference_mode():
    while True:
        model(pictures.cuda(non_blocking=True).half()).float().cpu()
        time.sleep(0.02)
