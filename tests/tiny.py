"""Real sentence-transformers models of random weights, as small as a test wants them."""

from pathlib import Path

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"我你他不走码头安静", "the", "harbour"]


def make_model(folder: Path, *, intermediate: int = 32) -> Path:
    """A model of the multilingual one's kind: BERT, mean pooling, a Chinese vocabulary."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as modules
    from transformers import BertConfig, BertModel, BertTokenizer

    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(_WORDS), encoding="utf-8")
    BertTokenizer(str(vocabulary)).save_pretrained(folder / "bert")
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(_WORDS), intermediate_size=intermediate, **sizes)
    BertModel(config).save_pretrained(folder / "bert")
    bert = modules.Transformer(str(folder / "bert"))
    pooling = modules.Pooling(bert.get_embedding_dimension())
    SentenceTransformer(modules=[bert, pooling], device="cpu").save(str(folder / "whole"))
    return folder / "whole"
