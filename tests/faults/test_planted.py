"""The planted faults of `mutants.py`, which only the long run tries, still fit what they break."""

import pytest

from tests.faults.mutants import MUTANTS, Mutant
from tests.server import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_planted_fault_fits_its_source_and_names_a_test_that_exists(mutant: Mutant) -> None:
    assert mutant.before in (ROOT / mutant.path).read_text()
    path, _, name = mutant.test.partition("::")
    assert f"def {name.partition('[')[0]}" in (ROOT / path).read_text()
