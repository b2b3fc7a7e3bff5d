"""Thirty simulated days and twenty kills: each announcement and reminder leaves exactly once."""

import os

import pytest

from e2e.kill_clock import run


@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_each_announcement_and_reminder_leaves_exactly_once(tmp_path):
    report = run(tmp_path, days=30, kills=20, seed=20260520)
    assert report.problems == []
    assert report.kills == 20
    assert report.told > 140
