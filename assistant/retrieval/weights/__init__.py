"""Fitted weights, a JSON file each, written by ``yidan train``; numbers only, no rows of any data set."""

import base64
import json
from importlib import resources
from typing import Any

import numpy as np

from assistant.retrieval.embedder import FloatArray


def load_weights(name: str) -> dict[str, Any]:
    """The content of ``<name>.json`` in this folder; ``FileNotFoundError`` when it was never fitted."""
    loaded: dict[str, Any] = json.loads((resources.files(__name__) / f"{name}.json").read_text("utf-8"))
    return loaded


def packed(array: FloatArray) -> dict[str, Any]:
    """An array as JSON: its shape and its half-precision bytes in base64."""
    data = base64.b64encode(np.asarray(array, np.float16).tobytes()).decode()
    return {"shape": list(array.shape), "float16": data}


def unpacked(stored: dict[str, Any]) -> FloatArray:
    """The array that ``packed`` stored."""
    values = np.frombuffer(base64.b64decode(stored["float16"]), np.float16)
    return values.reshape(stored["shape"]).astype(np.float32)
