# SPDX-License-Identifier: MIT
"""What the end-to-end tests stand on: private buses, brokers, the daemon, observers."""
