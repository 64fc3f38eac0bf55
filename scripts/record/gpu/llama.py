# A Llama of 1.2 billion parameters with random weights in bfloat16, on the GPU.
import torch
from transformers import LlamaConfig, LlamaForCausalLM

WORDS = 32_000


def llama():
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        return LlamaForCausalLM(
            LlamaConfig(
                hidden_size=2048,
                num_hidden_layers=16,
                num_attention_heads=32,
                num_key_value_heads=8,
                intermediate_size=8192,
                vocab_size=WORDS,
            )
        )
