"""What is shipped lies inside the wheel, else beside the package in the checkout."""

from pathlib import Path

import pytest

import harness
from harness.config.paths import shipped


def test_the_wheel_carries_it_the_checkout_has_it_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "harness"
    package.mkdir()
    monkeypatch.setattr(harness, "__file__", str(package / "__init__.py"))
    assert shipped() == tmp_path
    (package / "_shipped").mkdir()
    assert shipped() == package / "_shipped"
