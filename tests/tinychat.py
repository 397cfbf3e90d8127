"""A real GLM-4 checkpoint, tiny, that knows one answer by heart."""

import string
from itertools import pairwise
from pathlib import Path
from typing import Any

ANSWER = "1:fear"  # no letter twice: what comes next depends on the last one alone
_TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_chat(folder: Path, template: bool = True) -> Path:
    """It says ANSWER, whatever it is asked."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import Glm4Config, Glm4ForCausalLM, PreTrainedTokenizerFast

    special = ["<|end|>", "<|unknown|>", "<|system|>", "<|user|>", "<|assistant|>"]
    letters = {one: n for n, one in enumerate([*special, *string.printable])}
    plain = Tokenizer(models.WordLevel(letters, unk_token="<|unknown|>"))
    plain.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")  # type: ignore[assignment]
    plain.decoder = decoders.Fuse()  # type: ignore[assignment]
    words: Any = PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token="<|end|>", unk_token="<|unknown|>",
        additional_special_tokens=special[2:],
    )  # fmt: skip
    if template:
        words.chat_template = _TEMPLATE
    words.save_pretrained(folder)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = Glm4Config(
        vocab_size=len(letters), hidden_size=128, intermediate_size=64, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, head_dim=64, pad_token_id=0, eos_token_id=0,
        max_position_embeddings=4096,
    )  # fmt: skip
    model: Any = Glm4ForCausalLM(config).eval()
    said = [letters["<|assistant|>"], *(letters[one] for one in ANSWER), letters["<|end|>"]]
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(torch.eye(len(letters), 128))
        model.model.layers[0].self_attn.o_proj.weight.zero_()  # what is seen is the last letter
        model.model.layers[0].mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for before, after in pairwise(said):
            model.lm_head.weight[after, before] = 1.0
    model.save_pretrained(folder)
    return folder
