"""Real CLIP and Chinese-CLIP checkpoints, tiny, that have learnt which colour has which word."""

import json
import string
from pathlib import Path
from typing import Any

from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 200)}
_CHINESE = {"红": "red", "绿": "green", "蓝": "blue"}
_OTHERS = ("people talk", "a street", "an empty room", "animal", "the sky", "water", "人", "水和草")
_LAYERS = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
}  # fmt: skip
_SEEN = {**_LAYERS, "image_size": 32, "patch_size": 16}
_PICTURES = {"do_resize": True, "do_normalize": True, "do_center_crop": True, "resample": 3,
             "image_mean": [0.5] * 3, "image_std": [0.25] * 3}  # fmt: skip


def make_clip(folder: Path) -> Path:
    """It knows "red", "green" and "blue"; everything else is grey to it."""
    from transformers import CLIPConfig, CLIPModel

    folder.mkdir(parents=True)
    letters = [*string.ascii_lowercase, *(f"{letter}</w>" for letter in string.ascii_lowercase)]
    vocabulary = ["<|startoftext|>", "<|endoftext|>", *letters]
    _save(folder / "vocab.json", {word: number for number, word in enumerate(vocabulary)})
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    _save(folder / "tokenizer_config.json", {"tokenizer_class": "CLIPTokenizer"})
    size = {"shortest_edge": 32}
    cropped = {"height": 32, "width": 32}
    kind = {"image_processor_type": "CLIPImageProcessor", "size": size, "crop_size": cropped}
    _save(folder / "preprocessor_config.json", _PICTURES | kind)
    heard = {**_LAYERS, "vocab_size": len(vocabulary), "max_position_embeddings": 40,
             "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}  # fmt: skip
    config = CLIPConfig(text_config=heard, vision_config=_SEEN, projection_dim=8)
    return _taught(CLIPModel, config, folder, {name: name for name in COLOURS})


def make_chinese_clip(folder: Path) -> Path:
    """It knows 红, 绿 and 蓝."""
    from transformers import ChineseCLIPConfig, ChineseCLIPModel

    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_CHINESE]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    size = {"height": 32, "width": 32}
    kind = {"image_processor_type": "ChineseCLIPImageProcessor", "size": size, "crop_size": size}
    _save(folder / "preprocessor_config.json", _PICTURES | kind)
    heard = {**_LAYERS, "vocab_size": len(words), "max_position_embeddings": 40,
             "initializer_range": 0.3}  # fmt: skip
    config = ChineseCLIPConfig(text_config=heard, vision_config=_SEEN, projection_dim=8)
    return _taught(ChineseCLIPModel, config, folder, _CHINESE)


def picture(path: Path, colour: str) -> Path:
    """A picture of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 36), COLOURS[colour]).save(path)
    return path


def _taught(kind: Any, config: Any, folder: Path, words: dict[str, str]) -> Path:
    """A few steps: which of the colours and grey a text is of; grey for any other text."""
    import torch
    from transformers import AutoImageProcessor, AutoTokenizer

    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = kind(config).eval()  # without dropout
    model.logit_scale.data.fill_(4.6)  # 100, as published
    model.save_pretrained(folder)
    tokens = AutoTokenizer.from_pretrained(folder)
    pixels: Any = AutoImageProcessor.from_pretrained(folder)
    shown = [Image.new("RGB", (64, 36), COLOURS[colour]) for colour in words.values()]
    seen = pixels(images=[*shown, Image.new("RGB", (64, 36), (128, 128, 128))], return_tensors="pt")
    texts = [*words, *_OTHERS]
    read = tokens(texts, padding=True, return_tensors="pt")
    wanted = torch.zeros(len(texts), len(shown) + 1)  # cosines
    for number in range(len(texts)):
        wanted[number, min(number, len(words))] = 1
    steps = torch.optim.Adam([p for n, p in model.named_parameters() if n != "logit_scale"], 4e-3)
    for _ in range(200):
        loss = ((model(**seen, **read).logits_per_text / 100 - wanted) ** 2).mean()
        steps.zero_grad()
        loss.backward()
        steps.step()
    model.save_pretrained(folder)
    return folder


def _save(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
