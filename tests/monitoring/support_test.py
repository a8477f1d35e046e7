"""A missing package is told by the exit code, wherever in a test it is missed."""
import os
import sys
import unittest

import support
from support import HERE, run

PROGRAM = """
import unittest, support
{before}
class Some(unittest.TestCase):
    def test_that_holds(self):
        self.assertTrue(True)
    def test_that_lacks_something(self):
        {within}
support.main()
"""


def ended(ci, before="", within="pass"):
    """The exit code of a test program, and what it says."""
    return run(sys.executable, "-B", "-c", PROGRAM.format(before=before, within=within), cwd=HERE,
               env={**os.environ, "CI": ci})


class Skips(unittest.TestCase):
    def test_nothing_missing_is_a_pass(self):
        self.assertEqual(ended("true")[0], 0)

    def test_what_is_missed_before_the_first_test_skips_all(self):
        code, text = ended("", before='support.need("no-such-program")')
        self.assertEqual((code, "SKIPPED: no-such-program" in text), (77, True), text)

    def test_what_one_test_misses_makes_the_program_skipped(self):
        code, text = ended("", within='support.skip_one("no guide")')
        self.assertEqual((code, "SKIPPED: no guide" in text), (77, True), text)

    def test_on_the_ci_machine_both_are_failures(self):
        self.assertEqual(ended("true", before='support.need("no-such-program")')[0], 1)
        self.assertEqual(ended("true", within='support.skip_one("no guide")')[0], 1)

    def test_a_failure_beside_a_skip_is_a_failure(self):
        self.assertEqual(ended("", within='support.skip_one("no guide")\n    def test_wrong(self):\n        self.fail()')[0], 1)


if __name__ == "__main__":
    support.main()
