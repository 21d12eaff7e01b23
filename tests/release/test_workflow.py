# SPDX-License-Identifier: MIT
"""The workflow of the code host: well formed, with as few rights as it needs, and made of scripts that exist."""
import os
import re
import unittest

import yaml

SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FOLDER = os.path.join(SOURCE, ".github/workflows")
# What a job and a step may consist of; anything else is misspelt.
JOB = {"name", "runs-on", "needs", "if", "timeout-minutes", "container", "permissions", "env", "steps"}
STEP = {"name", "uses", "with", "run", "env", "if"}
CONTEXTS = {"github.server_url", "github.repository", "github.token", "github.ref_name", "github.ref_type"}
# Before there is a checkout, there is no script.
BEFORE_CHECKOUT = "apt-get update && apt-get install --no-install-recommends -y ca-certificates git"


def workflows():
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            # YAML 1.1 reads the key `on` as true.
            yield name, yaml.load(file, yaml.BaseLoader)


class Workflow(unittest.TestCase):
    def steps(self):
        for name, workflow in workflows():
            for job in workflow["jobs"].values():
                for step in job["steps"]:
                    yield name, step

    def test_it_has_only_keys_that_there_are(self):
        for name, workflow in workflows():
            self.assertEqual({"name", "on", "permissions", "jobs"}, set(workflow), name)
            for job in workflow["jobs"].values():
                self.assertLessEqual(set(job), JOB, name)
                self.assertLessEqual({"runs-on", "timeout-minutes", "steps"}, set(job), name)
                for needed in [job.get("needs", [])] if isinstance(job.get("needs", []), str) else job.get("needs", []):
                    self.assertIn(needed, workflow["jobs"])
                for step in job["steps"]:
                    self.assertLessEqual(set(step), STEP, name)
                    self.assertEqual(1, len({"uses", "run"} & set(step)), step)

    def test_every_command_is_a_script_of_the_repository(self):
        for name, step in self.steps():
            if step.get("run", BEFORE_CHECKOUT) == BEFORE_CHECKOUT:
                continue
            self.assertNotIn("\n", step["run"], name)
            script = step["run"].split()[0]
            self.assertTrue(os.access(os.path.join(SOURCE, script), os.X_OK), f"{name}: {script}")
            self.assertNotIn("${{", step["run"], "a name with a quote sign in it would be run: give it in env")

    def test_actions_are_those_of_the_code_host_with_a_version(self):
        for name, step in self.steps():
            self.assertRegex(step.get("uses", "actions/x@v1"), r"^actions/[a-z-]+@v\d+$", name)

    def test_expressions_ask_for_what_there_is(self):
        for name, _ in workflows():
            with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                for expression in re.findall(r"\$\{\{(.*?)\}\}", file.read()):
                    self.assertLessEqual(set(re.findall(r"\w+\.\w+", expression)), CONTEXTS, name)

    def test_only_the_job_that_publishes_may_write(self):
        for name, workflow in workflows():
            self.assertEqual({"contents": "read"}, workflow["permissions"], name)
            for job in workflow["jobs"].values():
                if "write" in str(job.get("permissions", "")):
                    self.assertEqual("startsWith(github.ref, 'refs/tags/v')", job["if"])

    def test_what_one_job_hands_over_the_other_takes(self):
        steps = [step for _, step in self.steps()]
        given, taken = ([step["with"] for step in steps if f"/{verb}-artifact@" in step.get("uses", "")]
                        for verb in ("upload", "download"))
        self.assertEqual([(one["name"], one["path"]) for one in given], [(one["name"], one["path"]) for one in taken])

    def test_nobody_is_named_as_the_owner(self):
        """The place comes from where the workflow runs."""
        for name in ("README.md", "download.sh", "docs/install.md", ".github/workflows/release.yml"):
            with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
                self.assertNotRegex(file.read(), r"[\w.]+/[\w-]+/dbus-mqtt-battery/(releases|main|archive)", name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
