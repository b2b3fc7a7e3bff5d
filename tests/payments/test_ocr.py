"""The reader process itself, on mock receipts."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.payments.ocr import OcrProcess
from assistant.payments.picture import near_identical
from assistant.payments.proof import read_proof

IMAGES = Path(__file__).resolve().parent.parent.parent / "evals" / "images"


@pytest.mark.slow
async def test_receipts_are_read_and_what_is_no_picture_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    reader = OcrProcess()
    try:
        zh, en, other = [await reader.read(IMAGES / f"pay-{name}.png") for name in ("396", "24-en", "474")]
        nothing = await reader.read(tmp_path / "no.png")
    finally:
        await reader.close()
    proof = read_proof(zh.lines)
    assert (proof.amount, proof.time, proof.reference, proof.payee) == (
        Decimal("396.00"),
        datetime(2026, 5, 20, 10, 9, 12),
        "1000000000202605200001",
        "老王茶铺",
    )
    assert read_proof(en.lines).currency == "USD"
    assert near_identical(zh.fingerprint, zh.fingerprint) and not near_identical(zh.fingerprint, other.fingerprint)
    assert nothing.lines == () and not read_proof(nothing.lines).readable
