#!/bin/sh
# The bootstrap for arm64 on this machine, for BOOTSTRAP=tests/e2e/arm64.sh.
exec qemu-aarch64-static "$(dirname "$0")/../../build/arm64/bootstrap"
