# SPDX-License-Identifier: MIT
"""Parts of the random-sequence test."""
