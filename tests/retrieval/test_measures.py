"""The measures of retrieval, gate and intents, and the fits they rest on."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import BadFile
from assistant.evaluation import gate, intents, retrieval
from assistant.retrieval import measures
from assistant.retrieval.gate import GateReading
from assistant.retrieval.training.datasets import invented_groups
from assistant.retrieval.training.fitting import fit_logistic, fit_softmax, sigmoid
from assistant.retrieval.training.intents import intent_rows, macro_f1, recall_at_false_alarms


def test_ranking_measures_on_a_known_case() -> None:
    figures = retrieval.figures([["a", "b"], ["b", "c", "a"], ["x"]], [{"a": 1}, {"a": 1}, {"a": 1}])
    assert figures["n"] == 3
    assert figures["recall@1"] == pytest.approx(1 / 3)
    assert figures["recall@5"] == pytest.approx(2 / 3)
    assert figures["mrr@10"] == pytest.approx((1 + 1 / 3) / 3)
    assert figures["ndcg@10"] == pytest.approx((1 + 0.5) / 3)


def test_gate_measures_on_a_known_case() -> None:
    chance = np.array([0.9, 0.8, 0.3, 0.1])
    wanted = np.array([True, False, True, False])
    assert measures.auroc(chance, wanted) == pytest.approx(0.75)
    assert measures.auroc(np.ones(4), wanted) == pytest.approx(0.5)
    assert measures.coverage(chance, np.array([True, True, False, False])) == pytest.approx(0.5)
    assert measures.calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == pytest.approx(0)


def test_the_reliability_table_leaves_empty_tenths_out() -> None:
    rows = measures.reliability(np.array([0.05, 0.95, 1.0]), np.array([False, True, False]))
    assert [(row["from"], row["n"], row["share"]) for row in rows] == [(0.0, 1, 0.0), (0.9, 2, 0.5)]


def test_a_more_talkative_setting_is_silent_less_often() -> None:
    readings = [GateReading(wants * 0.9, wants) for wants in (0.1, 0.3, 0.5, 0.7, 0.95)]
    rows = gate.settings_table(readings, [False, False, None, True, True])
    silent = [row["silent"] for row in rows]
    assert silent == sorted(silent, reverse=True) and silent[0] > silent[-1]
    assert rows[0]["precision"] == 1.0
    assert gate.settings_table([], []) == []


def test_the_held_out_figures_that_ship_hold_the_bars() -> None:
    ranked, known, told = retrieval.held_out(), gate.held_out(), intents.measure()
    assert ranked["ths"]["recall@1"] >= 0.80 and ranked["ths"]["mrr@10"] >= 0.87
    assert ranked["clinc"]["recall@1"] >= 0.82 and known["clinc known"]["auroc"] >= 0.94
    assert known["ths-open known"]["auroc"] >= 0.86
    assert known["ths-open known"]["coverage_at_precision_95"] >= 0.38
    assert known["ths-open known"]["ece"] <= 0.05
    assert known["false_speak_public"] <= 0.02
    assert told["intents_macro_f1"] >= 0.85
    assert told["injection_recall"] >= 0.85 and told["injection_false_alarms"] <= 0.03
    assert told["advert_recall"] >= 0.90 and told["advert_false_alarms"] <= 0.01


def test_silent_messages_alone_have_a_false_speak_rate_and_no_recall() -> None:
    figures = gate.figures([gate.Reading(0.1, 0.1, False, False, False), gate.Reading(0.9, 0.9, True, False, False)])
    assert figures["false_speak_rate"] == 0.5
    assert figures["auroc"] is figures["recall"] is figures["coverage_at_precision_95"] is None


def test_a_beir_folder_is_measured_whole(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "", "text": "怎么退款"}\n'
        '{"_id": "b", "text": "几点发货", "similar_questions": ["啥时候寄"]}\n'
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "退款怎么弄"}\n{"_id": "unjudged", "text": "x"}\n')
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    assert retrieval.measure(tmp_path)["recall@1"] == 1.0
    rows = [{"text": "退款怎么弄", "label": "answer", "id": "a"}, {"text": "今晚吃啥", "label": "silent"}]
    (tmp_path / "gate.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    figures = gate.measure(tmp_path / "gate.jsonl", corpus=tmp_path)
    assert figures["n"] == 2 and figures["auroc"] == 1.0


def test_files_that_make_no_sense_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "gate.jsonl").write_text('{"text": "x", "label": "maybe"}\n')
    with pytest.raises(BadFile, match="label"):
        gate.measure(tmp_path / "gate.jsonl", corpus=tmp_path)
    with pytest.raises(BadFile, match="qrels"):
        retrieval.measure(tmp_path)


def test_intent_measures_on_a_known_case() -> None:
    figures = intents.figures(["a", "a", "b"], ["a", "b", "b"])
    assert figures["macro_f1"] == pytest.approx(2 / 3)
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), 2) == pytest.approx(2 / 3)


def test_recall_is_taken_where_alarms_stay_within_the_rate() -> None:
    chances = np.array([0.9, 0.7, 0.2, 0.8, 0.1, 0.1, 0.1])
    positive = np.array([True, True, True, False, False, False, False])
    recall, threshold = recall_at_false_alarms(chances, positive, ~positive, rate=0.01)
    assert recall == pytest.approx(1 / 3) and threshold >= 0.8


def test_logistic_and_softmax_learn_a_line() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.standard_normal((200, 3)), np.ones((200, 1))], axis=1).astype(np.float32)
    y = (x[:, 0] > x[:, 1]).astype(float)
    assert ((sigmoid(x @ fit_logistic(x, y)) > 0.5) == y).mean() > 0.95
    assert ((x @ fit_softmax(x, np.eye(2)[y.astype(int)]).T).argmax(1) == y).mean() > 0.95


def test_the_training_files_of_the_product_are_whole() -> None:
    seed, more = intent_rows()
    assert {intent for _, intent in seed} >= {intent for _, intent in more}
    assert len({intent for _, intent in seed}) == 23
    for group in invented_groups():
        ids = {document.id for document in group.documents}
        assert all(query.right <= ids for query in group.queries)
