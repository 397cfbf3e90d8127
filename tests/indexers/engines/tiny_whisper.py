"""A Whisper of random weights in CTranslate2's form, through its own converter."""

import json
from pathlib import Path

import torch

LANGUAGES = ("en", "zh", "de")
_WORDS = 2000


def convert(folder: Path) -> Path:
    """Make a tiny Hugging Face checkpoint and convert it; returns the converted folder."""
    from ctranslate2.converters import TransformersConverter
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    torch.manual_seed(7)
    source, target = folder / "huggingface", folder / "tiny"
    special = _special()
    ids = {token: _WORDS + n for n, token in enumerate(special)}
    _tokenizer(special).save_pretrained(source)
    end = ids["<|endoftext|>"]
    config = WhisperConfig(
        vocab_size=_WORDS + len(special), d_model=32, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64,
        decoder_ffn_dim=64, max_target_positions=448, num_mel_bins=80, pad_token_id=end,
        bos_token_id=end, eos_token_id=end, suppress_tokens=[], begin_suppress_tokens=[end],
        decoder_start_token_id=ids["<|startoftranscript|>"], attn_implementation="eager",
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config)
    with torch.no_grad():  # random words never end by themselves
        model.model.decoder.layer_norm.bias.fill_(1)
        model.model.decoder.embed_tokens.weight[end] = 0.05
    model.save_pretrained(source)
    generation = {
        "alignment_heads": [[0, 0]], "suppress_tokens": [], "begin_suppress_tokens": [end],
        "lang_to_id": {f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES},
        "no_timestamps_token_id": ids["<|notimestamps|>"],
    }  # fmt: skip
    (source / "generation_config.json").write_text(json.dumps(generation))
    TransformersConverter(str(source), copy_files=["tokenizer.json"]).convert(str(target))
    return target


def _special() -> list[str]:
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    names = ["endoftext", "startoftranscript", *LANGUAGES, *tasks]
    times = [f"{n * 0.02:.2f}" for n in range(1501)]
    return [f"<|{name}|>" for name in (*names, *times)]


def _tokenizer(special: list[str]):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    # By the empty word CTranslate2 knows a vocabulary of many languages.
    words = [*letters, "", *(f"no{n}" for n in range(_WORDS - len(letters) - 1))]
    made = Tokenizer(models.BPE({word: n for n, word in enumerate(words)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|endoftext|>", bos_token="<|endoftext|>",
        unk_token="<|endoftext|>",
    )  # fmt: skip
